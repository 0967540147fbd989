//! Words about input that no reader of values has: what is missing beside it, and where it does not work.

use super::view::Ctx;
use super::words::{self, tidy};
use crate::chat::intent::ApprovalsOf;
use crate::chat::message::Message;
use crate::domain::accounts::Unreadable;
use crate::domain::field::{Data, FieldValue, builtin};
use crate::domain::workspace::Thresholds;

/// A command in a private message, or a button there of a workspace in which the person is not known.
pub fn not_here() -> Message {
    super::problem::unreadable(
        "This works only in your team's server: give the command in one of its channels.",
    )
}

/// A word that is not on a field's list; the sentence.
pub fn not_one_of(typed: &str, label: &str, options: &[String]) -> String {
    format!("\"{}\" is no answer to \"{label}\": pick {}.", tidy(typed, 60), words::join(options, "or"))
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

/// A number that is too small or too great; the sentence.
pub fn not_within(what: &str, range: &std::ops::RangeInclusive<u32>) -> String {
    format!("\"{what}\" takes a whole number from {} to {}.", range.start(), range.end())
}

/// A budget that cannot be read; the sentence.
pub fn unreadable_budget(typed: &str) -> String {
    let range = Thresholds::BUDGETS;
    format!(
        "\"{}\" is not a budget: write a number from {} to {}, such as 12, or North 6 for a team.",
        tidy(typed, 60),
        range.start(),
        range.end()
    )
}

/// An account list that cannot be read; the sentence.
pub fn unreadable_accounts(why: &Unreadable) -> String {
    let example = "write it like 500, Acme Ltd=@ana, Globex=@ben";
    match why {
        Unreadable::Entry(entry) => {
            format!("\"{}\" is neither a size nor a company with its owner: {example}.", tidy(entry, 60))
        }
        Unreadable::NoSuchPerson { company, typed } => format!(
            "I know nobody called \"{}\" for {}: place them with /setup member first, or mention them.",
            tidy(typed, 60),
            tidy(company, 60)
        ),
        Unreadable::Twice(company) => {
            format!("{} stands there twice: {example}.", tidy(company, 60))
        }
        Unreadable::TwoLimits => format!("There are two sizes: {example}."),
    }
}

/// A span in which changes can be taken back that cannot be; the sentence.
pub fn unreadable_window(typed: &str) -> String {
    format!(
        "\"{}\" is not a time in which to undo: write from 1 minute to 24 hours, such as 15m.",
        tidy(typed, 60)
    )
}

/// A language that is not there; the sentence.
pub fn not_translated(typed: &str) -> String {
    let named = match typed.to_lowercase().as_str() {
        "ms" | "malay" | "bahasa melayu" => "Malay is not translated yet".to_owned(),
        "id" | "indonesian" | "bahasa indonesia" => "Indonesian is not translated yet".to_owned(),
        _ => format!("\"{}\" is no language of mine", tidy(typed, 60)),
    };
    format!("{named}: write language:en.")
}

/// A date that has to lie ahead does not; the sentence.
pub fn not_ahead(label: &str) -> String {
    format!("\"{}\" must lie ahead: write it like tomorrow 3pm, in 2 days or next week.", tidy(label, 60))
}

/// Away until before it begins; the sentence.
pub fn away_ends_too_early() -> String {
    "Until when you are away must lie ahead, and after its beginning: such as until:\"mon 9am\".".to_owned()
}

/// No record has that noun.
pub fn unknown_noun(noun: &str) -> String {
    format!("There is no playbook for \"{}\" any more.", tidy(noun, 60))
}

/// A pipeline that there is not (ruling 18).
pub fn unknown_pipeline(typed: &str, titles: &[&str]) -> String {
    let titles: Vec<_> = titles.iter().map(|title| tidy(title, 60)).collect();
    format!("There is no pipeline \"{}\": choose {}.", tidy(typed, 60), words::join(&titles, "or"))
}

/// An option that another pipeline has.
pub fn not_for_pipeline(option: &str, title: &str) -> String {
    format!("{} has no \"{}\": leave it out.", tidy(title, 60), tidy(option, 40))
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
