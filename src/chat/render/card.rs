//! The card: where a record stands, and the likely next moves (D3, D68).

use super::outcome;
use super::task;
use super::view::Ctx;
use super::words::{self, NAME, NOTE, tidy};
use crate::chat::action::Action;
use crate::chat::message::{Button, Emphasis, Message, Severity, Span, Text};
use crate::domain::clocks::Clock;
use crate::domain::ids::StatusId;
use crate::domain::playbook::{Class, ClockSpec, MoveBy, Status};
use crate::domain::record::{Ended, NextAction, Record};

/// How many moves stand on a card; the rest is behind "More…".
const MOVES: usize = 4;

/// The card of a record. `clocks`: its running ones, the nearest first.
pub fn card(ctx: &Ctx<'_>, record: &Record, clocks: &[Clock<'_>]) -> Message {
    if let Some(over) = record.ended {
        return over_card(record, over);
    }
    let status = ctx.playbook.status(&record.status);
    let class = status.map_or(Class::Open, |s| s.class);
    let locked = status.is_some_and(|s| s.locked);
    let mut message =
        Message::default().titled(words::title(record)).severity(severity(ctx, record, clocks, class));

    let mut first = words::place(ctx, record, Text::strong(words::phase_and_standing(ctx, record)));
    // What was planned before it ended is not shown any more.
    let next = record.next.as_ref().filter(|_| status.is_none_or(Status::plans));
    // B3: phase · stage · next planned action.
    let in_line = words::phase(ctx, record).is_some();
    if in_line {
        first = match next {
            Some(next) => first.then(" · ").append(planned(ctx, next)),
            None => first.then(" · nothing planned"),
        };
    }
    message.lines.push(first.then(" · since ").and(words::relative(record.status_since)));
    if let Some(means) = status.map(|s| &s.guide.means).filter(|m| !m.is_empty()) {
        message.lines.push(Text(vec![Span::Soft(tidy(means, 200))]));
    }
    if let Some(hint) = outcome::hint(ctx, record) {
        message.lines.push(Text::plain(format!("Now and next: {hint}")));
    }
    message.lines.extend(attention(ctx, record));

    message = message.fact("Owner", owner(ctx, record));
    if let Some(value) = record.value {
        message = message.fact("Value", value.to_string());
    }
    if let Some(company) = words::company(record, NAME) {
        message = message.fact("Company", company);
    }
    let reach: Vec<_> = [&record.contact.email, &record.contact.phone]
        .into_iter()
        .flatten()
        .map(|t| tidy(t, NAME))
        .filter(|t| !t.is_empty())
        .collect();
    if !reach.is_empty() {
        message = message.fact("Contact", reach.join(" · "));
    }
    if let Some(source) = record.source.as_deref().map(|s| tidy(s, NAME)).filter(|s| !s.is_empty()) {
        message = message.fact("Source", source);
    }
    let links: Vec<_> = record.links.iter().map(words::link).collect();
    if !links.is_empty() {
        message = message.fact("Linked", links.join(" · "));
    }
    let due: Vec<_> = clocks.iter().filter_map(|c| words::clock(c, ctx.now)).take(2).collect();
    if !due.is_empty() {
        message = message.long_fact("Deadline", lines(due));
    }
    if !record.tasks.is_empty() {
        let tasks = task::nearest(ctx, record).into_iter().map(|t| task::line(ctx, record, t)).collect();
        message = message.long_fact("To do", lines(tasks));
    }
    if !record.sequences.is_empty() {
        let names: Vec<_> = record.sequences.iter().map(|s| s.name.clone()).collect();
        message = message.fact("Sequence", names.join(" · "));
    }
    if let Some(next) = next.filter(|_| !in_line) {
        message = message.long_fact("Next", planned(ctx, next));
    } else if let Some(next) = status.map(|s| &s.guide.next).filter(|n| class == Class::Open && !n.is_empty())
    {
        message = message.long_fact("Next step", tidy(next, NOTE));
    }
    message.buttons = if locked { ended(record) } else { buttons(ctx, record, class) };
    if let Some((clock, question)) = clocks.iter().find_map(|c| Some((c, c.question()?))) {
        message.lines.push(Text::plain(format!("❓ {}", question.text)));
        message.buttons.extend(answers(record, clock.spec));
    }
    message
}

