//! The world: guilds, channels, messages, commands and interactions, and the single lock around it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::config::{ChannelKind, Config, DmPolicy};
use super::faults::Faults;
use super::gateway::Sessions;
use super::interact::{Interaction, SentInteraction};
use super::record::{Record, RecordedRequest};
use super::things::{Attachment, Channel, Guild, Id, Key, Message, Role, User};

/// Milliseconds of Discord's epoch, 2015-01-01.
const EPOCH_MS: u64 = 1_420_070_400_000;
/// Ids of things from the configuration: the same at every start, so that a bot's database stays true.
const FIXED: u64 = 1_100_000_000_000_000_000;

/// The whole state. Reads are public; all changes go through the server.
pub struct World {
    pub(super) app: Id,
    pub(super) base: String,
    pub(super) gateway_url: String,
    pub(super) users: BTreeMap<Id, User>,
    pub(super) guilds: BTreeMap<Id, Guild>,
    pub(super) channels: BTreeMap<Id, Channel>,
    pub(super) messages: BTreeMap<Id, Message>,
    /// Commands per guild, and the global ones under `None`.
    pub(super) commands: BTreeMap<Option<Id>, Vec<Value>>,
    pub(super) interactions: HashMap<Id, Interaction>,
    pub(super) tokens: HashMap<String, Id>,
    pub(super) nonces: HashMap<(Id, String), (Id, Instant)>,
    pub(super) uploads: BTreeMap<Id, Attachment>,
    /// Last message read, per person and channel.
    pub(super) read: HashMap<(Id, Id), Id>,
    /// Until when the bot shows as typing, per channel.
    pub(super) typing: HashMap<Id, Instant>,
    pub(super) sessions: Sessions,
    pub(super) faults: Faults,
    pub(super) record: Record,
    pub(super) sent: Vec<SentInteraction>,
    /// A line above the page's messages.
    pub(super) notice: Option<String>,
    last_id: Id,
}

/// What every part of the server shares.
pub struct Shared {
    pub config: Config,
    world: Mutex<World>,
    changed: watch::Sender<u64>,
}

impl Shared {
    pub fn new(config: Config, base: String, gateway_url: String) -> Self {
        let world = World::new(&config, base, gateway_url);
        Self { config, world: Mutex::new(world), changed: watch::channel(0).0 }
    }

    /// Reads without telling anybody.
    pub fn read(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the world and wakes everybody who waits for a change.
    pub fn change<T>(&self, f: impl FnOnce(&mut World) -> T) -> T {
        let result = f(&mut self.read());
        self.changed.send_modify(|n| *n += 1);
        result
    }

    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    pub fn now(&self) -> DateTime<Utc> {
        (self.config.now)()
    }

    /// Waits until `f` gives something, looking again after each change; `None` when `within` has passed.
    pub async fn wait_for<T>(&self, within: Duration, f: impl Fn(&World) -> Option<T>) -> Option<T> {
        let mut changes = self.subscribe();
        tokio::time::timeout(within, async {
            loop {
                changes.borrow_and_update();
                if let Some(found) = f(&self.read()) {
                    return Some(found);
                }
                if changes.changed().await.is_err() {
                    return None;
                }
            }
        })
        .await
        .ok()
        .flatten()
    }
}

impl World {
    fn new(config: &Config, base: String, gateway_url: String) -> Self {
        let now = (config.now)();
        let mut next = FIXED;
        let mut fixed = move || {
            next += 1 << 22;
            next
        };
        let app = fixed();
        let mut users = BTreeMap::new();
        users.insert(
            app,
            User {
                id: app,
                name: config.bot_name.to_lowercase(),
                display: config.bot_name.clone(),
                bot: true,
                color: "#f0b132".into(),
                locale: "en-US".into(),
                manage_guild: false,
                dm: DmPolicy::Open,
            },
        );
        let mut by_name = HashMap::new();
        for person in &config.people {
            let id = fixed();
            by_name.insert(person.name.as_str(), id);
            users.insert(
                id,
                User {
                    id,
                    name: person.name.clone(),
                    display: person.display.clone(),
                    bot: false,
                    color: person.color.clone(),
                    locale: person.locale.clone(),
                    manage_guild: person.manage_guild,
                    dm: person.dm,
                },
            );
        }
        let mut guilds = BTreeMap::new();
        let mut channels = BTreeMap::new();
        for spec in &config.guilds {
            let id = fixed();
            let mut roles = vec![Role { id, name: "@everyone".into(), position: 0 }];
            for (n, name) in spec.roles.iter().enumerate() {
                roles.push(Role { id: fixed(), name: name.clone(), position: n + 1 });
            }
            let mut members = BTreeMap::from([(app, Vec::new())]);
            for person in &config.people {
                if spec.members.as_ref().is_none_or(|m| m.contains(&person.name)) {
                    let held =
                        roles.iter().filter(|r| person.roles.contains(&r.name)).map(|r| r.id).collect();
                    members.insert(by_name[person.name.as_str()], held);
                }
            }
            let mut category = None;
            for (position, spec) in spec.channels.iter().enumerate() {
                let channel = Channel {
                    topic: spec.topic.clone(),
                    position,
                    parent: category,
                    ..Channel::new(fixed(), Some(id), spec.kind, &spec.name, now)
                };
                if spec.kind == ChannelKind::Category {
                    category = Some(channel.id);
                }
                channels.insert(channel.id, channel);
            }
            let owner =
                members.keys().copied().find(|m| users.get(m).is_some_and(|u| u.manage_guild)).unwrap_or(app);
            guilds.insert(id, Guild { id, name: spec.name.clone(), owner, roles, members, created: now });
        }
        Self {
            app,
            base,
            gateway_url,
            users,
            guilds,
            channels,
            messages: BTreeMap::new(),
            commands: BTreeMap::new(),
            interactions: HashMap::new(),
            tokens: HashMap::new(),
            nonces: HashMap::new(),
            uploads: BTreeMap::new(),
            read: HashMap::new(),
            typing: HashMap::new(),
            sessions: Sessions::new(config.limits.replay),
            faults: Faults::new(config.seed),
            record: Record::default(),
            sent: Vec::new(),
            notice: None,
            last_id: 0,
        }
    }

