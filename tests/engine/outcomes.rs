//! The engagement model: numbered statuses (B7), and what the outcome of an event does (B2, B9, B10).

use chrono::Duration;

use bellwether::domain::command::{Actor, Command};
use bellwether::domain::evolve;
use bellwether::domain::field::Data;
use bellwether::domain::rejection::Rejection;

use crate::properties::engagement;
use crate::world::{ANA, World};

/// B7: every entry is one event that says which it is, and the history counts as the row does.
#[test]
fn a_numbered_status_follows_itself_and_is_counted() {
    let mut world = World::new(engagement());
    world.choose(ANA, "settled").expect("a sale");
    for nth in 1..=12 {
        world.advance(Duration::days(180));
        let version = world.record.version;
        let decision = world.choose(ANA, "check_in").expect("one more");
        assert_eq!(decision.events.len(), 1, "one event");
        let moved = world.last_move();
        assert_eq!((moved.nth, moved.enters()), (Some(nth), true));
        assert_eq!(moved.from_nth, (nth > 1).then_some(nth - 1));
        assert_eq!(moved.stayed_ms, Duration::days(180).num_milliseconds());
        assert_eq!((world.record.version, world.record.status_since), (version + 1, world.now));
        assert_eq!(world.record.nth(&"check_in".into()), nth);
    }
    world.choose(ANA, "renewal").expect("renewed");
    world.choose(ANA, "check_in").expect("what was counted goes on");
    assert_eq!(world.last_move().nth, Some(13));
    assert_eq!(world.replayed(), world.record);

    world.undo(ANA).expect("just now");
    assert_eq!((world.status(), world.record.nth(&"check_in".into())), ("renewal", 12));
    world.choose(ANA, "renewal").expect("renewed again");
    world.undo(ANA).expect("just now");
    assert_eq!((world.status(), world.record.nth(&"renewal".into())), ("renewal", 1));
    assert_eq!(world.replayed(), world.record);
}

/// A status without a number is entered once, and a button is pressed once (ruling 23).
#[test]
fn what_is_not_numbered_does_not_follow_itself() {
    let mut world = World::new(engagement());
    let to = |to: &str, expected| Command::Move { to: to.into(), data: Data::new(), expected };
    let refused = world.tell(Actor::person(ANA), &to("enquiry", None)).expect_err("it is there");
    assert_eq!(refused, Rejection::AlreadyThere { to: "enquiry".into() });
    world.choose(ANA, "settled").expect("a sale");
    world.choose(ANA, "check_in").expect("the first");
    let drawn_at = world.record.version;
    world.tell(Actor::person(ANA), &to("check_in", Some(drawn_at))).expect("the second");
    let refused = world.tell(Actor::person(ANA), &to("check_in", Some(drawn_at))).expect_err("pressed twice");
    assert!(matches!(refused, Rejection::StaleButton { .. }));
    assert_eq!(world.record.nth(&"check_in".into()), 2);
}

/// A database of before has neither the count nor the number: having been there once counts as the first.
#[test]
fn what_was_stored_before_is_the_first() {
    let mut world = World::new(engagement());
    world.choose(ANA, "settled").expect("a sale");
    world.choose(ANA, "check_in").expect("the first");
    let mut old = serde_json::to_value(world.last_move()).expect("json");
    for field in ["nth", "from_nth", "skipped"] {
        old.as_object_mut().expect("an object").remove(field);
    }
    let old = serde_json::from_value(old).expect("a move of before");
    let event = world.events.pop().expect("the move");
    world.events.push(bellwether::domain::event::Event {
        kind: bellwether::domain::event::EventKind::Moved(Box::new(old)),
        ..event
    });
    world.record = world.replayed();
    assert!(world.record.entered.is_empty());
    let row = serde_json::to_value(&world.record).expect("json");
    assert!(row.get("entered").is_none());
    assert_eq!(world.record.nth(&"check_in".into()), 1);
    let decision = world.choose(ANA, "check_in").expect("the second");
    assert_eq!(world.last_move().nth, Some(2));
    assert_eq!(evolve::evolve(world.replayed(), &decision.events[0]).nth(&"check_in".into()), 2);
}
