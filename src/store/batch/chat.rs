//! The part of the overlay that people see: requests, unfinished forms, posts, and what is said.

use std::collections::BTreeMap;

use super::Batch;
use super::Hurry;
use crate::domain::ids::{ApprovalId, DraftId, JobId, PostId, RecordId, WorkspaceId};
use crate::store::outbox::{Fact, Place};
use crate::store::row::{Approval, Draft, Post, PostKind};
use crate::store::state::{ROOM, Room};

impl Batch {
    /// Writes a request.
    pub fn put_approval(&mut self, approval: Approval) {
        self.counters.approval = self.counters.approval.max(approval.id.0 + 1);
        self.writes.approvals.insert(approval.id);
        self.approvals.insert(approval.id, approval);
    }

    /// Writes an unfinished form; gives its id.
    pub fn put_draft(&mut self, mut draft: Draft) -> DraftId {
        if draft.id.0 == 0 {
            draft.id = DraftId(self.counters.draft);
            self.counters.draft += 1;
        }
        let id = draft.id;
        self.writes.drafts.insert(id);
        self.drafts.insert(id, draft);
        id
    }

    /// Forgets an unfinished form.
    pub fn drop_draft(&mut self, id: DraftId) {
        self.drafts.remove(&id);
        self.writes.drafts.remove(&id);
        self.writes.dropped_drafts.push(id);
    }

    /// Makes a kept-up-to-date message for one record, and enqueues its posting.
    pub fn new_post(
        &mut self,
        workspace: WorkspaceId,
        kind: PostKind,
        place: Place,
        record: RecordId,
        approval: Option<ApprovalId>,
    ) -> PostId {
        self.add_post(Post { records: vec![record], approval, ..blank(workspace, kind, place) })
    }

    /// The requests that follow are one, with one message per place; `so_far`: the messages that there are (ruling 11).
    pub fn ask_as_one(&mut self, so_far: BTreeMap<Place, PostId>) {
        self.job.requests = Some(so_far);
    }

    /// The messages of the requests that are one.
    pub fn asked_as_one(&self) -> BTreeMap<Place, PostId> {
        self.job.requests.clone().unwrap_or_default()
    }

    /// The message for a request: its own, or the one of all that the job asks for in that place.
    pub fn request_post(
        &mut self,
        workspace: WorkspaceId,
        place: Place,
        record: RecordId,
        approval: ApprovalId,
    ) -> PostId {
        let known = self.job.requests.as_ref().and_then(|posts| posts.get(&place)).copied();
        if let Some(post) = known {
            self.refresh(post);
            return post;
        }
        let post = self.new_post(workspace, PostKind::Approval, place, record, Some(approval));
        if let Some(posts) = &mut self.job.requests {
            posts.insert(place, post);
        }
        post
    }

    /// Makes the message that shows how far a job is, and enqueues its posting.
    pub(super) fn job_post(&mut self, workspace: WorkspaceId, place: Place, job: JobId) -> PostId {
        self.add_post(Post { job: Some(job), ..blank(workspace, PostKind::Job, place) })
    }

    fn add_post(&mut self, post: Post) -> PostId {
        let id = PostId(self.counters.post);
        self.counters.post += 1;
        self.writes.posts.insert(id, Post { id, ..post });
        self.refresh(id);
        id
    }

    /// The alert message for a place that is not sent yet and has room, or a new one; adds the record to it.
    pub fn alert_post(&mut self, workspace: WorkspaceId, place: Place, record: RecordId) -> PostId {
        let key = (workspace, place);
        let open = match self.rooms.get(&key) {
            Some(room) => room.clone(),
            None => self.base.rooms.get(&key).cloned(),
        };
        let room = match open {
            Some(room) if room.records.contains(&record) => room,
            Some(mut room) => {
                room.records.push(record);
                room
            }
            None => {
                let post = self.new_post(workspace, PostKind::Alerts, place, record, None);
                Room { post, records: vec![record] }
            }
        };
        let id = room.post;
        let post = Post { id, records: room.records.clone(), ..blank(workspace, PostKind::Alerts, place) };
        self.writes.posts.insert(id, post);
        self.refresh(id);
        self.rooms.insert(key, Some(room).filter(|r| r.records.len() < ROOM));
        id
    }

    /// The alert message for a place that more may join, as [`Batch::alert_post`] would.
    pub fn open_room(&self, workspace: WorkspaceId, place: Place) -> Option<PostId> {
        let key = (workspace, place);
        let room = self.rooms.get(&key).map_or_else(|| self.base.rooms.get(&key), Option::as_ref);
        room.map(|room| room.post)
    }

    /// Has a message drawn anew: a newer drawing supersedes an unsent one (ruling 21).
    pub fn refresh(&mut self, post: PostId) {
        let hurry = self.job.hurry;
        let known = self.writes.refreshed.entry(post).or_insert(hurry);
        *known = hurry.min(*known);
    }

    /// Does something whose drawings are many: whatever somebody waits for in the same channel overtakes them.
    pub fn without_hurry<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.job.hurry, Hurry::Later);
        let done = work(self);
        self.job.hurry = before;
        done
    }

    /// Enqueues something said once. A key that was enqueued before changes nothing.
    pub fn say(&mut self, fact: Fact) {
        self.writes.facts.push(fact);
    }

    /// An alert message is on its way: nothing may be added any more.
    pub(in crate::store) fn seal(&mut self, post: &Post) {
        let key = (post.workspace, post.place);
        let open = self.rooms.get(&key).map_or_else(|| self.base.rooms.get(&key), Option::as_ref);
        if open.is_some_and(|room| room.post == post.id) {
            self.rooms.insert(key, None);
        }
    }
}

/// A message that shows nothing yet.
fn blank(workspace: WorkspaceId, kind: PostKind, place: Place) -> Post {
    Post {
        id: PostId(0),
        workspace,
        kind,
        place,
        records: Vec::new(),
        approval: None,
        job: None,
        remote: None,
        thread: None,
        generation: 0,
    }
}
