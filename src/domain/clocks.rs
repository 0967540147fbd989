//! What should fire, and when.
//!
//! A clock's state is its [`ClockRun`] in the record; here it is laid out in time with the team's calendar. Due
//! times are never stored with the run, so a changed calendar needs no migration: the record is looked at again
//! and its ladder falls where the new calendar puts it (ruling 7). Three things move a due time: credit (waiting
//! for an approval, having been away), a touch that extends a grace, and a snooze, which holds the *post* while
//! the breach keeps its own time, and so does a move (ruling 5).

use chrono::{DateTime, Duration, Utc};

use super::calendar::Calendar;
use super::decision::Env;
use super::field::FieldValue;
use super::ids::{ClockId, RuleId};
use super::playbook::{ClockSpec, Flag, FlagWhen, Playbook, Question, Reason, StepAt, StepDoes};
use super::record::{ClockRun, OpenTask, Record};
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

    /// The question that it has asked and that waits for an answer (E7).
    pub fn question(&self) -> Option<&Question> {
        let does = |step: &StepDue| self.spec.ladder.get(step.index).map(|step| &step.does);
        let asked = |step: &StepDue| matches!(does(step), Some(StepDoes::Ask(_)));
        self.steps.iter().take(self.fired).any(asked).then(|| self.spec.question()).flatten()
    }
}

/// The record's running clocks, the nearest deadline (else the nearest step) first.
pub fn clocks<'a>(record: &Record, env: &Env<'a>) -> Vec<Clock<'a>> {
    let mut running: Vec<_> = record
        .clocks
        .iter()
        .filter(|run| run.end.is_none())
        .filter_map(|run| Some((run, env.playbook.clock(&run.clock)?.1)))
        .filter(|(_, spec)| !spec.while_owed || !record.owes.is_empty())
        .map(|(run, spec)| lay_out(record, run, spec, env))
        .collect();
    running.sort_by_key(|clock| clock.deadline.or(clock.next_due()).unwrap_or(DateTime::<Utc>::MAX_UTC));
    running
}

/// When the record wants to be looked at next: the earliest step of its clocks, of its waiting request, of
/// owed data, of its planned action, of its tasks, of a flag, of an offer.
pub fn next_due(record: &Record, env: &Env<'_>) -> Option<DateTime<Utc>> {
    all_due(record, env).into_iter().min()
}

/// The same, but for whatever is due already, and the later steps of a clock with such a step.
pub fn next_due_beside(record: &Record, env: &Env<'_>) -> Option<DateTime<Utc>> {
    all_due(record, env).into_iter().filter(|at| *at > env.now).min()
}

/// When the SLA that ends first is breached, or was: that of a breach keeps its time while its clock runs. For ordering
/// lists: the longest breached stand first, then what is nearest to a breach.
pub fn breach_at(record: &Record, env: &Env<'_>) -> Option<DateTime<Utc>> {
    if record.ended.is_some() {
        return None;
    }
    let running = clocks(record, env).into_iter().filter(|clock| clock.spec.sla);
    running.filter_map(|clock| clock.breached_at.or(clock.deadline)).min()
}

/// All that a record waits for, each once: a clock by its next step.
fn all_due(record: &Record, env: &Env<'_>) -> Vec<DateTime<Utc>> {
    if record.ended.is_some() {
        return Vec::new();
    }
    let offer = offer_due(record, env).map(|(at, _)| at);
    let others = [
        approval_due(record, env),
        owed_due(record, env),
        planned_due(record, env),
        away_due(record, env),
        offer,
    ];
    let flags = env.playbook.status(&record.status).map_or(&[][..], |s| &s.flags);
    let flags = flags.iter().filter_map(|flag| flag_due(record, flag, env));
    let tasks = tasks_due(record, env).into_iter().map(|(at, _)| at);
    others.into_iter().flatten().chain(clocks_due(record, env)).chain(flags).chain(tasks).collect()
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
        StepDoes::Nudge(_)
        | StepDoes::Breach
        | StepDoes::Escalate(_)
        | StepDoes::Review(_)
        | StepDoes::Ask(_) => held_by_snooze(record, step.fires_at),
    }
}

