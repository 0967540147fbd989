//! The verbs of [`Handle`] over HTTP, for the page and for tests that run the bot in another process.
//!
//! Everything takes and gives JSON under `/control/`; people and channels go by name or id. There is no
//! login: the listener is on loopback, and requests that a foreign web page could cause are refused by their
//! `Origin` and `Host`. A refusal is 422 with `{"error": "plain words"}`.
//!
//! | route | body or query |
//! | --- | --- |
//! | `GET /control/view?as=&channel=` | what the page shows ([`super::page`]) |
//! | `GET /control/events` | server-sent events, one number per change |
//! | `POST /control/type` | `{user, channel, text}`: a command line or plain words |
//! | `POST /control/invoke` | `{user, channel, command, options}` |
//! | `POST /control/autocomplete` | `{user, channel, command, options, focused}` |
//! | `POST /control/menu` | `{user, message, name}`: a message's menu command |
//! | `POST /control/press`, `/control/press-forged` | `{user, message, custom_id}` |
//! | `POST /control/select` | `{user, message, custom_id, values}` |
//! | `POST /control/submit` | `{user, modal, values}` |
//! | `POST /control/dismiss` | `{user, message}` |
//! | `POST /control/delete` | `{message}` or `{channel}` |
//! | `POST /control/read` | `{user, channel}`: marks as read |
//! | `POST /control/upload?name=&type=` | the bytes; gives `{id}` |
//! | `POST /control/time` | `{hours}`, `{days}`, `{to}`, or `{next_monday: true}` |
//! | `GET`/`POST /control/faults` | see [`fault`] |
//! | `GET /control/requests?after=` | the bot's requests |
//! | `GET /control/interactions?after=` | what people sent to the bot |
//! | `GET /control/messages?channel=` | all messages of a channel, ephemeral ones included |
//! | `GET /control/status` | sessions, commands, violations, counts |

mod time;
pub mod view;

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::middleware::Next;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::Stream;
use serde_json::{Value, json};

use super::config::DmPolicy;
use super::faults::{Chances, Fault, Rule};
use super::handle::Handle;
use super::interact::{Got, Outcome, Refusal};
use super::state::Shared;
use super::things::{Id, Key};

type App = State<Arc<Shared>>;
type Params = Query<HashMap<String, String>>;
type Answer = Result<Json<Value>, Refusal>;

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"error": self.0}))).into_response()
    }
}

pub fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/control/view", get(view::view))
        .route("/control/events", get(events))
        .route("/control/status", get(status))
        .route("/control/requests", get(requests))
        .route("/control/interactions", get(interactions))
        .route("/control/messages", get(messages))
        .route("/control/faults", get(faults).post(fault))
        .route("/control/time", post(time::advance))
        .route("/control/upload", post(upload))
        .route("/control/{verb}", post(verb))
        .with_state(shared)
}

/// Refuses what another web page could make a browser send.
pub async fn own_page_only(request: Request<Body>, next: Next) -> Response {
    if local(request.headers()) { next.run(request).await } else { StatusCode::FORBIDDEN.into_response() }
}

fn local(headers: &HeaderMap) -> bool {
    let loopback = |host: &str| {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        matches!(name, "127.0.0.1" | "localhost")
    };
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    let origin = text(header::ORIGIN).map(|o| o.trim_start_matches("http://"));
    loopback(host) && origin.is_none_or(|o| o == host)
}

