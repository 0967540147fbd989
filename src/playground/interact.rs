//! A person's actions turned into interactions, and what the person got back.
//!
//! What Discord's client would not let a person do (press a disabled button, leave out a required option,
//! choose what is not offered) is refused here, before the bot hears of it, in a [`Refusal`].

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tokio::sync::Notify;

use super::json::{MANAGE_GUILD, merge, owners, user};
use super::rest::Answer;
use super::state::{Id, Message, Shared, World};
use super::typed::{Resolved, encode, find, leaf_options};
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

/// A slash command; options by the names of the leaf.
pub fn command(w: &World, a: Actor, path: &[String], options: &Map<String, Value>) -> Result<Draft, Refusal> {
    let found = find(w, a, path)?;
    let mut resolved = Resolved::default();
    let mut given = Vec::new();
    let specs = leaf_options(found.leaf);
    for name in options.keys() {
        if !specs.iter().any(|s| s["name"] == name.as_str()) {
            let known: Vec<&str> = specs.iter().filter_map(|s| s["name"].as_str()).collect();
            let path = path.join(" ");
            return Refusal::because(format!(
                "/{path} has no option “{name}”. It takes: {}.",
                known.join(", ")
            ));
        }
    }
    for spec in specs {
        let name = spec["name"].as_str().unwrap_or_default();
        match options.get(name).filter(|v| !v.is_null()) {
            Some(value) => {
                let value = encode(w, a, spec, value, &mut resolved)?;
                given.push(json!({"name": name, "type": spec["type"], "value": value}));
            }
            None if spec["required"] == true => {
                return Refusal::because(format!(
                    "“{name}” is required: {}",
                    spec["description"].as_str().unwrap_or("")
                ));
            }
            None => {}
        }
    }
    Ok(Draft::new(Kind::Command, &path.join(" "), found.data(given, resolved)))
}

