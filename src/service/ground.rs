//! What a job's decision stands on: the workspace as the group sees it, the rules, the facts (ruling 13). The ONE place
//! where a job makes an [`Env`].

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::domain::decision::Env;
use crate::domain::facts::Facts;
use crate::domain::ids::{ApprovalId, TeamId, WorkspaceId};
use crate::domain::playbook::Playbook;
use crate::domain::workspace::Workspace;
use crate::store::Batch;

/// See the module.
pub struct Ground {
    now: DateTime<Utc>,
    playbook: Arc<Playbook>,
    workspace: Arc<Workspace>,
    facts: Arc<Facts>,
    next_approval: ApprovalId,
}

impl Ground {
    /// What a decision stands on at this moment of the group. A job that decides twice makes a second one, since the
    /// first decision may have changed the facts.
    pub fn of(batch: &Batch, workspace: WorkspaceId, playbook: Arc<Playbook>) -> Self {
        Self {
            now: batch.now(),
            playbook,
            workspace: batch.workspace(workspace),
            facts: batch.facts(workspace),
            next_approval: batch.next_approval(),
        }
    }

    /// Looks at the facts again: a decision of the job may have changed who carries what.
    pub fn facts_again(&mut self, batch: &Batch) {
        self.facts = batch.facts(self.workspace.id);
    }

    /// The same after other decisions of the job have asked for so many approvals.
    pub fn env_after(&self, team: TeamId, requests: i64) -> Env<'_> {
        Env { next_approval: ApprovalId(self.next_approval.0 + requests), ..self.env(team) }
    }

    /// For the engine, about a record of a team.
    pub fn env(&self, team: TeamId) -> Env<'_> {
        Env {
            now: self.now,
            playbook: &self.playbook,
            workspace: &self.workspace,
            team: self.workspace.team(team),
            facts: &self.facts,
            next_approval: self.next_approval,
        }
    }
}
