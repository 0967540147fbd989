//! The tables and keys themselves.

use super::Presence::{Optional, Required};
use super::Shape::{Flag, Groups, Labels, List, Lists, Mixed, Named, Number, Sub, Text, TextOr, Texts};
use super::{Key, Presence, Shape, Table};

const fn key(name: &'static str, shape: Shape, presence: Presence, doc: &'static str) -> Key {
    Key { name, shape, presence, doc }
}

/// The whole file.
pub static FILE: Table = Table {
    title: "the file",
    doc: "One file is one playbook: the rules of one status system. The order of statuses, stages, fields, \
          reasons and rules in the file is their order everywhere.",
    keys: &[
        key("playbook", Sub(&PLAYBOOK), Required, "What the playbook is."),
        key("stages", Sub(&STAGES), Optional, "How the stages hang together."),
        key("stage", Named(&STAGE), Optional, "The stages, in order. At most 25; none is fine."),
        key("phases", Labels, Optional, "Groups of statuses for reports, in order: `lead = \"Lead\"`."),
        key(
            "status",
            Named(&STATUS),
            Required,
            "The statuses; 8 to 12 serve people best, 25 are the most. Fewer, clearer ones are kept truthfully.",
        ),
        key("field", Named(&FIELD), Optional, "Data of a record, beside the built-in fields."),
        key("reason", Named(&REASON), Optional, "Why a record is moved: the list that a form offers."),
        key("outcome", Named(&OUTCOME), Optional, "What a person reports after an activity."),
        key(
            "rule",
            List(&RULE),
            Optional,
            "What happens by itself when something is logged; first match wins.",
        ),
        key("gate", List(&GATE), Optional, "Moves that wait for a manager."),
        key(
            "route",
            Named(&ROUTE),
            Optional,
            "Ways of finding an owner, for `on_entry`, clocks and `[routing]`.",
        ),
        key("routing", Sub(&ROUTING), Optional, "How new records find an owner."),
        key("cluster", Sub(&CLUSTER), Optional, "When several records of one company are flagged."),
        key("crm_log", Sub(&CRM_LOG), Optional, "What is logged with a note is documented in the CRM."),
        key(
            "patterns",
            Lists,
            Optional,
            "Named lists of regular expressions, for `unless_text` of rules. Case does not matter.",
        ),
        key("combinations", Sub(&COMBINATIONS), Optional, "Which statuses may stand in which stages."),
        key("upgrade", Sub(&UPGRADE), Optional, "How records of earlier versions come over to this one."),
    ],
};

static UPGRADE: Table = Table {
    title: "[upgrade]",
    doc: "How records of earlier versions come over to this one. A status or a stage that an earlier version had and \
          this one has not needs an entry: its records go on there. They keep their clocks, their owner and their \
          history. A clock that is new to them counts from when it would have started, as if it had always been there. \
          What that makes due at once does not come at once: each channel hears of ten records, and of ten more each \
          business hour, the worst (value × time overdue) first. Each of these clocks starts anew so that its step falls \
          on its record's turn: nothing counts as late by a rule that was not there yet.",
    keys: &[
        key(
            "from",
            Number,
            Optional,
            "The oldest version whose records are taken over; every version, if left out.",
        ),
        key("status", Labels, Optional, "Old status to new status: `demo = \"demo_scheduled\"`."),
        key("stage", Labels, Optional, "Old stage to new stage."),
    ],
};

static PLAYBOOK: Table = Table {
    title: "[playbook]",
    doc: "What the playbook is and what its records are called.",
    keys: &[
        key(
            "id",
            Text,
            Required,
            "a name for machines, such as `lead-lifecycle`; unique among the playbooks.",
        ),
        key("title", Text, Required, "the playbook's name for people."),
        key("why", Text, Optional, "One or two sentences: what the data is used for."),
        key(
            "noun",
            Text,
            Required,
            "what a record is called, such as `lead`; also the command `/lead`. Not pipeline, playbook, approvals, me or setup.",
        ),
        key("plural", Text, Optional, "Several of them; the noun with an s, if left out."),
        key("letter", Text, Required, "one capital letter, such as `L`, for names like L-1042."),
        key(
            "pipeline",
            Flag,
            Optional,
            "`true`: several such playbooks may share a noun and a letter; the commands get an option `pipeline`, which says which of them is meant.",
        ),
        key(
            "on",
            Flag,
            Optional,
            "`false`: a workspace has it only once it is switched on with `/setup playbook`. The default is `true`.",
        ),
        key("version", Number, Required, "a number from 1, counted up with each change."),
        key(
            "effective",
            Text,
            Optional,
            "The day from which the rules are agreed to hold, such as `2027-01-01`. For people: the file counts from \
             its upload on.",
        ),
        key("initial", Text, Required, "the status of a new record."),
        key(
            "comes_from",
            Sub(&COMES_FROM),
            Optional,
            "A record may be made of one of another noun: `new` gets an option with that noun's name.",
        ),
        key("create_needs", Mixed(&NEED), Optional, "What a new record needs, as `needs` of a status."),
    ],
};

