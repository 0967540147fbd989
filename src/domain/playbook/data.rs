//! The data of a record, as a playbook declares it: fields, what a status needs, reasons, outcomes.

use super::super::ids::{FieldId, ReasonId, StatusId};
use super::super::span::Span;

/// Required data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// One of these groups must be complete; most needs have one group of one field. Where none is, the form
    /// asks for the first group (D8: a framework's answers; D4: one of e-mail and phone).
    pub any_of: Vec<Vec<FieldId>>,
    /// A field of kind `choice`: its first option asks for the first group, its second one for the second (D8: which
    /// framework).
    pub chosen_by: Option<FieldId>,
    /// Asked for anew at each entry, whatever is stored (a reason, a note).
    pub fresh: bool,
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its id.
    pub id: FieldId,
    /// Its name for people; at most 45 characters, so that it fits a form.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// What to write.
    pub hint: String,
    /// What it is used for, in a sentence (D69); empty where the playbook does not say.
    pub used_for: String,
    /// Where the bot can know the answer itself.
    pub known_from: Option<KnownFrom>,
    /// `false`: the bot fills in what it knows and never asks a person (D13).
    pub asked: bool,
    /// What the engine takes it for, beside being data.
    pub role: Option<FieldRole>,
    /// Whether it is an option of the command that makes a record.
    pub at_creation: bool,
    /// A date that lies ahead when it is given.
    pub ahead: bool,
}

/// What the engine takes a field for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldRole {
    /// How many people work at the company (D37).
    CompanySize,
    /// The name of the record that was made of this one (D31).
    Made,
    /// The number of its company in the CRM: where it is known, the company is not searched for by its name (A2–A5).
    CrmCompany,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// One line.
    Text,
    /// Several lines.
    Long,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// An amount.
    Money,
    /// A whole number.
    Number,
    /// A point in time.
    Instant,
    /// One of these: id and label.
    Choice(Vec<(String, String)>),
    /// One of the playbook's reasons that fit the target status.
    Reason,
}

/// What the bot knows without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownFrom {
    /// The kind of the last two-way activity.
    LastTwoWay,
    /// When the last two-way activity took place.
    LastTwoWayAt,
    /// The kind of the last touch.
    LastTouch,
    /// When the last touch took place.
    LastTouchAt,
    /// When the last touch or two-way activity took place.
    LastContactAt,
    /// The reason with which the record was last lost or parked.
    LastReason,
    /// The instant of the move.
    Now,
    /// When the planned next action is due.
    NextDue,
    /// What is planned next.
    NextAction,
    /// What was written when the activity was logged that set off the move: what its trigger knows (ruling 1).
    /// Unknown for a chosen move.
    TriggerNote,
    /// Why the newest suggestion that still stands was made (D13: the trigger).
    Suggestion,
}

/// A reason from the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Its id.
    pub id: ReasonId,
    /// Its name for people.
    pub label: String,
    /// The statuses whose entry may give this reason; empty: every one.
    pub for_status: Vec<StatusId>,
    /// Only a clock may use it (ruling 1).
    pub clock_only: bool,
    /// The status that it leads to, where the playbook lets the reason choose (B9).
    pub leads_to: Option<StatusId>,
    /// So long after a record ended with this reason, another try is offered (ruling 9).
    pub offer_after: Option<Span>,
    /// Why, in a few words.
    pub offer_because: Option<String>,
}

/// What a rep reports after an activity (B9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// One line on what it means.
    pub means: String,
    /// What it does.
    pub effect: OutcomeEffect,
}

/// What an outcome does to the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutcomeEffect {
    /// Asks for the new status, among those that lie this way.
    AsksForStatus(Way),
    /// Asks for a reason, which chooses the status: one of these; empty: every one that leads somewhere.
    AsksForReason(Vec<ReasonId>),
    /// Changes nothing.
    Nothing,
}

/// Which statuses an outcome asks about: see [`crate::domain::outcome`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Those after the present one.
    Later,
    /// Those before it.
    Earlier,
    /// Both.
    Any,
}
