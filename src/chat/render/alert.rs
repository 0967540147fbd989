//! What clocks say: alerts in a channel, nudges and notices in private (D42–D45, X7, ruling 21).

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};

use super::card;
use super::task;
use super::view::{AlertLine, ClosedView, Ctx};
use super::words::{self, NOTE, tidy};
use crate::chat::action::Action;
use crate::chat::message::{Choice, Choices, Emphasis, Message, Severity, Span, Text};
use crate::domain::calendar::Calendar;
use crate::domain::decision::{AlertLevel, Notice};
use crate::domain::ids::{PersonId, RecordId};
use crate::domain::playbook::{ClockSpec, Noun};
use crate::domain::ramp::Queue;
use crate::domain::record::Record;

/// How many alerts one message shows.
pub const LINES: usize = 25;
/// How many of the likely moves an alert offers.
const MOVES: usize = 3;

/// New settings or rules made many records due at once: how many, and until when they are heard of (X2).
pub fn ramped_in(noun: Option<&Noun>, queue: &Queue, calendar: &Calendar, now: DateTime<Utc>) -> Message {
    let date = |at| calendar.local(at).date();
    let (first, last) = (date(calendar.next_open(now)), date(queue.turn));
    let days = first
        .iter_days()
        .take_while(|day| *day <= last)
        .filter(|day| calendar.day_length(*day) > Duration::zero())
        .count();
    let over = match days {
        0 | 1 => "today".to_owned(),
        days => format!("over the next {days} business days"),
    };
    let many = noun.map_or("records", |noun| &noun.plural);
    Message::line(format!(
        "Rules updated: {} {} get new reminders {over}, the worst first, ten an hour.",
        queue.all,
        tidy(many, 40)
    ))
}

