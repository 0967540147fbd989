//! Discord's limits, checked a second and a third time: by `twilight-validate`, and by checks of our own for what
//! that misses (six rows, 6000 characters over all embeds, empty fields, duplicate ids).

use std::collections::BTreeSet;

use bellwether::playground::RecordedRequest;
use serde_json::{Value, json};
use twilight_model::application::command::Command;
use twilight_model::channel::message::{Component, Embed};

/// What is wrong with a request's body, by Discord's documented limits.
pub fn check(request: &RecordedRequest) -> Vec<String> {
    let Some(body) = &request.body else { return Vec::new() };
    let what = format!("{} {}", request.method, request.path);
    let mut wrong = Vec::new();
    let words: Vec<_> = request.path.split('/').filter(|s| !s.is_empty()).collect();
    match words.as_slice() {
        ["channels", _, "messages"] | ["channels", _, "messages", _] | ["webhooks", ..] => {
            message(body, &mut wrong);
        }
        ["interactions", ..] => callback(body, &mut wrong),
        ["applications", .., "commands"] => commands(body, &mut wrong),
        _ => {}
    }
    wrong.into_iter().map(|problem| format!("{what}: {problem}")).collect()
}

fn callback(body: &Value, wrong: &mut Vec<String>) {
    match body["type"].as_u64() {
        Some(4 | 7) => message(&body["data"], wrong),
        Some(5 | 6) => {}
        Some(8) => {
            let choices = body["data"]["choices"].as_array().map_or(0, Vec::len);
            if choices > 25 {
                wrong.push(format!("{choices} choices"));
            }
        }
        Some(9) => modal(&body["data"], wrong),
        other => wrong.push(format!("a callback of type {other:?}")),
    }
}

fn message(body: &Value, wrong: &mut Vec<String>) {
    if body.get("allowed_mentions").is_none_or(|m| m.get("parse") != Some(&json!([]))) {
        wrong.push("allowed_mentions is not explicit".to_owned());
    }
    if let Some(content) = body["content"].as_str()
        && let Err(error) = twilight_validate::message::content(content)
    {
        wrong.push(error.to_string());
    }
    embeds(&body["embeds"], wrong);
    components(&body["components"], wrong);
}

fn embeds(embeds: &Value, wrong: &mut Vec<String>) {
    let Some(list) = embeds.as_array() else { return };
    let mut characters = 0;
    let mut count = |text: &Value| characters += text.as_str().map_or(0, |t| t.chars().count());
    for embed in list {
        count(&embed["title"]);
        count(&embed["description"]);
        count(&embed["footer"]["text"]);
        count(&embed["author"]["name"]);
        for field in embed["fields"].as_array().into_iter().flatten() {
            count(&field["name"]);
            count(&field["value"]);
            for part in ["name", "value"] {
                if field[part].as_str().is_none_or(|t| t.trim().is_empty()) {
                    wrong.push(format!("a field with an empty {part}"));
                }
            }
        }
    }
    if characters > 6000 {
        wrong.push(format!("{characters} characters over all embeds"));
    }
    let typed: Result<Vec<Embed>, _> = list
        .iter()
        .map(|embed| {
            let mut embed = embed.clone();
            embed["type"] = json!("rich");
            for field in embed["fields"].as_array_mut().into_iter().flatten() {
                field["inline"] = field.get("inline").cloned().unwrap_or(json!(false));
            }
            serde_json::from_value(embed)
        })
        .collect();
    match typed {
        Ok(typed) => {
            if let Err(error) = twilight_validate::message::embeds(&typed) {
                wrong.push(format!("{error}: {:?}", std::error::Error::source(&error)));
            }
        }
        Err(error) => wrong.push(format!("an embed that cannot be read: {error}")),
    }
}

fn components(components: &Value, wrong: &mut Vec<String>) {
    let Some(rows) = components.as_array() else { return };
    if rows.len() > 5 {
        wrong.push(format!("{} rows", rows.len()));
    }
    let mut seen = BTreeSet::new();
    for row in rows {
        let inside = row["components"].as_array().cloned().unwrap_or_default();
        let selects = inside.iter().filter(|c| c["type"] != json!(2)).count();
        if inside.is_empty() || inside.len() > 5 || (selects > 0 && inside.len() > 1) {
            wrong.push(format!("a row of {} with {selects} pick lists", inside.len()));
        }
        for component in inside {
            let id = component["custom_id"].as_str().unwrap_or_default().to_owned();
            if id.is_empty() || id.chars().count() > 100 {
                wrong.push(format!("a custom_id of {} characters", id.chars().count()));
            }
            if !seen.insert(id.clone()) {
                wrong.push(format!("the custom_id {id} twice"));
            }
        }
    }
    match serde_json::from_value::<Vec<Component>>(components.clone()) {
        Ok(typed) => {
            for component in &typed {
                if let Err(error) = twilight_validate::component::component_v1(component) {
                    wrong.push(error.to_string());
                }
            }
        }
        Err(error) => wrong.push(format!("a component that cannot be read: {error}")),
    }
}

