//! Somebody who came in with a file by name alone is known now.

use super::words::{self, NAME, tidy};
use crate::chat::message::{Message, Span, Text};
use crate::domain::ids::PersonId;

/// So many records are named.
const NAMED: usize = 10;

/// For an admin: who is taken for whom.
pub fn linked(name: &str, account: PersonId) -> Message {
    let text = Text::plain("🔗 ").and(Span::Person(account)).then(format!(
        " is taken for the {} who came in with a file: the records of that name go to them. If it is somebody else, \
         assign those records anew.",
        tidy(name, NAME)
    ));
    Message::line(text)
}

/// As `/setup show` says what was set.
pub fn setting(name: &str) -> String {
    format!("member {}: account", tidy(name, NAME))
}

/// For whom the records are: once of all of them. `handles`: what people call them.
pub fn yours(handles: &[String]) -> Message {
    let named: Vec<_> = handles.iter().take(NAMED).cloned().collect();
    let more = if handles.len() > NAMED { " …" } else { "" };
    let are = if handles.len() == 1 { "is" } else { "are" };
    let count = words::count(handles.len() as u64, "record");
    Message::line(format!(
        "👉 {count} that came in with a file under your name {are} yours now: {}{more}.",
        named.join(", ")
    ))
}