    /// A new snowflake: real milliseconds, and always greater than the last one.
    pub(super) fn next_id(&mut self) -> Id {
        let ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as u64);
        self.last_id = (self.last_id + 1).max(ms.saturating_sub(EPOCH_MS) << 22);
        self.last_id
    }

    /// The bot's user id, which is also its application's.
    pub fn bot(&self) -> Id {
        self.app
    }

    /// The id of a person by key.
    pub fn user_id(&self, key: &Key) -> Option<Id> {
        match key {
            Key::Id(id) => self.users.contains_key(id).then_some(*id),
            Key::Name(name) => {
                let name = name.trim_start_matches('@');
                let named = |u: &&User| u.name == name || u.display == name;
                self.users.values().find(named).map(|u| u.id)
            }
        }
    }

    /// The id of a channel by key.
    pub fn channel_id(&self, key: &Key) -> Option<Id> {
        match key {
            Key::Id(id) => self.channels.contains_key(id).then_some(*id),
            Key::Name(name) => {
                if let Some(person) = name.strip_prefix('@') {
                    let person = self.user_id(&person.into())?;
                    return self.channels.values().find(|c| c.recipient == Some(person)).map(|c| c.id);
                }
                let (guild, name) = name.split_once('/').map_or((None, name.as_str()), |(g, n)| (Some(g), n));
                let name = name.trim_start_matches('#');
                let fits = |c: &&Channel| {
                    c.name == name
                        && guild.is_none_or(|g| self.guild_of(c.id).is_some_and(|found| found.name == g))
                };
                self.channels.values().find(fits).map(|c| c.id)
            }
        }
    }

    /// A channel.
    pub fn channel(&self, key: impl Into<Key>) -> Option<&Channel> {
        self.channel_id(&key.into()).and_then(|id| self.channels.get(&id))
    }

    /// Every channel, thread and direct conversation.
    pub fn channels(&self) -> impl Iterator<Item = &Channel> {
        self.channels.values()
    }

    /// A message, also an ephemeral one.
    pub fn message(&self, id: Id) -> Option<&Message> {
        self.messages.get(&id)
    }