fn modal(data: &Value, wrong: &mut Vec<String>) {
    let length = |value: &Value| value.as_str().map_or(0, |t| t.chars().count());
    if !(1..=45).contains(&length(&data["title"])) {
        wrong.push("a form's title".to_owned());
    }
    let rows = data["components"].as_array().cloned().unwrap_or_default();
    if !(1..=5).contains(&rows.len()) {
        wrong.push(format!("a form with {} inputs", rows.len()));
    }
    for row in &rows {
        let input = &row["components"][0];
        if input["type"] != json!(4) || !(1..=45).contains(&length(&input["label"])) {
            wrong.push(format!("a form's input {input}"));
        }
        if length(&input["placeholder"]) > 100 || length(&input["value"]) > 4000 {
            wrong.push("a form's placeholder or value is too long".to_owned());
        }
    }
}

fn commands(body: &Value, wrong: &mut Vec<String>) {
    let Some(list) = body.as_array() else { return };
    if list.len() > 100 {
        wrong.push(format!("{} commands", list.len()));
    }
    for command in list {
        let mut command = command.clone();
        command["version"] = json!("1");
        match serde_json::from_value::<Command>(command.clone()) {
            Ok(typed) => {
                if let Err(error) = twilight_validate::command::command(&typed) {
                    wrong.push(format!("{}: {error}", typed.name));
                }
            }
            Err(error) => wrong.push(format!("a command that cannot be read: {error}")),
        }
    }
}

/// A checker that finds nothing wrong with anything proves nothing: each limit that is said above is tripped once.
#[test]
fn what_breaks_a_limit_is_found() {
    let sent = |body: Value| RecordedRequest {
        number: 0,
        method: "POST".to_owned(),
        template: "/channels/{channel_id}/messages".to_owned(),
        path: "/channels/1/messages".to_owned(),
        query: String::new(),
        body: Some(body),
        files: Vec::new(),
        status: 200,
        answer: Value::Null,
        faulted: false,
        at_ms: 0,
    };
    let message = |change: Value| {
        let mut body =
            json!({"content": "", "embeds": [], "components": [], "allowed_mentions": {"parse": []}});
        let all = change.as_object().cloned().unwrap_or_default();
        for (key, value) in all {
            body[key] = value;
        }
        check(&sent(body))
    };
    let button = |id: &str| json!({"type": 2, "style": 1, "label": "Go", "custom_id": id});
    let row = |inside: Vec<Value>| json!({"type": 1, "components": inside});
    let field = |name: &str, value: &str| json!({"name": name, "value": value, "inline": false});
    let embed = |change: Value| json!([{"color": 1, "title": "x", "fields": change}]);
    assert_eq!(
        message(json!({"embeds": embed(json!([field("a", "b")])), "components": [row(vec![button("1")])]})),
        [""; 0]
    );

    let rows: Vec<Value> = (0..6).map(|n| row(vec![button(&n.to_string())])).collect();
    let buttons: Vec<Value> = (0..6).map(|n| button(&n.to_string())).collect();
    let list = json!({"type": 3, "custom_id": "l", "options": [{"label": "a", "value": "a"}]});
    let long = |n: usize| json!({"color": 1, "description": "x".repeat(n)});
    for wrong in [
        json!({"allowed_mentions": null}),
        json!({"allowed_mentions": {"parse": ["everyone"]}}),
        json!({"content": "x".repeat(2_001)}),
        json!({"embeds": embed(json!([field("a", " ")]))}),
        json!({"embeds": embed(json!([field("", "b")]))}),
        json!({"embeds": embed(json!(vec![field("a", "b"); 26]))}),
        json!({"embeds": [long(4_097)]}),
        json!({"embeds": [long(3_001), long(3_000)]}),
        json!({"components": rows}),
        json!({"components": [row(buttons)]}),
        json!({"components": [row(vec![button("1"), list])]}),
        json!({"components": [row(vec![button("1")]), row(vec![button("1")])]}),
        json!({"components": [row(vec![button(&"x".repeat(101))])]}),
        json!({"components": [row(vec![])]}),
    ] {
        assert!(!message(wrong.clone()).is_empty(), "nothing wrong with {wrong}");
    }
}
