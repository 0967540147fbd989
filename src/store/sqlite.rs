//! Everything that only SQLite understands: a connection's settings, and the statements that take a whole
//! group's rows as one JSON argument (`json_each`), so that their number does not grow with the group.
//!
//! With PostgreSQL this file is exchanged; the others speak plain SQL with `$1` arguments.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Sqlite, SqliteConnection};

use super::decode::{approval_columns, job_columns, list_order, post_columns, record_columns};
use crate::domain::playbook::Class;

/// The transaction that every write takes.
pub(super) type Tx<'a> = sqlx::Transaction<'a, Sqlite>;
/// The read-only connections.
pub(super) type Pool = sqlx::SqlitePool;
/// A statement with its arguments.
pub(super) type Query<'q> = sqlx::query::Query<'q, Sqlite, sqlx::sqlite::SqliteArguments>;
/// How to connect.
pub(super) type Options = SqliteConnectOptions;

/// Connections that read.
const READERS: u32 = 4;
/// How long a statement waits for somebody else's lock. Nobody else writes, but a backup tool may hold one.
const BUSY: Duration = Duration::from_secs(5);

/// So many statements are kept prepared: those of [`put_moves`] come in some sixty sizes.
const STATEMENTS: usize = 256;

/// The settings of every connection. A commit is on the disk before it is answered (R1), unless the database is
/// gone afterwards anyway. Every 10,000 pages the log goes into the file.
pub(super) fn options(path: &Path, durable: bool) -> Options {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .page_size(4096)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(if durable { SqliteSynchronous::Full } else { SqliteSynchronous::Off })
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .pragma("wal_autocheckpoint", "10000")
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging()
}

/// A writing connection.
pub(super) async fn connect(options: &Options) -> Result<SqliteConnection, sqlx::Error> {
    options.connect().await
}

/// The read-only pool of an existing file.
pub(super) async fn readers(options: &Options) -> Result<Pool, sqlx::Error> {
    let options = options.clone().create_if_missing(false).read_only(true);
    SqlitePoolOptions::new().max_connections(READERS).connect_with(options).await
}

/// Moves the log into the file, so that a copy of the file alone is whole.
pub(super) async fn checkpoint(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(conn).await.map(|_| ())
}

// Loading: $n are JSON arrays.

/// What nearly every group loads, in one round trip. Marks inputs as seen ($1: [[source, id, at]]) and gives those
/// that were new, in rows of [`INPUT_COLUMNS`]; then records by id ($2), by handle ($3: [[workspace, letter,
/// number]]; of a merged one also those that it went into), of requests ($4).
pub(super) const LOAD: &str = concat!(
    "INSERT INTO inbox (source, external_id, at)
    SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2 FROM json_each($1) j WHERE true
    ON CONFLICT DO NOTHING RETURNING source, external_id;
    WITH RECURSIVE called (id) AS (
        SELECT h.id FROM json_each($3) j JOIN records h
            ON h.workspace = j.value ->> 0 AND h.letter = j.value ->> 1 AND h.number = j.value ->> 2
        UNION SELECT m.into_record FROM called JOIN merged m ON m.record = called.id)
    SELECT ",
    record_columns!(),
    " FROM records r WHERE r.id IN (
        SELECT value FROM json_each($2)
        UNION SELECT id FROM called
        UNION SELECT a.record FROM json_each($4) j JOIN approvals a ON a.id = j.value)"
);

/// How many columns a row of [`LOAD`] has that names an input; records have more.
pub(super) const INPUT_COLUMNS: usize = 2;

/// Records by id.
pub(super) const RECORDS_BY_ID: &str =
    concat!("SELECT ", record_columns!(), " FROM records r WHERE r.id IN (SELECT value FROM json_each($1))");

/// Every event of a record.
pub(super) const EVENTS_OF: &str = "
    WITH RECURSIVE chain (id, prev) AS (
        SELECT e.id, e.prev FROM records r JOIN events e ON e.id = r.last_event WHERE r.id = $1
        UNION ALL SELECT e.id, e.prev FROM chain JOIN events e ON e.id = chain.prev)
    SELECT e.id, e.body FROM chain JOIN events e ON e.id = chain.id";

/// Requests by id.
pub(super) const LOAD_APPROVALS: &str = concat!(
    "SELECT ",
    approval_columns!(),
    " FROM approvals a WHERE a.id IN (SELECT value FROM json_each($1))"
);

