//! Notes for the CRM: written with the event that they are about, taken out one after the other per company, kept until
//! they are sent. Rows are few and leave slowly, so that they are looked for without a lease: one loop alone sends them.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::Row as _;

use super::batch::Batch;
use super::decode::instant;
use super::sqlite::{self, Tx};
use super::writer::Task;
use super::{Store, StoreError, flush};
use crate::domain::ids::{EventId, RecordId, WorkspaceId};

/// A note on its way into the table.
#[derive(Debug, Clone, Serialize)]
pub struct NoteOut {
    /// Where.
    pub workspace: WorkspaceId,
    /// About which record.
    pub record: RecordId,
    /// The event that says so; one note for each.
    pub event: EventId,
    /// When it happened.
    pub at: i64,
    /// On which company.
    pub company: String,
    /// As it is sent.
    pub body: String,
}

/// A note that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its number.
    pub id: i64,
    /// Where.
    pub workspace: WorkspaceId,
    /// About which record.
    pub record: RecordId,
    /// The event that says so.
    pub event: EventId,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// On which company.
    pub company: String,
    /// As it is sent.
    pub body: String,
    /// How often it was tried.
    pub attempts: u32,
    /// A sending began of which nothing is known.
    pub lost: bool,
}

/// What became of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It is there, under this id.
    Sent(String),
    /// Again in so many milliseconds.
    Again {
        /// Operational.
        after_ms: i64,
        /// It may be there all the same.
        lost: bool,
        /// Counts as a try.
        counts: bool,
        /// Why.
        why: String,
    },
    /// It will not be sent.
    Refused(String),
}

/// How many notes have not been sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unsent {
    /// They wait.
    pub waiting: u64,
    /// Why the last of these was not taken, where it was tried.
    pub waits: Option<String>,
    /// They were refused.
    pub refused: u64,
    /// Why the last of these was.
    pub refuses: Option<String>,
}

impl Batch {
    /// Keeps a note for the CRM.
    pub fn crm_note(&mut self, note: NoteOut) {
        self.writes.crm_notes.push(note);
    }
}

pub(super) async fn write(notes: &[NoteOut], tx: &mut Tx<'_>) -> Result<(), StoreError> {
    flush::write(tx, sqlite::PUT_CRM_NOTES, notes).await
}

impl Store {
    /// The next note that may go: of each company the oldest that waits, the others after it.
    pub async fn crm_next(&self, operational: i64) -> Result<Option<Waiting>, StoreError> {
        let row = sqlx::query(
            "SELECT n.id, n.workspace, n.record, n.event, n.at, n.company, n.body, n.attempts, n.asked_at
             FROM crm_notes n WHERE n.state = 'waiting' AND n.next_at <= $1
             AND (n.asked_at IS NULL OR n.asked_at + 60000 <= $1) AND NOT EXISTS
                (SELECT 1 FROM crm_notes e WHERE e.state = 'waiting' AND e.workspace = n.workspace
                 AND e.company = n.company AND e.id < n.id)
             ORDER BY n.id LIMIT 1",
        )
        .bind(operational)
        .fetch_optional(&self.readers)
        .await?;
        let note = |row: sqlx::sqlite::SqliteRow| {
            Ok(Waiting {
                id: row.try_get(0)?,
                workspace: WorkspaceId(row.try_get(1)?),
                record: RecordId(row.try_get(2)?),
                event: EventId(row.try_get(3)?),
                at: instant(row.try_get(4)?),
                company: row.try_get(5)?,
                body: row.try_get(6)?,
                attempts: row.try_get(7)?,
                lost: row.try_get::<Option<i64>, _>(8)?.is_some(),
            })
        };
        row.map(note).transpose()
    }

    /// A sending begins: until it is settled, nobody knows what came of it.
    pub async fn crm_begins(&self, id: i64) -> Result<(), StoreError> {
        self.task(Begin { id }).await
    }

    /// What came of it.
    pub async fn crm_settle(&self, id: i64, how: Settled) -> Result<(), StoreError> {
        self.task(Settle { id, how }).await
    }

