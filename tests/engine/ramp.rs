//! Rules that come into force over records which are already there (X2): worst first, ten an hour, in business hours,
//! and no breach before the turn.

use std::collections::BTreeMap;

use bellwether::domain::activity::Activity;
use bellwether::domain::event::{Event, EventKind, Source};
use bellwether::domain::evolve::evolve;
use bellwether::domain::ids::RecordId;
use bellwether::domain::ramp::{self, Spread};
use bellwether::domain::record::Record;
use bellwether::domain::{clocks, playbook::Playbook};
use chrono::{DateTime, Duration, TimeZone, Utc};
use proptest::prelude::*;
use proptest::test_runner::Config;

use super::properties::{lead_lifecycle, toy, tries};
use super::simulation::{lived, toy_with};
use super::world::{ANA, World, monday, usd};

fn tuesday(hour: u32, minute: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 3, hour, minute, 0).single().expect("a date")
}

/// The draft's rules over a world's record.
fn under(world: &World, playbook: &'static Playbook) -> World {
    World {
        facts: bellwether::domain::facts::Facts::default(),
        playbook,
        workspace: world.workspace.clone(),
        now: world.now,
        record: world.record.clone(),
        events: world.events.clone(),
        effects: Vec::new(),
        requests: world.requests,
        commands: world.commands.clone(),
        personal: world.personal.clone(),
    }
}

/// The record with the runs that new rules bring, as an event would bring them.
fn ramped(world: &World, turn: Option<DateTime<Utc>>) -> Record {
    let event = Event {
        at: world.now,
        by: None,
        source: Source::Time,
        kind: EventKind::StepsReached { steps: Vec::new() },
        clocks: ramp::runs(&world.record, turn, &world.env()),
    };
    evolve(world.record.clone(), &event)
}

fn spread_of(weights: &[(i64, i128)], now: DateTime<Utc>) -> Spread {
    let world = World::new(toy());
    let team = world.record.team;
    let waiting =
        weights.iter().map(|(id, weight)| ramp::Waiting { record: RecordId(*id), team, weight: *weight });
    ramp::spread(waiting.collect(), now, &world.workspace)
}

/// The summary's own example: 214 leads at ten an hour, nine hours a day, are three business days.
#[test]
fn two_hundred_leads_take_three_business_days() {
    let many: Vec<(i64, i128)> = (1..=214).map(|id| (id, 1000 - i128::from(id))).collect();
    let spread = spread_of(&many, monday());
    let turn = |id: i64| spread.turns[&RecordId(id)];
    assert_eq!(turn(1), monday(), "the worst at once");
    assert_eq!(turn(10), monday(), "with nine others, in one message");
    assert_eq!(turn(11), monday() + Duration::hours(1), "ten an hour");
    assert_eq!(turn(91), monday() + Duration::days(1), "the first day is full, the night is left out");
    let (_, queue) = spread.teams.first_key_value().expect("one team");
    assert_eq!((queue.all, queue.turn.date_naive()), (214, (monday() + Duration::days(2)).date_naive()));
    // What comes while the queue is long goes to its end; what comes much later begins anew.
    let calendar = &World::new(toy()).workspace.teams[0].calendar;
    let next = ramp::Queue::after_one_more(Some(queue), monday() + Duration::hours(3), calendar);
    assert_eq!((next.turn, next.all), (queue.turn, 215));
    let later = ramp::Queue::after_one_more(Some(queue), monday() + Duration::days(7), calendar);
    assert_eq!((later.turn, later.all), (monday() + Duration::days(7), 1));
    // Rules that come in the night wait for the morning.
    let night = spread_of(&many[..1], monday() + Duration::hours(14));
    assert_eq!(night.turns[&RecordId(1)], tuesday(9, 0));
}

/// The worst first: value times how long it is overdue.
#[test]
fn the_worst_come_first() {
    let draft = toy_with(&[(
        "needs = [\"answer_given\"]",
        "needs = [\"answer_given\"]\n\n[[status.answered.clock]]\nid = \"content\"\nlabel = \"Content?\"\n\
         ladder = [{ at = \"1 business hour\", nudge = \"owner\" }]",
    )]);
    let weigh = |units: i64, hours: i64| {
        let mut world = World::with_value(toy(), units);
        world.log_with(ANA, Activity::CallAnswered, Some("so")).expect("a call");
        world.advance(Duration::hours(hours));
        ramp::waiting(&under(&world, draft).record, &under(&world, draft).env()).map(|w| w.weight)
    };
    assert_eq!(weigh(500, 1), Some(50_000), "just due");
    assert_eq!(weigh(500, 0), None, "not yet");
    assert_eq!(weigh(500, 3), Some(50_000 * 120));
    assert!(weigh(5_000, 2) > weigh(500, 3), "a larger deal goes first");
    assert!(weigh(500, 8) > weigh(500, 3), "and so does one that waits longer");
}

