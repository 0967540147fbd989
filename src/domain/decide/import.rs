//! The import door: records that lived elsewhere, and their past (ruling 1, 5 of issue 3).
//!
//! What holds here as at every door: statuses, stages and fields exist, words are on their lists, status and stage go
//! together (D66), a locked record never moves (D10), owners are known, foreign values have rates.
//!
//! What does not: a **new** record may come in at any status, without the data that a move into it would need and
//! without an approval, because that happened elsewhere, before there were rules; nothing is owed for it. One that
//! begins here (no status given, or the first one) is a new record like any other: it needs what
//! [`create`](super::create) needs, and its status opens its tasks (D4).
//!
//! Whoever the file names keeps the record. One without an owner is handed over as its status hands over (D4, D34–D37),
//! and the tasks of that status begin for whoever gets it.
//!
//! A status that is given for a record that is **here already** is a chosen move (ruling 1): its moves, its data and
//! its gates bind, so that a file is no way around a manager (X3).
//!
//! Clocks start at import (ruling 8): neither a date in the file nor the past makes one late at once.

use chrono::{DateTime, Utc};

use super::super::command::{Actor, Given, NewRecord, PastStep, Standing};
use super::super::decision::{Decision, Env};
use super::super::event::{Cause, Created, Event, EventKind, Found, Moved, Source};
use super::super::evolve;
use super::super::field::{FieldValue, builtin};
use super::super::ids::{FieldId, StageId, StatusId};
use super::super::needs::{Known, check_given};
use super::super::playbook::{Class, Playbook};
use super::super::rejection::Rejection;
use super::{Case, edit, entry, moves, route, runs};

/// Decides on a new record that lived elsewhere. Nobody is told of it by this: the import says so once per team, with
/// who got how many.
pub fn import(
    new: &NewRecord,
    standing: &Standing,
    actor: &Actor,
    env: &Env<'_>,
) -> Result<Decision, Rejection> {
    let playbook = env.playbook;
    let status = match &standing.status {
        None => &playbook.initial,
        Some(status) => status,
    };
    let known = playbook.status(status);
    let class = known.ok_or_else(|| Rejection::UnknownStatus { typed: status.to_string() })?.class;
    let stage = stage_for(playbook, status, standing.stage.as_ref())?;
    check_given(&new.data, Some(status), playbook, None)?;
    let money = new.data.values().filter_map(FieldValue::as_money).chain(new.value);
    for value in money {
        if env.workspace.thresholds.convert(value).is_none() {
            return Err(Rejection::NoRate { currency: value.currency });
        }
    }
    if let Some(owner) = new.owner.filter(|o| !env.workspace.people.contains_key(o)) {
        return Err(Rejection::UnknownPerson { person: owner });
    }
    let mut created = Created {
        id: new.id,
        workspace: env.workspace.id,
        handle: new.handle,
        playbook: playbook.id.clone(),
        playbook_version: playbook.version,
        team: new.team,
        channel: new.channel,
        owner: new.owner,
        routed: None,
        status: status.clone(),
        class,
        stage,
        value: new.value,
        source: new.source.clone(),
        data: new.data.clone(),
        from: new.from,
    };
    let event = |created: &Created| Event {
        at: env.now,
        by: actor.person,
        source: Source::Integration,
        kind: EventKind::Created(Box::new(created.clone())),
        clocks: Vec::new(),
    };
    let mut first = event(&created);
    let mut record = evolve::create(&created, &first, new.contact.clone());
    let begins_here = *status == playbook.initial;
    let mut missing = Vec::new();
    if record.contact.name.is_empty() {
        missing.push(FieldId::from(builtin::NAME));
    } else if begins_here {
        let known = Known { record: &record, playbook, given: &new.data, note: None, now: env.now };
        missing = known.check(&playbook.create_needs).missing;
    }
    if !missing.is_empty() {
        return Err(Rejection::Missing { to: None, fields: missing });
    }
    if let Some((owner, routed)) = route::for_imported(&record, env).filter(|_| new.owner.is_none()) {
        (created.owner, created.routed) = (owner, Some(routed));
        first = event(&created);
        record = evolve::create(&created, &first, new.contact.clone());
    }
    let mut clocks = runs::started(&record, status, &new.data, env);
    for run in &mut clocks {
        run.started_at = run.started_at.map(|at| at.max(env.now));
    }
    first.clocks = clocks;
    record.clocks.clone_from(&first.clocks);
    let mut case = Case::new(record, *actor, *env);
    case.events.push(first);
    if begins_here || created.routed.is_some_and(|routed| routed.found != Found::Nobody) {
        entry::came_in(&mut case);
    }
    // The summary says it, once.
    case.effects.clear();
    Ok(case.into_decision(None))
}

/// The stage that goes with a status: the one given, else what the status sets, else the first one of the ladder that
/// goes with it.
fn stage_for(
    playbook: &Playbook,
    status: &StatusId,
    given: Option<&StageId>,
) -> Result<Option<StageId>, Rejection> {
    if let Some(stage) = given {
        if playbook.stage(stage).is_none() {
            return Err(Rejection::UnknownStage { typed: stage.to_string() });
        }
        if !playbook.combinations.allows(status, stage) {
            return Err(Rejection::Combination { status: status.clone(), stage: stage.clone() });
        }
        return Ok(Some(stage.clone()));
    }
    let sets = playbook.status(status).and_then(|s| s.sets_stage.clone());
    let fits = |stage: &&StageId| playbook.combinations.allows(status, stage);
    let first = playbook.stages.initial.as_ref().filter(fits);
    Ok(sets.or_else(|| first.or_else(|| playbook.stages.order.iter().map(|s| &s.id).find(fits)).cloned()))
}

