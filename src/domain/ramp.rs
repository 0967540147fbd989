//! Rules that come into force over records which are already there (X2): nobody is flooded.
//!
//! A clock that is new to a record counts from when it would have started (its status was entered, somebody was last
//! in contact), and one whose rules changed goes on from where it started. Where that makes a step due already, the
//! record is ramped in:
//!
//! 1. A team hears of ten such records at once, then of ten more each business hour: alerts that are due together
//!    share a message, so that is a message an hour.
//! 2. The worst come first: by value times how long the step is overdue; a record without a value counts as one of
//!    the smallest.
//! 3. Each clock that is due too early starts so much later that its step falls on the record's turn. The time before
//!    the rule was there counts for nobody: no breach lies before the turn (D46).
//!
//! The runs that come of it stand in the event, so that replaying the history gives the row (R5).
//!
//! A change of hours, holidays or limits (ruling 7) brings steps forward without new runs. There the sweep puts off the
//! look at the record to its turn in the same [`Queue`]; the step itself keeps the time that the new hours give it.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

use super::activity::ActivityKind;
use super::calendar::Calendar;
use super::clocks::{self, field_instant, lay_out};
use super::decision::Env;
use super::ids::{RecordId, TeamId};
use super::playbook::{ClockSpec, Starts};
use super::record::{ClockRun, Record};
use super::workspace::Workspace;

/// How many records of a team are ramped in per business hour.
pub const PER_HOUR: u32 = 10;
/// Steps that count in business days cannot be moved by minutes: so often the start is moved on at most.
const TRIES: usize = 4;

/// A record that has something to say already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Which.
    pub record: RecordId,
    /// Its team.
    pub team: TeamId,
    /// How bad it is: value in the workspace's currency times minutes overdue.
    pub weight: i128,
}

/// Who is heard when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spread {
    /// The turn of each record; one without a turn has nothing to say yet.
    pub turns: BTreeMap<RecordId, DateTime<Utc>>,
    /// Each team's queue after the last of its records.
    pub teams: BTreeMap<TeamId, Queue>,
}

/// Where a team's queue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queue {
    /// The turn that is being filled.
    pub turn: DateTime<Utc>,
    /// How many have it.
    pub having_it: u32,
    /// How many have had a turn since the queue began.
    pub all: u64,
}

impl Queue {
    /// The queue after one more record has been given its turn, which is [`Queue::turn`]. One that was emptied over an
    /// hour ago begins anew.
    pub fn after_one_more(before: Option<&Self>, now: DateTime<Utc>, calendar: &Calendar) -> Self {
        let hour = |turn| calendar.next_open(calendar.add_business(turn, Duration::hours(1)));
        match before.filter(|queue| hour(queue.turn) > now) {
            None => Self { turn: calendar.next_open(now), having_it: 1, all: 1 },
            Some(queue) if queue.having_it < PER_HOUR => {
                Self { having_it: queue.having_it + 1, all: queue.all + 1, ..*queue }
            }
            Some(queue) => Self { turn: hour(queue.turn), having_it: 1, all: queue.all + 1 },
        }
    }
}

/// The runs that new rules bring to a record, and those that must start later, as they are after it. `turn` is the
/// record's, from [`spread`]; without one nothing is moved.
pub fn runs(record: &Record, turn: Option<DateTime<Utc>>, env: &Env<'_>) -> Vec<ClockRun> {
    let mut changed = joining(record, env);
    let Some(turn) = turn else { return changed };
    let mut after = record.clone();
    for run in &changed {
        super::evolve::put_run(&mut after.clocks, run);
    }
    for run in after.clocks.clone().iter().filter(|run| run.end.is_none()) {
        if let Some(later) = later(&after, run, turn, env) {
            super::evolve::put_run(&mut changed, &later);
        }
    }
    changed
}

/// Whether a record has something to say already, once the rules are new; `None`: it has not.
pub fn waiting(record: &Record, env: &Env<'_>) -> Option<Waiting> {
    // While a request waits the ladders wait with it (ruling 5).
    if record.pending.is_some() {
        return None;
    }
    let mut after = record.clone();
    for run in joining(record, env) {
        super::evolve::put_run(&mut after.clocks, &run);
    }
    let running = clocks::clocks(&after, env);
    let due = running.iter().filter_map(|clock| {
        let step = clock.steps.get(clock.fired)?;
        Some(clocks::done_at(&after, clock, step)).filter(|at| *at <= env.now)
    });
    let overdue = env.now - due.min()?;
    let worth = record.value.and_then(|value| env.workspace.thresholds.convert(value));
    let worth = i128::from(worth.map_or(1, |value| value.minor.max(1)));
    let weight = worth * i128::from(overdue.num_minutes().max(1));
    Some(Waiting { record: record.id, team: record.team, weight })
}