static COMES_FROM: Table = Table {
    title: "[playbook.comes_from]",
    doc: "A record is made of one of another noun, in one step with what that sets off there: the two are linked, \
          fields of the same name are taken over, and a rule of the other playbook for `opportunity_created` acts. \
          Where it cannot, neither happens.",
    keys: &[
        key("noun", Texts, Required, "the other noun, such as `lead`, or several."),
        key("needs", Mixed(&NEED), Optional, "What a record made that way needs, beside `create_needs`."),
    ],
};

static STAGES: Table = Table {
    title: "[stages]",
    doc: "How the stages hang together.",
    keys: &[
        key(
            "ladder",
            Flag,
            Optional,
            "`true`: forward only, but for a manager's demotion. `false` (the default): free columns.",
        ),
        key("initial", Text, Optional, "The stage of a new record; the first one, if left out."),
        key("demotion_sets", Text, Optional, "The status that a demotion sets."),
    ],
};

static STAGE: Table = Table {
    title: "[stage.<id>]",
    doc: "One stage of the buyer's journey.",
    keys: &[
        key("label", Text, Required, "its name for people, at most 45 characters."),
        key("means", Text, Optional, "One line on what it means."),
        key(
            "sets_status",
            Text,
            Optional,
            "Promotion to this stage sets this status; it may be changed afterwards.",
        ),
    ],
};

static STATUS: Table = Table {
    title: "[status.<id>]",
    doc: "One status: what is happening with the record now.",
    keys: &[
        key("label", Text, Required, "its name for people, at most 45 characters."),
        key("emoji", Text, Optional, "One emoji."),
        key(
            "class",
            Text,
            Required,
            "one of `open` (worked on), `parked` (set aside), `won`, `lost`, `excluded` (left out of reports).",
        ),
        key("phase", Text, Optional, "The phase that it belongs to."),
        key(
            "numbered",
            Flag,
            Optional,
            "Entered again and again, counted without an end: Check-in 1, 2, 3. Its `to` may name it itself.",
        ),
        key("ordinal", Flag, Optional, "The number of a `numbered` status is said as 1st, 2nd, 3rd."),
        key("locked", Flag, Optional, "A record here never changes its status again."),
        key("chosen", Flag, Optional, "`false`: only clocks and rules lead here. The default is `true`."),
        key(
            "refuses_outreach",
            Flag,
            Optional,
            "Nobody may reach out to a record here; logging it is refused.",
        ),
        key("means", Text, Optional, "One line on what it means, shown in every picker; 100 characters fit."),
        key("when", Text, Optional, "When to use it."),
        key("example", Text, Optional, "An example that a new colleague understands."),
        key(
            "happens",
            Texts,
            Optional,
            "What happens by itself beyond what rules, clocks and gates say; the guide spells those out.",
        ),
        key("next", Text, Optional, "The next step of whoever owns the record."),
        key("red_flag", Text, Optional, "What shows that something is wrong."),
        key(
            "to",
            Mixed(&MOVE),
            Optional,
            "Where a person may move the record from here, in the order of pickers.",
        ),
        key(
            "needs",
            Mixed(&NEED),
            Optional,
            "Data that a chosen move into this status needs; owed after an automatic one.",
        ),
        key("sets_stage", Text, Optional, "Entering sets this stage too."),
        key("suggests", Texts, Optional, "Activities that pickers offer first here."),
        key("clock", List(&CLOCK), Optional, "Timers that start here."),
        key("on_entry", List(&ON_ENTRY), Optional, "What entering sets off."),
        key(
            "sub_status",
            Text,
            Optional,
            "A field of kind `choice` whose answer is shown behind the status. With `known_from = \"last_touch\"` it follows each touch by itself.",
        ),
        key("flag", List(&FLAG), Optional, "What shows that something is wrong with a record here."),
        key(
            "share",
            List(&SHARE),
            Optional,
            "What shows that something is wrong with all that come here together.",
        ),
        key(
            "offers_later",
            Texts,
            Optional,
            "Statuses that are offered when the `offer_after` of the reason given is over.",
        ),
        key(
            "offers_after_talk",
            Texts,
            Optional,
            "Statuses that the answer of the move to here offers, where they have ever talked with us.",
        ),
    ],
};

