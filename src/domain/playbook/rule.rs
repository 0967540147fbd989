//! Automatic rules and gates, as a playbook declares them.

use super::super::activity::{Activity, ActivityKind};
use super::super::ids::{FieldId, RuleId, StatusId};
use super::Class;

/// An automatic rule (D26).
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its id, such as `reply-connects`.
    pub id: RuleId,
    /// One line for people: what it does.
    pub label: String,
    /// What sets it off.
    pub on: Trigger,
    /// The statuses in which it works; empty: every open one.
    pub from: Vec<StatusId>,
    /// The status that it sets.
    pub to: StatusId,
    /// It does not act while so many calls in a row stand unanswered (ruling 14).
    pub unless_unanswered: Option<u32>,
    /// Whether it acts, proposes, or is off (ruling 10).
    pub mode: RuleMode,
    /// Only where the activity's text does not match one of these (opt-outs, auto-replies; ruling 10).
    pub unless_text: Vec<Pattern>,
    /// What is proposed instead where [`Rule::unless_text`] matches.
    pub else_propose: Vec<StatusId>,
    /// Why it suggests what it does, in a few words.
    pub because: Option<String>,
}

/// A regular expression that compares equal by its text.
#[derive(Debug, Clone)]
pub struct Pattern(pub regex::Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

/// What sets off a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// One of these activities is logged.
    Activity(Vec<Activity>),
    /// Any activity of one of these kinds is logged.
    Kind(Vec<ActivityKind>),
    /// So many calls in a row, the one that is logged included, that nobody answered (ruling 14).
    Unanswered(u32),
    /// An opportunity is confirmed (D26f): all of the target status's needs are present.
    OpportunityCreated,
}

/// Whether a rule acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleMode {
    /// It moves the record.
    Auto,
    /// It offers a button.
    Suggest,
    /// It is shipped, but does nothing.
    Off,
}

/// A gate: a move that waits for a manager (D40).
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// The statuses whose entry is gated.
    pub entering: Vec<StatusId>,
    /// The record's status before is of one of these classes; empty: any.
    pub leaving: Vec<Class>,
    /// All of these hold.
    pub when: Vec<GateWhen>,
    /// One of these holds too, where any is given.
    pub and_any: Vec<GateWhen>,
    /// Where no value is known, the record was ever in one of these statuses, and the rest of the gate holds,
    /// the value is asked for first (ruling 11).
    pub value_asked_after: Vec<StatusId>,
}

/// A condition of a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GateWhen {
    /// The peak value of the last 30 open days is at or over the workspace's high value (X3).
    HighValue,
    /// The record was parked at least so many times before.
    ParkedBefore(u32),
    /// The given date field lies more than so many days ahead.
    FieldBeyondDays(FieldId, u32),
}