/// Gives each record its turn, the worst first.
pub fn spread(mut waiting: Vec<Waiting>, now: DateTime<Utc>, workspace: &Workspace) -> Spread {
    waiting.sort_by_key(|one| (std::cmp::Reverse(one.weight), one.record));
    let mut spread = Spread::default();
    for one in waiting {
        let calendar = &workspace.team(one.team).calendar;
        let queue = Queue::after_one_more(spread.teams.get(&one.team), now, calendar);
        spread.teams.insert(one.team, queue);
        spread.turns.insert(one.record, queue.turn);
    }
    spread
}

/// The clocks of its status that a record does not have, from when they would have started. One that was met, or
/// ended otherwise, since the status was entered does not begin again; nor does one that would have been met.
fn joining(record: &Record, env: &Env<'_>) -> Vec<ClockRun> {
    let Some(status) = env.playbook.status(&record.status) else { return Vec::new() };
    let since = record.status_since;
    let begins = |spec: &&ClockSpec| {
        let had = record.run(&spec.id).is_some_and(|run| run.end.as_ref().is_none_or(|end| end.at >= since));
        // What brought the record here, at the very instant, meets nothing here.
        let after = |at: Option<DateTime<Utc>>| at.is_some_and(|at| at > since);
        let met = spec.met_by.iter().any(|kind| match kind {
            ActivityKind::Touch => after(record.contacted.touch.map(|(_, at)| at)),
            ActivityKind::TwoWay => after(record.contacted.two_way.map(|(_, at)| at)),
            ActivityKind::Signal | ActivityKind::Internal => false,
        });
        !had && !met
    };
    let begun = status.clocks.iter().filter(begins).filter_map(|spec| {
        let started_at = match &spec.starts {
            Starts::Entered => Some(since),
            Starts::LastActivity => Some(record.contacted.last().map_or(since, |last| last.max(since))),
            Starts::Delivered => None,
            Starts::Field(field) => Some(field_instant(record, field)?),
        };
        Some(ClockRun {
            clock: spec.id.clone(),
            started_at,
            fired: 0,
            credit_business_ms: 0,
            credit_ms: 0,
            extended: false,
            breached_at: None,
            end: None,
        })
    });
    begun.collect()
}

/// A run that starts so much later that its next step falls on the turn; `None` where it does so anyhow.
fn later(record: &Record, run: &ClockRun, turn: DateTime<Utc>, env: &Env<'_>) -> Option<ClockRun> {
    let (_, spec) = env.playbook.clock(&run.clock)?;
    let next = |run: &ClockRun| {
        let clock = lay_out(record, run, spec, env);
        clock.steps.get(clock.fired).copied()
    };
    let mut moved = run.clone();
    let mut changed = false;
    for _ in 0..TRIES {
        let step = next(&moved)?;
        // What comes due by itself before its turn is early enough only if it was not due when the rules came.
        if step.fires_at >= turn || (!changed && step.fires_at > env.now) {
            break;
        }
        match moved.started_at {
            Some(start) => {
                let calendar = &env.team.calendar;
                // Spans of business time move by business time, the others by elapsed time: whichever comes out
                // nearer, but not before the turn.
                let business = calendar.add_business(start, calendar.business_between(step.at, turn));
                let elapsed = start + (turn - step.at);
                let falls = |start| Some((next_at(&moved, start, &next)?, start));
                let both = [falls(business)?, falls(elapsed)?];
                let good = both.into_iter().filter(|(at, _)| *at >= turn).min();
                moved.started_at = good.or(both.into_iter().max()).map(|(_, start)| start);
            }
            // It waits for the delivery of an alert that is due on entry.
            None => moved.credit_ms += (turn - step.at).num_milliseconds(),
        }
        changed = true;
    }
    changed.then_some(moved)
}

/// When the next step would fire with another start.
fn next_at(
    run: &ClockRun,
    start: DateTime<Utc>,
    next: &impl Fn(&ClockRun) -> Option<clocks::StepDue>,
) -> Option<DateTime<Utc>> {
    next(&ClockRun { started_at: Some(start), ..run.clone() }).map(|step| step.fires_at)
}
