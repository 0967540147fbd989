//! The attention budget (X6): what may interrupt a person now, and what waits. The ONE place of that rule.
//!
//! People stop reading a bot that pings them for everything. So everybody gets at most so many interruptions on a day
//! (their own number, else their team's, else the workspace's: 12), the most valuable ones at once, and the rest
//! together, a few times a day.
//!
//! # The rule
//!
//! A *word* is what the bot wants to tell one person: a nudge, a mention of theirs in a channel, a private notice.
//! An *interruption* is a message that notifies; several words in one message are one.
//!
//! 1. **Urgent passes always**, whatever the hour: a breach of a high-value record, a request that is overdue and that
//!    this person alone can decide, the answer to what they asked for, what they asked to be reminded of. It counts.
//! 2. **In quiet hours** everything else is held until they end.
//! 3. What joins a message that is not sent yet costs nothing, and passes.
//! 4. Each day has *moments* at which what is held is told in one message, the best first: the end of quiet hours, and
//!    09:00, 13:00 and 17:00 local. For each moment still to come today one interruption is kept back.
//! 5. Of what is left then, the first half goes to whoever comes first. The second half only to words that weigh at
//!    least as much as half of the words of the day so far: *scarce attention goes to the better half*.
//! 6. Everything else is held until the next moment.
//!
//! A word weighs *value × risk*: what the record is worth, times how much of its time is gone (in per cent). A record
//! of unknown worth counts as a tenth of a high-value one, so that new ones are not starved.
//!
//! # What follows from it
//!
//! - At most the budget's number of messages on a local day that are not urgent. (One more only where urgent ones ate
//!   it up and something waits since yesterday: nobody waits longer than to the first moment of the next day.)
//! - Nothing is lost: a word passes, or is told at a moment, or has become moot because the record moved on.
//! - The best N of a day, N being the budget (up to 12), reach the person, at once or named in the message of a moment:
//!   that names [`SHOWN`] words, of each day the best first. What it does not name it counts.
//! - It is fair online: no word has to know what comes later, and what was held competes again at each moment.
//!
//! Absent on purpose: the present, and any knowledge of how much a day usually brings, which nobody could check.

use std::cmp::Reverse;

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::calendar::instant;
use super::decision::{Alert, AlertLevel, Env, Notice};
use super::ids::{PersonId, PostId, RecordId};
use super::money::Money;
use super::record::Record;
use super::workspace::{QuietHours, Workspace};

/// So many held words one message names.
pub const SHOWN: usize = 25;
/// The moments of a day without quiet hours, as hours of the local day.
const MOMENTS: [u32; 3] = [9, 13, 17];
/// A moment so soon after the end of quiet hours is not one of its own.
const SOON: Duration = Duration::hours(2);
/// So many messages are remembered that more may join.
const JOINABLE: usize = 4;
/// So many weights of a day are remembered, the newest.
const REMEMBERED: usize = 200;

/// What holds for one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Where their days begin.
    pub zone: Tz,
    /// When they want quiet.
    pub quiet: Option<QuietHours>,
    /// Interruptions a day.
    pub budget: u32,
}

/// A person's day so far, and what is held for them. Stored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Attention {
    /// The local day that the numbers are of.
    #[serde(default)]
    pub day: NaiveDate,
    /// Interruptions of that day.
    #[serde(default)]
    pub used: u32,
    /// What the words of that day weighed, those that passed and those that did not.
    #[serde(default)]
    pub seen: Vec<u64>,
    /// The messages that interrupted last: what joins one that is not sent yet costs nothing.
    #[serde(default)]
    pub joinable: Vec<PostId>,
    /// What waits.
    #[serde(default)]
    pub held: Vec<Held>,
}

/// A word that waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// About which record.
    pub record: RecordId,
    /// The record's version (of its status) when it was said.
    pub version: u32,
    /// What.
    pub word: Word,
    /// Value × risk.
    pub weight: u64,
    /// The local day it was said on.
    pub day: NaiveDate,
    /// Of a reminder: the message of the request. Requests that stand in one message are one word (ruling 11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<PostId>,
}

