//! What the CRM is told of an impact driver (A2–A6): the words themselves.

use std::sync::LazyLock;

use bellwether::domain::activity::Activity;
use bellwether::domain::command::{Actor, Command};
use bellwether::domain::decision::Decision;
use bellwether::domain::event::EventKind;
use bellwether::domain::field::{Data, FieldValue};
use bellwether::domain::playbook::Playbook;
use chrono::Duration;

use crate::world::{ANA, World, text};

fn drivers() -> &'static Playbook {
    static SHIPPED: LazyLock<Playbook> = LazyLock::new(|| {
        let text = include_str!("../../src/playbook/builtin/impact_drivers.toml");
        bellwether::playbook::compile(text).expect("it compiles").playbook
    });
    &SHIPPED
}

/// The notes of a decision: title and text.
fn notes(decision: &Decision) -> Vec<(String, String)> {
    let note = |kind: &EventKind| match kind {
        EventKind::CrmNote { title, text, corrects: false } => {
            Some((title.clone().unwrap_or_default(), text.clone()))
        }
        _ => None,
    };
    decision.events.iter().filter_map(|event| note(&event.kind)).collect()
}

fn moved(world: &mut World, to: &str, given: &[(&str, FieldValue)]) -> Vec<(String, String)> {
    let data: Data = given.iter().map(|(field, value)| ((*field).into(), value.clone())).collect();
    let command = Command::Move { to: to.into(), data, expected: None };
    notes(&world.tell(Actor::person(ANA), &command).expect("it may move"))
}

fn logged(world: &mut World, activity: Activity, note: Option<&str>) -> Vec<(String, String)> {
    let note = note.map(str::to_owned);
    let command = Command::Log { activity, at: None, outcome: None, note, next: None };
    notes(&world.tell(Actor::person(ANA), &command).expect("it may be logged"))
}

fn one(title: &str, text: &str) -> Vec<(String, String)> {
    vec![(title.to_owned(), text.to_owned())]
}

/// A2–A5: what each status says, with a note and without one: no stray dash where nobody wrote one.
#[test]
fn each_status_says_what_happened() {
    let reason = || ("reason", FieldValue::Choice("price".to_owned()));
    let mut world = World::new(drivers());
    let pitched = moved(&mut world, "pitched", &[("note", text("Mei likes it"))]);
    assert_eq!(pitched, one("DiscussedDuringUpdateCall", "Acme was pitched by Ana: Mei likes it"));
    let due = FieldValue::Instant(world.now + Duration::days(28));
    let won = [("commitment", text("Live in all shops")), ("expected_implementation", due)];
    let won = moved(&mut world, "closed_won", &won);
    let said = "Acme Ltd commits to Acme: Live in all shops\nExpected implementation: 2026-03-30";
    assert_eq!(won, one("Closed Won", said));
    assert_eq!(moved(&mut world, "implemented", &[]), one("Implemented", "Acme is in use at Acme Ltd."));

    let mut world = World::new(drivers());
    let lost = moved(&mut world, "closed_lost", &[reason()]);
    assert_eq!(lost, one("Closed Lost", "Acme Ltd decided against Acme. Reason: Price."));
    let mut world = World::new(drivers());
    let lost = moved(&mut world, "closed_lost", &[reason(), ("note", text("Twice what they have now"))]);
    let said = "Acme Ltd decided against Acme. Reason: Price. Twice what they have now";
    assert_eq!(lost, one("Closed Lost", said));
}

/// A6: a conversation with a note is documented; without one, and among ourselves, there is nothing to document.
#[test]
fn a_conversation_is_documented() {
    let mut world = World::new(drivers());
    let call = logged(&mut world, Activity::CallAnswered, Some("Mei asks for a trial"));
    assert_eq!(call, one("Discussed", "Acme · call answered · Ana: Mei asks for a trial"));
    for (activity, note) in [
        (Activity::MeetingHeld, None),
        (Activity::Note, Some("She seems tired of it")),
        (Activity::CallUnanswered, Some("No answer")),
        (Activity::EmailOpened, Some("Twice")),
    ] {
        assert_eq!(logged(&mut world, activity, note), [], "{activity:?}");
    }
    assert_eq!(world.replayed(), world.record);
}
