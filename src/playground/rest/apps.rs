//! The bot's own account, guilds and members, and its commands.

use serde_json::{Value, json};

use super::route::Route;
use super::{Answer, Call, Handled, invalid, refuse};
use crate::playground::json::{guild as guild_json, merge, user};
use crate::playground::state::World;
use crate::playground::things::{Channel, Guild, Id};
use crate::playground::validate::{check_commands, items};

pub fn handle(w: &mut World, route: &Route<'_>, call: &Call<'_>) -> Handled {
    match (call.method, route) {
        ("GET", Route::Gateway) => Ok(Answer(200, json!({"url": w.gateway_url}))),
        ("GET", Route::GatewayBot) => Ok(Answer(
            200,
            json!({
                "url": w.gateway_url, "shards": 1,
                "session_start_limit": {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1},
            }),
        )),
        ("GET", Route::Me) => {
            let mut me = w.users.get(&w.app).map(user).unwrap_or_default();
            merge(
                &mut me,
                json!({"mfa_enabled": true, "locale": "en-US", "premium_type": 0, "email": null, "verified": true}),
            );
            Ok(Answer(200, me))
        }
        ("GET", Route::User(id)) => {
            w.users.get(id).map(|u| Answer(200, user(u))).ok_or_else(|| refuse(404, 10013, "Unknown User"))
        }
        ("GET", Route::Application { .. }) => Ok(Answer(200, application(w))),
        ("GET", Route::MyGuilds) => Ok(Answer(200, w.guilds.values().map(|g| own_guild(w, g)).collect())),
        (
            "GET",
            Route::Guild(_)
            | Route::GuildChannels(_)
            | Route::GuildRoles(_)
            | Route::Members(_)
            | Route::Member(..)
            | Route::ActiveThreads(_),
        ) => guild(w, route),
        ("GET", Route::Commands { guild }) => {
            known(w, *guild)?;
            Ok(Answer(200, w.commands.get(guild).cloned().unwrap_or_default().into()))
        }
        ("PUT", Route::Commands { guild }) => {
            known(w, *guild)?;
            let list = items(call.body).to_vec();
            check_commands(&list).map_err(invalid)?;
            let old = w.commands.remove(guild).unwrap_or_default();
            let stored: Vec<Value> = list.into_iter().map(|c| store(w, *guild, c, &old)).collect();
            w.commands.insert(*guild, stored.clone());
            Ok(Answer(200, stored.into()))
        }
        ("POST", Route::Commands { guild }) => {
            known(w, *guild)?;
            let old = w.commands.get(guild).cloned().unwrap_or_default();
            let mut list = old.clone();
            list.retain(|c| !same(c, call.body));
            let existed = list.len() < old.len();
            list.push(call.body.clone());
            check_commands(&list).map_err(invalid)?;
            list.pop();
            let stored = store(w, *guild, call.body.clone(), &old);
            list.push(stored.clone());
            w.commands.insert(*guild, list);
            Ok(Answer(if existed { 200 } else { 201 }, stored))
        }
        (_, Route::Command { guild, command }) => one_command(w, call, *guild, *command),
        _ => Err(Answer(405, json!({"code": 0, "message": "405: Method Not Allowed"}))),
    }
}

fn application(w: &World) -> Value {
    let bot = w.users.get(&w.app);
    let owner = w.users.values().find(|u| u.manage_guild).or(bot).map(user);
    json!({
        "id": w.app.to_string(), "name": bot.map(|b| &b.display), "icon": null, "description": "", "summary": "",
        "bot_public": false, "bot_require_code_grant": false, "verify_key": "0".repeat(64), "flags": 0, "flags_new": "0",
        "approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0, "eligible_oauth2_scopes": ["bot", "applications.commands"],
        "owner": owner, "team": null, "rpc_origins": [], "type": null, "hook": true, "redirect_uris": [],
        "interactions_endpoint_url": null, "role_connections_verification_url": null, "tags": [],
        "approximate_guild_count": w.guilds.len(), "bot": bot.map(user),
    })
}

fn known(w: &World, guild: Option<Id>) -> Result<(), Answer> {
    match guild {
        Some(g) if !w.guilds.contains_key(&g) => Err(refuse(403, 50001, "Missing Access")),
        _ => Ok(()),
    }
}

fn same(a: &Value, b: &Value) -> bool {
    a["name"] == b["name"] && a["type"].as_u64().unwrap_or(1) == b["type"].as_u64().unwrap_or(1)
}

