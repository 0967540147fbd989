//! What may be asked of a record. People, buttons, bulk, import, webhooks and timers all speak in these (X1).

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::activity::Activity;
use super::event::Source;
use super::field::{Contact, Data, FieldValue};
use super::ids::{
    ApprovalId, ChannelId, ClockId, FieldId, PersonId, RecordId, RecordRef, RuleId, StageId, StatusId, TeamId,
};
use super::money::Money;
use super::playbook::Playbook;
use super::record::Record;
use super::undo::Undo;

/// Who or what asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// The person; `None`: a clock or an integration.
    pub person: Option<PersonId>,
    /// By which way.
    pub source: Source,
}

impl Actor {
    /// A person.
    pub fn person(person: PersonId) -> Self {
        Self { person: Some(person), source: Source::Manual }
    }

    /// Time itself.
    pub const TIME: Self = Self { person: None, source: Source::Time };

    /// Another system.
    pub const INTEGRATION: Self = Self { person: None, source: Source::Integration };
}

/// A new record, before it exists. Ids come from the writer.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRecord {
    /// Its row's id.
    pub id: RecordId,
    /// Its name for people.
    pub handle: RecordRef,
    /// Its team.
    pub team: TeamId,
    /// The channel in which it is created.
    pub channel: Option<ChannelId>,
    /// Who is to work on it.
    pub owner: Option<PersonId>,
    /// Name, company, e-mail, phone.
    pub contact: Contact,
    /// What it is worth.
    pub value: Option<Money>,
    /// Where it came from.
    pub source: Option<String>,
    /// Other fields.
    pub data: Data,
    /// The record that it is made of (D26f).
    pub from: Option<(RecordId, RecordRef)>,
}

/// Where a record stands in the system that it comes from; `None`: it does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Its status here.
    pub status: Option<StatusId>,
    /// Its stage here.
    pub stage: Option<StageId>,
}

/// What an import says of a record that is here already.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given {
    /// Fields with other contents than before.
    pub data: Data,
    /// Fields that are empty now.
    pub emptied: Vec<FieldId>,
    /// Its owner.
    pub owner: Option<PersonId>,
    /// Where it stands: a chosen move, where it is not there.
    pub standing: Standing,
}

