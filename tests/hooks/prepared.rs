//! D30: the message that Connected prepares goes out by the team's webhook, where an admin wants that: once, signed, while
//! it is wanted, and else it is its owner's to send.

use bellwether::adapters::webhook::sign::{self, Given};
use bellwether::chat::action::Action;
use bellwether::chat::intent::Input;
use bellwether::chat::message::Reply;
use bellwether::clock::Clock as _;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::kit::Site;
use crate::support::fake_chat::Where;
use crate::target::Target;

const BY_HAND: &str = "Copy this, send it, and press Sent:";
const BY_HOOK: &str = "Your team's webhook was given this to send";

/// A site that sends prepared messages, with a lead of ana's and her booking page.
async fn sending() -> (Site, Target) {
    let mut site = Site::open().await;
    let target = Target::of(&mut site).await;
    let set = site.says("root", "/setup hooks messages:true").await;
    assert!(set.contains("messages that are prepared, too, with the customer's name and addresses"), "{set}");
    site.says("ana", "/me booking link:https://cal.example.com/ana").await;
    lead(&site).await;
    (site, target)
}

async fn lead(site: &Site) {
    let line = "/lead new name:Mei company:Acme email:mei@acme.example phone:\"+60 12 345 6789\"";
    let made = site.says("ana", line).await;
    assert!(made.contains("L-1"), "{made}");
}

async fn replies(site: &Site) {
    site.tells(json!({"event": "email.replied", "record": "L-1"})).await.done();
    assert_eq!(site.status("L-1").await, "connected");
}

fn messages(target: &Target) -> Vec<(String, Value)> {
    target.came().into_iter().filter(|(_, body)| body["event"] == "message.prepared").collect()
}

/// What ana was told privately of the message.
fn told(site: &Site) -> String {
    let at = Where::Private(site.world.who("ana").expect("ana").id);
    let standing = site.world.chat.standing(at).into_iter();
    standing.map(|(_, message)| site.text(&Reply::Private(message))).collect::<Vec<_>>().join("\n--\n")
}

/// D30
#[tokio::test]
async fn the_message_goes_out_once_signed_with_all_it_needs() {
    let (site, target) = sending().await;
    replies(&site).await;
    site.later(TimeDelta::hours(1)).await;
    let sent = messages(&target);
    assert_eq!(sent.len(), 1, "{sent:?}");
    let (key, body) = &sent[0];
    assert_eq!(body["id"], json!(key));
    for (name, value) in [
        ("record", json!("L-1")),
        ("noun", json!("lead")),
        ("playbook", json!("lead-lifecycle")),
        ("status", json!("connected")),
        ("task", json!("Send the booking link")),
        ("at", json!("2026-11-23T09:00:00Z")),
        (
            "to",
            json!({"name": "Mei", "company": "Acme", "email": "mei@acme.example", "phone": "+60 12 345 6789"}),
        ),
        ("rep", json!({"id": "101", "name": "ana"})),
    ] {
        assert_eq!(body[name], value, "{name}: {body}");
    }
    let text = body["text"].as_str().expect("a text");
    assert!(text.starts_with("Hi Mei,") && text.ends_with("ana"), "{text}");
    assert!(text.contains("https://cal.example.com/ana"), "{text}");
    // After the change that led to it, and signed like that.
    let order: Vec<_> = target.came().iter().map(|(_, body)| body["event"].clone()).collect();
    assert_eq!(order, [json!("status.changed"), json!("message.prepared")]);
    let (headers, bytes) = target.as_sent(1);
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let given = Given { timestamp: header(sign::TIMESTAMP), signature: header(sign::SIGNATURE) };
    let then = site.world.clock.wall() - 3_600_000;
    assert_eq!(given.check(&site.secret, &bytes, then), Ok(()));
    // The rep is told so, and has nothing to copy; that it was sent comes back as an event like any other.
    assert!(told(&site).contains(BY_HOOK) && !told(&site).contains(BY_HAND), "{}", told(&site));
    site.tells(json!({"event": "email.sent", "record": "L-1"})).await.done();
    let open = site.record("L-1").await.tasks;
    assert!(open.iter().all(|task| task.label != "Send the booking link"), "{open:?}");
    assert_eq!(messages(&target).len(), 1);
}