static MOVE: Table = Table {
    title: "an element of `to`",
    doc: "Either a status, or a table where the move has conditions: `{ status = \"…\", by = \"manager\" }`.",
    keys: &[
        key("status", Text, Required, "the status that the move leads to."),
        key("by", Text, Optional, "`anyone` (who may change the record; the default) or `manager`."),
        key("needs", Mixed(&NEED), Optional, "Data needed beside what the status itself needs."),
    ],
};

static NEED: Table = Table {
    title: "an element of `needs`",
    doc: "Either a field, or a table: `{ field = \"reason\", fresh = true }`, `{ any_of = [\"email\", \"phone\"] }`.",
    keys: &[
        key("field", Text, Optional, "The field. This or `any_of`."),
        key(
            "any_of",
            Groups,
            Optional,
            "Fields, or lists of fields, of which one must be complete; a form asks for the first, or for the one that \
             was begun or chosen.",
        ),
        key(
            "chosen_by",
            Text,
            Optional,
            "A field of kind `choice` with as many options as `any_of` has lists: the option says which one a form asks \
             for.",
        ),
        key("fresh", Flag, Optional, "Asked for anew at each entry, whatever is stored."),
    ],
};

static CRM_LOG: Table = Table {
    title: "[crm_log]",
    doc: "What is logged with a note is written as a note on the company in the CRM as well. Without a note there is \
          nothing to document; an undo corrects it.",
    keys: &[
        key("of", Texts, Required, "Which activities: `touch`, `two_way`, or activities one by one."),
        key(
            "crm_note",
            Text,
            Required,
            "The note: `{activity}`, and whatever a `crm_note` of `on_entry` may have, are filled in.",
        ),
        key("title", Text, Optional, "Its title."),
    ],
};

static ON_ENTRY: Table = Table {
    title: "an element of `on_entry`",
    doc: "What entering sets off: exactly one of `notify`, `route`, `task`, `start`, `leave`, `points`, `crm_note`.",
    keys: &[
        key("route", Text, Optional, "Hands the record over by this route: a `[route.<id>]`."),
        key(
            "notify",
            Text,
            Optional,
            "Tells `owner`, `manager`, or whoever has a duty (`sdr-manager`, `sales-manager`, `ae`, `senior`, `marketing-owner`).",
        ),
        key(
            "task",
            Text,
            Optional,
            "Opens a task for the owner: what is to be done, at most 45 characters. It is closed together with an answer about the status, or by itself when the record leaves the status.",
        ),
        key("within", Text, Optional, "When the task is due: a span after the entry. `every`, if left out."),
        key(
            "every",
            Text,
            Optional,
            "Done and the status kept, the task is opened again, due after this span.",
        ),
        key(
            "due_on",
            Text,
            Optional,
            "A field of kind `date`: where its date is known, the task is due then.",
        ),
        key(
            "then",
            Text,
            Optional,
            "The status that is true once the task is done: it is set with it, unless whoever did it says another.",
        ),
        key(
            "done_by",
            Texts,
            Optional,
            "Activities, or kinds of activity (`touch`, `two_way`, `signal`), that close the task by themselves.",
        ),
        key(
            "prepare",
            Text,
            Optional,
            "A message that the owner sends: it is given to them to copy, with a button that logs it as sent; where `/setup hooks messages:true` says so, the team's webhook is given it (docs/hooks.md). `{name}`, `{company}`, `{owner}` and `{link}` (the owner's booking link, else the team's) are filled in.",
        ),
        key("logs", Text, Optional, "The activity that the button logs; `email_sent`, if left out."),
        key(
            "confirms",
            Texts,
            Optional,
            "Fields of a draft that the owner confirms with a form: when all are known, the task is done.",
        ),
        key("start", Text, Optional, "Puts the record into a sequence of messages of this name."),
        key("leave", Texts, Optional, "Takes it out of these sequences; `all`: of every one."),
        key(
            "crm_note",
            Text,
            Optional,
            "A note on the company in the CRM. `{name}`, `{company}`, `{owner}`, `{note}`, `{reason}` and any field \
             `{<id>}` are filled in; what is not known is a dash, but for a note, which is left out. Written once nothing \
             is owed; kept until it is sent; corrected after an undo.",
        ),
        key("title", Text, Optional, "The title of a `crm_note`."),
        key(
            "points",
            Number,
            Optional,
            "So many points for the record's owner and for its company (`/pipeline points`). Any exit from the status \
             takes them back, an undo brings them back. Where the next status gives points too, they go to whoever \
             earned the last ones.",
        ),
    ],
};

