//! Due times: one clustered list, re-checked when popped.

use bellwether::domain::ids::*;
use bellwether::store::Needs;
use chrono::{DateTime, Utc};

use crate::kit::*;

fn due(n: u32) -> Needs {
    Needs { due: Some(n), ..Needs::default() }
}

async fn pop(world: &World, n: u32, then: Option<DateTime<Utc>>) -> Vec<RecordId> {
    world
        .run(due(n), move |batch| {
            let popped = batch.due().to_vec();
            for id in &popped {
                batch.rearm(*id, then);
            }
            popped
        })
        .await
}

#[tokio::test]
async fn what_is_due_is_popped_once_the_earliest_first() {
    let world = World::new().await;
    let later = world.lead("Later", Some(monday() + minutes(20))).await;
    let first = world.lead("First", Some(monday() + minutes(10))).await;
    world.lead("Never", None).await;
    assert_eq!(world.store.next_due().await.unwrap(), Some(monday() + minutes(10)));
    assert!(pop(&world, 9, None).await.is_empty(), "nothing is due yet");
    world.clock.advance(minutes(30));
    assert_eq!(pop(&world, 1, None).await, [first], "in bounded batches");
    assert_eq!(pop(&world, 9, None).await, [later]);
    assert!(pop(&world, 9, None).await.is_empty());
    assert_eq!(world.store.next_due().await.unwrap(), None);
}

/// A move to a later due time writes nothing to the list; the entry that is there is re-checked when popped.
#[tokio::test]
async fn arming_is_lazy() {
    let world = World::new().await;
    let id = world.lead("A", Some(monday() + minutes(10))).await;
    world.touch(id, "one", Some(monday() + minutes(60))).await;
    assert_eq!(world.store.next_due().await.unwrap(), Some(monday() + minutes(10)), "left as it was");
    world.clock.advance(minutes(10));
    assert_eq!(pop(&world, 9, Some(monday() + minutes(60))).await, [id]);
    assert_eq!(world.store.next_due().await.unwrap(), Some(monday() + minutes(60)));
    world.touch(id, "two", Some(monday() + minutes(30))).await;
    assert_eq!(
        world.store.next_due().await.unwrap(),
        Some(monday() + minutes(30)),
        "an earlier one is added"
    );
    world.clock.advance(minutes(20));
    assert_eq!(pop(&world, 9, None).await, [id]);
    world.clock.advance(minutes(30));
    assert_eq!(pop(&world, 9, None).await, [id], "the one that was left over: harmless");
    assert_eq!(world.store.next_due().await.unwrap(), None);
}

/// A record with two entries that are both due is looked at once.
#[tokio::test]
async fn two_entries_of_one_record_are_one_look() {
    let world = World::new().await;
    let id = world.lead("A", Some(monday() + minutes(60))).await;
    world.touch(id, "one", Some(monday() + minutes(30))).await;
    world.clock.advance(minutes(90));
    assert_eq!(pop(&world, 9, Some(monday() + minutes(120))).await, [id]);
    assert_eq!(world.store.next_due().await.unwrap(), Some(monday() + minutes(120)));
}

/// A job that fails gives its entries back.
#[tokio::test]
async fn a_failed_sweep_loses_nothing() {
    let world = World::new().await;
    let id = world.lead("A", Some(monday())).await;
    assert!(world.try_run(due(9), |_| panic!("a defect")).await.is_err());
    assert_eq!(pop(&world, 9, None).await, [id]);
}

/// Two sweeps in one group get different records.
#[tokio::test]
async fn two_sweeps_share_what_is_due() {
    let world = World::new().await;
    for name in ["A", "B", "C"] {
        world.lead(name, Some(monday())).await;
    }
    let (a, b) = tokio::join!(pop(&world, 2, None), pop(&world, 2, None));
    assert_eq!((a, b), (vec![RecordId(1), RecordId(2)], vec![RecordId(3)]));
}

/// Ruling 7: a change of calendar has every open record looked at anew.
#[tokio::test]
async fn a_team_is_armed_anew() {
    let mut world = World::on_disk().await;
    let a = world.lead("A", Some(monday() + minutes(600))).await;
    let b = world.lead("B", None).await;
    let closed = world.lead("Closed", None).await;
    world.touch(closed, "done", None).await;
    let mut team = world.store.workspace(GUILD).teams[0].clone();
    let same = world.store.save_team(GUILD, team.clone(), vec![]).await.unwrap();
    assert_eq!(same.rearmed, 0, "its hours are what they were");
    team.calendar.holidays.insert(monday().date_naive());
    assert_eq!(world.store.save_team(GUILD, team, vec![]).await.unwrap().rearmed, 2);
    world.restart().await;
    assert_eq!(pop(&world, 9, Some(monday() + minutes(700))).await, [a, b]);
    assert_eq!(world.store.next_due().await.unwrap(), Some(monday() + minutes(600)), "A's old entry");
}

/// Whoever sleeps until the next due time hears of an earlier one.
#[tokio::test]
async fn sleepers_are_woken() {
    let world = World::new().await;
    let (mut due, mut outbox) = (world.store.due_signal(), world.store.outbox_signal());
    world.say(fact("a", LEADS)).await;
    assert!(outbox.has_changed().unwrap() && !due.has_changed().unwrap());
    outbox.mark_unchanged();
    world.lead("A", Some(monday())).await;
    assert!(due.has_changed().unwrap() && !outbox.has_changed().unwrap());
    due.mark_unchanged();
    world.touch(RecordId(1), "one", None).await;
    assert!(!due.has_changed().unwrap() && !outbox.has_changed().unwrap());
}

/// One row that cannot be read does not stop the clocks of all others: it is set aside, and named in the log.
#[tokio::test]
async fn a_broken_row_does_not_stop_the_sweep() {
    let mut world = World::on_disk().await;
    let broken = world.lead("Broken", Some(monday())).await;
    let sound = world.lead("Sound", Some(monday())).await;
    world.store.close().await;
    let url = url(world.directory.as_ref().unwrap());
    let mut conn = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
    let spoil = sqlx::query("UPDATE records SET status = 'elsewhere' WHERE id = $1").bind(broken.0);
    spoil.execute(&mut conn).await.unwrap();
    sqlx::Connection::close(conn).await.unwrap();
    world.restart().await;
    assert_eq!(pop(&world, 9, None).await, [sound]);
    assert!(pop(&world, 9, None).await.is_empty());
    let named = world.try_run(records([broken]), move |batch| batch.record(broken).is_some()).await;
    assert!(
        matches!(named, Err(bellwether::store::StoreError::Corrupt { .. })),
        "whoever asks for it is told"
    );
}
