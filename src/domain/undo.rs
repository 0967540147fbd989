//! Undo (X4, ruling 12): what a person may take back, and what the record was before.
//!
//! It is a compensating event, not a deletion: the history keeps both, and [`Undone`] carries the record as it is
//! afterwards, so that folding an event stays total and a replay gives the row (R5). What is taken back is the person's
//! last *command* with all that it cascaded; the store groups a command's events by the id of the first.
//!
//! Anything that happened since refuses it, but for what a clock merely *said* ([`is_speech`]): that somebody was
//! reminded is no work that an undo could destroy, and what was said stays said ([`keep_said`]), so that a due time
//! which comes back fires once.
//!
//! Personal fields are not in the history (ruling 15); what they were before comes from beside it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::activity::Activity;
use super::event::{Cause, Event, EventKind, TaskEnd};
use super::evolve;
use super::field::Contact;
use super::ids::{ApprovalId, EventId, FieldId, PersonId, RuleId, StageId, StatusId};
use super::playbook::Class;
use super::record::{ClockRun, Record};

/// An event as the store tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Its id.
    pub id: EventId,
    /// The command that it belongs to, by the id of that command's first event; `None`: written before commands were
    /// kept.
    pub command: Option<EventId>,
    /// What happened.
    pub event: Event,
}

/// What an undo is decided from.
#[derive(Debug, Clone, PartialEq)]
pub struct Undo {
    /// The record's whole history, the oldest first.
    pub history: Vec<Told>,
    /// The command that is meant; `None`: the person's last one.
    pub command: Option<EventId>,
    /// The personal fields as they were before a command, where one changed them.
    pub contact: Option<(EventId, Contact)>,
    /// Those of its events that were told to another system, which no undo reaches.
    pub published: Vec<EventId>,
}

/// A command was taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Undone {
    /// Which.
    pub command: EventId,
    /// How many events it had left.
    pub events: u32,
    /// What of it, in its order.
    pub undid: Vec<Did>,
    /// The class of the status that the record is in again.
    pub class: Class,
    /// The record as it is afterwards; nothing personal.
    pub restored: Record,
}

/// One thing that was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Did {
    /// A change of status.
    Moved {
        /// From here …
        from: StatusId,
        /// … to there.
        to: StatusId,
        /// Which entry of it that was, where it is numbered (B7).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nth: Option<u32>,
        /// The rule that had made it: it counts against the rule (X5).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rule: Option<RuleId>,
    },
    /// A change of stage alone.
    Staged {
        /// To this one.
        to: Option<StageId>,
    },
    /// An activity.
    Logged {
        /// Which.
        activity: Activity,
    },
    /// Changes of fields.
    Edited {
        /// Which.
        fields: Vec<FieldId>,
    },
    /// A change of owner.
    Assigned {
        /// From whom …
        from: Option<PersonId>,
        /// … to whom.
        to: Option<PersonId>,
    },
    /// A plan.
    Planned,
    /// A request for approval: it is withdrawn.
    Asked {
        /// What had been asked for.
        to: StatusId,
    },
    /// The end of a request: it waits again.
    Withdrew,
    /// A snooze.
    Snoozed,
    /// An answer to what a clock had asked (E7).
    Answered,
    /// A task that was done.
    TaskDone {
        /// What it was.
        label: String,
    },
    /// A suggestion that was dismissed.
    Dismissed,
}

/// Why something is not undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotUndone {
    /// The person has done nothing here that could be taken back.
    Nothing,
    /// It made the record.
    Creation,
    /// It joined two records, or erased one (ruling 15).
    ForGood,
    /// The window is over.
    Late {
        /// When it was done.
        at: DateTime<Utc>,
        /// How many minutes there are.
        minutes: u32,
    },
    /// Their last change was an undo: it is not undone in turn.
    AlreadyUndone,
    /// The person has changed it again since.
    Newer,
    /// Something happened since.
    ChangedSince {
        /// Who did it; `None`: a rule, a clock or an integration.
        by: Option<PersonId>,
        /// When.
        at: DateTime<Utc>,
    },
    /// Another system was told of it.
    Published,
    /// A manager has decided.
    Decided {
        /// Who.
        by: Option<PersonId>,
    },
    /// The record never changes again (D10).
    Locked {
        /// Its status.
        status: StatusId,
    },
    /// The history does not tell what the record was before.
    Untold,
}

/// The record that a history gives; `None`: it does not begin with a creation.
pub fn replay(history: &[Told], contact: Contact) -> Option<Record> {
    let (first, rest) = history.split_first()?;
    let EventKind::Created(created) = &first.event.kind else { return None };
    let mut record = evolve::create(created, &first.event, contact);
    for told in rest {
        evolve::apply(&mut record, &told.event);
    }
    Some(record)
}

