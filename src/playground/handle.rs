//! The programmatic interface: acting as a person, reading the world, breaking things.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use tokio::task::AbortHandle;

use super::drafts;
use super::interact::{Actor, Outcome, Refusal, SentInteraction};
use super::record::{RecordedRequest, Violation};
use super::rest;
use super::state::{Shared, World};
use super::things::{Attachment, Id, Key, Message};
use super::typed;

/// A running server. Clones are the same server; it stops by [`Handle::stop`] or with the runtime.
#[derive(Clone)]
pub struct Handle {
    pub(super) shared: Arc<Shared>,
    tasks: Vec<AbortHandle>,
}

impl Handle {
    pub(super) fn new(shared: Arc<Shared>, tasks: Vec<AbortHandle>) -> Self {
        Self { shared, tasks }
    }

    pub(super) fn of(shared: &Arc<Shared>) -> Self {
        Self { shared: shared.clone(), tasks: Vec::new() }
    }

    /// The stand-in for `https://discord.com`: requests go to `<api_url>/api/v10/…`, the page is at
    /// `<api_url>/`. For serenity: `HttpBuilder::new(token).proxy(api_url).ratelimiter_disabled(true)`.
    pub fn api_url(&self) -> String {
        self.shared.read().base.clone()
    }

    /// The gateway's address, as `GET /gateway` gives it.
    pub fn gateway_url(&self) -> String {
        self.shared.read().gateway_url.clone()
    }

    /// The bot's token.
    pub fn token(&self) -> String {
        self.shared.config.token.clone()
    }

    /// The bot's user and application id.
    pub fn bot(&self) -> Id {
        self.shared.read().app
    }

    /// The id of the `n`th guild of the configuration.
    pub fn guild(&self, n: usize) -> Option<Id> {
        self.shared.read().guilds.keys().nth(n).copied()
    }

    /// A person's id.
    pub fn user(&self, key: impl Into<Key>) -> Option<Id> {
        self.shared.read().user_id(&key.into())
    }

    /// A channel's id.
    pub fn channel(&self, key: impl Into<Key>) -> Option<Id> {
        self.shared.read().channel_id(&key.into())
    }

    /// Closes both listeners and every connection of the gateway.
    pub fn stop(&self) {
        for task in &self.tasks {
            task.abort();
        }
        self.shared.change(|w| w.sessions.drop_all(None, true));
    }

    // ---- acting as a person -------------------------------------------------------------------------

    fn actor(&self, user: Key, channel: Key) -> Result<Actor, Refusal> {
        let mut w = self.shared.read();
        let Some(user) = w.user_id(&user) else {
            return Refusal::because(format!("There is no person {user}."));
        };
        if let Key::Name(name) = &channel
            && let Some(person) = name.strip_prefix('@')
            && let Some(person) = w.user_id(&person.into())
        {
            let now = self.shared.now();
            return Ok(Actor { user, channel: w.open_dm(person, now) });
        }
        match w.channel_id(&channel) {
            Some(channel) => Ok(Actor { user, channel }),
            None => Refusal::because(format!("There is no channel {channel}.")),
        }
    }

    fn on_message(&self, user: Key, message: Id) -> Result<Actor, Refusal> {
        let channel = self.shared.read().message(message).map(|m| m.channel);
        match channel {
            Some(channel) => self.actor(user, Key::Id(channel)),
            None => Refusal::because("That message was deleted."),
        }
    }

    /// Uses a slash command: `"/lead status"` and its options by name, as a JSON object.
    pub async fn invoke(
        &self,
        user: impl Into<Key>,
        channel: impl Into<Key>,
        command: &str,
        options: Value,
    ) -> Result<Outcome, Refusal> {
        let actor = self.actor(user.into(), channel.into())?;
        let path = words(command);
        let options = object(options);
        self.shared.act(actor, |w| drafts::command(w, actor, &path, &options)).await
    }

    /// Uses a slash command as typed: `/lead new name:"Acme" value:12k owner:@ana`.
    pub async fn type_command(
        &self,
        user: impl Into<Key>,
        channel: impl Into<Key>,
        line: &str,
    ) -> Result<Outcome, Refusal> {
        let actor = self.actor(user.into(), channel.into())?;
        self.shared
            .act(actor, |w| {
                let (path, options) = typed::parse(w, actor, line)?;
                drafts::command(w, actor, &path, &options)
            })
            .await
    }

