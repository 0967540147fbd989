//! Whatever people, clocks and integrations do, in whatever order (R5, D64–D66, D10, X3).

use std::sync::LazyLock;

use bellwether::domain::activity::Activity;
use bellwether::domain::approval;
use bellwether::domain::command::{Actor, Command, Completed, Report, Verdict};
use bellwether::domain::event::{Cause, EventKind};
use bellwether::domain::field::{Data, FieldValue, builtin};
use bellwether::domain::ids::{ApprovalId, FieldId, PersonId, StatusId};
use bellwether::domain::playbook::{OutcomeEffect, Playbook};
use bellwether::domain::record::Record;
use bellwether::domain::undo::{Did, straightened};
use chrono::Duration;
use proptest::prelude::*;
use proptest::test_runner::Config;

use super::world::{ADA, ANA, BEN, MIA, World, usd};

/// Something that somebody tries.
#[derive(Debug, Clone)]
pub enum Try {
    Choose { who: usize, to: usize, complete: bool },
    Stage { who: usize, to: usize },
    Log { who: usize, activity: usize, hours_ago: i64, note: bool },
    Value { who: usize, units: i64 },
    Pay { who: usize },
    Assign { who: usize, to: usize },
    Take { who: usize },
    Decide { who: usize, approve: bool, back: i64 },
    Withdraw { who: usize },
    Undo { who: usize },
    Snooze { who: usize, hours: i64 },
    Plan { who: usize, hours: i64 },
    Delivered { clock: usize },
    Integration { activity: usize },
    Wait { hours: i64 },
    Oversleep { hours: i64 },
}

pub fn tries() -> impl Strategy<Value = Vec<Try>> {
    let who = 0usize..4;
    let one = prop_oneof![
        8 => (who.clone(), 0usize..16, prop::bool::weighted(0.9)).prop_map(|(who, to, complete)| Try::Choose { who, to, complete }),
        3 => (who.clone(), 0usize..6).prop_map(|(who, to)| Try::Stage { who, to }),
        6 => (who.clone(), 0usize..13, 0i64..200, any::<bool>())
            .prop_map(|(who, activity, hours, note)| Try::Log { who, activity, hours_ago: if hours < 100 { 0 } else { hours - 100 }, note }),
        2 => (who.clone(), prop_oneof![Just(100i64), Just(9_999), Just(10_000), Just(50_000)])
            .prop_map(|(who, units)| Try::Value { who, units }),
        4 => who.clone().prop_map(|who| Try::Pay { who }),
        1 => (who.clone(), 0usize..4).prop_map(|(who, to)| Try::Assign { who, to }),
        1 => who.clone().prop_map(|who| Try::Take { who }),
        4 => (who.clone(), any::<bool>(), 0i64..2).prop_map(|(who, approve, back)| Try::Decide { who, approve, back }),
        1 => who.clone().prop_map(|who| Try::Withdraw { who }),
        4 => who.clone().prop_map(|who| Try::Undo { who }),
        1 => (who.clone(), 1i64..60).prop_map(|(who, hours)| Try::Snooze { who, hours }),
        1 => (who, 1i64..60).prop_map(|(who, hours)| Try::Plan { who, hours }),
        2 => (0usize..8).prop_map(|clock| Try::Delivered { clock }),
        2 => (0usize..13).prop_map(|activity| Try::Integration { activity }),
        5 => (1i64..400).prop_map(|hours| Try::Wait { hours }),
        2 => (1i64..2000).prop_map(|hours| Try::Oversleep { hours }),
    ];
    prop::collection::vec(one, 1..60)
}

const PEOPLE: [PersonId; 4] = [ANA, BEN, MIA, ADA];

