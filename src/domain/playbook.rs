//! A playbook, compiled: the rules of one status system, valid by construction.
//!
//! [`crate::playbook::compile`] makes these from TOML and is the only maker: every id that occurs here is
//! declared here, so the engine looks things up without a failure path. The schema speaks in general words
//! (class, need, clock, rule, gate); no status id of a shipped playbook appears in the engine (ruling 28).

use std::collections::{BTreeMap, BTreeSet};

use super::activity::{Activity, ActivityKind};
use super::ids::{ClockId, FieldId, PlaybookId, ReasonId, RuleId, StageId, StatusId};
use super::span::Span;
use super::workspace::Duty;

/// The rules of one status system.
#[derive(Debug, Clone, PartialEq)]
pub struct Playbook {
    /// Its id, such as `lead-lifecycle`.
    pub id: PlaybookId,
    /// Its name for people.
    pub title: String,
    /// One or two sentences: what the data is used for (D69).
    pub why: String,
    /// What its records are called.
    pub noun: Noun,
    /// Counted up with each change of the rules; records pin the version they live under.
    pub version: u32,
    /// The status of a new record.
    pub initial: StatusId,
    /// In the order of the file, which is the order of every picker and report.
    pub statuses: Vec<Status>,
    /// The buyer's journey.
    pub stages: Stages,
    /// Groups of statuses for reporting, in order: id and label.
    pub phases: Vec<(String, String)>,
    /// Every field of a record: the built-in ones and those declared here, in the order of forms.
    pub fields: Vec<Field>,
    /// Why a record is moved: the list that a form offers (D12).
    pub reasons: Vec<Reason>,
    /// What a rep reports after an activity (B9); empty where the playbook does not ask.
    pub outcomes: Vec<Outcome>,
    /// Data that a new record needs (D4).
    pub create_needs: Vec<Need>,
    /// Automatic rules, first match wins.
    pub rules: Vec<Rule>,
    /// Moves that wait for an approval.
    pub gates: Vec<Gate>,
    /// Which statuses may stand in which stages (D64–D67).
    pub combinations: Combinations,
}

/// What records of a playbook are called (ruling 18).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noun {
    /// `lead`; also the name of the command tree.
    pub singular: String,
    /// `leads`.
    pub plural: String,
    /// `L`, as in `L-1042`.
    pub letter: char,
}

/// Whether a record in a status is worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Being worked on.
    Open,
    /// Set aside, to be taken up again.
    Parked,
    /// Ended well.
    Won,
    /// Ended otherwise.
    Lost,
    /// Not real; left out of every report.
    Excluded,
}

/// One status.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// Its id.
    pub id: StatusId,
    /// Its name for people.
    pub label: String,
    /// One emoji.
    pub emoji: String,
    /// Whether a record here is worked on.
    pub class: Class,
    /// The phase it belongs to.
    pub phase: Option<String>,
    /// Entered again and again, counted: check-in 1, 2, … n (B7).
    pub numbered: bool,
    /// A record here never changes again (D10).
    pub locked: bool,
    /// Whether the record may be entered by a person's choice; `false` for statuses set by a clock only (D14).
    pub chosen: bool,
    /// Refuses every touch (ruling 14).
    pub refuses_outreach: bool,
    /// Guide texts (D19).
    pub guide: Guide,
    /// Where a person may move the record from here.
    pub moves: Vec<Move>,
    /// Data that a chosen move into this status needs; owed after an automatic one (ruling 1).
    pub needs: Vec<Need>,
    /// Entering sets this stage in the same event (ruling 3).
    pub sets_stage: Option<StageId>,
    /// Activities that the pickers offer first here.
    pub suggests: Vec<Activity>,
    /// Clocks that start here.
    pub clocks: Vec<ClockSpec>,
    /// What entering sets off.
    pub on_entry: Vec<OnEntry>,
}

