//! Channels, messages, threads and direct conversations.

use std::time::Instant;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::route::Route;
use super::{Answer, Call, Handled, compose, id_of, invalid, post, refuse};
use crate::playground::config::{ChannelKind, DmPolicy};
use crate::playground::state::World;
use crate::playground::things::{Channel, Id, Message};
use crate::playground::validate::Problems;

pub fn handle(w: &mut World, route: &Route<'_>, call: Call<'_>) -> Handled {
    match (call.method, *route) {
        ("GET", Route::Channel(c)) => Ok(Answer(200, w.channel_json(channel(w, c)?))),
        ("PATCH", Route::Channel(c)) => change(w, c, call.body),
        ("DELETE", Route::Channel(c)) => {
            let gone = w.channel_json(channel(w, c)?);
            delete_channel(w, c);
            Ok(Answer(200, gone))
        }
        ("GET", Route::Messages(c)) => list(w, c, &call),
        ("POST", Route::Messages(c)) => create(w, c, &call),
        ("GET", Route::Message(c, m)) => Ok(Answer(200, w.message_json(message(w, c, m)?))),
        ("PATCH", Route::Message(c, m)) => update(w, c, m, &call),
        ("DELETE", Route::Message(c, m)) => {
            message(w, c, m)?;
            w.remove(m);
            Ok(Answer(204, Value::Null))
        }
        ("POST", Route::MessageThread(c, m)) => {
            message(w, c, m)?;
            if w.channels.contains_key(&m) {
                return Err(refuse(400, 160_004, "A thread has already been created for this message"));
            }
            thread(w, c, Some(m), &call)
        }
        ("POST", Route::Threads(c)) => thread(w, c, None, &call),
        ("PUT" | "DELETE", Route::ThreadMember(c)) => {
            channel(w, c)?;
            Ok(Answer(204, Value::Null))
        }
        ("POST", Route::Typing(c)) => {
            channel(w, c)?;
            w.typing.insert(c, Instant::now() + std::time::Duration::from_secs(10));
            Ok(Answer(204, Value::Null))
        }
        ("POST", Route::OpenDm) => open_dm(w, &call),
        _ => Err(Answer(405, json!({"code": 0, "message": "405: Method Not Allowed"}))),
    }
}

fn channel(w: &World, id: Id) -> Result<&Channel, Answer> {
    let channel = w.channels.get(&id).ok_or_else(|| refuse(404, 10003, "Unknown Channel"))?;
    if !channel.bot_access {
        return Err(refuse(403, 50001, "Missing Access"));
    }
    Ok(channel)
}

/// A message that the channel's routes can see: ephemeral ones do not exist for them.
fn message(w: &World, c: Id, m: Id) -> Result<&Message, Answer> {
    channel(w, c)?;
    w.messages
        .get(&m)
        .filter(|found| found.channel == c && found.only_for.is_none())
        .ok_or_else(|| refuse(404, 10008, "Unknown Message"))
}

fn list(w: &World, c: Id, call: &Call<'_>) -> Handled {
    let channel = channel(w, c)?;
    let limit = match call.query.get("limit").map(|l| l.parse::<usize>()) {
        None => 50,
        Some(Ok(n @ 1..=100)) => n,
        Some(_) => {
            let mut p = Problems::default();
            p.add("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.");
            return p.done().map(|()| Answer(200, json!([]))).map_err(invalid);
        }
    };
    let at = |key: &str| call.query.get(key).and_then(|v| v.parse::<Id>().ok());
    let seen = || channel.messages.iter().filter_map(|m| w.messages.get(m)).filter(|m| m.only_for.is_none());
    let mut page: Vec<&Message> = if let Some(after) = at("after") {
        seen().filter(|m| m.id > after).take(limit).collect()
    } else if let Some(around) = at("around") {
        let half = limit / 2;
        let mut near: Vec<&Message> = seen().filter(|m| m.id < around).collect();
        near.drain(..near.len().saturating_sub(half));
        near.extend(seen().filter(|m| m.id >= around).take(limit - half));
        near
    } else {
        let before = at("before").unwrap_or(Id::MAX);
        let mut all: Vec<&Message> = seen().filter(|m| m.id < before).collect();
        all.drain(..all.len().saturating_sub(limit));
        all
    };
    page.sort_by_key(|m| std::cmp::Reverse(m.id));
    Ok(Answer(200, page.into_iter().map(|m| w.message_json(m)).collect()))
}

