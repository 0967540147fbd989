//! Circles that a record goes round without a person: a clock moves it, a rule or another clock moves it back.
//!
//! What counts as a move by itself: a step of a clock, and an automatic rule that nothing but signals sets off (an opened
//! e-mail, a form). Where somebody wrote, called, answered or pressed a button, a person has a hand in it: a rule on
//! touches or conversations, a suggestion and a gate that always asks a manager break the circle.
//!
//! A circle in which time passes works, and tires everybody: a warning. One in which everything happens at once would
//! never end, or come to nothing each time: it is refused. A clock that starts at a date counts as at once, because a date
//! that is past stays past.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Reader;
use super::check::fits;
use crate::domain::activity::{Activity, ActivityKind};
use crate::domain::ids::{ClockId, StatusId};
use crate::domain::playbook::{ClockSpec, Gate, Playbook, Rule, RuleMode, Starts, StepAt, StepDoes, Trigger};
use crate::domain::span::Span;
use crate::playbook::problem::Place;

/// A move that needs nobody.
struct Move<'p> {
    from: &'p StatusId,
    to: &'p StatusId,
    at_once: bool,
    by: By<'p>,
}

#[derive(Clone, Copy)]
enum By<'p> {
    /// A step of a clock of a status.
    Clock(&'p StatusId, &'p ClockId, usize),
    Rule(&'p Rule),
}

/// Names each circle once, at the first of its clocks in the file.
pub(super) fn circles(reader: &mut Reader<'_>, playbook: &Playbook) {
    let moves = moves(playbook);
    let mut told: BTreeSet<BTreeSet<&StatusId>> = BTreeSet::new();
    for at_once in [true, false] {
        let usable: Vec<_> = moves.iter().filter(|m| m.at_once || !at_once).collect();
        for first in &usable {
            let By::Clock(home, clock, step) = first.by else { continue };
            let Some(rest) = way(&usable, first.to, first.from) else { continue };
            let circle: Vec<_> = std::iter::once(*first).chain(rest).collect();
            if !told.insert(circle.iter().map(|m| m.from).collect()) {
                continue;
            }
            let place = place(reader, home, clock, step);
            if at_once {
                reader.problems.error(&place, endless(&circle));
            } else {
                reader.problems.warning(&place, undecided(&circle));
            }
        }
    }
}

