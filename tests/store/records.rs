//! Records, numbers, history, inputs, and what happens to a group in which something goes wrong.

use bellwether::domain::event::{Because, EventKind, Found, HandOver, Routed};
use bellwether::domain::ids::*;
use bellwether::domain::playbook::Class;
use bellwether::store::read::Filter;
use bellwether::store::{Needs, StoreError};
use futures_util::future::join_all;

use crate::kit::*;

#[tokio::test]
async fn a_record_is_read_as_it_was_written() {
    let world = World::new().await;
    let id = world.lead("Acme", None).await;
    let row =
        world.store.record_by_handle(GUILD, RecordRef { letter: 'L', number: 1 }).await.unwrap().unwrap();
    let team = world.store.workspace(GUILD).teams[0].id;
    let mut expected = record(id, row.record.handle, team, "Acme", monday());
    expected.last_event = Some(EventId(1));
    assert_eq!(row.record, expected);
    assert_eq!(world.store.records(&[RecordId(99), id]).await.unwrap(), [row]);
}

/// The history is a chain from the newest event back; each move is one event.
#[tokio::test]
async fn history_is_walked_backwards() {
    let world = World::new().await;
    let (a, b) = (world.lead("A", None).await, world.lead("B", None).await);
    for status in ["one", "two", "three"] {
        world.touch(a, status, None).await;
        world.touch(b, status, None).await;
    }
    let all = world.store.history(a, 0, 10).await.unwrap();
    let to = |e: &bellwether::domain::event::Event| match &e.kind {
        EventKind::Moved(m) => m.to.to_string(),
        EventKind::Created(_) => "created".to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(all.iter().map(|(_, e)| to(e)).collect::<Vec<_>>(), ["three", "two", "one", "created"]);
    assert_eq!(world.store.history(a, 1, 2).await.unwrap(), all[1..3]);
    assert_eq!(world.store.history(b, 3, 9).await.unwrap().len(), 1);
}

/// Ruling 25: 64 callers at once, each answered, every number once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_commit_in_groups() {
    let world = World::on_disk().await;
    let ids = join_all((0..64).map(|n| world.lead(if n % 2 == 0 { "even" } else { "odd" }, None))).await;
    let mut rows = world.store.records(&ids).await.unwrap();
    rows.sort_by_key(|r| r.record.handle.number);
    assert_eq!(rows.iter().map(|r| r.record.handle.number).collect::<Vec<_>>(), (1..=64).collect::<Vec<_>>());
}

