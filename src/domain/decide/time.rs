//! Time passes. A timer is a command like any other; a stale one changes nothing.

use super::super::clocks::{self, Clock, StepDue};
use super::super::decision::{Alert, AlertLevel, Effect, Notice};
use super::super::event::{Cause, EventKind};
use super::super::field::{Data, FieldValue, builtin};
use super::super::ids::{ClockId, FieldId, PersonId, StatusId};
use super::super::playbook::{Audience, Class, Rescue, StepDoes};
use super::super::record::ClockRun;
use super::super::rejection::Rejection;
use super::{Case, flags, moves, route, runs, tasks};

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
    route::owner_is_away(case);
    flags::elapsed(case);
    let due = clocks::tasks_due(&case.record, &case.env).into_iter().filter(|(at, _)| *at <= now);
    let due = due.map(|(_, task)| task).collect();
    // While a request waits the ladders wait with it (ruling 5).
    let said = case.effects.len();
    if case.record.pending.is_none() {
        step_clocks(case);
    }
    // Whoever it names: one word about a record at a time is enough.
    let spoken = case.effects[said..].iter().any(|effect| match effect {
        Effect::Alert(_) => true,
        Effect::Tell { .. } => false,
    });
    tasks::remind(case, due, spoken);
}

/// The alert was delivered; its clock starts (ruling 8).
pub fn delivered(case: &mut Case<'_>, clock: &ClockId) {
    let waiting = case.record.run(clock).filter(|run| run.end.is_none() && run.started_at.is_none());
    if let Some(run) = waiting {
        // Whatever put the alert itself off is over with it (see `ramp`).
        let run = ClockRun { started_at: Some(case.env.now), credit_ms: 0, ..run.clone() };
        case.push_with(EventKind::Delivered { clock: clock.clone() }, vec![run]);
    }
}

/// A question is answered (E7): the answer is kept, and the clock that asked begins anew.
pub fn answer(case: &mut Case<'_>, clock: &ClockId, answer: &str) -> Result<(), Rejection> {
    let running = clocks::clocks(&case.record, &case.env);
    let asks = running.iter().find(|c| c.id() == clock);
    let Some((spec, question)) = asks.and_then(|c| Some((c.spec, c.question()?))) else {
        return Err(Rejection::NotAsked);
    };
    let Some((_, label)) = question.answers.iter().find(|(id, _)| id == answer) else {
        return Err(Rejection::NotAsked);
    };
    let kind =
        EventKind::Answered { clock: clock.clone(), question: question.text.clone(), answer: label.clone() };
    case.push_with(kind, vec![runs::fresh(spec, Some(case.env.now))]);
    Ok(())
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
    rescue: Rescue,
    /// Whom the step is for, and those that coincide with it (ruling 7).
    audiences: Vec<Audience>,
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
    clocks::clocks(&case.record, &case.env)
        .iter()
        .filter_map(|clock: &Clock<'_>| {
            let open = clock.steps.get(clock.fired..)?;
            let is_due = |step: &StepDue| clocks::done_at(&case.record, clock, step) <= case.env.now;
            let reached = &open[..=open.iter().rposition(is_due)?];
            let step = *reached.last()?;
            let does = |step: &StepDue| &clock.spec.ladder[step.index].does;
            let breach = reached.iter().find(|s| clocks::is_breach(does(s)));
            let mut run = case.record.run(clock.id())?.clone();
            run.fired += u32::try_from(reached.len()).unwrap_or(u32::MAX);
            run.breached_at = run.breached_at.or(breach.map(|s| s.at));
            let coinciding = reached.iter().filter(|s| s.fires_at == step.fires_at);
            let audiences = coinciding.flat_map(|s| audiences(does(s)).iter().copied()).collect();
            if clock.spec.repeats && clock.fired + reached.len() == clock.steps.len() {
                run = runs::fresh(clock.spec, Some(case.env.now));
            }
            let rescue = clock.spec.ladder[step.index].rescue;
            Some(Due { run, step, does: does(&step).clone(), rescue, audiences })
        })
        .collect()
}

/// Whom a step is for.
fn audiences(does: &StepDoes) -> &[Audience] {
    match does {
        StepDoes::Nudge(audiences) | StepDoes::Escalate(audiences) => audiences,
        StepDoes::Ask(question) => &question.of,
        StepDoes::Breach | StepDoes::Review(_) => &[Audience::Owner],
        StepDoes::Move { .. } => &[],
    }
}

fn speak(case: &mut Case<'_>, due: &Due) {
    let (level, offers, reports_delivery) = match &due.does {
        StepDoes::Nudge(_) => (AlertLevel::Nudge, likely(case), false),
        StepDoes::Breach => (AlertLevel::Breach, likely(case), false),
        StepDoes::Escalate(_) => (AlertLevel::Escalation, likely(case), false),
        StepDoes::Review(offers) => (AlertLevel::Review, review_offers(case, offers), true),
        StepDoes::Ask(_) => (AlertLevel::Question, Vec::new(), false),
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
    let to = people(case, &due.audiences);
    let clock = due.run.clock.clone();
    let due_at = due.step.at;
    let owner = case.record.owner;
    case.effects.push(Effect::Alert(Alert {
        clock: clock.clone(),
        level,
        due_at,
        to,
        offers,
        reports_delivery,
        owner: None,
    }));
    if due.rescue == Rescue::Team && route::somebody_else(case) {
        case.effects.push(Effect::Alert(Alert {
            clock,
            level: AlertLevel::Rescue,
            due_at,
            to: Vec::new(),
            offers: Vec::new(),
            reports_delivery: false,
            owner,
        }));
    }
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
