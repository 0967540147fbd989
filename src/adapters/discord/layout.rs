//! A [`Message`] laid out for Discord, as the JSON of its API: one embed, buttons, pick lists, one image, files.
//!
//! Properties, for whatever comes in:
//! 1. Every limit of Discord holds: what is too long is cut with an ellipsis, what is too many is left out; nothing
//!    is ever refused for its size.
//! 2. `allowed_mentions` is explicit, and names [`Message::mentions`] and nobody else. Discord notifies people only
//!    from a message's content, so that they are named there; text from people never gets there.
//! 3. An edit says everything: what the new message lacks is taken away, files too, but where the message keeps
//!    them on purpose ([`Message::keeps_files`]).
//!
//! The JSON is written directly rather than by serenity's builders, which check none of the limits.

pub mod form;
pub mod text;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use self::text::{cut, is_words, length, render};
use super::marker;
use super::rest::{Body, File};
use super::words;
use crate::chat::message::{
    ALL_FILES_BYTES, Button, Choices, Emphasis, FILE_BYTES, FILES, Fact, Message, Severity, Text,
};
use crate::chat::port::SendKey;

const CONTENT: usize = 2_000;
const TITLE: usize = 256;
const DESCRIPTION: usize = 4_096;
const FIELDS: usize = 25;
const FIELD_NAME: usize = 256;
const FIELD_VALUE: usize = 1_024;
const FOOTER: usize = 2_048;
/// Over everything in a message's embeds.
const EMBED: usize = 6_000;
const ROWS: usize = 5;
const PER_ROW: usize = 5;
const BUTTONS: usize = 20;
const LISTS: usize = 4;
const OPTIONS: usize = 25;
const LABEL: usize = 80;
const OPTION: usize = 100;
const PLACEHOLDER: usize = 150;
const ALT: usize = 1_024;
/// People in `allowed_mentions`.
const MENTIONS: usize = 100;
/// Only the person who asked sees it.
pub const EPHEMERAL: u64 = 1 << 6;

/// A new message of the outbox.
pub fn post(message: &Message, key: SendKey) -> Body {
    let mut json = lay_out(message, Some(key.outbox));
    json["nonce"] = json!(marker::nonce(key));
    json["enforce_nonce"] = json!(true);
    with_files(json, message)
}

/// What a message of the outbox becomes.
pub fn edit(message: &Message, key: SendKey) -> Body {
    with_files(lay_out(message, Some(key.outbox)), message)
}

/// An answer to an interaction, as its first response of this type; `marked` where it replaces a message of the
/// outbox, which stays recognisable.
pub fn answer(kind: u8, message: &Message, private: bool, marked: Option<i64>) -> Body {
    let mut json = lay_out(message, marked);
    if private {
        json["flags"] = json!(EPHEMERAL);
    }
    match with_files(json, message) {
        Body::WithFiles(data, files) => Body::WithFiles(json!({"type": kind, "data": data}), files),
        Body::Json(data) => Body::Json(json!({"type": kind, "data": data})),
        Body::Empty => Body::Empty,
    }
}

/// An answer that comes after the first response: a further message, or what the first one becomes.
pub fn later_answer(message: &Message, private: bool, marked: Option<i64>) -> Body {
    let mut json = lay_out(message, marked);
    if private {
        json["flags"] = json!(EPHEMERAL);
    }
    with_files(json, message)
}

fn lay_out(message: &Message, outbox: Option<i64>) -> Value {
    let rows = rows(message, outbox);
    let footer = match (outbox, rows.is_empty()) {
        (Some(outbox), true) => {
            let mark = marker::for_footer(outbox);
            match message.footer.as_deref().map(str::trim).filter(|f| !f.is_empty()) {
                Some(footer) => format!("{} · {mark}", cut(footer, FOOTER - length(&mark) - 3)),
                None => mark,
            }
        }
        (_, _) => cut(message.footer.as_deref().unwrap_or_default().trim(), FOOTER),
    };
    let pinged: Vec<String> = {
        let mut seen = BTreeSet::new();
        let people = message.mentions.iter().filter(|p| seen.insert(**p)).take(MENTIONS);
        people.map(ToString::to_string).collect()
    };
    let mut content = String::new();
    for mention in pinged.iter().map(|p| format!("<@{p}>")) {
        if length(&content) + 1 + length(&mention) <= CONTENT {
            let space = if content.is_empty() { "" } else { " " };
            content = format!("{content}{space}{mention}");
        }
    }
    json!({
        "content": content,
        "embeds": [embed(message, &footer)],
        "components": rows,
        "attachments": [],
        "allowed_mentions": {"parse": [], "users": pinged},
    })
}

