//! A typed `/command sub option:value option:"two words"` line, read against the registered commands.
//!
//! ```text
//! line   = "/" name (" " name)* (" " option ":" value)*
//! value  = '"' anything '"'  |  anything up to the next " option:"
//! ```
//! Option names are those of the command, so a value may hold colons. People, roles and channels are named
//! as they are written in chat: `@ana`, `@manager`, `#alerts`, a mention, or an id.

use serde_json::{Map, Value, json};

use super::drafts::permitted;
use super::interact::{Actor, Refusal};
use super::json::{attachment, merge, role, user};
use super::state::World;
use super::things::Key;
use super::validate::items;

/// A command and the branch of it that a path leads to.
pub struct Found<'a> {
    pub command: &'a Value,
    /// Names below the command: none, a subcommand, or a group and a subcommand.
    pub branch: Vec<(&'a str, u64)>,
    pub leaf: &'a Value,
}

/// Finds `["lead", "new"]` among the commands that work in the channel.
pub fn find<'a>(w: &'a World, a: Actor, path: &[String]) -> Result<Found<'a>, Refusal> {
    let guild = w.guild_of(a.channel).map(|g| g.id);
    let Some(name) = path.first() else { return Refusal::because("Name a command.") };
    let commands: Vec<&Value> =
        w.commands(guild).into_iter().filter(|c| c["type"].as_u64().unwrap_or(1) == 1).collect();
    let Some(command) = commands.iter().find(|c| c["name"] == name.as_str()).copied() else {
        let known: Vec<String> =
            commands.iter().filter_map(|c| c["name"].as_str()).map(|n| format!("/{n}")).collect();
        let known = if known.is_empty() { "none yet".into() } else { known.join(", ") };
        return Refusal::because(format!("There is no command /{name} here. Known: {known}."));
    };
    permitted(w, a.user, command)?;
    let mut leaf = command;
    let mut branch = Vec::new();
    for word in &path[1..] {
        let next = items(&leaf["options"])
            .iter()
            .find(|o| matches!(o["type"].as_u64(), Some(1 | 2)) && o["name"] == word.as_str());
        let Some(next) = next else {
            return Refusal::because(format!("/{} is not a command.", path.join(" ")));
        };
        branch.push((next["name"].as_str().unwrap_or_default(), next["type"].as_u64().unwrap_or(1)));
        leaf = next;
    }
    let subs: Vec<&str> = items(&leaf["options"])
        .iter()
        .filter(|o| matches!(o["type"].as_u64(), Some(1 | 2)))
        .filter_map(|o| o["name"].as_str())
        .collect();
    if !subs.is_empty() {
        return Refusal::because(format!("/{} goes on with one of: {}.", path.join(" "), subs.join(", ")));
    }
    Ok(Found { command, branch, leaf })
}

/// The options of a leaf that take values.
pub fn leaf_options(leaf: &Value) -> &[Value] {
    items(&leaf["options"])
}

impl Found<'_> {
    /// The interaction's `data`: options nested as the path goes.
    pub fn data(&self, given: Vec<Value>, resolved: Resolved) -> Value {
        let mut options = given;
        for (name, kind) in self.branch.iter().rev() {
            options = vec![json!({"name": name, "type": kind, "options": options})];
        }
        let mut data = json!({
            "id": self.command["id"], "name": self.command["name"], "type": 1, "options": options,
        });
        if !self.command["guild_id"].is_null() {
            data["guild_id"] = self.command["guild_id"].clone();
        }
        let resolved = resolved.json();
        if resolved != json!({}) {
            data["resolved"] = resolved;
        }
        data
    }
}

/// Things that options refer to, by kind and id.
#[derive(Default)]
pub struct Resolved {
    parts: Map<String, Value>,
}

impl Resolved {
    fn add(&mut self, kind: &str, id: &str, value: Value) {
        let part = self.parts.entry(kind).or_insert_with(|| json!({}));
        merge(part, json!({ id: value }));
    }

    pub fn json(self) -> Value {
        Value::Object(self.parts)
    }
}