static FLAG: Table = Table {
    title: "[[status.<id>.flag]]",
    doc: "What shows that something is wrong with one record in this status: it stands on the card and in the digest. \
          Exactly one of `after`, `attempts_over`, `past` says when.",
    keys: &[
        key("id", Text, Required, "a name for machines; unique among all flags and rules of the playbook."),
        key("says", Text, Required, "what is wrong, in a few words: `More than 8 attempts`."),
        key("do", Text, Optional, "What to do about it, in a few words."),
        key(
            "after",
            Text,
            Optional,
            "A span in the status, whatever is done meanwhile; with `past`: after that date.",
        ),
        key("attempts_over", Number, Optional, "More touches than this since the status was entered."),
        key("past", Text, Optional, "A field of kind `date` whose date is past."),
        key("unless_stage", Texts, Optional, "Stages at which it is never raised."),
        key("propose", Texts, Optional, "Statuses that are then offered to the owner, once."),
    ],
};

static SHARE: Table = Table {
    title: "[[status.<id>.share]]",
    doc: "What shows that something is wrong with all the records of this status together: the share of them that goes \
          to some statuses is too large or too small. It stands in the team's digest, with the figure and the bound. \
          Exactly one of `under`, `over` says from where on. What was imported does not count.",
    keys: &[
        key("id", Text, Required, "a name for machines; unique among all flags and rules of the playbook."),
        key("says", Text, Required, "what is wrong, in a few words: `Over half of all leads end here`."),
        key("do", Text, Optional, "What to do about it, in a few words."),
        key(
            "of",
            Text,
            Required,
            "of which records, each counted once: `left`, those that left this status, by where they went the last \
             time; `entered`, those that entered it and are decided by now (in no open status); `decided`, those that \
             left the open statuses from anywhere, by where they went the last time.",
        ),
        key("to", Texts, Optional, "The statuses that are the share; this one, if left out."),
        key("under", Number, Optional, "Raised below so many per cent."),
        key("over", Number, Optional, "Raised above so many per cent."),
        key("days", Number, Optional, "What happened within so many days counts; 90, if left out."),
        key("at_least", Number, Optional, "Never raised of fewer records; 20, if left out."),
    ],
};

static ROUTING: Table = Table {
    title: "[routing]",
    doc: "How new records find an owner.",
    keys: &[key(
        "new_records",
        Text,
        Optional,
        "The route of a new record for which nobody is named, made by a manager, an admin, an import or an \
         integration. A rep keeps what they make themselves.",
    )],
};

static CLUSTER: Table = Table {
    title: "[cluster]",
    doc: "Several records of one company that are all in one of these statuses (closed ones aside) are flagged to the \
          managers in the team's alerts channel: once, until it is no longer so. How many it takes is a setting: \
          `/setup thresholds cluster:`.",
    keys: &[
        key("statuses", Texts, Required, "The statuses."),
        key("says", Text, Required, "what to do about it, in one line for people."),
    ],
};

