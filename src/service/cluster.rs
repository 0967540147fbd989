//! Says that the records of a company all wait (D41), in the team's alerts channel, to its managers. The rule is in
//! [`crate::domain::cluster`].

use super::places;
use super::said::Said;
use crate::chat::render::{self, Ctx};
use crate::domain::cluster;
use crate::domain::decision::Env;
use crate::store::Batch;
use crate::store::outbox::{Fact, Priority};
use crate::store::row::Row;

/// A record was written: says it where it has become so. The job must have asked for its company
/// (`Needs::companies`).
pub fn tell(batch: &mut Batch, env: &Env<'_>, before: &Row, after: &Row) {
    let record = &after.record;
    let Some(key) = cluster::company(record).filter(|_| before.record.status != record.status) else {
        return;
    };
    let rows = batch.of_company(record.workspace, record.handle.letter, &key);
    if rows.is_empty() {
        return;
    }
    let least = env.workspace.thresholds.cluster;
    let others = rows.into_iter().map(|row| &row.record);
    let Some((all, flagged)) = cluster::arises(record, &before.record.status, others, env.playbook, least)
    else {
        return;
    };
    let ctx =
        Ctx { playbook: env.playbook, workspace: env.workspace, now: env.now, zone: env.team.calendar.zone };
    let managers = env.workspace.managers(record.team);
    let message = render::cluster::message(&ctx, record, &all, &flagged.says, &managers);
    let body = Said::openly(message).to_body();
    for (n, place) in places::alerts(env.workspace, env.team, record).into_iter().enumerate() {
        batch.say(Fact {
            workspace: record.workspace,
            dedup_key: format!("cluster:{}:{}:{n}", record.id, record.version),
            place,
            priority: Priority::Normal,
            due_at: env.now,
            body: body.clone(),
        });
    }
}
