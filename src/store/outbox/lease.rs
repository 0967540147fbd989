//! Claiming rows of the outbox and settling them: jobs of the writer (ruling 25).

use std::collections::HashMap;

use async_trait::async_trait;
use sqlx::Row as _;

use super::{Claimed, Content, FAILURES, OutboxCounts, Place, Settlement};
use crate::domain::ids::WorkspaceId;
use crate::store::batch::Batch;
use crate::store::decode::{self, corrupt};
use crate::store::row::{Post, PostKind};
use crate::store::sqlite::{self, Tx};
use crate::store::writer::Task;
use crate::store::{Store, StoreError};

/// A message older than this (operational milliseconds) may be edited only so often (30046, ruling 20) …
const OLD_MS: i64 = 3_600_000;
/// … so between two of its edits lies this much (domain milliseconds, as due times are).
const REST_MS: i64 = 30_000;

impl Store {
    /// Takes up to `limit` rows whose time has come, at most one per lane that has none in flight, the highest
    /// priority first; lanes in `held` (see [`Place::lane`]) are passed over. `lease_ms` is how long the worker may
    /// keep them.
    pub async fn claim(
        &self,
        limit: u32,
        lease_ms: i64,
        held: &[String],
    ) -> Result<Vec<Claimed>, StoreError> {
        self.task(Claim { limit, lease_ms, held: held.to_vec() }).await
    }

    /// Settles a claimed row; `false` where its lease no longer holds, since it ran out and somebody else claimed
    /// the row (nothing is changed then).
    pub async fn settle(&self, claimed: &Claimed, how: Settlement) -> Result<bool, StoreError> {
        self.task(Settle { claimed: claimed.clone(), how }).await
    }

    /// Takes back the leases of an earlier process: a database has one process at a time, so at its start whatever
    /// is leased was left unsettled by a crash. Gives how many; each is sent again (ruling 22).
    pub async fn release_leases(&self) -> Result<u64, StoreError> {
        self.task(Release).await
    }

    /// How much waits and how much is parked in a workspace.
    pub async fn outbox_counts(&self, workspace: WorkspaceId) -> Result<OutboxCounts, StoreError> {
        let row = sqlx::query(
            "SELECT (SELECT COUNT(*) FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL AND workspace = $1),
                    (SELECT COUNT(*) FROM outbox WHERE failed_at IS NOT NULL AND workspace = $1)",
        )
        .bind(workspace.0)
        .fetch_one(&self.readers)
        .await?;
        let count = |n: i64| u64::try_from(n).unwrap_or_default();
        Ok(OutboxCounts { waiting: count(row.try_get(0)?), parked: count(row.try_get(1)?) })
    }

    /// When the next row wants to go: the earlier of domain due times and operational retry times, as
    /// milliseconds from now; `None`: nothing waits but what waits for something that is in flight or for a post.
    pub async fn outbox_next(&self) -> Result<Option<i64>, StoreError> {
        let (now, operational) = (self.clock.now().timestamp_millis(), self.clock.operational());
        let wait: Option<i64> = sqlx::query_scalar(sqlite::NEXT_OUTBOX)
            .bind(now)
            .bind(operational)
            .fetch_one(&self.readers)
            .await?;
        Ok(wait.map(|ms| ms.max(0)))
    }
}

struct Release;

#[async_trait]
impl Task for Release {
    type Answer = u64;

    async fn run(&self, _batch: &mut Batch, tx: &mut Tx<'_>) -> Result<u64, StoreError> {
        let released = sqlx::query(
            "UPDATE outbox SET lost_at = COALESCE(lost_at, leased_at), leased_at = NULL, lease_until = NULL
             WHERE lease_until IS NOT NULL",
        )
        .execute(&mut **tx)
        .await?;
        Ok(released.rows_affected())
    }
}

struct Claim {
    limit: u32,
    lease_ms: i64,
    held: Vec<String>,
}

#[async_trait]
impl Task for Claim {
    type Answer = Vec<Claimed>;

