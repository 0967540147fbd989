//! A new record together with what its making means for the one that it is made of: in one transaction, or not at all
//! (ruling 13).
//!
//! Both are decided first, and only then is anything written: a refusal of the other record leaves no trace of the new
//! one, and takes no number.

use std::sync::Arc;

use super::effects;
use super::ground::Ground;
use crate::domain::command::{Actor, NewRecord};
use crate::domain::decide;
use crate::domain::decision::{Decision, Env, FollowOn, Making};
use crate::domain::event::{Event, EventKind};
use crate::domain::playbook::Playbook;
use crate::domain::rejection::Rejection;
use crate::playbook::Library;
use crate::store::Batch;
use crate::store::row::Row;

/// Whoever makes a record, and what it stands on.
pub struct Maker<'a> {
    /// The rules of the record that it is made of.
    pub library: &'a Library,
    /// Who makes it.
    pub actor: Actor,
    /// What the decision on the new record stands on.
    pub env: &'a Env<'a>,
}

/// Why a record was not made.
#[derive(Debug, Clone)]
pub enum NotMade {
    /// It is refused itself.
    Refused(Rejection),
    /// The record that it is made of stands in the way.
    Blocked(Box<Blocked>),
}

/// Another record stands in the way.
#[derive(Debug, Clone)]
pub struct Blocked {
    /// Which; `None`: it is not there.
    pub row: Option<Row>,
    /// Its rules.
    pub playbook: Option<Arc<Playbook>>,
    /// Why.
    pub rejection: Rejection,
}

/// A record that was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its row; `None` where its decision made none.
    pub row: Option<Row>,
    /// What happened to it.
    pub events: Vec<Event>,
}

/// What was decided about the record that it is made of.
struct Step {
    row: Row,
    playbook: Arc<Playbook>,
    decision: Decision,
}

impl Maker<'_> {
    /// Whether it can be made, before its number is taken.
    pub fn check(&self, batch: &Batch, draft: &NewRecord) -> Result<(), NotMade> {
        self.decide(batch, draft).map(drop)
    }

    /// Makes it, with what follows.
    pub fn make(&self, batch: &mut Batch, new: &NewRecord) -> Result<Made, NotMade> {
        let (decision, step) = self.decide(batch, new)?;
        let row = effects::carry_out(batch, self.env, None, &decision);
        if let Some(Step { row, playbook, decision }) = step {
            let ground = Ground::of(batch, self.env.workspace.id, playbook);
            effects::carry_out(batch, &ground.env(row.record.team), Some(&row), &decision);
        }
        Ok(Made { row, events: decision.events })
    }

    fn decide(&self, batch: &Batch, new: &NewRecord) -> Result<(Decision, Option<Step>), NotMade> {
        let Making { decision, follow_on } =
            decide::create(new, &self.actor, self.env).map_err(NotMade::Refused)?;
        let step = match follow_on {
            Some(follow_on) => Some(self.step(batch, &decision, follow_on).map_err(NotMade::Blocked)?),
            None => None,
        };
        Ok((decision, step))
    }

    fn step(&self, batch: &Batch, made: &Decision, follow_on: FollowOn) -> Result<Step, Box<Blocked>> {
        let workspace = self.env.workspace.id;
        let row = batch.record(follow_on.record).filter(|row| row.record.workspace == workspace).cloned();
        let playbook = row.as_ref().and_then(|row| self.library.of(&row.record));
        let (Some(row), Some(playbook)) = (row.clone(), playbook.clone()) else {
            return Err(Box::new(Blocked { row, playbook, rejection: Rejection::SourceGone }));
        };
        let ground = Ground::of(batch, workspace, playbook.clone());
        let env = ground.env_after(row.record.team, requests_of(made));
        match decide::decide(&row.record, &self.actor, &follow_on.command, &env) {
            Ok(decision) => Ok(Step { row, playbook, decision }),
            Err(rejection) => Err(Box::new(Blocked { row: Some(row), playbook: Some(playbook), rejection })),
        }
    }
}

/// How many requests for approval a decision makes: each takes the next id.
fn requests_of(decision: &Decision) -> i64 {
    let asks = |kind: &EventKind| matches!(kind, EventKind::ApprovalRequested(_));
    decision.events.iter().filter(|event| asks(&event.kind)).count() as i64
}
