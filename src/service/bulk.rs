//! `/lead bulk`: one move of many records. First what would happen, asked of the engine and changing nothing; the move
//! itself is long work ([`super::jobs::bulk`]), bound to what was shown: the records and their versions (ruling 23).
//!
//! What the new status needs and some of them lack can be given once for all: a form asks for it, those that lack it get
//! it, and what would happen is said anew (D68). Only what is each record's own (who it is, what it is worth) is not.

use std::collections::BTreeMap;

use super::draft::{self, BulkDraft, DraftBody};
use super::handle::{reading, status_called};
use super::head::{self, Head, Seen};
use super::jobs::bulk::{Bulk, Shown, asks, decided};
use super::jobs::{self, Body};
use super::replies::{self, Scene};
use super::{App, Fault, query, resolve};
use crate::chat::intent::ListFilters;
use crate::chat::message::Reply;
use crate::chat::render;
use crate::chat::render::bulk::{Preview, Tally};
use crate::chat::render::form::{Asked, Step};
use crate::domain::access;
use crate::domain::command::Command;
use crate::domain::field::{Data, FieldValue, builtin};
use crate::domain::ids::{DraftId, FieldId, JobId};
use crate::domain::playbook::Playbook;
use crate::domain::rejection::Rejection;
use crate::store::row::Job;
use crate::store::{Batch, Needs, Work};

/// So many records are moved by one command.
pub const MOST: usize = 1_000;
/// So many are looked through for those that the person may change.
const LOOKED_AT: u64 = 5_000;

/// The options of `/lead bulk`.
pub struct Args {
    /// The command's noun.
    pub noun: String,
    /// The new status.
    pub to: String,
    /// Which records.
    pub filters: ListFilters,
    /// Why, for all of them.
    pub reason: Option<String>,
    /// A note, for all of them.
    pub note: Option<String>,
}

/// `/lead bulk`: what would happen, and a button.
pub async fn bulk(app: &App, head: &Head, args: Args) -> Result<Reply, Fault> {
    let pipeline = args.filters.pipeline.as_deref();
    let playbook = match resolve::playbook(app, head, &args.noun, pipeline) {
        Ok(playbook) => playbook,
        Err(sentence) => return Ok(replies::mistake(&sentence)),
    };
    let to = status_called(&playbook, &args.to);
    if playbook.status(&to).is_none() {
        let rejection = Rejection::UnknownStatus { typed: args.to };
        return Ok(replies::refusal(app, head, Some(playbook), &rejection));
    }
    let mut data = Data::new();
    if let Some(reason) = &args.reason {
        let reason = reading(app, head, &playbook, Some(&to)).reason(reason);
        data.insert(FieldId::new(builtin::REASON), reason);
    }
    if let Some(note) = args.note.clone() {
        data.insert(FieldId::new(builtin::NOTE), FieldValue::Text(note));
    }
    let order = BulkDraft {
        noun: args.noun,
        to,
        filters: args.filters,
        data,
        lacking: Data::new(),
        typed: BTreeMap::new(),
        missing: Vec::new(),
    };
    preview(app, head, DraftId(0), order).await
}

/// Opens the form for what some of them lack.
pub async fn open(app: &App, head: &Head, draft: DraftId, order: BulkDraft) -> Result<Reply, Fault> {
    if is_complete(&order) { preview(app, head, draft, order).await } else { step(app, head, draft, &order) }
}