    async fn run(&self, batch: &mut Batch, tx: &mut Tx<'_>) -> Result<Vec<Claimed>, StoreError> {
        let rows = sqlx::query(sqlite::CLAIM)
            .bind(batch.now().timestamp_millis())
            .bind(batch.operational)
            .bind(decode::encode("argument", &self.held)?)
            .bind(i64::from(self.limit))
            .bind(batch.operational.saturating_add(self.lease_ms))
            .fetch_all(&mut **tx)
            .await?;
        let ids: Vec<i64> = rows
            .iter()
            .filter_map(|r| r.try_get::<Option<i64>, _>(3).transpose())
            .collect::<Result<_, _>>()?;
        let mut posts = HashMap::new();
        if !ids.is_empty() {
            let found = sqlx::query(sqlite::LOAD_POSTS)
                .bind(decode::encode("argument", &ids)?)
                .fetch_all(&mut **tx)
                .await?;
            for row in &found {
                let post = decode::post(row)?;
                posts.insert(post.id.0, post);
            }
        }
        let mut claimed = Vec::with_capacity(rows.len());
        for row in &rows {
            let id: i64 = row.try_get(0)?;
            let post = row.try_get::<Option<i64>, _>(3)?.and_then(|post| posts.get(&post).cloned());
            let content = if row.try_get(4)? {
                let post = post.ok_or_else(|| corrupt("outbox row", format!("{id}: its post is gone")))?;
                if post.kind == PostKind::Alerts {
                    batch.seal(&post);
                }
                Content::Post(post)
            } else {
                Content::Fact {
                    place: decode::place("outbox row", row.try_get(2)?)?,
                    thread_of: post,
                    body: row.try_get(5)?,
                }
            };
            let order: (i64, i64) = (row.try_get(10)?, row.try_get(11)?);
            claimed.push((
                order,
                Claimed {
                    id,
                    workspace: WorkspaceId(row.try_get(1)?),
                    content,
                    attempt: row.try_get(6)?,
                    failures: row.try_get(12)?,
                    version: row.try_get(7)?,
                    lost_lease: row.try_get(8)?,
                    lease: row.try_get(9)?,
                },
            ));
        }
        // What an UPDATE returns comes in no promised order.
        claimed.sort_by_key(|(order, row)| (*order, row.id));
        Ok(claimed.into_iter().map(|(_, row)| row).collect())
    }
}

struct Settle {
    claimed: Claimed,
    how: Settlement,
}

#[async_trait]
impl Task for Settle {
    type Answer = bool;

    async fn run(&self, batch: &mut Batch, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        let post = match &self.claimed.content {
            Content::Post(post) => Some(post),
            Content::Fact { thread_of, .. } => thread_of.as_ref(),
        };
        match &self.how {
            Settlement::Sent { remote, thread } => {
                if !self.sent(batch, tx).await? {
                    return Ok(false);
                }
                let drawn = matches!(self.claimed.content, Content::Post(_));
                let stands = remote.filter(|_| drawn);
                if let Some(post) = post.filter(|_| stands.is_some() || thread.is_some()) {
                    sqlx::query(
                        "UPDATE posts SET channel = COALESCE($1, channel), message = COALESCE($2, message),
                            thread = COALESCE($3, thread), posted_at = COALESCE(posted_at, $5) WHERE id = $4",
                    )
                    .bind(stands.map(|r| r.channel.0))
                    .bind(stands.map(|r| r.message.0))
                    .bind(thread.map(|t| t.0))
                    .bind(post.id.0)
                    .bind(batch.operational)
                    .execute(&mut **tx)
                    .await?;
                }
                Ok(true)
            }
            Settlement::Retry { at, counts, may_stand, why } => {
                self.retry(batch.operational, *at, (*counts, *may_stand), why, tx).await
            }
            Settlement::PostAnew => match &self.claimed.content {
                Content::Post(post) => self.post_anew(post, batch.operational, tx).await,
                Content::Fact { .. } => self.park(batch.operational, "its message is gone", tx).await,
            },
            Settlement::Elsewhere { place, why } => self.elsewhere(*place, why, tx).await,
            Settlement::Parked { why } => self.park(batch.operational, why, tx).await,
        }
    }
}