fn endless(circle: &[&Move<'_>]) -> String {
    format!(
        "By itself, and all at once, a record goes round without end: {}. Let time pass, as with `at = \"5 days\"`, or {}.",
        drawn(circle),
        advice(circle)
    )
}

fn undecided(circle: &[&Move<'_>]) -> String {
    format!(
        "By itself a record goes round for ever: {}. Nobody ever decides: {}.",
        drawn(circle),
        advice(circle)
    )
}

/// `answered → arrived (clock `again`) → answered (rule `opened`)`.
fn drawn(circle: &[&Move<'_>]) -> String {
    let start = circle.first().map_or("", |m| m.from.as_str());
    circle.iter().fold(format!("`{start}`"), |way, m| {
        let by = match m.by {
            By::Clock(_, clock, _) => format!("clock `{clock}`"),
            By::Rule(rule) => format!("rule `{}`", rule.id),
        };
        format!("{way} → `{}` ({by})", m.to)
    })
}

fn advice(circle: &[&Move<'_>]) -> String {
    let rule = circle.iter().find_map(|m| match m.by {
        By::Rule(rule) => Some(&rule.id),
        By::Clock(..) => None,
    });
    match rule {
        Some(rule) => format!("write `mode = \"suggest\"` in `{rule}`, or `escalate` instead of a `move`"),
        None => "write `escalate` instead of a `move`".to_owned(),
    }
}

fn moves(playbook: &Playbook) -> Vec<Move<'_>> {
    let mut moves: Vec<Move<'_>> = Vec::new();
    for home in &playbook.statuses {
        for clock in &home.clocks {
            for (index, step) in clock.ladder.iter().enumerate() {
                let StepDoes::Move { to, .. } = &step.does else { continue };
                let by = By::Clock(&home.id, &clock.id, index);
                let at_once = at_once(clock, step.at);
                let stands = std::iter::once(&home.id).chain(&clock.also_in).filter(|from| *from != to);
                moves.extend(stands.map(|from| Move { from, to, at_once, by }));
            }
        }
    }
    for signal in Activity::ALL.into_iter().filter(|a| a.kind() == ActivityKind::Signal) {
        for status in &playbook.statuses {
            let mut rules = playbook.rules.iter().filter(|r| r.mode != RuleMode::Off);
            let Some(rule) = rules.find(|rule| fits(rule, Some(signal), status)) else { continue };
            if rule.mode == RuleMode::Auto && by_signals_alone(&rule.on) {
                moves.push(Move { from: &status.id, to: &rule.to, at_once: true, by: By::Rule(rule) });
            }
        }
    }
    moves.retain(|m| !playbook.gates.iter().any(|gate| asks_a_manager(gate, m, playbook)));
    moves
}

fn by_signals_alone(on: &Trigger) -> bool {
    match on {
        Trigger::Activity(activities) => activities.iter().all(|a| a.kind() == ActivityKind::Signal),
        Trigger::Kind(kinds) => kinds.iter().all(|kind| *kind == ActivityKind::Signal),
        Trigger::OpportunityCreated | Trigger::Unanswered(_) => false,
    }
}

/// Whether a gate asks for each record, whatever it is worth.
fn asks_a_manager(gate: &Gate, m: &Move<'_>, playbook: &Playbook) -> bool {
    let always = gate.when.is_empty() && gate.and_any.is_empty();
    let leaves =
        playbook.status(m.from).is_some_and(|s| gate.leaving.is_empty() || gate.leaving.contains(&s.class));
    always && leaves && gate.entering.contains(m.to)
}

fn at_once(clock: &ClockSpec, at: StepAt) -> bool {
    match (&clock.starts, at) {
        (Starts::Field(_), _) | (_, StepAt::Entry) => true,
        (
            Starts::Entered | Starts::LastActivity | Starts::AnyActivity | Starts::Delivered,
            StepAt::Percent(_),
        ) => clock.within.is_none_or(is_nothing),
        (
            Starts::Entered | Starts::LastActivity | Starts::AnyActivity | Starts::Delivered,
            StepAt::After(span),
        ) => is_nothing(span),
    }
}

fn is_nothing(span: Span) -> bool {
    match span {
        Span::Business(time) | Span::Elapsed(time) => time.is_zero(),
        Span::BusinessDays(days) | Span::Days(days) => days == 0,
    }
}

/// The shortest way from one status to another.
fn way<'m, 'p>(moves: &[&'m Move<'p>], from: &StatusId, to: &StatusId) -> Option<Vec<&'m Move<'p>>> {
    let mut came: BTreeMap<&StatusId, &'m Move<'p>> = BTreeMap::new();
    let mut open = VecDeque::from([from]);
    while let Some(at) = open.pop_front() {
        for m in moves.iter().filter(|m| m.from == at) {
            if m.to != from && !came.contains_key(m.to) {
                came.insert(m.to, m);
                open.push_back(m.to);
            }
        }
    }
    let mut way = Vec::new();
    let mut at = to;
    while at != from {
        let m = *came.get(at)?;
        way.push(m);
        at = m.from;
    }
    way.reverse();
    Some(way)
}

fn place(reader: &Reader<'_>, home: &StatusId, clock: &ClockId, step: usize) -> Place {
    let root = &reader.root;
    let Some(statuses) = root.section("status") else { return root.place_of("status") };
    let Some(status) = statuses.section(home.as_str()) else { return statuses.place_of(home.as_str()) };
    let clocks = status.list("clock");
    let found = clocks.iter().find(|c| c.get("id").and_then(|n| n.text()) == Some(clock.as_str()));
    let Some(clock) = found else { return status.place_of("clock") };
    clock.list("ladder").get(step).map_or_else(|| clock.place_of("ladder"), |step| step.place_of("move"))
}
