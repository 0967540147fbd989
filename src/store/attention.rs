//! Everybody's attention (X6): kept by the writer, so that a job knows it; read here.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{Row as _, SqliteConnection};

use super::{Store, StoreError, decode};
use crate::domain::attention::Attention;
use crate::domain::ids::{PersonId, WorkspaceId};

/// Whose.
pub(super) type Key = (WorkspaceId, PersonId);

/// Sets them: [[workspace, person, body, next]].
pub(super) const PUT_ATTENTION: &str = "
    INSERT INTO attention (workspace, person, body, next_at)
    SELECT j.value ->> 0, j.value ->> 1, j.value -> 2, j.value ->> 3 FROM json_each($1) j WHERE true
    ON CONFLICT (workspace, person) DO UPDATE SET body = excluded.body, next_at = excluded.next_at";

/// All of them, at the start.
pub(super) async fn all(conn: &mut SqliteConnection) -> Result<HashMap<Key, Attention>, StoreError> {
    let mut all = HashMap::new();
    for row in sqlx::query("SELECT workspace, person, body FROM attention").fetch_all(&mut *conn).await? {
        let key = (WorkspaceId(row.try_get(0)?), PersonId(row.try_get(1)?));
        all.insert(key, decode::json("attention", row.try_get(2)?)?);
    }
    Ok(all)
}

impl Store {
    /// A person's day so far, and what is held for them.
    pub async fn attention(
        &self,
        workspace: WorkspaceId,
        person: PersonId,
    ) -> Result<(Attention, Option<DateTime<Utc>>), StoreError> {
        let row = sqlx::query("SELECT body, next_at FROM attention WHERE workspace = $1 AND person = $2")
            .bind(workspace.0)
            .bind(person.0)
            .fetch_optional(&self.readers)
            .await?;
        match row {
            None => Ok((Attention::default(), None)),
            Some(row) => Ok((
                decode::json("attention", row.try_get(0)?)?,
                row.try_get::<Option<i64>, _>(1)?.map(decode::instant),
            )),
        }
    }

    /// For how many people of a workspace how much is held.
    pub async fn held(&self, workspace: WorkspaceId) -> Result<HashMap<PersonId, usize>, StoreError> {
        let rows = sqlx::query(
            "SELECT person, json_array_length(body, '$.held') FROM attention
             WHERE workspace = $1 AND next_at IS NOT NULL",
        )
        .bind(workspace.0)
        .fetch_all(&self.readers)
        .await?;
        let held = |row: &sqlx::sqlite::SqliteRow| {
            let count: i64 = row.try_get(1)?;
            Ok((PersonId(row.try_get(0)?), usize::try_from(count).unwrap_or_default()))
        };
        rows.iter().map(held).collect()
    }

    /// When something that is held is to be looked at next.
    pub async fn next_moment(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let at: Option<i64> =
            sqlx::query_scalar("SELECT MIN(next_at) FROM attention WHERE next_at IS NOT NULL")
                .fetch_one(&self.readers)
                .await?;
        Ok(at.map(decode::instant))
    }

    /// For whom something is held whose moment has come.
    pub async fn moments_due(&self) -> Result<Vec<(WorkspaceId, PersonId)>, StoreError> {
        let rows = sqlx::query(
            "SELECT workspace, person FROM attention WHERE next_at <= $1 ORDER BY next_at, workspace, person",
        )
        .bind(self.clock.now().timestamp_millis())
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|row| Ok((WorkspaceId(row.try_get(0)?), PersonId(row.try_get(1)?)))).collect()
    }
}