/// The message of 1 to [`LINES`] alerts of one channel. It mentions whom the open ones are for, but for those whose
/// attention is spoken for (X6).
pub fn alert_message(alerts: &[AlertLine<'_>]) -> Message {
    let mut message = match alerts {
        [one] => single(one, Reader::Everyone),
        _ => several(alerts, Reader::Everyone),
    };
    let told: BTreeSet<PersonId> = alerts
        .iter()
        .take(LINES)
        .filter(|a| a.closed.is_none())
        .flat_map(|a| a.alert.to.iter().copied().filter(|person| !a.silent.contains(person)))
        .collect();
    message.mentions = told.into_iter().collect();
    message
}

/// The same in private, to one person: nobody needs to be mentioned.
pub fn nudge_message(alerts: &[AlertLine<'_>], to: PersonId) -> Message {
    let mut message = match alerts {
        [one] => single(one, Reader::One(to)),
        _ => several(alerts, Reader::One(to)),
    };
    if let [one] = alerts
        && early(one.alert.level)
    {
        // It is theirs already.
        message.buttons.retain(|b| !matches!(b.action, Action::Take { .. }));
    }
    message
}

/// Who reads an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// Whoever is in the channel.
    Everyone,
    /// Whose private message it is.
    One(PersonId),
}

/// Before it is too late, it is the owner's alone.
fn early(level: AlertLevel) -> bool {
    match level {
        AlertLevel::Nudge | AlertLevel::Review => true,
        AlertLevel::Rescue | AlertLevel::Breach | AlertLevel::Escalation | AlertLevel::Question => false,
    }
}

fn single(line: &AlertLine<'_>, reader: Reader) -> Message {
    let (ctx, record) = (&line.ctx, line.record);
    if let Some(closed) = &line.closed {
        let label = spec(line).map_or("deadline", |s| s.label.as_str());
        let name = Text::plain("✓ ").and(Span::Strong(words::title(record))).then(format!(" · {label} · "));
        return Message::line(name.append(resolved(ctx, line, closed))).severity(Severity::Closed);
    }
    let mut message =
        Message { lines: vec![said(line, Among::Alone), asked(line, reader)], ..Message::default() };
    message.severity = severity(line.alert.level);
    if line.alert.level == AlertLevel::Rescue {
        let rescue = Action::Rescue { record: record.id, from: line.alert.owner };
        return message.button(rescue, "I'll take it", Emphasis::Primary).button(
            Action::Open { record: record.id },
            "Open",
            Emphasis::Plain,
        );
    }
    if line.alert.level == AlertLevel::Question
        && let Some(spec) = spec(line)
    {
        // In the private copy of somebody who is not asked, there is nothing to press.
        let is_asked = match reader {
            Reader::Everyone => true,
            Reader::One(person) => line.alert.to.contains(&person),
        };
        if is_asked {
            message.buttons = card::answers(record, spec);
        }
        return message.button(Action::Open { record: record.id }, "Open", Emphasis::Plain);
    }
    let free = record.pending.is_none() && record.owes.is_empty();
    let offered = card::moves_to(ctx, record, &line.alert.offers, MOVES + 1);
    message.buttons = match (free, offered.is_empty()) {
        (false, _) => Vec::new(),
        (true, true) => card::moves(ctx, record, MOVES),
        (true, false) => offered,
    };
    if !record.owes.is_empty() {
        message = message.button(Action::FillOwed { record: record.id }, "Fill in", Emphasis::Primary);
    }
    message
        .button(Action::Log { record: record.id }, "Log activity", Emphasis::Plain)
        .button(Action::Snooze { record: record.id }, "Snooze", Emphasis::Plain)
        .button(Action::Take { record: record.id }, "I'll take it", Emphasis::Plain)
        .button(Action::Open { record: record.id }, "Open", Emphasis::Plain)
}

fn several(alerts: &[AlertLine<'_>], reader: Reader) -> Message {
    let shown = &alerts[..alerts.len().min(LINES)];
    let open: Vec<_> = shown.iter().filter(|a| a.closed.is_none()).collect();
    let loudest = open.iter().map(|a| a.alert.level).max();
    let mut message = Message {
        severity: loudest.map_or(Severity::Closed, severity),
        lines: shown
            .iter()
            .map(|line| match &line.closed {
                None => said(line, Among::Several),
                Some(closed) => {
                    Text(vec![Span::Soft(format!("✓ {} · ", words::title_within(line.record, SHORT)))])
                        .append(resolved(&line.ctx, line, closed))
                }
            })
            .collect(),
        ..Message::default()
    };
    message.title = Some(Text::plain(match open.len() {
        0 if shown.iter().all(|a| a.alert.level == AlertLevel::Rescue) => {
            "None of these is on offer any more".to_owned()
        }
        0 => "All of these are resolved".to_owned(),
        1 => format!("1 of {} is still open", shown.len()),
        n if n == shown.len() => format!("{n} need attention"),
        n => format!("{n} of {} are still open", shown.len()),
    }));
    let owners: BTreeSet<_> = open.iter().filter_map(|a| a.record.owner).collect();
    let others: BTreeSet<_> =
        open.iter().flat_map(|a| a.alert.to.iter().copied()).filter(|p| !owners.contains(p)).collect();
    // Privately, it is for whoever reads it.
    if !others.is_empty() && reader == Reader::Everyone {
        message
            .lines
            .push(Text::plain("For ").append(words::people(&others.into_iter().collect::<Vec<_>>())));
    }
    let rescues: Vec<_> = open
        .iter()
        .filter(|line| line.alert.level == AlertLevel::Rescue)
        .map(|line| Choice {
            value: rescue_value(line.record.id, line.alert.owner),
            label: words::title(line.record),
            means: spec(line).map(|s| s.label.clone()),
        })
        .collect();
    if !rescues.is_empty() {
        let prompt = "I'll take one".to_owned();
        message.choices.push(Choices { action: Action::PickRescue, prompt, options: rescues });
    }
    let mut seen = BTreeSet::new();
    let options: Vec<_> = open
        .iter()
        .filter(|line| seen.insert(line.record.id))
        .map(|line| Choice {
            value: line.record.id.to_string(),
            label: words::title(line.record),
            means: spec(line).map(|s| s.label.clone()),
        })
        .collect();
    if !options.is_empty() {
        message.choices.push(Choices { action: Action::PickRecord, prompt: "Open one".to_owned(), options });
    }
    message
}

/// What picking a record to rescue says: which, and whose it was; see [`read_rescue`].
pub fn rescue_value(record: RecordId, from: Option<PersonId>) -> String {
    format!("{record}:{}", from.map_or(0, |person| person.0))
}

/// Reads [`rescue_value`]; `None` where it is none of ours.
pub fn read_rescue(value: &str) -> Option<(RecordId, Option<PersonId>)> {
    let (record, from) = value.split_once(':')?;
    let from: i64 = from.parse().ok()?;
    Some((RecordId(record.parse().ok()?), Some(PersonId(from)).filter(|person| person.0 != 0)))
}

/// An alert as one line of several.
pub fn among_several(line: &AlertLine<'_>) -> Text {
    said(line, Among::Several)
}

/// Whether an alert has a message to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Among {
    Alone,
    Several,
}

fn severity(level: AlertLevel) -> Severity {
    match level {
        AlertLevel::Nudge | AlertLevel::Rescue | AlertLevel::Review | AlertLevel::Question => {
            Severity::Warning
        }
        AlertLevel::Breach | AlertLevel::Escalation => Severity::Bad,
    }
}

fn spec<'a>(line: &AlertLine<'a>) -> Option<&'a ClockSpec> {
    line.ctx.playbook.clock(&line.alert.clock).map(|(_, spec)| spec)
}

