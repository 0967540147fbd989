//! `/setup pipeline add|rename|reorder|retire` (C1, C5, ruling 19): a workspace's own pipelines, made and changed from chat.
//!
//! Each change is a new version of the playbook's text ([`edit`]): kept, audited and taken over by its records just as
//! one that was uploaded ([`playbooks`]). A shipped pipeline that is changed becomes the workspace's own.
//!
//! Where the records of a stage that goes end up: at the stage that is named, else at the one before it, else (it was
//! the first) at the one after it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fields::is_called;
use super::head::Head;
use super::playbooks::{self, Placed, Placing};
use super::{App, Fault, replies};
use crate::chat::intent::PipelineChange;
use crate::chat::message::Reply;
use crate::chat::render::pipelines::{self as words, Became, Changed, Made};
use crate::chat::render::{input, words as common};
use crate::domain::activity::Activity;
use crate::domain::ids::StageId;
use crate::domain::playbook::{Landing, Playbook, Stage};
use crate::playbook::Severity;
use crate::playbook::edit::{self, Called, MOST_NAME, MOST_STAGES, Makes, Sheet};
use crate::playbook::library::{Origin, Shelved};
use crate::store::playbooks::Standing;

/// Why nothing is changed.
enum Refused {
    /// One sentence.
    Sentence(String),
    /// What is said instead.
    Reply(Box<Reply>),
}

impl From<String> for Refused {
    fn from(sentence: String) -> Self {
        Self::Sentence(sentence)
    }
}

/// What a change leads to, or why nothing is changed.
type Wanted<T> = Result<T, Refused>;

/// A pipeline that is to be changed.
struct Known {
    shelved: Shelved,
    sheet: Sheet,
}

impl Known {
    fn playbook(&self) -> &Playbook {
        &self.shelved.playbook
    }
}

/// Any of the four; admins only.
pub async fn change(app: &App, head: &Head, change: PipelineChange) -> Result<Reply, Fault> {
    if let Some(refused) = playbooks::not_admin(app, head) {
        return Ok(refused);
    }
    let _turn = app.shared.playbook_turn.lock().await;
    let done = match change {
        PipelineChange::Add { pipeline, stages, makes } => add(app, head, &pipeline, &stages, &makes).await,
        PipelineChange::Rename { pipeline, stage: Some(stage), to } => {
            rename(app, head, &pipeline, &stage, &to).await
        }
        PipelineChange::Rename { pipeline, stage: None, to } => retitle(app, head, &pipeline, &to).await,
        PipelineChange::Reorder { pipeline, stages } => reorder(app, head, &pipeline, &stages).await,
        PipelineChange::Retire { pipeline, stage, into } => {
            retire(app, head, &pipeline, &stage, into.as_deref()).await
        }
    }?;
    Ok(match done {
        Ok(reply) => reply,
        Err(Refused::Sentence(sentence)) => replies::mistake(&sentence),
        Err(Refused::Reply(reply)) => *reply,
    })
}

async fn add(
    app: &App,
    head: &Head,
    title: &str,
    stages: &[String],
    makes: &BTreeMap<String, String>,
) -> Result<Wanted<Reply>, Fault> {
    let (sheet, order) = match drawn(app, head, title, stages, makes) {
        Ok(drawn) => drawn,
        Err(refused) => return Ok(Err(refused)),
    };
    Ok(settle(app, head, None, sheet, &order, words::audit(&Became::Made)).await?.map(|(new, placed)| {
        let makes = new.statuses.iter().map(|s| (s.label.clone(), s.guide.when.clone())).collect();
        Reply::Private(words::made(&Made {
            title: new.title.clone(),
            id: new.id.to_string(),
            noun: new.noun.singular.clone(),
            stages: labels(&new),
            makes,
            held_by: placed.holder,
        }))
    }))
}

