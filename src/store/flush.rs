//! The overlay into the tables: one statement per table that has changes, those of the hot path in one round trip.

use serde::Serialize;

use super::StoreError;
use super::attention::PUT_ATTENTION;
use super::batch::{Batch, Change, EventOut, Hurry, Loaded};
use super::decode::{class_name, encode, kind_name, phase_name};
use super::outbox::Priority;
use super::queues;
use super::row::{Approval, ApprovalState, ChatState, Job, Post};
use super::sqlite::{self, Rest, Tx};
use super::state::WorkspaceBody;
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
    pub jobs: bool,
}

impl std::ops::BitOrAssign for Flushed {
    fn bitor_assign(&mut self, other: Self) {
        self.outbox |= other.outbox;
        self.due |= other.due;
        self.jobs |= other.jobs;
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
    let mut outbox: Vec<_> =
        writes.refreshed.iter().map(|(post, hurry)| drawing_out(next_id(), *post, *hurry, now)).collect();
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
    let only_due: Vec<_> = only_due.map(|s| (s.row.record.id.0, s.due, s.armed, s.breach)).collect();
    write(tx, sqlite::ARM_RECORDS, &only_due).await?;
    let mut records = Records::default();
    for loaded in batch.records.values_mut() {
        match loaded.change {
            Change::None | Change::Due => {}
            Change::Moved => records.moved.push(record_out(loaded)),
            Change::Whole => records.whole.push(record_out(loaded)),
        }
    }
    let due: Vec<_> = writes.due.iter().map(|(at, record)| (at, record.0)).collect();
    moves(tx, &records, &writes.events, &due, &outbox).await?;
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
    let turns: Vec<_> =
        writes.turns.iter().map(|((team, route), (w, p))| (team.0, route, w.0, p.0)).collect();
    write(tx, sqlite::PUT_TURNS, &turns).await?;
    writes.keys.flush(tx).await?;
    write(tx, sqlite::PUT_MERGED, &writes.merged).await?;
    super::points::write(&writes.points, tx).await?;
    super::crm::write(&writes.crm_notes, tx).await?;
    super::erase::flush(&writes.erased, tx).await?;
    let jobs: Vec<_> = writes.jobs.iter().filter_map(|id| batch.jobs.get(id)).map(job_out).collect();
    write(tx, sqlite::PUT_JOBS, &jobs).await?;
    write(tx, sqlite::PUT_JOB_INPUTS, &writes.job_inputs).await?;
    write(tx, sqlite::DROP_JOB_INPUTS, &writes.ended_jobs).await?;
    write(tx, sqlite::PUT_JOB_LINES, &writes.job_lines).await?;
    write(tx, sqlite::PUT_EXTERNALS, &writes.externals).await?;
    write(tx, sqlite::PUT_ANSWERS, &writes.answers).await?;
    write(tx, sqlite::KEEP_EVENTS, &writes.kept).await?;
    write(tx, sqlite::SETTLE_EVENTS, &writes.settled).await?;
    let taken = writes.attention.iter().filter_map(|key| Some((key, batch.attention.get(key)?)));
    let taken: Vec<_> =
        taken.map(|((w, p), (body, next))| (w.0, p.0, body, next.map(|at| at.timestamp_millis()))).collect();
    write(tx, PUT_ATTENTION, &taken).await?;
    write(tx, queues::PUT_QUEUES, &queues::out(&batch.queues)).await?;
    let due = !due.is_empty() || !planned.is_empty() || !taken.is_empty() || batch.armed;
    Ok(Flushed { outbox: !outbox.is_empty(), due, jobs: !jobs.is_empty() })
}

pub(super) async fn write<T: Serialize>(
    tx: &mut Tx<'_>,
    statement: &'static str,
    rows: &[T],
) -> Result<(), StoreError> {
    if !rows.is_empty() {
        sqlx::query(statement).bind(encode("batch", rows)?).execute(&mut **tx).await?;
    }
    Ok(())
}

/// A lone move is one round trip; the rows of a group go in chunks of at most so many, so that few different statements
/// have to be kept prepared.
const CHUNK: usize = 16;

/// The records that are written.
#[derive(Default)]
struct Records<'a> {
    whole: Vec<RecordOut<'a>>,
    moved: Vec<RecordOut<'a>>,
}

