//! The guide: for each status its meaning, when to use it, an example, the data it needs, what happens by
//! itself, and the next step (D19, D33, D57, D69). What happens is read from the rules, clocks and gates
//! themselves, so that the guide cannot say anything else than the engine does.
//!
//! [`guide`] gives the parts for a chat message, [`markdown`] the whole as a document for onboarding.

use crate::domain::activity::ActivityKind;
use crate::domain::ids::StatusId;
use crate::domain::playbook::{
    Audience, Bound, Class, ClockSpec, FieldKind, Flag, FlagWhen, Gate, GateWhen, Leave, Move, MoveBy, Need,
    OnEntry, Playbook, Rescue, Rule, RuleMode, ShareFlag, ShareOf, Starts, Status, Step, StepAt, StepDoes,
};
use crate::domain::span::Span;
use crate::domain::workspace::Duty;

mod markdown;

pub use markdown::markdown;

/// The guide to a playbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guide {
    /// The playbook's name.
    pub title: String,
    /// What the data is used for (D69).
    pub why: String,
    /// What to think of where it has many or few statuses (D17, D72); `None`: it has as many as serve people best.
    pub advice: Option<String>,
    /// The stages in order: label and meaning.
    pub stages: Vec<(String, String)>,
    /// The statuses in order.
    pub statuses: Vec<StatusGuide>,
}

/// The guide to a status. Every text is a sentence or a label for people; empty where the playbook is silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusGuide {
    /// Which status.
    pub id: StatusId,
    /// Its name.
    pub label: String,
    /// Its emoji.
    pub emoji: String,
    /// Whether a record here is worked on.
    pub class: Class,
    /// One line.
    pub means: String,
    /// When to use it.
    pub when: String,
    /// A worked example.
    pub example: String,
    /// The data that it needs, one line per need: "Reason", "Budget, Authority, Need and Timeline, or …".
    pub needs: Vec<String>,
    /// What this data is used for (D69): "Reason: It shows …", one line per use; the playbook's own `why` where its
    /// fields do not say.
    pub uses: Vec<String>,
    /// What happens by itself once a record is here.
    pub happens: Vec<String>,
    /// The next step.
    pub next: String,
    /// What shows that something is wrong.
    pub red_flag: String,
    /// Where a person may move the record, with the conditions of the move.
    pub moves: Vec<String>,
}

/// The guide to a playbook.
pub fn guide(playbook: &Playbook) -> Guide {
    Guide {
        title: playbook.title.clone(),
        why: playbook.why.clone(),
        advice: advice(playbook.statuses.len()),
        stages: playbook.stages.order.iter().map(|s| (s.label.clone(), s.means.clone())).collect(),
        statuses: playbook.statuses.iter().map(|s| of(playbook, s)).collect(),
    }
}

/// How many statuses people can tell apart (D17).
const GOOD_NUMBER: std::ops::RangeInclusive<usize> = 8..=12;

/// What to think of a playbook with so many statuses (D72); `None`: nothing.
pub fn advice(statuses: usize) -> Option<String> {
    if GOOD_NUMBER.contains(&statuses) {
        return None;
    }
    let so = format!(
        "People choose best among {} to {} statuses; this playbook has {statuses}.",
        GOOD_NUMBER.start(),
        GOOD_NUMBER.end()
    );
    let then = if statuses > *GOOD_NUMBER.end() {
        "Fewer, clearer ones are kept truthfully: join those that people mix up."
    } else {
        "Few, clear ones are kept truthfully: add one only where the work is another."
    };
    Some(format!("{so} {then}"))
}

/// The guide to one status; `None` where the playbook has no such status.
pub fn status(playbook: &Playbook, id: &StatusId) -> Option<StatusGuide> {
    playbook.status(id).map(|s| of(playbook, s))
}

/// Where each status leads, one line per status.
pub fn moves(playbook: &Playbook) -> Vec<String> {
    let line = |status: &Status| {
        let to: Vec<String> = status.moves.iter().map(|m| move_line(playbook, m)).collect();
        let to = if to.is_empty() { "nowhere by choice".to_owned() } else { to.join(", ") };
        format!("{} → {to}", status.label)
    };
    playbook.statuses.iter().map(line).collect()
}