/// Unfinished forms by id.
pub(super) const LOAD_DRAFTS: &str =
    "SELECT id, workspace, person, body, at FROM drafts WHERE id IN (SELECT value FROM json_each($1))";

/// Long work by id.
pub(super) const LOAD_JOBS: &str =
    concat!("SELECT ", job_columns!(), " FROM jobs WHERE id IN (SELECT value FROM json_each($1))");

/// Which records have ids of other systems: [[workspace, letter, id]].
pub(super) const LOAD_EXTERNALS: &str = "
    SELECT x.workspace, x.letter, x.external_id, x.record, x.seen FROM json_each($1) j JOIN external_ids x
        ON x.workspace = j.value ->> 0 AND x.letter = j.value ->> 1 AND x.external_id = j.value ->> 2";

/// The highest number per counter: [[workspace, letter]].
pub(super) const LOAD_NUMBERS: &str = "
    SELECT j.value ->> 0, j.value ->> 1, (SELECT COALESCE(MAX(r.number), 0) FROM records r
        WHERE r.workspace = j.value ->> 0 AND r.letter = j.value ->> 1) FROM json_each($1) j";

/// Posts by id.
pub(super) const LOAD_POSTS: &str =
    concat!("SELECT ", post_columns!(), " FROM posts p WHERE p.id IN (SELECT value FROM json_each($1))");

/// Takes the earliest due entries off the list: $1 now, $2 how many.
pub(super) const POP_DUE: &str = "
    DELETE FROM due WHERE (due_at, record) IN
        (SELECT due_at, record FROM due WHERE due_at <= $1 ORDER BY due_at, record LIMIT $2)
    RETURNING due_at, record";

// Writing: $1 is a JSON array of objects, named after the columns.

pub(super) const PUT_WORKSPACES: &str = "
    INSERT INTO workspaces (id, body) SELECT j.value ->> 'id', j.value -> 'body' FROM json_each($1) j WHERE true
    ON CONFLICT (id) DO UPDATE SET body = excluded.body";

pub(super) const PUT_TEAMS: &str = "
    INSERT INTO teams (id, workspace, body)
    SELECT j.value ->> 'id', j.value ->> 'workspace', j.value -> 'body' FROM json_each($1) j WHERE true
    ON CONFLICT (id) DO UPDATE SET body = excluded.body";

pub(super) const PUT_PEOPLE: &str = "
    INSERT INTO people (workspace, id, body)
    SELECT j.value ->> 'workspace', j.value ->> 'id', j.value -> 'body' FROM json_each($1) j WHERE true
    ON CONFLICT (workspace, id) DO UPDATE SET body = excluded.body";

/// Plans digests: [[team, at]].
pub(super) const PLAN_DIGESTS: &str = "
    UPDATE teams SET next_digest_at = j.value ->> 1 FROM json_each($1) j WHERE teams.id = j.value ->> 0";

/// The columns that a write of a record fills, in the order of its arguments.
const RECORD: &str = "id, workspace, letter, number, playbook, team, owner, status, stage, class, version, name, \
    company, email, phone, due_at, armed_at, quiet_at, last_event, chat, state, breach_at";
/// How many they are.
const RECORD_ARGUMENTS: usize = 22;
const RECORD_AGAIN: &str = "
    ON CONFLICT (id) DO UPDATE SET playbook = excluded.playbook, team = excluded.team, owner = excluded.owner,
        status = excluded.status, stage = excluded.stage, class = excluded.class, version = excluded.version,
        name = excluded.name, company = excluded.company, email = excluded.email, phone = excluded.phone,
        due_at = excluded.due_at, armed_at = excluded.armed_at, quiet_at = excluded.quiet_at,
        last_event = excluded.last_event, chat = excluded.chat, state = excluded.state,
        breach_at = excluded.breach_at;";

/// A record of which nothing changed that an index holds. SQLite writes an index anew whose columns are set, even to what
/// they were, so they are not set here.
const MOVED: [&str; 11] = [
    "id",
    "status",
    "stage",
    "version",
    "due_at",
    "armed_at",
    "quiet_at",
    "last_event",
    "chat",
    "state",
    "breach_at",
];

/// The columns of an event, in the order of its arguments.
const EVENT: &str = "id, record, prev, at, body, command";
/// How many they are.
const EVENT_ARGUMENTS: usize = 6;