    /// Every message there is, oldest first, ephemeral ones included.
    pub fn all_messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.values()
    }

    /// The messages of a channel, oldest first, ephemeral ones included.
    pub fn messages(&self, key: impl Into<Key>) -> Vec<&Message> {
        self.channel(key)
            .map(|c| c.messages.iter().filter_map(|id| self.messages.get(id)).collect())
            .unwrap_or_default()
    }

    /// What `user` sees in a channel: everything but other people's ephemeral messages.
    pub fn visible_to(&self, user: impl Into<Key>, channel: impl Into<Key>) -> Vec<&Message> {
        let user = self.user_id(&user.into());
        let mut seen = self.messages(channel);
        seen.retain(|m| m.only_for.is_none() || m.only_for == user);
        seen
    }

    /// The threads under a channel.
    pub fn threads(&self, key: impl Into<Key>) -> Vec<&Channel> {
        let id = self.channel_id(&key.into());
        self.channels.values().filter(|c| c.kind.is_thread() && id.is_some() && c.parent == id).collect()
    }

    /// Registered commands of a guild, then the global ones, in Discord's JSON.
    pub fn commands(&self, guild: Option<Id>) -> Vec<&Value> {
        let own = guild.and_then(|g| self.commands.get(&Some(g))).into_iter().flatten();
        let own: Vec<&Value> = own.collect();
        let global = self.commands.get(&None).into_iter().flatten();
        let global = global.filter(|c| !own.iter().any(|o| o["name"] == c["name"] && o["type"] == c["type"]));
        own.iter().copied().chain(global).collect()
    }

    /// Every request of the bot so far, in order of arrival.
    pub fn requests(&self) -> &[RecordedRequest] {
        &self.record.requests
    }

    /// Every interaction sent to the bot so far.
    pub fn interactions(&self) -> &[SentInteraction] {
        &self.sent
    }

    /// The id of a role of a guild, by name.
    pub fn role_id(&self, guild: Id, name: &str) -> Option<Id> {
        let name = name.trim_start_matches('@');
        self.guilds.get(&guild)?.roles.iter().find(|r| r.name == name).map(|r| r.id)
    }

    /// The token of an interaction, for tests that answer by hand.
    pub fn interaction_token(&self, interaction: Id) -> Option<&str> {
        self.interactions.get(&interaction).map(|i| i.token.as_str())
    }

    /// The guild ids, in the order of the configuration.
    pub fn guild_ids(&self) -> Vec<Id> {
        self.guilds.keys().copied().collect()
    }

    pub(super) fn guild_of(&self, channel: Id) -> Option<&Guild> {
        self.channels.get(&channel).and_then(|c| c.guild).and_then(|g| self.guilds.get(&g))
    }

    /// People who can see a channel.
    pub(super) fn audience(&self, channel: Id) -> Vec<Id> {
        match self.channels.get(&channel) {
            Some(Channel { recipient: Some(person), .. }) => vec![*person],
            Some(_) => {
                self.guild_of(channel).map(|g| g.members.keys().copied().collect()).unwrap_or_default()
            }
            None => Vec::new(),
        }
    }

    /// The direct conversation with a person, made if there is none.
    pub(super) fn open_dm(&mut self, person: Id, now: DateTime<Utc>) -> Id {
        if let Some(found) = self.channels.values().find(|c| c.recipient == Some(person)) {
            return found.id;
        }
        let id = self.next_id();
        let channel = Channel { recipient: Some(person), ..Channel::new(id, None, ChannelKind::Dm, "", now) };
        self.channels.insert(id, channel);
        id
    }

    /// Puts a message in its channel; a thread wakes up by it.
    pub(super) fn insert(&mut self, message: Message) {
        if let Some(channel) = self.channels.get_mut(&message.channel) {
            channel.messages.insert(message.id);
            channel.archived = false;
        }
        if message.author == self.app {
            self.typing.remove(&message.channel);
        }
        self.messages.insert(message.id, message);
    }

    /// Removes a message and tells the gateway.
    pub(super) fn remove(&mut self, id: Id) {
        let Some(message) = self.messages.remove(&id) else { return };
        let guild = self.channels.get_mut(&message.channel).and_then(|c| {
            c.messages.remove(&id);
            c.guild
        });
        if message.only_for.is_none() {
            let mut data = json!({"id": id.to_string(), "channel_id": message.channel.to_string()});
            if let Some(guild) = guild {
                data["guild_id"] = json!(guild.to_string());
            }
            self.sessions.message_event("MESSAGE_DELETE", data, guild);
        }
    }
}
