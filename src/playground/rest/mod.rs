//! The bot's HTTP requests: what each goes through before and after its handler.
//!
//! In order: read the body, take it into the record, ask the faults, count the rate limits, check the
//! token, run the handler under the lock, note the answer, then lose or delay the answer if a fault says so.

mod apps;
mod callbacks;
mod channels;
mod form;
mod post;
mod route;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

pub use channels::{delete_channel, say};
pub use form::Upload;
pub use post::compose;
use route::Route;

use super::config::Limits;
use super::faults::Fault;
use super::record::{RecordedFile, RecordedRequest};
use super::state::{Shared, World};
use super::things::Id;

/// The window of [`Limits::channel_messages`].
const BUCKET_WINDOW: Duration = Duration::from_secs(5);
/// What the headers of all other routes tell.
const OTHER: usize = 50;

/// The largest file that a server without boosts takes.
const ATTACHMENT: usize = 10 * 1024 * 1024;

/// A request as handlers see it.
pub struct Call<'a> {
    pub method: &'a str,
    pub query: HashMap<String, String>,
    pub body: &'a Value,
    pub files: Vec<Upload>,
    pub now: DateTime<Utc>,
    pub limits: &'a Limits,
}

/// An answer to a request: status and JSON, `Null` for no body.
pub struct Answer(pub u16, pub Value);

/// An answer, or a refusal in Discord's form.
pub type Handled = Result<Answer, Answer>;

/// A refusal with Discord's code and message.
pub fn refuse(status: u16, code: u32, message: &str) -> Answer {
    Answer(status, json!({"code": code, "message": message}))
}

/// A body that failed its checks.
pub fn invalid(error: Value) -> Answer {
    Answer(400, error)
}

/// Per-bucket times of the last requests.
pub type Buckets = std::sync::Mutex<HashMap<String, VecDeque<Instant>>>;

/// The handler of everything under `/api`.
pub async fn api(
    State((shared, buckets)): State<(Arc<Shared>, Arc<Buckets>)>,
    request: Request<Body>,
) -> Response {
    let method = request.method().as_str().to_owned();
    let path = strip_version(request.uri().path()).to_owned();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let authorization = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let (body, files) = match form::read(request).await {
        Ok(read) => read,
        Err(message) => return plain(&refuse(400, 50109, &message)),
    };
    let segments: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
    let route = Route::parse(&segments);
    let template = route.as_ref().map_or_else(|| path.clone(), |r| r.template().to_owned());
    // Discord exempts interaction endpoints, follow-ups included, from the global limit.
    let exempt = matches!(segments.first(), Some(&("interactions" | "webhooks")));
    let (number, fault, in_second) = {
        let mut world = shared.read();
        let number = world.record.start(RecordedRequest {
            number: 0,
            method: method.clone(),
            template: template.clone(),
            path: path.clone(),
            query: query.clone(),
            body: (!body.is_null()).then(|| body.clone()),
            files: files.iter().map(recorded).collect(),
            status: 0,
            answer: Value::Null,
            faulted: false,
            at_ms: 0,
        });
        let limit = shared.config.limits.global_per_second;
        let in_second = if exempt { 0 } else { world.record.count(number, limit) };
        (number, world.faults.decide(&method, &template, &path, exempt), in_second)
    };
    if let Some(Fault::Slow(wait)) = fault {
        tokio::time::sleep(wait).await;
    }
    let limits = &shared.config.limits;
    let bucket = bucket(&buckets, &method, route.as_ref(), limits);
    let before = match &fault {
        Some(Fault::RateLimited { retry_after, global }) => Some(limited(*retry_after, *global)),
        Some(Fault::Status(status)) => {
            Some(Answer(*status, json!({"code": 0, "message": "Internal Server Error"})))
        }
        Some(Fault::Refusal { status, code }) => Some(refuse(*status, *code, "Refused by an injected fault")),
        Some(Fault::Refused) => {
            shared.change(|w| w.record.settle(number, 0, Value::Null, true));
            return cut();
        }
        Some(Fault::LostAnswer | Fault::LostAnswer502 | Fault::Slow(_) | Fault::SlowAnswer(_)) | None => {
            if limits.enforce_rate_limits && in_second > limits.global_per_second {
                Some(limited(1.0, true))
            } else {
                bucket.retry_after.map(|after| limited(after, false))
            }
        }
    };
    // A lost answer is lost only where there was a request to take effect.
    let lost =
        fault.clone().filter(|f| matches!(f, Fault::LostAnswer | Fault::LostAnswer502) && before.is_none());
    let authorized =
        exempt || authorization == format!("Bot {}", shared.config.token.trim_start_matches("Bot "));
    let call = Call { method: &method, query: pairs(&query), body: &body, files, now: shared.now(), limits };
    let answer = shared.change(|w| {
        let answer = before.unwrap_or_else(|| answer(w, route.as_ref(), &segments, call, authorized));
        let status = match lost {
            Some(Fault::LostAnswer) => 0,
            Some(_) => 502,
            None => answer.0,
        };
        w.record.settle(number, status, answer.1.clone(), fault.is_some());
        answer
    });
    if let Some(Fault::SlowAnswer(wait)) = fault {
        tokio::time::sleep(wait).await;
    }
    match lost {
        Some(Fault::LostAnswer) => cut(),
        Some(_) => plain(&Answer(502, Value::Null)),
        None => with_limits(plain(&answer), &answer, &bucket),
    }
}

