//! What a person says came of an event (B2): the outcome, what follows from it (B9), and the next action. All of it and
//! the event itself are one command, so one undo takes it all back.

use chrono::{DateTime, Utc};

use super::super::access;
use super::super::command::{Command, Report};
use super::super::event::{EventKind, Source};
use super::super::field::{Data, FieldValue, builtin};
use super::super::ids::{FieldId, StatusId};
use super::super::outcome;
use super::super::playbook::{OutcomeEffect, Status};
use super::super::rejection::Rejection;
use super::{Case, log, moves};

/// Whether whoever acts is asked what came of an event: a person, where the playbook has outcomes.
pub fn is_asked(case: &Case<'_>) -> bool {
    let person = case.actor.person.is_some() && case.actor.source == Source::Manual;
    person && !case.env.playbook.outcomes.is_empty()
}

/// What a report amounts to.
pub struct Settled {
    /// Where the record goes; `None`: it stays.
    pub to: Option<StatusId>,
    /// What the move brings.
    data: Data,
    /// What is planned next.
    plan: Option<(String, Option<DateTime<Utc>>)>,
    /// What is missing of the plan.
    lacking: Vec<FieldId>,
}

/// What a report amounts to; what it lacks is asked for, one thing after the other.
pub fn settle(case: &Case<'_>, report: &Report, data: &Data) -> Result<Settled, Rejection> {
    let playbook = case.env.playbook;
    let Some(chosen) = report.outcome.as_deref().and_then(|id| playbook.outcome(id)) else {
        return Err(Rejection::NeedsOutcome);
    };
    let possible = outcome::possible(&case.record, playbook);
    if possible.iter().all(|o| o.id != chosen.id) {
        case.free_to_choose()?;
        let possible = possible.into_iter().map(|o| o.id.clone()).collect();
        return Err(Rejection::OutcomeLeadsNowhere { outcome: chosen.id.clone(), possible });
    }
    let reason = data.get(builtin::REASON).and_then(FieldValue::as_text);
    let to = match &chosen.effect {
        OutcomeEffect::AsksForStatus(way) => {
            let allowed = outcome::statuses(&case.record, playbook, *way);
            match &report.to {
                None => return Err(Rejection::NeedsStatus { outcome: chosen.id.clone(), allowed }),
                Some(to) if allowed.contains(to) => Some(to.clone()),
                Some(to) if *to == case.record.status => {
                    return Err(Rejection::AlreadyThere { to: to.clone() });
                }
                Some(to) => {
                    let from = case.record.status.clone();
                    return Err(Rejection::NoSuchMove { from, to: to.clone(), allowed });
                }
            }
        }
        OutcomeEffect::AsksForReason(_) => {
            let fits = outcome::reasons(&case.record, playbook, chosen);
            let Some(typed) = reason else {
                return Err(Rejection::Missing { to: None, fields: vec![FieldId::from(builtin::REASON)] });
            };
            match fits.iter().find(|r| r.id.as_str() == typed) {
                Some(reason) => reason.leads_to.clone(),
                None => {
                    let fits = fits.into_iter().map(|r| r.label.clone()).collect();
                    let known = playbook.reasons.iter().find(|r| r.id.as_str() == typed);
                    let typed = known.map_or_else(|| typed.to_owned(), |r| r.label.clone());
                    return Err(Rejection::UnknownReason { typed, fits });
                }
            }
        }
        OutcomeEffect::Nothing => match &report.to {
            Some(to) if *to != case.record.status => {
                return Err(Rejection::OutcomeKeeps { outcome: chosen.id.clone(), to: to.clone() });
            }
            Some(_) | None => None,
        },
    };
    let action = data.get(builtin::NEXT_ACTION).and_then(FieldValue::as_text).map(str::to_owned);
    let due = data.get(builtin::NEXT_DUE).and_then(FieldValue::as_instant);
    let (action, due) = match &report.next {
        Some((said, at)) => (Some(said.clone()), at.or(due)),
        None => (action, due),
    };
    let mut lacking = Vec::new();
    let stands = case.env.playbook.status(to.as_ref().unwrap_or(&case.record.status));
    if let Some(status) = stands.filter(|status| !status.plans() && action.is_some()) {
        return Err(log::not_planned(status));
    }
    if stands.is_none_or(Status::plans) {
        lacking.extend(action.is_none().then(|| FieldId::from(builtin::NEXT_ACTION)));
        lacking.extend(due.is_none().then(|| FieldId::from(builtin::NEXT_DUE)));
    }
    let mut data = data.clone();
    data.remove(builtin::NEXT_ACTION);
    data.remove(builtin::NEXT_DUE);
    Ok(Settled { to, data, plan: action.map(|action| (action, due)), lacking })
}

/// Does what the report amounts to, once all of it is known.
pub fn carry_out(case: &mut Case<'_>, settled: Settled) -> Result<(), Rejection> {
    let Settled { to, data, plan, lacking } = settled;
    if let Some((action, due)) = plan {
        case.push(EventKind::Planned { action, due });
    }
    let missing = |to, fields: Vec<FieldId>| {
        if fields.is_empty() { Ok(()) } else { Err(Rejection::Missing { to, fields }) }
    };
    let Some(to) = to else { return missing(None, lacking) };
    // Whoever may log may not yet move (ruling 16).
    let command = Command::Move { to: to.clone(), data: Data::new(), expected: None };
    access::check(&case.record, &case.actor, &command, &case.env)?;
    match moves::choose(case, &to, &data, None) {
        Ok(()) => missing(Some(to), lacking),
        Err(Rejection::Missing { to, mut fields }) => {
            let more: Vec<_> = lacking.into_iter().filter(|field| !fields.contains(field)).collect();
            fields.extend(more);
            Err(Rejection::Missing { to, fields })
        }
        Err(rejection) => Err(rejection),
    }
}
