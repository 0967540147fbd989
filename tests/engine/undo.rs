//! X4, ruling 12: what is taken back, and what is not.

use bellwether::domain::activity::Activity;
use bellwether::domain::clocks;
use bellwether::domain::command::{Actor, Command};
use bellwether::domain::event::EventKind;
use bellwether::domain::field::{FieldValue, builtin};
use bellwether::domain::ids::{EventId, FieldId, StatusId};
use bellwether::domain::rejection::Rejection;
use bellwether::domain::undo::{Did, NotUndone, Undo};
use chrono::Duration;

use super::properties::lead_lifecycle;
use super::world::{ANA, BEN, MIA, World, text};

fn lead() -> World {
    World::new(lead_lifecycle())
}

fn refused(world: &mut World, who: bellwether::domain::ids::PersonId) -> NotUndone {
    match world.undo(who).expect_err("refused") {
        Rejection::NotUndone(why) => why,
        other => panic!("{other:?}"),
    }
}

/// The rule that a call set off goes back with the call, and it counts against the rule (X5).
#[test]
fn what_a_rule_did_goes_back_with_what_set_it_off() {
    let mut lead = lead();
    let before = lead.record.clone();
    lead.log(ANA, Activity::CallAnswered).expect("logged");
    assert_eq!(lead.status(), "connected");
    lead.advance(Duration::minutes(10));
    let decision = lead.undo(ANA).expect("undone");
    assert_eq!(lead.record, bellwether::domain::record::Record { version: 2, ..before });
    let [event] = decision.events.as_slice() else { panic!("{:?}", decision.events) };
    let EventKind::Undone(undone) = &event.kind else { panic!("{event:?}") };
    let [Did::Logged { activity: Activity::CallAnswered }, Did::Moved { rule: Some(rule), .. }] =
        undone.undid.as_slice()
    else {
        panic!("{:?}", undone.undid)
    };
    assert_eq!(rule.as_str(), "talk-connects");
}

/// A due time comes back as it was: one that passed meanwhile fires once, at once.
#[test]
fn a_due_time_that_has_passed_fires_once() {
    let mut lead = lead();
    lead.advance(Duration::minutes(118));
    lead.log(ANA, Activity::CallAnswered).expect("logged");
    lead.advance(Duration::minutes(10));
    lead.undo(ANA).expect("undone");
    let due = clocks::next_due(&lead.record, &lead.env()).expect("the first contact is due");
    assert!(due < lead.now);
    lead.effects.clear();
    lead.advance(Duration::minutes(1));
    assert_eq!(lead.alerts(), ["first-contact Breach"]);
    lead.advance(Duration::minutes(1));
    assert_eq!(lead.alerts().len(), 1);
}

/// What a clock said between the command and its undo is not said again.
#[test]
fn what_was_said_meanwhile_stays_said() {
    let mut lead = lead();
    lead.advance(Duration::minutes(118));
    let value = Some(text("trade fair"));
    lead.tell(Actor::person(ANA), &Command::Edit { field: FieldId::from(builtin::SOURCE), value })
        .expect("edited");
    lead.advance(Duration::minutes(10));
    assert!(lead.alerts().contains(&"first-contact Breach".to_owned()), "{:?}", lead.alerts());
    lead.effects.clear();
    lead.undo(ANA).expect("a reminder is nobody's work");
    lead.advance(Duration::minutes(1));
    assert_eq!(lead.alerts(), [""; 0]);
    assert_eq!(lead.record.source, None);
}

/// A clock that moved the record is no mere speech.
#[test]
fn a_move_by_a_clock_refuses_it() {
    let mut lead = lead();
    lead.choose(ANA, "connected").expect("chosen");
    lead.choose(ANA, "working").expect("chosen");
    lead.advance(Duration::days(30) - Duration::minutes(1));
    lead.tell(Actor::person(BEN), &Command::Take).expect("taken");
    lead.advance(Duration::minutes(2));
    assert_eq!(lead.status(), "stale");
    assert!(matches!(refused(&mut lead, BEN), NotUndone::ChangedSince { by: None, .. }));
}

/// A window of a quarter of an hour, or what an admin set.
#[test]
fn the_window_closes() {
    let mut lead = lead();
    lead.log(ANA, Activity::EmailSent).expect("logged");
    lead.advance(Duration::minutes(15) + Duration::seconds(1));
    assert!(matches!(refused(&mut lead, ANA), NotUndone::Late { minutes: 15, .. }));
    lead.workspace.thresholds.undo_window = 60;
    lead.undo(ANA).expect("undone");
}

