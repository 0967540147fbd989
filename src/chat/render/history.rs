//! The history in words: a line per event, in the record's thread and in `/lead history` (D20, D27, ruling 6).

use chrono::Duration;

use super::approval::withdrawal;
use super::points;
use super::undo;
use super::view::{Ctx, HistoryView};
use super::words::{self, NOTE, tidy};
use crate::chat::action::Action;
use crate::chat::message::{Emphasis, Message, Span, Text, When};
use crate::domain::activity::Activity;
use crate::domain::event::{Cause, Event, EventKind, Moved, Source, TaskEnd, Upgraded};
use crate::domain::field::FieldValue;
use crate::domain::record::Record;

/// How many events a page of the history shows: so many of the longest fit a message.
pub const EVENTS: usize = 8;

/// What is written into the record's thread; `None` for what only the engine cares about.
pub fn thread_line(ctx: &Ctx<'_>, record: &Record, event: &Event) -> Option<Text> {
    match &event.kind {
        EventKind::Created(_)
        | EventKind::Moved(_)
        | EventKind::Logged { .. }
        | EventKind::Edited { .. }
        | EventKind::Filled { .. }
        | EventKind::Assigned { .. }
        | EventKind::Planned { .. }
        | EventKind::ApprovalRequested(_)
        | EventKind::ApprovalRejected { .. }
        | EventKind::ApprovalWithdrawn { .. }
        | EventKind::Suggested { .. }
        | EventKind::Dismissed { .. }
        | EventKind::Made { .. }
        | EventKind::Answered { .. }
        | EventKind::TaskClosed { .. }
        | EventKind::Flagged { .. }
        | EventKind::Sequences { .. }
        | EventKind::Credited(_)
        | EventKind::CrmNote { .. }
        | EventKind::Merged { .. }
        | EventKind::Absorbed(_)
        | EventKind::Erased
        | EventKind::Snoozed { .. }
        | EventKind::Undone(_) => Some(line(ctx, record, event)),
        EventKind::StepsReached { .. } => breach(event).then(|| line(ctx, record, event)),
        // The card has the open tasks, and the line of the activity says what the sub-status is.
        EventKind::TaskOpened(_) | EventKind::TasksTold { .. } | EventKind::SubStatus { .. } => None,
        EventKind::Delivered { .. }
        | EventKind::NextActionTold
        | EventKind::ApprovalChased { .. }
        | EventKind::OwedChased
        // Hundreds of records may come over at once: their threads stay silent.
        | EventKind::Upgraded(_) => None,
    }
}

/// A step at which a clock was breached.
fn breach(event: &Event) -> bool {
    event.clocks.iter().any(|run| run.breached_at == Some(event.at))
}

