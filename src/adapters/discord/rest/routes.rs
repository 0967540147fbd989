//! The endpoints that the bot uses, each as the [`Call`] it makes.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::limits::RouteKey;
use super::{Body, Call, Pace};

/// A short hold is waited for here; a longer one is delivery's to plan around.
const BRIEF: Duration = Duration::from_millis(750);
/// What start-up waits for.
const PATIENT: Duration = Duration::from_mins(2);

fn governed(
    patience: Duration,
    method: Method,
    template: &'static str,
    major: &impl ToString,
    path: String,
    body: Body,
) -> Call {
    let route = RouteKey { template, major: major.to_string() };
    Call { method, path, route, body, pace: Pace::Governed(patience) }
}

fn interaction(method: Method, path: String, body: Body) -> Call {
    let route = RouteKey { template: "interaction", major: String::new() };
    Call { method, path, route, body, pace: Pace::Interaction }
}

/// Where the gateway is.
pub fn gateway() -> Call {
    governed(PATIENT, Method::GET, "GET gateway/bot", &"", "gateway/bot".into(), Body::Empty)
}

/// The bot's own user.
pub fn me() -> Call {
    governed(PATIENT, Method::GET, "GET users/@me", &"", "users/@me".into(), Body::Empty)
}

/// The conversation with a person.
pub fn open_dm(person: i64) -> Call {
    let body = Body::Json(json!({"recipient_id": person.to_string()}));
    governed(BRIEF, Method::POST, "POST users/@me/channels", &"", "users/@me/channels".into(), body)
}

/// A member of a guild.
pub fn member(guild: i64, person: i64) -> Call {
    let path = format!("guilds/{guild}/members/{person}");
    governed(BRIEF, Method::GET, "GET guilds/members", &guild, path, Body::Empty)
}

/// A new message.
pub fn post(channel: i64, body: Body) -> Call {
    let path = format!("channels/{channel}/messages");
    governed(BRIEF, Method::POST, "POST channels/messages", &channel, path, body)
}

/// Another text for a message.
pub fn edit(channel: i64, message: i64, body: Body) -> Call {
    let path = format!("channels/{channel}/messages/{message}");
    governed(BRIEF, Method::PATCH, "PATCH channels/messages", &channel, path, body)
}

/// A thread on a message; archived after an hour of silence (ruling 20).
pub fn open_thread(channel: i64, message: i64, name: &str) -> Call {
    let body = Body::Json(json!({"name": name, "auto_archive_duration": 60}));
    let path = format!("channels/{channel}/messages/{message}/threads");
    governed(BRIEF, Method::POST, "POST channels/messages/threads", &channel, path, body)
}

/// Up to 100 messages after one.
pub fn messages_after(channel: i64, after: i64) -> Call {
    let path = format!("channels/{channel}/messages?after={after}&limit=100");
    governed(BRIEF, Method::GET, "GET channels/messages", &channel, path, Body::Empty)
}

/// The commands registered in a guild.
pub fn commands(application: u64, guild: i64) -> Call {
    let path = format!("applications/{application}/guilds/{guild}/commands");
    governed(PATIENT, Method::GET, "GET guilds/commands", &guild, path, Body::Empty)
}

/// Registers a guild's commands, in place of those that are there.
pub fn put_commands(application: u64, guild: i64, tree: Value) -> Call {
    let path = format!("applications/{application}/guilds/{guild}/commands");
    governed(PATIENT, Method::PUT, "PUT guilds/commands", &guild, path, Body::Json(tree))
}

/// The first answer to an interaction.
pub fn answer(id: u64, token: &str, body: Body) -> Call {
    interaction(Method::POST, format!("interactions/{id}/{token}/callback"), body)
}

/// Another text for the first answer, or the text that it promised.
pub fn edit_answer(application: u64, token: &str, body: Body) -> Call {
    interaction(Method::PATCH, format!("webhooks/{application}/{token}/messages/@original"), body)
}

/// Takes the first answer away.
pub fn delete_answer(application: u64, token: &str) -> Call {
    interaction(Method::DELETE, format!("webhooks/{application}/{token}/messages/@original"), Body::Empty)
}

/// A further answer.
pub fn follow_up(application: u64, token: &str, body: Body) -> Call {
    interaction(Method::POST, format!("webhooks/{application}/{token}"), body)
}
