//! The part of the overlay that events of other systems use.

use super::Batch;
use crate::domain::ids::{KeptId, PersonId, RecordId, WorkspaceId};
use crate::store::outside::Kept;

/// Whether anybody is shown a kept event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Admins are.
    ToAdmins,
    /// Nobody is: it means nothing here.
    ToNobody,
}

impl Batch {
    /// Remembers what an event is answered.
    pub fn put_answer(&mut self, workspace: WorkspaceId, event: String, answer: String) {
        let at = self.operational;
        self.writes.answers.push((workspace.0, event, answer, at));
    }

    /// Keeps an event.
    pub fn keep_event(&mut self, workspace: WorkspaceId, body: String, shown: Shown) {
        let at = self.now().timestamp_millis();
        let quiet = match shown {
            Shown::ToAdmins => 0,
            Shown::ToNobody => 1,
        };
        self.writes.kept.push((workspace.0, body, quiet, at));
    }

    /// Whether a fact of the outbox has left, or is on its way; its key must be named in the needs.
    pub fn has_left(&self, key: &str) -> bool {
        self.left.contains(key)
    }

    /// A kept event that waits; it must be named in the needs.
    pub fn kept(&self, id: KeptId) -> Option<&Kept> {
        self.kept.get(&id)
    }

    /// It is settled: it was this record's, or nobody's.
    pub fn settle_kept(&mut self, id: KeptId, by: PersonId, record: Option<RecordId>) {
        let at = self.now().timestamp_millis();
        self.kept.remove(&id);
        self.writes.settled.push((id.0, at, by.0, record.map(|record| record.0)));
    }
}
