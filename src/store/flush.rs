//! The overlay into the tables: one statement per table that has changes, those of the hot path in one round trip.

use serde::Serialize;

use super::StoreError;
use super::batch::{Batch, Change, EventOut, Loaded};
use super::decode::{class_name, encode, kind_name};
use super::row::{Approval, ApprovalState, ChatState, Post};
use super::sqlite::{self, Tx};
use super::state::WorkspaceBody;
use crate::domain::event::Event;
use crate::domain::field::{Contact, Data};
use crate::domain::ids::{PostId, RecordId};
use crate::domain::money::Money;
use crate::domain::record::Record;
use crate::domain::workspace::{Person, Team};

/// What was written, for those who wait for it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flushed {
    pub outbox: bool,
    pub due: bool,
}

impl std::ops::BitOrAssign for Flushed {
    fn bitor_assign(&mut self, other: Self) {
        self.outbox |= other.outbox;
        self.due |= other.due;
    }
}

/// Writes what has changed; a second call writes what has changed since.
pub(super) async fn flush(batch: &mut Batch, tx: &mut Tx<'_>) -> Result<Flushed, StoreError> {
    workspaces(batch, tx).await?;
    let planned: Vec<_> = batch.planned.iter().map(|(team, at)| (team.0, at.timestamp_millis())).collect();
    write(tx, sqlite::PLAN_DIGESTS, &planned).await?;
    let writes = std::mem::take(&mut batch.writes);

    // A drawing takes its place from its post.
    let posts: Vec<_> = writes.posts.values().map(post_out).collect();
    write(tx, sqlite::PUT_POSTS, &posts).await?;
    // Posts first: a line in a post's thread comes after the post where both are new.
    let now = batch.now().timestamp_millis();
    let mut next_id = || {
        batch.counters.outbox += 1;
        batch.counters.outbox - 1
    };
    let mut outbox: Vec<_> = writes.refreshed.iter().map(|post| drawing_out(next_id(), *post, now)).collect();
    outbox.extend(writes.facts.iter().map(|fact| OutboxOut {
        id: next_id(),
        key: format!("say:{}", fact.dedup_key),
        workspace: Some(fact.workspace.0),
        lane: Some(fact.place.lane()),
        priority: Some(fact.priority.rank()),
        due_at: fact.due_at.timestamp_millis(),
        post: fact.place.thread_of().map(|p| p.0),
        draws: 0,
        body: &fact.body,
    }));

    let only_due = batch.records.values().filter(|l| l.change == Change::Due).map(|l| &l.stored);
    let only_due: Vec<_> = only_due.map(|s| (s.row.record.id.0, s.due, s.armed)).collect();
    write(tx, sqlite::ARM_RECORDS, &only_due).await?;
    let whole = batch.records.values_mut().filter(|l| l.change == Change::Whole);
    let records: Vec<_> = whole.map(record_out).collect();
    let events: Vec<_> = writes.events.iter().map(event_out).collect();
    let due: Vec<_> = writes.due.iter().map(|(at, record)| (at, record.0)).collect();
    if !(records.is_empty() && events.is_empty() && due.is_empty() && outbox.is_empty()) {
        sqlx::query(sqlite::PUT_MOVES)
            .bind(encode("batch", &records)?)
            .bind(encode("batch", &events)?)
            .bind(encode("batch", &due)?)
            .bind(encode("batch", &outbox)?)
            .execute(&mut **tx)
            .await?;
    }
    for loaded in batch.records.values_mut() {
        loaded.change = Change::None;
    }

    let approvals: Vec<_> =
        writes.approvals.iter().filter_map(|id| batch.approvals.get(id)).map(approval_out).collect();
    write(tx, sqlite::PUT_APPROVALS, &approvals).await?;
    let drafts: Vec<_> = writes.drafts.iter().filter_map(|id| batch.drafts.get(id)).collect();
    let drafts: Vec<_> = drafts
        .into_iter()
        .map(|d| DraftOut {
            id: d.id.0,
            workspace: d.workspace.0,
            person: d.person.0,
            body: &d.body,
            at: d.at.timestamp_millis(),
        })
        .collect();
    write(tx, sqlite::PUT_DRAFTS, &drafts).await?;
    write(tx, sqlite::DROP_DRAFTS, &writes.dropped_drafts).await?;
    Ok(Flushed { outbox: !outbox.is_empty(), due: !due.is_empty() || !planned.is_empty() || batch.armed })
}

async fn write<T: Serialize>(tx: &mut Tx<'_>, statement: &'static str, rows: &[T]) -> Result<(), StoreError> {
    if !rows.is_empty() {
        sqlx::query(statement).bind(encode("batch", rows)?).execute(&mut **tx).await?;
    }
    Ok(())
}

#[derive(Serialize)]
struct BodyOut<T> {
    id: i64,
    workspace: i64,
    body: T,
}

