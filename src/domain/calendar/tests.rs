//! Times are written in the calendar's zone; 2026-03-07 is a Saturday.

use super::*;
use proptest::prelude::*;

fn calendar(zone: &str, hours: &str) -> Calendar {
    Calendar { zone: zone.parse().unwrap(), hours: WeeklyHours::parse(hours).unwrap(), ..Calendar::default() }
}

fn office(zone: &str) -> Calendar {
    calendar(zone, "mon-fri 9-18")
}

/// A local time, with an offset where it occurs twice.
fn at(calendar: &Calendar, text: &str) -> DateTime<Utc> {
    if let Ok(exact) = DateTime::parse_from_str(text, "%Y-%m-%d %H:%M %z") {
        return exact.to_utc();
    }
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    calendar.zone.from_local_datetime(&local).single().expect("a time that occurs once").to_utc()
}

#[track_caller]
fn check(calendar: &Calendar, from: &str, span: &str, to: &str) {
    let got = calendar.add(at(calendar, from), Span::parse(span).unwrap());
    let got = got.with_timezone(&calendar.zone);
    assert_eq!(got.to_utc(), at(calendar, to), "{from} + {span} = {got}");
}

#[test]
fn a_weekend_takes_no_business_time() {
    for zone in ["UTC", "Asia/Kuala_Lumpur", "America/New_York", "Europe/Berlin"] {
        let office = office(zone);
        check(&office, "2026-02-28 15:00", "2 business hours", "2026-03-02 11:00");
        check(&office, "2026-03-01 20:00", "2 business hours", "2026-03-02 11:00");
        check(&office, "2026-02-27 17:00", "2 business hours", "2026-03-02 10:00");
        check(&office, "2026-03-02 08:59", "1 business minute", "2026-03-02 09:01");
    }
}

#[test]
fn time_that_runs_out_at_closing_gives_the_closing() {
    let office = office("UTC");
    check(&office, "2026-03-02 16:00", "2 business hours", "2026-03-02 18:00");
    check(&office, "2026-03-02 18:00", "2 business hours", "2026-03-03 11:00");
    assert!(!office.is_open(at(&office, "2026-03-02 18:00")));
    assert!(office.is_open(at(&office, "2026-03-02 09:00")));
    assert_eq!(
        office.add_business(at(&office, "2026-03-02 18:00"), Duration::zero()),
        at(&office, "2026-03-03 09:00")
    );
}

#[test]
fn business_hours_across_dst_weekends() {
    // The clocks go forward in New York on Sunday 2026-03-08, back on Sunday 2026-11-01.
    let york = office("America/New_York");
    check(&york, "2026-03-06 17:00", "2 business hours", "2026-03-09 10:00");
    check(&york, "2026-10-30 17:00", "2 business hours", "2026-11-02 10:00");
    check(&york, "2026-03-06 17:00", "48 h", "2026-03-08 18:00");
    let always = calendar("America/New_York", "24/7");
    check(&always, "2026-03-08 01:00", "2 business hours", "2026-03-08 04:00");
    check(&always, "2026-11-01 00:30", "2 business hours", "2026-11-01 01:30 -0500");
    let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
    assert_eq!(always.day_length(day(3, 8)), Duration::hours(23));
    assert_eq!(always.day_length(day(11, 1)), Duration::hours(25));
    // Berlin: 2026-03-29 and 2026-10-25.
    let berlin = calendar("Europe/Berlin", "24/7");
    assert_eq!(berlin.day_length(day(3, 29)), Duration::hours(23));
    assert_eq!(berlin.day_length(day(10, 25)), Duration::hours(25));
    check(&berlin, "2026-03-29 01:00", "2 business hours", "2026-03-29 04:00");
    check(&berlin, "2026-10-24 12:00", "1 day", "2026-10-25 12:00");
}

