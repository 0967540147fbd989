//! What should fire, and when.
//!
//! A clock's state is its [`ClockRun`] in the record; here it is laid out in time with the team's calendar. Due
//! times are never stored with the run, so a changed calendar needs no migration: the record is looked at again
//! and its ladder falls where the new calendar puts it (ruling 7). Three things move a due time: credit (waiting
//! for an approval, having been away), a touch that extends a grace, and a snooze, which holds the *post* while
//! the breach keeps its own time, and so does a move (ruling 5).

use chrono::{DateTime, Duration, Utc};

use super::decision::Env;
use super::field::FieldValue;
use super::ids::ClockId;
use super::playbook::{Class, ClockSpec, StepAt, StepDoes};
use super::record::{ClockRun, Record};
use super::span::Span;

/// How often a running request reminds its managers, in business hours (2-chat, Behaviour).
const REMIND_AFTER: Duration = Duration::hours(4);

/// A running clock, with its ladder laid out in time.
#[derive(Debug, Clone, PartialEq)]
pub struct Clock<'a> {
    /// Its rules.
    pub spec: &'a ClockSpec,
    /// When it started; `None` while it waits for its alert to be delivered (ruling 8).
    pub started_at: Option<DateTime<Utc>>,
    /// When its span is over: the SLA's deadline; `None` where it has no span.
    pub deadline: Option<DateTime<Utc>>,
    /// When the SLA was breached.
    pub breached_at: Option<DateTime<Utc>>,
    /// Its steps in the order of their times.
    pub steps: Vec<StepDue>,
    /// How many of them are done.
    pub fired: usize,
}

/// One step of a ladder, in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StepDue {
    /// When it is done: the first open instant at or after [`StepDue::at`] (ruling 7).
    pub fires_at: DateTime<Utc>,
    /// When it is due; a breach keeps this time.
    pub at: DateTime<Utc>,
    /// Index into the clock's ladder.
    pub index: usize,
}

impl Clock<'_> {
    /// When its next step is done.
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.steps.get(self.fired).map(|step| step.fires_at)
    }

    /// Its id.
    pub fn id(&self) -> &ClockId {
        &self.spec.id
    }
}

/// The record's running clocks, the nearest deadline (else the nearest step) first.
pub fn clocks<'a>(record: &Record, env: &Env<'a>) -> Vec<Clock<'a>> {
    let mut running: Vec<_> = record
        .clocks
        .iter()
        .filter(|run| run.end.is_none())
        .filter_map(|run| env.playbook.clock(&run.clock).map(|(_, spec)| lay_out(record, run, spec, env)))
        .collect();
    running.sort_by_key(|clock| clock.deadline.or(clock.next_due()).unwrap_or(DateTime::<Utc>::MAX_UTC));
    running
}

/// When the record wants to be looked at next: the earliest step of its clocks, of its waiting request, of
/// owed data, of its planned action.
pub fn next_due(record: &Record, env: &Env<'_>) -> Option<DateTime<Utc>> {
    let others = [approval_due(record, env), owed_due(record, env), planned_due(record, env)];
    others.into_iter().flatten().chain(clocks_due(record, env)).min()
}

/// The same, but for whatever is due already, and the later steps of a clock with such a step.
pub fn next_due_beside(record: &Record, env: &Env<'_>) -> Option<DateTime<Utc>> {
    let others = [approval_due(record, env), owed_due(record, env), planned_due(record, env)];
    others.into_iter().flatten().chain(clocks_due(record, env)).filter(|at| *at > env.now).min()
}

/// When the next step of each clock is done. None while a request waits: that time is credited back where a
/// manager decides (ruling 5).
fn clocks_due(record: &Record, env: &Env<'_>) -> Vec<DateTime<Utc>> {
    if record.pending.is_some() {
        return Vec::new();
    }
    let of_clock = |clock: &Clock<'_>| {
        clock.steps.iter().skip(clock.fired).map(|step| done_at(record, clock, step)).min()
    };
    clocks(record, env).iter().filter_map(of_clock).collect()
}

/// When a step is done: a snooze holds what it says, not what it does to the record (ruling 5).
pub(super) fn done_at(record: &Record, clock: &Clock<'_>, step: &StepDue) -> DateTime<Utc> {
    match clock.spec.ladder[step.index].does {
        StepDoes::Move { .. } => step.fires_at,
        StepDoes::Nudge(_) | StepDoes::Breach | StepDoes::Escalate(_) | StepDoes::Review(_) => {
            held_by_snooze(record, step.fires_at)
        }
    }
}

/// A snooze holds what is said until it is over; time goes on meanwhile.
fn held_by_snooze(record: &Record, at: DateTime<Utc>) -> DateTime<Utc> {
    record.snoozed_until.map_or(at, |until| at.max(until))
}

