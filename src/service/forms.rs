//! Missing data: asked for in steps, kept in a draft until it is complete (X1, D22). The engine alone says what is
//! missing; here it is only asked for, read, and tried again.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::change::{Create, Target};
use super::draft::{BulkDraft, ChangeDraft, DraftBody, Find, Keep, What};
use super::handle::{change_of_draft, create, reading};
use super::head::Head;
use super::replies::{self, Scene};
use super::{App, Fault, bulk, outcomes, tasks};
use crate::chat::message::Reply;
use crate::chat::render;
use crate::chat::render::form::{Answers, Asked, Step};
use crate::domain::decide;
use crate::domain::field::Data;
use crate::domain::ids::DraftId;
use crate::domain::playbook::Playbook;
use crate::domain::record::Record;

/// Starts a change with what is known already, and what was typed in a command.
pub async fn begin(
    app: &App,
    head: &Head,
    playbook: Arc<Playbook>,
    what: What,
    known: Data,
    inputs: &BTreeMap<String, String>,
) -> Result<Reply, Fault> {
    let change = ChangeDraft { what, data: known, typed: BTreeMap::new(), missing: Vec::new() };
    with_inputs(app, head, playbook, DraftId(0), change, inputs).await
}

/// Goes on with an unfinished change: a form was submitted, or something picked.
pub async fn go_on(
    app: &App,
    head: &Head,
    draft: DraftId,
    inputs: &BTreeMap<String, String>,
) -> Result<Reply, Fault> {
    if let Some(order) = bulk_of(app, head, draft).await? {
        return bulk::go_on(app, head, draft, order, inputs).await;
    }
    match find(app, head, draft).await? {
        Ok((change, playbook)) => with_inputs(app, head, playbook, draft, change, inputs).await,
        Err(reply) => Ok(reply),
    }
}

/// Goes on with an unfinished change after something else about it was said than a field.
pub async fn amend(
    app: &App,
    head: &Head,
    draft: DraftId,
    amend: impl FnOnce(&mut ChangeDraft, &Playbook),
) -> Result<Reply, Fault> {
    match find(app, head, draft).await? {
        Ok((mut change, playbook)) => {
            amend(&mut change, &playbook);
            run(app, head, playbook, draft, change).await
        }
        Err(reply) => Ok(reply),
    }
}

/// Opens the next form of an unfinished change.
pub async fn open(app: &App, head: &Head, draft: DraftId) -> Result<Reply, Fault> {
    if let Some(order) = bulk_of(app, head, draft).await? {
        return bulk::open(app, head, draft, order).await;
    }
    match find(app, head, draft).await? {
        Ok((change, playbook)) if change.missing.iter().any(|field| !change.data.contains_key(field)) => {
            let record = record_of(app, &change).await?;
            let scene = Scene::new(app, head, playbook);
            Ok(step(&scene, record.as_ref(), draft, &change, head.answers))
        }
        // Everything is there: the engine may say something else by now.
        Ok((change, playbook)) => run(app, head, playbook, draft, change).await,
        Err(reply) => Ok(reply),
    }
}

/// Makes the new record though somebody like it is there (ruling 15).
pub async fn create_anyway(app: &App, head: &Head, draft: DraftId) -> Result<Reply, Fault> {
    match find(app, head, draft).await? {
        Ok((ChangeDraft { what: what @ What::Create { .. }, data, .. }, playbook)) => {
            create(
                app,
                head,
                Create {
                    head: head.clone(),
                    library: app.library(),
                    playbook,
                    what,
                    data,
                    draft,
                    anyway: true,
                },
            )
            .await
        }
        Ok(_) => Ok(replies::gone()),
        Err(reply) => Ok(reply),
    }
}

/// The next step of an unfinished change, as a form, a list, or a button to the next form.
pub fn step(
    scene: &Scene,
    record: Option<&Record>,
    draft: DraftId,
    change: &ChangeDraft,
    answers: Answers,
) -> Reply {
    if let Some(question) = record.and_then(|record| outcomes::question(scene, record, draft, change)) {
        return Reply::Private(question);
    }
    // Where outcomes are asked for, they say what is true.
    let unanswered = tasks::unanswered(change).filter(|_| scene.playbook.outcomes.is_empty());
    if let (Some(task), Some(record)) = (unanswered, record) {
        return tasks::question(scene, record, task, draft).map_or_else(replies::gone, Reply::Private);
    }
    let ctx = scene.ctx();
    let (title, brought) = match (record, &change.what) {
        (Some(record), What::Stage { to, .. }) => {
            (render::form::title_of_stage(&ctx, record, to), decide::brought_by(record, to, &scene.playbook))
        }
        (Some(record), what) => (render::form::title(&ctx, record, what.to()), None),
        (None, _) => (render::input::new_title(&ctx, &change.data), None),
    };
    let fields: Vec<_> = change.missing.iter().filter_map(|id| scene.playbook.field(id)).collect();
    let typed = change.typed.iter().map(|(id, text)| (id.to_string(), text.clone())).collect();
    let reasons = record.and_then(|record| outcomes::reasons(scene, record, change));
    let asked = Asked {
        draft,
        reasons: reasons.as_deref(),
        title: &title,
        fields: &fields,
        given: &change.data,
        to: change.what.to().or(brought.as_ref()),
        typed: &typed,
        answers,
    };
    match render::form::next_step(&ctx, &asked) {
        Step::Form(form) => Reply::Form(form),
        Step::Pick(message) => Reply::Private(message),
        // The engine asks for a field that the playbook does not declare; the compiler refuses such a playbook.
        Step::Complete => replies::gone(),
    }
}

