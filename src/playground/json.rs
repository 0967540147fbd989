//! The world's things in Discord's JSON, with every field that a client may rely on.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::config::ChannelKind;
use super::interact::{Interaction, Kind};
use super::state::World;
use super::things::{Attachment, Channel, Guild, Id, Message, Role, User};

/// What everyone may do: view, send, embed, attach, read history, threads, commands.
const MEMBER: u64 = 0x0000_0000_0000_0040
    | 1 << 10
    | 1 << 11
    | 1 << 14
    | 1 << 15
    | 1 << 16
    | 1 << 31
    | 1 << 34
    | 1 << 35
    | 1 << 38;
/// Manage Server.
pub const MANAGE_GUILD: u64 = 1 << 5;
/// What someone with Manage Server holds here: the above with kicking, channels, messages, roles.
const MANAGER: u64 = MEMBER | MANAGE_GUILD | 1 << 1 | 1 << 4 | 1 << 13 | 1 << 28;

pub fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, false)
}

pub fn user(u: &User) -> Value {
    json!({
        "id": u.id.to_string(), "username": u.name, "global_name": (!u.bot).then_some(&u.display),
        "discriminator": if u.bot { "1234" } else { "0" }, "avatar": null, "bot": u.bot, "system": false,
        "banner": null, "accent_color": null, "public_flags": 0, "flags": 0, "avatar_decoration_data": null,
        "collectibles": null, "primary_guild": null, "clan": null,
    })
}

pub fn role(r: &Role) -> Value {
    json!({
        "id": r.id.to_string(), "name": r.name, "color": 0,
        "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
        "hoist": false, "icon": null, "unicode_emoji": null, "position": r.position,
        "permissions": MEMBER.to_string(), "managed": false, "mentionable": true, "flags": 0, "description": null,
    })
}

impl World {
    pub(super) fn permissions(&self, user: Id) -> u64 {
        match self.users.get(&user) {
            Some(u) if u.manage_guild => MANAGER,
            _ => MEMBER,
        }
    }

    /// A member; `partial` leaves out the user, as in messages and resolved members.
    pub(super) fn member_json(&self, guild: &Guild, id: Id, partial: bool) -> Value {
        let roles = guild.members.get(&id).cloned().unwrap_or_default();
        let mut member = json!({
            "nick": null, "avatar": null, "banner": null, "roles": strings(&roles),
            "joined_at": time(guild.created), "premium_since": null, "deaf": false, "mute": false, "pending": false,
            "flags": 0, "communication_disabled_until": null, "unusual_dm_activity_until": null,
        });
        if !partial && let Some(u) = self.users.get(&id) {
            member["user"] = user(u);
        }
        member
    }

    /// A member as interactions carry it: with the permissions in the channel.
    pub(super) fn acting_member_json(&self, guild: &Guild, id: Id) -> Value {
        let mut member = self.member_json(guild, id, false);
        member["permissions"] = json!(self.permissions(id).to_string());
        member
    }

    pub(super) fn channel_json(&self, c: &Channel) -> Value {
        let last =
            c.messages.iter().rev().find(|m| self.messages.get(m).is_some_and(|m| m.only_for.is_none()));
        let mut value = json!({
            "id": c.id.to_string(), "type": c.kind.number(), "last_message_id": last.map(Id::to_string), "flags": 0,
        });
        let more = match c.kind {
            ChannelKind::Dm => json!({
                "recipients": c.recipient.and_then(|r| self.users.get(&r)).map(user).into_iter().collect::<Vec<_>>(),
            }),
            ChannelKind::Thread | ChannelKind::PrivateThread => json!({
                "guild_id": c.guild.map(|g| g.to_string()), "name": c.name,
                "parent_id": c.parent.map(|p| p.to_string()), "owner_id": c.owner.map(|o| o.to_string()),
                "rate_limit_per_user": 0, "message_count": c.messages.len(),
                "total_message_sent": c.messages.len(), "member_count": 1,
                "thread_metadata": {
                    "archived": c.archived, "archive_timestamp": time(c.created),
                    "auto_archive_duration": c.auto_archive, "locked": c.locked, "create_timestamp": time(c.created),
                },
            }),
            ChannelKind::Text | ChannelKind::News | ChannelKind::Category => json!({
                "guild_id": c.guild.map(|g| g.to_string()), "name": c.name, "topic": c.topic,
                "position": c.position, "parent_id": c.parent.map(|p| p.to_string()),
                "permission_overwrites": [], "nsfw": false, "rate_limit_per_user": 0, "last_pin_timestamp": null,
            }),
        };
        merge(&mut value, more);
        value
    }

