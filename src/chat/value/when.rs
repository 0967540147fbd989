//! Dates and times as people type them: `tomorrow 3pm`, `in 2 days`, `mon 9am`, `2026-12-01 14:30`.
//!
//! The grammar, case-insensitive, the words `at`, `on` and commas being optional:
//!
//! ```text
//! when  = "now" | ago [time] | date [time] | time [date]
//! ago   = "in" n unit | n unit "from now" | n unit "ago"    unit: minutes hours days weeks; n may be "a"
//! date  = today | tomorrow | yesterday | [this|next|last] weekday | next week
//!       | 2026-12-01 | 1 dec [2026] | dec 1 [2026]
//! time  = 15:00 | 15.30 | 3pm | 3.30 pm | noon | midnight
//! ```
//!
//! What a phrase means where English leaves it open:
//! - A date without a time is 09:00; a time without a date is today, also when it is past.
//! - A span of days keeps the time of day (`in 2 days` at 15:20 means 15:20) unless a time follows.
//! - A bare weekday is the coming one; it is today only with a time that is still ahead.
//! - `this`/`next` weekday is the one of this/next calendar week (Monday first); `last` is the latest one past.
//! - A day without a year is the coming one, today included.
//! - `1/12/2026` is refused, since half the world reads it the other way round.
//!
//! Hand-written, because no crate reads this grammar. `interim` 0.2.2 comes closest, but panics on `tomorrow 3PM`,
//! takes `tomorrow 12pm` for midnight, refuses `1 dec 3pm`, `in 2 days` and a DST gap, and ignores what follows.

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;

use super::clip;
use crate::domain::calendar::instant;

/// Where a date without a time falls.
const MORNING: NaiveTime = NaiveTime::from_hms_opt(9, 0, 0).expect("09:00 exists");
/// The end of a day that has begun.
const EVENING: NaiveTime = NaiveTime::from_hms_opt(23, 59, 0).expect("23:59 exists");
/// The furthest that a relative phrase or a year goes.
const MAX_DAYS: i64 = 3653;

/// Reads a point in time, in the person's zone; the error is one sentence with examples. The result may be past:
/// whether that is allowed is the caller's decision (ruling 6).
pub fn parse_when(text: &str, now: DateTime<Utc>, zone: Tz) -> Result<DateTime<Utc>, String> {
    let today = now.with_timezone(&zone).naive_local();
    let read = match read(text, today) {
        Some(Phrase::Elapsed(time)) => now.checked_add_signed(time),
        Some(Phrase::Local(date, time)) => Some(instant(zone, date.and_time(time.unwrap_or(MORNING)))),
        Some(Phrase::SameTime(date)) => Some(instant(zone, date.and_time(today.time()))),
        Some(Phrase::Time(time)) => Some(instant(zone, today.date().and_time(time))),
        None => None,
    };
    read.ok_or_else(|| {
        format!(
            "\"{}\" is not a time I can read: write it like tomorrow 3pm, in 2 days, mon 9am or 2026-12-01 14:30.",
            clip(text)
        )
    })
}

/// The same for what is to come: a bare `today` is until its end, where its morning is over.
pub fn parse_ahead(text: &str, now: DateTime<Utc>, zone: Tz) -> Result<DateTime<Utc>, String> {
    let at = parse_when(text, now, zone)?;
    let today = now.with_timezone(&zone).naive_local();
    match read(text, today) {
        Some(Phrase::Local(date, None)) if at < now && date == today.date() => {
            Ok(instant(zone, date.and_time(EVENING)))
        }
        _ => Ok(at),
    }
}

/// Reads a date, in the person's zone; the error is one sentence with examples. A text with a time of day is refused.
pub fn parse_date(text: &str, now: DateTime<Utc>, zone: Tz) -> Result<NaiveDate, String> {
    let today = now.with_timezone(&zone).naive_local();
    match read(text, today) {
        Some(Phrase::Local(date, None) | Phrase::SameTime(date)) => Ok(date),
        _ => Err(format!(
            "\"{}\" is not a date I can read: write it like tomorrow, in 2 days, 1 dec or 2026-12-01.",
            clip(text)
        )),
    }
}