    /// What has not been sent: of a workspace, or of one record of it.
    pub async fn crm_unsent(
        &self,
        workspace: WorkspaceId,
        record: Option<RecordId>,
    ) -> Result<Unsent, StoreError> {
        let of = of(record);
        let why = |state: &str| {
            format!(
                "(SELECT why FROM crm_notes WHERE {of} AND state = '{state}' AND why IS NOT NULL
                 ORDER BY id DESC LIMIT 1)"
            )
        };
        let sql = format!(
            "SELECT COALESCE(SUM(state = 'waiting'), 0), {}, COALESCE(SUM(state = 'refused'), 0), {}
             FROM crm_notes WHERE {of} AND state <> 'sent'",
            why("waiting"),
            why("refused")
        );
        let (waiting, waits, refused, refuses): (i64, Option<String>, i64, Option<String>) =
            sqlx::query_as(sqlx::AssertSqlSafe(sql))
                .bind(workspace.0)
                .bind(record.map(|record| record.0))
                .fetch_one(&self.readers)
                .await?;
        let count = |n: i64| u64::try_from(n).unwrap_or_default();
        Ok(Unsent { waiting: count(waiting), waits, refused: count(refused), refuses })
    }

    /// Refused notes wait again: of a workspace, or of one record of it; gives how many. They go where the record belongs
    /// by now.
    pub async fn crm_again(
        &self,
        workspace: WorkspaceId,
        record: Option<RecordId>,
    ) -> Result<u64, StoreError> {
        self.task(Again { workspace, record }).await
    }
}

/// Which notes are meant: $1 the workspace, $2 the record.
fn of(record: Option<RecordId>) -> &'static str {
    match record {
        Some(_) => "workspace = $1 AND record = $2",
        None => "workspace = $1 AND $2 IS NULL",
    }
}

struct Again {
    workspace: WorkspaceId,
    record: Option<RecordId>,
}

#[async_trait]
impl Task for Again {
    type Answer = u64;

    async fn run(&self, _batch: &mut Batch, tx: &mut Tx<'_>) -> Result<u64, StoreError> {
        let sql = format!(
            "UPDATE crm_notes SET state = 'waiting', attempts = 0, next_at = 0, why = NULL,
                company = COALESCE((SELECT r.company FROM records r WHERE r.id = crm_notes.record), company)
             WHERE {} AND state = 'refused'",
            of(self.record)
        );
        let done = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(self.workspace.0)
            .bind(self.record.map(|record| record.0))
            .execute(&mut **tx)
            .await?;
        Ok(done.rows_affected())
    }
}

struct Begin {
    id: i64,
}

#[async_trait]
impl Task for Begin {
    type Answer = ();

    async fn run(&self, batch: &mut Batch, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        sqlx::query("UPDATE crm_notes SET asked_at = $2 WHERE id = $1")
            .bind(self.id)
            .bind(batch.operational)
            .execute(&mut **tx)
            .await?;
        Ok(())
    }
}

struct Settle {
    id: i64,
    how: Settled,
}

#[async_trait]
impl Task for Settle {
    type Answer = ();

    async fn run(&self, batch: &mut Batch, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let query = match &self.how {
            // What is there need not be kept here as well.
            Settled::Sent(remote) => sqlx::query(
                "UPDATE crm_notes SET state = 'sent', remote = $2, asked_at = NULL, why = NULL, body = ''
                 WHERE id = $1",
            )
            .bind(self.id)
            .bind(remote),
            Settled::Refused(why) => {
                sqlx::query("UPDATE crm_notes SET state = 'refused', why = $2, asked_at = NULL WHERE id = $1")
                    .bind(self.id)
                    .bind(why)
            }
            Settled::Again { after_ms, lost, counts, why } => sqlx::query(
                "UPDATE crm_notes SET next_at = $2, attempts = attempts + $3, why = $4,
                    asked_at = CASE WHEN $5 THEN asked_at ELSE NULL END WHERE id = $1",
            )
            .bind(self.id)
            .bind(batch.operational.saturating_add(*after_ms))
            .bind(i64::from(*counts))
            .bind(why)
            .bind(*lost),
        };
        query.execute(&mut **tx).await?;
        Ok(())
    }
}