static ROUTE: Table = Table {
    title: "[route.<id>]",
    doc: "A way of finding an owner. It picks whoever carries least for their capacity; among equals, in turn. Who is \
          away, gone or full is skipped. Whoever owns the record and is among those it picks from, keeps it. A route \
          does nothing in a team in which nobody is of the kind that it names.",
    keys: &[
        key("why", Text, Required, "why the record is handed over, in one line for people."),
        key("among", Texts, Required, "among whom: `reps` of the team, or duties (`ae`, `senior`, …)."),
        key(
            "without",
            Texts,
            Optional,
            "Whoever has one of these duties is left out, while somebody without them is there.",
        ),
        key(
            "accounts_first",
            Flag,
            Optional,
            "The owner of the company's account (`/setup thresholds enterprise:`) comes before all others.",
        ),
        key(
            "enterprise",
            Texts,
            Optional,
            "Duties to which an enterprise without an account owner goes first (with `accounts_first`).",
        ),
        key(
            "bars_owners",
            Flag,
            Optional,
            "Whoever owned the record until now never gets it again, by whatever way.",
        ),
        key(
            "nobody",
            Text,
            Optional,
            "Where nobody is free: `keep` (it stays with its owner; the default) or `release` (it has none). The \
             managers are told.",
        ),
    ],
};

static CLOCK: Table = Table {
    title: "[[status.<id>.clock]]",
    doc: "A timer bound to the status. Spans are written as people say them: `2 business hours`, \
          `5 business days`, `30 days`. Leaving the status ends it.",
    keys: &[
        key("id", Text, Required, "a name for machines; unique among all clocks of the playbook."),
        key("label", Text, Required, "its name for people, such as `First contact`."),
        key(
            "starts",
            TextOr(&STARTS_FIELD),
            Optional,
            "`entered` (the default) · `last_activity`: again at each touch or two-way activity · `any_activity`: again at whatever is logged but notes · `delivered`: when the review alert of its `entry` step was delivered · `{ field = \"…\" }`: at the date in a field.",
        ),
        key(
            "within",
            Text,
            Optional,
            "The span that per cents refer to, and after which an SLA is breached.",
        ),
        key(
            "within_setting",
            Text,
            Optional,
            "`stale-grace` or `activity-window`: where an admin has set it with `/setup thresholds`, it takes the place of `within`.",
        ),
        key("sla", Flag, Optional, "Counts in SLA compliance: it ends met, breached or cancelled."),
        key("also_in", Texts, Optional, "Statuses in which it goes on."),
        key(
            "met_by",
            Texts,
            Optional,
            "Met by the first activity of these kinds: `touch`, `two_way`, `signal`.",
        ),
        key("met_entering", Texts, Optional, "Met by entering one of these statuses."),
        key("touch_extends_once", Flag, Optional, "The first touch extends it by its full span, once."),
        key(
            "resumes_within_days",
            Number,
            Optional,
            "Back in the status within so many days, it goes on with what was left.",
        ),
        key(
            "when_away",
            Text,
            Optional,
            "While it runs and the owner goes away, the record is handed over by this route at once.",
        ),
        key("while_owed", Flag, Optional, "It speaks only while the record owes data that its status needs."),
        key(
            "repeats",
            Flag,
            Optional,
            "Its ladder done, it begins anew, such as for a review every 90 days; for steps that only speak.",
        ),
        key("ladder", List(&STEP), Required, "what it does and when."),
    ],
};

static STARTS_FIELD: Table = Table {
    title: "the table of `starts`",
    doc: "A clock that starts at a date which the record holds.",
    keys: &[key("field", Text, Required, "a field of kind `date`.")],
};

