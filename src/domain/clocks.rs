//! What should fire, and when.

use chrono::{DateTime, Utc};

use super::decision::Env;
use super::ids::ClockId;
use super::playbook::ClockSpec;
use super::record::Record;

/// A running clock, with its ladder laid out in time.
#[derive(Debug, Clone, PartialEq)]
pub struct Clock<'a> {
    /// Its rules.
    pub spec: &'a ClockSpec,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// When its span is over: the SLA's deadline; `None` where it has no span.
    pub deadline: Option<DateTime<Utc>>,
    /// When the SLA was breached.
    pub breached_at: Option<DateTime<Utc>>,
    /// Its steps in the order of their times: due time (in open hours) and index into the ladder.
    pub steps: Vec<(DateTime<Utc>, usize)>,
    /// How many of them are done.
    pub fired: usize,
}

impl Clock<'_> {
    /// When its next step is due.
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.steps.get(self.fired).map(|(at, _)| *at)
    }

    /// Its id.
    pub fn id(&self) -> &ClockId {
        &self.spec.id
    }
}

/// The record's running clocks, the nearest deadline first.
pub fn clocks<'a>(record: &Record, env: &Env<'a>) -> Vec<Clock<'a>> {
    let _ = (record, env);
    Vec::new()
}

/// When the record wants to be looked at next: the earliest step of its clocks, of its waiting request, of
/// owed data, of its planned action.
pub fn next_due(record: &Record, env: &Env<'_>) -> Option<DateTime<Utc>> {
    let _ = (record, env);
    None
}
