//! What a row holds beside the domain's own types.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::decision::Alert;
use crate::domain::field::{Contact, Data};
use crate::domain::ids::{
    ApprovalId, ChannelId, DraftId, EventId, JobId, PersonId, PostId, RecordId, Remote, StatusId, TeamId,
    WorkspaceId,
};
pub use crate::domain::job::JobPhase;
use crate::domain::money::Money;
use crate::domain::record::Record;

/// A record with what the chat knows of it. One row, so that a move writes one.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The record.
    pub record: Record,
    /// Where it stands in the chat.
    pub chat: ChatState,
}

/// Where a record stands in the chat.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ChatState {
    /// Its card.
    pub card: Option<PostId>,
    /// Its history has a thread (asked for; the post knows the thread's id).
    pub threaded: bool,
    /// Alerts that are open, and closed ones whose message still shows them.
    pub alerts: Vec<OpenAlert>,
    /// The message of the request that waits for a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<PostId>,
    /// The personal fields before the last command, where that changed them, so that it can be undone (X4). Erasing a
    /// record has to blank it, like the fields themselves (ruling 15).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal_before: Option<PersonalBefore>,
}

/// What is not in the history: the personal fields as they were before a command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonalBefore {
    /// Which command.
    pub command: EventId,
    /// The fields before it.
    pub contact: Contact,
}

/// An alert that has been posted, or is about to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenAlert {
    /// What it says now.
    pub alert: Alert,
    /// The message that shows it.
    pub post: PostId,
    /// The person to whom that message went privately; `None`: it stands in a channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// Whom its message in a channel does not notify: their attention is spoken for (X6).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silent: Vec<PersonId>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// How it was closed: when, and one line ("moved to Connected by …" is rendered from the events).
    pub closed: Option<AlertClosed>,
}

/// How an alert ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertClosed {
    /// When.
    pub at: DateTime<Utc>,
    /// Who moved the record or logged the activity; `None`: a rule, a clock.
    pub by: Option<PersonId>,
    /// The status that it moved to; `None`: an activity or another act met it.
    pub moved_to: Option<StatusId>,
    /// The command that closed it: undone, it opens it again (X4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<EventId>,
}

/// What a kept-up-to-date message shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostKind {
    /// One record's card.
    Card,
    /// Up to 25 alerts.
    Alerts,
    /// One request for approval.
    Approval,
    /// How far a job is.
    Job,
}

/// A message that the bot keeps up to date.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// Ours.
    pub id: PostId,
    /// Where.
    pub workspace: WorkspaceId,
    /// What it shows.
    pub kind: PostKind,
    /// Where it is meant to stand.
    pub place: crate::store::outbox::Place,
    /// The records (card: one; alerts: up to 25; approval: one).
    pub records: Vec<RecordId>,
    /// The request, where it shows one.
    pub approval: Option<ApprovalId>,
    /// The job, where it shows one.
    pub job: Option<JobId>,
    /// Where it stands on the platform, once posted.
    pub remote: Option<Remote>,
    /// The thread on it, once opened.
    pub thread: Option<ChannelId>,
    /// How often it was posted anew after its message was deleted.
    pub generation: u32,
}

/// A request for approval.
#[derive(Debug, Clone, PartialEq)]
pub struct Approval {
    /// Ours.
    pub id: ApprovalId,
    /// Where.
    pub workspace: WorkspaceId,
    /// The record.
    pub record: RecordId,
    /// Its team.
    pub team: TeamId,
    /// Who asked; `None`: a clock.
    pub requested_by: Option<PersonId>,
    /// When.
    pub requested_at: DateTime<Utc>,
    /// The status asked for.
    pub to: StatusId,
    /// What the move brings.
    pub data: Data,
    /// The value that made it wait.
    pub peak: Option<Money>,
    /// How it stands.
    pub state: ApprovalState,
    /// The message that shows it.
    pub post: Option<PostId>,
}

/// How a request stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// It waits.
    Waiting,
    /// A manager said yes.
    Approved {
        /// Who.
        by: PersonId,
        /// When.
        at: DateTime<Utc>,
    },
    /// A manager said no.
    Rejected {
        /// Who.
        by: PersonId,
        /// When.
        at: DateTime<Utc>,
        /// Why.
        reason: String,
    },
    /// It ended without a decision.
    Withdrawn {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        why: crate::domain::event::Withdrawal,
    },
}

/// Something unfinished that a later press goes on with: a form in steps, a list's filters.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Ours; 0 before it is put.
    pub id: DraftId,
    /// Where.
    pub workspace: WorkspaceId,
    /// Whose; nobody else may go on with it.
    pub person: PersonId,
    /// What, as JSON; the service knows its shape.
    pub body: String,
    /// Since when; old ones are swept.
    pub at: DateTime<Utc>,
}

/// Long work that is done in chunks, each in a transaction of its own: a restart goes on after the last one.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Ours; 0 before it is put.
    pub id: JobId,
    /// Where.
    pub workspace: WorkspaceId,
    /// Who asked.
    pub person: PersonId,
    /// In which channel: its message and its result stand there.
    pub channel: ChannelId,
    /// Whether it runs.
    pub phase: JobPhase,
    /// What kind of work and how far, as JSON; the service knows its shape.
    pub state: String,
    /// Chunks done. A chunk that finds another number than it was made for does nothing.
    pub step: u32,
    /// So many pieces …
    pub done: u64,
    /// … of so many.
    pub total: u64,
    /// The message that shows it.
    pub post: Option<PostId>,
    /// When it was asked for.
    pub at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}