static STEP: Table = Table {
    title: "an element of `ladder`",
    doc: "When, and exactly one of `nudge`, `breach`, `escalate`, `review`, `ask`, `move`.",
    keys: &[
        key(
            "at",
            Text,
            Required,
            "`75%` of `within` · a span after the start · `start` · `entry`: when the status is entered, before the clock starts (only with `starts = \"delivered\"`, only for a review).",
        ),
        key("nudge", Texts, Optional, "A private word to `owner`, `manager` or a duty."),
        key(
            "rescue",
            Text,
            Optional,
            "`team`, beside a nudge: an alert in the team's channel with which a team-mate who has capacity may take the record over.",
        ),
        key(
            "breach",
            Text,
            Optional,
            "`team`: an alert in the team's alert channel that mentions the owner. Stands at `100%`, only for an SLA.",
        ),
        key("escalate", Texts, Optional, "The alert is updated and `owner`, `manager` or a duty is told."),
        key("review", Texts, Optional, "An alert that asks for a decision and offers these statuses."),
        key(
            "ask",
            Text,
            Optional,
            "An alert with a question, at most 100 characters, which whoever is named in `of` answers by a button. The answer stands in the history, and the clock begins anew.",
        ),
        key("of", Texts, Optional, "Who is asked: `owner`, `manager` or a duty."),
        key("answers", Labels, Optional, "The answers, 1 to 4: `later = \"They need time\"`."),
        key(
            "move",
            Text,
            Optional,
            "The record moves by itself to this status; gates hold. Moves of clocks, and of automatic rules that only \
             signals set off, must not lead round at once; where time passes on the way it is a warning.",
        ),
        key("reason", Text, Optional, "The reason that `move` gives."),
    ],
};

static FIELD: Table = Table {
    title: "[field.<id>]",
    doc: "Data of a record. Built in are `name`, `company`, `email`, `phone`, `value`, `source`, `reason`, \
          `note`, `next_action` and `next_due`: their label, hint, `used_for` and place may be changed here, nothing else.",
    keys: &[
        key(
            "label",
            Text,
            Optional,
            "Its name for people, at most 45 characters. Required but for built-in fields.",
        ),
        key(
            "kind",
            Text,
            Optional,
            "`text` (one line) · `long` · `email` · `phone` · `money` · `number` · `date` · `choice` · `reason`. Required but for built-in fields.",
        ),
        key("hint", Text, Optional, "What to write; 100 characters fit."),
        key(
            "used_for",
            Text,
            Optional,
            "What it is used for, in a sentence: the guide tells whoever is asked why. Fields of the same sentence are told of as one.",
        ),
        key("options", Labels, Optional, "The options of a `choice`, at most 25: `email = \"E-mail\"`."),
        key(
            "known_from",
            Text,
            Optional,
            "Where the bot can know it: `last_two_way`, `last_two_way_at`, `last_touch`, `last_touch_at`, `last_contact_at`, `last_reason`, `now`, `next_due`, `next_action`, `trigger_note` (the note of the activity that set off the move), `suggestion` (why the move was suggested).",
        ),
        key(
            "role",
            Text,
            Optional,
            "What it is taken for: `company_size`, a `number` (enterprises); `made`, a `text`: the name of the record that was made of this one; `crm_company`, a `number`: that of its company in the CRM, where its notes go without a search by name.",
        ),
        key("at_creation", Flag, Optional, "`true`: also an option of the command `new`."),
        key(
            "ahead",
            Flag,
            Optional,
            "`true`, of a `date`: it lies ahead when a person gives it; one that is past is refused. What an import or another system brings is taken as it is.",
        ),
        key(
            "asked",
            Flag,
            Optional,
            "`false`: the bot fills in what it knows; nobody is asked and nobody waits for it.",
        ),
    ],
};

static REASON: Table = Table {
    title: "[reason.<id>]",
    doc: "A reason for a move.",
    keys: &[
        key("label", Text, Required, "its name for people, at most 45 characters."),
        key("for", Texts, Optional, "The statuses whose entry may give it; every one, if left out."),
        key("clock_only", Flag, Optional, "Only a clock may give it."),
        key("leads_to", Text, Optional, "The status that it leads to, where reasons choose the status."),
        key(
            "offer_after",
            Text,
            Optional,
            "So long after a record ended with this reason, the status's `offers_later` are offered.",
        ),
        key("offer_because", Text, Optional, "Why, in a few words: `A new budget may be open`."),
    ],
};