/// Whether a next action is planned for what stands in such a status: for what is open, and for a customer where every
/// event asks for the next one (B2, B7).
pub fn is_planned(ctx: &Ctx<'_>, class: Class) -> bool {
    match class {
        Class::Open => true,
        Class::Won => !ctx.playbook.outcomes.is_empty(),
        Class::Parked | Class::Lost | Class::Excluded => false,
    }
}

/// `Call back · due in 2 days`.
fn planned(ctx: &Ctx<'_>, next: &NextAction) -> Text {
    let text = Text::plain(words::shown(&next.action, NOTE));
    match next.due {
        Some(due) => {
            text.then(if due < ctx.now { " · was due " } else { " · due " }).and(words::relative(due))
        }
        None => text,
    }
}

/// The answers to what a clock asks (E7).
pub fn answers(record: &Record, spec: &ClockSpec) -> Vec<Button> {
    let answers = spec.question().map(|question| question.answers.as_slice()).unwrap_or_default();
    let button = |at: usize, label: &str| {
        let answer = u32::try_from(at).unwrap_or(u32::MAX);
        let action = Action::Answer { record: record.id, clock: spec.id.clone(), answer };
        Message::default().button(action, label, Emphasis::Plain).buttons
    };
    answers.iter().enumerate().flat_map(|(at, (_, label))| button(at, label)).collect()
}

/// The card of a record that was merged or erased (ruling 15).
fn over_card(record: &Record, ended: Ended) -> Message {
    let message = Message::default().titled(words::title(record)).severity(Severity::Closed);
    match ended {
        Ended::Merged { into, handle } => {
            let mut message = message;
            message
                .lines
                .push(Text::strong(format!("🔗 Merged into {handle}.")).then(" Its history goes on there."));
            message.button(Action::Open { record: into }, format!("Open {handle}"), Emphasis::Primary)
        }
        Ended::Erased { at } => {
            let mut message = message;
            let text = Text::strong("🧹 Erased").then(" ").and(words::exact(at)).then(".");
            message.lines.push(text.then(" What happened is kept without names and words."));
            message.button(Action::History { record: record.id, page: 0 }, "History", Emphasis::Plain)
        }
    }
}

/// `@ben · Qualified goes to an account executive`: a hand-over says why.
fn owner(ctx: &Ctx<'_>, record: &Record) -> Text {
    let text = words::person_or(record.owner, "nobody yet");
    let given = record.given.as_ref().filter(|given| given.how.is_some());
    match given.and_then(|given| words::handed(ctx, record, given.why.as_deref(), given.how.as_ref())) {
        Some(why) => text.then(format!(" · {why}")),
        None => text,
    }
}

/// What stands in the way or waits, one line each.
fn attention(ctx: &Ctx<'_>, record: &Record) -> Vec<Text> {
    let mut lines = Vec::new();
    if let Some(flag) = words::flag(ctx, record) {
        lines.push(Text::plain(format!("🚩 {flag}.")));
    }
    for suggestion in record.open_suggestions().filter(|s| !s.to.is_empty()) {
        let labels: Vec<_> = suggestion.to.iter().map(|s| words::status(ctx, s)).collect();
        let why = suggestion.because.as_ref().map(|b| format!("{b}. ")).unwrap_or_default();
        lines.push(Text::plain(format!("💡 {why}Suggested: {}.", words::join(&labels, "or"))));
    }
    if !record.owes.is_empty() {
        let fields = words::fields(ctx, &record.owes);
        lines.push(Text::plain(format!("📝 Still missing: {fields}. Fill it in before the next move.")));
    }
    if let Some(pending) = &record.pending {
        let who = words::person_or(pending.requested_by, "the playbook");
        lines.push(
            Text::plain(format!(
                "✋ Waiting for approval: {}, asked for by ",
                words::status(ctx, &pending.to)
            ))
            .append(who)
            .then(" ")
            .and(words::relative(pending.requested_at))
            .then("."),
        );
    }
    if let Some(until) = record.snoozed_until.filter(|until| *until > ctx.now) {
        lines.push(
            Text::plain("🔕 Posts are silent until ")
                .and(words::moment(until, ctx.now))
                .then("; deadlines go on."),
        );
    }
    lines
}

fn severity(ctx: &Ctx<'_>, record: &Record, clocks: &[Clock<'_>], class: Class) -> Severity {
    match class {
        Class::Won => Severity::Good,
        Class::Parked | Class::Lost | Class::Excluded => Severity::Closed,
        Class::Open if words::is_late(clocks, ctx.now) => Severity::Bad,
        Class::Open if !record.owes.is_empty() || record.pending.is_some() => Severity::Warning,
        Class::Open => Severity::Info,
    }
}

