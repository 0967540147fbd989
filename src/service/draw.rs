//! What an outbox row says at the moment it is sent: a post is drawn from the rows as they are, so that a message
//! that waited is never out of date (ruling 21); a fact says what was true when it was enqueued.

use super::App;
use super::effects::publish::Publication;
use super::said::{Said, addressed};
use crate::chat::message::{Message, Severity};
use crate::chat::render::view::{AlertLine, ApprovalStateView, ApprovalView, ClosedView};
use crate::chat::render::{self, Ctx};
use crate::domain::approval;
use crate::domain::attention::Rule;
use crate::domain::clocks;
use crate::domain::decision::Env;
use crate::domain::facts::Facts;
use crate::domain::ids::{ApprovalId, EventId, RecordId, WorkspaceId};
use crate::domain::playbook::Playbook;
use crate::domain::record::Record;
use crate::domain::workspace::Workspace;
use crate::store::StoreError;
use crate::store::outbox::{Claimed, Content, Place};
use crate::store::row::{Approval, ApprovalState, OpenAlert, Post, PostKind, Row};

/// A message to send.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// What it says.
    pub message: Message,
    /// A thread to open on it: its name, and what stands in it.
    pub thread: Option<(String, Vec<Message>)>,
}

impl From<Message> for Drawn {
    fn from(message: Message) -> Self {
        Self { message, thread: None }
    }
}

/// What a claimed row says; `None`: nothing any more.
pub async fn draw(app: &App, claimed: &Claimed) -> Result<Option<Drawn>, StoreError> {
    let mut drawn = match &claimed.content {
        Content::Post(post) => self::post(app, post).await?.map(Drawn::from),
        Content::Fact { place, body, .. } => fact(app, claimed.workspace, *place, body).await?,
    };
    if let Some(drawn) = &mut drawn {
        let workspace = app.store().workspace(claimed.workspace);
        let details = drawn.thread.iter_mut().flat_map(|(_, details)| details);
        for message in details.chain([&mut drawn.message]) {
            render::words::name_people(message, &workspace);
        }
    }
    Ok(drawn)
}

/// A change of status as it is sent: with the record's id in the other system, where that told us one; `None`: it cannot
/// be read.
pub async fn publication(app: &App, body: &str) -> Result<Option<Publication>, StoreError> {
    let Ok(mut publication) = serde_json::from_str::<Publication>(body) else { return Ok(None) };
    let row = publication.row;
    publication.external_id = app.store().external_ids(&[row]).await?.remove(&row);
    Ok(Some(publication))
}

/// The name of the thread on a post: the record's.
pub async fn thread_name(app: &App, post: &Post) -> Result<String, StoreError> {
    let rows = app.store().records(&post.records[..post.records.len().min(1)]).await?;
    Ok(rows.first().map_or_else(|| "History".to_owned(), |row| render::words::title(&row.record)))
}

async fn fact(
    app: &App,
    workspace: WorkspaceId,
    place: Place,
    body: &str,
) -> Result<Option<Drawn>, StoreError> {
    let said = Said::from_body(body)
        .map_err(|error| StoreError::Corrupt { what: "message", why: error.to_string() })?;
    Ok(match said {
        Said::Message { to: Some(to), message } if place != Place::Person(to) => {
            Some(addressed(*message, to).into())
        }
        Said::Message { message, .. } => Some((*message).into()),
        Said::Threaded { message, name, details } => {
            let thread = (!details.is_empty()).then_some((name, details));
            Some(Drawn { message: *message, thread })
        }
        Said::Elsewhere => None,
        Said::Result { job } => super::jobs::result(app, job).await?,
        Said::Reminder { approval, to, escalated } => {
            let message = super::requests::reminder(app, workspace, approval, to, escalated).await?;
            let private = place == Place::Person(to);
            message.map(|message| if private { message } else { addressed(message, to) }.into())
        }
        Said::Left { person, to } => {
            let message = super::left::list(app, workspace, person, to).await?;
            let private = place == Place::Person(to);
            message.map(|message| if private { message } else { addressed(message, to) }.into())
        }
        Said::Before { record, event } => before(app, record, event).await?.map(Drawn::from),
    })
}

/// How many of the events before the thread opened are told in its first message.
const TOLD: u64 = 20;

/// What happened before a thread opened, the oldest first; `None` where nothing of it is worth a line.
async fn before(app: &App, record: RecordId, event: EventId) -> Result<Option<Message>, StoreError> {
    let Some(row) = app.store().records(&[record]).await?.pop() else { return Ok(None) };
    let Some(playbook) = app.playbook_of(&row.record) else { return Ok(None) };
    let workspace = app.store().workspace(row.record.workspace);
    let ctx = ctx(app, &playbook, &workspace, &row.record);
    let history = app.store().history(record, 0, 100).await?;
    let earlier = history.iter().filter(|(id, _)| *id < event).take(TOLD as usize);
    let mut lines: Vec<_> =
        earlier.filter_map(|(_, event)| render::history::thread_line(&ctx, &row.record, event)).collect();
    lines.reverse();
    Ok((!lines.is_empty()).then(|| Message { lines, severity: Severity::Closed, ..Message::default() }))
}