/// When the managers are reminded of a request (after 4 business hours), then the next ones told (after a
/// business day).
pub(super) fn approval_due(record: &Record, env: &Env<'_>) -> Option<DateTime<Utc>> {
    let pending = record.pending.as_ref()?;
    let calendar = &env.team.calendar;
    match pending.steps {
        0 => Some(calendar.next_open(calendar.add_business(pending.requested_at, REMIND_AFTER))),
        1 => Some(calendar.next_open(calendar.add_business_days(pending.requested_at, 1))),
        _ => None,
    }
}

/// When the owner is reminded of owed data: after one business day (ruling 1).
pub(super) fn owed_due(record: &Record, env: &Env<'_>) -> Option<DateTime<Utc>> {
    let since = record.owes_since.filter(|_| !record.owes_chased && !record.owes.is_empty())?;
    let calendar = &env.team.calendar;
    Some(calendar.next_open(calendar.add_business_days(since, 1)))
}

/// When the owner is told that the planned action is due.
pub(super) fn planned_due(record: &Record, env: &Env<'_>) -> Option<DateTime<Utc>> {
    let next = record.next.as_ref().filter(|next| !next.told)?;
    let status = env.playbook.status(&record.status)?;
    // Nobody works on what has ended.
    let ended = match status.class {
        Class::Lost | Class::Excluded => true,
        Class::Open | Class::Parked | Class::Won => status.locked,
    };
    next.due.filter(|_| !ended).map(|due| held_by_snooze(record, env.team.calendar.next_open(due)))
}

/// When a run's span is over; `None` where it has none, or has not started.
pub(super) fn deadline(run: &ClockRun, spec: &ClockSpec, env: &Env<'_>) -> Option<DateTime<Utc>> {
    let within = spec.span(&env.workspace.thresholds);
    run.started_at.zip(within).map(|(start, within)| add(run, start, within, env))
}

/// Lays one run out in time.
pub(super) fn lay_out<'a>(record: &Record, run: &ClockRun, spec: &'a ClockSpec, env: &Env<'a>) -> Clock<'a> {
    let calendar = &env.team.calendar;
    let within = spec.span(&env.workspace.thresholds);
    let deadline = deadline(run, spec, env);
    let mut steps: Vec<_> = spec
        .ladder
        .iter()
        .enumerate()
        .filter_map(|(index, step)| {
            let at = match step.at {
                // Credit here is that of new rules ([`super::ramp`]): nothing else is owed before the start.
                StepAt::Entry => record.status_since + Duration::milliseconds(run.credit_ms),
                StepAt::After(span) => add(run, run.started_at?, span, env),
                StepAt::Percent(percent) => percent_of(run.started_at?, deadline?, within?, percent, env),
            };
            Some(StepDue { fires_at: calendar.next_open(at), at, index })
        })
        .collect();
    steps.sort();
    Clock {
        spec,
        started_at: run.started_at,
        deadline,
        breached_at: run.breached_at,
        steps,
        fired: run.fired as usize,
    }
}

/// The instant a span after the start, moved on by the run's credit.
fn add(run: &ClockRun, start: DateTime<Utc>, span: Span, env: &Env<'_>) -> DateTime<Utc> {
    let at = env.team.calendar.add(start, span);
    if counts_business(span) {
        if run.credit_business_ms == 0 {
            return at;
        }
        env.team.calendar.add_business(at, Duration::milliseconds(run.credit_business_ms))
    } else {
        at + Duration::milliseconds(run.credit_ms)
    }
}

/// Per cent of a clock's span: of business time where the span is of business time (ruling 7). Beyond 100 the
/// ladder goes on at the same pace.
fn percent_of(
    start: DateTime<Utc>,
    deadline: DateTime<Utc>,
    within: Span,
    percent: u32,
    env: &Env<'_>,
) -> DateTime<Utc> {
    let calendar = &env.team.calendar;
    let beyond = percent.saturating_sub(100);
    if counts_business(within) {
        if beyond == 0 {
            return calendar.fraction_of_business(start, deadline, percent);
        }
        let whole = calendar.business_between(start, deadline);
        calendar.add_business(deadline, part(whole, beyond))
    } else {
        start + part(deadline - start, percent)
    }
}

fn part(whole: Duration, percent: u32) -> Duration {
    Duration::milliseconds(whole.num_milliseconds() / 100 * i64::from(percent))
}

fn counts_business(span: Span) -> bool {
    match span {
        Span::Business(_) | Span::BusinessDays(_) => true,
        Span::Days(_) | Span::Elapsed(_) => false,
    }
}

/// A field's instant, as a clock that starts at one sees it.
pub(super) fn field_instant(record: &Record, field: &super::ids::FieldId) -> Option<DateTime<Utc>> {
    match record.get(field) {
        Some(FieldValue::Instant(at)) => Some(at),
        Some(FieldValue::Text(_) | FieldValue::Money(_) | FieldValue::Choice(_)) | None => None,
    }
}

/// Whether a step is the breach itself, which keeps its own time.
pub(super) fn is_breach(does: &StepDoes) -> bool {
    match does {
        StepDoes::Breach => true,
        StepDoes::Nudge(_) | StepDoes::Escalate(_) | StepDoes::Review(_) | StepDoes::Move { .. } => false,
    }
}