/// One change of status that happened elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastStep {
    /// From where; `None`: it is not told, or this is the beginning.
    pub from: Option<StatusId>,
    /// Where to.
    pub to: StatusId,
    /// Who did it.
    pub by: Option<PersonId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What is asked of an existing record.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Change the status: a chosen move.
    Move {
        /// Where to.
        to: StatusId,
        /// What the person gave: reason, note, and any field.
        data: Data,
        /// The version on the button that was pressed; a newer record refuses it (ruling 23).
        expected: Option<u32>,
    },
    /// Promote, skip, or (managers) demote.
    SetStage {
        /// Where to.
        to: StageId,
        /// What the person gave; a demotion needs a note.
        data: Data,
    },
    /// Log an activity.
    Log {
        /// Which.
        activity: Activity,
        /// When it took place; `None`: now.
        at: Option<DateTime<Utc>>,
        /// The outcome.
        outcome: Option<String>,
        /// What the person wrote.
        note: Option<String>,
        /// What is planned next, and when.
        next: Option<(String, Option<DateTime<Utc>>)>,
    },
    /// The same, or a prepared message that was sent, with all that a playbook with outcomes asks for (B2).
    Complete {
        /// What took place.
        event: Completed,
        /// What came of it.
        report: Report,
        /// What the person gave for the move that follows: the reason, and whatever its status needs.
        data: Data,
    },
    /// Plan the next action.
    Plan {
        /// What.
        action: String,
        /// When.
        due: DateTime<Utc>,
    },
    /// Change a field; `None` empties it.
    Edit {
        /// Which.
        field: FieldId,
        /// To what.
        value: Option<FieldValue>,
    },
    /// Fill in data that is owed (ruling 1).
    Fill {
        /// What.
        data: Data,
    },
    /// Change the owner.
    Assign {
        /// To whom.
        to: PersonId,
        /// Why.
        why: Option<String>,
    },
    /// "Take it": make the actor the owner of a team-mate's record (ruling 16).
    Take,
    /// "I'll take it", before it is too late (X7).
    Rescue {
        /// Whose it was when the button was drawn.
        from: Option<PersonId>,
    },
    /// Find another owner by the playbook's route for new records: a manager hands on what an absent person left.
    Reroute,
    /// A manager decides a request.
    Decide {
        /// Which.
        approval: ApprovalId,
        /// Yes or no, with a reason.
        verdict: Verdict,
    },
    /// Whoever asked takes the request back.
    Withdraw {
        /// Which.
        approval: ApprovalId,
    },
    /// Take over what another system says of it.
    Import(Box<Given>),
    /// Bring along what happened elsewhere.
    Past {
        /// In any order.
        steps: Vec<PastStep>,
    },
    /// Silence posts until then.
    Snooze {
        /// Until when.
        until: DateTime<Utc>,
    },
    /// A task is done (D70).
    Done {
        /// Which.
        task: u32,
        /// What is true now; `None`: nobody has said, so the task stays open.
        answer: Option<StatusAnswer>,
        /// What the person gave for the move.
        data: Data,
        /// What came of it.
        outcome: Option<String>,
        /// What is planned next, and when.
        next: Option<(String, Option<DateTime<Utc>>)>,
    },
    /// The message that a task had prepared is sent (D30).
    Sent {
        /// Which task.
        task: u32,
    },
    /// The draft of a task is confirmed (D31).
    Confirm {
        /// Which task.
        task: u32,
        /// What was missing.
        data: Data,
    },
    /// What was suggested is not wanted.
    Dismiss {
        /// By which rule or flag it was.
        rule: RuleId,
    },
    /// Go into another record (ruling 15); managers.
    Merge {
        /// Which.
        into: RecordId,
        /// What people call that one.
        handle: RecordRef,
    },
    /// Take another record in; managers.
    Absorb {
        /// It.
        from: Box<Record>,
    },
    /// Blank the personal data (ruling 15); admins.
    Erase,
    /// Take the person's last command back (X4).
    Undo(Box<Undo>),
    /// Answer what a clock has asked (E7).
    Answer {
        /// Which clock.
        clock: ClockId,
        /// The answer's id.
        answer: String,
    },
    /// Another record was made of it: the two are linked, and what that sets off here happens (D26f). Follows from the
    /// making of the other one (ruling 13), never asked for by itself.
    Made {
        /// The other one.
        record: RecordId,
        /// What people call it.
        handle: RecordRef,
        /// What is known of it.
        data: Data,
    },
    /// An opportunity was made of it in another system (D26f): what that tells is taken over, and what it sets off here
    /// happens.
    MadeElsewhere {
        /// What is known of it.
        data: Data,
    },
    /// Time has passed; whatever is due, is done. Nothing due: nothing happens.
    ClockElapsed,
    /// Live under the rules at hand, which are a newer version than those that the record pins (D15).
    Upgrade {
        /// The rules until now; `None` where their text is lost.
        before: Option<Arc<Playbook>>,
        /// What becomes due at once by it waits until then (X2); `None`: it does not wait.
        turn: Option<DateTime<Utc>>,
    },
    /// The alert of a clock was delivered (ruling 8).
    Delivered {
        /// Which.
        clock: ClockId,
    },
}

/// An event that a person has completed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Completed {
    /// An activity.
    Logged {
        /// Which.
        activity: Activity,
        /// When it took place; `None`: now.
        at: Option<DateTime<Utc>>,
        /// What the person wrote.
        note: Option<String>,
    },
    /// The message that a task had prepared is sent (D30).
    Sent {
        /// Which task.
        task: u32,
    },
}

/// What a person says came of an event (B2).
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Report {
    /// The outcome; `None`: nobody has said yet.
    pub outcome: Option<String>,
    /// The status that it asks for (B9).
    pub to: Option<StatusId>,
    /// What is planned next, and when.
    pub next: Option<(String, Option<DateTime<Utc>>)>,
    /// What it led to is told by itself, as in a history that is lived through again: nothing is asked, nothing moves.
    #[serde(default)]
    pub told: bool,
}

/// What is true when a task is done (D70).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusAnswer {
    /// The status that it has.
    Keep,
    /// Another one: a chosen move.
    Move(StatusId),
}

/// A manager's decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Approve,
    /// No, and why.
    Reject {
        /// Why.
        reason: String,
    },
}
