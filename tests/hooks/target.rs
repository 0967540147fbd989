//! Another system that is told: it answers as it is made to, and keeps what came.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use bellwether::adapters::webhook::out::{Reach, Sender};
use bellwether::chat::port::ChatPort;
use bellwether::worker::Ports;
use serde_json::Value;

use crate::kit::Site;

/// A status, and how long it asks to wait; 0: it is done, and answered too late.
pub type Answering = (u16, Option<u64>);

/// Longer than the sender waits for an answer.
const TOO_LATE: Duration = Duration::from_secs(11);

/// Another system: answers as it is told to, and keeps what came.
#[derive(Clone, Default)]
pub struct Target {
    came: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    /// What it answers next; nothing left: 204.
    answers: Arc<Mutex<Vec<Answering>>>,
}

async fn take(State(target): State<Target>, headers: HeaderMap, body: Bytes) -> (StatusCode, HeaderMap) {
    target.came.lock().expect("kept").push((headers, body));
    let (status, after) = {
        let mut answers = target.answers.lock().expect("kept");
        if answers.is_empty() { (204, None) } else { answers.remove(0) }
    };
    if status == 0 {
        // Time passes for both, and nobody sleeps.
        tokio::time::pause();
        tokio::time::advance(TOO_LATE).await;
        tokio::time::resume();
        return (StatusCode::NO_CONTENT, HeaderMap::new());
    }
    let mut headers = HeaderMap::new();
    if let Some(after) = after {
        headers.insert("retry-after", after.into());
    }
    (StatusCode::from_u16(status).expect("a status"), headers)
}

impl Target {
    /// Has the site's changes of status sent here.
    pub async fn of(site: &mut Site) -> Self {
        let target = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let app = Router::new().route("/in", post(take)).with_state(target.clone());
        tokio::spawn(axum::serve(listener, app).into_future());
        let chat: Arc<dyn ChatPort> = site.world.chat.clone();
        let hooks = Arc::new(Sender::new(Reach::Anywhere).expect("a client"));
        site.world.ports = Ports { chat, hooks };
        let set = site.says("root", &format!("/setup hooks url:http://{address}/in")).await;
        assert!(set.contains("changes of status, signed"), "{set}");
        target
    }

    pub fn answers(&self, answers: &[Answering]) {
        self.answers.lock().expect("kept").extend_from_slice(answers);
    }

    pub fn came(&self) -> Vec<(String, Value)> {
        let came = self.came.lock().expect("kept");
        let read = |(headers, body): &(HeaderMap, Bytes)| {
            let key = headers["idempotency-key"].to_str().expect("text").to_owned();
            (key, serde_json::from_slice(body).expect("JSON"))
        };
        came.iter().map(read).collect()
    }

    /// The headers and the very bytes of what came.
    pub fn as_sent(&self, number: usize) -> (HeaderMap, Bytes) {
        self.came.lock().expect("kept")[number].clone()
    }
}
