//! The outbox: everything that leaves, at least once, in the order of its lane.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::row::Post;
use super::{Store, StoreError};
use crate::domain::ids::{ChannelId, PersonId, PostId, Remote, WorkspaceId};

/// Where a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A channel or thread.
    Channel(ChannelId),
    /// A person, privately.
    Person(PersonId),
    /// The thread on a post, opened where it is not there yet.
    ThreadOf(PostId),
}

/// What overtakes what (ruling 21).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Approvals.
    First,
    /// Alerts, cards, results.
    Normal,
    /// Nudges, thread lines, digests.
    Last,
}

/// Something said once, rendered from this snapshot (ruling 21).
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// Where.
    pub workspace: WorkspaceId,
    /// Unique; a second one with the same key changes nothing.
    pub dedup_key: String,
    /// Where it goes; also its lane.
    pub place: Place,
    /// What overtakes what.
    pub priority: Priority,
    /// Not before (domain time).
    pub due_at: DateTime<Utc>,
    /// What, as JSON; the service knows its shape.
    pub body: String,
}

/// An outbox row in the hands of the delivery worker.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// The row; also the marker in the message (ruling 22).
    pub id: i64,
    /// Where.
    pub workspace: WorkspaceId,
    /// What to send.
    pub content: Content,
    /// Which try this is, from 1.
    pub attempt: u32,
    /// The drawing that was claimed; a newer one arriving meanwhile keeps the row unsent.
    pub version: i64,
    /// When an earlier lease was taken that ran out without an answer (operational time; ruling 22).
    pub lost_lease: Option<i64>,
    /// The lease, to be shown when settling.
    pub lease: i64,
}

/// What a claimed row sends.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A kept-up-to-date message, to be drawn from the rows as they are.
    Post(Post),
    /// Something said once.
    Fact {
        /// Where.
        place: Place,
        /// The post whose thread is meant, where the place is one.
        thread_of: Option<Post>,
        /// As enqueued.
        body: String,
    },
}

/// How a sending ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It stands on the platform.
    Sent {
        /// Where (posts remember it).
        remote: Option<Remote>,
        /// The thread that was opened on the post on the way.
        thread: Option<ChannelId>,
    },
    /// Again, not before (operational time).
    Retry {
        /// When.
        at: i64,
        /// Whether it counts towards the five tries (a Retry-After does not).
        counts: bool,
        /// Why.
        why: String,
    },
    /// The message is gone: the post is to be posted anew, once (ruling 20).
    PostAnew,
    /// The place cannot be reached: the row goes elsewhere (ruling 17).
    Elsewhere {
        /// Where to.
        place: Place,
        /// Why.
        why: String,
    },
    /// It will never go; kept and shown.
    Parked {
        /// Why.
        why: String,
    },
}

/// What `/setup show` and the digest say about delivery.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxCounts {
    /// Waiting.
    pub waiting: u64,
    /// Parked after a refusal or five failures.
    pub parked: u64,
}

impl Store {
    /// Takes up to `limit` rows whose time has come, at most one per lane that has none in flight, the highest
    /// priority first; lanes in `held` are passed over. `lease_ms` is how long the worker may keep them.
    pub async fn claim(
        &self,
        limit: u32,
        lease_ms: i64,
        held: &[String],
    ) -> Result<Vec<Claimed>, StoreError> {
        let _ = (limit, lease_ms, held);
        unimplemented!("being written")
    }

    /// Settles a claimed row; `false` where its lease no longer holds (nothing is changed then).
    pub async fn settle(&self, claimed: &Claimed, how: Settlement) -> Result<bool, StoreError> {
        let _ = (claimed, how);
        unimplemented!("being written")
    }

    /// How much waits and how much is parked in a workspace.
    pub async fn outbox_counts(&self, workspace: WorkspaceId) -> Result<OutboxCounts, StoreError> {
        let _ = workspace;
        unimplemented!("being written")
    }

    /// When the next row wants to go: the earlier of domain due times and operational retry times, as
    /// milliseconds from now; `None`: nothing waits.
    pub async fn outbox_next(&self) -> Result<Option<i64>, StoreError> {
        unimplemented!("being written")
    }
}
