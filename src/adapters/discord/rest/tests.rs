use serde_json::json;

use super::limits::{AT_MOST, WINDOW};
use super::*;

fn rest() -> Rest {
    Rest::new("http://127.0.0.1:9/", Secret::new("secret-token")).expect("a client")
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pairs = pairs.iter().map(|(n, v)| (HeaderName::from_static(n), v.parse().expect("a value")));
    pairs.collect()
}

fn limited(
    rest: &Rest,
    call: &Call,
    pairs: &[(&'static str, &str)],
    body: Option<Value>,
) -> (Duration, bool) {
    match rest.judge(call, StatusCode::TOO_MANY_REQUESTS, &headers(pairs), body) {
        Err(Failure::Limited { wait, everything }) => (wait, everything),
        other => panic!("{other:?}"),
    }
}

fn post(channel: i64) -> Call {
    routes::post(channel, Body::Json(json!({})))
}

/// P8
#[tokio::test(start_paused = true)]
async fn the_governor_lets_requests_through_in_turn() {
    let (rest, start) = (rest(), Instant::now());
    for n in 0..AT_MOST as i64 * 3 {
        drop(rest.pass(&post(n).route, Duration::ZERO).await.expect("it only waits"));
    }
    assert_eq!(start.elapsed().as_millis() / WINDOW.as_millis(), 2);
}

/// R6
#[tokio::test(start_paused = true)]
async fn a_short_hold_is_waited_out_and_a_long_one_is_told() {
    let rest = rest();
    rest.limits().hold_route(&post(1).route, Duration::from_secs(1), Instant::now());
    let long = rest.pass(&post(1).route, Duration::from_millis(999)).await;
    assert_eq!(long.err(), Some(Failure::Limited { wait: Duration::from_secs(1), everything: false }));
    drop(rest.pass(&post(1).route, Duration::from_secs(1)).await.expect("waited"));
    rest.limits().hold_everything(Duration::from_secs(9), Instant::now());
    let all = rest.pass(&post(2).route, Duration::from_secs(1)).await;
    assert_eq!(all.err(), Some(Failure::Limited { wait: Duration::from_secs(9), everything: true }));
}

/// R6
#[test]
fn a_429_says_how_long_and_how_much_is_held() {
    let body = |global: bool| Some(json!({"retry_after": 1.5, "global": global}));
    let told = |pairs: &[(&'static str, &str)], body| limited(&rest(), &post(1), pairs, body);
    let (second, two) = (Duration::from_secs(1), Duration::from_secs(2));
    assert_eq!(told(&[("retry-after", "2"), ("x-ratelimit-scope", "user")], body(false)), (two, false));
    assert_eq!(told(&[], body(false)), (Duration::from_millis(1_500), false));
    assert_eq!(told(&[("retry-after", "2"), ("x-ratelimit-global", "true")], body(false)), (two, true));
    assert!(told(&[("x-ratelimit-scope", "global")], body(false)).1);
    assert!(told(&[], body(true)).1);
    assert_eq!(told(&[("retry-after", "2")], None), (two, true), "the proxy in front, not Discord");
    assert_eq!(told(&[("retry-after", "soon")], Some(json!({}))), (second, false));
}

#[test]
fn invalid_requests_are_counted_but_for_those_of_others() {
    let (rest, now) = (rest(), Instant::now());
    let _ = limited(&rest, &post(1), &[("x-ratelimit-scope", "shared")], Some(json!({})));
    assert_eq!(rest.limits().invalid(now), 0);
    let _ = limited(&rest, &post(1), &[("x-ratelimit-scope", "user")], Some(json!({})));
    let _ = rest.judge(&post(1), StatusCode::FORBIDDEN, &HeaderMap::new(), Some(json!({"code": 50_001})));
    let _ = rest.judge(&post(1), StatusCode::NOT_FOUND, &HeaderMap::new(), Some(json!({"code": 10_003})));
    assert_eq!(rest.limits().invalid(now), 2);
}

#[tokio::test(start_paused = true)]
async fn a_401_holds_everything_but_one_of_an_interactions_token_does_not() {
    let rest = rest();
    let ran_out = Some(json!({"code": 50_027, "message": "Invalid Webhook Token"}));
    let answer = routes::edit_answer(1, "token", Body::Empty);
    let judged = rest.judge(&answer, StatusCode::UNAUTHORIZED, &HeaderMap::new(), ran_out);
    assert!(matches!(judged, Err(Failure::Refused { code: 50_027, .. })), "{judged:?}");
    rest.pass(&post(1).route, Duration::ZERO).await.expect("nothing is held");

    let judged = rest.judge(&post(1), StatusCode::UNAUTHORIZED, &HeaderMap::new(), None);
    assert_eq!(judged, Err(Failure::Unauthorized));
    let held = rest.pass(&post(2).route, Duration::ZERO).await;
    assert_eq!(held.err(), Some(Failure::Limited { wait: UNAUTHORIZED_HOLD, everything: true }));
}

#[test]
fn what_may_have_taken_effect_is_told_from_what_was_refused() {
    let judge = |status, body| rest().judge(&post(1), status, &HeaderMap::new(), body);
    assert_eq!(judge(StatusCode::OK, Some(json!({"id": "1"}))), Ok(json!({"id": "1"})));
    assert!(matches!(judge(StatusCode::OK, None), Err(Failure::Unavailable { .. })), "half an answer");
    assert!(matches!(judge(StatusCode::BAD_GATEWAY, None), Err(Failure::Unavailable { .. })));
    let refused =
        judge(StatusCode::BAD_REQUEST, Some(json!({"code": 50_035, "message": "Invalid Form Body"})));
    let message = "Invalid Form Body".to_owned();
    assert_eq!(refused, Err(Failure::Refused { status: 400, code: 50_035, message }));
}

/// R11
#[tokio::test]
async fn neither_a_client_nor_its_errors_show_a_token() {
    let rest = rest();
    assert!(!format!("{rest:?}").contains("secret-token"));
    let refused = rest.send(&routes::edit_answer(1, "interaction-token", Body::Empty)).await;
    let shown = format!("{refused:?}");
    assert!(shown.contains("Unavailable") && !shown.contains("interaction-token"), "{shown}");
}
