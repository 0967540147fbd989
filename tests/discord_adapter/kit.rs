//! The server, a scripted service behind the adapter, and what the tests ask of them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bellwether::adapters::Secret;
use bellwether::adapters::discord::gateway::GatewayFailure;
use bellwether::adapters::discord::{Connection, Settings, connect};
use bellwether::chat::action::Action;
use bellwether::chat::commands::{Command, Opt, OptKind, Sub, Suggests};
use bellwether::chat::intent::{Ask, Call, Input as Asked, Request, Value as Given};
use bellwether::chat::message::{Choice, Choices, Emphasis, Form, Image, Input, Message, Reply};
use bellwether::chat::port::{ChatPort, Place, SendKey, Service};
use bellwether::domain::ids::{ApprovalId, ChannelId, DraftId, PersonId, RecordId, WorkspaceId};
use bellwether::playground::{Config, Handle, Outcome, Server};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

pub const SOON: Duration = Duration::from_secs(10);
pub const RECORD: RecordId = RecordId(5);
pub const DRAFT: DraftId = DraftId(9);
pub const APPROVAL: ApprovalId = ApprovalId(3);

// ---- the service behind the adapter -------------------------------------------------------------------

/// Answers by the name of the sub-command or the kind of the action; remembers what it was asked.
#[derive(Default)]
pub struct Script {
    pub asked: Mutex<Vec<Request>>,
    pub joined: Mutex<Vec<(WorkspaceId, Option<ChannelId>)>>,
    /// Slow commands wait for this.
    pub go: Notify,
    pub started: Notify,
}

impl Script {
    pub fn last(&self) -> Request {
        self.asked.lock().expect("no panic").last().cloned().expect("asked")
    }

    pub fn count(&self) -> usize {
        self.asked.lock().expect("no panic").len()
    }
}

pub fn form(action: Action) -> Form {
    let input = Input {
        id: "phone".into(),
        label: "Phone".into(),
        value: None,
        placeholder: Some("+60 12 345 6789".into()),
        long: false,
        required: true,
    };
    Form { action, title: "What is missing".into(), inputs: vec![input] }
}

pub fn card() -> Message {
    Message::line("Owned by Ana.")
        .titled("L-5 · Acme")
        .button(Action::Take { record: RECORD }, "Take it", Emphasis::Primary)
        .button(Action::Open { record: RECORD }, "Open", Emphasis::Plain)
        .button(Action::Reject { approval: APPROVAL }, "Reject", Emphasis::Danger)
        .button(Action::History { record: RECORD, page: 0 }, "Slow update", Emphasis::Plain)
        .button(Action::Log { record: RECORD }, "Slow private", Emphasis::Plain)
}

impl Script {
    pub async fn slowly(&self) {
        self.started.notify_one();
        self.go.notified().await;
    }

    pub async fn called(&self, call: &Call) -> Reply {
        let slow = call.path[1].starts_with("slow");
        if slow {
            self.slowly().await;
        }
        match call.path[1].trim_start_matches("slow-") {
            "private" => Reply::Private(Message::line("Only you see this.")),
            "public" => Reply::Public(card()),
            "form" => Reply::Form(form(Action::DraftSubmit { draft: DRAFT })),
            "update" => Reply::Update(Message::line("Replaced.")),
            "broken" => panic!("a fault of the service"),
            "file" => match call.options.get("file") {
                Some(Given::File(name, bytes)) => {
                    Reply::Private(Message::line(format!("{name}: {} bytes", bytes.len())))
                }
                other => Reply::Private(Message::line(format!("no file: {other:?}"))),
            },
            "image" => {
                let image = Image { name: "funnel.png".into(), bytes: vec![0; 64], alt: "A funnel.".into() };
                Reply::Public(Message { image: Some(image), ..Message::line("The funnel.") })
            }
            "saved" => {
                Reply::Private(Message::line("37 rows were refused.").file("refused.csv", "row,why\n"))
            }
            "heavy" => Reply::Private(Message::line("All of them.").file("all.csv", vec![b'x'; 2 << 20])),
            "list" => {
                let choice = |v: &str| Choice { value: v.into(), label: v.into(), means: None };
                let options = vec![choice("won"), choice("lost")];
                let action = Action::PickStatus { record: RECORD, version: 1 };
                let choices = vec![Choices { action, prompt: "Where to".into(), options }];
                Reply::Private(Message { choices, ..Message::line("Pick one.") })
            }
            other => Reply::Private(Message::line(format!("unknown: {other}"))),
        }
    }
}

