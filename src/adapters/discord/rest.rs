//! Our own HTTP to Discord.
//!
//! Why not serenity's: its errors lose the answer's headers, so Retry-After cannot be obeyed; a global 429 does
//! not hold its other routes; it has no governor for 50 requests a second. What serenity does well, the gateway
//! and the model, is still its own.
//!
//! | file | what it holds |
//! | --- | --- |
//! | [`limits`] | what may leave when |
//! | [`failure`] | what went wrong, and what that means to delivery |
//! | [`routes`] | the endpoints that the bot uses |
//!
//! Properties: the token and the tokens of interactions never reach a log (addresses are taken out of errors);
//! every request ends within [`TIMEOUT`]; nothing is repeated here that might take effect twice, but for answers
//! to interactions, where a repetition is recognised (40060).

pub mod failure;
pub mod limits;
pub mod routes;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use tokio::time::Instant;

use self::failure::{Failure, UNAUTHORIZED_HOLD, describe};
use self::limits::{BucketHeaders, Gate, Limits, Place, Places, RouteKey};
use crate::adapters::Secret;

/// The longest that one request may take.
pub const TIMEOUT: Duration = Duration::from_secs(10);
/// How long a stop waits for the places of the last second.
const AT_REST: Duration = Duration::from_secs(3);
const USER_AGENT: &str =
    concat!("DiscordBot (https://github.com/bellwether, ", env!("CARGO_PKG_VERSION"), ")");

/// A request.
#[derive(Debug, Clone)]
pub struct Call {
    /// HTTP method.
    pub method: Method,
    /// Below `/api/v10/`.
    pub path: String,
    /// What rate limits call it.
    pub route: RouteKey,
    /// What it carries.
    pub body: Body,
    /// Which limits it is under.
    pub pace: Pace,
}

/// What a request carries.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// JSON.
    Json(Value),
    /// JSON with files.
    WithFiles(Value, Vec<File>),
}

/// A file to attach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, as `attachment://` refers to it.
    pub name: String,
    /// Its media type.
    pub media: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Which limits a request is under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// All of them. It waits for a hold that is over within the duration; a longer one is a failure.
    Governed(Duration),
    /// None: answers to interactions are exempt from the global limit and cannot wait.
    Interaction,
}

/// The client.
#[derive(Debug)]
pub struct Rest {
    http: reqwest::Client,
    base: String,
    token: Secret,
    places: Places,
    limits: Mutex<Limits>,
}

