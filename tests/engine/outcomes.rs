//! The engagement model: numbered statuses (B7), and what the outcome of an event does (B2, B9, B10).

use chrono::Duration;

use bellwether::domain::activity::Activity;
use bellwether::domain::command::{Actor, Command, Completed, Report};
use bellwether::domain::decision::Decision;
use bellwether::domain::event::EventKind;
use bellwether::domain::evolve;
use bellwether::domain::field::{Data, FieldValue};
use bellwether::domain::outcome;
use bellwether::domain::rejection::Rejection;

use crate::properties::engagement;
use crate::world::{ANA, BEN, World};

/// A call with what came of it; `next`: with a plan.
fn called(outcome: Option<&str>, to: Option<&str>, reason: Option<&str>, next: bool) -> Command {
    let due = crate::world::monday() + Duration::days(3);
    let data = reason.map(|r| ("reason".into(), FieldValue::Choice(r.to_owned())));
    Command::Complete {
        event: Completed::Logged { activity: Activity::CallAnswered, at: None, note: None },
        report: Report {
            outcome: outcome.map(str::to_owned),
            to: to.map(Into::into),
            next: next.then(|| ("call".to_owned(), Some(due))),
            told: false,
        },
        data: data.into_iter().collect(),
    }
}

fn kinds(decision: &Decision) -> Vec<&'static str> {
    let name = |kind: &EventKind| match kind {
        EventKind::Logged { .. } => "logged",
        EventKind::Planned { .. } => "planned",
        EventKind::Moved(_) => "moved",
        _ => "other",
    };
    decision.events.iter().map(|event| name(&event.kind)).collect()
}

/// B2, B9: each thing that is missing is asked for in its turn, and nothing happens before all of it is known.
#[test]
fn an_event_waits_until_all_of_it_is_said() {
    let mut world = World::new(engagement());
    let before = world.record.clone();
    let ana = Actor::person(ANA);
    let plain =
        Command::Log { activity: Activity::CallAnswered, at: None, outcome: None, note: None, next: None };
    assert_eq!(world.tell(ana, &plain), Err(Rejection::NeedsOutcome));
    let asked = world.tell(ana, &called(Some("progressing"), None, None, true)).expect_err("where to?");
    let Rejection::NeedsStatus { allowed, .. } = asked else { panic!("{asked:?}") };
    assert_eq!(allowed.first(), Some(&"contact".into()));
    let missing = |fields: &[&str], to: Option<&str>| Rejection::Missing {
        to: to.map(Into::into),
        fields: fields.iter().map(|f| (*f).into()).collect(),
    };
    let asked = world.tell(ana, &called(Some("progressing"), Some("contact"), None, false));
    assert_eq!(asked, Err(missing(&["next_action", "next_due"], Some("contact"))));
    let asked = world.tell(ana, &called(Some("exiting"), None, None, true));
    assert_eq!(asked, Err(missing(&["reason"], None)));
    let asked = world.tell(ana, &called(Some("no_change"), None, None, false));
    assert_eq!(asked, Err(missing(&["next_action", "next_due"], None)));
    assert_eq!((&world.record, world.events.len()), (&before, 1), "nothing has happened");

    let decision = world.tell(ana, &called(Some("progressing"), Some("contact"), None, true)).expect("all");
    assert_eq!(kinds(&decision), ["logged", "planned", "moved"]);
    assert_eq!(world.replayed(), world.record);
    world.undo(ANA).expect("one command");
    assert_eq!((world.status(), &world.record.next), ("enquiry", &None));
    assert_eq!(world.record.contacted, before.contacted, "the call is taken back with it");
}

/// B9: a reason chooses the closed stage; in one that nobody reaches out to, there is nothing to plan (B8).
#[test]
fn a_reason_chooses_the_status() {
    for (outcome, reason, to) in [
        ("exiting", "timing", "nurture"),
        ("exiting", "bought_elsewhere", "hold"),
        ("problem", "abusive", "problem"),
        ("problem", "test", "archive"),
    ] {
        let mut world = World::new(engagement());
        let plans = outcome == "exiting";
        world.tell(Actor::person(ANA), &called(Some(outcome), None, Some(reason), plans)).expect(reason);
        assert_eq!((world.status(), world.last_move().reason), (to, Some(reason.into())));
    }
    let mut world = World::new(engagement());
    let refused = world.tell(Actor::person(ANA), &called(Some("exiting"), None, Some("test"), true));
    assert!(matches!(refused, Err(Rejection::UnknownReason { .. })), "{refused:?}");
}

/// B9, B10: what changes nothing moves nothing, and leaves no way round; what lies between is recorded.
#[test]
fn an_outcome_leads_its_own_way() {
    let mut world = World::new(engagement());
    let ana = Actor::person(ANA);
    let decision = world.tell(ana, &called(Some("no_contact"), None, None, true)).expect("no contact");
    assert_eq!((kinds(&decision), world.status()), (vec!["logged", "planned"], "enquiry"));
    let refused = world.tell(ana, &called(Some("no_change"), Some("engaged"), None, true));
    assert!(matches!(refused, Err(Rejection::OutcomeKeeps { .. })), "{refused:?}");
    let refused = world.tell(ana, &called(Some("go_back"), Some("contact"), None, true));
    assert!(matches!(refused, Err(Rejection::OutcomeLeadsNowhere { .. })), "{refused:?}");

    world.tell(ana, &called(Some("progressing"), Some("committed"), None, true)).expect("far on");
    let skipped: Vec<_> = ["contact", "engaged", "selected"].map(Into::into).into();
    assert_eq!(world.last_move().skipped, skipped);
    assert_eq!(outcome::next_status(&world.record, engagement()), Some("contracted".into()));
    let refused = world.tell(ana, &called(Some("progressing"), Some("engaged"), None, true));
    assert!(matches!(refused, Err(Rejection::NoSuchMove { .. })), "{refused:?}");
    world.tell(ana, &called(Some("go_back"), Some("engaged"), None, true)).expect("back");
    assert!(world.last_move().skipped.is_empty(), "nothing is skipped on the way back");
}

/// Ruling 16: whoever may log may not yet move. An integration is asked nothing.
#[test]
fn who_is_asked_and_who_may() {
    let mut world = World::new(engagement());
    let refused = world.tell(Actor::person(BEN), &called(Some("progressing"), Some("contact"), None, true));
    assert_eq!(refused, Err(Rejection::NotYours { owner: ANA }));
    world.tell(Actor::person(BEN), &called(Some("no_change"), None, None, true)).expect("what happened");
    world.tell(Actor::INTEGRATION, &called(None, None, None, false)).expect("a call is a call");
    let note = Command::Log {
        activity: Activity::Note,
        at: None,
        outcome: None,
        note: Some("nice".to_owned()),
        next: None,
    };
    world.tell(Actor::person(BEN), &note).expect("a note is no event");
}

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
    world.events.push(bellwether::domain::event::Event { kind: EventKind::Moved(Box::new(old)), ..event });
    world.record = world.replayed();
    assert!(world.record.entered.is_empty());
    let row = serde_json::to_value(&world.record).expect("json");
    assert!(row.get("entered").is_none());
    assert_eq!(world.record.nth(&"check_in".into()), 1);
    let decision = world.choose(ANA, "check_in").expect("the second");
    assert_eq!(world.last_move().nth, Some(2));
    assert_eq!(evolve::evolve(world.replayed(), &decision.events[0]).nth(&"check_in".into()), 2);
}
