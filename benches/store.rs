//! The store against the floor (bare SQLite) and the naive counterpart, and sweeps at size (P3).
//!
//! `cargo bench --bench store`; `BELLWETHER_BENCH_ROWS` sets how many records the large database holds (1,000,000).

#[path = "../tests/store/kit.rs"]
#[allow(dead_code, missing_docs)]
mod kit;
mod support;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use bellwether::clock::ManualClock;
use bellwether::domain::ids::{DraftId, PostId, RecordId};
use bellwether::store::row::PostKind;
use bellwether::store::{Needs, Store};
use kit::{GUILD, Job, LEADS, minutes, monday, move_to, new_lead, numbering};
use support::{Floor, Naive, ROUNDS, median, rate, verdict};

/// Records that the callers move.
const RECORDS: i64 = 1_000;
/// Due entries of the large sweep.
const DUE: i64 = 10_000;

#[tokio::main]
async fn main() {
    transitions().await;
    sweeps().await;
}

async fn open(path: &Path) -> (Arc<ManualClock>, Store) {
    let clock = Arc::new(ManualClock::at(monday()));
    let store = Store::open(&format!("sqlite://{}", path.display()), clock.clone()).await.unwrap();
    (clock, store)
}

/// A whole transition: input, record, event, due time, card.
async fn transition(store: &Store, serial: &AtomicI64) {
    let n = serial.fetch_add(1, Ordering::Relaxed);
    let (id, post) = (RecordId(n % RECORDS + 1), PostId(n % RECORDS + 1));
    let needs = Needs { inbox: Some(("bench", n.to_string())), records: vec![id], ..Needs::default() };
    let run = move |batch: &mut bellwether::store::Batch| {
        assert!(!batch.is_repeat("bench", &n.to_string()));
        let due = batch.now() + minutes(n % 500);
        move_to(batch, id, if n % 2 == 0 { "one" } else { "two" }, Some(due));
        batch.refresh(post);
    };
    store.work(Job { needs, run }).await.unwrap();
}