fn answer(
    w: &mut World,
    route: Option<&Route<'_>>,
    segments: &[&str],
    call: Call<'_>,
    authorized: bool,
) -> Answer {
    if !authorized {
        return Answer(401, json!({"code": 0, "message": "401: Unauthorized"}));
    }
    if call.files.iter().any(|file| file.bytes.len() > ATTACHMENT) {
        return refuse(413, 40005, "Request entity too large");
    }
    let Some(route) = route else {
        tracing::warn!(
            method = call.method,
            path = segments.join("/"),
            "the bot called a route that is not here"
        );
        return Answer(404, json!({"code": 0, "message": "404: Not Found"}));
    };
    if let ["applications" | "webhooks", app, ..] = segments
        && app.parse() != Ok(w.app)
        && *app != "@me"
    {
        return refuse(403, 20012, "You are not authorized to perform this action on this application");
    }
    handle(w, route, call).unwrap_or_else(|refusal| refusal)
}

fn handle(w: &mut World, route: &Route<'_>, call: Call<'_>) -> Handled {
    match *route {
        Route::Gateway
        | Route::GatewayBot
        | Route::Me
        | Route::Application { .. }
        | Route::Commands { .. }
        | Route::Command { .. }
        | Route::MyGuilds
        | Route::Guild(_)
        | Route::GuildChannels(_)
        | Route::GuildRoles(_)
        | Route::Members(_)
        | Route::Member(..)
        | Route::ActiveThreads(_)
        | Route::User(_) => apps::handle(w, route, &call),
        Route::Channel(_)
        | Route::Messages(_)
        | Route::Message(..)
        | Route::MessageThread(..)
        | Route::Threads(_)
        | Route::ThreadMember(_)
        | Route::Typing(_)
        | Route::OpenDm => channels::handle(w, route, call),
        Route::Callback { .. } | Route::Webhook { .. } | Route::WebhookMessage { .. } => {
            callbacks::handle(w, route, call)
        }
    }
}

/// `/api/v10/users` and `/api/users` both become `/users`.
fn strip_version(path: &str) -> &str {
    let path = path.strip_prefix("/api").unwrap_or(path);
    match path.strip_prefix("/v").and_then(|rest| rest.find('/').map(|at| (&rest[..at], &rest[at..]))) {
        Some((version, rest)) if version.bytes().all(|b| b.is_ascii_digit()) => rest,
        _ => path,
    }
}