/// Any event in one plain line: what, who, by which way.
pub fn line(ctx: &Ctx<'_>, record: &Record, event: &Event) -> Text {
    let by = || actor(event);
    match &event.kind {
        EventKind::Created(created) => {
            let text = Text::plain(format!(
                "🆕 {} created as {} by ",
                created.handle,
                ctx.playbook.status_label(&created.status)
            ))
            .append(by());
            match created.owner {
                Some(owner) => text.then(", owner ").and(Span::Person(owner)),
                None => text.then(", without an owner"),
            }
        }
        EventKind::Moved(moved) => transition(ctx, event, moved),
        EventKind::Logged { activity, happened_at, history_only, outcome, note, .. } => {
            let mut text =
                Text::plain(format!("{} {} · ", sign(*activity), words::activity(*activity))).append(by());
            if let Some(outcome) = outcome {
                text = text.then(format!(" · outcome: {}", words::outcome(ctx, outcome)));
            }
            let late = event.at - *happened_at;
            if late >= Duration::minutes(5) {
                text = text.then(format!(" · reported {} late", words::duration(late)));
            }
            if *history_only {
                text = text.then(" · older than the last move, kept for the record only");
            }
            noted(text, note.as_deref())
        }
        EventKind::Edited { field, old, new } => {
            let text = Text::plain(format!("✏️ {} ", words::field(ctx, field)));
            let text = match (old, new) {
                (None, None) => text.then("changed"),
                (Some(old), None) => text.then("emptied, was ").append(words::value(ctx, field, old)),
                (None, Some(new)) => text.then("set to ").append(words::value(ctx, field, new)),
                (Some(old), Some(new)) => text
                    .then("changed from ")
                    .append(words::value(ctx, field, old))
                    .then(" to ")
                    .append(words::value(ctx, field, new)),
            };
            text.then(" by ").append(by())
        }
        EventKind::Filled { data, owes } => {
            let given: Vec<_> = data.keys().map(|f| words::field(ctx, f)).collect();
            // Another event of the same command says what was given: a plan, a field.
            let what = if given.is_empty() {
                "📝 Filled in what was missing · ".to_owned()
            } else {
                format!("📝 Filled in: {} · ", words::join(&given, "and"))
            };
            let text = Text::plain(what).append(by());
            if owes.is_empty() {
                text
            } else {
                text.then(format!(" · still missing: {}", words::fields(ctx, owes)))
            }
        }
        EventKind::Assigned { from, to, why, how } => {
            let text = Text::plain("👤 Owner: ")
                .append(words::person_or(*from, "nobody"))
                .then(" → ")
                .append(words::person_or(*to, "nobody"))
                .then(" by ")
                .append(by());
            noted(text, words::handed(ctx, record, why.as_deref(), how.as_ref()).as_deref())
        }
        EventKind::Planned { action, due } => {
            let text = Text::plain(format!("📌 Next: {}", tidy(action, NOTE)));
            let text = match due {
                Some(due) => text.then(", due ").and(words::exact(*due)),
                None => text,
            };
            text.then(" · ").append(by())
        }
        EventKind::StepsReached { steps } => {
            let labels: Vec<_> = steps
                .iter()
                .map(|(clock, _)| {
                    ctx.playbook.clock(clock).map_or(clock.to_string(), |(_, s)| s.label.clone())
                })
                .collect();
            let labels = words::join(&labels, "and");
            if breach(event) {
                Text::plain(format!("⏰ Breached: {labels}"))
            } else {
                Text::plain(format!("⏳ Reminder: {labels}"))
            }
        }
        EventKind::Delivered { clock } => Text::plain(format!(
            "📬 Alert delivered: {}",
            ctx.playbook.clock(clock).map_or(clock.as_str(), |(_, s)| s.label.as_str())
        )),
        EventKind::NextActionTold => Text::plain("📅 Reminder: the planned action is due"),
        EventKind::ApprovalRequested(pending) => {
            Text::plain(format!("✋ Approval asked for: {} · ", words::status(ctx, &pending.to)))
                .append(words::person_or(pending.requested_by, "by the playbook"))
        }
        EventKind::ApprovalChased { steps, .. } => Text::plain(if *steps >= 2 {
            "✋ Approval still undecided: passed on to more people"
        } else {
            "✋ Approval still undecided: reminder sent"
        }),
        EventKind::ApprovalRejected { reason, .. } => {
            noted(Text::plain("⛔ Rejected by ").append(by()), Some(reason))
        }
        EventKind::ApprovalWithdrawn { why, .. } => {
            Text::plain(format!("↩️ Request withdrawn: {} · ", withdrawal(*why))).append(by())
        }
        EventKind::Suggested { rule, to, because } => {
            let labels: Vec<_> = to.iter().map(|s| words::status(ctx, s)).collect();
            let by =
                ctx.playbook.rule(rule).map(|_| format!(" {}", words::by_rule(rule))).unwrap_or_default();
            let why = because.as_ref().map(|b| format!(" · {}", tidy(b, NOTE))).unwrap_or_default();
            Text::plain(format!("💡 Suggested{by}: {}{why}", words::join(&labels, "or")))
        }
        EventKind::Answered { question, answer, .. } => {
            Text::plain(format!("❓ {question} {answer} · ")).append(by())
        }
        EventKind::Made { handle, .. } => Text::plain(format!("🔗 {handle} was made of it by ")).append(by()),
        EventKind::Dismissed { .. } => Text::plain("💡 Suggestion dismissed by ").append(by()),
        EventKind::TaskOpened(task) => {
            Text::plain(format!("☑️ Task: {}, due ", tidy(&task.label, NOTE))).and(words::exact(task.due))
        }
        EventKind::TaskClosed { label, end, outcome, .. } => {
            let label = tidy(label, NOTE);
            let text = match end {
                TaskEnd::Kept => {
                    Text::plain(format!("✅ Task done: {label} · ")).append(by()).then(" · the status stays")
                }
                TaskEnd::Moves => Text::plain(format!("✅ Task done: {label} · ")).append(by()),
                TaskEnd::Logged(activity) => {
                    Text::plain(format!("✅ Task done: {label} · {}", words::activity(*activity)))
                }
                TaskEnd::Confirmed => Text::plain(format!("✅ Task done: {label} · confirmed")),
                TaskEnd::Left => Text::plain(format!("☑️ Task closed with the move: {label}")),
            };
            match outcome {
                Some(outcome) => text.then(format!(" · outcome: {}", words::outcome(ctx, outcome))),
                None => text,
            }
        }
        EventKind::TasksTold { tasks } => {
            Text::plain(format!("📅 Due: {}", words::count(tasks.len() as u64, "task")))
        }
        EventKind::Flagged { flag } => {
            let says = ctx.playbook.flag(flag).map_or(flag.as_str(), |(_, f)| f.says.as_str());
            Text::plain(format!("🚩 {says}"))
        }
        EventKind::SubStatus { field, to } => {
            let value = FieldValue::Choice(to.clone());
            Text::plain("🏷️ Sub-status: ").append(words::value(ctx, field, &value))
        }
        EventKind::Sequences { started, left } => {
            let said = |what: &str, names: &[String]| match names {
                [] => None,
                names => Some(format!("{what} {}", words::join(names, "and"))),
            };
            let parts: Vec<_> =
                [said("started", started), said("left", left)].into_iter().flatten().collect();
            Text::plain(format!("📨 Sequence {}", parts.join(", ")))
        }
        EventKind::CrmNote { title, corrects, .. } => {
            let what = if *corrects { "Correcting note for the CRM" } else { "Note for the CRM" };
            let title = title.as_ref().map(|title| format!(": {}", tidy(title, NOTE))).unwrap_or_default();
            Text::plain(format!("🗒️ {what}{title}"))
        }
        EventKind::Credited(credit) => {
            let text = Text::plain(format!("🏅 {} for ", words::count(credit.points.into(), "point")));
            text.append(points::whose(record, credit))
        }
        EventKind::Snoozed { until } => {
            Text::plain("🔕 Silent until ").and(words::exact(*until)).then(" · ").append(by())
        }
        EventKind::Undone(undone) => {
            Text::plain("↩️ Undone by ").append(by()).then(": ").append(undo::told(ctx, undone))
        }
        EventKind::OwedChased => Text::plain("📝 Owner reminded of what is missing"),
        EventKind::Merged { handle, .. } => Text::plain(format!("🔗 Merged into {handle} by ")).append(by()),
        EventKind::Absorbed(absorbed) => {
            let (from, into) = (absorbed.handle, record.handle);
            Text::plain(format!("🔗 {from} was merged into {into} by ")).append(by())
        }
        EventKind::Erased => Text::plain("🧹 Personal data erased by ").append(by()),
        EventKind::Upgraded(upgraded) => upgrade(ctx, event, upgraded),
    }
}

