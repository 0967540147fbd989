//! What the world looks like before anything happens, and the limits it keeps.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// Everything the server needs to start. [`Config::new`] gives a small sales team to begin with.
#[derive(Clone)]
pub struct Config {
    /// Port on the loopback interface; 0 takes a free one.
    pub port: u16,
    /// The bot's token, compared with `Authorization: Bot …` and with IDENTIFY.
    pub token: String,
    /// The bot's name as people see it.
    pub bot_name: String,
    /// The guilds, the first being the one the page opens.
    pub guilds: Vec<GuildConfig>,
    /// The people; by default each is a member of every guild.
    pub people: Vec<Person>,
    /// The domain's clock: message timestamps and the page's clock.
    pub now: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// Moves the domain's clock; without it the page shows no time buttons.
    pub time: Option<Arc<dyn TimeControl>>,
    /// The team's time zone, for the page's clock.
    pub zone: chrono_tz::Tz,
    /// Limits and windows that tests may shorten.
    pub limits: Limits,
    /// Seed for faults by chance and for session ids.
    pub seed: u64,
    /// The page's "Try this" panel.
    pub steps: Vec<Step>,
}

/// One guild.
#[derive(Clone, Debug)]
pub struct GuildConfig {
    /// Its name.
    pub name: String,
    /// Role names besides `@everyone`.
    pub roles: Vec<String>,
    /// Its channels, top to bottom.
    pub channels: Vec<ChannelConfig>,
    /// Names of the members; `None` means everybody in [`Config::people`].
    pub members: Option<Vec<String>>,
}

/// One channel of a guild.
#[derive(Clone, Debug)]
pub struct ChannelConfig {
    /// Name without the `#`.
    pub name: String,
    /// Text, announcement or category.
    pub kind: ChannelKind,
    /// The line shown beside the channel's name.
    pub topic: Option<String>,
}

/// The kinds of channel, with Discord's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    /// An ordinary text channel (0).
    Text,
    /// A private conversation of one person with the bot (1).
    Dm,
    /// A heading over the channels that follow it (4).
    Category,
    /// An announcement channel (5).
    News,
    /// A public thread (11).
    Thread,
    /// A private thread (12).
    PrivateThread,
}

impl ChannelKind {
    /// Discord's number for the kind.
    pub fn number(self) -> u8 {
        match self {
            Self::Text => 0,
            Self::Dm => 1,
            Self::Category => 4,
            Self::News => 5,
            Self::Thread => 11,
            Self::PrivateThread => 12,
        }
    }

    /// Whether it is a thread.
    pub fn is_thread(self) -> bool {
        matches!(self, Self::Thread | Self::PrivateThread)
    }
}

/// A person who can be played from the page and from tests.
#[derive(Clone, Debug)]
pub struct Person {
    /// Login name, unique, lower case: how tests and the page address the person.
    pub name: String,
    /// Name that others see.
    pub display: String,
    /// Names of roles held, in each guild that has them.
    pub roles: Vec<String>,
    /// Whether the person has Manage Server.
    pub manage_guild: bool,
    /// Colour of the avatar, as in `#5865f2`.
    pub color: String,
    /// Locale sent with interactions, such as `en-US`.
    pub locale: String,
    /// Whether direct messages reach the person.
    pub dm: DmPolicy,
}

/// What happens to direct messages for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DmPolicy {
    /// They arrive.
    Open,
    /// The channel opens, posting is refused (403, 50007): the usual case on Discord.
    RefuseSend,
    /// Even opening the channel is refused (403, 50007).
    RefuseOpen,
}

/// A step of the page's "Try this" panel.
#[derive(Clone, Debug)]
pub struct Step {
    /// The heading under which it stands; steps of one heading follow each other.
    pub part: String,
    /// What to do and what to look for.
    pub text: String,
    /// A line to put in the composer, if the step has one.
    pub command: Option<String>,
    /// Name of the person to do it as, if it matters.
    pub as_person: Option<String>,
    /// Name of the channel to do it in, if it matters.
    pub channel: Option<String>,
}

