//! Rows into the domain's types. A row that does not make sense is refused here, by name, and not where it
//! would hurt.

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::StoreError;
use super::outbox::Place;
use super::row::{Approval, Draft, Job, JobPhase, Post, PostKind, Row};
use crate::clock::from_ms;
use crate::domain::event::Event;
use crate::domain::field::Contact;
use crate::domain::ids::{
    ApprovalId, ChannelId, DraftId, EventId, JobId, MessageId, PersonId, PostId, RecordId, Remote, StatusId,
    TeamId, WorkspaceId,
};
use crate::domain::playbook::Class;
use crate::domain::record::Record;

/// The columns that [`record`] reads, of a table or alias `r`.
macro_rules! record_columns {
    () => {
        "r.id, r.workspace, r.letter, r.number, r.team, r.owner, r.status, r.class, r.version, r.name, r.company, \
         r.email, r.phone, r.due_at, r.armed_at, r.last_event, r.chat, r.state, r.breach_at"
    };
}
pub(super) use record_columns;

/// The order of lists, of a table or alias `r`: the longest breached, the nearest to a breach, the nearest due time.
macro_rules! list_order {
    () => {
        "r.breach_at IS NULL, r.breach_at, r.due_at IS NULL, r.due_at, r.id"
    };
}
pub(super) use list_order;

/// The columns that [`post`] reads, of a table or alias `p`.
macro_rules! post_columns {
    () => {
        "p.id, p.workspace, p.kind, p.place, p.records, p.approval, p.channel, p.message, p.thread, p.generation, \
         p.job"
    };
}
pub(super) use post_columns;

/// The columns that [`approval`] reads, of a table or alias `a`.
macro_rules! approval_columns {
    () => {
        "a.id, a.workspace, a.record, a.team, a.requested_by, a.requested_at, a.to_status, a.data, a.peak, \
         a.state, a.post"
    };
}
pub(super) use approval_columns;

/// A record as stored.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stored {
    pub row: Row,
    pub class: Class,
    pub due: Option<i64>,
    pub armed: Option<i64>,
    pub breach: Option<i64>,
}

pub(super) fn corrupt(what: &'static str, why: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt { what, why: why.to_string() }
}

pub(super) fn json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| corrupt(what, e))
}

pub(super) fn encode<T: serde::Serialize + ?Sized>(
    what: &'static str,
    value: &T,
) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| corrupt(what, e))
}

pub(super) fn place(what: &'static str, lane: &str) -> Result<Place, StoreError> {
    Place::from_lane(lane).ok_or_else(|| corrupt(what, format!("{lane:?} is not a place")))
}

pub(super) fn class_name(class: Class) -> &'static str {
    match class {
        Class::Open => "open",
        Class::Parked => "parked",
        Class::Won => "won",
        Class::Lost => "lost",
        Class::Excluded => "excluded",
    }
}

fn class(name: &str) -> Option<Class> {
    let all = [Class::Open, Class::Parked, Class::Won, Class::Lost, Class::Excluded];
    all.into_iter().find(|c| class_name(*c) == name)
}

pub(super) fn kind_name(kind: PostKind) -> &'static str {
    match kind {
        PostKind::Card => "card",
        PostKind::Alerts => "alerts",
        PostKind::Approval => "approval",
        PostKind::Job => "job",
    }
}

fn kind(name: &str) -> Option<PostKind> {
    let all = [PostKind::Card, PostKind::Alerts, PostKind::Approval, PostKind::Job];
    all.into_iter().find(|k| kind_name(*k) == name)
}

pub(super) fn record(row: &SqliteRow) -> Result<Stored, StoreError> {
    let id: i64 = row.try_get(0)?;
    let wrong = |why: &str| corrupt("record", format!("{id}: {why}"));
    let mut record: Record =
        serde_json::from_str(row.try_get(17)?).map_err(|e| corrupt("record", format!("{id}: {e}")))?;
    record.contact = Contact {
        name: row.try_get(9)?,
        company: row.try_get(10)?,
        email: row.try_get(11)?,
        phone: row.try_get(12)?,
    };
    record.last_event = row.try_get::<Option<i64>, _>(15)?.map(EventId);
    let letter: &str = row.try_get(2)?;
    let named_alike = record.id == RecordId(id)
        && record.workspace == WorkspaceId(row.try_get(1)?)
        && letter.chars().eq([record.handle.letter])
        && i64::from(record.handle.number) == row.try_get::<i64, _>(3)?;
    let placed_alike = record.team == TeamId(row.try_get(4)?)
        && record.owner == row.try_get::<Option<i64>, _>(5)?.map(PersonId)
        && record.status.as_str() == row.try_get::<&str, _>(6)?
        && i64::from(record.version) == row.try_get::<i64, _>(8)?;
    if !named_alike || !placed_alike {
        return Err(wrong("its columns and its state differ"));
    }
    Ok(Stored {
        class: class(row.try_get(7)?).ok_or_else(|| wrong("its class is unknown"))?,
        due: row.try_get(13)?,
        armed: row.try_get(14)?,
        breach: row.try_get(18)?,
        row: Row {
            chat: serde_json::from_str(row.try_get(16)?)
                .map_err(|e| corrupt("record", format!("{id}: {e}")))?,
            record,
        },
    })
}

