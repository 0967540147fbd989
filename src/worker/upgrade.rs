//! Upgrades: every record of a playbook that was given a newer version comes over to it, in bounded batches, each through
//! `decide` with a [`Command::Upgrade`].
//!
//! Flood: a rule that is new may have something to say about many records at once (X2). Those come over first, the worst
//! before the others, and each takes the next turn of its channel's queue ([`ramp`]); the channel is told once.
//!
//! Races: an order is written before the rules that it names are in force; nothing comes over in between. A person may
//! use a record while it waits to come over; it then lives by its old rules, and comes over as it is. A stop in the middle
//! loses nothing: whose records are to be moved is in the database until the last of them was, and so are the turn of each
//! and the queue; a record that is there already is passed over. One that has no place under the new rules stays under its
//! own, and the log says so.

use std::sync::Arc;

use super::queues;
use crate::domain::command::{Actor, Command};
use crate::domain::decide;
use crate::domain::evolve;
use crate::domain::ids::RecordId;
use crate::domain::ramp::{self, Queue, Was};
use crate::playbook::Library;
use crate::service::ground::Ground;
use crate::service::upgrade::order;
use crate::service::{App, effects};
use crate::store::playbooks::Upgrade;
use crate::store::{Batch, Needs, StoreError, Work};

/// So many records are taken in one transaction: few enough that a person's command does not wait behind it.
const AT_ONCE: usize = 64;

/// Moves every record that is to be moved; gives how many were.
pub async fn upgrade(app: &App) -> Result<usize, StoreError> {
    Ok(some(app, usize::MAX).await?.moved)
}

/// How far it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Went {
    /// So many records were moved.
    pub moved: usize,
    /// Nothing is left to be moved.
    pub done: bool,
}

/// The same, a number of batches at most.
pub async fn some(app: &App, batches: usize) -> Result<Went, StoreError> {
    let (mut moved, mut left) = (0, batches);
    let upgrades = app.store().upgrades().await?;
    if upgrades.is_empty() {
        return Ok(Went { moved, done: true });
    }
    app.playbooks_are_in_force().await;
    for upgrade in upgrades {
        let library = app.library();
        let Some(new) = library.version(upgrade.workspace, &upgrade.id, upgrade.version) else {
            // Its text cannot be used now. The order stays for a release that can.
            continue;
        };
        let order = order(app, &upgrade, &new).await?;
        let records: Vec<_> = order.waiting.iter().map(|one| one.record).chain(order.silent).collect();
        for records in records.chunks(AT_ONCE) {
            if left == 0 {
                return Ok(Went { moved, done: false });
            }
            left -= 1;
            let (upgrade, library, records) = (upgrade.clone(), library.clone(), records.to_vec());
            moved += app.store().work(Move { library, upgrade, records }).await?;
        }
        queues::tell(app).await?;
        app.store().upgraded(upgrade).await?;
    }
    Ok(Went { moved, done: true })
}

struct Move {
    library: Arc<Library>,
    upgrade: Upgrade,
    records: Vec<RecordId>,
}

impl Work for Move {
    /// How many were moved.
    type Answer = usize;

    fn needs(&self) -> Needs {
        Needs { records: self.records.clone(), companies: Some(Vec::new()), ..Needs::default() }
    }

    fn run(&self, batch: &mut Batch) -> usize {
        let Upgrade { workspace, id, version, by } = &self.upgrade;
        let mut moved = 0;
        let Some(new) = self.library.version(*workspace, id, *version) else { return moved };
        let actor = by.map_or(Actor::TIME, Actor::person);
        for record in &self.records {
            let Some(row) = batch.record(*record).cloned() else { continue };
            if row.record.workspace != *workspace || row.record.playbook != *id {
                continue;
            }
            let ground = Ground::of(batch, *workspace, new.clone());
            let env = ground.env(row.record.team);
            let before = self.library.version(*workspace, id, row.record.playbook_version);
            let upgrade = |turn| {
                let command = Command::Upgrade { before: before.clone(), turn };
                decide::decide(&row.record, &actor, &command, &env)
            };
            let decided = upgrade(None).and_then(|decision| {
                let after = decision.events.iter().fold(row.record.clone(), evolve::evolve);
                let was = Was { record: &row.record, playbook: before.as_deref() };
                if decision.events.is_empty() || ramp::waiting_after(was, &after, &env).is_none() {
                    return Ok(decision);
                }
                let channel = ramp::channel(env.workspace, row.record.team);
                let queue = batch.queue(*workspace, channel);
                let queue = Queue::after_one_more(queue.as_ref(), env.now, &env.team.calendar);
                batch.set_queue(*workspace, channel, queue);
                upgrade(Some(queue.turn))
            });
            match decided {
                Ok(decision) if decision.events.is_empty() => {}
                Ok(decision) => {
                    effects::carry_out(batch, &env, Some(&row), &decision);
                    moved += 1;
                }
                Err(rejection) => {
                    tracing::warn!(record = %row.record.handle, version, ?rejection, "it stays under its old rules");
                }
            }
        }
        moved
    }
}
