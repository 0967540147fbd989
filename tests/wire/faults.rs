//! R4, R6: what comes twice has one effect; what the platform breaks is delayed and never lost.

use std::collections::BTreeMap;
use std::time::Duration;

use bellwether::domain::event::EventKind;
use bellwether::playground::{Chances, Fault, Message, Rule};
use serde_json::json;

use crate::town::{SOON, Town};

/// The cards, requests, alerts and digests that stand, by what they are about: each once.
fn standing(town: &Town, channel: &str) -> BTreeMap<String, usize> {
    let mut seen = BTreeMap::new();
    for message in town.public(channel) {
        *seen.entry(subject(&message)).or_default() += 1;
    }
    seen
}

/// `L-12` or what stands first where it is about no record.
fn subject(message: &Message) -> String {
    let text = message.text();
    let handle = text.find("L-").map(|at| {
        let rest = &text[at..];
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
    });
    handle.unwrap_or_else(|| text.lines().next().unwrap_or_default().to_owned())
}

/// R4: an interaction that the gateway tells twice has one effect, whatever it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_twice_happens_once() {
    let town = Town::with_team().await;
    for n in 1..=5 {
        town.server.duplicate_next();
        let line = format!("/lead new name:\"Lead {n}\" email:a@b{n}.example value:50k");
        town.says("ana", "leads", &line).await.tells(&[&format!("L-{n}")]);
    }
    for n in 1..=5 {
        town.server.duplicate_next();
        let line = format!("/lead log lead:L-{n} activity:note note:\"Said once\"");
        town.says("ana", "leads", &line).await.tells(&["has your note"]);
        town.server.duplicate_next();
        let line = format!("/lead status lead:L-{n} to:unqualified reason:budget note:\"No money\"");
        town.says("ana", "leads", &line).await.tells(&["waits for approval"]);
    }
    let request = town.sees("approvals", &["L-1 ", "[Approve]"]).await;
    town.server.duplicate_next();
    town.press("mia", &request, "ap").await.tells(&["L-1", "approved"]);
    let request = town.sees("approvals", &["L-2 ", "[Reject]"]).await;
    let form = town.press("mia", &request, "rj").await.form();
    town.server.duplicate_next();
    town.submits("mia", &form, json!({"reason": "Try again"})).await.tells(&["rejected"]);
    town.quiet().await;

    let cards = standing(&town, "leads");
    assert_eq!(cards, (1..=5).map(|n| (format!("L-{n}"), 1)).collect(), "each lead has one card");
    assert_eq!(town.public("approvals").len(), 5);
    let workspace = town.workspace();
    let found = town.app().store().list(workspace, &bellwether::store::read::Filter::default(), 0, 50).await;
    let found = found.expect("read");
    assert_eq!(found.total, 5);
    for row in found.rows {
        let history = town.app().store().history(row.record.id, 0, 50).await.expect("read");
        let notes = history.iter().filter(|(_, e)| matches!(e.kind, EventKind::Logged { .. })).count();
        let asked = history.iter().filter(|(_, e)| matches!(e.kind, EventKind::ApprovalRequested(_))).count();
        assert_eq!((notes, asked), (1, 1), "{}", row.record.handle);
    }
    let threads = town.in_threads("leads");
    assert_eq!(threads.iter().filter(|t| t.contains("Said once")).count(), 5, "{threads:#?}");
    assert_eq!(town.count("@ana", &["was approved by"]), 1);
    assert_eq!(town.count("@ana", &["was refused by"]), 1);
}

