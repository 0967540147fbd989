//! The figures of a team's digest: what stands where, what moved since the last one, what is late.
//!
//! Fed record by record and event by event, in chunks, so that a large team is never in memory as a whole.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::domain::clocks;
use crate::domain::decision::Env;
use crate::domain::event::{Cause, Event, EventKind};
use crate::domain::field::FieldValue;
use crate::domain::ids::{ClockId, PersonId, PlaybookId, RecordRef, StageId, StatusId};
use crate::domain::playbook::{Class, ClockSpec, Starts, Status};
use crate::domain::record::Record;
use crate::domain::undo::Did;

/// The figures.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// How things stand in each status system: two may call a status by the same id, and mean different things.
    pub systems: BTreeMap<PlaybookId, System>,
    /// Records created since the last one.
    pub created: u64,
    /// Promises broken since the last one, also those made good meanwhile, and those that are posted at opening only.
    pub breaches: Vec<Late>,
    /// Records that must be reviewed, or whose activity clock has spoken.
    pub stale: Vec<Late>,
    /// Records with a red flag that stands (D4–D13): the newest one of each.
    pub flagged: Vec<Flagged>,
    /// Per person who owns an open record or did something.
    pub people: BTreeMap<PersonId, Person>,
}

/// The figures of one status system.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct System {
    /// Records by status.
    pub statuses: BTreeMap<StatusId, u64>,
    /// Records by phase (B3).
    pub phases: BTreeMap<String, u64>,
    /// Open records by stage.
    pub stages: BTreeMap<StageId, u64>,
    /// Records by status and sub-status (D16): the option of the status's field.
    pub sub_statuses: BTreeMap<(StatusId, String), u64>,
    /// Records by numbered status and its number (B7).
    pub numbers: BTreeMap<(StatusId, u32), u64>,
    /// Changes of status since the last one: from, to.
    pub moves: BTreeMap<(StatusId, StatusId), u64>,
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
    /// When it was over, where it is.
    pub over_at: Option<DateTime<Utc>>,
    /// Whose; of a breach that is over: whose it was then (D46).
    pub owner: Option<PersonId>,
}