async fn workspaces(batch: &mut Batch, tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let (mut bodies, mut teams, mut people): (Vec<_>, Vec<BodyOut<&Team>>, Vec<BodyOut<&Person>>) =
        Default::default();
    for (id, changed) in &batch.workspaces {
        let workspace = &changed.entry.workspace;
        if changed.body {
            let body = WorkspaceBody {
                thresholds: workspace.thresholds.clone(),
                system_channel: workspace.system_channel,
                greeted: workspace.greeted,
                set_up: changed.entry.set_up,
            };
            bodies.push(BodyOut { id: id.0, workspace: id.0, body });
        }
        let changed_teams = workspace.teams.iter().filter(|t| changed.teams.contains(&t.id));
        teams.extend(changed_teams.map(|t| BodyOut { id: t.id.0, workspace: id.0, body: t }));
        let changed_people = changed.people.iter().filter_map(|p| workspace.people.get(p));
        people.extend(changed_people.map(|p| BodyOut { id: p.id.0, workspace: id.0, body: p }));
    }
    write(tx, sqlite::PUT_WORKSPACES, &bodies).await?;
    write(tx, sqlite::PUT_TEAMS, &teams).await?;
    write(tx, sqlite::PUT_PEOPLE, &people).await?;
    for changed in batch.workspaces.values_mut() {
        changed.body = false;
        changed.teams.clear();
        changed.people.clear();
    }
    Ok(())
}

#[derive(Serialize)]
struct RecordOut<'a> {
    id: i64,
    workspace: i64,
    letter: char,
    number: u32,
    playbook: &'a str,
    team: i64,
    owner: Option<i64>,
    status: &'a str,
    stage: Option<&'a str>,
    class: &'static str,
    version: u32,
    name: String,
    company: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    due_at: Option<i64>,
    armed_at: Option<i64>,
    quiet_at: i64,
    last_event: Option<i64>,
    chat: &'a ChatState,
    state: &'a Record,
}

/// Takes the personal part out of the record: it is not kept in the state (ruling 15). The overlay is not read
/// after this.
fn record_out(loaded: &mut Loaded) -> RecordOut<'_> {
    let stored = &mut loaded.stored;
    let Contact { name, company, email, phone } = std::mem::take(&mut stored.row.record.contact);
    let record = &stored.row.record;
    RecordOut {
        id: record.id.0,
        workspace: record.workspace.0,
        letter: record.handle.letter,
        number: record.handle.number,
        playbook: record.playbook.as_str(),
        team: record.team.0,
        owner: record.owner.map(|p| p.0),
        status: record.status.as_str(),
        stage: record.stage.as_ref().map(|s| s.as_str()),
        class: class_name(stored.class),
        version: record.version,
        name,
        company,
        email,
        phone,
        due_at: stored.due,
        armed_at: stored.armed,
        quiet_at: record
            .contacted
            .last()
            .map_or(record.status_since, |at| at.max(record.status_since))
            .timestamp_millis(),
        last_event: record.last_event.map(|e| e.0),
        chat: &stored.row.chat,
        state: record,
    }
}

fn event_out(out: &EventOut) -> (i64, i64, Option<i64>, i64, &Event, i64) {
    let at = out.event.at.timestamp_millis();
    (out.id.0, out.record.0, out.prev.map(|p| p.0), at, &out.event, out.command.0)
}

#[derive(Serialize)]
struct PostOut<'a> {
    id: i64,
    workspace: i64,
    kind: &'static str,
    place: String,
    records: &'a [RecordId],
    approval: Option<i64>,
}

fn post_out(post: &Post) -> PostOut<'_> {
    PostOut {
        id: post.id.0,
        workspace: post.workspace.0,
        kind: kind_name(post.kind),
        place: post.place.lane(),
        records: &post.records,
        approval: post.approval.map(|a| a.0),
    }
}

#[derive(Serialize)]
struct ApprovalOut<'a> {
    id: i64,
    workspace: i64,
    record: i64,
    team: i64,
    requested_by: Option<i64>,
    requested_at: i64,
    to_status: &'a str,
    data: &'a Data,
    peak: Option<Money>,
    state: &'a ApprovalState,
    waiting: u8,
    post: Option<i64>,
}

fn approval_out(approval: &Approval) -> ApprovalOut<'_> {
    ApprovalOut {
        id: approval.id.0,
        workspace: approval.workspace.0,
        record: approval.record.0,
        team: approval.team.0,
        requested_by: approval.requested_by.map(|p| p.0),
        requested_at: approval.requested_at.timestamp_millis(),
        to_status: approval.to.as_str(),
        data: &approval.data,
        peak: approval.peak,
        state: &approval.state,
        waiting: u8::from(approval.state == ApprovalState::Waiting),
        post: approval.post.map(|p| p.0),
    }
}

#[derive(Serialize)]
struct DraftOut<'a> {
    id: i64,
    workspace: i64,
    person: i64,
    body: &'a str,
    at: i64,
}

#[derive(Serialize)]
struct OutboxOut<'a> {
    id: i64,
    key: String,
    workspace: Option<i64>,
    lane: Option<String>,
    priority: Option<i64>,
    due_at: i64,
    post: Option<i64>,
    draws: u8,
    body: &'a str,
}

/// Where it goes and how urgently is the post's affair.
fn drawing_out(id: i64, post: PostId, now: i64) -> OutboxOut<'static> {
    OutboxOut {
        id,
        key: format!("post:{post}"),
        workspace: None,
        lane: None,
        priority: None,
        due_at: now,
        post: Some(post.0),
        draws: 1,
        body: "",
    }
}