fn upgrade(ctx: &Ctx<'_>, event: &Event, upgraded: &Upgraded) -> Text {
    let mut text =
        Text::plain(format!("📘 Rules updated: version {} → {}", upgraded.from_version, upgraded.to_version));
    if upgraded.from != upgraded.to {
        text = text.then(format!("; {} is called {} now", upgraded.from, words::status(ctx, &upgraded.to)));
    }
    if let (Some(from), Some(to)) = (&upgraded.from_stage, &upgraded.to_stage)
        && from != to
    {
        let [from, to] = [from, to].map(|stage| words::stage(ctx, Some(stage)).unwrap_or_default());
        text = text.then(format!("; stage {from} is gone, it goes on at {to}"));
    }
    if let Some(turn) = upgraded.turn {
        text = text.then("; what is due by them waits until ").and(Span::Instant(turn, When::DateTime));
    }
    match event.by {
        Some(_) => text.then(" · ").append(actor(event)),
        None => text,
    }
}

fn transition(ctx: &Ctx<'_>, event: &Event, moved: &Moved) -> Text {
    let stages = || {
        let from = words::stage(ctx, moved.from_stage.as_ref()).unwrap_or_else(|| "none".to_owned());
        let to = words::stage(ctx, moved.to_stage.as_ref()).unwrap_or_else(|| "none".to_owned());
        format!("{from} → {to}")
    };
    let text = match (moved.enters(), moved.from_stage == moved.to_stage) {
        (false, _) => Text::plain(format!("🪜 Stage {}", stages())),
        (true, same_stage) => {
            let from = words::status_nth(ctx, &moved.from, moved.from_nth);
            let to = words::status_nth(ctx, &moved.to, moved.nth);
            let text = Text::plain(format!("➡️ {from} → ")).and(Span::Strong(to));
            if same_stage { text } else { text.then(format!(" · stage {}", stages())) }
        }
    };
    let text = match &moved.cause {
        Cause::Chosen => text.then(" by ").append(actor(event)),
        Cause::Demotion => text.then(" taken back by ").append(actor(event)),
        Cause::Imported => text.then(" elsewhere, ").append(actor(event)),
        Cause::Rule(rule) => text.then(format!(" {}", words::by_rule(rule))),
        Cause::Clock(clock) => {
            let label = ctx.playbook.clock(clock).map_or(clock.as_str(), |(_, s)| s.label.as_str());
            text.then(format!(" by itself ({label})"))
        }
        Cause::Approval { requested_by, .. } => text
            .then(" approved by ")
            .append(actor(event))
            .then(", asked for by ")
            .append(words::person_or(*requested_by, "the playbook")),
    };
    let text = text.then(words::skipped(ctx, &moved.skipped));
    let text = match &moved.overrides {
        Some(rule) => text.then(format!(" · overrides rule {rule}")),
        None => text,
    };
    let text = match &moved.reason {
        Some(reason) => {
            let label = words::reason(ctx, reason.as_str()).unwrap_or_else(|| reason.to_string());
            text.then(format!(" · reason: {label}"))
        }
        None => text,
    };
    let text = if moved.stayed_ms > 0 {
        text.then(format!(" · after {}", words::duration(Duration::milliseconds(moved.stayed_ms))))
    } else {
        text
    };
    let text = if moved.owes.is_empty() {
        text
    } else {
        text.then(format!(" · missing: {}", words::fields(ctx, &moved.owes)))
    };
    noted(text, moved.note.as_deref())
}

