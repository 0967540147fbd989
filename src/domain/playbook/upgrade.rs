//! How records of an earlier version come over to this one (D15): every status and stage that is gone has a successor.

use std::collections::BTreeMap;

use super::super::ids::{StageId, StatusId};
use super::Playbook;

/// What an author says about earlier versions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upgrade {
    /// The oldest version whose records are taken over; 0: every one.
    pub from: u32,
    /// Successors of statuses that are gone; every one of them is declared.
    pub statuses: BTreeMap<StatusId, StatusId>,
    /// Successors of stages that are gone.
    pub stages: BTreeMap<StageId, StageId>,
}

/// Where a record of an earlier version stands under this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Landing {
    /// Here.
    At(StatusId, Option<StageId>),
    /// Its status is gone and has no successor.
    NoStatus(StatusId),
    /// Its stage is gone and has no successor.
    NoStage(StageId),
    /// The two do not go together (D66).
    Apart(StatusId, StageId),
}

impl Playbook {
    /// A status of an earlier version, under this one.
    pub fn status_now(&self, then: &StatusId) -> Option<&StatusId> {
        let now = self.status(then).map(|s| &s.id);
        now.or_else(|| self.upgrade.statuses.get(then))
    }

    /// Where a record of an earlier version stands under this one. One without a stage gets the first that goes with
    /// its status; stages that nobody has any more are dropped.
    pub fn landing(&self, status: &StatusId, stage: Option<&StageId>) -> Landing {
        let Some(status_now) = self.status_now(status) else { return Landing::NoStatus(status.clone()) };
        if self.stages.order.is_empty() {
            return Landing::At(status_now.clone(), None);
        }
        let stage_now = match stage {
            Some(then) => {
                let now = self.stage(then).map(|s| &s.id).or_else(|| self.upgrade.stages.get(then));
                let Some(now) = now else { return Landing::NoStage(then.clone()) };
                now
            }
            None => {
                let fits = |stage: &&StageId| self.combinations.allows(status_now, stage);
                let ladder = self.stages.order.iter().map(|s| &s.id);
                let Some(first) = self.stages.initial.iter().chain(ladder).find(fits) else {
                    return Landing::At(status_now.clone(), None);
                };
                first
            }
        };
        if self.combinations.allows(status_now, stage_now) {
            Landing::At(status_now.clone(), Some(stage_now.clone()))
        } else {
            Landing::Apart(status_now.clone(), stage_now.clone())
        }
    }

    /// The statuses of an earlier version that are gone and have no successor.
    pub fn orphans<'a>(&'a self, then: &'a Playbook) -> impl Iterator<Item = &'a StatusId> {
        then.statuses.iter().map(|s| &s.id).filter(|id| self.status_now(id).is_none())
    }

    /// The same for stages; where this version has none at all, nobody needs one.
    pub fn orphan_stages<'a>(&'a self, then: &'a Playbook) -> impl Iterator<Item = &'a StageId> {
        let stages = then.stages.order.iter().map(|s| &s.id).filter(|_| !self.stages.order.is_empty());
        stages.filter(|id| self.stage(id).is_none() && !self.upgrade.stages.contains_key(*id))
    }
}
