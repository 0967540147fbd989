//! What is meant: a record by its id, else by a name that only one record has; a pipeline by its id or title.

use std::sync::Arc;

use super::App;
use super::change::Target;
use super::fields::is_called;
use super::head::Head;
use crate::chat::intent::RecordArg;
use crate::chat::render;
use crate::domain::ids::RecordRef;
use crate::domain::playbook::Playbook;
use crate::store::StoreError;
use crate::store::row::Row;

/// So many records are offered where a name is not enough.
const OFFERED: u32 = 5;

/// What a text names.
pub enum Named {
    /// One record.
    One(Target),
    /// Several: a choice is needed.
    Several(Vec<Row>),
    /// None.
    None,
}

/// The rules that a command of a noun means: the only ones, or the pipeline that is named; the first pipeline where
/// none is named. Else the sentence that says what there is (ruling 18).
pub fn playbook(app: &App, head: &Head, noun: &str, pipeline: Option<&str>) -> Result<Arc<Playbook>, String> {
    let all = app.library().all_named(head.workspace, noun);
    let found = match pipeline {
        None => all.first(),
        Some(typed) => all.iter().find(|p| is_called(typed, p.id.as_str(), &p.title)),
    };
    match (found, pipeline) {
        (Some(playbook), _) => Ok(playbook.clone()),
        (None, Some(typed)) if !all.is_empty() => {
            let titles: Vec<_> = all.iter().map(|p| p.title.as_str()).collect();
            Err(render::input::unknown_pipeline(typed, &titles))
        }
        (None, _) => Err(render::input::unknown_noun(noun)),
    }
}

/// The rules that the guide is asked about: those that are named, on or off, since one reads before one switches on; else
/// the first that are on and have the status; else the first that are on. Else the titles of all there are.
pub fn guided(
    app: &App,
    head: &Head,
    playbook: Option<&str>,
    status: Option<&str>,
) -> Result<Arc<Playbook>, Vec<String>> {
    let all = app.library().all(head.workspace);
    let found = match playbook {
        Some(typed) => {
            let named = all.iter().map(|shelved| &shelved.playbook);
            named.into_iter().find(|p| is_called(typed, p.id.as_str(), &p.title)).cloned()
        }
        None => {
            let active = app.active(head.workspace);
            let has = |p: &&Arc<Playbook>| {
                status
                    .is_some_and(|typed| p.statuses.iter().any(|s| is_called(typed, s.id.as_str(), &s.label)))
            };
            active.iter().find(has).or(active.first()).cloned()
        }
    };
    found.ok_or_else(|| all.iter().map(|shelved| shelved.playbook.title.clone()).collect())
}

/// Finds the record that a command is about. An id is not looked up here: the job does that.
pub async fn record(
    app: &App,
    head: &Head,
    playbook: &Playbook,
    arg: &RecordArg,
) -> Result<Named, StoreError> {
    let letter = playbook.noun.letter;
    if let Some(handle) = RecordRef::parse(&arg.typed).filter(|handle| handle.letter == letter) {
        return Ok(Named::One(Target::Handle(handle)));
    }
    // One more than is offered is not needed: a unique name beats any number of similar ones.
    let found = app.store().search(head.workspace, letter, &arg.typed, head.person(), OFFERED).await?;
    let same: Vec<&Row> = found.iter().filter(|row| is_name(row, &arg.typed)).collect();
    Ok(match (same.as_slice(), found.as_slice()) {
        ([one], _) => Named::One(Target::Record(one.record.id)),
        ([], [one]) => Named::One(Target::Record(one.record.id)),
        (_, []) => Named::None,
        _ => Named::Several(found),
    })
}

/// The record itself, for reads.
pub async fn row(app: &App, head: &Head, target: Target) -> Result<Option<Row>, StoreError> {
    let row = match target {
        Target::Handle(handle) => app.store().record_by_handle(head.workspace, handle).await?,
        Target::Record(id) => app.store().records(&[id]).await?.pop(),
        Target::Approval(id) => match app.store().approval(id).await? {
            Some(approval) => app.store().records(&[approval.record]).await?.pop(),
            None => None,
        },
    };
    let mut row = row.filter(|row| row.record.workspace == head.workspace);
    // What people call a merged record is the one that it went into (ruling 15); a button still means the very one.
    if matches!(target, Target::Handle(_)) {
        while let Some(into) = row.as_ref().and_then(|row| row.record.merged_into()) {
            row = app.store().records(&[into]).await?.pop();
        }
    }
    Ok(row)
}

fn is_name(row: &Row, typed: &str) -> bool {
    let same = |name: &str| name.trim().to_lowercase() == typed.trim().to_lowercase();
    same(&row.record.contact.name) || row.record.contact.company.as_deref().is_some_and(same)
}
