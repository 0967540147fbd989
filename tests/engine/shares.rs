//! Shares of a status's records that are too large or too small, as the shipped rules flag them.

use bellwether::domain::event::{Cause, Event, EventKind, Moved, Source};
use bellwether::domain::ids::{PlaybookId, RecordId};
use bellwether::domain::playbook::{Class, Playbook};
use bellwether::playbook::Playbooks;
use bellwether::report::share::Moves;
use chrono::{DateTime, TimeDelta, TimeZone, Utc};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 9, 0, 0).unwrap()
}

fn moved(playbook: &Playbook, from: &str, to: &str, days_ago: i64, cause: Cause) -> Event {
    let moved = Moved {
        from: from.into(),
        to: to.into(),
        from_stage: None,
        to_stage: None,
        class: playbook.status(&to.into()).map_or(Class::Open, |status| status.class),
        cause,
        reason: None,
        note: None,
        data: Default::default(),
        owes: Vec::new(),
        overrides: None,
        stayed_ms: 0,
        attempts: 0,
        nth: None,
        from_nth: None,
        skipped: Vec::new(),
        row_begins: false,
        ends_plan: false,
    };
    let at = now() - TimeDelta::days(days_ago);
    Event {
        at,
        by: None,
        source: Source::Manual,
        kind: EventKind::Moved(Box::new(moved)),
        clocks: Vec::new(),
    }
}

/// Of how many leads each path was taken, so many days ago; what is flagged: id, part, whole.
fn flagged(paths: &[(u64, &[&str], i64)]) -> Vec<(String, u64, u64)> {
    let playbooks = Playbooks::builtin();
    let playbook = playbooks.all().iter().find(|p| p.id.as_str() == "lead-lifecycle").expect("it ships");
    let mut moves = Moves::default();
    let mut record = 0;
    for (count, path, days_ago) in paths {
        for _ in 0..*count {
            record += 1;
            for step in path.windows(2) {
                let event = moved(playbook, step[0], step[1], *days_ago, Cause::Chosen);
                moves.event(&PlaybookId::new("lead-lifecycle"), RecordId(record), &event);
            }
        }
    }
    let found = moves.crossed(playbook, now());
    found.into_iter().map(|crossed| (crossed.share.id.to_string(), crossed.part, crossed.whole)).collect()
}

/// D8: fewer than 20 of 100 that leave Qualified convert. One that comes back to a rep first counts once, by where it
/// went in the end; what is older than 90 days is not asked, and of fewer than 20 nothing is said.
#[test]
fn qualified_leads_that_do_not_convert_are_flagged() {
    let wins: &[&str] = &["qualified", "converted"];
    let returned: &[&str] = &["qualified", "working", "qualified", "converted"];
    let lost: &[&str] = &["qualified", "nurture"];
    let id = "qualified-to-close".to_owned();
    assert_eq!(flagged(&[(2, wins, 9), (1, returned, 9), (17, lost, 9)]), [(id, 3, 20)]);
    assert_eq!(flagged(&[(3, wins, 9), (1, returned, 9), (16, lost, 9)]), [], "4 of 20 are 20 of 100");
    assert_eq!(flagged(&[(2, wins, 9), (17, lost, 9)]), [], "19 leads say nothing");
    assert_eq!(flagged(&[(2, wins, 9), (10, lost, 9), (8, lost, 91)]), [], "eight of them are long past");
}

/// D9, D12: over half of the leads that are decided end in Unqualified.
#[test]
fn leads_that_end_unqualified_are_flagged() {
    let lost: &[&str] = &["new", "unqualified"];
    let parked: &[&str] = &["new", "connected", "nurture"];
    let id = "ends-unqualified".to_owned();
    assert_eq!(flagged(&[(11, lost, 9), (9, parked, 9)]), [(id, 11, 20)]);
    assert_eq!(flagged(&[(10, lost, 9), (10, parked, 9)]), [], "half of them is not over half");
}

/// D13: fewer than 5 of 100 recycled leads convert; those that are worked on still are not counted.
#[test]
fn recycled_leads_that_do_not_convert_are_flagged() {
    let lost: &[&str] = &["unqualified", "recycled", "connected", "nurture"];
    let wins: &[&str] = &["unqualified", "recycled", "connected", "qualified", "converted"];
    let worked: &[&str] = &["unqualified", "recycled", "attempting"];
    let id = "recycled-converts".to_owned();
    assert_eq!(flagged(&[(20, lost, 9), (30, worked, 9)]), [(id.clone(), 0, 20)]);
    assert_eq!(flagged(&[(19, lost, 9), (1, wins, 9)]), [], "1 of 20 is 5 of 100");
    assert_eq!(flagged(&[(19, lost, 9), (30, worked, 9)]), [], "only 19 are decided");
}

/// What was imported happened elsewhere.
#[test]
fn an_imported_past_is_not_counted() {
    let playbooks = Playbooks::builtin();
    let playbook = playbooks.all().iter().find(|p| p.id.as_str() == "lead-lifecycle").expect("it ships");
    let mut moves = Moves::default();
    for record in 1..=40 {
        let event = moved(playbook, "new", "unqualified", 9, Cause::Imported);
        moves.event(&playbook.id, RecordId(record), &event);
    }
    assert_eq!(moves.crossed(playbook, now()), []);
}