/// What runs in time, one line per clock.
pub fn clocks(playbook: &Playbook) -> Vec<String> {
    let of = |status: &Status| -> Vec<String> {
        status.clocks.iter().map(|c| format!("{}: {}", status.label, clock(playbook, c))).collect()
    };
    playbook.statuses.iter().flat_map(of).collect()
}

/// What happens when something is logged, one line per rule.
pub fn rules_of(playbook: &Playbook) -> Vec<String> {
    let line = |rule: &Rule| match rule.mode {
        RuleMode::Auto => rule.label.clone(),
        RuleMode::Suggest => format!("{} (as a suggestion)", rule.label),
        RuleMode::Off => format!("{} (off)", rule.label),
    };
    playbook.rules.iter().map(line).collect()
}

/// What waits for a manager, one line per status that is entered.
pub fn gates(playbook: &Playbook) -> Vec<String> {
    let of = |status: &Status| -> Vec<String> {
        let gates = playbook.gates.iter().filter(|g| g.entering.contains(&status.id));
        gates.map(|g| format!("{}: {}", status.label, gate(playbook, g))).collect()
    };
    playbook.statuses.iter().flat_map(of).collect()
}

fn of(playbook: &Playbook, status: &Status) -> StatusGuide {
    StatusGuide {
        id: status.id.clone(),
        label: status.label.clone(),
        emoji: status.emoji.clone(),
        class: status.class,
        means: status.guide.means.clone(),
        when: status.guide.when.clone(),
        example: status.guide.example.clone(),
        needs: needs(playbook, status),
        uses: uses(playbook, status),
        happens: happens(playbook, status),
        next: status.guide.next.clone(),
        red_flag: status.guide.red_flag.clone(),
        moves: status.moves.iter().map(|m| move_line(playbook, m)).collect(),
    }
}

/// The status's own needs, and for the first status those of a new record (D4).
fn all_needs<'p>(playbook: &'p Playbook, status: &'p Status) -> impl Iterator<Item = &'p Need> {
    let of_new = if status.id == playbook.initial { playbook.create_needs.as_slice() } else { &[] };
    of_new.iter().chain(&status.needs)
}

fn needs(playbook: &Playbook, status: &Status) -> Vec<String> {
    all_needs(playbook, status).map(|n| need(playbook, n)).collect()
}

/// Why a person is asked (D69), also for what only some moves from here ask for.
fn uses(playbook: &Playbook, status: &Status) -> Vec<String> {
    let of_moves = status.moves.iter().flat_map(|to| &to.needs);
    let mut seen = Vec::new();
    let mut by_use: Vec<(&str, Vec<String>)> = Vec::new();
    for id in all_needs(playbook, status).chain(of_moves).flat_map(|need| need.any_of.iter().flatten()) {
        let Some(field) = playbook.field(id).filter(|f| !f.used_for.is_empty() && !seen.contains(&&f.id))
        else {
            continue;
        };
        seen.push(&field.id);
        match by_use.iter_mut().find(|(used_for, _)| *used_for == field.used_for) {
            Some((_, labels)) => labels.push(field.label.clone()),
            None => by_use.push((&field.used_for, vec![field.label.clone()])),
        }
    }
    let asks = all_needs(playbook, status).next().is_some();
    if by_use.is_empty() && asks && !playbook.why.is_empty() {
        return vec![playbook.why.clone()];
    }
    by_use.into_iter().map(|(used_for, labels)| format!("{}: {used_for}", and(&labels))).collect()
}