pub fn attempt(world: &mut World, one: &Try) {
    let person = |who: &usize| Actor::person(PEOPLE[*who]);
    match one {
        Try::Choose { who, to, complete } => {
            let statuses = &world.playbook.statuses;
            let to = statuses[to % statuses.len()].id.clone();
            if *complete {
                let _ = world.choose(PEOPLE[*who], to.as_str());
            } else {
                let _ = world.tell(person(who), &Command::Move { to, data: Data::new(), expected: None });
            }
        }
        Try::Stage { who, to } => {
            let stages = &world.playbook.stages.order;
            let Some(to) = stages.iter().cycle().nth(to % stages.len().max(1)) else { return };
            let to = to.id.clone();
            let data = [(FieldId::from(builtin::NOTE), FieldValue::Text("as agreed".to_owned()))].into();
            let _ = world.tell(person(who), &Command::SetStage { to, data });
        }
        Try::Log { who, activity, hours_ago, note } if !world.playbook.outcomes.is_empty() => {
            let command = reported(world, *activity, *hours_ago, *note);
            let _ = world.tell(person(who), &command);
        }
        Try::Log { who, activity, hours_ago, note } => {
            let command = Command::Log {
                activity: Activity::ALL[*activity],
                at: Some(world.now - Duration::hours(*hours_ago)),
                outcome: None,
                note: note.then(|| "please unsubscribe me".to_owned()),
                next: None,
            };
            let _ = world.tell(person(who), &command);
        }
        Try::Value { who, units } => {
            let value = Some(FieldValue::Money(usd(*units)));
            let _ = world.tell(person(who), &Command::Edit { field: FieldId::from(builtin::VALUE), value });
        }
        Try::Pay { who } => {
            if let Some(field) = world.record.owes.first().cloned() {
                let data = [(field.clone(), world.plausible(&field, None))].into();
                let _ = world.tell(person(who), &Command::Fill { data });
            }
        }
        Try::Assign { who, to } => {
            let _ = world.tell(person(who), &Command::Assign { to: PEOPLE[*to], why: None });
        }
        Try::Take { who } => {
            let _ = world.tell(person(who), &Command::Take);
        }
        Try::Decide { who, approve, back } => {
            let verdict =
                if *approve { Verdict::Approve } else { Verdict::Reject { reason: "not yet".to_owned() } };
            let approval = ApprovalId(world.requests - 1 - back);
            let _ = world.tell(person(who), &Command::Decide { approval, verdict });
        }
        Try::Withdraw { who } => {
            let approval = ApprovalId(world.requests - 1);
            let _ = world.tell(person(who), &Command::Withdraw { approval });
        }
        Try::Undo { who } => {
            let _ = world.undo(PEOPLE[*who]);
        }
        Try::Snooze { who, hours } => {
            let until = world.now + Duration::hours(*hours);
            let _ = world.tell(person(who), &Command::Snooze { until });
        }
        Try::Plan { who, hours } => {
            let due = world.now + Duration::hours(*hours);
            let _ = world.tell(person(who), &Command::Plan { action: "call".to_owned(), due });
        }
        Try::Delivered { clock } => {
            let clocks: Vec<_> =
                world.playbook.statuses.iter().flat_map(|s| &s.clocks).map(|c| c.id.clone()).collect();
            let Some(clock) = clocks.get(clock % clocks.len().max(1)).cloned() else { return };
            let _ = world.tell(Actor::TIME, &Command::Delivered { clock });
        }
        Try::Integration { activity } => {
            let activity = Activity::ALL[*activity];
            let command = Command::Log { activity, at: None, outcome: None, note: None, next: None };
            let _ = world.tell(Actor::INTEGRATION, &command);
        }
        Try::Wait { hours } => world.advance(Duration::hours(*hours)),
        // The bot was down: nothing was looked at meanwhile.
        Try::Oversleep { hours } => {
            world.now += Duration::hours(*hours);
            let _ = world.tell(Actor::TIME, &Command::ClockElapsed);
        }
    }
}

/// An activity with an outcome, and with whatever that may ask for (B2).
fn reported(world: &World, activity: usize, hours_ago: i64, plans: bool) -> Command {
    let (playbook, pick) = (world.playbook, usize::try_from(hours_ago.rem_euclid(997)).unwrap_or_default());
    let outcome = &playbook.outcomes[(pick + activity) % playbook.outcomes.len()];
    let asks = matches!(outcome.effect, OutcomeEffect::AsksForStatus(_));
    let to = playbook.statuses[(pick * 7 + activity) % playbook.statuses.len()].id.clone();
    let reason = &playbook.reasons[(pick * 3 + activity) % playbook.reasons.len()].id;
    let data = [(FieldId::from(builtin::REASON), FieldValue::Choice(reason.as_str().to_owned()))].into();
    let due = world.now + Duration::hours(hours_ago + 1);
    Command::Complete {
        event: Completed::Logged { activity: Activity::ALL[activity], at: None, note: None },
        report: Report {
            outcome: Some(outcome.id.clone()),
            to: asks.then_some(to),
            next: plans.then(|| ("call".to_owned(), Some(due))),
            told: false,
        },
        data,
    }
}

