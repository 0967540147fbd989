//! Time passes. A timer is a command like any other; a stale one changes nothing.

use super::super::clocks::{self, Clock, StepDue};
use super::super::decision::{Alert, AlertLevel, Effect, Notice};
use super::super::event::{Cause, EventKind};
use super::super::field::{Data, FieldValue, builtin};
use super::super::ids::{ClockId, FieldId, PersonId, StatusId};
use super::super::playbook::{Audience, Class, StepDoes};
use super::super::record::ClockRun;
use super::{Case, moves};

/// Does whatever is due, once.
pub fn elapsed(case: &mut Case<'_>) {
    let now = case.env.now;
    if clocks::approval_due(&case.record, &case.env).is_some_and(|at| at <= now) {
        chase_approval(case);
    }
    if clocks::owed_due(&case.record, &case.env).is_some_and(|at| at <= now) {
        case.push(EventKind::OwedChased);
        let who = case.owner_or_managers();
        case.tell(who, Notice::Owes);
    }
    if clocks::planned_due(&case.record, &case.env).is_some_and(|at| at <= now) {
        let action = case.record.next.as_ref().map(|n| n.action.clone()).unwrap_or_default();
        case.push(EventKind::NextActionTold);
        let who = case.owner_or_managers();
        case.tell(who, Notice::NextActionDue { action });
    }
    // While a request waits the ladders wait with it (ruling 5).
    if case.record.pending.is_none() {
        step_clocks(case);
    }
}

/// The alert was delivered; its clock starts (ruling 8).
pub fn delivered(case: &mut Case<'_>, clock: &ClockId) {
    let waiting = case.record.run(clock).filter(|run| run.end.is_none() && run.started_at.is_none());
    if let Some(run) = waiting {
        let run = ClockRun { started_at: Some(case.env.now), ..run.clone() };
        case.push_with(EventKind::Delivered { clock: clock.clone() }, vec![run]);
    }
}

/// Reminds the managers, then tells the next ones; never approves (X3).
fn chase_approval(case: &mut Case<'_>) {
    let Some(pending) = case.record.pending.clone() else { return };
    let steps = pending.steps + 1;
    case.push(EventKind::ApprovalChased { approval: pending.approval, steps });
    let who = case.record.pending.as_ref().map_or_else(Vec::new, |pending| {
        super::super::approval::deciders(&case.record, pending, case.env.workspace, case.env.now)
    });
    case.tell(who, Notice::ApprovalReminder { approval: pending.approval, escalated: steps >= 2 });
}

/// A clock whose steps have come due.
struct Due {
    run: ClockRun,
    step: StepDue,
    does: StepDoes,
}

fn step_clocks(case: &mut Case<'_>) {
    let due = due_steps(case);
    if due.is_empty() {
        return;
    }
    let steps = due.iter().map(|d| (d.run.clock.clone(), d.run.fired)).collect();
    let runs = due.iter().map(|d| d.run.clone()).collect();
    case.push_with(EventKind::StepsReached { steps }, runs);
    for one in due {
        speak(case, &one);
    }
}

/// The highest due step of each clock; the lower ones are done with it, so that downtime brings one message and
/// not three (ruling 8). A breach among them keeps its own time.
fn due_steps(case: &Case<'_>) -> Vec<Due> {
    let is_due = |step: &StepDue| clocks::held_by_snooze(&case.record, step.fires_at) <= case.env.now;
    clocks::clocks(&case.record, &case.env)
        .iter()
        .filter_map(|clock: &Clock<'_>| {
            let reached: Vec<_> = clock.steps.iter().skip(clock.fired).take_while(|s| is_due(s)).collect();
            let step = **reached.last()?;
            let breach = reached.iter().find(|s| clocks::is_breach(&clock.spec.ladder[s.index].does));
            let mut run = case.record.run(clock.id())?.clone();
            run.fired += u32::try_from(reached.len()).unwrap_or(u32::MAX);
            run.breached_at = run.breached_at.or(breach.map(|s| s.at));
            Some(Due { run, step, does: clock.spec.ladder[step.index].does.clone() })
        })
        .collect()
}

fn speak(case: &mut Case<'_>, due: &Due) {
    let (level, to, offers, reports_delivery) = match &due.does {
        StepDoes::Nudge(audiences) => (AlertLevel::Nudge, people(case, audiences), likely(case), false),
        StepDoes::Breach => (AlertLevel::Breach, people(case, &[Audience::Owner]), likely(case), false),
        StepDoes::Escalate(audiences) => {
            (AlertLevel::Escalation, people(case, audiences), likely(case), false)
        }
        StepDoes::Review(offers) => {
            (AlertLevel::Review, people(case, &[Audience::Owner]), review_offers(case, offers), true)
        }
        StepDoes::Move { to, reason } => {
            let mut given = Data::new();
            if let Some(reason) = reason {
                let value = FieldValue::Choice(reason.as_str().to_owned());
                given.insert(FieldId::from(builtin::REASON), value);
            }
            moves::automatic(case, to, Cause::Clock(due.run.clock.clone()), given, None);
            return;
        }
    };
    let clock = due.run.clock.clone();
    case.effects.push(Effect::Alert(Alert {
        clock,
        level,
        due_at: due.step.at,
        to,
        offers,
        reports_delivery,
    }));
}

fn people(case: &Case<'_>, audiences: &[Audience]) -> Vec<PersonId> {
    let mut who: Vec<_> = audiences.iter().flat_map(|a| case.people(*a)).collect();
    who.sort_unstable();
    who.dedup();
    who
}

/// The first moves of the status, which the playbook lists in the order of likelihood.
fn likely(case: &Case<'_>) -> Vec<StatusId> {
    moves::allowed(case).into_iter().take(3).collect()
}

/// A parked status comes first where somebody ever answered (ruling 8).
fn review_offers(case: &Case<'_>, offers: &[StatusId]) -> Vec<StatusId> {
    let parked = |id: &StatusId| case.env.playbook.status(id).is_some_and(|s| s.class == Class::Parked);
    let mut offers = offers.to_vec();
    if case.record.contacted.two_way.is_some() {
        offers.sort_by_key(|id| !parked(id));
    }
    offers
}
