//! A decision together with all that follows from it for other records: in one transaction, or not at all (ruling 13).
//!
//! Everything is decided first, each step on the records as the steps before would leave them, and only then is anything
//! written: a refusal far down the chain leaves no trace of the first step.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::effects;
use super::ground::Ground;
use crate::domain::command::Actor;
use crate::domain::decide;
use crate::domain::decision::{Decision, Env, FollowOn};
use crate::domain::event::EventKind;
use crate::domain::ids::RecordId;
use crate::domain::playbook::Playbook;
use crate::domain::rejection::Rejection;
use crate::playbook::Library;
use crate::store::Batch;
use crate::store::row::Row;

/// So many steps follow from a command at most.
const DEPTH: u32 = 4;

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

/// A step that was decided.
struct Step {
    record: RecordId,
    playbook: Arc<Playbook>,
    decision: Decision,
}

/// Writes a decision and what follows from it. Gives the first record's row after; `None` where there was none.
///
/// # Errors
/// Where a record that it would change refuses; then nothing is written.
pub fn carry_out(
    batch: &mut Batch,
    library: &Library,
    actor: &Actor,
    env: &Env<'_>,
    before: Option<&Row>,
    decision: &Decision,
) -> Result<Option<Row>, Box<Blocked>> {
    let steps = plan(batch, library, actor, env, before, decision)?;
    let after = effects::carry_out(batch, env, before, decision);
    for step in steps {
        let Some(before) = batch.record(step.record).cloned() else { continue };
        let ground = Ground::of(batch, env.workspace.id, step.playbook);
        effects::carry_out(batch, &ground.env(before.record.team), Some(&before), &step.decision);
    }
    Ok(after)
}

/// Whether all that follows from a decision may happen.
///
/// # Errors
/// As [`carry_out`].
pub fn check(
    batch: &Batch,
    library: &Library,
    actor: &Actor,
    env: &Env<'_>,
    before: Option<&Row>,
    decision: &Decision,
) -> Result<(), Box<Blocked>> {
    plan(batch, library, actor, env, before, decision).map(drop)
}

fn plan(
    batch: &Batch,
    library: &Library,
    actor: &Actor,
    env: &Env<'_>,
    before: Option<&Row>,
    decision: &Decision,
) -> Result<Vec<Step>, Box<Blocked>> {
    let mut steps = Vec::new();
    if decision.follow_ons.is_empty() {
        return Ok(steps);
    }
    let mut ahead: BTreeMap<RecordId, Row> = BTreeMap::new();
    let first = effects::fold(before, decision);
    ahead.extend(first.map(|record| {
        (record.id, Row { record, chat: before.map(|row| row.chat.clone()).unwrap_or_default() })
    }));
    let mut requests = requests_of(decision);
    let mut queue: VecDeque<(u32, FollowOn)> = decision.follow_ons.iter().map(|f| (1, f.clone())).collect();
    while let Some((depth, next)) = queue.pop_front() {
        let row = ahead.get(&next.record).or_else(|| batch.record(next.record));
        let row = row.filter(|row| row.record.workspace == env.workspace.id).cloned();
        let playbook = row.as_ref().and_then(|row| library.of(&row.record));
        let (Some(row), Some(playbook), true) = (row.clone(), playbook.clone(), depth <= DEPTH) else {
            return Err(Box::new(Blocked { row, playbook, rejection: Rejection::TooFar }));
        };
        let ground = Ground::of(batch, env.workspace.id, playbook.clone());
        let env = ground.env_after(row.record.team, requests);
        match decide::decide(&row.record, actor, &next.command, &env) {
            Ok(decision) => {
                requests += requests_of(&decision);
                queue.extend(decision.follow_ons.iter().map(|f| (depth + 1, f.clone())));
                if let Some(record) = effects::fold(Some(&row), &decision) {
                    ahead.insert(record.id, Row { record, chat: row.chat });
                }
                steps.push(Step { record: next.record, playbook, decision });
            }
            Err(rejection) => {
                return Err(Box::new(Blocked { row: Some(row), playbook: Some(playbook), rejection }));
            }
        }
    }
    Ok(steps)
}

/// How many requests for approval a decision makes: each takes the next id.
fn requests_of(decision: &Decision) -> i64 {
    let asks = |kind: &EventKind| matches!(kind, EventKind::ApprovalRequested(_));
    decision.events.iter().filter(|event| asks(&event.kind)).count() as i64
}
