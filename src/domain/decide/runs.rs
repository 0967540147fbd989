//! How clocks start, end and resume (ruling 5).

use chrono::{DateTime, Duration, Utc};

use super::super::activity::{Activity, ActivityKind};
use super::super::clocks::{StepDue, deadline, field_instant, lay_out};
use super::super::decision::Env;
use super::super::field::Data;
use super::super::ids::StatusId;
use super::super::playbook::{ClockSpec, Playbook, Starts, StepDoes};
use super::super::ramp;
use super::super::record::{ClockEnd, ClockOutcome, ClockRun, Record};

/// The runs that change when the record enters `to`: those that end, and those that start or resume.
/// `data` is what the move brings (a clock may start at one of its instants).
///
/// A record that waits for an approval moves by that approval alone, so the wait is credited first (ruling 5): whoever
/// asked in time has decided in time.
pub fn on_move(record: &Record, to: &StatusId, data: &Data, env: &Env<'_>) -> Vec<ClockRun> {
    let again = *to == record.status;
    let waited_since = record.pending.as_ref().map(|pending| pending.requested_at);
    let mut changed: Vec<_> = record
        .clocks
        .iter()
        .filter(|run| run.end.is_none())
        .filter_map(|run| {
            let credited = waited_since.map(|since| credited(run, since, env));
            let run = credited.as_ref().unwrap_or(run);
            let end = |spec, outcome| Some(ended(record, run, spec, outcome, env.now, env));
            let Some((home, spec)) = env.playbook.clock(&run.clock) else {
                return end(None, ClockOutcome::Cancelled);
            };
            if spec.met_entering.contains(to) {
                end(Some(spec), ClockOutcome::Met)
            } else if (home.id == *to && !again) || spec.also_in.contains(to) {
                credited
            } else {
                end(Some(spec), ClockOutcome::Cancelled)
            }
        })
        .collect();
    changed.extend(started(record, to, data, env));
    // A numbered status that is entered again (B7): its clocks begin anew.
    let anew = env.playbook.status(to).filter(|_| again).into_iter().flat_map(|status| &status.clocks);
    changed.extend(anew.filter(|spec| !idle(record, spec)).filter_map(|spec| start(record, spec, data, env)));
    changed
}

/// The clocks that start, or resume, on entering `to`. One that began elsewhere and goes on here (D44 in Working)
/// resumes, but never starts here.
pub fn started(record: &Record, to: &StatusId, data: &Data, env: &Env<'_>) -> Vec<ClockRun> {
    let clocks =
        env.playbook.statuses.iter().flat_map(|home| home.clocks.iter().map(move |spec| (home, spec)));
    clocks
        .filter(|(_, spec)| idle(record, spec))
        .filter_map(|(home, spec)| {
            if home.id == *to {
                start(record, spec, data, env)
            } else if spec.also_in.contains(to) {
                resume(record, spec, env)
            } else {
                None
            }
        })
        .collect()
}

/// Whether a clock is not under way.
fn idle(record: &Record, spec: &ClockSpec) -> bool {
    record.run(&spec.id).is_none_or(|run| run.end.is_some())
}

/// The runs that change when newer rules take over a record that stands at `at` under them (D15). The ONE place that says
/// what rules that are added later mean for a record that is there already.
pub fn on_upgrade(record: &Record, at: &StatusId, before: Option<&Playbook>, env: &Env<'_>) -> Vec<ClockRun> {
    let going = record.clocks.iter().filter(|run| run.end.is_none());
    let mut changed: Vec<_> = going
        .filter_map(|run| match env.playbook.clock(&run.clock) {
            Some((home, spec)) if home.id == *at || spec.also_in.contains(at) => {
                let then = before.and_then(|p| p.clock(&run.clock)).map(|(_, then)| then);
                carried(record, run, then, spec, env)
            }
            Some(_) | None => Some(ended(record, run, None, ClockOutcome::Cancelled, env.now, env)),
        })
        .collect();
    changed.extend(ramp::joining(record, at, before, env));
    changed
}

/// A run under a ladder that was changed: the steps that lie at or before the last one that was done are done, but for
/// what has to happen and did not: a breach, a move, a word to somebody else.
fn carried(
    record: &Record,
    run: &ClockRun,
    then: Option<&ClockSpec>,
    now: &ClockSpec,
    env: &Env<'_>,
) -> Option<ClockRun> {
    if then == Some(now) {
        return None;
    }
    let steps = lay_out(record, run, now, env).steps;
    let fired = match then {
        Some(then) => {
            let laid = lay_out(record, run, then, env);
            let done = laid.steps.get(..laid.fired).unwrap_or(&laid.steps);
            let last = done.last().map(|step| step.at);
            let was_done = |step: &StepDue| match &now.ladder[step.index].does {
                StepDoes::Nudge(_) => true,
                does @ (StepDoes::Breach
                | StepDoes::Escalate(_)
                | StepDoes::Review(_)
                | StepDoes::Ask(_)
                | StepDoes::Move { .. }) => done.iter().any(|step| then.ladder[step.index].does == *does),
            };
            last.map_or(0, |last| steps.iter().take_while(|s| s.at <= last && was_done(s)).count())
        }
        None => (run.fired as usize).min(steps.len()),
    };
    let fired = u32::try_from(fired).unwrap_or(u32::MAX);
    (fired != run.fired).then(|| ClockRun { fired, ..run.clone() })
}