/// Once for each entering.
#[tokio::test]
async fn another_entering_is_another_message() {
    let (site, target) = sending().await;
    site.says("ana", "/lead log lead:L-1 activity:email_sent").await;
    replies(&site).await;
    site.says("ana", "/lead edit lead:L-1 field:connection_notes value:\"Talked\"").await;
    for to in ["attempting", "connected"] {
        site.says("ana", "/lead next lead:L-1 action:Call due:\"2026-12-10 10:00\"").await;
        let moved = site.says("ana", &format!("/lead status lead:L-1 to:{to}")).await;
        assert_eq!(site.status("L-1").await, to, "{moved}");
    }
    let sent = messages(&target);
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert_ne!(sent[0].0, sent[1].0);
}

/// Personal data leaves only where an admin has said so, and an address alone says it not.
#[tokio::test]
async fn nothing_personal_goes_out_unless_it_is_wanted() {
    let mut site = Site::open().await;
    let refused = site.says("root", "/setup hooks messages:true").await;
    assert!(refused.contains("Say where to first"), "{refused}");
    let target = Target::of(&mut site).await;
    site.says("ana", "/me booking link:https://cal.example.com/ana").await;
    lead(&site).await;
    replies(&site).await;
    assert_eq!((messages(&target).len(), target.came().len()), (0, 1));
    assert!(told(&site).contains(BY_HAND), "{}", told(&site));
}

/// Without a booking page, or an address to send to, it is the owner's to send.
#[tokio::test]
async fn what_lacks_something_is_sent_by_hand() {
    let mut site = Site::open().await;
    let target = Target::of(&mut site).await;
    site.says("root", "/setup hooks messages:true").await;
    lead(&site).await;
    replies(&site).await;
    assert_eq!(messages(&target).len(), 0);
    assert!(told(&site).contains(BY_HAND) && told(&site).contains("no booking link yet"), "{}", told(&site));
}

/// Ruling 12: undone before it left, it does not go; once it was given, the change is not undone.
#[tokio::test]
async fn what_is_taken_back_in_time_does_not_go() {
    let (site, target) = sending().await;
    target.answers(&[(500, None)]);
    let log = "/lead log lead:L-1 activity:call_answered note:\"They called back\" next:\"Send the link\"";
    site.says("ana", log).await;
    assert_eq!(site.status("L-1").await, "connected");
    let undone = site.says("ana", "/lead undo lead:L-1").await;
    assert!(undone.contains("undone"), "{undone}");
    site.later(TimeDelta::minutes(5)).await;
    assert_eq!((messages(&target).len(), target.came().len()), (0, 3), "{:?}", target.came());
    site.says("ana", log).await;
    assert_eq!(messages(&target).len(), 1);
    let refused = site.says("ana", "/lead undo lead:L-1").await;
    assert!(refused.contains("Another system was told of your last change"), "{refused}");
    site.world.check_histories().await;
}

/// Ruling 15: nothing of somebody who was erased leaves, though it waited to.
#[tokio::test]
async fn nothing_of_an_erased_one_leaves() {
    let (site, target) = sending().await;
    target.answers(&[(500, None)]);
    replies(&site).await;
    let (record, inputs) = (site.record("L-1").await.id, [("id".to_owned(), "L-1".to_owned())]);
    let action = Some(Action::EraseForm { record });
    let erased = site.input("root", Input::Submit { action, inputs: inputs.into() }).await;
    assert!(site.text(&erased).contains("erased"), "{erased:?}");
    site.later(TimeDelta::hours(1)).await;
    let came = target.came();
    assert!(came.iter().all(|(_, body)| body["event"] == "status.changed"), "{came:?}");
}

/// The webhook will not take it: its owner is told to send it, once.
#[tokio::test]
async fn what_the_webhook_refuses_is_given_back_to_its_owner() {
    let (site, target) = sending().await;
    target.answers(&[(204, None), (404, None), (404, None), (404, None), (404, None), (404, None)]);
    replies(&site).await;
    site.later(TimeDelta::hours(1)).await;
    assert_eq!(messages(&target).len(), 5);
    let told = told(&site);
    assert_eq!(told.matches("your team's webhook did not send this message.").count(), 1, "{told}");
    assert!(told.contains(BY_HAND), "{told}");
}
