//! Forms: what is missing, asked for in as few steps as platforms allow (X1, D22).
//!
//! A form holds five inputs of text; what is picked from a list comes first, in a private message. Where a form may not
//! follow at once (it would answer a form), a private message with a button stands between.

use std::collections::BTreeMap;

use super::view::Ctx;
use super::words::{self, tidy};
use crate::chat::action::Action;
use crate::chat::message::{Choice, Choices, Emphasis, Form, Input, Message, Severity, Text};
use crate::chat::value::Guess;
use crate::domain::activity::Activity;
use crate::domain::field::{Data, builtin};
use crate::domain::ids::{ApprovalId, DraftId, ReasonId, StageId, StatusId};
use crate::domain::playbook::{Field, FieldKind};
use crate::domain::record::Record;

/// How many inputs a form has at most.
pub const INPUTS: usize = 5;
/// How many lists one message has at most.
const LISTS: usize = 4;
/// How many options a list has at most.
const OPTIONS: usize = 25;

/// An unfinished change, as far as its form needs to know it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Where it is kept.
    pub draft: DraftId,
    /// What it is about: `L-12 → Label`; see [`title`].
    pub title: &'a str,
    /// Everything that was missing at first, in the order of the form.
    pub fields: &'a [&'a Field],
    /// What has been answered since.
    pub given: &'a Data,
    /// The status asked for: it decides which reasons fit.
    pub to: Option<&'a StatusId>,
    /// The reasons that fit, where something else decides it.
    pub reasons: Option<&'a [ReasonId]>,
    /// What was typed but could not be read, by field id: it stands in the form again.
    pub typed: &'a BTreeMap<String, String>,
    /// What is being answered now.
    pub answers: Answers,
}

/// What the next step answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// A command or a press: a form may follow.
    Press,
    /// A form: no form may follow at once.
    Form,
}

/// The next step towards a complete change.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A form to fill in.
    Form(Form),
    /// A private message: lists to pick from, or the button to the next form.
    Pick(Message),
    /// Everything is answered.
    Complete,
}

/// The title of a change to a record: `L-12 → Label`.
pub fn title(ctx: &Ctx<'_>, record: &Record, to: Option<&StatusId>) -> String {
    match to {
        Some(to) => format!("{} → {}", record.handle, words::label_next(ctx, record, to)),
        None => words::title(record),
    }
}

/// The title of a change of stage: `L-12 → Label`.
pub fn title_of_stage(ctx: &Ctx<'_>, record: &Record, to: &StageId) -> String {
    let label = ctx.playbook.stage(to).map_or_else(|| to.to_string(), |stage| stage.label.clone());
    format!("{} → {}", record.handle, label)
}

/// What to ask next: lists first, then the texts, five at a time.
pub fn next_step(ctx: &Ctx<'_>, asked: &Asked<'_>) -> Step {
    let open = |f: &&&Field| !asked.given.contains_key(&f.id);
    let (listed, texts): (Vec<_>, Vec<_>) =
        asked.fields.iter().partition(|f| options(ctx, asked, f).is_some());
    let lists: Vec<_> = listed.into_iter().filter(open).collect();
    if !lists.is_empty() {
        return Step::Pick(pick(ctx, asked, &lists, texts.iter().any(open)));
    }
    let forms = texts.len().div_ceil(INPUTS);
    let left: Vec<_> = texts.into_iter().filter(open).collect();
    if left.is_empty() {
        return Step::Complete;
    }
    let this = forms.saturating_sub(left.len().div_ceil(INPUTS)) + 1;
    let counter = if forms > 1 { format!(" ({this} of {forms})") } else { String::new() };
    match asked.answers {
        Answers::Form => {
            Step::Pick(Message::line(format!("{}: some answers are still missing.", asked.title)).button(
                Action::DraftForm { draft: asked.draft },
                format!("Continue{counter}"),
                Emphasis::Primary,
            ))
        }
        Answers::Press => Step::Form(Form {
            action: Action::DraftSubmit { draft: asked.draft },
            title: tidy(&format!("{}{counter}", tidy(asked.title, 45 - counter.len())), 45),
            inputs: left.iter().take(INPUTS).map(|f| input(asked, f)).collect(),
        }),
    }
}

/// `texts`: something is to be typed afterwards.
fn pick(ctx: &Ctx<'_>, asked: &Asked<'_>, lists: &[&&Field], texts: bool) -> Message {
    let mut message = Message::default().titled(tidy(asked.title, 200));
    let names: Vec<_> = lists.iter().map(|f| f.label.clone()).collect();
    let names = words::join(&names, "and");
    let stop = if names.ends_with('?') { "" } else { "." };
    let form = if texts { " A short form follows." } else { "" };
    message.lines.push(Text::plain(format!("Pick: {names}{stop}{form}")));
    for field in lists.iter().take(LISTS) {
        message.choices.push(Choices {
            action: Action::DraftPick { draft: asked.draft, field: field.id.clone() },
            prompt: tidy(&field.label, 100),
            options: options(ctx, asked, field).unwrap_or_default(),
        });
    }
    message
}