/// The text of a new pipeline, and the ids of its stages.
fn drawn(
    app: &App,
    head: &Head,
    title: &str,
    stages: &[String],
    makes: &BTreeMap<String, String>,
) -> Wanted<(Sheet, Vec<String>)> {
    let all = app.library().all(head.workspace);
    name(title)?;
    if let Some(taken) = all.iter().find(|s| is_called(title, s.playbook.id.as_str(), &s.playbook.title)) {
        return Err(words::taken(&taken.playbook.title).into());
    }
    if stages.is_empty() || stages.len() > MOST_STAGES {
        return Err(words::too_many(stages.len()).into());
    }
    for (at, stage) in stages.iter().enumerate() {
        name(stage)?;
        if stages[..at].iter().any(|other| is_called(stage, "", other)) {
            return Err(words::twice(stage).into());
        }
    }
    let Some(mut sheet) = Sheet::template() else { return Err(words::not_from_here(title, "").into()) };
    // All pipelines share a noun (ruling 18): that of those that are on, else the template's.
    if let Some(kin) = all.iter().find(|s| s.active && s.playbook.pipeline) {
        let noun = &kin.playbook.noun;
        let called = Called { singular: &noun.singular, plural: &noun.plural, letter: noun.letter };
        sheet.called(&called);
    }
    let ids: Vec<String> = all.iter().map(|s| s.playbook.id.to_string()).collect();
    sheet.name(&edit::id_for(title, '-', "pipeline", &ids), title.trim());
    let mut order: Vec<String> = Vec::new();
    for stage in stages {
        let id = edit::id_for(stage, '_', "stage", &order);
        sheet.add_stage(&id, stage);
        order.push(id);
    }
    for (status, label) in sheet.statuses() {
        let Some((_, said)) = makes.iter().find(|(option, _)| is_called(option, &status, &label)) else {
            continue;
        };
        let activity = Activity::ALL.into_iter().find(|a| is_called(said, a.name(), common::activity(*a)));
        let makes = match activity {
            Some(activity) => Makes::Activity {
                name: activity.name().to_owned(),
                label: common::activity(activity).to_owned(),
            },
            None => Makes::Words(common::tidy(said, 100)),
        };
        sheet.makes(&status, &label, &makes);
    }
    Ok((sheet, order))
}

async fn rename(app: &App, head: &Head, typed: &str, stage: &str, to: &str) -> Result<Wanted<Reply>, Fault> {
    let drafted = known(app, head, typed).and_then(|mut known| {
        let stage = one_called(known.playbook(), stage)?.clone();
        name(to)?;
        if stage.label == to {
            return Err(words::called_so(&stage.label).into());
        }
        free(known.playbook(), to, Some(&stage.id))?;
        known.sheet.label_stage(stage.id.as_str(), to);
        Ok((known, stage))
    });
    let (known, stage) = match drafted {
        Ok(drafted) => drafted,
        Err(refused) => return Ok(Err(refused)),
    };
    let order = ids(known.playbook());
    finish(app, head, known, &order, Became::Renamed { from: stage.label, to: to.to_owned() }).await
}

async fn retitle(app: &App, head: &Head, typed: &str, to: &str) -> Result<Wanted<Reply>, Fault> {
    let drafted = known(app, head, typed).and_then(|mut known| {
        name(to)?;
        if known.playbook().title == to {
            return Err(words::called_so(to).into());
        }
        let id = &known.playbook().id;
        let all = app.library().all(head.workspace);
        let others = all.iter().map(|s| &s.playbook).filter(|p| p.id != *id);
        if let Some(taken) = others.into_iter().find(|p| is_called(to, p.id.as_str(), &p.title)) {
            return Err(words::taken(&taken.title).into());
        }
        known.sheet.title(to);
        Ok(known)
    });
    let known = match drafted {
        Ok(drafted) => drafted,
        Err(refused) => return Ok(Err(refused)),
    };
    let (order, from) = (ids(known.playbook()), known.playbook().title.clone());
    finish(app, head, known, &order, Became::Retitled { from, to: to.to_owned() }).await
}

async fn reorder(app: &App, head: &Head, typed: &str, stages: &[String]) -> Result<Wanted<Reply>, Fault> {
    let drafted = known(app, head, typed).and_then(|mut known| {
        let order = reordered(known.playbook(), &known.sheet, stages)?;
        for (id, label) in &order.new {
            known.sheet.add_stage(id, label);
        }
        known.sheet.order_stages(&order.ids);
        Ok((known, order))
    });
    let (known, order) = match drafted {
        Ok(drafted) => drafted,
        Err(refused) => return Ok(Err(refused)),
    };
    let added = order.new.into_iter().map(|(_, label)| label).collect();
    finish(app, head, known, &order.ids, Became::Reordered { added }).await
}

/// Stages in a new order.
struct Order {
    /// The ids of all of them.
    ids: Vec<String>,
    /// Ids and names of those that are new.
    new: Vec<(String, String)>,
}

