//! Requests for approval: their rows and their messages.

use super::super::places;
use super::Work;
use crate::domain::event::{Event, EventKind};
use crate::domain::record::Pending;
use crate::store::row::{Approval, ApprovalState, Row};

impl Work<'_, '_> {
    /// The row and the post of a request for approval.
    pub(super) fn approval(&mut self, before: Option<&Row>, event: &Event) {
        let known = before.and_then(|row| row.record.pending.as_ref());
        let state = match &event.kind {
            EventKind::ApprovalRequested(pending) => {
                let place = places::approvals(self.env.workspace, self.env.team, self.record);
                let (workspace, record) = (self.record.workspace, self.record.id);
                let post =
                    place.map(|place| self.batch.request_post(workspace, place, record, pending.approval));
                self.chat.approval = post;
                self.write_approval(pending, ApprovalState::Waiting);
                return;
            }
            EventKind::Moved(moved) => match (&moved.cause, event.by) {
                (crate::domain::event::Cause::Approval { .. }, Some(by)) => {
                    ApprovalState::Approved { by, at: event.at }
                }
                _ => return,
            },
            EventKind::ApprovalRejected { reason, .. } => match event.by {
                Some(by) => ApprovalState::Rejected { by, at: event.at, reason: reason.clone() },
                None => return,
            },
            EventKind::ApprovalWithdrawn { why, .. } => ApprovalState::Withdrawn { at: event.at, why: *why },
            EventKind::Upgraded(_) => {
                if let Some(pending) = self.record.pending.clone() {
                    self.write_approval(&pending, ApprovalState::Waiting);
                    if let Some(post) = self.chat.approval {
                        self.batch.refresh(post);
                    }
                }
                return;
            }
            EventKind::Undone(_) => {
                self.ask_again(known);
                return;
            }
            EventKind::ApprovalChased { .. }
            | EventKind::Created(_)
            | EventKind::Logged { .. }
            | EventKind::Edited { .. }
            | EventKind::Filled { .. }
            | EventKind::Assigned { .. }
            | EventKind::Planned { .. }
            | EventKind::StepsReached { .. }
            | EventKind::Delivered { .. }
            | EventKind::NextActionTold
            | EventKind::Suggested { .. }
            | EventKind::Dismissed { .. }
            | EventKind::Made { .. }
            | EventKind::Answered { .. }
            | EventKind::TaskOpened(_)
            | EventKind::TaskClosed { .. }
            | EventKind::TasksTold { .. }
            | EventKind::Flagged { .. }
            | EventKind::SubStatus { .. }
            | EventKind::Sequences { .. }
            | EventKind::Credited(_)
            | EventKind::CrmNote { .. }
            | EventKind::Snoozed { .. }
            | EventKind::Merged { .. }
            | EventKind::Absorbed(_)
            | EventKind::Erased
            | EventKind::OwedChased => {
                // Whatever the request's message shows of the record may have changed.
                if let (Some(post), true) = (self.chat.approval, known.is_some()) {
                    self.batch.refresh(post);
                }
                return;
            }
        };
        if let Some(pending) = known {
            self.write_approval(pending, state);
            if let Some(post) = self.chat.approval.take() {
                self.batch.refresh(post);
            }
        }
    }

    /// A request whose end was undone waits again, in the message that it had.
    pub(super) fn ask_again(&mut self, known: Option<&Pending>) {
        let record = self.record;
        let again = record.pending.as_ref();
        if let Some(pending) = again.filter(|p| known.is_none_or(|known| known.approval != p.approval)) {
            self.chat.approval = self.batch.approval(pending.approval).and_then(|request| request.post);
            self.write_approval(pending, ApprovalState::Waiting);
        }
        if let Some(post) = self.chat.approval {
            self.batch.refresh(post);
        }
    }

    pub(super) fn write_approval(&mut self, pending: &Pending, state: ApprovalState) {
        self.batch.put_approval(Approval {
            id: pending.approval,
            workspace: self.record.workspace,
            record: self.record.id,
            team: self.record.team,
            requested_by: pending.requested_by,
            requested_at: pending.requested_at,
            to: pending.to.clone(),
            data: pending.data.clone(),
            peak: pending.peak,
            state,
            post: self.chat.approval,
        });
    }
}
