//! What fired, moved and was refused. The history and a simulation are counted by the same code, from events, so that
//! a difference is one of the rules and never of the counting.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Period;
use crate::domain::clocks;
use crate::domain::decision::Env;
use crate::domain::event::{Cause, Event, EventKind};
use crate::domain::ids::{ClockId, FieldId, PersonId, RecordRef, RuleId, StatusId};
use crate::domain::playbook::{StepAt, StepDoes};
use crate::domain::record::Record;

/// So many examples of a refusal are kept.
pub const EXAMPLES: usize = 3;

/// The figures of one side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Steps of clocks that were reached, by step and by who owned the record then.
    pub steps: BTreeMap<Step, BTreeMap<Option<PersonId>, u64>>,
    /// Moves by automatic rules.
    pub moved: BTreeMap<RuleId, u64>,
    /// Moves that rules proposed.
    pub suggested: BTreeMap<RuleId, u64>,
    /// Moves by clocks.
    pub by_clock: BTreeMap<ClockId, u64>,
    /// Moves that waited for a manager, whoever asked.
    pub waited: u64,
    /// Moves that people chose and that went through.
    pub chosen: u64,
    /// Words to owners that data is owed.
    pub owed: u64,
    /// What was refused; empty for the history, which does not keep refusals.
    pub refused: BTreeMap<Refused, Refusals>,
}

/// A step of a clock. The order is that of reports: by clock, then as loud as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// The clock.
    pub clock: ClockId,
    /// What it does.
    pub does: Does,
    /// When, as the playbook says; `None` where the step is not in the playbook any more.
    pub at: Option<StepAt>,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Does {
    /// A private word.
    Nudge,
    /// A breach.
    Breach,
    /// The next person is told.
    Escalation,
    /// A review.
    Review,
    /// The record moves; no alert.
    Move,
    /// Unknown: the step is not in the playbook any more.
    Unknown,
}

impl Does {
    /// Whether somebody is alerted.
    pub fn alerts(self) -> bool {
        match self {
            Self::Nudge | Self::Breach | Self::Escalation | Self::Review | Self::Unknown => true,
            Self::Move => false,
        }
    }
}

/// A kind of refusal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refused {
    /// Why.
    pub why: Why,
    /// Where the record stood; `None`: it was to be created.
    pub from: Option<StatusId>,
    /// Where it was to go; `None`: the status was to stay.
    pub to: Option<StatusId>,
}

/// Why something would have been refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The playbook has no such move.
    NoSuchMove,
    /// The playbook has no such status, and does not say what it became.
    NoSuchStatus,
    /// Status and stage do not go together, or there is no such stage.
    Stage,
    /// The record is locked.
    Locked,
    /// Only a manager may.
    Managers,
    /// Data is missing; the move went on as if it had been given.
    Missing,
    /// The reason is not on the list; the move went on with another.
    Reason,
    /// An automatic move left data out, which had to be given first; the move went on after that.
    Owed,
    /// It waits for a manager; it went on as if approved.
    Approval,
    /// The status refuses outreach.
    Outreach,
    /// Anything else.
    Other,
}

/// How often, and examples.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusals {
    /// How often.
    pub count: u64,
    /// Of these, how many on records that an earlier refusal had left where they were.
    pub after_another: u64,
    /// The fields that were missing, and how often each.
    pub fields: BTreeMap<FieldId, u64>,
    /// Some of them.
    pub examples: Vec<(RecordRef, DateTime<Utc>)>,
}

