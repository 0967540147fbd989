//! The seam between the program and its adapters: [`ChatPort`] is the way out to a platform, [`Service`] what an
//! adapter asks for everything that people say, and [`Intake`] for what other systems tell.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use super::commands::Command;
use super::intent::{Ask, Request};
use super::message::{Choice, Message, Reply};
use crate::domain::hooks::{Hooks, Key};
pub use crate::domain::ids::Remote;
use crate::domain::ids::{ChannelId, PersonId, WorkspaceId};
use crate::domain::outside::{Came, Outside};

/// Where a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A channel or thread.
    Channel(ChannelId),
    /// A person, privately.
    Person(PersonId),
}

/// The identity of one sending: the same key is the same message, however often it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SendKey {
    /// The outbox row; also the marker by which our message is found again (ruling 22).
    pub outbox: i64,
    /// Counted up when a message that was deleted is to be posted anew.
    pub generation: u32,
}

/// What a platform does for the bot. Every call may be repeated.
#[async_trait::async_trait]
pub trait ChatPort: Send + Sync + 'static {
    /// Posts a message. Repeating it with the same key within minutes gives the first one.
    async fn post(&self, to: Place, message: &Message, key: SendKey) -> Result<Remote, SendError>;

    /// Replaces a message. Never notifies anybody.
    async fn edit(&self, at: Remote, message: &Message, key: SendKey) -> Result<(), SendError>;

    /// Opens a thread on a message; the one that is there already counts as opened.
    async fn open_thread(&self, on: Remote, name: &str) -> Result<ChannelId, SendError>;

    /// Looks for a message with the key's marker among those posted since an instant (ruling 22).
    async fn find(
        &self,
        place: Place,
        since: DateTime<Utc>,
        key: SendKey,
    ) -> Result<Option<Remote>, SendError>;

    /// Whether the platform knows the person as a member of the workspace no more: asked of those who cannot be reached
    /// (ruling 17).
    async fn has_left(&self, _workspace: WorkspaceId, _person: PersonId) -> Result<bool, SendError> {
        Ok(false)
    }
}

/// What an adapter asks of the program. Nothing here fails: a mistake is answered in words, a fault with a code.
#[async_trait::async_trait]
pub trait Service: Send + Sync + 'static {
    /// Does what a person asks for. May take long: the adapter acknowledges in time by itself.
    async fn handle(&self, request: Request) -> Reply;

    /// What could stand in an option that is being typed; only the first 25 are shown, and only what comes within
    /// two seconds.
    async fn suggest(&self, ask: Ask) -> Vec<Choice>;

    /// The bot sees a workspace: it was invited, or it has just connected. Comes again at each connection.
    async fn joined(&self, workspace: WorkspaceId, system_channel: Option<ChannelId>);

    /// The commands of a workspace.
    fn commands(&self, workspace: WorkspaceId) -> Vec<Command>;

    /// The workspaces whose commands change from now on; closed where none ever do.
    fn commands_changed(&self) -> broadcast::Receiver<WorkspaceId> {
        broadcast::channel(1).1
    }

    /// What a message's menu offers in a workspace, by name; none where the platform's users have no such menu.
    fn menu(&self, _workspace: WorkspaceId) -> Vec<String> {
        Vec::new()
    }
}

/// The way out to other systems: one try of one webhook. Every call may be repeated; the key tells the receiver so.
#[async_trait::async_trait]
pub trait HookPort: Send + Sync + 'static {
    /// Sends it, signed.
    async fn send(&self, outgoing: &Outgoing) -> Result<(), SendError>;
}

/// A webhook on its way out.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Where to.
    pub url: String,
    /// What signs it.
    pub secret: Key,
    /// Its id: the same is the same.
    pub key: String,
    /// The time of day, in milliseconds since 1970.
    pub wall: i64,
    /// JSON.
    pub body: String,
}

/// Why a sending failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Later it may go.
    #[error("to be tried again: {why}")]
    Retry {
        /// Not before so long.
        after: Option<Duration>,
        /// The whole bot is held, not this channel alone.
        everything: bool,
        /// For the log.
        why: String,
    },
    /// It will never go as it is.
    #[error("refused: {why}")]
    Refused {
        /// Of which kind.
        refusal: Refusal,
        /// For the log and `/setup show`.
        why: String,
    },
}

/// The kinds of refusal that delivery has an answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The channel is gone or closed to the bot (10003, 50001): another place is used (ruling 17).
    ChannelGone,
    /// The message was deleted (10008) or may not be edited any more (30046): it is replaced once (ruling 20).
    MessageGone,
    /// The person takes no private messages (50007): the team's channel is used.
    CannotReach,
    /// The person is no member of the workspace, or has no account any more (10007, 10013): the managers are told, and
    /// the message goes to one of them (ruling 17).
    PersonGone,
    /// The platform has no room for another thread (160006): `/lead history` serves (ruling 20).
    NoMoreThreads,
    /// Something else; the row is parked and shown.
    Other,
}

/// What the adapter of webhooks asks of the program (D20).
#[async_trait::async_trait]
pub trait Intake: Send + Sync + 'static {
    /// What a workspace has agreed on with other systems; `None`: no such workspace.
    fn hooks(&self, workspace: WorkspaceId) -> Option<Hooks>;

    /// The time of day in the world, in milliseconds since 1970.
    fn wall(&self) -> i64;

    /// Takes an event in. A repeat has no further effect, and is told the same (R4).
    ///
    /// # Errors
    /// A fault's code, under which it is logged; the event may be sent again.
    async fn happened(&self, event: Outside) -> Result<Came, String>;
}