/// Due entries, $n: [[due_at, record]]; then the outbox, $n+1: facts, whose key may be taken, and drawings of posts,
/// which take their place from the post. A drawing supersedes one that is unsent or in flight, opens one that was sent
/// anew, and revives one that was parked. `json_each` would print a row's object anew for each column that is taken
/// from it, so its rows are materialized.
const DUE_AND_OUTBOX: [&str; 3] = [
    "WITH j (value) AS MATERIALIZED (SELECT value FROM json_each(",
    "))
    INSERT INTO due (due_at, record) SELECT j.value ->> 0, j.value ->> 1 FROM j WHERE true
    ON CONFLICT DO NOTHING;
    WITH j (value) AS MATERIALIZED (SELECT value FROM json_each(",
    "))
    INSERT INTO outbox (id, dedup_key, workspace, lane, priority, due_at, post, draws, body)
    SELECT j.value ->> 'id', j.value ->> 'key', COALESCE(j.value ->> 'workspace', p.workspace),
        COALESCE(j.value ->> 'lane', p.place),
        CASE WHEN p.kind = 'approval' AND j.value ->> 'draws' = 1 THEN 0 ELSE COALESCE(j.value ->> 'priority', 1) END,
        j.value ->> 'due_at', j.value ->> 'post', j.value ->> 'draws', j.value ->> 'body'
    FROM j LEFT JOIN posts p ON p.id = j.value ->> 'post' WHERE true
    ON CONFLICT (dedup_key) DO UPDATE SET version = outbox.version + 1,
        priority = CASE WHEN outbox.sent_at IS NULL AND outbox.failed_at IS NULL
            THEN MIN(outbox.priority, excluded.priority) ELSE excluded.priority END,
        due_at = CASE WHEN outbox.sent_at IS NULL AND outbox.failed_at IS NULL
            THEN outbox.due_at ELSE MAX(excluded.due_at, outbox.rest_until) END,
        retry_at = CASE WHEN outbox.failed_at IS NULL THEN outbox.retry_at ELSE 0 END,
        failures = CASE WHEN outbox.failed_at IS NULL THEN outbox.failures ELSE 0 END,
        sent_at = NULL, failed_at = NULL
    WHERE outbox.draws = 1;",
];

/// What a group's moves are written with: so many whole records, so many that merely moved, so many events, and (where
/// [`Rest::Here`]) due entries and outbox, in one round trip. The rows are arguments of their own, not JSON: taking a record's columns out of a JSON
/// array, and printing its state anew, was the dearest part of a move. Few different texts: the connection keeps them
/// prepared.
pub(super) fn put_moves(whole: usize, moved: usize, events: usize, rest: Rest) -> String {
    use std::fmt::Write as _;
    // Writing to a string cannot fail.
    let mut sql = String::new();
    let mut next = 1;
    if whole > 0 {
        let _ = write!(sql, "INSERT INTO records ({RECORD}) VALUES ");
        next = rows(&mut sql, next, whole, RECORD_ARGUMENTS);
        sql.push_str(RECORD_AGAIN);
    }
    for _ in 0..moved {
        sql.push_str("UPDATE records SET ");
        for (n, column) in MOVED.iter().enumerate().skip(1) {
            let comma = if n == 1 { "" } else { ", " };
            let _ = write!(sql, "{comma}{column} = ${}", next + n);
        }
        let _ = write!(sql, " WHERE id = ${next};");
        next += MOVED.len();
    }
    if events > 0 {
        let _ = write!(sql, "INSERT INTO events ({EVENT}) VALUES ");
        next = rows(&mut sql, next, events, EVENT_ARGUMENTS);
        sql.push(';');
    }
    match rest {
        Rest::Elsewhere => {}
        Rest::Here => {
            let [due, outbox, end] = DUE_AND_OUTBOX;
            let _ = write!(sql, "{due}${next}{outbox}${}{end}", next + 1);
        }
    }
    sql
}

/// Rows of arguments from `$next` on; gives the number after the last.
fn rows(sql: &mut String, mut next: usize, count: usize, arguments: usize) -> usize {
    use std::fmt::Write as _;
    for row in 0..count {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..arguments {
            let comma = if column == 0 { "" } else { ", " };
            let _ = write!(sql, "{comma}${next}");
            next += 1;
        }
        sql.push(')');
    }
    next
}

/// Whether due entries and the outbox are written along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// They are.
    Here,
    /// They are not.
    Elsewhere,
}

/// [[id, due, armed, breach]]
pub(super) const ARM_RECORDS: &str = "
    UPDATE records SET due_at = j.value ->> 1, armed_at = j.value ->> 2, breach_at = j.value ->> 3 FROM json_each($1) j
    WHERE records.id = j.value ->> 0";

pub(super) const PUT_POSTS: &str = "
    INSERT INTO posts (id, workspace, kind, place, records, approval, job)
    SELECT j.value ->> 'id', j.value ->> 'workspace', j.value ->> 'kind', j.value ->> 'place',
        j.value -> 'records', j.value ->> 'approval', j.value ->> 'job'
    FROM json_each($1) j WHERE true
    ON CONFLICT (id) DO UPDATE SET records = excluded.records";

pub(super) const PUT_APPROVALS: &str = "
    INSERT INTO approvals (id, workspace, record, team, requested_by, requested_at, to_status, data, peak, state,
        waiting, post)
    SELECT j.value ->> 'id', j.value ->> 'workspace', j.value ->> 'record', j.value ->> 'team',
        j.value ->> 'requested_by', j.value ->> 'requested_at', j.value ->> 'to_status', j.value -> 'data',
        NULLIF(j.value -> 'peak', 'null'), j.value -> 'state', j.value ->> 'waiting', j.value ->> 'post'
    FROM json_each($1) j WHERE true
    ON CONFLICT (id) DO UPDATE SET data = excluded.data, peak = excluded.peak, state = excluded.state,
        waiting = excluded.waiting, post = excluded.post";

pub(super) const PUT_DRAFTS: &str = "
    INSERT INTO drafts (id, workspace, person, body, at)
    SELECT j.value ->> 'id', j.value ->> 'workspace', j.value ->> 'person', j.value ->> 'body', j.value ->> 'at'
    FROM json_each($1) j WHERE true
    ON CONFLICT (id) DO UPDATE SET body = excluded.body, at = excluded.at";

pub(super) const PUT_JOBS: &str = "
    INSERT INTO jobs (id, workspace, person, channel, phase, state, step, done, total, post, at, ended_at)
    SELECT j.value ->> 'id', j.value ->> 'workspace', j.value ->> 'person', j.value ->> 'channel',
        j.value ->> 'phase', j.value ->> 'state', j.value ->> 'step', j.value ->> 'done', j.value ->> 'total',
        j.value ->> 'post', j.value ->> 'at', j.value ->> 'ended_at'
    FROM json_each($1) j WHERE true
    ON CONFLICT (id) DO UPDATE SET phase = excluded.phase, state = excluded.state, step = excluded.step,
        done = excluded.done, total = excluded.total, post = excluded.post, ended_at = excluded.ended_at";

/// [[job, name, body]]
pub(super) const PUT_JOB_INPUTS: &str = "
    INSERT INTO job_inputs (job, name, body) SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2
    FROM json_each($1) j WHERE true ON CONFLICT (job) DO NOTHING";

pub(super) const DROP_JOB_INPUTS: &str =
    "DELETE FROM job_inputs WHERE job IN (SELECT value FROM json_each($1))";

/// [[job, line, body]]
pub(super) const PUT_JOB_LINES: &str = "
    INSERT INTO job_lines (job, line, body) SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2
    FROM json_each($1) j WHERE true ON CONFLICT DO NOTHING";

/// [[workspace, letter, id, record, seen]]
pub(super) const PUT_EXTERNALS: &str = "
    INSERT INTO external_ids (workspace, letter, external_id, record, seen)
    SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4 FROM json_each($1) j WHERE true
    ON CONFLICT (workspace, letter, external_id) DO UPDATE SET record = excluded.record, seen = excluded.seen";

/// [[workspace, event, answer, at]]
pub(super) const PUT_ANSWERS: &str = "
    INSERT INTO hook_answers (workspace, event, answer, at)
    SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3 FROM json_each($1) j WHERE true
    ON CONFLICT (workspace, event) DO NOTHING";

/// [[workspace, body, quiet, at]]
pub(super) const KEEP_EVENTS: &str = "
    INSERT INTO kept_events (workspace, body, quiet, at)
    SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3 FROM json_each($1) j";

/// [[id, at, person, record]]; what somebody wrote is not needed any more.
pub(super) const SETTLE_EVENTS: &str = "
    UPDATE kept_events SET settled_at = j.value ->> 1, settled_by = j.value ->> 2, record = j.value ->> 3, body = ''
    FROM json_each($1) j WHERE kept_events.id = j.value ->> 0";

/// [[team, route, workspace, person]]
pub(super) const PUT_TURNS: &str = "
    INSERT INTO turns (team, route, workspace, person)
    SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3 FROM json_each($1) j WHERE true
    ON CONFLICT (team, route) DO UPDATE SET person = excluded.person";

/// Keys that a contact has no more, and new ones: [[workspace, letter, key, record]].
pub(super) const DROP_KEYS: &str = "
    DELETE FROM contact_keys WHERE (workspace, letter, key, record) IN
        (SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3 FROM json_each($1) j)";
pub(super) const PUT_KEYS: &str = "
    INSERT INTO contact_keys (workspace, letter, key, record)
    SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3 FROM json_each($1) j WHERE true
    ON CONFLICT DO NOTHING";

/// Records with one of the keys: $1 workspace, $2 letter, $3 keys, $4 how many.
pub(super) const ALIKE: &str = "
    SELECT k.key, k.record FROM json_each($3) j JOIN contact_keys k
        ON k.workspace = $1 AND k.letter = $2 AND k.key = j.value LIMIT $4";

/// Who has these keys, $1: [[workspace, letter, key]], $2 per key at most.
pub(super) const OF_COMPANIES: &str = "
    WITH j (workspace, letter, key) AS MATERIALIZED
        (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1))
    SELECT j.workspace, j.letter, j.key, r.id, r.number, r.playbook, r.status FROM j JOIN records r ON r.id IN
        (SELECT k.record FROM contact_keys k
            WHERE k.workspace = j.workspace AND k.letter = j.letter AND k.key = j.key LIMIT $2)";

