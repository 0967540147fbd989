//! The texts of playbooks: every version that somebody may live under, what a workspace switched, and whose records
//! are on their way to a newer version. Read once, at the start; what they mean is [`crate::playbook::Library`]'s.

use std::sync::{Arc, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{Row as _, SqliteConnection};

use super::batch::Batch;
use super::sqlite::Tx;
use super::writer::Task;
use super::{Store, StoreError, decode, settings};
use crate::domain::ids::{PersonId, PlaybookId, RecordId, StageId, StatusId, WorkspaceId};
use crate::domain::workspace::SettingChange;

/// Those that came with the program, or from its folder.
pub const SHIPPED: WorkspaceId = WorkspaceId(0);

/// One version of one playbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Whose; [`SHIPPED`]: everybody's.
    pub workspace: WorkspaceId,
    /// Which.
    pub id: PlaybookId,
    /// Which version.
    pub version: u32,
    /// What its file was called.
    pub file: String,
    /// TOML.
    pub text: String,
    /// Who brought it; `None`: the program did.
    pub by: Option<PersonId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Everything that is kept about playbooks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shelves {
    /// By workspace, id, version.
    pub texts: Vec<Text>,
    /// What was switched on (`true`) or off.
    pub switches: Vec<(WorkspaceId, PlaybookId, bool)>,
}

/// Records that are to be moved to a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    /// Whose.
    pub workspace: WorkspaceId,
    /// Of which playbook.
    pub id: PlaybookId,
    /// To which version.
    pub version: u32,
    /// Who asked for it; `None`: a release brought it.
    pub by: Option<PersonId>,
}

/// How many records stand where, under which version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The version that they pin.
    pub version: u32,
    /// Their status.
    pub status: StatusId,
    /// Their stage.
    pub stage: Option<StageId>,
    /// The status that they wait for an approval of.
    pub waits_for: Option<StatusId>,
    /// How many.
    pub count: u64,
}

/// What is to be kept of a workspace's playbooks; one transaction.
#[derive(Debug, Clone, Default)]
pub struct Keep {
    /// New versions; one of the same id and version is replaced.
    pub texts: Vec<Text>,
    /// What is switched on or off.
    pub switches: Vec<(WorkspaceId, PlaybookId, bool)>,
    /// Whose records are to be moved.
    pub upgrades: Vec<Upgrade>,
    /// Playbooks of which the records of every workspace are to be moved, to which version.
    pub everywhere: Vec<(PlaybookId, u32)>,
    /// What `/setup show` says of it.
    pub changes: Vec<(WorkspaceId, SettingChange)>,
}

impl Store {
    /// What is kept about playbooks, as last committed (kept in memory).
    pub fn shelves(&self) -> Arc<Shelves> {
        // Replaced whole, so that a panic while the lock was held leaves it as it was.
        self.shelves.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps playbooks. One caller at a time: what is in memory afterwards is what the last one read.
    pub async fn keep_playbooks(&self, keep: Keep) -> Result<(), StoreError> {
        self.task(KeepPlaybooks(keep)).await?;
        let shelves = read(&mut *self.readers.acquire().await?).await?;
        *self.shelves.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(shelves);
        Ok(())
    }

    /// Whose records are on their way to another version.
    pub async fn upgrades(&self) -> Result<Vec<Upgrade>, StoreError> {
        let rows = sqlx::query(
            "SELECT workspace, id, version, person FROM playbook_upgrades ORDER BY workspace, id",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Upgrade {
                    workspace: WorkspaceId(row.try_get(0)?),
                    id: PlaybookId::new(row.try_get::<&str, _>(1)?),
                    version: row.try_get(2)?,
                    by: row.try_get::<Option<i64>, _>(3)?.map(PersonId),
                })
            })
            .collect()
    }

    /// The next records after one that live under another version of the playbook. A look at every record of the
    /// workspace: for upgrades only.
    pub async fn not_under(
        &self,
        upgrade: &Upgrade,
        after: RecordId,
        limit: u64,
    ) -> Result<Vec<RecordId>, StoreError> {
        let ids: Vec<i64> = sqlx::query_scalar(
            "SELECT id FROM records WHERE id > $1 AND workspace = $2 AND playbook = $3
                AND state ->> 'playbook_version' <> $4 ORDER BY id LIMIT $5",
        )
        .bind(after.0)
        .bind(upgrade.workspace.0)
        .bind(upgrade.id.as_str())
        .bind(upgrade.version)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&self.readers)
        .await?;
        Ok(ids.into_iter().map(RecordId).collect())
    }

    /// The records of an upgrade have been moved, as far as they could be. One that was asked for since goes on.
    pub async fn upgraded(&self, upgrade: Upgrade) -> Result<(), StoreError> {
        self.task(Upgraded(upgrade)).await
    }

    /// How many records of a playbook stand where. A look at every record of the workspace.
    pub async fn standing(
        &self,
        workspace: WorkspaceId,
        playbook: &PlaybookId,
    ) -> Result<Vec<Standing>, StoreError> {
        let rows = sqlx::query(
            "SELECT state ->> 'playbook_version', status, stage, state -> 'pending' ->> 'to', COUNT(*)
             FROM records WHERE workspace = $1 AND playbook = $2 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
        )
        .bind(workspace.0)
        .bind(playbook.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                let word = |column: usize| row.try_get::<Option<&str>, _>(column);
                Ok(Standing {
                    version: row.try_get(0)?,
                    status: StatusId::new(row.try_get::<&str, _>(1)?),
                    stage: word(2)?.map(StageId::new),
                    waits_for: word(3)?.map(StatusId::new),
                    count: row.try_get::<i64, _>(4)?.unsigned_abs(),
                })
            })
            .collect()
    }
}

