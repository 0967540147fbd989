//! The rule, by simulated weeks: whatever comes, what the module promises holds; across both nights on which the clocks
//! change, restarts, and groups that are run again.

use std::collections::BTreeMap;

use chrono::TimeZone as _;
use proptest::prelude::*;

use super::*;
use crate::domain::ids::{ClockId, RuleId, StatusId};

fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
}

fn rule(budget: u32) -> Rule {
    Rule { zone: Tz::UTC, quiet: None, budget }
}

fn at(day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, day, hour, minute, 0).unwrap()
}

/// A held word, told apart by its weight.
fn held(weight: u64, day: NaiveDate) -> Held {
    let word = Word::Notice(Notice::Suggested {
        rule: RuleId::new("r"),
        to: vec![StatusId::new("a")],
        because: None,
    });
    Held { record: RecordId(i64::try_from(weight).unwrap()), version: 1, word, weight, day, request: None }
}

/// Offers a ranked word and keeps it where it is held.
fn say(attention: &mut Attention, rule: &Rule, weight: u64, now: DateTime<Utc>) -> Passage {
    let passage = attention.offer(rule, Urgency::Ranked(weight), None, now);
    if let Passage::Held { .. } = passage {
        attention.held.push(held(weight, rule.day(now)));
    }
    passage
}

/// Points 4 and 5: at 10:00 two moments are still to come; of ten left, five go to whoever comes.
#[test]
fn scarce_attention_goes_to_the_better_half() {
    let (rule, mut attention) = (rule(12), Attention::default());
    for weight in [50, 10, 90, 20] {
        assert_eq!(say(&mut attention, &rule, weight, at(23, 10, 0)), Passage::Now, "{weight}");
    }
    let one = at(23, 13, 0);
    assert_eq!(say(&mut attention, &rule, 15, at(23, 10, 30)), Passage::Held { until: one });
    assert_eq!(say(&mut attention, &rule, 60, at(23, 10, 31)), Passage::Now);
    assert_eq!(attention.used, 5);
    // At the moment it is told; the next day begins with nothing used.
    let told = attention.take(&rule, one, |_| true);
    assert_eq!((told.len(), attention.used, attention.held.len()), (1, 6, 0));
    say(&mut attention, &rule, 1, at(24, 10, 0));
    assert_eq!(attention.used, 1);
}

/// Point 1: what is urgent passes in the night and beyond the budget, and counts.
#[test]
fn what_is_urgent_passes_always() {
    let quiet = Some(QuietHours { from: time(22, 0), to: time(8, 0) });
    let (rule, mut attention) = (Rule { quiet, ..rule(2) }, Attention::default());
    for n in 1..=5 {
        assert_eq!(attention.offer(&rule, Urgency::Urgent, None, at(23, 23, n)), Passage::Now);
        assert_eq!(attention.used, n);
    }
    assert_eq!(say(&mut attention, &rule, 9, at(23, 23, 30)), Passage::Held { until: at(24, 8, 0) });
    assert!(attention.take(&rule, at(24, 7, 59), |_| true).is_empty(), "the night is not over");
    assert_eq!(attention.take(&rule, at(24, 8, 0), |_| true).len(), 1);
}

/// Point 3: what joins an unsent message costs nothing.
#[test]
fn several_words_in_one_message_are_one_interruption() {
    let (rule, mut attention) = (rule(12), Attention::default());
    let (post, now) = (PostId(7), at(23, 18, 0));
    assert_eq!(attention.offer(&rule, Urgency::Ranked(5), None, now), Passage::Now);
    attention.said_in(post);
    for weight in 0..20 {
        assert_eq!(attention.offer(&rule, Urgency::Ranked(weight), Some(post), now), Passage::Now);
    }
    assert_eq!(attention.used, 1);
    attention.offer(&rule, Urgency::Ranked(5), Some(PostId(8)), now);
    assert_eq!(attention.used, 2);
}