/// Records by id: those after $1, $2 at most.
pub(super) const RECORDS_AFTER: &str =
    concat!("SELECT ", record_columns!(), " FROM records r WHERE r.id > $1 ORDER BY r.id LIMIT $2");

/// [[record, into]]
pub(super) const PUT_MERGED: &str = "
    INSERT INTO merged (record, into_record) SELECT j.value ->> 0, j.value ->> 1 FROM json_each($1) j WHERE true
    ON CONFLICT (record) DO UPDATE SET into_record = excluded.into_record";

/// Notes for the CRM; one for each event.
pub(super) const PUT_CRM_NOTES: &str = "
    INSERT INTO crm_notes (workspace, record, event, at, company, body, state)
    SELECT j.value ->> 'workspace', j.value ->> 'record', j.value ->> 'event', j.value ->> 'at',
        j.value ->> 'company', j.value ->> 'body', 'waiting'
    FROM json_each($1) j WHERE true ORDER BY j.key ON CONFLICT (event) DO NOTHING";

/// Entries of the ledger, in the order in which they came.
pub(super) const PUT_POINTS: &str = "
    INSERT INTO points (workspace, record, event, at, person, company, company_key, delta, status, why)
    SELECT j.value ->> 'workspace', j.value ->> 'record', j.value ->> 'event', j.value ->> 'at',
        j.value ->> 'person', j.value ->> 'company', j.value ->> 'company_key', j.value ->> 'delta',
        j.value ->> 'status', j.value ->> 'why'
    FROM json_each($1) j ORDER BY j.key";