/// Checks everything that must hold between two states.
fn check(before: &World, after: &World) -> Result<(), TestCaseError> {
    let playbook = &after.playbook;
    let record = &after.record;
    if let Some(stage) = &record.stage {
        prop_assert!(playbook.combinations.allows(&record.status, stage), "{} at {stage}", record.status);
    }
    let locked = playbook.status(&before.record.status).is_some_and(|s| s.locked);
    prop_assert!(!locked || record.status == before.record.status, "{} moved on", before.record.status);
    let mut at = before.record.status.clone();
    let mut replayed = before.record.clone();
    for event in &after.events[before.events.len()..] {
        if let EventKind::Moved(moved) = &event.kind {
            prop_assert_eq!(&moved.from, &at, "transitions follow one another");
            at = moved.to.clone();
            check_gate(before, &replayed, moved)?;
            if let (Cause::Approval { requested_by, .. }, Some(by)) = (&moved.cause, event.by) {
                prop_assert_ne!(*requested_by, Some(by), "nobody approves their own request");
                prop_assert_ne!(replayed.owner, Some(by), "nobody approves for a record of their own");
            }
            if matches!(moved.cause, Cause::Chosen)
                && moved.from != moved.to
                && moved.from_stage == moved.to_stage
            {
                prop_assert!(moved.owes.is_empty(), "a chosen move owes nothing");
            }
        }
        if let EventKind::Undone(undone) = &event.kind {
            at = undone.restored.status.clone();
        }
        replayed = bellwether::domain::evolve::evolve(replayed, event);
    }
    prop_assert_eq!(&at, &record.status, "no status without a transition");
    let moves = after.events.iter().filter(|e| is_move(&e.kind)).count();
    prop_assert_eq!(record.version as usize, moves);
    for (i, run) in record.clocks.iter().enumerate() {
        prop_assert!(record.clocks[..i].iter().all(|other| other.clock != run.clock), "one run a clock");
        if run.end.is_none() {
            let (home, spec) = playbook.clock(&run.clock).expect("a declared clock");
            let here = home.id == record.status || spec.also_in.contains(&record.status);
            prop_assert!(here, "{} runs in {}", run.clock, record.status);
        }
    }
    Ok(())
}

/// A transition: made, or taken back.
fn is_move(kind: &EventKind) -> bool {
    match kind {
        EventKind::Moved(_) => true,
        EventKind::Undone(undone) => {
            undone.undid.iter().any(|did| matches!(did, Did::Moved { .. } | Did::Staged { .. }))
        }
        _ => false,
    }
}

/// No way around a gate: whoever makes the move (X3).
fn check_gate(
    world: &World,
    record: &Record,
    moved: &bellwether::domain::event::Moved,
) -> Result<(), TestCaseError> {
    if matches!(moved.cause, Cause::Approval { .. }) || moved.from == moved.to {
        return Ok(());
    }
    let gate = approval::gate(record, &moved.to, &moved.data, &world.env());
    prop_assert!(gate.is_none(), "{} entered around its gate", moved.to);
    Ok(())
}

fn snapshot(world: &World) -> World {
    World {
        playbook: world.playbook,
        workspace: world.workspace.clone(),
        facts: world.facts.clone(),
        now: world.now,
        record: world.record.clone(),
        events: world.events.clone(),
        effects: Vec::new(),
        requests: world.requests,
        commands: world.commands.clone(),
        personal: world.personal.clone(),
    }
}

fn whatever_happens(playbook: &'static Playbook, tries: &[Try]) -> Result<(), TestCaseError> {
    let mut world = World::new(playbook);
    for one in tries {
        let before = snapshot(&world);
        attempt(&mut world, one);
        world.effects.clear();
        check(&before, &world)?;
    }
    prop_assert_eq!(&world.replayed(), &world.record, "the history gives the row");
    Ok(())
}

