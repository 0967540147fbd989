//! Changes of status go out: signed, in their order, until they arrive; what arrived is not undone (ruling 12).

use bellwether::adapters::webhook::sign::{self, Given};
use bellwether::clock::Clock as _;
use chrono::TimeDelta;
use serde_json::json;

use crate::kit::Site;
use crate::target::Target;

async fn lead(site: &Site) {
    let made = site.says("ana", "/lead new name:Mei email:mei@acme.example").await;
    assert!(made.contains("L-1"), "{made}");
}

#[tokio::test]
async fn a_change_of_status_is_sent_signed_and_without_personal_data() {
    let mut site = Site::open().await;
    let target = Target::of(&mut site).await;
    let form = json!({"event": "form.submitted", "email": "mei@acme.example", "external_id": "crm-7",
        "fields": {"name": "Mei"}});
    site.tells(form).await.done();
    assert!(target.came().is_empty(), "a new record has changed no status");
    site.tells(json!({"event": "email.replied", "record": "L-1"})).await.done();
    let came = target.came();
    assert_eq!(came.len(), 1, "{came:?}");
    let (key, body) = &came[0];
    assert_eq!(body["id"], json!(key));
    for (name, value) in [
        ("event", "status.changed"),
        ("record", "L-1"),
        ("noun", "lead"),
        ("external_id", "crm-7"),
        ("from", "new"),
        ("to", "connected"),
        ("class", "open"),
        ("rule", "reply-connects"),
        ("at", "2026-11-23T09:00:00Z"),
    ] {
        assert_eq!(body[name], value, "{body}");
    }
    let (headers, bytes) = target.as_sent(0);
    let text = String::from_utf8(bytes.to_vec()).expect("text");
    assert!(!text.contains("Mei") && !text.contains("acme") && !text.contains("row"), "{text}");
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let given = Given { timestamp: header(sign::TIMESTAMP), signature: header(sign::SIGNATURE) };
    assert_eq!(given.check(&site.secret, &bytes, site.world.clock.wall()), Ok(()));
}

/// Every failure delays, and the order is kept; the key stays the same.
#[tokio::test]
async fn what_does_not_arrive_is_sent_again_in_its_order() {
    let mut site = Site::open().await;
    let target = Target::of(&mut site).await;
    lead(&site).await;
    target.answers(&[(500, None), (429, Some(60)), (503, None)]);
    site.tells(json!({"event": "email.sent", "record": "L-1"})).await.done();
    site.tells(json!({"event": "email.replied", "record": "L-1"})).await.done();
    assert_eq!(target.came().len(), 1);
    site.later(TimeDelta::seconds(3)).await;
    assert_eq!(target.came().len(), 2, "after two seconds");
    site.later(TimeDelta::seconds(50)).await;
    assert_eq!(target.came().len(), 2, "not before the minute that was asked for");
    site.later(TimeDelta::minutes(10)).await;
    let came = target.came();
    let to: Vec<_> = came.iter().map(|(_, body)| body["to"].as_str().unwrap_or_default()).collect();
    assert_eq!(to, ["attempting", "attempting", "attempting", "attempting", "connected"]);
    assert!(came[..4].iter().all(|(key, _)| *key == came[0].0), "one key: {came:?}");
    assert_ne!(came[3].0, came[4].0);
    let counts = site.world.app.store().outbox_counts(crate::support::world::WORKSPACE).await.expect("read");
    assert_eq!((counts.waiting, counts.parked), (0, 0));
}

/// One that answers too late may have taken it: it is sent again under the same key, by which the target knows it, and
/// the later change waits its turn.
#[tokio::test]
async fn a_slow_target_delays_and_is_told_nothing_new_twice() {
    let mut site = Site::open().await;
    let target = Target::of(&mut site).await;
    lead(&site).await;
    target.answers(&[(0, None), (0, None)]);
    site.tells(json!({"event": "email.sent", "record": "L-1"})).await.done();
    site.tells(json!({"event": "email.replied", "record": "L-1"})).await.done();
    assert_eq!(target.came().len(), 1, "the second waits");
    site.later(TimeDelta::minutes(1)).await;
    let came = target.came();
    let to: Vec<_> = came.iter().map(|(_, body)| body["to"].as_str().unwrap_or_default()).collect();
    assert_eq!(to, ["attempting", "attempting", "attempting", "connected"]);
    assert!(came[..3].iter().all(|one| *one == came[0]), "one key, one body: {came:?}");
    let counts = site.world.app.store().outbox_counts(crate::support::world::WORKSPACE).await.expect("read");
    assert_eq!((counts.waiting, counts.parked), (0, 0));
}

/// A target that is not there delays; one that refuses is tried a few times, then shown.
#[tokio::test]
async fn a_refusal_is_parked_and_shown_after_a_few_tries() {
    let mut site = Site::open().await;
    let target = Target::of(&mut site).await;
    lead(&site).await;
    target.answers(&[(404, None); 5]);
    site.tells(json!({"event": "email.sent", "record": "L-1"})).await.done();
    site.later(TimeDelta::hours(1)).await;
    assert_eq!(target.came().len(), 5);
    let setup = site.says("root", "/setup show").await;
    assert!(setup.contains("1 undeliverable"), "{setup}");
    // The lane goes on.
    site.tells(json!({"event": "email.replied", "record": "L-1"})).await.done();
    assert_eq!(target.came().len(), 6);
}

/// Ruling 12: until it was delivered, a change is taken back like any other, and both are told; then not any more.
#[tokio::test]
async fn what_another_system_was_told_is_not_undone() {
    let mut site = Site::open().await;
    let target = Target::of(&mut site).await;
    lead(&site).await;
    target.answers(&[(500, None)]);
    site.says("ana", "/lead log lead:L-1 activity:email_sent").await;
    assert_eq!(site.status("L-1").await, "attempting");
    let undone = site.says("ana", "/lead undo lead:L-1").await;
    assert!(undone.contains("undone"), "{undone}");
    assert_eq!(site.status("L-1").await, "new");
    site.later(TimeDelta::seconds(5)).await;
    let moves: Vec<_> = target.came().iter().map(|(_, b)| (b["from"].clone(), b["to"].clone())).collect();
    assert_eq!(moves.last(), Some(&(json!("attempting"), json!("new"))), "{moves:?}");

    site.says("ana", "/lead log lead:L-1 activity:email_sent").await;
    let refused = site.says("ana", "/lead undo lead:L-1").await;
    assert!(refused.contains("Another system was told of your last change"), "{refused}");
    assert_eq!(site.status("L-1").await, "attempting");
    site.world.check_histories().await;
}

/// Nothing goes out unsigned, and nothing but an address is taken for one.
#[tokio::test]
async fn an_address_needs_a_secret_first() {
    let site = Site::open().await;
    site.says("root", "/setup hooks secret:off").await;
    let refused = site.says("root", "/setup hooks url:https://crm.example.com/in").await;
    assert!(refused.contains("Make a secret first"), "{refused}");
    site.says("root", "/setup hooks secret:new").await;
    let wrong = site.says("root", "/setup hooks url:crm.example.com").await;
    assert!(wrong.contains("is no address to send to"), "{wrong}");
}
