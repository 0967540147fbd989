//! When a team is open, and what "2 business hours from now" means for it.
//!
//! Properties, tested below:
//! - Business time passes only in open hours: `business_between(at, add_business(at, d)) == d`.
//! - A later start never gives an earlier end.
//! - A result is open, or it is the closing time at which the time ran out.
//! - A local time that a DST change skips moves forward to the first instant that exists; one that occurs
//!   twice means the first. Opening and closing times follow the same rule, so ranges never overlap.
//! - Every function ends: it walks day by day and gives up after [`Calendar::HORIZON_DAYS`] closed days.
//!
//! Absent on purpose: the present. `at` is always an argument (ruling 26).

mod hours;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use chrono::{DateTime, Days, Duration, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};
use serde::{Deserialize, Serialize};

use super::span::Span;
pub use hours::{HoursError, WeeklyHours};

/// Open from the first instant until just before the second.
type Range = (DateTime<Utc>, DateTime<Utc>);

/// A team's opening hours: an IANA zone, weekly ranges, and the local dates on which it is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// The zone in which `hours` and `holidays` are meant.
    pub zone: Tz,
    /// Opening hours of an ordinary week.
    pub hours: WeeklyHours,
    /// Local dates without opening hours.
    #[serde(default)]
    pub holidays: BTreeSet<NaiveDate>,
}

impl Default for Calendar {
    /// Monday to Friday, 09:00–18:00 UTC, no holidays.
    fn default() -> Self {
        Self { zone: Tz::UTC, hours: WeeklyHours::default(), holidays: BTreeSet::new() }
    }
}

/// The instant of a local time. One that a DST change skips moves forward to the end of the gap; one that
/// occurs twice means the first.
pub fn instant(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => at.to_utc(),
        MappedLocalTime::None => GapInfo::new(&local, &zone)
            .and_then(|gap| gap.end)
            // Only at the ends of representable time.
            .map_or_else(|| local.and_utc(), |end| end.to_utc()),
    }
}

impl Calendar {
    /// After this many closed days in a row a search gives up and answers with its bound. Only a calendar whose
    /// holidays cover more than a year gets there.
    pub const HORIZON_DAYS: u64 = 400;
    /// The most opening ranges that one call walks: over a century, far beyond any [`Span`].
    const MAX_RANGES: usize = 100_000;

