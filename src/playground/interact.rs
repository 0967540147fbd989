//! A person's actions turned into interactions, and what the person got back.
//!
//! What Discord's client would not let a person do (press a disabled button, leave out a required option,
//! choose what is not offered) is refused here, before the bot hears of it, in a [`Refusal`].

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::json::{merge, owners, user};
use super::rest::Answer;
use super::state::{Shared, World};
use super::things::{Id, Message};
use super::validate::items;

/// The kinds of interaction, by Discord's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Command,
    Component,
    Autocomplete,
    Modal,
}

impl Kind {
    pub fn number(self) -> u8 {
        match self {
            Self::Command => 2,
            Self::Component => 3,
            Self::Autocomplete => 4,
            Self::Modal => 5,
        }
    }
}

/// The first answer.
#[derive(Clone, Debug)]
pub enum First {
    Message(Id),
    Deferred(Id),
    DeferredUpdate,
    Updated(Id),
    Choices(Vec<Value>),
    Modal(Value),
}

/// An interaction and how it stands.
#[derive(Clone, Debug)]
pub struct Interaction {
    pub id: Id,
    pub token: String,
    pub kind: Kind,
    pub user: Id,
    pub guild: Option<Id>,
    pub channel: Id,
    /// Command name or `custom_id`.
    pub name: String,
    /// The message whose button was pressed, also for a modal that came from one.
    pub message: Option<Id>,
    /// Discord's type of the option being completed.
    pub focused: u64,
    pub created: Instant,
    pub first: Option<First>,
    pub latency: Option<Duration>,
    pub original: Option<Id>,
    /// Wakes the person who waits for the first answer, and nobody else.
    pub answered: Arc<Notify>,
}

impl Interaction {
    /// Whether a callback of this type may answer it.
    pub fn takes(&self, callback: u64) -> bool {
        match self.kind {
            Kind::Command => matches!(callback, 4 | 5 | 9),
            Kind::Component => matches!(callback, 4..=7 | 9),
            Kind::Autocomplete => callback == 8,
            Kind::Modal => matches!(callback, 4 | 5) || (matches!(callback, 6 | 7) && self.message.is_some()),
        }
    }
}

/// An interaction as it went to the bot: what proves that a command, an option or a button crossed the wire.
#[derive(Clone, Debug, serde::Serialize)]
pub struct SentInteraction {
    /// Its id.
    pub id: Id,
    /// Discord's number: 2 command, 3 component, 4 autocomplete, 5 modal.
    pub kind: u8,
    /// Who acted.
    pub user: Id,
    /// `lead new` for commands, the `custom_id` for the others.
    pub name: String,
    /// Discord's `data`.
    pub data: Value,
}

/// What a person got for an action.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The interaction's id, by which later edits can be awaited.
    pub interaction: Id,
    /// From the action to the bot's first answer.
    pub latency: Duration,
    /// The first answer.
    pub got: Got,
}

/// The first answer to an action, as the person sees it.
#[derive(Clone, Debug)]
pub enum Got {
    /// A new message, ephemeral or public.
    Message(Message),
    /// The message with the pressed button changed.
    Updated(Message),
    /// "thinking…": the message with this id will be filled.
    Deferred {
        /// The message to come.
        message: Id,
        /// Whether only the person sees it.
        ephemeral: bool,
    },
    /// Acknowledged without anything to see.
    DeferredUpdate,
    /// A dialog.
    Modal(Modal),
    /// Suggestions, each `{"name", "value"}`.
    Choices(Vec<Value>),
    /// "The application did not respond": no answer in time.
    NoAnswer,
}

/// A dialog that the bot opened.
#[derive(Clone, Debug)]
pub struct Modal {
    /// The interaction that opened it; submitting names it.
    pub interaction: Id,
    /// Its `custom_id`.
    pub custom_id: String,
    /// Its title.
    pub title: String,
    /// Its text inputs in Discord's JSON, in order.
    pub inputs: Vec<Value>,
}

