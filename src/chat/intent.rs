//! What a person asks for, platform-neutral. An adapter turns its input into a [`Request`]; slash commands
//! arrive as a [`Call`] (names and raw options), which [`crate::chat::parse`] reads into an [`Intent`], so that
//! Discord, a scenario file and a later Slack share one reading.

use std::collections::BTreeMap;

use crate::domain::ids::{ChannelId, PersonId, RoleId, WorkspaceId};

use super::action::Action;

/// One input from a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Which adapter it came through, and the input's id there: a repetition has no second effect (R4).
    pub source: &'static str,
    /// Unique per source.
    pub external_id: String,
    /// Where.
    pub workspace: WorkspaceId,
    /// In which channel; in a thread, the thread.
    pub channel: ChannelId,
    /// Who.
    pub who: Who,
    /// What.
    pub input: Input,
}

/// The person, as the platform describes them with the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The platform's id.
    pub id: PersonId,
    /// The name shown in the workspace.
    pub name: String,
    /// They may manage the server.
    pub admin: bool,
    /// Their platform roles.
    pub roles: Vec<RoleId>,
}

/// The three shapes of input.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A slash command.
    Call(Call),
    /// A button (no values) or a pick list (one value).
    Press {
        /// What it does; `None`: a custom_id that cannot be read (forged, or of another version).
        action: Option<Action>,
        /// What was picked.
        values: Vec<String>,
        /// The press was on a message that only this person sees, so that the reply may replace it.
        on_private: bool,
    },
    /// A form.
    Submit {
        /// What it does; `None` as above.
        action: Option<Action>,
        /// Text by input id.
        inputs: BTreeMap<String, String>,
    },
}

/// A slash command as typed: `/lead status lead:L-3 to:connected`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Call {
    /// `["lead", "status"]`.
    pub path: Vec<String>,
    /// Values by option name.
    pub options: BTreeMap<String, Value>,
}

/// The value of an option.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// A person, with the name shown.
    Person(PersonId, String),
    /// A channel.
    Channel(ChannelId),
    /// A platform role.
    Role(RoleId),
    /// An attached file: name and content (at most 1 MB; larger ones are refused by the adapter).
    File(String, Vec<u8>),
}

/// The question of an autocompletion.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// Where.
    pub workspace: WorkspaceId,
    /// In which channel.
    pub channel: ChannelId,
    /// Who.
    pub who: Who,
    /// The command as far as it is typed.
    pub call: Call,
    /// The option that is being typed.
    pub focus: String,
    /// What stands in it.
    pub typed: String,
}
