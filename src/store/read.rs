//! Reads, from the read-only pool. They see what was committed when they begin.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::Row as _;

use super::decode::{self, approval_columns, post_columns, record_columns};
use super::row::{Approval, Post, Row};
use super::sqlite;
use super::{Store, StoreError};
use crate::domain::event::Event;
use crate::domain::ids::{
    ApprovalId, EventId, PersonId, PlaybookId, PostId, RecordId, RecordRef, StageId, StatusId, TeamId,
    WorkspaceId,
};
use crate::domain::playbook::Class;
use crate::domain::undo::Told;

/// So many events are looked at at once for what a person did last.
const WALKED: i64 = 2_000;

/// Which records a list shows.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Filter {
    /// The noun's letter.
    pub letter: Option<char>,
    /// Under this playbook.
    pub playbook: Option<PlaybookId>,
    /// Of this team.
    pub team: Option<TeamId>,
    /// Of this owner.
    pub owner: Option<PersonId>,
    /// In one of these statuses, each of a playbook; empty: in any.
    pub statuses: Vec<(PlaybookId, StatusId)>,
    /// At one of these stages, each of a playbook; empty: at any.
    pub stages: Vec<(PlaybookId, StageId)>,
    /// In one of these classes; empty: all.
    pub classes: Vec<Class>,
    /// Of a company whose name contains this.
    pub company: Option<String>,
    /// Whose name, company or handle contains this.
    pub text: Option<String>,
    /// Without touch or two-way activity, and in its status, since before this instant.
    pub quiet_since: Option<DateTime<Utc>>,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Row>,
    /// How many there are on all pages.
    pub total: u64,
}