/// A history without what was undone, as if it had never been, for whoever lives through it once more. What clocks said
/// in between stays where it is about what came back.
pub fn straightened(events: Vec<Event>) -> Vec<Event> {
    let mut straight: Vec<Event> = Vec::with_capacity(events.len());
    for event in events {
        let EventKind::Undone(undone) = &event.kind else {
            straight.push(event);
            continue;
        };
        // A request that was taken back with it was withdrawn first.
        if undone.undid.iter().any(|did| matches!(did, Did::Asked { .. })) {
            straight.pop();
        }
        let mut said = Vec::new();
        while let Some(speech) = straight.pop_if(|event| is_speech(event)) {
            if stays_said(&speech, &undone.restored) {
                said.push(speech);
            }
        }
        let left = straight.len().saturating_sub(undone.events as usize);
        straight.truncate(left);
        straight.extend(said.into_iter().rev());
    }
    straight
}

/// Whether what a clock said is about something that came back; see [`keep_said`].
fn stays_said(event: &Event, restored: &Record) -> bool {
    let came_back = |run: &ClockRun| {
        restored.run(&run.clock).is_some_and(|back| {
            back.end.is_none() && back.started_at == run.started_at && back.fired >= run.fired
        })
    };
    match speech(&event.kind) {
        Some(Speech::Clocks) => event.clocks.iter().all(came_back),
        Some(Speech::NextAction) => restored.next.as_ref().is_some_and(|next| next.told),
        Some(Speech::Owed) => restored.owes_chased,
        Some(Speech::Request(approval)) => {
            restored.pending.as_ref().is_some_and(|pending| pending.approval == approval)
        }
        Some(Speech::Tasks(tasks)) => tasks.iter().all(|id| restored.task(*id).is_some_and(|task| task.told)),
        None => false,
    }
}

/// Whether an event only says that somebody was told something: it changes nothing that a person did.
pub fn is_speech(event: &Event) -> bool {
    event.by.is_none() && speech(&event.kind).is_some()
}

/// What somebody was told of.
enum Speech<'a> {
    Clocks,
    NextAction,
    Owed,
    Request(ApprovalId),
    Tasks(&'a [u32]),
}

/// What an event says, where it says something and does nothing.
fn speech(kind: &EventKind) -> Option<Speech<'_>> {
    match kind {
        EventKind::StepsReached { .. } | EventKind::Delivered { .. } => Some(Speech::Clocks),
        EventKind::NextActionTold => Some(Speech::NextAction),
        EventKind::OwedChased => Some(Speech::Owed),
        EventKind::ApprovalChased { approval, .. } => Some(Speech::Request(*approval)),
        EventKind::TasksTold { tasks } => Some(Speech::Tasks(tasks)),
        EventKind::Dismissed { .. }
        | EventKind::Made { .. }
        | EventKind::Answered { .. }
        | EventKind::TaskOpened(_)
        | EventKind::TaskClosed { .. }
        | EventKind::Flagged { .. }
        | EventKind::SubStatus { .. }
        | EventKind::Sequences { .. }
        | EventKind::Credited(_)
        | EventKind::CrmNote { .. }
        | EventKind::Created(_)
        | EventKind::Moved(_)
        | EventKind::Logged { .. }
        | EventKind::Edited { .. }
        | EventKind::Filled { .. }
        | EventKind::Assigned { .. }
        | EventKind::Planned { .. }
        | EventKind::ApprovalRequested(_)
        | EventKind::ApprovalRejected { .. }
        | EventKind::ApprovalWithdrawn { .. }
        | EventKind::Suggested { .. }
        | EventKind::Snoozed { .. }
        | EventKind::Merged { .. }
        | EventKind::Absorbed(_)
        | EventKind::Erased
        | EventKind::Undone(_)
        | EventKind::Upgraded(_) => None,
    }
}

/// Whether a manager decided a request with it.
pub fn is_decision(event: &Event) -> bool {
    match &event.kind {
        EventKind::Moved(moved) => matches!(moved.cause, Cause::Approval { .. }),
        EventKind::ApprovalRejected { .. } => true,
        EventKind::TasksTold { .. }
        | EventKind::Dismissed { .. }
        | EventKind::Made { .. }
        | EventKind::Answered { .. }
        | EventKind::TaskOpened(_)
        | EventKind::TaskClosed { .. }
        | EventKind::Flagged { .. }
        | EventKind::SubStatus { .. }
        | EventKind::Sequences { .. }
        | EventKind::Credited(_)
        | EventKind::CrmNote { .. }
        | EventKind::Created(_)
        | EventKind::Logged { .. }
        | EventKind::Edited { .. }
        | EventKind::Filled { .. }
        | EventKind::Assigned { .. }
        | EventKind::Planned { .. }
        | EventKind::StepsReached { .. }
        | EventKind::Delivered { .. }
        | EventKind::NextActionTold
        | EventKind::ApprovalRequested(_)
        | EventKind::ApprovalChased { .. }
        | EventKind::ApprovalWithdrawn { .. }
        | EventKind::Suggested { .. }
        | EventKind::Snoozed { .. }
        | EventKind::OwedChased
        | EventKind::Merged { .. }
        | EventKind::Absorbed(_)
        | EventKind::Erased
        | EventKind::Undone(_)
        | EventKind::Upgraded(_) => false,
    }
}

