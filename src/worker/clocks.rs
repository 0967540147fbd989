//! The sweep: every record whose time has come gets a [`Command::ClockElapsed`], in bounded batches, until none
//! is left. A sweep with nothing due asks one question of one index and writes nothing.
//!
//! Races: a person may move a record between its becoming due and the sweep. The command decides anew against
//! the record as it is, so a stale due time does nothing (the due list is re-checked, never trusted).

use std::sync::Arc;

use chrono::TimeDelta;

use crate::domain::command::{Actor, Command};
use crate::domain::decide;
use crate::playbook::Library;
use crate::service::ground::Ground;
use crate::service::{App, effects};
use crate::store::{Batch, Needs, StoreError, Work};

/// So many records are taken in one transaction: few enough that a person's command does not wait behind it.
const AT_ONCE: u32 = 128;
/// A record that cannot be decided on (its rules are not there, say) is looked at again after so long: what is taken off the due list and not put
/// back would be forgotten.
const PUT_OFF: TimeDelta = TimeDelta::hours(1);

/// Lets time pass for everything that is due now. Gives how many records were looked at.
pub async fn sweep(app: &App) -> Result<usize, StoreError> {
    let mut all = 0;
    loop {
        let due = app.store().next_due().await?;
        if due.is_none_or(|at| at > app.clock().now()) {
            return Ok(all);
        }
        let swept = app.store().work(Sweep { library: app.library() }).await?;
        if swept == 0 {
            return Ok(all);
        }
        all += swept;
    }
}

struct Sweep {
    library: Arc<Library>,
}

impl Work for Sweep {
    type Answer = usize;

    fn needs(&self) -> Needs {
        Needs { due: Some(AT_ONCE), companies: Some(Vec::new()), ..Needs::default() }
    }

    fn run(&self, batch: &mut Batch) -> usize {
        let due = batch.due().to_vec();
        for id in &due {
            let Some(row) = batch.record(*id).cloned() else { continue };
            batch.next_command();
            let Some(playbook) = self.library.of(&row.record) else {
                tracing::error!(record = %row.record.handle, "its playbook is not loaded; its clocks wait for it");
                batch.rearm(*id, Some(batch.now() + PUT_OFF));
                continue;
            };
            let ground = Ground::of(batch, row.record.workspace, playbook);
            let env = ground.env(row.record.team);
            match decide::decide(&row.record, &Actor::TIME, &Command::ClockElapsed, &env) {
                Ok(decision) if decision.events.is_empty() && decision.effects.is_empty() => {
                    batch.rearm(*id, effects::due(&row.record, &env));
                }
                Ok(decision) => {
                    effects::carry_out(batch, &env, Some(&row), &decision);
                }
                Err(rejection) => {
                    tracing::error!(record = %row.record.handle, ?rejection, "time was refused");
                    batch.rearm(*id, Some(batch.now() + PUT_OFF));
                }
            }
        }
        due.len()
    }
}