fn create(w: &mut World, c: Id, call: &Call<'_>) -> Handled {
    let target = channel(w, c)?;
    if target.locked {
        return Err(refuse(400, 50083, "Thread is archived"));
    }
    if target.kind == ChannelKind::Category {
        return Err(refuse(400, 50008, "Cannot send messages in a non-text channel"));
    }
    if let Some(person) = target.recipient
        && w.users.get(&person).is_some_and(|u| u.dm != DmPolicy::Open)
    {
        return Err(refuse(403, 50007, "Cannot send messages to this user"));
    }
    let nonce = match &call.body["nonce"] {
        Value::Null => None,
        Value::String(s) => Some(s.clone()),
        other => Some(other.to_string()),
    };
    let nonce = nonce.filter(|n| !n.is_empty() && call.body["enforce_nonce"] == true);
    if let Some(nonce) = &nonce
        && let Some((first, since)) = w.nonces.get(&(c, nonce.clone()))
        && since.elapsed() < call.limits.nonce_window
        && let Some(first) = w.messages.get(first)
    {
        return Ok(Answer(200, w.message_json(first)));
    }
    let message = compose(w, call.body, &call.files, c, w.app, call.now).map_err(invalid)?;
    if let Some(nonce) = nonce {
        w.nonces.insert((c, nonce), (message.id, Instant::now()));
    }
    let answer = publish(w, message);
    Ok(Answer(200, answer))
}

/// Puts a message in its channel and tells the gateway; gives it as REST does.
pub fn publish(w: &mut World, message: Message) -> Value {
    let (id, private) = (message.id, message.only_for.is_some());
    let woken = w.channels.get(&message.channel).filter(|c| c.archived).map(|c| (c.id, c.guild));
    w.insert(message);
    if let Some((thread, guild)) = woken
        && let Some(thread) = w.channels.get(&thread)
    {
        let data = w.channel_json(thread);
        w.sessions.event("THREAD_UPDATE", &data, guild, 1);
    }
    tell(w, "MESSAGE_CREATE", id, private);
    w.messages.get(&id).map(|m| w.message_json(m)).unwrap_or_default()
}

/// Sends a message's event, unless nobody but one person may know of it.
pub fn tell(w: &mut World, event: &str, id: Id, private: bool) {
    if private {
        return;
    }
    let Some(message) = w.messages.get(&id) else { return };
    let guild = w.guild_of(message.channel).map(|g| g.id);
    let data = w.message_event_json(message);
    w.sessions.message_event(event, data, guild);
}

fn update(w: &mut World, c: Id, m: Id, call: &Call<'_>) -> Handled {
    let found = message(w, c, m)?;
    if found.author != w.app {
        return Err(refuse(403, 50005, "Cannot edit a message authored by another user"));
    }
    if channel(w, c)?.archived {
        return Err(refuse(400, 50083, "Thread is archived"));
    }
    let old = call.now - found.created > chrono::Duration::hours(1);
    if old && call.limits.old_edits.is_some_and(|max| found.edits >= max) {
        let message = "Maximum number of edits to messages older than 1 hour reached. Try again later";
        return Err(refuse(429, 30046, message));
    }
    let edited = post::edit(w, m, call.body, &call.files, call.now).map_err(invalid)?;
    tell(w, "MESSAGE_UPDATE", m, false);
    Ok(Answer(200, w.message_json(&edited)))
}

fn change(w: &mut World, c: Id, body: &Value) -> Handled {
    channel(w, c)?;
    let mut p = Problems::default();
    p.length("name", &body["name"], 1, 100, false);
    p.length("topic", &body["topic"], 0, 1024, false);
    p.done().map_err(invalid)?;
    let Some(channel) = w.channels.get_mut(&c) else { return Err(refuse(404, 10003, "Unknown Channel")) };
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut channel.name);
    }
    if let Some(topic) = body.get("topic") {
        channel.topic = topic.as_str().map(str::to_owned);
    }
    if channel.kind.is_thread() {
        channel.archived = body["archived"].as_bool().unwrap_or(channel.archived);
        channel.locked = body["locked"].as_bool().unwrap_or(channel.locked);
        channel.auto_archive = body["auto_archive_duration"].as_u64().unwrap_or(channel.auto_archive);
    }
    let (guild, event) =
        (channel.guild, if channel.kind.is_thread() { "THREAD_UPDATE" } else { "CHANNEL_UPDATE" });
    let data = w.channels.get(&c).map(|c| w.channel_json(c)).unwrap_or_default();
    w.sessions.event(event, &data, guild, 1);
    Ok(Answer(200, data))
}