/// What a command's events amount to, for people and for the rules that are counted (X5).
pub fn did<'a>(events: impl IntoIterator<Item = &'a Event>) -> Vec<Did> {
    let mut all = Vec::new();
    for event in events {
        match &event.kind {
            EventKind::Moved(moved) if !moved.enters() => {
                all.push(Did::Staged { to: moved.to_stage.clone() });
            }
            EventKind::Moved(moved) => {
                let rule = match &moved.cause {
                    Cause::Rule(rule) => Some(rule.clone()),
                    Cause::Chosen
                    | Cause::Demotion
                    | Cause::Clock(_)
                    | Cause::Imported
                    | Cause::Approval { .. } => None,
                };
                let (from, to) = (moved.from.clone(), moved.to.clone());
                all.push(Did::Moved { from, to, nth: moved.nth, rule });
            }
            EventKind::Logged { activity, .. } => all.push(Did::Logged { activity: *activity }),
            EventKind::Edited { field, .. } => add_fields(&mut all, std::iter::once(field)),
            EventKind::Filled { data, .. } => add_fields(&mut all, data.keys()),
            EventKind::Assigned { from, to, .. } => all.push(Did::Assigned { from: *from, to: *to }),
            EventKind::Planned { .. } => all.push(Did::Planned),
            EventKind::ApprovalRequested(pending) => all.push(Did::Asked { to: pending.to.clone() }),
            EventKind::ApprovalWithdrawn { .. } => all.push(Did::Withdrew),
            EventKind::Snoozed { .. } => all.push(Did::Snoozed),
            EventKind::TaskClosed {
                label, end: TaskEnd::Kept | TaskEnd::Moves | TaskEnd::Confirmed, ..
            } => {
                all.push(Did::TaskDone { label: label.clone() });
            }
            EventKind::Dismissed { .. } => all.push(Did::Dismissed),
            EventKind::Answered { .. } => all.push(Did::Answered),
            EventKind::TaskClosed { .. }
            | EventKind::Made { .. }
            | EventKind::TasksTold { .. }
            | EventKind::TaskOpened(_)
            | EventKind::Flagged { .. }
            | EventKind::SubStatus { .. }
            | EventKind::Sequences { .. }
            | EventKind::Credited(_)
            | EventKind::CrmNote { .. }
            | EventKind::Created(_)
            | EventKind::StepsReached { .. }
            | EventKind::Delivered { .. }
            | EventKind::NextActionTold
            | EventKind::ApprovalChased { .. }
            | EventKind::ApprovalRejected { .. }
            | EventKind::Suggested { .. }
            | EventKind::OwedChased
            | EventKind::Merged { .. }
            | EventKind::Absorbed(_)
            | EventKind::Erased
            | EventKind::Undone(_)
            | EventKind::Upgraded(_) => {}
        }
    }
    all
}

fn add_fields<'a>(all: &mut Vec<Did>, new: impl Iterator<Item = &'a FieldId>) {
    let new: Vec<_> = new.cloned().collect();
    if new.is_empty() {
        return;
    }
    if let Some(Did::Edited { fields }) = all.last_mut() {
        fields.extend(new);
    } else {
        all.push(Did::Edited { fields: new });
    }
}

/// What clocks said since the command stays said, where what they spoke of comes back: no step is done twice.
pub fn keep_said(restored: &mut Record, now: &Record) {
    for task in &mut restored.tasks {
        task.told |= now.task(task.id).is_some_and(|told| told.told);
    }
    for run in restored.clocks.iter_mut().filter(|run| run.end.is_none()) {
        let Some(spoken) = now.run(&run.clock).filter(|spoken| spoken.end.is_none()) else { continue };
        let same = run.credit_ms == spoken.credit_ms
            && run.credit_business_ms == spoken.credit_business_ms
            && run.extended == spoken.extended
            && run.started_at.is_none_or(|at| spoken.started_at == Some(at));
        if same {
            run.clone_from(spoken);
        }
    }
    if let (Some(next), Some(now)) = (&mut restored.next, &now.next)
        && (&next.action, next.due) == (&now.action, now.due)
    {
        next.told = now.told;
    }
    if restored.owes_since == now.owes_since && restored.owes == now.owes {
        restored.owes_chased = now.owes_chased;
    }
    if let (Some(pending), Some(now)) = (&mut restored.pending, &now.pending)
        && pending.approval == now.approval
    {
        pending.steps = now.steps;
    }
}
