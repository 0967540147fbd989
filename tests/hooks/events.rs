//! What each event does: it moves a record as its rule says, and no further.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::kit::Site;

async fn lead(site: &Site, name: &str) -> String {
    let email = format!("{name}@acme.example");
    let made = site.says("ana", &format!("/lead new name:{name} company:Acme email:{email} value:20k")).await;
    let handle = made.split_whitespace().find(|word| word.starts_with("L-")).expect(&made);
    handle.to_owned()
}

/// D26b–d, rulings 4 and 10: touches attempt, two-way activities connect, a meeting works, a signal never moves.
#[tokio::test]
async fn each_activity_moves_a_lead_as_its_rule_says() {
    let site = Site::open().await;
    for (name, event, status) in [
        ("a", json!({"event": "email.sent"}), "attempting"),
        ("b", json!({"event": "email.replied"}), "connected"),
        ("c", json!({"event": "email.clicked"}), "new"),
        ("d", json!({"event": "email.opened"}), "new"),
        ("e", json!({"event": "call", "answered": false}), "attempting"),
        ("f", json!({"event": "call", "answered": true}), "connected"),
        ("g", json!({"event": "meeting.booked"}), "connected"),
        ("h", json!({"event": "meeting.held"}), "working"),
        ("i", json!({"event": "form.submitted"}), "new"),
        ("j", json!({"event": "payment.collected"}), "new"),
        // Ruling 10: an opt-out is no conversation.
        ("k", json!({"event": "email.replied", "note": "Please unsubscribe me"}), "new"),
    ] {
        let handle = lead(&site, name).await;
        let mut event: Value = event;
        event["email"] = json!(format!("{}@ACME.example", name.to_uppercase()));
        let answer = site.tells(event.clone()).await;
        assert_eq!(answer.done(), (handle.clone(), status.to_owned()), "{event}");
        assert_eq!(site.status(&handle).await, status);
    }
    site.world.check_histories().await;
}

/// Ruling 15: e-mail, telephone, handle, the id of an import, and a noun where there are several.
#[tokio::test]
async fn a_record_is_found_by_whatever_is_known_of_it() {
    let mut site = Site::open().await;
    site.world.file("leads.csv", b"id,name,email\ncrm-77,Kim,kim@beta.example\n".to_vec());
    let preview = crate::kit::message(site.reply("root", "/lead import file:leads.csv").await);
    site.presses("root", crate::kit::button(&preview, "Import")).await;
    let made = site.says("ana", "/lead new name:Mei phone:\"+60 12 345 6789\"").await;
    assert!(made.contains("L-2"), "{made}");
    for (event, handle) in [
        (json!({"external_id": "crm-77"}), "L-1"),
        (json!({"email": "KIM@beta.example"}), "L-1"),
        (json!({"phone": "012-345 6789"}), "L-2"),
        (json!({"record": "l-2"}), "L-2"),
        // The first that finds somebody counts.
        (json!({"external_id": "crm-1", "email": "nobody@x.example", "phone": "0123456789"}), "L-2"),
        (json!({"record": "L-99", "email": "kim@beta.example", "noun": "Lead"}), "L-1"),
    ] {
        let mut event = event;
        event["event"] = json!("email.opened");
        assert_eq!(site.tells(event.clone()).await.done().0, handle, "{event}");
    }
    let elsewhere = json!({"event": "email.opened", "email": "kim@beta.example", "noun": "ship"});
    assert!(site.tells(elsewhere).await.kept().contains("No record is known by kim@beta.example"));
}

/// D4: a form of somebody who is not here makes a lead: routed, with its clock and its card.
#[tokio::test]
async fn a_form_makes_a_lead_and_later_ones_find_it() {
    let site = Site::open().await;
    let form = json!({"event": "form.submitted", "email": "mei@acme.example", "external_id": "web-1",
        "note": "We need 40 seats", "fields": {"Name": "Mei", "company": "Acme", "value": "12k", "source": "website",
        "Budget holder": "Ms Tan"}});
    let made = site.tells(form.clone()).await;
    assert_eq!(made.body["result"], "created");
    assert_eq!(made.done(), ("L-1".to_owned(), "new".to_owned()));
    let record = site.record("L-1").await;
    assert_eq!(record.contact.name, "Mei");
    assert_eq!(record.contact.email.as_deref(), Some("mei@acme.example"));
    assert_eq!(record.value.map(|v| v.minor), Some(1_200_000));
    assert!(record.clocks.iter().any(|run| run.end.is_none()), "its clocks run");
    let history = site.says("ana", "/lead history lead:L-1").await;
    for told in ["We need 40 seats", "Budget holder: Ms Tan"] {
        assert!(history.contains(told), "nothing is lost: {history}");
    }
    // The same person again, and by the id there: one lead.
    assert_eq!(site.tells(form).await.body["result"], "done");
    let by_id = json!({"event": "email.replied", "external_id": "web-1"});
    assert_eq!(site.tells(by_id).await.done(), ("L-1".to_owned(), "connected".to_owned()));

    // Without a name it is no lead (D4): it is kept, with what is missing.
    let nameless = json!({"event": "form.submitted", "email": "x@y.example"});
    assert!(site.tells(nameless).await.kept().contains("Name"));
    assert_eq!(site.world.check_histories().await, 1);
}

