//! `Merge`, `Absorb`, `Erase` (ruling 15): how a record ends outside of its playbook.
//!
//! A merge is two decisions in one transaction: the one that goes is closed as merged, the one that stays takes over
//! what it did not know itself. Each keeps its own events, so that both histories replay; they are read as one. What
//! could be gamed goes along: the values that gates look back on, who owned it, how often it was parked.

use super::super::decision::Notice;
use super::super::event::{Absorbed, EventKind, Withdrawal};
use super::super::field::Contact;
use super::super::ids::{RecordId, RecordRef};
use super::super::record::{Ended, Record};
use super::super::rejection::Rejection;
use super::{Case, runs};

/// The record goes into another one.
pub(super) fn merge(case: &mut Case<'_>, into: RecordId, handle: RecordRef) -> Result<(), Rejection> {
    if case.record.id == into {
        return Err(Rejection::SameRecord);
    }
    undecided(&case.record)?;
    let clocks = runs::cancelled(&case.record, &case.env);
    let owner = case.record.owner;
    case.push_with(EventKind::Merged { into, handle }, clocks);
    case.tell(owner.into_iter().collect(), Notice::Merged { into: handle });
    Ok(())
}

/// The record takes another one in.
pub(super) fn absorb(case: &mut Case<'_>, from: &Record) -> Result<(), Rejection> {
    if case.record.id == from.id {
        return Err(Rejection::SameRecord);
    }
    if case.record.playbook != from.playbook {
        return Err(Rejection::OtherPlaybook);
    }
    undecided(&case.record)?;
    let known = &case.record;
    let data = from.data.iter().filter(|(field, _)| !known.data.contains_key(*field));
    let absorbed = Absorbed {
        from: from.id,
        handle: from.handle,
        records: std::iter::once(from.id).chain(from.absorbed.iter().copied()).collect(),
        value: from.value,
        past_values: from.past_values.iter().map(|past| past.value).collect(),
        source: from.source.clone(),
        data: data.map(|(field, value)| (field.clone(), value.clone())).collect(),
        touch: from.contacted.touch,
        two_way: from.contacted.two_way,
        owners: from.past_owners.clone(),
        owner: from.owner,
        barred: from.barred.clone(),
        been: from.been.clone(),
        parked: from.parked,
    };
    case.push(EventKind::Absorbed(Box::new(absorbed)));
    let contact = &mut case.record.contact;
    let fill = |mine: &mut Option<String>, theirs: &Option<String>| {
        if mine.is_none() {
            mine.clone_from(theirs);
        }
    };
    fill(&mut contact.company, &from.contact.company);
    fill(&mut contact.email, &from.contact.email);
    fill(&mut contact.phone, &from.contact.phone);
    Ok(())
}

/// The personal data is blanked, and with it every free text; a request that waits ends.
pub(super) fn erase(case: &mut Case<'_>) {
    if let Some(approval) = case.record.pending.as_ref().map(|pending| pending.approval) {
        // Nobody is told: the word would name what is being erased.
        case.push(EventKind::ApprovalWithdrawn { approval, why: Withdrawal::Erased });
    }
    let clocks = runs::cancelled(&case.record, &case.env);
    case.push_with(EventKind::Erased, clocks);
    case.record.contact = Contact::default();
}

/// What is left to do with a record that has ended: nothing, but to erase one that was merged.
pub(super) fn still_open(record: &Record, erases: bool) -> Result<(), Rejection> {
    match record.ended {
        None => Ok(()),
        Some(Ended::Merged { .. }) if erases => Ok(()),
        Some(ended) => Err(Rejection::Ended { ended }),
    }
}

/// Refused while a request waits: a manager decides first, so that no merge goes around them (X3).
fn undecided(record: &Record) -> Result<(), Rejection> {
    match &record.pending {
        Some(pending) => Err(Rejection::MergeWaits { record: record.handle, approval: pending.approval }),
        None => Ok(()),
    }
}
