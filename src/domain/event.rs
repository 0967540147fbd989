//! What happened to a record: the history, append-only. A transition is always one event.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::activity::Activity;
use super::field::{Data, FieldValue, builtin, is_free_text};
use super::ids::{
    ApprovalId, ChannelId, ClockId, FieldId, PersonId, PlaybookId, ReasonId, RecordId, RecordRef, RouteId,
    RuleId, StageId, StatusId, TeamId, WorkspaceId,
};
use super::money::Money;
use super::playbook::Class;
use super::record::{ClockRun, Credit, OpenTask, PastOwner, Pending};
use super::undo::Undone;

/// One event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When it was recorded.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub at: DateTime<Utc>,
    /// Who did it; `None`: a rule, a clock or an integration did.
    pub by: Option<PersonId>,
    /// By which of the four ways (D20).
    pub source: Source,
    /// What.
    pub kind: EventKind,
    /// The clocks that this event started, moved on or ended, as they are after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clocks: Vec<ClockRun>,
}

/// The four ways in which a record changes (D20).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A person.
    Manual,
    /// An automatic rule.
    Rule,
    /// A clock.
    Time,
    /// Another system.
    Integration,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The record came to be.
    Created(Box<Created>),
    /// Its status, its stage, or both changed: a transition.
    Moved(Box<Moved>),
    /// An activity was logged.
    Logged {
        /// Which.
        activity: Activity,
        /// When it took place; earlier than the event's own time where it was reported late (ruling 6).
        #[serde(with = "chrono::serde::ts_milliseconds")]
        happened_at: DateTime<Utc>,
        /// It is older than the last status change, so it is history only (ruling 6).
        history_only: bool,
        /// The outcome that the rep reported.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
        /// What the rep wrote.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// A touch of another kind that leaves the row of unanswered calls as it is (ruling 14); earlier versions began the
        /// row anew with it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        row_goes_on: bool,
    },
    /// A field was changed. A personal field's values stay out of the history (ruling 15).
    Edited {
        /// Which.
        field: FieldId,
        /// What it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        old: Option<FieldValue>,
        /// What it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        new: Option<FieldValue>,
    },
    /// Owed data was filled in (ruling 1).
    Filled {
        /// What was given.
        data: Data,
        /// What is still owed.
        owes: Vec<FieldId>,
    },
    /// The owner changed.
    Assigned {
        /// From whom.
        from: Option<PersonId>,
        /// To whom.
        to: Option<PersonId>,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
        /// How the new owner was found; `None`: somebody named or took it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        how: Option<HandOver>,
    },
    /// The next action was planned.
    Planned {
        /// What.
        action: String,
        /// When.
        due: Option<DateTime<Utc>>,
    },
    /// Steps of clocks were reached; [`Event::clocks`] has the runs.
    StepsReached {
        /// Each clock with the step that was done: the highest due one (ruling 8).
        steps: Vec<(ClockId, u32)>,
    },
    /// The alert of a clock was delivered; the clock starts (ruling 8).
    Delivered {
        /// Which.
        clock: ClockId,
    },
    /// Somebody answered what a clock had asked (E7).
    Answered {
        /// Which clock.
        clock: ClockId,
        /// The question, in the playbook's words.
        question: String,
        /// The answer, in the playbook's words.
        answer: String,
    },
    /// The owner was told that the planned action is due.
    NextActionTold,
    /// A move waits for a manager.
    ApprovalRequested(Box<Pending>),
    /// A step of the approval's own ladder: 1 reminded, 2 escalated.
    ApprovalChased {
        /// Which.
        approval: ApprovalId,
        /// How far.
        steps: u32,
    },
    /// The manager said no. (Yes is a [`EventKind::Moved`] whose cause is the approval.)
    ApprovalRejected {
        /// Which.
        approval: ApprovalId,
        /// Why.
        reason: String,
    },
    /// The request ended without a decision.
    ApprovalWithdrawn {
        /// Which.
        approval: ApprovalId,
        /// Why.
        why: Withdrawal,
    },
    /// A rule proposes a move (ruling 10).
    Suggested {
        /// Which.
        rule: RuleId,
        /// What it proposes.
        to: Vec<StatusId>,
        /// Why, in the playbook's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<String>,
    },
    /// Somebody does not want what was suggested.
    Dismissed {
        /// By which rule or flag it was.
        rule: RuleId,
    },
    /// There is something to do (D28).
    TaskOpened(OpenTask),
    /// It is done, or no longer to be done.
    TaskClosed {
        /// Which.
        task: u32,
        /// What it was.
        label: String,
        /// Why it is closed.
        end: TaskEnd,
        /// What came of it, as the person put it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
    },
    /// The owner was told that tasks are due, or a clock has said it already.
    TasksTold {
        /// Which.
        tasks: Vec<u32>,
    },
    /// Something is wrong (D4–D13).
    Flagged {
        /// The flag.
        flag: RuleId,
    },
    /// An activity made the sub-status known (D16).
    SubStatus {
        /// The field that holds it.
        field: FieldId,
        /// The option.
        to: String,
    },
    /// The record entered and left sequences of messages (D5, D11, D32).
    Sequences {
        /// Entered.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        started: Vec<String>,
        /// Left.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left: Vec<String>,
    },
    /// Points were given for the status that it entered (A3).
    Credited(Credit),
    /// A note for the CRM (A2–A5).
    CrmNote {
        /// Its title.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// What it says.
        text: String,
        /// It corrects an earlier one, of what was taken back (ruling 12).
        #[serde(default)]
        corrects: bool,
    },
    /// Posts are silent until then.
    Snoozed {
        /// Until when.
        #[serde(with = "chrono::serde::ts_milliseconds")]
        until: DateTime<Utc>,
    },
    /// The owner was reminded of owed data.
    OwedChased,
    /// It went into another record (ruling 15).
    Merged {
        /// Which.
        into: RecordId,
        /// What people call that one.
        handle: RecordRef,
    },
    /// Another record went into it.
    Absorbed(Box<Absorbed>),
    /// The personal data was blanked (ruling 15); free text is gone from the history as well.
    Erased,
    /// It lives under a newer version of its playbook from here on (D15).
    Upgraded(Box<Upgraded>),
    /// A person took their last command back (X4).
    Undone(Box<Undone>),
    /// Another record was made of this one (ruling 13).
    Made {
        /// It.
        record: RecordId,
        /// What people call it.
        handle: RecordRef,
    },
}

