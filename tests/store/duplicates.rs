//! Ruling 15: what records are recognised by, merged handles, and what erasing goes over.

use bellwether::domain::activity::Activity;
use bellwether::domain::event::EventKind;
use bellwether::domain::field::Contact;
use bellwether::domain::ids::*;
use bellwether::domain::likeness;
use bellwether::domain::record::Ended;
use bellwether::store::outbox::Fact;
use bellwether::store::row::Draft;
use bellwether::store::{Alike, Batch, Needs};

use crate::kit::*;

fn jane() -> Contact {
    Contact {
        name: "Jane Doe".to_owned(),
        company: Some("Acme Ltd".to_owned()),
        email: Some("jane@acme.com".to_owned()),
        phone: None,
    }
}

/// Who is recognised by a contact.
async fn alike(world: &World, contact: &Contact) -> Vec<i64> {
    let keys = likeness::of_contact(contact);
    let needs = Needs {
        alike: vec![Alike { workspace: GUILD, letter: 'L', keys: keys.clone(), most: 10 }],
        ..Needs::default()
    };
    let found = move |batch: &mut Batch| {
        batch.alike(GUILD, 'L', &keys).iter().map(|row| row.record.id.0).collect::<Vec<_>>()
    };
    let written = world.run(needs, found).await;
    let read = world.store.alike(GUILD, 'L', &likeness::of_contact(contact), 10).await.unwrap();
    assert_eq!(written, read.iter().map(|row| row.record.id.0).collect::<Vec<_>>(), "both ways of looking");
    written
}

#[tokio::test]
async fn a_contact_is_recognised_as_it_is_now() {
    let world = World::new().await;
    let id = world.lead("Someone", None).await;
    assert_eq!(alike(&world, &jane()).await, Vec::<i64>::new());
    world.change(id, |row| row.record.contact = jane()).await;
    assert_eq!(alike(&world, &jane()).await, [id.0]);
    let other = Contact { email: Some("jd@acme.com".to_owned()), company: None, ..jane() };
    assert_eq!(alike(&world, &other).await, Vec::<i64>::new(), "the name alone is nobody");
    world.change(id, |row| row.record.contact.email = Some("JD@acme.com".to_owned())).await;
    assert_eq!(alike(&world, &other).await, [id.0]);
    world
        .change(id, |row| {
            row.record.ended = Some(Ended::Erased { at: monday() });
        })
        .await;
    assert_eq!(alike(&world, &other).await, Vec::<i64>::new(), "what has ended is nobody's double");
}

/// A database of the version before has no keys: they are computed when it is opened, once.
#[tokio::test]
async fn the_rows_of_a_version_before_are_recognised() {
    let mut world = World::on_disk().await;
    let id = world.lead("Someone", None).await;
    world.change(id, |row| row.record.contact = jane()).await;
    world.store.close().await;
    let database = rusqlite::Connection::open(world.path()).unwrap();
    database.execute_batch("DELETE FROM contact_keys; UPDATE backfills SET done = 0").unwrap();
    drop(database);
    world.restart().await;
    assert_eq!(alike(&world, &jane()).await, [id.0]);
    world.store.close().await;
    let database = rusqlite::Connection::open(world.path()).unwrap();
    let done: i64 = database.query_row("SELECT done FROM backfills", [], |row| row.get(0)).unwrap();
    assert_eq!(done, 1);
    drop(database);
    world.restart().await;
}

/// A handle leads on over any number of merges; the id of a row does not.
#[tokio::test]
async fn a_merged_handle_leads_to_the_one_that_stays() {
    let world = World::new().await;
    let (a, b, c) = (world.lead("A", None).await, world.lead("B", None).await, world.lead("C", None).await);
    for (from, into) in [(a, b), (b, c)] {
        let handle = RecordRef { letter: 'L', number: u32::try_from(into.0).unwrap() };
        world.change(from, move |row| row.record.ended = Some(Ended::Merged { into, handle })).await;
        world.run(Needs::default(), move |batch: &mut Batch| batch.merged(from, into)).await;
    }
    let handle = world.store.records(&[a]).await.unwrap()[0].record.handle;
    let needs = Needs { handles: vec![(GUILD, handle)], ..Needs::default() };
    let found = world
        .run(needs, move |batch: &mut Batch| batch.by_handle(GUILD, handle).map(|row| row.record.id))
        .await;
    assert_eq!(found, Some(c));
}

/// Nothing personal is left in any table but that of the platform's own numbers.
#[tokio::test]
async fn erasing_goes_over_every_table() {
    let world = World::on_disk().await;
    let id = world.lead("Someone", None).await;
    world.change(id, |row| row.record.contact = jane()).await;
    let logged = EventKind::Logged {
        activity: Activity::Note,
        happened_at: monday(),
        history_only: false,
        outcome: None,
        note: Some("Her husband is ill".to_owned()),
        row_goes_on: false,
    };
    world
        .run(records([id]), move |batch| {
            let row = batch.record(id).unwrap().clone();
            batch.put(row, &[event(batch.now(), logged.clone())], None);
            let body = "{\"name\":\"Jane Doe, again\"}".to_owned();
            let (workspace, person, at) = (GUILD, ANA, batch.now());
            batch.put_draft(Draft { id: DraftId(0), workspace, person, body, at });
        })
        .await;
    world.say(Fact { body: "\"Jane Doe is yours\"".to_owned(), ..fact("m-1", ALERTS) }).await;
    let needs = Needs { records: vec![id], ..Needs::default() };
    world
        .run(needs, move |batch: &mut Batch| {
            let row = batch.record(id).unwrap().clone();
            batch.erase(&row);
            let mut blank = row;
            let event = event(batch.now(), EventKind::Erased);
            bellwether::domain::evolve::apply(&mut blank.record, &event);
            blank.record.contact = Contact::default();
            batch.put(blank, &[event], None);
        })
        .await;
    let history = world.store.history(id, 0, 100).await.unwrap();
    assert!(history.iter().any(|(_, e)| matches!(&e.kind, EventKind::Logged { note: None, .. })));
    world.store.close().await;
    let database = rusqlite::Connection::open(world.path()).unwrap();
    let mut tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").unwrap();
    let names: Vec<String> =
        tables.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    for table in names {
        let mut rows = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let width = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..width {
                let text = format!("{:?}", row.get_ref(column).unwrap());
                let shown = row.get_ref(column).ok().and_then(|v| v.as_str().ok().map(str::to_owned));
                let text = shown.unwrap_or(text).to_lowercase();
                for word in ["jane", "acme", "husband"] {
                    assert!(!text.contains(word), "{table}: {text}");
                }
            }
        }
    }
}
