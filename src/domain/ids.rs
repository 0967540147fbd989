//! The names of things. Ids that a platform gave (workspace, person, channel, role) are its own numbers;
//! an adapter whose platform uses strings keeps its own map. Ids from a playbook are short words.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

macro_rules! number_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

number_id! {
    /// One Discord guild (later: one Slack workspace); the platform's own number.
    WorkspaceId,
    /// A person, by the platform's own number.
    PersonId,
    /// A channel or thread, by the platform's own number.
    ChannelId,
    /// A platform role (Discord's roles), by the platform's own number.
    RoleId,
    /// A message, by the platform's own number.
    MessageId,
    /// A team of a workspace; ours.
    TeamId,
    /// A record's row; ours. People see a [`RecordRef`] instead.
    RecordId,
    /// One event of the history; ours, rising in the order of writing.
    EventId,
    /// An approval; ours.
    ApprovalId,
    /// A message that the bot keeps up to date (card, alert, approval); ours.
    PostId,
    /// An unfinished form; ours.
    DraftId,
    /// Long work; ours.
    JobId,
    /// An event of another system that is kept; ours.
    KeptId,
}

impl PersonId {
    /// Whether this is somebody known by name alone, who came in with a file: no account on the platform, nothing can be
    /// sent, no power.
    pub fn is_nameless(self) -> bool {
        self.0 < 0
    }
}

macro_rules! word_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps a word.
            pub fn new(word: impl AsRef<str>) -> Self {
                Self(Arc::from(word.as_ref()))
            }

            /// The word itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                Self::new(word)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

word_id! {
    /// A playbook, such as `lead-lifecycle`.
    PlaybookId,
    /// A status of a playbook.
    StatusId,
    /// A stage of a playbook.
    StageId,
    /// A clock of a playbook; unique within the playbook.
    ClockId,
    /// An automatic rule of a playbook.
    RuleId,
    /// A way of finding an owner, of a playbook.
    RouteId,
    /// A field of a record: built in (see [`crate::domain::field`]) or declared by the playbook.
    FieldId,
    /// A reason from a playbook's list.
    ReasonId,
}

/// A message on the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Remote {
    /// The channel it stands in.
    pub channel: ChannelId,
    /// Its id.
    pub message: MessageId,
}

/// How people name a record: a letter for its noun and a number counted per workspace, `L-1042`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordRef {
    /// The noun's letter, upper case ASCII.
    pub letter: char,
    /// Counted from 1 per workspace and letter.
    pub number: u32,
}

impl fmt::Display for RecordRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.letter, self.number)
    }
}

impl RecordRef {
    /// Reads `L-1042`, `l-1042`, `L1042`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let letter = text.chars().next().filter(char::is_ascii_alphabetic)?.to_ascii_uppercase();
        let digits = text[1..].strip_prefix('-').unwrap_or(&text[1..]);
        if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        Some(Self { letter, number: digits.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_named_by_letter_and_number() {
        assert_eq!(RecordRef::parse(" l-1042 ").map(|r| r.to_string()).as_deref(), Some("L-1042"));
        assert_eq!(RecordRef::parse("L7").map(|r| r.number), Some(7));
        for wrong in ["", "L", "L-", "42", "é-1", "L-1x", "L-99999999999"] {
            assert_eq!(RecordRef::parse(wrong), None, "{wrong}");
        }
    }
}
