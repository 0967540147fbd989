//! What the goals are measured against, and how: ratios from one interleaved run, medians of its rounds.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

/// Rounds of every measurement.
pub const ROUNDS: usize = 5;

/// The middle one.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// How many a second.
pub fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

/// One line of the result: what was measured, the ratio, the goal, and whether it is met.
pub fn verdict(what: &str, ratio: f64, goal: f64, at_least: bool) {
    let met = if at_least { ratio >= goal } else { ratio <= goal };
    let sign = if at_least { "≥" } else { "≤" };
    println!("{what:<64} {ratio:>8.2} (goal {sign} {goal}) {}", if met { "met" } else { "MISSED" });
}

/// The floor: bare SQLite, one appended row per transaction.
pub struct Floor(rusqlite::Connection);

impl Floor {
    /// In a file of its own.
    pub fn open(directory: &Path) -> Self {
        let conn = rusqlite::Connection::open(directory.join("floor.sqlite")).unwrap();
        conn.execute_batch(
            "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             PRAGMA wal_autocheckpoint = 10000;
             CREATE TABLE log (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
             CREATE TABLE filler (body TEXT NOT NULL);
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
             INSERT INTO filler SELECT hex(zeroblob(1900)) FROM n;
             PRAGMA wal_checkpoint(RESTART);",
        )
        .unwrap();
        // The filler has let the log grow to its full length: a sync of a file that grows costs several times more,
        // and the others have done their growing long before they are measured.
        Self(conn)
    }

    /// Rows a second.
    pub fn run(&self, count: usize) -> f64 {
        let started = Instant::now();
        let mut insert = self.0.prepare("INSERT INTO log (body) VALUES (?1)").unwrap();
        for _ in 0..count {
            // Outside an explicit transaction every statement is one.
            insert.execute(["a row of some forty bytes, as a log has it"]).unwrap();
        }
        rate(count, started.elapsed())
    }
}

/// The naive counterpart: sqlx, a pool of 4, the obvious schema (a row with two status indexes, timers, an event
/// index), statement by statement. It begins its transactions `IMMEDIATE`, without which it mostly fails.
pub struct Naive {
    pool: SqlitePool,
    serial: AtomicI64,
}

/// Records of the naive database.
const NAIVE_RECORDS: i64 = 1_000;

impl Naive {
    /// In a file of its own.
    pub async fn open(directory: &Path) -> Arc<Self> {
        let options = SqliteConnectOptions::new()
            .filename(directory.join("naive.sqlite"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_mins(1));
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_mins(1))
            .connect_with(options)
            .await
            .unwrap();
        for statement in [
            "CREATE TABLE records (id INTEGER PRIMARY KEY, name TEXT NOT NULL, status TEXT NOT NULL,
                owner INTEGER NOT NULL, version INTEGER NOT NULL, updated_at INTEGER NOT NULL, data TEXT NOT NULL)",
            "CREATE INDEX records_status ON records (status)",
            "CREATE INDEX records_owner_status ON records (owner, status, updated_at)",
            "CREATE TABLE events (id INTEGER PRIMARY KEY, record INTEGER NOT NULL REFERENCES records (id),
                at INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL)",
            "CREATE INDEX events_record ON events (record, at)",
            "CREATE TABLE timers (id INTEGER PRIMARY KEY, record INTEGER NOT NULL REFERENCES records (id),
                due_at INTEGER NOT NULL)",
            "CREATE INDEX timers_due ON timers (due_at)",
            "CREATE INDEX timers_record ON timers (record)",
            "CREATE TABLE outbox (id INTEGER PRIMARY KEY, dedup_key TEXT NOT NULL UNIQUE, due_at INTEGER NOT NULL,
                sent_at INTEGER, body TEXT NOT NULL)",
            "CREATE INDEX outbox_due ON outbox (due_at)",
            "CREATE TABLE inbox (external_id TEXT PRIMARY KEY, at INTEGER NOT NULL)",
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
             INSERT INTO records SELECT i, 'Lead ' || i, 'fresh', i % 30, 0, 0, hex(randomblob(450)) FROM n",
        ] {
            sqlx::query(statement).execute(&pool).await.unwrap();
        }
        Arc::new(Self { pool, serial: AtomicI64::new(1) })
    }

    /// One move of a record, as an obvious program makes it.
    async fn transition(&self) -> Result<(), sqlx::Error> {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let record = serial % NAIVE_RECORDS + 1;
        let status = if serial % 2 == 0 { "working" } else { "attempting" };
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("INSERT INTO inbox (external_id, at) VALUES ($1, $2)")
            .bind(serial.to_string())
            .bind(serial)
            .execute(&mut *tx)
            .await?;
        sqlx::query("SELECT id, name, status, owner, version, updated_at, data FROM records WHERE id = $1")
            .bind(record)
            .fetch_one(&mut *tx)
            .await?;
        sqlx::query("UPDATE records SET status = $1, version = version + 1, updated_at = $2 WHERE id = $3")
            .bind(status)
            .bind(serial)
            .bind(record)
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO events (record, at, kind, body) VALUES ($1, $2, 'moved', $3)")
            .bind(record)
            .bind(serial)
            .bind(r#"{"from":"fresh","to":"working","by":1,"note":"they answered the telephone"}"#)
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM timers WHERE record = $1").bind(record).execute(&mut *tx).await?;
        sqlx::query("INSERT INTO timers (record, due_at) VALUES ($1, $2)")
            .bind(record)
            .bind(serial)
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO outbox (dedup_key, due_at, body) VALUES ($1, $2, '{}')")
            .bind(format!("card:{serial}"))
            .bind(serial)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }

    /// Transitions a second, `count` in all, by so many callers at once.
    pub async fn run(self: &Arc<Self>, callers: usize, count: usize) -> f64 {
        let started = Instant::now();
        let tasks: Vec<_> = (0..callers)
            .map(|_| {
                let naive = self.clone();
                tokio::spawn(async move {
                    for _ in 0..count / callers {
                        naive.transition().await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        rate(count, started.elapsed())
    }
}