/// A row for a record that is here already: what it changes, all or nothing.
pub fn given(case: &mut Case<'_>, given: &Given) -> Result<(), Rejection> {
    for (field, value) in &given.data {
        match field.as_str() {
            // These belong to the move.
            builtin::REASON | builtin::NOTE | builtin::NEXT_ACTION | builtin::NEXT_DUE => {}
            _ => edit::edit(case, field, Some(value))?,
        }
    }
    for field in &given.emptied {
        edit::edit(case, field, None)?;
    }
    if let Some(owner) = given.owner.filter(|owner| case.record.owner != Some(*owner)) {
        if !case.env.workspace.people.contains_key(&owner) {
            return Err(Rejection::UnknownPerson { person: owner });
        }
        let from = case.record.owner;
        case.push(EventKind::Assigned { from, to: Some(owner), why: None, how: None });
    }
    if let Some(status) = given.standing.status.as_ref().filter(|s| **s != case.record.status) {
        let with_move = [builtin::REASON, builtin::NOTE, builtin::NEXT_ACTION, builtin::NEXT_DUE];
        let data = given.data.iter().filter(|(field, _)| with_move.contains(&field.as_str()));
        let data = data.map(|(field, value)| (field.clone(), value.clone())).collect();
        moves::choose(case, status, &data, None)?;
    }
    if let Some(stage) = given.standing.stage.as_ref().filter(|s| Some(*s) != case.record.stage.as_ref()) {
        let note = given.data.iter().filter(|(field, _)| field.as_str() == builtin::NOTE);
        let data = note.map(|(field, value)| (field.clone(), value.clone())).collect();
        moves::set_stage(case, stage, &data)?;
    }
    Ok(())
}

/// Brings the past along: one transition per step, at its own time (D51). Steps that were brought before are passed
/// over, so that the same file changes nothing. The past ends where the record stands, and lies before it came here:
/// what happened here is not rewritten. No clock is touched.
pub fn past(case: &mut Case<'_>, steps: &[PastStep]) -> Result<(), Rejection> {
    let known_until = case.record.past_until;
    let mut new: Vec<&PastStep> =
        steps.iter().filter(|step| known_until.is_none_or(|until| step.at > until)).collect();
    new.sort_by_key(|step| step.at);
    let Some(last) = new.last() else { return Ok(()) };
    case.free_to_choose()?;
    if case.record.version > 0 && case.record.status_since >= case.record.created_at {
        return Err(Rejection::MovedHere);
    }
    if let Some(late) = new.iter().find(|step| step.at >= case.record.created_at) {
        return Err(Rejection::NotPast { at: late.at, came: case.record.created_at });
    }
    if last.to != case.record.status {
        return Err(Rejection::PastEndsElsewhere {
            ends: last.to.clone(),
            stands: case.record.status.clone(),
        });
    }
    let mut entries = if known_until.is_some() { case.record.entered.clone() } else { Default::default() };
    let mut before: Option<(StatusId, DateTime<Utc>)> =
        known_until.map(|at| (case.record.status.clone(), at));
    for step in new {
        let class = class_of(case.env.playbook, &step.to)?;
        if let Some(from) = &step.from {
            class_of(case.env.playbook, from)?;
        }
        let nth = case.env.playbook.status(&step.to).and_then(|s| s.numbered).map(|_| {
            let times = entries.entry(step.to.clone()).or_default();
            *times += 1;
            *times
        });
        let from = match (&before, &step.from) {
            (Some((at, _)), Some(from)) if at != from => {
                return Err(Rejection::PastHasGap { after: at.clone(), next: from.clone(), at: step.at });
            }
            (_, Some(from)) => from.clone(),
            (Some((at, _)), None) => at.clone(),
            // Its beginning: from there on the time is known.
            (None, None) => {
                before = Some((step.to.clone(), step.at));
                continue;
            }
        };
        let since = before.as_ref().map_or(step.at, |(_, at)| *at);
        let ends = match class {
            Class::Lost | Class::Parked => step.to == case.record.status,
            Class::Open | Class::Won | Class::Excluded => false,
        };
        let moved = Moved {
            from,
            to: step.to.clone(),
            from_stage: case.record.stage.clone(),
            to_stage: case.record.stage.clone(),
            class,
            cause: Cause::Imported,
            reason: case.record.last_reason.clone().filter(|_| ends),
            note: None,
            data: Default::default(),
            owes: case.record.owes.clone(),
            overrides: None,
            stayed_ms: (step.at - since).num_milliseconds(),
            attempts: 0,
            nth,
            from_nth: None,
            skipped: Vec::new(),
            row_begins: false,
            ends_plan: false,
        };
        case.push_at(step.at, step.by, Source::Integration, EventKind::Moved(Box::new(moved)));
        before = Some((step.to.clone(), step.at));
    }
    Ok(())
}

fn class_of(playbook: &Playbook, status: &StatusId) -> Result<Class, Rejection> {
    playbook
        .status(status)
        .map(|s| s.class)
        .ok_or_else(|| Rejection::UnknownStatus { typed: status.to_string() })
}