/// What the guide says about a status (D19, D33, D57).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guide {
    /// One line; shown in every picker (D18).
    pub means: String,
    /// When to use it.
    pub when: String,
    /// A worked example (D57).
    pub example: String,
    /// What happens by itself.
    pub happens: Vec<String>,
    /// The next step for the rep (D33).
    pub next: String,
    /// What shows that something is wrong.
    pub red_flag: String,
}

/// A move that a person may make.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// The status that it leads to.
    pub to: StatusId,
    /// Who may make it.
    pub by: MoveBy,
    /// Data needed beside what the status itself needs.
    pub needs: Vec<Need>,
}

/// Who may make a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveBy {
    /// Whoever may change the record (ruling 16).
    Anyone,
    /// A manager of its team.
    Manager,
}

/// Required data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// One of these groups must be complete; most needs have one group of one field. Where none is, the form
    /// asks for the first group (D8: a framework's answers; D4: one of e-mail and phone).
    pub any_of: Vec<Vec<FieldId>>,
    /// Asked for anew at each entry, whatever is stored (a reason, a note).
    pub fresh: bool,
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its id.
    pub id: FieldId,
    /// Its name for people; at most 45 characters, so that it fits a form.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Why it is asked for, or what to write.
    pub hint: String,
    /// Where the bot can know the answer itself.
    pub known_from: Option<KnownFrom>,
    /// `false`: the bot fills in what it knows and never asks a person (D13).
    pub asked: bool,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// One line.
    Text,
    /// Several lines.
    Long,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// An amount.
    Money,
    /// A point in time.
    Instant,
    /// One of these: id and label.
    Choice(Vec<(String, String)>),
    /// One of the playbook's reasons that fit the target status.
    Reason,
}

/// What the bot knows without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownFrom {
    /// The kind of the last two-way activity.
    LastTwoWay,
    /// When the last two-way activity took place.
    LastTwoWayAt,
    /// The kind of the last touch.
    LastTouch,
    /// When the last touch took place.
    LastTouchAt,
    /// When the last touch or two-way activity took place.
    LastContactAt,
    /// The reason with which the record was last lost or parked.
    LastReason,
    /// The instant of the move.
    Now,
    /// When the planned next action is due.
    NextDue,
    /// What is planned next.
    NextAction,
    /// What was written when the activity was logged that set off the move: what its trigger knows (ruling 1).
    /// Unknown for a chosen move.
    TriggerNote,
}

/// A reason from the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Its id.
    pub id: ReasonId,
    /// Its name for people.
    pub label: String,
    /// The statuses whose entry may give this reason; empty: every one.
    pub for_status: Vec<StatusId>,
    /// Only a clock may use it (ruling 1).
    pub clock_only: bool,
    /// The status that it leads to, where the playbook lets the reason choose (B9).
    pub leads_to: Option<StatusId>,
}

/// What a rep reports after an activity (B9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// What it does.
    pub effect: OutcomeEffect,
}

/// What an outcome does to the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeEffect {
    /// Asks for the new stage or status.
    AsksForStatus,
    /// Asks for a reason, which chooses the status.
    AsksForReason,
    /// Changes nothing.
    Nothing,
}

/// The stages of a playbook.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stages {
    /// In order.
    pub order: Vec<Stage>,
    /// Forward only, but for a manager's demotion (D1, D67); `false`: free columns (C1).
    pub ladder: bool,
    /// The status that a demotion sets (D67).
    pub demotion_sets: Option<StatusId>,
    /// The stage of a new record; none where the playbook has no stages.
    pub initial: Option<StageId>,
}

/// One stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Its id.
    pub id: StageId,
    /// Its name for people.
    pub label: String,
    /// One line.
    pub means: String,
    /// Entering it sets this status, where the combination with the present one is not allowed or always
    /// (D67: promoted to SQL → Working).
    pub sets_status: Option<StatusId>,
}

