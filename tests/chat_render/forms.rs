//! Forms and pick lists (X1, D18, D22).

use std::collections::BTreeMap;

use bellwether::chat::action::Action;
use bellwether::chat::render::form::{Answers, Asked, Step};
use bellwether::chat::render::view::RowView;
use bellwether::chat::render::{form, pick, suggest};
use bellwether::domain::activity::Activity;
use bellwether::domain::field::{Data, FieldValue};
use bellwether::domain::ids::{ApprovalId, DraftId, StatusId};

use crate::fixture::*;

/// X1, D22: only what is missing is asked: lists first, then forms of five, with a button between two forms.
#[test]
fn what_is_missing_comes_as_lists_and_then_forms_of_five() {
    let world = world();
    let ctx = world.ctx();
    let ids = ["a1", "reason", "a2", "a3", "a4", "a5", "a6"];
    let fields: Vec<_> = ids.iter().map(|id| world.field(id)).collect();
    let refs: Vec<_> = fields.iter().collect();
    let (gone, typed) = (StatusId::from("gone"), BTreeMap::new());
    let record = world.record();
    let title = form::title(&ctx, &record, Some(&gone));
    assert_eq!(title, "L-12 → Gone");
    let mut given = Data::new();
    let step = |given: &Data, answers| {
        let asked = Asked {
            draft: DraftId(9),
            title: &title,
            fields: &refs,
            given,
            to: Some(&gone),
            reasons: None,
            typed: &typed,
            answers,
        };
        form::next_step(&ctx, &asked)
    };
    let Step::Pick(message) = step(&given, Answers::Press) else { panic!("a list first") };
    let options: Vec<_> = message.choices[0].options.iter().map(|o| o.value.as_str()).collect();
    // ruling 1: a clock's reason is no person's.
    assert_eq!(options, ["timing"]);
    assert_eq!(message.choices[0].action, Action::DraftPick { draft: DraftId(9), field: "reason".into() });

    given.insert("reason".into(), FieldValue::Choice("timing".into()));
    let Step::Form(first) = step(&given, Answers::Press) else { panic!("a form next") };
    assert_eq!((first.title.as_str(), first.inputs.len()), ("L-12 → Gone (1 of 2)", 5));
    for input in &first.inputs {
        given.insert(input.id.as_str().into(), FieldValue::Text("x".into()));
    }
    let Step::Pick(between) = step(&given, Answers::Form) else { panic!("no form in answer to a form") };
    assert_eq!(labels(&between), ["Continue (2 of 2)"]);
    let Step::Form(second) = step(&given, Answers::Press) else { panic!("the second form") };
    assert_eq!((second.title.as_str(), second.inputs.len()), ("L-12 → Gone (2 of 2)", 1));
    given.insert("a6".into(), FieldValue::Text("x".into()));
    assert_eq!(step(&given, Answers::Form), Step::Complete);
}

/// What was typed and not understood stands in the form again.
#[test]
fn a_form_keeps_what_was_typed() {
    let world = world();
    let ctx = world.ctx();
    let due = world.field("next_due");
    let typed: BTreeMap<_, _> = [("next_due".to_owned(), "soonish".to_owned())].into();
    let asked = Asked {
        draft: DraftId(9),
        title: &"very long ".repeat(20),
        fields: &[&due],
        given: &Data::new(),
        to: None,
        reasons: None,
        typed: &typed,
        answers: Answers::Press,
    };
    let Step::Form(form) = form::next_step(&ctx, &asked) else { panic!("a form") };
    assert_eq!(form.inputs[0].value.as_deref(), Some("soonish"));
    assert_eq!(form.inputs[0].placeholder.as_deref(), Some("tomorrow 3pm, 2026-12-01"));
    assert!(form.title.chars().count() <= 45);
    let message = form::problems(DraftId(9), &["\"soonish\" is not a date.".to_owned()]);
    assert_eq!(labels(&message), ["Try again"]);
}

#[test]
fn pick_lists_carry_their_meanings() {
    let world = world();
    let (ctx, record) = (world.ctx(), world.record());
    let message = pick::pick_status(&ctx, &record, &["talking".into(), "gone".into()]);
    assert_eq!(message.choices[0].action, Action::PickStatus { record: record.id, version: 3 });
    assert_eq!(message.choices[0].options[0].label, "🤝 Talking");
    assert_eq!(message.choices[0].options[0].means.as_deref(), Some("We talk."));
    let message = pick::pick_activity(&ctx, &record);
    assert_eq!(message.choices[0].options.len(), 13);
    assert_eq!(message.choices[0].options[0].value, "call_answered");
    assert_eq!(labels(&pick::pick_snooze(&record)).len(), 3);
    let row = RowView { ctx, record: &record, clocks: vec![] };
    assert_eq!(suggest::record(&row).label, "L-12 · Acme Ltd · Fresh");
    assert_eq!(form::log_form(&record, Activity::CallAnswered).inputs.len(), 3);
    assert_eq!(form::plan_form(&record).inputs.len(), 2);
    assert_eq!(form::reject_form(ApprovalId(4), &record).inputs.len(), 1);
}
