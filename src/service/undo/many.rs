//! A command of many records, such as `/lead bulk`, is taken back as one (ruling 12): all of its records, or none, in one
//! transaction. Each passes `decide` for itself; one that refuses keeps all of them as they are, and is named.

use std::sync::Arc;

use chrono::TimeDelta;

use super::{Reading, requests, told};
use crate::chat::message::{Message, Reply};
use crate::chat::render::{self, Ctx};
use crate::domain::command::Command;
use crate::domain::decide;
use crate::domain::ids::{EventId, RecordId};
use crate::domain::undo::{Told, Undo, is_speech};
use crate::playbook::Library;
use crate::service::effects::publish;
use crate::service::ground::Ground;
use crate::service::head::{Head, Seen};
use crate::service::jobs::Body;
use crate::service::{App, Fault, effects};
use crate::store::{Batch, Needs, Work};

/// The person's last command of a history, where it is still to be undone; whatever is older is refused without looking
/// for its other records.
pub fn recent(app: &App, head: &Head, history: &[Told]) -> Option<EventId> {
    let minutes = app.store().workspace(head.workspace).thresholds.undo_window;
    let last = history.iter().rev().find(|told| !is_speech(&told.event))?;
    let since = app.clock().now() - TimeDelta::minutes(i64::from(minutes));
    (last.event.at >= since).then_some(last.command?)
}

/// Whether a job still has records of this command to change.
pub async fn is_running(app: &App, command: EventId) -> Result<bool, Fault> {
    let running = app.store().running_jobs().await?;
    Ok(running.iter().any(|job| match Body::read(&job.state) {
        Some(Body::Bulk(bulk)) => bulk.command == Some(command),
        Some(Body::Reassign(reassign)) => reassign.command == Some(command),
        Some(Body::Import(_)) | None => false,
    }))
}

/// Takes all of it back, the record that was asked for first; `None`: something was written since the histories were read.
pub async fn take_back(
    app: &App,
    head: &Head,
    command: EventId,
    records: Vec<RecordId>,
    seen: Reading,
) -> Result<Option<Reply>, Fault> {
    let mut histories = Vec::with_capacity(records.len());
    for record in records {
        histories.push((record, app.store().past(record).await?));
    }
    let job = TakeBackAll { head: head.clone(), library: app.library(), histories, command, seen };
    Ok(app.store().work(job).await?.map(Reply::Private))
}

struct TakeBackAll {
    head: Head,
    library: Arc<Library>,
    histories: Vec<(RecordId, Vec<Told>)>,
    command: EventId,
    seen: Reading,
}

impl Work for TakeBackAll {
    type Answer = Option<Message>;

    fn needs(&self) -> Needs {
        let inbox = match self.seen {
            Reading::First => Some((self.head.source, self.head.external_id.clone())),
            Reading::Again => None,
        };
        let approvals = self.histories.iter().flat_map(|(_, history)| requests(history)).collect();
        let records = self.histories.iter().map(|(record, _)| *record).collect();
        let left = self.histories.iter().flat_map(|(_, history)| told(history)).map(publish::key).collect();
        Needs { inbox, records, approvals, left, companies: Some(Vec::new()), ..Needs::default() }
    }

    fn run(&self, batch: &mut Batch) -> Option<Message> {
        let seen = match self.seen {
            Reading::First => self.head.open(batch),
            Reading::Again => Seen::First,
        };
        if seen == Seen::Repeat {
            return Some(render::jobs::gone());
        }
        let mut decided = Vec::with_capacity(self.histories.len());
        let mut noun = None;
        for (id, history) in &self.histories {
            let row = batch.record(*id).filter(|r| r.record.workspace == self.head.workspace).cloned();
            let Some(row) = row else { return Some(render::problem::record_gone()) };
            let Some(playbook) = self.library.of(&row.record) else {
                return Some(render::problem::record_gone());
            };
            if history.last().map(|told| told.id) != row.record.last_event {
                return None;
            }
            let noun = noun.get_or_insert_with(|| playbook.noun.clone());
            let contact = row.chat.personal_before.as_ref().map(|p| (p.command, p.contact.clone()));
            let published = told(history).filter(|id| batch.has_left(&publish::key(*id))).collect();
            let undo = Undo { history: history.clone(), command: Some(self.command), contact, published };
            let ground = Ground::of(batch, self.head.workspace, playbook);
            let env = ground.env(row.record.team);
            let command = Command::Undo(Box::new(undo));
            match decide::decide(&row.record, &self.head.actor(), &command, &env) {
                Ok(decision) => decided.push((row, ground, decision)),
                Err(why) => {
                    let zone = env.workspace.zone_of(self.head.person());
                    let ctx = Ctx { playbook: env.playbook, workspace: env.workspace, now: env.now, zone };
                    // The one that was asked for: what it says is true of the whole.
                    if decided.is_empty() {
                        return Some(render::rejection::rejection(&ctx, Some(&row.record), &why));
                    }
                    let why = render::rejection::sentence(&ctx, Some(&row.record), &why);
                    return Some(render::undo::many_refused(noun, self.histories.len() as u64, why));
                }
            }
        }
        let noun = noun?;
        let mut taken_back = 0;
        for (row, ground, decision) in &decided {
            let env = ground.env(row.record.team);
            let after = effects::carry_out(batch, &env, Some(row), decision);
            let waits_no_more =
                row.record.pending.is_some() && after.is_some_and(|r| r.record.pending.is_none());
            taken_back += u64::from(waits_no_more);
        }
        Some(render::undo::many_done(&noun, decided.len() as u64, taken_back))
    }
}
