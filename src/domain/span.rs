//! How long something may take, as people say it: `2 business hours`, `5 business days`, `30d`, `4h`.
//!
//! A span has no length of its own: [`Calendar::add`](super::calendar::Calendar::add) gives it one, because
//! business time and calendar days depend on the calendar and on where one starts (ruling 7).

use std::fmt;
use std::str::FromStr;

use chrono::Duration;
use serde::{Deserialize, Serialize};

/// A length of time in the unit in which it was said. Serialised as its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Span {
    /// Time that passes only in open hours (D42: contact within business hours). Whole minutes.
    Business(Duration),
    /// The same local time this many business days later (ruling 7).
    BusinessDays(u32),
    /// The same local time this many calendar days later (D29, D38, D39, D45, D26e).
    Days(u32),
    /// Time by the wall clock, open or not. Whole minutes.
    Elapsed(Duration),
}

/// Why a text is not a span: one sentence for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    /// No reading at all.
    #[error(
        "\"{0}\" is not a length of time I can read: write it like 2 business hours, 5 business days, 30d or 4h."
    )]
    Unreadable(String),
    /// A month has no fixed length, so it is not guessed.
    #[error("A month has no fixed length: write days, like 30 days.")]
    Month,
    /// Nought is not a length of time.
    #[error("A length of time is at least 1 minute: write it like 15 minutes.")]
    Zero,
    /// More than [`Span::MAX_DAYS`].
    #[error("That is over ten years: write something shorter, like 90 days.")]
    TooLong,
}

impl Span {
    /// Nothing longer than this many days, in any unit, is accepted.
    pub const MAX_DAYS: u32 = 3653;

    /// Reads `2 business hours`, `5 business days`, `30d`, `30 days`, `2 weeks`, `15 minutes`, `4h`, `2bh`, `5bd`.
    /// Case and extra spaces do not matter; the number is whole; `m` is minutes and `a`/`an` is one.
    pub fn parse(text: &str) -> Result<Self, SpanError> {
        let lower = text.to_lowercase();
        let unreadable = || SpanError::Unreadable(text.trim().chars().take(60).collect());
        let lower = lower.trim();
        let digits = lower.find(|c: char| !c.is_ascii_digit()).unwrap_or(lower.len());
        let (number, rest) = lower.split_at(digits);
        let (count, unit) = if number.is_empty() {
            let (article, rest) = rest.split_once(char::is_whitespace).ok_or_else(unreadable)?;
            if !matches!(article, "a" | "an" | "one") {
                return Err(unreadable());
            }
            (1, rest)
        } else {
            (number.parse::<u32>().map_err(|_| SpanError::TooLong)?, rest)
        };
        let words: Vec<&str> =
            unit.split(|c: char| c.is_whitespace() || c == '-').filter(|w| !w.is_empty()).collect();
        let minutes = |per: i64| Duration::minutes(i64::from(count) * per);
        let span = match words.as_slice() {
            ["bm"] => Self::Business(minutes(1)),
            ["bh"] => Self::Business(minutes(60)),
            ["bd"] => Self::BusinessDays(count),
            ["business" | "working" | "work", unit] => match unit_of(unit).ok_or_else(unreadable)? {
                Unit::Minute => Self::Business(minutes(1)),
                Unit::Hour => Self::Business(minutes(60)),
                Unit::Day => Self::BusinessDays(count),
                Unit::Week | Unit::Month => return Err(unreadable()),
            },
            [unit] => match unit_of(unit).ok_or_else(unreadable)? {
                Unit::Minute => Self::Elapsed(minutes(1)),
                Unit::Hour => Self::Elapsed(minutes(60)),
                Unit::Day => Self::Days(count),
                Unit::Week => Self::Days(count.checked_mul(7).ok_or(SpanError::TooLong)?),
                Unit::Month => return Err(SpanError::Month),
            },
            _ => return Err(unreadable()),
        };
        span.checked()
    }