    /// Whether the team is open at this instant. It is closed at its closing time.
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        self.ranges_from(at).next().is_some_and(|(start, _)| start <= at)
    }

    /// The first open instant that is not before `at`; `at` itself if open.
    pub fn next_open(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        self.ranges_from(at).next().map_or_else(|| horizon(at), |(start, _)| start)
    }

    /// The opening of the first business day after the local date of `at`: "snooze to the next business day".
    pub fn next_day_opening(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let midnight = (self.local(at).date() + Days::new(1)).and_time(NaiveTime::MIN);
        self.next_open(instant(self.zone, midnight))
    }

    /// The instant at which `time` of open hours has passed since `at`. Time that runs out exactly at closing gives
    /// the closing time, not the next opening; none at all (or less) gives [`next_open`](Self::next_open).
    pub fn add_business(&self, at: DateTime<Utc>, time: Duration) -> DateTime<Utc> {
        if time <= Duration::zero() {
            return self.next_open(at);
        }
        let mut left = time;
        let mut reached = at;
        for (start, end) in self.ranges_from(at).take(Self::MAX_RANGES) {
            if left <= end - start {
                return start + left;
            }
            left -= end - start;
            reached = end;
        }
        horizon(reached)
    }

    /// Open time between two instants; nothing if `to` is not after `from`. Takes time linear in the days between.
    pub fn business_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Duration {
        self.ranges_from(from)
            .take_while(|(start, _)| *start < to)
            .fold(Duration::zero(), |sum, (start, end)| sum + (end.min(to) - start))
    }

    /// The same local time `days` business days after `at`, the start rolled to opening time (ruling 7). If the team is
    /// closed at that time on that day: the next opening of that day, else its closing.
    pub fn add_business_days(&self, at: DateTime<Utc>, days: u32) -> DateTime<Utc> {
        let start = self.next_open(at);
        let local = self.local(start);
        let Some(ahead) = usize::try_from(days).ok().and_then(|days| days.checked_sub(1)) else {
            return start;
        };
        let mut later = self.days_from(local.date() + Days::new(1)).take(Self::MAX_RANGES);
        let Some((date, ranges)) = later.nth(ahead) else {
            return horizon(start);
        };
        let wanted = instant(self.zone, date.and_time(local.time()));
        let open = ranges.iter().find(|(_, end)| wanted < *end).map(|(start, _)| wanted.max(*start));
        open.or_else(|| ranges.last().map(|(_, end)| *end)).unwrap_or(wanted)
    }

    /// The same local time `days` calendar days after `at`, open or not.
    pub fn add_calendar_days(&self, at: DateTime<Utc>, days: u32) -> DateTime<Utc> {
        let later = self.local(at).checked_add_days(Days::new(u64::from(days)));
        later.map_or(DateTime::<Utc>::MAX_UTC, |local| instant(self.zone, local))
    }

    /// The instant at which a span that starts at `at` ends.
    pub fn add(&self, at: DateTime<Utc>, span: Span) -> DateTime<Utc> {
        match span {
            Span::Business(time) => self.add_business(at, time),
            Span::BusinessDays(days) => self.add_business_days(at, days),
            Span::Days(days) => self.add_calendar_days(at, days),
            Span::Elapsed(time) => at.checked_add_signed(time).unwrap_or(DateTime::<Utc>::MAX_UTC),
        }
    }

    /// The instant at which `percent` of the business time between `start` and `end` has passed: the 75 % step of a
    /// 5-business-day clock (ruling 7). Never after `end`; 100 and more give `end`.
    pub fn fraction_of_business(
        &self,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
        percent: u32,
    ) -> DateTime<Utc> {
        if percent >= 100 {
            return end;
        }
        let whole = self.business_between(start, end).num_milliseconds();
        let part = i128::from(whole) * i128::from(percent) / 100;
        let part = i64::try_from(part).unwrap_or(whole);
        self.add_business(start, Duration::milliseconds(part)).min(end)
    }

    /// Business time of one local date: what is left of its ranges after holidays and DST.
    pub fn day_length(&self, date: NaiveDate) -> Duration {
        self.ranges_on(date).iter().fold(Duration::zero(), |sum, (start, end)| sum + (*end - *start))
    }

    /// The local date and time in the calendar's zone.
    pub fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.zone).naive_local()
    }

    /// Open ranges that end after `at`, in order, the first cut so that it does not start before `at`.
    fn ranges_from(&self, at: DateTime<Utc>) -> impl Iterator<Item = Range> + '_ {
        // From the day before: a DST change at midnight can put an instant's local date behind its range.
        let local = self.local(at).date();
        self.days_from(local.pred_opt().unwrap_or(local))
            .flat_map(|(_, ranges)| ranges)
            .filter(move |(_, end)| *end > at)
            .map(move |(start, end)| (start.max(at), end))
    }

    /// Business days from `date` on, with their ranges; ends after [`HORIZON_DAYS`](Self::HORIZON_DAYS) closed days.
    fn days_from(&self, date: NaiveDate) -> impl Iterator<Item = (NaiveDate, Vec<Range>)> + '_ {
        let mut date = Some(date);
        std::iter::from_fn(move || {
            for _ in 0..Self::HORIZON_DAYS {
                let today = date?;
                date = today.succ_opt();
                let ranges = self.ranges_on(today);
                if !ranges.is_empty() {
                    return Some((today, ranges));
                }
            }
            None
        })
    }

    fn ranges_on(&self, date: NaiveDate) -> Vec<Range> {
        if self.holidays.contains(&date) {
            return Vec::new();
        }
        let midnight = date.and_time(NaiveTime::MIN);
        let at = |minute: u16| instant(self.zone, midnight + Duration::minutes(i64::from(minute)));
        let ranges = self.hours.on_date(date).iter().map(|&(start, end)| (at(start), at(end)));
        // A range that lies in a gap is empty.
        ranges.filter(|(start, end)| start < end).collect()
    }
}

/// The answer when no open hour was found.
fn horizon(at: DateTime<Utc>) -> DateTime<Utc> {
    at.checked_add_days(Days::new(Calendar::HORIZON_DAYS)).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
