//! The bot cannot start: one clear message, nothing half-written, and an exit code that says whose fault it is.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::Connection;

use crate::bot::{Bot, Ended, SOON, run_to_end, until};
use crate::site::Site;

/// Starts it with some of its environment changed; an empty value is one that is missing.
async fn start(site: &Site, changed: &[(&'static str, &str)]) -> Ended {
    let mut environment: BTreeMap<_, _> = site.environment();
    environment.extend(changed.iter().map(|(name, value)| (*name, (*value).to_owned())));
    run_to_end(site.path(), &environment).await
}

fn says(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.status.code(), Some(code), "{}", ended.said);
    for word in words {
        assert!(ended.said.contains(word), "“{word}” is not in:\n{}", ended.said);
    }
    assert!(!ended.said.contains("panicked"), "{}", ended.said);
    assert!(!ended.said.contains("kill-test"), "the token is shown (R11):\n{}", ended.said);
}

/// R7: a first start that is killed while the database is being made leaves nothing that a second one trips over.
#[tokio::test]
async fn a_first_start_that_is_killed_is_begun_again() {
    let site = Site::new().await;
    for size in [0, 1, 4_096, 40_000] {
        for name in ["bellwether.sqlite", "bellwether.sqlite-wal", "bellwether.sqlite-shm"] {
            let _ = std::fs::remove_file(site.path().join(name));
        }
        let mut bot = Bot::start(site.path(), &site.environment());
        let written = |name| std::fs::metadata(site.path().join(name)).map(|file| file.len());
        until("a database", SOON, || {
            bot.lives();
            let log = written("bellwether.sqlite-wal").unwrap_or_default();
            written("bellwether.sqlite").is_ok_and(|file| file + log >= size)
        })
        .await;
        bot.kill().await;
        let bot = site.start().await;
        assert_eq!(bot.terminate().await.status.code(), Some(0));
    }
}

/// Every problem of the configuration is told at once.
#[tokio::test]
async fn a_configuration_that_cannot_be_used_ends_with_2() {
    let site = Site::new().await;
    let wrong =
        [("DISCORD_TOKEN", ""), ("DISCORD_API_URL", "nowhere"), ("DATABASE_URL", "mysql://me:pw@x/y")];
    let ended = start(&site, &wrong).await;
    says(&ended, 2, &["DISCORD_TOKEN", "DISCORD_API_URL", "DATABASE_URL", ".env.example"]);
    assert!(!ended.said.contains("pw@"), "a password is shown");
    assert!(!site.database().exists(), "nothing is created");
}

/// A playbook that is wrong is named with what is wrong in it.
#[tokio::test]
async fn a_playbook_that_cannot_be_used_ends_with_2() {
    let site = Site::new().await;
    std::fs::write(site.path().join("playbooks/broken.toml"), "[playbook]\nid = \"broken\"\nnuon = \"x\"\n")
        .expect("written");
    let ended = start(&site, &[]).await;
    says(&ended, 2, &["BELLWETHER_PLAYBOOKS", "broken.toml", "nuon", "noun"]);
    let ended = start(&site, &[("BELLWETHER_PLAYBOOKS", "/no/such/folder")]).await;
    says(&ended, 2, &["BELLWETHER_PLAYBOOKS", "/no/such/folder"]);
}

/// A token that Discord refuses is a setting; a Discord that does not answer is a fault.
#[tokio::test]
async fn a_platform_that_does_not_take_it_is_named() {
    let site = Site::new().await;
    let refused = start(&site, &[("DISCORD_TOKEN", "another")]).await;
    says(&refused, 2, &["DISCORD_TOKEN", "refuses the token"]);
    // A port that was free a moment ago.
    let port =
        std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound").port();
    let url = format!("http://127.0.0.1:{port}");
    let unreachable = start(&site, &[("DISCORD_API_URL", &url)]).await;
    says(&unreachable, 1, &[&url, "does not answer as Discord does"]);
}

/// R7: each way in which a database cannot be used has a sentence of its own.
#[tokio::test]
async fn a_database_that_cannot_be_used_is_named() {
    let site = Site::new().await;
    let url = |name: &str| format!("sqlite://{}", site.path().join(name).display());
    let missing = start(&site, &[("DATABASE_URL", &url("none/b.sqlite"))]).await;
    says(&missing, 1, &["The directory", "does not exist"]);

    std::fs::write(site.path().join("text.sqlite"), "a letter to my aunt\n".repeat(400)).expect("written");
    let corrupt = start(&site, &[("DATABASE_URL", &url("text.sqlite"))]).await;
    says(&corrupt, 1, &["text.sqlite", "damaged or is no SQLite database"]);

    let (held, _lock) = locked(&site.path().join("held.sqlite"));
    let held = start(&site, &[("DATABASE_URL", &held)]).await;
    says(&held, 1, &["held.sqlite", "locked by another program"]);

    let bot = site.start().await;
    let second = start(&site, &[]).await;
    says(&second, 1, &["in use by another Bellwether"]);
    assert_eq!(bot.terminate().await.status.code(), Some(0));
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', 1, x'00', 0)";
    site.open().execute(newer, []).expect("written");
    let newer = start(&site, &[]).await;
    says(&newer, 1, &["newer version of Bellwether", "9999"]);

    // A database until its first page ends.
    for left in ["bellwether.sqlite-wal", "bellwether.sqlite-shm"] {
        let _ = std::fs::remove_file(site.path().join(left));
    }
    let mut damaged = std::fs::read(site.database()).expect("read");
    damaged[4_096..].fill(0xa5);
    std::fs::write(site.database(), &damaged).expect("written");
    let damaged = start(&site, &[]).await;
    says(&damaged, 1, &["bellwether.sqlite", "damaged or is no SQLite database"]);
}

/// A database that another program is writing: its URL, and the lock for as long as it is kept.
fn locked(path: &Path) -> (String, Connection) {
    let connection = Connection::open(path).expect("a database");
    connection
        .execute_batch("CREATE TABLE mine (x); BEGIN EXCLUSIVE; INSERT INTO mine VALUES (1)")
        .expect("locked");
    (format!("sqlite://{}", path.display()), connection)
}