impl Figures {
    /// Takes in an event; `before` is the record as it stood, `env` the rules that it stood under.
    pub fn event(&mut self, before: &Record, event: &Event, env: &Env<'_>, period: &Period) {
        if !period.counts(event.at) {
            return;
        }
        match &event.kind {
            EventKind::StepsReached { steps } => {
                for (clock, fired) in steps {
                    let by_rep = self.steps.entry(step(before, clock, *fired, env)).or_default();
                    *by_rep.entry(before.owner).or_default() += 1;
                }
            }
            EventKind::Moved(moved) => match &moved.cause {
                Cause::Rule(rule) => *self.moved.entry(rule.clone()).or_default() += 1,
                Cause::Clock(clock) => *self.by_clock.entry(clock.clone()).or_default() += 1,
                Cause::Chosen | Cause::Demotion | Cause::Approval { .. } => self.chosen += 1,
                // It happened elsewhere, under no rules of ours.
                Cause::Imported => {}
            },
            EventKind::Suggested { rule, .. } => *self.suggested.entry(rule.clone()).or_default() += 1,
            EventKind::ApprovalRequested(_) => self.waited += 1,
            EventKind::OwedChased => self.owed += 1,
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
            | EventKind::Created(_)
            | EventKind::Logged { .. }
            | EventKind::Edited { .. }
            | EventKind::Filled { .. }
            | EventKind::Assigned { .. }
            | EventKind::Planned { .. }
            | EventKind::Delivered { .. }
            | EventKind::NextActionTold
            | EventKind::ApprovalChased { .. }
            | EventKind::ApprovalRejected { .. }
            | EventKind::ApprovalWithdrawn { .. }
            | EventKind::Snoozed { .. }
            | EventKind::Merged { .. }
            | EventKind::Absorbed(_)
            | EventKind::Erased
            | EventKind::Upgraded(_)
            | EventKind::Undone(_) => {}
        }
    }

    /// Takes in a refusal.
    pub fn refuse(
        &mut self,
        refused: Refused,
        fields: &[FieldId],
        example: (RecordRef, DateTime<Utc>),
        after_another: bool,
    ) {
        let refusals = self.refused.entry(refused).or_default();
        refusals.count += 1;
        refusals.after_another += u64::from(after_another);
        for field in fields {
            *refusals.fields.entry(field.clone()).or_default() += 1;
        }
        if refusals.examples.len() < EXAMPLES {
            refusals.examples.push(example);
        }
    }

    /// Adds those of another record.
    pub fn add(&mut self, other: Self) {
        for (step, by_rep) in other.steps {
            sum(self.steps.entry(step).or_default(), by_rep);
        }
        sum(&mut self.moved, other.moved);
        sum(&mut self.suggested, other.suggested);
        sum(&mut self.by_clock, other.by_clock);
        self.waited += other.waited;
        self.chosen += other.chosen;
        self.owed += other.owed;
        for (refused, more) in other.refused {
            let refusals = self.refused.entry(refused).or_default();
            refusals.count += more.count;
            refusals.after_another += more.after_another;
            sum(&mut refusals.fields, more.fields);
            let room = EXAMPLES.saturating_sub(refusals.examples.len());
            refusals.examples.extend(more.examples.into_iter().take(room));
        }
    }

    /// How often each step was reached, whoever the owner was.
    pub fn per_step(&self) -> BTreeMap<&Step, u64> {
        self.steps.iter().map(|(step, by_rep)| (step, by_rep.values().sum())).collect()
    }

    /// Alerts by the owner of the record.
    pub fn alerts_per_rep(&self) -> BTreeMap<Option<PersonId>, u64> {
        let mut all = BTreeMap::new();
        for (_, by_rep) in self.steps.iter().filter(|(step, _)| step.does.alerts()) {
            sum(&mut all, by_rep.clone());
        }
        all
    }

    /// Alerts of a clock.
    pub fn alerts_of(&self, clock: &ClockId) -> u64 {
        let of_it = self.steps.iter().filter(|(step, _)| step.clock == *clock && step.does.alerts());
        of_it.flat_map(|(_, by_rep)| by_rep.values()).sum()
    }

    /// All alerts.
    pub fn alerts(&self) -> u64 {
        self.alerts_per_rep().values().sum()
    }
}

fn sum<K: Ord>(all: &mut BTreeMap<K, u64>, more: BTreeMap<K, u64>) {
    for (key, count) in more {
        *all.entry(key).or_default() += count;
    }
}

/// Which step of the ladder it was, as the record's clock lay in time.
fn step(before: &Record, clock: &ClockId, fired: u32, env: &Env<'_>) -> Step {
    let running = clocks::clocks(before, env);
    let step = running.iter().find(|c| c.id() == clock).and_then(|c| {
        let at = usize::try_from(fired).ok()?.checked_sub(1)?;
        c.spec.ladder.get(c.steps.get(at)?.index)
    });
    let does = step.map_or(Does::Unknown, |step| match step.does {
        StepDoes::Nudge(_) => Does::Nudge,
        StepDoes::Breach => Does::Breach,
        StepDoes::Escalate(_) => Does::Escalation,
        StepDoes::Review(_) | StepDoes::Ask(_) => Does::Review,
        StepDoes::Move { .. } => Does::Move,
    });
    Step { clock: clock.clone(), does, at: step.map(|step| step.at) }
}