/// What the eye finds an activity by.
fn sign(activity: Activity) -> &'static str {
    match activity {
        Activity::EmailSent | Activity::EmailReplied | Activity::EmailOpened | Activity::EmailClicked => "✉️",
        Activity::CallUnanswered | Activity::CallAnswered | Activity::Voicemail => "📞",
        Activity::LinkedinMessage => "💬",
        Activity::MeetingBooked | Activity::MeetingHeld => "📅",
        Activity::FormSubmitted | Activity::Note => "📝",
        Activity::Payment => "💰",
    }
}

/// Who did it: the person, or the way by which it came (D20).
fn actor(event: &Event) -> Text {
    match (event.by, event.source) {
        (Some(person), Source::Manual) => Text(vec![Span::Person(person)]),
        (Some(person), Source::Integration) => Text(vec![Span::Person(person)]).then(" (integration)"),
        (Some(person), Source::Rule) => Text(vec![Span::Person(person)]).then(" (rule)"),
        (Some(person), Source::Time) => Text(vec![Span::Person(person)]).then(" (deadline)"),
        (None, Source::Manual) => Text::plain("someone"),
        (None, Source::Rule) => Text::plain("a rule"),
        (None, Source::Time) => Text::plain("deadline"),
        (None, Source::Integration) => Text::plain("an integration"),
    }
}

fn noted(text: Text, note: Option<&str>) -> Text {
    match note.map(|n| tidy(n, NOTE)).filter(|n| !n.is_empty()) {
        Some(note) => text.then(format!(" · “{note}”")),
        None => text,
    }
}

/// The history of a record, one page.
pub fn history(ctx: &Ctx<'_>, record: &Record, view: &HistoryView<'_>) -> Message {
    let mut message = Message::default().titled(format!("History of {}", words::title(record)));
    for event in view.events {
        let stamp = Text(vec![words::exact(event.at)]).then(" ");
        message.lines.push(stamp.append(line(ctx, record, event)));
    }
    if message.lines.is_empty() {
        message.lines.push(Text::plain("Nothing on this page."));
    }
    if view.pages > 1 {
        message.footer = Some(format!("Page {}, the newest first", view.page + 1));
    }
    let turn = |page| Action::History { record: record.id, page };
    if view.page > 0 {
        message = message.button(turn(view.page - 1), "Newer", Emphasis::Plain);
    }
    if view.page + 1 < view.pages {
        message = message.button(turn(view.page + 1), "Older", Emphasis::Plain);
    }
    message
}
