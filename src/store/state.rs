//! What the writer keeps in memory between groups. All of it can be rebuilt from the tables; none of it is
//! changed before a group is committed ([`super::Batch`] holds the changes until then).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{Row as _, SqliteConnection};

use super::outbox::Place;
use super::queues::Queues;
use super::{StoreError, attention, decode};
use crate::domain::attention::Attention;
use crate::domain::facts::Facts;
use crate::domain::hooks::Hooks;
use crate::domain::ids::{ChannelId, PersonId, PostId, RecordId, RouteId, TeamId, WorkspaceId};
use crate::domain::workspace::{Person, Team, Thresholds, Workspace};

/// The ids that are given out next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counters {
    pub record: i64,
    pub event: i64,
    pub post: i64,
    pub approval: i64,
    pub outbox: i64,
    pub draft: i64,
    pub job: i64,
}

/// An alert message that is not sent yet and has room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Room {
    pub post: PostId,
    pub records: Vec<RecordId>,
}

/// How many records one alert message holds.
pub(super) const ROOM: usize = 25;

/// See the module.
#[derive(Default)]
pub(super) struct State {
    pub counters: Counters,
    /// The instant of the newest group, in milliseconds.
    pub last: i64,
    /// The next number per workspace and letter; loaded when first asked for.
    pub numbers: HashMap<(WorkspaceId, char), u32>,
    pub rooms: HashMap<(WorkspaceId, Place), Room>,
    /// Teams for which a digest is planned.
    pub planned: HashSet<TeamId>,
    /// What routing goes by; a workspace without open records and without turns is not in here.
    /// Shared with every decision under way: changed as a copy, and only where something changes.
    pub facts: HashMap<WorkspaceId, Arc<Facts>>,
    /// What everybody's day has taken of their attention (X6).
    pub attention: HashMap<attention::Key, Attention>,
    /// Where the queues of channels stand that hear of many records (X2).
    pub queues: Queues,
    pub directory: Arc<Directory>,
}

/// A workspace with what the domain need not know.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub workspace: Arc<Workspace>,
    /// It has rows.
    pub written: bool,
    /// An admin has saved a team; until then the default team is a stand-in.
    pub set_up: bool,
}

/// All workspaces, for everybody to read.
#[derive(Default)]
pub(super) struct Directory {
    entries: RwLock<HashMap<WorkspaceId, Entry>>,
    /// Ids of stand-in teams are given out here before they are written, so that they stay the same after.
    next_team: AtomicI64,
}

/// The stored form of a workspace's own row.
#[derive(Serialize, Deserialize)]
pub(super) struct WorkspaceBody {
    pub thresholds: Thresholds,
    pub system_channel: Option<ChannelId>,
    pub greeted: bool,
    pub set_up: bool,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub broken: BTreeMap<ChannelId, DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Hooks::is_empty")]
    pub hooks: Hooks,
}

impl Directory {
    pub fn entry(&self, id: WorkspaceId) -> Entry {
        // A panic while the lock was held cannot leave a map half changed: entries are replaced whole.
        if let Some(entry) = self.entries.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return entry.clone();
        }
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        let make = || Entry {
            workspace: Arc::new(Workspace::without_setup(id, self.new_team())),
            written: false,
            set_up: false,
        };
        entries.entry(id).or_insert_with(make).clone()
    }

    pub fn get(&self, id: WorkspaceId) -> Arc<Workspace> {
        self.entry(id).workspace
    }

    pub fn known(&self, id: WorkspaceId) -> Option<Arc<Workspace>> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.get(&id).filter(|entry| entry.written).map(|entry| entry.workspace.clone())
    }

    pub fn written(&self) -> Vec<Arc<Workspace>> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = entries.values().filter(|e| e.written).map(|e| e.workspace.clone()).collect();
        all.sort_by_key(|w| w.id);
        all
    }

    pub fn publish(&self, entry: Entry) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.insert(entry.workspace.id, entry);
    }

    pub fn new_team(&self) -> TeamId {
        TeamId(self.next_team.fetch_add(1, Ordering::SeqCst))
    }
}

impl State {
    /// Reads what the writer needs to know. Quick whatever the number of records: every query looks at an end of
    /// a clustered index or at rows that are few.
    pub async fn rebuild(conn: &mut SqliteConnection, operational: i64) -> Result<Self, StoreError> {
        let counters = sqlx::query(
            "SELECT (SELECT COALESCE(MAX(id), 0) FROM records), (SELECT COALESCE(MAX(id), 0) FROM events),
                    (SELECT COALESCE(MAX(id), 0) FROM posts), (SELECT COALESCE(MAX(id), 0) FROM approvals),
                    (SELECT COALESCE(MAX(id), 0) FROM outbox), (SELECT COALESCE(MAX(id), 0) FROM drafts),
                    (SELECT COALESCE(MAX(id), 0) FROM teams),
                    (SELECT at FROM events ORDER BY id DESC LIMIT 1),
                    (SELECT COALESCE(MAX(id), 0) FROM jobs)",
        )
        .fetch_one(&mut *conn)
        .await?;
        let next = |column: usize| -> Result<i64, StoreError> { Ok(counters.try_get::<i64, _>(column)? + 1) };
        let directory = directory(conn, next(6)?).await?;
        let planned = sqlx::query_scalar::<_, i64>("SELECT id FROM teams WHERE next_digest_at IS NOT NULL")
            .fetch_all(&mut *conn)
            .await?;
        Ok(Self {
            counters: Counters {
                record: next(0)?,
                event: next(1)?,
                post: next(2)?,
                approval: next(3)?,
                outbox: next(4)?,
                // Drafts are deleted, and a button may outlive its draft: an id is never given out twice, since
                // fewer than one per millisecond are made.
                draft: next(5)?.max(operational),
                // A button may outlive its job as well.
                job: next(8)?.max(operational),
            },
            last: counters.try_get::<Option<i64>, _>(7)?.unwrap_or(i64::MIN),
            numbers: HashMap::new(),
            rooms: rooms(conn).await?,
            planned: planned.into_iter().map(TeamId).collect(),
            facts: facts(conn).await?,
            attention: attention::all(conn).await?,
            queues: super::queues::all(conn).await?,
            directory: Arc::new(directory),
        })
    }
}

