//! The figures of a team's digest: what stands where, what moved since the last one, what is late.
//!
//! Fed record by record and event by event, in chunks, so that a large team is never in memory as a whole.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::domain::clocks;
use crate::domain::decision::Env;
use crate::domain::event::{Event, EventKind};
use crate::domain::ids::{ClockId, PersonId, RecordRef, StageId, StatusId};
use crate::domain::playbook::{Class, Starts};
use crate::domain::record::Record;

/// The figures.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// Records by status.
    pub statuses: BTreeMap<StatusId, u64>,
    /// Open records by stage.
    pub stages: BTreeMap<StageId, u64>,
    /// Records created since the last one.
    pub created: u64,
    /// Changes of status since the last one: from, to.
    pub moves: BTreeMap<(StatusId, StatusId), u64>,
    /// Clocks breached since the last one that still run.
    pub breaches: Vec<Late>,
    /// Records that must be reviewed, or whose activity clock has spoken.
    pub stale: Vec<Late>,
    /// Per person who owns an open record or did something.
    pub people: BTreeMap<PersonId, Person>,
}

/// A record that is late in something.
#[derive(Debug, Clone, PartialEq)]
pub struct Late {
    /// Which.
    pub handle: RecordRef,
    /// Who or what it is.
    pub name: String,
    /// The clock.
    pub clock: ClockId,
    /// The clock's name for people.
    pub what: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Whose.
    pub owner: Option<PersonId>,
}

/// One person's figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Person {
    /// Open records that they own.
    pub open: u64,
    /// Changes of status that they made.
    pub moves: u64,
    /// Activities that they logged.
    pub activities: u64,
    /// Running clocks of their records that are breached.
    pub breaches: u64,
}

impl Figures {
    /// A record as it stands. `since` is when the last digest was made.
    pub fn record(&mut self, record: &Record, env: &Env<'_>, since: Option<DateTime<Utc>>) {
        let class = env.playbook.status(&record.status).map(|s| s.class);
        if class == Some(Class::Excluded) {
            return;
        }
        *self.statuses.entry(record.status.clone()).or_default() += 1;
        let open = class == Some(Class::Open);
        if open {
            if let Some(stage) = &record.stage {
                *self.stages.entry(stage.clone()).or_default() += 1;
            }
            if let Some(owner) = record.owner {
                self.people.entry(owner).or_default().open += 1;
            }
        }
        for clock in clocks::clocks(record, env) {
            let late = |since| Late {
                handle: record.handle,
                name: record.contact.name.clone(),
                clock: clock.id().clone(),
                what: clock.spec.label.clone(),
                since,
                owner: record.owner,
            };
            if let Some(at) = clock.breached_at {
                if since.is_none_or(|since| at >= since) {
                    self.breaches.push(late(at));
                }
                if let Some(owner) = record.owner.filter(|_| open) {
                    self.people.entry(owner).or_default().breaches += 1;
                }
            }
            match &clock.spec.starts {
                Starts::Delivered => self.stale.push(late(record.status_since)),
                Starts::LastActivity if clock.fired > 0 => {
                    let quiet_since = clock.started_at.unwrap_or(record.status_since);
                    self.stale.push(late(quiet_since));
                }
                Starts::LastActivity | Starts::Entered | Starts::Field(_) => {}
            }
        }
    }

    /// An event since the last digest.
    pub fn event(&mut self, event: &Event) {
        let person = event.by.map(|by| self.people.entry(by).or_default());
        match &event.kind {
            EventKind::Created(_) => self.created += 1,
            EventKind::Moved(moved) if moved.from != moved.to => {
                if let Some(person) = person {
                    person.moves += 1;
                }
                *self.moves.entry((moved.from.clone(), moved.to.clone())).or_default() += 1;
            }
            EventKind::Logged { .. } => {
                if let Some(person) = person {
                    person.activities += 1;
                }
            }
            EventKind::Moved(_)
            | EventKind::Edited { .. }
            | EventKind::Filled { .. }
            | EventKind::Assigned { .. }
            | EventKind::Planned { .. }
            | EventKind::StepsReached { .. }
            | EventKind::Delivered { .. }
            | EventKind::NextActionTold
            | EventKind::ApprovalRequested(_)
            | EventKind::ApprovalChased { .. }
            | EventKind::ApprovalRejected { .. }
            | EventKind::ApprovalWithdrawn { .. }
            | EventKind::Suggested { .. }
            | EventKind::Snoozed { .. }
            | EventKind::OwedChased => {}
        }
    }

    /// Puts the lists in order: the oldest first.
    pub fn sort(&mut self) {
        self.breaches.sort_by_key(|late| (late.since, late.handle));
        self.stale.sort_by_key(|late| (late.since, late.handle));
        self.stale.dedup_by_key(|late| late.handle);
    }
}