/// A value as Discord sends it for an option, checked against the option's definition.
pub fn encode(
    w: &World,
    a: Actor,
    spec: &Value,
    value: &Value,
    out: &mut Resolved,
) -> Result<Value, Refusal> {
    let name = spec["name"].as_str().unwrap_or_default();
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let wrong = |what: &str| Refusal::because(format!("“{text}” is not {what}, which “{name}” needs."));
    let choices = items(&spec["choices"]);
    if !choices.is_empty() {
        let same =
            |c: &&Value| c["name"] == text.as_str() || c["value"] == *value || c["value"] == text.as_str();
        return match choices.iter().find(same) {
            Some(choice) => Ok(choice["value"].clone()),
            None => {
                let offered: Vec<&str> = choices.iter().filter_map(|c| c["name"].as_str()).collect();
                Refusal::because(format!("“{text}” is not a choice for “{name}”: {}.", offered.join(", ")))
            }
        };
    }
    match spec["type"].as_u64().unwrap_or(3) {
        3 => {
            let length = text.chars().count() as u64;
            let most = spec["max_length"].as_u64().unwrap_or(6_000).min(6_000);
            if length > most {
                return Refusal::because(format!("“{name}” takes at most {most} characters."));
            }
            if spec["min_length"].as_u64().is_some_and(|min| length < min) {
                return Refusal::because(format!(
                    "“{name}” needs at least {} characters.",
                    spec["min_length"]
                ));
            }
            Ok(json!(text))
        }
        4 | 10 => {
            let number = if spec["type"] == 4 {
                text.parse::<i64>().ok().map(|n| (json!(n), n as f64))
            } else {
                text.parse::<f64>().ok().filter(|n| n.is_finite()).map(|n| (json!(n), n))
            };
            let Some((number, size)) = number else {
                return wrong(if spec["type"] == 4 { "a whole number" } else { "a number" });
            };
            let too_small = spec["min_value"].as_f64().is_some_and(|min| size < min);
            if too_small || spec["max_value"].as_f64().is_some_and(|max| size > max) {
                return wrong("within the range");
            }
            Ok(number)
        }
        5 => match text.to_lowercase().as_str() {
            "true" | "yes" => Ok(json!(true)),
            "false" | "no" => Ok(json!(false)),
            _ => wrong("true or false"),
        },
        6 => match person(w, a, &text, out) {
            Some(id) => Ok(id),
            None => wrong("a member"),
        },
        8 => match held_role(w, a, &text, out) {
            Some(id) => Ok(id),
            None => wrong("a role"),
        },
        9 => match person(w, a, &text, out).or_else(|| held_role(w, a, &text, out)) {
            Some(id) => Ok(id),
            None => wrong("a member or a role"),
        },
        7 => {
            let bare = text.trim_start_matches("<#").trim_end_matches('>').trim_start_matches('#');
            let guild = w.guild_of(a.channel).map(|g| g.id);
            let here =
                w.channels().find(|c| c.guild == guild && c.guild.is_some() && c.name == bare).map(|c| c.id);
            let found = here.or_else(|| w.channel_id(&Key::from(bare))).and_then(|id| w.channels.get(&id));
            let Some(channel) = found.filter(|c| c.guild == guild) else { return wrong("a channel") };
            let kinds = items(&spec["channel_types"]);
            if !kinds.is_empty() && !kinds.iter().any(|k| k == channel.kind.number()) {
                return wrong("a channel of the right kind");
            }
            let id = channel.id.to_string();
            out.add("channels", &id, w.partial_channel_json(channel, a.user));
            Ok(json!(id))
        }
        11 => {
            // By its id, or the newest of that name.
            let by_name = || w.uploads.values().filter(|file| file.name == text).max_by_key(|file| file.id);
            let found = text.parse().ok().and_then(|id| w.uploads.get(&id)).or_else(by_name);
            let Some(file) = found else { return wrong("an uploaded file") };
            let id = file.id.to_string();
            let mut data = attachment(file);
            data["ephemeral"] = json!(true);
            out.add("attachments", &id, data);
            Ok(json!(id))
        }
        _ => wrong("known"),
    }
}

