//! Teams, members, thresholds, digests: what changes seldom. Each function is one job of the writer, writes the
//! audit line (`/setup show`), and publishes the new [`Workspace`](crate::domain::workspace::Workspace).

use chrono::{DateTime, NaiveDate, Utc};

use super::outbox::Fact;
use super::{Store, StoreError};
use crate::domain::ids::{EventId, TeamId, WorkspaceId};
use crate::domain::workspace::{Person, SettingChange, Team, Thresholds};

/// A team whose digest is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestDue {
    /// Where.
    pub workspace: WorkspaceId,
    /// Whose.
    pub team: TeamId,
    /// The team's local date that the digest is for.
    pub date: NaiveDate,
    /// The last event that an earlier digest has told of.
    pub after: EventId,
    /// When that was.
    pub since: Option<DateTime<Utc>>,
}

impl Store {
    /// Makes or changes a team (`id` 0 makes one); gives its id. The first team made replaces the default one,
    /// which keeps its records. Also plans the team's next digest.
    pub async fn save_team(
        &self,
        workspace: WorkspaceId,
        team: Team,
        changes: Vec<SettingChange>,
    ) -> Result<TeamId, StoreError> {
        let _ = (workspace, team, changes);
        unimplemented!("being written")
    }

    /// Places a person, or changes their personal settings.
    pub async fn save_person(
        &self,
        workspace: WorkspaceId,
        person: Person,
        changes: Vec<SettingChange>,
    ) -> Result<(), StoreError> {
        let _ = (workspace, person, changes);
        unimplemented!("being written")
    }

    /// Changes the numbers.
    pub async fn save_thresholds(
        &self,
        workspace: WorkspaceId,
        thresholds: Thresholds,
        changes: Vec<SettingChange>,
    ) -> Result<(), StoreError> {
        let _ = (workspace, thresholds, changes);
        unimplemented!("being written")
    }

    /// The last change of every setting, in the order of their names.
    pub async fn setting_changes(&self, workspace: WorkspaceId) -> Result<Vec<SettingChange>, StoreError> {
        let _ = workspace;
        unimplemented!("being written")
    }

    /// Puts every open record of a team on the due list for now, so that its clocks are armed anew (ruling 7);
    /// gives how many.
    pub async fn rearm_team(&self, workspace: WorkspaceId, team: TeamId) -> Result<u64, StoreError> {
        let _ = (workspace, team);
        unimplemented!("being written")
    }

    /// Digests whose hour has come.
    pub async fn digests_due(&self) -> Result<Vec<DigestDue>, StoreError> {
        unimplemented!("being written")
    }

    /// Records that a digest was made up to an event, plans the next one, and enqueues its messages: all in one
    /// transaction, and only once per team and date. `false`: it had been made.
    pub async fn digest_made(
        &self,
        due: &DigestDue,
        up_to: EventId,
        next: DateTime<Utc>,
        facts: Vec<Fact>,
    ) -> Result<bool, StoreError> {
        let _ = (due, up_to, next, facts);
        unimplemented!("being written")
    }

    /// When the next digest is due.
    pub async fn next_digest(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        unimplemented!("being written")
    }
}