pub(super) const DROP_DRAFTS: &str = "DELETE FROM drafts WHERE id IN (SELECT value FROM json_each($1))";

/// Takes the first row of every lane whose time has come: $1 now, $2 operational now, $3 lanes that are held, $4 how
/// many, $5 until when. The lanes are found by skipping through the index of open rows, so that a long lane costs
/// no more than a short one.
pub(super) const CLAIM: &str = "
    WITH RECURSIVE lanes (lane) AS (
        SELECT MIN(lane) FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL
        UNION ALL
        SELECT (SELECT MIN(o.lane) FROM outbox o
            WHERE o.sent_at IS NULL AND o.failed_at IS NULL AND o.lane > lanes.lane)
        FROM lanes WHERE lane IS NOT NULL),
    heads (id) AS (
        SELECT (SELECT o.id FROM outbox o
            WHERE o.sent_at IS NULL AND o.failed_at IS NULL AND o.lane = lanes.lane AND o.due_at <= $1
            ORDER BY o.priority, o.due_at, o.id LIMIT 1)
        FROM lanes WHERE lane IS NOT NULL AND lane NOT IN (SELECT value FROM json_each($3))
            AND NOT EXISTS (SELECT 1 FROM outbox f WHERE f.lane = lanes.lane AND f.lease_until > $2))
    UPDATE outbox SET attempts = attempts + 1, lease = lease + 1,
        lost_at = COALESCE(lost_at, leased_at), leased_at = $2, lease_until = $5
    WHERE id IN (SELECT o.id FROM heads JOIN outbox o ON o.id = heads.id LEFT JOIN posts p ON p.id = o.post
        WHERE o.retry_at <= $2 AND (o.draws = 1 OR o.post IS NULL OR p.message IS NOT NULL)
        ORDER BY o.priority, o.due_at, o.id LIMIT $4)
    RETURNING id, workspace, lane, post, draws, body, attempts, version, lost_at, lease, priority, due_at, failures";