/// Which statuses may stand in which stages. What is not listed is allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Combinations {
    /// A listed status stands only in these stages.
    pub status_only_in: BTreeMap<StatusId, BTreeSet<StageId>>,
    /// A listed stage holds only these statuses.
    pub stage_only_with: BTreeMap<StageId, BTreeSet<StatusId>>,
}

/// An automatic rule (D26).
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its id, such as `reply-connects`.
    pub id: RuleId,
    /// One line for people: what it does.
    pub label: String,
    /// What sets it off.
    pub on: Trigger,
    /// The statuses in which it works; empty: every open one.
    pub from: Vec<StatusId>,
    /// The status that it sets.
    pub to: StatusId,
    /// Whether it acts, proposes, or is off (ruling 10).
    pub mode: RuleMode,
    /// Only where the activity's text does not match one of these (opt-outs, auto-replies; ruling 10).
    pub unless_text: Vec<Pattern>,
    /// What is proposed instead where [`Rule::unless_text`] matches.
    pub else_propose: Vec<StatusId>,
}

/// A regular expression that compares equal by its text.
#[derive(Debug, Clone)]
pub struct Pattern(pub regex::Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

/// What sets off a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// One of these activities is logged.
    Activity(Vec<Activity>),
    /// Any activity of one of these kinds is logged.
    Kind(Vec<ActivityKind>),
    /// An opportunity is confirmed (D26f): all of the target status's needs are present.
    OpportunityCreated,
}

/// Whether a rule acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleMode {
    /// It moves the record.
    Auto,
    /// It offers a button.
    Suggest,
    /// It is shipped, but does nothing.
    Off,
}

/// A gate: a move that waits for a manager (D40).
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// The statuses whose entry is gated.
    pub entering: Vec<StatusId>,
    /// The record's status before is of one of these classes; empty: any.
    pub leaving: Vec<Class>,
    /// All of these hold.
    pub when: Vec<GateWhen>,
    /// One of these holds too, where any is given.
    pub and_any: Vec<GateWhen>,
    /// Where no value is known, the record was ever in one of these statuses, and the rest of the gate holds,
    /// the value is asked for first (ruling 11).
    pub value_asked_after: Vec<StatusId>,
}

/// A condition of a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GateWhen {
    /// The peak value of the last 30 open days is at or over the workspace's high value (X3).
    HighValue,
    /// The record was parked at least so many times before.
    ParkedBefore(u32),
    /// The given date field lies more than so many days ahead.
    FieldBeyondDays(FieldId, u32),
}

/// A clock bound to a status.
#[derive(Debug, Clone, PartialEq)]
pub struct ClockSpec {
    /// Its id; unique within the playbook.
    pub id: ClockId,
    /// Its name for people: "first contact".
    pub label: String,
    /// When it starts.
    pub starts: Starts,
    /// The span that per cents refer to, and after which an SLA is breached.
    pub within: Option<Span>,
    /// Counts in SLA compliance (D46): it ends met, breached or cancelled (ruling 5).
    pub sla: bool,
    /// It goes on in these statuses too (D44: from Connected on through Working).
    pub also_in: Vec<StatusId>,
    /// Met by the first activity of these kinds.
    pub met_by: Vec<ActivityKind>,
    /// Met by entering one of these statuses.
    pub met_entering: Vec<StatusId>,
    /// A touch extends it once by its full span (ruling 8).
    pub touch_extends_once: bool,
    /// Back within so many days resumes what was left, unless a two-way activity came between (ruling 5).
    pub resumes_within_days: Option<u32>,
    /// What it does and when, in the order of the file.
    pub ladder: Vec<Step>,
}

/// When a clock starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Starts {
    /// When the status is entered.
    Entered,
    /// When the status is entered, and again at each touch or two-way activity (D45).
    LastActivity,
    /// When the alert of the entry was delivered (ruling 8).
    Delivered,
    /// At the instant that a field holds (a re-evaluation date).
    Field(FieldId),
}