/// A snooze holds what is said until it is over; time goes on meanwhile.
fn held_by_snooze(record: &Record, at: DateTime<Utc>) -> DateTime<Utc> {
    record.snoozed_until.map_or(at, |until| at.max(until))
}

/// What newer rules made due at once waits for the record's turn (X2).
fn held_by_turn(record: &Record, at: DateTime<Utc>) -> DateTime<Utc> {
    record.turn.filter(|turn| at <= turn.since).map_or(at, |turn| at.max(turn.at))
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
    // Nobody works on what has ended.
    let plans = env.playbook.status(&record.status)?.plans();
    next.due.filter(|_| plans).map(|due| held_by_snooze(record, env.team.calendar.next_open(due)))
}

/// The tasks that the owner has not been told of yet, and when they are. While a request waits they wait with it, as
/// the ladders do (ruling 5).
pub(super) fn tasks_due(record: &Record, env: &Env<'_>) -> Vec<(DateTime<Utc>, u32)> {
    let untold = record.tasks.iter().filter(|task| !task.told && record.pending.is_none());
    let calendar = &env.team.calendar;
    untold
        .map(|task| (task_due(record, task, env.playbook, calendar), task.id))
        .map(|(due, id)| (held_by_snooze(record, held_by_turn(record, calendar.next_open(due))), id))
        .collect()
}

/// When a task is due: like a clock's steps it falls where the calendar of today puts it (ruling 7).
pub fn task_due(record: &Record, task: &OpenTask, playbook: &Playbook, calendar: &Calendar) -> DateTime<Utc> {
    let Some(spec) = playbook.task(&task.status, &task.label) else { return task.due };
    // A date that is moved moves the task with it.
    let on = spec.due_on.as_ref().and_then(|field| record.get(field)).and_then(|value| value.as_instant());
    if let Some(at) = on {
        return at;
    }
    let span = spec.every.filter(|_| task.again).unwrap_or(spec.within);
    due_after(task.since, span, calendar)
}

/// The instant a span later; a day that is closed is no day to do something on (ruling 7).
pub(super) fn due_after(since: DateTime<Utc>, span: Span, calendar: &Calendar) -> DateTime<Utc> {
    let due = calendar.add(since, span);
    match span {
        Span::Days(_) | Span::BusinessDays(_) => calendar.next_open(due),
        Span::Business(_) | Span::Elapsed(_) => due,
    }
}

/// Whether a flag may be raised still: once in a stay, and not at a stage that it leaves out.
pub(super) fn may_raise(record: &Record, flag: &Flag) -> bool {
    let left_out = record.stage.as_ref().is_some_and(|stage| flag.unless_stage.contains(stage));
    !left_out && record.flagged.iter().all(|raised| raised.flag != flag.id)
}

/// The flags that were raised and still stand, the newest last, with when: a date that was moved on is past no longer,
/// and a stage that was reached since may leave one out.
pub fn flags<'a>(
    record: &Record,
    playbook: &'a Playbook,
    now: DateTime<Utc>,
) -> Vec<(&'a Flag, DateTime<Utc>)> {
    let raised = record.flagged.iter().filter_map(|r| Some((playbook.flag(&r.flag)?.1, r.at)));
    raised
        .filter(|(flag, _)| {
            let left_out = record.stage.as_ref().is_some_and(|stage| flag.unless_stage.contains(stage));
            let stands = match &flag.when {
                FlagWhen::Past(field, _) => field_instant(record, field).is_none_or(|date| date <= now),
                FlagWhen::After(_) | FlagWhen::AttemptsOver(_) => true,
            };
            stands && !left_out
        })
        .collect()
}