/// Reads what was typed; what cannot be read is kept and shown again, the rest is tried.
async fn with_inputs(
    app: &App,
    head: &Head,
    playbook: Arc<Playbook>,
    draft: DraftId,
    mut change: ChangeDraft,
    inputs: &BTreeMap<String, String>,
) -> Result<Reply, Fault> {
    let read = reading(app, head, &playbook, change.what.to()).form(inputs);
    for field in read.data.keys() {
        change.typed.remove(field);
    }
    change.data.extend(read.data);
    change.typed.extend(read.typed);
    if read.problems.is_empty() {
        return run(app, head, playbook, draft, change).await;
    }
    for field in change.typed.keys() {
        if !change.missing.contains(field) {
            change.missing.push(field.clone());
        }
    }
    let body = DraftBody::Change(change);
    let draft = app.store().work(Keep { head: head.clone(), id: draft, body }).await?;
    Ok(Reply::Private(render::form::problems(draft, &read.problems)))
}

async fn run(
    app: &App,
    head: &Head,
    playbook: Arc<Playbook>,
    draft: DraftId,
    change: ChangeDraft,
) -> Result<Reply, Fault> {
    let ChangeDraft { what, data, .. } = change;
    match (what.record(), what.command(data.clone())) {
        (Some(record), Some(command)) => {
            change_of_draft(app, head, Target::Record(record), command, draft).await
        }
        (None, _) | (_, None) => {
            create(
                app,
                head,
                Create {
                    head: head.clone(),
                    library: app.library(),
                    playbook,
                    what,
                    data,
                    draft,
                    anyway: false,
                },
            )
            .await
        }
    }
}

/// The draft, if it is a move of many records and this person's.
async fn bulk_of(app: &App, head: &Head, id: DraftId) -> Result<Option<BulkDraft>, Fault> {
    let found = app.store().work(Find(id)).await?;
    let own = found.filter(|d| d.workspace == head.workspace && d.person == head.person());
    Ok(match own.and_then(|draft| DraftBody::read(&draft.body)) {
        Some(DraftBody::Bulk(order)) => Some(order),
        Some(
            DraftBody::Change(_) | DraftBody::Note { .. } | DraftBody::List { .. } | DraftBody::Mine { .. },
        )
        | None => None,
    })
}

/// The draft, if it is this person's; else what to tell them.
async fn find(
    app: &App,
    head: &Head,
    id: DraftId,
) -> Result<Result<(ChangeDraft, Arc<Playbook>), Reply>, Fault> {
    let gone = || Ok(Err(Reply::Private(render::problem::draft_gone())));
    let Some(draft) = app.store().work(Find(id)).await?.filter(|d| d.workspace == head.workspace) else {
        return gone();
    };
    if draft.person != head.person() {
        return Ok(Err(Reply::Private(render::problem::not_your_draft())));
    }
    let Some(DraftBody::Change(change)) = DraftBody::read(&draft.body) else { return gone() };
    let playbook = match &change.what {
        What::Create { playbook, .. } => app.active(head.workspace).into_iter().find(|p| p.id == *playbook),
        What::Move { .. }
        | What::Stage { .. }
        | What::Fill { .. }
        | What::Done { .. }
        | What::Complete { .. }
        | What::Confirm { .. } => record_of(app, &change).await?.and_then(|record| app.playbook_of(&record)),
    };
    match playbook {
        Some(playbook) => Ok(Ok((change, playbook))),
        None => gone(),
    }
}

async fn record_of(app: &App, change: &ChangeDraft) -> Result<Option<Record>, Fault> {
    Ok(match change.what.record() {
        Some(id) => app.store().records(&[id]).await?.pop().map(|row| row.record),
        None => None,
    })
}
