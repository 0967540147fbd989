//! Messages from bodies: composing, editing, and who is pinged.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Upload, id_of};
use crate::playground::state::World;
use crate::playground::things::{Attachment, Id, Message};
use crate::playground::validate::{check_message, items};

const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
const SUPPRESS_EMBEDS: u64 = 1 << 2;

/// Builds a message from a checked or unchecked body; it is not yet in the world. The error is Discord's.
pub fn compose(
    w: &mut World,
    body: &Value,
    files: &[Upload],
    channel: Id,
    author: Id,
    now: DateTime<Utc>,
) -> Result<Message, Value> {
    check_message(body, files.len(), false)?;
    let id = w.next_id();
    let mut m = Message::new(id, channel, author, now);
    body["content"].as_str().unwrap_or_default().trim().clone_into(&mut m.content);
    m.flags = body["flags"].as_u64().unwrap_or(0) & (SUPPRESS_NOTIFICATIONS | SUPPRESS_EMBEDS);
    m.nonce = Some(body["nonce"].clone()).filter(|n| !n.is_null());
    m.attachments = attach(w, &body["attachments"], files, &m);
    m.embeds = embeds(&body["embeds"], &m.attachments);
    m.components = components(&body["components"]);
    if let Some(reply) = id_of(&body["message_reference"]["message_id"]) {
        let there = w.messages.get(&reply).is_some_and(|r| r.channel == channel && r.only_for.is_none());
        if !there && body["message_reference"]["fail_if_not_exists"] != false {
            return Err(json!({
                "code": 50035, "message": "Invalid Form Body",
                "errors": {"message_reference": {"_errors": [{
                    "code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message",
                }]}},
            }));
        }
        if there {
            m.reply_to = Some(reply);
            m.kind = 19;
        }
    }
    set_mentions(w, &mut m, &body["allowed_mentions"]);
    Ok(m)
}

/// Changes a message by a PATCH body: only what the body names changes, and nobody is pinged.
pub fn edit(
    w: &mut World,
    id: Id,
    body: &Value,
    files: &[Upload],
    now: DateTime<Utc>,
) -> Result<Message, Value> {
    check_message(body, files.len(), true)?;
    let Some(mut m) = w.messages.get(&id).cloned() else {
        return Err(json!({"code": 10008, "message": "Unknown Message"}));
    };
    if let Some(keep) = body["attachments"].as_array() {
        let kept: Vec<Id> = keep.iter().filter_map(|a| id_of(&a["id"])).collect();
        m.attachments.retain(|a| kept.contains(&a.id));
    }
    let fresh = attach(w, &body["attachments"], files, &m);
    m.attachments.extend(fresh);
    if body.get("content").is_some() {
        body["content"].as_str().unwrap_or_default().trim().clone_into(&mut m.content);
    }
    if body.get("embeds").is_some() {
        m.embeds = embeds(&body["embeds"], &m.attachments);
    }
    if body.get("components").is_some() {
        m.components = components(&body["components"]);
    }
    if let Some(flags) = body["flags"].as_u64() {
        m.flags = (m.flags & !SUPPRESS_EMBEDS) | (flags & SUPPRESS_EMBEDS);
    }
    if m.content.is_empty() && m.embeds.is_empty() && m.components.is_empty() && m.attachments.is_empty() {
        return Err(json!({"code": 50006, "message": "Cannot send an empty message"}));
    }
    let (pinged, everyone) = (std::mem::take(&mut m.pinged), m.pinged_everyone);
    set_mentions(w, &mut m, &body["allowed_mentions"]);
    (m.pinged, m.pinged_everyone) = (pinged, everyone);
    if m.loading {
        m.loading = false;
    } else {
        m.edited = Some(now);
        m.edits += 1;
    }
    w.messages.insert(id, m.clone());
    Ok(m)
}