/// A request for suggestions while `focused` is being typed. Other options that make no sense yet are left out.
pub fn autocomplete(
    w: &World,
    a: Actor,
    path: &[String],
    options: &Map<String, Value>,
    focused: &str,
) -> Result<Draft, Refusal> {
    let found = find(w, a, path)?;
    let mut resolved = Resolved::default();
    let mut given = Vec::new();
    let mut kind = None;
    for spec in leaf_options(found.leaf) {
        let name = spec["name"].as_str().unwrap_or_default();
        let typed = options.get(name).filter(|v| !v.is_null());
        if name == focused {
            if spec["autocomplete"] != true {
                return Refusal::because(format!("“{name}” offers no suggestions."));
            }
            kind = spec["type"].as_u64();
            let text =
                typed.map_or_else(String::new, |v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
            given.push(json!({"name": name, "type": spec["type"], "value": text, "focused": true}));
        } else if let Some(value) = typed.and_then(|v| encode(w, a, spec, v, &mut resolved).ok()) {
            given.push(json!({"name": name, "type": spec["type"], "value": value}));
        }
    }
    let Some(kind) = kind else { return Refusal::because(format!("There is no option “{focused}”.")) };
    let mut draft = Draft::new(Kind::Autocomplete, &path.join(" "), found.data(given, resolved));
    draft.focused = kind;
    Ok(draft)
}

/// A command from a message's menu.
pub fn message_command(w: &World, a: Actor, name: &str, message: Id) -> Result<Draft, Refusal> {
    let guild = w.guild_of(a.channel).map(|g| g.id);
    let found = w.commands(guild).into_iter().find(|c| c["type"] == 3 && c["name"] == name).cloned();
    let Some(found) = found else {
        return Refusal::because(format!("No message command is called “{name}”."));
    };
    permitted(w, a.user, &found)?;
    let target = visible(w, a.user, message)?;
    let id = message.to_string();
    let mut data = json!({
        "id": found["id"], "name": name, "type": 3, "target_id": id,
        "resolved": {"messages": {id.as_str(): w.message_json(target)}},
    });
    if !found["guild_id"].is_null() {
        data["guild_id"] = found["guild_id"].clone();
    }
    Ok(Draft::new(Kind::Command, name, data))
}

/// A press of a button.
pub fn press(w: &World, user: Id, message: Id, custom_id: &str) -> Result<Draft, Refusal> {
    let found = visible(w, user, message)?;
    let control = enabled(found, custom_id)?;
    if control["type"] != 2 {
        return Refusal::because("That is a menu, not a button.");
    }
    let data = json!({"custom_id": custom_id, "component_type": 2, "id": 1});
    Ok(Draft { message: Some(message), ..Draft::new(Kind::Component, custom_id, data) })
}

/// A choice from a menu; string options by value or by label, people, roles and channels by name or id.
pub fn select(
    w: &World,
    user_id: Id,
    message: Id,
    custom_id: &str,
    values: &[String],
) -> Result<Draft, Refusal> {
    let found = visible(w, user_id, message)?;
    let control = enabled(found, custom_id)?;
    let kind = control["type"].as_u64().unwrap_or(0);
    let min = control["min_values"].as_u64().unwrap_or(1) as usize;
    let max = control["max_values"].as_u64().unwrap_or(1) as usize;
    if values.len() < min || values.len() > max {
        return Refusal::because(format!("Choose between {min} and {max}."));
    }
    let a = Actor { user: user_id, channel: found.channel };
    let mut resolved = Resolved::default();
    let mut chosen = Vec::new();
    for value in values {
        chosen.push(match kind {
            3 => {
                let options = items(&control["options"]);
                let by = |key: &str| options.iter().find(|o| o[key] == value.as_str());
                match by("value").or_else(|| by("label")) {
                    Some(option) => option["value"].clone(),
                    None => return Refusal::because(format!("“{value}” is not offered.")),
                }
            }
            // User, role, mentionable, channel selects are numbered one below the option types but for channels.
            5..=8 => {
                let of_option = [6, 8, 9, 7][kind as usize - 5];
                let option = json!({"type": of_option, "name": "menu"});
                encode(w, a, &option, &json!(value), &mut resolved)?
            }
            _ => return Refusal::because("That is a button, not a menu."),
        });
    }
    let mut data = json!({"custom_id": custom_id, "component_type": kind, "id": 1, "values": chosen});
    if kind != 3 {
        data["resolved"] = resolved.json();
    }
    Ok(Draft { message: Some(message), ..Draft::new(Kind::Component, custom_id, data) })
}

/// A dialog filled in; what is not named keeps its prefilled value.
pub fn submit(w: &World, user: Id, opened_by: Id, values: &Map<String, Value>) -> Result<Draft, Refusal> {
    let opened = w.interactions.get(&opened_by).filter(|i| i.user == user);
    let Some((opened, modal)) = opened.and_then(|i| match &i.first {
        Some(First::Modal(modal)) => Some((i, modal)),
        _ => None,
    }) else {
        return Refusal::because("That dialog is not open.");
    };
    let mut rows = Vec::new();
    for row in items(&modal["components"]) {
        for input in items(&row["components"]) {
            let id = input["custom_id"].as_str().unwrap_or_default();
            let label = input["label"].as_str().unwrap_or(id);
            let value = values.get(id).unwrap_or(&input["value"]).as_str().unwrap_or_default();
            let length = value.chars().count() as u64;
            if value.trim().is_empty() && input["required"] != false {
                return Refusal::because(format!("“{label}” is required."));
            }
            if length > 0 && input["min_length"].as_u64().is_some_and(|min| length < min) {
                return Refusal::because(format!(
                    "“{label}” needs at least {} characters.",
                    input["min_length"]
                ));
            }
            let max = input["max_length"].as_u64().unwrap_or(4000);
            if length > max {
                return Refusal::because(format!("“{label}” takes at most {max} characters."));
            }
            rows.push(json!({"type": 1, "components": [{"type": 4, "custom_id": id, "value": value}]}));
        }
    }
    if let Some(stray) =
        values.keys().find(|k| !rows.iter().any(|r| r["components"][0]["custom_id"] == k.as_str()))
    {
        return Refusal::because(format!("The dialog has no field “{stray}”."));
    }
    let custom_id = modal["custom_id"].as_str().unwrap_or_default();
    let data = json!({"custom_id": custom_id, "components": rows});
    let message = opened.message.filter(|m| w.messages.contains_key(m));
    Ok(Draft { message, ..Draft::new(Kind::Modal, custom_id, data) })
}

pub fn permitted(w: &World, user: Id, command: &Value) -> Result<(), Refusal> {
    let needed = command["default_member_permissions"].as_str().and_then(|p| p.parse::<u64>().ok());
    match needed {
        Some(bits)
            if w.permissions(user) & MANAGE_GUILD == 0
                && (bits == 0 || w.permissions(user) & bits != bits) =>
        {
            Refusal::because("You do not have permission to use this command.")
        }
        _ => Ok(()),
    }
}

fn visible(w: &World, user: Id, message: Id) -> Result<&Message, Refusal> {
    let seen = w.messages.get(&message).filter(|m| m.only_for.is_none_or(|p| p == user));
    seen.filter(|m| w.audience(m.channel).contains(&user)).ok_or_else(|| {
        Refusal("You cannot see that message: it was deleted, or only another person sees it.".into())
    })
}

fn enabled<'a>(message: &'a Message, custom_id: &str) -> Result<&'a Value, Refusal> {
    match message.control(custom_id) {
        Some(control) if control["disabled"] == true => Refusal::because("That button is disabled."),
        Some(control) => Ok(control),
        None => Refusal::because("That button is no longer on the message."),
    }
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
    fn new(kind: Kind, name: &str, data: Value) -> Self {
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

/// A press that no page would send.
pub fn forged_press(message: Id, custom_id: &str) -> Draft {
    let data = json!({"custom_id": custom_id, "component_type": 2, "id": 1});
    Draft { message: Some(message), ..Draft::new(Kind::Component, custom_id, data) }
}
