//! Opening: what can be wrong, each with one sentence (R7).

use std::sync::Arc;

use bellwether::clock::ManualClock;
use bellwether::store::{Needs, Store, StoreError};

use crate::kit::*;

async fn refused(url: &str) -> String {
    match Store::open(url, Arc::new(ManualClock::at(monday()))).await {
        Err(StoreError::Open(why)) => why,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("{url} was opened"),
    }
}

#[tokio::test]
async fn odd_urls_are_refused() {
    for url in [
        "",
        "postgres://localhost/x",
        "sqlite://",
        "sqlite:",
        "sqlite::memory:?cache=shared",
        "sqlite://:memory:",
        "sqlite://x.sqlite?mode=ro",
        "sqlite:file:x",
        "/plain/path",
    ] {
        let why = refused(url).await;
        assert!(why.contains("write sqlite://path/to/file.sqlite"), "{url}: {why}");
    }
}

#[tokio::test]
async fn a_directory_must_exist() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("none/x.sqlite");
    assert!(refused(&format!("sqlite://{}", missing.display())).await.contains("does not exist: create it"));
    assert!(refused(&format!("sqlite://{}", directory.path().display())).await.contains("is a directory"));
}

#[tokio::test]
async fn a_damaged_file_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("bellwether.sqlite"), "not a database, ".repeat(1000)).unwrap();
    assert!(refused(&url(&directory)).await.contains("is damaged or is no SQLite database"));
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let world = World::on_disk().await;
    world.store.close().await;
    let url = url(world.directory.as_ref().unwrap());
    let mut conn = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', 1, x'00', 0)",
    )
    .execute(&mut conn)
    .await
    .unwrap();
    let why = refused(&url).await;
    assert!(why.contains("newer version of Bellwether (its schema is 9999)"), "{why}");
}

#[tokio::test]
async fn a_second_process_is_kept_out() {
    let world = World::on_disk().await;
    let why = refused(&url(world.directory.as_ref().unwrap())).await;
    assert!(why.contains("in use by another Bellwether"), "{why}");
}

/// R1: what was answered is there after closing, and the file alone is whole.
#[tokio::test]
async fn closing_finishes_and_checkpoints() {
    let mut world = World::on_disk().await;
    let id = world.lead("A", None).await;
    let working = world.touch(id, "one", None);
    let ((), event) = tokio::join!(
        async {
            tokio::task::yield_now().await;
            world.store.close().await;
        },
        working
    );
    let path = world.directory.as_ref().unwrap().path();
    let log = std::fs::metadata(path.join("bellwether.sqlite-wal")).map_or(0, |m| m.len());
    assert_eq!(log, 0);
    assert!(matches!(world.try_run(Needs::default(), |_| ()).await, Err(StoreError::Closed)));
    assert!(world.store.records(&[id]).await.is_err());
    world.store.ended().await;
    world.restart().await;
    assert_eq!(world.store.records(&[id]).await.unwrap()[0].record.last_event, Some(event));
    let next = world.lead("B", None).await;
    assert_eq!(next.0, id.0 + 1, "ids go on after a restart");
}

#[tokio::test]
async fn a_database_in_memory_is_gone_afterwards() {
    let before = count();
    let world = World::new().await;
    assert!(count() >= before);
    world.lead("A", None).await;
    world.store.close().await;
    let again = World::new().await;
    assert_eq!(again.lead("B", None).await.0, 1);
    again.store.close().await;
}

fn count() -> usize {
    let mine = format!("bellwether-{}-", std::process::id());
    let all = std::fs::read_dir(std::env::temp_dir()).unwrap();
    all.filter(|e| e.as_ref().is_ok_and(|e| e.file_name().to_string_lossy().starts_with(&mine))).count()
}
