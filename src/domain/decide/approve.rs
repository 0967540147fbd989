//! Decisions on requests (D40, X3, ruling 11).

use super::super::approval::check_decider;
use super::super::command::Verdict;
use super::super::decision::Notice;
use super::super::event::{Cause, EventKind, Withdrawal};
use super::super::ids::ApprovalId;
use super::super::playbook::{Starts, StepDoes};
use super::super::record::{ClockRun, Pending};
use super::super::rejection::Rejection;
use super::{Case, moves, runs};

/// A manager decides.
pub fn decide(case: &mut Case<'_>, approval: ApprovalId, verdict: &Verdict) -> Result<(), Rejection> {
    let pending = waiting(case, approval)?;
    let by = case.actor.person;
    if let Some(person) = by {
        check_decider(&case.record, &pending, person, &case.env)?;
    }
    match verdict {
        Verdict::Approve => {
            let cause = Cause::Approval { approval, requested_by: pending.requested_by };
            // What a person asked for is a chosen move, and may override a rule (D27); what a clock asked for is not.
            let overrides = pending.requested_by.and_then(|_| moves::overridden(case, &pending.to));
            let (to, stage, data) = (&pending.to, pending.stage.clone(), pending.data.clone());
            moves::apply(case, moves::Arrival::at(to, stage), cause, data, Vec::new(), overrides);
        }
        Verdict::Reject { reason } => {
            let clocks = after_rejection(case, &pending);
            case.push_with(EventKind::ApprovalRejected { approval, reason: reason.clone() }, clocks);
        }
    }
    if let Some(by) = by {
        let reason = match verdict {
            Verdict::Approve => None,
            Verdict::Reject { reason } => Some(reason.clone()),
        };
        let who = pending.requested_by.map_or_else(|| case.owner_or_managers(), |p| vec![p]);
        let notice = Notice::ApprovalDecided { approved: reason.is_none(), by, reason, to: pending.to };
        case.tell(who, notice);
    }
    Ok(())
}

/// Whoever asked takes it back.
pub fn withdraw(case: &mut Case<'_>, approval: ApprovalId) -> Result<(), Rejection> {
    let pending = waiting(case, approval)?;
    if pending.requested_by != case.actor.person {
        return Err(Rejection::NotRequester { requester: pending.requested_by });
    }
    case.push(EventKind::ApprovalWithdrawn { approval, why: Withdrawal::TakenBack });
    Ok(())
}

/// A reply or a meeting ends the request (ruling 11).
pub fn end_request(case: &mut Case<'_>, why: Withdrawal) {
    let Some(pending) = case.record.pending.clone() else { return };
    case.push(EventKind::ApprovalWithdrawn { approval: pending.approval, why });
    let who = pending.requested_by.map_or_else(|| case.owner_or_managers(), |p| vec![p]);
    case.tell(who, Notice::ApprovalWithdrawn { to: pending.to });
}

fn waiting(case: &Case<'_>, approval: ApprovalId) -> Result<Pending, Rejection> {
    case.record.pending.clone().filter(|p| p.approval == approval).ok_or(Rejection::NoSuchRequest)
}

/// The record stays: the time that it waited is credited back (ruling 5). A clock whose own move was refused
/// begins anew, so that the record is not forgotten where it stands.
fn after_rejection(case: &Case<'_>, pending: &Pending) -> Vec<ClockRun> {
    case.record
        .clocks
        .iter()
        .filter(|run| run.end.is_none())
        .filter_map(|run| {
            let (_, spec) = case.env.playbook.clock(&run.clock)?;
            let moves = spec.ladder.iter().any(|step| match &step.does {
                StepDoes::Move { to, .. } => *to == pending.to,
                StepDoes::Nudge(_)
                | StepDoes::Breach
                | StepDoes::Escalate(_)
                | StepDoes::Review(_)
                | StepDoes::Ask(_) => false,
            });
            if pending.requested_by.is_none() && moves {
                let started_at = match &spec.starts {
                    Starts::Delivered => None,
                    Starts::Entered | Starts::LastActivity | Starts::AnyActivity | Starts::Field(_) => {
                        Some(case.env.now)
                    }
                };
                return Some(runs::fresh(spec, started_at));
            }
            Some(runs::credited(run, pending.requested_at, &case.env))
        })
        .collect()
}
