//! Tasks: what is to be done, what a task has ready for its owner, and the question that closes it (D28, D30, D31, D70).

use chrono::{DateTime, Utc};

use super::suggest;
use super::view::Ctx;
use super::words::{self, NAME, tidy};
use crate::chat::action::Action;
use crate::chat::message::{Button, Choice, Choices, Emphasis, Message, Severity, Span, Text};
use crate::domain::clocks;
use crate::domain::ids::{DraftId, StatusId};
use crate::domain::playbook::TaskSpec;
use crate::domain::record::{OpenTask, Record};

/// What a pick list gives back for keeping the status: no status is called so.
pub const KEEP: &str = "=";
/// How many options a list has at most.
const OPTIONS: usize = 25;

/// `Contact them, due in 2 hours`.
pub fn line(ctx: &Ctx<'_>, record: &Record, task: &OpenTask) -> Text {
    let due = due(ctx, record, task);
    let when = if due < ctx.now { ", was due " } else { ", due " };
    Text::plain(format!("☑️ {}{when}", task.label)).and(words::relative(due))
}

/// When it is due.
pub fn due(ctx: &Ctx<'_>, record: &Record, task: &OpenTask) -> DateTime<Utc> {
    clocks::task_due(record, task, ctx.playbook, &ctx.workspace.team(record.team).calendar)
}

/// The open tasks of a record, each with what closes it.
pub fn tasks(ctx: &Ctx<'_>, record: &Record) -> Message {
    let mut message = Message::default().titled(words::title(record));
    if record.tasks.is_empty() {
        message.lines.push(Text::plain("Nothing is to be done here."));
    }
    for task in nearest(ctx, record) {
        message.lines.push(line(ctx, record, task));
        let (lines, buttons) = ready(ctx, record, task);
        message.lines.extend(lines);
        message.buttons.extend(buttons);
        message = message.button(
            Action::TaskDone { record: record.id, task: task.id },
            tidy(&format!("Done: {}", task.label), 80),
            Emphasis::Plain,
        );
    }
    message.button(Action::Open { record: record.id }, "Open", Emphasis::Plain)
}

/// The open tasks, the nearest first.
pub fn nearest<'r>(ctx: &Ctx<'_>, record: &'r Record) -> Vec<&'r OpenTask> {
    let mut tasks: Vec<_> = record.tasks.iter().collect();
    tasks.sort_by_key(|task| (due(ctx, record, task), task.id));
    tasks
}

/// What the playbook says of a task.
pub fn spec<'a>(ctx: &Ctx<'a>, task: &OpenTask) -> Option<&'a TaskSpec> {
    ctx.playbook.task(&task.status, &task.label)
}

/// What a task has ready: a message to send, a draft to confirm.
pub fn ready(ctx: &Ctx<'_>, record: &Record, task: &OpenTask) -> (Vec<Text>, Vec<Button>) {
    let (mut lines, mut buttons) = (Vec::new(), Message::default());
    let Some(spec) = spec(ctx, task) else { return (lines, Vec::new()) };
    if let Some(template) = &spec.prepare {
        let how = if task.by_hook {
            "Your team's webhook was given this to send; press Sent once it has gone out:"
        } else {
            "Copy this, send it, and press Sent:"
        };
        lines.push(Text::plain(how));
        lines.push(Text(vec![Span::Block(prepared(ctx, record, template))]));
        if spec.names_link() && link(ctx, record).is_none() {
            let text = Text::plain("You have no booking link yet: set it with ");
            lines.push(text.and(Span::Code("/me booking link:https://…".to_owned())).then("."));
        }
        let sent = Action::TaskSent { record: record.id, task: task.id };
        buttons = buttons.button(sent, "Sent", Emphasis::Primary);
    }
    if !spec.confirms.is_empty() {
        let mut draft = Text::plain("Draft: ");
        for (at, field) in spec.confirms.iter().enumerate() {
            let sep = if at > 0 { " · " } else { "" };
            draft = draft.then(format!("{sep}{} ", words::field(ctx, field)));
            draft = match record.get(field) {
                Some(value) => draft.append(words::value(ctx, field, &value)),
                None => draft.then("missing"),
            };
        }
        lines.push(draft);
        let confirm = Action::TaskConfirm { record: record.id, task: task.id };
        buttons = buttons.button(confirm, "Confirm", Emphasis::Primary);
    }
    (lines, buttons.buttons)
}

