//! Holidays out of an iCalendar file (RFC 5545): the whole days that its events cover.
//!
//! A public-holiday file is a list of all-day events; that is all that is read. What would need more than a
//! date to be right (a repeating rule, an event with a time of day) is refused by name rather than guessed.

use chrono::NaiveDate;

/// The largest file that is read, in bytes: some forty years of a country's holidays.
pub const MAX_BYTES: usize = 512 * 1024;
/// The most days that one file may close.
pub const MAX_DAYS: usize = 2_000;

/// Why a file gives no holidays: one sentence for the person who sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IcsError {
    /// Longer than [`MAX_BYTES`].
    #[error("That file is over 512 KiB: send one with only the holidays.")]
    TooBig,
    /// More days than [`MAX_DAYS`], or one event over a year long.
    #[error("That file closes more than 2,000 days, or over a year at once: send fewer years.")]
    TooMany,
    /// No `BEGIN:VCALENDAR`, no `BEGIN:VEVENT`.
    #[error("That is not a calendar file with events: export the holidays as an .ics file.")]
    NotACalendar,
    /// A component that was begun and not ended.
    #[error("That file ends in the middle of an event: export it again.")]
    CutOff,
    /// A property whose meaning would have to be guessed.
    #[error("\"{summary}\" repeats by {property}: list each date as an event of its own.")]
    Repeats {
        /// `RRULE` or `RDATE`.
        property: &'static str,
        /// The event's name.
        summary: String,
    },
    /// A DTSTART or DTEND that is not a date, or none.
    #[error("\"{summary}\" is not an all-day event: give it a date like DTSTART;VALUE=DATE:20261225.")]
    NotADay {
        /// The event's name.
        summary: String,
    },
}

#[derive(Default)]
struct Event {
    start: Option<String>,
    end: Option<String>,
    summary: String,
    repeats: Option<&'static str>,
    cancelled: bool,
}

/// The days that the file's events cover, with the events' names, sorted and without repetition. `DTEND` is
/// exclusive; without it an event is one day. Cancelled events are left out.
pub fn holidays(text: &str) -> Result<Vec<(NaiveDate, String)>, IcsError> {
    if text.len() > MAX_BYTES {
        return Err(IcsError::TooBig);
    }
    let unfolded =
        text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "");
    let mut days = Vec::new();
    let mut events = 0;
    let mut event: Option<Event> = None;
    let mut inner = 0_usize; // components inside an event, such as an alarm
    let mut calendar = false;
    for line in unfolded.lines() {
        let Some((head, value)) = split(line) else { continue };
        let name = head.split(';').next().unwrap_or_default().to_ascii_uppercase();
        match (name.as_str(), &mut event) {
            ("BEGIN", None) if value.eq_ignore_ascii_case("VCALENDAR") => calendar = true,
            ("BEGIN", None) if value.eq_ignore_ascii_case("VEVENT") => event = Some(Event::default()),
            ("BEGIN", Some(_)) => inner += 1,
            ("END", Some(_)) if inner > 0 => inner -= 1,
            ("END", Some(done)) if value.eq_ignore_ascii_case("VEVENT") => {
                events += 1;
                expand(std::mem::take(done), &mut days)?;
                event = None;
            }
            (_, Some(_)) if inner > 0 => {}
            ("DTSTART", Some(event)) => event.start = Some(value.into()),
            ("DTEND", Some(event)) => event.end = Some(value.into()),
            ("SUMMARY", Some(event)) => event.summary = unescaped(value),
            ("RRULE", Some(event)) => event.repeats = Some("RRULE"),
            ("RDATE", Some(event)) => event.repeats = Some("RDATE"),
            ("STATUS", Some(event)) => event.cancelled = value.eq_ignore_ascii_case("CANCELLED"),
            _ => {}
        }
    }
    match (calendar, events, event) {
        (true, _, Some(_)) => return Err(IcsError::CutOff),
        (false, ..) | (_, 0, _) => return Err(IcsError::NotACalendar),
        _ => {}
    }
    days.sort();
    days.dedup();
    Ok(days)
}

