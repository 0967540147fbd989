//! The limits, as tables: a body and the path of its first error.

use serde_json::{Value, json};

use super::{check_commands, check_message, check_modal};

/// The path of the first error, as `embeds.0.title`, or the code of an error without paths.
fn problem(checked: Result<(), Value>) -> String {
    fn walk(node: &Value, path: &str) -> Option<String> {
        let object = node.as_object()?;
        if object.contains_key("_errors") {
            return Some(path.trim_start_matches('.').to_owned());
        }
        object.iter().find_map(|(key, inner)| walk(inner, &format!("{path}.{key}")))
    }
    match checked {
        Ok(()) => "fine".to_owned(),
        Err(error) if error["errors"].is_object() => walk(&error["errors"], "").unwrap_or_default(),
        Err(error) => error["code"].to_string(),
    }
}

fn long(n: usize) -> String {
    "é".repeat(n)
}

fn row(controls: Value) -> Value {
    json!({"content": "x", "components": [{"type": 1, "components": controls}]})
}

fn buttons(n: usize) -> Value {
    (0..n).map(|i| json!({"type": 2, "style": 1, "label": "b", "custom_id": format!("b{i}")})).collect()
}

fn menu(options: usize) -> Value {
    let options: Value = (0..options).map(|i| json!({"label": "o", "value": i.to_string()})).collect();
    json!([{"type": 3, "custom_id": "m", "options": options}])
}

fn embed(part: Value) -> Value {
    let mut embed = json!({"description": "d"});
    for (key, value) in part.as_object().expect("an object") {
        embed[key] = value.clone();
    }
    json!({"embeds": [embed]})
}

fn fields(n: usize) -> Value {
    (0..n).map(|_| json!({"name": "n", "value": "v"})).collect()
}

#[test]
fn messages_keep_discords_limits() {
    let id = |n: usize| json!([{"type": 2, "style": 1, "label": "b", "custom_id": long(n)}]);
    let rows = |n: usize| -> Value {
        let rows: Value = (0..n)
            .map(|i| json!({"type": 1, "components": [{"type": 2, "style": 1, "label": "b", "custom_id": format!("{i}")}]}))
            .collect();
        json!({"content": "x", "components": rows})
    };
    let huge: Value = (0..3).map(|_| json!({"description": long(2001)})).collect();
    let table = [
        (json!({"content": long(2000)}), "fine"),
        (json!({"content": long(2001)}), "content"),
        (json!({"content": "  "}), "50006"),
        (json!({}), "50006"),
        (json!({"content": "x", "nonce": "n".repeat(25)}), "fine"),
        (json!({"content": "x", "nonce": "n".repeat(26)}), "nonce"),
        (embed(json!({"title": long(256)})), "fine"),
        (embed(json!({"title": long(257)})), "embeds.0.title"),
        (embed(json!({"description": long(4097)})), "embeds.0.description"),
        (embed(json!({"footer": {"text": long(2049)}})), "embeds.0.footer.text"),
        (embed(json!({"author": {"name": long(257)}})), "embeds.0.author.name"),
        (embed(json!({"fields": fields(25)})), "fine"),
        (embed(json!({"fields": fields(26)})), "embeds.0.fields"),
        (embed(json!({"fields": [{"name": "", "value": "v"}]})), "embeds.0.fields.0.name"),
        (embed(json!({"fields": [{"name": "n", "value": " "}]})), "embeds.0.fields.0.value"),
        (embed(json!({"fields": [{"name": "n", "value": long(1025)}]})), "embeds.0.fields.0.value"),
        (embed(json!({"url": "javascript:x"})), "embeds.0.url"),
        (json!({"embeds": huge}), "embeds"),
        (json!({"embeds": vec![json!({"description": "d"}); 11]}), "embeds"),
        (json!({"embeds": [{}]}), "embeds.0.description"),
        (rows(5), "fine"),
        (rows(6), "components"),
        (row(buttons(5)), "fine"),
        (row(buttons(6)), "components.0.components"),
        (row(json!([])), "components.0.components"),
        (row(id(100)), "fine"),
        (row(id(101)), "components.0.components.0.custom_id"),
        (row(id(0)), "components.0.components.0.custom_id"),
        (row(json!([buttons(1)[0], buttons(1)[0]])), "components.0.components.1.custom_id"),
        (
            row(json!([{"type": 2, "style": 1, "label": long(81), "custom_id": "a"}])),
            "components.0.components.0.label",
        ),
        (row(json!([{"type": 2, "style": 5, "label": "x"}])), "components.0.components.0.url"),
        (row(json!([{"type": 2, "style": 5, "label": "x", "url": "https://a.b"}])), "fine"),
        (row(json!([{"type": 2, "style": 1, "custom_id": "a"}])), "components.0.components.0"),
        (row(menu(25)), "fine"),
        (row(menu(26)), "components.0.components.0.options"),
        (row(menu(0)), "components.0.components.0.options"),
        (row(json!([menu(1)[0], buttons(1)[0]])), "components.0.components"),
        (json!({"content": "x", "components": buttons(1)}), "components.0.type"),
        (
            json!({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}),
            "allowed_mentions",
        ),
    ];
    for (body, expected) in table {
        assert_eq!(problem(check_message(&body, 0, false)), expected, "{body}");
    }
    assert_eq!(problem(check_message(&json!({}), 1, false)), "fine", "a file is enough");
    assert_eq!(problem(check_message(&json!({}), 0, true)), "fine", "an edit may change nothing");
}

