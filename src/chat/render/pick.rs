//! Private pick lists that a button opens: statuses, activities, the spans of a snooze.

use super::suggest;
use super::view::Ctx;
use super::words;
use crate::chat::action::{Action, SnoozeSpan};
use crate::chat::message::{Choices, Emphasis, Message, Text};
use crate::domain::activity::Activity;
use crate::domain::ids::StatusId;
use crate::domain::record::Record;

/// How many options a list has at most.
const OPTIONS: usize = 25;

/// Every status that the record may move to now, each with its meaning (D18). `allowed` comes from the engine.
pub fn pick_status(ctx: &Ctx<'_>, record: &Record, allowed: &[StatusId]) -> Message {
    let options: Vec<_> =
        allowed.iter().filter_map(|id| ctx.playbook.status(id)).take(OPTIONS).map(suggest::status).collect();
    let at = words::status(ctx, &record.status);
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

/// Activities in the order in which they are offered.
pub fn activities(ctx: &Ctx<'_>, record: Option<&Record>) -> Vec<Activity> {
    let status = record.and_then(|r| ctx.playbook.status(&r.status));
    let mut order: Vec<Activity> = status.map(|s| s.suggests.clone()).unwrap_or_default();
    for activity in Activity::ALL {
        if !order.contains(&activity) {
            order.push(activity);
        }
    }
    order
}

/// For how long posts about the record should be silent.
pub fn pick_snooze(record: &Record) -> Message {
    let text = Text::plain("Keep posts about ").append(Text::strong(words::title(record)));
    let mut message = Message::line(text.then(" silent for how long? Its clocks go on."));
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
