//! Clocks, as a playbook declares them.

use super::super::activity::ActivityKind;
use super::super::ids::{ClockId, FieldId, ReasonId, RouteId, StatusId};
use super::super::span::Span;
use super::super::workspace::{Duty, Thresholds};

/// A clock bound to a status.
#[derive(Debug, Clone, PartialEq)]
pub struct ClockSpec {
    /// Its id; unique within the playbook.
    pub id: ClockId,
    /// Its name for people: "first contact".
    pub label: String,
    /// When it starts.
    pub starts: Starts,
    /// The span that per cents refer to, and after which an SLA is breached.
    pub within: Option<Span>,
    /// The workspace's setting that takes the place of [`ClockSpec::within`], where an admin has set it.
    pub within_setting: Option<SpanSetting>,
    /// Counts in SLA compliance (D46): it ends met, breached or cancelled (ruling 5).
    pub sla: bool,
    /// It goes on in these statuses too (D44: from Connected on through Working).
    pub also_in: Vec<StatusId>,
    /// Met by the first activity of these kinds.
    pub met_by: Vec<ActivityKind>,
    /// Met by entering one of these statuses.
    pub met_entering: Vec<StatusId>,
    /// A touch extends it once by its full span (ruling 8).
    pub touch_extends_once: bool,
    /// Back within so many days resumes what was left, unless a two-way activity came between (ruling 5).
    pub resumes_within_days: Option<u32>,
    /// While it runs and the owner goes away, the record is handed over by this route at once (ruling 17).
    pub when_away: Option<RouteId>,
    /// It speaks only while the record owes data (A4).
    pub while_owed: bool,
    /// Its ladder done, it begins anew (A6).
    pub repeats: bool,
    /// What it does and when, in the order of the file.
    pub ladder: Vec<Step>,
}

/// A span that a workspace may set for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanSetting {
    /// How long a forced review is waited for (D54).
    StaleGrace,
    /// For how long a contact without any activity is active still (E6).
    ActivityWindow,
}

impl SpanSetting {
    /// What the workspace has set.
    pub fn of(self, thresholds: &Thresholds) -> Option<Span> {
        match self {
            Self::StaleGrace => thresholds.stale_grace,
            Self::ActivityWindow => thresholds.activity_window,
        }
    }
}

impl ClockSpec {
    /// What it asks, where it asks something; one question at most.
    pub fn question(&self) -> Option<&Question> {
        self.ladder.iter().find_map(|step| match &step.does {
            StepDoes::Ask(question) => Some(question),
            StepDoes::Nudge(_)
            | StepDoes::Breach
            | StepDoes::Escalate(_)
            | StepDoes::Review(_)
            | StepDoes::Move { .. } => None,
        })
    }

    /// The span that holds in a workspace.
    pub fn span(&self, thresholds: &Thresholds) -> Option<Span> {
        self.within_setting.and_then(|setting| setting.of(thresholds)).or(self.within)
    }
}

/// When a clock starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Starts {
    /// When the status is entered.
    Entered,
    /// When the status is entered, and again at each touch or two-way activity (D45).
    LastActivity,
    /// When the status is entered, and again at whatever is logged but what we do among ourselves (E6).
    AnyActivity,
    /// When the alert of the entry was delivered (ruling 8).
    Delivered,
    /// At the instant that a field holds (a re-evaluation date).
    Field(FieldId),
}

/// One step of a clock's ladder.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// When.
    pub at: StepAt,
    /// What.
    pub does: StepDoes,
    /// Whether a team-mate may take the record over with it (X7).
    pub rescue: Rescue,
}

/// Whether a step offers the record to others before it is too late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rescue {
    /// It does not.
    No,
    /// To everybody of the team who has capacity: an alert in the team's channel with "I'll take it" (X7).
    Team,
}

/// When a step is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepAt {
    /// When the status is entered, before the clock has started; only a review of a clock that starts with the
    /// delivery of just this alert ([`Starts::Delivered`]), and such a clock has exactly one.
    Entry,
    /// Per cent of the clock's span, of business time where the span is of business time (ruling 7).
    Percent(u32),
    /// So long after the start; no time at all (`at = "start"`) where a clock speaks up as soon as it starts.
    After(Span),
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum StepDoes {
    /// A private word to someone before it is too late.
    Nudge(Vec<Audience>),
    /// The SLA is breached: an alert in the team's alert channel, which mentions the owner.
    Breach,
    /// The alert is updated and the next person is told.
    Escalate(Vec<Audience>),
    /// An alert that forces a review, offering these statuses; its delivery is reported back (D54).
    Review(Vec<StatusId>),
    /// An alert with a question, which a button answers (E7); the clock begins anew with the answer.
    Ask(Question),
    /// The record moves by itself; gates hold (D54 with D40).
    Move {
        /// The status.
        to: StatusId,
        /// The reason that the clock gives.
        reason: Option<ReasonId>,
    },
}

/// A question that a clock asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The question.
    pub text: String,
    /// Who is asked.
    pub of: Vec<Audience>,
    /// The answers: id and label.
    pub answers: Vec<(String, String)>,
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The record's owner.
    Owner,
    /// The team's managers.
    Manager,
    /// Whoever has the duty in the team; else the managers (ruling 16).
    Duty(Duty),
}