#[test]
fn modals_keep_discords_limits() {
    let input = |more: Value| {
        let mut input = json!({"type": 4, "custom_id": "a", "label": "A", "style": 1});
        for (key, value) in more.as_object().expect("an object") {
            input[key] = value.clone();
        }
        json!({"type": 1, "components": [input]})
    };
    let modal = |rows: Value| json!({"custom_id": "m", "title": "T", "components": rows});
    let many = |n: usize| -> Value { (0..n).map(|i| input(json!({"custom_id": i.to_string()}))).collect() };
    let inside = |key: &str| format!("data.components.0.components.0.{key}");
    for (body, expected) in [
        (modal(many(5)), "fine".to_owned()),
        (modal(many(6)), "data.components".to_owned()),
        (modal(json!([])), "data.components".to_owned()),
        (json!({"custom_id": "m", "title": long(46), "components": many(1)}), "data.title".to_owned()),
        (modal(json!([input(json!({"label": long(46)}))])), inside("label")),
        (modal(json!([input(json!({"placeholder": long(101)}))])), inside("placeholder")),
        (modal(json!([input(json!({"value": long(4001)}))])), inside("value")),
        (modal(json!([input(json!({"max_length": 4001}))])), inside("max_length")),
        (modal(json!([input(json!({"value": "abc", "max_length": 2}))])), inside("value")),
    ] {
        assert_eq!(problem(check_modal(&body)), expected, "{body}");
    }
}

#[test]
fn commands_keep_discords_limits() {
    let command = |options: Value| json!([{"name": "lead", "description": "d", "options": options}]);
    let option = |name: &str, required: bool| json!({"type": 3, "name": name, "description": "d", "required": required});
    let choices =
        |n: usize| -> Value { (0..n).map(|i| json!({"name": i.to_string(), "value": "v"})).collect() };
    let many: Value = (0..101).map(|i| json!({"name": format!("c{i}"), "description": "d"})).collect();
    let sub = |options: Value| json!({"type": 1, "name": "sub", "description": "d", "options": options});
    let group = |options: Value| json!({"type": 2, "name": "group", "description": "d", "options": options});
    let big: Value = (0..25)
        .map(|i| {
            let choices: Value =
                (0..25).map(|n| json!({"name": format!("{n}{}", long(20)), "value": "v"})).collect();
            json!({"type": 3, "name": format!("o{i}"), "description": "d", "choices": choices})
        })
        .collect();
    for (commands, expected) in [
        (command(json!([option("a", true), option("b", false)])), "fine"),
        (command(json!([option("b", false), option("a", true)])), "0.options.1"),
        (command(json!([group(json!([sub(json!([]))]))])), "fine"),
        (command(json!([group(json!([group(json!([sub(json!([]))]))]))])), "0.options.0.options"),
        (command(json!([sub(json!([])), option("a", false)])), "0.options"),
        (json!([{"name": "Lead", "description": "d"}]), "0.name"),
        (json!([{"name": "a b", "description": "d"}]), "0.name"),
        (json!([{"name": "lead", "description": ""}]), "0.description"),
        (json!([{"name": "lead", "description": long(101)}]), "0.description"),
        (json!([{"name": "Create lead", "type": 3}]), "fine"),
        (many, "30032"),
        (command((0..26).map(|i| option(&format!("o{i}"), false)).collect()), "0.options"),
        (
            command(json!([{"type": 3, "name": "a", "description": "d", "choices": choices(26)}])),
            "0.options.0.choices",
        ),
        (
            command(
                json!([{"type": 3, "name": "a", "description": "d", "choices": choices(1), "autocomplete": true}]),
            ),
            "0.options.0.autocomplete",
        ),
        (command(big), "0"),
    ] {
        let list = commands.as_array().expect("a list");
        assert_eq!(problem(check_commands(list)), expected, "{commands:.200}");
    }
}