/// What a merged record leaves to the one that it went into.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Absorbed {
    /// Which.
    pub from: RecordId,
    /// What people called it.
    pub handle: RecordRef,
    /// It, and those that had gone into it before.
    pub records: Vec<RecordId>,
    /// Its value: taken over where there was none, else one that gates look back on (X3).
    pub value: Option<Money>,
    /// Its earlier values.
    pub past_values: Vec<Money>,
    /// Its source, taken over where there was none.
    pub source: Option<String>,
    /// Its other data, where there was none; nothing personal.
    pub data: Data,
    /// Its last touch.
    pub touch: Option<(Activity, DateTime<Utc>)>,
    /// Its last two-way activity.
    pub two_way: Option<(Activity, DateTime<Utc>)>,
    /// Who owned it before.
    pub owners: Vec<PastOwner>,
    /// Who owned it.
    pub owner: Option<PersonId>,
    /// Who may not own it again.
    pub barred: BTreeSet<PersonId>,
    /// Every status that it had been in.
    pub been: BTreeSet<StatusId>,
    /// How often it was parked.
    pub parked: u32,
}

impl Event {
    /// Takes out whatever somebody wrote in their own words: what is left says what happened, when and by whom, and
    /// replays to the same record once [`EventKind::Erased`] has happened.
    pub fn blank(&mut self) {
        let plain = |data: &mut Data| data.retain(|_, value| !is_free_text(value));
        match &mut self.kind {
            EventKind::Created(created) => plain(&mut created.data),
            EventKind::Moved(moved) => {
                moved.note = None;
                plain(&mut moved.data);
            }
            EventKind::Logged { note, .. } => *note = None,
            EventKind::Edited { field, old, new } => {
                // The source is a word by which reports count, and stays.
                for value in [old, new].into_iter().filter(|_| field.as_str() != builtin::SOURCE) {
                    if value.as_ref().is_some_and(is_free_text) {
                        *value = None;
                    }
                }
            }
            EventKind::Filled { data, .. } => plain(data),
            EventKind::Assigned { why, .. } => *why = None,
            EventKind::Planned { action, .. } => action.clear(),
            EventKind::CrmNote { text, .. } => text.clear(),
            EventKind::ApprovalRequested(pending) => plain(&mut pending.data),
            EventKind::ApprovalRejected { reason, .. } => reason.clear(),
            EventKind::Absorbed(absorbed) => plain(&mut absorbed.data),
            EventKind::TaskClosed { outcome, .. } => *outcome = None,
            EventKind::Undone(undone) => {
                let restored = &mut undone.restored;
                plain(&mut restored.data);
                restored.contact = Default::default();
                if let Some(given) = &mut restored.given {
                    given.why = None;
                }
                if let Some(next) = &mut restored.next {
                    next.action.clear();
                }
                if let Some(pending) = &mut restored.pending {
                    plain(&mut pending.data);
                }
            }
            EventKind::StepsReached { .. }
            | EventKind::Delivered { .. }
            | EventKind::NextActionTold
            | EventKind::ApprovalChased { .. }
            | EventKind::ApprovalWithdrawn { .. }
            | EventKind::Suggested { .. }
            | EventKind::Dismissed { .. }
            | EventKind::Made { .. }
            | EventKind::Answered { .. }
            | EventKind::TaskOpened(_)
            | EventKind::TasksTold { .. }
            | EventKind::Flagged { .. }
            | EventKind::SubStatus { .. }
            | EventKind::Sequences { .. }
            | EventKind::Credited(_)
            | EventKind::Snoozed { .. }
            | EventKind::OwedChased
            | EventKind::Merged { .. }
            | EventKind::Upgraded(_)
            | EventKind::Erased => {}
        }
    }
}

