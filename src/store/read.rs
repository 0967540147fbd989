//! Reads, from the read-only pool.

use chrono::{DateTime, Utc};

use super::row::{Approval, Post, Row};
use super::{Store, StoreError};
use crate::domain::event::Event;
use crate::domain::ids::{
    ApprovalId, EventId, PersonId, PostId, RecordId, RecordRef, StageId, StatusId, TeamId, WorkspaceId,
};
use crate::domain::playbook::Class;

/// Which records a list shows.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Filter {
    /// The noun's letter.
    pub letter: Option<char>,
    /// Of this team.
    pub team: Option<TeamId>,
    /// Of this owner.
    pub owner: Option<PersonId>,
    /// In this status.
    pub status: Option<StatusId>,
    /// At this stage.
    pub stage: Option<StageId>,
    /// In one of these classes; empty: all.
    pub classes: Vec<Class>,
    /// Of a company whose name contains this.
    pub company: Option<String>,
    /// Whose name, company or handle contains this.
    pub text: Option<String>,
    /// Without touch or two-way activity, and in its status, since before this instant.
    pub quiet_since: Option<DateTime<Utc>>,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Row>,
    /// How many there are on all pages.
    pub total: u64,
}

impl Store {
    /// Records by id, in the order asked for; missing ones are left out.
    pub async fn records(&self, ids: &[RecordId]) -> Result<Vec<Row>, StoreError> {
        let _ = ids;
        unimplemented!("being written")
    }

    /// A record by what people call it.
    pub async fn record_by_handle(
        &self,
        workspace: WorkspaceId,
        handle: RecordRef,
    ) -> Result<Option<Row>, StoreError> {
        let _ = (workspace, handle);
        unimplemented!("being written")
    }

    /// A page of records; those with the nearest due time first, then the oldest.
    pub async fn list(
        &self,
        workspace: WorkspaceId,
        filter: &Filter,
        offset: u64,
        limit: u64,
    ) -> Result<Page, StoreError> {
        let _ = (workspace, filter, offset, limit);
        unimplemented!("being written")
    }

    /// Up to `limit` records whose handle, name or company starts with or contains the text: `first`'s own
    /// ones first, then the nearest due time; closed ones last. For autocompletion: quick at a million rows.
    pub async fn search(
        &self,
        workspace: WorkspaceId,
        letter: char,
        text: &str,
        first: PersonId,
        limit: u32,
    ) -> Result<Vec<Row>, StoreError> {
        let _ = (workspace, letter, text, first, limit);
        unimplemented!("being written")
    }

    /// A record's history, the newest first.
    pub async fn history(
        &self,
        record: RecordId,
        skip: u64,
        limit: u64,
    ) -> Result<Vec<(EventId, Event)>, StoreError> {
        let _ = (record, skip, limit);
        unimplemented!("being written")
    }

    /// Requests that wait, the oldest first.
    pub async fn waiting_approvals(
        &self,
        workspace: WorkspaceId,
        team: Option<TeamId>,
    ) -> Result<Vec<Approval>, StoreError> {
        let _ = (workspace, team);
        unimplemented!("being written")
    }

    /// A request.
    pub async fn approval(&self, id: ApprovalId) -> Result<Option<Approval>, StoreError> {
        let _ = id;
        unimplemented!("being written")
    }

    /// A kept-up-to-date message.
    pub async fn post(&self, id: PostId) -> Result<Option<Post>, StoreError> {
        let _ = id;
        unimplemented!("being written")
    }

    /// Every record of a team that is not excluded, for its digest, in chunks by id: those after `after`.
    pub async fn team_records(
        &self,
        workspace: WorkspaceId,
        team: TeamId,
        after: RecordId,
        limit: u64,
    ) -> Result<Vec<Row>, StoreError> {
        let _ = (workspace, team, after, limit);
        unimplemented!("being written")
    }

    /// The events of a team's records after an event, with their records, in order of writing.
    pub async fn team_events(
        &self,
        team: TeamId,
        after: EventId,
        limit: u64,
    ) -> Result<Vec<(EventId, RecordId, Event)>, StoreError> {
        let _ = (team, after, limit);
        unimplemented!("being written")
    }

    /// When the next record wants to be looked at.
    pub async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        unimplemented!("being written")
    }
}
