//! Limits of application commands and of autocomplete answers.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Problems, chars, items};

/// Checks a list of commands as a bulk overwrite takes it. The error is Discord's JSON.
pub fn check_commands(commands: &[Value]) -> Result<(), Value> {
    let mut p = Problems::default();
    for (kind, max) in [(1, 100), (2, 15), (3, 15)] {
        let count = commands.iter().filter(|c| c["type"].as_u64().unwrap_or(1) == kind).count();
        if count > max {
            let message = format!("Maximum number of application commands reached ({max}).");
            return Err(json!({"code": 30032, "message": message}));
        }
    }
    let mut names = HashSet::new();
    for (n, command) in commands.iter().enumerate() {
        let at = n.to_string();
        let kind = command["type"].as_u64().unwrap_or(1);
        if kind == 1 {
            name(&mut p, &at, command);
            p.length(&format!("{at}.description"), &command["description"], 1, 100, true);
            options(&mut p, &at, items(&command["options"]), 0);
            if size(command) > 8000 {
                p.add(&at, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)");
            }
        } else {
            p.length(&format!("{at}.name"), &command["name"], 1, 32, true);
            if chars(&command["description"]) > 0 {
                let message = "Context menu commands cannot have description";
                p.add(&format!("{at}.description"), "APPLICATION_COMMAND_DESCRIPTION_INVALID", message);
            }
            if !items(&command["options"]).is_empty() {
                let message = "Context menu commands cannot have options";
                p.add(&format!("{at}.options"), "APPLICATION_COMMAND_OPTIONS_INVALID", message);
            }
        }
        if !names.insert((kind, command["name"].as_str().unwrap_or_default())) {
            let message = "Application command names must be unique";
            p.add(&format!("{at}.name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", message);
        }
    }
    p.done()
}

/// `name + description + value` of a command, its options and its choices: what Discord counts to 8000.
fn size(node: &Value) -> usize {
    let own = chars(&node["name"]) + chars(&node["description"]);
    let choices: usize = items(&node["choices"]).iter().map(|c| chars(&c["name"]) + chars(&c["value"])).sum();
    own + choices + items(&node["options"]).iter().map(size).sum::<usize>()
}

fn name(p: &mut Problems, at: &str, node: &Value) {
    let path = format!("{at}.name");
    let Some(name) = node["name"].as_str().filter(|n| !n.is_empty()) else {
        p.required(&path);
        return;
    };
    let fits = name.chars().count() <= 32
        && name.chars().all(|c| matches!(c, '-' | '_' | '\'') || c.is_alphanumeric())
        && name.to_lowercase() == name;
    if !fits {
        p.add(&path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
    }
}

/// `depth` 0 is a command, 1 a group's or a subcommand's inside, and so on.
fn options(p: &mut Problems, at: &str, list: &[Value], depth: usize) {
    p.at_most(&format!("{at}.options"), list.len(), 25);
    let branches = list.iter().filter(|o| matches!(o["type"].as_u64(), Some(1 | 2))).count();
    if branches > 0 && branches < list.len() {
        let message =
            "Sub-command and sub-command group option types are mutually exclusive to all other types";
        p.add(&format!("{at}.options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
    }
    let mut optional_seen = false;
    let mut names = HashSet::new();
    for (n, option) in list.iter().enumerate() {
        let at = format!("{at}.options.{n}");
        name(p, &at, option);
        p.length(&format!("{at}.description"), &option["description"], 1, 100, true);
        if !names.insert(option["name"].as_str().unwrap_or_default()) {
            let message = "Option names must be unique";
            p.add(&format!("{at}.name"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message);
        }
        match option["type"].as_u64() {
            Some(kind @ (1 | 2)) => {
                let deep = (kind == 2 && depth > 0) || (kind == 1 && depth > 1);
                if deep {
                    let message = "Sub-commands nest one group deep at most";
                    p.add(&format!("{at}.type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
                }
                let inner = items(&option["options"]);
                if kind == 2 && inner.is_empty() {
                    p.required(&format!("{at}.options"));
                }
                if kind == 2 && inner.iter().any(|o| o["type"] != 1) {
                    let message = "A group holds only sub-commands";
                    p.add(&format!("{at}.options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
                }
                if kind == 1 && inner.iter().any(|o| matches!(o["type"].as_u64(), Some(1 | 2))) {
                    let message = "A sub-command holds no sub-commands";
                    p.add(&format!("{at}.options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
                }
                options(p, &at, inner, if kind == 2 { depth + 1 } else { 2 });
            }
            Some(3..=11) => {
                let required = option["required"] == true;
                if required && optional_seen {
                    let message = "Required options must be placed before non-required options";
                    p.add(&at, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message);
                }
                optional_seen |= !required;
                leaf(p, &at, option);
            }
            _ => p.add(&format!("{at}.type"), "BASE_TYPE_CHOICES", "Value must be one of 1 to 11."),
        }
    }
}

fn leaf(p: &mut Problems, at: &str, option: &Value) {
    let kind = option["type"].as_u64().unwrap_or(0);
    let choices = items(&option["choices"]);
    if option["autocomplete"] == true {
        if !choices.is_empty() {
            let message = "autocomplete and choices are mutually exclusive";
            p.add(&format!("{at}.autocomplete"), "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", message);
        }
        if !matches!(kind, 3 | 4 | 10) {
            let message = "autocomplete is for strings and numbers";
            p.add(&format!("{at}.autocomplete"), "APPLICATION_COMMAND_AUTOCOMPLETE_NOT_ALLOWED", message);
        }
    }
    for (key, max) in [("min_length", 6000), ("max_length", 6000)] {
        if option[key].as_u64().is_some_and(|n| n > max) {
            p.add(
                &format!("{at}.{key}"),
                "NUMBER_TYPE_MAX",
                "int value should be less than or equal to 6000.",
            );
        }
    }
    choice_list(p, &format!("{at}.choices"), choices, kind);
}

fn choice_list(p: &mut Problems, at: &str, choices: &[Value], kind: u64) {
    p.at_most(at, choices.len(), 25);
    let mut names = HashSet::new();
    for (n, choice) in choices.iter().enumerate() {
        let at = format!("{at}.{n}");
        p.length(&format!("{at}.name"), &choice["name"], 1, 100, true);
        match (kind, &choice["value"]) {
            (3, value) => p.length(&format!("{at}.value"), value, 1, 100, true),
            (4, value) if value.is_i64() || value.is_u64() => {}
            (10, value) if value.is_number() => {}
            _ => p.add(
                &format!("{at}.value"),
                "NUMBER_TYPE_COERCE",
                "Value has the wrong type for the option.",
            ),
        }
        if !names.insert(choice["name"].as_str().unwrap_or_default()) {
            let message = "Choice names must be unique";
            p.add(&format!("{at}.name"), "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", message);
        }
    }
}

/// Checks the choices of an autocomplete answer for an option of Discord's type `kind`.
pub fn check_choices(choices: &Value, kind: u64) -> Result<(), Value> {
    let mut p = Problems::default();
    if choices.is_array() {
        let list = items(choices);
        p.at_most("data.choices", list.len(), 25);
        for (n, choice) in list.iter().enumerate() {
            let at = format!("data.choices.{n}");
            p.length(&format!("{at}.name"), &choice["name"], 1, 100, true);
            if kind == 3 {
                p.length(&format!("{at}.value"), &choice["value"], 1, 100, true);
            } else if !choice["value"].is_number() {
                p.add(&format!("{at}.value"), "NUMBER_TYPE_COERCE", "Value is not a number.");
            }
        }
    } else {
        p.required("data.choices");
    }
    p.done()
}