async fn post(app: &App, post: &Post) -> Result<Option<Message>, StoreError> {
    let rows = app.store().records(&post.records).await?;
    let workspace = app.store().workspace(post.workspace);
    match post.kind {
        PostKind::Card => Ok(rows.first().and_then(|row| card(app, &workspace, row))),
        PostKind::Alerts => Ok(alerts(app, &workspace, post, &rows)),
        PostKind::Job => match post.job {
            Some(job) => super::jobs::shown(app, job).await,
            None => Ok(None),
        },
        PostKind::Approval => match (rows.first(), post.approval) {
            (Some(row), Some(id)) => {
                let all = app.store().approvals_of(post.id).await?;
                if all.len() > 1 {
                    super::requests::shown(app, &workspace, &all).await
                } else {
                    request(app, &workspace, row, id).await
                }
            }
            (_, None) | (None, _) => Ok(None),
        },
    }
}

/// The card of a record; `None` where its playbook was taken away.
pub fn card(app: &App, workspace: &Workspace, row: &Row) -> Option<Message> {
    let playbook = app.playbook_of(&row.record)?;
    let env = env(app, &playbook, workspace, &row.record);
    let clocks = clocks::clocks(&row.record, &env);
    Some(render::card::card(&ctx(app, &playbook, workspace, &row.record), &row.record, &clocks))
}

fn alerts(app: &App, workspace: &Workspace, post: &Post, rows: &[Row]) -> Option<Message> {
    let shown: Vec<(&Row, &OpenAlert, std::sync::Arc<Playbook>)> = rows
        .iter()
        .flat_map(|row| row.chat.alerts.iter().filter(|a| a.post == post.id).map(move |a| (row, a)))
        .filter_map(|(row, alert)| Some((row, alert, app.playbook_of(&row.record)?)))
        .collect();
    let lines: Vec<AlertLine<'_>> = shown
        .iter()
        .map(|(row, open, playbook)| {
            let env = env(app, playbook, workspace, &row.record);
            let running = clocks::clocks(&row.record, &env);
            let clock = running.iter().find(|c| *c.id() == open.alert.clock);
            AlertLine {
                ctx: ctx(app, playbook, workspace, &row.record),
                record: &row.record,
                alert: &open.alert,
                silent: &open.silent,
                opened_at: open.opened_at,
                deadline: clock.and_then(|c| c.deadline),
                closed: open.closed.as_ref().map(|closed| ClosedView {
                    at: closed.at,
                    by: closed.by,
                    moved_to: closed.moved_to.clone(),
                }),
            }
        })
        .collect();
    if lines.is_empty() {
        return None;
    }
    Some(match post.place {
        Place::Person(person) => render::alert::nudge_message(&lines, person),
        Place::Channel(_) | Place::ThreadOf(_) | Place::Hook(_) => render::alert::alert_message(&lines),
    })
}

async fn request(
    app: &App,
    workspace: &Workspace,
    row: &Row,
    id: ApprovalId,
) -> Result<Option<Message>, StoreError> {
    let Some(request) = app.store().approval(id).await? else { return Ok(None) };
    let Some(playbook) = app.playbook_of(&row.record) else { return Ok(None) };
    let ctx = ctx(app, &playbook, workspace, &row.record);
    let mut message = render::approval::approval(&approval_view(ctx, row, &request));
    // A request can wait for the morning; the post stands there, and the reminder comes privately (X6).
    message.mentions.retain(|person| Rule::of(workspace, *person).quiet_until(ctx.now).is_none());
    Ok(Some(message))
}

/// A request as the wording takes it.
pub fn approval_view<'a>(ctx: Ctx<'a>, row: &'a Row, request: &'a Approval) -> ApprovalView<'a> {
    let pending = row.record.pending.as_ref().filter(|p| p.approval == request.id);
    let deciders = pending
        .map(|pending| approval::deciders(&row.record, pending, ctx.workspace, ctx.now))
        .unwrap_or_default();
    ApprovalView {
        ctx,
        record: &row.record,
        approval: request.id,
        requested_by: request.requested_by,
        requested_at: request.requested_at,
        from: pending.map(|_| &row.record.status),
        to: &request.to,
        data: &request.data,
        peak: request.peak,
        deciders,
        state: match &request.state {
            ApprovalState::Waiting => ApprovalStateView::Waiting,
            ApprovalState::Approved { by, at } => ApprovalStateView::Approved { by: *by, at: *at },
            ApprovalState::Rejected { by, at, reason } => {
                ApprovalStateView::Rejected { by: *by, at: *at, reason: reason.clone() }
            }
            ApprovalState::Withdrawn { at, why } => ApprovalStateView::Withdrawn { at: *at, why: *why },
        },
    }
}

/// What wording in a channel of the record's team is made from.
fn ctx<'a>(app: &App, playbook: &'a Playbook, workspace: &'a Workspace, record: &Record) -> Ctx<'a> {
    let zone = workspace.team(record.team).calendar.zone;
    Ctx { playbook, workspace, now: app.clock().now(), zone }
}

/// What the engine looks at beside the record, for reads.
pub fn env<'a>(app: &App, playbook: &'a Playbook, workspace: &'a Workspace, record: &Record) -> Env<'a> {
    Env {
        now: app.clock().now(),
        playbook,
        workspace,
        team: workspace.team(record.team),
        facts: Facts::NONE,
        // Nothing that is only read ever makes a request.
        next_approval: ApprovalId(0),
    }
}