/// What nearly every group writes: records, events, due entries, outbox.
async fn moves(
    tx: &mut Tx<'_>,
    records: &Records<'_>,
    events: &[EventOut],
    due: &[(&i64, i64)],
    outbox: &[OutboxOut<'_>],
) -> Result<(), StoreError> {
    let Records { whole, moved } = records;
    let count = whole.len() + moved.len();
    if count == 0 && events.is_empty() && due.is_empty() && outbox.is_empty() {
        return Ok(());
    }
    let rest = Some((encode("batch", due)?, encode("batch", outbox)?));
    if count <= 1 && events.len() <= CHUNK {
        return put(tx, whole, moved, events, rest).await;
    }
    for chunk in whole.chunks(CHUNK) {
        put(tx, chunk, &[], &[], None).await?;
    }
    for chunk in moved.chunks(CHUNK) {
        put(tx, &[], chunk, &[], None).await?;
    }
    for chunk in events.chunks(CHUNK) {
        put(tx, &[], &[], chunk, None).await?;
    }
    put(tx, &[], &[], &[], rest).await
}

/// One round trip.
async fn put(
    tx: &mut Tx<'_>,
    whole: &[RecordOut<'_>],
    moved: &[RecordOut<'_>],
    events: &[EventOut],
    rest: Option<(String, String)>,
) -> Result<(), StoreError> {
    let with = if rest.is_some() { Rest::Here } else { Rest::Elsewhere };
    let sql = sqlite::put_moves(whole.len(), moved.len(), events.len(), with);
    // Only numbers and column names are in it.
    let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
    for record in whole {
        query = record.bind_whole(query)?;
    }
    for record in moved {
        query = record.bind_moved(query)?;
    }
    for out in events {
        query = query
            .bind(out.id.0)
            .bind(out.record.0)
            .bind(out.prev.map(|prev| prev.0))
            .bind(out.event.at.timestamp_millis())
            .bind(encode("event", &out.event)?)
            .bind(out.command.0);
    }
    if let Some((due, outbox)) = rest {
        query = query.bind(due).bind(outbox);
    }
    query.execute(&mut **tx).await?;
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
                broken: workspace.broken.clone(),
                hooks: workspace.hooks.clone(),
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

/// A record's row, in the order of `sqlite::put_moves`.
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
    contact: Contact,
    due_at: Option<i64>,
    armed_at: Option<i64>,
    breach_at: Option<i64>,
    quiet_at: i64,
    last_event: Option<i64>,
    chat: &'a ChatState,
    state: &'a Record,
}

impl RecordOut<'_> {
    /// What an index does not hold, as the next arguments.
    fn bind_moved<'q>(&self, query: sqlite::Query<'q>) -> Result<sqlite::Query<'q>, StoreError> {
        Ok(query
            .bind(self.id)
            .bind(self.status.to_owned())
            .bind(self.stage.map(str::to_owned))
            .bind(self.version)
            .bind(self.due_at)
            .bind(self.armed_at)
            .bind(self.quiet_at)
            .bind(self.last_event)
            .bind(encode("record", self.chat)?)
            .bind(encode("record", self.state)?)
            .bind(self.breach_at))
    }

    /// All of its columns.
    fn bind_whole<'q>(&self, query: sqlite::Query<'q>) -> Result<sqlite::Query<'q>, StoreError> {
        Ok(query
            .bind(self.id)
            .bind(self.workspace)
            .bind(self.letter.to_string())
            .bind(self.number)
            .bind(self.playbook.to_owned())
            .bind(self.team)
            .bind(self.owner)
            .bind(self.status.to_owned())
            .bind(self.stage.map(str::to_owned))
            .bind(self.class)
            .bind(self.version)
            .bind(self.contact.name.clone())
            .bind(self.contact.company.clone())
            .bind(self.contact.email.clone())
            .bind(self.contact.phone.clone())
            .bind(self.due_at)
            .bind(self.armed_at)
            .bind(self.quiet_at)
            .bind(self.last_event)
            .bind(encode("record", self.chat)?)
            .bind(encode("record", self.state)?)
            .bind(self.breach_at))
    }
}

/// Takes the personal part out of the record: it is not kept in the state (ruling 15). The overlay is not read
/// after this.
fn record_out(loaded: &mut Loaded) -> RecordOut<'_> {
    let stored = &mut loaded.stored;
    let contact = std::mem::take(&mut stored.row.record.contact);
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
        contact,
        due_at: stored.due,
        armed_at: stored.armed,
        breach_at: stored.breach,
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

#[derive(Serialize)]
struct PostOut<'a> {
    id: i64,
    workspace: i64,
    kind: &'static str,
    place: String,
    records: &'a [RecordId],
    approval: Option<i64>,
    job: Option<i64>,
}

fn post_out(post: &Post) -> PostOut<'_> {
    PostOut {
        id: post.id.0,
        workspace: post.workspace.0,
        kind: kind_name(post.kind),
        place: post.place.lane(),
        records: &post.records,
        approval: post.approval.map(|a| a.0),
        job: post.job.map(|j| j.0),
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
struct JobOut<'a> {
    id: i64,
    workspace: i64,
    person: i64,
    channel: i64,
    phase: &'static str,
    state: &'a str,
    step: u32,
    done: u64,
    total: u64,
    post: Option<i64>,
    at: i64,
    ended_at: Option<i64>,
}

fn job_out(job: &Job) -> JobOut<'_> {
    JobOut {
        id: job.id.0,
        workspace: job.workspace.0,
        person: job.person.0,
        channel: job.channel.0,
        phase: phase_name(job.phase),
        state: &job.state,
        step: job.step,
        done: job.done,
        total: job.total,
        post: job.post.map(|p| p.0),
        at: job.at.timestamp_millis(),
        ended_at: job.ended_at.map(|at| at.timestamp_millis()),
    }
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
fn drawing_out(id: i64, post: PostId, hurry: Hurry, now: i64) -> OutboxOut<'static> {
    OutboxOut {
        id,
        key: format!("post:{post}"),
        workspace: None,
        lane: None,
        priority: match hurry {
            Hurry::Now => None,
            Hurry::Later => Some(Priority::Last.rank()),
        },
        due_at: now,
        post: Some(post.0),
        draws: 1,
        body: "",
    }
}
