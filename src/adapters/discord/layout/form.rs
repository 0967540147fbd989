//! A [`Form`] as a modal, within its limits.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::text::{cut, length};
use crate::adapters::discord::marker;
use crate::chat::action::Action;
use crate::chat::message::{Form, Input};

const TITLE: usize = 45;
const INPUTS: usize = 5;
const LABEL: usize = 45;
const PLACEHOLDER: usize = 100;
const VALUE: usize = 4_000;
const ID: usize = 100;

/// The response that opens a form.
pub fn modal(form: &Form) -> Value {
    let mut ids = BTreeSet::new();
    let inputs = form.inputs.iter().filter(|i| (1..=ID).contains(&length(&i.id)) && ids.insert(&i.id));
    let rows: Vec<Value> = inputs.take(INPUTS).map(row).collect();
    json!({"type": 9, "data": {
        "custom_id": marker::custom_id(&form.action, None).unwrap_or_default(),
        "title": or_dots(cut(form.title.trim(), TITLE)),
        "components": rows,
    }})
}

fn row(input: &Input) -> Value {
    let mut json = json!({
        "type": 4,
        "custom_id": input.id,
        "label": or_dots(cut(input.label.trim(), LABEL)),
        "style": if input.long { 2 } else { 1 },
        "required": input.required,
        "max_length": if input.long { VALUE } else { 1_000 },
    });
    let room = if input.long { VALUE } else { 1_000 };
    if let Some(value) = input.value.as_deref().filter(|v| !v.is_empty()) {
        json["value"] = json!(cut(value, room));
    }
    if let Some(placeholder) = input.placeholder.as_deref().map(str::trim).filter(|p| !p.is_empty()) {
        json["placeholder"] = json!(cut(placeholder, PLACEHOLDER));
    }
    json!({"type": 1, "components": [json]})
}

fn or_dots(text: String) -> String {
    if text.is_empty() { "…".into() } else { text }
}

/// The button that leads to a form, for where Discord does not take a form: in answer to a form, and after three
/// seconds. `None`: what was pressed before must be pressed again.
pub fn opener(form: &Action) -> Option<Action> {
    match form {
        Action::DraftSubmit { draft } | Action::DraftForm { draft } | Action::DraftPick { draft, .. } => {
            Some(Action::DraftForm { draft: *draft })
        }
        Action::LogForm { record, .. } => Some(Action::Log { record: *record }),
        Action::EraseForm { record } => Some(Action::EraseAsk { record: *record }),
        Action::PlanForm { record } => Some(Action::PlanNext { record: *record }),
        Action::RejectForm { approval } => Some(Action::Reject { approval: *approval }),
        Action::RejectAllForm { approval } => Some(Action::RejectAll { approval: *approval }),
        Action::KeptForm { kept } => Some(Action::KeptAssign { kept: *kept }),
        Action::KeptAssign { .. }
        | Action::KeptDismiss { .. }
        | Action::SendNotes { .. }
        | Action::Open { .. }
        | Action::Move { .. }
        | Action::MoreMoves { .. }
        | Action::PickStatus { .. }
        | Action::Log { .. }
        | Action::PickActivity { .. }
        | Action::Snooze { .. }
        | Action::SnoozeFor { .. }
        | Action::Take { .. }
        | Action::Rescue { .. }
        | Action::PickRescue
        | Action::ReassignAll { .. }
        | Action::FillOwed { .. }
        | Action::PlanNext { .. }
        | Action::History { .. }
        | Action::Approve { .. }
        | Action::ApproveAll { .. }
        | Action::RejectAll { .. }
        | Action::Reject { .. }
        | Action::Withdraw { .. }
        | Action::Undo { .. }
        | Action::ListRecord { .. }
        | Action::ListMove { .. }
        | Action::PickRecord
        | Action::Tasks { .. }
        | Action::TaskSent { .. }
        | Action::Answer { .. }
        | Action::Dismiss { .. }
        | Action::CreateAnyway { .. }
        | Action::EraseAsk { .. }
        | Action::StartJob { .. }
        | Action::StopJob { .. }
        | Action::PickColumn { .. }
        | Action::PickField { .. }
        | Action::SetupPage { .. }
        | Action::Points { .. }
        | Action::NewForm { .. }
        | Action::NoteRecord { .. }
        | Action::NoteActivity { .. }
        | Action::Page { .. } => None,
        // What was said so far is in a draft, or is asked again.
        Action::DoneAnswer { draft } | Action::PickOutcome { draft } => {
            Some(Action::DraftForm { draft: *draft })
        }
        Action::TaskDone { record, .. } | Action::TaskConfirm { record, .. } => {
            Some(Action::Tasks { record: *record })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{DraftId, RecordId};

    fn input(id: &str, label: &str) -> Input {
        Input {
            id: id.into(),
            label: label.into(),
            value: None,
            placeholder: None,
            long: false,
            required: true,
        }
    }

    #[test]
    fn a_form_keeps_discords_limits() {
        let mut inputs: Vec<Input> = (0..8).map(|n| input(&format!("f{n}"), &"label ".repeat(20))).collect();
        inputs.insert(0, input("f0", ""));
        inputs[0].value = Some("v".repeat(5_000));
        inputs[0].placeholder = Some("p".repeat(500));
        let action = Action::DraftSubmit { draft: DraftId(5) };
        let modal = modal(&Form { action: action.clone(), title: "t".repeat(60), inputs });
        let data = &modal["data"];
        assert_eq!(data["title"].as_str().map(length), Some(45));
        assert_eq!(Action::decode(data["custom_id"].as_str().unwrap_or_default()), Some(action));
        let rows = data["components"].as_array().expect("rows");
        let ids: Vec<_> =
            rows.iter().map(|r| r["components"][0]["custom_id"].as_str().unwrap_or("")).collect();
        assert_eq!(ids, ["f0", "f1", "f2", "f3", "f4"]);
        let first = &rows[0]["components"][0];
        assert_eq!(first["label"], "…");
        assert_eq!(first["value"].as_str().map(length), Some(1_000));
        assert_eq!(first["placeholder"].as_str().map(length), Some(100));
    }

    #[test]
    fn a_form_that_cannot_open_has_a_button_instead() {
        let (draft, record) = (DraftId(1), RecordId(2));
        assert_eq!(opener(&Action::DraftSubmit { draft }), Some(Action::DraftForm { draft }));
        assert_eq!(opener(&Action::PlanForm { record }), Some(Action::PlanNext { record }));
        assert_eq!(opener(&Action::Take { record }), None);
    }
}