/// Whatever a person does last, taking it back at once gives the record that was before, but for the count of
/// transitions (ruling 23), and with it every due time. What clocks say in between stays said.
fn undo_gives_back(playbook: &'static Playbook, tries: &[Try], minutes: i64) -> Result<(), TestCaseError> {
    let mut world = World::new(playbook);
    for one in tries {
        let before = snapshot(&world);
        attempt(&mut world, one);
        let new = &world.events[before.events.len()..];
        let Some(by) = new.first().and_then(|event| event.by) else { continue };
        if world.commands.len() != before.commands.len() + 1 {
            continue;
        }
        let mut undone = snapshot(&world);
        undone.advance(Duration::minutes(minutes));
        let spoke = undone.events.len() > world.events.len();
        if undone.undo(by).is_err() {
            continue;
        }
        if !spoke {
            let expected = Record { version: undone.record.version, ..before.record.clone() };
            prop_assert_eq!(&undone.record, &expected);
        }
        // Had it never been done, the same would be due, and the same steps would have been taken by now: whether a
        // clock spoke before the way back or speaks after it, it speaks once.
        let (version, lived) = (before.record.version, straightened(before.events.clone()));
        let mut never = before;
        never.advance(Duration::minutes(minutes));
        let moved = never.record.version != version;
        never.tell(Actor::TIME, &Command::ClockElapsed).expect("time is never refused");
        undone.tell(Actor::TIME, &Command::ClockElapsed).expect("time is never refused");
        // What was said because what was undone had ended a request or a snooze stays said; it would have waited with it.
        let snoozed = never.record.snoozed_until.is_some_and(|until| until > never.now);
        let waits = spoke && (never.record.pending.is_some() || snoozed);
        if !moved && !waits && never.record.pending == undone.record.pending {
            prop_assert_eq!(&never.record.clocks, &undone.record.clocks);
            let due = |world: &World| bellwether::domain::clocks::next_due(&world.record, &world.env());
            prop_assert_eq!(due(&never), due(&undone));
        }
        prop_assert_eq!(&undone.replayed(), &undone.record, "the history gives the row");
        if !spoke {
            let straight = straightened(undone.events.clone());
            prop_assert_eq!(straight.get(..lived.len()), Some(&lived[..]));
        }
        let again = undone.undo(by).err();
        prop_assert!(again.is_some(), "an undo is not undone in turn");
    }
    Ok(())
}

/// The toy playbook of the tests: nothing in the engine depends on the shipped one (ruling 28).
pub fn toy() -> &'static Playbook {
    static TOY: LazyLock<Playbook> = LazyLock::new(|| compiled(include_str!("../playbooks/toy.toml")));
    &TOY
}

/// The shipped default playbook.
pub fn lead_lifecycle() -> &'static Playbook {
    static SHIPPED: LazyLock<Playbook> =
        LazyLock::new(|| compiled(include_str!("../../src/playbook/builtin/lead_lifecycle.toml")));
    &SHIPPED
}

/// The playbook with numbered statuses and outcomes (B1–B10).
pub fn engagement() -> &'static Playbook {
    static SHIPPED: LazyLock<Playbook> =
        LazyLock::new(|| compiled(include_str!("../../src/playbook/builtin/engagement.toml")));
    &SHIPPED
}

fn compiled(text: &str) -> Playbook {
    bellwether::playbook::compile(text).expect("it compiles").playbook
}

proptest! {
    #![proptest_config(Config { cases: 128, ..Config::default() })]

    /// R5, D10, D64–D66, X3 on the lead lifecycle.
    #[test]
    fn the_lead_lifecycle_keeps_its_promises(tries in tries()) {
        whatever_happens(lead_lifecycle(), &tries)?;
    }

    /// X4, ruling 12
    #[test]
    fn an_undo_gives_back_what_was(tries in tries(), minutes in 0i64..15) {
        undo_gives_back(lead_lifecycle(), &tries, minutes)?;
        undo_gives_back(toy(), &tries, minutes)?;
        undo_gives_back(engagement(), &tries, minutes)?;
    }

    /// The same on a playbook that shares nothing with it.
    #[test]
    fn a_playbook_of_three_statuses_keeps_them_too(tries in tries()) {
        whatever_happens(toy(), &tries)?;
    }

    /// B7: the history tells how often a numbered status was entered.
    #[test]
    fn the_engagement_model_keeps_them_too(tries in tries()) {
        whatever_happens(engagement(), &tries)?;
    }
}

/// The properties are about something: random tries do reach every status and every kind of event.
#[test]
fn the_tries_reach_every_corner() {
    use proptest::strategy::ValueTree as _;
    let playbook = lead_lifecycle();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut reached: std::collections::BTreeSet<StatusId> = std::collections::BTreeSet::new();
    let mut kinds = std::collections::BTreeSet::new();
    for _ in 0..400 {
        let tries = tries().new_tree(&mut runner).expect("tries").current();
        let mut world = if tries.len().is_multiple_of(2) {
            World::new(playbook)
        } else {
            World::with_value(playbook, 20_000)
        };
        for one in &tries {
            attempt(&mut world, one);
        }
        reached.extend(world.record.been.iter().cloned());
        kinds.extend(
            world.events.iter().map(|e| format!("{:?}", e.kind).split([' ', '(']).next().map(str::to_owned)),
        );
    }
    let all: std::collections::BTreeSet<_> = playbook.statuses.iter().map(|s| s.id.clone()).collect();
    assert_eq!(reached, all);
    assert!(kinds.len() >= 16 && kinds.contains(&Some("Undone".to_owned())), "{kinds:?}");
}
