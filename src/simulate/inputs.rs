//! What people and other systems did, read from a record's events. One command leaves several events; those that the
//! engine adds by itself (a rule's move, a clock's step, a request that a reply ended) are left out, since the engine
//! will add them again where the rules still say so.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::domain::activity::Activity;
use crate::domain::command::{Actor, Command, Completed, Report, Verdict};
use crate::domain::event::{Cause, Created, Event, EventKind, Moved, Source, Withdrawal};
use crate::domain::field::{Contact, Data, FieldValue, builtin};
use crate::domain::ids::{ClockId, FieldId, PersonId, StageId, StatusId};

/// What somebody did, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// What.
    pub did: Did,
}

/// What somebody did.
#[derive(Debug, Clone, PartialEq)]
pub enum Did {
    /// Chose a move.
    Chose(Choice),
    /// Gave a command that is taken as it is: an activity, a plan, an owner, a snooze.
    Gave(Command),
    /// Told us something: fields with their values; `None` empties one. Personal ones without a value.
    Told(Vec<(FieldId, Option<FieldValue>)>),
    /// Decided a request for this status.
    Decided(StatusId, Verdict),
    /// Took a request back.
    TookBack,
}

/// A move that somebody chose.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The status after; the same as before where only the stage changed.
    pub to: StatusId,
    /// Whether the status changed.
    pub moves_status: bool,
    /// The stage after.
    pub stage: Option<StageId>,
    /// Whether the stage changed.
    pub moves_stage: bool,
    /// What was given.
    pub data: Data,
    /// It went ahead; else it waited for a manager.
    pub went_ahead: bool,
}

/// A record's past, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Inputs<'a> {
    /// How it began, when, and by whom.
    pub created: (&'a Created, DateTime<Utc>, Actor),
    /// What was done, in order.
    pub all: Vec<Input>,
    /// When the alerts of clocks were delivered, in order.
    pub delivered: Vec<(ClockId, DateTime<Utc>)>,
    /// Personal fields that were not known at first: the history shows them as owed.
    pub learned_later: BTreeSet<FieldId>,
}

/// Reads a record's past; `None` where it does not begin with its creation, and where it was erased: the words that
/// the rules would ask for are gone.
pub fn read(events: &[Event]) -> Option<Inputs<'_>> {
    if events.iter().any(|event| matches!(event.kind, EventKind::Erased)) {
        return None;
    }
    let (first, rest) = events.split_first()?;
    let EventKind::Created(created) = &first.kind else { return None };
    let mut inputs = Inputs {
        created: (created.as_ref(), first.at, actor(first)),
        all: Vec::new(),
        delivered: Vec::new(),
        learned_later: BTreeSet::new(),
    };
    // What the playbook alone brought about stands between the events of one command, and comes again by itself.
    let rest: Vec<&Event> = rest.iter().filter(|event| !by_itself(event)).collect();
    let mut owed: Vec<FieldId> = Vec::new();
    let mut at = 0;
    while let Some(event) = rest.get(at).copied() {
        let next = rest.get(at + 1).copied().filter(|next| same_command(event, next));
        let mut took = 1;
        let mut push = |did| inputs.all.push(Input { at: event.at, actor: actor(event), did });
        match &event.kind {
            EventKind::Moved(moved) => {
                owed.clone_from(&moved.owes);
                let personal = moved.owes.iter().filter(|f| Contact::holds(f.as_str()));
                inputs.learned_later.extend(personal.cloned());
                match &moved.cause {
                    Cause::Chosen | Cause::Demotion => push(Did::Chose(chosen(moved))),
                    Cause::Approval { .. } => push(Did::Decided(moved.to.clone(), Verdict::Approve)),
                    Cause::Rule(_) | Cause::Clock(_) | Cause::Imported => {}
                }
            }
            EventKind::ApprovalRequested(pending) => {
                if event.source != Source::Time {
                    push(Did::Chose(Choice {
                        to: pending.to.clone(),
                        moves_status: true,
                        stage: pending.stage.clone(),
                        // A request keeps the stage as well; what it was before tells the one who lives through it.
                        moves_stage: true,
                        data: pending.data.clone(),
                        went_ahead: false,
                    }));
                }
            }
            EventKind::Logged { activity, happened_at, outcome, note, .. } => {
                // A contact that was reported together with a move is logged by that move.
                let with_move =
                    outcome.is_none() && note.is_none() && next.is_some_and(|next| reports(next, *activity));
                if !with_move {
                    let mut plan = None;
                    if let Some(EventKind::Planned { action, due }) = next.map(|n| &n.kind)
                        && !rest
                            .get(at + 2)
                            .is_some_and(|after| same_command(event, after) && clears(after).is_some())
                    {
                        plan = Some((action.clone(), *due));
                        took = 2;
                    }
                    let at = (*happened_at != event.at).then_some(*happened_at);
                    push(Did::Gave(Command::Complete {
                        event: Completed::Logged { activity: *activity, at, note: note.clone() },
                        // The move that it led to is chosen once more by itself.
                        report: Report { outcome: outcome.clone(), to: None, next: plan, told: true },
                        data: Data::new(),
                    }));
                }
            }
            EventKind::Edited { field, new, .. } => {
                if let Some(owes) = next.and_then(clears) {
                    owed.clone_from(owes);
                    took = 2;
                }
                push(Did::Told(vec![(field.clone(), new.clone())]));
            }
            EventKind::Filled { data, owes } => {
                let personal = owed.iter().filter(|f| !owes.contains(f) && Contact::holds(f.as_str()));
                let told = data.iter().map(|(f, v)| (f.clone(), Some(v.clone())));
                push(Did::Told(told.chain(personal.map(|f| (f.clone(), None))).collect()));
                owed.clone_from(owes);
            }
            EventKind::Planned { action, due: Some(due) } => {
                if let Some(owes) = next.and_then(clears) {
                    owed.clone_from(owes);
                    took = 2;
                }
                push(Did::Gave(Command::Plan { action: action.clone(), due: *due }));
            }
            EventKind::Assigned { to: Some(to), why, .. } => {
                push(Did::Gave(Command::Assign { to: *to, why: why.clone() }));
            }
            EventKind::Merged { into, handle } => {
                push(Did::Gave(Command::Merge { into: *into, handle: *handle }));
            }
            EventKind::Snoozed { until } => push(Did::Gave(Command::Snooze { until: *until })),
            EventKind::ApprovalRejected { reason, .. } => {
                // Which request it was, the one who lives through it knows: the last one.
                push(Did::Decided(StatusId::new(""), Verdict::Reject { reason: reason.clone() }));
            }
            EventKind::ApprovalWithdrawn { why: Withdrawal::TakenBack, .. } => push(Did::TookBack),
            EventKind::Delivered { clock } => inputs.delivered.push((clock.clone(), event.at)),
            // What a person says with a task is in the move that follows, where there is one.
            EventKind::Dismissed { .. }
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
            | EventKind::ApprovalWithdrawn { why: Withdrawal::Replied | Withdrawal::RulesChanged | Withdrawal::Erased, .. }
            // What the other one brought is not known here.
            | EventKind::Absorbed(_)
            | EventKind::Erased
            | EventKind::Assigned { to: None, .. }
            | EventKind::Planned { due: None, .. }
            | EventKind::Created(_)
            | EventKind::StepsReached { .. }
            | EventKind::NextActionTold
            | EventKind::ApprovalChased { .. }
            | EventKind::Suggested { .. }
            | EventKind::OwedChased
            // The draft takes the place of whatever rules there were.
            | EventKind::Upgraded(_)
            // What was undone is not in a history that is lived through.
            | EventKind::Undone(_) => {}
        }
        at += took;
    }
    Some(inputs)
}

