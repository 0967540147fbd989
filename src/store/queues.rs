//! The queues of channels that hear of many records (X2, ruling 7): kept by the writer, so that a job knows where they
//! stand, and written with the turns that they gave, so that a restart goes on there.

use std::collections::BTreeMap;

use sqlx::{Row as _, SqliteConnection};

use super::{Batch, Store, StoreError, decode};
use crate::domain::ids::{TeamId, WorkspaceId};
use crate::domain::ramp::Queue;

/// The queues, by the team that [`crate::domain::ramp::channel`] names.
pub type Queues = BTreeMap<(WorkspaceId, TeamId), Queue>;

/// Sets them: [[workspace, team, turn, having it, since begun]].
pub(super) const PUT_QUEUES: &str = "
    INSERT INTO queues (workspace, team, turn, having_it, since_begun)
    SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4 FROM json_each($1) j WHERE true
    ON CONFLICT (workspace, team) DO UPDATE SET turn = excluded.turn, having_it = excluded.having_it,
        since_begun = excluded.since_begun";

/// As they are written.
pub(super) fn out(queues: &Queues) -> Vec<(i64, i64, i64, u32, u64)> {
    let row = |(&(workspace, team), queue): (&(WorkspaceId, TeamId), &Queue)| {
        (workspace.0, team.0, queue.turn.timestamp_millis(), queue.having_it, queue.all)
    };
    queues.iter().map(row).collect()
}

/// All of them, at the start.
pub(super) async fn all(conn: &mut SqliteConnection) -> Result<Queues, StoreError> {
    let rows = sqlx::query("SELECT workspace, team, turn, having_it, since_begun FROM queues");
    rows.fetch_all(&mut *conn).await?.iter().map(read).collect()
}

fn read(row: &sqlx::sqlite::SqliteRow) -> Result<((WorkspaceId, TeamId), Queue), StoreError> {
    let (having_it, all): (i64, i64) = (row.try_get(3)?, row.try_get(4)?);
    let queue = Queue {
        turn: decode::instant(row.try_get(2)?),
        having_it: u32::try_from(having_it).map_err(|e| decode::corrupt("queue", e))?,
        all: u64::try_from(all).map_err(|e| decode::corrupt("queue", e))?,
    };
    Ok(((WorkspaceId(row.try_get(0)?), TeamId(row.try_get(1)?)), queue))
}

impl Batch {
    /// Where a channel's queue stands.
    pub fn queue(&self, workspace: WorkspaceId, team: TeamId) -> Option<Queue> {
        let key = (workspace, team);
        self.queues.get(&key).or_else(|| self.base.queues.get(&key)).copied()
    }

    /// Says where it stands now.
    pub fn set_queue(&mut self, workspace: WorkspaceId, team: TeamId, queue: Queue) {
        self.queues.insert((workspace, team), queue);
    }

    /// Where all of them stand.
    pub fn all_queues(&self) -> Queues {
        let mut all = self.base.queues.clone();
        all.extend(&self.queues);
        all
    }
}

impl Store {
    /// Where the queues of a workspace stand.
    pub async fn queues(&self, workspace: WorkspaceId) -> Result<BTreeMap<TeamId, Queue>, StoreError> {
        let rows = sqlx::query(
            "SELECT workspace, team, turn, having_it, since_begun FROM queues WHERE workspace = $1",
        )
        .bind(workspace.0)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|row| read(row).map(|((_, team), queue)| (team, queue))).collect()
    }
}
