//! What a decision is made from and what it consists of.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::command::Command;
use super::event::{Event, EventKind, HandOver};
use super::facts::Facts;
use super::field::Contact;
use super::ids::{ApprovalId, ClockId, PersonId, ReasonId, RecordId, RecordRef, RuleId, StatusId};
use super::playbook::Playbook;
use super::workspace::{Team, Workspace};

/// Everything a decision may look at beside the record. The time is in here: the core never reads a clock,
/// so that it can be replayed, simulated and tested at any instant.
#[derive(Debug, Clone, Copy)]
pub struct Env<'a> {
    /// The domain's time.
    pub now: DateTime<Utc>,
    /// The rules the record lives under.
    pub playbook: &'a Playbook,
    /// People, thresholds.
    pub workspace: &'a Workspace,
    /// The record's team: calendar, channels.
    pub team: &'a Team,
    /// What is known beyond the record (ruling 13).
    pub facts: &'a Facts,
    /// The id that a new request for approval would get.
    pub next_approval: ApprovalId,
}

/// What follows from a command that was not refused. No events: nothing happened.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// What happened, in order.
    pub events: Vec<Event>,
    /// What the shell has to do beside drawing the card anew.
    pub effects: Vec<Effect>,
    /// The personal part after the command, where it changed.
    pub contact: Option<Contact>,
}

/// A decision on a new record, and what making it asks of the record that it is made of. Both happen, or neither does
/// (ruling 13): `service/making.rs` sees to that.
///
/// Only a making asks anything of another record. A [`Decision`] on a record that is there cannot, so that what follows
/// from a command is one step long, and nobody has to count.
#[derive(Debug, Clone, PartialEq)]
pub struct Making {
    /// On the new record.
    pub decision: Decision,
    /// What follows for the one that it is made of; `None`: it is made of none.
    pub follow_on: Option<FollowOn>,
}

/// What a making asks of another record (ruling 13).
#[derive(Debug, Clone, PartialEq)]
pub struct FollowOn {
    /// Which.
    pub record: RecordId,
    /// What.
    pub command: Command,
}

impl Decision {
    /// A new record's decision, once its number is taken: numbers are for those who are not refused.
    pub fn numbered(mut self, id: RecordId, handle: RecordRef) -> Self {
        for event in &mut self.events {
            if let EventKind::Created(created) = &mut event.kind {
                created.id = id;
                created.handle = handle;
            }
        }
        self
    }
}

/// Work for the shell. The card, the thread line of each event and the closing of alerts whose clock ended
/// follow from the events and need no effect.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// A step of a clock speaks up.
    Alert(Alert),
    /// A private word.
    Tell {
        /// To whom.
        who: Vec<PersonId>,
        /// What.
        notice: Notice,
    },
}

/// What a clock's step says. There is one open alert per record and clock; the next step updates it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Which clock.
    pub clock: ClockId,
    /// How loud.
    pub level: AlertLevel,
    /// When the step was due (a breach keeps its time though it is posted at opening; ruling 7).
    pub due_at: DateTime<Utc>,
    /// Who is told: nudges go to them privately, the others mention them in the team's alert channel.
    pub to: Vec<PersonId>,
    /// Statuses that are offered as buttons.
    pub offers: Vec<StatusId>,
    /// Its delivery starts the clock's grace (ruling 8).
    pub reports_delivery: bool,
    /// Of a rescue: whose record it was (X7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<PersonId>,
}

/// How loud an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertLevel {
    /// A private word before it is too late.
    Nudge,
    /// The same for the team: whoever has capacity may take it over (X7).
    Rescue,
    /// The SLA is breached.
    Breach,
    /// The next person is told.
    Escalation,
    /// The record must be reviewed.
    Review,
    /// A question that somebody has to answer (E7).
    Question,
}

/// A private word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// A record is yours now.
    Assigned {
        /// Who gave it.
        by: Option<PersonId>,
        /// Why.
        why: Option<String>,
        /// How you were found.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        how: Option<HandOver>,
    },
    /// A record of yours has another owner now, or none.
    HandedOn {
        /// Who has it.
        to: Option<PersonId>,
        /// Who did it.
        by: Option<PersonId>,
        /// Why.
        why: Option<String>,
        /// How the owner was found.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        how: Option<HandOver>,
    },
    /// A route found nobody who is free: for the managers.
    NobodyFree {
        /// What the route is for.
        why: String,
    },
    /// Your request was decided.
    ApprovalDecided {
        /// Yes or no.
        approved: bool,
        /// By whom.
        by: PersonId,
        /// Why not.
        reason: Option<String>,
        /// What you had asked for.
        to: StatusId,
    },
    /// Your request ended because they replied.
    ApprovalWithdrawn {
        /// What you had asked for.
        to: StatusId,
    },
    /// Your record went into another one (ruling 15).
    Merged {
        /// Which.
        into: RecordRef,
    },
    /// A request waits for you still.
    ApprovalReminder {
        /// Which.
        approval: ApprovalId,
        /// It goes beyond the team's managers now.
        escalated: bool,
    },
    /// A record entered a status whose playbook tells you of it (D31).
    Entered {
        /// Which.
        status: StatusId,
        /// The reason of the move.
        reason: Option<ReasonId>,
    },
    /// A rule proposes a move.
    Suggested {
        /// By which rule or flag; what [`Command::Dismiss`](super::command::Command::Dismiss) names.
        rule: RuleId,
        /// What.
        to: Vec<StatusId>,
        /// Why, in the playbook's words.
        because: Option<String>,
    },
    /// Tasks are due.
    TasksDue {
        /// Which.
        tasks: Vec<u32>,
    },
    /// A task has something ready for its owner: a message to send (D30), a draft to confirm (D31).
    TaskReady {
        /// Which.
        task: u32,
    },
    /// Somebody took back what you had been told of; the record is as it was.
    Undone {
        /// Who.
        by: PersonId,
    },
    /// Data is owed since a business day.
    Owes,
    /// What you planned is due.
    NextActionDue {
        /// What.
        action: String,
    },
}