/// Limits and windows; the defaults are Discord's.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Time to the first answer of an interaction: 3 s.
    pub answer_within: Duration,
    /// Lifetime of an interaction's token: 15 min.
    pub token_life: Duration,
    /// How long a repeated nonce returns the first message. Discord says "a few minutes"; here 3.
    pub nonce_window: Duration,
    /// Active threads per guild: 1000.
    pub active_threads: usize,
    /// Edits of a message older than an hour of domain time, before 30046; `None` never refuses.
    pub old_edits: Option<u32>,
    /// Heartbeat interval told in HELLO: 41.25 s.
    pub heartbeat: Duration,
    /// Whether rate limits are enforced (50/s globally, 5 messages per 5 s and channel). The count of
    /// violations is kept in any case.
    pub enforce_rate_limits: bool,
    /// Global requests per second before a violation: 50.
    pub global_per_second: usize,
    /// Messages per channel in five seconds, as the answers' headers tell: 5.
    pub channel_messages: usize,
    /// Dispatches kept per session for a resume.
    pub replay: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            answer_within: Duration::from_secs(3),
            token_life: Duration::from_mins(15),
            nonce_window: Duration::from_mins(3),
            active_threads: 1000,
            old_edits: Some(30),
            heartbeat: Duration::from_millis(41_250),
            enforce_rate_limits: false,
            global_per_second: 50,
            channel_messages: 5,
            replay: 10_000,
        }
    }
}

/// Moves the domain's clock forward, running what falls due on the way.
#[async_trait]
pub trait TimeControl: Send + Sync {
    /// Moves to `to` and returns when everything due until then was done, with the reason if it could not.
    async fn advance(&self, to: DateTime<Utc>) -> Result<(), String>;
}

impl Config {
    /// A small team in one guild: Ana and Ben sell, Mia manages; `now` is the domain's clock.
    pub fn new(token: impl Into<String>, now: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>) -> Self {
        let channels =
            ["general", "leads", "alerts", "approvals", "digest"].map(ChannelConfig::text).to_vec();
        Self {
            port: 0,
            token: token.into(),
            bot_name: "Bellwether".into(),
            guilds: vec![GuildConfig {
                name: "Acme Sales".into(),
                roles: vec!["manager".into(), "rep".into()],
                channels,
                members: None,
            }],
            people: vec![
                Person::new("ana", "Ana").role("rep").color("#3ba55c"),
                Person::new("ben", "Ben").role("rep").color("#5865f2"),
                Person::new("mia", "Mia").role("manager").admin().color("#eb459e"),
            ],
            now,
            time: None,
            zone: chrono_tz::UTC,
            limits: Limits::default(),
            seed: 1,
            steps: Vec::new(),
        }
    }

    /// Replaces guilds and people by one guild of `channels` channels (`c0`, `c1`, …) and `people` members
    /// (`p0`, `p1`, …; the first has Manage Server): for load.
    pub fn sized(mut self, channels: usize, people: usize) -> Self {
        let names = (0..channels).map(|n| ChannelConfig::text(&format!("c{n}"))).collect();
        self.guilds.truncate(1);
        if let Some(guild) = self.guilds.first_mut() {
            guild.channels = names;
            guild.members = None;
        }
        self.people = (0..people)
            .map(|n| {
                let person = Person::new(&format!("p{n}"), &format!("Person {n}")).role("rep");
                if n == 0 { person.admin() } else { person }
            })
            .collect();
        self
    }
}

impl ChannelConfig {
    /// A text channel.
    pub fn text(name: &str) -> Self {
        Self { name: name.into(), kind: ChannelKind::Text, topic: None }
    }

    /// The same with a topic.
    pub fn topic(mut self, topic: &str) -> Self {
        self.topic = Some(topic.into());
        self
    }
}

impl Person {
    /// A person without roles who accepts direct messages.
    pub fn new(name: &str, display: &str) -> Self {
        Self {
            name: name.into(),
            display: display.into(),
            roles: Vec::new(),
            manage_guild: false,
            color: "#5865f2".into(),
            locale: "en-US".into(),
            dm: DmPolicy::Open,
        }
    }

    /// With a role.
    pub fn role(mut self, role: &str) -> Self {
        self.roles.push(role.into());
        self
    }

    /// With Manage Server.
    pub fn admin(mut self) -> Self {
        self.manage_guild = true;
        self
    }

    /// With a colour for the avatar.
    pub fn color(mut self, color: &str) -> Self {
        self.color = color.into();
        self
    }

    /// With a policy for direct messages.
    pub fn dm(mut self, dm: DmPolicy) -> Self {
        self.dm = dm;
        self
    }
}
