//! What may be asked of a record. People, buttons, bulk, import, webhooks and timers all speak in these (X1).

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::activity::Activity;
use super::event::Source;
use super::field::{Contact, Data, FieldValue};
use super::ids::{
    ApprovalId, ChannelId, ClockId, FieldId, PersonId, RecordId, RecordRef, StageId, StatusId, TeamId,
};
use super::money::Money;
use super::playbook::Playbook;
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
    /// Silence posts until then.
    Snooze {
        /// Until when.
        until: DateTime<Utc>,
    },
    /// Take the person's last command back (X4).
    Undo(Box<Undo>),
    /// Time has passed; whatever is due, is done. Nothing due: nothing happens.
    ClockElapsed,
    /// Live under the rules at hand, which are a newer version than those that the record pins (D15).
    Upgrade {
        /// The rules until now; `None` where their text is lost.
        before: Option<Arc<Playbook>>,
    },
    /// The alert of a clock was delivered (ruling 8).
    Delivered {
        /// Which.
        clock: ClockId,
    },
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