/// What waits about the same clock of the same record is replaced, and said once.
#[test]
fn a_newer_word_about_the_same_thing_replaces_the_older() {
    let mut attention =
        Attention { held: vec![held(1, NaiveDate::MIN), held(2, NaiveDate::MIN)], ..Attention::default() };
    attention.supersede(
        RecordId(1),
        &Word::Notice(Notice::Suggested { rule: RuleId::new("r"), to: Vec::new(), because: None }),
    );
    assert_eq!(attention.held.len(), 1);
    attention.supersede(RecordId(2), &Word::Notice(Notice::Owes));
    let alert = Alert {
        clock: ClockId::new("c"),
        level: AlertLevel::Nudge,
        due_at: at(23, 9, 0),
        to: Vec::new(),
        offers: Vec::new(),
        reports_delivery: false,
        owner: None,
    };
    attention.supersede(RecordId(2), &Word::Alert(alert));
    assert_eq!(attention.held.len(), 1);
}

/// The end of quiet hours is a moment; one soon after it is not; each exists once on the nights the clocks change.
#[test]
fn moments_go_with_quiet_hours_and_the_local_day() {
    let moments = |quiet: Option<(u32, u32)>| {
        let quiet = quiet.map(|(from, to)| QuietHours { from: time(from, 0), to: time(to, 0) });
        let all = Rule { quiet, ..rule(12) }.moments(at(23, 0, 0).date_naive());
        all.iter().map(chrono::Timelike::hour).collect::<Vec<_>>()
    };
    assert_eq!(moments(None), [9, 13, 17]);
    assert_eq!(moments(Some((22, 8))), [8, 13, 17]);
    assert_eq!(moments(Some((12, 14))), [9, 14, 17]);
    assert_eq!(moments(Some((19, 21))), [9, 13, 17, 21]);
    assert_eq!(moments(Some((8, 7))), [7], "quiet but for an hour");
    // 01:30 occurs twice on 25 October 2026 in London, and not at all on 29 March.
    let quiet = Some(QuietHours { from: time(22, 0), to: time(1, 30) });
    let rule = Rule { zone: Tz::Europe__London, quiet, budget: 12 };
    let night = Utc.with_ymd_and_hms(2026, 10, 24, 23, 0, 0).unwrap();
    let end = Utc.with_ymd_and_hms(2026, 10, 25, 0, 30, 0).unwrap();
    assert_eq!(rule.quiet_until(night), Some(end));
    assert_eq!(rule.quiet_until(end), None);
    assert_eq!(rule.quiet_until(end + Duration::minutes(45)), None, "01:15 for the second time");
    let night = Utc.with_ymd_and_hms(2026, 3, 29, 0, 45, 0).unwrap();
    assert_eq!(rule.quiet_until(night), Some(Utc.with_ymd_and_hms(2026, 3, 29, 1, 0, 0).unwrap()));
}

/// One thing that the bot wants to say in a week.
#[derive(Debug, Clone)]
struct Said {
    minute: i64,
    weight: u64,
    urgent: bool,
}

fn weeks() -> impl Strategy<Value = (Rule, DateTime<Utc>, Vec<Said>)> {
    let zones = prop_oneof![
        Just(Tz::UTC),
        Just(Tz::Europe__London),
        Just(Tz::America__New_York),
        Just(Tz::Asia__Kuala_Lumpur)
    ];
    // Weeks in which clocks go forward and back, and one in which they do not.
    let starts = prop_oneof![
        Just((2026, 3, 5)),
        Just((2026, 3, 26)),
        Just((2026, 10, 22)),
        Just((2026, 10, 29)),
        Just((2026, 11, 23))
    ];
    let quiet = prop::option::of((0..24_u32, 0..24_u32).prop_filter("a span", |(from, to)| from != to));
    let said = (0..7 * 1440_i64, 0..1_000_000_u64, prop::bool::weighted(0.05));
    (zones, starts, quiet, 1..=12_u32, prop::collection::vec(said, 0..200)).prop_map(
        |(zone, (year, month, day), quiet, budget, said)| {
            let quiet = quiet.map(|(from, to)| QuietHours { from: time(from, 0), to: time(to, 0) });
            let start = Utc.with_ymd_and_hms(year, month, day, 0, 0, 0).unwrap();
            let mut said: Vec<_> =
                said.into_iter().map(|(minute, weight, urgent)| Said { minute, weight, urgent }).collect();
            said.sort_by_key(|said| said.minute);
            // Each weight once, so that the best are told apart.
            for (n, said) in said.iter_mut().enumerate() {
                said.weight = said.weight * 1_000 + n as u64 + 1;
            }
            (Rule { zone, quiet, budget }, start, said)
        },
    )
}