    fn checked(self) -> Result<Self, SpanError> {
        if count_of_minutes(self) == 0 {
            Err(SpanError::Zero)
        } else if count_of_minutes(self) > i64::from(Self::MAX_DAYS) * 24 * 60 {
            Err(SpanError::TooLong)
        } else {
            Ok(self)
        }
    }
}

/// An upper bound by which spans of all units are limited; not a conversion.
fn count_of_minutes(span: Span) -> i64 {
    match span {
        Span::Business(time) | Span::Elapsed(time) => time.num_minutes(),
        Span::BusinessDays(days) | Span::Days(days) => i64::from(days) * 24 * 60,
    }
}

enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
}

fn unit_of(word: &str) -> Option<Unit> {
    Some(match word {
        "m" | "min" | "mins" | "minute" | "minutes" => Unit::Minute,
        "h" | "hr" | "hrs" | "hour" | "hours" => Unit::Hour,
        "d" | "day" | "days" => Unit::Day,
        "w" | "wk" | "wks" | "week" | "weeks" => Unit::Week,
        "mo" | "month" | "months" => Unit::Month,
        _ => return None,
    })
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let business = matches!(self, Self::Business(_) | Self::BusinessDays(_));
        let (count, unit) = match *self {
            Self::Business(time) | Self::Elapsed(time) if time.num_minutes() % 60 == 0 => {
                (time.num_hours(), "hour")
            }
            Self::Business(time) | Self::Elapsed(time) => (time.num_minutes(), "minute"),
            Self::BusinessDays(days) | Self::Days(days) => (i64::from(days), "day"),
        };
        let plural = if count == 1 { "" } else { "s" };
        write!(f, "{count} {}{unit}{plural}", if business { "business " } else { "" })
    }
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Span {
    type Error = SpanError;

    fn try_from(text: String) -> Result<Self, SpanError> {
        Self::parse(&text)
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_people_type() {
        for (text, canonical) in [
            ("2 business hours", "2 business hours"),
            ("1 Business Hour", "1 business hour"),
            ("90 business minutes", "90 business minutes"),
            ("5 business days", "5 business days"),
            ("1  working day", "1 business day"),
            ("2bh", "2 business hours"),
            ("30d", "30 days"),
            ("30 days", "30 days"),
            ("2 weeks", "14 days"),
            ("15 minutes", "15 minutes"),
            ("120m", "2 hours"),
            (" 4h ", "4 hours"),
            ("an hour", "1 hour"),
        ] {
            assert_eq!(Span::parse(text).unwrap().to_string(), canonical, "{text}");
        }
    }

    #[test]
    fn refuses_with_an_example() {
        for text in
            ["", "soon", "days", "2", "2 business", "1.5h", "2 fortnights", "-3 days", "3 business weeks"]
        {
            let said = Span::parse(text).unwrap_err().to_string();
            assert!(said.contains("2 business hours"), "{text}: {said}");
        }
        assert_eq!(Span::parse("2 months"), Err(SpanError::Month));
        assert_eq!(Span::parse("0 days"), Err(SpanError::Zero));
        assert_eq!(Span::parse("5000 days"), Err(SpanError::TooLong));
        assert_eq!(Span::parse("99999999999999 minutes"), Err(SpanError::TooLong));
        assert_eq!(Span::parse("4294967295 weeks"), Err(SpanError::TooLong));
    }

    #[test]
    fn is_text_in_json() {
        let span = Span::Business(Duration::hours(4));
        assert_eq!(serde_json::to_string(&span).unwrap(), "\"4 business hours\"");
        assert_eq!(serde_json::from_str::<Span>("\"1 business day\"").unwrap(), Span::BusinessDays(1));
        assert!(serde_json::from_str::<Span>("\"soon\"").is_err());
    }

    proptest! {
        #[test]
        fn never_panics_and_prints_back(text in ".{0,40}", count in 1_u32..3000, unit in 0_usize..6) {
            let _ = Span::parse(&text);
            let unit = ["business hours", "business days", "d", "minutes", "business minutes", "h"][unit];
            let span = Span::parse(&format!("{count} {unit}")).unwrap();
            prop_assert_eq!(Span::parse(&span.to_string()), Ok(span));
        }
    }
}
