//! The commands of a message's menu (`Create lead`, `Log to lead`): from what somebody wrote to a record, or to a
//! note on one. Both only open what a person then looks over; nothing is written before that.

use super::change::Target;
use super::draft::{DraftBody, Find, Keep};
use super::head::Head;
use super::replies::{self, row_views, scenes};
use super::{App, Fault, query};
use crate::chat::commands::MenuVerb;
use crate::chat::intent::Menu;
use crate::chat::message::Reply;
use crate::chat::render;
use crate::chat::value::{Guess, guess};
use crate::domain::activity::Activity;
use crate::domain::field::Contact;
use crate::domain::ids::{DraftId, RecordId};
use crate::domain::likeness;
use crate::domain::playbook::{Class, Playbook};
use crate::store::read::Filter;
use crate::store::row::Row;

/// As many as a list has.
const OFFERED: usize = 25;

/// A menu command on a message.
pub async fn chosen(app: &App, head: &Head, menu: &Menu) -> Result<Reply, Fault> {
    let Some(item) = app.menu_items(head.workspace).into_iter().find(|item| item.name == menu.name) else {
        return Ok(Reply::Private(render::input::unknown_menu(&menu.name)));
    };
    let Some(playbook) = app.playbook_named(head.workspace, &item.noun) else {
        return Ok(replies::mistake(&render::input::unknown_noun(&item.noun)));
    };
    let mut found = guess(&menu.text);
    match item.does {
        MenuVerb::Create => {
            if found.name.is_none() {
                found.name = stranger(app, head, menu);
            }
            Ok(Reply::Form(render::form::new_form(&playbook.noun.singular, &found, &menu.text)))
        }
        MenuVerb::Log => {
            let rows = likely(app, head, &playbook, &found).await?;
            if rows.is_empty() {
                return Ok(Reply::Private(render::pick::nothing_to_log_to(&playbook.noun)));
            }
            let body = DraftBody::Note { note: menu.text.clone() };
            let draft = app.store().work(Keep { head: head.clone(), id: DraftId(0), body }).await?;
            let rows = scenes(app, head, rows);
            Ok(Reply::Private(render::pick::pick_for_note(
                draft,
                &playbook.noun,
                &menu.text,
                &row_views(&rows),
            )))
        }
    }
}

/// The writer's name, where a person outside the team wrote.
fn stranger(app: &App, head: &Head, menu: &Menu) -> Option<String> {
    let (id, name) = menu.author.as_ref()?;
    let known = *id == head.person() || app.store().workspace(head.workspace).people.contains_key(id);
    (!known).then(|| name.clone())
}

/// The records that a message may be about: those that are called as it says, then the person's own open ones.
async fn likely(app: &App, head: &Head, playbook: &Playbook, found: &Guess) -> Result<Vec<Row>, Fault> {
    let letter = playbook.noun.letter;
    let mut rows: Vec<Row> = Vec::new();
    let mut add = |more: Vec<Row>| {
        for row in more {
            if rows.len() < OFFERED && rows.iter().all(|r| r.record.id != row.record.id) {
                rows.push(row);
            }
        }
    };
    let contact = Contact {
        name: found.name.clone().unwrap_or_default(),
        company: found.company.clone(),
        email: found.email.clone(),
        phone: found.phone.clone(),
    };
    add(app.store().alike(head.workspace, letter, &likeness::of_contact(&contact), 5).await?);
    for text in [&found.name, &found.company].into_iter().flatten() {
        add(app.store().search(head.workspace, letter, text, head.person(), 5).await?);
    }
    let own = Filter {
        letter: Some(letter),
        owner: Some(head.person()),
        classes: vec![Class::Open],
        ..Filter::default()
    };
    add(app.store().list(head.workspace, &own, 0, OFFERED as u64).await?.rows);
    Ok(rows)
}

/// The record was picked: which activity?
pub async fn picked_record(app: &App, head: &Head, draft: DraftId, record: RecordId) -> Result<Reply, Fault> {
    if let Err(reply) = note(app, head, draft).await? {
        return Ok(reply);
    }
    query::with_scene(app, head, Target::Record(record), async |scene, row| {
        Ok(Reply::Private(render::pick::pick_note_activity(&scene.ctx(), &row.record, draft)))
    })
    .await
}

/// The activity was picked: the form for it, with the message as its note.
pub async fn picked_activity(
    app: &App,
    head: &Head,
    draft: DraftId,
    record: RecordId,
    picked: &str,
) -> Result<Reply, Fault> {
    let note = match note(app, head, draft).await? {
        Ok(note) => note,
        Err(reply) => return Ok(reply),
    };
    let Some(activity) = Activity::parse(picked) else {
        return Ok(Reply::Private(render::problem::unknown_activity(picked)));
    };
    query::with_scene(app, head, Target::Record(record), async |_, row| {
        let form = render::form::log_form(&row.record, activity);
        Ok(Reply::Form(render::form::with_value(form, "note", &note)))
    })
    .await
}

/// The text that waits to be logged, if it is this person's; else what to tell them.
async fn note(app: &App, head: &Head, id: DraftId) -> Result<Result<String, Reply>, Fault> {
    let found = app.store().work(Find(id)).await?.filter(|d| d.workspace == head.workspace);
    Ok(match found {
        None => Err(Reply::Private(render::problem::draft_gone())),
        Some(draft) if draft.person != head.person() => {
            Err(Reply::Private(render::problem::not_your_draft()))
        }
        Some(draft) => match DraftBody::read(&draft.body) {
            Some(DraftBody::Note { note }) => Ok(note),
            Some(_) | None => Err(replies::gone()),
        },
    })
}
