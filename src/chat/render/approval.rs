//! Requests for approval (D40, X3, ruling 11).

use super::view::{ApprovalStateView, ApprovalView};
use super::words::{self, NOTE, tidy};
use crate::chat::action::Action;
use crate::chat::message::{Choice, Choices, Emphasis, Message, Severity, Span, Text};
use crate::domain::event::Withdrawal;
use crate::domain::field::builtin;
use crate::domain::ids::{FieldId, PersonId};

/// The message of a request: the facts, and buttons while it waits; afterwards who decided, when and why.
pub fn approval(view: &ApprovalView<'_>) -> Message {
    let (ctx, record) = (&view.ctx, view.record);
    let mut message = Message::default().titled(format!("✋ Approval: {}", words::title(record)));
    let to = words::status(ctx, view.to);
    let asked = Text::default()
        .append(words::person_or(view.requested_by, "The playbook"))
        .then(match view.from {
            Some(from) => format!(" asks to move it from {} to ", words::status(ctx, from)),
            None => " asked to move it to ".to_owned(),
        })
        .and(Span::Strong(to))
        .then(" ")
        .and(words::relative(view.requested_at))
        .then(".");
    message.lines.push(asked);
    message.severity = match &view.state {
        ApprovalStateView::Waiting => Severity::Warning,
        ApprovalStateView::Approved { .. } => Severity::Good,
        ApprovalStateView::Rejected { .. } => Severity::Bad,
        ApprovalStateView::Withdrawn { .. } => Severity::Closed,
    };
    message.lines.extend(outcome(view));

    message = message.fact("Value", value(view));
    message = message
        .fact("Owner", words::person_or(record.owner, "nobody yet"))
        .fact("Created", Text(vec![words::relative(record.created_at)]));
    for id in [builtin::REASON, builtin::NOTE] {
        let id = FieldId::new(id);
        if let Some(value) = view.data.get(&id) {
            let label = if id.as_str() == builtin::REASON { "Reason" } else { "Note" };
            message = message.long_fact(label, words::value(ctx, &id, value));
        }
    }
    // What the bot fills in by itself says nothing to whoever decides.
    let asked = |id: &FieldId| ctx.playbook.field(id).is_none_or(|field| field.asked);
    let others = view.data.iter().filter(|(id, _)| !builtin::ALL.contains(&id.as_str()) && asked(id));
    for (id, value) in others.take(5) {
        message = message.long_fact(words::field(ctx, id), words::value(ctx, id, value));
    }
    if view.state == ApprovalStateView::Waiting {
        message = message
            .button(Action::Approve { approval: view.approval }, "Approve", Emphasis::Good)
            .button(Action::Reject { approval: view.approval }, "Reject", Emphasis::Danger);
        message.mentions.clone_from(&view.deciders);
    }
    message.button(Action::Open { record: record.id }, "Open", Emphasis::Plain).button(
        Action::History { record: record.id, page: 0 },
        "History",
        Emphasis::Plain,
    )
}

/// What it is worth, and from what on giving up is not the rep's alone.
fn value(view: &ApprovalView<'_>) -> String {
    let limit = view.ctx.workspace.thresholds.high_value;
    let from = match view.peak {
        Some(peak) if peak.currency == limit.currency && peak.minor >= limit.minor => {
            format!("; approval needed from {limit}")
        }
        Some(_) | None => String::new(),
    };
    match (view.record.value, view.peak) {
        (Some(value), Some(peak)) if value != peak => {
            format!("{value}, {peak} at its peak of 30 open days{from}")
        }
        (Some(value), _) | (None, Some(value)) => format!("{value}{from}"),
        (None, None) => "not known".to_owned(),
    }
}

/// Who is asked, or how it ended.
fn outcome(view: &ApprovalView<'_>) -> Option<Text> {
    match &view.state {
        ApprovalStateView::Waiting if view.deciders.is_empty() => Some(nobody()),
        ApprovalStateView::Waiting => {
            Some(words::people(&view.deciders).then(": approve it, or reject it with a reason."))
        }
        ApprovalStateView::Approved { by, at } => Some(
            Text::plain("✅ Approved by ")
                .and(Span::Person(*by))
                .then(" on ")
                .and(words::exact(*at))
                .then("."),
        ),
        ApprovalStateView::Rejected { by, at, reason } => Some(
            Text::plain("⛔ Rejected by ")
                .and(Span::Person(*by))
                .then(" on ")
                .and(words::exact(*at))
                .then(format!(": {}", tidy(reason, NOTE))),
        ),
        ApprovalStateView::Withdrawn { at, why } => Some(
            Text::plain(format!("↩️ Withdrawn, because {}, on ", withdrawal(*why)))
                .and(words::exact(*at))
                .then("."),
        ),
    }
}

/// What to do where nobody may decide (ruling 11).
pub(super) fn nobody() -> Text {
    Text::plain(
        "⚠️ Nobody may decide this: whoever asked, owns it or owned it in the last 30 days is left out. Add a manager \
         with ",
    )
    .and(Span::Code("/setup member role:manager".to_owned()))
    .then(".")
}

/// Why a request ended without a decision.
pub(super) fn withdrawal(why: Withdrawal) -> &'static str {
    match why {
        Withdrawal::TakenBack => "whoever asked took it back",
        Withdrawal::Replied => "they replied",
        Withdrawal::Erased => "it was erased",
        Withdrawal::RulesChanged => "newer rules have no place for it",
    }
}

/// What waits, the oldest first, for `viewer`: at most 20 are shown, with a list from which one is opened.
pub fn approvals_list(title: &str, waiting: &[ApprovalView<'_>], viewer: PersonId) -> Message {
    const SHOWN: usize = 20;
    if waiting.is_empty() {
        return Message::line(format!("{title}.")).severity(Severity::Good);
    }
    let mut message = Message::default().titled(title).severity(Severity::Warning);
    for view in waiting.iter().take(SHOWN) {
        let text = Text::strong(words::title(view.record))
            .then(format!(" → {} · asked for by ", words::status(&view.ctx, view.to)))
            .append(words::person_or(view.requested_by, "the playbook"))
            .then(" ")
            .and(words::relative(view.requested_at));
        let text = match view.peak.or(view.record.value) {
            Some(value) => text.then(format!(" · {value}")),
            None => text,
        };
        let text = if view.deciders.is_empty() { text.then(" · ⚠️ nobody may decide it") } else { text };
        message.lines.push(text);
    }
    if waiting.len() > SHOWN {
        message.footer = Some(format!("and {} more; decide these first", waiting.len() - SHOWN));
    }
    if let [one] = waiting {
        let approval = one.approval;
        if one.deciders.contains(&viewer) {
            message = message.button(Action::Approve { approval }, "Approve", Emphasis::Good).button(
                Action::Reject { approval },
                "Reject",
                Emphasis::Danger,
            );
        } else if one.requested_by == Some(viewer) {
            message = message.button(Action::Withdraw { approval }, "Take the request back", Emphasis::Plain);
        }
    }
    let options = waiting.iter().take(SHOWN).map(|view| Choice {
        value: view.record.id.to_string(),
        label: words::title(view.record),
        means: Some(format!("→ {}", words::status(&view.ctx, view.to))),
    });
    let options = options.collect();
    message.choices.push(Choices { action: Action::PickRecord, prompt: "Open one".to_owned(), options });
    message
}