    /// Asks for suggestions for the option `focused`, whose text so far is among `options`.
    pub async fn autocomplete(
        &self,
        user: impl Into<Key>,
        channel: impl Into<Key>,
        command: &str,
        options: Value,
        focused: &str,
    ) -> Result<Outcome, Refusal> {
        let actor = self.actor(user.into(), channel.into())?;
        let path = words(command);
        let options = object(options);
        self.shared.act(actor, |w| drafts::autocomplete(w, actor, &path, &options, focused)).await
    }

    /// Uses a command from a message's menu.
    pub async fn message_command(
        &self,
        user: impl Into<Key>,
        message: Id,
        name: &str,
    ) -> Result<Outcome, Refusal> {
        let actor = self.on_message(user.into(), message)?;
        self.shared.act(actor, |w| drafts::message_command(w, actor, name, message)).await
    }

    /// Presses a button.
    pub async fn press(
        &self,
        user: impl Into<Key>,
        message: Id,
        custom_id: &str,
    ) -> Result<Outcome, Refusal> {
        let actor = self.on_message(user.into(), message)?;
        self.shared.act(actor, |w| drafts::press(w, actor.user, message, custom_id)).await
    }

    /// Sends a press that the page would not: of a button that is gone or forged, on a message that exists.
    pub async fn press_forged(
        &self,
        user: impl Into<Key>,
        message: Id,
        custom_id: &str,
    ) -> Result<Outcome, Refusal> {
        let actor = self.on_message(user.into(), message)?;
        self.shared.act(actor, |_| Ok(drafts::forged_press(message, custom_id))).await
    }

    /// Chooses from a menu.
    pub async fn select(
        &self,
        user: impl Into<Key>,
        message: Id,
        custom_id: &str,
        values: &[&str],
    ) -> Result<Outcome, Refusal> {
        let actor = self.on_message(user.into(), message)?;
        let values: Vec<String> = values.iter().map(|v| (*v).to_owned()).collect();
        self.shared.act(actor, |w| drafts::select(w, actor.user, message, custom_id, &values)).await
    }

    /// Submits a dialog, by the interaction that opened it ([`super::Modal::interaction`]); `values` by the
    /// inputs' `custom_id`, what is left out keeps its prefilled value.
    pub async fn submit(&self, user: impl Into<Key>, modal: Id, values: Value) -> Result<Outcome, Refusal> {
        let channel = self.shared.read().interactions.get(&modal).map(|i| i.channel);
        let Some(channel) = channel else { return Refusal::because("That dialog is not open.") };
        let actor = self.actor(user.into(), Key::Id(channel))?;
        let values = object(values);
        self.shared.act(actor, |w| drafts::submit(w, actor.user, modal, &values)).await
    }

    /// Says something in a channel, as a person.
    pub fn say(&self, user: impl Into<Key>, channel: impl Into<Key>, text: &str) -> Result<Id, Refusal> {
        let actor = self.actor(user.into(), channel.into())?;
        let now = self.shared.now();
        self.shared.change(|w| {
            if !w.audience(actor.channel).contains(&actor.user) {
                return Refusal::because("You are not in that channel.");
            }
            rest::say(w, actor.channel, actor.user, text, now)
                .map_err(|e| Refusal(e["message"].as_str().unwrap_or("refused").to_owned()))
        })
    }

    /// Takes a file in for an attachment option; the option's value is the id given back.
    pub fn upload(&self, name: &str, content_type: &str, bytes: Vec<u8>) -> Id {
        self.shared.change(|w| {
            let id = w.next_id();
            let plain: String = name
                .chars()
                .map(|c| if c.is_alphanumeric() || ".-_".contains(c) { c } else { '_' })
                .collect();
            let file = Attachment {
                id,
                url: format!("{}/attachments/0/{id}/{plain}", w.base),
                name: plain,
                content_type: content_type.to_owned(),
                description: None,
                bytes: Arc::new(bytes),
            };
            w.uploads.insert(id, file);
            id
        })
    }

    /// Takes an ephemeral message off the person's screen.
    pub fn dismiss(&self, user: impl Into<Key>, message: Id) {
        let user = self.user(user);
        self.shared.change(|w| {
            if w.message(message).is_some_and(|m| m.only_for.is_some() && m.only_for == user) {
                w.remove(message);
            }
        });
    }

