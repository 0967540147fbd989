//! A new record, of what was typed, or made of another record (D26f, D31).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::draft::What;
use super::fields::is_called;
use super::head::{self, Head};
use super::resolve::{self, Named};
use super::{App, Fault, forms, handle, replies};
use crate::chat::intent::{PersonArg, RecordArg};
use crate::chat::message::Reply;
use crate::chat::render;
use crate::domain::field::{Data, builtin};
use crate::domain::playbook::Playbook;
use crate::store::row::Row;

/// What was asked for, as typed.
#[derive(Debug, Default)]
pub struct Asked<'a> {
    /// The noun.
    pub noun: &'a str,
    /// Which of the pipelines that share it.
    pub pipeline: Option<&'a str>,
    /// Built-in fields, by id.
    pub inputs: BTreeMap<String, String>,
    /// Other options: fields of the playbook, the record that it is made of.
    pub others: BTreeMap<String, String>,
    /// Whose it is to be.
    pub owner: Option<PersonArg>,
    /// The team.
    pub team: Option<String>,
}

/// A new record with what was typed about it.
pub async fn begin(app: &App, head: &Head, asked: Asked<'_>) -> Result<Reply, Fault> {
    let playbook = match resolve::playbook(app, head, asked.noun, asked.pipeline) {
        Ok(playbook) => playbook,
        Err(sentence) => return Ok(replies::mistake(&sentence)),
    };
    let mut inputs = asked.inputs;
    let mut source = None;
    for (option, typed) in asked.others {
        let comes_from = playbook.comes_from.as_ref().is_some_and(|from| from.nouns.contains(&option));
        let field =
            playbook.fields.iter().find(|f| is_called(&option.replace('-', "_"), f.id.as_str(), &f.label));
        if comes_from {
            match named(app, head, &option, typed).await? {
                Ok(row) => source = Some(row),
                Err(reply) => return Ok(*reply),
            }
        } else if let Some(field) = field {
            inputs.insert(field.id.to_string(), typed);
        } else {
            return Ok(replies::mistake(&render::input::not_for_pipeline(&option, &playbook.title)));
        }
    }
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let team = match (asked.team.as_deref(), &source) {
        (Some(name), _) => match workspace.team_named(name) {
            Some(team) => team.id,
            None => return Ok(handle::unknown_team(&workspace, name)),
        },
        (None, Some(row)) => row.record.team,
        (None, None) => workspace.team_of(asked.owner.as_ref().map_or(head.person(), |o| o.id)).id,
    };
    if let Some(owner) = &asked.owner {
        handle::remember_named(app, head, owner.id, &owner.name).await?;
    }
    let what = What::Create {
        playbook: playbook.id.clone(),
        team,
        // Without one, the engine knows whom it goes to.
        owner: asked.owner.map(|o| o.id),
        channel: head.in_workspace.then_some(head.channel),
        from: source.as_ref().map(|row| (row.record.id, row.record.handle)),
    };
    let known = source.map(|row| taken_over(&row, &playbook)).unwrap_or_default();
    forms::begin(app, head, playbook, what, known, &inputs).await
}

/// A record of a noun made of another record, with all that is known of it; what is missing is asked for.
pub async fn from(app: &App, head: &Head, playbook: &Arc<Playbook>, row: &Row) -> Result<Reply, Fault> {
    let what = What::Create {
        playbook: playbook.id.clone(),
        team: row.record.team,
        owner: row.record.owner,
        channel: row.record.channel,
        from: Some((row.record.id, row.record.handle)),
    };
    forms::begin(app, head, playbook.clone(), what, taken_over(row, playbook), &BTreeMap::new()).await
}

/// The active playbook whose records are made of those of another one.
pub fn made_of(app: &App, head: &Head, playbook: &Playbook) -> Option<Arc<Playbook>> {
    let of_it =
        |p: &Arc<Playbook>| p.comes_from.as_ref().is_some_and(|f| f.nouns.contains(&playbook.noun.singular));
    app.active(head.workspace).into_iter().find(of_it)
}

/// What the new record has from the one that it is made of: whatever both have a field for.
pub(super) fn taken_over(row: &Row, playbook: &Playbook) -> Data {
    let of_a_move = [builtin::REASON, builtin::NOTE, builtin::NEXT_ACTION, builtin::NEXT_DUE];
    let fields = playbook.fields.iter().filter(|field| !of_a_move.contains(&field.id.as_str()));
    fields.filter_map(|field| Some((field.id.clone(), row.record.get(&field.id)?))).collect()
}

/// The record that an option names.
async fn named(app: &App, head: &Head, noun: &str, typed: String) -> Result<Result<Row, Box<Reply>>, Fault> {
    let Some(playbook) = app.playbook_named(head.workspace, noun) else {
        return Ok(Err(Box::new(replies::mistake(&render::input::unknown_noun(noun)))));
    };
    let arg = RecordArg { noun: noun.to_owned(), typed };
    let unknown = || Box::new(Reply::Private(render::problem::unknown_record(noun, &arg.typed)));
    Ok(match resolve::record(app, head, &playbook, &arg).await? {
        Named::One(target) => resolve::row(app, head, target).await?.ok_or_else(unknown),
        Named::Several(rows) => {
            let rows = replies::scenes(app, head, rows);
            let views = replies::row_views(&rows);
            Err(Box::new(Reply::Private(render::problem::ambiguous(noun, &arg.typed, &views))))
        }
        Named::None => Err(unknown()),
    })
}