async fn many(store: &Store, serial: &Arc<AtomicI64>, callers: usize, count: usize) -> f64 {
    let started = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let (store, serial) = (store.clone(), serial.clone());
            tokio::spawn(async move {
                for _ in 0..count / callers {
                    transition(&store, &serial).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    rate(count, started.elapsed())
}

async fn transitions() {
    let directory = tempfile::tempdir().unwrap();
    let floor = Floor::open(directory.path());
    let naive = Naive::open(directory.path()).await;
    let (_clock, store) = open(&directory.path().join("store.sqlite")).await;
    let run = |batch: &mut bellwether::store::Batch| {
        for _ in 0..RECORDS {
            let id = new_lead(batch, "Acme", None);
            batch.new_post(GUILD, PostKind::Card, LEADS, id, None);
        }
    };
    store.work(Job { needs: numbering(), run }).await.unwrap();
    let serial = Arc::new(AtomicI64::new(1));
    let (mut bare, mut lone, mut pool, mut grouped) = (vec![], vec![], vec![], vec![]);
    // One round that does not count: logs have grown to their length, statements are prepared.
    many(&store, &serial, 64, 6_400).await;
    naive.run(64, 640).await;
    for _ in 0..ROUNDS {
        bare.push(floor.run(1_000));
        lone.push(many(&store, &serial, 1, 500).await);
        pool.push(naive.run(64, 640).await);
        grouped.push(many(&store, &serial, 64, 6_400).await);
    }
    store.close().await;
    let (bare, lone, pool, grouped) = (median(bare), median(lone), median(pool), median(grouped));
    println!(
        "a second: floor {bare:.0}, store alone {lone:.0}, naive by 64 {pool:.0}, store by 64 {grouped:.0}"
    );
    verdict("the store alone, one caller / the floor", lone / bare, 0.20, true);
    verdict("the store alone, 64 callers / the naive counterpart", grouped / pool, 10.0, true);
}

/// A database of so many records, each with an entry in the due list, far ahead.
async fn filled(path: &Path, rows: i64) -> (Arc<ManualClock>, Store) {
    let (_, store) = open(path).await;
    store
        .work(Job {
            needs: numbering(),
            run: |batch: &mut bellwether::store::Batch| new_lead(batch, "Acme", None),
        })
        .await
        .unwrap();
    store.close().await;
    let conn = rusqlite::Connection::open(path).unwrap();
    conn.execute_batch("PRAGMA synchronous = OFF").unwrap();
    conn.execute(
        "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
         INSERT INTO records SELECT i, workspace, letter, i, playbook, team, owner, status, stage, class, version,
            name || ' ' || i, company, email, phone, ?2 + i, ?2 + i, quiet_at, NULL, chat,
            json_set(state, '$.id', i, '$.handle.number', i), NULL FROM n, records WHERE records.id = 1",
        [rows, ahead()],
    )
    .unwrap();
    conn.execute(
        "INSERT INTO due (due_at, record) SELECT armed_at, id FROM records WHERE armed_at IS NOT NULL",
        [],
    )
    .unwrap();
    drop(conn);
    open(path).await
}

/// When the records of the sweeps are due, in milliseconds: a day after the clock's start, one each millisecond.
fn ahead() -> i64 {
    (monday() + minutes(24 * 60)).timestamp_millis()
}

async fn sweep(store: &Store, limit: u32) -> usize {
    let run = move |batch: &mut bellwether::store::Batch| {
        let due = batch.due().to_vec();
        for id in &due {
            batch.rearm(*id, None);
        }
        due.len()
    };
    store.work(Job { needs: Needs { due: Some(limit), ..Needs::default() }, run }).await.unwrap()
}

async fn empty(store: &Store) -> f64 {
    const COUNT: u32 = 500;
    let started = Instant::now();
    for _ in 0..COUNT {
        assert_eq!(sweep(store, 256).await, 0);
    }
    per(started.elapsed(), COUNT)
}

fn per(took: Duration, count: u32) -> f64 {
    took.as_secs_f64() * 1_000.0 / f64::from(count)
}

async fn sweeps() {
    let rows = std::env::var("BELLWETHER_BENCH_ROWS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let directory = tempfile::tempdir().unwrap();
    let (_, small) = filled(&directory.path().join("small.sqlite"), 10_000).await;
    let path = directory.path().join("large.sqlite");
    let started = Instant::now();
    let (clock, large) = filled(&path, rows).await;
    println!("{rows} records were filled in within {:.0} s", started.elapsed().as_secs_f64());
    // One write each, so that neither is measured cold.
    for store in [&small, &large] {
        store
            .work(Job {
                needs: Needs::default(),
                run: |b: &mut bellwether::store::Batch| b.drop_draft(DraftId(1)),
            })
            .await
            .unwrap();
    }
    let (mut at_small, mut at_large) = (vec![], vec![]);
    for _ in 0..ROUNDS {
        at_small.push(empty(&small).await);
        at_large.push(empty(&large).await);
    }
    let (at_small, at_large) = (median(at_small), median(at_large));
    println!("an empty sweep, ms: {at_small:.3} at 10,000 records, {at_large:.3} at {rows}");
    verdict("P3 an empty sweep at the large size / at 10,000", at_large / at_small, 2.0, false);

    let mut sweeps = vec![];
    for round in 1..=ROUNDS as i64 {
        clock.set(bellwether::clock::from_ms(ahead() + round * DUE));
        let started = Instant::now();
        let mut popped = 0;
        loop {
            let now = sweep(&large, 1_000).await;
            popped += now;
            if now == 0 {
                break;
            }
        }
        sweeps.push(per(started.elapsed(), 1));
        assert!((popped as i64 - DUE).abs() <= 2, "{popped}");
    }
    small.close().await;
    large.close().await;

    let bare = rusqlite::Connection::open(&path).unwrap();
    bare.execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 10000").unwrap();
    let (mut claims, mut scans) = (vec![], vec![]);
    for round in ROUNDS as i64 + 1..=2 * ROUNDS as i64 {
        let until = ahead() + round * DUE;
        let started = Instant::now();
        let scan = "SELECT COUNT(*) FROM records WHERE due_at + 0 <= ?1";
        let found: i64 = bare.query_row(scan, [until], |row| row.get(0)).unwrap();
        scans.push(per(started.elapsed(), 1));
        let started = Instant::now();
        let claim = "DELETE FROM due WHERE (due_at, record) IN
            (SELECT due_at, record FROM due WHERE due_at <= ?1 ORDER BY due_at, record LIMIT ?2)
            RETURNING due_at, record";
        let mut claim = bare.prepare(claim).unwrap();
        let taken = claim.query_map([until, 2 * DUE], |row| row.get::<_, i64>(1)).unwrap().count();
        claims.push(per(started.elapsed(), 1));
        assert!((taken as i64 - DUE).abs() <= 2 && found >= DUE, "{taken} of {found}");
    }
    let (sweeps, claims, scans) = (median(sweeps), median(claims), median(scans));
    println!(
        "ms for {DUE} due of {rows}: {claims:.1} to claim them, {scans:.1} to find them by a full scan,"
    );
    println!("{sweeps:.1} for the store to claim, load, re-check and arm them in groups of 1,000");
    verdict("P3 a claim of 10,000 due / a full scan", claims / scans, 0.25, false);
}
