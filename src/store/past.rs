//! The stored history, read in chunks for the time machine (X2). Reading only: from the pool of a running bot, or
//! from the file of one, which another process may be writing.

use std::sync::Arc;

use sqlx::Row as _;

use super::decode::{self, record_columns};
use super::open;
use super::playbooks::{self, Shelves};
use super::state;
use super::{Store, StoreError, sqlite};
use crate::domain::event::Event;
use crate::domain::ids::{RecordId, WorkspaceId};
use crate::domain::record::Record;
use crate::domain::workspace::Workspace;

/// The history of all records, to be walked.
#[derive(Clone)]
pub struct Pasts {
    readers: sqlite::Pool,
}

impl Store {
    /// The history, from the read-only pool.
    pub fn pasts(&self) -> Pasts {
        Pasts { readers: self.readers.clone() }
    }
}

/// A database that is only read: nothing is locked and nothing migrated, so that the bot may run meanwhile.
pub struct ReadOnly {
    /// Its history.
    pub pasts: Pasts,
    /// Its workspaces, by id.
    pub workspaces: Vec<Arc<Workspace>>,
    /// Its playbooks.
    pub shelves: Shelves,
}

impl ReadOnly {
    /// Opens an existing database.
    ///
    /// # Errors
    /// [`StoreError::Open`] with one sentence: no such file, damaged, written by a newer or an older version.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let readers = open::read_only(url).await?;
        let mut conn = readers.acquire().await?;
        let workspaces = state::directory(&mut conn, 0).await?.written();
        let shelves = playbooks::read(&mut conn).await?;
        drop(conn);
        Ok(Self { pasts: Pasts { readers }, workspaces, shelves })
    }
}

impl Pasts {
    /// Records of a workspace with their whole histories, the oldest event first: those after `after`, in the order of
    /// their ids.
    pub async fn chunk(
        &self,
        workspace: WorkspaceId,
        letter: char,
        after: RecordId,
        limit: u32,
    ) -> Result<Vec<(Record, Vec<Event>)>, StoreError> {
        let rows = sqlx::query(concat!(
            "SELECT ",
            record_columns!(),
            " FROM records r WHERE r.id > $1 AND r.workspace = $2 AND r.letter = $3 ORDER BY r.id LIMIT $4"
        ))
        .bind(after.0)
        .bind(workspace.0)
        .bind(letter.to_string())
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        let mut pasts: Vec<(Record, Vec<Event>)> = Vec::with_capacity(rows.len());
        for row in &rows {
            pasts.push((decode::record(row)?.row.record, Vec::new()));
        }
        let ids: Vec<RecordId> = pasts.iter().map(|(record, _)| record.id).collect();
        let rows = sqlx::query(
            "WITH RECURSIVE chain (record, id, prev) AS (
                SELECT r.id, e.id, e.prev FROM json_each($1) j
                    JOIN records r ON r.id = j.value JOIN events e ON e.id = r.last_event
                UNION ALL
                SELECT chain.record, e.id, e.prev FROM chain JOIN events e ON e.id = chain.prev)
             SELECT chain.record, e.id, e.body FROM chain JOIN events e ON e.id = chain.id
             ORDER BY chain.record, e.id",
        )
        .bind(decode::encode("argument", &ids)?)
        .fetch_all(&self.readers)
        .await?;
        let mut at = 0;
        for row in &rows {
            let record = RecordId(row.try_get(0)?);
            while pasts.get(at).is_some_and(|(known, _)| known.id < record) {
                at += 1;
            }
            if let Some((_, events)) = pasts.get_mut(at).filter(|(known, _)| known.id == record) {
                events.push(decode::event(row.try_get(1)?, row.try_get(2)?)?);
            }
        }
        Ok(pasts)
    }
}