#[test]
fn a_gap_moves_forward_and_an_ambiguous_hour_takes_the_first() {
    let night = calendar("America/New_York", "sun 2:30-6");
    assert_eq!(night.next_open(at(&night, "2026-03-07 12:00")), at(&night, "2026-03-08 03:00"));
    let gone = calendar("America/New_York", "sun 2-3");
    assert_eq!(gone.next_open(at(&gone, "2026-03-07 12:00")), at(&gone, "2026-03-15 02:00"));
    let twice = calendar("America/New_York", "sun 1:30-3");
    assert_eq!(twice.next_open(at(&twice, "2026-10-31 12:00")), at(&twice, "2026-11-01 01:30 -0400"));
    assert_eq!(twice.day_length(NaiveDate::from_ymd_opt(2026, 11, 1).unwrap()), Duration::minutes(150));
    check(&night, "2026-03-07 02:15", "1 day", "2026-03-08 03:00");
    check(&night, "2026-10-31 01:15", "1 day", "2026-11-01 01:15 -0400");
    // Cairo goes forward at midnight: 2026-04-24 has no 00:30.
    let cairo = calendar("Africa/Cairo", "24/7");
    assert_eq!(cairo.day_length(NaiveDate::from_ymd_opt(2026, 4, 23).unwrap()), Duration::hours(24));
    assert_eq!(cairo.day_length(NaiveDate::from_ymd_opt(2026, 4, 24).unwrap()), Duration::hours(23));
    check(&cairo, "2026-04-23 00:30", "1 day", "2026-04-24 01:00");
    // Samoa had no 2011-12-30 at all.
    let apia = calendar("Pacific/Apia", "fri 9-18");
    check(&apia, "2011-12-29 12:00", "1 business hour", "2012-01-06 10:00");
}

#[test]
fn a_holiday_is_closed() {
    let mut office = office("Asia/Kuala_Lumpur");
    office.holidays.insert(NaiveDate::from_ymd_opt(2026, 8, 31).unwrap());
    check(&office, "2026-08-28 17:00", "2 business hours", "2026-09-01 10:00");
    check(&office, "2026-08-28 17:00", "1 business day", "2026-09-01 17:00");
    check(&office, "2026-08-28 17:00", "3 days", "2026-08-31 17:00");
    assert!(!office.is_open(at(&office, "2026-08-31 10:00")));
}

#[test]
fn each_team_follows_its_own_calendar() {
    let lumpur = office("Asia/Kuala_Lumpur");
    let york = office("America/New_York");
    // Friday 17:00 in New York is Saturday 05:00 in Kuala Lumpur.
    let instant = at(&york, "2026-03-06 16:00");
    assert_eq!(york.add_business(instant, Duration::hours(1)), at(&york, "2026-03-06 17:00"));
    assert_eq!(lumpur.add_business(instant, Duration::hours(1)), at(&lumpur, "2026-03-09 10:00"));
}

#[test]
fn split_hours_and_weeks_of_other_cultures() {
    let split = calendar("Europe/Madrid", "mon-fri 09:00-12:30 13:30-18:00");
    check(&split, "2026-03-02 12:00", "1 business hour", "2026-03-02 14:00");
    check(&split, "2026-03-02 12:45", "1 business hour", "2026-03-02 14:30");
    let gulf = calendar("Asia/Riyadh", "sun-thu 9-18");
    check(&gulf, "2026-03-05 17:30", "1 business hour", "2026-03-08 09:30");
    let night = calendar("UTC", "fri 22-24, sat 0-6");
    check(&night, "2026-03-06 23:00", "2 business hours", "2026-03-07 01:00");
}

#[test]
fn business_days_keep_the_local_time() {
    let office = office("America/New_York");
    check(&office, "2026-03-05 15:20", "5 business days", "2026-03-12 15:20");
    check(&office, "2026-03-07 15:00", "1 business day", "2026-03-10 09:00");
    check(&office, "2026-03-06 19:00", "1 business day", "2026-03-10 09:00");
    let short = calendar("UTC", "mon-thu 9-12 14-18, fri 10-13");
    check(&short, "2026-03-05 15:00", "1 business day", "2026-03-06 13:00");
    check(&short, "2026-03-05 09:15", "1 business day", "2026-03-06 10:00");
    check(&short, "2026-03-06 12:30", "1 business day", "2026-03-09 14:00");
}

#[test]
fn a_fraction_is_of_business_time() {
    let office = office("UTC");
    let start = at(&office, "2026-03-02 09:00");
    let end = office.add_business_days(start, 4);
    assert_eq!(end, at(&office, "2026-03-06 09:00"));
    assert_eq!(office.fraction_of_business(start, end, 75), at(&office, "2026-03-04 18:00"));
    assert_eq!(office.fraction_of_business(start, end, 80), at(&office, "2026-03-05 10:48"));
    assert_eq!(office.fraction_of_business(start, end, 100), end);
    let (saturday, sunday) = (at(&office, "2026-03-07 10:00"), at(&office, "2026-03-08 10:00"));
    assert_eq!(office.fraction_of_business(saturday, sunday, 50), sunday);
}