fn actor(event: &Event) -> Actor {
    Actor { person: event.by, source: event.source }
}

/// Whether an event is of the tasks, flags and sequences that a status sets off.
fn by_itself(event: &Event) -> bool {
    matches!(
        event.kind,
        EventKind::TaskOpened(_)
            | EventKind::TaskClosed { .. }
            | EventKind::TasksTold { .. }
            | EventKind::Flagged { .. }
            | EventKind::SubStatus { .. }
            | EventKind::Sequences { .. }
            | EventKind::Credited(_)
            | EventKind::CrmNote { .. }
    )
}

/// Whether two events in a row may come of one command.
fn same_command(one: &Event, next: &Event) -> bool {
    one.at == next.at && one.by == next.by && one.source == next.source
}

/// What an edit or a plan adds where it gave what was owed: what is owed from then on.
fn clears(event: &Event) -> Option<&Vec<FieldId>> {
    if let EventKind::Filled { data, owes } = &event.kind
        && data.is_empty()
    {
        return Some(owes);
    }
    None
}

/// Whether a move tells of this contact in its data.
fn reports(event: &Event, activity: Activity) -> bool {
    let names_it = |data: &Data| data.values().any(|v| *v == FieldValue::Choice(activity.name().to_owned()));
    if let EventKind::Moved(moved) = &event.kind {
        return moved.cause == Cause::Chosen && names_it(&moved.data);
    }
    if let EventKind::ApprovalRequested(pending) = &event.kind {
        return names_it(&pending.data);
    }
    false
}

fn chosen(moved: &Moved) -> Choice {
    let mut data = moved.data.clone();
    if let Some(reason) = &moved.reason {
        data.insert(FieldId::from(builtin::REASON), FieldValue::Choice(reason.as_str().to_owned()));
    }
    if let Some(note) = &moved.note {
        data.insert(FieldId::from(builtin::NOTE), FieldValue::Text(note.clone()));
    }
    Choice {
        to: moved.to.clone(),
        moves_status: moved.enters(),
        stage: moved.to_stage.clone(),
        moves_stage: moved.from_stage != moved.to_stage,
        data,
        went_ahead: true,
    }
}

/// Nobody in particular: for whoever was somebody else then.
pub(super) fn nobody(source: Source) -> Actor {
    Actor { person: None::<PersonId>, source }
}