/// What the bot wants to tell a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// A step of a clock.
    Alert(Alert),
    /// A private notice.
    Notice(Notice),
}

/// Whether a word may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// It passes always.
    Urgent,
    /// It weighs so much.
    Ranked(u64),
}

/// What becomes of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// It goes out now.
    Now,
    /// It waits until then.
    Held {
        /// The next moment.
        until: DateTime<Utc>,
    },
}

impl Rule {
    /// What holds for a person of a workspace.
    pub fn of(workspace: &Workspace, person: PersonId) -> Self {
        Self {
            zone: workspace.zone_of(person),
            quiet: workspace.people.get(&person).and_then(|p| p.quiet),
            budget: workspace.budget_of(person),
        }
    }

    /// When the quiet hours end in which an instant lies; `None`: it lies in none.
    pub fn quiet_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let QuietHours { from, to } = self.quiet?;
        let local = now.with_timezone(&self.zone).naive_local();
        let (time, today) = (local.time(), local.date());
        let end_day = if from < to {
            (from <= time && time < to).then_some(today)
        } else if time >= from {
            today.succ_opt()
        } else {
            (time < to).then_some(today)
        };
        // In an hour that occurs twice, quiet hours end when their end comes for the first time.
        end_day.map(|day| instant(self.zone, day.and_time(to))).filter(|end| *end > now)
    }

    /// The first moment after an instant.
    pub fn next_moment(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let today = self.day(now);
        let days = std::iter::successors(Some(today), NaiveDate::succ_opt).take(4);
        let mut all = days.flat_map(|day| self.moments(day));
        all.find(|at| *at > now).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// How many moments the local day still has after an instant.
    fn moments_left(&self, now: DateTime<Utc>) -> u32 {
        let left = self.moments(self.day(now)).into_iter().filter(|at| *at > now).count();
        u32::try_from(left).unwrap_or(u32::MAX)
    }

    fn moments(&self, day: NaiveDate) -> Vec<DateTime<Utc>> {
        let fixed = MOMENTS.into_iter().filter_map(|hour| NaiveTime::from_hms_opt(hour, 0, 0));
        let times: Vec<NaiveTime> = match self.quiet {
            None => fixed.collect(),
            Some(QuietHours { from, to }) => {
                let after = |since: NaiveTime, at: NaiveTime| {
                    let length = at - since;
                    if length < Duration::zero() { length + Duration::days(1) } else { length }
                };
                let covered = |at: NaiveTime| after(from, at) < after(from, to) || after(to, at) <= SOON;
                fixed.filter(|at| !covered(*at)).chain([to]).collect()
            }
        };
        let mut moments: Vec<_> =
            times.into_iter().map(|time| instant(self.zone, day.and_time(time))).collect();
        moments.sort_unstable();
        moments.dedup();
        moments
    }

    /// How many interruptions the person had on the present day.
    pub fn today(&self, attention: &Attention, now: DateTime<Utc>) -> u32 {
        if attention.day == self.day(now) { attention.used } else { 0 }
    }

    fn day(&self, now: DateTime<Utc>) -> NaiveDate {
        now.with_timezone(&self.zone).date_naive()
    }
}

impl Attention {
    /// Asks whether a word may interrupt now, and counts it. `joins` is the message that it would be part of, where that
    /// is not sent yet. A word that is held has to be given to [`Attention::hold`].
    pub fn offer(
        &mut self,
        rule: &Rule,
        urgency: Urgency,
        joins: Option<PostId>,
        now: DateTime<Utc>,
    ) -> Passage {
        self.begin(rule, now);
        let free = joins.is_some_and(|post| self.joinable.contains(&post));
        let weight = match urgency {
            Urgency::Urgent => {
                self.used += u32::from(!free);
                return Passage::Now;
            }
            Urgency::Ranked(weight) => weight,
        };
        if self.seen.len() >= REMEMBERED {
            self.seen.remove(0);
        }
        self.seen.push(weight);
        if rule.quiet_until(now).is_some() {
            return Passage::Held { until: rule.next_moment(now) };
        }
        if free {
            return Passage::Now;
        }
        let left = rule.budget.saturating_sub(self.used).saturating_sub(rule.moments_left(now));
        let plenty = left > rule.budget / 2;
        if left > 0 && (plenty || weight >= median(&self.seen)) {
            self.used += 1;
            Passage::Now
        } else {
            Passage::Held { until: rule.next_moment(now) }
        }
    }

