//! Autocompletion: only what would be accepted. From the read pool; nothing is written.

use std::sync::Arc;

use super::App;
use super::change::Target;
use super::fields::is_called;
use super::head::Head;
use super::outcomes;
use super::replies::{Scene, row_views, scenes};
use super::resolve;
use super::setup;
use crate::chat::commands::{self, Suggests};
use crate::chat::intent::{Ask, Value};
use crate::chat::message::Choice;
use crate::chat::render::{pick, suggest};
use crate::domain::activity::Activity;
use crate::domain::command::Command;
use crate::domain::decide;
use crate::domain::field::{Data, builtin};
use crate::domain::ids::RecordRef;
use crate::domain::playbook::Playbook;
use crate::domain::rejection::Rejection;
use crate::store::StoreError;
use crate::store::row::Row;

/// As many as platforms show.
const CHOICES: usize = 25;

impl App {
    /// What could stand in the option that is being typed. A fault gives nothing: it is only a suggestion.
    pub async fn suggest(&self, ask: Ask) -> Vec<Choice> {
        match choices(self, &ask).await {
            Ok(choices) => choices,
            Err(fault) => {
                tracing::warn!(%fault, "no suggestions");
                Vec::new()
            }
        }
    }
}

async fn choices(app: &App, ask: &Ask) -> Result<Vec<Choice>, StoreError> {
    let tree = app.commands(ask.workspace);
    let suggests = commands::find(&tree, &ask.call.path)
        .and_then(|sub| sub.options.iter().find(|option| option.name == ask.focus))
        .and_then(|option| option.suggests);
    let Some(suggests) = suggests else { return Ok(Vec::new()) };
    let head = Head::of_ask(ask);
    let noun = ask.call.path.first().map_or("", String::as_str);
    let playbook = resolve::playbook(app, &head, noun, text(ask, "pipeline")).ok();
    let playbook = playbook
        .or_else(|| app.playbook_named(ask.workspace, noun))
        .or_else(|| app.active(ask.workspace).into_iter().next());
    let Some(playbook) = playbook else { return Ok(Vec::new()) };
    let scene = Scene::new(app, &head, playbook.clone());
    let all = match suggests {
        Suggests::Record => return records(app, &head, &playbook, &ask.typed).await,
        Suggests::StatusFor => match row(app, &head, ask, noun).await? {
            Some((scene, row)) => decide::offered(&row.record, head.person(), &scene.env(&row.record))
                .iter()
                .map(|id| suggest::status_of(&scene.ctx(), id))
                .collect(),
            None => playbook.statuses.iter().filter(|s| s.chosen).map(suggest::status_line).collect(),
        },
        // Of the playbook that is named beside it, where one is.
        Suggests::AnyStatus => match text(ask, "playbook") {
            Some(typed) => resolve::guided(app, &head, Some(typed), None)
                .map(|named| named.statuses.iter().map(suggest::status_line).collect())
                .unwrap_or_default(),
            None => kin(app, ask, &playbook, |p| p.statuses.iter().map(suggest::status_line).collect()),
        },
        Suggests::StageFor => match row(app, &head, ask, noun).await? {
            Some((scene, row)) => stages(&head, &scene, &row),
            None => playbook.stages.order.iter().map(suggest::stage).collect(),
        },
        Suggests::AnyStage => {
            // By their names: what several pipelines have is one, whatever its id is in each of them.
            kin(app, ask, &playbook, |p| p.stages.order.iter().map(suggest::any_stage).collect())
        }
        Suggests::Activity => {
            let found = row(app, &head, ask, noun).await?;
            let record = found.as_ref().map(|(_, row)| &row.record);
            pick::activities(&scene.ctx(), record).into_iter().map(suggest::activity).collect()
        }
        Suggests::Task => super::tasks::choices(app, &head, &playbook).await?,
        Suggests::StatusForTask => {
            let named = match text(ask, "task") {
                Some(typed) => super::tasks::row_of(app, &head, typed).await?,
                None => None,
            };
            let allowed = match &named {
                Some(row) => decide::offered(&row.record, head.person(), &scene.env(&row.record)),
                None => playbook.statuses.iter().filter(|s| s.chosen).map(|s| s.id.clone()).collect(),
            };
            let moves = allowed.iter().map(|id| suggest::status_of(&scene.ctx(), id));
            std::iter::once(suggest::keep()).chain(moves).collect()
        }
        Suggests::Outcome => {
            let named = match text(ask, "task") {
                Some(typed) => super::tasks::row_of(app, &head, typed).await?.and_then(|row| {
                    let playbook = app.playbook_of(&row.record)?;
                    Some((Scene::new(app, &head, playbook), row))
                }),
                None => row(app, &head, ask, noun).await?,
            };
            match named {
                Some((scene, row)) => outcomes::suggested(&scene, &row.record),
                None => playbook.outcomes.iter().map(suggest::outcome).collect(),
            }
        }
        Suggests::Reason => {
            let to = text(ask, "to").map(|typed| super::handle::status_called(&playbook, typed));
            match &to {
                Some(to) => playbook.reasons_for(to).map(suggest::reason).collect(),
                None => playbook.reasons.iter().filter(|r| !r.clock_only).map(suggest::reason).collect(),
            }
        }
        Suggests::Field => fields(&playbook),
        Suggests::Source => match app.playbook_named(ask.workspace, &ask.focus) {
            Some(source) => return records(app, &head, &source, &ask.typed).await,
            None => Vec::new(),
        },
        Suggests::Pipeline => pipelines(app, ask, noun).iter().map(|p| suggest::playbook(p)).collect(),
        Suggests::StageOf | Suggests::StageOrder => {
            let typed = text(ask, "pipeline").unwrap_or_default();
            let all = pipelines(app, ask, noun);
            match all.iter().find(|p| is_called(typed, p.id.as_str(), &p.title)) {
                Some(named) if suggests == Suggests::StageOrder => {
                    suggest::order(named).into_iter().collect()
                }
                Some(named) => named.stages.order.iter().map(suggest::stage_name).collect(),
                None => Vec::new(),
            }
        }
        Suggests::Makes => Activity::ALL.into_iter().map(suggest::activity).collect(),
        Suggests::Team => scene.workspace.teams.iter().map(suggest::team).collect(),
        Suggests::Playbook => {
            app.library().all(ask.workspace).iter().map(|s| suggest::playbook(&s.playbook)).collect()
        }
        Suggests::Zone => setup::zones(&ask.typed).into_iter().map(suggest::word).collect(),
    };
    Ok(matching(all, &ask.typed))
}