/// Removes a channel with its threads and messages.
pub fn delete_channel(w: &mut World, id: Id) {
    let threads: Vec<Id> = w.channels.values().filter(|c| c.parent == Some(id)).map(|c| c.id).collect();
    for id in threads.into_iter().chain([id]) {
        if let Some(channel) = w.channels.get(&id) {
            let data = w.channel_json(channel);
            let event = if channel.kind.is_thread() { "THREAD_DELETE" } else { "CHANNEL_DELETE" };
            let guild = channel.guild;
            w.sessions.event(event, &data, guild, 1);
        }
        for message in w.channels.remove(&id).map(|c| c.messages).unwrap_or_default() {
            w.messages.remove(&message);
        }
    }
}

fn thread(w: &mut World, parent: Id, on: Option<Id>, call: &Call<'_>) -> Handled {
    let under = channel(w, parent)?;
    if under.kind.is_thread() || under.kind == ChannelKind::Dm {
        return Err(refuse(400, 50024, "Cannot execute action on this channel type"));
    }
    let guild = under.guild;
    let mut p = Problems::default();
    p.length("name", &call.body["name"], 1, 100, true);
    match call.body["auto_archive_duration"].as_u64() {
        None | Some(60 | 1440 | 4320 | 10080) => {}
        Some(_) => p.add(
            "auto_archive_duration",
            "BASE_TYPE_CHOICES",
            "Value must be one of {60, 1440, 4320, 10080}.",
        ),
    }
    p.done().map_err(invalid)?;
    let active =
        w.channels.values().filter(|c| c.guild == guild && c.kind.is_thread() && !c.archived).count();
    if active >= call.limits.active_threads {
        return Err(refuse(400, 160_006, "Maximum number of active threads reached"));
    }
    let kind = match call.body["type"].as_u64() {
        _ if on.is_some() => ChannelKind::Thread,
        Some(10 | 11) => ChannelKind::Thread,
        _ => ChannelKind::PrivateThread,
    };
    let id = on.unwrap_or_else(|| w.next_id());
    let name = call.body["name"].as_str().unwrap_or_default();
    let channel = Channel {
        parent: Some(parent),
        owner: Some(w.app),
        auto_archive: call.body["auto_archive_duration"].as_u64().unwrap_or(1440),
        ..Channel::new(id, guild, kind, name, call.now)
    };
    w.channels.insert(id, channel);
    let data = w.channels.get(&id).map(|c| w.channel_json(c)).unwrap_or_default();
    let mut event = data.clone();
    event["newly_created"] = json!(true);
    w.sessions.event("THREAD_CREATE", &event, guild, 1);
    Ok(Answer(201, data))
}

fn open_dm(w: &mut World, call: &Call<'_>) -> Handled {
    let person = id_of(&call.body["recipient_id"]).and_then(|id| w.users.get(&id));
    let Some(person) = person.filter(|p| !p.bot) else {
        return Err(refuse(400, 50033, "Invalid Recipient(s)"));
    };
    if person.dm == DmPolicy::RefuseOpen {
        return Err(refuse(403, 50007, "Cannot send messages to this user"));
    }
    let id = person.id;
    let dm = w.open_dm(id, call.now);
    Ok(Answer(200, w.channels.get(&dm).map(|c| w.channel_json(c)).unwrap_or_default()))
}

/// Posts a person's own words.
pub fn say(w: &mut World, channel: Id, author: Id, text: &str, now: DateTime<Utc>) -> Result<Id, Value> {
    let message = compose(w, &json!({"content": text}), &[], channel, author, now)?;
    let id = message.id;
    publish(w, message);
    Ok(id)
}