    /// Remembers which message interrupted last: what joins it before it is sent costs nothing.
    pub fn said_in(&mut self, post: PostId) {
        if !self.joinable.contains(&post) {
            self.joinable.truncate(JOINABLE - 1);
            self.joinable.insert(0, post);
        }
    }

    /// Keeps a word for the next moment. One about the same thing that waits already is replaced. Of a reminder,
    /// `request` is the message of the request.
    pub fn hold(
        &mut self,
        rule: &Rule,
        record: &Record,
        word: Word,
        request: Option<PostId>,
        weight: u64,
        now: DateTime<Utc>,
    ) {
        self.supersede(record.id, &word);
        let day = rule.day(now);
        self.held.push(Held { record: record.id, version: record.version, word, weight, day, request });
    }

    /// Somebody is reminded now of all requests in a message: what waits about the others of them is said with it.
    pub fn reminded(&mut self, request: PostId) {
        self.said_in(request);
        self.held.retain(|held| held.request != Some(request));
    }

    /// What is said now need not be said again: takes out what waits about the same thing.
    pub fn supersede(&mut self, record: RecordId, word: &Word) {
        self.held.retain(|held| held.record != record || !held.word.same(word));
    }

    /// The record moved on: what its clocks had to say is moot. Says whether anything was.
    pub fn retire(&mut self, record: RecordId) -> bool {
        let before = self.held.len();
        self.held.retain(|held| held.record != record || !matches!(held.word, Word::Alert(_)));
        self.held.len() < before
    }

    /// When what is held is to be looked at; `None` where nothing is.
    pub fn next(&self, rule: &Rule, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        (!self.held.is_empty()).then(|| rule.next_moment(now))
    }

    /// What is told in one message at a moment, the best first; nothing where it has to wait for the next one. Those
    /// that `still` denies are moot, and dropped without being counted.
    pub fn take(&mut self, rule: &Rule, now: DateTime<Utc>, still: impl Fn(&Held) -> bool) -> Vec<Held> {
        self.begin(rule, now);
        self.held.retain(|held| still(held));
        let waits_since_yesterday = self.held.iter().any(|held| held.day < self.day);
        let room = self.used.saturating_add(rule.moments_left(now)) < rule.budget;
        if self.held.is_empty() || rule.quiet_until(now).is_some() || !(room || waits_since_yesterday) {
            return Vec::new();
        }
        self.used += 1;
        best_first(std::mem::take(&mut self.held))
    }

    /// A new local day begins with nothing used. A clock that is set back begins none.
    fn begin(&mut self, rule: &Rule, now: DateTime<Utc>) {
        let today = rule.day(now);
        if today > self.day {
            (self.day, self.used) = (today, 0);
            self.seen.clear();
        }
    }
}

impl Word {
    /// Whether both are about the same thing, so that the newer one says all.
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Alert(one), Self::Alert(two)) => one.clock == two.clock,
            (Self::Notice(one), Self::Notice(two)) => {
                std::mem::discriminant(one) == std::mem::discriminant(two)
            }
            (Self::Alert(_), Self::Notice(_)) | (Self::Notice(_), Self::Alert(_)) => false,
        }
    }
}

/// The best of each day first: what was best yesterday is not pushed out by a busy morning.
fn best_first(mut held: Vec<Held>) -> Vec<Held> {
    held.sort_by_key(|held| (held.day, Reverse(held.weight)));
    let mut ranked: Vec<(usize, Held)> = Vec::with_capacity(held.len());
    for word in held {
        let rank = match ranked.last() {
            Some((rank, before)) if before.day == word.day => rank + 1,
            Some(_) | None => 0,
        };
        ranked.push((rank, word));
    }
    ranked.sort_by_key(|(rank, held)| (*rank, Reverse(held.weight)));
    ranked.into_iter().map(|(_, held)| held).collect()
}

