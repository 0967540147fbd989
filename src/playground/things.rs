//! What the world is made of: accounts, guilds, channels, messages, files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::config::{ChannelKind, DmPolicy};

/// A snowflake.
pub type Id = u64;

/// Addresses a person or a channel: by id, or by name as a person would (`ana`, `alerts`, `#alerts`,
/// `@ana` for Ana's direct messages, `Guild/alerts` when several guilds have the channel).
#[derive(Clone, Debug)]
pub enum Key {
    /// By snowflake.
    Id(Id),
    /// By name.
    Name(String),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id}"),
            Self::Name(name) => write!(f, "“{name}”"),
        }
    }
}
impl From<Id> for Key {
    fn from(id: Id) -> Self {
        Self::Id(id)
    }
}
impl From<&str> for Key {
    fn from(name: &str) -> Self {
        name.parse().map_or_else(|_| Self::Name(name.to_owned()), Self::Id)
    }
}
impl From<&String> for Key {
    fn from(name: &String) -> Self {
        name.as_str().into()
    }
}

/// An account: a person or the bot.
#[derive(Clone, Debug)]
pub struct User {
    pub id: Id,
    pub name: String,
    pub display: String,
    pub bot: bool,
    pub color: String,
    pub locale: String,
    pub manage_guild: bool,
    pub dm: DmPolicy,
}

#[derive(Clone, Debug)]
pub struct Role {
    pub id: Id,
    pub name: String,
    pub position: usize,
}

#[derive(Clone, Debug)]
pub struct Guild {
    pub id: Id,
    pub name: String,
    pub owner: Id,
    pub roles: Vec<Role>,
    /// Member to roles held.
    pub members: BTreeMap<Id, Vec<Id>>,
    pub created: DateTime<Utc>,
}

/// A channel, a thread, or a direct conversation.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Snowflake; a thread on a message has the message's.
    pub id: Id,
    /// The guild, or none for a direct conversation.
    pub guild: Option<Id>,
    /// Kind.
    pub kind: ChannelKind,
    /// Name without `#`; empty for a direct conversation.
    pub name: String,
    /// Topic.
    pub topic: Option<String>,
    /// Position in the list.
    pub position: usize,
    /// A thread's channel, or a channel's category.
    pub parent: Option<Id>,
    /// The person of a direct conversation.
    pub recipient: Option<Id>,
    /// For threads: archived.
    pub archived: bool,
    /// For threads: locked.
    pub locked: bool,
    /// For threads: who made it.
    pub owner: Option<Id>,
    /// When it was made, by the domain's clock.
    pub created: DateTime<Utc>,
    /// Minutes of silence until Discord would archive a thread.
    pub auto_archive: u64,
    /// Whether the bot may see and use it; false gives 403, 50001.
    pub bot_access: bool,
    pub(super) messages: BTreeSet<Id>,
}

/// A file on a message or uploaded for a command.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Snowflake.
    pub id: Id,
    /// File name.
    pub name: String,
    /// MIME type.
    pub content_type: String,
    /// Alt text.
    pub description: Option<String>,
    /// Where it is served.
    pub url: String,
    /// The bytes.
    pub bytes: Arc<Vec<u8>>,
}

/// A message as the server holds it.
#[derive(Clone, Debug)]
pub struct Message {
    /// Snowflake.
    pub id: Id,
    /// Channel.
    pub channel: Id,
    /// Author.
    pub author: Id,
    /// Text.
    pub content: String,
    /// Embeds in Discord's JSON.
    pub embeds: Vec<Value>,
    /// Action rows in Discord's JSON.
    pub components: Vec<Value>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Discord's flags, without EPHEMERAL and LOADING, which have fields of their own.
    pub flags: u64,
    /// When it was posted, by the domain's clock.
    pub created: DateTime<Utc>,
    /// When it was last edited.
    pub edited: Option<DateTime<Utc>>,
    /// How often it was edited.
    pub edits: u32,
    /// The message it replies to.
    pub reply_to: Option<Id>,
    /// The nonce it was posted with.
    pub nonce: Option<Value>,
    /// Who was really pinged by it, in the order of their ids.
    pub pinged: Vec<Id>,
    /// Everybody named in it, pinged or not.
    pub mentions: Vec<Id>,
    /// Roles named in it and allowed to ping.
    pub mention_roles: Vec<Id>,
    /// Whether it pinged everyone.
    pub pinged_everyone: bool,
    /// Set for an ephemeral message: the only person who sees it.
    pub only_for: Option<Id>,
    /// A deferred answer still showing "thinking…".
    pub loading: bool,
    /// The interaction it answers, if any.
    pub interaction: Option<Id>,
    /// Discord's message type (0 ordinary, 19 reply, 20 command's answer).
    pub kind: u8,
}

impl Channel {
    pub(super) fn new(
        id: Id,
        guild: Option<Id>,
        kind: ChannelKind,
        name: &str,
        created: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            guild,
            kind,
            name: name.into(),
            topic: None,
            position: 0,
            parent: None,
            recipient: None,
            archived: false,
            locked: false,
            owner: None,
            created,
            auto_archive: 1440,
            bot_access: true,
            messages: BTreeSet::new(),
        }
    }

    /// How many messages it holds, ephemeral ones included.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether it holds no message.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }
}

impl Message {
    pub(super) fn new(id: Id, channel: Id, author: Id, created: DateTime<Utc>) -> Self {
        Self {
            id,
            channel,
            author,
            content: String::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            attachments: Vec::new(),
            flags: 0,
            created,
            edited: None,
            edits: 0,
            reply_to: None,
            nonce: None,
            pinged: Vec::new(),
            mentions: Vec::new(),
            mention_roles: Vec::new(),
            pinged_everyone: false,
            only_for: None,
            loading: false,
            interaction: None,
            kind: 0,
        }
    }

    /// Whether only one person sees it.
    pub fn is_ephemeral(&self) -> bool {
        self.only_for.is_some()
    }

    /// Everything a reader sees as one text: content, embeds, and the labels of buttons.
    pub fn text(&self) -> String {
        let mut parts = vec![self.content.clone()];
        for embed in &self.embeds {
            let mut take = |v: &Value| parts.extend(v.as_str().map(str::to_owned));
            take(&embed["author"]["name"]);
            take(&embed["title"]);
            take(&embed["description"]);
            for field in embed["fields"].as_array().into_iter().flatten() {
                take(&field["name"]);
                take(&field["value"]);
            }
            take(&embed["footer"]["text"]);
        }
        parts.extend(self.controls().filter_map(|c| c["label"].as_str().map(|l| format!("[{l}]"))));
        parts.retain(|p| !p.is_empty());
        parts.join("\n")
    }

    /// Buttons and selects, in order.
    pub fn controls(&self) -> impl Iterator<Item = &Value> {
        self.components.iter().filter_map(|row| row["components"].as_array()).flatten()
    }

    /// The control with a `custom_id`.
    pub fn control(&self, custom_id: &str) -> Option<&Value> {
        self.controls().find(|c| c["custom_id"] == custom_id)
    }

    /// The `custom_id` of the first button with this label.
    pub fn button(&self, label: &str) -> Option<&str> {
        self.controls().find(|c| c["label"] == label).and_then(|c| c["custom_id"].as_str())
    }
}
