//! `/lead bulk`: one move of many records. First what would happen, asked of the engine and changing nothing; the move
//! itself is long work ([`super::jobs::bulk`]), bound to what was shown: the records and their versions (ruling 23).

use std::collections::BTreeMap;

use super::handle::{reading, status_called};
use super::head::{self, Head, Seen};
use super::jobs::bulk::{Bulk, Shown, asks};
use super::jobs::{self, Body};
use super::replies::{self, Scene};
use super::{App, Fault, query, resolve};
use crate::chat::intent::ListFilters;
use crate::chat::message::Reply;
use crate::chat::render;
use crate::chat::render::bulk::{Preview, Tally};
use crate::domain::access;
use crate::domain::command::Command;
use crate::domain::decide;
use crate::domain::field::{Data, FieldValue, builtin};
use crate::domain::ids::{FieldId, JobId};
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
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let (filter, said) = match query::narrowed(app, head, &playbook, &workspace, &args.filters) {
        Ok(found) => found,
        Err(reply) => return Ok(*reply),
    };
    let mut data = Data::new();
    if let Some(reason) = &args.reason {
        let reason = reading(app, head, &playbook, Some(&to)).reason(reason);
        data.insert(FieldId::new(builtin::REASON), reason);
    }
    if let Some(note) = args.note.clone() {
        data.insert(FieldId::new(builtin::NOTE), FieldValue::Text(note));
    }

    let plural = &playbook.noun.plural;
    let found = app.store().list(head.workspace, &filter, 0, LOOKED_AT).await?;
    if found.total == 0 {
        return Ok(Reply::Private(render::bulk::none_fits(plural)));
    }
    if found.total > LOOKED_AT {
        return Ok(Reply::Private(render::bulk::too_many(plural, found.total, MOST)));
    }
    let words = Scene::in_workspace(app, head, playbook.clone(), workspace.clone());
    let label = render::words::status(&words.ctx(), &to);
    let given = data.iter().map(|(field, value)| {
        let ctx = words.ctx();
        let text = render::words::flat(&render::words::value(&ctx, field, value), &workspace);
        (render::words::field(&ctx, field), text)
    });
    let mut view = Preview {
        title: render::bulk::title(plural, &label),
        title_of_one: render::bulk::title(&playbook.noun.singular, &label),
        filters: said,
        given: given.collect(),
        ..Preview::default()
    };
    let mut shown = Vec::new();
    let mut refused: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in found.rows {
        let record = &row.record;
        let Some(rules) = app.playbook_of(record) else { continue };
        let scene = Scene::in_workspace(app, head, rules, workspace.clone());
        let env = scene.env(record);
        let command = Command::Move { to: to.clone(), data: data.clone(), expected: Some(record.version) };
        if access::check(record, &head.actor(), &command, &env).is_err() {
            view.others += 1;
            continue;
        }
        if shown.len() == MOST {
            return Ok(Reply::Private(render::bulk::too_many(plural, found.total, MOST)));
        }
        let decided = decide::decide(record, &head.actor(), &command, &env);
        shown.push(Shown { record: record.id, version: record.version, refused: decided.is_err() });
        match decided {
            Ok(decision) if asks(&decision) => view.tally.asked += 1,
            Ok(_) => view.tally.moved += 1,
            Err(why) => {
                view.tally.refused += 1;
                let sentence = render::rejection::sentence(&scene.ctx(), None, &why);
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
    if view.tally.moved + view.tally.asked == 0 {
        return Ok(Reply::Private(render::bulk::preview(&view, None)));
    }
    let total = shown.len() as u64;
    let kind = Bulk {
        title: view.title.clone(),
        noun: playbook.noun.singular.clone(),
        to,
        data,
        records: shown,
        command: None,
        tally: Tally::default(),
        requests: Vec::new(),
    };
    let job = jobs::waiting(head, &Body::Bulk(kind), total, app.clock().now());
    let kept = app.store().work(Keep { head: head.clone(), job }).await?;
    Ok(match kept {
        Some(job) => Reply::Private(render::bulk::preview(&view, Some(job))),
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
