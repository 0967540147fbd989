//! The overlay of one group: what its jobs named, as it will be after the jobs before them (ruling 25).

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::outbox::{Fact, Place};
use super::row::{Approval, Draft, Row};
use crate::domain::event::Event;
use crate::domain::ids::{ApprovalId, DraftId, PostId, RecordId, RecordRef, WorkspaceId};
use crate::domain::workspace::{Person, Workspace};

/// What a job wants loaded before it runs.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// The input's source and id there (R4).
    pub inbox: Option<(&'static str, String)>,
    /// Records by id.
    pub records: Vec<RecordId>,
    /// Records by what people call them.
    pub handles: Vec<(WorkspaceId, RecordRef)>,
    /// Requests; their records are loaded too.
    pub approvals: Vec<ApprovalId>,
    /// Unfinished forms; a record named in none of the above must be named here as well.
    pub drafts: Vec<DraftId>,
    /// The number counter for a new record.
    pub numbering: Option<(WorkspaceId, char)>,
    /// Up to so many records whose due time has come; they are taken off the due list.
    pub due: Option<u32>,
}

/// The overlay. Everything a job changes here is written set-based when the group commits.
pub struct Batch {
    _private: (),
}

#[allow(clippy::unused_self)]
impl Batch {
    /// The group's instant: never earlier than the one before.
    pub fn now(&self) -> DateTime<Utc> {
        unimplemented!("being written")
    }

    /// Whether the job's input was seen before; marks it as seen.
    pub fn is_repeat(&mut self, source: &'static str, external_id: &str) -> bool {
        let _ = (source, external_id);
        unimplemented!("being written")
    }

    /// The workspace, with what earlier jobs of the group changed.
    pub fn workspace(&self, id: WorkspaceId) -> Arc<Workspace> {
        let _ = id;
        unimplemented!("being written")
    }

    /// Remembers a person as last seen (ruling 17); writes only where something changed.
    pub fn remember(&mut self, workspace: WorkspaceId, person: Person) {
        let _ = (workspace, person);
    }

    /// Notes that an admin was told what to set.
    pub fn greeted(&mut self, workspace: WorkspaceId) {
        let _ = workspace;
    }

    /// A record.
    pub fn record(&self, id: RecordId) -> Option<&Row> {
        let _ = id;
        None
    }

    /// A record by what people call it.
    pub fn by_handle(&self, workspace: WorkspaceId, handle: RecordRef) -> Option<&Row> {
        let _ = (workspace, handle);
        None
    }

    /// A request.
    pub fn approval(&self, id: ApprovalId) -> Option<&Approval> {
        let _ = id;
        None
    }

    /// An unfinished form.
    pub fn draft(&self, id: DraftId) -> Option<&Draft> {
        let _ = id;
        None
    }

    /// The records whose time has come, for a job that asked for them.
    pub fn due(&self) -> &[RecordId] {
        &[]
    }

    /// The id and name of the next new record; counted up.
    pub fn number(&mut self, workspace: WorkspaceId, letter: char) -> (RecordId, RecordRef) {
        let _ = (workspace, letter);
        unimplemented!("being written")
    }

    /// The id that the next request will get.
    pub fn next_approval(&self) -> ApprovalId {
        unimplemented!("being written")
    }

    /// Writes a record and appends its events (setting `last_event`). `due` is when it wants to be looked at
    /// next; an earlier entry in the due list is left to be re-checked when popped.
    pub fn put(&mut self, row: Row, events: &[Event], due: Option<DateTime<Utc>>) {
        let _ = (row, events, due);
    }

    /// Writes a request.
    pub fn put_approval(&mut self, approval: Approval) {
        let _ = approval;
    }

    /// Writes an unfinished form; gives its id.
    pub fn put_draft(&mut self, draft: Draft) -> DraftId {
        draft.id
    }

    /// Forgets an unfinished form.
    pub fn drop_draft(&mut self, id: DraftId) {
        let _ = id;
    }

    /// Makes a kept-up-to-date message for one record, and enqueues its posting.
    pub fn new_post(
        &mut self,
        workspace: WorkspaceId,
        kind: super::row::PostKind,
        place: Place,
        record: RecordId,
        approval: Option<ApprovalId>,
    ) -> PostId {
        let _ = (workspace, kind, place, record, approval);
        unimplemented!("being written")
    }

    /// The alert message for a place that is not sent yet and has room, or a new one; adds the record to it.
    pub fn alert_post(&mut self, workspace: WorkspaceId, place: Place, record: RecordId) -> PostId {
        let _ = (workspace, place, record);
        unimplemented!("being written")
    }

    /// Has a message drawn anew: a newer drawing supersedes an unsent one (ruling 21).
    pub fn refresh(&mut self, post: PostId) {
        let _ = post;
    }

    /// Enqueues something said once. A key that was enqueued before changes nothing.
    pub fn say(&mut self, fact: Fact) {
        let _ = fact;
    }
}