/// A number that a refused job took goes back; so do those of a group that was rolled back.
#[tokio::test]
async fn numbers_have_no_gaps() {
    let world = World::new().await;
    let refused = world.run(numbering(), |batch| batch.number(GUILD, 'L').1.number);
    let made = world.lead("A", None);
    let broken = world.try_run(numbering(), |batch| {
        new_lead(batch, "B", None);
        batch.refresh(PostId(404));
    });
    let (refused, made, broken, last) = tokio::join!(refused, made, broken, world.lead("C", None));
    assert_eq!(refused, 1);
    assert!(matches!(broken, Err(StoreError::Database(_))), "{broken:?}");
    let rows = world.store.records(&[made, last]).await.unwrap();
    assert_eq!(rows.iter().map(|r| r.record.handle.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(rows.iter().map(|r| r.record.contact.name.as_str()).collect::<Vec<_>>(), ["A", "C"]);
}

/// R4: the same input twice, in one group and in two, has one effect.
#[tokio::test]
async fn a_repeated_input_is_known() {
    let mut world = World::on_disk().await;
    let once = |id: &'static str| world.run(input(id), move |batch| batch.is_repeat("test", id));
    let (a, b, c) = tokio::join!(once("x"), once("x"), once("y"));
    assert_eq!([a, b, c], [false, true, false]);
    assert!(once("x").await);
    world.restart().await;
    assert!(world.run(input("x"), |batch| batch.is_repeat("test", "x")).await);
}

/// An input whose job failed was not seen: the platform's repetition gets its chance.
#[tokio::test]
async fn an_input_of_a_failed_job_may_come_again() {
    let world = World::new().await;
    let failed = world.try_run(input("x"), |batch| {
        assert!(!batch.is_repeat("test", "x"));
        batch.refresh(PostId(404));
    });
    assert!(failed.await.is_err());
    assert!(!world.run(input("x"), |batch| batch.is_repeat("test", "x")).await);
}

#[tokio::test]
async fn a_panic_takes_nobody_with_it() {
    let world = World::new().await;
    let id = world.lead("A", None).await;
    let (before, panicked, after) = tokio::join!(
        world.touch(id, "one", None),
        world.try_run(records([id]), |batch| {
            move_to(batch, RecordId(1), "wrong", None);
            panic!("a defect");
        }),
        world.touch(id, "two", None),
    );
    assert!(matches!(&panicked, Err(StoreError::Work(why)) if why == "a defect"), "{panicked:?}");
    assert_eq!((before, after), (EventId(2), EventId(3)));
    assert_eq!(world.store.records(&[id]).await.unwrap()[0].record.status, "two".into());
}

/// What a job did not name, it may not use; the others are not touched by that.
#[tokio::test]
async fn what_was_not_named_is_refused() {
    let world = World::new().await;
    let id = world.lead("A", None).await;
    let row = world.store.records(&[id]).await.unwrap().remove(0);
    let put = world.try_run(Needs::default(), move |batch| batch.put(row.clone(), &[], None));
    let number = world.try_run(Needs::default(), |batch| batch.number(GUILD, 'L')).await;
    let asked = world.try_run(Needs::default(), |batch| batch.is_repeat("test", "x"));
    let (put, asked, good) = tokio::join!(put, asked, world.lead("B", None));
    assert!(matches!(put, Err(StoreError::Work(_))));
    assert!(matches!(number, Err(StoreError::Work(_))));
    assert!(matches!(asked, Err(StoreError::Work(_))));
    assert_eq!(good, RecordId(2));
}

/// Jobs of one group see what those before them did.
#[tokio::test]
async fn the_overlay_is_seen_by_the_next_job() {
    let world = World::new().await;
    let handle = RecordRef { letter: 'L', number: 1 };
    let by_handle = Needs { handles: vec![(GUILD, handle)], ..Needs::default() };
    let (made, seen, person) = tokio::join!(
        world.lead("A", None),
        world.run(by_handle, move |batch| batch.by_handle(GUILD, handle).map(|row| row.record.id)),
        world.run(Needs::default(), |batch| batch.workspace(GUILD).teams[0].id),
    );
    assert_eq!(seen, Some(made));
    assert_eq!(world.store.workspace(GUILD).teams[0].id, person);
    assert_eq!(world.store.workspaces().len(), 1);
}

/// The group's instant never goes back, whatever the clock does (R8).
#[tokio::test]
async fn the_instant_never_goes_back() {
    let mut world = World::on_disk().await;
    world.lead("A", None).await;
    world.clock.set(monday() - minutes(90));
    assert_eq!(world.run(Needs::default(), |batch| batch.now()).await, monday());
    world.restart().await;
    assert_eq!(world.run(Needs::default(), |batch| batch.now()).await, monday());
}

#[tokio::test]
async fn lists_filter_and_page() {
    let world = World::new().await;
    let late = world.lead("Late", Some(monday() + minutes(60))).await;
    let soon = world.lead("Soon", Some(monday() + minutes(5))).await;
    let never = world.lead("Never", None).await;
    let closed = world.lead("Closed", None).await;
    world.touch(closed, "done", None).await;
    let ids =
        |page: &bellwether::store::read::Page| page.rows.iter().map(|r| r.record.id).collect::<Vec<_>>();
    let open = Filter { classes: vec![Class::Open], ..Filter::default() };
    let page = world.store.list(GUILD, &open, 0, 2).await.unwrap();
    assert_eq!((ids(&page), page.total), (vec![soon, late], 3));
    assert_eq!(ids(&world.store.list(GUILD, &open, 2, 2).await.unwrap()), [never]);
    let named = Filter { text: Some("los".to_owned()), ..Filter::default() };
    assert_eq!(ids(&world.store.list(GUILD, &named, 0, 9).await.unwrap()), [closed]);
    let hostile = Filter { text: Some("%'; DROP TABLE records; --".to_owned()), ..Filter::default() };
    assert_eq!(world.store.list(GUILD, &hostile, 0, 9).await.unwrap().total, 0);
    let strict = Filter {
        letter: Some('L'),
        team: Some(world.store.workspace(GUILD).teams[0].id),
        owner: Some(ANA),
        statuses: vec![("other".into(), "fresh".into()), ("toy".into(), "fresh".into())],
        company: Some("SOON".to_owned()),
        quiet_since: Some(monday() + minutes(1)),
        ..Filter::default()
    };
    assert_eq!(ids(&world.store.list(GUILD, &strict, 0, 9).await.unwrap()), [soon]);
    let other = Filter { statuses: vec![("other".into(), "fresh".into())], ..Filter::default() };
    assert_eq!(world.store.list(GUILD, &other, 0, 9).await.unwrap().total, 0, "of another playbook");
    let quiet = Filter { quiet_since: Some(monday()), ..Filter::default() };
    assert_eq!(world.store.list(GUILD, &quiet, 0, 9).await.unwrap().total, 0);
}

#[tokio::test]
async fn completion_finds_by_handle_name_and_company() {
    let world = World::new().await;
    for name in ["Zenith", "Acme", "Bolt"] {
        world.lead(name, None).await;
    }
    world.touch(RecordId(2), "done", None).await;
    let store = &world.store;
    let found = async |text: &str| {
        let rows = store.search(GUILD, 'L', text, ANA, 25).await.unwrap();
        rows.into_iter().map(|r| r.record.contact.name).collect::<Vec<_>>()
    };
    assert_eq!(found("").await, ["Zenith", "Bolt", "Acme"], "closed ones last");
    assert_eq!(found("ZEN").await, ["Zenith"]);
    assert_eq!(found("olt l").await, ["Bolt"], "by company");
    assert_eq!(found("l-2").await, ["Acme"]);
    assert_eq!(found("3").await, ["Bolt"]);
    assert_eq!(found("100%").await, Vec::<String>::new());
}

/// A digest reads a team's records in chunks, and the events since the last one in order of writing.
#[tokio::test]
async fn a_team_is_read_in_chunks() {
    let world = World::new().await;
    for name in ["A", "B", "C"] {
        world.lead(name, None).await;
    }
    let since = world.touch(RecordId(2), "one", None).await;
    world.touch(RecordId(3), "one", None).await;
    world.touch(RecordId(2), "two", None).await;
    let team = world.store.workspace(GUILD).teams[0].id;
    let ids = async |after: i64| {
        let rows = world.store.team_records(GUILD, team, RecordId(after), 2).await.unwrap();
        rows.iter().map(|r| r.record.id.0).collect::<Vec<_>>()
    };
    assert_eq!((ids(0).await, ids(2).await, ids(3).await), (vec![1, 2], vec![3], vec![]));
    let events = world.store.team_events(team, since, 9).await.unwrap();
    assert_eq!(events.iter().map(|(_, record, _)| record.0).collect::<Vec<_>>(), [3, 2]);
    assert!(world.store.team_events(TeamId(99), EventId(0), 9).await.unwrap().is_empty());
}

/// A row that does not make sense is refused by name, and takes nobody with it.
#[tokio::test]
async fn an_inconsistent_row_is_refused() {
    let mut world = World::on_disk().await;
    let (bad, good) = (world.lead("A", None).await, world.lead("B", None).await);
    world.store.close().await;
    let url = url(world.directory.as_ref().unwrap());
    let mut conn = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
    sqlx::query("UPDATE records SET status = 'elsewhere' WHERE id = 1").execute(&mut conn).await.unwrap();
    sqlx::Connection::close(conn).await.unwrap();
    world.restart().await;
    let read = world.store.records(&[bad]).await;
    assert!(
        matches!(&read, Err(StoreError::Corrupt { what: "record", why }) if why.starts_with("1: ")),
        "{read:?}"
    );
    let (broken, whole) = tokio::join!(world.try_run(records([bad]), |_| ()), world.touch(good, "one", None));
    assert!(matches!(broken, Err(StoreError::Corrupt { .. })));
    assert_eq!(world.store.records(&[good]).await.unwrap()[0].record.last_event, Some(whole));
}

/// Ruling 13: how many open records each person owns is known to every job, kept as records come, change hands and
/// close, dropped with a group that is rolled back, and counted anew at the start.
#[tokio::test]
async fn loads_follow_the_records() {
    let mut world = World::on_disk().await;
    let (a, b) = (world.lead("A", None).await, world.lead("B", None).await);
    assert_eq!(loads(&world).await, [(ANA, 2)]);
    world.run(records([a]), move |batch| give(batch, a, Some(BEN))).await;
    assert_eq!(loads(&world).await, [(ANA, 1), (BEN, 1)]);
    world.touch(b, "done", None).await;
    assert_eq!(loads(&world).await, [(BEN, 1)]);
    let broken = world.try_run(records([b]), move |batch| {
        move_to(batch, b, "again", None);
        batch.refresh(PostId(404));
    });
    assert!(broken.await.is_err());
    assert_eq!(loads(&world).await, [(BEN, 1)]);
    world.touch(b, "again", None).await;
    world.run(records([a]), move |batch| give(batch, a, None)).await;
    world.restart().await;
    assert_eq!(loads(&world).await, [(ANA, 1)]);
}

/// Whose turn it was outlives a restart, per team and route.
#[tokio::test]
async fn turns_are_kept() {
    let mut world = World::on_disk().await;
    let a = world.lead("A", None).await;
    for person in [ANA, BEN] {
        world.run(records([a]), move |batch| route(batch, a, person, "ae")).await;
    }
    world.run(records([a]), move |batch| route(batch, a, ANA, "new")).await;
    let team = world.store.workspace(GUILD).teams[0].id;
    let expected = [((team, RouteId::new("ae")), BEN), ((team, RouteId::new("new")), ANA)].into();
    assert_eq!(world.run(Needs::default(), |batch| batch.facts(GUILD).turns.clone()).await, expected);
    world.restart().await;
    assert_eq!(world.run(Needs::default(), |batch| batch.facts(GUILD).turns.clone()).await, expected);
}

async fn loads(world: &World) -> Vec<(PersonId, u32)> {
    world.run(Needs::default(), |batch| batch.facts(GUILD).loads.clone().into_iter().collect()).await
}

fn give(batch: &mut bellwether::store::Batch, id: RecordId, to: Option<PersonId>) {
    hand_over(batch, id, to, None);
}

fn route(batch: &mut bellwether::store::Batch, id: RecordId, to: PersonId, route: &str) {
    let routed = Routed { route: route.into(), found: Found::Turn, because: Because::Asked, barred: vec![] };
    hand_over(batch, id, Some(to), Some(HandOver::Routed(routed)));
}
