//! Changes of status, told to another system: one signed webhook each, in their order, through the outbox.
//!
//! Nothing personal is in it: the receiver knows the record by its handle, or by the id that it has there.

use serde::{Deserialize, Serialize};

use super::prepared;
use crate::domain::decision::Env;
use crate::domain::event::{Cause, Event, EventKind, Moved};
use crate::domain::ids::{EventId, PersonId, RecordId};
use crate::store::Batch;
use crate::store::outbox::{Fact, Place, Priority};
use crate::store::row::Row;

/// What is told, as it is kept until it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// Ours: it goes along as the idempotency key.
    pub id: String,
    /// `status.changed`.
    pub event: String,
    /// When, in RFC 3339.
    pub at: String,
    /// What people call the record.
    pub record: String,
    /// What it is.
    pub noun: String,
    /// Its rules.
    pub playbook: String,
    /// The status before.
    pub from: String,
    /// The status after.
    pub to: String,
    /// Open, parked, won, lost or excluded.
    pub class: String,
    /// Where it stands on the ladder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Why, from the playbook's list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The person who moved it, or was the cause of it: the platform's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The rule that moved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Its id in the other system, where an import or an event told it; filled in when it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Our row of the record: never sent.
    pub row: RecordId,
}

/// The key of the publication of an event in the outbox.
pub fn key(event: EventId) -> String {
    format!("hook:{event}")
}

/// Enqueues what a command changed of a record's status. `first`: the id of the first of its events.
pub fn changes(
    batch: &mut Batch,
    env: &Env<'_>,
    before: Option<&Row>,
    after: &Row,
    first: Option<i64>,
    events: &[Event],
) {
    let hooks = &env.workspace.hooks;
    if !hooks.goes_out() {
        return;
    }
    let Some(first) = first else { return };
    // A new record has changed no status.
    let mut status = before.map_or(&after.record, |row| &row.record).status.clone();
    for (id, event) in (first..).map(EventId).zip(events) {
        let (to, class, moved): (_, _, Option<&Moved>) = match &event.kind {
            // What happened elsewhere, before the record came here, is no news there.
            EventKind::Moved(moved) if moved.cause == Cause::Imported => continue,
            EventKind::Moved(moved) => (moved.to.clone(), moved.class, Some(moved)),
            EventKind::Undone(undone) => (undone.restored.status.clone(), undone.class, None),
            EventKind::TaskOpened(task) if task.by_hook => {
                prepared::publish(batch, env, after, id, task);
                continue;
            }
            _ => continue,
        };
        let from = std::mem::replace(&mut status, to.clone());
        if from == to {
            continue;
        }
        let rule = moved.and_then(|moved| match &moved.cause {
            Cause::Rule(rule) => Some(rule.to_string()),
            _ => None,
        });
        let class = serde_json::to_value(class).ok().and_then(|class| Some(class.as_str()?.to_owned()));
        let publication = Publication {
            id: format!("{}-{id}", env.workspace.id),
            event: "status.changed".to_owned(),
            at: event.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            record: after.record.handle.to_string(),
            noun: env.playbook.noun.singular.clone(),
            playbook: after.record.playbook.to_string(),
            from: from.to_string(),
            to: to.to_string(),
            class: class.unwrap_or_default(),
            stage: after.record.stage.as_ref().map(ToString::to_string),
            reason: moved.and_then(|moved| moved.reason.as_ref()).map(ToString::to_string),
            by: event.by.map(|PersonId(person)| person.to_string()),
            rule,
            external_id: None,
            row: after.record.id,
        };
        batch.say(Fact {
            workspace: env.workspace.id,
            dedup_key: key(id),
            place: Place::Hook(env.workspace.id),
            priority: Priority::Normal,
            due_at: batch.now(),
            body: serde_json::to_string(&publication).unwrap_or_default(),
        });
    }
}

impl Publication {
    /// What is sent: the publication without what is ours alone.
    pub fn body(&self) -> String {
        let mut body = serde_json::to_value(self).unwrap_or_default();
        if let Some(object) = body.as_object_mut() {
            object.remove("row");
        }
        body.to_string()
    }
}
