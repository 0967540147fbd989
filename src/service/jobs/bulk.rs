//! One move of many records as long work, a few hundred at a time.
//!
//! Each record passes [`decide`](crate::domain::decide) like any other (X1), with the version that the preview showed:
//! whatever moved since is left as it is, and the file says so. All of it is one command, whatever the number of its
//! chunks, so that it can be taken back as one (ruling 12).

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Body, Kind};
use crate::chat::message::Message;
use crate::chat::render::bulk::{Outcome, Tally};
use crate::chat::render::jobs::{JobFile, Progress};
use crate::chat::render::{self, Ctx};
use crate::domain::command::{Actor, Command};
use crate::domain::decide;
use crate::domain::decision::{Decision, Env};
use crate::domain::event::EventKind;
use crate::domain::field::Data;
use crate::domain::ids::{EventId, PostId, RecordId, StatusId};
use crate::domain::record::Record;
use crate::domain::rejection::Rejection;
use crate::playbook::Library;
use crate::service::App;
use crate::service::effects;
use crate::service::ground::Ground;
use crate::service::import::table;
use crate::store::outbox::Place;
use crate::store::row::Job;
use crate::store::{Batch, Needs, StoreError};

/// So many records are one chunk: few enough that a person's command does not wait behind it.
const AT_ONCE: usize = 200;

/// A bulk move between its chunks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bulk {
    /// `leads to Nurture`.
    pub title: String,
    /// What one of them is called.
    pub noun: String,
    /// Where to.
    pub to: StatusId,
    /// What was given for all of them.
    pub data: Data,
    /// What those get that lack it.
    #[serde(default)]
    pub lacking: Data,
    /// The records that the preview showed, in its order.
    pub records: Vec<Shown>,
    /// The command that all events belong to, once there is one.
    pub command: Option<EventId>,
    /// What came of it so far.
    pub tally: Tally,
    /// The messages in which managers are asked, one per place (ruling 11).
    #[serde(default)]
    pub requests: Vec<(Place, PostId)>,
}

/// A record of the preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Which.
    pub record: RecordId,
    /// Its version then.
    pub version: u32,
    /// It would have been refused.
    pub refused: bool,
}

/// A chunk.
pub struct Piece {
    library: Arc<Library>,
    from: usize,
    records: Vec<Shown>,
}

/// What came of a record: the cells of its line.
struct Line {
    handle: String,
    name: String,
    was: String,
    outcome: Outcome,
    why: String,
}

/// Whether a decision asks a manager instead of moving.
pub fn asks(decision: &Decision) -> bool {
    decision.events.iter().any(|event| matches!(event.kind, EventKind::ApprovalRequested(_)))
}

/// What is decided of one of them, as it was at a version: whatever it lacks comes from what was given once for all
/// (D68), and nothing that it has is overwritten. The engine alone says what is missing.
pub fn decided(
    record: &Record,
    version: u32,
    actor: &Actor,
    (to, given, lacking): (&StatusId, &Data, &Data),
    env: &Env<'_>,
) -> Result<Decision, Rejection> {
    let mut data = given.clone();
    loop {
        let command = Command::Move { to: to.clone(), data: data.clone(), expected: Some(version) };
        let decided = decide::decide(record, actor, &command, env);
        let Err(Rejection::Missing { fields, .. }) = &decided else { return decided };
        let wanted = fields.iter().filter(|field| !data.contains_key(*field));
        let more: Data =
            wanted.filter_map(|field| Some((field.clone(), lacking.get(field)?.clone()))).collect();
        if more.is_empty() {
            return decided;
        }
        data.extend(more);
    }
}

impl Bulk {
    fn one(&mut self, batch: &mut Batch, job: &Job, library: &Library, shown: &Shown) -> Line {
        let row = batch.record(shown.record).filter(|row| row.record.workspace == job.workspace).cloned();
        let rules = row.as_ref().and_then(|row| library.of(&row.record));
        let (Some(row), Some(playbook)) = (row, rules) else {
            self.tally.add(Outcome::Refused);
            return Line {
                handle: String::new(),
                name: String::new(),
                was: String::new(),
                outcome: Outcome::Refused,
                why: render::bulk::gone(),
            };
        };
        let record = &row.record;
        let ground = Ground::of(batch, job.workspace, playbook);
        let env = ground.env(record.team);
        let zone = env.workspace.zone_of(job.person);
        let ctx = Ctx { playbook: env.playbook, workspace: env.workspace, now: env.now, zone };
        let order = (&self.to, &self.data, &self.lacking);
        let (outcome, why) = match decided(record, shown.version, &Actor::person(job.person), order, &env) {
            Ok(_) if shown.refused => (Outcome::Refused, render::bulk::refused_before()),
            Ok(decision) => {
                self.command.get_or_insert(batch.command());
                effects::carry_out(batch, &env, Some(&row), &decision);
                (if asks(&decision) { Outcome::Asked } else { Outcome::Moved }, String::new())
            }
            Err(Rejection::StaleButton { status }) => {
                let status = render::words::status(&ctx, &status);
                (Outcome::Refused, render::bulk::changed_since(&status))
            }
            Err(why) => {
                let sentence = render::rejection::sentence(&ctx, None, &why);
                (Outcome::Refused, render::words::flat(&sentence, env.workspace))
            }
        };
        self.tally.add(outcome);
        Line {
            handle: record.handle.to_string(),
            name: record.contact.name.clone(),
            was: render::words::status_now(&ctx, record),
            outcome,
            why,
        }
    }
}

#[async_trait]
impl Kind for Bulk {
    type Piece = Piece;

    async fn next(&self, app: &App, job: &Job) -> Result<Option<Piece>, StoreError> {
        let from = usize::try_from(job.done).unwrap_or(usize::MAX);
        let records: Vec<_> = self.records.iter().skip(from).take(AT_ONCE).cloned().collect();
        Ok((!records.is_empty()).then(|| Piece { library: app.library(), from, records }))
    }

    fn needs(&self, _job: &Job, piece: &Piece) -> Needs {
        let records = piece.records.iter().map(|shown| shown.record).collect();
        Needs { records, companies: Some(Vec::new()), ..Needs::default() }
    }

    fn run(&mut self, batch: &mut Batch, job: &Job, piece: &Piece) -> u64 {
        if let Some(command) = self.command {
            batch.go_on_with(command);
        }
        batch.ask_as_one(self.requests.iter().copied().collect());
        for (at, shown) in piece.records.iter().enumerate() {
            let line = self.one(batch, job, &piece.library, shown);
            let cells = [&*line.handle, &*line.name, &*line.was, line.outcome.name(), &*line.why];
            let place = u32::try_from(piece.from + at).unwrap_or(u32::MAX);
            batch.put_job_line(job.id, place, table::line(cells));
        }
        self.requests = batch.asked_as_one().into_iter().collect();
        piece.records.len() as u64
    }

    fn progress(&self, _job: &Job) -> Progress {
        render::bulk::progress(&self.title, &self.tally)
    }

    fn result(&self, _job: &Job) -> (Message, JobFile) {
        render::bulk::result(&self.title, &self.noun, &self.tally)
    }

    fn body(&self) -> Body {
        Body::Bulk(self.clone())
    }
}
