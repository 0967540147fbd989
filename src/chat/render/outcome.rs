//! What came of an event (B2, B9, B10): the questions, each a private pick list.

use super::suggest;
use super::view::Ctx;
use super::words::{self, tidy};
use crate::chat::action::Action;
use crate::chat::message::{Choice, Choices, Message, Text};
use crate::domain::ids::{DraftId, StatusId};
use crate::domain::outcome;
use crate::domain::playbook::{Outcome, Reason};
use crate::domain::record::Record;

/// How many options a list has at most.
const OPTIONS: usize = 25;

/// `📨 Enquiry → ☎️ Contact`: where it stands, and what comes next (B10); `None`: there is no order.
pub fn hint(ctx: &Ctx<'_>, record: &Record) -> Option<String> {
    let next = outcome::next_status(record, ctx.playbook)?;
    Some(format!("{} → {}", words::status_now(ctx, record), words::status_next(ctx, record, &next)))
}

/// Which outcome.
pub fn ask(ctx: &Ctx<'_>, record: &Record, draft: DraftId, possible: &[&Outcome]) -> Message {
    let mut message = Message::line(Text::strong(words::title(record)).then(": what came of it?"));
    message.lines.extend(now_and_next(ctx, record));
    message.choices.push(Choices {
        action: Action::PickOutcome { draft },
        prompt: "Pick an outcome".to_owned(),
        options: possible.iter().take(OPTIONS).map(|o| suggest::outcome(o)).collect(),
    });
    message
}

/// Which status an outcome leads to.
pub fn ask_status(
    ctx: &Ctx<'_>,
    record: &Record,
    draft: DraftId,
    outcome: &Outcome,
    allowed: &[StatusId],
) -> Message {
    let name = Text::strong(words::title(record));
    let mut message = Message::line(name.then(format!(" · {}: where does it stand now?", outcome.label)));
    message.lines.extend(now_and_next(ctx, record));
    let statuses = allowed.iter().filter_map(|id| ctx.playbook.status(id)).take(OPTIONS);
    message.choices.push(Choices {
        action: Action::DoneAnswer { draft },
        prompt: "Pick the status".to_owned(),
        options: statuses.map(|status| suggest::status_next(ctx, record, status)).collect(),
    });
    message
}

fn now_and_next(ctx: &Ctx<'_>, record: &Record) -> Option<Text> {
    hint(ctx, record).map(|hint| Text::plain(format!("Now and next: {hint}.")))
}

/// An outcome with the status that it asks for, as autocompletion shows it.
pub fn with_status(ctx: &Ctx<'_>, record: &Record, outcome: &Outcome, to: &StatusId) -> Choice {
    let label = format!("{}: {}", outcome.label, words::label_next(ctx, record, to));
    Choice { value: format!("{}: {to}", outcome.id), label: tidy(&label, 100), means: None }
}

/// An outcome with the reason that it asks for.
pub fn with_reason(outcome: &Outcome, reason: &Reason) -> Choice {
    let label = format!("{}: {}", outcome.label, reason.label);
    Choice { value: format!("{}: {}", outcome.id, reason.id), label: tidy(&label, 100), means: None }
}
