use proptest::prelude::*;

use super::*;
use crate::chat::action::Action;
use crate::chat::message::{Choice, Image, Span, Text};
use crate::domain::ids::{ApprovalId, PersonId, RecordId};

const KEY: SendKey = SendKey { outbox: 100, generation: 1 };

fn json(body: &Body) -> &Value {
    match body {
        Body::Json(json) | Body::WithFiles(json, _) => json,
        Body::Empty => panic!("no body"),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn len(value: &Value) -> usize {
    value.as_str().map(length).unwrap_or_default()
}

fn controls(body: &Value) -> Vec<&Value> {
    list(&body["components"]).iter().flat_map(|row| list(&row["components"])).collect()
}

/// Everything that Discord would refuse about a message.
fn faults(body: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let mut check = |fine: bool, what: &str| {
        if !fine {
            faults.push(what.to_owned());
        }
    };
    check(len(&body["content"]) <= CONTENT, "content");
    check(list(&body["embeds"]).len() == 1, "embeds");
    let embed = &body["embeds"][0];
    let mut total = len(&embed["title"]) + len(&embed["description"]) + len(&embed["footer"]["text"]);
    check(len(&embed["title"]) <= TITLE, "title");
    check(len(&embed["description"]) <= DESCRIPTION, "description");
    check(len(&embed["footer"]["text"]) <= FOOTER, "footer");
    check(list(&embed["fields"]).len() <= FIELDS, "fields");
    for field in list(&embed["fields"]) {
        let name = field["name"].as_str().unwrap_or_default();
        check((1..=FIELD_NAME).contains(&length(name)) && !name.trim().is_empty(), "field's name");
        let value = field["value"].as_str().unwrap_or_default();
        check((1..=FIELD_VALUE).contains(&length(value)) && !value.trim().is_empty(), "field's value");
        total += length(name) + length(value);
    }
    check(total <= EMBED, "6000");
    check(total > 0, "empty");
    for (value, name) in [(&embed["title"], "title"), (&embed["description"], "description")] {
        check(value.as_str().is_none_or(|v| !v.trim().is_empty()), name);
    }
    let rows = list(&body["components"]);
    check(rows.len() <= ROWS, "rows");
    let mut ids = BTreeSet::new();
    for row in rows {
        let inner = list(&row["components"]);
        let lists = inner.iter().filter(|c| c["type"] == 3).count();
        check((1..=PER_ROW).contains(&inner.len()) && (lists == 0 || inner.len() == 1), "row");
    }
    for control in controls(body) {
        let id = control["custom_id"].as_str().unwrap_or_default();
        check((1..=marker::CUSTOM_ID).contains(&id.len()) && ids.insert(id), "custom_id");
        if control["type"] == 2 {
            check((1..=LABEL).contains(&len(&control["label"])), "label");
        } else {
            check(len(&control["placeholder"]) <= PLACEHOLDER, "placeholder");
            let options = list(&control["options"]);
            check((1..=OPTIONS).contains(&options.len()), "options");
            let values: BTreeSet<&str> = options.iter().filter_map(|o| o["value"].as_str()).collect();
            check(values.len() == options.len(), "values");
            for option in options {
                check((1..=OPTION).contains(&len(&option["label"])), "option");
                check((1..=OPTION).contains(&len(&option["value"])), "option's value");
                check(
                    option
                        .get("description")
                        .is_none_or(|d| (1..=OPTION).contains(&length(d.as_str().unwrap_or("")))),
                    "means",
                );
            }
        }
    }
    check(body["allowed_mentions"]["parse"] == json!([]), "mentions");
    faults
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        9 => "[a-z@<>#*_`~|\\\\ \n🦀漢\u{200b}\u{202e}]{0,30}",
        1 => "\\PC{0,40}",
        1 => (0usize..5_000).prop_map(|n| "é<@1> ".repeat(n / 6)),
        1 => (0usize..3_000).prop_map(|n| "🦀".repeat(n)),
    ]
}

fn any_text() -> impl Strategy<Value = Text> {
    let span = prop_oneof![
        hostile().prop_map(Span::Plain),
        hostile().prop_map(Span::Strong),
        hostile().prop_map(Span::Code),
        any::<i64>().prop_map(|p| Span::Person(PersonId(p))),
    ];
    prop::collection::vec(span, 0..4).prop_map(Text)
}

prop_compose! {
    fn any_message()(
        title in prop::option::of(any_text()),
        lines in prop::collection::vec(any_text(), 0..12),
        facts in prop::collection::vec((hostile(), any_text(), any::<bool>()), 0..40),
        footer in prop::option::of(hostile()),
        buttons in prop::collection::vec((0i64..20, hostile(), prop::option::of(hostile())), 0..40),
        lists in prop::collection::vec((0i64..5, hostile(), prop::collection::vec((hostile(), hostile()), 0..40)), 0..7),
        mentions in prop::collection::vec(any::<i64>(), 0..200),
        files in prop::collection::vec((hostile(), 0usize..9), 0..14),
        keeps_files in any::<bool>(),
    ) -> Message {
        Message {
            severity: Severity::Bad,
            title,
            lines,
            facts: facts.into_iter().map(|(label, value, short)| Fact { label, value, short }).collect(),
            footer,
            buttons: buttons.into_iter().map(|(id, label, emoji)| Button {
                action: Action::Open { record: RecordId(id) }, label, emphasis: Emphasis::Plain, emoji,
            }).collect(),
            choices: lists.into_iter().map(|(id, prompt, options)| Choices {
                action: Action::PickActivity { record: RecordId(id) },
                prompt,
                options: options.into_iter().map(|(value, label)| Choice { value, means: Some(label.clone()), label }).collect(),
            }).collect(),
            image: None,
            files: files.into_iter().map(|(name, size)| crate::chat::message::File { name, bytes: vec![b'x'; size] }).collect(),
            keeps_files,
            mentions: mentions.into_iter().map(PersonId).collect(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// R9
    #[test]
    fn discord_never_refuses_a_message_for_its_size(message in any_message()) {
        for body in [post(&message, KEY), later_answer(&message, true, None)] {
            prop_assert_eq!(faults(json(&body)), Vec::<String>::new());
        }
    }

    /// R9, ruling 22
    #[test]
    fn nobody_is_mentioned_but_those_who_are_meant_and_the_marker_is_there(message in any_message()) {
        let body = post(&message, KEY);
        let body = json(&body);
        let content = body["content"].as_str().unwrap_or_default();
        let listed = list(&body["allowed_mentions"]["users"]);
        for word in content.split_whitespace() {
            let id = word.trim_start_matches("<@").trim_end_matches('>');
            prop_assert!(message.mentions.iter().any(|p| p.to_string() == id), "{}", word);
        }
        prop_assert!(listed.len() <= MENTIONS);
        let by_id = controls(body).iter().any(|c| marker::of_custom_id(c["custom_id"].as_str().unwrap_or("")) == Some(100));
        let by_footer = body["embeds"][0]["footer"]["text"].as_str().and_then(marker::of_footer) == Some(100);
        prop_assert!(by_id || by_footer);
    }
}

#[test]
fn a_card_looks_like_this() {
    let message = Message::line("Owned by Ana.")
        .titled(Text::plain("L-1 · Acme_Ltd"))
        .severity(Severity::Warning)
        .fact("Status", "New")
        .fact("Empty", "  ")
        .button(Action::Take { record: RecordId(1) }, "Take it", Emphasis::Primary)
        .button(Action::Take { record: RecordId(1) }, "Twice", Emphasis::Plain)
        .button(Action::Approve { approval: ApprovalId(2) }, "Approve", Emphasis::Good);
    let mut message = message;
    message.buttons[0].emoji = Some("✋".into());
    message.mentions = vec![PersonId(7), PersonId(8), PersonId(7)];
    let body = post(&message, KEY);
    assert_eq!(
        *json(&body),
        json!({
            "content": "<@7> <@8>",
            "embeds": [{
                "color": 0x00fa_a61a, "title": "L-1 · Acme\\_Ltd", "description": "Owned by Ana.",
                "fields": [
                    {"name": "Status", "value": "New", "inline": true},
                    {"name": "Empty", "value": "–", "inline": true},
                ],
            }],
            "components": [{"type": 1, "components": [
                {"type": 2, "style": 1, "custom_id": "1:tk:1~2s", "label": "✋ Take it"},
                {"type": 2, "style": 3, "custom_id": "1:ap:2~2s", "label": "Approve"},
            ]}],
            "attachments": [],
            "allowed_mentions": {"parse": [], "users": ["7", "8"]},
            "nonce": "2s.1", "enforce_nonce": true,
        })
    );
}

/// Ruling 22
#[test]
fn a_message_without_buttons_is_marked_in_its_footer() {
    let mut message = Message::line("Done.");
    let footer = |m: &Message| json(&post(m, KEY))["embeds"][0]["footer"]["text"].clone();
    assert_eq!(footer(&message), "#2s");
    message.footer = Some("held 3 until 08:00".into());
    assert_eq!(footer(&message), "held 3 until 08:00 · #2s");
    message.footer = Some("x".repeat(3_000));
    assert!(footer(&message).as_str().is_some_and(|f| f.ends_with("… · #2s") && length(f) == FOOTER));
}

#[test]
fn a_title_with_a_person_becomes_the_first_line_because_discord_reads_none_in_titles() {
    let message = Message::line("It waits.").titled(Text::plain("For ").and(Span::Person(PersonId(7))));
    let body = later_answer(&message, false, None);
    let embed = &json(&body)["embeds"][0];
    assert_eq!((embed.get("title"), &embed["description"]), (None, &json!("For <@7>\nIt waits.")));
}

#[test]
fn long_lists_say_that_they_go_on() {
    let message = Message { lines: vec![Text::plain("x".repeat(1_000)); 6], ..Message::default() };
    let body = later_answer(&message, false, None);
    let shown = json(&body)["embeds"][0]["description"].as_str().unwrap_or_default();
    assert!(shown.ends_with('…') && length(shown) == DESCRIPTION);
}

#[test]
fn an_image_goes_along_with_its_words() {
    let image = Image { name: "funnel 1.png".into(), bytes: vec![1, 2], alt: "Half of them are new.".into() };
    let message = Message { image: Some(image), ..Message::line("Digest") };
    let Body::WithFiles(json, files) = answer(4, &message, true, None) else { panic!("files") };
    assert_eq!(files, [File { name: "funnel_1.png".into(), media: "image/png", bytes: vec![1, 2] }]);
    let data = &json["data"];
    assert_eq!(data["embeds"][0]["image"]["url"], "attachment://funnel_1.png");
    let words = json!([{"id": "0", "filename": "funnel_1.png", "description": "Half of them are new."}]);
    assert_eq!((&json["type"], &data["flags"], &data["attachments"]), (&json!(4), &json!(64), &words));
}

fn names(body: &Body) -> Vec<String> {
    match body {
        Body::WithFiles(_, files) => files.iter().map(|f| f.name.clone()).collect(),
        Body::Json(_) | Body::Empty => Vec::new(),
    }
}

#[test]
fn files_go_along_under_names_that_differ() {
    let message = Message::line("37 rows were refused.")
        .file("refused rows.csv", "row,why\n2,no name\n")
        .file("refused rows.csv", "row,why\n");
    let body = post(&message, KEY);
    assert_eq!(names(&body), ["refused_rows.csv", "1-refused_rows.csv"]);
    let told =
        json!([{"id": "0", "filename": "refused_rows.csv"}, {"id": "1", "filename": "1-refused_rows.csv"}]);
    assert_eq!(json(&body)["attachments"], told);
    assert_eq!(json(&body)["allowed_mentions"], json!({"parse": [], "users": []}));
}

#[test]
fn what_discord_would_not_take_is_left_out_and_said() {
    let message = Message::line("Done.").file("a.csv", vec![b'x'; FILE_BYTES + 1]).file("b.csv", "x");
    let body = post(&message, KEY);
    assert_eq!(names(&body), ["b.csv"]);
    let shown = json(&body)["embeds"][0]["description"].as_str().unwrap_or_default().to_owned();
    assert!(shown.starts_with("“a.csv” is not attached: it is 11 MB large"), "{shown}");
    let mut many = Message::line("Done.");
    for n in 0..12 {
        many = many.file(format!("{n}.csv"), "x");
    }
    let body = later_answer(&many, true, None);
    assert_eq!(names(&body).len(), FILES);
    let shown = json(&body)["embeds"][0]["description"].as_str().unwrap_or_default().to_owned();
    assert!(shown.contains("“10.csv” is not attached") && shown.contains("“11.csv” is not attached"));
}

/// An edit takes files away unless it keeps them on purpose.
#[test]
fn an_edit_keeps_or_replaces_files() {
    let mut message = Message::line("Done.");
    assert_eq!(json(&edit(&message, KEY))["attachments"], json!([]));
    message.keeps_files = true;
    assert_eq!(json(&edit(&message, KEY)).get("attachments"), None);
    let more = message.file("more.csv", "x");
    assert_eq!(json(&edit(&more, KEY)).get("attachments"), None, "Discord adds to what is there");
    assert_eq!(names(&edit(&more, KEY)), ["more.csv"]);
}

#[test]
fn buttons_make_room_for_lists() {
    let record = |n| RecordId(n);
    let mut message = Message::default();
    for n in 0..30 {
        message = message.button(Action::Open { record: record(n) }, format!("{n}"), Emphasis::Plain);
    }
    let rows = |m: &Message| list(&json(&later_answer(m, false, None))["components"]).len();
    assert_eq!(rows(&message), 4, "twenty buttons");
    let options = vec![Choice { value: "a".into(), label: "A".into(), means: None }];
    for n in 0..2 {
        let action = Action::PickActivity { record: record(n) };
        message.choices.push(Choices { action, prompt: "Pick".into(), options: options.clone() });
    }
    assert_eq!(rows(&message), 5);
}