fn reordered(playbook: &Playbook, sheet: &Sheet, stages: &[String]) -> Wanted<Order> {
    if stages.len() > MOST_STAGES {
        return Err(words::too_many(stages.len()).into());
    }
    let before = ids(playbook);
    let mut taken: Vec<String> = before.iter().cloned().chain(sheet.retired_stages()).collect();
    let (mut order, mut new): (Vec<String>, Vec<(String, String)>) = (Vec::new(), Vec::new());
    for typed in stages {
        let id = match stage_called(playbook, typed) {
            Some(stage) => stage.id.to_string(),
            None if new.iter().any(|(_, label)| is_called(typed, "", label)) => {
                return Err(words::twice(typed).into());
            }
            None => {
                name(typed)?;
                let id = edit::id_for(typed, '_', "stage", &taken);
                taken.push(id.clone());
                new.push((id.clone(), typed.clone()));
                id
            }
        };
        if order.contains(&id) {
            return Err(words::twice(typed).into());
        }
        order.push(id);
    }
    // A name that is new beside one that is left out is a slip of the pen, or a rename.
    if let Some(left) = playbook.stages.order.iter().find(|s| !order.iter().any(|id| id == s.id.as_str())) {
        let odd = new.first().map(|(_, label)| label.as_str());
        return Err(words::left_out(&playbook.title, &left.label, odd).into());
    }
    if order == before {
        return Err(words::as_they_stand(&playbook.title).into());
    }
    Ok(Order { ids: order, new })
}

async fn retire(
    app: &App,
    head: &Head,
    typed: &str,
    stage: &str,
    into: Option<&str>,
) -> Result<Wanted<Reply>, Fault> {
    let drafted = known(app, head, typed).and_then(|mut known| {
        let playbook = known.shelved.playbook.clone();
        let gone = one_called(&playbook, stage)?;
        let place = playbook.rank(&gone.id).unwrap_or_default();
        let order = &playbook.stages.order;
        let into = match into {
            Some(into) => one_called(&playbook, into)?,
            None => match place.checked_sub(1).map_or(order.get(1), |before| order.get(before)) {
                Some(neighbour) => neighbour,
                None => return Err(words::only_stage(&playbook.title, &gone.label).into()),
            },
        };
        if order.len() == 1 {
            return Err(words::only_stage(&playbook.title, &gone.label).into());
        }
        if into.id == gone.id {
            return Err(words::into_itself(&gone.label).into());
        }
        known.sheet.retire_stage(gone.id.as_str(), into.id.as_str());
        Ok((known, gone.clone(), into.clone()))
    });
    let (known, gone, into) = match drafted {
        Ok(drafted) => drafted,
        Err(refused) => return Ok(Err(refused)),
    };
    let mut order = ids(known.playbook());
    order.retain(|id| id != gone.id.as_str());
    let standing = app.store().standing(head.workspace, &known.playbook().id).await?;
    let records = at_stage(known.playbook(), &standing, &gone.id);
    let became = Became::Retired { stage: gone.label, into: into.label, records };
    finish(app, head, known, &order, became).await
}

/// How many records stand at a stage, those of earlier versions with them.
fn at_stage(playbook: &Playbook, standing: &[Standing], stage: &StageId) -> u64 {
    let here = |stands: &&Standing| match playbook.landing(&stands.status, stands.stage.as_ref()) {
        Landing::At(_, at) => at.as_ref() == Some(stage),
        Landing::NoStatus(_) | Landing::NoStage(_) => false,
        Landing::Apart(_, at) => at == *stage,
    };
    standing.iter().filter(here).map(|stands| stands.count).sum()
}

/// Keeps the change of a pipeline that is there, and says what came of it.
async fn finish(
    app: &App,
    head: &Head,
    known: Known,
    order: &[String],
    became: Became,
) -> Result<Wanted<Reply>, Fault> {
    let Known { shelved, sheet } = known;
    let what = words::audit(&became);
    let settled = settle(app, head, Some(&shelved.playbook), sheet, order, what).await?;
    Ok(settled.map(|(new, placed)| {
        Reply::Private(words::changed(&Changed {
            title: new.title.clone(),
            noun: new.noun.singular.clone(),
            plural: new.noun.plural.clone(),
            version: new.version,
            became,
            stages: labels(&new),
            moving: placed.moving,
            ramped: placed.ramped,
            own_now: shelved.origin == Origin::Shipped,
        }))
    }))
}