enum Phrase {
    /// This long after now; negative before.
    Elapsed(Duration),
    Local(NaiveDate, Option<NaiveTime>),
    /// This date at the present time of day.
    SameTime(NaiveDate),
    /// Today at this time.
    Time(NaiveTime),
}

fn read(text: &str, now: NaiveDateTime) -> Option<Phrase> {
    let lower = text.to_lowercase().replace(',', " ");
    // 2026-12-01T14:30
    let iso = lower.trim().split_once('t').filter(|(date, _)| iso_date(date).is_some());
    let lower = iso.map_or_else(|| lower.clone(), |(date, time)| format!("{date} {time}"));
    let words: Vec<&str> = lower.split_whitespace().filter(|word| !matches!(*word, "at" | "on")).collect();
    if words.len() > 8 || words.is_empty() {
        return None;
    }
    if words == ["now"] {
        return Some(Phrase::Elapsed(Duration::zero()));
    }
    if let Some(phrase) = relative(&words, now) {
        return Some(phrase);
    }
    if let Some(time) = time(&words) {
        return Some(Phrase::Time(time));
    }
    if let Some(date) = date(&words, now, None) {
        return Some(Phrase::Local(date, None));
    }
    (1..words.len()).find_map(|at| {
        let (left, right) = words.split_at(at);
        let first_date = time(right).and_then(|time| Some((date(left, now, Some(time))?, time)));
        let first_time = || time(left).and_then(|time| Some((date(right, now, Some(time))?, time)));
        first_date.or_else(first_time).map(|(date, time)| Phrase::Local(date, Some(time)))
    })
}

/// `in 2 days`, `2h ago`, `a week from now`, with a time of day after days and weeks.
fn relative(words: &[&str], now: NaiveDateTime) -> Option<Phrase> {
    let (sign, length, rest) = if let ["in", rest @ ..] = words {
        let (length, rest) = length(rest)?;
        (1, length, rest)
    } else {
        match length(words)? {
            (length, ["ago", rest @ ..]) => (-1, length, rest),
            (length, ["from", "now", rest @ ..]) => (1, length, rest),
            _ => return None,
        }
    };
    match length {
        Length::Minutes(minutes) if rest.is_empty() => {
            Some(Phrase::Elapsed(Duration::minutes(sign * minutes)))
        }
        Length::Minutes(_) => None,
        Length::Days(days) => {
            let date = now.date().checked_add_signed(Duration::days(sign * days))?;
            if rest.is_empty() {
                Some(Phrase::SameTime(date))
            } else {
                Some(Phrase::Local(date, Some(time(rest)?)))
            }
        }
    }
}

enum Length {
    Minutes(i64),
    Days(i64),
}

/// `2 days`, `2d`, `an hour`, and the words after it.
fn length<'a, 'b>(words: &'a [&'b str]) -> Option<(Length, &'a [&'b str])> {
    let (first, rest) = words.split_first()?;
    let digits = first.find(|c: char| !c.is_ascii_digit()).unwrap_or(first.len());
    let (count, unit, rest) = match first.split_at(digits) {
        ("", "a" | "an" | "one") => (1, *rest.first()?, &rest[1..]),
        ("", _) => return None,
        (number, "") => (number.parse().ok()?, *rest.first()?, &rest[1..]),
        (number, unit) => (number.parse().ok()?, unit, rest),
    };
    let (length, in_days) = match unit {
        "m" | "min" | "mins" | "minute" | "minutes" => (Length::Minutes(count), count / (24 * 60)),
        "h" | "hr" | "hrs" | "hour" | "hours" => (Length::Minutes(count.checked_mul(60)?), count / 24),
        "d" | "day" | "days" => (Length::Days(count), count),
        "w" | "wk" | "wks" | "week" | "weeks" => (Length::Days(count.checked_mul(7)?), count.checked_mul(7)?),
        _ => return None,
    };
    (in_days <= MAX_DAYS).then_some((length, rest))
}

