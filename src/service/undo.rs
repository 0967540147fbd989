//! `/lead undo` and the button beside a confirmation (X4, ruling 12).
//!
//! What a record was before is told by its history, which is read from the read-only pool and may be long; the job then
//! decides on it in the writer. Its race: somebody, or a clock, may write between the two. The job sees that the history
//! it was given does not reach the record's newest event, changes nothing, and the history is read again. So an undo is
//! always decided on everything that happened before it.

mod many;

use std::sync::Arc;

use chrono::TimeDelta;

use super::change::{self, Answer, Outcome, Target};
use super::effects::publish;
use super::ground::Ground;
use super::head::{Head, Seen};
use super::replies;
use super::{App, Fault, query, resolve};
use crate::chat::message::Reply;
use crate::chat::render;
use crate::domain::command::Command;
use crate::domain::decide;
use crate::domain::event::EventKind;
use crate::domain::ids::{ApprovalId, EventId, RecordId};
use crate::domain::rejection::Rejection;
use crate::domain::undo::{NotUndone, Told, Undo};
use crate::playbook::Library;
use crate::store::{Batch, Needs, Work};

/// How often the history is read again before whoever asks is told to try later.
const ATTEMPTS: u32 = 8;

/// Whatever the person changed last in the workspace.
pub async fn last(app: &App, head: &Head) -> Result<Reply, Fault> {
    let minutes = app.store().workspace(head.workspace).thresholds.undo_window;
    // What is a little older is found as well, so that the answer says what it was and that it is too late.
    let since = app.clock().now() - TimeDelta::minutes(i64::from(minutes)) * 2;
    match app.store().last_changed_by(head.workspace, head.person(), since).await? {
        Some(record) => of(app, head, Target::Record(record), None).await,
        None => Ok(Reply::Private(render::problem::nothing_to_undo(minutes))),
    }
}

/// The person's last command on a record; `command`: only if it is that one.
pub async fn of(app: &App, head: &Head, target: Target, command: Option<EventId>) -> Result<Reply, Fault> {
    let Some(row) = resolve::row(app, head, target).await? else {
        return query::show(app, head, target).await;
    };
    let record = row.record.id;
    for attempt in 0..ATTEMPTS {
        let history = app.store().past(record).await?;
        let seen = if attempt == 0 { Reading::First } else { Reading::Again };
        if let Some(last) = many::recent(app, head, &history) {
            if many::is_running(app, last).await? {
                return Ok(Reply::Private(render::undo::many_running()));
            }
            let mut records = app.store().changed_by(last, head.person()).await?;
            records.sort_by_key(|other| *other != record);
            if records.len() > 1 && command.is_none_or(|meant| meant == last) {
                match many::take_back(app, head, last, records, seen).await? {
                    Some(reply) => return Ok(reply),
                    None => continue,
                }
            }
        }
        let job = TakeBack { head: head.clone(), library: app.library(), record, history, command, seen };
        match app.store().work(job).await? {
            Taken::Answered(answer) => return Ok(replies::answer(app, head, *answer)),
            Taken::Behind => {}
        }
    }
    Ok(Reply::Private(render::problem::busy()))
}

/// Whether the input is handed in for the first time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    First,
    /// It counts as seen already, by an attempt that came to nothing.
    Again,
}

struct TakeBack {
    head: Head,
    library: Arc<Library>,
    record: RecordId,
    history: Vec<Told>,
    command: Option<EventId>,
    seen: Reading,
}

enum Taken {
    Answered(Box<Answer>),
    /// Something was written since the history was read.
    Behind,
}

/// So many of the newest events are asked after: a command leaves fewer.
const TOLD: usize = 200;

/// The events of which another system may have been told.
fn told(history: &[Told]) -> impl Iterator<Item = EventId> {
    let is_told = |told: &&Told| match &told.event.kind {
        EventKind::Moved(_) => true,
        EventKind::TaskOpened(task) => task.by_hook,
        _ => false,
    };
    history.iter().rev().take(TOLD).filter(is_told).map(|told| told.id)
}

/// Requests that may wait again.
fn requests(history: &[Told]) -> impl Iterator<Item = ApprovalId> {
    history.iter().filter_map(|told| match &told.event.kind {
        EventKind::ApprovalRequested(pending) => Some(pending.approval),
        _ => None,
    })
}

impl Work for TakeBack {
    type Answer = Taken;

    fn needs(&self) -> Needs {
        let inbox = match self.seen {
            Reading::First => Some((self.head.source, self.head.external_id.clone())),
            Reading::Again => None,
        };
        Needs {
            inbox,
            records: vec![self.record],
            companies: Some(Vec::new()),
            approvals: requests(&self.history).collect(),
            left: told(&self.history).map(publish::key).collect(),
            ..Needs::default()
        }
    }

    fn run(&self, batch: &mut Batch) -> Taken {
        let seen = match self.seen {
            Reading::First => self.head.open(batch),
            Reading::Again => Seen::First,
        };
        let workspace = batch.workspace(self.head.workspace);
        let row = batch.record(self.record).filter(|r| r.record.workspace == self.head.workspace).cloned();
        let answered = |playbook, outcome| Taken::Answered(Box::new(Answer { workspace, playbook, outcome }));
        let Some(row) = row else { return answered(None, Outcome::Gone) };
        let Some(playbook) = self.library.of(&row.record) else { return answered(None, Outcome::Gone) };
        if seen == Seen::Repeat {
            return answered(Some(playbook), Outcome::Repeat { row: Some(Box::new(row)) });
        }
        if self.history.last().map(|told| told.id) != row.record.last_event {
            return Taken::Behind;
        }
        let ground = Ground::of(batch, row.record.workspace, playbook.clone());
        let env = ground.env(row.record.team);
        let contact = row.chat.personal_before.as_ref().map(|p| (p.command, p.contact.clone()));
        let published = told(&self.history).filter(|id| batch.has_left(&publish::key(*id))).collect();
        let undo = Undo { history: self.history.clone(), command: self.command, contact, published };
        let command = Command::Undo(Box::new(undo));
        let outcome = match decide::decide(&row.record, &self.head.actor(), &command, &env) {
            Ok(decision) => change::done(batch, &env, Some(row), decision),
            Err(rejection) => {
                if rejection == Rejection::NotUndone(NotUndone::Untold) {
                    tracing::error!(record = %row.record.handle, "its history does not give its row");
                }
                Outcome::Refused { row: Some(Box::new(row)), rejection }
            }
        };
        answered(Some(playbook), outcome)
    }
}