/// What can be picked, where the field is picked from a list that fits one; else it is typed.
fn options(ctx: &Ctx<'_>, asked: &Asked<'_>, field: &Field) -> Option<Vec<Choice>> {
    let plain =
        |value: &str, label: &str| Choice { value: value.to_owned(), label: tidy(label, 100), means: None };
    let options: Vec<_> = match &field.kind {
        FieldKind::Choice(options) => options.iter().map(|(id, label)| plain(id, label)).collect(),
        FieldKind::Reason => {
            let fits = |r: &&crate::domain::playbook::Reason| {
                if let Some(reasons) = asked.reasons {
                    return reasons.contains(&r.id);
                }
                let anywhere = asked.to.is_none_or(|to| r.for_status.contains(to));
                !r.clock_only && (r.for_status.is_empty() || anywhere)
            };
            ctx.playbook.reasons.iter().filter(fits).map(|r| plain(r.id.as_str(), &r.label)).collect()
        }
        FieldKind::Text
        | FieldKind::Long
        | FieldKind::Email
        | FieldKind::Phone
        | FieldKind::Money
        | FieldKind::Number
        | FieldKind::Instant => Vec::new(),
    };
    (!options.is_empty()).then(|| options.into_iter().take(OPTIONS).collect())
}

fn input(asked: &Asked<'_>, field: &Field) -> Input {
    let example = match &field.kind {
        FieldKind::Email => "ana@acme.com",
        FieldKind::Phone => "+60 12 345 6789",
        FieldKind::Money => "12k, RM 12,500, €1.2m",
        FieldKind::Number => "250",
        FieldKind::Instant => "tomorrow 3pm, 2026-12-01",
        FieldKind::Text | FieldKind::Long | FieldKind::Choice(_) | FieldKind::Reason => field.hint.as_str(),
    };
    Input {
        id: field.id.to_string(),
        label: tidy(&field.label, 45),
        value: asked.typed.get(field.id.as_str()).cloned(),
        placeholder: Some(tidy(example, 100)).filter(|p| !p.is_empty()),
        long: field.kind == FieldKind::Long,
        required: true,
    }
}

/// Answers that could not be read: each in its sentence, and the form again.
pub fn problems(draft: DraftId, sentences: &[String]) -> Message {
    let mut message = Message::default().severity(Severity::Warning);
    message.lines.extend(sentences.iter().map(|s| Text::plain(tidy(s, 300))));
    message.button(Action::DraftForm { draft }, "Try again", Emphasis::Primary)
}

/// The form that goes with a logged activity.
pub fn log_form(record: &Record, activity: Activity) -> Form {
    let note =
        |required| Input { long: true, ..text("note", "Note", "What was said, what was agreed", required) };
    let mut inputs = vec![note(activity == Activity::Note)];
    inputs.push(text("next", "Next action", "What you plan next", false));
    inputs.push(text("due", "Due", "tomorrow 3pm, in 2 days, 2026-12-01", false));
    Form {
        action: Action::LogForm { record: record.id, activity: activity.name().to_owned() },
        title: tidy(&format!("{} · {}", record.handle, words::activity(activity)), 45),
        inputs,
    }
}

/// A form with something written into one of its inputs.
pub fn with_value(mut form: Form, input: &str, value: &str) -> Form {
    for input in form.inputs.iter_mut().filter(|i| i.id == input) {
        input.value = Some(value.to_owned()).filter(|v| !v.trim().is_empty());
    }
    form
}

/// The form for a new record that a message's menu opens: what could be guessed from the message, and all of it as the
/// note.
pub fn new_form(noun: &str, found: &Guess, message: &str) -> Form {
    let guessed = |id: &str, label: &str, example: &str, value: &Option<String>| Input {
        value: value.clone(),
        ..text(id, label, example, false)
    };
    let name = Input { required: true, ..guessed(builtin::NAME, "Name", "Who or what it is", &found.name) };
    let note = Input {
        long: true,
        value: Some(message.trim().to_owned()).filter(|m| !m.is_empty()),
        ..text(builtin::NOTE, "Note", "What was said", false)
    };
    Form {
        action: Action::NewForm { noun: noun.to_owned() },
        title: tidy(&format!("New {noun}"), 45),
        inputs: vec![
            name,
            guessed(builtin::COMPANY, "Company", "Their company", &found.company),
            guessed(builtin::EMAIL, "E-mail", "ana@acme.com", &found.email),
            guessed(builtin::PHONE, "Phone", "+60 12 345 6789", &found.phone),
            note,
        ],
    }
}

/// The form that plans the next action; filled in with what is planned.
pub fn plan_form(record: &Record) -> Form {
    let planned = record.next.as_ref().map(|n| tidy(&n.action, 300));
    Form {
        action: Action::PlanForm { record: record.id },
        title: format!("{} · Plan next", record.handle),
        inputs: vec![
            Input { value: planned, ..text("action", "Next action", "call back, send the offer", true) },
            text("due", "Due", "tomorrow 3pm, in 2 days, 2026-12-01", true),
        ],
    }
}

/// The form for the reason of a refusal.
pub fn reject_form(approval: ApprovalId, record: &Record) -> Form {
    reason_form(Action::RejectForm { approval }, format!("Reject · {}", record.handle))
}

/// A form for the reason of a rejection.
pub fn reason_form(action: Action, title: String) -> Form {
    Form {
        action,
        title,
        inputs: vec![Input {
            long: true,
            ..text("reason", "Reason", "What whoever asked should do instead", true)
        }],
    }
}

fn text(id: &str, label: &str, placeholder: &str, required: bool) -> Input {
    Input {
        id: id.to_owned(),
        label: label.to_owned(),
        value: None,
        placeholder: Some(placeholder.to_owned()),
        long: false,
        required,
    }
}
