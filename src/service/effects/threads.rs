//! The thread on a card: when it opens, and a line for each event (ruling 20).

use super::super::said::Said;
use super::Work;
use crate::chat::message::Message;
use crate::chat::render::{self, Ctx};
use crate::domain::decision::Env;
use crate::domain::event::{Event, EventKind};
use crate::domain::ids::EventId;
use crate::store::Batch;
use crate::store::outbox::{Fact, Place, Priority};
use crate::store::row::Row;

/// Whether the thread was open before, opens now, or stays closed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Thread {
    Closed,
    Opens,
    Open,
}

impl Work<'_, '_> {
    /// Whether these events open the thread (ruling 20).
    pub(super) fn thread(&mut self, events: &[Event]) -> Thread {
        if self.chat.card.is_none() {
            return Thread::Closed;
        }
        if self.chat.threaded {
            return Thread::Open;
        }
        let alerted = self.chat.alerts.iter().any(|o| o.opened_at == self.env.now && o.person.is_none());
        if alerted || events.iter().any(opens_thread) {
            self.chat.threaded = true;
            return Thread::Opens;
        }
        Thread::Closed
    }
}

/// A human's note, or a request.
fn opens_thread(event: &Event) -> bool {
    match &event.kind {
        EventKind::Logged { note, .. } => event.by.is_some() && note.is_some(),
        EventKind::Moved(moved) => event.by.is_some() && moved.note.is_some(),
        EventKind::ApprovalRequested(_) => true,
        EventKind::Created(_)
        | EventKind::Edited { .. }
        | EventKind::Filled { .. }
        | EventKind::Assigned { .. }
        | EventKind::Planned { .. }
        | EventKind::StepsReached { .. }
        | EventKind::Delivered { .. }
        | EventKind::NextActionTold
        | EventKind::ApprovalChased { .. }
        | EventKind::ApprovalRejected { .. }
        | EventKind::ApprovalWithdrawn { .. }
        | EventKind::Suggested { .. }
        | EventKind::Dismissed { .. }
        | EventKind::Made { .. }
        | EventKind::Answered { .. }
        | EventKind::TaskOpened(_)
        | EventKind::TaskClosed { .. }
        | EventKind::TasksTold { .. }
        | EventKind::Flagged { .. }
        | EventKind::SubStatus { .. }
        | EventKind::Sequences { .. }
        | EventKind::Credited(_)
        | EventKind::CrmNote { .. }
        | EventKind::Snoozed { .. }
        | EventKind::Merged { .. }
        | EventKind::Absorbed(_)
        | EventKind::Erased
        | EventKind::OwedChased
        | EventKind::Upgraded(_)
        | EventKind::Undone(_) => false,
    }
}

/// One line per event, and one of what was before when the thread opens.
pub(super) fn lines(
    batch: &mut Batch,
    env: &Env<'_>,
    row: &Row,
    first: Option<i64>,
    thread: Thread,
    events: &[Event],
) {
    let (Some(card), Some(first)) = (row.chat.card, first) else { return };
    let Env { playbook, workspace, now, team, .. } = *env;
    let ctx = Ctx { playbook, workspace, now, zone: team.calendar.zone };
    let line = |dedup_key: String, said: Said| Fact {
        workspace: row.record.workspace,
        dedup_key,
        place: Place::ThreadOf(card),
        priority: Priority::Last,
        due_at: env.now,
        body: said.to_body(),
    };
    match thread {
        Thread::Closed => return,
        Thread::Open => {}
        Thread::Opens => {
            let before = Said::Before { record: row.record.id, event: EventId(first) };
            batch.say(line(format!("thread:{}:before", row.record.id), before));
        }
    }
    for (id, event) in (first..).zip(events) {
        if let Some(text) = render::history::thread_line(&ctx, &row.record, event) {
            batch.say(line(format!("thread:{id}"), Said::openly(Message::line(text))));
        }
    }
}