/// A date phrase that takes all the words. `time` is the time of day beside it, which decides whether a bare weekday
/// can be today.
fn date(words: &[&str], now: NaiveDateTime, time: Option<NaiveTime>) -> Option<NaiveDate> {
    let today = now.date();
    let monday = today.week(Weekday::Mon).first_day();
    match words {
        ["today"] => Some(today),
        ["tomorrow" | "tmr" | "tmrw"] => today.succ_opt(),
        ["yesterday"] => today.pred_opt(),
        ["next", "week"] => today.checked_add_days(Days::new(7)),
        ["next", day] => monday.checked_add_days(Days::new(7 + days_from_monday(day)?)),
        ["this", day] => monday.checked_add_days(Days::new(days_from_monday(day)?)),
        ["last", day] => {
            let back = (7 + u64::from(today.weekday().num_days_from_monday()) - days_from_monday(day)?) % 7;
            today.checked_sub_days(Days::new(if back == 0 { 7 } else { back }))
        }
        [word] => iso_date(word).or_else(|| {
            let ahead = (7 + days_from_monday(word)? - u64::from(today.weekday().num_days_from_monday())) % 7;
            let later_today = time.is_some_and(|time| time > now.time());
            today.checked_add_days(Days::new(if ahead == 0 && !later_today { 7 } else { ahead }))
        }),
        [a, b] => {
            let (month, day) = month_and_day(a, b)?;
            // A leap day may be up to eight years away.
            (0..=8).find_map(|ahead| {
                let date = NaiveDate::from_ymd_opt(today.year() + ahead, month, day)?;
                (date >= today).then_some(date)
            })
        }
        [a, b, year] => {
            let (month, day) = month_and_day(a, b)?;
            let year = year.parse().ok().filter(|_| year.len() == 4)?;
            NaiveDate::from_ymd_opt(year, month, day).filter(sensible)
        }
        _ => None,
    }
}

fn days_from_monday(word: &str) -> Option<u64> {
    let word = match word {
        "tues" => "tue",
        "weds" => "wed",
        "thur" | "thurs" => "thu",
        other => other,
    };
    word.parse::<Weekday>().ok().map(|day| u64::from(day.num_days_from_monday()))
}

/// `1 dec`, `dec 1`, `1st december`.
fn month_and_day(a: &str, b: &str) -> Option<(u32, u32)> {
    let month = |word: &str| match word {
        "sept" => Some(9),
        _ => word.parse::<chrono::Month>().ok().map(|month| month.number_from_month()),
    };
    let day = |word: &str| {
        let number = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
        number.parse::<u32>().ok().filter(|day| number.len() <= 2 && (1..=31).contains(day))
    };
    let in_order = |first: &str, second: &str| Some((month(first)?, day(second)?));
    in_order(a, b).or_else(|| in_order(b, a))
}

fn iso_date(word: &str) -> Option<NaiveDate> {
    let shape = word.len() == 10 && word.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    NaiveDate::parse_from_str(word, "%Y-%m-%d").ok().filter(|date| shape && sensible(date))
}

/// A year that a person can have meant.
fn sensible(date: &NaiveDate) -> bool {
    (1970..=2200).contains(&date.year())
}

/// A time of day that takes all the words.
fn time(words: &[&str]) -> Option<NaiveTime> {
    let joined = match words {
        ["noon" | "midday"] => return NaiveTime::from_hms_opt(12, 0, 0),
        ["midnight"] => return Some(NaiveTime::MIN),
        [clock] => (*clock).to_owned(),
        [clock, half @ ("am" | "pm")] => format!("{clock}{half}"),
        _ => return None,
    };
    let (clock, half) = match (joined.strip_suffix("am"), joined.strip_suffix("pm")) {
        (Some(clock), _) => (clock, Some(0)),
        (_, Some(clock)) => (clock, Some(12)),
        _ => (joined.as_str(), None),
    };
    let (hour, minute) = match clock.split_once([':', '.']) {
        Some(parts) => parts,
        // A bare number is a time only with am or pm.
        None => (half.map(|_| clock)?, "00"),
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !(1..=2).contains(&hour.len()) || minute.len() != 2 || !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute) = (hour.parse::<u32>().ok()?, minute.parse::<u32>().ok()?);
    match half {
        Some(half) if (1..=12).contains(&hour) => NaiveTime::from_hms_opt(hour % 12 + half, minute, 0),
        Some(_) => None,
        None => NaiveTime::from_hms_opt(hour, minute, 0),
    }
}

#[cfg(test)]
mod tests;