impl Rest {
    /// A client for `api_url`, such as `https://discord.com`.
    ///
    /// # Errors
    /// Where the HTTP client cannot be built (no TLS roots, for instance).
    pub fn new(api_url: &str, token: Secret) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .timeout(TIMEOUT)
            .connect_timeout(Duration::from_secs(5))
            .pool_idle_timeout(Duration::from_secs(20))
            .build()?;
        let base = format!("{}/api/v10", api_url.trim_end_matches('/'));
        Ok(Self { http, base, token, places: Places::default(), limits: Mutex::new(Limits::default()) })
    }

    /// Waits until nothing that was sent can arrive any more in the same second as what another process sends.
    pub async fn at_rest(&self) {
        if tokio::time::timeout(AT_REST, self.places.all_back()).await.is_err() {
            tracing::warn!("some requests were not answered in time");
        }
    }

    /// Sends a request; gives the answer's JSON (`null` where it has none).
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn send(&self, call: &Call) -> Result<Value, Failure> {
        match call.pace {
            Pace::Governed(patience) => {
                let _place = self.pass(&call.route, patience).await?;
                self.exchange(call).await
            }
            Pace::Interaction => self.exchange(call).await,
        }
    }

    /// Fetches a file from the address that Discord gave for it, at most `limit` bytes; `None` where it is larger.
    ///
    /// # Errors
    /// Where there is no answer, or not one of 200.
    pub async fn download(&self, url: &str, limit: usize) -> Result<Option<Vec<u8>>, Failure> {
        let answer = self.http.get(url).send().await.and_then(Response::error_for_status);
        let mut answer = answer.map_err(unavailable)?;
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(unavailable)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > limit {
                return Ok(None);
            }
        }
        Ok(Some(bytes))
    }

    /// Waits for the governor, and for holds that are short.
    async fn pass(&self, route: &RouteKey, patience: Duration) -> Result<Place, Failure> {
        let deadline = Instant::now() + patience;
        loop {
            let place = self.places.take().await;
            let now = Instant::now();
            let gate = self.limits().ask(route, now);
            let (left, everything) = match gate {
                Gate::Go => return Ok(place),
                Gate::Held { left, everything } => (left, everything),
            };
            place.unused();
            if now + left > deadline {
                return Err(Failure::Limited { wait: left, everything });
            }
            tokio::time::sleep(left).await;
        }
    }

    async fn exchange(&self, call: &Call) -> Result<Value, Failure> {
        let mut request = self.http.request(call.method.clone(), format!("{}/{}", self.base, call.path));
        // The address of an interaction's answer holds its own token; ours has no business there.
        if call.pace != Pace::Interaction {
            request = request.header(reqwest::header::AUTHORIZATION, format!("Bot {}", self.token.expose()));
        }
        request = match &call.body {
            Body::Empty => request,
            Body::Json(json) => request.json(json),
            Body::WithFiles(json, files) => request.multipart(multipart(json, files).map_err(unavailable)?),
        };
        let answer = request.send().await.map_err(unavailable)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        // The body of a success may be lost as well: then nobody knows the message's id, and it is asked again.
        let text = answer.text().await.map_err(unavailable)?;
        let body: Option<Value> =
            if text.is_empty() { Some(Value::Null) } else { serde_json::from_str(&text).ok() };
        self.judge(call, status, &headers, body)
    }

    fn judge(
        &self,
        call: &Call,
        status: StatusCode,
        headers: &HeaderMap,
        body: Option<Value>,
    ) -> Result<Value, Failure> {
        let now = Instant::now();
        let governed = call.pace != Pace::Interaction;
        let mut limits = self.limits();
        if governed {
            limits.learn(&call.route, &bucket_headers(headers), now);
        }
        if status.is_success() {
            return body.ok_or_else(|| Failure::Unavailable { why: format!("{status} that is not JSON") });
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            let wait = retry_after(headers, body.as_ref());
            // Without Discord's JSON it is the proxy in front of it that speaks, and it means the whole address.
            let everything = flag(headers, "x-ratelimit-global")
                || text(headers, "x-ratelimit-scope").is_some_and(|s| s == "global")
                || body.as_ref().is_none_or(|b| b["global"] == true);
            if text(headers, "x-ratelimit-scope").is_none_or(|s| s != "shared") {
                limits.count_invalid(now);
            }
            if governed && everything {
                limits.hold_everything(wait, now);
            } else if governed {
                limits.hold_route(&call.route, wait, now);
            }
            return Err(Failure::Limited { wait, everything });
        }
        if status == StatusCode::UNAUTHORIZED || status == StatusCode::FORBIDDEN {
            limits.count_invalid(now);
        }
        if status == StatusCode::UNAUTHORIZED && governed {
            tracing::error!(
                "Discord refuses the token; nothing is sent for {} s",
                UNAUTHORIZED_HOLD.as_secs()
            );
            limits.hold_everything(UNAUTHORIZED_HOLD, now);
            return Err(Failure::Unauthorized);
        }
        if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
            return Err(Failure::Unavailable { why: status.to_string() });
        }
        let body = body.unwrap_or_default();
        let code = body["code"].as_u64().and_then(|c| u32::try_from(c).ok()).unwrap_or(0);
        Err(Failure::Refused { status: status.as_u16(), code, message: describe(&body) })
    }

    fn limits(&self) -> std::sync::MutexGuard<'_, Limits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Errors of the HTTP client name the address, which may hold an interaction's token: it is taken out (R11).
fn unavailable(error: reqwest::Error) -> Failure {
    let error = error.without_url();
    let mut why = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(inner) = source {
        why = format!("{why}: {inner}");
        source = inner.source();
    }
    Failure::Unavailable { why }
}

fn multipart(json: &Value, files: &[File]) -> Result<reqwest::multipart::Form, reqwest::Error> {
    use reqwest::multipart::{Form, Part};
    let json = Part::text(json.to_string()).mime_str("application/json")?;
    files.iter().enumerate().try_fold(Form::new().part("payload_json", json), |form, (n, file)| {
        let part = Part::bytes(file.bytes.clone()).file_name(file.name.clone()).mime_str(file.media)?;
        Ok(form.part(format!("files[{n}]"), part))
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Option<&'a str> {
    headers.get(HeaderName::from_static(name))?.to_str().ok()
}

fn flag(headers: &HeaderMap, name: &'static str) -> bool {
    text(headers, name).is_some_and(|v| v.eq_ignore_ascii_case("true"))
}

fn seconds(headers: &HeaderMap, name: &'static str) -> Option<Duration> {
    text(headers, name)?.parse().ok().and_then(|s| Duration::try_from_secs_f64(s).ok())
}

fn bucket_headers(headers: &HeaderMap) -> BucketHeaders {
    let number = |name| text(headers, name).and_then(|v| v.parse().ok());
    BucketHeaders {
        bucket: text(headers, "x-ratelimit-bucket").map(str::to_owned),
        limit: number("x-ratelimit-limit"),
        remaining: number("x-ratelimit-remaining"),
        reset_after: seconds(headers, "x-ratelimit-reset-after"),
    }
}

/// The header counts in whole seconds, the body more finely; the longer one is obeyed. One second where neither
/// says anything.
fn retry_after(headers: &HeaderMap, body: Option<&Value>) -> Duration {
    let told = body.and_then(|b| b["retry_after"].as_f64()).and_then(|s| Duration::try_from_secs_f64(s).ok());
    told.max(seconds(headers, "retry-after")).unwrap_or(Duration::from_secs(1))
}

#[cfg(test)]
mod tests;