/// A record with a red flag.
#[derive(Debug, Clone, PartialEq)]
pub struct Flagged {
    /// Which.
    pub handle: RecordRef,
    /// Who or what it is.
    pub name: String,
    /// What is wrong.
    pub says: String,
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
        let status = env.playbook.status(&record.status);
        let class = status.map(|s| s.class);
        if class == Some(Class::Excluded) {
            return;
        }
        self.systems.entry(record.playbook.clone()).or_default().record(record, status);
        if let Some((flag, since)) = clocks::flags(record, env.playbook, env.now).pop() {
            self.flagged.push(Flagged {
                handle: record.handle,
                name: record.contact.name.clone(),
                says: flag.says.clone(),
                since,
                owner: record.owner,
            });
        }
        let open = class == Some(Class::Open);
        if let Some(owner) = record.owner.filter(|_| open) {
            self.people.entry(owner).or_default().open += 1;
        }
        let late = |spec: &ClockSpec, since| Late {
            handle: record.handle,
            name: record.contact.name.clone(),
            clock: spec.id.clone(),
            what: spec.label.clone(),
            since,
            over_at: None,
            owner: record.owner,
        };
        let is_new = |at: DateTime<Utc>| since.is_none_or(|since| at > since);
        for clock in clocks::clocks(record, env) {
            // Its time counts, not when it is said: what falls in closed hours is posted at opening (ruling 7). While a
            // request waits, no deadline passes (ruling 5).
            let deadline = clock.deadline.filter(|_| clock.spec.sla && record.pending.is_none());
            if let Some(at) = clock.breached_at.or(deadline.filter(|at| *at <= env.now)) {
                if is_new(at) {
                    self.breaches.push(late(clock.spec, at));
                }
                if let Some(owner) = record.owner.filter(|_| open) {
                    self.people.entry(owner).or_default().breaches += 1;
                }
            }
            match &clock.spec.starts {
                Starts::Delivered => self.stale.push(late(clock.spec, record.status_since)),
                Starts::LastActivity | Starts::AnyActivity if clock.fired > 0 => {
                    let quiet_since = clock.started_at.unwrap_or(record.status_since);
                    self.stale.push(late(clock.spec, quiet_since));
                }
                Starts::LastActivity | Starts::AnyActivity | Starts::Entered | Starts::Field(_) => {}
            }
        }
        for run in &record.clocks {
            let (Some(end), Some(at)) = (&run.end, run.breached_at.filter(|at| is_new(*at))) else {
                continue;
            };
            let Some((_, spec)) = env.playbook.clock(&run.clock) else { continue };
            self.breaches.push(Late { over_at: Some(end.at), owner: end.charged_to, ..late(spec, at) });
        }
    }

    /// An event since the last digest, of a record of a system.
    pub fn event(&mut self, playbook: &PlaybookId, event: &Event) {
        let person = event.by.map(|by| self.people.entry(by).or_default());
        match &event.kind {
            EventKind::Created(_) => self.created += 1,
            // What happened elsewhere did not happen since the last digest.
            EventKind::Moved(moved) if moved.cause == Cause::Imported => {}
            EventKind::Moved(moved) if moved.enters() => {
                if let Some(person) = person {
                    person.moves += 1;
                }
                let system = self.systems.entry(playbook.clone()).or_default();
                *system.moves.entry((moved.from.clone(), moved.to.clone())).or_default() += 1;
            }
            EventKind::Logged { .. } => {
                if let Some(person) = person {
                    person.activities += 1;
                }
            }
            EventKind::Undone(undone) => {
                if let Some(by) = event.by {
                    self.take_back(playbook, by, &undone.undid);
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
            | EventKind::Dismissed { .. }
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
            | EventKind::Snoozed { .. }
            | EventKind::Merged { .. }
            | EventKind::Absorbed(_)
            | EventKind::Erased
            | EventKind::OwedChased
            | EventKind::Upgraded(_) => {}
        }
    }

    /// What was undone was not done. What an earlier digest told of, it has told.
    fn take_back(&mut self, playbook: &PlaybookId, by: PersonId, undid: &[Did]) {
        let system = self.systems.entry(playbook.clone()).or_default();
        let person = self.people.entry(by).or_default();
        for did in undid {
            match did {
                Did::Moved { from, to, rule, .. } => {
                    if rule.is_none() {
                        person.moves = person.moves.saturating_sub(1);
                    }
                    let key = (from.clone(), to.clone());
                    match system.moves.get_mut(&key) {
                        Some(1) => drop(system.moves.remove(&key)),
                        Some(moves) => *moves -= 1,
                        None => {}
                    }
                }
                Did::Logged { .. } => person.activities = person.activities.saturating_sub(1),
                Did::Staged { .. }
                | Did::Edited { .. }
                | Did::Assigned { .. }
                | Did::Planned
                | Did::Asked { .. }
                | Did::Withdrew
                | Did::Snoozed
                | Did::TaskDone { .. }
                | Did::Answered
                | Did::Dismissed => {}
            }
        }
    }

    /// Puts the lists in order: the oldest first.
    pub fn sort(&mut self) {
        self.breaches.sort_by_key(|late| (late.since, late.handle));
        self.stale.sort_by_key(|late| (late.since, late.handle));
        self.stale.dedup_by_key(|late| late.handle);
        self.flagged.sort_by_key(|flagged| (flagged.since, flagged.handle));
    }
}

impl System {
    /// A record as it stands.
    fn record(&mut self, record: &Record, status: Option<&Status>) {
        *self.statuses.entry(record.status.clone()).or_default() += 1;
        if status.is_some_and(|s| s.numbered.is_some()) {
            let nth = record.nth(&record.status);
            *self.numbers.entry((record.status.clone(), nth)).or_default() += 1;
        }
        if let Some(phase) = status.and_then(|s| s.phase.as_ref()) {
            *self.phases.entry(phase.clone()).or_default() += 1;
        }
        let sub = status.and_then(|s| record.get(s.sub_status.as_ref()?));
        if let Some(sub) = sub.as_ref().and_then(FieldValue::as_text) {
            *self.sub_statuses.entry((record.status.clone(), sub.to_owned())).or_default() += 1;
        }
        if let Some(stage) = record.stage.as_ref().filter(|_| status.is_some_and(|s| s.class == Class::Open))
        {
            *self.stages.entry(stage.clone()).or_default() += 1;
        }
    }
}