/// The webhook did not take the message, or could not be given it: its owner sends it after all.
pub fn by_hand_after_all(ctx: &Ctx<'_>, record: &Record, task: &OpenTask) -> Message {
    let by_hand = OpenTask { by_hook: false, ..task.clone() };
    let (lines, buttons) = ready(ctx, record, &by_hand);
    let text = Text::plain("☑️ ").append(Text::strong(words::title(record)));
    let mut message = Message::line(text.then(" · your team's webhook did not send this message."));
    message.lines.extend(lines);
    message.buttons = buttons;
    message.button(Action::Open { record: record.id }, "Open", Emphasis::Plain).severity(Severity::Warning)
}

/// The prepared message for a record: whatever people wrote is tidied, and nothing of it is read as a placeholder.
pub fn prepared(ctx: &Ctx<'_>, record: &Record, template: &str) -> String {
    let name = Some(tidy(&record.contact.name, NAME)).filter(|n| !n.is_empty());
    let company = record.contact.company.as_deref().map(|c| tidy(c, NAME)).filter(|c| !c.is_empty());
    let owner = record.owner.map(|owner| tidy(&ctx.workspace.name_of(owner), NAME));
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((word, after)) = after.split_once('}') else {
            text.push('{');
            rest = after;
            continue;
        };
        let value = match word {
            "name" => name.clone().unwrap_or_else(|| "there".to_owned()),
            "company" => {
                company.clone().or_else(|| name.clone()).unwrap_or_else(|| "your company".to_owned())
            }
            "owner" => owner.clone().unwrap_or_default(),
            "link" => link(ctx, record).unwrap_or("(your booking link)").to_owned(),
            other => format!("{{{other}}}"),
        };
        text.push_str(&value);
        rest = after;
    }
    text.push_str(rest);
    text
}

fn link<'a>(ctx: &Ctx<'a>, record: &Record) -> Option<&'a str> {
    ctx.workspace.booking_link(record.owner, record.team)
}

/// D70: what status is true now that the task is done. `allowed` comes from the engine.
pub fn ask_status(
    ctx: &Ctx<'_>,
    record: &Record,
    task: &OpenTask,
    draft: DraftId,
    allowed: &[StatusId],
) -> Message {
    let at = words::status_now(ctx, record);
    let name = Text::strong(words::title(record));
    let mut message = Message::line(
        name.then(format!(" · {}: it is closed with your answer. What is true now?", task.label)),
    );
    let mut options = vec![Choice {
        value: KEEP.to_owned(),
        label: tidy(&format!("Keep {at}"), 100),
        means: Some("The status is still right.".to_owned()),
    }];
    let moves = allowed.iter().filter_map(|id| ctx.playbook.status(id));
    options.extend(moves.take(OPTIONS - 1).map(|status| suggest::status_next(ctx, record, status)));
    message.choices.push(Choices {
        action: Action::DoneAnswer { draft },
        prompt: "Keep the status, or pick another".to_owned(),
        options,
    });
    message
}

/// No open task is called so.
pub fn unknown(noun: &str, typed: &str) -> Message {
    let text =
        Text::plain(format!("\"{}\" is no open task: pick one from the list, or see ", tidy(typed, 60)));
    Message::line(text.and(Span::Code(format!("/{noun} mine filter:tasks"))).then("."))
        .severity(Severity::Warning)
}

/// A task as autocompletion shows it: what comes back is `L-12/1`.
pub fn choice(ctx: &Ctx<'_>, record: &Record, task: &OpenTask) -> Choice {
    let due = due(ctx, record, task);
    let late = if due < ctx.now { "⏰ " } else { "" };
    let due = due.with_timezone(&ctx.zone).format("%a %-d %b %H:%M");
    let name = words::title_within(record, 40);
    Choice {
        value: format!("{}/{}", record.handle, task.id),
        label: tidy(&format!("{late}{name} · {} · {due}", task.label), 100),
        means: None,
    }
}
