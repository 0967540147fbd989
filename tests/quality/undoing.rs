//! X4: an undo against what happens at the same moment. Whatever comes first, nobody's work is lost: either the undo
//! came first and the other act stands on what came back, or the other act came first and the undo is refused.

use bellwether::chat::action::Action;
use bellwether::chat::intent::Input;
use bellwether::chat::message::Reply;
use bellwether::domain::event::EventKind;
use bellwether::domain::ids::{EventId, RecordId};
use bellwether::worker::clocks::sweep;
use chrono::Duration;

use crate::kit::{new_lead, request, row, say, told, typed, world};
use crate::support::world::World;

const ROUNDS: usize = 24;

async fn kinds(world: &World, id: RecordId) -> Vec<EventKind> {
    let history = world.app.store().history(id, 0, 100).await.expect("a history");
    history.into_iter().rev().map(|(_, event)| event.kind).collect()
}

fn place(kinds: &[EventKind], wanted: fn(&EventKind) -> bool) -> Option<usize> {
    kinds.iter().position(wanted)
}

/// Against another person.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_undo_and_another_persons_note() {
    let world = world().await;
    let mut undone = 0;
    for n in 0..ROUNDS {
        let id = new_lead(&world, "ana", &format!("name:\"Acme {n}\"")).await;
        let lead = row(&world, id).await.record.handle;
        say(&world, "ana", &format!("/lead log lead:{lead} activity:email_sent")).await;
        let undo = request(&world, "ana", typed(&world, &format!("/lead undo lead:{lead}")));
        let note = typed(&world, &format!("/lead log lead:{lead} activity:note note:\"they called\""));
        let note = request(&world, "ben", note);
        let (undo, note) = if n % 2 == 0 {
            tokio::join!(world.app.handle(undo), world.app.handle(note))
        } else {
            let (note, undo) = tokio::join!(world.app.handle(note), world.app.handle(undo));
            (undo, note)
        };
        assert!(told(&world, &note).contains("has your note"), "{}", told(&world, &note));
        let said = told(&world, &undo);
        let kinds = kinds(&world, id).await;
        let note = place(&kinds, |k| matches!(k, EventKind::Logged { note: Some(_), .. })).expect("the note");
        match place(&kinds, |k| matches!(k, EventKind::Undone(_))) {
            Some(undo) => {
                assert!(undo < note && said.contains("undone"), "{said}: {kinds:?}");
                assert_eq!(row(&world, id).await.record.status.as_str(), "new");
                undone += 1;
            }
            None => assert!(said.contains("has changed"), "{said}"),
        }
    }
    println!("undone before the note {undone} times of {ROUNDS}");
    assert_eq!(world.check_histories().await, ROUNDS);
}

/// Against the clock of the very record: a breach that falls due is said once, whoever comes first.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_undo_and_a_clock() {
    let world = world().await;
    let monday = world.now();
    for n in 0..8 {
        world.advance_to(monday + Duration::days(7 * n)).await;
        let id = new_lead(&world, "ana", &format!("name:\"Acme {n}\"")).await;
        let lead = row(&world, id).await.record.handle;
        world.clock.advance(Duration::minutes(119));
        say(&world, "ana", &format!("/lead edit lead:{lead} field:value value:5k")).await;
        world.clock.advance(Duration::minutes(1));
        let undo = request(&world, "ana", typed(&world, &format!("/lead undo lead:{lead}")));
        let (said, swept) = tokio::join!(world.app.handle(undo), sweep(&world.app));
        swept.expect("a sweep");
        assert!(told(&world, &said).contains("undone"), "{}", told(&world, &said));
        world.settle().await;
        let kinds = kinds(&world, id).await;
        let steps = kinds.iter().filter(|k| matches!(k, EventKind::StepsReached { .. })).count();
        assert!(steps <= 2, "rescue and breach, once each: {kinds:?}");
        let row = row(&world, id).await;
        assert_eq!(row.record.value, None);
        assert!(row.record.clocks.iter().any(|run| run.breached_at.is_some()), "{:?}", row.record.clocks);
        assert_eq!(row.chat.alerts.iter().filter(|a| a.closed.is_none() && a.person.is_none()).count(), 1);
    }
    assert_eq!(world.check_histories().await, 8);
}

/// Two presses of the same button at once: one undo, and one answer that it is undone.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_presses_undo_once() {
    let world = world().await;
    let id = new_lead(&world, "ana", "name:Acme").await;
    let Reply::Private(done) = say(&world, "ana", "/lead log lead:L-1 activity:email_sent").await else {
        panic!("a private answer")
    };
    let button = done.buttons.iter().find(|b| b.label.contains("Undo")).expect("an undo button");
    let Action::Undo { record, command } = button.action.clone() else { panic!("{button:?}") };
    assert_eq!(record, id);
    let press = |command| Input::Press {
        action: Some(Action::Undo { record, command }),
        values: Vec::new(),
        on_private: true,
    };
    let (one, other) = tokio::join!(
        world.app.handle(request(&world, "ana", press(command))),
        world.app.handle(request(&world, "ana", press(command))),
    );
    let said = [told(&world, &one), told(&world, &other)];
    assert_eq!(said.iter().filter(|s| s.contains("your last change is undone:")).count(), 1, "{said:?}");
    assert_eq!(said.iter().filter(|s| s.contains("undone already")).count(), 1, "{said:?}");
    // Forged: a command that never was, and somebody else's press.
    let forged = world.app.handle(request(&world, "ana", press(EventId(9_999)))).await;
    assert!(told(&world, &forged).contains("undone already"), "{}", told(&world, &forged));
    let foreign = world.app.handle(request(&world, "olu", press(command))).await;
    assert!(told(&world, &foreign).contains("team"), "{}", told(&world, &foreign));
    assert_eq!(world.check_histories().await, 1);
}