    /// A channel as interactions resolve it.
    pub(super) fn partial_channel_json(&self, c: &Channel, user: Id) -> Value {
        let mut value = self.channel_json(c);
        value["permissions"] = json!(self.permissions(user).to_string());
        value
    }

    /// The guild as GUILD_CREATE carries it.
    pub(super) fn guild_create_json(&self, g: &Guild) -> Value {
        let of_guild = |thread: bool| -> Vec<Value> {
            let fits = |c: &&Channel| c.guild == Some(g.id) && c.kind.is_thread() == thread && !c.archived;
            self.channels.values().filter(fits).map(|c| self.channel_json(c)).collect()
        };
        let mut value = guild(g);
        merge(
            &mut value,
            json!({
                "joined_at": time(g.created), "large": false, "unavailable": false, "member_count": g.members.len(),
                "voice_states": [], "presences": [], "stage_instances": [], "guild_scheduled_events": [],
                "soundboard_sounds": [], "channels": of_guild(false), "threads": of_guild(true),
                "members": g.members.keys().map(|m| self.member_json(g, *m, false)).collect::<Vec<_>>(),
            }),
        );
        value
    }

    /// A message as REST gives it.
    pub(super) fn message_json(&self, m: &Message) -> Value {
        let author = self.users.get(&m.author);
        let mentions: Vec<Value> = m.mentions.iter().filter_map(|id| self.users.get(id)).map(user).collect();
        let flags = m.flags | if m.only_for.is_some() { 64 } else { 0 } | if m.loading { 128 } else { 0 };
        let mut value = json!({
            "id": m.id.to_string(), "channel_id": m.channel.to_string(), "type": m.kind, "content": m.content,
            "author": author.map(user), "timestamp": time(m.created), "edited_timestamp": m.edited.map(time),
            "tts": false, "mention_everyone": m.pinged_everyone, "mentions": mentions,
            "mention_roles": strings(&m.mention_roles), "embeds": m.embeds, "components": m.components,
            "attachments": m.attachments.iter().map(attachment).collect::<Vec<_>>(),
            "pinned": false, "flags": flags,
        });
        if let Some(nonce) = &m.nonce {
            value["nonce"] = nonce.clone();
        }
        if let Some(reply) = m.reply_to {
            value["message_reference"] = json!({
                "type": 0, "message_id": reply.to_string(), "channel_id": m.channel.to_string(),
                "guild_id": self.guild_of(m.channel).map(|g| g.id.to_string()),
            });
            value["referenced_message"] = self
                .messages
                .get(&reply)
                .filter(|r| r.reply_to.is_none())
                .map_or(Value::Null, |r| self.message_json(r));
        }
        if let Some(thread) = self.channels.get(&m.id).filter(|c| c.kind.is_thread()) {
            value["thread"] = self.channel_json(thread);
            value["flags"] = json!(flags | 32);
        }
        if let Some(interaction) = m.interaction.and_then(|i| self.interactions.get(&i)) {
            value["application_id"] = json!(self.app.to_string());
            value["webhook_id"] = json!(self.app.to_string());
            value["interaction_metadata"] = self.interaction_json(interaction, m);
        }
        value
    }