/// How much of a name a line among several shows: 25 of them fit a message.
const SHORT: usize = 30;

/// `⏰ L-12 · Acme · first contact was due 09:40, 20 minutes ago (2 business hours)`.
fn said(line: &AlertLine<'_>, among: Among) -> Text {
    let (ctx, record, now) = (&line.ctx, line.record, line.ctx.now);
    let spec = spec(line);
    let label = spec.map_or("deadline", |s| s.label.as_str());
    let within = spec
        .and_then(|s| s.span(&ctx.workspace.thresholds))
        .filter(|_| among == Among::Alone)
        .map(|w| format!(" ({w})"))
        .unwrap_or_default();
    let late =
        record.run(&line.alert.clock).and_then(|run| run.breached_at).filter(|_| spec.is_some_and(|s| s.sla));
    let status = words::status_now(ctx, record);
    let name = Span::Strong(match among {
        Among::Alone => words::title(record),
        Among::Several => words::title_within(record, SHORT),
    });
    let stands =
        |text: Text| text.then(format!(" · in {status} since ")).and(words::relative(record.status_since));
    let text = match line.alert.level {
        AlertLevel::Nudge => {
            let text = Text::plain("⏳ ").and(name).then(format!(" · {label}"));
            match line.deadline {
                Some(due) => {
                    text.then(" is due ").and(words::moment(due, now)).then(", ").and(words::relative(due))
                }
                None => stands(text),
            }
        }
        AlertLevel::Rescue => {
            let text = Text::plain("🛟 ").and(name).then(format!(" · {label}"));
            match line.deadline {
                Some(due) => text
                    .then(" will be late at ")
                    .and(words::moment(due, now))
                    .then(", ")
                    .and(words::relative(due)),
                None => stands(text),
            }
        }
        AlertLevel::Breach => Text::plain("⏰ ")
            .and(name)
            .then(format!(" · {label} was due "))
            .append(ago(line.deadline.unwrap_or(line.alert.due_at), now))
            .then(within),
        AlertLevel::Escalation => {
            let text = Text::plain("📣 ").and(name).then(format!(" · {label}"));
            match late {
                Some(at) => text
                    .then(": still open, was due ")
                    .append(ago(line.deadline.unwrap_or(at), now))
                    .then(within),
                None => match line.deadline {
                    Some(due) => stands(text).then(" · due ").and(words::moment(due, now)),
                    None => stands(text),
                },
            }
        }
        AlertLevel::Question => stands(Text::plain("❓ ").and(name).then(format!(" · {label}"))),
        AlertLevel::Review => stands(Text::plain("🔎 ").and(name).then(format!(" · {label}: review it now"))),
    };
    match among {
        // Alone, it names the owner in the line that follows.
        Among::Alone => waiting(ctx, record, text),
        Among::Several => text.then(" · owner ").append(words::person_or(record.owner, "nobody yet")),
    }
}

/// `09:40, 20 minutes ago`: the message is still read when the hour alone says no longer which day.
fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> Text {
    Text(vec![words::moment(at, now)]).then(", ").and(words::relative(at))
}

/// Who is to do what about it.
fn asked(line: &AlertLine<'_>, reader: Reader) -> Text {
    let record = line.record;
    if line.alert.level == AlertLevel::Rescue {
        return match record.owner {
            Some(owner) => Text(vec![Span::Person(owner)])
                .then(" has not got to it yet: whoever has room for one more, take it."),
            None => Text::plain("Nobody owns it: whoever has room for one more, take it."),
        };
    }
    if line.alert.level == AlertLevel::Question
        && let Some(question) = spec(line).and_then(ClockSpec::question)
    {
        return words::people(&line.alert.to).then(format!(": {}", question.text));
    }
    // Before an escalation it is the owner's, whoever that is by now.
    let told = match line.alert.level {
        AlertLevel::Escalation => line.alert.to.as_slice(),
        AlertLevel::Nudge
        | AlertLevel::Rescue
        | AlertLevel::Breach
        | AlertLevel::Review
        | AlertLevel::Question => &[],
    };
    let mut others: Vec<_> = told.iter().copied().filter(|p| Some(*p) != record.owner).collect();
    if let Reader::One(reader) = reader {
        // The owner's own copy says what the owner can do; what the others are asked stands in theirs.
        others.retain(|_| record.owner != Some(reader));
    }
    match (record.owner, others.is_empty()) {
        (Some(owner), true) => {
            Text(vec![Span::Person(owner)]).then(": log what you did, or set the status that is true.")
        }
        (Some(owner), false) => {
            words::people(&others).then(": ask ").and(Span::Person(owner)).then(" how it stands, or take it.")
        }
        (None, true) => Text::plain("Nobody owns it: whoever takes it logs what they do."),
        (None, false) => words::people(&others).then(": nobody owns it, so take it or assign it."),
    }
}

