//! A new process on the same database; what people delete, and whoever cannot be reached.

use bellwether::playground::DmPolicy;
use serde_json::json;

use crate::town::Town;

/// Point 8 and the behaviour in chat: buttons survive a restart, and nothing is posted twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn buttons_of_before_work_after_a_restart() {
    let mut town = Town::with_team().await;
    town.says("ana", "leads", "/lead new name:Acme email:a@acme.example value:50k").await.tells(&["L-1"]);
    town.says("ana", "leads", "/lead new name:Beta email:b@beta.example").await.tells(&["L-2"]);
    for n in 3..=13 {
        let line = format!("/lead new name:\"Lead {n}\" email:a@b{n}.example");
        town.says("ana", "leads", &line).await.tells(&[&format!("L-{n}")]);
    }
    let asked = "/lead status lead:L-1 to:unqualified reason:budget note:\"No money\"";
    town.says("ana", "leads", asked).await.tells(&["waits for approval"]);
    let request = town.sees("approvals", &["L-1 ", "[Approve]"]).await;
    let card = town.card("L-2", &["New** "]).await;
    let list = town.says("ana", "leads", "/lead list").await.tells(&["Leads: 13", "Page 1 of 2"]);
    let reasons = town.says("ana", "leads", "/lead status lead:L-2 to:unqualified").await.tells(&["Reason"]);
    let form = town.press("ana", &card, "pn").await.form();
    town.quiet().await;
    let posted = |town: &Town| {
        let all = ["leads", "alerts", "approvals", "digest", "general"].iter();
        all.map(|c| town.public(c).len()).sum::<usize>()
    };
    let before = posted(&town);

    town.stop_bot().await;
    town.start_bot().await;

    town.submits("ana", &form, json!({"action": "Call", "due": "tomorrow 10:00"})).await.tells(&["Call"]);
    town.press_label("ana", &list, "Next").await.tells(&["Page 2 of 2"]);
    let form = town.pick("ana", &reasons, "dp", "competitor").await.form();
    town.submits("ana", &form, json!({"note": "They signed elsewhere"})).await.tells(&["Unqualified"]);
    town.press("mia", &request, "ap").await.tells_privately(&["approved"]);
    town.sees("approvals", &["L-1 ", "Approved by"]).await;
    town.card("L-2", &["Unqualified** "]).await;
    town.quiet().await;
    assert_eq!(posted(&town), before, "nothing was posted twice");

    // Once more, with nothing to do: still nothing.
    let requests = town.server.requests().len();
    town.stop_bot().await;
    town.start_bot().await;
    town.says("ana", "leads", "/lead show lead:L-1").await.tells(&["Unqualified"]);
    town.quiet().await;
    assert_eq!(posted(&town), before);
    let sent = town.server.requests().split_off(requests);
    let posts = sent.iter().filter(|r| r.template.ends_with("/messages") && r.method == "POST").count();
    assert_eq!(posts, 0, "{sent:?}");
}

/// A stop while messages still wait: the next process sends them, once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_at_a_stop_is_sent_by_the_next_process() {
    let mut town = Town::with_team().await;
    for n in 1..=60 {
        let line = format!("/lead new name:\"Lead {n}\" email:a@b{n}.example");
        town.says("ana", "leads", &line).await.tells(&[&format!("L-{n}")]);
    }
    town.stop_bot().await;
    town.start_bot().await;
    town.quiet().await;
    for n in 1..=60 {
        assert_eq!(town.count("leads", &[&format!("L-{n} · ")]), 1, "L-{n}");
    }
}

/// ruling 20: a deleted card is replaced once. ruling 17: a deleted channel has a stand-in, and `/setup show` says so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_delete_is_replaced() {
    let town = Town::with_team().await;
    town.says("ana", "leads", "/lead new name:Acme email:a@acme.example").await.tells(&["L-1"]);
    let card = town.card("L-1", &["New** "]).await;
    town.server.delete_message(card.id);
    town.says("ana", "leads", "/lead edit lead:L-1 field:company value:Acme-Ltd").await.tells(&["Company"]);
    let card = town.card("L-1", &["New** "]).await;
    town.quiet().await;
    assert_eq!(town.count("leads", &["L-1 · "]), 1);
    town.server.delete_message(card.id);
    town.says("ana", "leads", "/lead edit lead:L-1 field:company value:Acme").await.tells(&["Company"]);
    town.quiet().await;
    assert_eq!(town.count("leads", &["L-1 · "]), 0, "deleted again: they do not want it");

    town.server.delete_channel("alerts");
    town.hours(3).await;
    town.sees("leads", &["L-1 · Acme", "First contact was due"]).await;
    let show = town.says("mia", "general", "/setup show").await;
    show.tells_privately(&["Delivery", "is gone or closed to me: set another one"]);
}

/// Whoever takes no private messages is told in a channel.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_takes_no_private_messages_is_told_in_a_channel() {
    let town = Town::with_team().await;
    town.server.set_dm("ana", DmPolicy::RefuseSend);
    town.server.set_dm("ben", DmPolicy::RefuseOpen);
    town.says("mia", "leads", "/lead new name:Acme email:a@acme.example owner:@mia").await.tells(&["L-1"]);
    for who in ["ana", "ben"] {
        let assigned = town.says("mia", "leads", &format!("/lead assign lead:L-1 to:@{who}")).await;
        assigned.tells(&["belongs to"]);
        town.quiet().await;
    }
    let told: usize =
        ["leads", "alerts", "general"].iter().map(|c| town.count(c, &["L-1", "is yours now"])).sum();
    assert_eq!(told, 2, "{:#?}", [town.told("leads"), town.told("alerts"), town.told("general")]);
}
