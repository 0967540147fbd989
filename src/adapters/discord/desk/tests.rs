use serde_json::json;

use super::*;
use crate::chat::action::Action;
use crate::chat::message::Form;
use crate::domain::ids::DraftId;

fn kind_of(from: From, reply: Reply) -> (u64, bool) {
    let Body::Json(json) = first_body(from, reply) else { panic!("no JSON") };
    (json["type"].as_u64().unwrap_or(0), json["data"]["flags"].as_u64() == Some(layout::EPHEMERAL))
}

fn form() -> Form {
    Form { action: Action::DraftSubmit { draft: DraftId(1) }, title: "Missing".into(), inputs: Vec::new() }
}

#[test]
fn each_reply_has_the_response_that_discord_takes_there() {
    let say = || Message::line("x");
    let press = From::Message { marker: Some(1) };
    let (alone, on_message) = (From::Form { opened_on: None }, From::Form { opened_on: Some(None) });
    let table = [
        (From::Command, Reply::Private(say()), (4, true)),
        (From::Command, Reply::Public(say()), (4, false)),
        (From::Command, Reply::Update(say()), (4, true)),
        (From::Command, Reply::Form(form()), (9, false)),
        (press, Reply::Private(say()), (4, true)),
        (press, Reply::Public(say()), (4, false)),
        (press, Reply::Update(say()), (7, false)),
        (press, Reply::Form(form()), (9, false)),
        (alone, Reply::Private(say()), (4, true)),
        (alone, Reply::Update(say()), (4, true)),
        (alone, Reply::Form(form()), (4, true)),
        (on_message, Reply::Update(say()), (7, false)),
        (on_message, Reply::Form(form()), (4, true)),
    ];
    for (from, reply, expected) in table {
        assert_eq!(kind_of(from, reply.clone()), expected, "{from:?} {reply:?}");
    }
}

/// Ruling 22
#[test]
fn a_message_that_is_replaced_by_a_press_stays_recognisable() {
    let update = Reply::Update(Message::line("Done."));
    let Body::Json(json) = first_body(From::Message { marker: Some(100) }, update) else { panic!("no JSON") };
    assert_eq!(json["data"]["embeds"][0]["footer"]["text"], "#2s");
}

#[test]
fn suggestions_fit_discord() {
    let choice = |value: &str, label: &str, means: Option<&str>| Choice {
        value: value.into(),
        label: label.into(),
        means: means.map(str::to_owned),
    };
    let many = (0..40).map(|n| choice(&n.to_string(), "x", None)).collect();
    assert_eq!(suggestions(many, Kind::Text).len(), 25);
    let given = vec![
        choice("7", "L-7 Acme", Some("New")),
        choice(&"v".repeat(101), "too long to come back", None),
        choice("x", &"l".repeat(150), None),
    ];
    let shown = suggestions(given.clone(), Kind::Text);
    assert_eq!(shown[0], json!({"name": "L-7 Acme – New", "value": "7"}));
    assert_eq!((shown.len(), shown[1]["name"].as_str().map(length)), (2, Some(100)));
    assert_eq!(suggestions(given, Kind::Number), [json!({"name": "L-7 Acme – New", "value": 7})]);
}
