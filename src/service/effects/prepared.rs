//! A message that is prepared for a customer goes out by the team's webhook (D30), where an admin wants that.
//!
//! - What is kept until it is sent has nothing personal in it: the message is made of the record as it is when it leaves,
//!   so that nothing of an erased one does.
//! - It is enqueued with the events that prepared it, once for each entering, and in the same lane as the changes of
//!   status, after the one that led to it.
//! - It goes only while its task is open: an undo, a move away, or the owner's own e-mail before it left, withdraws it.
//! - Where it cannot go after all, its owner is told to send it.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::publish::key;
use crate::chat::render::{self, Ctx};
use crate::domain::decide::message_can_go;
use crate::domain::decision::Env;
use crate::domain::ids::{EventId, PersonId, RecordId, WorkspaceId};
use crate::domain::record::{OpenTask, Record};
use crate::domain::workspace::Workspace;
use crate::playbook::Library;
use crate::service::App;
use crate::service::said::Said;
use crate::store::outbox::{Fact, Place, Priority};
use crate::store::row::Row;
use crate::store::{Batch, Needs, StoreError, Work};

/// What such a message is called.
const NAME: &str = "message.prepared";

/// What is kept until it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prepared {
    /// Ours: it goes along as the idempotency key.
    id: String,
    /// When it was prepared, in RFC 3339.
    at: String,
    /// Of which record.
    message_of: RecordId,
    /// By which task.
    task: u32,
    /// The event that opened it.
    event: EventId,
}

/// How a prepared message stands when its turn has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// It goes, under this key.
    Goes {
        /// The idempotency key.
        key: String,
        /// JSON.
        body: String,
    },
    /// It is not wanted any more.
    Over,
    /// It is wanted, and cannot go this way.
    ByHand,
}

/// Enqueues it.
pub fn publish(batch: &mut Batch, env: &Env<'_>, row: &Row, event: EventId, task: &OpenTask) {
    let prepared = Prepared {
        id: format!("{}-{event}", env.workspace.id),
        at: env.now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        message_of: row.record.id,
        task: task.id,
        event,
    };
    batch.say(Fact {
        workspace: env.workspace.id,
        dedup_key: key(event),
        place: Place::Hook(env.workspace.id),
        priority: Priority::Normal,
        due_at: batch.now(),
        body: serde_json::to_string(&prepared).unwrap_or_default(),
    });
}

impl Prepared {
    /// As it was kept; `None`: it is something else.
    pub fn of(body: &str) -> Option<Self> {
        serde_json::from_str(body).ok()
    }

    /// How it stands now.
    pub async fn turn(&self, app: &App, workspace: WorkspaceId) -> Result<Turn, StoreError> {
        let Some(row) = app.store().records(&[self.message_of]).await?.pop() else { return Ok(Turn::Over) };
        let record = &row.record;
        let Some(task) = self.open(record) else { return Ok(Turn::Over) };
        let Some(playbook) = app.playbook_of(record) else { return Ok(Turn::Over) };
        let workspace = app.store().workspace(workspace);
        let Some(spec) = playbook.task(&task.status, &task.label) else { return Ok(Turn::Over) };
        let Some(template) = spec.prepare.as_ref().filter(|_| message_can_go(record, spec, &workspace))
        else {
            return Ok(Turn::ByHand);
        };
        if !workspace.hooks.sends_messages() {
            return Ok(Turn::ByHand);
        }
        let ctx = ctx(&workspace, &playbook, app.clock().now(), record);
        let external_id = app.store().external_ids(&[record.id]).await?.remove(&record.id);
        let contact = &record.contact;
        let body = json!({
            "id": self.id,
            "event": NAME,
            "at": self.at,
            "record": record.handle.to_string(),
            "noun": playbook.noun.singular,
            "external_id": external_id,
            "playbook": record.playbook.to_string(),
            "status": record.status.to_string(),
            "task": task.label,
            "to": {
                "name": contact.name,
                "company": contact.company,
                "email": contact.email,
                "phone": contact.phone,
            },
            "rep": record.owner.map(|PersonId(id)| json!({
                "id": id.to_string(),
                "name": workspace.name_of(PersonId(id)),
            })),
            "text": render::task::prepared(&ctx, record, template),
        });
        Ok(Turn::Goes { key: self.id.clone(), body: without_nulls(body).to_string() })
    }

    /// Its owner sends it after all.
    pub async fn by_hand(&self, app: &App, workspace: WorkspaceId) -> Result<(), StoreError> {
        let library = app.library();
        app.store().work(ByHand { prepared: self.clone(), workspace, library }).await
    }

    /// Its task, while that waits for it.
    fn open<'r>(&self, record: &'r Record) -> Option<&'r OpenTask> {
        let task = record.task(self.task).filter(|task| task.by_hook);
        task.filter(|_| record.ended.is_none())
    }
}

fn ctx<'a>(
    workspace: &'a Workspace,
    playbook: &'a crate::domain::playbook::Playbook,
    now: chrono::DateTime<chrono::Utc>,
    record: &Record,
) -> Ctx<'a> {
    let zone =
        record.owner.map_or(workspace.team(record.team).calendar.zone, |owner| workspace.zone_of(owner));
    Ctx { playbook, workspace, now, zone }
}

/// What is not known is not mentioned.
fn without_nulls(mut body: serde_json::Value) -> serde_json::Value {
    let objects = |value: &mut serde_json::Value| {
        if let Some(object) = value.as_object_mut() {
            object.retain(|_, value| !value.is_null());
        }
    };
    objects(&mut body);
    objects(&mut body["to"]);
    body
}

struct ByHand {
    prepared: Prepared,
    workspace: WorkspaceId,
    library: std::sync::Arc<Library>,
}

impl Work for ByHand {
    type Answer = ();

    fn needs(&self) -> Needs {
        Needs { records: vec![self.prepared.message_of], ..Needs::default() }
    }

    fn run(&self, batch: &mut Batch) {
        let workspace = batch.workspace(self.workspace);
        let Some(row) = batch.record(self.prepared.message_of).cloned() else { return };
        let (Some(playbook), Some(owner)) = (self.library.of(&row.record), row.record.owner) else { return };
        let Some(task) = self.prepared.open(&row.record) else { return };
        let now = batch.now();
        let ctx = ctx(&workspace, &playbook, now, &row.record);
        let message = render::task::by_hand_after_all(&ctx, &row.record, task);
        batch.say(Fact {
            workspace: self.workspace,
            dedup_key: format!("{}:by-hand", key(self.prepared.event)),
            place: Place::Person(owner),
            priority: Priority::Normal,
            due_at: now,
            body: Said::privately(owner, message).to_body(),
        });
    }
}
