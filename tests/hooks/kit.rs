//! A world with a server for webhooks, and a sender that signs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bellwether::adapters::webhook::{self, Limits, sign};
use bellwether::chat::action::Action;
use bellwether::chat::intent::Input;
use bellwether::chat::message::{Message, Reply};
use bellwether::clock::Clock as _;
use bellwether::domain::hooks::Key;
use bellwether::domain::ids::ChannelId;
use bellwether::domain::record::Record;
use bellwether::playbook::Playbooks;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::plain;
use crate::support::world::{WORKSPACE, World};

/// Monday, nine o'clock.
pub const MONDAY: &str = "2026-11-23T09:00:00Z";

pub struct Site {
    pub world: World,
    pub address: String,
    pub secret: Key,
    client: reqwest::Client,
    numbers: AtomicU64,
}

/// What a sender was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub retry_after: Option<u64>,
}

impl Answer {
    pub fn error(&self) -> &str {
        self.body["error"].as_str().unwrap_or_default()
    }

    /// It did something: to which record, and the status after.
    #[track_caller]
    pub fn done(&self) -> (String, String) {
        assert_eq!(self.status, 200, "{self:?}");
        let text = |key: &str| self.body[key].as_str().unwrap_or_default().to_owned();
        (text("record"), text("status"))
    }

    /// It is kept; why.
    #[track_caller]
    pub fn kept(&self) -> &str {
        assert_eq!((self.status, &self.body["result"]), (202, &json!("kept")), "{self:?}");
        self.body["why"].as_str().unwrap_or_default()
    }
}

impl Site {
    /// With root, an admin; mia, who leads; ana, a rep; and a secret.
    pub async fn open() -> Self {
        Self::with(Limits::default()).await
    }

    pub async fn with(limits: Limits) -> Self {
        let mut world = World::at(MONDAY.parse().expect("a time"), Playbooks::builtin()).await;
        world.channel("leads");
        world.person("root", true);
        world.person("ana", false);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let intake = Arc::new(world.app.clone());
        tokio::spawn(webhook::serve(listener, intake, limits, std::future::pending()));
        let mut site = Self {
            world,
            address,
            secret: Key::new(""),
            client: reqwest::Client::new(),
            numbers: AtomicU64::new(1),
        };
        site.secret = site.new_secret().await;
        site
    }

    /// Has the admin make a secret; reads it from the answer.
    pub async fn new_secret(&self) -> Key {
        let said = self.says("root", "/setup hooks secret:new").await;
        let secret = said
            .split_whitespace()
            .map(|word| word.trim_matches('`'))
            .find(|word| word.len() == 64 && word.bytes().all(|b| b.is_ascii_hexdigit()));
        Key::new(secret.unwrap_or_else(|| panic!("no secret in {said}")))
    }

    /// A command; its answer as plain text.
    pub async fn says(&self, who: &str, line: &str) -> String {
        self.text(&self.reply(who, line).await)
    }

    pub async fn reply(&self, who: &str, line: &str) -> Reply {
        let call = self.world.call(line).expect("a command");
        self.input(who, Input::Call(call)).await
    }

    pub async fn input(&self, who: &str, input: Input) -> Reply {
        let request = self.world.request(who, ChannelId(10), input).expect("a request");
        self.world.handle(request).await
    }

    pub async fn presses(&self, who: &str, action: Action) -> Reply {
        self.input(who, Input::Press { action: Some(action), values: Vec::new(), on_private: false }).await
    }

    pub fn text(&self, reply: &Reply) -> String {
        self.world.with_names(|names| plain::reply(reply, names))
    }

    /// An id that was not used before.
    pub fn id(&self) -> String {
        format!("event-{}", self.numbers.fetch_add(1, Ordering::Relaxed))
    }

    /// Sends an event, with an id of its own where it has none, signed now.
    pub async fn tells(&self, mut event: Value) -> Answer {
        if event["id"].is_null() {
            event["id"] = json!(self.id());
        }
        let answer = self.sends(event.to_string().into_bytes()).await;
        self.world.settle().await;
        answer
    }

    /// Sends bytes, signed right.
    pub async fn sends(&self, body: Vec<u8>) -> Answer {
        let timestamp = self.timestamp();
        let signature = sign::sign(&self.secret, &timestamp, &body);
        self.posts(Some(&timestamp), Some(&signature), body).await
    }

    /// Sends anything.
    pub async fn posts(&self, timestamp: Option<&str>, signature: Option<&str>, body: Vec<u8>) -> Answer {
        let mut request = self.client.post(format!("{}/hooks/{WORKSPACE}", self.address)).body(body);
        if let Some(timestamp) = timestamp {
            request = request.header(sign::TIMESTAMP, timestamp);
        }
        if let Some(signature) = signature {
            request = request.header(sign::SIGNATURE, signature);
        }
        self.ask(request).await
    }

    pub async fn ask(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        let retry_after = response.headers().get("retry-after").and_then(|v| v.to_str().ok()?.parse().ok());
        let text = response.text().await.expect("a body");
        Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)), retry_after }
    }

    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    pub fn timestamp(&self) -> String {
        (self.world.clock.wall() / 1000).to_string()
    }

    /// The time of day by which signatures are judged, in milliseconds.
    pub fn wall(&self) -> i64 {
        self.world.clock.wall()
    }

    /// Time goes on.
    pub async fn later(&self, span: TimeDelta) -> DateTime<Utc> {
        self.world.advance_to(self.world.now() + span).await;
        self.world.now()
    }

    /// A record.
    pub async fn record(&self, handle: &str) -> Record {
        let handle = bellwether::domain::ids::RecordRef::parse(handle).expect("a handle");
        let row = self.world.app.store().record_by_handle(WORKSPACE, handle).await.expect("read");
        row.unwrap_or_else(|| panic!("there is no {handle}")).record
    }

    pub async fn status(&self, handle: &str) -> String {
        self.record(handle).await.status.to_string()
    }
}

/// The message of an answer.
#[track_caller]
pub fn message(reply: Reply) -> Message {
    match reply {
        Reply::Private(message) | Reply::Public(message) | Reply::Update(message) => message,
        Reply::Form(form) => panic!("a form: {form:?}"),
    }
}

/// The button whose label begins so.
#[track_caller]
pub fn button(message: &Message, label: &str) -> Action {
    let found = message.buttons.iter().find(|button| button.label.starts_with(label));
    found.unwrap_or_else(|| panic!("no button {label}: {message:?}")).action.clone()
}
