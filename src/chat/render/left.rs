//! Somebody has left (ruling 17): what the managers are told, and what became of the records.

use serde::{Deserialize, Serialize};

use super::Ctx;
use super::jobs::{JobFile, Progress};
use super::words::{self, tidy};
use crate::chat::action::Action;
use crate::chat::message::{Emphasis, Message, Severity, Span, Text};
use crate::domain::ids::PersonId;
use crate::domain::record::Record;

/// So many records are named.
const SHOWN: usize = 15;
/// So many of those that somebody gets.
const NAMED: usize = 10;

/// What somebody left behind, as far as its reader leads the teams.
#[derive(Debug, Default)]
pub struct LeftView<'a> {
    /// Their records that are not closed.
    pub records: Vec<(Ctx<'a>, &'a Record)>,
    /// So many requests that they could have decided wait for the reader now.
    pub requests: u64,
}

/// What they left behind, in one message with a button.
pub fn list(person: PersonId, view: &LeftView<'_>) -> Message {
    let records = view.records.len();
    let text = Text(vec![Span::Person(person)]);
    let mut message = Message::line(match records {
        0 => text.then(" has left. None of their records is open."),
        1 => text.then(" has left. 1 record is still theirs, and its posts come to the managers:"),
        n => text.then(format!(
            " has left. {} records are still theirs, and their posts come to the managers:",
            words::thousands(n as u64)
        )),
    })
    .severity(Severity::Warning);
    for (ctx, record) in view.records.iter().take(SHOWN) {
        let at = words::status_now(ctx, record);
        message.lines.push(Text::strong(words::title(record)).then(format!(" · {at}")));
    }
    if records > SHOWN {
        message.lines.push(format!("… and {} more", words::thousands((records - SHOWN) as u64)).into());
    }
    if view.requests > 0 {
        let what = match view.requests {
            1 => "1 request that they could have decided waits for you: ".to_owned(),
            n => format!("{} requests that they could have decided wait for you: ", words::thousands(n)),
        };
        message.lines.push(Text::plain(what).and(Span::Code("/approvals mine".to_owned())).then("."));
    }
    match view.records.first() {
        Some((_, record)) => {
            let action = Action::ReassignAll { record: record.id, from: person };
            message.button(action, "Reassign all", Emphasis::Primary)
        }
        None => message,
    }
}

/// It began.
pub fn begun(person: PersonId, records: u64) -> Message {
    let text = match records {
        1 => "1 record of ".to_owned(),
        n => format!("{} records of ", words::thousands(n)),
    };
    let text = Text::plain(text)
        .and(Span::Person(person))
        .then(" is being handed on: a message here shows how far it is, and you are told when it is done.");
    Message::line(text).severity(Severity::Good)
}

/// There is nothing to hand on any more; the sentence.
pub fn nothing(person: PersonId) -> Message {
    let text = Text::plain("Nothing of ").and(Span::Person(person));
    Message::line(text.then(" is left to hand on: somebody has done it already.")).severity(Severity::Warning)
}

/// They have not left; the sentence.
pub fn is_here(person: PersonId) -> Message {
    let text = Text(vec![Span::Person(person)]).then(" is not gone: hand their records on one by one with ");
    Message::line(text.and(Span::Code("/lead assign".to_owned())).then(".")).severity(Severity::Warning)
}

/// Nobody sets themselves down as gone; the sentence.
pub fn not_oneself() -> String {
    "You are here, so you cannot be gone: ask another admin to set it when you have left.".to_owned()
}

/// What came of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Somebody has it now.
    Given,
    /// Nobody was free: it belongs to nobody now.
    Released,
    /// It is as it was.
    Kept,
}

impl Outcome {
    /// The file's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Given => "handed on",
            Self::Released => "belongs to nobody",
            Self::Kept => "left as it is",
        }
    }
}

/// What came of the records so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Handed on.
    pub given: u64,
    /// With nobody.
    pub released: u64,
    /// As they were.
    pub kept: u64,
}

impl Tally {
    /// One more.
    pub fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Given => self.given += 1,
            Outcome::Released => self.released += 1,
            Outcome::Kept => self.kept += 1,
        }
    }
}

fn tally(tally: &Tally) -> String {
    let all = [
        (tally.given, Outcome::Given.name()),
        (tally.released, "with nobody"),
        (tally.kept, Outcome::Kept.name()),
    ];
    let said: Vec<_> = all
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{} {what}", words::thousands(*n)))
        .collect();
    if said.is_empty() { "nothing yet".to_owned() } else { said.join(", ") }
}

/// What it is called while it runs. `name`: of whoever has left.
pub fn progress(name: &str, counts: &Tally) -> Progress {
    Progress { title: format!("Records of {}, who has left", tidy(name, 60)), so_far: tally(counts) }
}

/// What came of it.
pub fn result(name: &str, counts: &Tally) -> (Message, JobFile) {
    let left = counts.released + counts.kept > 0;
    let severity = if left { Severity::Warning } else { Severity::Good };
    let line = format!("Records of {}, who has left: {}.", tidy(name, 60), tally(counts));
    let mut message = Message::line(line).severity(severity);
    message.lines.push("The file says who has which now.".into());
    (
        message,
        JobFile { name: "handed-on.csv".to_owned(), head: "record,name,owner,outcome,reason".to_owned() },
    )
}

/// Whoever gets records is told once of all of them. `handles`: what people call them.
pub fn yours(from: PersonId, by: PersonId, handles: &[String]) -> Message {
    let count = handles.len();
    let named: Vec<_> = handles.iter().take(NAMED).cloned().collect();
    let more = if count > NAMED { " …" } else { "" };
    let text = match count {
        1 => "1 record".to_owned(),
        n => format!("{} records", words::thousands(n as u64)),
    };
    let are = if count == 1 { "is" } else { "are" };
    let text = Text::plain(format!("{text} of "))
        .and(Span::Person(from))
        .then(format!(", who has left, {are} yours now: {}{more}. ", named.join(", ")));
    Message::line(text.and(Span::Person(by)).then(" handed them on."))
}

/// Somebody else has it by now; the sentence.
pub fn has_moved_on() -> String {
    "It belonged to somebody else already.".to_owned()
}

/// The one who had left is back; the sentence.
pub fn came_back() -> String {
    "They are back.".to_owned()
}

/// Nobody is free; the sentence.
pub fn nobody_free() -> String {
    "Nobody of the team is free: give it to somebody by hand.".to_owned()
}
