//! Who is believed, how often, and how much (R4, R9, R11).

use bellwether::adapters::webhook::{Limits, sign};
use bellwether::domain::hooks::Key;
use chrono::TimeDelta;
use serde_json::json;

use crate::kit::Site;

fn event(id: &str) -> Vec<u8> {
    json!({"id": id, "event": "form.submitted", "email": "mei@acme.example", "fields": {"name": "Mei"}})
        .to_string()
        .into_bytes()
}

#[tokio::test]
async fn only_what_is_signed_with_the_secret_is_believed() {
    let site = Site::open().await;
    let now = site.timestamp();
    let good = sign::sign(&site.secret, &now, &event("1"));
    let other = sign::sign(&Key::new("guess"), &now, &event("1"));

    for (timestamp, signature, told) in [
        (None, None, "Sign the request"),
        (Some(now.as_str()), None, "Sign the request"),
        (None, Some(good.as_str()), "Sign the request"),
        (Some("soon"), Some(good.as_str()), "Sign the request"),
        (Some(now.as_str()), Some("v1=nothing"), "Sign the request"),
        (Some(now.as_str()), Some(other.as_str()), "The signature is not right"),
        (Some("1"), Some(good.as_str()), "The signature is not right"),
    ] {
        let answer = site.posts(timestamp, signature, event("1")).await;
        assert_eq!(answer.status, 401, "{answer:?}");
        assert!(answer.error().contains(told), "{answer:?}");
    }
    // Changed on its way.
    let answer = site.posts(Some(&now), Some(&good), event("2")).await;
    assert_eq!(answer.status, 401);
    // None of that left a trace.
    assert_eq!(site.world.check_histories().await, 0);
    let answer = site.posts(Some(&now), Some(&good), event("1")).await;
    assert_eq!(answer.done().0, "L-1");
}

/// R4: what was overheard can be repeated for five minutes, without effect; then not at all.
#[tokio::test]
async fn a_repeated_request_has_one_effect_and_is_refused_when_it_is_old() {
    let site = Site::open().await;
    let (now, body) = (site.timestamp(), event("1"));
    let signature = sign::sign(&site.secret, &now, &body);
    let first = site.posts(Some(&now), Some(&signature), body.clone()).await;
    assert_eq!(first.body["result"], "created", "{first:?}");
    let again = site.posts(Some(&now), Some(&signature), body.clone()).await;
    assert_eq!(again, first, "the same is answered");
    // The sender tries again later, signed anew: the same id is the same event.
    site.later(TimeDelta::minutes(3)).await;
    assert_eq!(site.sends(event("1")).await, first);
    assert_eq!(site.world.check_histories().await, 1, "one record");

    site.later(TimeDelta::minutes(3)).await;
    let old = site.posts(Some(&now), Some(&signature), body.clone()).await;
    assert_eq!(old.status, 401);
    assert!(old.error().contains("over five minutes away"), "{old:?}");
    // A watch that is ahead opens no longer window.
    let ahead = (site.timestamp().parse::<i64>().expect("seconds") + 301).to_string();
    let signature = sign::sign(&site.secret, &ahead, &body);
    assert_eq!(site.posts(Some(&ahead), Some(&signature), body).await.status, 401);
}

/// R4, at the same moment.
#[tokio::test]
async fn of_two_at_once_one_has_an_effect() {
    let site = Site::open().await;
    let (one, two, three) =
        tokio::join!(site.sends(event("1")), site.sends(event("1")), site.sends(event("1")));
    assert_eq!((&one, &two), (&two, &three));
    assert_eq!(site.world.check_histories().await, 1);
}

/// R9
#[tokio::test]
async fn what_is_too_large_or_too_much_is_refused_with_a_sentence() {
    let site = Site::with(Limits { body: 1_000, burst: 3, per_second: 1, ..Limits::default() }).await;
    let large = site.sends(vec![b' '; 1_001]).await;
    assert_eq!((large.status, large.error().contains("1000 bytes")), (413, true), "{large:?}");
    // Those who cannot sign take nothing away from those who can.
    for _ in 0..10 {
        assert_eq!(site.posts(Some("1"), Some("v1=00"), event("1")).await.status, 401);
    }
    for id in ["1", "2", "3"] {
        assert_eq!(site.sends(event(id)).await.status, 200);
    }
    let more = site.sends(event("4")).await;
    assert_eq!((more.status, more.retry_after), (429, Some(1)), "{more:?}");
    assert!(more.error().contains("send it again in"), "{more:?}");
}

#[tokio::test]
async fn a_wrong_payload_or_place_is_told_in_a_sentence() {
    let site = Site::open().await;
    let wrong = site.sends(b"{}".to_vec()).await;
    assert_eq!((wrong.status, wrong.error().starts_with("id must be")), (400, true), "{wrong:?}");
    let get = site.ask(site.client().get(format!("{}/hooks/1", site.address))).await;
    assert_eq!((get.status, get.error()), (405, "Send events with POST."));
    let elsewhere = site.ask(site.client().post(format!("{}/", site.address))).await;
    assert_eq!(elsewhere.status, 404);
    for unknown in ["2", "abc", "99999999999999999999"] {
        let answer = site.ask(site.client().post(format!("{}/hooks/{unknown}", site.address))).await;
        assert_eq!(answer.status, 404, "{answer:?}");
        assert!(answer.error().contains("/setup hooks"), "{answer:?}");
    }
}

/// R11: a secret is shown once, to an admin; a new one ends the one before; no list of settings has it.
#[tokio::test]
async fn a_secret_is_shown_once_and_replaced_at_once() {
    let mut site = Site::open().await;
    let first = site.secret.clone();
    for line in ["/setup hooks", "/setup show"] {
        let shown = site.says("root", line).await;
        assert!(!shown.contains(first.expose()), "{shown}");
    }
    assert!(site.says("root", "/setup show").await.contains("Webhooks"));
    let refused = site.says("ana", "/setup hooks secret:new").await;
    assert!(refused.contains("Only an admin"), "{refused}");
    assert!(site.says("ana", "/setup hooks").await.contains("Only an admin"));

    let second = site.new_secret().await;
    assert_ne!(first, second);
    assert_eq!(site.sends(event("1")).await.status, 401, "the earlier one is refused");
    site.secret = second;
    assert_eq!(site.sends(event("1")).await.status, 200);
    site.says("root", "/setup hooks secret:off").await;
    assert_eq!(site.sends(event("2")).await.status, 404);
}