/// One step of a clock's ladder.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// When.
    pub at: StepAt,
    /// What.
    pub does: StepDoes,
}

/// When a step is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepAt {
    /// When the status is entered, before the clock has started; only a review of a clock that starts with the
    /// delivery of just this alert ([`Starts::Delivered`]), and such a clock has exactly one.
    Entry,
    /// Per cent of the clock's span, of business time where the span is of business time (ruling 7).
    Percent(u32),
    /// So long after the start; no time at all (`at = "start"`) where a clock speaks up as soon as it starts.
    After(Span),
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum StepDoes {
    /// A private word to someone before it is too late.
    Nudge(Vec<Audience>),
    /// The SLA is breached: an alert in the team's alert channel, which mentions the owner.
    Breach,
    /// The alert is updated and the next person is told.
    Escalate(Vec<Audience>),
    /// An alert that forces a review, offering these statuses; its delivery is reported back (D54).
    Review(Vec<StatusId>),
    /// The record moves by itself; gates hold (D54 with D40).
    Move {
        /// The status.
        to: StatusId,
        /// The reason that the clock gives.
        reason: Option<ReasonId>,
    },
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The record's owner.
    Owner,
    /// The team's managers.
    Manager,
    /// Whoever has the duty in the team; else the managers (ruling 16).
    Duty(Duty),
}

/// What entering a status sets off, beside its clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnEntry {
    /// Tells someone.
    Notify(Audience),
}

impl Playbook {
    /// A status by its id; ids in a compiled playbook and its records are always declared.
    pub fn status(&self, id: &StatusId) -> Option<&Status> {
        self.statuses.iter().find(|s| s.id == *id)
    }

    /// A stage by its id.
    pub fn stage(&self, id: &StageId) -> Option<&Stage> {
        self.stages.order.iter().find(|s| s.id == *id)
    }

    /// Where the stage stands on the ladder, from 0.
    pub fn rank(&self, id: &StageId) -> Option<usize> {
        self.stages.order.iter().position(|s| s.id == *id)
    }

    /// A field by its id.
    pub fn field(&self, id: &FieldId) -> Option<&Field> {
        self.fields.iter().find(|f| f.id == *id)
    }

    /// A reason by its id.
    pub fn reason(&self, id: &ReasonId) -> Option<&Reason> {
        self.reasons.iter().find(|r| r.id == *id)
    }

    /// A rule by its id.
    pub fn rule(&self, id: &RuleId) -> Option<&Rule> {
        self.rules.iter().find(|r| r.id == *id)
    }

    /// A clock by its id, with the status that it starts in.
    pub fn clock(&self, id: &ClockId) -> Option<(&Status, &ClockSpec)> {
        self.statuses.iter().find_map(|s| s.clocks.iter().find(|c| c.id == *id).map(|c| (s, c)))
    }

    /// The name of a status for people; the id where a newer version dropped it.
    pub fn status_label<'a>(&'a self, id: &'a StatusId) -> &'a str {
        self.status(id).map_or(id.as_str(), |s| &s.label)
    }

    /// The name of a stage for people.
    pub fn stage_label<'a>(&'a self, id: &'a StageId) -> &'a str {
        self.stage(id).map_or(id.as_str(), |s| &s.label)
    }

    /// The reasons that a person may give for entering a status.
    pub fn reasons_for<'a>(&'a self, to: &'a StatusId) -> impl Iterator<Item = &'a Reason> {
        self.reasons
            .iter()
            .filter(move |r| !r.clock_only && (r.for_status.is_empty() || r.for_status.contains(to)))
    }
}

impl Combinations {
    /// Whether the pair may stand (D66).
    pub fn allows(&self, status: &StatusId, stage: &StageId) -> bool {
        self.status_only_in.get(status).is_none_or(|stages| stages.contains(stage))
            && self.stage_only_with.get(stage).is_none_or(|statuses| statuses.contains(status))
    }
}