impl Store {
    /// Records by id, in the order asked for; missing ones are left out.
    pub async fn records(&self, ids: &[RecordId]) -> Result<Vec<Row>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(sqlite::RECORDS_BY_ID)
            .bind(decode::encode("argument", ids)?)
            .fetch_all(&self.readers)
            .await?;
        let rows =
            rows.iter().map(|row| Ok(decode::record(row)?.row)).collect::<Result<Vec<_>, StoreError>>()?;
        let by_id: HashMap<_, _> = rows.into_iter().map(|row| (row.record.id, row)).collect();
        Ok(ids.iter().filter_map(|id| by_id.get(id).cloned()).collect())
    }

    /// A record by what people call it.
    pub async fn record_by_handle(
        &self,
        workspace: WorkspaceId,
        handle: RecordRef,
    ) -> Result<Option<Row>, StoreError> {
        let row = sqlx::query(concat!(
            "SELECT ",
            record_columns!(),
            " FROM records r WHERE r.workspace = $1 AND r.letter = $2 AND r.number = $3"
        ))
        .bind(workspace.0)
        .bind(handle.letter.to_string())
        .bind(i64::from(handle.number))
        .fetch_optional(&self.readers)
        .await?;
        row.map(|row| Ok(decode::record(&row)?.row)).transpose()
    }

    /// A record's history, the newest first.
    pub async fn history(
        &self,
        record: RecordId,
        skip: u64,
        limit: u64,
    ) -> Result<Vec<(EventId, Event)>, StoreError> {
        let skip = i64::try_from(skip).unwrap_or(i64::MAX);
        let end = skip.saturating_add(i64::try_from(limit).unwrap_or(i64::MAX));
        let rows = sqlx::query(
            "WITH RECURSIVE chain (id, prev, place) AS (
                SELECT e.id, e.prev, 1 FROM records r JOIN events e ON e.id = r.last_event WHERE r.id = $1
                UNION ALL
                SELECT e.id, e.prev, chain.place + 1 FROM chain JOIN events e ON e.id = chain.prev
                WHERE chain.place < $3)
             SELECT e.id, e.body FROM chain JOIN events e ON e.id = chain.id
             WHERE chain.place > $2 AND chain.place <= $3 ORDER BY chain.place",
        )
        .bind(record.0)
        .bind(skip)
        .bind(end)
        .fetch_all(&self.readers)
        .await?;
        let event = |row: &sqlx::sqlite::SqliteRow| {
            let id = row.try_get(0)?;
            Ok((EventId(id), decode::event(id, row.try_get(1)?)?))
        };
        rows.iter().map(event).collect()
    }

    /// A record's whole history, the oldest first, with what belongs together.
    pub async fn past(&self, record: RecordId) -> Result<Vec<Told>, StoreError> {
        let rows = sqlx::query(
            "WITH RECURSIVE chain (id, prev, place) AS (
                SELECT e.id, e.prev, 1 FROM records r JOIN events e ON e.id = r.last_event WHERE r.id = $1
                UNION ALL
                SELECT e.id, e.prev, chain.place + 1 FROM chain JOIN events e ON e.id = chain.prev)
             SELECT e.id, e.command, e.body FROM chain JOIN events e ON e.id = chain.id ORDER BY chain.place DESC",
        )
        .bind(record.0)
        .fetch_all(&self.readers)
        .await?;
        let told = |row: &sqlx::sqlite::SqliteRow| {
            let id = row.try_get(0)?;
            Ok(Told {
                id: EventId(id),
                command: row.try_get::<Option<i64>, _>(1)?.map(EventId),
                event: decode::event(id, row.try_get(2)?)?,
            })
        };
        rows.iter().map(told).collect()
    }

    /// The records that a person's command changed. A command begins with its first event and ends soon after, so that
    /// what is walked is short for a recent one.
    pub async fn changed_by(&self, command: EventId, person: PersonId) -> Result<Vec<RecordId>, StoreError> {
        let ids: Vec<i64> = sqlx::query_scalar(
            "SELECT DISTINCT record FROM events WHERE id >= $1 AND command = $1 AND body ->> 'by' = $2 ORDER BY record",
        )
        .bind(command.0)
        .bind(person.0)
        .fetch_all(&self.readers)
        .await?;
        Ok(ids.into_iter().map(RecordId).collect())
    }

    /// The record that a person changed last in a workspace, not before an instant. The events are walked backwards, in
    /// chunks, until they are older.
    pub async fn last_changed_by(
        &self,
        workspace: WorkspaceId,
        person: PersonId,
        since: DateTime<Utc>,
    ) -> Result<Option<RecordId>, StoreError> {
        let mut before = i64::MAX;
        loop {
            let row = sqlx::query(
                "WITH chunk (id, record, at, person) AS MATERIALIZED (
                    SELECT id, record, at, body ->> 'by' FROM events WHERE id < $1 ORDER BY id DESC LIMIT $4)
                 SELECT (SELECT MIN(id) FROM chunk), (SELECT MAX(at) FROM chunk),
                    (SELECT c.record FROM chunk c JOIN records r ON r.id = c.record
                        WHERE c.person = $3 AND r.workspace = $2 ORDER BY c.id DESC LIMIT 1)",
            )
            .bind(before)
            .bind(workspace.0)
            .bind(person.0)
            .bind(WALKED)
            .fetch_one(&self.readers)
            .await?;
            if let Some(record) = row.try_get::<Option<i64>, _>(2)? {
                return Ok(Some(RecordId(record)));
            }
            let newest: Option<i64> = row.try_get(1)?;
            match (row.try_get::<Option<i64>, _>(0)?, newest) {
                (Some(first), Some(at)) if at >= since.timestamp_millis() => before = first,
                _ => return Ok(None),
            }
        }
    }

    /// Requests that wait, the oldest first.
    pub async fn waiting_approvals(
        &self,
        workspace: WorkspaceId,
        team: Option<TeamId>,
    ) -> Result<Vec<Approval>, StoreError> {
        let rows = sqlx::query(concat!(
            "SELECT ",
            approval_columns!(),
            " FROM approvals a WHERE a.waiting = 1 AND a.workspace = $1 AND ($2 IS NULL OR a.team = $2) ORDER BY a.id"
        ))
        .bind(workspace.0)
        .bind(team.map(|t| t.0))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(decode::approval).collect()
    }

    /// A request.
    pub async fn approval(&self, id: ApprovalId) -> Result<Option<Approval>, StoreError> {
        let row = sqlx::query(concat!("SELECT ", approval_columns!(), " FROM approvals a WHERE a.id = $1"))
            .bind(id.0)
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(decode::approval).transpose()
    }

    /// The requests that one message shows, the oldest first.
    pub async fn approvals_of(&self, post: PostId) -> Result<Vec<Approval>, StoreError> {
        let rows = sqlx::query(concat!(
            "SELECT ",
            approval_columns!(),
            " FROM approvals a WHERE a.post = $1 ORDER BY a.id"
        ))
        .bind(post.0)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(decode::approval).collect()
    }

    /// A kept-up-to-date message.
    pub async fn post(&self, id: PostId) -> Result<Option<Post>, StoreError> {
        let row = sqlx::query(concat!("SELECT ", post_columns!(), " FROM posts p WHERE p.id = $1"))
            .bind(id.0)
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(decode::post).transpose()
    }

    /// Every record of a team that is not excluded, for its digest, in chunks by id: those after `after`.
    pub async fn team_records(
        &self,
        workspace: WorkspaceId,
        team: TeamId,
        after: RecordId,
        limit: u64,
    ) -> Result<Vec<Row>, StoreError> {
        let rows = sqlx::query(concat!(
            "SELECT ",
            record_columns!(),
            " FROM records r WHERE r.team = $1 AND r.workspace = $2 AND r.id > $3 AND r.class <> 'excluded'
              ORDER BY r.id LIMIT $4"
        ))
        .bind(team.0)
        .bind(workspace.0)
        .bind(after.0)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|row| Ok(decode::record(row)?.row)).collect()
    }

    /// The events of a team's records after an event, with their records, in order of writing.
    pub async fn team_events(
        &self,
        team: TeamId,
        after: EventId,
        limit: u64,
    ) -> Result<Vec<(EventId, RecordId, Event)>, StoreError> {
        // CROSS JOIN: the events are walked from `after` on, rather than every event of every record of the team.
        let rows = sqlx::query(
            "SELECT e.id, e.record, e.body FROM events e CROSS JOIN records r
             WHERE r.id = e.record AND e.id > $1 AND r.team = $2 ORDER BY e.id LIMIT $3",
        )
        .bind(after.0)
        .bind(team.0)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&self.readers)
        .await?;
        let event = |row: &sqlx::sqlite::SqliteRow| {
            let id = row.try_get(0)?;
            Ok((EventId(id), RecordId(row.try_get(1)?), decode::event(id, row.try_get(2)?)?))
        };
        rows.iter().map(event).collect()
    }

    /// The changes of status of a team's records, and what was taken back, after an event and not before an instant.
    /// Each with the rules that its record lives under.
    pub async fn team_moves(
        &self,
        team: TeamId,
        after: EventId,
        since: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<(EventId, RecordId, PlaybookId, Event)>, StoreError> {
        let rows = sqlx::query(
            "SELECT e.id, e.record, r.playbook, e.body FROM events e CROSS JOIN records r
             WHERE r.id = e.record AND e.id > $1 AND e.at >= $2 AND r.team = $3 AND r.class <> 'excluded'
                 AND (json_type(e.body, '$.kind.moved') = 'object' OR json_type(e.body, '$.kind.undone') = 'object')
             ORDER BY e.id LIMIT $4",
        )
        .bind(after.0)
        .bind(since.timestamp_millis())
        .bind(team.0)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&self.readers)
        .await?;
        let event = |row: &sqlx::sqlite::SqliteRow| {
            let id = row.try_get(0)?;
            let playbook = PlaybookId::new(row.try_get::<String, _>(2)?);
            Ok((EventId(id), RecordId(row.try_get(1)?), playbook, decode::event(id, row.try_get(3)?)?))
        };
        rows.iter().map(event).collect()
    }

    /// When the next record wants to be looked at, at the latest: what is found then may want to be looked at
    /// later still.
    pub async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let at: Option<i64> =
            sqlx::query_scalar("SELECT MIN(due_at) FROM due").fetch_one(&self.readers).await?;
        Ok(at.map(decode::instant))
    }
}
