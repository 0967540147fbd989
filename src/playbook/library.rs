//! The playbooks of every workspace: which are active there, and which rules a record lives under.

use std::sync::Arc;

use super::Playbooks;
use crate::domain::ids::WorkspaceId;
use crate::domain::playbook::Playbook;
use crate::domain::record::Record;

/// See the module. Everybody who needs rules asks here; nobody keeps a playbook for longer than a request.
#[derive(Debug, Default)]
pub struct Library {
    shipped: Playbooks,
}

impl Library {
    /// Every workspace has these.
    pub fn new(shipped: Playbooks) -> Self {
        Self { shipped }
    }

    /// The rules that a record lives under; `None` only where their file was taken away.
    pub fn of(&self, record: &Record) -> Option<Arc<Playbook>> {
        self.shipped.get(&record.playbook)
    }

    /// The playbooks that are active in a workspace, the default first.
    pub fn active(&self, _workspace: WorkspaceId) -> Vec<Arc<Playbook>> {
        self.shipped.all().to_vec()
    }

    /// The active playbook of a noun, as in `/lead`.
    pub fn named(&self, workspace: WorkspaceId, noun: &str) -> Option<Arc<Playbook>> {
        self.active(workspace).into_iter().find(|p| p.noun.singular == noun)
    }
}