static OUTCOME: Table = Table {
    title: "[outcome.<id>]",
    doc: "What a person reports after an activity. A playbook with outcomes asks for one, and for the next action \
          with its due time, whenever an activity but a note is logged, and whenever a task is closed.",
    keys: &[
        key("label", Text, Required, "its name for people, at most 45 characters."),
        key(
            "effect",
            Text,
            Required,
            "one of `asks_for_status`, `asks_for_reason` (which chooses the status), `nothing`.",
        ),
        key(
            "means",
            Text,
            Optional,
            "One line on what it means, shown where it is picked; 100 characters fit.",
        ),
        key(
            "offers",
            Text,
            Optional,
            "For `asks_for_status`: `later` or `earlier` than where the record stands, in the order of the file; both, \
             if left out. Open and won statuses stand in that order, and only they are offered; whatever stands in \
             another one may go to each of them. A `numbered` status comes after whatever leads to it, itself too.",
        ),
        key(
            "reasons",
            Texts,
            Optional,
            "For `asks_for_reason`: the reasons that are offered, each with a `leads_to`; every one that has it, if left \
             out.",
        ),
    ],
};

static RULE: Table = Table {
    title: "[[rule]]",
    doc: "What happens by itself. For each activity the first rule that fits its status and its trigger counts, \
          also where it is held back by `unless_text`.",
    keys: &[
        key("id", Text, Required, "a name for machines; unique among the rules."),
        key("label", Text, Required, "one line for people: what it does."),
        key("on", Sub(&TRIGGER), Required, "what sets it off."),
        key("from", Texts, Optional, "The statuses in which it works; every open one, if left out."),
        key("to", Text, Required, "the status that it sets."),
        key(
            "unless_unanswered_calls",
            Number,
            Optional,
            "It does not act while so many calls in a row, or more, stand unanswered.",
        ),
        key("mode", Text, Optional, "`auto` (moves; the default), `suggest` (offers a button) or `off`."),
        key(
            "unless_text",
            Texts,
            Optional,
            "Names of `[patterns]`: where the activity's text matches one, the rule does not act.",
        ),
        key("else_propose", Texts, Optional, "Statuses that are proposed instead."),
        key("because", Text, Optional, "Why it suggests what it does, in a few words: `They answered`."),
    ],
};

static TRIGGER: Table = Table {
    title: "`on` of a rule",
    doc: "Exactly one of these.",
    keys: &[
        key(
            "activity",
            Texts,
            Optional,
            "Activities: `email_sent`, `call_unanswered`, `voicemail`, `linkedin_message`, `email_replied`, `call_answered`, `meeting_booked`, `meeting_held`, `email_opened`, `email_clicked`, `form_submitted`, `payment`, `note`.",
        ),
        key("kind", Texts, Optional, "Kinds of activity: `touch`, `two_way`, `signal`."),
        key(
            "unanswered_calls",
            Number,
            Optional,
            "So many calls in a row that nobody answered: this one included.",
        ),
        key("event", Text, Optional, "`opportunity_created`: somebody or an integration confirms one."),
    ],
};

static GATE: Table = Table {
    title: "[[gate]]",
    doc: "A move that waits for a manager. It binds people, rules and clocks.",
    keys: &[
        key("entering", Texts, Required, "the statuses whose entry is gated."),
        key("leaving", Texts, Optional, "Classes: only where the status before is of one of them."),
        key("when", List(&CONDITION), Optional, "All of these hold."),
        key("and_any", List(&CONDITION), Optional, "One of these holds too."),
        key("needs", Text, Required, "`manager_approval`."),
        key(
            "value_asked_after",
            Texts,
            Optional,
            "Where no value is known, the record was ever in one of these statuses and the rest of the gate holds, the value is asked for first.",
        ),
    ],
};

static CONDITION: Table = Table {
    title: "a condition of a gate",
    doc: "`peak_value_at_least`, `parked_before`, or `field` with `beyond_days`.",
    keys: &[
        key(
            "peak_value_at_least",
            Text,
            Optional,
            "`high_value`: the highest value of the last 30 open days is at or over the workspace's threshold.",
        ),
        key("parked_before", Number, Optional, "The record was parked at least so many times before."),
        key("field", Text, Optional, "A field of kind `date` …"),
        key("beyond_days", Number, Optional, "… that lies more than so many days ahead."),
    ],
};

static COMBINATIONS: Table = Table {
    title: "[combinations]",
    doc: "Which statuses may stand in which stages. What is not listed is allowed.",
    keys: &[
        key(
            "status",
            Lists,
            Optional,
            "A status stands only in these stages: `first_status = [\"first_stage\"]`.",
        ),
        key("stage", Lists, Optional, "A stage holds only these statuses."),
    ],
};