/// How an owner was found, other than by being named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandOver {
    /// By a route of the playbook (D34–D37).
    Routed(Routed),
    /// A team-mate took it before its clock was breached (X7).
    Rescued {
        /// Which clock.
        clock: ClockId,
    },
}

/// What a route found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routed {
    /// Which route.
    pub route: RouteId,
    /// Whom it found, in kind.
    pub found: Found,
    /// What set it off.
    pub because: Because,
    /// Who may not own the record from here on (ruling 9).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub barred: Vec<PersonId>,
}

/// Whom a route found, in kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// Whoever carries least for their capacity; among equals, whose turn it is.
    Turn,
    /// The owner of the company's account (D37).
    Account,
    /// Nobody is free: the managers are told.
    Nobody,
}

/// What set a route off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// The record is new.
    New,
    /// It entered a status.
    Entered,
    /// Its owner is away, and its clock runs (ruling 17).
    Away,
    /// A manager asked for it.
    Asked,
}

/// A record's beginning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Created {
    /// Its id.
    pub id: RecordId,
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its name for people.
    pub handle: RecordRef,
    /// Its playbook.
    pub playbook: PlaybookId,
    /// That playbook's version.
    pub playbook_version: u32,
    /// Its team.
    pub team: TeamId,
    /// Its channel.
    pub channel: Option<ChannelId>,
    /// Its owner.
    pub owner: Option<PersonId>,
    /// How the owner was found; `None`: whoever made it named one, or keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routed: Option<Routed>,
    /// Its first status.
    pub status: StatusId,
    /// That status's class.
    pub class: Class,
    /// Its first stage.
    pub stage: Option<StageId>,
    /// Its value.
    pub value: Option<Money>,
    /// Its source.
    pub source: Option<String>,
    /// Its other data; nothing personal.
    pub data: Data,
    /// The record that it was made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<(RecordId, RecordRef)>,
}