fn expand(event: Event, days: &mut Vec<(NaiveDate, String)>) -> Result<(), IcsError> {
    let summary = if event.summary.is_empty() { "Holiday".to_owned() } else { event.summary };
    if event.cancelled {
        return Ok(());
    }
    if let Some(property) = event.repeats {
        return Err(IcsError::Repeats { property, summary });
    }
    let date =
        |text: &str| NaiveDate::parse_from_str(text.trim(), "%Y%m%d").ok().filter(|_| text.trim().len() == 8);
    let start = event.start.as_deref().and_then(date);
    let end = event.end.as_deref().map_or_else(|| start.and_then(|day| day.succ_opt()), date);
    let (Some(start), Some(end)) = (start, end) else {
        return Err(IcsError::NotADay { summary });
    };
    // Some exporters write an end that equals the start; the event still is that day.
    let length = usize::try_from((end - start).num_days().max(1)).unwrap_or(usize::MAX);
    if length > 366 || days.len() + length > MAX_DAYS {
        return Err(IcsError::TooMany);
    }
    days.extend(start.iter_days().take(length).map(|day| (day, summary.clone())));
    Ok(())
}

/// A content line's name with parameters, and its value; a colon inside a quoted parameter does not count.
fn split(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let colon = line.find(|c| {
        quoted ^= c == '"';
        c == ':' && !quoted
    })?;
    Some((line[..colon].trim(), line[colon + 1..].trim_end()))
}

/// TEXT as written by RFC 5545, on one line and at most 100 characters.
fn unescaped(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value.trim().chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('n' | 'N') => out.push(' '),
                Some(other) => out.push(other),
                None => {}
            },
            _ => out.push(c),
        }
    }
    out.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(events: &str) -> String {
        format!("BEGIN:VCALENDAR\nVERSION:2.0\n{events}\nEND:VCALENDAR\n").replace('\n', "\r\n")
    }

    fn read(events: &str) -> Result<Vec<String>, IcsError> {
        holidays(&file(events))
            .map(|days| days.into_iter().map(|(day, name)| format!("{day} {name}")).collect())
    }

    #[test]
    fn reads_all_day_events() {
        let events = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\nSUMMARY;LANGUAGE=\"x:y\":Christmas\\, ob\n served\n\
                      BEGIN:VALARM\nSUMMARY:wake\nEND:VALARM\nEND:VEVENT\n\
                      BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260217\nDTEND;VALUE=DATE:20260219\nSUMMARY:Lunar New Year\nEND:VEVENT\n\
                      BEGIN:VEVENT\nDTSTART:20260501\nDTEND:20260501\nEND:VEVENT\n\
                      BEGIN:VEVENT\nDTSTART:20260601\nSTATUS:CANCELLED\nEND:VEVENT";
        assert_eq!(
            read(events).unwrap(),
            [
                "2026-02-17 Lunar New Year",
                "2026-02-18 Lunar New Year",
                "2026-05-01 Holiday",
                "2026-12-25 Christmas, observed"
            ]
        );
    }

    #[test]
    fn refuses_what_it_would_have_to_guess() {
        let repeating = "BEGIN:VEVENT\nDTSTART:20260101\nRRULE:FREQ=YEARLY\nSUMMARY:New Year\nEND:VEVENT";
        assert_eq!(
            read(repeating).unwrap_err().to_string(),
            "\"New Year\" repeats by RRULE: list each date as an event of its own."
        );
        let timed = "BEGIN:VEVENT\nDTSTART:20260101T090000Z\nSUMMARY:Call\nEND:VEVENT";
        assert!(matches!(read(timed), Err(IcsError::NotADay { .. })));
        let endless = "BEGIN:VEVENT\nDTSTART:20260101\nDTEND:29990101\nEND:VEVENT";
        assert_eq!(read(endless), Err(IcsError::TooMany));
        assert_eq!(read("BEGIN:VEVENT\nDTSTART:20260101"), Err(IcsError::CutOff));
        assert_eq!(read(""), Err(IcsError::NotACalendar));
        assert_eq!(holidays("name,date"), Err(IcsError::NotACalendar));
        assert_eq!(holidays(&"x".repeat(MAX_BYTES + 1)), Err(IcsError::TooBig));
    }

    proptest! {
        #[test]
        fn never_panics(text in "(BEGIN:VEVENT|BEGIN:VCALENDAR|END:VEVENT|DTSTART:|DTEND:|2026|99|\n| |.){0,40}") {
            let _ = holidays(&text);
        }
    }
}
