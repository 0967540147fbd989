//! A record comes over to a newer version of its playbook (D15). The rules at hand are the new ones.
//!
//! What stays: owner, history, how long it stands where it stands, what was logged, what is planned. What has a
//! successor takes its name. In detail:
//! - A clock that both versions have goes on, by the new rules, with the steps done that were done. One that is gone is
//!   cancelled and not counted. One that is new counts from when it would have started; what that makes due at once waits
//!   for the record's turn ([`ramp`]), so that nobody is flooded and nothing was late before the rule was there.
//! - Data that the new rules ask for is not owed: the move was made under the old ones. What is owed and not asked for
//!   any more is owed no more.
//! - A request that waits goes on for the successor of its status; where that has no place, it is withdrawn.

use super::super::event::{Event, EventKind, Upgraded, Withdrawal};
use super::super::evolve;
use super::super::ids::{FieldId, StageId, StatusId};
use super::super::playbook::{Landing, Playbook};
use super::super::ramp::{self, Was};
use super::super::rejection::Rejection;
use super::{Case, runs};
use chrono::{DateTime, Utc};

/// Refused where the record has no place under the new rules: it stays under its own.
pub fn upgrade(
    case: &mut Case<'_>,
    before: Option<&Playbook>,
    turn: Option<DateTime<Utc>>,
) -> Result<(), Rejection> {
    let new = case.env.playbook;
    let was = case.record.clone();
    if case.record.playbook_version >= new.version {
        return Ok(());
    }
    let (to, to_stage) = match new.landing(&case.record.status, case.record.stage.as_ref()) {
        Landing::At(status, stage) => (status, stage),
        Landing::NoStatus(status) => {
            return Err(Rejection::UnknownStatus { typed: status.as_str().to_owned() });
        }
        Landing::NoStage(stage) => return Err(Rejection::UnknownStage { typed: stage.as_str().to_owned() }),
        Landing::Apart(status, stage) => return Err(Rejection::Combination { status, stage }),
    };
    let waits_for = waits_for(case, to_stage.as_ref());
    if let (Some(pending), None) = (&case.record.pending, &waits_for) {
        let approval = pending.approval;
        case.push(EventKind::ApprovalWithdrawn { approval, why: Withdrawal::RulesChanged });
    }
    let renamed = case.record.been.iter().filter(|id| new.status(id).is_none());
    let renamed = renamed.filter_map(|id| Some((id.clone(), new.status_now(id)?.clone()))).collect();
    let mut clocks = runs::on_upgrade(&case.record, &to, before, &case.env);
    let mut upgraded = Upgraded {
        from_version: case.record.playbook_version,
        to_version: new.version,
        from: case.record.status.clone(),
        class: new.status(&to).map_or_else(|| case.class(), |s| s.class),
        from_stage: case.record.stage.clone(),
        owes: still_owed(case, &to),
        to,
        to_stage,
        renamed,
        waits_for,
        turn: None,
    };
    if let Some(turn) = turn {
        let kind = EventKind::Upgraded(Box::new(upgraded.clone()));
        let (by, source) = (case.actor.person, case.actor.source);
        let event = Event { at: case.env.now, by, source, kind, clocks: clocks.clone() };
        let after = evolve::evolve(case.record.clone(), &event);
        let was = Was { record: &was, playbook: before };
        if ramp::waiting_after(was, &after, &case.env).is_some() {
            for run in ramp::until_its_turn(was, &after, turn, &case.env) {
                evolve::put_run(&mut clocks, &run);
            }
            upgraded.turn = Some(turn);
        }
    }
    case.push_with(EventKind::Upgraded(Box::new(upgraded)), clocks);
    Ok(())
}

/// What the request that waits is for, under the new rules.
fn waits_for(case: &Case<'_>, stage_now: Option<&StageId>) -> Option<(StatusId, Option<StageId>)> {
    let new = case.env.playbook;
    let pending = case.record.pending.as_ref()?;
    let to = new.status_now(&pending.to)?;
    let stage = match &pending.stage {
        Some(stage) => Some(new.stage(stage).map(|s| &s.id).or_else(|| new.upgrade.stages.get(stage))?),
        None => None,
    };
    let sets = new.status(to).and_then(|s| s.sets_stage.as_ref());
    let ends = stage.or(sets).or(stage_now);
    let goes = ends.is_none_or(|stage| new.combinations.allows(to, stage));
    goes.then(|| (to.clone(), stage.cloned()))
}

/// What is owed and still asked for where the record stands.
fn still_owed(case: &Case<'_>, at: &StatusId) -> Vec<FieldId> {
    let new = case.env.playbook;
    let needs = new.status(at).map_or(&[][..], |s| &s.needs);
    let asked = |field: &&FieldId| {
        new.field(field).is_some() && needs.iter().any(|n| n.any_of.iter().flatten().any(|f| f == *field))
    };
    case.record.owes.iter().filter(asked).cloned().collect()
}
