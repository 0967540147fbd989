//! R3: one decision per request, whatever the race.

use std::sync::Arc;

use bellwether::chat::action::Action;
use bellwether::domain::event::EventKind;
use bellwether::domain::ids::RecordRef;
use serde_json::json;
use tokio::sync::Barrier;

use crate::town::{SOON, Town, control, says_all};

const REQUESTS: usize = 200;

/// R3, ruling 11: two managers press Approve and Reject at the same moment, 200 times, each from a thread of its own:
/// one decision each time, and whoever came second is told, privately, who decided.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_managers_decide_at_the_same_moment() {
    let town = Arc::new(Town::with_team().await);
    let (mut approved, mut rejected) = (0, 0);
    for n in 1..=REQUESTS {
        let handle = format!("L-{n}");
        let line = format!("/lead new name:\"Lead {n}\" email:a@b{n}.example value:50k");
        town.says("ana", "leads", &line).await.tells(&[&handle]);
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

        // What the history says is the decision; there is one.
        let row = {
            let handle = RecordRef::parse(&handle).expect("a handle");
            let found = town.app().store().record_by_handle(town.workspace(), handle).await.expect("read");
            found.expect("a record")
        };
        let history = town.app().store().history(row.record.id, 0, 50).await.expect("read");
        let decisions: Vec<bool> = history
            .iter()
            .filter_map(|(_, event)| match &event.kind {
                EventKind::Moved(_) => Some(true),
                EventKind::ApprovalRejected { .. } => Some(false),
                _ => None,
            })
            .collect();
        assert_eq!(decisions.len(), 1, "{handle}: {decisions:?}");
        assert!(row.record.pending.is_none());
        let (winner, loser, by, names) = if decisions[0] {
            approved += 1;
            (mia, max, "mia", "Approved by")
        } else {
            rejected += 1;
            (max, mia, "max", "Rejected by")
        };
        let won = if decisions[0] { "approved" } else { "the request is rejected" };
        assert!(winner.contains(won), "{handle}: {winner}");
        let by = format!("<@{}>", town.server.user(by).expect("a person"));
        assert!(says_all(&loser, &[&handle, names, &by]), "{handle}: {loser}");
    }
    println!(
        "{REQUESTS} requests decided by two at once: {approved} approved, {rejected} rejected, none twice"
    );
    // The rest of what each decision causes is still on its way; the requests themselves go first.
    let ended = |names: &str| town.count("approvals", &[names]);
    let all = town.server.wait_for(SOON, |w| {
        let told = w.messages("approvals");
        (told.iter().filter(|m| !m.is_ephemeral() && m.text().contains("ed by <@")).count() == REQUESTS)
            .then_some(())
    });
    assert!(all.await.is_some(), "each request says how it ended");
    assert_eq!((ended("Approved by"), ended("Rejected by")), (approved, rejected));
    assert_eq!(town.public("approvals").len(), REQUESTS, "each request stands once");
}
