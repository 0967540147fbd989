//! What a newer version of a playbook brings forward (X2): which records have something to say at once, the worst first,
//! and where the queues of their channels stand. Reads only; [`crate::worker::upgrade`] moves the records.

use std::collections::BTreeMap;

use super::{App, Queues};
use crate::domain::command::{Actor, Command};
use crate::domain::decide::decide;
use crate::domain::decision::Env;
use crate::domain::evolve;
use crate::domain::facts::Facts;
use crate::domain::ids::{ApprovalId, RecordId};
use crate::domain::playbook::Playbook;
use crate::domain::ramp::{self, Queue, Spread, Waiting, Was};
use crate::store::StoreError;
use crate::store::playbooks::Upgrade;

/// So many records are read at a time.
const CHUNK: u64 = 256;
/// With more records than this, whoever brings a version is told how they are spread, and not until when: they wait for
/// the reply.
const COUNTED: u64 = 20_000;

/// The records of an upgrade in the order in which they come over.
#[derive(Debug, Default)]
pub struct Order {
    /// Those that have something to say at once, the worst first.
    pub waiting: Vec<Waiting>,
    /// The others.
    pub silent: Vec<RecordId>,
}

/// Reads every record that is to come over to a version, off the writer.
pub async fn order(app: &App, upgrade: &Upgrade, new: &Playbook) -> Result<Order, StoreError> {
    let workspace = app.store().workspace(upgrade.workspace);
    let library = app.library();
    let mut order = Order::default();
    let mut after = RecordId(0);
    loop {
        let ids = app.store().not_under(upgrade, after, CHUNK).await?;
        let Some(last) = ids.last() else { break };
        after = *last;
        for row in app.store().records(&ids).await? {
            let record = row.record;
            let env = Env {
                now: app.clock().now(),
                playbook: new,
                workspace: &workspace,
                team: workspace.team(record.team),
                facts: Facts::NONE,
                next_approval: ApprovalId(0),
            };
            let before = library.version(upgrade.workspace, &upgrade.id, record.playbook_version);
            let command = Command::Upgrade { before: before.clone(), turn: None };
            let waiting = decide(&record, &Actor::TIME, &command, &env).ok().and_then(|decision| {
                let after = decision.events.iter().fold(record.clone(), evolve::evolve);
                ramp::waiting_after(Was { record: &record, playbook: before.as_deref() }, &after, &env)
            });
            match waiting {
                Some(waiting) => order.waiting.push(waiting),
                None => order.silent.push(record.id),
            }
        }
    }
    ramp::worst_first(&mut order.waiting);
    Ok(order)
}

/// The queues of a workspace as they stand, with the turns that an upgrade gave before it was stopped.
pub async fn queues(app: &App, upgrade: &Upgrade) -> Result<Queues, StoreError> {
    let workspace = app.store().workspace(upgrade.workspace);
    let now = app.clock().now();
    let mut given: BTreeMap<_, Queue> = BTreeMap::new();
    for (team, turn, count) in app.store().turns(upgrade.workspace, &upgrade.id).await? {
        let having_it = u32::try_from(count).unwrap_or(u32::MAX);
        let queue = given.entry(ramp::channel(&workspace, team)).or_insert(Queue {
            turn: turn.at,
            having_it: 0,
            all: 0,
        });
        // Whose turn has come has been heard.
        queue.all += if turn.at >= now { count } else { 0 };
        if turn.at > queue.turn {
            (queue.turn, queue.having_it) = (turn.at, having_it);
        } else if turn.at == queue.turn {
            queue.having_it = queue.having_it.saturating_add(having_it);
        }
    }
    let mut queues = app.queues();
    for (team, queue) in given {
        let key = (upgrade.workspace, team);
        let known = queues.get(&key).map_or(queue, |known| known.further(queue));
        queues.insert(key, known);
    }
    Ok(queues)
}

/// What whoever brings a version is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Forecast {
    /// So many that nobody waits for the count.
    Many,
    /// Who has something to say at once, and when.
    Spread(Spread),
}

/// Who will have to wait, before anything is changed.
pub async fn forecast(
    app: &App,
    upgrade: &Upgrade,
    new: &Playbook,
    moving: u64,
) -> Result<Forecast, StoreError> {
    if moving > COUNTED {
        return Ok(Forecast::Many);
    }
    let order = order(app, upgrade, new).await?;
    let workspace = app.store().workspace(upgrade.workspace);
    let queues = app.queues().into_iter().filter(|((of, _), _)| *of == upgrade.workspace);
    let queues = queues.map(|((_, team), queue)| (team, queue)).collect();
    Ok(Forecast::Spread(ramp::spread(order.waiting, &queues, app.clock().now(), &workspace)))
}
