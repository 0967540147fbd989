//! R3: one decision per request, whatever the race.

use std::sync::Arc;

use bellwether::chat::action::Action;
use bellwether::domain::event::EventKind;
use bellwether::domain::ids::RecordRef;
use futures_util::StreamExt as _;
use serde_json::json;
use tokio::sync::Barrier;

use crate::town::{SOON, Town, control, says_all};

const REQUESTS: usize = 200;
/// So many requests are decided at the same time, each by two managers.
const TOGETHER: usize = 8;

/// What the one decision was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    Approved,
    Rejected,
}

/// R3, ruling 11: two managers press Approve and Reject at the same moment, 200 times, each in a task of its own: one
/// decision each time, and whoever came second is told, privately, who decided.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_managers_decide_at_the_same_moment() {
    let town = Town::with_team().await;
    let all = futures_util::stream::iter(1..=REQUESTS).map(|n| decide(&town, n));
    let decisions: Vec<Decision> = all.buffer_unordered(TOGETHER).collect().await;
    let approved = decisions.iter().filter(|d| **d == Decision::Approved).count();
    let rejected = decisions.len() - approved;
    println!(
        "{REQUESTS} requests decided by two at once: {approved} approved, {rejected} rejected, none twice"
    );

    // The rest of what each decision causes is still on its way; the requests themselves go first.
    let told = town.server.wait_for(SOON, |w| {
        let told = w.messages("approvals");
        let ended = told.iter().filter(|m| !m.is_ephemeral() && m.text().contains("ed by <@")).count();
        (ended == REQUESTS).then_some(())
    });
    assert!(told.await.is_some(), "each request says how it ended");
    let says = |what: &str| town.count("approvals", &[what]);
    assert_eq!((says("Approved by"), says("Rejected by")), (approved, rejected));
    assert_eq!(town.public("approvals").len(), REQUESTS, "each request stands once");
}

/// One request, from the lead to its decision by two at once.
async fn decide(town: &Town, n: usize) -> Decision {
    let line = format!("/lead new name:\"Lead {n}\" email:a@b{n}.example value:50k");
    let created = town.says("ana", "leads", &line).await.tells(&["is created as"]).text();
    let handle = created.trim_start_matches('*').split(' ').next().expect("a handle").to_owned();
    let line = format!("/lead status lead:{handle} to:unqualified reason:budget note:\"No money\"");
    town.says("ana", "leads", &line).await.tells(&["waits for approval"]);
    let request = town.sees("approvals", &[&format!("{handle} · "), "[Approve]"]).await;
    let approve = control(&request, |a| matches!(a, Action::Approve { .. })).expect("a button");
    // Max has opened the form already; the form's submission is the decision.
    let form = town.press("max", &request, "rj").await.form();

    let together = Arc::new(Barrier::new(2));
    let mia = tokio::spawn({
        let (server, together) = (town.server.clone(), together.clone());
        async move {
            together.wait().await;
            // As sent by a client that still shows the button.
            server.press_forged("mia", request.id, &approve).await
        }
    });
    let max = tokio::spawn({
        let server = town.server.clone();
        async move {
            together.wait().await;
            server.submit("max", form.interaction, json!({"reason": "Call them again"})).await
        }
    });
    let (mia, max) = (mia.await.expect("no panic"), max.await.expect("no panic"));
    let mia = town.complete(mia, "approve").await.tells_privately(&[]).text();
    let max = town.complete(max, "reject").await.tells_privately(&[]).text();

    let known = RecordRef::parse(&handle).expect("a handle");
    let row = town.app().store().record_by_handle(town.workspace(), known).await.expect("read");
    let row = row.expect("a record");
    assert!(row.record.pending.is_none());
    let history = town.app().store().history(row.record.id, 0, 50).await.expect("read");
    let decisions: Vec<Decision> = history
        .iter()
        .filter_map(|(_, event)| match &event.kind {
            EventKind::Moved(_) => Some(Decision::Approved),
            EventKind::ApprovalRejected { .. } => Some(Decision::Rejected),
            _ => None,
        })
        .collect();
    let [decision] = decisions[..] else { panic!("{handle}: {decisions:?}") };
    let (winner, won, loser, by, named) = match decision {
        Decision::Approved => (mia, "approved", max, "mia", "Approved by"),
        Decision::Rejected => (max, "the request is rejected", mia, "max", "Rejected by"),
    };
    assert!(winner.contains(won), "{handle}: {winner}");
    let by = format!("<@{}>", town.server.user(by).expect("a person"));
    assert!(says_all(&loser, &[&handle, named, &by]), "{handle}: {loser}");
    decision
}
