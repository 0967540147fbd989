//! The private confirmation of what a command did: one line, and what comes next.

use super::card;
use super::points;
use super::task;
use super::undo;
use super::view::Ctx;
use super::words::{self, NOTE, tidy};
use crate::chat::action::Action;
use crate::chat::message::{Emphasis, Message, Severity, Span, Text};
use crate::domain::activity::Activity;
use crate::domain::event::{Cause, Event, EventKind, Moved, TaskEnd};
use crate::domain::ids::EventId;
use crate::domain::playbook::{Class, OutcomeEffect};
use crate::domain::record::Record;
use crate::domain::undo::is_decision;

/// What happened, for whoever asked: `record` is as it is after the events. No events: nothing changed.
pub fn done(ctx: &Ctx<'_>, record: &Record, events: &[Event]) -> Message {
    let why = events.iter().find_map(|event| match &event.kind {
        EventKind::Moved(moved) => moved.reason.as_ref().and_then(|id| words::reason(ctx, id.as_str())),
        _ => None,
    });
    let mut said = events.iter().filter_map(|event| says(ctx, record, event, why.as_deref()));
    let Some(first) = said.next() else { return unchanged(ctx, record) };
    let mut text = Text::strong(words::title(record)).append(match first {
        Said::OfIt(what) => Text::plain(" ").append(what),
        Said::Label(label, what) => Text::plain(format!(" · {}: ", label.to_lowercase())).append(what),
    });
    for more in said {
        text = text.append(match more {
            Said::OfIt(what) => Text::plain(" It ").append(what),
            Said::Label(label, what) => Text::plain(format!(" {label}: ")).append(what),
        });
    }
    let mut message = Message::line(text).severity(Severity::Good);
    let moved = events.iter().any(|e| matches!(e.kind, EventKind::Moved(_) | EventKind::Created(_)));
    let planned = events.iter().any(|e| matches!(e.kind, EventKind::Planned { .. }));
    if let Some(next) = next(ctx, record).filter(|_| moved && !planned) {
        message.lines.push(next);
    }
    if !record.owes.is_empty() {
        message.lines.push(Text::plain(format!("Still missing: {}.", words::fields(ctx, &record.owes))));
        message = message.button(Action::FillOwed { record: record.id }, "Fill in", Emphasis::Primary);
    }
    for event in events {
        if let EventKind::Suggested { to, .. } = &event.kind {
            message.buttons.extend(card::moves_to(ctx, record, to, 4));
            message.buttons.extend(card::dismiss(record));
        }
    }
    let moved_to = events.iter().rev().find_map(|e| match &e.kind {
        EventKind::Moved(moved) if moved.enters() => ctx.playbook.status(&moved.to),
        _ => None,
    });
    if let Some(status) = moved_to.filter(|s| !s.offers.after_talk.is_empty())
        && record.contacted.two_way.is_some()
    {
        message.lines.push(Text::plain("They have talked with you before: would this suit better?"));
        message.buttons.extend(card::moves_to(ctx, record, &status.offers.after_talk, 2));
    }
    to_do(ctx, record, events, &mut message);
    let logged = events.iter().any(|e| matches!(e.kind, EventKind::Logged { .. }));
    let class = ctx.playbook.status(&record.status).map_or(Class::Open, |status| status.class);
    if logged && !planned && card::is_planned(ctx, class) {
        message = message.button(Action::PlanNext { record: record.id }, "Plan next", Emphasis::Plain);
    }
    if let Some(command) = can_be_undone(ctx, record, events) {
        message = message.button(Action::Undo { record: record.id, command }, "Undo", Emphasis::Plain);
    }
    message.button(Action::Open { record: record.id }, "Open", Emphasis::Plain)
}

/// What is to be done now: tasks that were opened, what they have ready for their owner, a flag that was raised.
fn to_do(ctx: &Ctx<'_>, record: &Record, events: &[Event], message: &mut Message) {
    let actor = events.iter().find_map(|event| event.by);
    let own = record.owner.is_none() || record.owner == actor;
    let mut offered = false;
    for event in events {
        match &event.kind {
            EventKind::Flagged { flag } => {
                if let Some((_, flag)) = ctx.playbook.flag(flag) {
                    let what = Some(&flag.what_to_do).filter(|w| !w.is_empty());
                    let what = what.map(|w| format!(": {w}")).unwrap_or_default();
                    message.lines.push(Text::plain(format!("🚩 {}{what}.", flag.says)));
                }
            }
            EventKind::TaskOpened(opened) => {
                // It may have been closed again by what followed.
                let Some(open) = record.task(opened.id) else { continue };
                message.lines.push(task::line(ctx, record, open));
                if own {
                    let (lines, buttons) = task::ready(ctx, record, open);
                    message.lines.extend(lines);
                    message.buttons.extend(buttons);
                    offered = true;
                }
            }
            _ => {}
        }
    }
    let logged = events.iter().any(|e| matches!(e.kind, EventKind::Logged { .. }));
    if logged && !offered && !record.tasks.is_empty() {
        let button =
            Message::default().button(Action::Tasks { record: record.id }, "Task done…", Emphasis::Plain);
        message.buttons.extend(button.buttons);
    }
}

