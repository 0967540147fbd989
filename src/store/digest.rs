//! Which team's digest is due, and that it is made once (ruling 26: by domain time).

use async_trait::async_trait;
use chrono::{DateTime, Days, NaiveDate, Utc};
use sqlx::Row as _;

use super::batch::Batch;
use super::decode;
use super::outbox::Fact;
use super::sqlite::Tx;
use super::writer::Task;
use super::{Store, StoreError};
use crate::domain::calendar::instant;
use crate::domain::ids::{EventId, TeamId, WorkspaceId};
use crate::domain::workspace::Team;

/// A team whose digest is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestDue {
    /// Where.
    pub workspace: WorkspaceId,
    /// Whose.
    pub team: TeamId,
    /// The team's local date that the digest is for: the planned one, also where it is made late.
    pub date: NaiveDate,
    /// The last event that an earlier digest has told of.
    pub after: EventId,
    /// When that was.
    pub since: Option<DateTime<Utc>>,
}

/// The next digest of a team after an instant: every day, at the team's local hour.
pub fn next_local(team: &Team, after: DateTime<Utc>) -> DateTime<Utc> {
    next_from(team, after, 0)
}

fn next_from(team: &Team, after: DateTime<Utc>, first_day: u64) -> DateTime<Utc> {
    let today = team.calendar.local(after).date();
    (first_day..)
        .map_while(|day| today.checked_add_days(Days::new(day)))
        .map(|date| instant(team.calendar.zone, date.and_time(team.digest_at)))
        .find(|at| *at > after)
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Plans a team's next digest after its settings were changed. A date whose digest was made is passed over.
pub(super) async fn plan(batch: &mut Batch, tx: &mut Tx<'_>, team: &Team) -> Result<(), StoreError> {
    let mut at = next_local(team, batch.now());
    let made: Option<i64> = sqlx::query_scalar("SELECT at FROM digests WHERE team = $1 AND date = $2")
        .bind(team.id.0)
        .bind(team.calendar.local(at).date().to_string())
        .fetch_optional(&mut **tx)
        .await?;
    if made.is_some() {
        at = next_from(team, batch.now(), 1);
    }
    batch.planned.insert(team.id, at);
    Ok(())
}

impl Store {
    /// Digests whose hour has come. A team gets its first one after its set-up or its first record. Where a team
    /// has nowhere to post, [`Store::digest_made`] is to be called without messages, so that the next is planned.
    pub async fn digests_due(&self) -> Result<Vec<DigestDue>, StoreError> {
        let rows = sqlx::query(
            "SELECT workspace, id, next_digest_at, digest_event, digest_at FROM teams
             WHERE next_digest_at <= $1 ORDER BY next_digest_at, id",
        )
        .bind(self.clock.now().timestamp_millis())
        .fetch_all(&self.readers)
        .await?;
        let due = |row: &sqlx::sqlite::SqliteRow| {
            let workspace = WorkspaceId(row.try_get(0)?);
            let team = TeamId(row.try_get(1)?);
            let planned = decode::instant(row.try_get(2)?);
            Ok(DigestDue {
                workspace,
                team,
                date: self.workspace(workspace).team(team).calendar.local(planned).date(),
                after: EventId(row.try_get(3)?),
                since: row.try_get::<Option<i64>, _>(4)?.map(decode::instant),
            })
        };
        rows.iter().map(due).collect()
    }

    /// Records that a digest was made up to an event, plans the next one, and enqueues its messages: all in one
    /// transaction, and only once per team and date. `false`: it had been made; the next one is planned all the
    /// same.
    pub async fn digest_made(
        &self,
        due: &DigestDue,
        up_to: EventId,
        next: DateTime<Utc>,
        facts: Vec<Fact>,
    ) -> Result<bool, StoreError> {
        self.task(Made { due: due.clone(), up_to, next, facts }).await
    }

    /// How far a team's last digest told: the last event and when; `None`: there was none.
    pub async fn last_digest(
        &self,
        team: TeamId,
    ) -> Result<Option<(EventId, Option<DateTime<Utc>>)>, StoreError> {
        let row = sqlx::query("SELECT digest_event, digest_at FROM teams WHERE id = $1")
            .bind(team.0)
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| Ok((EventId(row.try_get(0)?), row.try_get::<Option<i64>, _>(1)?.map(decode::instant))))
            .transpose()
    }

    /// The last event that a digest of the team told of before an instant: whatever happened since lies behind it.
    pub async fn told_before(&self, team: TeamId, at: DateTime<Utc>) -> Result<EventId, StoreError> {
        let up_to: Option<i64> =
            sqlx::query_scalar("SELECT MAX(up_to) FROM digests WHERE team = $1 AND at <= $2")
                .bind(team.0)
                .bind(at.timestamp_millis())
                .fetch_one(&self.readers)
                .await?;
        Ok(EventId(up_to.unwrap_or(0)))
    }

    /// When the next digest is due.
    pub async fn next_digest(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let at: Option<i64> =
            sqlx::query_scalar("SELECT MIN(next_digest_at) FROM teams").fetch_one(&self.readers).await?;
        Ok(at.map(decode::instant))
    }
}

struct Made {
    due: DigestDue,
    up_to: EventId,
    next: DateTime<Utc>,
    facts: Vec<Fact>,
}

#[async_trait]
impl Task for Made {
    type Answer = bool;

    async fn run(&self, batch: &mut Batch, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        let now = batch.now().timestamp_millis();
        let made = sqlx::query(
            "INSERT INTO digests (team, date, up_to, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind(self.due.team.0)
        .bind(self.due.date.to_string())
        .bind(self.up_to.0)
        .bind(now)
        .execute(&mut **tx)
        .await?
        .rows_affected()
            == 1;
        // A plan that lies ahead was made by somebody else meanwhile.
        sqlx::query("UPDATE teams SET next_digest_at = $1 WHERE id = $2 AND next_digest_at <= $3")
            .bind(self.next.timestamp_millis())
            .bind(self.due.team.0)
            .bind(now)
            .execute(&mut **tx)
            .await?;
        if made {
            sqlx::query("UPDATE teams SET digest_event = $1, digest_at = $2 WHERE id = $3")
                .bind(self.up_to.0)
                .bind(now)
                .bind(self.due.team.0)
                .execute(&mut **tx)
                .await?;
            self.facts.iter().for_each(|fact| batch.say(fact.clone()));
        }
        Ok(made)
    }
}
