//! Requests that are one (ruling 11): one message that lists each record, and what a press on it says.

use super::form;
use super::view::{ApprovalStateView, ApprovalView};
use super::words::{self, NOTE, tidy};
use crate::chat::action::Action;
use crate::chat::message::{Emphasis, Form, Message, Severity, Span, Text};
use crate::domain::command::Verdict;
use crate::domain::field::builtin;
use crate::domain::ids::{ApprovalId, FieldId, PersonId};

/// So many records are listed; the file has all of them.
const SHOWN: usize = 15;
/// So many that were left out are named.
const NAMED: usize = 5;

/// The message: the facts, each record with its value, and buttons while any waits. `views`: at least one.
pub fn many(views: &[ApprovalView<'_>]) -> Message {
    let Some(first) = views.first() else { return Message::default() };
    let ctx = &first.ctx;
    let waiting: Vec<_> = views.iter().filter(|v| v.state == ApprovalStateView::Waiting).collect();
    let to = words::status(ctx, first.to);
    let count = words::thousands(views.len() as u64);
    let mut message = Message::default().titled(format!("✋ Approval: {count} {}", ctx.playbook.noun.plural));
    message.lines.push(
        words::person_or(first.requested_by, "A clock")
            .then(" asks to move them to ")
            .and(Span::Strong(to))
            .then(" ")
            .and(words::relative(first.requested_at))
            .then("."),
    );
    for view in views.iter().take(SHOWN) {
        let text = listed(view);
        message.lines.push(match &view.state {
            ApprovalStateView::Waiting => text,
            ApprovalStateView::Approved { by, .. } => text.then(" · ✅ approved by ").and(Span::Person(*by)),
            ApprovalStateView::Rejected { by, .. } => text.then(" · ⛔ rejected by ").and(Span::Person(*by)),
            ApprovalStateView::Withdrawn { why, .. } => {
                text.then(format!(" · ↩️ withdrawn: {}", super::approval::withdrawal(*why)))
            }
        });
    }
    if views.len() > SHOWN {
        let more = words::thousands((views.len() - SHOWN) as u64);
        message.lines.push(format!("… and {more} more; the file has all of them").into());
        message = message.file("to-approve.csv", listing(views));
    }
    for id in [builtin::REASON, builtin::NOTE] {
        let id = FieldId::new(id);
        if let Some(value) = first.data.get(&id) {
            let label = if id.as_str() == builtin::REASON { "Reason" } else { "Note" };
            message = message.long_fact(label, words::value(ctx, &id, value));
        }
    }
    if waiting.is_empty() {
        message.lines.push("All of it is decided or withdrawn.".into());
        return message.severity(Severity::Closed);
    }
    let mut deciders: Vec<_> = waiting.iter().flat_map(|view| view.deciders.iter().copied()).collect();
    deciders.sort_unstable();
    deciders.dedup();
    message.lines.push(if deciders.is_empty() {
        super::approval::nobody()
    } else {
        words::people(&deciders)
            .then(": approve all of it, or reject it with a reason. What is yours is left out.")
    });
    message.mentions = deciders;
    let approval = waiting[0].approval;
    let count = words::thousands(waiting.len() as u64);
    message
        .severity(Severity::Warning)
        .button(Action::ApproveAll { approval }, format!("Approve {count}"), Emphasis::Good)
        .button(Action::RejectAll { approval }, format!("Reject {count}"), Emphasis::Danger)
}

/// The reminder of several that wait for its reader. `views`: at least one.
pub fn reminder(views: &[ApprovalView<'_>], escalated: bool) -> Message {
    let Some(first) = views.first() else { return Message::default() };
    let (ctx, count) = (&first.ctx, words::thousands(views.len() as u64));
    let text = Text::plain("✋ ")
        .and(Span::Strong(format!("{count} {}", ctx.playbook.noun.plural)))
        .then(format!(" wait for approval: {}, asked for ", words::status(ctx, first.to)))
        .and(words::relative(first.requested_at))
        .then(if escalated { " and still undecided." } else { "." });
    let mut message = Message::line(text).severity(Severity::Warning);
    message.lines.extend(views.iter().take(SHOWN).map(listed));
    if views.len() > SHOWN {
        let more = words::thousands((views.len() - SHOWN) as u64);
        message.lines.push(format!("… and {more} more: the request lists all of them.").into());
    }
    let approval = first.approval;
    message.button(Action::ApproveAll { approval }, format!("Approve {count}"), Emphasis::Good).button(
        Action::RejectAll { approval },
        format!("Reject {count}"),
        Emphasis::Danger,
    )
}

/// A record of a request: what it is worth, and whose it is.
fn listed(view: &ApprovalView<'_>) -> Text {
    let text = Text::strong(words::title(view.record));
    let text = match view.peak.or(view.record.value) {
        Some(value) => text.then(format!(" · {value}")),
        None => text,
    };
    text.then(" · ").append(words::person_or(view.record.owner, "nobody yet"))
}

fn listing(views: &[ApprovalView<'_>]) -> String {
    let mut text = "record,value,status\n".to_owned();
    for view in views {
        let value =
            view.peak.or(view.record.value).map(|v| v.to_string().replace(',', "")).unwrap_or_default();
        text.push_str(&format!("{},{value},{}\n", view.record.handle, view.record.status));
    }
    text
}

/// The form for the reason.
pub fn reject_form(approval: ApprovalId, count: u64) -> Form {
    form::reason_form(Action::RejectAllForm { approval }, format!("Reject {}", words::thousands(count)))
}

/// What a press came to. `left_out`: what people call a record, and why.
pub fn answer(approved: bool, done: u64, left_out: &[(String, Text)]) -> Message {
    if done == 0 && left_out.is_empty() {
        return none_waits();
    }
    let what = if approved { "approved" } else { "rejected" };
    let count = words::count(done, "request");
    let mut message = Message::line(format!("{count} {what}.")).severity(Severity::Good);
    if !left_out.is_empty() {
        message.severity = Severity::Warning;
        let text =
            format!("{} left out, to be decided by somebody else:", words::thousands(left_out.len() as u64));
        message.lines.push(text.into());
        for (handle, why) in left_out.iter().take(NAMED) {
            message.lines.push(Text::strong(handle.clone()).then(": ").append(why.clone()));
        }
        if left_out.len() > NAMED {
            message.lines.push(format!("… and {} more", left_out.len() - NAMED).into());
        }
    }
    message
}

/// Whoever asked hears once of all of them.
pub fn decided_for(by: PersonId, verdict: &Verdict, count: u64) -> Message {
    let text = Text::plain(format!("{} of yours: ", words::count(count, "request")));
    match verdict {
        Verdict::Approve => {
            Message::line(text.then("approved by ").and(Span::Person(by)).then(".")).severity(Severity::Good)
        }
        Verdict::Reject { reason } => Message::line(
            text.then("rejected by ").and(Span::Person(by)).then(format!(": {}", tidy(reason, NOTE))),
        )
        .severity(Severity::Bad),
    }
}

/// Somebody was faster; the sentence.
pub fn none_waits() -> Message {
    Message::line("All of it is decided or withdrawn already: the message says by whom.")
        .severity(Severity::Warning)
}
