//! Tasks: which one is meant, the list of a record, and the question that closes one (D28, D70).

use std::sync::Arc;

use super::change::Target;
use super::draft::{ChangeDraft, What};
use super::handle::{change, reading, status_called};
use super::head::Head;
use super::query::{MINE, with_scene};
use super::replies::{self, Scene, scenes};
use super::{App, Fault, forms, new, outcomes, resolve};
use crate::chat::message::{Choice, Message, Reply};
use crate::chat::render;
use crate::domain::command::{Command, StatusAnswer};
use crate::domain::decide;
use crate::domain::field::Data;
use crate::domain::ids::{DraftId, FieldId, RecordId, RecordRef};
use crate::domain::playbook::{Class, FieldRole, Playbook};
use crate::domain::record::Record;
use crate::store::StoreError;
use crate::store::read::Filter;
use crate::store::row::Row;

/// What was typed with `/lead done`.
pub struct Done {
    /// The task: `L-12/1`, `L-12`, `L-12 Contact them`.
    pub task: String,
    /// What came of it.
    pub outcome: Option<String>,
    /// `keep`, or a status by id or label.
    pub status: Option<String>,
    /// What is next.
    pub next: Option<String>,
    /// When that is due.
    pub due: Option<String>,
}

/// `/lead done`. Without an answer about the status it is asked for; what was typed is kept meanwhile.
pub async fn done(app: &App, head: &Head, playbook: Arc<Playbook>, typed: Done) -> Result<Reply, Fault> {
    let noun = playbook.noun.singular.clone();
    let unknown = || Ok(Reply::Private(render::task::unknown(&noun, &typed.task)));
    let Some((handle, which)) = split(&typed.task) else { return unknown() };
    if handle.letter != playbook.noun.letter {
        return unknown();
    }
    let target = Target::Handle(handle);
    let Some(row) = resolve::row(app, head, target).await? else { return unknown() };
    let Some(playbook) = app.playbook_of(&row.record) else { return unknown() };
    let Some(task) = task_called(&row.record, which) else { return unknown() };
    let reading = reading(app, head, &playbook, None);
    let due = match typed.due.as_deref().map(|due| reading.due(due)).transpose() {
        Ok(due) => due,
        Err(sentence) => return Ok(replies::mistake(&sentence)),
    };
    let next = match (typed.next, due) {
        (None, Some(_)) => return Ok(replies::mistake(&render::input::due_without_action())),
        (next, due) => next.map(|action| (action, due)),
    };
    let mut answer = typed.status.as_deref().map(|typed| answer(&playbook, typed));
    let mut data = Data::new();
    let outcome = match typed.outcome {
        Some(typed) if !playbook.outcomes.is_empty() => match outcomes::read(&playbook, &typed) {
            Some(said) => {
                answer = answer.or(said.to.map(StatusAnswer::Move));
                data.extend(said.data);
                Some(said.outcome)
            }
            None => {
                let scene = Scene::new(app, head, playbook.clone());
                return Ok(Reply::Private(render::problem::unknown_outcome(&scene.ctx(), &typed)));
            }
        },
        outcome => outcome,
    };
    change(app, head, target, Command::Done { task, answer, data, outcome, next }).await
}

/// `keep`, `=`, or a status.
fn answer(playbook: &Playbook, typed: &str) -> StatusAnswer {
    let keeps = typed == render::task::KEEP || typed.trim().eq_ignore_ascii_case("keep");
    if keeps { StatusAnswer::Keep } else { StatusAnswer::Move(status_called(playbook, typed)) }
}

/// The button: asks what is true.
pub async fn begin(app: &App, head: &Head, record: RecordId, task: u32) -> Result<Reply, Fault> {
    let command = Command::Done { task, answer: None, data: Data::new(), outcome: None, next: None };
    change(app, head, Target::Record(record), command).await
}

/// The answer was picked.
pub async fn answered(app: &App, head: &Head, draft: DraftId, picked: &str) -> Result<Reply, Fault> {
    forms::amend(app, head, draft, |change, playbook| match &mut change.what {
        What::Done { answer: kept, .. } => *kept = Some(answer(playbook, picked)),
        What::Complete { report, .. } => report.to = Some(status_called(playbook, picked)),
        What::Create { .. }
        | What::Move { .. }
        | What::Stage { .. }
        | What::Fill { .. }
        | What::Confirm { .. } => {}
    })
    .await
}

/// A draft that a task has ready is confirmed (D31). Where records of another noun are made of this one, confirming
/// makes one; else what is known of the opportunity is kept here alone.
pub async fn confirm(app: &App, head: &Head, record: RecordId, task: u32) -> Result<Reply, Fault> {
    let Some(row) = resolve::row(app, head, Target::Record(record)).await? else {
        return Ok(replies::gone());
    };
    let Some(playbook) = app.playbook_of(&row.record) else { return Ok(replies::gone()) };
    let open = row.record.task(task);
    let spec = open.and_then(|task| playbook.task(&task.status, &task.label));
    let names_it = |id: &FieldId| playbook.field(id).is_some_and(|f| f.role == Some(FieldRole::Made));
    let made = spec.is_some_and(|spec| spec.confirms.iter().any(names_it));
    if made && let Some(noun) = new::made_of(app, head, &playbook) {
        return new::from(app, head, &noun, &row).await;
    }
    change(app, head, Target::Record(record), Command::Confirm { task, data: Data::new() }).await
}

