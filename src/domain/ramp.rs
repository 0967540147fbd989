//! Rules that come into force over records which are already there (X2): nobody is flooded.
//!
//! A clock that is new to a record counts from when it would have started (its status was entered, somebody was last
//! in contact), and one whose rules changed goes on from where it started. Where that makes something due already that
//! was not due under the old rules, the record is ramped in:
//!
//! 1. A channel hears of ten such records at once, then of ten more each business hour: alerts that are due together
//!    share a message, so that is a message an hour. Teams that share a channel share its queue.
//! 2. The worst come first: by value times how long the step is overdue; a record without a value counts as one of
//!    the smallest.
//! 3. Each clock that is due too early starts so much later that its step falls on the record's turn. The time before
//!    the rule was there counts for nobody: no breach lies before the turn (D46). Proposals, offers and tasks that are
//!    due too early wait for the turn as they are.
//!
//! What was due under the old rules as well (after downtime, say) is late enough: nothing is put off.
//!
//! The runs that come of it stand in the event, and so does the turn, so that replaying the history gives the row (R5),
//! and a stop in the middle of an upgrade forgets nobody's turn.
//!
//! A change of hours, holidays or limits (ruling 7) brings steps forward without new runs. There the sweep puts off the
//! look at the record to its turn in the same [`Queue`]; the step itself keeps the time that the new hours give it. Where a
//! queue stands is written with the turns that it gave: a restart goes on there.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

use super::activity::ActivityKind;
use super::calendar::Calendar;
use super::clocks::{self, field_instant, lay_out};
use super::decision::Env;
use super::ids::{ClockId, RecordId, RuleId, StatusId, TeamId};
use super::playbook::{ClockSpec, Playbook, Starts};
use super::record::{ClockRun, Record};
use super::workspace::{Team, Workspace};

/// How many records a channel hears of per business hour.
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
    /// Each channel's queue after the last of its records, by [`channel`].
    pub teams: BTreeMap<TeamId, Queue>,
}

/// Where a channel's queue stands.
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
            // Of teams that share a channel one may work while the other does not.
            Some(queue) if queue.having_it < PER_HOUR && calendar.next_open(queue.turn) == queue.turn => {
                Self { having_it: queue.having_it + 1, all: queue.all + 1, ..*queue }
            }
            Some(queue) => Self { turn: hour(queue.turn), having_it: 1, all: queue.all + 1 },
        }
    }
}

/// Whose queue a team's records stand in: the first team whose alerts go to the same channel.
pub fn channel(workspace: &Workspace, team: TeamId) -> TeamId {
    let hears = |team: &Team| team.alerts.or(team.approvals).or(team.leads).or(workspace.system_channel);
    let Some(channel) = hears(workspace.team(team)) else { return team };
    workspace.teams.iter().find(|other| hears(other) == Some(channel)).map_or(team, |other| other.id)
}

/// Something that a record says when its time comes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    /// The next step of a clock.
    Clock(ClockId),
    /// A flag that proposes something.
    Flag(RuleId),
    /// Another try is offered.
    Offer,
    /// The owner is told of a task.
    Task(u32),
}

/// A record as it was, and the rules that it lived under; `None` where their text is lost.
#[derive(Debug, Clone, Copy)]
pub struct Was<'a> {
    /// The record.
    pub record: &'a Record,
    /// The rules.
    pub playbook: Option<&'a Playbook>,
}

/// Whether a record has something to say already, because of something else than time; `None`: it has not.
pub fn waiting(record: &Record, env: &Env<'_>) -> Option<Waiting> {
    weigh(record, words(record, env).into_iter().map(|(_, at)| at).filter(|at| *at <= env.now).min()?, env)
}

/// Whether newer rules make a record say something at once which it had not to say under the old ones. The rules at hand
/// are the new ones, and the record is as they left it.
pub fn waiting_after(was: Was<'_>, record: &Record, env: &Env<'_>) -> Option<Waiting> {
    weigh(record, newly_due(was, record, env).into_iter().map(|(_, at)| at).min()?, env)
}

fn weigh(record: &Record, since: DateTime<Utc>, env: &Env<'_>) -> Option<Waiting> {
    let worth = record.value.and_then(|value| env.workspace.thresholds.convert(value));
    let worth = i128::from(worth.map_or(1, |value| value.minor.max(1)));
    let weight = worth * i128::from((env.now - since).num_minutes().max(1));
    Some(Waiting { record: record.id, team: record.team, weight })
}

/// The worst first.
pub fn worst_first(waiting: &mut [Waiting]) {
    waiting.sort_by_key(|one| (std::cmp::Reverse(one.weight), one.record));
}

