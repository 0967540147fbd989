//! What a workspace has agreed on with other systems: the keys that sign, and where changes of status are sent.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The webhooks of a workspace: `/setup hooks`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hooks {
    /// Signs what comes in and what goes out; `None`: nothing comes in, and nothing goes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Key>,
    /// The client secret of a HubSpot app, with which HubSpot signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hubspot: Option<Key>,
    /// Where changes of status are sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Messages that are prepared for a customer go there as well, with the customer's name and addresses (D30): personal
    /// data leaves only where an admin has said so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub messages: bool,
}

impl Hooks {
    /// Whether changes of status go out: signed, to an address.
    pub fn goes_out(&self) -> bool {
        self.url.is_some() && self.secret.is_some()
    }

    /// Whether prepared messages do.
    pub fn sends_messages(&self) -> bool {
        self.messages && self.goes_out()
    }

    /// Whether nothing was ever set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A secret that is stored, and never printed (R11).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(String);

impl Key {
    /// Wraps a secret.
    pub fn new(bare: impl Into<String>) -> Self {
        Self(bare.into())
    }

    /// The secret itself, for signing, and for the one answer that shows it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Bytes as hexadecimal digits, as secrets and signatures are written.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R11
    #[test]
    fn a_key_is_stored_and_never_printed() {
        let hooks = Hooks { secret: Some(Key::new("abc.def")), ..Hooks::default() };
        assert!(!format!("{hooks:?}").contains("abc"));
        let stored = serde_json::to_string(&hooks).expect("JSON");
        assert_eq!(serde_json::from_str::<Hooks>(&stored).expect("the same"), hooks);
    }
}