#[async_trait]
impl Service for Script {
    async fn handle(&self, request: Request) -> Reply {
        self.asked.lock().expect("no panic").push(request.clone());
        match &request.input {
            Asked::Call(call) => self.called(call).await,
            Asked::Menu(menu) => {
                let by = menu.author.as_ref().map_or("a bot", |(_, name)| name.as_str());
                Reply::Private(Message::line(format!("{} on {:?} by {by}", menu.name, menu.text)))
            }
            Asked::Press { action: Some(Action::Take { .. }), .. } => {
                Reply::Update(Message::line("Ana took it.").button(
                    Action::Open { record: RECORD },
                    "Open",
                    Emphasis::Plain,
                ))
            }
            Asked::Press { action: Some(Action::Reject { approval }), .. } => {
                Reply::Form(form(Action::RejectForm { approval: *approval }))
            }
            Asked::Press { action: Some(Action::History { .. }), .. } => {
                self.slowly().await;
                Reply::Update(Message::line("Ana took it at last."))
            }
            Asked::Press { action: Some(Action::Log { .. }), .. } => {
                self.slowly().await;
                Reply::Private(Message::line("Logged."))
            }
            Asked::Press { action, values, .. } => {
                Reply::Private(Message::line(format!("{action:?} {values:?}")))
            }
            Asked::Submit { action: Some(Action::DraftSubmit { draft }), .. } => {
                Reply::Form(form(Action::DraftSubmit { draft: *draft }))
            }
            Asked::Submit { inputs, .. } => Reply::Private(Message::line(format!("{inputs:?}"))),
        }
    }

    async fn suggest(&self, ask: Ask) -> Vec<Choice> {
        if ask.typed == "never" {
            self.slowly().await;
        }
        let choice = |n: i32| Choice {
            value: format!("L-{n}"),
            label: format!("L-{n} {}", ask.typed),
            means: Some("New".into()),
        };
        (0..40).map(choice).collect()
    }

    async fn joined(&self, workspace: WorkspaceId, system_channel: Option<ChannelId>) {
        self.joined.lock().expect("no panic").push((workspace, system_channel));
    }

    fn menu(&self, _: WorkspaceId) -> Vec<String> {
        vec!["Create lead".into(), "Log to lead".into()]
    }

    fn commands(&self, _: WorkspaceId) -> Vec<Command> {
        let names = [
            "private",
            "public",
            "form",
            "update",
            "broken",
            "image",
            "saved",
            "heavy",
            "list",
            "slow-private",
            "slow-public",
            "slow-form",
            "slow-update",
            "slow-saved",
        ];
        let option = |name: &str, kind, suggests| Opt {
            name: name.into(),
            means: "An option".into(),
            kind,
            required: false,
            choices: Vec::new(),
            suggests,
        };
        let sub = |name: &str, options| Sub {
            path: vec![name.into()],
            means: "Does it".into(),
            options,
            example: String::new(),
        };
        let mut subs: Vec<Sub> = names
            .map(|n| {
                sub(
                    n,
                    vec![
                        option("lead", OptKind::Text, Some(Suggests::Record)),
                        option("who", OptKind::Person, None),
                    ],
                )
            })
            .into();
        subs.push(sub("file", vec![option("file", OptKind::File, None)]));
        vec![Command { name: "lead".into(), means: "Leads".into(), subs }]
    }
}

// ---- the bench ----------------------------------------------------------------------------------------

pub struct Bench {
    pub server: Handle,
    pub script: Arc<Script>,
    pub port: Arc<dyn ChatPort>,
    pub gateway: JoinHandle<Result<(), GatewayFailure>>,
    pub stop: watch::Sender<bool>,
    pub _checked: Checked,
}

