//! Opening hours of a week, as a person writes them: `mon-thu 09:00-18:00, fri 09:00-13:00`.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// Minutes in a day; also the end of a range that closes at midnight (`24:00`).
const DAY: u16 = 24 * 60;
const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// For each day of the week, the ranges in which the team is open, as minutes from local midnight.
///
/// Ranges of a day are sorted, do not touch and end at 24:00 at the latest. At least one day is open.
/// Serialised as the text that [`Display`](fmt::Display) prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WeeklyHours {
    /// Monday first.
    days: [Vec<(u16, u16)>; 7],
}

/// Why a text is not a week of opening hours: one sentence for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}: write hours like mon-fri 09:00-18:00 or mon-thu 9-18, fri 9-13.")]
pub struct HoursError(String);

impl WeeklyHours {
    /// Reads groups of days and ranges, separated by commas: `mon-fri 09:00-12:30 13:30-18:00`, `sun-thu 8-17`,
    /// `mon, wed 9am-6pm`, `daily 8-20`, `24/7`. A shift over midnight is written as two ranges.
    pub fn parse(text: &str) -> Result<Self, HoursError> {
        let text = text.trim().to_lowercase().replace(['–', '—'], "-");
        if matches!(text.as_str(), "24/7" | "always") {
            return Ok(Self { days: std::array::from_fn(|_| vec![(0, DAY)]) });
        }
        let mut days: [Vec<(u16, u16)>; 7] = Default::default();
        let mut named: Vec<usize> = Vec::new();
        let mut ranged = true;
        for group in text.split([',', ';']) {
            if ranged {
                named.clear();
            }
            ranged = false;
            for word in close_up(group).split_whitespace() {
                if word.starts_with(|c: char| c.is_ascii_digit()) {
                    let range = range(word)?;
                    if named.is_empty() {
                        return Err(HoursError(format!("No day is given for {word}")));
                    }
                    ranged = true;
                    for &day in &named {
                        days[day].push(range);
                    }
                } else if ranged {
                    return Err(HoursError(format!("A comma is missing before {word}")));
                } else {
                    named.extend(days_named(word)?);
                }
            }
        }
        if !ranged {
            return Err(HoursError(match named.first() {
                Some(&day) => format!("No hours are given for {}", NAMES[day]),
                None => "No hours are given".into(),
            }));
        }
        for (day, name) in days.iter_mut().zip(NAMES) {
            *day =
                merged(std::mem::take(day)).ok_or_else(|| HoursError(format!("Hours overlap on {name}")))?;
        }
        Ok(Self { days })
    }

    /// The ranges of a day of the week, as minutes from local midnight, in order.
    pub fn on(&self, day: Weekday) -> &[(u16, u16)] {
        &self.days[day.num_days_from_monday() as usize]
    }

    pub(super) fn on_date(&self, date: NaiveDate) -> &[(u16, u16)] {
        self.on(date.weekday())
    }
}

/// Joins `9 - 18` into `9-18`, so that words can be split at spaces.
fn close_up(group: &str) -> String {
    group.split('-').map(str::trim).collect::<Vec<_>>().join("-")
}

fn days_named(word: &str) -> Result<Vec<usize>, HoursError> {
    match word {
        "daily" | "everyday" => return Ok((0..7).collect()),
        "weekdays" => return Ok((0..5).collect()),
        "weekends" => return Ok(vec![5, 6]),
        _ => {}
    }
    let (first, last) = word.split_once('-').unwrap_or((word, word));
    let (first, last) = (day_named(first)?, day_named(last)?);
    let length = (last + 7 - first) % 7;
    Ok((first..=first + length).map(|day| day % 7).collect())
}

fn day_named(word: &str) -> Result<usize, HoursError> {
    word.parse::<Weekday>()
        .map(|day| day.num_days_from_monday() as usize)
        .map_err(|_| HoursError(format!("\"{}\" is not a day of the week", clip(word))))
}

fn range(word: &str) -> Result<(u16, u16), HoursError> {
    let unreadable = || HoursError(format!("\"{}\" is not a range of hours", clip(word)));
    let (start, end) = word.split_once('-').ok_or_else(unreadable)?;
    let (start, end) =
        (minute_of_day(start).ok_or_else(unreadable)?, minute_of_day(end).ok_or_else(unreadable)?);
    if end <= start {
        let why = format!("{word} ends before it starts (a night is two ranges, like fri 22-24, sat 0-6)");
        return Err(HoursError(why));
    }
    Ok((start, end))
}