fn pairs(query: &str) -> HashMap<String, String> {
    let pair = |p: &str| p.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned()));
    query.split('&').filter_map(pair).collect()
}

fn recorded(file: &Upload) -> RecordedFile {
    RecordedFile { field: file.field.clone(), name: file.name.clone(), len: file.bytes.len() }
}

fn limited(retry_after: f64, global: bool) -> Answer {
    let message = if global {
        "You are being blocked from accessing our API temporarily due to exceeding our global rate limit."
    } else {
        "You are being rate limited."
    };
    Answer(429, json!({"message": message, "retry_after": retry_after, "global": global, "code": 0}))
}

/// State of a request's bucket after it was counted.
struct Bucket {
    key: String,
    limit: usize,
    remaining: usize,
    reset_after: f64,
    retry_after: Option<f64>,
}

fn bucket(buckets: &Buckets, method: &str, route: Option<&Route<'_>>, limits: &Limits) -> Bucket {
    let key = format!("{method}:{}", route.map_or_else(|| "unknown".into(), Route::bucket));
    let now = Instant::now();
    let mut all = buckets.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let times = all.entry(key.clone()).or_default();
    while times.front().is_some_and(|t| now.duration_since(*t) >= BUCKET_WINDOW) {
        times.pop_front();
    }
    let reset = |times: &VecDeque<Instant>| {
        times
            .front()
            .map_or(BUCKET_WINDOW, |t| BUCKET_WINDOW.saturating_sub(now.duration_since(*t)))
            .as_secs_f64()
    };
    let limited = matches!(route, Some(Route::Messages(_))) && method == "POST";
    let limit = if limited { limits.channel_messages } else { OTHER };
    if limited && limits.enforce_rate_limits && times.len() >= limit {
        let after = reset(times);
        return Bucket { key, limit, remaining: 0, reset_after: after, retry_after: Some(after) };
    }
    times.push_back(now);
    let remaining = if limited { limit.saturating_sub(times.len()) } else { OTHER - 1 };
    Bucket { key, limit, remaining, reset_after: reset(times), retry_after: None }
}

fn with_limits(mut response: Response, answer: &Answer, bucket: &Bucket) -> Response {
    let headers = response.headers_mut();
    let mut put = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    };
    // A short opaque name, as Discord gives; equal for requests of the same bucket.
    let hash = bucket
        .key
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    put("x-ratelimit-bucket", format!("{hash:016x}"));
    put("x-ratelimit-limit", bucket.limit.to_string());
    put("x-ratelimit-remaining", bucket.remaining.to_string());
    put("x-ratelimit-reset-after", format!("{:.3}", bucket.reset_after));
    let reset =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64());
    put("x-ratelimit-reset", format!("{:.3}", reset + bucket.reset_after));
    if answer.0 == 429 {
        let global = answer.1["global"] == true;
        put("retry-after", answer.1["retry_after"].as_f64().unwrap_or(1.0).ceil().to_string());
        put("x-ratelimit-scope", if global { "global".into() } else { "user".into() });
        if global {
            put("x-ratelimit-global", "true".into());
        } else {
            put("x-ratelimit-remaining", "0".into());
            put("x-ratelimit-reset-after", format!("{:.3}", answer.1["retry_after"].as_f64().unwrap_or(1.0)));
        }
    }
    response
}

fn plain(answer: &Answer) -> Response {
    let status = StatusCode::from_u16(answer.0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if answer.1.is_null() {
        return status.into_response();
    }
    (status, axum::Json(&answer.1)).into_response()
}

/// Closes the connection without a byte of answer: the body fails before the head is flushed.
fn cut() -> Response {
    let broken =
        futures_util::stream::once(async { Err::<Vec<u8>, _>(std::io::Error::other("cut by a fault")) });
    Response::new(Body::from_stream(broken))
}

/// Reads an id out of a JSON string or number.
pub fn id_of(value: &Value) -> Option<Id> {
    value.as_str().and_then(|s| s.parse().ok()).or_else(|| value.as_u64())
}
