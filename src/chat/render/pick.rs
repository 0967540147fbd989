//! Private pick lists that a button opens: statuses, activities, the spans of a snooze.

use super::suggest;
use super::view::{Ctx, RowView};
use super::words::{self, tidy};
use crate::chat::action::{Action, SnoozeSpan};
use crate::chat::message::{Choice, Choices, Emphasis, Message, Severity, Span, Text};
use crate::domain::activity::{Activity, ActivityKind};
use crate::domain::ids::{DraftId, StatusId};
use crate::domain::playbook::Noun;
use crate::domain::record::Record;

/// How many options a list has at most.
const OPTIONS: usize = 25;

/// Every status that the record may move to now, each with its meaning (D18). `allowed` comes from the engine.
pub fn pick_status(ctx: &Ctx<'_>, record: &Record, allowed: &[StatusId]) -> Message {
    let statuses = allowed.iter().filter_map(|id| ctx.playbook.status(id)).take(OPTIONS);
    let options: Vec<_> = statuses.map(|status| suggest::status_next(ctx, record, status)).collect();
    let at = words::status_now(ctx, record);
    if options.is_empty() {
        return Message::line(
            Text::strong(words::title(record)).then(format!(" is {at}, and nothing may follow it.")),
        );
    }
    let mut message =
        Message::line(Text::strong(words::title(record)).then(format!(" is {at}. Move it to:")));
    message.choices.push(Choices {
        action: Action::PickStatus { record: record.id, version: record.version },
        prompt: "Pick a status".to_owned(),
        options,
    });
    message
}

/// Every activity, those first that the record's status suggests.
pub fn pick_activity(ctx: &Ctx<'_>, record: &Record) -> Message {
    let mut message = Message::line(Text::strong(words::title(record)).then(": what happened?"));
    let options = activities(ctx, Some(record)).into_iter().map(suggest::activity).collect();
    message.choices.push(Choices {
        action: Action::PickActivity { record: record.id },
        prompt: "Pick an activity".to_owned(),
        options,
    });
    message
}

/// The records to which a message may be logged; what it says is shown above.
pub fn pick_for_note(draft: DraftId, noun: &Noun, text: &str, rows: &[RowView<'_>]) -> Message {
    let one = &noun.singular;
    let mut message = Message::line(Text::strong(format!("Log this to which {one}?")));
    let said = tidy(text, words::NOTE);
    if !said.is_empty() {
        message.lines.push(Text(vec![Span::Soft(said)]));
    }
    let options = rows.iter().map(|row| Choice { value: row.record.id.to_string(), ..suggest::record(row) });
    message.choices.push(Choices {
        action: Action::NoteRecord { draft },
        prompt: format!("Pick a {one}"),
        options: options.take(OPTIONS).collect(),
    });
    message.footer = Some("Those it may be about come first, then yours.".to_owned());
    message
}

/// There is no record that a message could be logged to.
pub fn nothing_to_log_to(noun: &Noun) -> Message {
    let one = &noun.singular;
    Message::line(format!(
        "No {one} fits this message, and you own no open one: use \"Create {one}\" on it, or /{one} log."
    ))
    .severity(Severity::Warning)
}

/// Which activity a message was, for the record that was picked.
pub fn pick_note_activity(ctx: &Ctx<'_>, record: &Record, draft: DraftId) -> Message {
    let mut message = pick_activity(ctx, record);
    for choices in &mut message.choices {
        choices.action = Action::NoteActivity { draft, record: record.id };
    }
    message
}

/// Activities in the order in which they are offered.
pub fn activities(ctx: &Ctx<'_>, record: Option<&Record>) -> Vec<Activity> {
    let status = record.and_then(|r| ctx.playbook.status(&r.status));
    let mut order: Vec<Activity> = status.map(|s| s.suggests.clone()).unwrap_or_default();
    for activity in Activity::ALL {
        if !order.contains(&activity) {
            order.push(activity);
        }
    }
    // B8: what would be refused is not offered.
    if status.is_some_and(|s| s.refuses_outreach) {
        order.retain(|activity| activity.kind() != ActivityKind::Touch);
    }
    order
}

/// For how long posts about the record should be silent.
pub fn pick_snooze(record: &Record) -> Message {
    let text = Text::plain("Keep posts about ").append(Text::strong(words::title(record)));
    let mut message = Message::line(text.then(" silent for how long? Its deadlines go on."));
    for span in SnoozeSpan::ALL {
        let label = match span {
            SnoozeSpan::Hour => "1 hour",
            SnoozeSpan::Tomorrow => "Until tomorrow 9:00",
            SnoozeSpan::NextBusinessDay => "Until the next business day",
        };
        message = message.button(Action::SnoozeFor { record: record.id, span }, label, Emphasis::Plain);
    }
    message
}