fn embed(message: &Message, footer: &str) -> Value {
    let mut embed = json!({"color": colour(message.severity)});
    let mut left = EMBED - length(footer);
    if !footer.is_empty() {
        embed["footer"] = json!({"text": footer});
    }
    let mut description = String::new();
    if let Some(title) = message.title.as_ref() {
        let words = render(title, TITLE.min(left));
        if is_words(title) && !words.trim().is_empty() {
            left -= length(&words);
            embed["title"] = json!(words);
        } else {
            // Discord reads no mention and no instant in a title: it becomes the first line.
            description = render(title, TITLE.min(left));
        }
    }
    let room = DESCRIPTION.min(left);
    let missing = left_out(message);
    let lines: Vec<&Text> = missing.iter().chain(&message.lines).collect();
    for (n, line) in lines.iter().enumerate() {
        let space = if description.is_empty() && n == 0 { "" } else { "\n" };
        // One is kept for the ellipsis that says that lines are missing.
        let used = length(&description) + space.len() + usize::from(n + 1 < lines.len());
        let Some(free) = room.checked_sub(used).filter(|f| *f > 0) else {
            if length(&description) < room {
                description.push('…');
            }
            break;
        };
        description.push_str(space);
        description.push_str(&render(line, free));
    }
    let has_fields = !message.facts.is_empty();
    if description.trim().is_empty() && embed.get("title").is_none() && footer.is_empty() && !has_fields {
        description = "…".into();
    }
    if !description.trim().is_empty() {
        left -= length(&description);
        embed["description"] = json!(description);
    }
    embed["fields"] = fields(&message.facts, left).into();
    if let Some(image) = &message.image {
        embed["image"] = json!({"url": format!("attachment://{}", file_name(&image.name, "image.png"))});
    }
    embed
}

fn fields(facts: &[Fact], mut left: usize) -> Vec<Value> {
    let mut fields = Vec::new();
    for fact in facts.iter().take(FIELDS) {
        let label = render(&fact.label.as_str().into(), FIELD_NAME.min(left));
        let label = if label.trim().is_empty() { "\u{200b}".to_owned() } else { label };
        let Some(room) = left.checked_sub(length(&label)).filter(|r| *r > 1) else { break };
        let value = render(&fact.value, FIELD_VALUE.min(room));
        let value = if value.trim().is_empty() { "–".to_owned() } else { value };
        left = room - length(&value);
        fields.push(json!({"name": label, "value": value, "inline": fact.short}));
    }
    fields
}

fn colour(severity: Severity) -> u32 {
    match severity {
        Severity::Info => 0x0058_65f2,
        Severity::Good => 0x003b_a55c,
        Severity::Warning => 0x00fa_a61a,
        Severity::Bad => 0x00ed_4245,
        Severity::Closed => 0x0074_7f8d,
    }
}

fn rows(message: &Message, outbox: Option<i64>) -> Vec<Value> {
    let mut ids = BTreeSet::new();
    let lists: Vec<Value> =
        message.choices.iter().filter_map(|c| list(c, outbox, &mut ids)).take(LISTS).collect();
    let room = PER_ROW * (ROWS - lists.len());
    let buttons = message.buttons.iter().filter_map(|b| button(b, outbox, &mut ids));
    let buttons: Vec<Value> = buttons.take(BUTTONS.min(room)).collect();
    let row = |components: &[Value]| json!({"type": 1, "components": components});
    buttons.chunks(PER_ROW).map(row).chain(lists.into_iter().map(|list| row(&[list]))).collect()
}

/// `None` where the same thing is on the message already: a `custom_id` is unique in a message.
fn button(button: &Button, outbox: Option<i64>, ids: &mut BTreeSet<String>) -> Option<Value> {
    let id = marker::custom_id(&button.action, outbox)?;
    if !ids.insert(id.clone()) {
        return None;
    }
    let style = match button.emphasis {
        Emphasis::Primary => 1,
        Emphasis::Plain => 2,
        Emphasis::Good => 3,
        Emphasis::Danger => 4,
    };
    // An emoji goes into the label, where any text may stand: Discord refuses the whole message where its own
    // place for emoji holds something else, and a playbook may name anything.
    let label = format!("{} {}", button.emoji.as_deref().unwrap_or_default().trim(), button.label.trim());
    let label = if label.trim().is_empty() { "…" } else { label.trim() };
    Some(json!({"type": 2, "style": style, "custom_id": id, "label": cut(label, LABEL)}))
}