fn waiting(ctx: &Ctx<'_>, record: &Record, text: Text) -> Text {
    match &record.pending {
        None => text,
        Some(pending) => text.then(format!(" · {} waits for approval", words::status(ctx, &pending.to))),
    }
}

/// `resolved: moved to … by @ana after 3 h 10 m`.
fn resolved(ctx: &Ctx<'_>, line: &AlertLine<'_>, closed: &ClosedView) -> Text {
    if line.alert.level == AlertLevel::Rescue && closed.by.is_none() && closed.moved_to.is_none() {
        return Text::plain("no longer on offer");
    }
    let text = match &closed.moved_to {
        Some(to) => Text::plain(format!("resolved: moved to {}", ctx.playbook.status_label(to))),
        None => Text::plain("resolved"),
    };
    let text = match (closed.by, &closed.moved_to) {
        (Some(by), _) => text.then(" by ").and(Span::Person(by)),
        (None, Some(_)) => text.then(" by itself"),
        (None, None) => text,
    };
    text.then(format!(" after {}", words::duration(closed.at - line.opened_at)))
}

/// A private word to a person about a record.
pub fn notice(ctx: &Ctx<'_>, record: &Record, notice: &Notice) -> Message {
    let name = || Text::strong(words::title(record));
    let open = |message: Message| message.button(Action::Open { record: record.id }, "Open", Emphasis::Plain);
    match notice {
        Notice::Assigned { by, why, how } => {
            let text = Text::plain("👉 ").append(name()).then(" is yours now");
            let text = match by {
                Some(by) => text.then(", from ").and(Span::Person(*by)),
                None => text,
            };
            let why = words::handed(ctx, record, why.as_deref(), how.as_ref());
            let text = because(text, why.as_deref());
            let message = Message::line(text.then(format!(" Status: {}.", words::status_now(ctx, record))));
            open(message.button(Action::Log { record: record.id }, "Log activity", Emphasis::Primary))
        }
        Notice::HandedOn { to, by, why, how } => {
            let text = Text::plain("👋 ").append(name());
            let text = match to {
                Some(to) => text.then(" is ").and(Span::Person(*to)).then("'s now"),
                None => text.then(" is yours no more and has no owner"),
            };
            let text = match by.filter(|by| Some(*by) != *to) {
                Some(by) => text.then(", by ").and(Span::Person(by)),
                None => text,
            };
            let why = words::handed(ctx, record, why.as_deref(), how.as_ref());
            open(Message::line(because(text, why.as_deref())))
        }
        Notice::NobodyFree { why } => {
            let text = Text::plain("🙋 ").append(name());
            let text = match record.owner {
                Some(owner) => text.then(" stays with ").and(Span::Person(owner)),
                None => text.then(" has no owner"),
            };
            let noun = &ctx.playbook.noun.singular;
            let text = text
                .then(format!(": nobody is free ({}). Assign it with ", tidy(why, NOTE)))
                .and(Span::Code(format!("/{noun} assign")))
                .then(", or take it.");
            open(Message::line(text).severity(Severity::Warning).button(
                Action::Take { record: record.id },
                "I'll take it",
                Emphasis::Plain,
            ))
        }
        Notice::ApprovalDecided { approved, by, reason, to } => {
            let to = words::status(ctx, to);
            let text = name();
            let (text, severity) = if *approved {
                (text.then(format!(": {to} was approved by ")).and(Span::Person(*by)), Severity::Good)
            } else {
                (text.then(format!(": {to} was refused by ")).and(Span::Person(*by)), Severity::Bad)
            };
            open(Message::line(because(text, reason.as_deref())).severity(severity))
        }
        Notice::ApprovalWithdrawn { to } => open(Message::line(
            name()
                .then(format!(": your request for {} ended, because they answered.", words::status(ctx, to))),
        )),
        Notice::Merged { into } => Message::line(
            Text::plain("🔗 ").append(name()).then(format!(" was merged into {into}: go on there.")),
        ),
        Notice::ApprovalReminder { approval, escalated } => {
            let text = Text::plain("✋ ").append(name());
            let text = match &record.pending {
                Some(pending) => text
                    .then(format!(" waits for approval: {}, asked for ", words::status(ctx, &pending.to)))
                    .and(words::relative(pending.requested_at)),
                None => text.then(" waits for approval"),
            };
            let text = if *escalated { text.then(" and still undecided") } else { text };
            let message = Message::line(text.then(".")).severity(Severity::Warning);
            open(message.button(Action::Approve { approval: *approval }, "Approve", Emphasis::Good).button(
                Action::Reject { approval: *approval },
                "Reject",
                Emphasis::Danger,
            ))
        }
        Notice::Entered { status, reason } => {
            let text = name().then(format!(" is now {}", words::status(ctx, status)));
            let reason = reason.as_ref().and_then(|r| words::reason(ctx, r.as_str()));
            let text = match reason {
                Some(reason) => text.then(format!(", reason: {reason}.")),
                None => text.then("."),
            };
            open(Message::line(
                text.then(" Owner: ").append(words::person_or(record.owner, "nobody yet")).then("."),
            ))
        }
        Notice::Undone { by } => open(Message::line(
            Text::plain("↩️ ")
                .and(Span::Person(*by))
                .then(" has undone a change of ")
                .append(name())
                .then(format!(": it is {}, owner ", words::status_now(ctx, record)))
                .append(words::person_or(record.owner, "nobody"))
                .then("."),
        )),
        Notice::Suggested { rule, to, because } => {
            let mut message = Message::line(Text::plain("💡 ").append(name()).append(words::looks_like(
                ctx,
                to,
                because.as_deref(),
            )));
            message.buttons = card::moves_to(ctx, record, to, MOVES);
            let dismiss = Action::Dismiss { record: record.id, rule: rule.clone() };
            open(message.button(dismiss, "Dismiss", Emphasis::Plain))
        }
        Notice::TasksDue { tasks } => {
            let due: Vec<_> =
                tasks.iter().filter_map(|id| record.task(*id)).map(|t| t.label.clone()).collect();
            let text = Text::plain("☑️ ").append(name());
            let message = Message::line(text.then(format!(" · due now: {}.", words::join(&due, "and"))))
                .button(Action::Tasks { record: record.id }, "Task done…", Emphasis::Primary)
                .button(Action::Log { record: record.id }, "Log activity", Emphasis::Plain)
                .button(Action::Snooze { record: record.id }, "Snooze", Emphasis::Plain);
            open(message)
        }
        Notice::TaskReady { task } => {
            let known = record.task(*task);
            let label = known.map_or("There is something to do", |t| t.label.as_str());
            let mut message = Message::line(Text::plain("☑️ ").append(name()).then(format!(" · {label}.")));
            if let Some(known) = known {
                let (lines, buttons) = task::ready(ctx, record, known);
                message.lines.extend(lines);
                message.buttons = buttons;
            }
            open(message)
        }
        Notice::Owes => {
            let fields = words::fields(ctx, &record.owes);
            let message = Message::line(
                Text::plain("📝 ")
                    .append(name())
                    .then(format!(" still needs {fields}: until that is filled in, it cannot be moved.")),
            );
            open(message.severity(Severity::Warning).button(
                Action::FillOwed { record: record.id },
                "Fill in",
                Emphasis::Primary,
            ))
        }
        Notice::NextActionDue { action } => {
            let text = Text::plain("📌 ").append(name()).then(format!(" · due now: {}", tidy(action, NOTE)));
            open(
                Message::line(text)
                    .button(Action::Log { record: record.id }, "Log activity", Emphasis::Primary)
                    .button(Action::PlanNext { record: record.id }, "Plan next", Emphasis::Plain)
                    .button(Action::Snooze { record: record.id }, "Snooze", Emphasis::Plain),
            )
        }
    }
}

fn because(text: Text, why: Option<&str>) -> Text {
    match why.map(|w| tidy(w, NOTE)).filter(|w| !w.is_empty()) {
        Some(why) => text.then(format!(": {}", sentence(&why))),
        None => text.then("."),
    }
}

/// With a full stop, where it has no end of its own.
fn sentence(text: &str) -> String {
    if text.ends_with(['.', '?', '!', '…']) { text.to_owned() } else { format!("{text}.") }
}
