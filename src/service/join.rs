//! `/lead merge` and `/lead erase` (ruling 15): a record goes into another one, or loses everything personal.
//!
//! Both are jobs like any other: of two merges at once, or of a merge and a change, the second one meets what the first
//! one left. Erasing goes over the whole database in the same transaction; what it blanks and what it leaves is told
//! before it is confirmed ([`render::join`]).

use std::sync::Arc;

use super::change::{Answer, Done, Outcome, Target};
use super::ground::Ground;
use super::head::{Head, Seen};
use super::replies::{self, gone};
use super::{App, Fault, effects, query, resolve};
use crate::chat::message::Reply;
use crate::chat::render;
use crate::domain::command::Command;
use crate::domain::decide;
use crate::domain::ids::RecordId;
use crate::domain::rejection::Rejection;
use crate::playbook::Library;
use crate::store::row::Row;
use crate::store::{Batch, Needs, Work};

/// `/lead merge`.
pub async fn merge(app: &App, head: &Head, from: Target, into: Target) -> Result<Reply, Fault> {
    let job = Merge { head: head.clone(), library: app.library(), from, into };
    match app.store().work(job).await? {
        Merged::Answer(answer) => Ok(replies::answer(app, head, *answer)),
        Merged::Unknown(Target::Handle(handle)) => {
            let noun = query::noun_of(app, head.workspace, handle.letter);
            Ok(Reply::Private(render::problem::unknown_record(&noun, &handle.to_string())))
        }
        Merged::Unknown(Target::Record(_) | Target::Approval(_)) => Ok(gone()),
    }
}

/// `/lead erase`, the first step: what is blanked, what stays, and the button.
pub async fn ask_to_erase(app: &App, head: &Head, target: Target) -> Result<Reply, Fault> {
    with_admin(app, head, target, |row| {
        Reply::Private(render::join::before_erasing(&row.record, row.record.absorbed.len()))
    })
    .await
}

/// The button: a form in which the id is typed.
pub async fn erase_form(app: &App, head: &Head, record: RecordId) -> Result<Reply, Fault> {
    with_admin(app, head, Target::Record(record), |row| Reply::Form(render::join::erase_form(&row.record)))
        .await
}

/// The form: done where the id was typed.
pub async fn erase(app: &App, head: &Head, record: RecordId, typed: &str) -> Result<Reply, Fault> {
    let Some(row) = resolve::row(app, head, Target::Record(record)).await? else { return Ok(gone()) };
    if !typed.trim().eq_ignore_ascii_case(&row.record.handle.to_string()) {
        return Ok(replies::mistake(&render::join::not_its_id(&row.record)));
    }
    let mut records = vec![record];
    records.extend(&row.record.absorbed);
    let job = Erase { head: head.clone(), library: app.library(), records };
    let answer = app.store().work(job).await?;
    match &answer.outcome {
        Outcome::Done(done) => Ok(Reply::Private(render::join::erased(&done.after.record))),
        _ => Ok(replies::answer(app, head, answer)),
    }
}

async fn with_admin(
    app: &App,
    head: &Head,
    target: Target,
    then: impl FnOnce(&Row) -> Reply,
) -> Result<Reply, Fault> {
    query::with_scene(app, head, target, async |scene, row| {
        let allowed = scene.workspace.is_admin(head.person());
        let refused = |why| render::rejection::rejection(&scene.ctx(), Some(&row.record), &why);
        Ok(match row.record.ended {
            _ if !allowed => Reply::Private(refused(Rejection::NeedsAdmin)),
            Some(ended @ crate::domain::record::Ended::Erased { .. }) => {
                Reply::Private(refused(Rejection::Ended { ended }))
            }
            Some(_) | None => then(&row),
        })
    })
    .await
}

struct Merge {
    head: Head,
    library: Arc<Library>,
    from: Target,
    into: Target,
}

enum Merged {
    Answer(Box<Answer>),
    Unknown(Target),
}

impl Work for Merge {
    type Answer = Merged;

    fn needs(&self) -> Needs {
        let mut needs =
            Needs { inbox: Some((self.head.source, self.head.external_id.clone())), ..Needs::default() };
        for target in [self.from, self.into] {
            match target {
                Target::Record(id) => needs.records.push(id),
                Target::Handle(handle) => needs.handles.push((self.head.workspace, handle)),
                Target::Approval(id) => needs.approvals.push(id),
            }
        }
        needs.companies = Some(Vec::new());
        needs
    }

    fn run(&self, batch: &mut Batch) -> Merged {
        let seen = self.head.open(batch);
        let (Some(from), Some(into)) = (self.row(batch, self.from), self.row(batch, self.into)) else {
            let unknown = if self.row(batch, self.from).is_none() { self.from } else { self.into };
            return Merged::Unknown(unknown);
        };
        let (workspace, playbook) = (batch.workspace(self.head.workspace), self.library.of(&into.record));
        let outcome = match seen {
            Seen::Repeat => Outcome::Repeat { row: Some(Box::new(into)) },
            Seen::First => self.merge(batch, from, into),
        };
        Merged::Answer(Box::new(Answer { workspace, playbook, outcome }))
    }
}