/// What every playbook means that the command may be about: the pipeline that is named, else all that share the noun
/// (ruling 18). What several of them have is offered once.
fn kin(app: &App, ask: &Ask, playbook: &Arc<Playbook>, of: impl Fn(&Playbook) -> Vec<Choice>) -> Vec<Choice> {
    let mut all = of(playbook);
    if text(ask, "pipeline").is_none() {
        for other in app.library().all_named(ask.workspace, &playbook.noun.singular) {
            let more = of(&other).into_iter();
            let new: Vec<_> = more.filter(|c| all.iter().all(|known| known.value != c.value)).collect();
            all.extend(new);
        }
    }
    all
}

/// The pipelines of a command: those of its noun that are on; for set-up all there are.
fn pipelines(app: &App, ask: &Ask, noun: &str) -> Vec<Arc<Playbook>> {
    let kin = app.library().all_named(ask.workspace, noun);
    if !kin.is_empty() {
        return kin;
    }
    let all = app.library().all(ask.workspace);
    all.into_iter().map(|shelved| shelved.playbook).filter(|p| p.pipeline).collect()
}

/// Those that contain what is typed, the ones that begin with it first.
fn matching(all: Vec<Choice>, typed: &str) -> Vec<Choice> {
    let typed = typed.trim().to_lowercase();
    let rank = |choice: &Choice| {
        let (label, value) = (choice.label.to_lowercase(), choice.value.to_lowercase());
        if label.starts_with(&typed) || value.starts_with(&typed) {
            Some(0)
        } else {
            (label.contains(&typed) || value.contains(&typed)).then_some(1)
        }
    };
    let mut ranked: Vec<_> = all.into_iter().filter_map(|c| rank(&c).map(|r| (r, c))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, choice)| choice).take(CHOICES).collect()
}

async fn records(
    app: &App,
    head: &Head,
    playbook: &Playbook,
    typed: &str,
) -> Result<Vec<Choice>, StoreError> {
    let letter = playbook.noun.letter;
    let found =
        app.store().search(head.workspace, letter, typed.trim(), head.person(), CHOICES as u32).await?;
    let rows = scenes(app, head, found);
    Ok(row_views(&rows).iter().map(suggest::record).collect())
}

/// The record that the command names so far.
async fn row(app: &App, head: &Head, ask: &Ask, noun: &str) -> Result<Option<(Scene, Row)>, StoreError> {
    let Some(handle) = text(ask, noun).and_then(RecordRef::parse) else { return Ok(None) };
    let Some(row) = resolve::row(app, head, Target::Handle(handle)).await? else { return Ok(None) };
    let playbook: Option<Arc<Playbook>> = app.playbook_of(&row.record);
    Ok(playbook.map(|playbook| (Scene::new(app, head, playbook), row)))
}

/// The stages that the engine would set, asked of the engine itself; one that only lacks data is offered too.
fn stages(head: &Head, scene: &Scene, row: &Row) -> Vec<Choice> {
    let env = scene.env(&row.record);
    let allowed = |stage: &&crate::domain::playbook::Stage| {
        let command = Command::SetStage { to: stage.id.clone(), data: Data::new() };
        match decide::decide(&row.record, &head.actor(), &command, &env) {
            Ok(_) | Err(Rejection::Missing { .. }) => true,
            Err(_) => false,
        }
    };
    scene.playbook.stages.order.iter().filter(allowed).map(suggest::stage).collect()
}

/// Fields that can be edited: those that belong to moves and plans have commands of their own.
fn fields(playbook: &Playbook) -> Vec<Choice> {
    let elsewhere = [builtin::REASON, builtin::NOTE, builtin::NEXT_ACTION, builtin::NEXT_DUE];
    playbook.fields.iter().filter(|f| !elsewhere.contains(&f.id.as_str())).map(suggest::field).collect()
}

fn text<'a>(ask: &'a Ask, option: &str) -> Option<&'a str> {
    match ask.call.options.get(option)? {
        Value::Text(text) => Some(text.as_str()).filter(|t| !t.trim().is_empty()),
        Value::Number(_)
        | Value::Flag(_)
        | Value::Person(..)
        | Value::Channel(_)
        | Value::Role(_)
        | Value::File(..) => None,
    }
}