/// Nobody undoes what somebody else did, nor what they did before that; nothing undoes a creation.
#[test]
fn only_ones_own_last_change_is_undone() {
    let mut lead = lead();
    assert_eq!(refused(&mut lead, BEN), NotUndone::Nothing);
    assert_eq!(refused(&mut lead, ANA), NotUndone::Creation);
    lead.log(ANA, Activity::EmailSent).expect("logged");
    lead.log(BEN, Activity::Note).expect("logged");
    assert!(matches!(refused(&mut lead, ANA), NotUndone::ChangedSince { by: Some(BEN), .. }));
    lead.undo(BEN).expect("undone");
    assert!(matches!(refused(&mut lead, ANA), NotUndone::ChangedSince { by: Some(BEN), .. }));
    assert_eq!(refused(&mut lead, BEN), NotUndone::AlreadyUndone);
}

/// D10: what is locked stays locked.
#[test]
fn a_locked_record_is_not_undone() {
    let mut lead = lead();
    lead.choose(ANA, "connected").expect("chosen");
    lead.choose(ANA, "qualified").expect("chosen");
    lead.choose(ANA, "converted").expect("chosen");
    let converted = StatusId::from("converted");
    assert_eq!(refused(&mut lead, ANA), NotUndone::Locked { status: converted.clone() });
    lead.log(MIA, Activity::Note).expect("logged");
    assert_eq!(refused(&mut lead, ANA), NotUndone::Locked { status: converted });
}

/// A button beside an older change does not take a newer one back.
#[test]
fn a_button_means_its_own_change() {
    let mut lead = lead();
    lead.log(ANA, Activity::EmailSent).expect("logged");
    let meant = lead.past().last().and_then(|told| told.command);
    lead.log(ANA, Activity::Note).expect("logged");
    let undo = |lead: &World, command| {
        Command::Undo(Box::new(Undo { history: lead.past(), command, contact: None, published: Vec::new() }))
    };
    let older = undo(&lead, meant);
    let why = lead.tell(Actor::person(ANA), &older).expect_err("refused");
    assert_eq!(why, Rejection::NotUndone(NotUndone::Newer));
    let newer = undo(&lead, lead.past().last().and_then(|told| told.command));
    lead.tell(Actor::person(ANA), &newer).expect("undone");
}

/// A history that does not give the row, or does not say what belongs together, is nothing to go back by.
#[test]
fn what_is_not_known_is_not_guessed() {
    let mut lead = lead();
    lead.log(MIA, Activity::Voicemail).expect("logged");
    lead.log(ANA, Activity::EmailSent).expect("logged");
    let whole = lead.past();
    let mut without = whole.clone();
    for told in &mut without {
        told.command = None;
    }
    let mut shorter = whole;
    shorter.remove(1);
    for history in [without, shorter] {
        let command =
            Command::Undo(Box::new(Undo { history, command: None, contact: None, published: Vec::new() }));
        let why = lead.tell(Actor::person(ANA), &command).expect_err("refused");
        assert_eq!(why, Rejection::NotUndone(NotUndone::Untold));
    }
}

/// ruling 15: the personal fields come from beside the history, and only where that command changed them.
#[test]
fn personal_fields_come_back_from_beside_the_history() {
    let mut lead = lead();
    let edit = |value: &str| Command::Edit { field: FieldId::from(builtin::EMAIL), value: Some(text(value)) };
    lead.tell(Actor::person(ANA), &edit("wrong@acme.example")).expect("edited");
    let decision = lead.undo(ANA).expect("undone");
    assert_eq!(lead.record.contact.email.as_deref(), Some("buyer@acme.example"));
    let told = serde_json::to_string(&decision.events).expect("JSON");
    assert!(!told.contains("acme.example") && !told.contains("Acme"), "{told}");
    // What was before an earlier command is not what was before this one.
    lead.personal = Some((EventId(2), lead.record.contact.clone()));
    lead.tell(Actor::person(ANA), &edit("new@acme.example")).expect("edited");
    lead.personal = Some((EventId(2), bellwether::domain::field::Contact::default()));
    lead.log(ANA, Activity::Note).expect("logged");
    lead.undo(ANA).expect("undone");
    assert_eq!(lead.record.contact.email.as_deref(), Some("new@acme.example"));
}

/// ruling 11: a withdrawn value does not count towards a gate.
#[test]
fn a_value_taken_back_was_never_there() {
    let mut lead = lead();
    let value = Some(FieldValue::Money(super::world::usd(50_000)));
    lead.tell(Actor::person(ANA), &Command::Edit { field: FieldId::from(builtin::VALUE), value })
        .expect("edited");
    lead.undo(ANA).expect("undone");
    assert_eq!(lead.record.value, None);
    assert!(lead.record.past_values.is_empty());
}
