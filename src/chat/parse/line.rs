//! The text form of a command: `/lead next lead:L-12 action:"call back" due:tomorrow 3pm`.
//!
//! After the command's words come options, `name:value`. A value may stand in double quotes (`\"` for a quote in it);
//! without them it reaches to the next word that begins with an option's name and a colon. People are `@name`,
//! channels `#name`, roles `@name`; a caller's closure knows which they are.

use super::clip;
use crate::chat::commands::{Command, Opt, OptKind, Sub};
use crate::chat::intent::{Call, Value};

/// A name in a typed line, to be looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mention<'a> {
    /// A person, without the `@`.
    Person(&'a str),
    /// A channel, without the `#`.
    Channel(&'a str),
    /// A platform role, without the `@`.
    Role(&'a str),
    /// A file by its name.
    File(&'a str),
}

/// Reads a line against the table. `resolve` gives the value of a mention, `None` where nobody is called that.
pub fn typed(
    line: &str,
    tree: &[Command],
    resolve: &dyn Fn(Mention<'_>) -> Option<Value>,
) -> Result<Call, String> {
    let tokens = tokens(line)?;
    let (first, rest) = tokens.split_first().ok_or("Type a command, such as /setup show.")?;
    let name = first.bare().and_then(|w| w.strip_prefix('/')).ok_or_else(|| {
        format!("A command begins with a slash, such as /setup show; \"{}\" does not.", clip(&first.text))
    })?;
    let command = tree
        .iter()
        .find(|c| c.name == name)
        .ok_or_else(|| format!("I know no command /{}: type / to see them all.", clip(name)))?;
    let sub = command.subs.iter().filter(|s| begins_with(rest, &s.path)).max_by_key(|s| s.path.len());
    let sub = sub.ok_or_else(|| {
        let known: Vec<_> = command.subs.iter().map(|s| s.path.join(" ")).collect();
        format!("/{name} goes on with one of {}, such as {}.", known.join(", "), command.subs[0].example)
    })?;
    let mut call = Call::default();
    call.path.push(name.to_owned());
    call.path.extend(sub.path.iter().cloned());
    for (option, text) in options(&rest[sub.path.len()..], sub)? {
        let value = value(option, &text, resolve)?;
        if call.options.insert(option.name.clone(), value).is_some() {
            return Err(format!("\"{}\" is given twice: write it once, as in {}.", option.name, sub.example));
        }
    }
    match sub.options.iter().find(|o| o.required && !call.options.contains_key(&o.name)) {
        Some(option) => Err(super::missing(&option.name, &sub.example)),
        None => Ok(call),
    }
}

fn begins_with(tokens: &[Token], path: &[String]) -> bool {
    tokens.len() >= path.len() && tokens.iter().zip(path).all(|(t, w)| t.bare() == Some(w.as_str()))
}

/// Joins tokens into options and their texts.
fn options<'a>(tokens: &[Token], sub: &'a Sub) -> Result<Vec<(&'a Opt, String)>, String> {
    let mut found: Vec<(&Opt, String, bool)> = Vec::new();
    for token in tokens {
        let named = token.name_ends.and_then(|at| {
            let option = sub.options.iter().find(|o| o.name == token.text[..at])?;
            Some((option, token.text[at + 1..].to_owned()))
        });
        match (named, found.last_mut()) {
            (Some((option, text)), _) => found.push((option, text, token.quoted)),
            (None, Some((_, text, false))) => {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(&token.text);
            }
            (None, Some((_, _, true)) | None) => {
                let known: Vec<_> = sub.options.iter().map(|o| o.name.as_str()).collect();
                return Err(format!(
                    "I cannot place \"{}\": the options are {}, as in {}.",
                    clip(&token.text),
                    if known.is_empty() { "none".to_owned() } else { known.join(", ") },
                    sub.example
                ));
            }
        }
    }
    Ok(found.into_iter().map(|(option, text, _)| (option, text)).collect())
}

fn value(option: &Opt, text: &str, resolve: &dyn Fn(Mention<'_>) -> Option<Value>) -> Result<Value, String> {
    let unknown = |what: &str| format!("I know no {what} called \"{}\": check the spelling.", clip(text));
    match option.kind {
        OptKind::Text => Ok(Value::Text(text.to_owned())),
        OptKind::Integer => text
            .parse()
            .map(Value::Number)
            .map_err(|_| super::wrong(&option.name, "a whole number, such as 40")),
        OptKind::Flag => match text.to_lowercase().as_str() {
            "true" | "yes" => Ok(Value::Flag(true)),
            "false" | "no" => Ok(Value::Flag(false)),
            _ => Err(super::wrong(&option.name, "true or false")),
        },
        OptKind::Person => {
            resolve(Mention::Person(text.trim_start_matches('@'))).ok_or_else(|| unknown("person"))
        }
        OptKind::Channel => {
            resolve(Mention::Channel(text.trim_start_matches('#'))).ok_or_else(|| unknown("channel"))
        }
        OptKind::Role => resolve(Mention::Role(text.trim_start_matches('@'))).ok_or_else(|| unknown("role")),
        OptKind::File => resolve(Mention::File(text)).ok_or_else(|| unknown("file")),
    }
}

/// A word, with its quotes resolved.
#[derive(Debug, Default)]
struct Token {
    text: String,
    /// Where the first colon outside quotes stands.
    name_ends: Option<usize>,
    /// Its value stood in quotes, so that no further word belongs to it.
    quoted: bool,
}

impl Token {
    fn bare(&self) -> Option<&str> {
        (!self.quoted && self.name_ends.is_none()).then_some(self.text.as_str())
    }
}

fn tokens(line: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut token: Option<Token> = None;
    let mut chars = line.trim().chars();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => tokens.extend(token.take()),
            '"' if token.as_ref().is_none_or(|t| t.text.ends_with(':')) => {
                let token = token.get_or_insert_default();
                token.quoted = true;
                loop {
                    match chars.next() {
                        Some('"') => break,
                        Some('\\') => token.text.extend(chars.next()),
                        Some(c) => token.text.push(c),
                        None => {
                            return Err("A quotation mark is not closed: write name:\"Acme Ltd\".".to_owned());
                        }
                    }
                }
            }
            ':' => {
                let token = token.get_or_insert_default();
                if token.name_ends.is_none() && !token.quoted {
                    token.name_ends = Some(token.text.len());
                }
                token.text.push(':');
            }
            c => token.get_or_insert_default().text.push(c),
        }
    }
    tokens.extend(token);
    Ok(tokens)
}
