//! It is Wednesday 2026-11-25, 15:20 in Kuala Lumpur (UTC+8, no DST) unless a test says otherwise.

use super::*;
use chrono::TimeZone;
use chrono_tz::{America::New_York, Asia::Kuala_Lumpur};
use proptest::prelude::*;

fn at(zone: Tz, text: &str) -> DateTime<Utc> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    zone.from_local_datetime(&local).earliest().unwrap().to_utc()
}

fn when(text: &str) -> Result<String, String> {
    let now = at(Kuala_Lumpur, "2026-11-25 15:20");
    parse_when(text, now, Kuala_Lumpur)
        .map(|at| at.with_timezone(&Kuala_Lumpur).format("%a %Y-%m-%d %H:%M").to_string())
}

#[test]
fn reads_what_people_type() {
    for (text, meant) in [
        ("now", "Wed 2026-11-25 15:20"),
        ("tomorrow 3pm", "Thu 2026-11-26 15:00"),
        ("  Tomorrow   at 3 PM ", "Thu 2026-11-26 15:00"),
        ("3pm tomorrow", "Thu 2026-11-26 15:00"),
        ("tomorrow", "Thu 2026-11-26 09:00"),
        ("tomorrow noon", "Thu 2026-11-26 12:00"),
        ("tomorrow 12pm", "Thu 2026-11-26 12:00"),
        ("tomorrow 12am", "Thu 2026-11-26 00:00"),
        ("today 17:00", "Wed 2026-11-25 17:00"),
        ("today, 5.30pm", "Wed 2026-11-25 17:30"),
        ("in 2 days", "Fri 2026-11-27 15:20"),
        ("in 2 days 3pm", "Fri 2026-11-27 15:00"),
        ("in 3 hours", "Wed 2026-11-25 18:20"),
        ("in 90m", "Wed 2026-11-25 16:50"),
        ("in a week", "Wed 2026-12-02 15:20"),
        ("2 weeks from now", "Wed 2026-12-09 15:20"),
        ("2 days ago", "Mon 2026-11-23 15:20"),
        ("2 days ago at 10:00", "Mon 2026-11-23 10:00"),
        ("an hour ago", "Wed 2026-11-25 14:20"),
        ("2026-12-01", "Tue 2026-12-01 09:00"),
        ("2026-12-01 14:30", "Tue 2026-12-01 14:30"),
        ("2026-12-01T14:30", "Tue 2026-12-01 14:30"),
        ("mon 9am", "Mon 2026-11-30 09:00"),
        ("on monday", "Mon 2026-11-30 09:00"),
        ("next monday 9:00", "Mon 2026-11-30 09:00"),
        ("next friday", "Fri 2026-12-04 09:00"),
        ("friday", "Fri 2026-11-27 09:00"),
        ("this fri 3.30pm", "Fri 2026-11-27 15:30"),
        ("last fri 4pm", "Fri 2026-11-20 16:00"),
        ("last wed", "Wed 2026-11-18 09:00"),
        ("wed 17:00", "Wed 2026-11-25 17:00"),
        ("wed 9am", "Wed 2026-12-02 09:00"),
        ("wed", "Wed 2026-12-02 09:00"),
        ("next week", "Wed 2026-12-02 09:00"),
        ("1 dec", "Tue 2026-12-01 09:00"),
        ("dec 1 3pm", "Tue 2026-12-01 15:00"),
        ("1 dec 3pm", "Tue 2026-12-01 15:00"),
        ("1st December, 2027", "Wed 2027-12-01 09:00"),
        ("25 nov", "Wed 2026-11-25 09:00"),
        ("24 nov", "Wed 2027-11-24 09:00"),
        ("29 feb", "Tue 2028-02-29 09:00"),
        ("3pm", "Wed 2026-11-25 15:00"),
        ("15:00", "Wed 2026-11-25 15:00"),
        ("noon", "Wed 2026-11-25 12:00"),
        ("yesterday 4pm", "Tue 2026-11-24 16:00"),
    ] {
        assert_eq!(when(text).as_deref(), Ok(meant), "{text}");
    }
}

#[test]
fn refuses_what_it_would_have_to_guess() {
    for text in [
        "",
        "soon",
        "9",
        "25:00",
        "13pm",
        "0am",
        "3:5pm",
        "1/12/2026",
        "31 feb",
        "30 feb 2027",
        "tomorrow 3x",
        "tomorrow 3abcdefghijklmnopqrstuvwxyz",
        "tomorrow tomorrow",
        "3pm 4pm",
        "in 2 months",
        "in 99999 days",
        "in 9999999999999999999 weeks",
        "in 3 hours 3pm",
        "2026-13-01",
        "12026-12-01",
        "in",
        "ago",
        "2 days",
        "monthly",
        "1 dec 26",
        "next",
        "now 3pm",
    ] {
        let said = when(text).expect_err(text);
        assert!(said.contains("tomorrow 3pm") && said.ends_with('.'), "{text}: {said}");
    }
}

#[test]
fn the_day_is_the_persons_day() {
    // The 26th has begun in Kuala Lumpur; in New York it is noon of the 25th.
    let now = at(Kuala_Lumpur, "2026-11-26 01:00");
    assert_eq!(parse_when("today 9:00", now, Kuala_Lumpur), Ok(at(Kuala_Lumpur, "2026-11-26 09:00")));
    assert_eq!(parse_when("today 9:00", now, New_York), Ok(at(New_York, "2026-11-25 09:00")));
    assert_eq!(parse_date("tomorrow", now, New_York), Ok(NaiveDate::from_ymd_opt(2026, 11, 26).unwrap()));
}

#[test]
fn dst_changes_are_lived_through() {
    let saturday = at(New_York, "2026-03-07 12:00");
    assert_eq!(parse_when("tomorrow 2:30am", saturday, New_York), Ok(at(New_York, "2026-03-08 03:00")));
    assert_eq!(parse_when("in 1 day", saturday, New_York), Ok(at(New_York, "2026-03-08 12:00")));
    assert_eq!(parse_when("in 24 hours", saturday, New_York), Ok(at(New_York, "2026-03-08 13:00")));
}

#[test]
fn a_date_has_no_time() {
    let now = at(Kuala_Lumpur, "2026-11-25 15:20");
    let date = |text| parse_date(text, now, Kuala_Lumpur).map(|date| date.to_string());
    assert_eq!(date("in 2 days").as_deref(), Ok("2026-11-27"));
    assert_eq!(date("1 dec").as_deref(), Ok("2026-12-01"));
    assert_eq!(date("mon").as_deref(), Ok("2026-11-30"));
    for text in ["3pm", "tomorrow 3pm", "in 2 hours", "now", ""] {
        assert!(date(text).unwrap_err().contains("2026-12-01"), "{text}");
    }
}

proptest! {
    #[test]
    fn never_panics(
        text in "((next|last|in|dec|mon|at|ago|days|h|am|pm|tomorrow|29|2026-02-29|9999|[0-9:.]{1,5}|t|.) ?){0,6}",
        seconds in 0_i64..4_000_000_000,
    ) {
        let now = DateTime::from_timestamp(seconds, 0).unwrap();
        let _ = parse_when(&text, now, New_York);
        let _ = parse_date(&text, now, Kuala_Lumpur);
    }
}
