//! From what came of a command to what the person is told. Confirmations and refusals are private; the card is the
//! public part.

use std::sync::Arc;

use super::change::{Answer, Outcome};
use super::head::{self, Head};
use super::{App, forms};
use crate::chat::message::{Message, Reply};
use crate::chat::render::{self, Ctx};
use crate::domain::clocks;
use crate::domain::decision::Env;
use crate::domain::facts::Facts;
use crate::domain::ids::ApprovalId;
use crate::domain::playbook::Playbook;
use crate::domain::record::Record;
use crate::domain::rejection::Rejection;
use crate::domain::workspace::Workspace;
use crate::store::row::Row;

/// What wording for one person is made from, held together.
pub struct Scene {
    /// The rules.
    pub playbook: Arc<Playbook>,
    /// People, teams.
    pub workspace: Arc<Workspace>,
    /// The present.
    pub now: chrono::DateTime<chrono::Utc>,
    /// The person's zone.
    pub zone: chrono_tz::Tz,
}

impl Scene {
    /// For whoever asks, as the workspace is.
    pub fn new(app: &App, head: &Head, playbook: Arc<Playbook>) -> Self {
        let workspace = head::with_person(app.store().workspace(head.workspace), head);
        Self::in_workspace(app, head, playbook, workspace)
    }

    /// For whoever asks, in the workspace as it was decided in.
    pub fn in_workspace(app: &App, head: &Head, playbook: Arc<Playbook>, workspace: Arc<Workspace>) -> Self {
        let zone = workspace.zone_of(head.person());
        Self { playbook, workspace, now: app.clock().now(), zone }
    }

    /// For the wording.
    pub fn ctx(&self) -> Ctx<'_> {
        Ctx { playbook: &self.playbook, workspace: &self.workspace, now: self.now, zone: self.zone }
    }

    /// For the engine's questions; nothing that is only read ever makes a request.
    pub fn env(&self, record: &Record) -> Env<'_> {
        Env {
            now: self.now,
            playbook: &self.playbook,
            workspace: &self.workspace,
            team: self.workspace.team(record.team),
            facts: Facts::NONE,
            next_approval: ApprovalId(0),
        }
    }

    /// The card.
    pub fn card(&self, record: &Record) -> Message {
        let clocks = clocks::clocks(record, &self.env(record));
        render::card::card(&self.ctx(), record, &clocks)
    }
}

/// What a change or a new record is answered with.
pub fn answer(app: &App, head: &Head, answer: Answer) -> Reply {
    let Answer { workspace, playbook, outcome } = answer;
    let Some(playbook) = playbook else { return gone() };
    let scene = Scene::in_workspace(app, head, playbook, workspace);
    match outcome {
        Outcome::Done(done) => {
            Reply::Private(render::done::done(&scene.ctx(), &done.after.record, &done.events))
        }
        Outcome::Refused { row, rejection } => {
            let record = row.as_ref().map(|row| &row.record);
            Reply::Private(render::rejection::rejection(&scene.ctx(), record, &rejection))
        }
        Outcome::Asks { row, draft, change } => {
            forms::step(&scene, row.as_ref().map(|row| &row.record), draft, &change, head.answers)
        }
        Outcome::Alike { rows, draft, keys } => {
            let rows = scenes(app, head, rows);
            Reply::Private(render::problem::alike(&scene.ctx(), &row_views(&rows), &keys, draft))
        }
        Outcome::Repeat { row } => {
            Reply::Private(render::problem::repeated(&scene.ctx(), row.as_ref().map(|row| &row.record)))
        }
        Outcome::Gone => gone(),
    }
}

/// A refusal that has no record of its own. The words are those of the given rules, else of the first ones.
pub fn refusal(app: &App, head: &Head, playbook: Option<Arc<Playbook>>, rejection: &Rejection) -> Reply {
    match playbook.or_else(|| app.active(head.workspace).into_iter().next()) {
        Some(playbook) => {
            let scene = Scene::new(app, head, playbook);
            Reply::Private(render::rejection::rejection(&scene.ctx(), None, rejection))
        }
        None => gone(),
    }
}

/// A sentence about what was typed.
pub fn mistake(sentence: &str) -> Reply {
    Reply::Private(render::problem::unreadable(sentence))
}

/// What a button or form was about is not there (any more).
pub fn gone() -> Reply {
    Reply::Private(render::problem::record_gone())
}

/// Lines of a list.
pub fn row_views(scenes: &[(Scene, Row)]) -> Vec<render::view::RowView<'_>> {
    scenes
        .iter()
        .map(|(scene, row)| render::view::RowView {
            ctx: scene.ctx(),
            record: &row.record,
            clocks: clocks::clocks(&row.record, &scene.env(&row.record)),
        })
        .collect()
}

/// Rows with what their wording is made from; those whose rules were taken away are left out.
pub fn scenes(app: &App, head: &Head, rows: Vec<Row>) -> Vec<(Scene, Row)> {
    rows.into_iter()
        .filter_map(|row| {
            let playbook = app.playbook_of(&row.record)?;
            Some((Scene::new(app, head, playbook), row))
        })
        .collect()
}