fn need(playbook: &Playbook, need: &Need) -> String {
    let label = |f: &crate::domain::ids::FieldId| {
        let field = playbook.field(f);
        let label = field.map_or(f.as_str(), |f| f.label.as_str()).to_owned();
        if field.is_some_and(|f| !f.asked) { format!("{label} (filled in by itself)") } else { label }
    };
    let group = |g: &Vec<_>| and(&g.iter().map(label).collect::<Vec<_>>());
    let chosen_by = need.chosen_by.as_ref().and_then(|by| playbook.field(by));
    let named = |(at, g): (usize, &Vec<_>)| match chosen_by.map(|by| &by.kind) {
        Some(FieldKind::Choice(options)) if at < options.len() => format!("{} ({})", group(g), options[at].1),
        Some(_) | None => group(g),
    };
    let groups: Vec<String> = need.any_of.iter().enumerate().map(named).collect();
    let long = need.any_of.iter().any(|g| g.len() > 1);
    let groups = groups.join(if long { "; or " } else { " or " });
    match chosen_by {
        Some(by) => format!("{groups}, as \"{}\" says", by.label),
        None => groups,
    }
}

fn move_line(playbook: &Playbook, to: &Move) -> String {
    let label = playbook.status_label(&to.to);
    let by = match to.by {
        MoveBy::Anyone => "",
        MoveBy::Manager => ", by a manager",
    };
    let needs: Vec<String> = to.needs.iter().map(|n| need(playbook, n)).collect();
    let with =
        if needs.is_empty() { String::new() } else { format!(" (also asks for: {})", needs.join("; ")) };
    format!("{label}{by}{with}")
}

fn happens(playbook: &Playbook, status: &Status) -> Vec<String> {
    let mut lines = Vec::new();
    if status.locked {
        lines.push("The status never changes again.".to_owned());
    }
    if status.refuses_outreach {
        lines.push("Nobody may reach out: logging it is refused.".to_owned());
    }
    if let Some(stage) = &status.sets_stage {
        lines.push(format!("The stage becomes {}.", playbook.stage_label(stage)));
    }
    lines.extend(status.on_entry.iter().map(|effect| on_entry(playbook, effect)));
    lines.extend(status.guide.happens.iter().cloned());
    lines.extend(status.flags.iter().map(|f| flag(playbook, f)));
    lines.extend(status.shares.iter().map(|s| share(playbook, status, s)));
    if playbook.cluster.as_ref().is_some_and(|cluster| cluster.statuses.contains(&status.id)) {
        lines.push(format!(
            "Where several {} of one company are all here, the managers are told, once.",
            playbook.noun.plural
        ));
    }
    lines.extend(rules(playbook, status));
    lines.extend(status.clocks.iter().map(|c| clock(playbook, c)));
    let goes_on = |c: &&ClockSpec| c.also_in.contains(&status.id);
    let others = playbook.statuses.iter().flat_map(|s| &s.clocks).filter(goes_on);
    lines.extend(others.map(|c| format!("{} goes on from before.", c.label)));
    lines
        .extend(playbook.gates.iter().filter(|g| g.entering.contains(&status.id)).map(|g| gate(playbook, g)));
    lines
}

fn on_entry(playbook: &Playbook, effect: &OnEntry) -> String {
    match effect {
        OnEntry::Route(id) => playbook.route(id).map(|r| format!("{}.", capital(&r.why))).unwrap_or_default(),
        OnEntry::Notify(who) => format!("{} told.", capital(&is(&[*who]))),
        OnEntry::Task(task) => {
            let again = task.every.map(|every| format!(", again after {every}")).unwrap_or_default();
            let ready = match (&task.prepare, task.confirms.is_empty()) {
                (Some(_), _) => " The message is prepared for the owner.",
                (None, false) => " A draft is prepared for the owner to confirm.",
                (None, true) => "",
            };
            let label = |id: &crate::domain::ids::FieldId| {
                playbook.field(id).map_or_else(|| id.to_string(), |field| field.label.clone())
            };
            let due = match &task.due_on {
                Some(field) => format!("due on the date in \"{}\"", label(field)),
                None => format!("within {}", task.within),
            };
            let then = task.then.as_ref().map(|to| format!(" Done, it is {}.", playbook.status_label(to)));
            let then = then.unwrap_or_default();
            format!("Task for the owner: {}, {due}{again}.{ready}{then}", task.label)
        }
        OnEntry::CrmNote { .. } => "A note is written on the company in the CRM.".to_owned(),
        OnEntry::Points(points) => {
            let s = if *points == 1 { "" } else { "s" };
            format!("{points} point{s} for whoever owns it and for the company, as long as it stays.")
        }
        OnEntry::Start(name) => format!("The sequence {name} starts."),
        OnEntry::Leave(Leave::All) => "Every sequence ends.".to_owned(),
        OnEntry::Leave(Leave::These(names)) => {
            format!("The sequence {} ends.", and(names))
        }
    }
}