/// A change of the rules that a record lives under. No transition: whatever has another name now is what it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Upgraded {
    /// The version before.
    pub from_version: u32,
    /// The version after.
    pub to_version: u32,
    /// The status before.
    pub from: StatusId,
    /// The status after: the same, or its successor.
    pub to: StatusId,
    /// The stage before.
    pub from_stage: Option<StageId>,
    /// The stage after.
    pub to_stage: Option<StageId>,
    /// The class of the status after.
    pub class: Class,
    /// Every status that it has been in and that has a successor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub renamed: Vec<(StatusId, StatusId)>,
    /// What is still owed: what the new rules ask for no more is owed no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owes: Vec<FieldId>,
    /// What a request that waits is for now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<(StatusId, Option<StageId>)>,
    /// What the new rules make due at once waits until then (X2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<DateTime<Utc>>,
}

/// A transition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// The status before.
    pub from: StatusId,
    /// The status after; the same where only the stage changed, or a numbered status was entered again.
    pub to: StatusId,
    /// The stage before.
    pub from_stage: Option<StageId>,
    /// The stage after.
    pub to_stage: Option<StageId>,
    /// The class of the status after.
    pub class: Class,
    /// Why it happened.
    pub cause: Cause,
    /// The reason from the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonId>,
    /// The note, or a demotion's free reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The other data that the move brought; nothing personal.
    #[serde(default, skip_serializing_if = "Data::is_empty")]
    pub data: Data,
    /// Required data that it did not bring (automatic moves only; ruling 1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owes: Vec<FieldId>,
    /// The rule whose move it overrides (D27).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overrides: Option<RuleId>,
    /// Milliseconds spent in the status before, or since it was last entered; 0 where only the stage changed.
    pub stayed_ms: i64,
    /// Touches that belong to the status after from the start: the one that set off the move is its first attempt (D5).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub attempts: u32,
    /// Which entry of the status after it is, from 1, where that status is numbered (B7); `None`: it is not, or only
    /// the stage changed. A numbered status may follow itself: what enters it again says so by this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth: Option<u32>,
    /// The same of the status before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_nth: Option<u32>,
    /// Statuses that it went past without entering them, where the playbook's outcomes give them an order (B10).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<StatusId>,
    /// It is taken up again, not by a touch of ours: the row of unanswered calls begins anew (ruling 14).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub row_begins: bool,
    /// Where it leads, nothing is planned next: what was planned is over (B8).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ends_plan: bool,
}

impl Moved {
    /// Whether a status was entered; `false`: only the stage changed.
    pub fn enters(&self) -> bool {
        self.from != self.to || self.nth.is_some()
    }
}

/// The form that serde asks for.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Why a transition happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Somebody chose it.
    Chosen,
    /// A manager took it back down the ladder (D67).
    Demotion,
    /// A rule.
    Rule(RuleId),
    /// A clock.
    Clock(ClockId),
    /// It happened elsewhere, and was brought along.
    Imported,
    /// A manager approved it; who had asked for it (`None`: a clock).
    Approval {
        /// Which.
        approval: ApprovalId,
        /// Who had asked.
        requested_by: Option<PersonId>,
    },
}

/// Why a task is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskEnd {
    /// A person did it and keeps the status (D70).
    Kept,
    /// A person did it and moves the record, or asks for it (D70).
    Moves,
    /// What it asked for was logged.
    Logged(Activity),
    /// What it asked for is confirmed (D31).
    Confirmed,
    /// The record left the status that had opened it.
    Left,
}

/// Why a request for approval ended without a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withdrawal {
    /// Whoever asked took it back.
    TakenBack,
    /// They replied, or a meeting took place (ruling 11).
    Replied,
    /// The record was erased (ruling 15).
    Erased,
    /// Newer rules have no place for what was asked for.
    RulesChanged,
}
