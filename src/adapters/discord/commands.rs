//! The command table as Discord registers it, and its registration.
//!
//! The tree of a guild is sent only when it differs from what Discord has (ruling 18): Discord allows 200 new
//! commands a day, and people's clients load a changed tree anew. What Discord has is asked of Discord, so that a
//! tree that was changed or lost behind our back is put right at the next connection.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::sync::{broadcast, watch};

use super::rest::failure::Failure;
use super::rest::{Rest, routes};
use crate::chat::commands::{Command, Opt, OptKind, Sub};
use crate::chat::port::Service;
use crate::domain::ids::WorkspaceId;

const MESSAGE_MENU: u8 = 3;
const SUB_COMMAND: u8 = 1;
const GROUP: u8 = 2;
/// Text and announcement channels: where one can write.
const WRITABLE: [u8; 2] = [0, 5];

/// The commands as JSON, and those of a message's menu after them.
pub fn tree(commands: &[Command], menu: &[String]) -> Value {
    let slash = commands
        .iter()
        .map(|c| json!({"type": 1, "name": c.name, "description": c.means, "options": subs(&c.subs)}));
    slash
        .chain(menu.iter().map(|name| json!({"type": MESSAGE_MENU, "name": name, "description": ""})))
        .collect()
}

/// Sub-commands in their order, those of a group together where its first one stands.
fn subs(subs: &[Sub]) -> Vec<Value> {
    let mut out: Vec<Value> = Vec::new();
    for sub in subs {
        match sub.path.as_slice() {
            [group, name] => {
                let inner = sub_command(name, sub);
                let open = out.iter_mut().find(|o| o["type"] == GROUP && o["name"] == group.as_str());
                match open.and_then(|o| o["options"].as_array_mut()) {
                    Some(options) => options.push(inner),
                    None => out.push(
                        json!({"type": GROUP, "name": group, "description": group, "options": [inner]}),
                    ),
                }
            }
            [name] => out.push(sub_command(name, sub)),
            // The table has no others; Discord knows no deeper ones.
            _ => {}
        }
    }
    out
}

fn sub_command(name: &str, sub: &Sub) -> Value {
    let options: Vec<Value> = sub.options.iter().map(option).collect();
    json!({"type": SUB_COMMAND, "name": name, "description": sub.means, "options": options})
}

fn option(option: &Opt) -> Value {
    let mut json = json!({"type": kind(option.kind), "name": option.name, "description": option.means});
    if option.required {
        json["required"] = json!(true);
    }
    if !option.choices.is_empty() {
        let choices = option.choices.iter().map(|(value, label)| json!({"name": label, "value": value}));
        json["choices"] = choices.collect();
    } else if option.suggests.is_some() {
        json["autocomplete"] = json!(true);
    }
    match option.kind {
        OptKind::Channel => json["channel_types"] = json!(WRITABLE),
        OptKind::Integer => json["min_value"] = json!(0),
        OptKind::Text | OptKind::Flag | OptKind::Person | OptKind::Role | OptKind::File => {}
    }
    json
}

fn kind(kind: OptKind) -> u8 {
    match kind {
        OptKind::Text => 3,
        OptKind::Integer => 4,
        OptKind::Flag => 5,
        OptKind::Person => 6,
        OptKind::Channel => 7,
        OptKind::Role => 8,
        OptKind::File => 11,
    }
}

/// What of a registered tree is ours to say: Discord adds ids, versions and defaults.
fn essence(tree: &Value) -> Value {
    let mut commands: Vec<Value> = tree
        .as_array()
        .into_iter()
        .flatten()
        .filter(|c| [1, u64::from(MESSAGE_MENU)].contains(&c["type"].as_u64().unwrap_or(1)))
        .map(part)
        .collect();
    commands.sort_by(|a, b| {
        (a["type"].as_u64(), a["name"].as_str()).cmp(&(b["type"].as_u64(), b["name"].as_str()))
    });
    commands.into()
}

fn part(node: &Value) -> Value {
    let mut out = Map::new();
    for key in ["name", "description", "choices", "channel_types"] {
        if let Some(value) = node.get(key).filter(|v| !v.is_null() && *v != "") {
            out.insert(key.into(), value.clone());
        }
    }
    if let Some(choices) = node["choices"].as_array() {
        let bare = choices.iter().map(|c| json!({"name": c["name"], "value": c["value"]}));
        out.insert("choices".into(), bare.collect());
    }
    out.retain(|key, value| key != "choices" || value.as_array().is_some_and(|c| !c.is_empty()));
    out.insert("type".into(), json!(node["type"].as_u64().unwrap_or(1)));
    out.insert("min_value".into(), json!(node["min_value"].as_f64()));
    for key in ["required", "autocomplete"] {
        out.insert(key.into(), json!(node[key] == true));
    }
    let options = node["options"].as_array().into_iter().flatten().map(part);
    out.insert("options".into(), options.collect());
    Value::Object(out)
}

/// Keeps each guild's commands as the service wants them.
pub struct Registrar {
    rest: Arc<Rest>,
    service: Arc<dyn Service>,
    /// Known once the gateway says that it is ready; a guild may be told before, because events are handled side
    /// by side.
    application: watch::Sender<Option<u64>>,
    /// One at a time, so that two tellings of a guild do not both find it different.
    turn: tokio::sync::Mutex<()>,
    /// The hash of what stands at Discord, by guild.
    standing: Mutex<HashMap<WorkspaceId, u64>>,
}

impl Registrar {
    /// A registrar that does not know its application yet.
    pub fn new(rest: Arc<Rest>, service: Arc<dyn Service>) -> Self {
        let (application, turn) = (watch::Sender::new(None), tokio::sync::Mutex::default());
        Self { rest, service, application, turn, standing: Mutex::default() }
    }

