//! Merging and erasing in words (ruling 15).

use super::words::{self, tidy};
use crate::chat::action::Action;
use crate::chat::message::{Emphasis, Form, Input, Message, Severity, Text};
use crate::domain::record::Record;

/// What erasing does, before it is done: to an admin, with the button that leads on. `merged`: so many records went into
/// it, and are erased with it.
pub fn before_erasing(record: &Record, merged: usize) -> Message {
    let mut message = Message::default().titled(format!("Erase {}?", tidy(&words::title(record), 100)));
    let with = match merged {
        0 => String::new(),
        1 => " The record that was merged into it is erased with it.".to_owned(),
        more => format!(" The {more} records that were merged into it are erased with it."),
    };
    message.lines.push(Text::plain(format!("This cannot be taken back.{with}")));
    message
        .long_fact("Blanked", blanked())
        .long_fact("Stays", stays())
        .long_fact("In the chat", in_the_chat())
        .button(Action::EraseAsk { record: record.id }, format!("Erase {}", record.handle), Emphasis::Danger)
}

/// It is done.
pub fn erased(record: &Record) -> Message {
    Message::line(Text::strong(record.handle.to_string()).then(" is erased."))
        .severity(Severity::Good)
        .long_fact("Blanked", blanked())
        .long_fact("Stays", stays())
        .long_fact("In the chat", in_the_chat())
}

fn blanked() -> &'static str {
    "Name, company, e-mail and phone; every text that somebody wrote about it: notes, answers in forms, planned \
     actions, reasons of hand-overs and refusals, in its history and in requests; unfinished forms and unsent \
     messages that name it."
}

fn stays() -> &'static str {
    "What happened, when and by whom: statuses, activities, reasons from lists, amounts, dates, the source. Reports \
     count on it."
}

fn in_the_chat() -> &'static str {
    "Its card is blanked. Lines in its thread and private messages that were sent before stay where they are: delete \
     them there."
}

/// The form in which the id is typed.
pub fn erase_form(record: &Record) -> Form {
    Form {
        action: Action::EraseForm { record: record.id },
        title: format!("Erase {}", record.handle),
        inputs: vec![Input {
            id: "id".to_owned(),
            label: format!("Type {} to erase it", record.handle),
            value: None,
            placeholder: Some(record.handle.to_string()),
            long: false,
            required: true,
        }],
    }
}

/// Something else was typed; the sentence.
pub fn not_its_id(record: &Record) -> String {
    format!("Nothing is erased: to erase it, type its id, {}.", record.handle)
}