impl Merge {
    fn row(&self, batch: &Batch, target: Target) -> Option<Row> {
        let row = match target {
            Target::Record(id) => batch.record(id),
            Target::Handle(handle) => batch.by_handle(self.head.workspace, handle),
            Target::Approval(id) => batch.record(batch.approval(id)?.record),
        };
        row.filter(|row| row.record.workspace == self.head.workspace).cloned()
    }

    /// Both decisions first: one that is refused leaves both records as they were.
    fn merge(&self, batch: &mut Batch, from: Row, into: Row) -> Outcome {
        let (Some(from_rules), Some(into_rules)) =
            (self.library.of(&from.record), self.library.of(&into.record))
        else {
            return Outcome::Gone;
        };
        let actor = self.head.actor();
        let goes = Command::Merge { into: into.record.id, handle: into.record.handle };
        let stays = Command::Absorb { from: Box::new(from.record.clone()) };
        let from_ground = Ground::of(batch, self.head.workspace, from_rules);
        let into_ground = Ground::of(batch, self.head.workspace, into_rules);
        let (from_env, into_env) = (from_ground.env(from.record.team), into_ground.env(into.record.team));
        let goes = match decide::decide(&from.record, &actor, &goes, &from_env) {
            Ok(decision) => decision,
            Err(rejection) => return Outcome::Refused { row: Some(Box::new(from)), rejection },
        };
        let stays = match decide::decide(&into.record, &actor, &stays, &into_env) {
            Ok(decision) => decision,
            Err(rejection) => return Outcome::Refused { row: Some(Box::new(into)), rejection },
        };
        let Some(after) = effects::carry_out(batch, &into_env, Some(&into), &stays) else {
            return Outcome::Gone;
        };
        effects::carry_out(batch, &from_env, Some(&from), &goes);
        batch.merged(from.record.id, into.record.id);
        Outcome::Done(Box::new(Done { before: Some(into), after, events: stays.events }))
    }
}

struct Erase {
    head: Head,
    library: Arc<Library>,
    /// The record, and those that had gone into it.
    records: Vec<RecordId>,
}

impl Work for Erase {
    type Answer = Answer;

    fn needs(&self) -> Needs {
        Needs {
            inbox: Some((self.head.source, self.head.external_id.clone())),
            records: self.records.clone(),
            ..Needs::default()
        }
    }

    fn run(&self, batch: &mut Batch) -> Answer {
        let seen = self.head.open(batch);
        let workspace = batch.workspace(self.head.workspace);
        let own = |row: &&Row| row.record.workspace == self.head.workspace;
        let row = self.records.first().and_then(|id| batch.record(*id)).filter(own).cloned();
        let playbook = row.as_ref().and_then(|row| self.library.of(&row.record));
        let outcome = match (seen, row) {
            (_, None) => Outcome::Gone,
            (Seen::Repeat, Some(row)) => Outcome::Repeat { row: Some(Box::new(row)) },
            (Seen::First, Some(row)) => self.erase(batch, row),
        };
        Answer { workspace, playbook, outcome }
    }
}

impl Erase {
    fn erase(&self, batch: &mut Batch, row: Row) -> Outcome {
        // One that went into it since the form was opened is erased with the next confirmation.
        let absorbed = row.record.absorbed.iter().filter(|id| self.records.contains(id));
        let rest: Vec<Row> = absorbed.filter_map(|id| batch.record(*id)).cloned().collect();
        let mut first = None;
        for row in std::iter::once(row).chain(rest) {
            match self.erase_one(batch, row) {
                Outcome::Done(done) => {
                    first.get_or_insert(done);
                }
                refused if first.is_none() => return refused,
                // It is erased already, or its rules are gone.
                _ => {}
            }
        }
        first.map_or(Outcome::Gone, Outcome::Done)
    }

    fn erase_one(&self, batch: &mut Batch, row: Row) -> Outcome {
        let Some(playbook) = self.library.of(&row.record) else { return Outcome::Gone };
        let ground = Ground::of(batch, self.head.workspace, playbook);
        let env = ground.env(row.record.team);
        match decide::decide(&row.record, &self.head.actor(), &Command::Erase, &env) {
            Ok(decision) => {
                batch.erase(&row);
                match effects::carry_out(batch, &env, Some(&row), &decision) {
                    Some(after) => {
                        Outcome::Done(Box::new(Done { before: Some(row), after, events: decision.events }))
                    }
                    None => Outcome::Gone,
                }
            }
            Err(rejection) => Outcome::Refused { row: Some(Box::new(row)), rejection },
        }
    }
}
