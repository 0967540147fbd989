//! Taking a command back (X4, ruling 12). See [`crate::domain::undo`].

use chrono::Duration;

use super::super::decision::Notice;
use super::super::event::{EventKind, Withdrawal};
use super::super::field::Contact;
use super::super::ids::PersonId;
use super::super::playbook::{Class, OnEntry};
use super::super::record::Record;
use super::super::rejection::Rejection;
use super::super::undo::{NotUndone, Told, Undo, Undone, did, is_decision, is_speech, keep_said, replay};
use super::Case;

/// Takes the person's last command back, with all that it cascaded.
pub fn undo(case: &mut Case<'_>, undo: &Undo) -> Result<(), Rejection> {
    let minutes = case.env.workspace.thresholds.undo_window;
    let found = last_command(case, undo).map_err(Rejection::NotUndone)?;
    let Found { command, before, commanded, since } = found;
    let refused = |why| Err(Rejection::NotUndone(why));
    let at = commanded[0].event.at;
    if case.env.now - at > Duration::minutes(i64::from(minutes)) {
        return refused(NotUndone::Late { at, minutes });
    }
    let contact = match &undo.contact {
        Some((of, contact)) if *of == command => contact.clone(),
        Some(_) | None => case.record.contact.clone(),
    };
    let now = replay(&undo.history, case.record.contact.clone());
    let told = now.is_some_and(|now| Record { last_event: case.record.last_event, ..now } == case.record);
    let Some(mut restored) = replay(before, Contact::default()).filter(|_| told) else {
        return refused(NotUndone::Untold);
    };
    if !since.is_empty() {
        keep_said(&mut restored, &case.record);
    }
    // A button that was drawn before the way back is stale, like any other (ruling 23).
    let moved = restored.status != case.record.status
        || restored.stage != case.record.stage
        || restored.entered != case.record.entered;
    restored.version = case.record.version + u32::from(moved);
    let class = case.env.playbook.status(&restored.status).map_or(Class::Open, |s| s.class);

    let taken_back = case.record.pending.as_ref().map(|p| p.approval);
    if let Some(approval) = taken_back.filter(|id| restored.pending.as_ref().map(|p| p.approval) != Some(*id))
    {
        case.push(EventKind::ApprovalWithdrawn { approval, why: Withdrawal::TakenBack });
    }
    let who = whom_it_concerns(case, &restored);
    let undid = did(commanded.iter().map(|told| &told.event));
    let events = u32::try_from(commanded.len()).unwrap_or(u32::MAX);
    let undone = Undone { command, events, undid, class, restored };
    case.push(EventKind::Undone(Box::new(undone)));
    case.record.contact = contact;
    // What was written into the CRM stays there: it is corrected (ruling 12).
    for told in commanded {
        if let EventKind::CrmNote { title, text, corrects: false } = &told.event.kind {
            let kind = EventKind::CrmNote { title: title.clone(), text: text.clone(), corrects: true };
            case.push(kind);
        }
    }
    if let Some(by) = case.actor.person {
        case.tell(who, Notice::Undone { by });
    }
    Ok(())
}

/// A history, cut where the command stands.
struct Found<'h> {
    command: crate::domain::ids::EventId,
    before: &'h [Told],
    commanded: &'h [Told],
    since: &'h [Told],
}

/// The person's last command, if it is the last thing that happened at all.
fn last_command<'h>(case: &Case<'_>, undo: &'h Undo) -> Result<Found<'h>, NotUndone> {
    let person = case.actor.person.ok_or(NotUndone::Nothing)?;
    let history = undo.history.as_slice();
    let said = history.iter().rev().take_while(|told| is_speech(&told.event)).count();
    let end = history.len() - said;
    let last = history[..end].last().ok_or(NotUndone::Nothing)?;
    let of_it = |told: &&Told| told.command == last.command;
    let start = end - history[..end].iter().rev().take_while(of_it).count();
    let commanded = &history[start..end];
    let by = commanded[0].event.by;
    if by != Some(person) || last.command.is_none() {
        return Err(came_between(case, history, person, commanded));
    }
    let kinds = || commanded.iter().map(|told| &told.event.kind);
    if kinds().any(|kind| matches!(kind, EventKind::Undone(_))) {
        return Err(NotUndone::AlreadyUndone);
    }
    if kinds().any(is_for_good) {
        return Err(NotUndone::ForGood);
    }
    if kinds().any(|kind| matches!(kind, EventKind::Created(_))) {
        return Err(NotUndone::Creation);
    }
    if let Some(status) = case.status().filter(|status| status.locked) {
        return Err(NotUndone::Locked { status: status.id.clone() });
    }
    if commanded.iter().any(|told| is_decision(&told.event)) {
        return Err(NotUndone::Decided { by });
    }
    if commanded.iter().any(|told| undo.published.contains(&told.id)) {
        return Err(NotUndone::Published);
    }
    let command = last.command.ok_or(NotUndone::Untold)?;
    if undo.command.is_some_and(|meant| meant != command) {
        return Err(NotUndone::Newer);
    }
    Ok(Found { command, before: &history[..start], commanded, since: &history[end..] })
}

/// What two records or somebody's personal data became cannot be taken apart again (ruling 15).
fn is_for_good(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Merged { .. } | EventKind::Absorbed(_) | EventKind::Erased)
}

/// Why the person's own last command cannot be taken back, where something else is the last that happened.
fn came_between(case: &Case<'_>, history: &[Told], person: PersonId, since: &[Told]) -> NotUndone {
    let Some(own) = history.iter().rev().find(|told| told.event.by == Some(person)) else {
        return NotUndone::Nothing;
    };
    if let Some(status) = case.status().filter(|status| status.locked) {
        return NotUndone::Locked { status: status.id.clone() };
    }
    let minutes = case.env.workspace.thresholds.undo_window;
    if case.env.now - own.event.at > Duration::minutes(i64::from(minutes)) {
        return NotUndone::Late { at: own.event.at, minutes };
    }
    // Written before commands were kept: what belongs together is not known.
    if own.command.is_none() {
        return NotUndone::Untold;
    }
    let (by, at) = (since[0].event.by, since[0].event.at);
    if since.iter().any(|told| is_decision(&told.event)) {
        return NotUndone::Decided { by };
    }
    NotUndone::ChangedSince { by, at }
}

/// Whoever was told of what is taken back: the owner of a moment, the owner again, those who hear of the status.
fn whom_it_concerns(case: &Case<'_>, restored: &Record) -> Vec<PersonId> {
    let mut who = Vec::new();
    if restored.owner != case.record.owner {
        who.extend(case.record.owner);
        who.extend(restored.owner);
    }
    let waits_again = restored.pending.as_ref().filter(|_| case.record.pending.is_none());
    who.extend(waits_again.and_then(|pending| pending.requested_by));
    if restored.status != case.record.status {
        for entry in case.status().map_or(&[][..], |status| &status.on_entry) {
            match entry {
                OnEntry::Notify(audience) => who.extend(case.people(*audience)),
                OnEntry::Task(_)
                | OnEntry::Start(_)
                | OnEntry::Leave(_)
                | OnEntry::Points(_)
                | OnEntry::CrmNote { .. } => {}
                // Both owners are told above.
                OnEntry::Route(_) => {}
            }
        }
    }
    who
}
