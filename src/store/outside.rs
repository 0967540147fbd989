//! Events of other systems: what was answered to them, and those that are kept. The writes are [`Batch`]'s.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Row as _;

use super::batch::{Batch, Needs};
use super::sqlite::Tx;
use super::{Store, StoreError, decode};
use crate::domain::ids::{KeptId, WorkspaceId};

/// An event that waits for an admin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Ours.
    pub id: KeptId,
    /// Where.
    pub workspace: WorkspaceId,
    /// The event and why it is kept, as JSON; the service knows its shape.
    pub body: String,
    /// When it came.
    pub at: DateTime<Utc>,
}

/// How long what means nothing here is kept.
const QUIET_FOR: TimeDelta = TimeDelta::days(30);

/// Which of them wait.
const WAITING: &str = "FROM kept_events WHERE workspace = $1 AND settled_at IS NULL AND quiet = 0";

impl Store {
    /// What an event was answered; `None`: it never came, or so long ago that it is forgotten.
    pub async fn hook_answer(
        &self,
        workspace: WorkspaceId,
        event: &str,
    ) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT answer FROM hook_answers WHERE workspace = $1 AND event = $2")
            .bind(workspace.0)
            .bind(event)
            .fetch_optional(&self.readers)
            .await?)
    }

    /// How many events wait for an admin.
    pub async fn kept_count(&self, workspace: WorkspaceId) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT COUNT(*) {WAITING}")))
            .bind(workspace.0)
            .fetch_one(&self.readers)
            .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// The oldest of them, so many at most.
    pub async fn kept_events(&self, workspace: WorkspaceId, most: u32) -> Result<Vec<Kept>, StoreError> {
        let sql = format!("SELECT id, workspace, body, at {WAITING} ORDER BY id LIMIT $2");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(workspace.0)
            .bind(i64::from(most))
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(kept).collect()
    }

    /// One of them; `None`: it is settled, or was never there.
    pub async fn kept_event(&self, workspace: WorkspaceId, id: KeptId) -> Result<Option<Kept>, StoreError> {
        let sql = format!("SELECT id, workspace, body, at {WAITING} AND id = $2");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(workspace.0)
            .bind(id.0)
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(kept).transpose()
    }
}

fn kept(row: &sqlx::sqlite::SqliteRow) -> Result<Kept, StoreError> {
    Ok(Kept {
        id: KeptId(row.try_get(0)?),
        workspace: WorkspaceId(row.try_get(1)?),
        body: row.try_get(2)?,
        at: decode::instant(row.try_get(3)?),
    })
}

/// Loads the kept events that jobs named, as far as they wait, and which of the facts that they named have left.
pub(super) async fn load(batch: &mut Batch, tx: &mut Tx<'_>, needs: &[Needs]) -> Result<(), StoreError> {
    let keys: Vec<&String> = needs.iter().flat_map(|n| &n.left).collect();
    if !keys.is_empty() {
        let left: Vec<String> = sqlx::query_scalar(
            "SELECT j.value FROM json_each($1) j JOIN outbox o ON o.dedup_key = 'say:' || j.value
             WHERE o.sent_at IS NOT NULL OR o.lease_until IS NOT NULL",
        )
        .bind(decode::encode("argument", &keys)?)
        .fetch_all(&mut **tx)
        .await?;
        batch.left.extend(left);
    }
    let ids: Vec<KeptId> = needs.iter().flat_map(|n| n.kept.iter().copied()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query(
        "SELECT id, workspace, body, at FROM kept_events
         WHERE settled_at IS NULL AND id IN (SELECT value FROM json_each($1))",
    )
    .bind(decode::encode("argument", &ids)?)
    .fetch_all(&mut **tx)
    .await?;
    for row in &rows {
        let one = kept(row)?;
        batch.kept.insert(one.id, one);
    }
    Ok(())
}

/// Forgets answers of before an operational time; gives how many. What is kept stays until it is settled, and what was
/// kept quietly is there for a month.
pub(super) async fn forget(tx: &mut Tx<'_>, before: i64, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let answers =
        sqlx::query("DELETE FROM hook_answers WHERE at < $1").bind(before).execute(&mut **tx).await?;
    let quiet = sqlx::query("DELETE FROM kept_events WHERE quiet = 1 AND at < $1")
        .bind((now - QUIET_FOR).timestamp_millis())
        .execute(&mut **tx)
        .await?;
    Ok(answers.rows_affected() + quiet.rows_affected())
}
