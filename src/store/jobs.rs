//! Reads of long work, and of the ids that records have in other systems. The writes are [`Batch`](super::Batch)'s.

use std::collections::{HashMap, HashSet};

use sqlx::Row as _;

use super::decode::{self, job_columns};
use super::row::Job;
use super::{Store, StoreError, sqlite};
use crate::domain::ids::{JobId, RecordId, WorkspaceId};

impl Store {
    /// Every running job, the oldest first.
    pub async fn running_jobs(&self) -> Result<Vec<Job>, StoreError> {
        let rows =
            sqlx::query(concat!("SELECT ", job_columns!(), " FROM jobs WHERE phase = 'running' ORDER BY id"))
                .fetch_all(&self.readers)
                .await?;
        rows.iter().map(decode::job).collect()
    }

    /// A job.
    pub async fn job(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        let row = sqlx::query(concat!("SELECT ", job_columns!(), " FROM jobs WHERE id = $1"))
            .bind(id.0)
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(decode::job).transpose()
    }

    /// What a job works on: its name and its text; `None` once it has ended.
    pub async fn job_input(&self, id: JobId) -> Result<Option<(String, String)>, StoreError> {
        Ok(sqlx::query_as("SELECT name, body FROM job_inputs WHERE job = $1")
            .bind(id.0)
            .fetch_optional(&self.readers)
            .await?)
    }

    /// The lines of a job's result, in the order of its pieces.
    pub async fn job_lines(&self, id: JobId) -> Result<Vec<(u32, String)>, StoreError> {
        Ok(sqlx::query_as("SELECT line, body FROM job_lines WHERE job = $1 ORDER BY line")
            .bind(id.0)
            .fetch_all(&self.readers)
            .await?)
    }

    /// Which records have these ids of another system, and what was last seen of them there.
    pub async fn by_external(
        &self,
        workspace: WorkspaceId,
        letter: char,
        ids: &[&str],
    ) -> Result<HashMap<String, (RecordId, String)>, StoreError> {
        let wanted: Vec<_> = ids.iter().map(|id| (workspace, letter, id)).collect();
        let rows = sqlx::query(sqlite::LOAD_EXTERNALS)
            .bind(decode::encode("argument", &wanted)?)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(|row| Ok((row.try_get(2)?, (RecordId(row.try_get(3)?), row.try_get(4)?)))).collect()
    }

    /// Which of these e-mail addresses (lower case) records of a noun have.
    pub async fn emails(
        &self,
        workspace: WorkspaceId,
        letter: char,
        emails: &[String],
    ) -> Result<HashSet<String>, StoreError> {
        if emails.is_empty() {
            return Ok(HashSet::new());
        }
        let found: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT LOWER(email) FROM records WHERE workspace = $1 AND letter = $2
             AND LOWER(email) IN (SELECT value FROM json_each($3))",
        )
        .bind(workspace.0)
        .bind(letter.to_string())
        .bind(decode::encode("argument", emails)?)
        .fetch_all(&self.readers)
        .await?;
        Ok(found.into_iter().collect())
    }

    /// The ids that records have in other systems, by record; of several, the first one.
    pub async fn external_ids(&self, records: &[RecordId]) -> Result<HashMap<RecordId, String>, StoreError> {
        let rows = sqlx::query(
            "SELECT x.record, MIN(x.external_id) FROM json_each($1) j JOIN external_ids x ON x.record = j.value
             GROUP BY x.record",
        )
        .bind(decode::encode("argument", records)?)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|row| Ok((RecordId(row.try_get(0)?), row.try_get(1)?))).collect()
    }
}

/// Forgets jobs that were asked for before an instant and do not run, with all that belongs to them; gives how many.
pub(super) async fn forget(tx: &mut sqlite::Tx<'_>, before: i64) -> Result<u64, StoreError> {
    for what in ["job_inputs", "job_lines"] {
        let statement = format!(
            "DELETE FROM {what} WHERE job IN (SELECT id FROM jobs WHERE phase <> 'running' AND at < $1)"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement)).bind(before).execute(&mut **tx).await?;
    }
    let gone = sqlx::query("DELETE FROM jobs WHERE phase <> 'running' AND at < $1 AND post IS NULL")
        .bind(before)
        .execute(&mut **tx)
        .await?;
    Ok(gone.rows_affected())
}