fn attach(w: &mut World, told: &Value, files: &[Upload], m: &Message) -> Vec<Attachment> {
    let mut list = Vec::new();
    for file in files {
        let about = items(told).iter().find(|a| file.number().is_some() && id_of(&a["id"]) == file.number());
        let name = about.and_then(|a| a["filename"].as_str()).unwrap_or(&file.name);
        let safe: String = name
            .chars()
            .map(|c| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' })
            .collect();
        let id = w.next_id();
        let url = format!("{}/attachments/{}/{id}/{safe}", w.base, m.channel);
        list.push(Attachment {
            id,
            name: safe,
            content_type: file.content_type.clone(),
            description: about.and_then(|a| a["description"].as_str()).map(str::to_owned),
            url,
            bytes: Arc::clone(&file.bytes),
        });
    }
    list
}

/// Embeds as Discord gives them back: with their type, and with attached files resolved to addresses.
fn embeds(list: &Value, attachments: &[Attachment]) -> Vec<Value> {
    let mut list = items(list).to_vec();
    for embed in &mut list {
        embed["type"] = json!("rich");
        for part in ["image", "thumbnail"] {
            let Some(url) = embed[part]["url"].as_str() else { continue };
            let file = url.strip_prefix("attachment://");
            let url =
                file.and_then(|f| attachments.iter().rev().find(|a| a.name == f)).map(|a| a.url.clone());
            if let Some(url) = url {
                embed[part]["url"] = json!(url);
            }
        }
        for field in embed["fields"].as_array_mut().into_iter().flatten() {
            if field["inline"].is_null() {
                field["inline"] = json!(false);
            }
        }
        if let Some(object) = embed.as_object_mut() {
            object.retain(|_, v| !v.is_null());
        }
    }
    list
}

/// Action rows as Discord gives them back: numbered, and with a menu's defaults spelled out.
fn components(list: &Value) -> Vec<Value> {
    let mut rows = items(list).to_vec();
    let mut id = 0;
    let mut number = |node: &mut Value| {
        id += 1;
        if node["id"].is_null() {
            node["id"] = json!(id);
        }
    };
    for row in &mut rows {
        number(row);
        for control in row["components"].as_array_mut().into_iter().flatten() {
            number(control);
            if control["type"] != 2 {
                for key in ["min_values", "max_values"] {
                    if control[key].is_null() {
                        control[key] = json!(1);
                    }
                }
            }
            if let Some(object) = control.as_object_mut() {
                object.retain(|_, v| !v.is_null());
            }
        }
    }
    rows
}

/// Works out who a message names and pings, by its text and `allowed_mentions` (absent means all).
fn set_mentions(w: &World, m: &mut Message, allowed: &Value) {
    let named = Named::read(&m.content);
    let parse = |kind: &str| allowed.is_null() || items(&allowed["parse"]).iter().any(|k| k == kind);
    let listed = |kind: &str, id: Id| items(&allowed[kind]).iter().any(|v| id_of(v) == Some(id));
    let users: BTreeSet<Id> = named
        .users
        .iter()
        .copied()
        .filter(|u| w.users.contains_key(u) && (parse("users") || listed("users", *u)))
        .collect();
    let guild = w.guild_of(m.channel);
    let roles: Vec<Id> = named
        .roles
        .iter()
        .copied()
        .filter(|r| guild.is_some_and(|g| g.roles.iter().any(|role| role.id == *r)))
        .filter(|r| parse("roles") || listed("roles", *r))
        .collect();
    let everyone = named.everyone && parse("everyone") && guild.is_some();
    let mut pinged = users.clone();
    if let Some(guild) = guild {
        for (member, held) in &guild.members {
            if everyone || held.iter().any(|r| roles.contains(r)) {
                pinged.insert(*member);
            }
        }
    }
    let replied = m.reply_to.and_then(|r| w.messages.get(&r)).map(|r| r.author);
    if let Some(author) = replied
        && (allowed.is_null() || allowed["replied_user"] == true)
    {
        pinged.insert(author);
    }
    let audience = w.audience(m.channel);
    let silent = m.flags & SUPPRESS_NOTIFICATIONS != 0 || m.only_for.is_some();
    pinged.retain(|p| !silent && audience.contains(p) && *p != m.author && *p != w.app);
    m.mentions = users.into_iter().collect();
    m.mention_roles = roles;
    m.pinged_everyone = everyone && !silent;
    m.pinged = pinged.into_iter().collect();
}

/// What a text names outside of code.
#[derive(Default)]
struct Named {
    users: Vec<Id>,
    roles: Vec<Id>,
    everyone: bool,
}

impl Named {
    fn read(text: &str) -> Self {
        let mut found = Self::default();
        // Parts at odd places of a split at backticks are code; good enough for balanced marks.
        let fences: Vec<&str> = text.split("```").collect();
        for prose in fences.iter().step_by(2) {
            let spans: Vec<&str> = prose.split('`').collect();
            for (n, prose) in spans.iter().enumerate() {
                let unclosed = spans.len().is_multiple_of(2) && n + 1 == spans.len();
                if n % 2 == 0 || unclosed {
                    found.scan(prose);
                }
            }
        }
        found
    }

    fn scan(&mut self, text: &str) {
        self.everyone |= text.contains("@everyone") || text.contains("@here");
        for part in text.split("<@").skip(1) {
            let Some((inner, _)) = part.split_once('>') else { continue };
            if let Some(role) = inner.strip_prefix('&') {
                self.roles.extend(role.parse::<Id>());
            } else {
                self.users.extend(inner.trim_start_matches('!').parse::<Id>());
            }
        }
    }
}
