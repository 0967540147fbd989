//! [`ChatPort`] on Discord: what delivery sends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::layout::text::cut;
use super::rest::failure::{Failure, code};
use super::rest::{Rest, routes};
use super::{layout, marker};
use crate::chat::message::Message;
use crate::chat::port::{ChatPort, Place, Refusal, Remote, SendError, SendKey};
use crate::domain::ids::{ChannelId, MessageId, PersonId, WorkspaceId};

/// Discord's first millisecond: ids count from here.
const EPOCH_MS: i64 = 1_420_070_400_000;
/// Discord's clock and ours differ by less than this.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::seconds(30);
/// Pages of 100 messages that a search reads.
const PAGES: usize = 20;
const THREAD_NAME: usize = 100;

/// The way out.
pub struct DiscordPort {
    rest: Arc<Rest>,
    me: i64,
    /// Conversations that are open, by person.
    conversations: Mutex<HashMap<PersonId, ChannelId>>,
}

impl DiscordPort {
    /// The way out for the bot whose user id is `me`.
    pub fn new(rest: Arc<Rest>, me: i64) -> Self {
        Self { rest, me, conversations: Mutex::default() }
    }

    async fn channel(&self, place: Place) -> Result<ChannelId, SendError> {
        let person = match place {
            Place::Channel(channel) => return Ok(channel),
            Place::Person(person) => person,
        };
        let known = self.conversations().get(&person).copied();
        if let Some(channel) = known {
            return Ok(channel);
        }
        let opened = self.rest.send(&routes::open_dm(person.0)).await.map_err(|f| cannot_reach(place, f))?;
        let channel = ChannelId(id(&opened, "id")?);
        self.conversations().insert(person, channel);
        Ok(channel)
    }

    /// A conversation that is refused is forgotten: the next try opens it anew.
    fn forget(&self, place: Place) {
        match place {
            Place::Person(person) => {
                self.conversations().remove(&person);
            }
            Place::Channel(_) => {}
        }
    }

    fn conversations(&self) -> std::sync::MutexGuard<'_, HashMap<PersonId, ChannelId>> {
        self.conversations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ChatPort for DiscordPort {
    async fn post(&self, to: Place, message: &Message, key: SendKey) -> Result<Remote, SendError> {
        let channel = self.channel(to).await?;
        let sent = self.rest.send(&routes::post(channel.0, layout::post(message, key))).await;
        let sent = sent.map_err(|failure| {
            if matches!(failure, Failure::Refused { .. }) {
                self.forget(to);
            }
            cannot_reach(to, failure)
        })?;
        Ok(Remote { channel, message: MessageId(id(&sent, "id")?) })
    }

    async fn edit(&self, at: Remote, message: &Message, key: SendKey) -> Result<(), SendError> {
        let call = routes::edit(at.channel.0, at.message.0, layout::edit(message, key));
        self.rest.send(&call).await?;
        Ok(())
    }

    async fn open_thread(&self, on: Remote, name: &str) -> Result<ChannelId, SendError> {
        let name = if name.trim().is_empty() { "…" } else { name.trim() };
        let call = routes::open_thread(on.channel.0, on.message.0, &cut(name, THREAD_NAME));
        match self.rest.send(&call).await {
            Ok(thread) => Ok(ChannelId(id(&thread, "id")?)),
            // A thread on a message has the message's id (ruling 22).
            Err(failure) if failure.code() == code::THREAD_EXISTS => Ok(ChannelId(on.message.0)),
            Err(failure) => Err(failure.into()),
        }
    }

    async fn find(
        &self,
        place: Place,
        since: DateTime<Utc>,
        key: SendKey,
    ) -> Result<Option<Remote>, SendError> {
        let channel = self.channel(place).await?;
        let mut after = snowflake(since - CLOCKS_DIFFER);
        for _ in 0..PAGES {
            let page = match self.rest.send(&routes::messages_after(channel.0, after)).await {
                Ok(page) => page,
                Err(failure)
                    if matches!(failure.code(), code::MISSING_ACCESS | code::MISSING_PERMISSIONS) =>
                {
                    // Ruling 22: where history may not be read, the message is sent.
                    tracing::warn!(%channel, %failure, "history may not be read: a message may appear twice");
                    return Ok(None);
                }
                Err(failure) => return Err(failure.into()),
            };
            let messages = page.as_array().map(Vec::as_slice).unwrap_or_default();
            if let Some(ours) = messages.iter().find(|m| self.is(m, key)) {
                return Ok(Some(Remote { channel, message: MessageId(id(ours, "id")?) }));
            }
            let newest = messages.iter().filter_map(|m| id(m, "id").ok()).max();
            match newest.filter(|n| *n > after && messages.len() == 100) {
                Some(newest) => after = newest,
                None => return Ok(None),
            }
        }
        tracing::warn!(%channel, "too much was said to look through: a message may appear twice");
        Ok(None)
    }

    async fn has_left(&self, workspace: WorkspaceId, person: PersonId) -> Result<bool, SendError> {
        match self.rest.send(&routes::member(workspace.0, person.0)).await {
            Ok(_) => Ok(false),
            Err(failure) if matches!(failure.code(), code::UNKNOWN_MEMBER | code::UNKNOWN_USER) => Ok(true),
            Err(failure) => Err(failure.into()),
        }
    }
}

impl DiscordPort {
    /// Whether it is our message with the key's marker.
    fn is(&self, message: &Value, key: SendKey) -> bool {
        let by_us = message["author"]["id"].as_str().and_then(|id| id.parse().ok()) == Some(self.me);
        by_us && markers(message).any(|outbox| outbox == key.outbox)
    }
}

fn markers(message: &Value) -> impl Iterator<Item = i64> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let rows = list(&message["components"]).into_iter();
    let ids = rows.flat_map(move |row| list(&row["components"]));
    let ids = ids.filter_map(|c| marker::of_custom_id(c["custom_id"].as_str()?));
    let footers = list(&message["embeds"]).into_iter();
    ids.chain(footers.filter_map(|e| marker::of_footer(e["footer"]["text"].as_str()?)))
}