pub(super) async fn directory(conn: &mut SqliteConnection, next_team: i64) -> Result<Directory, StoreError> {
    let mut entries = HashMap::new();
    for row in sqlx::query("SELECT id, body FROM workspaces").fetch_all(&mut *conn).await? {
        let id = WorkspaceId(row.try_get(0)?);
        let body: WorkspaceBody = decode::json("workspace", row.try_get(1)?)?;
        let mut workspace = Workspace::without_setup(id, TeamId(0));
        workspace.teams.clear();
        workspace.thresholds = body.thresholds;
        workspace.system_channel = body.system_channel;
        workspace.greeted = body.greeted;
        workspace.broken = body.broken;
        workspace.hooks = body.hooks;
        entries.insert(id, (workspace, body.set_up));
    }
    let orphan = |what, id: WorkspaceId| StoreError::Corrupt { what, why: format!("no workspace {id}") };
    for row in sqlx::query("SELECT workspace, body FROM teams ORDER BY id").fetch_all(&mut *conn).await? {
        let id = WorkspaceId(row.try_get(0)?);
        let team: Team = decode::json("team", row.try_get(1)?)?;
        entries.get_mut(&id).ok_or_else(|| orphan("team", id))?.0.teams.push(team);
    }
    for row in sqlx::query("SELECT workspace, body FROM people").fetch_all(&mut *conn).await? {
        let id = WorkspaceId(row.try_get(0)?);
        let person: Person = decode::json("person", row.try_get(1)?)?;
        entries.get_mut(&id).ok_or_else(|| orphan("person", id))?.0.people.insert(person.id, person);
    }
    let mut published = HashMap::with_capacity(entries.len());
    for (id, (workspace, set_up)) in entries {
        if workspace.teams.is_empty() {
            return Err(StoreError::Corrupt { what: "workspace", why: format!("{id} has no team") });
        }
        published.insert(id, Entry { workspace: Arc::new(workspace), written: true, set_up });
    }
    Ok(Directory { entries: RwLock::new(published), next_team: AtomicI64::new(next_team) })
}

/// Counts open records by owner, from an index alone, and reads whose turn it was.
async fn facts(conn: &mut SqliteConnection) -> Result<HashMap<WorkspaceId, Arc<Facts>>, StoreError> {
    let mut facts: HashMap<WorkspaceId, Facts> = HashMap::new();
    for row in sqlx::query(LOADS).fetch_all(&mut *conn).await? {
        let load: i64 = row.try_get(2)?;
        let load = u32::try_from(load).map_err(|e| decode::corrupt("load", e))?;
        facts.entry(WorkspaceId(row.try_get(0)?)).or_default().loads.insert(PersonId(row.try_get(1)?), load);
    }
    for row in sqlx::query("SELECT workspace, team, route, person FROM turns").fetch_all(&mut *conn).await? {
        let route = RouteId::new(row.try_get::<&str, _>(2)?);
        let known = facts.entry(WorkspaceId(row.try_get(0)?)).or_default();
        known.turns.insert((TeamId(row.try_get(1)?), route), PersonId(row.try_get(3)?));
    }
    Ok(facts.into_iter().map(|(workspace, known)| (workspace, Arc::new(known))).collect())
}

/// Open records by workspace and owner; covered by the index `records_load`.
pub(super) const LOADS: &str = "
    SELECT workspace, owner, COUNT(*) FROM records
    WHERE class = 'open' AND owner IS NOT NULL GROUP BY workspace, owner";

/// Alert messages that nobody has claimed yet.
async fn rooms(conn: &mut SqliteConnection) -> Result<HashMap<(WorkspaceId, Place), Room>, StoreError> {
    let rows = sqlx::query(
        "SELECT p.id, p.workspace, p.place, p.records FROM outbox o JOIN posts p ON p.id = o.post
         WHERE o.sent_at IS NULL AND o.failed_at IS NULL AND o.draws = 1 AND o.lease = 0 AND p.kind = 'alerts'
         ORDER BY p.id",
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut rooms = HashMap::new();
    for row in rows {
        let records: Vec<RecordId> = decode::json("post", row.try_get(3)?)?;
        if records.len() < ROOM {
            let place = decode::place("post", row.try_get(2)?)?;
            let room = Room { post: PostId(row.try_get(0)?), records };
            rooms.insert((WorkspaceId(row.try_get(1)?), place), room);
        }
    }
    Ok(rooms)
}