/// Ruling 6: the integration's own time is trusted, and what is older than the last move is history only.
#[tokio::test]
async fn the_time_of_the_source_is_trusted() {
    let site = Site::open().await;
    let handle = lead(&site, "mei").await;
    site.later(TimeDelta::minutes(150)).await;
    // Two hours are over by now; the call was within them.
    let call = json!({"event": "call", "answered": false, "record": handle, "at": "2026-11-23T10:30:00Z"});
    assert_eq!(site.tells(call).await.done().1, "attempting");
    let history = site.says("ana", &format!("/lead history lead:{handle}")).await;
    assert!(history.contains("reported"), "{history}");
    let before = json!({"event": "meeting.held", "record": handle, "at": "2026-11-23T10:00:00Z"});
    assert_eq!(site.tells(before).await.done().1, "attempting", "older than the last move");
    let future = json!({"event": "email.sent", "record": handle, "at": "2026-11-24T09:00:00Z"});
    assert_eq!(site.tells(future).await.status, 202);
    let ancient = json!({"event": "email.sent", "record": handle, "at": "2026-11-01T09:00:00Z"});
    assert_eq!(site.tells(ancient).await.status, 202);
}

async fn qualified(site: &Site, name: &str) -> String {
    let handle = lead(site, name).await;
    site.tells(json!({"event": "call", "answered": true, "record": handle})).await.done();
    for (field, value) in [
        ("connection_notes", "Talked"),
        ("budget", "20k"),
        ("authority", "She signs"),
        ("need", "Speed"),
        ("timeline", "May"),
        ("why_qualified", "It fits"),
    ] {
        site.says("ana", &format!("/lead edit lead:{handle} field:{field} value:\"{value}\"")).await;
    }
    site.says("ana", &format!("/lead next lead:{handle} action:Call due:\"2026-12-10 10:00\"")).await;
    let moved = site.says("ana", &format!("/lead status lead:{handle} to:qualified")).await;
    assert_eq!(site.status(&handle).await, "qualified", "{moved}");
    handle
}

/// D26f, ruling 2: without a pipeline of one's own, the lead takes over what the other system tells; from another status,
/// or without what it needs, it is refused, and kept.
#[tokio::test]
async fn an_opportunity_made_elsewhere_converts_a_qualified_lead() {
    let site = Site::open().await;
    let early = lead(&site, "early").await;
    let event = |handle: &str, fields: Value| json!({"event": "opportunity.created", "record": handle, "opportunity_id": "006-1", "fields": fields});
    let all = json!({"expected_close": "2027-06-30", "value": "25k"});
    let refused = site.tells(event(&early, all.clone())).await;
    assert!(refused.kept().contains("Qualified first"), "{refused:?}");
    assert_eq!(site.status(&early).await, "new");

    let handle = qualified(&site, "mei").await;
    let half = site.tells(event(&handle, json!({}))).await;
    assert!(half.kept().contains("Expected close"), "{half:?}");
    assert_eq!(site.status(&handle).await, "qualified", "a refusal changes nothing");
    let unreadable = site.tells(event(&handle, json!({"expected_close": "one day"}))).await;
    assert!(unreadable.kept().contains("expected_close: one day"), "{unreadable:?}");
    assert_eq!(
        site.tells(event(&handle, all.clone())).await.done(),
        (handle.clone(), "converted".to_owned())
    );
    let record = site.record(&handle).await;
    let id = record.data.iter().find(|(field, _)| field.as_str() == "opportunity_id");
    assert_eq!(id.and_then(|(_, value)| value.as_text()), Some("006-1"));
    // D10: it is locked for good.
    assert_eq!(site.tells(event(&handle, all)).await.status, 202);
    site.world.check_histories().await;
}