/// To a person: whatever is refused means that they cannot be reached, if not that they are gone (ruling 17).
fn cannot_reach(place: Place, failure: Failure) -> SendError {
    if matches!(failure.code(), code::UNKNOWN_MEMBER | code::UNKNOWN_USER) {
        return failure.into();
    }
    let closed = matches!(&failure, Failure::Refused { status: 403 | 404, .. })
        || matches!(failure.code(), code::CANNOT_REACH | code::UNKNOWN_CHANNEL);
    match place {
        Place::Person(_) if closed => {
            SendError::Refused { refusal: Refusal::CannotReach, why: failure.to_string() }
        }
        Place::Person(_) | Place::Channel(_) => failure.into(),
    }
}

/// An id in an answer. Where an answer lacks it, what was asked may have taken effect: it is asked again, and the
/// nonce gives the first message.
fn id(value: &Value, key: &str) -> Result<i64, SendError> {
    value[key].as_str().and_then(|id| id.parse().ok()).ok_or_else(|| SendError::Retry {
        after: None,
        everything: false,
        why: format!("an answer without “{key}”"),
    })
}

/// The smallest id that Discord could have given at an instant.
fn snowflake(at: DateTime<Utc>) -> i64 {
    (at.timestamp_millis() - EPOCH_MS).max(0) << 22
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Ruling 22
    #[test]
    fn our_message_is_known_by_its_buttons_or_its_footer() {
        let port = DiscordPort::new(
            Arc::new(Rest::new("http://127.0.0.1:9", crate::adapters::Secret::new("x")).expect("a client")),
            7,
        );
        let key = SendKey { outbox: 100, generation: 0 };
        let by_button =
            json!({"author": {"id": "7"}, "components": [{"components": [{"custom_id": "1:op:5~2s"}]}]});
        let by_footer = json!({"author": {"id": "7"}, "embeds": [{"footer": {"text": "held 3 · #2s"}}]});
        assert!(port.is(&by_button, key) && port.is(&by_footer, key));
        let mut forged = by_footer.clone();
        forged["author"]["id"] = json!("8");
        assert!(!port.is(&forged, key), "somebody else may write the same footer");
        assert!(!port.is(&by_button, SendKey { outbox: 101, generation: 0 }));
    }

    #[test]
    fn ids_count_from_discords_epoch() {
        let at = DateTime::from_timestamp_millis(1_462_015_105_796).expect("in range");
        assert_eq!(snowflake(at) >> 22, 175_928_847_299_117_063_i64 >> 22);
        assert_eq!(snowflake(DateTime::UNIX_EPOCH), 0);
    }
}