/// How long until something can be claimed: $1 now, $2 operational now.
pub(super) const NEXT_OUTBOX: &str = "
    WITH RECURSIVE lanes (lane) AS (
        SELECT MIN(lane) FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL
        UNION ALL
        SELECT (SELECT MIN(o.lane) FROM outbox o
            WHERE o.sent_at IS NULL AND o.failed_at IS NULL AND o.lane > lanes.lane)
        FROM lanes WHERE lane IS NOT NULL),
    waits (flight, head, later) AS (
        SELECT (SELECT MAX(f.lease_until) - $2 FROM outbox f WHERE f.lane = lanes.lane AND f.lease_until IS NOT NULL),
            (SELECT o.retry_at - $2 FROM outbox o
                WHERE o.sent_at IS NULL AND o.failed_at IS NULL AND o.lane = lanes.lane AND o.due_at <= $1
                ORDER BY o.priority, o.due_at, o.id LIMIT 1),
            (SELECT MIN(o.due_at) - $1 FROM outbox o
                WHERE o.sent_at IS NULL AND o.failed_at IS NULL AND o.lane = lanes.lane AND o.due_at > $1)
        FROM lanes WHERE lane IS NOT NULL AND (lane NOT LIKE 't:%' OR EXISTS (SELECT 1 FROM posts p
            WHERE p.id = CAST(SUBSTR(lanes.lane, 3) AS INTEGER) AND p.message IS NOT NULL)))
    SELECT MIN(MAX(COALESCE(flight, 0), COALESCE(MIN(head, later), head, later))) FROM waits";

/// Drops inputs between two keys ($1, $2) and ($3, $4, null: no end) that are older than $5.
pub(super) const PRUNE_INBOX: &str = "
    DELETE FROM inbox WHERE (source, external_id) > ($1, $2)
        AND ($3 IS NULL OR (source, external_id) <= ($3, $4)) AND at < $5";

/// Records for a completion: $1 workspace, $2 letter, $3 the text, $4 the end of what starts with it, $5 a pattern
/// for what contains it, $6 whose come first, $7 the number in it, $8 how many. Every branch is bounded.
pub(super) const SEARCH: &str = concat!(
    "WITH found (id) AS (
        SELECT id FROM (SELECT id FROM records WHERE workspace = $1 AND letter = $2 AND $3 <> ''
            AND name >= $3 COLLATE NOCASE AND name < $4 COLLATE NOCASE LIMIT 200)
        UNION SELECT id FROM records WHERE workspace = $1 AND letter = $2 AND number = $7
        UNION SELECT id FROM records WHERE workspace = $1 AND letter = $2 AND number BETWEEN $7 * 10 AND $7 * 10 + 9
        UNION SELECT id FROM records WHERE workspace = $1 AND letter = $2
            AND number BETWEEN $7 * 100 AND $7 * 100 + 99
        UNION SELECT id FROM (SELECT id, name, company, letter FROM records WHERE workspace = $1 AND owner = $6
            ORDER BY id DESC LIMIT 2000)
            WHERE letter = $2 AND (LOWER(name) LIKE $5 ESCAPE '\\' OR LOWER(company) LIKE $5 ESCAPE '\\')
        UNION SELECT id FROM (SELECT id, name, company FROM records WHERE workspace = $1 AND letter = $2
            ORDER BY number DESC LIMIT 2000)
            WHERE LOWER(name) LIKE $5 ESCAPE '\\' OR LOWER(company) LIKE $5 ESCAPE '\\')
     SELECT ",
    record_columns!(),
    " FROM found JOIN records r ON r.id = found.id
      ORDER BY r.class NOT IN ('open', 'parked'), COALESCE(r.owner = $6, 0) DESC, ",
    list_order!(),
    " LIMIT $8"
);

