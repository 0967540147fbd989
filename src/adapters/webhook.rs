//! Webhooks: signed events of other systems come in (D20), signed changes of status go out.
//!
//! `POST /hooks/<workspace>` takes one event as JSON. Who may send is known by the signature alone, so the order of the
//! questions matters:
//!
//! 1. Size, before anything is read; a slow body is given up.
//! 2. The signature over the timestamp and the very bytes of the body, compared in constant time; then the timestamp's
//!    age. A request that was overheard can be repeated only within the window, and then the event's id, which is signed
//!    with it, makes the repeat one without effect (R4).
//! 3. The rate, of those who have signed right only: nobody without the secret can use up a workspace's share.
//! 4. The payload, turned into the program's own type once ([`payload`]).
//!
//! | file | what |
//! | --- | --- |
//! | here | the way through |
//! | `sign` | signatures |
//! | `hubspot` | HubSpot's own format and signature |
//! | `payload` | JSON → [`Outside`] |
//! | `out` | changes of status go out (ruling 12) |
//! | `rate` | how many a workspace may send |
//! | `words` | what a sender is told |

pub mod hubspot;
pub mod out;
pub mod payload;
mod rate;
pub mod sign;
mod words;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::chat::port::Intake;
use crate::domain::ids::WorkspaceId;
use crate::domain::outside::{Came, Outside};
use rate::Rates;
use sign::Refused;

/// How much is taken from whom.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest body, in bytes.
    pub body: usize,
    /// How many events a workspace may send at once …
    pub burst: u32,
    /// … and how many a second after that.
    pub per_second: u32,
    /// How long a body may take.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body: 64 * 1024, burst: 120, per_second: 10, patience: Duration::from_secs(10) }
    }
}

/// Connections that are still busy when the program stops are given up after so long.
const FAREWELL: Duration = Duration::from_secs(5);

/// Listens until `stopped` resolves; requests under way are answered first.
pub async fn serve(
    listener: TcpListener,
    intake: Arc<dyn Intake>,
    limits: Limits,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let door = Arc::new(Door { intake, limits, rates: Rates::default() });
    let app = Router::new()
        .route("/hooks/{workspace}", post(hook))
        .route("/hooks/{workspace}/hubspot", post(from_hubspot))
        .method_not_allowed_fallback(async || Refusal::new(StatusCode::METHOD_NOT_ALLOWED, words::post_it()))
        .fallback(async || Refusal::new(StatusCode::NOT_FOUND, words::no_such_place()))
        .with_state(door);
    let (over, mut ends) = tokio::sync::watch::channel(false);
    let served = axum::serve(listener, app).with_graceful_shutdown(async move {
        stopped.await;
        over.send_replace(true);
    });
    let overtime = async {
        // Without a sender it is served no more.
        if ends.wait_for(|over| *over).await.is_ok() {
            tokio::time::sleep(FAREWELL).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        ended = served.into_future() => ended,
        () = overtime => Ok(()),
    }
}

struct Door {
    intake: Arc<dyn Intake>,
    limits: Limits,
    rates: Rates,
}

/// What a sender did wrong.
struct Refusal {
    status: StatusCode,
    sentence: String,
    /// Seconds.
    retry_after: Option<u64>,
}

impl Refusal {
    fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self { status, sentence: sentence.into(), retry_after: None }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = answer(self.status, &json!({ "error": self.sentence }));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

fn answer(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], format!("{body}\n")).into_response()
}

/// One event.
async fn hook(
    State(door): State<Arc<Door>>,
    Path(workspace): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let (headers, body) = read(&door, request).await?;
    let (workspace, hooks) = door.workspace(&workspace)?;
    let secret = hooks.secret.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, words::no_secret()))?;
    let signature = sign::Given {
        timestamp: headers.get(sign::TIMESTAMP).and_then(|v| v.to_str().ok()),
        signature: headers.get(sign::SIGNATURE).and_then(|v| v.to_str().ok()),
    };
    signature.check(&secret, &body, door.intake.wall()).map_err(|why| unsigned(&why))?;
    door.rate(workspace, 1)?;
    let event = payload::read(workspace, &body)
        .map_err(|sentence| Refusal::new(StatusCode::BAD_REQUEST, sentence))?;
    let came = door.take_in(event).await?;
    let status = match came {
        Came::Kept { .. } => StatusCode::ACCEPTED,
        Came::Done { .. } | Came::Created { .. } | Came::Ignored | Came::Repeated => StatusCode::OK,
    };
    Ok(answer(status, &json!(came)))
}

/// HubSpot's events, as many as it sends at once. Taken is taken, whatever came of it here: HubSpot would only send it
/// again.
async fn from_hubspot(
    State(door): State<Arc<Door>>,
    Path(workspace): Path<String>,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let addresses = hubspot::addresses(&request);
    let (headers, body) = read(&door, request).await?;
    let (workspace, hooks) = door.workspace(&workspace)?;
    let secret = hooks.hubspot.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, words::no_hubspot()))?;
    let header = |name| headers.get(name).and_then(|v: &axum::http::HeaderValue| v.to_str().ok());
    let given = (header(hubspot::TIMESTAMP), header(hubspot::SIGNATURE));
    hubspot::check(&secret, given, &addresses, &body, door.intake.wall())
        .map_err(|_| Refusal::new(StatusCode::UNAUTHORIZED, words::not_of_hubspot()))?;
    let events = hubspot::read(workspace, &body)
        .map_err(|sentence| Refusal::new(StatusCode::BAD_REQUEST, sentence))?;
    door.rate(workspace, u32::try_from(events.len()).unwrap_or(u32::MAX))?;
    for event in events {
        door.take_in(event).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

fn unsigned(why: &Refused) -> Refusal {
    Refusal::new(StatusCode::UNAUTHORIZED, words::unsigned(why))
}

/// The headers and the body, where it is short and comes in time.
async fn read(door: &Door, request: Request) -> Result<(HeaderMap, Bytes), Refusal> {
    let too_large = || Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, words::too_large(door.limits.body));
    let (parts, body): (_, Body) = request.into_parts();
    let told = parts.headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if told.is_some_and(|length| length > door.limits.body) {
        return Err(too_large());
    }
    match tokio::time::timeout(door.limits.patience, to_bytes(body, door.limits.body)).await {
        Ok(Ok(bytes)) => Ok((parts.headers, bytes)),
        Ok(Err(_)) => Err(too_large()),
        Err(_) => Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, words::too_slow())),
    }
}

impl Door {
    fn workspace(&self, named: &str) -> Result<(WorkspaceId, crate::domain::hooks::Hooks), Refusal> {
        let unknown = || Refusal::new(StatusCode::NOT_FOUND, words::no_secret());
        let id = WorkspaceId(named.parse().map_err(|_| unknown())?);
        Ok((id, self.intake.hooks(id).ok_or_else(unknown)?))
    }

    fn rate(&self, workspace: WorkspaceId, events: u32) -> Result<(), Refusal> {
        self.rates.take(workspace, events, &self.limits).map_err(|wait| Refusal {
            retry_after: Some(wait.as_secs().max(1)),
            ..Refusal::new(StatusCode::TOO_MANY_REQUESTS, words::too_many(wait))
        })
    }

    async fn take_in(&self, event: Outside) -> Result<Came, Refusal> {
        self.intake
            .happened(event)
            .await
            .map_err(|code| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, words::fault(&code)))
    }
}
