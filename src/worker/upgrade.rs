//! Upgrades: every record of a playbook that was given a newer version comes over to it, in bounded batches, each through
//! `decide` with a [`Command::Upgrade`].
//!
//! Races: a person may use a record while it waits for its turn; it then lives by its old rules, and comes over as it is.
//! A stop in the middle loses nothing: whose records are to be moved is in the database until the last of them was, and
//! a record that is there already is passed over. One that has no place under the new rules stays under its own, and the
//! log says so.

use std::sync::Arc;

use crate::domain::command::{Actor, Command};
use crate::domain::decide;
use crate::domain::ids::RecordId;
use crate::playbook::Library;
use crate::service::ground::Ground;
use crate::service::{App, effects};
use crate::store::playbooks::Upgrade;
use crate::store::{Batch, Needs, StoreError, Work};

/// So many records are taken in one transaction: few enough that a person's command does not wait behind it.
const AT_ONCE: u64 = 64;

/// Moves every record that is to be moved; gives how many were.
pub async fn upgrade(app: &App) -> Result<usize, StoreError> {
    let mut moved = 0;
    for upgrade in app.store().upgrades().await? {
        let mut after = RecordId(0);
        loop {
            let records = app.store().not_under(&upgrade, after, AT_ONCE).await?;
            let Some(last) = records.last() else { break };
            after = *last;
            let (library, upgrade) = (app.library(), upgrade.clone());
            moved += app.store().work(Move { library, upgrade, records }).await?;
        }
        app.store().upgraded(upgrade).await?;
    }
    Ok(moved)
}

struct Move {
    library: Arc<Library>,
    upgrade: Upgrade,
    records: Vec<RecordId>,
}

impl Work for Move {
    type Answer = usize;

    fn needs(&self) -> Needs {
        Needs { records: self.records.clone(), companies: Some(Vec::new()), ..Needs::default() }
    }

    fn run(&self, batch: &mut Batch) -> usize {
        let Upgrade { workspace, id, version, by } = &self.upgrade;
        let Some(new) = self.library.version(*workspace, id, *version) else { return 0 };
        let actor = by.map_or(Actor::TIME, Actor::person);
        let mut moved = 0;
        for record in &self.records {
            let Some(row) = batch.record(*record).cloned() else { continue };
            if row.record.workspace != *workspace || row.record.playbook != *id {
                continue;
            }
            let ground = Ground::of(batch, *workspace, new.clone());
            let env = ground.env(row.record.team);
            let before = self.library.version(*workspace, id, row.record.playbook_version);
            match decide::decide(&row.record, &actor, &Command::Upgrade { before }, &env) {
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