/// Ruling 13, C4: with a pipeline, the opportunity is a record of its own, made with the lead's move or not at all; a
/// payment wins it.
#[tokio::test]
async fn with_a_pipeline_the_opportunity_is_a_record_and_a_payment_wins_it() {
    let site = Site::open().await;
    site.says("root", "/setup playbook playbook:sales-pipeline active:true").await;
    let early = lead(&site, "early").await;
    let event = |handle: &str| {
        json!({"event": "opportunity.created", "record": handle, "opportunity_id": "006-1",
            "fields": {"expected_close": "2027-06-30"}})
    };
    assert!(site.tells(event(&early)).await.kept().contains("Qualified first"));
    let handle = qualified(&site, "mei").await;
    let made = site.tells(event(&handle)).await;
    assert_eq!(made.done(), ("O-1".to_owned(), "open".to_owned()), "no number was taken by the refusal");
    assert_eq!(site.status(&handle).await, "converted");
    // The lead and the opportunity have the same address: the one that is open is meant.
    let paid = json!({"event": "payment.collected", "email": "mei@acme.example"});
    assert_eq!(site.tells(paid).await.done(), ("O-1".to_owned(), "won".to_owned()));
    let by_id = json!({"event": "email.opened", "external_id": "006-1"});
    assert_eq!(site.tells(by_id).await.done().0, "O-1");
    site.world.check_histories().await;
}

/// Ruling 15, C4: told of twice, under whatever key and from whatever record, an opportunity is one; what is told later is
/// taken over, and the payment wins it.
#[tokio::test]
async fn an_opportunity_that_is_told_of_twice_is_one() {
    let site = Site::open().await;
    site.says("root", "/setup playbook playbook:sales-pipeline active:true").await;
    let handle = qualified(&site, "mei").await;
    let event = |whose: (&str, &str), value: &str| {
        json!({"event": "opportunity.created", whose.0: whose.1, "opportunity_id": "006-1",
            "fields": {"expected_close": "2027-06-30", "value": value}})
    };
    let first = site.tells(event(("record", &handle), "20k")).await;
    assert_eq!((first.body["result"].clone(), first.done().0), (json!("created"), "O-1".to_owned()));
    let again = site.tells(event(("record", &handle), "25k")).await;
    assert_eq!((again.body["result"].clone(), again.done().0), (json!("done"), "O-1".to_owned()));
    assert_eq!(site.record("O-1").await.value.map(|v| v.minor), Some(2_500_000));
    // By the address, which the lead and the deal share, and by one that nobody has.
    for email in ["mei@acme.example", "nobody@x.example"] {
        let told = site.tells(event(("email", email), "30k")).await;
        assert_eq!(told.done(), ("O-1".to_owned(), "open".to_owned()), "{email}");
    }
    assert_eq!(site.record("O-1").await.value.map(|v| v.minor), Some(3_000_000));
    let unreadable = site.tells(event(("record", &handle), "a lot")).await;
    assert!(unreadable.kept().contains("value: a lot"), "{unreadable:?}");
    let listed = site.says("ana", "/opportunity list").await;
    assert!(listed.contains("O-1") && !listed.contains("O-2"), "{listed}");
    let paid = json!({"event": "payment.collected", "external_id": "006-1"});
    assert_eq!(site.tells(paid).await.done(), ("O-1".to_owned(), "won".to_owned()));
    site.world.check_histories().await;
}

/// Ruling 14: whoever must not be contacted is not, whatever a machine says it did.
#[tokio::test]
async fn a_touch_that_is_refused_is_kept() {
    let site = Site::open().await;
    let active = site.says("root", "/setup playbook playbook:activity active:true").await;
    assert!(active.contains("is on"), "{active}");
    let made = site.says("ana", "/contact new name:Kim email:kim@beta.example").await;
    assert!(made.contains("C-1"), "{made}");
    let moved = site.says("ana", "/contact status contact:C-1 to:unqualified reason:\"Asked not to be contacted\" note:\"Told us so\"").await;
    assert_eq!(site.status("C-1").await, "unqualified", "{moved}");
    let touch = json!({"event": "email.sent", "email": "kim@beta.example"});
    assert!(site.tells(touch).await.kept().contains("Kim"));
}