    /// Puts a line above the messages on the page, or takes it away.
    pub fn notice(&self, line: Option<&str>) {
        self.shared.change(|w| w.notice = line.map(str::to_owned));
    }

    /// Everybody has read everything there is.
    pub fn read_all(&self) {
        self.shared.change(|w| {
            let people: Vec<Id> = w.users.values().filter(|u| !u.bot).map(|u| u.id).collect();
            let last: Vec<(Id, Id)> =
                w.channels.values().filter_map(|c| Some((c.id, *c.messages.last()?))).collect();
            for person in people {
                w.read.extend(last.iter().map(|(channel, last)| ((person, *channel), *last)));
            }
        });
    }

    // ---- reading ------------------------------------------------------------------------------------

    /// Reads the world under its lock; keep it short.
    pub fn read<T>(&self, f: impl FnOnce(&World) -> T) -> T {
        f(&self.shared.read())
    }

    /// A channel's messages, oldest first, ephemeral ones included.
    pub fn messages(&self, channel: impl Into<Key>) -> Vec<Message> {
        self.read(|w| w.messages(channel).into_iter().cloned().collect())
    }

    /// What a person sees in a channel.
    pub fn visible_to(&self, user: impl Into<Key>, channel: impl Into<Key>) -> Vec<Message> {
        self.read(|w| w.visible_to(user, channel).into_iter().cloned().collect())
    }

    /// A message.
    pub fn message(&self, id: Id) -> Option<Message> {
        self.read(|w| w.message(id).cloned())
    }

    /// The direct conversation with a person, if one is open.
    pub fn dm_channel(&self, user: impl Into<Key>) -> Option<Id> {
        let user = self.user(user)?;
        self.read(|w| w.channels().find(|c| c.recipient == Some(user)).map(|c| c.id))
    }

    /// Waits until `f` gives something, looking again after each change; `None` after `within`.
    pub async fn wait_for<T>(&self, within: Duration, f: impl Fn(&World) -> Option<T>) -> Option<T> {
        self.shared.wait_for(within, f).await
    }

    /// Waits until a bot is connected and identified; false after `within`.
    pub async fn gateway_connected(&self, within: Duration) -> bool {
        self.wait_for(within, |w| (w.sessions.connected() > 0).then_some(())).await.is_some()
    }

    /// Waits until some command is registered anywhere; false after `within`.
    pub async fn commands_registered(&self, within: Duration) -> bool {
        self.wait_for(within, |w| w.commands.values().any(|c| !c.is_empty()).then_some(())).await.is_some()
    }

    /// Waits until a deferred answer is filled; gives the message.
    pub async fn filled(&self, message: Id, within: Duration) -> Option<Message> {
        self.wait_for(within, |w| w.message(message).filter(|m| !m.loading).cloned()).await
    }

    /// Every request of the bot so far.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.read(|w| w.record.requests.clone())
    }

    /// Every interaction sent to the bot so far.
    pub fn interactions(&self) -> Vec<SentInteraction> {
        self.read(|w| w.interactions().to_vec())
    }

    /// Forgets the requests and interactions so far, for long benches.
    pub fn clear_requests(&self) {
        self.shared.change(|w| {
            w.record.clear();
            w.sent.clear();
        });
    }

    /// Requests beyond the global limit of 50 in any second.
    pub fn violations(&self) -> Vec<Violation> {
        self.read(|w| w.record.violations.clone())
    }

    /// Answers with 401, 403 or 429 in the last 10 minutes; 10 000 are an IP ban.
    pub fn invalid_requests(&self) -> usize {
        self.read(|w| w.record.invalid())
    }

    /// Sessions identified so far, connections now, and resumes so far.
    pub fn sessions(&self) -> (usize, usize, u64) {
        self.read(|w| {
            let (identified, resumes) = w.sessions.counts();
            (identified, w.sessions.connected(), resumes)
        })
    }

    /// The domain's time, as the configured clock tells it.
    pub fn now(&self) -> DateTime<Utc> {
        self.shared.now()
    }
}

fn words(command: &str) -> Vec<String> {
    command.trim().trim_start_matches('/').split_whitespace().map(str::to_owned).collect()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
