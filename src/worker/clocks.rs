//! The sweep: every record whose time has come gets a [`Command::ClockElapsed`], in bounded batches, until none
//! is left. A sweep with nothing due asks one question of one index and writes nothing.
//!
//! Races: a person may move a record between its becoming due and the sweep. The command decides anew against
//! the record as it is, so a stale due time does nothing (the due list is re-checked, never trusted).
//!
//! Flood: a change of hours, holidays or limits has a team's records looked at anew (ruling 7), and may bring many
//! steps forward at once. Ten of a channel speak at once, the worst of each batch first; the others are looked at again
//! when their turn in the channel's [`Queue`] comes, and the team is told once. After downtime nothing is put off: what
//! was due is late enough. Where a queue stands is kept with the turns that it gave, which are on the due list.

use std::sync::Arc;

use chrono::TimeDelta;

use crate::domain::clocks;
use crate::domain::command::{Actor, Command};
use crate::domain::decide;
use crate::domain::decision::Decision;
use crate::domain::event::EventKind;
use crate::domain::ids::RecordId;
use crate::domain::ramp::{self, Queue};

use super::queues;
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
    let mut put_off = false;
    loop {
        let due = app.store().next_due().await?;
        if due.is_none_or(|at| at > app.clock().now()) {
            break;
        }
        let swept = app.store().work(Sweep { library: app.library() }).await?;
        put_off |= swept.put_off;
        if swept.records == 0 {
            break;
        }
        all += swept.records;
    }
    if put_off {
        queues::tell(app).await?;
    }
    Ok(all)
}

struct Sweep {
    library: Arc<Library>,
}

struct Swept {
    records: usize,
    put_off: bool,
}

impl Work for Sweep {
    type Answer = Swept;

    fn needs(&self) -> Needs {
        Needs { due: Some(AT_ONCE), companies: Some(Vec::new()), ..Needs::default() }
    }

    fn run(&self, batch: &mut Batch) -> Swept {
        let due = batch.due().to_vec();
        let mut forward = Vec::new();
        for id in &due {
            if let Some(weight) = self.look(batch, *id, Look::First) {
                forward.push((std::cmp::Reverse(weight), *id));
            }
        }
        let mut swept = Swept { records: due.len(), put_off: false };
        forward.sort_unstable();
        for (_, id) in forward {
            swept.put_off |= self.take_turn(batch, id);
        }
        swept
    }
}

/// Whether steps that were brought forward are held back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    First,
    ItsTurn,
}

impl Sweep {
    /// Lets time pass for one record; gives how much it weighs if its steps were brought forward and have to wait
    /// for a turn.
    fn look(&self, batch: &mut Batch, id: RecordId, look: Look) -> Option<i128> {
        let row = batch.record(id).cloned()?;
        batch.next_command();
        let Some(playbook) = self.library.of(&row.record) else {
            tracing::error!(record = %row.record.handle, "its playbook is not loaded; its clocks wait for it");
            batch.rearm(id, Some(batch.now() + PUT_OFF));
            return None;
        };
        let ground = Ground::of(batch, row.record.workspace, playbook);
        let env = ground.env(row.record.team);
        match decide::decide(&row.record, &Actor::TIME, &Command::ClockElapsed, &env) {
            Ok(decision) if decision.events.is_empty() && decision.effects.is_empty() => {
                batch.rearm(id, effects::due(&row.record, &env));
                batch.breaches(id, clocks::breach_at(&row.record, &env));
            }
            Ok(decision) => {
                let early = batch.due_of(id).is_none_or(|due| due > env.now);
                if look == Look::First && early && reaches_steps(&decision) {
                    return Some(ramp::waiting(&row.record, &env).map_or(0, |w| w.weight));
                }
                effects::carry_out(batch, &env, Some(&row), &decision);
            }
            Err(rejection) => {
                tracing::error!(record = %row.record.handle, ?rejection, "time was refused");
                batch.rearm(id, Some(batch.now() + PUT_OFF));
            }
        }
        None
    }

    /// Gives a record its turn; `true`: it is put off until then.
    fn take_turn(&self, batch: &mut Batch, id: RecordId) -> bool {
        let Some(record) = batch.record(id).map(|row| row.record.clone()) else { return false };
        let Some(playbook) = self.library.of(&record) else { return false };
        let ground = Ground::of(batch, record.workspace, playbook);
        let env = ground.env(record.team);
        let channel = ramp::channel(env.workspace, record.team);
        let queue = batch.queue(record.workspace, channel);
        let queue = Queue::after_one_more(queue.as_ref(), env.now, &env.team.calendar);
        batch.set_queue(record.workspace, channel, queue);
        if queue.turn <= env.now {
            self.look(batch, id, Look::ItsTurn);
            return false;
        }
        // What else comes due before its turn is not held up, and takes what waits along.
        let other = clocks::next_due_beside(&record, &env);
        batch.rearm(id, Some(other.map_or(queue.turn, |at| at.min(queue.turn))));
        true
    }
}

fn reaches_steps(decision: &Decision) -> bool {
    decision.events.iter().any(|event| matches!(event.kind, EventKind::StepsReached { .. }))
}