/// The open tasks of a record; a single plain one asks its question at once.
pub async fn list(app: &App, head: &Head, record: RecordId) -> Result<Reply, Fault> {
    let Some(row) = resolve::row(app, head, Target::Record(record)).await? else {
        return Ok(replies::gone());
    };
    let Some(playbook) = app.playbook_of(&row.record) else { return Ok(replies::gone()) };
    if let [task] = row.record.tasks.as_slice() {
        let spec = playbook.task(&task.status, &task.label);
        if spec.is_none_or(|spec| spec.prepare.is_none() && spec.confirms.is_empty()) {
            return begin(app, head, record, task.id).await;
        }
    }
    with_scene(app, head, Target::Record(record), async |scene, row| {
        Ok(Reply::Private(render::task::tasks(&scene.ctx(), &row.record)))
    })
    .await
}

/// The question of an unanswered task (D70); `None`: the task is closed already.
pub fn question(scene: &Scene, record: &Record, task: u32, draft: DraftId) -> Option<Message> {
    let task = record.task(task)?;
    let free = record.pending.is_none() && record.owes.is_empty();
    let allowed = if free { decide::choices(record, &scene.env(record)) } else { Vec::new() };
    Some(render::task::ask_status(&scene.ctx(), record, task, draft, &allowed))
}

/// Whether an unfinished change is a task without an answer.
pub fn unanswered(change: &ChangeDraft) -> Option<u32> {
    match &change.what {
        What::Done { task, answer: None, .. } => Some(*task),
        What::Done { answer: Some(_), .. }
        | What::Create { .. }
        | What::Move { .. }
        | What::Stage { .. }
        | What::Fill { .. }
        | What::Complete { .. }
        | What::Confirm { .. } => None,
    }
}

/// Open tasks of whoever asks, the nearest first; a manager who has none is shown their team's.
pub async fn choices(app: &App, head: &Head, playbook: &Playbook) -> Result<Vec<Choice>, StoreError> {
    let any = Filter {
        letter: Some(playbook.noun.letter),
        classes: vec![Class::Open, Class::Parked],
        ..Filter::default()
    };
    let own = Filter { owner: Some(head.person()), ..any.clone() };
    let found = of_records(app, head, &own).await?;
    let workspace = app.store().workspace(head.workspace);
    let team = workspace.team_of(head.person()).id;
    if found.is_empty() && workspace.is_manager(head.person(), team) {
        return of_records(app, head, &Filter { team: Some(team), ..any }).await;
    }
    Ok(found)
}

async fn of_records(app: &App, head: &Head, filter: &Filter) -> Result<Vec<Choice>, StoreError> {
    let found = app.store().list(head.workspace, filter, 0, MINE).await?;
    let rows = scenes(app, head, found.rows);
    let mut tasks: Vec<_> = rows
        .iter()
        .flat_map(|(scene, row)| row.record.tasks.iter().map(move |task| (task, scene, row)))
        .collect();
    let due = |task, scene: &Scene, row: &Row| render::task::due(&scene.ctx(), &row.record, task);
    tasks.sort_by_key(|(task, scene, row)| (due(task, scene, row), row.record.handle, task.id));
    let choice =
        |(task, scene, row): (_, &Scene, &Row)| render::task::choice(&scene.ctx(), &row.record, task);
    Ok(tasks.into_iter().map(choice).collect())
}

/// The record that a typed task names, where it is one.
pub async fn row_of(app: &App, head: &Head, typed: &str) -> Result<Option<Row>, StoreError> {
    match split(typed) {
        Some((handle, _)) => resolve::row(app, head, Target::Handle(handle)).await,
        None => Ok(None),
    }
}

/// `L-12/1` as the record and what comes after it.
fn split(typed: &str) -> Option<(RecordRef, &str)> {
    let typed = typed.trim();
    let end = typed.find(|c: char| c == '/' || c == '#' || c.is_whitespace()).unwrap_or(typed.len());
    let handle = RecordRef::parse(&typed[..end])?;
    Some((handle, typed[end..].trim_start_matches(['/', '#']).trim()))
}

/// A task by its number or label; the only one where nothing is said. A number that is no longer open is the engine's
/// to refuse.
fn task_called(record: &Record, which: &str) -> Option<u32> {
    if let Ok(number) = which.parse::<u32>() {
        return (1..=record.tasks_opened).contains(&number).then_some(number);
    }
    let called = |label: &str| super::fields::is_called(which, label, label);
    match record.tasks.as_slice() {
        [one] if which.is_empty() => Some(one.id),
        tasks => tasks.iter().find(|task| called(&task.label)).map(|task| task.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_named_by_its_record_and_number() {
        let handle = RecordRef { letter: 'L', number: 12 };
        for (typed, which) in
            [("L-12/3", "3"), ("L-12#3", "3"), ("L-12 Contact them", "Contact them"), (" L-12 ", "")]
        {
            assert_eq!(split(typed), Some((handle, which)), "{typed}");
        }
        assert_eq!(split("Contact them"), None);
    }
}
