//! Limits of messages: content, embeds, components, mentions, nonce.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Problems, chars, items};

/// Checks a message's body as sent to create or edit one. `files` counts uploaded files; `edit` allows an
/// empty body. The error is Discord's JSON.
pub fn check_message(body: &Value, files: usize, edit: bool) -> Result<(), Value> {
    let mut p = Problems::default();
    if !body.is_object() {
        p.add("", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType");
        return p.done();
    }
    p.length("content", &body["content"], 0, 2000, false);
    embeds(&mut p, &body["embeds"]);
    components(&mut p, &body["components"]);
    mentions(&mut p, &body["allowed_mentions"]);
    match &body["nonce"] {
        Value::Null | Value::Number(_) => {}
        nonce => p.length("nonce", nonce, 0, 25, false),
    }
    p.at_most("attachments", items(&body["attachments"]).len().max(files), 10);
    p.done()?;
    let empty = body["content"].as_str().is_none_or(|c| c.trim().is_empty())
        && ["embeds", "components", "sticker_ids", "attachments"].iter().all(|k| items(&body[k]).is_empty())
        && body["poll"].is_null()
        && files == 0;
    if empty && !edit {
        return Err(json!({"code": 50006, "message": "Cannot send an empty message"}));
    }
    Ok(())
}

fn embeds(p: &mut Problems, embeds: &Value) {
    let list = items(embeds);
    p.at_most("embeds", list.len(), 10);
    let mut total = 0;
    for (n, embed) in list.iter().enumerate() {
        let at = format!("embeds.{n}");
        p.length(&format!("{at}.title"), &embed["title"], 0, 256, false);
        p.length(&format!("{at}.description"), &embed["description"], 0, 4096, false);
        let fields = items(&embed["fields"]);
        p.at_most(&format!("{at}.fields"), fields.len(), 25);
        for (k, field) in fields.iter().enumerate() {
            let blank = |v: &Value| v.as_str().is_some_and(|s| s.trim().is_empty());
            for (key, max) in [("name", 256), ("value", 1024)] {
                let path = format!("{at}.fields.{k}.{key}");
                if blank(&field[key]) {
                    p.required(&path);
                } else {
                    p.length(&path, &field[key], 1, max, true);
                }
            }
            total += chars(&field["name"]) + chars(&field["value"]);
        }
        if embed["footer"].is_object() {
            p.length(&format!("{at}.footer.text"), &embed["footer"]["text"], 1, 2048, true);
        }
        if embed["author"].is_object() {
            p.length(&format!("{at}.author.name"), &embed["author"]["name"], 1, 256, true);
        }
        for (path, url) in [
            ("url", &embed["url"]),
            ("image.url", &embed["image"]["url"]),
            ("thumbnail.url", &embed["thumbnail"]["url"]),
            ("author.url", &embed["author"]["url"]),
        ] {
            link(p, &format!("{at}.{path}"), url);
        }
        if !embed["timestamp"].is_null()
            && embed["timestamp"].as_str().is_none_or(|t| chrono::DateTime::parse_from_rfc3339(t).is_err())
        {
            p.add(&format!("{at}.timestamp"), "DATE_TIME_TYPE_PARSE", "Could not parse timestamp.");
        }
        if !embed["color"].is_null() && embed["color"].as_u64().is_none_or(|c| c > 0x00ff_ffff) {
            p.add(
                &format!("{at}.color"),
                "NUMBER_TYPE_MAX",
                "int value should be less than or equal to 16777215.",
            );
        }
        total += chars(&embed["title"])
            + chars(&embed["description"])
            + chars(&embed["footer"]["text"])
            + chars(&embed["author"]["name"]);
        let filled =
            ["title", "description", "fields", "footer", "author", "image", "thumbnail", "timestamp", "url"]
                .iter()
                .any(|k| !embed[k].is_null() && embed[k] != "" && embed[k] != json!([]));
        if !filled {
            p.required(&format!("{at}.description"));
        }
    }
    if total > 6000 {
        p.add("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000");
    }
}

fn link(p: &mut Problems, path: &str, url: &Value) {
    let Some(url) = url.as_str().filter(|u| !u.is_empty()) else { return };
    if !["http://", "https://", "attachment://"].iter().any(|s| url.starts_with(s)) {
        p.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.");
    }
    p.length(path, &json!(url), 0, 2048, false);
}

fn components(p: &mut Problems, rows: &Value) {
    let rows = items(rows);
    p.at_most("components", rows.len(), 5);
    let mut ids = HashSet::new();
    for (r, row) in rows.iter().enumerate() {
        let at = format!("components.{r}");
        if row["type"] != 1 {
            let kind = &row["type"];
            p.add(
                &format!("{at}.type"),
                "UNION_TYPE_CHOICES",
                format!("Value of field \"type\" ({kind}) must be 1."),
            );
            continue;
        }
        let controls = items(&row["components"]);
        let width: usize = controls.iter().map(|c| if c["type"] == 2 { 1 } else { 5 }).sum();
        if controls.is_empty() || controls.len() > 5 {
            p.add(&format!("{at}.components"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.");
        } else if width > 5 {
            p.add(
                &format!("{at}.components"),
                "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
                "The specified component exceeds the maximum width",
            );
        }
        for (c, control) in controls.iter().enumerate() {
            let at = format!("{at}.components.{c}");
            match control["type"].as_u64() {
                Some(2) => button(p, &at, control),
                Some(3 | 5 | 6 | 7 | 8) => select(p, &at, control),
                _ => p.add(&format!("{at}.type"), "UNION_TYPE_CHOICES", "Must be one of (2, 3, 5, 6, 7, 8)."),
            }
            if let Some(id) = control["custom_id"].as_str()
                && !ids.insert(id)
            {
                p.add(
                    &format!("{at}.custom_id"),
                    "COMPONENT_CUSTOM_ID_DUPLICATED",
                    "Component custom id cannot be duplicated",
                );
            }
        }
    }
}

fn button(p: &mut Problems, at: &str, b: &Value) {
    p.length(&format!("{at}.label"), &b["label"], 0, 80, false);
    if chars(&b["label"]) == 0 && b["emoji"].is_null() && b["style"] != 6 {
        p.add(at, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button must have a label or an emoji");
    }
    match b["style"].as_u64() {
        Some(1..=4) => {
            p.length(&format!("{at}.custom_id"), &b["custom_id"], 1, 100, true);
            if !b["url"].is_null() {
                p.add(
                    at,
                    "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                    "A custom id and url cannot both be specified",
                );
            }
        }
        Some(5) => {
            p.length(&format!("{at}.url"), &b["url"], 1, 512, true);
            link(p, &format!("{at}.url"), &b["url"]);
            if !b["custom_id"].is_null() {
                p.add(
                    at,
                    "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                    "A custom id and url cannot both be specified",
                );
            }
        }
        Some(6) => {}
        _ => p.add(&format!("{at}.style"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6}."),
    }
}

fn select(p: &mut Problems, at: &str, s: &Value) {
    p.length(&format!("{at}.custom_id"), &s["custom_id"], 1, 100, true);
    p.length(&format!("{at}.placeholder"), &s["placeholder"], 0, 150, false);
    let (min, max) = (s["min_values"].as_u64().unwrap_or(1), s["max_values"].as_u64().unwrap_or(1));
    if min > 25 || max > 25 || max == 0 || min > max {
        p.add(
            &format!("{at}.max_values"),
            "BASE_TYPE_BAD_RANGE",
            "min_values and max_values must be within 0..25 and 1..25.",
        );
    }
    if s["type"] != 3 {
        return;
    }
    let options = items(&s["options"]);
    if options.is_empty() || options.len() > 25 {
        p.add(&format!("{at}.options"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 25 in length.");
    }
    if max as usize > options.len() && !options.is_empty() {
        p.add(
            &format!("{at}.max_values"),
            "SELECT_COMPONENT_MAX_VALUES_EXCEEDS_OPTIONS",
            "max_values exceeds the number of options",
        );
    }
    let mut values = HashSet::new();
    for (n, option) in options.iter().enumerate() {
        let at = format!("{at}.options.{n}");
        p.length(&format!("{at}.label"), &option["label"], 1, 100, true);
        p.length(&format!("{at}.value"), &option["value"], 1, 100, true);
        p.length(&format!("{at}.description"), &option["description"], 0, 100, false);
        if let Some(value) = option["value"].as_str()
            && !values.insert(value)
        {
            p.add(
                &format!("{at}.value"),
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            );
        }
    }
    if options.iter().filter(|o| o["default"] == true).count() > max as usize {
        p.add(
            &format!("{at}.options"),
            "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES",
            "More default values than max_values",
        );
    }
}

fn mentions(p: &mut Problems, m: &Value) {
    let parse = items(&m["parse"]);
    for (n, kind) in parse.iter().enumerate() {
        if !["users", "roles", "everyone"].iter().any(|k| kind == k) {
            p.add(
                &format!("allowed_mentions.parse.{n}"),
                "BASE_TYPE_CHOICES",
                "Value must be one of ('users', 'everyone', 'roles').",
            );
        }
    }
    for kind in ["users", "roles"] {
        let ids = items(&m[kind]);
        p.at_most(&format!("allowed_mentions.{kind}"), ids.len(), 100);
        for (n, id) in ids.iter().enumerate() {
            if id.as_str().and_then(|s| s.parse::<u64>().ok()).or_else(|| id.as_u64()).is_none() {
                let path = format!("allowed_mentions.{kind}.{n}");
                p.add(&path, "NUMBER_TYPE_COERCE", format!("Value {id} is not snowflake."));
            }
        }
        if !ids.is_empty() && parse.iter().any(|k| k == kind) {
            p.add(
                "allowed_mentions",
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                format!("parse:[\"{kind}\"] and {kind}: [ids...] are mutually exclusive."),
            );
        }
    }
}
