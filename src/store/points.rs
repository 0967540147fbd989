//! The ledger of points (A3, A7): written with the record that it is about, read for the leaderboard.

use serde::Serialize;
use sqlx::Row as _;

use super::batch::Batch;
use super::decode::{corrupt, instant};
use super::sqlite::{self, Tx};
use super::{Store, StoreError, flush};
use crate::domain::event::Event;
use crate::domain::ids::{EventId, PersonId, RecordId, StatusId, WorkspaceId};
use crate::domain::likeness;
use crate::domain::points::{self, Board, Entry, Total, Why};
use crate::domain::record::Record;

/// An entry on its way into the table.
#[derive(Debug, Clone, Serialize)]
pub(super) struct EntryOut {
    workspace: i64,
    record: i64,
    event: i64,
    at: i64,
    person: Option<i64>,
    company: Option<String>,
    company_key: Option<String>,
    delta: i64,
    status: String,
    why: Why,
}

/// Which entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LedgerOf<'a> {
    /// Of this person.
    pub person: Option<PersonId>,
    /// Of the company with this name, however it is written.
    pub company: Option<&'a str>,
}

/// A page of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// The newest first.
    pub entries: Vec<Entry>,
    /// How many there are on all pages.
    pub total: u64,
    /// What all of them add up to.
    pub points: i64,
}

impl Batch {
    /// Writes what a record's points became. `first`: the id of the first of its events.
    pub(super) fn credit(&mut self, before: Option<&Record>, after: &Record, first: i64, events: &[Event]) {
        for change in points::changes(before, after, events) {
            let amount = i64::from(change.credit.points);
            let nth = change.event.and_then(|nth| i64::try_from(nth).ok());
            let last = after.last_event.map_or(0, |event| event.0);
            self.writes.points.push(EntryOut {
                workspace: after.workspace.0,
                record: after.id.0,
                event: nth.map_or(last, |nth| first + nth),
                at: self.now().timestamp_millis(),
                person: change.credit.person.map(|person| person.0),
                company_key: change.company.as_deref().and_then(likeness::company),
                company: change.company,
                delta: if change.gives { amount } else { -amount },
                status: change.credit.status.to_string(),
                why: change.why,
            });
        }
    }
}

pub(super) async fn write(entries: &[EntryOut], tx: &mut Tx<'_>) -> Result<(), StoreError> {
    flush::write(tx, sqlite::PUT_POINTS, entries).await
}

impl Store {
    /// The leaderboard: whoever has most first; who has none is not on it. And how many there are.
    pub async fn leaderboard(
        &self,
        workspace: WorkspaceId,
        by: Board,
        skip: u64,
        limit: u64,
    ) -> Result<(Vec<Total>, u64), StoreError> {
        let sums = match by {
            Board::Person => {
                "SELECT person AS who, MAX(id) AS newest, SUM(delta) AS points FROM points
                 WHERE workspace = $1 AND person IS NOT NULL GROUP BY person HAVING SUM(delta) > 0"
            }
            Board::Company => {
                "SELECT company_key AS who, MAX(id) AS newest, SUM(delta) AS points FROM points
                 WHERE workspace = $1 AND company_key IS NOT NULL GROUP BY company_key HAVING SUM(delta) > 0"
            }
        };
        let sql = format!(
            "WITH sums AS ({sums})
             SELECT s.points, s.newest, p.person, p.company, (SELECT COUNT(*) FROM sums) AS total
             FROM sums s JOIN points p ON p.id = s.newest ORDER BY s.points DESC, s.newest LIMIT $3 OFFSET $2"
        );
        // Only our own words are in it.
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(workspace.0)
            .bind(i64::try_from(skip).unwrap_or(i64::MAX))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.readers)
            .await?;
        let mut totals = Vec::with_capacity(rows.len());
        let mut all = 0;
        for row in &rows {
            totals.push(Total {
                points: row.try_get(0)?,
                newest: row.try_get(1)?,
                person: row.try_get::<Option<i64>, _>(2)?.map(PersonId).filter(|_| by == Board::Person),
                company: row.try_get::<Option<String>, _>(3)?.filter(|_| by == Board::Company),
            });
            all = u64::try_from(row.try_get::<i64, _>(4)?).unwrap_or_default();
        }
        Ok((totals, all))
    }

    /// The entries behind points.
    pub async fn ledger(
        &self,
        workspace: WorkspaceId,
        of: LedgerOf<'_>,
        skip: u64,
        limit: u64,
    ) -> Result<Ledger, StoreError> {
        let company = of.company.map(|name| likeness::company(name).unwrap_or_default());
        let (total, points): (i64, i64) = sqlx::query_as(
            "SELECT COUNT(*), COALESCE(SUM(delta), 0) FROM points WHERE workspace = $1
             AND ($2 IS NULL OR person = $2) AND ($3 IS NULL OR company_key = $3)",
        )
        .bind(workspace.0)
        .bind(of.person.map(|person| person.0))
        .bind(&company)
        .fetch_one(&self.readers)
        .await?;
        let rows = sqlx::query(
            "SELECT id, record, event, at, person, company, delta, status, why FROM points WHERE workspace = $1
             AND ($2 IS NULL OR person = $2) AND ($3 IS NULL OR company_key = $3)
             ORDER BY id DESC LIMIT $5 OFFSET $4",
        )
        .bind(workspace.0)
        .bind(of.person.map(|person| person.0))
        .bind(&company)
        .bind(i64::try_from(skip).unwrap_or(i64::MAX))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&self.readers)
        .await?;
        let entry = |row: &sqlx::sqlite::SqliteRow| {
            let why: String = row.try_get(8)?;
            Ok(Entry {
                id: row.try_get(0)?,
                workspace,
                record: RecordId(row.try_get(1)?),
                event: EventId(row.try_get(2)?),
                at: instant(row.try_get(3)?),
                person: row.try_get::<Option<i64>, _>(4)?.map(PersonId),
                company: row.try_get(5)?,
                delta: row.try_get(6)?,
                status: StatusId::new(row.try_get::<String, _>(7)?),
                why: serde_json::from_value(why.clone().into())
                    .map_err(|_| corrupt("ledger entry", format!("why \"{why}\"")))?,
            })
        };
        let entries = rows.iter().map(entry).collect::<Result<Vec<_>, StoreError>>()?;
        Ok(Ledger { entries, total: u64::try_from(total).unwrap_or_default(), points })
    }

    /// The company that an entry is about, as it was written.
    pub async fn company_of(&self, workspace: WorkspaceId, entry: i64) -> Result<Option<String>, StoreError> {
        let name: Option<Option<String>> =
            sqlx::query_scalar("SELECT company FROM points WHERE id = $1 AND workspace = $2")
                .bind(entry)
                .bind(workspace.0)
                .fetch_optional(&self.readers)
                .await?;
        Ok(name.flatten())
    }
}