/// Where a list looks for records of these classes. The planner would go by the handles, past all that was ever closed.
pub(super) fn records_from(classes: &[Class]) -> &'static str {
    match classes {
        [Class::Open] => "records r INDEXED BY records_load",
        _ => "records r",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Row as _;

    /// No statement of the writer reads a growing table from end to end, whatever it holds.
    #[tokio::test]
    async fn nothing_is_scanned() {
        let mut opened = super::super::open::open("sqlite::memory:").await.unwrap();
        // The plan of a parent's insert lists a search for orphans, which is skipped while there are none.
        sqlx::query("PRAGMA foreign_keys = OFF").execute(&mut opened.writer).await.unwrap();
        for (statement, arguments) in [
            (LOAD, 4),
            (RECORDS_BY_ID, 1),
            (LOAD_APPROVALS, 1),
            (LOAD_DRAFTS, 1),
            (LOAD_JOBS, 1),
            (LOAD_EXTERNALS, 1),
            (LOAD_NUMBERS, 1),
            (LOAD_POSTS, 1),
            (POP_DUE, 2),
            (ARM_RECORDS, 1),
            (PUT_POSTS, 1),
            (PUT_APPROVALS, 1),
            (PUT_DRAFTS, 1),
            (DROP_DRAFTS, 1),
            (PUT_JOBS, 1),
            (PUT_JOB_INPUTS, 1),
            (DROP_JOB_INPUTS, 1),
            (PUT_JOB_LINES, 1),
            (PUT_EXTERNALS, 1),
            (CLAIM, 5),
            (NEXT_OUTBOX, 2),
            (PRUNE_INBOX, 5),
            (SEARCH, 8),
            (PUT_TURNS, 1),
            (DROP_KEYS, 1),
            (PUT_KEYS, 1),
            (ALIKE, 4),
            (OF_COMPANIES, 2),
            (RECORDS_AFTER, 2),
            (PUT_MERGED, 1),
            (EVENTS_OF, 1),
        ] {
            let explain = statement.replace(';', "; EXPLAIN QUERY PLAN ");
            let mut explain = sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {explain}")));
            for _ in 0..arguments {
                explain = explain.bind("[]");
            }
            for row in explain.fetch_all(&mut opened.writer).await.unwrap() {
                let step: String = row.try_get(3).unwrap();
                let scanned = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
                let small = ["j", "json_each", "lanes", "heads", "found", "waits", "called", "chain"];
                assert!(
                    scanned.is_none_or(|table| small.contains(&table) || table.starts_with('(')),
                    "{step}: {statement}"
                );
            }
        }
    }

    /// A list of what is open reads nothing that is closed, and an owner's list nothing of others.
    #[tokio::test]
    async fn lists_read_open_records_alone() {
        let mut opened = super::super::open::open("sqlite::memory:").await.unwrap();
        for (owner, expected) in [
            ("", "SEARCH r USING INDEX records_load (workspace=?)"),
            (" AND r.owner = $3", "SEARCH r USING INDEX records_load (workspace=? AND owner=?)"),
        ] {
            let explain = format!(
                "EXPLAIN QUERY PLAN SELECT r.id FROM {} WHERE r.workspace = $1 AND r.letter = $2 \
                 AND r.class = 'open'{owner} ORDER BY {} LIMIT 10",
                records_from(&[Class::Open]),
                list_order!(),
            );
            let rows = sqlx::query(sqlx::AssertSqlSafe(explain)).fetch_all(&mut opened.writer).await.unwrap();
            let steps: Vec<String> = rows.iter().map(|row| row.try_get(3).unwrap()).collect();
            assert_eq!(steps[0], expected);
        }
    }

    /// The loads are counted at the start without a look at any record.
    #[tokio::test]
    async fn loads_come_from_an_index_alone() {
        let mut opened = super::super::open::open("sqlite::memory:").await.unwrap();
        let explain = format!("EXPLAIN QUERY PLAN {}", super::super::state::LOADS);
        let rows = sqlx::query(sqlx::AssertSqlSafe(explain)).fetch_all(&mut opened.writer).await.unwrap();
        let steps: Vec<String> = rows.iter().map(|row| row.try_get(3).unwrap()).collect();
        assert_eq!(steps, ["SCAN records USING COVERING INDEX records_load"]);
    }
}