    /// Which interaction a message answers, in the form of its kind.
    fn interaction_json(&self, i: &Interaction, m: &Message) -> Value {
        let form = |kind: Kind| {
            let mut value = json!({
                "id": i.id.to_string(), "type": kind.number(), "user": self.users.get(&i.user).map(user),
                "authorizing_integration_owners": owners(i.guild),
            });
            if kind == Kind::Command {
                value["name"] = json!(i.name);
                value["command_type"] = json!(1);
            }
            if kind == Kind::Component {
                value["interacted_message_id"] = json!(i.message.unwrap_or(m.id).to_string());
            }
            if i.original.is_some_and(|original| original != m.id) {
                value["original_response_message_id"] = json!(i.original.map(|o| o.to_string()));
            }
            value
        };
        let mut value = form(i.kind);
        if i.kind == Kind::Modal {
            let opened_by = if i.message.is_some() { Kind::Component } else { Kind::Command };
            value["triggering_interaction_metadata"] = form(opened_by);
        }
        value
    }

    /// A message as the gateway carries it: with the guild and the author's membership.
    pub(super) fn message_event_json(&self, m: &Message) -> Value {
        let mut value = self.message_json(m);
        if let Some(guild) = self.guild_of(m.channel) {
            value["guild_id"] = json!(guild.id.to_string());
            value["member"] = self.member_json(guild, m.author, true);
        }
        value
    }
}

pub fn guild(g: &Guild) -> Value {
    json!({
        "id": g.id.to_string(), "name": g.name, "icon": null, "icon_hash": null, "description": null,
        "home_header": null, "splash": null, "discovery_splash": null, "banner": null, "features": [],
        "owner_id": g.owner.to_string(), "application_id": null, "region": "us-east", "afk_channel_id": null,
        "afk_timeout": 300, "system_channel_id": null, "system_channel_flags": 0, "widget_enabled": false,
        "widget_channel_id": null, "verification_level": 0, "default_message_notifications": 1,
        "explicit_content_filter": 0, "mfa_level": 0, "premium_tier": 0, "premium_subscription_count": 0,
        "preferred_locale": "en-US", "rules_channel_id": null, "public_updates_channel_id": null,
        "safety_alerts_channel_id": null, "max_presences": null, "max_members": 500_000,
        "max_video_channel_users": 25, "max_stage_video_channel_users": 50, "vanity_url_code": null,
        "premium_progress_bar_enabled": false, "nsfw": false, "nsfw_level": 0, "emojis": [], "stickers": [],
        "incidents_data": null, "roles": g.roles.iter().map(role).collect::<Vec<_>>(),
    })
}

/// Which installation of the bot an interaction comes from: the guild's.
pub fn owners(guild: Option<Id>) -> Value {
    json!({"0": guild.map_or_else(|| "0".to_owned(), |g| g.to_string())})
}

pub fn attachment(a: &Attachment) -> Value {
    let mut value = json!({
        "id": a.id.to_string(), "filename": a.name, "title": null, "size": a.bytes.len(), "url": a.url,
        "proxy_url": a.url, "content_type": a.content_type, "ephemeral": false, "flags": 0,
    });
    if let Some(text) = &a.description {
        value["description"] = json!(text);
    }
    if let Some((width, height)) = png_size(&a.bytes) {
        value["width"] = json!(width);
        value["height"] = json!(height);
    }
    value
}

/// Width and height from a PNG's header.
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.get(..24).filter(|h| h.starts_with(b"\x89PNG\r\n\x1a\n"))?;
    let number = |at: usize| header[at..at + 4].iter().fold(0u32, |n, b| n << 8 | u32::from(*b));
    Some((number(16), number(20)))
}

pub fn strings(ids: &[Id]) -> Vec<String> {
    ids.iter().map(Id::to_string).collect()
}

/// Adds the keys of `more` to the object `value`.
pub fn merge(value: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(from)) = (value, more) {
        into.extend(from);
    }
}