fn flag(playbook: &Playbook, flag: &Flag) -> String {
    let label = |field: &crate::domain::ids::FieldId| {
        playbook.field(field).map_or_else(|| field.to_string(), |f| f.label.clone())
    };
    let when = match &flag.when {
        FlagWhen::After(span) => format!("After {span} here"),
        FlagWhen::AttemptsOver(most) => format!("After more than {most} attempts"),
        FlagWhen::Past(field, None) => format!("When \"{}\" is past", label(field)),
        FlagWhen::Past(field, Some(span)) => format!("{span} after \"{}\"", label(field)),
    };
    let offers: Vec<String> = flag.propose.iter().map(|s| playbook.status_label(s).to_owned()).collect();
    let offers = if offers.is_empty() { String::new() } else { format!(", and {} is offered", or(&offers)) };
    format!("{} it is flagged{offers}: {}.", capital(&when), flag.says)
}

fn share(playbook: &Playbook, status: &Status, share: &ShareFlag) -> String {
    let plural = &playbook.noun.plural;
    let to: Vec<String> = share.to.iter().map(|s| playbook.status_label(s).to_owned()).collect();
    let of = match share.of {
        ShareOf::Entered => format!("the {plural} that came here and are decided"),
        ShareOf::Left => format!("the {plural} that left {}", status.label),
        ShareOf::Decided => format!("all {plural} that were decided"),
    };
    let bound = match share.bound {
        Bound::Under(per_cent) => format!("fewer than {per_cent} %"),
        Bound::Over(per_cent) => format!("more than {per_cent} %"),
    };
    format!(
        "Where {bound} of {of} in {} days went to {}, the digest flags it: {}.",
        share.days,
        or(&to),
        share.says
    )
}

fn rules(playbook: &Playbook, status: &Status) -> Vec<String> {
    let here = |from: &[StatusId]| match from {
        [] => status.class == Class::Open,
        some => some.contains(&status.id),
    };
    let rules = playbook.rules.iter().filter(|r| here(&r.from) && r.to != status.id);
    rules
        .filter(|r| match r.mode {
            RuleMode::Auto | RuleMode::Suggest => true,
            RuleMode::Off => false,
        })
        .map(|r| r.label.clone())
        .collect()
}

fn clock(playbook: &Playbook, clock: &ClockSpec) -> String {
    let mut text = clock.label.clone();
    if let Some(within) = clock.within {
        text.push_str(&format!(": within {within}"));
    }
    if clock.within_setting.is_some() {
        text.push_str(", unless /setup thresholds says otherwise");
    }
    text.push_str(&match &clock.starts {
        Starts::Entered => String::new(),
        Starts::LastActivity => ", counted from the last contact".to_owned(),
        Starts::AnyActivity => ", counted from whatever was logged last".to_owned(),
        Starts::Delivered => ", counted from when the alert was delivered".to_owned(),
        Starts::Field(field) => {
            format!(", at \"{}\"", playbook.field(field).map_or(field.as_str(), |f| &f.label))
        }
    });
    let mut met: Vec<String> = clock.met_by.iter().map(|k| kind(*k).to_owned()).collect();
    met.extend(clock.met_entering.iter().map(|s| playbook.status_label(s).to_owned()));
    if !met.is_empty() {
        text.push_str(&format!(". Met by {}", or(&met)));
    }
    text.push('.');
    for step in &clock.ladder {
        text.push_str(&format!(" {}", self::step(playbook, clock, step)));
    }
    if clock.touch_extends_once {
        text.push_str(" The first outreach extends it once.");
    }
    if let Some(days) = clock.resumes_within_days {
        text.push_str(&format!(" Back here within {days} days, it goes on with what was left."));
    }
    text
}