/// A command with the fields that Discord adds; one of the same name keeps its id.
fn store(w: &mut World, guild: Option<Id>, mut command: Value, old: &[Value]) -> Value {
    let id = old.iter().find(|o| same(o, &command)).map(|o| o["id"].clone());
    let id = id.unwrap_or_else(|| json!(w.next_id().to_string()));
    let version = w.next_id().to_string();
    let kind = command["type"].as_u64().unwrap_or(1);
    let defaults = json!({
        "id": id, "application_id": w.app.to_string(), "version": version, "type": kind,
    });
    if guild.is_none() && command.get("contexts").is_none() {
        command["contexts"] = Value::Null;
    }
    for (key, value) in [
        ("description", json!("")),
        ("name_localizations", Value::Null),
        ("description_localizations", Value::Null),
        ("default_member_permissions", Value::Null),
        ("dm_permission", json!(guild.is_none())),
        ("nsfw", json!(false)),
        ("integration_types", json!([0])),
    ] {
        if command.get(key).is_none() {
            command[key] = value;
        }
    }
    merge(&mut command, defaults);
    tidy(&mut command["options"]);
    if command["options"].is_null()
        && let Some(object) = command.as_object_mut()
    {
        object.remove("options");
    }
    if let Some(guild) = guild {
        command["guild_id"] = json!(guild.to_string());
    }
    command
}

/// Options as Discord gives them back: without what is null, empty or false.
fn tidy(options: &mut Value) {
    for option in options.as_array_mut().into_iter().flatten() {
        if let Some(object) = option.as_object_mut() {
            object.retain(|_, v| !v.is_null() && *v != json!([]) && *v != json!({}) && *v != json!(false));
        }
        if option.get("options").is_some() {
            tidy(&mut option["options"]);
        }
        for choice in option.get_mut("choices").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(object) = choice.as_object_mut() {
                object.retain(|_, v| !v.is_null());
            }
        }
    }
}

/// A guild in the bot's own list.
fn own_guild(w: &World, g: &Guild) -> Value {
    json!({
        "id": g.id.to_string(), "name": g.name, "icon": null, "banner": null, "owner": g.owner == w.app,
        "permissions": w.permissions(w.app).to_string(), "features": [],
        "approximate_member_count": g.members.len(), "approximate_presence_count": 1,
    })
}

fn one_command(w: &mut World, call: &Call<'_>, guild: Option<Id>, command: Id) -> Handled {
    let unknown = || refuse(404, 10063, "Unknown application command");
    let old = w.commands.get(&guild).cloned().unwrap_or_default();
    let at = old.iter().position(|c| c["id"] == command.to_string().as_str()).ok_or_else(unknown)?;
    match call.method {
        "GET" => Ok(Answer(200, old[at].clone())),
        "DELETE" => {
            if let Some(list) = w.commands.get_mut(&guild) {
                list.remove(at);
            }
            Ok(Answer(204, Value::Null))
        }
        "PATCH" => {
            let mut list = old.clone();
            merge(&mut list[at], call.body.clone());
            check_commands(&list).map_err(invalid)?;
            let changed = list[at].clone();
            w.commands.insert(guild, list);
            Ok(Answer(200, changed))
        }
        _ => Err(Answer(405, json!({"code": 0, "message": "405: Method Not Allowed"}))),
    }
}

fn guild(w: &World, route: &Route<'_>) -> Handled {
    let (Route::Guild(id)
    | Route::GuildChannels(id)
    | Route::GuildRoles(id)
    | Route::Members(id)
    | Route::Member(id, _)
    | Route::ActiveThreads(id)) = route
    else {
        return Err(refuse(404, 0, "404: Not Found"));
    };
    let guild = w.guilds.get(id).ok_or_else(|| refuse(404, 10004, "Unknown Guild"))?;
    let channels = |wanted: &dyn Fn(&Channel) -> bool| -> Vec<Value> {
        let fits = |c: &&Channel| c.guild == Some(*id) && wanted(c);
        w.channels.values().filter(fits).map(|c| w.channel_json(c)).collect()
    };
    let body = match route {
        Route::GuildChannels(_) => channels(&|c| !c.kind.is_thread()).into(),
        Route::ActiveThreads(_) => {
            json!({"threads": channels(&|c| c.kind.is_thread() && !c.archived), "members": [], "has_more": false})
        }
        Route::GuildRoles(_) => guild_json(guild)["roles"].clone(),
        Route::Members(_) => guild.members.keys().map(|m| w.member_json(guild, *m, false)).collect(),
        Route::Member(_, member) => {
            if !guild.members.contains_key(member) {
                return Err(refuse(404, 10007, "Unknown Member"));
            }
            w.member_json(guild, *member, false)
        }
        _ => guild_json(guild),
    };
    Ok(Answer(200, body))
}
