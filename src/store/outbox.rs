//! The outbox: everything that leaves, at least once, in the order of its lane.
//!
//! Its properties:
//! - A lane is a place. At most one row of a lane is in flight; the next is the one of the highest priority, then of
//!   the earliest due time, then of the earliest writing. One that waits for its retry holds its lane, but for
//!   rows of a higher priority.
//! - A line in a post's thread waits until the post stands; an edit of a post is the same row as its posting.
//! - A drawing is rendered when it is sent, so any number of refreshes before that are one. One that comes while
//!   the row is in flight keeps the row open after it is settled.
//! - A row is parked after five failures that count, and kept. Its lane goes on. A newer drawing revives it.
//! - A claim is a lease. Only its holder settles; when it has run out, the row may be claimed again and then says
//!   since when it may have been sent (ruling 22).
//!
//! Here are the words; `lease.rs` claims and settles.

mod lease;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::row::Post;
use crate::domain::ids::{ChannelId, PersonId, PostId, Remote, WorkspaceId};

/// After so many failures that count, a row is parked.
pub const FAILURES: u32 = 5;

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
    /// The address to which a workspace has its changes of status sent.
    Hook(WorkspaceId),
}

impl Place {
    /// The lane in which messages for this place keep their order.
    pub fn lane(self) -> String {
        match self {
            Self::Channel(id) => format!("c:{id}"),
            Self::Person(id) => format!("p:{id}"),
            Self::ThreadOf(post) => format!("t:{post}"),
            Self::Hook(workspace) => format!("w:{workspace}"),
        }
    }

    /// Reads [`Place::lane`].
    pub fn from_lane(lane: &str) -> Option<Self> {
        let (kind, id) = lane.split_once(':')?;
        let id = id.parse().ok()?;
        match kind {
            "c" => Some(Self::Channel(ChannelId(id))),
            "p" => Some(Self::Person(PersonId(id))),
            "t" => Some(Self::ThreadOf(PostId(id))),
            "w" => Some(Self::Hook(WorkspaceId(id))),
            _ => None,
        }
    }

    /// The post whose thread this is.
    pub fn thread_of(self) -> Option<PostId> {
        match self {
            Self::ThreadOf(post) => Some(post),
            Self::Channel(_) | Self::Person(_) | Self::Hook(_) => None,
        }
    }
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

impl Priority {
    /// The lower goes first.
    pub(super) fn rank(self) -> i64 {
        match self {
            Self::First => 0,
            Self::Normal => 1,
            Self::Last => 2,
        }
    }
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
    /// How many of the tries before were failures that count.
    pub failures: u32,
    /// The drawing that was claimed; a newer one arriving meanwhile keeps the row unsent.
    pub version: i64,
    /// When the first lease since the last sending was taken that ran out without an answer (operational time;
    /// ruling 22).
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
        /// Whether it may stand there all the same: the answer was lost. Then it counts as a lease that ran out
        /// (ruling 22).
        may_stand: bool,
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
