//! What is said about a company whose records all wait (D41).

use super::{Ctx, words};
use crate::chat::action::Action;
use crate::chat::message::{Emphasis, Message, Severity, Span, Text};
use crate::domain::cluster::Member;
use crate::domain::ids::{PersonId, StatusId};

/// So many handles, or companies, are named.
const NAMED: usize = 10;
/// So many can be opened from the message: one row of buttons.
const OPENED: usize = 5;
/// The longest company's name that stands in it.
const COMPANY: usize = 80;

/// The message for the managers; `all` are the company's records.
pub fn message(ctx: &Ctx<'_>, company: &str, all: &[Member], says: &str, managers: &[PersonId]) -> Message {
    let mut handles: Vec<_> = all.iter().take(NAMED).map(|m| m.handle.to_string()).collect();
    if all.len() > NAMED {
        handles.push(format!("{} more", all.len() - NAMED));
    }
    let statuses: Vec<_> = all.iter().map(|m| &m.status).collect();
    let text = Text::strong(format!("🏢 {}", words::shown(company, COMPANY))).then(format!(
        ": all {} {} are in {}: {}.",
        all.len(),
        ctx.playbook.noun.plural,
        named(ctx, statuses),
        words::join(&handles, "and"),
    ));
    let message = to_managers(Message::line(text), says, managers);
    all.iter().take(OPENED).fold(message, |message, member| {
        message.button(Action::Open { record: member.id }, format!("Open {}", member.handle), Emphasis::Plain)
    })
}

/// The message about many companies at once: an import brought them in. Each with how many records it has.
pub fn many(ctx: &Ctx<'_>, companies: &[(String, usize)], says: &str, managers: &[PersonId]) -> Message {
    let statuses = ctx.playbook.cluster.iter().flat_map(|cluster| &cluster.statuses).collect();
    let mut names: Vec<_> = companies
        .iter()
        .take(NAMED)
        .map(|(name, count)| format!("{} ({count})", words::shown(name, COMPANY)))
        .collect();
    if companies.len() > NAMED {
        names.push(format!("{} more", companies.len() - NAMED));
    }
    let text = Text::strong(format!("🏢 {} companies", companies.len())).then(format!(
        " have all their {} in {}: {}.",
        ctx.playbook.noun.plural,
        named(ctx, statuses),
        words::join(&names, "and"),
    ));
    to_managers(Message::line(text), says, managers)
}

/// What the statuses are called.
fn named(ctx: &Ctx<'_>, statuses: Vec<&StatusId>) -> String {
    let mut names: Vec<_> = statuses.into_iter().map(|status| words::status(ctx, status)).collect();
    names.sort();
    names.dedup();
    words::join(&names, "or")
}

fn to_managers(message: Message, says: &str, managers: &[PersonId]) -> Message {
    let mut message = message.severity(Severity::Warning);
    let mut next = Text::default();
    for manager in managers {
        next = next.and(Span::Person(*manager)).then(" ");
    }
    message.lines.push(next.then(says));
    message.mentions = managers.to_vec();
    message
}
