//! Rules that come into force over records which are already there (X2): worst first, ten an hour, in business hours,
//! and no breach before the turn.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bellwether::domain::activity::Activity;
use bellwether::domain::command::{Actor, Command};
use bellwether::domain::event::EventKind;
use bellwether::domain::facts::Facts;
use bellwether::domain::ids::{ChannelId, ClockId, RecordId, TeamId};
use bellwether::domain::ramp::{self, Queue, Spread, Waiting, Was};
use bellwether::domain::record::Turn;
use bellwether::domain::workspace::Workspace;
use bellwether::domain::{clocks, playbook::Playbook};
use chrono::{DateTime, Duration, TimeZone, Utc};
use proptest::prelude::*;
use proptest::test_runner::Config;

use super::properties::{Try, lead_lifecycle, toy, tries};
use super::simulation::{lived, toy_with};
use super::world::{ANA, World, monday, usd};

fn tuesday(hour: u32, minute: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 3, hour, minute, 0).single().expect("a date")
}

/// A later version of the toy.
fn draft(changes: &[(&str, &str)]) -> &'static Playbook {
    let changes: Vec<_> = changes.iter().copied().chain([("version = 1", "version = 2")]).collect();
    toy_with(&changes)
}

/// The world under newer rules; what is due at once waits for the turn.
fn under(world: &World, playbook: &'static Playbook, turn: Option<DateTime<Utc>>) -> World {
    let mut new = World {
        facts: Facts::default(),
        playbook,
        workspace: world.workspace.clone(),
        now: world.now,
        record: world.record.clone(),
        events: world.events.clone(),
        effects: Vec::new(),
        requests: world.requests,
        commands: world.commands.clone(),
        personal: world.personal.clone(),
    };
    let before = Some(Arc::new(world.playbook.clone()));
    new.tell(Actor::TIME, &Command::Upgrade { before, turn }).expect("it has its place");
    new
}

/// What newer rules would make a world say at once.
fn waiting(world: &World, playbook: &'static Playbook) -> Option<Waiting> {
    let new = under(world, playbook, None);
    let was = Was { record: &world.record, playbook: Some(world.playbook) };
    ramp::waiting_after(was, &new.record, &new.env())
}

fn next_due(world: &World) -> Option<DateTime<Utc>> {
    clocks::next_due(&world.record, &world.env())
}

fn spread_of(weights: &[(i64, i128)], now: DateTime<Utc>) -> Spread {
    let world = World::new(toy());
    let team = world.record.team;
    let waiting = weights.iter().map(|(id, weight)| Waiting { record: RecordId(*id), team, weight: *weight });
    ramp::spread(waiting.collect(), &BTreeMap::new(), now, &world.workspace)
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
    let next = Queue::after_one_more(Some(queue), monday() + Duration::hours(3), calendar);
    assert_eq!((next.turn, next.all), (queue.turn, 215));
    let later = Queue::after_one_more(Some(queue), monday() + Duration::days(7), calendar);
    assert_eq!((later.turn, later.all), (monday() + Duration::days(7), 1));
    // Rules that come in the night wait for the morning.
    let night = spread_of(&many[..1], monday() + Duration::hours(14));
    assert_eq!(night.turns[&RecordId(1)], tuesday(9, 0));
}