/// The command that made these events, where it moved the record in a way that a press can take back (X4).
fn can_be_undone(ctx: &Ctx<'_>, record: &Record, events: &[Event]) -> Option<EventId> {
    let locked = ctx.playbook.status(&record.status).is_some_and(|status| status.locked);
    let moved = events.iter().any(|event| match &event.kind {
        EventKind::Moved(_) => !is_decision(event),
        _ => false,
    });
    let created = events.iter().any(|event| matches!(event.kind, EventKind::Created(_)));
    let count = i64::try_from(events.len()).ok()?;
    record.last_event.filter(|_| moved && !created && !locked).map(|last| EventId(last.0 + 1 - count))
}

/// Nothing to do: where it stands.
pub fn unchanged(ctx: &Ctx<'_>, record: &Record) -> Message {
    Message::line(
        Text::strong(words::title(record))
            .then(format!(" is {} already; nothing was changed.", words::status_now(ctx, record))),
    )
    .button(Action::Open { record: record.id }, "Open", Emphasis::Plain)
}

/// What is said of one event.
enum Said {
    /// `is now 🤝 Label.`
    OfIt(Text),
    /// `Logged: E-mail sent.`
    Label(&'static str, Text),
}

/// `why`: the reason that the events' move was given.
fn says(ctx: &Ctx<'_>, record: &Record, event: &Event, why: Option<&str>) -> Option<Said> {
    Some(Said::OfIt(match &event.kind {
        EventKind::Created(created) => {
            let text = Text::plain(format!("is created as {}, owner ", words::status(ctx, &created.status)));
            text.append(words::person_or(created.owner, "nobody yet")).then(".")
        }
        EventKind::Moved(moved) => move_text(ctx, moved),
        EventKind::Logged { activity: Activity::Note, outcome: None, .. } => Text::plain("has your note."),
        EventKind::Logged { activity, history_only, outcome, .. } => {
            let came_of_it = came_of_it(ctx, record, outcome.as_deref(), why);
            let text = format!("{}.{came_of_it}", words::activity(*activity));
            return Some(Said::Label(
                "Logged",
                Text::plain(if *history_only {
                    format!("{text} It is older than the last move, so it changes nothing.")
                } else {
                    text
                }),
            ));
        }
        EventKind::Edited { field, new: None, old: Some(_) } => {
            Text::plain(format!("has no {} any more.", words::field(ctx, field)))
        }
        EventKind::Edited { field, .. } => match record.get(field) {
            Some(value) => Text::plain(format!("has a new {}: ", words::field(ctx, field)))
                .append(words::value(ctx, field, &value))
                .then("."),
            None => Text::plain(format!("has no {} any more.", words::field(ctx, field))),
        },
        // Another event of the same command says what was given: a plan, a field.
        EventKind::Filled { data, owes } if data.is_empty() => {
            return owes.is_empty().then(|| Said::OfIt(Text::plain("has everything filled in now.")));
        }
        EventKind::Filled { data, .. } => {
            let given: Vec<_> = data.keys().cloned().collect();
            Text::plain(format!("has {} filled in.", words::fields(ctx, &given)))
        }
        EventKind::Assigned { to, why, how, .. } => {
            let text = match to {
                Some(to) => Text::plain("belongs to ").and(Span::Person(*to)).then(" now"),
                None => Text::plain("belongs to nobody now"),
            };
            match words::handed(ctx, record, why.as_deref(), how.as_ref()) {
                Some(why) => text.then(format!(": {why}.")),
                None => text.then("."),
            }
        }
        EventKind::Planned { action, due } => {
            let text = Text::plain(tidy(action, NOTE));
            return Some(Said::Label(
                "Next action",
                match due {
                    Some(due) => text.then(", due ").and(words::exact(*due)).then("."),
                    None => text.then("."),
                },
            ));
        }
        EventKind::ApprovalRequested(pending) => Text::plain(format!(
            "waits for approval: a manager decides about {}. You will hear the result.",
            words::status(ctx, &pending.to)
        )),
        EventKind::ApprovalRejected { .. } => Text::plain("stays where it is: the request is rejected."),
        EventKind::ApprovalWithdrawn { .. } => Text::plain("has its request withdrawn."),
        EventKind::Snoozed { until } => {
            Text::plain("is silent until ").and(words::exact(*until)).then("; its deadlines go on.")
        }
        EventKind::Suggested { to, .. } => {
            let labels: Vec<_> = to.iter().map(|s| words::status(ctx, s)).collect();
            Text::plain(format!("looks like {}: you decide.", words::join(&labels, "or")))
        }
        EventKind::Merged { handle, .. } => Text::plain(format!("is merged into {handle} now.")),
        EventKind::Absorbed(absorbed) => Text::plain(format!(
            "has taken {} in: its history, and whatever was not known here.",
            absorbed.handle
        )),
        EventKind::Erased => Text::plain("is erased."),
        EventKind::Undone(undone) => undo::done(ctx, undone),
        EventKind::Answered { answer, .. } => Text::plain(format!("answered: {answer}.")),
        EventKind::Made { handle, .. } => Text::plain(format!("is {handle} now.")),
        EventKind::Dismissed { .. } => Text::plain("stays as it is: the suggestion is dismissed."),
        EventKind::TaskClosed { label, end, outcome, .. } => {
            let label = tidy(label, NOTE);
            let known = outcome.as_deref().filter(|id| ctx.playbook.outcome(id).is_some());
            return Some(match end {
                TaskEnd::Kept | TaskEnd::Moves if known.is_some() => Said::Label(
                    "Task done",
                    Text::plain(format!("{label}.{}", came_of_it(ctx, record, known, why))),
                ),
                TaskEnd::Kept => Said::Label(
                    "Task done",
                    Text::plain(format!("{label}. It stays {}.", words::status_now(ctx, record))),
                ),
                TaskEnd::Moves | TaskEnd::Logged(_) | TaskEnd::Confirmed => {
                    Said::Label("Task done", Text::plain(format!("{label}.")))
                }
                TaskEnd::Left => Said::Label("Task closed", Text::plain(format!("{label}."))),
            });
        }
        EventKind::Sequences { started, left } => {
            let (what, names) =
                if started.is_empty() { ("Sequence left", left) } else { ("Sequence started", started) };
            return Some(Said::Label(what, Text::plain(format!("{}.", words::join(names, "and")))));
        }
        EventKind::CrmNote { .. } => return None,
        EventKind::Credited(credit) => {
            let text = Text::plain(format!("{} for ", credit.points)).append(points::whose(record, credit));
            return Some(Said::Label("Points", text.then(".")));
        }
        EventKind::TaskOpened(_)
        | EventKind::TasksTold { .. }
        | EventKind::Flagged { .. }
        | EventKind::SubStatus { .. }
        | EventKind::StepsReached { .. }
        | EventKind::Delivered { .. }
        | EventKind::NextActionTold
        | EventKind::ApprovalChased { .. }
        | EventKind::OwedChased
        | EventKind::Upgraded(_) => return None,
    }))
}

/// ` No contact: it stays 📨 Enquiry.`: an outcome that changes nothing says so, one that a reason goes with says which
/// (B9).
fn came_of_it(ctx: &Ctx<'_>, record: &Record, outcome: Option<&str>, why: Option<&str>) -> String {
    let Some(id) = outcome else { return String::new() };
    let label = words::outcome(ctx, id);
    match ctx.playbook.outcome(id).map(|o| &o.effect) {
        Some(OutcomeEffect::Nothing) => format!(" {label}: it stays {}.", words::status_now(ctx, record)),
        Some(OutcomeEffect::AsksForReason(_)) => match why {
            Some(why) => format!(" {label}: {why}."),
            None => format!(" {label}."),
        },
        Some(OutcomeEffect::AsksForStatus(_)) | None => format!(" {label}."),
    }
}

fn move_text(ctx: &Ctx<'_>, moved: &Moved) -> Text {
    let stage = words::stage(ctx, moved.to_stage.as_ref()).filter(|_| moved.to_stage != moved.from_stage);
    let to = words::status_nth(ctx, &moved.to, moved.nth);
    let text = match (moved.enters(), stage) {
        (false, stage) => format!("is now at stage {}", stage.unwrap_or_else(|| "none".to_owned())),
        (true, None) => format!("is now {to}"),
        (true, Some(stage)) => format!("is now {to}, stage {stage}"),
    };
    let text = format!("{text}{}", words::skipped(ctx, &moved.skipped));
    Text::plain(match &moved.cause {
        Cause::Rule(rule) => match words::rule_does(ctx, rule) {
            Some(does) => format!("{text} by itself. {does}."),
            None => format!("{text} by itself."),
        },
        Cause::Clock(_) => format!("{text} by itself: its time was up."),
        Cause::Imported => format!("{text}, elsewhere."),
        Cause::Approval { .. } => format!("{text}: approved."),
        Cause::Demotion => format!("{text}: taken back."),
        Cause::Chosen => match &moved.overrides {
            Some(rule) => {
                let does = words::rule_does(ctx, rule).map(|does| format!(" \"{does}\"")).unwrap_or_default();
                format!("{text}. The rule{does} leaves it alone until somebody moves it again.")
            }
            None => format!("{text}."),
        },
    })
}

/// The playbook's next step (D33).
fn next(ctx: &Ctx<'_>, record: &Record) -> Option<Text> {
    let next = &ctx.playbook.status(&record.status)?.guide.next;
    (!next.is_empty()).then(|| Text::strong("Next: ").then(tidy(next, NOTE)))
}