/// What reached the person on a local day.
#[derive(Debug, Default)]
struct Day {
    urgent: u32,
    others: u32,
    /// Weights of what was said that day, however it fared.
    ranked: Vec<u64>,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// X6: the promises of the module.
    #[test]
    fn a_week_keeps_every_promise((rule, start, said) in weeks()) {
        let mut attention = Attention::default();
        let mut days: BTreeMap<NaiveDate, Day> = BTreeMap::new();
        let mut reached: BTreeMap<u64, DateTime<Utc>> = BTreeMap::new();
        let mut named: Vec<u64> = Vec::new();
        let mut next: Option<DateTime<Utc>> = None;
        let mut coming = said.iter().peekable();
        loop {
            let word = coming.peek().map(|said| start + Duration::minutes(said.minute));
            let moment = next.filter(|at| word.is_none_or(|word| *at <= word));
            // A restart: what is stored is all there is.
            attention = serde_json::from_str(&serde_json::to_string(&attention).unwrap()).unwrap();
            match (moment, word) {
                (None, None) => break,
                (Some(now), _) => {
                    // A group that is refused and run again: the same state, the same answer.
                    let again = attention.clone().take(&rule, now, |_| true);
                    let told = attention.take(&rule, now, |_| true);
                    prop_assert_eq!(&again, &told);
                    prop_assert!(told.is_empty() || rule.quiet_until(now).is_none());
                    named.extend(told.iter().take(SHOWN).map(|held| held.weight));
                    for held in &told {
                        prop_assert_eq!(reached.insert(held.weight, now), None, "said twice");
                    }
                    if !told.is_empty() {
                        let day = days.entry(rule.day(now)).or_default();
                        day.others += 1;
                    }
                    next = attention.next(&rule, now);
                }
                (None, Some(now)) => {
                    let said = coming.next().unwrap();
                    let day = days.entry(rule.day(now)).or_default();
                    let urgency = if said.urgent { Urgency::Urgent } else { Urgency::Ranked(said.weight) };
                    let before = attention.clone();
                    let passage = attention.offer(&rule, urgency, None, now);
                    prop_assert_eq!(before.clone().offer(&rule, urgency, None, now), passage);
                    match (said.urgent, passage) {
                        (true, passage) => {
                            prop_assert_eq!(passage, Passage::Now);
                            day.urgent += 1;
                        }
                        (false, Passage::Now) => {
                            prop_assert!(rule.quiet_until(now).is_none(), "quiet hours were broken");
                            day.others += 1;
                            day.ranked.push(said.weight);
                            named.push(said.weight);
                            reached.insert(said.weight, now);
                        }
                        (false, Passage::Held { until }) => {
                            prop_assert!(until > now);
                            day.ranked.push(said.weight);
                            attention.held.push(held(said.weight, rule.day(now)));
                        }
                    }
                    next = attention.next(&rule, now);
                }
            }
        }
        // Nothing is lost, and nobody waits beyond the first moment of the next day.
        prop_assert!(attention.held.is_empty());
        for said in said.iter().filter(|said| !said.urgent) {
            let (now, day) = (start + Duration::minutes(said.minute), rule.day(start + Duration::minutes(said.minute)));
            let first = rule.moments(day.succ_opt().unwrap())[0];
            let at = reached.get(&said.weight).copied();
            prop_assert!(at.is_some_and(|at| now <= at && at <= first), "said {now}, told {at:?}, {first}");
        }
        for (date, day) in &mut days {
            // At most N that are not urgent.             prop_assert!(day.others <= rule.budget, "{date}: {day:?}");
            // The best N of the day are named to the person.
            day.ranked.sort_unstable_by_key(|weight| Reverse(*weight));
            for weight in day.ranked.iter().take(rule.budget as usize) {
                prop_assert!(named.contains(weight), "{date}: {weight} of {:?} was not named", day.ranked);
            }
        }
    }
}