/// `9`, `09:00`, `9.30`, `9am`, `5:30pm`, `24:00` as minutes from midnight.
fn minute_of_day(word: &str) -> Option<u16> {
    let (clock, half) = match (word.strip_suffix("am"), word.strip_suffix("pm")) {
        (Some(clock), _) => (clock, Some(0)),
        (_, Some(clock)) => (clock, Some(12)),
        _ => (word, None),
    };
    let (hour, minute) = clock.split_once([':', '.']).unwrap_or((clock, "00"));
    let short = |part: &str| part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !short(hour) || !short(minute) || minute.len() != 2 {
        return None;
    }
    let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
    let hour = match half {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
        None => hour,
    };
    let at = hour * 60 + minute;
    (minute < 60 && at <= DAY).then_some(at)
}

/// Sorted, touching ranges joined; `None` if two overlap.
fn merged(mut ranges: Vec<(u16, u16)>) -> Option<Vec<(u16, u16)>> {
    ranges.sort_unstable();
    let mut out: Vec<(u16, u16)> = Vec::with_capacity(ranges.len());
    for (start, end) in ranges {
        match out.last_mut() {
            Some(last) if start < last.1 => return None,
            Some(last) if start == last.1 => last.1 = end,
            _ => out.push((start, end)),
        }
    }
    Some(out)
}

fn clip(word: &str) -> String {
    word.chars().take(40).collect()
}

impl Default for WeeklyHours {
    /// Monday to Friday, 09:00–18:00.
    fn default() -> Self {
        Self { days: std::array::from_fn(|day| if day < 5 { vec![(9 * 60, 18 * 60)] } else { Vec::new() }) }
    }
}

impl fmt::Display for WeeklyHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.days.iter().all(|day| day.as_slice() == [(0, DAY)]) {
            return f.write_str("24/7");
        }
        let mut first = 0;
        let mut separator = "";
        while first < 7 {
            let same = self.days[first..].iter().take_while(|day| **day == self.days[first]).count();
            if !self.days[first].is_empty() {
                write!(f, "{separator}{}", NAMES[first])?;
                if same > 1 {
                    write!(f, "-{}", NAMES[first + same - 1])?;
                }
                for (start, end) in &self.days[first] {
                    f.write_char(' ')?;
                    write!(f, "{:02}:{:02}-{:02}:{:02}", start / 60, start % 60, end / 60, end % 60)?;
                }
                separator = ", ";
            }
            first += same;
        }
        Ok(())
    }
}

impl FromStr for WeeklyHours {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Self, HoursError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for WeeklyHours {
    type Error = HoursError;

    fn try_from(text: String) -> Result<Self, HoursError> {
        Self::parse(&text)
    }
}

impl From<WeeklyHours> for String {
    fn from(hours: WeeklyHours) -> Self {
        hours.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_and_prints_back() {
        for (text, canonical) in [
            ("mon-fri 09:00-18:00", "mon-fri 09:00-18:00"),
            ("Mon-Thu 9-18, Fri 9-13", "mon-thu 09:00-18:00, fri 09:00-13:00"),
            ("mon – fri 09:00 - 12:30 13:30 – 18:00", "mon-fri 09:00-12:30 13:30-18:00"),
            ("sun-thu 8.30-17", "mon-thu 08:30-17:00, sun 08:30-17:00"),
            ("monday, wed 9am-5:30pm", "mon 09:00-17:30, wed 09:00-17:30"),
            ("sat mon 9-12", "mon 09:00-12:00, sat 09:00-12:00"),
            ("mon 13-18, mon 9-13", "mon 09:00-18:00"),
            ("fri 22-24, sat 0-6", "fri 22:00-24:00, sat 00:00-06:00"),
            ("24/7", "24/7"),
            ("daily 0-24", "24/7"),
            ("fri 12pm-12:30pm", "fri 12:00-12:30"),
        ] {
            let hours = WeeklyHours::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(hours.to_string(), canonical);
            assert_eq!(WeeklyHours::parse(canonical).unwrap(), hours);
        }
    }

    #[test]
    fn refuses_in_one_sentence_with_an_example() {
        for (text, why) in [
            ("", "No hours are given"),
            ("mon-fri", "No hours are given for mon"),
            ("9-18", "No day is given for 9-18"),
            ("mun-fri 9-18", "\"mun\" is not a day"),
            ("mon 9-25", "not a range"),
            ("mon 9", "not a range"),
            ("mon 18-9", "ends before it starts"),
            ("mon 9-9", "ends before it starts"),
            ("mon 9-13 12-18", "Hours overlap on mon"),
            ("mon 9-13 tue 9-13", "A comma is missing before tue"),
            ("mon 9-13,", "No hours are given"),
        ] {
            let said = WeeklyHours::parse(text).unwrap_err().to_string();
            assert!(said.contains(why) && said.contains("mon-fri 09:00-18:00"), "{text}: {said}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[a-z0-9:., \\-–/]{0,40}|.{0,20}") {
            if let Ok(hours) = WeeklyHours::parse(&text) {
                prop_assert_eq!(WeeklyHours::parse(&hours.to_string()), Ok(hours));
            }
        }
    }
}