#[test]
fn the_next_day_opens_once() {
    let office = office("UTC");
    assert_eq!(office.next_day_opening(at(&office, "2026-03-06 08:00")), at(&office, "2026-03-09 09:00"));
    assert_eq!(office.next_day_opening(at(&office, "2026-03-02 08:00")), at(&office, "2026-03-03 09:00"));
}

#[test]
fn a_calendar_that_never_opens_gives_up() {
    let mut closed = office("UTC");
    let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    closed.holidays = first.iter_days().take(1000).collect();
    let start = at(&closed, "2026-02-02 12:00");
    let bound = start + Duration::days(400);
    assert_eq!(closed.next_open(start), bound);
    assert_eq!(closed.add_business(start, Duration::hours(1)), bound);
    assert_eq!(closed.add_business_days(start, 5), bound + Duration::days(400));
    assert_eq!(closed.business_between(start, bound), Duration::zero());
    let office = office("UTC");
    assert!(office.add_business(start, Duration::MAX) > start);
    assert!(office.add_business_days(start, u32::MAX) > start);
}

#[test]
fn is_readable_in_json() {
    let json = r#"{"zone":"Asia/Kuala_Lumpur","hours":"mon-fri 09:00-18:00","holidays":["2026-08-31"]}"#;
    let calendar: Calendar = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&calendar).unwrap(), json);
    assert!(serde_json::from_str::<Calendar>(r#"{"zone":"UTC","hours":"24/7","holiday":[]}"#).is_err());
}

fn any_calendar() -> impl Strategy<Value = Calendar> {
    let zone = prop::sample::select(vec![
        "UTC",
        "America/New_York",
        "Europe/London",
        "Asia/Kuala_Lumpur",
        "Africa/Cairo",
        "Australia/Lord_Howe",
    ]);
    let hours = prop::sample::select(vec![
        "mon-fri 9-18",
        "mon-fri 09:00-12:30 13:30-18:00",
        "sun-thu 8-17, fri 0-1:30",
        "24/7",
        "sat 22-24, sun 0-2:30 2:45-6",
    ]);
    (zone, hours, prop::collection::btree_set(0_u64..800, 0..30)).prop_map(|(zone, hours, days)| {
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        Calendar {
            holidays: days.into_iter().map(|day| first + Days::new(day)).collect(),
            ..calendar(zone, hours)
        }
    })
}

/// 2026 and most of 2027, to the second.
fn any_instant() -> impl Strategy<Value = DateTime<Utc>> {
    (0_i64..50_000_000).prop_map(|s| DateTime::from_timestamp(1_767_225_600 + s, 0).unwrap())
}

proptest! {
    #[test]
    fn business_time_adds_up(calendar in any_calendar(), at in any_instant(), minutes in 1_i64..20_000) {
        let time = Duration::minutes(minutes);
        let end = calendar.add_business(at, time);
        prop_assert!(end > at);
        prop_assert_eq!(calendar.business_between(at, end), time);
        // Open, or the very closing at which the time ran out.
        prop_assert!(calendar.is_open(end) || calendar.is_open(end - Duration::milliseconds(1)));
    }

    #[test]
    fn later_starts_end_later(
        calendar in any_calendar(),
        at in any_instant(),
        later in 0_i64..1_000_000,
        minutes in 0_i64..5_000,
        more in 0_i64..5_000,
        days in 0_u32..10,
    ) {
        let second = at + Duration::seconds(later);
        let time = Duration::minutes(minutes);
        prop_assert!(calendar.add_business(at, time) <= calendar.add_business(second, time));
        prop_assert!(calendar.add_business_days(at, days) <= calendar.add_business_days(second, days));
        if minutes > 0 {
            prop_assert!(calendar.add_business(at, time) <= calendar.add_business(at, time + Duration::minutes(more)));
        }
        prop_assert!(calendar.business_between(at, second) <= second - at);
        prop_assert_eq!(calendar.business_between(second, at), Duration::zero());
    }

    #[test]
    fn opening_is_open_and_not_before(calendar in any_calendar(), at in any_instant()) {
        let open = calendar.next_open(at);
        prop_assert!(open >= at && calendar.is_open(open));
        prop_assert_eq!(open == at, calendar.is_open(at));
        prop_assert_eq!(calendar.business_between(at, open), Duration::zero());
    }

    #[test]
    fn a_fraction_lies_between(calendar in any_calendar(), at in any_instant(), days in 1_u32..30, percent in 0_u32..120) {
        let start = calendar.next_open(at);
        let end = calendar.add_business_days(start, days);
        let step = calendar.fraction_of_business(start, end, percent);
        prop_assert!(start <= step && step <= end);
    }
}
