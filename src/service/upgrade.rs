//! What a newer version of a playbook brings forward (X2): which records have something to say at once, the worst first.
//! Reads only; [`crate::worker::upgrade`] moves the records.

use super::App;
use crate::domain::command::{Actor, Command};
use crate::domain::decide::decide;
use crate::domain::decision::Env;
use crate::domain::evolve;
use crate::domain::facts::Facts;
use crate::domain::ids::{ApprovalId, RecordId};
use crate::domain::playbook::Playbook;
use crate::domain::ramp::{self, Spread, Waiting, Was};
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
    let queues = app.store().queues(upgrade.workspace).await?;
    Ok(Forecast::Spread(ramp::spread(order.waiting, &queues, app.clock().now(), &workspace)))
}