/// When a flag of the record's status is raised, at opening where its time falls in closed hours (ruling 7); `None`:
/// not by time, or it is raised already. What proposes something waits for the end of a snooze, because somebody is told.
pub(super) fn flag_due(record: &Record, flag: &Flag, env: &Env<'_>) -> Option<DateTime<Utc>> {
    if !may_raise(record, flag) {
        return None;
    }
    let calendar = &env.team.calendar;
    let at = match &flag.when {
        FlagWhen::After(span) => calendar.add(record.status_since, *span),
        FlagWhen::Past(field, span) => {
            let date = field_instant(record, field)?;
            span.map_or(date, |span| calendar.add(date, span))
        }
        FlagWhen::AttemptsOver(_) => return None,
    };
    let at = held_by_turn(record, calendar.next_open(at));
    Some(if flag.propose.is_empty() { at } else { held_by_snooze(record, at) })
}

/// What names the suggestion that is made after a while; no rule and no flag is called so.
pub const OFFER: &str = "offer_after";

/// When another try is offered, and for which reason (ruling 9): once in a stay.
pub(super) fn offer_due<'a>(record: &Record, env: &Env<'a>) -> Option<(DateTime<Utc>, &'a Reason)> {
    let status = env.playbook.status(&record.status).filter(|s| !s.offers.later.is_empty())?;
    let reason = env.playbook.reason(record.last_reason.as_ref()?)?;
    let offered = record.suggestions.iter().any(|s| s.rule == RuleId::from(OFFER));
    // While a request waits nothing may be chosen, so nothing is offered (ruling 11).
    if offered || status.locked || record.pending.is_some() {
        return None;
    }
    let calendar = &env.team.calendar;
    let at = calendar.next_open(calendar.add(record.status_since, reason.offer_after?));
    let at = held_by_turn(record, at);
    Some((held_by_snooze(record, at), reason))
}

/// When the owner goes away while a clock runs that is not to wait for them (ruling 17).
fn away_due(record: &Record, env: &Env<'_>) -> Option<DateTime<Utc>> {
    // Whoever came in by name from elsewhere keeps what they had there until a person gives it to another.
    let owner = env.workspace.people.get(&record.owner.filter(|owner| !owner.is_nameless())?)?;
    let from = match (owner.gone, owner.away) {
        (Some(gone), _) => gone,
        (None, Some(away)) if away.until.is_none_or(|until| until > env.now) => away.from,
        (None, _) => return None,
    };
    // Whoever gave it to somebody absent knew what they did.
    if record.its_owner_since() > from {
        return None;
    }
    let not_to_wait = |run: &ClockRun| {
        let (_, spec) = env.playbook.clock(&run.clock)?;
        let route = env.playbook.route(spec.when_away.as_ref()?)?;
        super::routing::binds(route, record.team, env.workspace).then_some(())
    };
    record.clocks.iter().filter(|run| run.end.is_none()).find_map(not_to_wait).map(|()| from)
}

/// The route by which a record leaves an owner who is away now.
pub(super) fn away_route<'a>(record: &Record, env: &Env<'a>) -> Option<&'a super::ids::RouteId> {
    away_due(record, env).filter(|from| *from <= env.now)?;
    let running = record.clocks.iter().filter(|run| run.end.is_none());
    running.filter_map(|run| env.playbook.clock(&run.clock)).find_map(|(_, spec)| spec.when_away.as_ref())
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
        Some(FieldValue::Text(_) | FieldValue::Money(_) | FieldValue::Choice(_) | FieldValue::Number(_))
        | None => None,
    }
}

/// Whether a step is the breach itself, which keeps its own time.
pub(super) fn is_breach(does: &StepDoes) -> bool {
    match does {
        StepDoes::Breach => true,
        StepDoes::Nudge(_)
        | StepDoes::Escalate(_)
        | StepDoes::Review(_)
        | StepDoes::Ask(_)
        | StepDoes::Move { .. } => false,
    }
}
