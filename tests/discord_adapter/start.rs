//! How a connection begins, breaks, comes back and ends.

use super::kit::*;
use std::sync::Arc;

use bellwether::adapters::Secret;
use bellwether::adapters::discord::gateway::GatewayFailure;
use bellwether::adapters::discord::{ConnectError, Settings, connect};
use bellwether::playground::{Fault, Got, Rule};
use serde_json::json;
use tokio::sync::watch;

async fn refused_start(settings: &Settings) -> ConnectError {
    let (_stop, stopped) = watch::channel(false);
    match connect(settings, Arc::new(Script::default()), stopped).await {
        Ok(_) => panic!("connected"),
        Err(error) => error,
    }
}

/// R11
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_said_without_showing_it() {
    let server = server().await;
    let wrong = Settings { token: Secret::new("wrong-token"), api_url: server.api_url() };
    let error = refused_start(&wrong).await;
    assert!(matches!(error, ConnectError::Token), "{error}");
    assert!(!format!("{error} {error:?} {wrong:?}").contains("wrong-token"));
    assert_eq!(server.invalid_requests(), 1, "it is not tried again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_a_gateway_ends_the_start_and_the_real_one_is_not_asked() {
    let server = server().await;
    server.fault(Rule {
        times: u32::MAX,
        ..Rule::once("GET /gateway", Fault::Refusal { status: 404, code: 0 })
    });
    let error = refused_start(&settings(&server)).await;
    assert!(matches!(error, ConnectError::Server { .. }), "{error}");
}

/// Serenity would fall back to the real gateway where its own question fails.
#[tokio::test(flavor = "multi_thread")]
async fn serenitys_fallback_to_the_real_gateway_is_overwritten() {
    let server = server().await;
    // The first question is ours, the second is serenity's.
    let rule = Rule { skip: 1, ..Rule::once("GET /gateway", Fault::Status(500)) };
    server.fault(rule);
    let bench = bench_on(server).await;
    assert_eq!(said(&bench.lead("private").await), "Only you see this.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_refuses_us_ends_the_run_with_an_error() {
    let bench = bench().await;
    bench.server.close_gateway(4004);
    let ended = tokio::time::timeout(SOON, bench.gateway).await.expect("it ends").expect("no panic");
    assert!(matches!(ended, Err(GatewayFailure::Failed(_))), "{ended:?}");
}

/// R6
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_drops_comes_back() {
    let bench = bench().await;
    bench.server.drop_gateway();
    assert!(bench.server.gateway_connected(SOON).await, "it comes back");
    assert_eq!(said(&bench.lead("private").await), "Only you see this.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_takes_nothing_in_and_finishes_what_is_under_way() {
    let bench = bench().await;
    let (server, script) = (bench.server.clone(), bench.script.clone());
    let slow =
        tokio::spawn(async move { server.invoke("ana", "leads", "/lead slow-private", json!({})).await });
    script.started.notified().await;
    bench.stop.send_replace(true);
    let outcome = slow.await.expect("no panic").expect("allowed");
    let Got::Deferred { message, .. } = outcome.got else { panic!("{outcome:?}") };
    assert!(!bench.gateway.is_finished(), "it waits for the answer");
    script.go.notify_one();
    assert_eq!(
        words(&bench.server.filled(message, SOON).await.expect("filled").embeds),
        "Only you see this."
    );
    bench.gateway.await.expect("no panic").expect("a clean stop");
}
