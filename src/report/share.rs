//! The shares of a status's records that a playbook flags (D8, D9, D13): where the records of a team went of late.
//!
//! Fed event by event. Kept are the moves alone, record by record; what was imported happened elsewhere, and what was
//! taken back did not happen.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::event::{Cause, Event, EventKind};
use crate::domain::ids::{PlaybookId, RecordId, StatusId};
use crate::domain::playbook::{Class, Playbook, ShareFlag, ShareOf, Status};
use crate::domain::undo::Did;

/// The moves of a team's records.
#[derive(Debug, Clone, Default)]
pub struct Moves(BTreeMap<(PlaybookId, RecordId), Vec<Step>>);

#[derive(Debug, Clone)]
struct Step {
    at: DateTime<Utc>,
    from: StatusId,
    to: StatusId,
}

/// A share that is too large or too small.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crossed<'p> {
    /// Whose rules.
    pub playbook: &'p Playbook,
    /// The status whose records are counted.
    pub status: &'p Status,
    /// Which share.
    pub share: &'p ShareFlag,
    /// How many went where they are counted …
    pub part: u64,
    /// … of how many.
    pub whole: u64,
}

impl Moves {
    /// An event, in its order.
    pub fn event(&mut self, playbook: &PlaybookId, record: RecordId, event: &Event) {
        let steps = self.0.entry((playbook.clone(), record)).or_default();
        if let EventKind::Moved(moved) = &event.kind
            && moved.cause != Cause::Imported
            && moved.enters()
        {
            steps.push(Step { at: event.at, from: moved.from.clone(), to: moved.to.clone() });
        }
        if let EventKind::Undone(undone) = &event.kind {
            for did in undone.undid.iter().rev() {
                let Did::Moved { from, to, .. } = did else { continue };
                if let Some(at) = steps.iter().rposition(|step| step.from == *from && step.to == *to) {
                    steps.remove(at);
                }
            }
        }
    }

    /// What a playbook flags now, in its order.
    pub fn crossed<'p>(&self, playbook: &'p Playbook, now: DateTime<Utc>) -> Vec<Crossed<'p>> {
        let mut found = Vec::new();
        for status in &playbook.statuses {
            for share in &status.shares {
                let (part, whole) = self.count(playbook, status, share, now);
                if whole >= u64::from(share.at_least) && share.bound.is_crossed(part, whole) {
                    found.push(Crossed { playbook, status, share, part, whole });
                }
            }
        }
        found
    }

    fn count(
        &self,
        playbook: &Playbook,
        status: &Status,
        share: &ShareFlag,
        now: DateTime<Utc>,
    ) -> (u64, u64) {
        let since = now - TimeDelta::days(i64::from(share.days));
        let is_open = |id: &StatusId| playbook.status(id).is_some_and(|s| s.class == Class::Open);
        let (mut part, mut whole) = (0, 0);
        for ((_, _), steps) in self.0.iter().filter(|((of, _), _)| *of == playbook.id) {
            let steps: Vec<&Step> = steps.iter().filter(|step| step.at >= since).collect();
            let went = match share.of {
                ShareOf::Left => steps
                    .iter()
                    .rfind(|step| step.from == status.id && step.to != status.id)
                    .map(|step| share.to.contains(&step.to)),
                ShareOf::Decided => steps
                    .iter()
                    .rfind(|step| is_open(&step.from) && !is_open(&step.to))
                    .map(|step| share.to.contains(&step.to)),
                ShareOf::Entered => steps
                    .iter()
                    .position(|step| step.to == status.id)
                    .filter(|_| steps.last().is_some_and(|last| !is_open(&last.to)))
                    .map(|at| steps[at..].iter().any(|step| share.to.contains(&step.to))),
            };
            if let Some(went) = went {
                whole += 1;
                part += u64::from(went);
            }
        }
        (part, whole)
    }
}
