//! What happened to a record: the history, append-only. A transition is always one event.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::activity::Activity;
use super::field::{Data, FieldValue};
use super::ids::{
    ApprovalId, ChannelId, ClockId, FieldId, PersonId, PlaybookId, ReasonId, RecordId, RecordRef, RouteId,
    RuleId, StageId, StatusId, TeamId, WorkspaceId,
};
use super::money::Money;
use super::playbook::Class;
use super::record::{ClockRun, Pending};
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
    },
    /// Posts are silent until then.
    Snoozed {
        /// Until when.
        #[serde(with = "chrono::serde::ts_milliseconds")]
        until: DateTime<Utc>,
    },
    /// The owner was reminded of owed data.
    OwedChased,
    /// It lives under a newer version of its playbook from here on (D15).
    Upgraded(Box<Upgraded>),
    /// A person took their last command back (X4).
    Undone(Box<Undone>),
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
}

/// A transition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// The status before.
    pub from: StatusId,
    /// The status after; the same where only the stage changed.
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
    /// Milliseconds spent in the status before; 0 where only the stage changed.
    pub stayed_ms: i64,
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
    /// A manager approved it; who had asked for it (`None`: a clock).
    Approval {
        /// Which.
        approval: ApprovalId,
        /// Who had asked.
        requested_by: Option<PersonId>,
    },
}

/// Why a request for approval ended without a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withdrawal {
    /// Whoever asked took it back.
    TakenBack,
    /// They replied, or a meeting took place (ruling 11).
    Replied,
    /// Newer rules have no place for what was asked for.
    RulesChanged,
}
