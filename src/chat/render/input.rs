//! Words about input that no reader of values has: what is missing beside it, and where it does not work.

use super::view::Ctx;
use super::words::{self, tidy};
use crate::chat::intent::ApprovalsOf;
use crate::chat::message::Message;
use crate::domain::field::{Data, FieldValue, builtin};

/// A command in a private message, or a button there of a workspace in which the person is not known.
pub fn not_here() -> Message {
    super::problem::unreadable(
        "This works only in your team's server: give the command in one of its channels.",
    )
}

/// A word that is not on a field's list; the sentence.
pub fn not_one_of(typed: &str, label: &str, options: &[String]) -> String {
    format!("\"{}\" is no {}: pick {}.", tidy(typed, 60), label.to_lowercase(), words::join(options, "or"))
}

/// What should be a number and is none; the sentence.
pub fn no_number(typed: &str, label: &str) -> String {
    format!("\"{}\" is no {}: write a whole number, such as 250.", tidy(typed, 60), label.to_lowercase())
}

/// A date without what is to be done; the sentence.
pub fn due_without_action() -> String {
    "A due date needs a next action: say what is planned, such as next:\"send the offer\".".to_owned()
}

/// A plan with one half missing; the sentence.
pub fn plan_incomplete() -> String {
    "A plan needs what and when: such as \"call back\", due \"tomorrow 3pm\".".to_owned()
}

/// A threshold in a currency that cannot be compared; the sentence.
pub fn no_rate(currency: &str) -> String {
    format!("There is no rate for {currency}: give one as well, such as rates:\"{currency} 4.45\".")
}

/// No record has that noun.
pub fn unknown_noun(noun: &str) -> Message {
    super::problem::unreadable(&format!("There is no playbook for \"{}\" any more.", tidy(noun, 60)))
}

/// A menu's command that is there no more.
pub fn unknown_menu(name: &str) -> Message {
    super::problem::unreadable(&format!("\"{}\" is not there any more: open the menu again.", tidy(name, 60)))
}

/// The title of a form for a new record.
pub fn new_title(ctx: &Ctx<'_>, data: &Data) -> String {
    let noun = &ctx.playbook.noun.singular;
    match data.get(builtin::NAME).and_then(FieldValue::as_text) {
        Some(name) => format!("New {noun}: {}", tidy(name, 60)),
        None => format!("New {noun}"),
    }
}

/// The title over so many waiting requests.
pub fn approvals_title(which: ApprovalsOf, waiting: usize) -> &'static str {
    match (which, waiting) {
        (ApprovalsOf::Mine, 0) => "Nothing waits for you, and nothing that you asked for waits",
        (ApprovalsOf::All, 0) => "Nothing waits for approval",
        (ApprovalsOf::Mine, _) => "Waiting for you, or asked by you",
        (ApprovalsOf::All, _) => "Waiting for approval",
    }
}
