use serde_json::{Value as Json, json};

use super::*;
use crate::domain::ids::{DraftId, RecordId};

fn user(id: &str, name: &str, global: Option<&str>) -> Json {
    json!({"id": id, "username": name, "global_name": global, "discriminator": "0", "avatar": null})
}

fn member(rights: u64) -> Json {
    json!({
        "user": user("7", "ana", Some("Ana Tan")), "nick": null, "roles": ["31", "32"], "joined_at": "2026-01-01T00:00:00Z",
        "deaf": false, "mute": false, "permissions": rights.to_string(), "flags": 0, "avatar": null,
    })
}

fn message(flags: u64, components: Json) -> Json {
    json!({
        "id": "900", "channel_id": "50", "author": user("1", "bellwether", None), "content": "", "flags": flags,
        "timestamp": "2026-01-01T00:00:00Z", "edited_timestamp": null, "tts": false, "mention_everyone": false,
        "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "pinned": false, "type": 0,
        "components": components,
    })
}

fn interaction(kind: u8, data: Json, more: Json) -> Interaction {
    let mut json = json!({
        "id": "1000", "application_id": "1", "type": kind, "data": data, "channel_id": "50", "token": "secret-token",
        "version": 1, "locale": "en-US", "entitlements": [], "attachment_size_limit": 1000, "guild_id": "20",
        "member": member(0), "authorizing_integration_owners": {}, "app_permissions": "0",
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        json[key] = value.clone();
        if value.is_null() {
            json.as_object_mut().map(|o| o.remove(key));
        }
    }
    serde_json::from_value(json).expect("an interaction")
}

fn request(interaction: &Interaction) -> (Request, From) {
    let read = read(interaction).expect("read");
    match read.asked {
        Asked::Do(request, files) => {
            assert!(files.is_empty());
            (request, read.ticket.from)
        }
        other => panic!("{other:?}"),
    }
}

fn command(options: Json, resolved: Json) -> Json {
    json!({"id": "5", "name": "lead", "type": 1, "options": options, "resolved": resolved})
}

#[test]
fn a_command_becomes_a_call_with_its_options() {
    let options = json!([{"name": "set", "type": 2, "options": [{"name": "new", "type": 1, "options": [
        {"name": "name", "type": 3, "value": "Acme"},
        {"name": "days", "type": 4, "value": 3},
        {"name": "stale", "type": 5, "value": true},
        {"name": "owner", "type": 6, "value": "8"},
        {"name": "stranger", "type": 6, "value": "9"},
        {"name": "in", "type": 7, "value": "51"},
        {"name": "role", "type": 8, "value": "33"},
        {"name": "anyone", "type": 9, "value": "8"},
        {"name": "size", "type": 10, "value": 1.5},
    ]}]}]);
    let resolved = json!({
        "users": {"8": user("8", "ben", Some("Ben Ooi"))},
        "members": {"8": {"nick": "Benny", "roles": [], "joined_at": null, "deaf": false, "mute": false}},
    });
    let (request, from) = request(&interaction(2, command(options, resolved), json!({})));
    assert_eq!(from, From::Command);
    assert_eq!((request.source, request.external_id.as_str()), (SOURCE, "1000"));
    assert_eq!((request.workspace, request.channel), (WorkspaceId(20), ChannelId(50)));
    let Input::Call(call) = request.input else { panic!("no call") };
    assert_eq!(call.path, ["lead", "set", "new"]);
    let expected = [
        ("anyone", Value::Person(PersonId(8), "Benny".into())),
        ("days", Value::Number(3)),
        ("in", Value::Channel(ChannelId(51))),
        ("name", Value::Text("Acme".into())),
        ("owner", Value::Person(PersonId(8), "Benny".into())),
        ("role", Value::Role(RoleId(33))),
        ("size", Value::Text("1.5".into())),
        ("stale", Value::Flag(true)),
        ("stranger", Value::Person(PersonId(9), "9".into())),
    ];
    assert_eq!(call.options, expected.map(|(name, value)| (name.to_owned(), value)).into());
}

/// Ruling 16
#[test]
fn who_may_manage_the_server_is_an_admin() {
    let table = [(0, false), (1 << 3, true), (1 << 5, true), ((1 << 5) | (1 << 10), true), (1 << 28, false)];
    for (rights, admin) in table {
        let it = interaction(2, command(json!([]), json!({})), json!({"member": member(rights)}));
        assert_eq!(request(&it).0.who.admin, admin, "{rights}");
    }
}

#[test]
fn a_person_is_called_by_nickname_then_global_name_then_login() {
    let named = |nick: Option<&str>, global: Option<&str>| {
        let mut member = member(0);
        member["nick"] = json!(nick);
        member["user"]["global_name"] = json!(global);
        let who = request(&interaction(2, command(json!([]), json!({})), json!({"member": member}))).0.who;
        assert_eq!((who.id, who.roles), (PersonId(7), vec![RoleId(31), RoleId(32)]));
        who.name
    };
    assert_eq!(named(Some("Annie"), Some("Ana Tan")), "Annie");
    assert_eq!(named(None, Some("Ana Tan")), "Ana Tan");
    assert_eq!(named(None, None), "ana");
}

#[test]
fn a_file_is_still_to_be_fetched() {
    let options =
        json!([{"name": "import", "type": 1, "options": [{"name": "file", "type": 11, "value": "70"}]}]);
    let resolved = json!({"attachments": {"70": {
        "id": "70", "filename": "leads.csv", "size": 12, "url": "https://cdn.example/leads.csv",
        "proxy_url": "https://cdn.example/leads.csv", "content_type": "text/csv",
    }}});
    let read = read(&interaction(2, command(options, resolved), json!({}))).expect("read");
    let Asked::Do(_, files) = read.asked else { panic!("nothing to do") };
    let (name, url) = ("leads.csv".to_owned(), "https://cdn.example/leads.csv".to_owned());
    assert_eq!(files, [Attached { option: "file".into(), name, url, size: 12 }]);
}

#[test]
fn what_is_being_typed_is_asked_about() {
    let options = json!([{"name": "show", "type": 1, "options": [
        {"name": "state", "type": 3, "value": "open"},
        {"name": "lead", "type": 3, "value": "acm", "focused": true},
    ]}]);
    let read = read(&interaction(4, command(options, json!({})), json!({}))).expect("read");
    let Asked::Complete(ask, Kind::Text) = read.asked else { panic!("no question") };
    assert_eq!((ask.focus.as_str(), ask.typed.as_str()), ("lead", "acm"));
    assert_eq!(ask.call.path, ["lead", "show"]);
    assert_eq!(ask.call.options["state"], Value::Text("open".into()));
}

/// Rulings 22, 23
#[test]
fn a_press_names_its_action_and_the_message_that_it_came_from() {
    let press = |id: &str, flags| {
        let data = json!({"custom_id": id, "component_type": 2});
        request(&interaction(3, data, json!({"message": message(flags, json!([]))})))
    };
    let (open, from) = press("1:op:5~2s", 0);
    let action = Some(Action::Open { record: RecordId(5) });
    assert_eq!(open.input, Input::Press { action: action.clone(), values: Vec::new(), on_private: false });
    assert_eq!(from, From::Message { marker: Some(100) });
    let (private, from) = press("1:op:5", 64);
    assert_eq!(private.input, Input::Press { action, values: Vec::new(), on_private: true });
    assert_eq!(from, From::Message { marker: None });
    let (forged, _) = press("9:xx:5", 0);
    assert_eq!(forged.input, Input::Press { action: None, values: Vec::new(), on_private: false });
}

#[test]
fn a_pick_brings_its_value() {
    let data = json!({"custom_id": "1:pr", "component_type": 3, "values": ["42"]});
    let (pick, _) = request(&interaction(3, data, json!({"message": message(64, json!([]))})));
    let values = vec!["42".to_owned()];
    assert_eq!(pick.input, Input::Press { action: Some(Action::PickRecord), values, on_private: true });
}

#[test]
fn a_press_in_a_private_conversation_has_no_workspace() {
    let more = json!({
        "guild_id": null, "member": null, "user": user("7", "ana", Some("Ana Tan")), "message": message(0, json!([])),
    });
    let (press, _) = request(&interaction(3, json!({"custom_id": "1:tk:5~2s", "component_type": 2}), more));
    assert_eq!(press.workspace, UNKNOWN_WORKSPACE);
    let who = Who { id: PersonId(7), name: "Ana Tan".into(), admin: false, roles: Vec::new() };
    assert_eq!(press.who, who);
}

#[test]
fn a_form_brings_its_texts_and_where_it_was_opened() {
    let text = |id: &str, value: &str| json!({"type": 1, "components": [{"type": 4, "custom_id": id, "value": value}]});
    let data = json!({"custom_id": "1:ds:9", "components": [text("email", "a@b.c"), text("phone", "")]});
    let (form, from) = request(&interaction(5, data.clone(), json!({})));
    let inputs = [("email".to_owned(), "a@b.c".to_owned()), ("phone".to_owned(), String::new())].into();
    assert_eq!(form.input, Input::Submit { action: Some(Action::DraftSubmit { draft: DraftId(9) }), inputs });
    assert_eq!(from, From::Form { opened_on: None });

    let button = json!([{"type": 1, "components": [
        {"type": 2, "style": 1, "label": "x", "custom_id": "1:rj:9~2s"},
    ]}]);
    let (_, from) = request(&interaction(5, data, json!({"message": message(0, button)})));
    assert_eq!(from, From::Form { opened_on: Some(Some(100)) });
}

/// R11
#[test]
fn a_ticket_does_not_print_its_token() {
    let read = read(&interaction(2, command(json!([]), json!({})), json!({}))).expect("read");
    assert!(!format!("{read:?}").contains("secret-token"));
}