/// Gives each record its turn, the worst first, behind those that have one already.
pub fn spread(
    mut waiting: Vec<Waiting>,
    queues: &BTreeMap<TeamId, Queue>,
    now: DateTime<Utc>,
    workspace: &Workspace,
) -> Spread {
    worst_first(&mut waiting);
    let mut spread = Spread::default();
    for one in waiting {
        let (key, calendar) = (channel(workspace, one.team), &workspace.team(one.team).calendar);
        let before = spread.teams.get(&key).or_else(|| queues.get(&key));
        let queue = Queue::after_one_more(before, now, calendar);
        spread.teams.insert(key, queue);
        spread.turns.insert(one.record, queue.turn);
    }
    spread
}

/// The runs that have to start later, so that nothing is said before the record's turn.
pub fn until_its_turn(was: Was<'_>, record: &Record, turn: DateTime<Utc>, env: &Env<'_>) -> Vec<ClockRun> {
    let clock = |word: &Word| match word {
        Word::Clock(clock) => record.run(clock),
        Word::Flag(_) | Word::Offer | Word::Task(_) => None,
    };
    let due = newly_due(was, record, env);
    due.iter().filter_map(|(word, _)| later(record, clock(word)?, turn, env)).collect()
}

/// What is due under the new rules, and was not under the old ones. A snooze holds what is said, not what is due: many
/// that end together would be a flood of their own.
fn newly_due(was: Was<'_>, record: &Record, env: &Env<'_>) -> Vec<(Word, DateTime<Utc>)> {
    let awake = |record: &Record| Record { snoozed_until: None, ..record.clone() };
    let before = was.playbook.map(|playbook| Env { playbook, ..*env });
    let before = before.map_or_else(Vec::new, |env| words(&awake(was.record), &env));
    let was_due = |word: &Word| before.iter().any(|(other, at)| other == word && *at <= env.now);
    words(&awake(record), env).into_iter().filter(|(word, at)| *at <= env.now && !was_due(word)).collect()
}

/// All that a record will say by itself, and when.
fn words(record: &Record, env: &Env<'_>) -> Vec<(Word, DateTime<Utc>)> {
    // While a request waits the ladders wait with it (ruling 5).
    if record.ended.is_some() || record.pending.is_some() {
        return Vec::new();
    }
    let step = |clock: &clocks::Clock<'_>| {
        let at =
            clock.steps.get(clock.fired..)?.iter().map(|step| clocks::done_at(record, clock, step)).min()?;
        Some((Word::Clock(clock.id().clone()), at))
    };
    let mut words: Vec<_> = clocks::clocks(record, env).iter().filter_map(step).collect();
    let flags = env.playbook.status(&record.status).map_or(&[][..], |status| &status.flags);
    let speaking = flags.iter().filter(|flag| !flag.propose.is_empty());
    words.extend(
        speaking.filter_map(|flag| Some((Word::Flag(flag.id.clone()), clocks::flag_due(record, flag, env)?))),
    );
    words.extend(clocks::offer_due(record, env).map(|(at, _)| (Word::Offer, at)));
    words.extend(clocks::tasks_due(record, env).into_iter().map(|(at, task)| (Word::Task(task), at)));
    words
}

/// The clocks that newer rules bring to a record which stands at `status` under them, from when they would have started.
/// One that was met, or ended otherwise, since the status was entered does not begin again; nor does one that would have
/// been met, or one that the old rules had there and did not start.
pub fn joining(
    record: &Record,
    status: &StatusId,
    before: Option<&Playbook>,
    env: &Env<'_>,
) -> Vec<ClockRun> {
    let Some(home) = env.playbook.status(status) else { return Vec::new() };
    let since = record.status_since;
    let begins = |spec: &&ClockSpec| {
        let had = record.run(&spec.id).is_some_and(|run| {
            let known = before.and_then(|playbook| playbook.clock(&spec.id));
            let there = known.is_some_and(|(home, _)| home.id == record.status);
            there || run.end.as_ref().is_none_or(|end| end.at >= since)
        });
        // What brought the record here, at the very instant, meets nothing here.
        let after = |at: Option<DateTime<Utc>>| at.is_some_and(|at| at > since);
        let met = spec.met_by.iter().any(|kind| match kind {
            ActivityKind::Touch => after(record.contacted.touch.map(|(_, at)| at)),
            ActivityKind::TwoWay => after(record.contacted.two_way.map(|(_, at)| at)),
            ActivityKind::Signal | ActivityKind::Internal => false,
        });
        !had && !met
    };
    let begun = home.clocks.iter().filter(begins).filter_map(|spec| {
        let started_at = match &spec.starts {
            Starts::Entered => Some(since),
            Starts::LastActivity | Starts::AnyActivity => {
                Some(record.contacted.last().map_or(since, |last| last.max(since)))
            }
            Starts::Delivered => None,
            Starts::Field(field) => Some(field_instant(record, field)?),
        };
        Some(super::decide::fresh_run(spec, started_at))
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