impl Settle {
    /// Sent, unless a newer drawing came meanwhile; then the row stays open. An old message rests (ruling 20):
    /// the first edit after a rest goes at once, those that follow within it wait and become one.
    async fn sent(&self, batch: &Batch, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE outbox SET sent_at = CASE WHEN version = $1 THEN $2 END,
                due_at = CASE WHEN version <> $1 AND rests THEN MAX(due_at, $5) ELSE due_at END,
                rest_until = CASE WHEN rests THEN $5 ELSE 0 END,
                body = CASE WHEN draws = 0 THEN '' ELSE body END,
                attempts = 0, failures = 0, leased_at = NULL, lease_until = NULL, lost_at = NULL, retry_at = 0,
                error = NULL
             FROM (SELECT EXISTS (SELECT 1 FROM outbox o JOIN posts p ON p.id = o.post
                WHERE o.id = $3 AND o.draws = 1 AND p.posted_at < $6) AS rests)
             WHERE id = $3 AND lease = $4 AND lease_until IS NOT NULL",
        )
        .bind(self.claimed.version)
        .bind(batch.operational)
        .bind(self.claimed.id)
        .bind(self.claimed.lease)
        .bind(batch.now().timestamp_millis() + REST_MS)
        .bind(batch.operational - OLD_MS)
        .execute(&mut **tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn retry(
        &self,
        operational: i64,
        at: i64,
        (counts, may_stand): (bool, bool),
        why: &str,
        tx: &mut Tx<'_>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE outbox SET failures = failures + $1, retry_at = $2, error = $3,
                lost_at = CASE WHEN $9 THEN COALESCE(lost_at, leased_at) ELSE lost_at END, leased_at = NULL,
                lease_until = NULL, failed_at = CASE WHEN failures + $1 >= $4 AND version = $8 THEN $5 END
             WHERE id = $6 AND lease = $7 AND lease_until IS NOT NULL",
        )
        .bind(i64::from(counts))
        .bind(at)
        .bind(why)
        .bind(FAILURES)
        .bind(operational)
        .bind(self.claimed.id)
        .bind(self.claimed.lease)
        .bind(self.claimed.version)
        .bind(may_stand)
        .execute(&mut **tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Parked, unless a newer drawing came meanwhile: that one has its try.
    async fn park(&self, operational: i64, why: &str, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE outbox SET failed_at = CASE WHEN version = $5 THEN $1 END, error = $2, leased_at = NULL, lease_until = NULL
             WHERE id = $3 AND lease = $4 AND lease_until IS NOT NULL",
        )
        .bind(operational)
        .bind(why)
        .bind(self.claimed.id)
        .bind(self.claimed.lease)
        .bind(self.claimed.version)
        .execute(&mut **tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Ruling 20: once. The thread stays, since it outlives the message.
    async fn post_anew(&self, post: &Post, operational: i64, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        if post.generation > 0 {
            return self.park(operational, "its message was deleted again", tx).await;
        }
        let done = self.release("", tx).await?;
        if done {
            sqlx::query(
                "UPDATE posts SET channel = NULL, message = NULL, posted_at = NULL, generation = generation + 1
                 WHERE id = $1",
            )
            .bind(post.id.0)
            .execute(&mut **tx)
            .await?;
        }
        Ok(done)
    }

    async fn elsewhere(&self, place: Place, why: &str, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        if !self.release(why, tx).await? {
            return Ok(false);
        }
        let (post, thread_of) = match &self.claimed.content {
            Content::Post(post) => (Some(post.id.0), Some(post.id.0)),
            Content::Fact { .. } => (None, place.thread_of().map(|p| p.0)),
        };
        sqlx::query("UPDATE outbox SET lane = $1, post = $2 WHERE id = $3")
            .bind(place.lane())
            .bind(thread_of)
            .bind(self.claimed.id)
            .execute(&mut **tx)
            .await?;
        if let Some(post) = post {
            sqlx::query(
                "UPDATE posts SET place = $1, channel = NULL, message = NULL, thread = NULL WHERE id = $2",
            )
            .bind(place.lane())
            .bind(post)
            .execute(&mut **tx)
            .await?;
        }
        Ok(true)
    }

    /// Open again, as if it had never been tried.
    async fn release(&self, why: &str, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE outbox SET attempts = 0, failures = 0, leased_at = NULL, lease_until = NULL, lost_at = NULL,
                retry_at = 0, error = NULLIF($1, '')
             WHERE id = $2 AND lease = $3 AND lease_until IS NOT NULL",
        )
        .bind(why)
        .bind(self.claimed.id)
        .bind(self.claimed.lease)
        .execute(&mut **tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