pub(super) async fn read(conn: &mut SqliteConnection) -> Result<Shelves, StoreError> {
    let rows = sqlx::query(
        "SELECT workspace, id, version, file, text, person, at FROM playbooks ORDER BY workspace, id, version",
    )
    .fetch_all(&mut *conn)
    .await?;
    let text = |row: &sqlx::sqlite::SqliteRow| {
        Ok::<_, StoreError>(Text {
            workspace: WorkspaceId(row.try_get(0)?),
            id: PlaybookId::new(row.try_get::<&str, _>(1)?),
            version: row.try_get(2)?,
            file: row.try_get(3)?,
            text: row.try_get(4)?,
            by: row.try_get::<Option<i64>, _>(5)?.map(PersonId),
            at: decode::instant(row.try_get(6)?),
        })
    };
    let texts = rows.iter().map(text).collect::<Result<_, _>>()?;
    let rows = sqlx::query("SELECT workspace, id, active FROM playbook_switches ORDER BY workspace, id")
        .fetch_all(&mut *conn)
        .await?;
    let switch = |row: &sqlx::sqlite::SqliteRow| {
        let id = PlaybookId::new(row.try_get::<&str, _>(1)?);
        Ok::<_, StoreError>((WorkspaceId(row.try_get(0)?), id, row.try_get(2)?))
    };
    Ok(Shelves { texts, switches: rows.iter().map(switch).collect::<Result<_, _>>()? })
}

struct KeepPlaybooks(Keep);

#[async_trait]
impl Task for KeepPlaybooks {
    type Answer = ();

    async fn run(&self, batch: &mut Batch, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let keep = &self.0;
        for text in &keep.texts {
            sqlx::query(
                "INSERT INTO playbooks (workspace, id, version, file, text, person, at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (workspace, id, version) DO UPDATE SET file = excluded.file, text = excluded.text,
                    person = excluded.person, at = excluded.at",
            )
            .bind(text.workspace.0)
            .bind(text.id.as_str())
            .bind(text.version)
            .bind(&text.file)
            .bind(&text.text)
            .bind(text.by.map(|person| person.0))
            .bind(text.at.timestamp_millis())
            .execute(&mut **tx)
            .await?;
        }
        for (workspace, id, active) in &keep.switches {
            sqlx::query(
                "INSERT INTO playbook_switches (workspace, id, active) VALUES ($1, $2, $3)
                 ON CONFLICT (workspace, id) DO UPDATE SET active = excluded.active",
            )
            .bind(workspace.0)
            .bind(id.as_str())
            .bind(*active)
            .execute(&mut **tx)
            .await?;
        }
        for Upgrade { workspace, id, version, by } in &keep.upgrades {
            sqlx::query(
                "INSERT INTO playbook_upgrades (workspace, id, version, person) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (workspace, id) DO UPDATE SET version = excluded.version, person = excluded.person",
            )
            .bind(workspace.0)
            .bind(id.as_str())
            .bind(*version)
            .bind(by.map(|person| person.0))
            .execute(&mut **tx)
            .await?;
        }
        for (id, version) in &keep.everywhere {
            // A workspace that has a text of its own goes by that.
            sqlx::query(
                "INSERT INTO playbook_upgrades (workspace, id, version, person)
                 SELECT w.id, $1, $2, NULL FROM workspaces w
                    WHERE NOT EXISTS (SELECT 1 FROM playbooks p WHERE p.workspace = w.id AND p.id = $1)
                 ON CONFLICT (workspace, id) DO UPDATE SET version = excluded.version, person = NULL",
            )
            .bind(id.as_str())
            .bind(*version)
            .execute(&mut **tx)
            .await?;
        }
        for (workspace, change) in &keep.changes {
            // The audit line refers to the workspace's row, which may be new.
            batch.change(*workspace);
            super::flush::flush(batch, tx).await?;
            settings::audit(tx, *workspace, std::slice::from_ref(change)).await?;
        }
        // Whoever moves records looks at once.
        batch.armed |= !keep.upgrades.is_empty() || !keep.everywhere.is_empty();
        Ok(())
    }
}

struct Upgraded(Upgrade);

#[async_trait]
impl Task for Upgraded {
    type Answer = ();

    async fn run(&self, _: &mut Batch, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let Upgrade { workspace, id, version, .. } = &self.0;
        sqlx::query("DELETE FROM playbook_upgrades WHERE workspace = $1 AND id = $2 AND version = $3")
            .bind(workspace.0)
            .bind(id.as_str())
            .bind(*version)
            .execute(&mut **tx)
            .await?;
        Ok(())
    }
}