    /// The application under which commands are registered.
    pub fn is(&self, application: u64) {
        self.application.send_replace(Some(application));
    }

    /// Registers a guild's commands where they differ from what Discord has. A failure is tried again a few times, then logged: the next connection tries anew.
    pub async fn refresh(&self, workspace: WorkspaceId) {
        let known = self.application.subscribe().wait_for(Option::is_some).await.map(|a| *a);
        let Ok(Some(application)) = known else { return };
        let mut pause = Duration::from_secs(1);
        for _ in 0..6 {
            match self.try_refresh(application, workspace).await {
                Ok(()) => return,
                Err(failure @ (Failure::Refused { .. } | Failure::Unauthorized)) => {
                    tracing::error!(%workspace, %failure, "Discord refuses the commands");
                    return;
                }
                Err(Failure::Limited { wait, .. }) => tokio::time::sleep(wait).await,
                Err(failure @ Failure::Unavailable { .. }) => {
                    tracing::warn!(%workspace, %failure, "the commands are sent again later");
                    tokio::time::sleep(pause).await;
                    pause *= 3;
                }
            }
        }
        tracing::error!(%workspace, "the commands could not be registered");
    }

    /// Registers the commands of each guild that is told of.
    pub(super) async fn follow(self: Arc<Self>, mut changed: broadcast::Receiver<WorkspaceId>) -> Infallible {
        loop {
            match changed.recv().await {
                Ok(workspace) => self.refresh(workspace).await,
                // Too many to know which: every guild is looked at.
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    let all: Vec<_> = self.standing().keys().copied().collect();
                    for workspace in all {
                        self.refresh(workspace).await;
                    }
                }
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }

    async fn try_refresh(&self, application: u64, workspace: WorkspaceId) -> Result<(), Failure> {
        let _turn = self.turn.lock().await;
        let wanted = tree(&self.service.commands(workspace), &self.service.menu(workspace));
        let hash = hash(&wanted);
        if self.standing().get(&workspace) == Some(&hash) {
            return Ok(());
        }
        let there = self.rest.send(&routes::commands(application, workspace.0)).await?;
        if essence(&there) != essence(&wanted) {
            self.rest.send(&routes::put_commands(application, workspace.0, wanted)).await?;
            tracing::info!(%workspace, "commands registered");
        }
        self.standing().insert(workspace, hash);
        Ok(())
    }

    fn standing(&self) -> std::sync::MutexGuard<'_, HashMap<WorkspaceId, u64>> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash(tree: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    tree.to_string().hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::commands::Suggests;

    fn opt(name: &str, kind: OptKind) -> Opt {
        let (name, means) = (name.to_owned(), format!("{name}."));
        Opt { name, means, kind, required: false, choices: Vec::new(), suggests: None }
    }

    fn sub(path: &[&str], options: Vec<Opt>) -> Sub {
        let path = path.iter().map(|w| (*w).to_owned()).collect();
        Sub { path, means: "Does it.".into(), options, example: String::new() }
    }

    fn commands() -> Vec<Command> {
        let lead = Opt { required: true, suggests: Some(Suggests::Record), ..opt("lead", OptKind::Text) };
        let state = Opt { choices: vec![("open".into(), "Open".into())], ..opt("state", OptKind::Text) };
        let subs = vec![
            sub(&["show"], vec![lead]),
            sub(&["stage", "add"], vec![state, opt("in", OptKind::Channel)]),
            sub(&["edit"], vec![opt("count", OptKind::Integer)]),
            sub(&["stage", "drop"], vec![opt("file", OptKind::File)]),
        ];
        vec![Command { name: "lead".into(), means: "Leads.".into(), subs }]
    }

    #[test]
    fn the_table_becomes_discords_tree() {
        let tree = tree(&commands(), &["Create lead".to_owned()]);
        assert_eq!(tree[1], json!({"type": 3, "name": "Create lead", "description": ""}));
        let options = tree[0]["options"].as_array().expect("options");
        let shape: Vec<_> = options.iter().map(|o| (o["type"].as_u64(), o["name"].as_str())).collect();
        assert_eq!(shape, [(Some(1), Some("show")), (Some(2), Some("stage")), (Some(1), Some("edit"))]);
        let lead = &options[0]["options"][0];
        assert_eq!(
            *lead,
            json!({"type": 3, "name": "lead", "description": "lead.", "required": true, "autocomplete": true})
        );
        let names: Vec<_> =
            options[1]["options"].as_array().expect("group").iter().map(|o| &o["name"]).collect();
        assert_eq!(names, ["add", "drop"]);
        assert_eq!(
            options[1]["options"][0]["options"][0]["choices"],
            json!([{"name": "Open", "value": "open"}])
        );
        assert_eq!(options[1]["options"][0]["options"][1]["channel_types"], json!([0, 5]));
    }

    /// Ruling 18
    #[test]
    fn what_discord_adds_is_no_difference_and_what_is_ours_is() {
        let ours = tree(&commands(), &["Create lead".to_owned()]);
        let mut theirs = ours.clone();
        let command = &mut theirs[0];
        command["id"] = json!("1");
        command["version"] = json!("2");
        command["default_member_permissions"] = Value::Null;
        command["options"][0]["options"][0]["name_localizations"] = Value::Null;
        command["options"][2]["options"][0]["required"] = json!(false);
        command["options"][2]["options"][0]["min_value"] = json!(0.0);
        theirs[1]["description"] = Value::Null;
        assert_eq!(essence(&ours), essence(&theirs));
        theirs[0]["options"][0]["options"][0]["description"] = json!("changed");
        assert_ne!(essence(&ours), essence(&theirs));
        assert_ne!(essence(&ours), essence(&tree(&commands(), &[])), "a menu that is missing is noticed");
    }
}