/// Half of them weigh at most this.
fn median(weights: &[u64]) -> u64 {
    let mut sorted = weights.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or(0)
}

/// How urgent a clock's word is for a person.
pub fn of_alert(alert: &Alert, record: &Record, deadline: Option<DateTime<Utc>>, env: &Env<'_>) -> Urgency {
    let late = match alert.level {
        AlertLevel::Breach | AlertLevel::Escalation => true,
        AlertLevel::Nudge | AlertLevel::Rescue | AlertLevel::Review | AlertLevel::Question => false,
    };
    if late && is_high(record, env.workspace) {
        return Urgency::Urgent;
    }
    let risk = if late { 100 } else { gone(record, alert, deadline, env.now) };
    Urgency::Ranked(weight(record, env.workspace, risk))
}

/// How urgent a private notice is for a person.
pub fn of_notice(notice: &Notice, person: PersonId, record: &Record, env: &Env<'_>) -> Urgency {
    let risk = match notice {
        // Answers to what the person asked for, and what they asked to be reminded of at this hour.
        Notice::ApprovalDecided { .. } | Notice::ApprovalWithdrawn { .. } | Notice::NextActionDue { .. } => {
            return Urgency::Urgent;
        }
        Notice::ApprovalReminder { escalated, .. } => {
            let alone = record.pending.as_ref().is_some_and(|pending| {
                super::approval::deciders(record, pending, env.workspace, env.now) == [person]
            });
            match (escalated, alone) {
                (true, true) => return Urgency::Urgent,
                (true, false) => 90,
                (false, _) => 60,
            }
        }
        // Nobody has it: somebody has to give it away.
        Notice::NobodyFree { .. } => 90,
        Notice::Assigned { .. } => 50,
        Notice::HandedOn { .. } => 30,
        // What was done to them is taken back: it matters to whoever goes by it.
        Notice::Undone { .. } => 50,
        // A step of the work is due; the message or the draft for it is at hand.
        Notice::TasksDue { .. } => 60,
        Notice::TaskReady { .. } => 40,
        Notice::Merged { .. } => 50,
        Notice::Owes => 30,
        Notice::Entered { .. } => 20,
        Notice::Suggested { .. } => 20,
    };
    Urgency::Ranked(weight(record, env.workspace, risk))
}

/// Per cent of a clock's time that are gone.
fn gone(record: &Record, alert: &Alert, deadline: Option<DateTime<Utc>>, now: DateTime<Utc>) -> u64 {
    let started = record.run(&alert.clock).and_then(|run| run.started_at);
    let (Some(started), Some(deadline)) = (started, deadline) else { return 50 };
    let (whole, passed) = ((deadline - started).num_seconds(), (now - started).num_seconds());
    if whole <= 0 {
        return 100;
    }
    u64::try_from((i128::from(passed) * 100 / i128::from(whole)).clamp(1, 100)).unwrap_or(100)
}

/// Value × risk. What is not worth anything that is known counts as a tenth of a high value.
fn weight(record: &Record, workspace: &Workspace, risk: u64) -> u64 {
    let thresholds = &workspace.thresholds;
    let known = record.value.and_then(|value| thresholds.convert(value));
    let worth = known.map_or(thresholds.high_value.minor / 10, |Money { minor, .. }| minor);
    u64::try_from(worth).unwrap_or(0).max(1).saturating_mul(risk)
}

fn is_high(record: &Record, workspace: &Workspace) -> bool {
    let thresholds = &workspace.thresholds;
    let value = record.value.and_then(|value| thresholds.convert(value));
    let high = thresholds.convert(thresholds.high_value).unwrap_or(thresholds.high_value);
    value.is_some_and(|value| value.minor >= high.minor)
}

#[cfg(test)]
mod tests;
