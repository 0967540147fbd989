//! What is said about a company whose records all wait (D41).

use super::{Ctx, words};
use crate::chat::action::Action;
use crate::chat::message::{Emphasis, Message, Severity, Span, Text};
use crate::domain::ids::PersonId;
use crate::domain::record::Record;

/// So many handles are named.
const NAMED: usize = 10;
/// The longest company's name that stands in it.
const COMPANY: usize = 80;

/// The message for the managers. `record` made it so; `all` are the company's.
pub fn message(
    ctx: &Ctx<'_>,
    record: &Record,
    all: &[&Record],
    says: &str,
    managers: &[PersonId],
) -> Message {
    let company = words::shown(record.contact.company.as_deref().unwrap_or_default(), COMPANY);
    let mut handles: Vec<_> = all.iter().take(NAMED).map(|r| r.handle.to_string()).collect();
    if all.len() > NAMED {
        handles.push(format!("{} more", all.len() - NAMED));
    }
    let mut statuses: Vec<_> = all.iter().map(|r| words::status(ctx, &r.status)).collect();
    statuses.sort();
    statuses.dedup();
    let text = Text::strong(format!("🏢 {company}")).then(format!(
        ": all {} {} are in {}: {}.",
        all.len(),
        ctx.playbook.noun.plural,
        words::join(&statuses, "or"),
        words::join(&handles, "and"),
    ));
    let mut message = Message::line(text).severity(Severity::Warning);
    let mut next = Text::default();
    for manager in managers {
        next = next.and(Span::Person(*manager)).then(" ");
    }
    message.lines.push(next.then(says));
    message.mentions = managers.to_vec();
    message.button(Action::Open { record: record.id }, format!("Open {}", record.handle), Emphasis::Plain)
}
