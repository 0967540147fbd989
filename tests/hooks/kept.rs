//! What is kept: nothing is lost, and an admin says what becomes of it.

use std::collections::BTreeMap;

use bellwether::chat::intent::Input;
use bellwether::chat::message::Reply;
use serde_json::json;

use crate::kit::{Site, button, message};

async fn assign(site: &Site, who: &str, label: &str, record: &str) -> String {
    let list = message(site.reply(who, "/setup hooks").await);
    let Reply::Form(form) = site.presses(who, button(&list, label)).await else { panic!("no form") };
    let inputs = BTreeMap::from([("record".to_owned(), record.to_owned())]);
    let done = site.input(who, Input::Submit { action: Some(form.action), inputs }).await;
    site.text(&done)
}

#[tokio::test]
async fn what_finds_no_record_is_kept_and_assigned_or_dismissed() {
    let site = Site::open().await;
    site.says("ana", "/lead new name:Mei email:mei@acme.example").await;
    site.says("ana", "/lead new name:Mei email:mei@acme.example").await;
    let again = message(site.reply("ana", "/lead new name:Mei email:mei@acme.example").await);
    site.presses("ana", button(&again, "Create")).await;

    let reply = json!({"event": "email.replied", "email": "who@ever.example", "note": "Yes, call me"});
    assert!(site.tells(reply).await.kept().contains("No record is known by who@ever.example"));
    let both = json!({"event": "email.sent", "email": "mei@acme.example"});
    assert!(site.tells(both).await.kept().contains("L-1, L-2"));
    let nobody = json!({"event": "call", "answered": true});
    assert!(site.tells(nobody).await.kept().contains("names no record"));

    let setup = site.says("root", "/setup show").await;
    assert!(setup.contains("3 events of other systems found no record: /setup hooks"), "{setup}");
    let list = site.says("root", "/setup hooks").await;
    for told in ["3 events kept", "1. email.replied of who@ever.example", "2. email.sent", "3. call.answered"]
    {
        assert!(list.contains(told), "{told}: {list}");
    }

    // Refused, it stays kept.
    assert!(assign(&site, "root", "Assign 1", "Mei").await.contains("is no record's id"));
    assert!(assign(&site, "root", "Assign 1", "L-9").await.contains("There is no L-9"));
    let done = assign(&site, "root", "Assign 1", "l-1").await;
    assert!(done.contains("Assigned: L-1 has it now.") && done.contains("2 events kept"), "{done}");
    assert_eq!(site.status("L-1").await, "connected");
    let history = site.says("ana", "/lead history lead:L-1").await;
    assert!(history.contains("Yes, call me"), "{history}");

    let list = message(site.reply("root", "/setup hooks").await);
    let (first, second) = (button(&list, "Dismiss 1"), button(&list, "Dismiss 2"));
    let said = site.text(&site.presses("root", first.clone()).await);
    assert!(said.contains("Dismissed") && said.contains("1 event kept"), "{said}");
    assert!(site.text(&site.presses("root", first).await).contains("settled already"));
    site.presses("root", second).await;
    assert!(site.says("root", "/setup hooks").await.contains("every event found its record"));
    assert!(!site.says("root", "/setup show").await.contains("other systems found"));
    site.world.check_histories().await;
}

/// X1: assigning is no way around the engine, and only admins may (R10).
#[tokio::test]
async fn an_assigned_event_is_decided_like_any_other() {
    let site = Site::open().await;
    site.says("ana", "/lead new name:Mei email:mei@acme.example").await;
    let event = json!({"event": "opportunity.created", "external_id": "006-1"});
    site.tells(event).await.kept();
    let list = message(site.reply("root", "/setup hooks").await);
    for label in ["Assign 1", "Dismiss 1"] {
        let refused = site.text(&site.presses("ana", button(&list, label)).await);
        assert!(refused.contains("Only an admin"), "{refused}");
    }
    let refused = assign(&site, "root", "Assign 1", "L-1").await;
    assert!(refused.contains("Qualified first"), "{refused}");
    assert!(site.says("root", "/setup hooks").await.contains("1 event kept"));
}
