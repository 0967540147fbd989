//! What the outcomes of a playbook lead to from where a record stands (B9, B10): asked by the engine, and by whoever
//! draws the question.
//!
//! The order is that of the file, of the statuses that are open or won; whatever is parked, lost or excluded stands
//! outside of it. A numbered status is entered again and again (B7), so it is later than whatever leads to it.

use super::decide::reachable;
use super::ids::StatusId;
use super::playbook::{Outcome, OutcomeEffect, Playbook, Reason, Way};
use super::record::Record;

/// What an event still lacks before it says what came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Question<'p> {
    /// Which outcome: these are possible.
    Outcome(Vec<&'p Outcome>),
    /// Which status: the outcome leads to one of these.
    Status(&'p Outcome, Vec<StatusId>),
    /// Which reason: the outcome leads where one of these does.
    Reason(&'p Outcome, Vec<&'p Reason>),
}

/// The outcomes that lead somewhere from where the record stands, and those that change nothing.
pub fn possible<'p>(record: &Record, playbook: &'p Playbook) -> Vec<&'p Outcome> {
    playbook.outcomes.iter().filter(|outcome| leads(record, playbook, outcome)).collect()
}

fn leads(record: &Record, playbook: &Playbook, outcome: &Outcome) -> bool {
    match &outcome.effect {
        OutcomeEffect::AsksForStatus(way) => !statuses(record, playbook, *way).is_empty(),
        OutcomeEffect::AsksForReason(_) => !reasons(record, playbook, outcome).is_empty(),
        OutcomeEffect::Nothing => true,
    }
}

/// The statuses that lie a way from where the record stands, and that a person may choose from there.
pub fn statuses(record: &Record, playbook: &Playbook, way: Way) -> Vec<StatusId> {
    let here = playbook.place(&record.status);
    let lies = |to: &StatusId| {
        let Some(there) = playbook.place(to) else { return false };
        let later = playbook.status(to).is_some_and(|s| s.numbered.is_some());
        match (way, here) {
            (Way::Any, _) | (_, None) => true,
            (Way::Later, Some(here)) => later || there > here,
            (Way::Earlier, Some(here)) => !later && there < here,
        }
    };
    reachable(record, playbook).into_iter().filter(|to| lies(to)).collect()
}

/// The reasons that an outcome offers: each leads to a status that a person may choose from where the record stands.
pub fn reasons<'p>(record: &Record, playbook: &'p Playbook, outcome: &Outcome) -> Vec<&'p Reason> {
    let OutcomeEffect::AsksForReason(listed) = &outcome.effect else { return Vec::new() };
    let reachable = reachable(record, playbook);
    let offered = |reason: &&Reason| {
        let listed = listed.is_empty() || listed.contains(&reason.id);
        listed && !reason.clock_only && reason.leads_to.as_ref().is_some_and(|to| reachable.contains(to))
    };
    playbook.reasons.iter().filter(offered).collect()
}

/// What is still to be asked, where the outcome and the status are these and no reason is known yet.
pub fn question<'p>(
    record: &Record,
    playbook: &'p Playbook,
    outcome: Option<&str>,
    to: Option<&StatusId>,
) -> Option<Question<'p>> {
    let Some(outcome) = outcome.and_then(|id| playbook.outcome(id)) else {
        return Some(Question::Outcome(possible(record, playbook)));
    };
    match &outcome.effect {
        OutcomeEffect::AsksForStatus(_) if to.is_some() => None,
        OutcomeEffect::AsksForStatus(way) => {
            Some(Question::Status(outcome, statuses(record, playbook, *way)))
        }
        OutcomeEffect::AsksForReason(_) => {
            Some(Question::Reason(outcome, reasons(record, playbook, outcome)))
        }
        OutcomeEffect::Nothing => None,
    }
}

/// The status that comes next (B10): the first later one, where the playbook's outcomes give its statuses an order.
pub fn next_status(record: &Record, playbook: &Playbook) -> Option<StatusId> {
    playbook.place(&record.status)?;
    if !ordered(playbook) {
        return None;
    }
    statuses(record, playbook, Way::Later).into_iter().next()
}

/// The statuses that lie between two, which a move to the later one leaves out (B10).
pub fn skipped(from: &StatusId, to: &StatusId, playbook: &Playbook) -> Vec<StatusId> {
    let (Some(from), Some(to)) = (playbook.place(from), playbook.place(to)) else { return Vec::new() };
    if !ordered(playbook) {
        return Vec::new();
    }
    let between = playbook.statuses.iter().take(to).skip(from + 1);
    let counts = |id: &StatusId| playbook.place(id).is_some();
    between.filter(|s| s.numbered.is_none() && counts(&s.id)).map(|s| s.id.clone()).collect()
}

/// Whether the statuses have an order: an outcome speaks of earlier or later ones.
fn ordered(playbook: &Playbook) -> bool {
    playbook.outcomes.iter().any(|outcome| match &outcome.effect {
        OutcomeEffect::AsksForStatus(way) => *way != Way::Any,
        OutcomeEffect::AsksForReason(_) | OutcomeEffect::Nothing => false,
    })
}