/// Takes an answer; once all are there, says anew what would happen.
pub async fn go_on(
    app: &App,
    head: &Head,
    draft: DraftId,
    mut order: BulkDraft,
    inputs: &BTreeMap<String, String>,
) -> Result<Reply, Fault> {
    let pipeline = order.filters.pipeline.as_deref();
    let playbook = match resolve::playbook(app, head, &order.noun, pipeline) {
        Ok(playbook) => playbook,
        Err(sentence) => return Ok(replies::mistake(&sentence)),
    };
    let read = reading(app, head, &playbook, Some(&order.to)).form(inputs);
    order.typed.retain(|field, _| !read.data.contains_key(field));
    // Only what was asked for: a form that is forged gives nothing else.
    order.lacking.extend(read.data.into_iter().filter(|(field, _)| order.missing.contains(field)));
    order.typed.extend(read.typed);
    if !read.problems.is_empty() {
        let draft = keep(app, head, draft, order).await?;
        return Ok(Reply::Private(render::form::problems(draft, &read.problems)));
    }
    if is_complete(&order) {
        return preview(app, head, draft, order).await;
    }
    let draft = keep(app, head, draft, order.clone()).await?;
    step(app, head, draft, &order)
}

fn is_complete(order: &BulkDraft) -> bool {
    order.missing.iter().all(|field| order.lacking.contains_key(field))
}

async fn keep(app: &App, head: &Head, id: DraftId, order: BulkDraft) -> Result<DraftId, Fault> {
    Ok(app.store().work(draft::Keep { head: head.clone(), id, body: DraftBody::Bulk(order) }).await?)
}

/// The next form, or list, for what some of them lack.
fn step(app: &App, head: &Head, draft: DraftId, order: &BulkDraft) -> Result<Reply, Fault> {
    let pipeline = order.filters.pipeline.as_deref();
    let playbook = match resolve::playbook(app, head, &order.noun, pipeline) {
        Ok(playbook) => playbook,
        Err(sentence) => return Ok(replies::mistake(&sentence)),
    };
    let scene = Scene::new(app, head, playbook);
    let ctx = scene.ctx();
    let fields: Vec<_> = order.missing.iter().filter_map(|id| scene.playbook.field(id)).collect();
    let typed = order.typed.iter().map(|(id, text)| (id.to_string(), text.clone())).collect();
    let title = render::bulk::title(&scene.playbook.noun.plural, &render::words::status(&ctx, &order.to));
    let asked = Asked {
        draft,
        title: &title,
        fields: &fields,
        given: &order.lacking,
        to: Some(&order.to),
        reasons: None,
        typed: &typed,
        answers: head.answers,
    };
    Ok(match render::form::next_step(&ctx, &asked) {
        Step::Form(form) => Reply::Form(form),
        Step::Pick(message) => Reply::Private(message),
        Step::Complete => replies::gone(),
    })
}

/// Whether a field says something about one record alone: who it is, what it is worth, what was made of it.
fn is_its_own(field: &FieldId, playbook: &Playbook) -> bool {
    let own = [builtin::NAME, builtin::COMPANY, builtin::EMAIL, builtin::PHONE, builtin::VALUE];
    own.contains(&field.as_str()) || playbook.field(field).is_none_or(|field| field.role.is_some())
}