fn buttons(ctx: &Ctx<'_>, record: &Record, class: Class) -> Vec<Button> {
    let id = record.id;
    let mut message = Message::default();
    if let Some(pending) = &record.pending {
        message = message.button(
            Action::Withdraw { approval: pending.approval },
            "Take the request back",
            Emphasis::Plain,
        );
    } else if !record.owes.is_empty() {
        message = message.button(Action::FillOwed { record: id }, "Fill in", Emphasis::Primary);
    } else {
        message.buttons = moves(ctx, record, MOVES);
        message = message.button(Action::MoreMoves { record: id }, "More…", Emphasis::Plain);
    }
    if record.owner.is_none() {
        message = message.button(Action::Take { record: id }, "Take it", Emphasis::Good);
    }
    message = message.button(Action::Log { record: id }, "Log activity", Emphasis::Plain);
    if !record.tasks.is_empty() {
        message = message.button(Action::Tasks { record: id }, "Task done…", Emphasis::Plain);
    }
    message.buttons.extend(dismiss(record));
    if is_planned(ctx, class) {
        message = message.button(Action::PlanNext { record: id }, "Plan next", Emphasis::Plain);
    }
    message.button(Action::History { record: id, page: 0 }, "History", Emphasis::Plain).buttons
}

/// One button for each suggestion that stands.
pub fn dismiss(record: &Record) -> Vec<Button> {
    let open = record.open_suggestions().filter(|s| !s.to.is_empty()).take(2);
    open.map(|s| Button {
        action: Action::Dismiss { record: record.id, rule: s.rule.clone() },
        label: "Dismiss".to_owned(),
        emphasis: Emphasis::Plain,
        emoji: None,
    })
    .collect()
}

/// A locked record only shows what happened (D10).
fn ended(record: &Record) -> Vec<Button> {
    Message::default()
        .button(Action::History { record: record.id, page: 0 }, "History", Emphasis::Plain)
        .buttons
}

/// Buttons for the likely next moves: what anybody may choose from here, in the playbook's order, where status and
/// stage would go together. Each carries the version at which it was drawn (ruling 23).
pub fn moves(ctx: &Ctx<'_>, record: &Record, most: usize) -> Vec<Button> {
    let Some(status) = ctx.playbook.status(&record.status).filter(|s| !s.locked) else { return Vec::new() };
    let targets = status
        .moves
        .iter()
        .filter(|m| m.by == MoveBy::Anyone)
        .filter_map(|m| ctx.playbook.status(&m.to))
        .filter(|to| to.chosen && fits(ctx, record, to));
    targets.take(most).enumerate().map(|(at, to)| move_button(ctx, record, to, at == 0)).collect()
}

/// Buttons for given statuses, as an alert or a rule offers them.
pub fn moves_to(ctx: &Ctx<'_>, record: &Record, to: &[StatusId], most: usize) -> Vec<Button> {
    let targets = to.iter().filter_map(|id| ctx.playbook.status(id)).take(most).enumerate();
    targets.map(|(at, to)| move_button(ctx, record, to, at == 0)).collect()
}

fn fits(ctx: &Ctx<'_>, record: &Record, to: &Status) -> bool {
    let stage = to.sets_stage.as_ref().or(record.stage.as_ref());
    stage.is_none_or(|stage| ctx.playbook.combinations.allows(&to.id, stage))
}

fn move_button(ctx: &Ctx<'_>, record: &Record, to: &Status, first: bool) -> Button {
    Button {
        action: Action::Move { record: record.id, to: to.id.clone(), version: record.version },
        label: words::label_next(ctx, record, &to.id),
        emphasis: match to.class {
            Class::Lost | Class::Excluded => Emphasis::Danger,
            Class::Won => Emphasis::Good,
            Class::Open | Class::Parked if first => Emphasis::Primary,
            Class::Open | Class::Parked => Emphasis::Plain,
        },
        emoji: Some(to.emoji.clone()).filter(|e| !e.is_empty()),
    }
}

/// Texts below each other.
fn lines(texts: Vec<Text>) -> Text {
    let mut all = Text::default();
    for (at, text) in texts.into_iter().enumerate() {
        if at > 0 {
            all = all.then("\n");
        }
        all = all.append(text);
    }
    all
}
