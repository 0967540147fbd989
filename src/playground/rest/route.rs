//! Paths, named as in the API description.

use crate::playground::things::Id;

/// A path that the server knows, with its parameters.
#[derive(Clone, Copy)]
pub enum Route<'a> {
    Gateway,
    GatewayBot,
    Me,
    User(Id),
    MyGuilds,
    OpenDm,
    Application {
        oauth2: bool,
    },
    Commands {
        guild: Option<Id>,
    },
    Command {
        guild: Option<Id>,
        command: Id,
    },
    Guild(Id),
    GuildChannels(Id),
    GuildRoles(Id),
    ActiveThreads(Id),
    Members(Id),
    Member(Id, Id),
    Channel(Id),
    Messages(Id),
    Message(Id, Id),
    MessageThread(Id, Id),
    Threads(Id),
    ThreadMember(Id),
    Typing(Id),
    Callback {
        interaction: Id,
        token: &'a str,
    },
    Webhook {
        token: &'a str,
    },
    /// `None` is `@original`.
    WebhookMessage {
        token: &'a str,
        message: Option<Id>,
    },
}

impl<'a> Route<'a> {
    pub fn parse(segments: &[&'a str]) -> Option<Self> {
        let id = |s: &str| s.parse::<Id>().ok();
        Some(match *segments {
            ["gateway"] => Self::Gateway,
            ["gateway", "bot"] => Self::GatewayBot,
            ["users", "@me"] => Self::Me,
            ["users", "@me", "guilds"] => Self::MyGuilds,
            ["users", "@me", "channels"] => Self::OpenDm,
            ["users", user] => Self::User(id(user)?),
            ["applications", "@me"] => Self::Application { oauth2: false },
            ["oauth2", "applications", "@me"] => Self::Application { oauth2: true },
            ["applications", _, "commands"] => Self::Commands { guild: None },
            ["applications", _, "commands", c] => Self::Command { guild: None, command: id(c)? },
            ["applications", _, "guilds", g, "commands"] => Self::Commands { guild: Some(id(g)?) },
            ["applications", _, "guilds", g, "commands", c] => {
                Self::Command { guild: Some(id(g)?), command: id(c)? }
            }
            ["guilds", g] => Self::Guild(id(g)?),
            ["guilds", g, "channels"] => Self::GuildChannels(id(g)?),
            ["guilds", g, "roles"] => Self::GuildRoles(id(g)?),
            ["guilds", g, "threads", "active"] => Self::ActiveThreads(id(g)?),
            ["guilds", g, "members"] => Self::Members(id(g)?),
            ["guilds", g, "members", m] => Self::Member(id(g)?, id(m)?),
            ["channels", c] => Self::Channel(id(c)?),
            ["channels", c, "messages"] => Self::Messages(id(c)?),
            ["channels", c, "messages", m] => Self::Message(id(c)?, id(m)?),
            ["channels", c, "messages", m, "threads"] => Self::MessageThread(id(c)?, id(m)?),
            ["channels", c, "threads"] => Self::Threads(id(c)?),
            ["channels", c, "thread-members", _] => Self::ThreadMember(id(c)?),
            ["channels", c, "typing"] => Self::Typing(id(c)?),
            ["interactions", i, token, "callback"] => Self::Callback { interaction: id(i)?, token },
            ["webhooks", _, token] => Self::Webhook { token },
            ["webhooks", _, token, "messages", "@original"] => Self::WebhookMessage { token, message: None },
            ["webhooks", _, token, "messages", m] => Self::WebhookMessage { token, message: Some(id(m)?) },
            _ => return None,
        })
    }

    /// The path as the API description writes it.
    pub fn template(&self) -> &'static str {
        match self {
            Self::Gateway => "/gateway",
            Self::GatewayBot => "/gateway/bot",
            Self::Me => "/users/@me",
            Self::User(_) => "/users/{user_id}",
            Self::MyGuilds => "/users/@me/guilds",
            Self::OpenDm => "/users/@me/channels",
            Self::Application { oauth2: false } => "/applications/@me",
            Self::Application { .. } => "/oauth2/applications/@me",
            Self::Commands { guild: None } => "/applications/{application_id}/commands",
            Self::Commands { .. } => "/applications/{application_id}/guilds/{guild_id}/commands",
            Self::Command { guild: None, .. } => "/applications/{application_id}/commands/{command_id}",
            Self::Command { .. } => "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}",
            Self::Guild(_) => "/guilds/{guild_id}",
            Self::GuildChannels(_) => "/guilds/{guild_id}/channels",
            Self::GuildRoles(_) => "/guilds/{guild_id}/roles",
            Self::ActiveThreads(_) => "/guilds/{guild_id}/threads/active",
            Self::Members(_) => "/guilds/{guild_id}/members",
            Self::Member(..) => "/guilds/{guild_id}/members/{user_id}",
            Self::Channel(_) => "/channels/{channel_id}",
            Self::Messages(_) => "/channels/{channel_id}/messages",
            Self::Message(..) => "/channels/{channel_id}/messages/{message_id}",
            Self::MessageThread(..) => "/channels/{channel_id}/messages/{message_id}/threads",
            Self::Threads(_) => "/channels/{channel_id}/threads",
            Self::ThreadMember(_) => "/channels/{channel_id}/thread-members/{user_id}",
            Self::Typing(_) => "/channels/{channel_id}/typing",
            Self::Callback { .. } => "/interactions/{interaction_id}/{interaction_token}/callback",
            Self::Webhook { .. } => "/webhooks/{webhook_id}/{webhook_token}",
            Self::WebhookMessage { message: None, .. } => {
                "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
            }
            Self::WebhookMessage { .. } => "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
        }
    }

    /// The rate limit's bucket: the template with its major parameter (channel, guild, or webhook token).
    pub fn bucket(&self) -> String {
        let major = match self {
            Self::Channel(c)
            | Self::Messages(c)
            | Self::Message(c, _)
            | Self::MessageThread(c, _)
            | Self::Threads(c)
            | Self::ThreadMember(c)
            | Self::Typing(c) => c.to_string(),
            Self::Guild(g)
            | Self::GuildChannels(g)
            | Self::GuildRoles(g)
            | Self::ActiveThreads(g)
            | Self::Members(g)
            | Self::Member(g, _) => g.to_string(),
            Self::Commands { guild } | Self::Command { guild, .. } => guild.unwrap_or(0).to_string(),
            Self::Callback { token, .. } | Self::Webhook { token } | Self::WebhookMessage { token, .. } => {
                (*token).to_owned()
            }
            Self::Gateway
            | Self::GatewayBot
            | Self::Me
            | Self::User(_)
            | Self::MyGuilds
            | Self::OpenDm
            | Self::Application { .. } => String::new(),
        };
        format!("{}:{major}", self.template())
    }
}
