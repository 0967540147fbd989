//! What a status sets off and what shows that something is wrong in it, as a playbook declares them (D16, D28–D33):
//! tasks, prepared messages, sequences, flags.

use super::super::activity::{Activity, ActivityKind};
use super::super::ids::{FieldId, RouteId, RuleId, StageId, StatusId};
use super::super::span::Span;
use super::Audience;

/// What entering a status sets off, beside its clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnEntry {
    /// Tells someone.
    Notify(Audience),
    /// Hands the record over (D34–D37).
    Route(RouteId),
    /// Opens a task for the owner (D28).
    Task(TaskSpec),
    /// Puts the record into a sequence of messages (D5, D11).
    Start(String),
    /// Takes it out of sequences (D32).
    Leave(Leave),
    /// Gives points to whoever owns it and to its company, as long as it stays (A3).
    Points(u32),
    /// Writes a note on the company in the CRM (A2–A5), with fields of the record in it.
    CrmNote {
        /// Its title.
        title: Option<String>,
        /// Its text, with `{name}`, `{company}`, `{owner}`, `{note}`, `{reason}` and `{<field>}` in it.
        text: String,
    },
}

/// What is logged with a note is written on the company in the CRM as well (A6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrmLog {
    /// Which activities.
    pub of: Vec<DoneBy>,
    /// The title of the note.
    pub title: Option<String>,
    /// Its text, with `{activity}` in it and whatever [`OnEntry::CrmNote`] may have.
    pub text: String,
}

/// Which sequences a record leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leave {
    /// Whatever it is in.
    All,
    /// These.
    These(Vec<String>),
}

/// A task that a status opens. Its label is its name within the status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskSpec {
    /// What is to be done.
    pub label: String,
    /// How long after the entry it is due.
    pub within: Span,
    /// Opened again each time it is done, due so long after; `None`: once.
    pub every: Option<Span>,
    /// Due on the date in this field, where it is known, whatever the span says (A5).
    pub due_on: Option<FieldId>,
    /// The status that is true once it is done, where whoever did it says nothing else (A5).
    pub then: Option<StatusId>,
    /// What closes it by itself.
    pub done_by: Vec<DoneBy>,
    /// A message for the owner to send (D30), with `{name}`, `{company}`, `{owner}`, `{link}` in it.
    pub prepare: Option<String>,
    /// The activity that is logged when the owner says that the prepared message is sent.
    pub logs: Activity,
    /// The fields of a draft that the owner confirms (D31); complete, the task is done.
    pub confirms: Vec<FieldId>,
}

impl TaskSpec {
    /// Whether the prepared message names the page where customers book a meeting.
    pub fn names_link(&self) -> bool {
        self.prepare.as_ref().is_some_and(|text| text.contains("{link}"))
    }
}

/// Activities by kind or one by one: what closes a task by itself, what the CRM is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoneBy {
    /// This activity.
    Activity(Activity),
    /// Any activity of this kind.
    Kind(ActivityKind),
}

impl DoneBy {
    /// Whether an activity does it.
    pub fn is(self, activity: Activity) -> bool {
        match self {
            Self::Activity(one) => one == activity,
            Self::Kind(kind) => activity.kind() == kind,
        }
    }
}

/// What shows that something is wrong with a record in its status (D4–D13). Raised once for each stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Its id; unique among the flags and rules of the playbook.
    pub id: RuleId,
    /// What is wrong, in a few words.
    pub says: String,
    /// What to do about it.
    pub what_to_do: String,
    /// When it is raised.
    pub when: FlagWhen,
    /// Never raised at these stages.
    pub unless_stage: Vec<StageId>,
    /// Statuses that are offered to the owner when it is raised, once.
    pub propose: Vec<StatusId>,
}

/// When a flag is raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlagWhen {
    /// So long in the status, whatever was done meanwhile (ruling 8).
    After(Span),
    /// More touches than this since the status was entered (D5).
    AttemptsOver(u32),
    /// The date in a field is past, by so much where a span is given.
    Past(FieldId, Option<Span>),
}

/// What shows that something is wrong with all the records of a status together (D8, D9, D13): too large or too small a
/// share of them goes where they are counted. It stands in the team's digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareFlag {
    /// Its id; unique among the flags and rules of the playbook.
    pub id: RuleId,
    /// What is wrong, in a few words.
    pub says: String,
    /// What to do about it.
    pub what_to_do: String,
    /// Of which records.
    pub of: ShareOf,
    /// Those of them that went to one of these are the share.
    pub to: Vec<StatusId>,
    /// From where on it is raised.
    pub bound: Bound,
    /// What happened within so many days counts.
    pub days: u32,
    /// Never of fewer records than these.
    pub at_least: u32,
}

/// Of which records a share is counted. Each record counts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareOf {
    /// Of those that entered the status and are decided by now: in no open status any more.
    Entered,
    /// Of those that left it: by where they went the last time.
    Left,
    /// Of those that left the open statuses, wherever they stood: by where they went the last time.
    Decided,
}

/// From where on a share is wrong, in per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Below it.
    Under(u32),
    /// Above it.
    Over(u32),
}

impl Bound {
    /// Whether so many of so many are wrong.
    pub fn is_crossed(self, part: u64, whole: u64) -> bool {
        match self {
            Self::Under(per_cent) => part * 100 < u64::from(per_cent) * whole,
            Self::Over(per_cent) => part * 100 > u64::from(per_cent) * whole,
        }
    }
}

/// Statuses that are offered to people beyond the pickers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offers {
    /// When the `offer_after` of the reason with which the status was entered is over (ruling 9).
    pub later: Vec<StatusId>,
    /// With the answer of the move into the status, where they have ever talked with us (D32).
    pub after_talk: Vec<StatusId>,
}