fn person(w: &World, a: Actor, text: &str, out: &mut Resolved) -> Option<Value> {
    let bare =
        text.trim_start_matches("<@").trim_start_matches('!').trim_end_matches('>').trim_start_matches('@');
    let found = w.user_id(&Key::from(bare)).and_then(|id| w.users.get(&id))?;
    let id = found.id.to_string();
    if let Some(guild) = w.guild_of(a.channel) {
        let mut member = w.member_json(guild, found.id, true);
        if !guild.members.contains_key(&found.id) {
            return None;
        }
        member["permissions"] = json!(w.permissions(found.id).to_string());
        out.add("members", &id, member);
    }
    out.add("users", &id, user(found));
    Some(json!(id))
}

fn held_role(w: &World, a: Actor, text: &str, out: &mut Resolved) -> Option<Value> {
    let bare = text.trim_start_matches("<@&").trim_end_matches('>').trim_start_matches('@');
    let guild = w.guild_of(a.channel)?;
    let found = guild
        .roles
        .iter()
        .find(|r| r.name.trim_start_matches('@').eq_ignore_ascii_case(bare) || bare.parse() == Ok(r.id))?;
    let id = found.id.to_string();
    out.add("roles", &id, role(found));
    Some(json!(id))
}

/// Reads a typed line into a path and options.
pub fn parse(w: &World, a: Actor, line: &str) -> Result<(Vec<String>, Map<String, Value>), Refusal> {
    let Some(line) = line.trim().strip_prefix('/') else {
        return Refusal::because("A command begins with “/”.");
    };
    let guild = w.guild_of(a.channel).map(|g| g.id);
    let mut rest = line;
    let mut path = Vec::new();
    let mut options: &[Value] = &[];
    loop {
        let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let next = if path.is_empty() {
            w.commands(guild).into_iter().find(|c| c["name"] == word && c["type"].as_u64().unwrap_or(1) == 1)
        } else {
            options.iter().find(|o| matches!(o["type"].as_u64(), Some(1 | 2)) && o["name"] == word)
        };
        match next {
            Some(next) => options = items(&next["options"]),
            None if path.is_empty() => {}
            None => break,
        }
        path.push(word.to_owned());
        rest = after.trim_start();
        if rest.is_empty() || next.is_none() {
            break;
        }
    }
    // Finding again gives the reason where the path leads nowhere.
    let found = find(w, a, &path)?;
    let names: Vec<&str> = leaf_options(found.leaf).iter().filter_map(|o| o["name"].as_str()).collect();
    let mut given = Map::new();
    while !rest.is_empty() {
        let name = names.iter().find(|n| rest.strip_prefix(**n).is_some_and(|r| r.starts_with(':')));
        let Some(name) = name else {
            let word = rest.split_whitespace().next().unwrap_or(rest);
            let path = path.join(" ");
            return Refusal::because(format!(
                "I cannot place “{word}” in /{path}. It takes: {}.",
                names.join(", ")
            ));
        };
        let (value, after) = value(&rest[name.len() + 1..], &names);
        given.insert((*name).to_owned(), json!(value));
        rest = after.trim_start();
    }
    Ok((path, given))
}

/// A value from the start of `text`, and what comes after it.
fn value<'a>(text: &'a str, names: &[&str]) -> (&'a str, &'a str) {
    if let Some(quoted) = text.strip_prefix('"')
        && let Some((inside, after)) = quoted.split_once('"')
    {
        return (inside, after);
    }
    let starts = |at: usize| {
        let next = text[at..].trim_start();
        names.iter().any(|n| next.strip_prefix(*n).is_some_and(|r| r.starts_with(':')))
    };
    let end =
        text.char_indices().find(|(at, c)| c.is_whitespace() && starts(*at)).map_or(text.len(), |(at, _)| at);
    (text[..end].trim(), &text[end..])
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn a_value_ends_at_its_quote_or_at_the_next_option() {
        let names = ["name", "value"];
        assert_eq!(value("\"Acme: one\" value:3", &names), ("Acme: one", " value:3"));
        assert_eq!(value("Acme Ltd value:3", &names), ("Acme Ltd", " value:3"));
        assert_eq!(value("see http://x.y/z", &names), ("see http://x.y/z", ""));
    }
}