async fn events(State(shared): App) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = shared.subscribe();
    let stream = futures_util::stream::unfold((changes, true), |(mut changes, first)| async move {
        if !first {
            changes.changed().await.ok()?;
        }
        let n = *changes.borrow_and_update();
        Some((Ok(Event::default().data(n.to_string())), (changes, false)))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

async fn status(State(shared): App) -> Json<Value> {
    let w = shared.read();
    let (identified, resumes) = w.sessions.counts();
    Json(json!({
        "bot": w.bot().to_string(), "guilds": w.guilds.keys().map(Id::to_string).collect::<Vec<_>>(),
        "sessions": identified, "connected": w.sessions.connected(), "resumes": resumes,
        "commands": w.commands.values().map(Vec::len).sum::<usize>(), "messages": w.messages.len(),
        "requests": w.record.requests.len(), "violations": w.record.violations.len(),
        "invalid_requests": w.record.invalid(), "faults": w.faults.json(), "now": shared.now(),
    }))
}

async fn requests(State(shared): App, Query(query): Params) -> Json<Value> {
    Json(json!(shared.read().requests().get(after(&query)..).unwrap_or_default()))
}

async fn interactions(State(shared): App, Query(query): Params) -> Json<Value> {
    Json(json!(shared.read().interactions().get(after(&query)..).unwrap_or_default()))
}

fn after(query: &HashMap<String, String>) -> usize {
    query.get("after").and_then(|a| a.parse().ok()).unwrap_or(0)
}

async fn messages(State(shared): App, Query(query): Params) -> Json<Value> {
    let w = shared.read();
    let list = w.messages(query.get("channel").map_or("", String::as_str));
    Json(list.into_iter().map(|m| view::message(&w, m)).collect())
}

async fn upload(State(shared): App, Query(query): Params, body: Bytes) -> Json<Value> {
    let named = |key: &str, default: &str| query.get(key).cloned().unwrap_or_else(|| default.to_owned());
    let kind = named("type", "application/octet-stream");
    let id = Handle::of(&shared).upload(&named("name", "file"), &kind, body.to_vec());
    Json(json!({"id": id.to_string()}))
}

/// A text field of a body; numbers count as text.
fn text(body: &Value, key: &str) -> String {
    body[key].as_str().map_or_else(
        || if body[key].is_null() { String::new() } else { body[key].to_string() },
        str::to_owned,
    )
}

fn id(body: &Value, key: &str) -> Result<Id, Refusal> {
    text(body, key).parse().map_err(|_| Refusal(format!("“{key}” must be an id.")))
}

async fn verb(State(shared): App, Path(verb): Path<String>, Json(body): Json<Value>) -> Answer {
    let handle = Handle::of(&shared);
    let user = Key::from(text(&body, "user").as_str());
    let channel = Key::from(text(&body, "channel").as_str());
    let custom_id = text(&body, "custom_id");
    let outcome = match verb.as_str() {
        "type" if text(&body, "text").trim_start().starts_with('/') => {
            handle.type_command(user, channel, &text(&body, "text")).await?
        }
        "type" => {
            let posted = handle.say(user, channel, &text(&body, "text"))?;
            return Ok(Json(json!({"kind": "posted", "message": posted.to_string()})));
        }
        "invoke" => handle.invoke(user, channel, &text(&body, "command"), body["options"].clone()).await?,
        "autocomplete" => {
            let focused = text(&body, "focused");
            handle
                .autocomplete(user, channel, &text(&body, "command"), body["options"].clone(), &focused)
                .await?
        }
        "menu" => handle.message_command(user, id(&body, "message")?, &text(&body, "name")).await?,
        "press" => handle.press(user, id(&body, "message")?, &custom_id).await?,
        "press-forged" => handle.press_forged(user, id(&body, "message")?, &custom_id).await?,
        "select" => {
            let values = body["values"].as_array().map(Vec::as_slice).unwrap_or_default();
            let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
            handle.select(user, id(&body, "message")?, &custom_id, &values).await?
        }
        "submit" => handle.submit(user, id(&body, "modal")?, body["values"].clone()).await?,
        "dismiss" => {
            handle.dismiss(user, id(&body, "message")?);
            return Ok(Json(json!({})));
        }
        "delete" => {
            match id(&body, "message") {
                Ok(message) => handle.delete_message(message),
                Err(_) => handle.delete_channel(channel),
            }
            return Ok(Json(json!({})));
        }
        "read" => {
            shared.change(|w| {
                if let (Some(user), Some(channel)) = (w.user_id(&user), w.channel_id(&channel))
                    && let Some(last) = w.channels.get(&channel).and_then(|c| c.messages.last().copied())
                {
                    w.read.insert((user, channel), last);
                }
            });
            return Ok(Json(json!({})));
        }
        _ => return Refusal::because(format!("There is no /control/{verb}.")),
    };
    Ok(Json(told(&shared, &outcome)))
}

fn told(shared: &Shared, outcome: &Outcome) -> Value {
    let w = shared.read();
    let mut value = match &outcome.got {
        Got::Message(m) => json!({"kind": "message", "message": view::message(&w, m)}),
        Got::Updated(m) => json!({"kind": "updated", "message": view::message(&w, m)}),
        Got::Deferred { message, ephemeral } => {
            json!({"kind": "deferred", "message_id": message.to_string(), "ephemeral": ephemeral})
        }
        Got::DeferredUpdate => json!({"kind": "acknowledged"}),
        Got::Modal(m) => json!({
            "kind": "modal", "modal": m.interaction.to_string(), "custom_id": m.custom_id, "title": m.title,
            "inputs": m.inputs,
        }),
        Got::Choices(choices) => json!({"kind": "choices", "choices": choices}),
        Got::NoAnswer => json!({"kind": "no_answer", "error": "The application did not respond"}),
    };
    value["interaction"] = json!(outcome.interaction.to_string());
    value["latency_ms"] = json!(outcome.latency.as_secs_f64() * 1000.0);
    value
}

async fn faults(State(shared): App) -> Json<Value> {
    Json(shared.read().faults.json())
}

/// One of: `{do: "drop_gateway" | "reconnect" | "invalid_session" | "duplicate" | "clear"}`,
/// `{do: "outage", seconds}`, `{do: "dm", user, policy: "open" | "refuse_send" | "refuse_open"}`,
/// `{do: "chances", seed, chances}`, or `{do: "rule", fault, route, times, …}` where the fault is
/// `rate_limited` (`seconds`, `global`), `status` (`status`), `refused`, `lost_answer`, `lost_answer_502`,
/// `slow` (`ms`), `slow_answer` (`ms`), `refusal` (`status`, `code`).
async fn fault(State(shared): App, Json(body): Json<Value>) -> Answer {
    let handle = Handle::of(&shared);
    let seconds = body["seconds"].as_f64().filter(|s| (0.0..=86_400.0).contains(s));
    let wait = Duration::from_millis(body["ms"].as_u64().unwrap_or(2000));
    match text(&body, "do").as_str() {
        "drop_gateway" => handle.drop_gateway(),
        "reconnect" => handle.ask_reconnect(),
        "invalid_session" => handle.invalidate_sessions(),
        "duplicate" => handle.duplicate_next(),
        "clear" => handle.no_faults(),
        "outage" => handle.outage(Duration::from_secs_f64(seconds.unwrap_or(20.0))),
        "dm" => handle.set_dm(
            Key::from(text(&body, "user").as_str()),
            match text(&body, "policy").as_str() {
                "open" => DmPolicy::Open,
                "refuse_open" => DmPolicy::RefuseOpen,
                _ => DmPolicy::RefuseSend,
            },
        ),
        "chances" => match serde_json::from_value::<Chances>(body["chances"].clone()) {
            Ok(chances) => handle.chances(body["seed"].as_u64().unwrap_or(1), chances),
            Err(error) => return Refusal::because(error.to_string()),
        },
        "rule" => {
            let status = body["status"].as_u64().unwrap_or(500) as u16;
            let fault = match text(&body, "fault").as_str() {
                "rate_limited" => {
                    Fault::RateLimited { retry_after: seconds.unwrap_or(2.0), global: body["global"] == true }
                }
                "status" => Fault::Status(status),
                "refused" => Fault::Refused,
                "lost_answer" => Fault::LostAnswer,
                "lost_answer_502" => Fault::LostAnswer502,
                "slow" => Fault::Slow(wait),
                "slow_answer" => Fault::SlowAnswer(wait),
                "refusal" => Fault::Refusal { status, code: body["code"].as_u64().unwrap_or(0) as u32 },
                other => return Refusal::because(format!("There is no fault “{other}”.")),
            };
            let number = |key: &str, default| body[key].as_u64().map_or(default, |n| n as u32);
            handle.fault(Rule {
                route: text(&body, "route"),
                fault,
                times: number("times", 1),
                skip: number("skip", 0),
            });
        }
        other => return Refusal::because(format!("There is no action “{other}”.")),
    }
    Ok(Json(shared.read().faults.json()))
}