pub(super) fn post(row: &SqliteRow) -> Result<Post, StoreError> {
    let id: i64 = row.try_get(0)?;
    let kind_column: &str = row.try_get(2)?;
    let remote = match (row.try_get::<Option<i64>, _>(6)?, row.try_get::<Option<i64>, _>(7)?) {
        (Some(channel), Some(message)) => {
            Some(Remote { channel: ChannelId(channel), message: MessageId(message) })
        }
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return Err(corrupt("post", format!("{id}: half a remote id"))),
    };
    Ok(Post {
        id: PostId(id),
        workspace: WorkspaceId(row.try_get(1)?),
        kind: kind(kind_column).ok_or_else(|| corrupt("post", format!("{id}: kind {kind_column:?}")))?,
        place: place("post", row.try_get(3)?)?,
        records: json("post", row.try_get(4)?)?,
        approval: row.try_get::<Option<i64>, _>(5)?.map(ApprovalId),
        remote,
        thread: row.try_get::<Option<i64>, _>(8)?.map(ChannelId),
        generation: row.try_get(9)?,
        job: row.try_get::<Option<i64>, _>(10)?.map(JobId),
    })
}

pub(super) fn approval(row: &SqliteRow) -> Result<Approval, StoreError> {
    let peak: Option<&str> = row.try_get(8)?;
    Ok(Approval {
        id: ApprovalId(row.try_get(0)?),
        workspace: WorkspaceId(row.try_get(1)?),
        record: RecordId(row.try_get(2)?),
        team: TeamId(row.try_get(3)?),
        requested_by: row.try_get::<Option<i64>, _>(4)?.map(PersonId),
        requested_at: instant(row.try_get(5)?),
        to: StatusId::new(row.try_get::<&str, _>(6)?),
        data: json("approval", row.try_get(7)?)?,
        peak: peak.map(|text| json("approval", text)).transpose()?,
        state: json("approval", row.try_get(9)?)?,
        post: row.try_get::<Option<i64>, _>(10)?.map(PostId),
    })
}

/// `id, workspace, person, body, at`.
pub(super) fn draft(row: &SqliteRow) -> Result<Draft, StoreError> {
    Ok(Draft {
        id: DraftId(row.try_get(0)?),
        workspace: WorkspaceId(row.try_get(1)?),
        person: PersonId(row.try_get(2)?),
        body: row.try_get(3)?,
        at: instant(row.try_get(4)?),
    })
}

/// The columns that [`job`] reads.
macro_rules! job_columns {
    () => {
        "id, workspace, person, channel, phase, state, step, done, total, post, at, ended_at"
    };
}
pub(super) use job_columns;

pub(super) fn phase_name(phase: JobPhase) -> &'static str {
    match phase {
        JobPhase::Waiting => "waiting",
        JobPhase::Running => "running",
        JobPhase::Done => "done",
        JobPhase::Stopped => "stopped",
    }
}

pub(super) fn job(row: &SqliteRow) -> Result<Job, StoreError> {
    let id: i64 = row.try_get(0)?;
    let named: &str = row.try_get(4)?;
    let all = [JobPhase::Waiting, JobPhase::Running, JobPhase::Done, JobPhase::Stopped];
    let phase = all.into_iter().find(|p| phase_name(*p) == named);
    let count = |column: usize| -> Result<u64, StoreError> {
        u64::try_from(row.try_get::<i64, _>(column)?).map_err(|e| corrupt("job", format!("{id}: {e}")))
    };
    Ok(Job {
        id: JobId(id),
        workspace: WorkspaceId(row.try_get(1)?),
        person: PersonId(row.try_get(2)?),
        channel: ChannelId(row.try_get(3)?),
        phase: phase.ok_or_else(|| corrupt("job", format!("{id}: phase {named:?}")))?,
        state: row.try_get(5)?,
        step: row.try_get(6)?,
        done: count(7)?,
        total: count(8)?,
        post: row.try_get::<Option<i64>, _>(9)?.map(PostId),
        at: instant(row.try_get(10)?),
        ended_at: row.try_get::<Option<i64>, _>(11)?.map(instant),
    })
}

pub(super) fn event(id: i64, body: &str) -> Result<Event, StoreError> {
    serde_json::from_str(body).map_err(|e| corrupt("event", format!("{id}: {e}")))
}

pub(super) fn instant(ms: i64) -> DateTime<Utc> {
    from_ms(ms)
}