fn start(record: &Record, spec: &ClockSpec, data: &Data, env: &Env<'_>) -> Option<ClockRun> {
    if let Some(resumed) = resume(record, spec, env) {
        return Some(resumed);
    }
    let started_at = match &spec.starts {
        Starts::Entered | Starts::LastActivity | Starts::AnyActivity => Some(env.now),
        Starts::Delivered => None,
        Starts::Field(field) => {
            let given = data.get(field).and_then(|v| v.as_instant());
            Some(given.or_else(|| field_instant(record, field))?)
        }
    };
    Some(fresh(spec, started_at))
}

/// A run from the beginning.
pub fn fresh(spec: &ClockSpec, started_at: Option<DateTime<Utc>>) -> ClockRun {
    ClockRun {
        clock: spec.id.clone(),
        started_at,
        fired: 0,
        credit_business_ms: 0,
        credit_ms: 0,
        extended: false,
        breached_at: None,
        end: None,
    }
}

/// Back in time: what was left goes on, unless a two-way activity came between (ruling 5). The time away is
/// credited.
fn resume(record: &Record, spec: &ClockSpec, env: &Env<'_>) -> Option<ClockRun> {
    let days = spec.resumes_within_days?;
    let run = record.run(&spec.id)?;
    let end = run.end.as_ref().filter(|end| end.outcome != ClockOutcome::Met)?;
    let in_time = env.now - end.at <= Duration::days(i64::from(days));
    let spoke = record.contacted.two_way.is_some_and(|(_, at)| at > end.at);
    if !in_time || spoke {
        return None;
    }
    let mut resumed = credited(run, end.at, env);
    resumed.end = None;
    Some(resumed)
}

/// A run with the time from `since` to now credited; no more than it has run for.
pub fn credited(run: &ClockRun, since: DateTime<Utc>, env: &Env<'_>) -> ClockRun {
    let mut run = run.clone();
    let Some(started_at) = run.started_at else { return run };
    let since = since.max(started_at);
    run.credit_business_ms += env.team.calendar.business_between(since, env.now).num_milliseconds();
    run.credit_ms += (env.now - since).num_milliseconds();
    run
}

/// A run that ends at an instant: now, or when an integration says that it did (ruling 6). An SLA whose deadline had
/// passed by then is breached however late anybody looks: a sweep that comes late, a snooze, or downtime do not make
/// it met. One that left another way after its breach stays breached.
fn ended(
    record: &Record,
    run: &ClockRun,
    spec: Option<&ClockSpec>,
    outcome: ClockOutcome,
    at: DateTime<Utc>,
    env: &Env<'_>,
) -> ClockRun {
    let mut run = run.clone();
    if run.breached_at.is_none() && spec.is_some_and(|s| s.sla) {
        let deadline = spec.and_then(|spec| deadline(&run, spec, env));
        run.breached_at = deadline.filter(|deadline| *deadline <= at);
    }
    let outcome = if run.breached_at.is_some() { ClockOutcome::Breached } else { outcome };
    run.end = Some(ClockEnd { at, outcome, charged_to: record.owner });
    run
}

/// Every run that is under way, at its end: the record ends outside of its playbook.
pub fn cancelled(record: &Record, env: &Env<'_>) -> Vec<ClockRun> {
    let running = record.clocks.iter().filter(|run| run.end.is_none());
    running
        .map(|run| {
            let spec = env.playbook.clock(&run.clock).map(|(_, spec)| spec);
            ended(record, run, spec, ClockOutcome::Cancelled, env.now, env)
        })
        .collect()
}

/// The runs that an activity changes: met, restarted, or extended. `at` is the instant that counts (ruling 6).
pub fn on_activity(record: &Record, activity: Activity, at: DateTime<Utc>, env: &Env<'_>) -> Vec<ClockRun> {
    record
        .clocks
        .iter()
        .filter(|run| run.end.is_none())
        .filter_map(|run| {
            let (_, spec) = env.playbook.clock(&run.clock)?;
            if spec.met_by.contains(&activity.kind()) {
                return Some(ended(record, run, Some(spec), ClockOutcome::Met, at, env));
            }
            if spec.starts == Starts::AnyActivity && activity.kind() != ActivityKind::Internal {
                return Some(fresh(spec, Some(at)));
            }
            if !activity.is_contact() {
                return None;
            }
            match &spec.starts {
                Starts::LastActivity => Some(fresh(spec, Some(at))),
                Starts::Delivered if spec.touch_extends_once && !run.extended && run.started_at.is_some() => {
                    Some(ClockRun { started_at: Some(at), extended: true, ..run.clone() })
                }
                Starts::AnyActivity | Starts::Delivered | Starts::Entered | Starts::Field(_) => None,
            }
        })
        .collect()
}