/// Why Discord's client would not have sent this, in plain words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

impl Refusal {
    pub(super) fn because<T>(text: impl Into<String>) -> Result<T, Self> {
        Err(Self(text.into()))
    }
}

impl Outcome {
    /// The message of a reply or an update.
    pub fn message(&self) -> Option<&Message> {
        match &self.got {
            Got::Message(m) | Got::Updated(m) => Some(m),
            Got::Deferred { .. } | Got::DeferredUpdate | Got::Modal(_) | Got::Choices(_) | Got::NoAnswer => {
                None
            }
        }
    }

    /// The text of a reply or an update, empty for anything else.
    pub fn text(&self) -> String {
        self.message().map(Message::text).unwrap_or_default()
    }

    /// The dialog, if one opened.
    pub fn modal(&self) -> Option<&Modal> {
        match &self.got {
            Got::Modal(modal) => Some(modal),
            _ => None,
        }
    }
}

/// Who acts, and where.
#[derive(Clone, Copy)]
pub struct Actor {
    pub user: Id,
    pub channel: Id,
}

/// An interaction about to be sent.
pub struct Draft {
    pub kind: Kind,
    pub name: String,
    pub data: Value,
    pub message: Option<Id>,
    pub focused: u64,
}

impl Draft {
    pub fn new(kind: Kind, name: &str, data: Value) -> Self {
        Self { kind, name: name.to_owned(), data, message: None, focused: 0 }
    }
}

impl World {
    /// Sends a drafted interaction to the bot; gives its id.
    pub(super) fn send(&mut self, a: Actor, draft: Draft) -> Id {
        let id = self.next_id();
        let token = format!("{id:x}{:016x}{:016x}", self.faults.random(), self.faults.random());
        let guild = self.guild_of(a.channel).map(|g| g.id);
        let interaction = Interaction {
            id,
            token: token.clone(),
            kind: draft.kind,
            user: a.user,
            guild,
            channel: a.channel,
            name: draft.name,
            message: draft.message,
            focused: draft.focused,
            created: Instant::now(),
            first: None,
            latency: None,
            original: None,
            answered: Arc::default(),
        };
        self.sent.push(SentInteraction {
            id,
            kind: interaction.kind.number(),
            user: a.user,
            name: interaction.name.clone(),
            data: draft.data.clone(),
        });
        let payload = self.payload(&interaction, draft.data);
        self.tokens.insert(token, id);
        self.interactions.insert(id, interaction);
        let twice = std::mem::take(&mut self.faults.duplicate_next)
            || self.faults.chance(self.faults.chances.duplicate);
        self.sessions.interaction(&payload, guild);
        if twice {
            self.faults.injected += 1;
            self.sessions.interaction(&payload, guild);
        }
        let forget = self.faults.chance(self.faults.chances.invalid_session);
        if forget || self.faults.chance(self.faults.chances.gateway_drop) {
            self.faults.injected += 1;
            self.sessions.drop_all(None, forget);
        }
        id
    }

    fn payload(&self, i: &Interaction, data: Value) -> Value {
        let person = self.users.get(&i.user);
        let locale = person.map_or("en-US", |p| p.locale.as_str());
        let mut payload = json!({
            "id": i.id.to_string(), "application_id": self.app.to_string(), "type": i.kind.number(),
            "token": i.token, "version": 1, "data": data, "channel_id": i.channel.to_string(),
            "channel": self.channels.get(&i.channel).map(|c| self.partial_channel_json(c, i.user)),
            "app_permissions": self.permissions(self.app).to_string(), "locale": locale, "entitlements": [],
            "entitlement_sku_ids": [], "authorizing_integration_owners": owners(i.guild),
            "context": i32::from(i.guild.is_none()), "attachment_size_limit": 10_485_760,
        });
        let who = match i.guild.and_then(|g| self.guilds.get(&g)) {
            Some(guild) => json!({
                "guild_id": guild.id.to_string(), "guild_locale": "en-US",
                "guild": {"id": guild.id.to_string(), "locale": "en-US", "features": []},
                "member": self.acting_member_json(guild, i.user),
            }),
            None => json!({"user": person.map(user)}),
        };
        merge(&mut payload, who);
        if let Some(message) = i.message.and_then(|m| self.messages.get(&m)) {
            payload["message"] = self.message_json(message);
        }
        payload
    }
}