fn list(choices: &Choices, outbox: Option<i64>, ids: &mut BTreeSet<String>) -> Option<Value> {
    let id = marker::custom_id(&choices.action, outbox)?;
    let mut values = BTreeSet::new();
    let options: Vec<Value> = choices
        .options
        .iter()
        // A value that does not fit cannot be cut, because it is what comes back.
        .filter(|o| !o.value.trim().is_empty() && length(&o.value) <= OPTION && values.insert(&o.value))
        .take(OPTIONS)
        .map(|o| {
            let label = if o.label.trim().is_empty() { &o.value } else { &o.label };
            let mut json = json!({"label": cut(label.trim(), OPTION), "value": o.value});
            if let Some(means) = o.means.as_deref().map(str::trim).filter(|m| !m.is_empty()) {
                json["description"] = json!(cut(means, OPTION));
            }
            json
        })
        .collect();
    if options.is_empty() || !ids.insert(id.clone()) {
        return None;
    }
    let mut json = json!({"type": 3, "custom_id": id, "options": options});
    if !choices.prompt.trim().is_empty() {
        json["placeholder"] = json!(cut(choices.prompt.trim(), PLACEHOLDER));
    }
    Some(json)
}

/// Puts the picture and the files beside the JSON. What stood on the message before goes or stays as the message
/// says.
fn with_files(mut json: Value, message: &Message) -> Body {
    let mut files = Vec::new();
    let mut told = Vec::new();
    if let Some(image) = &message.image {
        let name = file_name(&image.name, "image.png");
        let alt = if image.alt.trim().is_empty() { &name } else { &image.alt };
        told.push(json!({"id": "0", "filename": name, "description": cut(alt, ALT)}));
        files.push(File { name, media: "image/png", bytes: image.bytes.clone() });
    }
    let mut names: BTreeSet<String> = files.iter().map(|f| f.name.clone()).collect();
    for file in taken(message) {
        // Two files of one name would be one to whoever saves them.
        let mut name = file_name(&file.name, "file.txt");
        if !names.insert(name.clone()) {
            name = format!("{}-{name}", files.len());
            names.insert(name.clone());
        }
        told.push(json!({"id": files.len().to_string(), "filename": name}));
        files.push(File { media: media(&name), name, bytes: file.bytes.clone() });
    }
    if message.keeps_files {
        // A list that is not there leaves what stands as it is; new files are added to it, named by their parts.
        if let Some(json) = json.as_object_mut() {
            json.remove("attachments");
        }
    } else {
        json["attachments"] = told.into();
    }
    if files.is_empty() { Body::Json(json) } else { Body::WithFiles(json, files) }
}

/// The files that Discord takes: not too many, none too large, not too much together.
fn taken(message: &Message) -> Vec<&crate::chat::message::File> {
    let most = FILES - usize::from(message.image.is_some());
    let mut left = ALL_FILES_BYTES.saturating_sub(message.image.as_ref().map_or(0, |i| i.bytes.len()));
    let mut taken = Vec::new();
    for file in &message.files {
        if taken.len() < most && file.bytes.len() <= FILE_BYTES.min(left) {
            left -= file.bytes.len();
            taken.push(file);
        }
    }
    taken
}

/// A sentence about each file that is left out.
fn left_out(message: &Message) -> Vec<Text> {
    let taken = taken(message);
    let out = message.files.iter().filter(|file| !taken.iter().any(|t| std::ptr::eq(*t, *file)));
    out.map(|file| words::left_out(&file.name, file.bytes.len())).collect()
}

fn media(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).as_deref() {
        Some("csv") => "text/csv; charset=utf-8",
        Some("md") => "text/markdown; charset=utf-8",
        Some("txt" | "toml") => "text/plain; charset=utf-8",
        Some("json") => "application/json",
        Some("png") => "image/png",
        Some(_) | None => "application/octet-stream",
    }
}

/// A name that `attachment://` can refer to.
fn file_name(name: &str, otherwise: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let name: String = name.chars().map(|c| if safe(c) { c } else { '_' }).collect();
    // The ending is what a long name may not lose.
    let name = name.get(name.len().saturating_sub(64)..).unwrap_or(&name).to_owned();
    if name.trim_matches(['.', '_']).is_empty() { otherwise.to_owned() } else { name }
}

#[cfg(test)]
mod tests;