fn step(playbook: &Playbook, clock: &ClockSpec, step: &Step) -> String {
    let does = match &step.does {
        StepDoes::Nudge(who) => match step.rescue {
            Rescue::No => format!("{} reminded privately", is(who)),
            Rescue::Team => format!("{} reminded privately, and the team may take it over", is(who)),
        },
        StepDoes::Breach => "it is late: an alert in the team's channel".to_owned(),
        StepDoes::Escalate(who) => format!("{} told", is(who)),
        StepDoes::Review(offers) => {
            let offers: Vec<String> = offers.iter().map(|s| playbook.status_label(s).to_owned()).collect();
            format!("a review is asked for, which offers {}", or(&offers))
        }
        StepDoes::Ask(question) => format!("{} asked: {}", is(&question.of), question.text),
        StepDoes::Move { to, reason } => {
            let label = playbook.status_label(to);
            let reason = reason.as_ref().and_then(|r| playbook.reason(r));
            let with = reason.map(|r| format!(", reason {}", r.label)).unwrap_or_default();
            format!("the {} moves to {label}{with}", playbook.noun.singular)
        }
    };
    let at = match step.at {
        StepAt::Entry => "At once".to_owned(),
        StepAt::Percent(100) => match clock.within {
            Some(within) => format!("After {within}"),
            None => "At the end".to_owned(),
        },
        StepAt::Percent(percent) => format!("At {percent} % of that"),
        StepAt::After(span) if span == Span::Elapsed(chrono::Duration::zero()) => "Then".to_owned(),
        StepAt::After(span) => format!("After {span}"),
    };
    format!("{at} {does}.")
}

fn gate(playbook: &Playbook, gate: &Gate) -> String {
    let class = |c: &Class| match c {
        Class::Open => "open",
        Class::Parked => "parked",
        Class::Won => "won",
        Class::Lost => "lost",
        Class::Excluded => "excluded",
    };
    let from: Vec<String> = gate.leaving.iter().map(|c| class(c).to_owned()).collect();
    let from = if from.is_empty() { String::new() } else { format!(" from {} statuses", or(&from)) };
    let condition = |c: &GateWhen| match c {
        GateWhen::HighValue => "the value of the last 30 open days is high".to_owned(),
        GateWhen::ParkedBefore(times) => format!("it was parked {times} times before"),
        GateWhen::FieldBeyondDays(field, days) => {
            let label = playbook.field(field).map_or(field.as_str(), |f| f.label.as_str());
            format!("\"{label}\" is more than {days} days ahead")
        }
    };
    let mut conditions: Vec<String> = gate.when.iter().map(condition).collect();
    if !gate.and_any.is_empty() {
        conditions.push(or(&gate.and_any.iter().map(condition).collect::<Vec<_>>()));
    }
    let when =
        if conditions.is_empty() { String::new() } else { format!(" if {}", conditions.join(", and ")) };
    format!("A manager must approve the move to here{from}{when}.")
}

fn kind(kind: ActivityKind) -> &'static str {
    match kind {
        ActivityKind::Touch => "an outreach",
        ActivityKind::TwoWay => "a conversation",
        ActivityKind::Signal => "a sign from them",
        ActivityKind::Internal => "a note",
    }
}

/// "the owner is", "the owner and the manager are".
fn is(who: &[Audience]) -> String {
    let name = |a: &Audience| match a {
        Audience::Owner => "the owner".to_owned(),
        Audience::Manager => "the team's manager".to_owned(),
        Audience::Duty(duty) => format!("the {}", self::duty(*duty)),
    };
    let verb = if who.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", and(&who.iter().map(name).collect::<Vec<_>>()))
}

fn duty(duty: Duty) -> &'static str {
    match duty {
        Duty::Ae => "account executive",
        Duty::Senior => "senior rep",
        Duty::MarketingOwner => "marketing owner",
        Duty::SdrManager => "SDR manager",
        Duty::SalesManager => "sales manager",
    }
}

fn and(words: &[String]) -> String {
    join(words, "and")
}

fn or(words: &[String]) -> String {
    join(words, "or")
}

fn join(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [some @ .., end] => format!("{} {last} {end}", some.join(", ")),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