/// What would happen, a button that does it, and one that asks for what some of them lack.
async fn preview(app: &App, head: &Head, draft: DraftId, mut order: BulkDraft) -> Result<Reply, Fault> {
    let pipeline = order.filters.pipeline.as_deref();
    let playbook = match resolve::playbook(app, head, &order.noun, pipeline) {
        Ok(playbook) => playbook,
        Err(sentence) => return Ok(replies::mistake(&sentence)),
    };
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let (filter, said) = match query::narrowed(app, head, &playbook, &workspace, &order.filters) {
        Ok(found) => found,
        Err(reply) => return Ok(*reply),
    };
    let BulkDraft { to, data, lacking, .. } = &order;
    let plural = &playbook.noun.plural;
    let found = app.store().list(head.workspace, &filter, 0, LOOKED_AT).await?;
    if found.total == 0 {
        return Ok(Reply::Private(render::bulk::none_fits(plural)));
    }
    if found.total > LOOKED_AT {
        return Ok(Reply::Private(render::bulk::too_many(plural, found.total, MOST)));
    }
    let words = Scene::in_workspace(app, head, playbook.clone(), workspace.clone());
    let label = render::words::status(&words.ctx(), to);
    let said_of = |(field, value): (&FieldId, &FieldValue)| {
        let ctx = words.ctx();
        let text = render::words::flat(&render::words::value(&ctx, field, value), &workspace);
        (render::words::field(&ctx, field), text)
    };
    let mut view = Preview {
        title: render::bulk::title(plural, &label),
        title_of_one: render::bulk::title(&playbook.noun.singular, &label),
        filters: said,
        given: data.iter().map(said_of).collect(),
        lacking: lacking.iter().map(said_of).collect(),
        ..Preview::default()
    };
    let mut shown = Vec::new();
    let mut missing: Vec<FieldId> = Vec::new();
    let mut refused: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in found.rows {
        let record = &row.record;
        let Some(rules) = app.playbook_of(record) else { continue };
        let scene = Scene::in_workspace(app, head, rules, workspace.clone());
        let env = scene.env(record);
        let command = Command::Move { to: to.clone(), data: data.clone(), expected: None };
        if access::check(record, &head.actor(), &command, &env).is_err() {
            view.others += 1;
            continue;
        }
        if shown.len() == MOST {
            return Ok(Reply::Private(render::bulk::too_many(plural, found.total, MOST)));
        }
        let decided = decided(record, record.version, &head.actor(), (to, data, lacking), &env);
        shown.push(Shown { record: record.id, version: record.version, refused: decided.is_err() });
        match decided {
            Ok(decision) if asks(&decision) => view.tally.asked += 1,
            Ok(_) => view.tally.moved += 1,
            Err(why) => {
                view.tally.refused += 1;
                let sentence = match &why {
                    Rejection::Missing { fields, .. } => {
                        let own = fields.iter().any(|field| is_its_own(field, scene.playbook.as_ref()));
                        if !own {
                            view.fillable += 1;
                            let new = fields.iter().filter(|field| !missing.contains(field));
                            let new: Vec<_> = new.cloned().collect();
                            missing.extend(new);
                        }
                        render::bulk::lacks(&scene.ctx(), to, fields, own)
                    }
                    _ => render::rejection::sentence(&scene.ctx(), None, &why),
                };
                let sentence = render::words::flat(&sentence, &workspace);
                refused.entry(sentence).or_default().push(record.handle.to_string());
            }
        }
    }
    if shown.is_empty() {
        return Ok(Reply::Private(render::bulk::none_yours(plural, view.others)));
    }
    view.refusals = refused.into_iter().map(|(why, which)| (why, which.len() as u64, which)).collect();
    view.refusals.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
    let (to, data, lacking) = (to.clone(), data.clone(), lacking.clone());
    let fill = if missing.is_empty() {
        None
    } else {
        order.missing = missing;
        Some(keep(app, head, draft, order).await?)
    };
    if view.tally.moved + view.tally.asked == 0 {
        return Ok(Reply::Private(render::bulk::preview(&view, None, fill)));
    }
    let total = shown.len() as u64;
    let kind = Bulk {
        title: view.title.clone(),
        noun: playbook.noun.singular.clone(),
        to,
        data,
        lacking,
        records: shown,
        command: None,
        tally: Tally::default(),
        requests: Vec::new(),
    };
    let job = jobs::waiting(head, &Body::Bulk(kind), total, app.clock().now());
    let kept = app.store().work(Keep { head: head.clone(), job }).await?;
    Ok(match kept {
        Some(job) => Reply::Private(render::bulk::preview(&view, Some(job), fill)),
        None => Reply::Private(render::jobs::gone()),
    })
}

/// Keeps a job until somebody presses its button; `None`: the input was seen before (R4).
struct Keep {
    head: Head,
    job: Job,
}

impl Work for Keep {
    type Answer = Option<JobId>;

    fn needs(&self) -> Needs {
        Needs { inbox: Some((self.head.source, self.head.external_id.clone())), ..Needs::default() }
    }

    fn run(&self, batch: &mut Batch) -> Option<JobId> {
        match self.head.open(batch) {
            Seen::Repeat => None,
            Seen::First => Some(batch.put_job(self.job.clone())),
        }
    }
}
