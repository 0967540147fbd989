//! What the page shows to one person in one channel, in one piece.

use std::collections::HashMap;
use std::time::Instant;

use axum::Json;
use axum::extract::{Query, State};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{App, Params};
use crate::playground::config::ChannelKind;
use crate::playground::drafts::permitted;
use crate::playground::state::{Shared, World};
use crate::playground::things::{Channel, Id, Key, Message};

/// Messages sent to the page at most.
const SHOWN: usize = 200;

/// The page's state for `?as=` a person and `?channel=`.
pub async fn view(State(shared): App, Query(query): Params) -> Json<Value> {
    Json(build(&shared, &query))
}

/// The view for a query's `as` and `channel`.
pub fn build(shared: &Shared, query: &HashMap<String, String>) -> Value {
    let now = shared.now();
    let mut guard = shared.read();
    let w = &mut *guard;
    let first = w.users.values().find(|u| !u.bot).map(|u| u.id);
    let me = query.get("as").and_then(|k| w.user_id(&Key::from(k))).or(first).unwrap_or(w.app);
    let asked = query.get("channel").filter(|c| !c.is_empty());
    if asked.is_some_and(|c| c.starts_with('@')) {
        w.open_dm(me, now);
    }
    let mine = |c: &&Channel| match c.recipient {
        Some(person) => person == me,
        None => {
            c.kind != ChannelKind::Category && w.guild_of(c.id).is_some_and(|g| g.members.contains_key(&me))
        }
    };
    let own_dm = w.channels().find(|c| c.recipient == Some(me)).map(|c| c.id);
    let chosen = asked.and_then(|c| if c.starts_with('@') { own_dm } else { w.channel_id(&Key::from(c)) });
    let chosen = chosen.and_then(|id| w.channels.get(&id)).filter(mine);
    let open = chosen.or_else(|| w.channels().filter(|c| c.guild.is_some()).find(mine)).map(|c| c.id);
    let guild = open.and_then(|c| w.guild_of(c)).or_else(|| w.guilds.values().next());
    let seen = open.map(|c| w.visible_to(me, c)).unwrap_or_default();
    let skip = seen.len().saturating_sub(SHOWN);
    let people: Vec<Value> = w
        .users
        .values()
        .map(|u| {
            let roles: Vec<&str> = guild
                .and_then(|g| g.members.get(&u.id).map(|held| (g, held)))
                .map(|(g, held)| {
                    g.roles.iter().filter(|r| held.contains(&r.id)).map(|r| r.name.as_str()).collect()
                })
                .unwrap_or_default();
            json!({
                "id": u.id.to_string(), "name": u.name, "display": u.display, "bot": u.bot, "color": u.color,
                "roles": roles, "admin": u.manage_guild,
                "member": guild.is_some_and(|g| g.members.contains_key(&u.id)),
            })
        })
        .collect();
    let commands: Vec<&Value> = w
        .commands(open.and_then(|c| w.guild_of(c)).map(|g| g.id))
        .into_iter()
        .filter(|c| permitted(w, me, c).is_ok())
        .collect();
    let typing = open.and_then(|c| w.typing.get(&c)).is_some_and(|until| Instant::now() < *until);
    let steps: Vec<Value> = shared
        .config
        .steps
        .iter()
        .map(|s| json!({"part": s.part, "text": s.text, "command": s.command, "as": s.as_person, "channel": s.channel}))
        .collect();
    json!({
        "me": me.to_string(), "bot": w.app.to_string(), "open": open.map(|c| c.to_string()),
        "guild": guild.map(|g| json!({
            "id": g.id.to_string(), "name": g.name,
            "roles": g.roles.iter().map(|r| json!({"id": r.id.to_string(), "name": r.name})).collect::<Vec<_>>(),
        })),
        "guilds": w.guilds.values().filter(|g| g.members.contains_key(&me))
            .map(|g| json!({"id": g.id.to_string(), "name": g.name, "first": first_channel(w, g.id)})).collect::<Vec<_>>(),
        "channels": w.channels()
            .filter(|c| c.recipient == Some(me) || (c.guild.is_some() && c.guild == guild.map(|g| g.id)))
            .map(|c| channel(w, me, c, now)).collect::<Vec<_>>(),
        "people": people, "commands": commands, "messages": seen[skip..].iter().map(|m| message(w, m)).collect::<Vec<_>>(),
        "earlier": skip, "parent_message": open.and_then(|c| w.message(c)).map(|m| message(w, m)),
        "notice": w.notice, "typing": typing, "connected": w.sessions.connected() > 0,
        "now": shared.now(), "zone": shared.config.zone.name(), "movable": shared.config.time.is_some(),
        "steps": steps, "faults": w.faults.json(), "violations": w.record.violations.len(),
    })
}

fn first_channel(w: &World, guild: Id) -> Option<String> {
    w.channels().find(|c| c.guild == Some(guild) && c.kind == ChannelKind::Text).map(|c| c.id.to_string())
}

fn channel(w: &World, me: Id, c: &Channel, now: DateTime<Utc>) -> Value {
    let last_read = w.read.get(&(me, c.id)).copied().unwrap_or(0);
    let fresh = || {
        let unread = c.messages.range(last_read + 1..).filter_map(|m| w.message(*m));
        unread.filter(|m| m.author != me && m.only_for.is_none_or(|p| p == me))
    };
    let dm = c.kind == ChannelKind::Dm;
    // Discord archives a thread after so much silence; whatever is said in it wakes it again.
    let last = c.messages.last().and_then(|m| w.message(*m)).map_or(c.created, |m| m.created);
    let silent = now - last > TimeDelta::minutes(i64::try_from(c.auto_archive).unwrap_or(i64::MAX / 60_000));
    let archived = c.archived || (c.kind.is_thread() && silent);
    json!({
        "id": c.id.to_string(), "name": c.name, "type": c.kind.number(), "topic": c.topic,
        "parent": c.parent.map(|p| p.to_string()), "position": c.position, "archived": archived, "dm": dm,
        "count": c.len(), "unread": fresh().count(),
        "pings": fresh().filter(|m| dm || m.pinged.contains(&me)).count(),
    })
}

/// A message as the page shows it: Discord's JSON with what the page needs besides.
pub fn message(w: &World, m: &Message) -> Value {
    let mut value = w.message_json(m);
    value["pinged"] = json!(m.pinged.iter().map(Id::to_string).collect::<Vec<_>>());
    value["only_for"] = json!(m.only_for.map(|p| p.to_string()));
    value["loading"] = json!(m.loading);
    value["by"] = json!(m.author.to_string());
    if let Some(i) = m.interaction.and_then(|i| w.interactions.get(&i)) {
        value["used"] = json!({
            "by": i.user.to_string(), "name": i.name, "command": i.kind.number() == 2, "original": i.original == Some(m.id),
        });
    }
    value
}
