//! Notes for the CRM that are not there (A2–A5): what people are told of them, and a refused one that is sent again by
//! hand, once what was wrong is set right. A note is no part of its record: sending it again changes none.

use super::change::Target;
use super::head::{self, Head};
use super::replies::{self, gone};
use super::{App, Fault, access, resolve};
use crate::chat::message::{Message, Reply};
use crate::chat::render;
use crate::chat::render::view::NotesView;
use crate::domain::ids::{RecordId, WorkspaceId};
use crate::store::StoreError;
use crate::store::row::Row;

/// How the notes of a workspace stand, or of one record of it.
pub async fn notes(
    app: &App,
    workspace: WorkspaceId,
    record: Option<RecordId>,
) -> Result<NotesView, StoreError> {
    let unsent = app.store().crm_unsent(workspace, record).await?;
    Ok(NotesView {
        waiting: unsent.waiting,
        waits: unsent.waits,
        refused: unsent.refused,
        refuses: unsent.refuses,
        has_crm: app.has_crm(),
    })
}

/// A message about a record, with how its notes stand; and the way to send refused ones again, for whoever may.
pub async fn beside(app: &App, head: &Head, row: &Row, message: Message) -> Result<Message, Fault> {
    let notes = notes(app, head.workspace, Some(row.record.id)).await?;
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let may = access::send_notes(&workspace, head.person(), Some(row.record.team)).is_ok();
    Ok(render::crm::beside(message, &notes, may.then_some(row.record.id)))
}

/// Sends the refused notes of a record again, or all of the workspace.
pub async fn send_again(app: &App, head: &Head, record: Option<RecordId>) -> Result<Reply, Fault> {
    let row = match record {
        Some(record) => match resolve::row(app, head, Target::Record(record)).await? {
            Some(row) => Some(row),
            None => return Ok(gone()),
        },
        None => None,
    };
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let team = row.as_ref().map(|row| row.record.team);
    if let Err(rejection) = access::send_notes(&workspace, head.person(), team) {
        let playbook = row.as_ref().and_then(|row| app.playbook_of(&row.record));
        return Ok(replies::refusal(app, head, playbook, &rejection));
    }
    let again = app.store().crm_again(head.workspace, record).await?;
    tracing::info!(again, person = %head.person(), workspace = %head.workspace, "refused notes go to the CRM again");
    Ok(Reply::Private(render::crm::sent_again(again, app.has_crm())))
}
