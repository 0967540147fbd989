//! Teams, members, thresholds: what changes seldom. Each function is one job of the writer, writes the
//! audit line (`/setup show`), and publishes the new [`Workspace`](crate::domain::workspace::Workspace).

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::Row as _;

use super::batch::Batch;
use super::outbox::Fact;
use super::sqlite::{self, Tx};
use super::writer::Task;
use super::{Store, StoreError, decode, digest, jobs, outside};
use crate::domain::hooks::Hooks;
use crate::domain::ids::{ChannelId, PersonId, TeamId, WorkspaceId};
use crate::domain::workspace::{Person, SettingChange, Team, Thresholds, Workspace};

pub use super::digest::DigestDue;

/// Inputs are remembered for seven days (operational time): no platform repeats one later.
const INBOX_MS: i64 = 7 * 24 * 3_600_000;
/// Unfinished forms are kept as long.
const DRAFT_MS: i64 = INBOX_MS;
/// How many inputs one transaction looks at when pruning.
const CHUNK: i64 = 5_000;

/// What a person wants set, with its audit lines.
pub struct Set {
    /// What.
    pub what: Setting,
    /// What `/setup show` says of it.
    pub changes: Vec<SettingChange>,
    /// Channels that were named: they are tried again (ruling 17).
    pub channels: Vec<ChannelId>,
    /// What is said because of it, in the same transaction.
    pub say: Vec<Fact>,
}

impl Set {
    /// Of which nothing follows.
    pub fn of(what: Setting, changes: Vec<SettingChange>) -> Self {
        Self { what, changes, channels: Vec::new(), say: Vec::new() }
    }
}

/// One of the things that can be set.
pub enum Setting {
    /// A team; see [`Store::save_team`].
    Team(Team),
    /// A person.
    Person(Person),
    /// The numbers.
    Thresholds(Thresholds),
    /// What is agreed on with other systems.
    Hooks(Hooks),
}

/// What came of saving a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SavedTeam {
    /// The team.
    pub id: TeamId,
    /// How many records a changed calendar had put on the due list (ruling 7).
    pub rearmed: u64,
}

/// What came of a change of settings.
pub struct Changed<A> {
    /// What the change itself says.
    pub answer: A,
    /// The workspace after it.
    pub workspace: Arc<Workspace>,
    /// The team that was set.
    pub team: Option<TeamId>,
    /// How many records look at their clocks anew.
    pub rearmed: u64,
}

impl Store {
    /// Changes settings against the workspace as it is when the change's turn comes, so that of two changes at the
    /// same moment none is lost. The closure is run inside the writer, perhaps more than once; without a [`Set`]
    /// nothing is written.
    pub async fn change_settings<A, F>(
        &self,
        workspace: WorkspaceId,
        change: F,
    ) -> Result<Changed<A>, StoreError>
    where
        A: Send + 'static,
        F: Fn(&Arc<Workspace>, DateTime<Utc>) -> (A, Option<Set>) + Send + Sync + 'static,
    {
        self.task(ChangeSettings { workspace, change }).await
    }

    /// Makes or changes a team. `id` 0 makes one, or changes the one that has the same name. The first team made
    /// replaces the default one, which keeps its id and its records. Also plans the team's next digest and, where the
    /// calendar changed, has its records looked at anew: all in one transaction.
    ///
    /// # Errors
    /// [`StoreError::Work`] where an id other than 0 is none of the workspace's teams.
    pub async fn save_team(
        &self,
        workspace: WorkspaceId,
        team: Team,
        changes: Vec<SettingChange>,
    ) -> Result<SavedTeam, StoreError> {
        self.task(SaveTeam { workspace, team, changes }).await
    }

    /// Places a person, or changes their personal settings.
    pub async fn save_person(
        &self,
        workspace: WorkspaceId,
        person: Person,
        changes: Vec<SettingChange>,
    ) -> Result<(), StoreError> {
        self.task(SavePerson { workspace, person, changes }).await
    }

    /// Changes the numbers, and has the records of every team looked at anew; gives how many.
    pub async fn save_thresholds(
        &self,
        workspace: WorkspaceId,
        thresholds: Thresholds,
        changes: Vec<SettingChange>,
    ) -> Result<u64, StoreError> {
        self.task(SaveThresholds { workspace, thresholds, changes }).await
    }

    /// The last change of every setting, the newest first.
    pub async fn setting_changes(&self, workspace: WorkspaceId) -> Result<Vec<SettingChange>, StoreError> {
        let rows = sqlx::query(
            "SELECT setting, value, person, at FROM setting_log WHERE id IN
                (SELECT MAX(id) FROM setting_log WHERE workspace = $1 GROUP BY setting)
             ORDER BY id DESC",
        )
        .bind(workspace.0)
        .fetch_all(&self.readers)
        .await?;
        let change = |row: &sqlx::sqlite::SqliteRow| {
            Ok(SettingChange {
                setting: row.try_get(0)?,
                value: row.try_get(1)?,
                by: PersonId(row.try_get(2)?),
                at: decode::instant(row.try_get(3)?),
            })
        };
        rows.iter().map(change).collect()
    }