/// The worst first: value times how long it is overdue.
#[test]
fn the_worst_come_first() {
    let draft = draft(&[(
        "needs = [\"answer_given\"]",
        "needs = [\"answer_given\"]\n\n[[status.answered.clock]]\nid = \"content\"\nlabel = \"Content?\"\n\
         ladder = [{ at = \"1 business hour\", nudge = \"owner\" }]",
    )]);
    let weigh = |units: i64, hours: i64| {
        let mut world = World::with_value(toy(), units);
        world.log_with(ANA, Activity::CallAnswered, Some("so")).expect("a call");
        world.advance(Duration::hours(hours));
        waiting(&world, draft).map(|w| w.weight)
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
    let draft = draft(&[(
        "needs = [\"answer_given\"]",
        "needs = [\"answer_given\"]\n\n[[status.answered.clock]]\nid = \"content\"\nlabel = \"Content?\"\n\
         within = \"2 business hours\"\nsla = true\nmet_by = [\"two_way\"]\nladder = [{ at = \"50%\", nudge = \"owner\" }, { at = \"100%\", \
         breach = \"team\" }]",
    )]);
    let mut old = World::new(toy());
    old.log_with(ANA, Activity::CallAnswered, Some("so")).expect("a call at nine");
    old.advance(Duration::minutes(30));
    // Half an hour in: nothing is due, the nudge comes at ten as if the clock had always been there.
    assert_eq!(waiting(&old, draft), None);
    let new = under(&old, draft, Some(tuesday(9, 30)));
    assert_eq!(next_due(&new), Some(monday() + Duration::hours(1)));
    assert_eq!(new.record.turn, None, "it has nothing to wait for");

    old.advance(Duration::hours(5));
    assert!(waiting(&old, draft).is_some());
    // Its turn is tomorrow at 9:30: the nudge then, the breach an hour later, neither before the rule was there.
    let mut new = under(&old, draft, Some(tuesday(9, 30)));
    assert_eq!(new.record.turn, Some(Turn { since: old.now, at: tuesday(9, 30) }));
    assert_eq!(next_due(&new), Some(tuesday(9, 30)));
    assert_eq!(new.replayed(), new.record, "the history knows the turn (R5)");
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
    let draft = draft(&[("within = \"1 business hour\"", "within = \"40 business minutes\"")]);
    assert!(waiting(&old, draft).is_some(), "ten minutes over");
    let mut new = under(&old, draft, Some(monday() + Duration::hours(3)));
    new.until(monday() + Duration::hours(9));
    assert_eq!(new.alerts(), ["answer Breach", "answer Escalation"]);
    let run = new.record.run(&"answer".into()).expect("it runs");
    assert_eq!(run.breached_at, Some(monday() + Duration::hours(3)));
}

/// What was due under the old rules too, because nobody looked, is late enough, and stays a breach at its own time.
#[test]
fn what_was_late_already_is_not_put_off() {
    let mut old = World::new(toy());
    old.now += Duration::hours(3);
    let draft = draft(&[("within = \"1 business hour\"", "within = \"40 business minutes\"")]);
    assert_eq!(waiting(&old, draft), None);
    let mut new = under(&old, draft, Some(tuesday(9, 30)));
    assert!(next_due(&new).is_some_and(|at| at <= new.now));
    new.until(new.now);
    let run = new.record.run(&"answer".into()).expect("it runs");
    assert_eq!(run.breached_at, Some(monday() + Duration::minutes(40)));
}

/// What was met in this status does not begin; nor does what waits for an approval speak meanwhile.
#[test]
fn what_was_met_does_not_begin() {
    let draft = draft(&[(
        "[status.answered]",
        "[[status.arrived.clock]]\nid = \"greet\"\nlabel = \"Greeting\"\nmet_by = [\"touch\"]\n\
         ladder = [{ at = \"10 minutes\", nudge = \"owner\" }]\n\n[status.answered]",
    )]);
    let mut old = World::new(toy());
    old.advance(Duration::minutes(1));
    old.log(ANA, Activity::EmailSent).expect("a touch");
    old.advance(Duration::hours(2));
    assert_eq!(under(&old, draft, None).record.run(&"greet".into()), None);
    let mut silent = World::with_value(toy(), 50_000);
    silent.choose(ANA, "dropped").expect("it waits for a manager");
    silent.advance(Duration::hours(2));
    assert_eq!(silent.record.value, Some(usd(50_000)));
    assert_eq!(waiting(&silent, draft), None);
}

/// A flag that proposes something is a word as well: it waits for the turn, one that is raised later does not.
#[test]
fn a_proposal_waits_for_its_turn() {
    let draft = draft(&[(
        "[status.answered]",
        "[[status.arrived.flag]]\nid = \"old\"\nafter = \"2 business hours\"\nsays = \"Nobody will answer it any more.\"\n\
         propose = [\"dropped\"]\n\n[status.answered]",
    )]);
    let mut old = World::new(toy());
    old.until(monday() + Duration::hours(3));
    assert!(waiting(&old, draft).is_some());
    let mut new = under(&old, draft, Some(monday() + Duration::hours(5)));
    new.until(monday() + Duration::hours(5) - Duration::minutes(1));
    assert!(new.record.flagged.is_empty());
    new.advance(Duration::minutes(1));
    assert_eq!(new.record.flagged.len(), 1);
    let mut fresh = World::new(toy());
    fresh.until(monday() + Duration::hours(1));
    let mut new = under(&fresh, draft, Some(tuesday(9, 0)));
    new.until(monday() + Duration::hours(2));
    assert_eq!(new.record.flagged.len(), 1, "not due when the rules came: as for everybody else");
}

/// Teams whose alerts go to one channel share its queue: the channel is what is not flooded.
#[test]
fn teams_that_share_a_channel_share_its_queue() {
    let mut world = World::new(toy());
    let mut other = world.workspace.teams[0].clone();
    other.id = TeamId(77);
    world.workspace.teams.push(other);
    let first = world.workspace.teams[0].id;
    let turns = |workspace: &Workspace| {
        let waiting = (1..=20).map(|id| Waiting {
            record: RecordId(id),
            team: if id % 2 == 0 { first } else { TeamId(77) },
            weight: 1,
        });
        let spread = ramp::spread(waiting.collect(), &BTreeMap::new(), monday(), workspace);
        spread.turns.into_values().collect::<BTreeSet<_>>()
    };
    world.workspace.teams[0].alerts = Some(ChannelId(5));
    world.workspace.teams[1].alerts = Some(ChannelId(5));
    assert_eq!(turns(&world.workspace), [monday(), monday() + Duration::hours(1)].into());
    world.workspace.teams[1].alerts = Some(ChannelId(6));
    assert_eq!(turns(&world.workspace), [monday()].into());
}

/// The clocks and the proposals that a world's record has said something of.
fn said(world: &World, from: usize) -> Vec<(ClockId, DateTime<Utc>)> {
    let steps = world.events[from..].iter().filter_map(|event| match &event.kind {
        EventKind::StepsReached { steps } => Some(steps.iter().map(|(clock, _)| (clock.clone(), event.at))),
        _ => None,
    });
    steps.flatten().collect()
}

/// A whole upgrade, as the worker does it: the worst first, each taking the channel's next turn.
fn upgrade(worlds: Vec<World>, playbook: &'static Playbook) -> Vec<(World, Option<Waiting>)> {
    let mut order: Vec<_> = worlds.into_iter().map(|world| (waiting(&world, playbook), world)).collect();
    order.sort_by_key(|(one, world)| (std::cmp::Reverse(one.map_or(0, |w| w.weight)), world.record.id));
    let mut queue: Option<Queue> = None;
    let mut come = Vec::new();
    for (one, world) in order {
        let turn = one.map(|_| {
            let calendar = &world.env().team.calendar;
            let next = Queue::after_one_more(queue.as_ref(), world.now, calendar);
            queue = Some(next);
            next.turn
        });
        come.push((under(&world, playbook, turn), one));
    }
    come
}

/// What the channel really hears: 35 records that are all late by a new rule are heard of ten an hour, the most valuable
/// first, each once.
#[test]
fn ten_an_hour_is_what_the_channel_hears() {
    let draft = draft(&[(
        "needs = [\"answer_given\"]",
        "needs = [\"answer_given\"]\n\n[[status.answered.clock]]\nid = \"content\"\nlabel = \"Content?\"\n\
         ladder = [{ at = \"1 business hour\", escalate = \"manager\" }]",
    )]);
    let worlds = (1..=35).map(|id| {
        let mut world = World::with_value(toy(), id);
        world.record.id = RecordId(id);
        world.log_with(ANA, Activity::CallAnswered, Some("so")).expect("a call");
        world.advance(Duration::hours(3));
        world
    });
    let mut heard: Vec<(DateTime<Utc>, i64)> = Vec::new();
    for (mut world, _) in upgrade(worlds.collect(), draft) {
        let from = world.events.len();
        world.advance(Duration::days(5));
        assert_eq!(world.alerts(), ["content Escalation"], "once");
        heard.extend(said(&world, from).into_iter().map(|(_, at)| (at, world.record.id.0)));
    }
    assert_eq!(heard.iter().map(|(_, id)| *id).collect::<Vec<_>>(), (1..=35).rev().collect::<Vec<_>>());
    let noon = monday() + Duration::hours(3);
    let turn = |place: usize| noon + Duration::hours(i64::try_from(place / 10).expect("few"));
    assert!(heard.iter().enumerate().all(|(place, (at, _))| *at == turn(place)), "{heard:?}");
}

proptest! {
    #![proptest_config(Config { cases: 96, ..Config::default() })]

    /// Whatever a record went through: once it is ramped in, no clock says anything before its turn that was not
    /// going to come by itself, and under the rules that it had nothing changes.
    #[test]
    fn nothing_is_due_before_the_turn(tries in tries(), days in 0i64..40, shorter in any::<bool>()) {
        let world = lived(lead_lifecycle(), &tries);
        // Everything that is due is done: the same rules bring nothing and move nothing.
        let draft = if shorter { hasty() } else { the_same() };
        if !shorter {
            prop_assert_eq!(waiting(&world, draft), None);
        }
        let old: BTreeMap<_, _> = clocks::clocks(&world.record, &world.env())
            .into_iter().map(|c| (c.id().clone(), c.next_due())).collect();
        let turn = world.env().team.calendar.next_open(world.now + Duration::days(days));
        let after = under(&world, draft, Some(turn));
        for clock in clocks::clocks(&after.record, &after.env()) {
            let due = clock.next_due();
            let by_itself = old.get(clock.id()).is_some_and(|was| *was == due);
            let silent = after.record.pending.is_some();
            prop_assert!(
                due.is_none_or(|at| at >= turn || at > world.now) || by_itself || silent,
                "{} is due {due:?}, the turn is {turn}", clock.id()
            );
        }
    }
}

proptest! {
    #![proptest_config(Config { cases: 10, ..Config::default() })]

    /// Many records come over at once: no more than ten of them have the same turn, turns lie a business hour apart, the
    /// worse one never comes later, whoever has something to say says it, and nobody before their turn.
    #[test]
    fn no_channel_hears_of_more_than_ten_an_hour(lives in prop::collection::vec(tries(), 25..60)) {
        let mut worlds: Vec<_> = lives.iter().map(|tries: &Vec<Try>| lived(lead_lifecycle(), tries)).collect();
        let now = worlds.iter().map(|world| world.now).max().expect("some");
        for (world, id) in worlds.iter_mut().zip(1..) {
            world.until(now);
            world.record.id = RecordId(id);
        }
        let come = upgrade(worlds, hasty());
        let mut having: BTreeMap<DateTime<Utc>, u32> = BTreeMap::new();
        let mut last: Option<DateTime<Utc>> = None;
        for (mut world, waiting) in come {
            prop_assert_eq!(world.record.turn.is_some(), waiting.is_some(), "nobody is skipped, nobody waits for nothing");
            let Some(turn) = world.record.turn else { continue };
            prop_assert!(last.is_none_or(|last| last <= turn.at), "the order is kept");
            last = Some(turn.at);
            *having.entry(turn.at).or_default() += 1;
            let from = world.events.len();
            let playbook = world.playbook;
            let waits: BTreeSet<_> = clocks::clocks(&world.record, &world.env()).iter()
                .filter(|clock| clock.next_due().is_some_and(|at| at >= turn.at))
                .map(|clock| clock.id().clone()).collect();
            prop_assert!(next_due(&world).is_some(), "it will speak");
            world.until(turn.at + Duration::days(40));
            prop_assert!(world.events.len() > from, "nothing is skipped");
            let said = said(&world, from);
            for (clock, at) in &said {
                let known = playbook.clock(clock).is_some();
                prop_assert!(known && (*at >= turn.at || !waits.contains(clock)), "{} spoke at {at}", clock);
            }
        }
        prop_assert!(having.values().all(|count| *count <= ramp::PER_HOUR), "{having:?}");
        let turns: Vec<_> = having.keys().collect();
        prop_assert!(turns.windows(2).all(|two| *two[1] - *two[0] >= Duration::hours(1)), "{turns:?}");
    }
}

/// The lead lifecycle with every business hour a quarter of one.
fn hasty() -> &'static Playbook {
    use std::sync::LazyLock;
    static HASTY: LazyLock<Playbook> = LazyLock::new(|| {
        version_2(|text| text.replace("2 business hours", "15 business minutes").replace("14 days", "3 days"))
    });
    &HASTY
}

/// A version that changes nothing.
fn the_same() -> &'static Playbook {
    use std::sync::LazyLock;
    static SAME: LazyLock<Playbook> = LazyLock::new(|| version_2(|text| text));
    &SAME
}

fn version_2(changed: impl Fn(String) -> String) -> Playbook {
    let text = include_str!("../../src/playbook/builtin/lead_lifecycle.toml").replacen(
        "version = 1",
        "version = 2",
        1,
    );
    bellwether::playbook::compile(&changed(text)).expect("it compiles").playbook
}