/// Checks at a test's end what was sent in it.
pub struct Checked(Handle);

impl Drop for Checked {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let (_, faults) = crate::api_description::check(&self.0.requests());
            assert!(faults.is_empty(), "{}", faults.join("\n"));
        }
    }
}

pub async fn server() -> Handle {
    let at: DateTime<Utc> = "2026-03-02T09:00:00Z".parse().expect("a time");
    Server::start(Config::new("secret-token", Arc::new(move || at))).await.expect("a free port")
}

pub fn settings(server: &Handle) -> Settings {
    Settings { token: Secret::new(server.token()), api_url: server.api_url() }
}

pub async fn bench_on(server: Handle) -> Bench {
    let (stop, stopped) = watch::channel(false);
    let script = Arc::new(Script::default());
    let connection = connect(&settings(&server), script.clone(), stopped).await.expect("connected");
    let Connection { port, gateway, .. } = connection;
    let gateway = tokio::spawn(gateway);
    assert!(server.commands_registered(SOON).await, "commands");
    let checked = Checked(server.clone());
    Bench { server, script, port, gateway, stop, _checked: checked }
}

pub async fn bench() -> Bench {
    bench_on(server().await).await
}

impl Bench {
    pub async fn lead(&self, sub: &str) -> Outcome {
        self.server.invoke("ana", "leads", &format!("/lead {sub}"), json!({})).await.expect("allowed")
    }

    pub fn channel(&self, name: &str) -> ChannelId {
        ChannelId(self.server.channel(name).expect("a channel") as i64)
    }

    pub fn place(&self, name: &str) -> Place {
        Place::Channel(self.channel(name))
    }

    pub fn person(&self, name: &str) -> PersonId {
        PersonId(self.server.user(name).expect("a person") as i64)
    }

    pub async fn press(&self, message: u64, action: &Action) -> Outcome {
        let shown = self.server.message(message).expect("a message");
        let id =
            custom_ids(&shown.components).into_iter().find(|id| Action::decode(id).as_ref() == Some(action));
        self.server.press("ana", message, &id.expect("the button")).await.expect("allowed")
    }

    pub fn commands_asked(&self, method: &str) -> usize {
        let requests = self.server.requests().into_iter();
        requests
            .filter(|r| r.template.ends_with("/commands") && r.method == method && r.status == 200)
            .count()
    }

    pub fn sent(&self, template: &str) -> Vec<Value> {
        let requests = self.server.requests().into_iter();
        requests
            .filter(|r| format!("{} {}", r.method, r.template).contains(template))
            .filter_map(|r| r.body)
            .collect()
    }
}

pub fn custom_ids(rows: &[Value]) -> Vec<String> {
    let all = rows.iter().flat_map(|r| r["components"].as_array().cloned().unwrap_or_default());
    all.filter_map(|c| c["custom_id"].as_str().map(str::to_owned)).collect()
}

pub fn words(embeds: &[Value]) -> String {
    embeds.iter().filter_map(|e| e["description"].as_str()).collect()
}

pub fn said(outcome: &Outcome) -> String {
    words(&outcome.message().unwrap_or_else(|| panic!("no message: {outcome:?}")).embeds)
}

pub fn is_private(outcome: &Outcome) -> bool {
    outcome.message().is_some_and(|m| m.only_for.is_some())
}

/// Every message has an explicit list of whom it may notify.
pub fn mentions_are_explicit(requests: &[Value]) {
    let with_message = |body: &&Value| body.get("embeds").is_some() || body["data"].get("embeds").is_some();
    let mut seen = 0;
    for body in requests.iter().filter(with_message) {
        let message = if body.get("embeds").is_some() { body } else { &body["data"] };
        assert_eq!(message["allowed_mentions"]["parse"], json!([]), "{body}");
        seen += 1;
    }
    assert!(seen > 0);
}

pub const KEY: SendKey = SendKey { outbox: 100, generation: 0 };

// ---- coming in ----------------------------------------------------------------------------------------