/// R2, R6: a day of work while the platform fails in every way it can: nothing lost, nothing twice, order kept.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_platform_delays_and_loses_nothing() {
    let town = Town::with_team().await;
    let chances = Chances {
        rate_limited: 0.05,
        global_rate_limited: 0.02,
        server_error: 0.03,
        lost_answer: 0.04,
        slow: 0.05,
        slow_ms: 60,
        gateway_drop: 0.04,
        invalid_session: 0.02,
        duplicate: 0.1,
    };
    town.server.chances(20_260_302, chances);
    const LEADS: usize = 16;
    for n in 1..=LEADS {
        let line = format!(
            "/lead new name:\"Lead {n}\" email:a@b{n}.example value:{}",
            if n % 4 == 0 { "50k" } else { "500" }
        );
        types(&town, &line).await;
    }
    for n in (1..=LEADS).filter(|n| n % 2 == 0) {
        for word in ["first", "second", "third"] {
            types(&town, &format!("/lead log lead:L-{n} activity:note note:\"{word}\"")).await;
        }
    }
    for n in (1..=LEADS).filter(|n| n % 4 == 0) {
        types(&town, &format!("/lead status lead:L-{n} to:unqualified reason:budget note:\"No money\""))
            .await;
    }
    town.server.no_faults();
    // What is due later meets its own: the alerts' and the digest's answers are lost, then they are slow and limited.
    for channel in ["alerts", "digest"] {
        let route = format!("POST /channels/{}/messages", town.server.channel(channel).expect("a channel"));
        town.server.fault(Rule::once(&route, Fault::LostAnswer));
        town.server.fault(Rule::once(&route, Fault::RateLimited { retry_after: 0.2, global: true }));
        town.server.fault(Rule::once(&route, Fault::SlowAnswer(Duration::from_millis(200))));
    }
    town.hours(3).await;
    town.hours(6).await;
    println!("{} faults were injected", town.server.injected());

    let cards = standing(&town, "leads");
    assert!(cards.values().all(|n| *n == 1) && cards.len() == LEADS, "{cards:?}");
    let order: Vec<String> = town.public("leads").iter().map(subject).collect();
    let typed: Vec<String> = (1..=LEADS).map(|n| format!("L-{n}")).collect();
    assert_eq!(order, typed, "order within a channel is kept");
    let requests = standing(&town, "approvals");
    assert_eq!(requests.len(), LEADS / 4, "{requests:?}");
    assert!(requests.values().all(|n| *n == 1), "{requests:?}");
    let digests = standing(&town, "digest");
    assert_eq!(digests.values().sum::<usize>(), 1, "{digests:?}");
    // Beside each alert the offer to the team that came before it (X7), over by now.
    let told = town.told("alerts").join("\n");
    let (offers, alerts): (Vec<_>, Vec<_>) =
        told.lines().partition(|line| line.contains("no longer on offer"));
    let (offers, alerts) = (offers.join("\n"), alerts.join("\n"));
    // What waits for a decision is silent.
    for n in (1..=LEADS).filter(|n| n % 4 != 0) {
        for lines in [&offers, &alerts] {
            let count = lines.matches(&format!("L-{n} ·")).count();
            assert_eq!(count, 1, "the alert of L-{n} stands once: {lines}");
        }
    }
    town.server.read(|w| {
        let spoken = |name: &str| (1..=LEADS).any(|n| n % 2 == 0 && name.ends_with(&format!("Lead {n}")));
        for thread in w.threads("leads").into_iter().filter(|t| spoken(&t.name)) {
            let told: Vec<String> = w.messages(thread.id).into_iter().map(Message::text).collect();
            let order: Vec<&str> = told
                .iter()
                .filter_map(|t| ["“first”", "“second”", "“third”"].into_iter().find(|w| t.contains(w)))
                .collect();
            assert_eq!(order, ["“first”", "“second”", "“third”"], "{}: {told:#?}", thread.name);
        }
    });
}

/// Types a command until it had its effect, as a person would whose answer did not come.
async fn types(town: &Town, line: &str) {
    for _ in 0..10 {
        let outcome = town.server.type_command("ana", "leads", line).await.expect("allowed");
        let answered = match &outcome.got {
            bellwether::playground::Got::Deferred { message, .. } => {
                town.server.filled(*message, SOON).await.is_some()
            }
            got => outcome.message().is_some() || !matches!(got, bellwether::playground::Got::NoAnswer),
        };
        if answered {
            return;
        }
    }
    panic!("never answered: {line}");
}

/// R6: one of each, on order, where it hurts most.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_by_itself() {
    let town = Town::with_team().await;
    let post = "POST /channels/{channel_id}/messages";
    let faults = [
        Fault::RateLimited { retry_after: 0.3, global: false },
        Fault::RateLimited { retry_after: 0.3, global: true },
        Fault::Status(500),
        Fault::Status(503),
        Fault::Refused,
        Fault::LostAnswer,
        Fault::LostAnswer502,
        Fault::Slow(Duration::from_millis(300)),
        Fault::SlowAnswer(Duration::from_millis(300)),
    ];
    for (n, fault) in (1..).zip(faults) {
        town.server.fault(Rule::once(post, fault.clone()));
        let line = format!("/lead new name:\"Lead {n}\" email:a@b{n}.example");
        town.says("ana", "leads", &line).await.tells(&[&format!("L-{n}")]);
        town.card(&format!("L-{n}"), &[]).await;
        match n {
            1 => town.server.drop_gateway(),
            2 => town.server.invalidate_sessions(),
            3 => town.server.ask_reconnect(),
            _ => {}
        }
        assert!(town.server.gateway_connected(SOON).await);
    }
    town.quiet().await;
    let cards = standing(&town, "leads");
    assert_eq!(cards, (1..=9).map(|n| (format!("L-{n}"), 1)).collect());
}

/// Point 8: 150 cards at once keep within 50 requests a second (`Town` checks it at its end), and come in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_stays_within_the_limit() {
    // Without set-up a card goes where it was asked for: fifteen channels, so fifteen lanes at once.
    let town = Town::opened(|config| *config = config.clone().sized(15, 4)).await;
    let burst = (1..=150).map(|n| {
        let server = town.server.clone();
        tokio::spawn(async move {
            let line = format!("/lead new name:\"Lead {n}\" email:a@b{n}.example");
            server.type_command("p1", &format!("c{}", n % 15), &line).await
        })
    });
    for typed in burst.collect::<Vec<_>>() {
        let outcome = typed.await.expect("no panic").expect("allowed");
        assert!(outcome.text().contains("is created as"), "{:?}", outcome.got);
    }
    town.quiet().await;
    let mut cards = BTreeMap::new();
    for channel in (0..15).map(|n| format!("c{n}")) {
        let posted: Vec<String> = town.public(&channel).iter().map(subject).collect();
        let order: Vec<u32> = posted.iter().map(|h| h[2..].parse().expect("a number")).collect();
        assert!(order.is_sorted(), "order within a channel is kept: {order:?}");
        for handle in posted {
            *cards.entry(handle).or_default() += 1;
        }
    }
    assert_eq!(cards, (1..=150).map(|n| (format!("L-{n}"), 1)).collect());
    assert!(town.server.violations().is_empty(), "{:?}", town.server.violations());
    assert_eq!(town.server.invalid_requests(), 0, "no 429 was provoked");
}