/// A clock that is new counts from the entry of the status. What it makes due at once, waits for its turn; what
/// comes due by itself, comes by itself.
#[test]
fn a_new_clock_waits_for_its_turn() {
    let draft = toy_with(&[(
        "needs = [\"answer_given\"]",
        "needs = [\"answer_given\"]\n\n[[status.answered.clock]]\nid = \"content\"\nlabel = \"Content?\"\n\
         within = \"2 business hours\"\nsla = true\nmet_by = [\"two_way\"]\nladder = [{ at = \"50%\", nudge = \"owner\" }, { at = \"100%\", \
         breach = \"team\" }]",
    )]);
    let mut old = World::new(toy());
    old.log_with(ANA, Activity::CallAnswered, Some("so")).expect("a call at nine");
    old.advance(Duration::minutes(30));
    // Half an hour in: nothing is due, the nudge comes at ten as if the clock had always been there.
    let new = under(&old, draft);
    assert_eq!(ramp::waiting(&new.record, &new.env()), None);
    let record = ramped(&new, None);
    assert_eq!(clocks::next_due(&record, &new.env()), Some(monday() + Duration::hours(1)));

    old.advance(Duration::hours(5));
    let mut new = under(&old, draft);
    assert!(ramp::waiting(&new.record, &new.env()).is_some());
    // Its turn is tomorrow at 9:30: the nudge then, the breach an hour later, neither before the rule was there.
    new.record = ramped(&new, Some(tuesday(9, 30)));
    assert_eq!(clocks::next_due(&new.record, &new.env()), Some(tuesday(9, 30)));
    new.until(tuesday(12, 0));
    assert_eq!(new.alerts(), ["content Nudge", "content Breach"]);
    let run = new.record.run(&"content".into()).expect("it runs");
    assert_eq!(run.breached_at, Some(tuesday(10, 30)), "no breach before the turn (D46)");
}

/// A clock that became shorter goes on from where it started; its next step waits for the turn as well, and what
/// was done is not done again.
#[test]
fn a_shorter_clock_goes_on() {
    let mut old = World::new(toy());
    old.until(monday() + Duration::minutes(50));
    assert_eq!(old.alerts(), ["answer Nudge"]);
    let mut new =
        under(&old, toy_with(&[("within = \"1 business hour\"", "within = \"40 business minutes\"")]));
    assert!(ramp::waiting(&new.record, &new.env()).is_some(), "ten minutes over");
    new.record = ramped(&new, Some(monday() + Duration::hours(3)));
    new.until(monday() + Duration::hours(9));
    assert_eq!(new.alerts(), ["answer Breach", "answer Escalation"]);
    let run = new.record.run(&"answer".into()).expect("it runs");
    assert_eq!(run.breached_at, Some(monday() + Duration::hours(3)));
}

/// What was met in this status does not begin; nor does what waits for an approval speak meanwhile.
#[test]
fn what_was_met_does_not_begin() {
    let draft = toy_with(&[(
        "[status.answered]",
        "[[status.arrived.clock]]\nid = \"greet\"\nlabel = \"Greeting\"\nmet_by = [\"touch\"]\n\
         ladder = [{ at = \"10 minutes\", nudge = \"owner\" }]\n\n[status.answered]",
    )]);
    let mut old = World::new(toy());
    old.advance(Duration::minutes(1));
    old.log(ANA, Activity::EmailSent).expect("a touch");
    old.advance(Duration::hours(2));
    let new = under(&old, draft);
    assert_eq!(ramp::runs(&new.record, None, &new.env()), []);
    let mut silent = World::with_value(toy(), 50_000);
    silent.choose(ANA, "dropped").expect("it waits for a manager");
    silent.advance(Duration::hours(2));
    let new = under(&silent, draft);
    assert_eq!(new.record.value, Some(usd(50_000)));
    assert_eq!(ramp::waiting(&new.record, &new.env()), None);
}

proptest! {
    #![proptest_config(Config { cases: 96, ..Config::default() })]

    /// Whatever a record went through: once it is ramped in, no clock says anything before its turn that was not
    /// going to come by itself, and under the rules that it had nothing changes.
    #[test]
    fn nothing_is_due_before_the_turn(tries in tries(), days in 0i64..40, shorter in any::<bool>()) {
        let mut world = lived(lead_lifecycle(), &tries);
        // Everything that is due is done: the same rules bring nothing and move nothing.
        let same = ramp::waiting(&world.record, &world.env());
        prop_assert_eq!(same, None);
        let old: BTreeMap<_, _> = clocks::clocks(&world.record, &world.env())
            .into_iter().map(|c| (c.id().clone(), c.next_due())).collect();
        let draft = if shorter { hasty() } else { lead_lifecycle() };
        world.playbook = draft;
        let turn = world.env().team.calendar.next_open(world.now + Duration::days(days));
        let after = ramped(&world, Some(turn));
        for clock in clocks::clocks(&after, &world.env()) {
            let due = clock.next_due();
            let by_itself = old.get(clock.id()).is_some_and(|was| *was == due);
            prop_assert!(
                due.is_none_or(|at| at >= turn || at > world.now) || by_itself,
                "{} is due {due:?}, the turn is {turn}", clock.id()
            );
        }
    }
}

/// The lead lifecycle with every business hour a quarter of one.
fn hasty() -> &'static Playbook {
    use std::sync::LazyLock;
    static HASTY: LazyLock<Playbook> = LazyLock::new(|| {
        let text = include_str!("../../src/playbook/builtin/lead_lifecycle.toml");
        let text = text.replace("2 business hours", "15 business minutes").replace("14 days", "3 days");
        bellwether::playbook::compile(&text).expect("it compiles").playbook
    });
    &HASTY
}