impl Shared {
    /// Sends a draft and waits for the first answer.
    pub async fn act(
        &self,
        a: Actor,
        draft: impl FnOnce(&World) -> Result<Draft, Refusal>,
    ) -> Result<Outcome, Refusal> {
        let (id, answered) = self.change(|w| {
            if !w.audience(a.channel).contains(&a.user) {
                return Refusal::because("You are not in that channel.");
            }
            let draft = draft(w)?;
            let id = w.send(a, draft);
            Ok((id, w.interactions.get(&id).map(|i| Arc::clone(&i.answered)).unwrap_or_default()))
        })?;
        // A little more than the limit, so that an answer at its very edge is still told.
        let within = self.config.limits.answer_within + Duration::from_millis(50);
        let _ = tokio::time::timeout(within, answered.notified()).await;
        let answer = self.read().interactions.get(&id).filter(|i| i.first.is_some()).cloned();
        let w = self.read();
        let message = |m: Id| w.messages.get(&m).cloned();
        let (latency, got) = match answer {
            None => (within, Got::NoAnswer),
            Some(i) => (
                i.latency.unwrap_or_default(),
                match i.first {
                    Some(First::Message(m)) => message(m).map_or(Got::DeferredUpdate, Got::Message),
                    Some(First::Updated(m)) => message(m).map_or(Got::DeferredUpdate, Got::Updated),
                    Some(First::Deferred(m)) => {
                        Got::Deferred { message: m, ephemeral: message(m).is_some_and(|m| m.is_ephemeral()) }
                    }
                    Some(First::Choices(choices)) => Got::Choices(choices),
                    Some(First::Modal(modal)) => Got::Modal(Modal {
                        interaction: id,
                        custom_id: modal["custom_id"].as_str().unwrap_or_default().to_owned(),
                        title: modal["title"].as_str().unwrap_or_default().to_owned(),
                        inputs: items(&modal["components"])
                            .iter()
                            .flat_map(|r| items(&r["components"]))
                            .cloned()
                            .collect(),
                    }),
                    Some(First::DeferredUpdate) | None => Got::DeferredUpdate,
                },
            ),
        };
        Ok(Outcome { interaction: id, latency, got })
    }
}

impl From<Answer> for Refusal {
    fn from(answer: Answer) -> Self {
        Self(answer.1["message"].as_str().unwrap_or("refused").to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_fit_the_kind_of_interaction() {
        let takes = |kind, message| {
            let interaction = Interaction {
                id: 1,
                token: String::new(),
                kind,
                user: 1,
                guild: None,
                channel: 1,
                name: String::new(),
                message,
                focused: 0,
                created: Instant::now(),
                first: None,
                latency: None,
                original: None,
                answered: Arc::default(),
            };
            (0..=12).filter(|callback| interaction.takes(*callback)).collect::<Vec<_>>()
        };
        assert_eq!(takes(Kind::Command, None), [4, 5, 9]);
        assert_eq!(takes(Kind::Autocomplete, None), [8]);
        assert_eq!(takes(Kind::Component, Some(2)), [4, 5, 6, 7, 9]);
        assert_eq!(takes(Kind::Modal, None), [4, 5], "no modal in reply to a modal");
        assert_eq!(takes(Kind::Modal, Some(2)), [4, 5, 6, 7]);
    }
}