/// Gives the text its version, has it judged as an upload is, and keeps it.
async fn settle(
    app: &App,
    head: &Head,
    before: Option<&Playbook>,
    mut sheet: Sheet,
    order: &[String],
    what: String,
) -> Result<Wanted<(Arc<Playbook>, Placed)>, Fault> {
    if let Some(before) = before {
        sheet.version(before.version + 1);
    }
    let text = sheet.text();
    let (problems, new) = playbooks::examine(app, head.workspace, &text).await?;
    let error = problems.iter().find(|p| p.severity == Severity::Error);
    let title = before.map_or("This pipeline", |p| &p.title);
    let Some(new) = new.filter(|new| error.is_none() && ids(new) == order) else {
        let why = error.map(|p| p.message.as_str()).unwrap_or_default();
        let sentence = match before {
            Some(_) => words::not_from_here(title, why),
            None => why.to_owned(),
        };
        return Ok(Err(sentence.into()));
    };
    if let Some(message) = playbooks::under_way(app, head.workspace, &new.id).await? {
        return Ok(Err(Refused::Reply(Box::new(Reply::Private(message)))));
    }
    let file = format!("{}.toml", new.id);
    let placing = Placing { new: new.clone(), text, file, active: None, what: Some(what) };
    let placed = playbooks::place(app, head, placing).await?;
    Ok(Ok((new, placed)))
}

/// The pipeline that is meant, on or off, with its newest text.
fn known(app: &App, head: &Head, typed: &str) -> Wanted<Known> {
    let library = app.library();
    let all = library.all(head.workspace);
    let mut pipelines = all.iter().filter(|s| s.playbook.pipeline);
    let found = pipelines.find(|s| is_called(typed, s.playbook.id.as_str(), &s.playbook.title));
    let Some(shelved) = found.cloned() else {
        let titles: Vec<_> =
            all.iter().filter(|s| s.playbook.pipeline).map(|s| s.playbook.title.as_str()).collect();
        return Err(input::unknown_pipeline(typed, &titles).into());
    };
    let (id, version) = (&shelved.playbook.id, shelved.playbook.version);
    let shelves = app.store().shelves();
    let own = shelves
        .texts
        .iter()
        .find(|t| t.workspace == head.workspace && t.id == *id && t.version == version)
        .map(|t| t.text.as_str());
    let text = own.or_else(|| library.shipped().source(id).map(|(_, text)| text));
    match text.and_then(Sheet::open) {
        Some(sheet) => Ok(Known { shelved, sheet }),
        None => Err(words::not_from_here(&shelved.playbook.title, "").into()),
    }
}

/// A stage of a pipeline, or the sentence that says which there are.
fn one_called<'a>(playbook: &'a Playbook, typed: &str) -> Wanted<&'a Stage> {
    stage_called(playbook, typed)
        .ok_or_else(|| words::no_stage(&playbook.title, typed, &labels(playbook)).into())
}

fn stage_called<'a>(playbook: &'a Playbook, typed: &str) -> Option<&'a Stage> {
    playbook.stages.order.iter().find(|s| is_called(typed, s.id.as_str(), &s.label))
}

/// Whether a stage may be called so: neither as another one is called, nor as it was called once.
fn free(playbook: &Playbook, name: &str, but: Option<&StageId>) -> Wanted<()> {
    match stage_called(playbook, name).filter(|other| Some(&other.id) != but) {
        Some(other) if is_called(name, "", &other.label) => {
            Err(words::stage_taken(&playbook.title, &other.label).into())
        }
        Some(other) => Err(words::name_of_old(&playbook.title, name, &other.label).into()),
        None => Ok(()),
    }
}

/// Whether a text can be a name.
fn name(text: &str) -> Wanted<()> {
    let length = text.trim().chars().count();
    if !text.chars().any(char::is_alphanumeric) {
        return Err(words::no_name(text).into());
    }
    if length > MOST_NAME { Err(words::too_long(text, MOST_NAME).into()) } else { Ok(()) }
}

fn ids(playbook: &Playbook) -> Vec<String> {
    playbook.stages.order.iter().map(|s| s.id.to_string()).collect()
}

fn labels(playbook: &Playbook) -> Vec<String> {
    playbook.stages.order.iter().map(|s| s.label.clone()).collect()
}
