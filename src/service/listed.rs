//! One click from a list (D68): a record is picked on a page of `/lead mine` or `/lead list`, its statuses are offered in
//! the place of the list, and after the change the page stands there again as things are now.
//!
//! The version is the record's when it was picked (ruling 23): moved meanwhile, it is refused and offered anew.

use super::change::{Change, Outcome, Target};
use super::head::Head;
use super::{App, Fault, query, replies};
use crate::chat::action::Action;
use crate::chat::message::{Message, Reply};
use crate::chat::render;
use crate::domain::command::Command;
use crate::domain::decide;
use crate::domain::field::Data;
use crate::domain::ids::{DraftId, RecordId, StatusId};

/// What was picked.
pub struct Pick {
    /// Which record.
    pub record: RecordId,
    /// Where to.
    pub to: StatusId,
    /// The record's version when it was offered.
    pub version: u32,
}

/// The statuses of a record of a list, each with its meaning (D18).
pub async fn statuses(
    app: &App,
    head: &Head,
    draft: DraftId,
    page: u32,
    record: RecordId,
) -> Result<Reply, Fault> {
    let reply = query::with_scene(app, head, Target::Record(record), async |scene, row| {
        let allowed = decide::choices(&row.record, &scene.env(&row.record));
        let mut message = render::pick::pick_status(&scene.ctx(), &row.record, &allowed);
        for choices in &mut message.choices {
            let version = row.record.version;
            choices.action = Action::ListMove { draft, page, record, version };
        }
        Ok(Reply::Private(message))
    })
    .await?;
    Ok(way_back(reply, draft, page))
}

/// Moves it, and shows the page anew; what is refused or asks for more is said in its place.
pub async fn move_to(app: &App, head: &Head, draft: DraftId, page: u32, pick: Pick) -> Result<Reply, Fault> {
    let Pick { record, to, version } = pick;
    let command = Command::Move { to, data: Data::new(), expected: Some(version) };
    let target = Target::Record(record);
    let job = Change { head: head.clone(), library: app.library(), target, command, draft: DraftId(0) };
    let answer = app.store().work(job).await?;
    let made = matches!(answer.outcome, Outcome::Done(_));
    let reply = replies::answer(app, head, answer);
    let Reply::Private(done) = reply else { return Ok(reply) };
    if !made {
        return Ok(way_back(Reply::Private(done), draft, page));
    }
    Ok(match query::page(app, head, draft, page).await? {
        Reply::Private(list) => Reply::Private(render::list::after(list, done)),
        other => other,
    })
}

fn way_back(reply: Reply, draft: DraftId, page: u32) -> Reply {
    let with = |message: Message| render::list::with_way_back(message, draft, page);
    match reply {
        Reply::Private(message) => Reply::Private(with(message)),
        reply @ (Reply::Public(_) | Reply::Update(_) | Reply::Form(_)) => reply,
    }
}
