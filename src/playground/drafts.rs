//! A person's actions, checked as Discord's client would check them, as interactions to be sent.
//!
//! What the client would not let a person do (press a disabled button, leave out a required option, choose
//! what is not offered) is refused here, before the bot hears of it.

use serde_json::{Map, Value, json};

use super::interact::{Actor, Draft, First, Kind, Refusal};
use super::json::MANAGE_GUILD;
use super::state::World;
use super::things::{Id, Message};
use super::typed::{Resolved, encode, find, leaf_options};
use super::validate::items;

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
    let data = json!({"custom_id": custom_id, "component_type": 2, "id": control["id"]});
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
    let mut data =
        json!({"custom_id": custom_id, "component_type": kind, "id": control["id"], "values": chosen});
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

/// A press that no page would send.
pub fn forged_press(message: Id, custom_id: &str) -> Draft {
    let data = json!({"custom_id": custom_id, "component_type": 2, "id": 1});
    Draft { message: Some(message), ..Draft::new(Kind::Component, custom_id, data) }
}