    /// Forgets inputs and unfinished forms of more than seven days ago; gives how many. In short transactions.
    pub async fn prune(&self) -> Result<u64, StoreError> {
        let mut after = (String::new(), String::new());
        let mut total = 0;
        loop {
            let (dropped, next) = self.task(Prune { after }).await?;
            total += dropped;
            let Some(next) = next else { return Ok(total) };
            after = next;
        }
    }
}

pub(super) async fn audit(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    changes: &[SettingChange],
) -> Result<(), StoreError> {
    for change in changes {
        sqlx::query(
            "INSERT INTO setting_log (workspace, setting, value, person, at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(workspace.0)
        .bind(&change.setting)
        .bind(&change.value)
        .bind(change.by.0)
        .bind(change.at.timestamp_millis())
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Puts every record of a team (every team, where none is named) and an owner (every owner) that is open, or waits for something, on the due list
/// for now, so that its clocks are armed anew (ruling 7); gives how many.
async fn rearm(
    batch: &mut Batch,
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    team: Option<TeamId>,
    owner: Option<PersonId>,
) -> Result<u64, StoreError> {
    let (now, team) = (batch.now().timestamp_millis(), team.map(|team| team.0));
    let owner = owner.map(|owner| owner.0);
    sqlx::query(
        "INSERT INTO due (due_at, record) SELECT $1, id FROM records
         WHERE workspace = $2 AND ($3 IS NULL OR team = $3) AND ($4 IS NULL OR owner = $4)
             AND (class = 'open' OR due_at IS NOT NULL)
         ON CONFLICT DO NOTHING",
    )
    .bind(now)
    .bind(workspace.0)
    .bind(team)
    .bind(owner)
    .execute(&mut **tx)
    .await?;
    let armed = sqlx::query(
        "UPDATE records SET armed_at = CASE WHEN armed_at < $1 THEN armed_at ELSE $1 END
         WHERE workspace = $2 AND ($3 IS NULL OR team = $3) AND ($4 IS NULL OR owner = $4)
             AND (class = 'open' OR due_at IS NOT NULL)",
    )
    .bind(now)
    .bind(workspace.0)
    .bind(team)
    .bind(owner)
    .execute(&mut **tx)
    .await?;
    batch.armed = true;
    Ok(armed.rows_affected())
}

struct ChangeSettings<F> {
    workspace: WorkspaceId,
    change: F,
}

#[async_trait]
impl<A, F> Task for ChangeSettings<F>
where
    A: Send + 'static,
    F: Fn(&Arc<Workspace>, DateTime<Utc>) -> (A, Option<Set>) + Send + Sync + 'static,
{
    type Answer = Changed<A>;

    async fn run(&self, batch: &mut Batch, tx: &mut Tx<'_>) -> Result<Changed<A>, StoreError> {
        let workspace = self.workspace;
        let (answer, set) = (self.change)(&batch.workspace(workspace), batch.now());
        let (mut team, mut rearmed) = (None, 0);
        if let Some(Set { what, changes, channels, say }) = set {
            for channel in channels {
                batch.channel_takes(workspace, channel, true);
            }
            match what {
                Setting::Team(one) => {
                    let saved = SaveTeam { workspace, team: one, changes }.run(batch, tx).await?;
                    (team, rearmed) = (Some(saved.id), saved.rearmed);
                }
                Setting::Person(person) => SavePerson { workspace, person, changes }.run(batch, tx).await?,
                Setting::Hooks(hooks) => SaveHooks { workspace, hooks, changes }.run(batch, tx).await?,
                Setting::Thresholds(thresholds) => {
                    rearmed = SaveThresholds { workspace, thresholds, changes }.run(batch, tx).await?;
                }
            }
            for fact in say {
                batch.say(fact);
            }
        }
        Ok(Changed { answer, workspace: batch.workspace(workspace), team, rearmed })
    }
}

struct SaveTeam {
    workspace: WorkspaceId,
    team: Team,
    changes: Vec<SettingChange>,
}

#[async_trait]
impl Task for SaveTeam {
    type Answer = SavedTeam;

    async fn run(&self, batch: &mut Batch, tx: &mut Tx<'_>) -> Result<SavedTeam, StoreError> {
        let new_id = batch.base.directory.new_team();
        let changed = batch.change(self.workspace);
        let first = !std::mem::replace(&mut changed.entry.set_up, true);
        changed.body |= first;
        let workspace = Arc::make_mut(&mut changed.entry.workspace);
        let place = if self.team.id != TeamId(0) {
            let known = workspace.teams.iter().position(|t| t.id == self.team.id);
            Some(known.ok_or_else(|| StoreError::Work(format!("there is no team {}", self.team.id)))?)
        } else if first {
            Some(0)
        } else {
            workspace.teams.iter().position(|t| t.name.eq_ignore_ascii_case(self.team.name.trim()))
        };
        let id = place.map_or(new_id, |at| workspace.teams[at].id);
        let team = Team { id, ..self.team.clone() };
        let same_times = place.is_none_or(|at| workspace.teams[at].calendar == team.calendar);
        match place {
            Some(at) => workspace.teams[at] = team.clone(),
            None => workspace.teams.push(team.clone()),
        }
        changed.teams.insert(id);
        // The audit line refers to the workspace's row, which may be new.
        super::flush::flush(batch, tx).await?;
        audit(tx, self.workspace, &self.changes).await?;
        digest::plan(batch, tx, &team).await?;
        let rearmed = if same_times { 0 } else { rearm(batch, tx, self.workspace, Some(id), None).await? };
        Ok(SavedTeam { id, rearmed })
    }
}

struct SavePerson {
    workspace: WorkspaceId,
    person: Person,
    changes: Vec<SettingChange>,
}

#[async_trait]
impl Task for SavePerson {
    type Answer = ();

    async fn run(&self, batch: &mut Batch, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let presence = |person: &Person| (person.away, person.gone);
        let before = batch.workspace(self.workspace).people.get(&self.person.id).map(presence);
        batch.set_person(self.workspace, self.person.clone());
        super::flush::flush(batch, tx).await?;
        audit(tx, self.workspace, &self.changes).await?;
        // Who goes away leaves what cannot wait, at once (ruling 17); who comes back hears of their own again.
        if before.unwrap_or_default() != presence(&self.person) {
            rearm(batch, tx, self.workspace, None, Some(self.person.id)).await?;
        }
        Ok(())
    }
}

struct SaveHooks {
    workspace: WorkspaceId,
    hooks: Hooks,
    changes: Vec<SettingChange>,
}

#[async_trait]
impl Task for SaveHooks {
    type Answer = ();

    async fn run(&self, batch: &mut Batch, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let changed = batch.change(self.workspace);
        changed.body = true;
        Arc::make_mut(&mut changed.entry.workspace).hooks = self.hooks.clone();
        super::flush::flush(batch, tx).await?;
        audit(tx, self.workspace, &self.changes).await
    }
}

struct SaveThresholds {
    workspace: WorkspaceId,
    thresholds: Thresholds,
    changes: Vec<SettingChange>,
}

#[async_trait]
impl Task for SaveThresholds {
    type Answer = u64;

    async fn run(&self, batch: &mut Batch, tx: &mut Tx<'_>) -> Result<u64, StoreError> {
        let changed = batch.change(self.workspace);
        changed.body = true;
        let thresholds = &mut Arc::make_mut(&mut changed.entry.workspace).thresholds;
        let same_clocks = thresholds.same_clocks(&self.thresholds);
        thresholds.clone_from(&self.thresholds);
        super::flush::flush(batch, tx).await?;
        audit(tx, self.workspace, &self.changes).await?;
        if same_clocks { Ok(0) } else { rearm(batch, tx, self.workspace, None, None).await }
    }
}

/// One chunk of inputs, in the order of their key, from after a key on.
struct Prune {
    after: (String, String),
}

#[async_trait]
impl Task for Prune {
    type Answer = (u64, Option<(String, String)>);

    async fn run(&self, batch: &mut Batch, tx: &mut Tx<'_>) -> Result<Self::Answer, StoreError> {
        let (source, id) = &self.after;
        let end: Option<(String, String)> = sqlx::query_as(
            "SELECT source, external_id FROM inbox WHERE (source, external_id) > ($1, $2)
             ORDER BY source, external_id LIMIT 1 OFFSET $3",
        )
        .bind(source)
        .bind(id)
        .bind(CHUNK)
        .fetch_optional(&mut **tx)
        .await?;
        let dropped = sqlx::query(sqlite::PRUNE_INBOX)
            .bind(source)
            .bind(id)
            .bind(end.as_ref().map(|(source, _)| source))
            .bind(end.as_ref().map(|(_, id)| id))
            .bind(batch.operational - INBOX_MS)
            .execute(&mut **tx)
            .await?;
        let mut total = dropped.rows_affected();
        if end.is_none() {
            let drafts = sqlx::query("DELETE FROM drafts WHERE at < $1")
                .bind(batch.now().timestamp_millis() - DRAFT_MS)
                .execute(&mut **tx)
                .await?;
            total += drafts.rows_affected();
            total += outside::forget(tx, batch.operational - INBOX_MS, batch.now()).await?;
            total += jobs::forget(tx, batch.now().timestamp_millis() - DRAFT_MS).await?;
        }
        Ok((total, end))
    }
}
