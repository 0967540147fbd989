//! The records of somebody who has left, handed on: each by the route of its playbook's new records, else to the team's
//! reps in turn, as `Reroute` decides (X1).
//!
//! Whoever changes the owner by hand meanwhile keeps what they did: a record that is not theirs any more when its turn
//! comes is left as it is, and the file says so. Whoever gets records is told once per chunk, not once per record. All of
//! it is one command, to be taken back as one (ruling 12).

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Body, Kind};
use crate::chat::message::Message;
use crate::chat::render::jobs::{JobFile, Progress};
use crate::chat::render::left::{self as words, Outcome, Tally};
use crate::chat::render::{self, Ctx};
use crate::domain::command::{Actor, Command};
use crate::domain::decide;
use crate::domain::decision::{Effect, Notice};
use crate::domain::event::EventKind;
use crate::domain::ids::{EventId, PersonId, RecordId};
use crate::playbook::Library;
use crate::service::ground::Ground;
use crate::service::import::table;
use crate::service::said::Said;
use crate::service::{App, effects};
use crate::store::outbox::{Fact, Place, Priority};
use crate::store::row::Job;
use crate::store::{Batch, Needs, StoreError};

/// So many records are one chunk: few enough that a person's command does not wait behind it.
const AT_ONCE: usize = 200;

/// The hand-over between its chunks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reassign {
    /// Who has left.
    pub from: PersonId,
    /// What they are called.
    pub name: String,
    /// What was theirs when it began.
    pub records: Vec<RecordId>,
    /// The command that all events belong to, once there is one.
    pub command: Option<EventId>,
    /// What came of it so far.
    pub tally: Tally,
}

/// A chunk.
pub struct Piece {
    library: Arc<Library>,
    from: usize,
    records: Vec<RecordId>,
}

/// What came of a record: the cells of its line, and who has it.
struct Line {
    handle: String,
    name: String,
    owner: Option<PersonId>,
    outcome: Outcome,
    why: String,
}

impl Reassign {
    /// One that has not begun.
    pub fn of(from: PersonId, name: String, records: Vec<RecordId>) -> Self {
        Self { from, name, records, command: None, tally: Tally::default() }
    }

    fn one(&mut self, batch: &mut Batch, job: &Job, library: &Library, id: RecordId) -> Line {
        let row = batch.record(id).filter(|row| row.record.workspace == job.workspace).cloned();
        let rules = row.as_ref().and_then(|row| library.of(&row.record));
        let (Some(row), Some(playbook)) = (row, rules) else {
            let why = render::bulk::gone();
            return Line {
                handle: String::new(),
                name: String::new(),
                owner: None,
                outcome: Outcome::Kept,
                why,
            };
        };
        let record = &row.record;
        let line = |owner, outcome, why| Line {
            handle: record.handle.to_string(),
            name: record.contact.name.clone(),
            owner,
            outcome,
            why,
        };
        if record.owner != Some(self.from) {
            return line(record.owner, Outcome::Kept, words::has_moved_on());
        }
        let ground = Ground::of(batch, job.workspace, playbook);
        let env = ground.env(record.team);
        if !env.workspace.has_left(self.from) {
            return line(record.owner, Outcome::Kept, words::came_back());
        }
        match decide::decide(record, &Actor::person(job.person), &Command::Reroute, &env) {
            Ok(mut decision) => {
                let given = decision.events.iter().find_map(|event| match &event.kind {
                    EventKind::Assigned { to, .. } => Some(*to),
                    _ => None,
                });
                let Some(to) = given else {
                    return line(record.owner, Outcome::Kept, words::nobody_free());
                };
                // Of hundreds, each would be a message of its own.
                decision.effects.retain(|effect| !is_word_of_it(effect));
                self.command.get_or_insert(batch.command());
                effects::carry_out(batch, &env, Some(&row), &decision);
                match to {
                    Some(_) => line(to, Outcome::Given, String::new()),
                    None => line(None, Outcome::Released, words::nobody_free()),
                }
            }
            Err(why) => {
                let zone = env.workspace.zone_of(job.person);
                let ctx = Ctx { playbook: env.playbook, workspace: env.workspace, now: env.now, zone };
                let sentence = render::rejection::sentence(&ctx, None, &why);
                line(record.owner, Outcome::Kept, render::words::flat(&sentence, env.workspace))
            }
        }
    }

    /// Whoever got records is told of those of this chunk.
    fn tell(&self, batch: &mut Batch, job: &Job, given: BTreeMap<PersonId, Vec<String>>) {
        for (person, handles) in given.into_iter().filter(|(person, _)| *person != job.person) {
            batch.say(Fact {
                workspace: job.workspace,
                dedup_key: format!("handed-on:{}:{}:{person}", job.id, job.step),
                place: Place::Person(person),
                priority: Priority::Normal,
                due_at: batch.now(),
                body: Said::privately(person, words::yours(self.from, job.person, &handles)).to_body(),
            });
        }
    }
}

/// Who has it now, or that nobody is free: told for all records at once.
fn is_word_of_it(effect: &Effect) -> bool {
    match effect {
        Effect::Tell { notice, .. } => {
            matches!(notice, Notice::Assigned { .. } | Notice::HandedOn { .. } | Notice::NobodyFree { .. })
        }
        Effect::Alert(_) => false,
    }
}

#[async_trait]
impl Kind for Reassign {
    type Piece = Piece;

    async fn next(&self, app: &App, job: &Job) -> Result<Option<Piece>, StoreError> {
        let from = usize::try_from(job.done).unwrap_or(usize::MAX);
        let records: Vec<_> = self.records.iter().skip(from).take(AT_ONCE).copied().collect();
        Ok((!records.is_empty()).then(|| Piece { library: app.library(), from, records }))
    }

    fn needs(&self, _job: &Job, piece: &Piece) -> Needs {
        Needs { records: piece.records.clone(), ..Needs::default() }
    }

    fn run(&mut self, batch: &mut Batch, job: &Job, piece: &Piece) -> u64 {
        if let Some(command) = self.command {
            batch.go_on_with(command);
        }
        let mut given: BTreeMap<PersonId, Vec<String>> = BTreeMap::new();
        for (at, id) in piece.records.iter().enumerate() {
            let line = self.one(batch, job, &piece.library, *id);
            self.tally.add(line.outcome);
            let owner = line.owner.map(|owner| batch.workspace(job.workspace).name_of(owner));
            if let (Outcome::Given, Some(owner)) = (line.outcome, line.owner) {
                given.entry(owner).or_default().push(line.handle.clone());
            }
            let owner = owner.unwrap_or_default();
            let cells = [&*line.handle, &*line.name, &*owner, line.outcome.name(), &*line.why];
            let place = u32::try_from(piece.from + at).unwrap_or(u32::MAX);
            batch.put_job_line(job.id, place, table::line(cells));
        }
        self.tell(batch, job, given);
        piece.records.len() as u64
    }

    fn progress(&self, _job: &Job) -> Progress {
        words::progress(&self.name, &self.tally)
    }

    fn result(&self, _job: &Job) -> (Message, JobFile) {
        words::result(&self.name, &self.tally)
    }

    fn body(&self) -> Body {
        Body::Reassign(self.clone())
    }
}
