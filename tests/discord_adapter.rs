//! The Discord adapter against the local server, over real HTTP and a real gateway, with a scripted service
//! behind it. Every request that the adapter makes is checked against Discord's API description, where
//! `DISCORD_OPENAPI` names it, as well as by the server's own checks. Nothing here sleeps; where time must pass, it is the adapter's own (the promise after 1.5 s, a
//! Retry-After of a fraction of a second).

#[path = "support/api_description.rs"]
mod api_description;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bellwether::adapters::Secret;
use bellwether::adapters::discord::gateway::GatewayFailure;
use bellwether::adapters::discord::{ConnectError, Connection, Settings, connect};
use bellwether::chat::action::Action;
use bellwether::chat::commands::{Command, Opt, OptKind, Sub, Suggests};
use bellwether::chat::intent::{Ask, Call, Input as Asked, Request, Value as Given};
use bellwether::chat::message::{Choice, Choices, Emphasis, Form, Image, Input, Message, Reply};
use bellwether::chat::port::{ChatPort, Place, Refusal, Remote, SendError, SendKey, Service};
use bellwether::clock::{Clock, SystemClock};
use bellwether::domain::ids::{ApprovalId, ChannelId, DraftId, MessageId, PersonId, RecordId, WorkspaceId};
use bellwether::playground::{Config, DmPolicy, Fault, Got, Handle, Outcome, Rule, Server};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

const SOON: Duration = Duration::from_secs(10);
const RECORD: RecordId = RecordId(5);
const DRAFT: DraftId = DraftId(9);
const APPROVAL: ApprovalId = ApprovalId(3);

// ---- the service behind the adapter -------------------------------------------------------------------

/// Answers by the name of the sub-command or the kind of the action; remembers what it was asked.
#[derive(Default)]
struct Script {
    asked: Mutex<Vec<Request>>,
    joined: Mutex<Vec<(WorkspaceId, Option<ChannelId>)>>,
    /// Slow commands wait for this.
    go: Notify,
    started: Notify,
}

impl Script {
    fn last(&self) -> Request {
        self.asked.lock().expect("no panic").last().cloned().expect("asked")
    }

    fn count(&self) -> usize {
        self.asked.lock().expect("no panic").len()
    }
}

fn form(action: Action) -> Form {
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

fn card() -> Message {
    Message::line("Owned by Ana.")
        .titled("L-5 · Acme")
        .button(Action::Take { record: RECORD }, "Take it", Emphasis::Primary)
        .button(Action::Open { record: RECORD }, "Open", Emphasis::Plain)
        .button(Action::Reject { approval: APPROVAL }, "Reject", Emphasis::Danger)
        .button(Action::History { record: RECORD, page: 0 }, "Slow update", Emphasis::Plain)
        .button(Action::Log { record: RECORD }, "Slow private", Emphasis::Plain)
}

impl Script {
    async fn slowly(&self) {
        self.started.notify_one();
        self.go.notified().await;
    }

    async fn called(&self, call: &Call) -> Reply {
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

struct Bench {
    server: Handle,
    script: Arc<Script>,
    port: Arc<dyn ChatPort>,
    gateway: JoinHandle<Result<(), GatewayFailure>>,
    stop: watch::Sender<bool>,
    _checked: Checked,
}

/// Checks at a test's end what was sent in it.
struct Checked(Handle);

impl Drop for Checked {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let (_, faults) = api_description::check(&self.0.requests());
            assert!(faults.is_empty(), "{}", faults.join("\n"));
        }
    }
}

async fn server() -> Handle {
    let at: DateTime<Utc> = "2026-03-02T09:00:00Z".parse().expect("a time");
    Server::start(Config::new("secret-token", Arc::new(move || at))).await.expect("a free port")
}

fn settings(server: &Handle) -> Settings {
    Settings { token: Secret::new(server.token()), api_url: server.api_url() }
}

async fn bench_on(server: Handle) -> Bench {
    let (stop, stopped) = watch::channel(false);
    let script = Arc::new(Script::default());
    let connection = connect(&settings(&server), script.clone(), stopped).await.expect("connected");
    let Connection { port, gateway, .. } = connection;
    let gateway = tokio::spawn(gateway);
    assert!(server.commands_registered(SOON).await, "commands");
    let checked = Checked(server.clone());
    Bench { server, script, port, gateway, stop, _checked: checked }
}

async fn bench() -> Bench {
    bench_on(server().await).await
}

impl Bench {
    async fn lead(&self, sub: &str) -> Outcome {
        self.server.invoke("ana", "leads", &format!("/lead {sub}"), json!({})).await.expect("allowed")
    }

    fn channel(&self, name: &str) -> ChannelId {
        ChannelId(self.server.channel(name).expect("a channel") as i64)
    }

    fn place(&self, name: &str) -> Place {
        Place::Channel(self.channel(name))
    }

    fn person(&self, name: &str) -> PersonId {
        PersonId(self.server.user(name).expect("a person") as i64)
    }

    async fn press(&self, message: u64, action: &Action) -> Outcome {
        let shown = self.server.message(message).expect("a message");
        let id =
            custom_ids(&shown.components).into_iter().find(|id| Action::decode(id).as_ref() == Some(action));
        self.server.press("ana", message, &id.expect("the button")).await.expect("allowed")
    }

    fn commands_asked(&self, method: &str) -> usize {
        let requests = self.server.requests().into_iter();
        requests
            .filter(|r| r.template.ends_with("/commands") && r.method == method && r.status == 200)
            .count()
    }

    fn sent(&self, template: &str) -> Vec<Value> {
        let requests = self.server.requests().into_iter();
        requests
            .filter(|r| format!("{} {}", r.method, r.template).contains(template))
            .filter_map(|r| r.body)
            .collect()
    }
}

fn custom_ids(rows: &[Value]) -> Vec<String> {
    let all = rows.iter().flat_map(|r| r["components"].as_array().cloned().unwrap_or_default());
    all.filter_map(|c| c["custom_id"].as_str().map(str::to_owned)).collect()
}

fn words(embeds: &[Value]) -> String {
    embeds.iter().filter_map(|e| e["description"].as_str()).collect()
}

fn said(outcome: &Outcome) -> String {
    words(&outcome.message().unwrap_or_else(|| panic!("no message: {outcome:?}")).embeds)
}

fn is_private(outcome: &Outcome) -> bool {
    outcome.message().is_some_and(|m| m.only_for.is_some())
}

/// Every message has an explicit list of whom it may notify.
fn mentions_are_explicit(requests: &[Value]) {
    let with_message = |body: &&Value| body.get("embeds").is_some() || body["data"].get("embeds").is_some();
    let mut seen = 0;
    for body in requests.iter().filter(with_message) {
        let message = if body.get("embeds").is_some() { body } else { &body["data"] };
        assert_eq!(message["allowed_mentions"]["parse"], json!([]), "{body}");
        seen += 1;
    }
    assert!(seen > 0);
}

const KEY: SendKey = SendKey { outbox: 100, generation: 0 };

// ---- coming in ----------------------------------------------------------------------------------------

/// Ruling 18
#[tokio::test(flavor = "multi_thread")]
async fn commands_are_registered_once_and_not_again_while_they_are_the_same() {
    let first = bench().await;
    let guild = first.server.guild(0).expect("a guild");
    assert_eq!(first.server.read(|w| w.commands(Some(guild)).len()), 3, "one and two of the menu");
    let told = first.script.joined.lock().expect("no panic").clone();
    assert_eq!(told.iter().map(|(w, _)| *w).collect::<Vec<_>>(), [WorkspaceId(guild as i64)]);
    first.stop.send_replace(true);
    first.gateway.await.expect("no panic").expect("a clean stop");

    let second = bench_on(first.server).await;
    // The second connection has looked at what is there, once it is heard of the workspace and asked.
    let looked = async {
        while second.commands_asked("GET") < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, looked).await.expect("it looks");
    assert!(matches!(second.lead("private").await.got, Got::Message(_)));
    assert_eq!(second.commands_asked("PUT"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_answered_privately_or_publicly_as_the_reply_says() {
    let bench = bench().await;
    let private = bench.lead("private").await;
    assert_eq!((said(&private).as_str(), is_private(&private)), ("Only you see this.", true));
    let public = bench.lead("public").await;
    assert_eq!((said(&public).as_str(), is_private(&public)), ("Owned by Ana.", false));
    let replaced = bench.lead("update").await;
    assert!(is_private(&replaced), "there is nothing to replace");
    let pictured = bench.lead("image").await;
    let files = &pictured.message().expect("a message").attachments;
    assert_eq!((files[0].name.as_str(), files[0].bytes.len()), ("funnel.png", 64));
    mentions_are_explicit(&bench.sent("POST /interactions"));
}

/// A reply with a file: at once where it is small; a large one is promised first, because its way up may take longer
/// than Discord waits.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_may_carry_files() {
    let bench = bench().await;
    let small = bench.lead("saved").await;
    assert_eq!((said(&small).as_str(), is_private(&small)), ("37 rows were refused.", true));
    let file = &small.message().expect("a message").attachments[0];
    assert_eq!((file.name.as_str(), file.bytes.as_slice()), ("refused.csv", b"row,why\n".as_slice()));
    let served = reqwest::get(&file.url).await.and_then(reqwest::Response::error_for_status).expect("served");
    assert_eq!(served.bytes().await.expect("its content").as_ref(), b"row,why\n");

    let Got::Deferred { message, ephemeral: true } = bench.lead("heavy").await.got else {
        panic!("a promise")
    };
    let filled = bench.server.filled(message, SOON).await.expect("filled");
    assert_eq!((filled.attachments[0].bytes.len(), filled.is_ephemeral()), (2 << 20, true));
    let late = deferred(&bench, "slow-saved").await;
    let late = bench.server.filled(late, SOON).await.expect("filled");
    assert_eq!(late.attachments[0].bytes.as_slice(), b"row,why\n", "a reply that came late has its file too");
    mentions_are_explicit(&bench.sent("/webhooks"));
}

/// A message's menu: everything that the message says, and who wrote it.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_of_a_messages_menu_brings_the_message() {
    let bench = bench().await;
    let said_by_ben = bench.server.say("ben", "leads", "call Acme").expect("said");
    let on_his = bench.server.message_command("ana", said_by_ben, "Create lead").await.expect("sent");
    assert_eq!(said(&on_his), "Create lead on \"call Acme\" by Ben");
    let ours = bench.port.post(bench.place("leads"), &card(), KEY).await.expect("posted");
    let ours = ours.message.0 as u64;
    let on_ours = bench.server.message_command("ana", ours, "Log to lead").await.expect("sent");
    let words = said(&on_ours);
    assert!(words.contains("L-5 · Acme") && words.contains("Owned by Ana.\" by a bot"), "{words}");
}

/// A post of the outbox with a file; an edit keeps or replaces it on purpose.
#[tokio::test(flavor = "multi_thread")]
async fn a_post_may_carry_files_that_an_edit_keeps_or_replaces() {
    let bench = bench().await;
    let post = Message::line("Done: 3 of 5.").file("refused.csv", "row,why\n4,no name\n");
    let posted = bench.port.post(bench.place("alerts"), &post, KEY).await.expect("posted");
    let names = || {
        let message = bench.server.message(posted.message.0 as u64).expect("there");
        message.attachments.iter().map(|a| a.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(), ["refused.csv"]);
    let kept = Message { keeps_files: true, ..Message::line("Done: 5 of 5.") };
    bench.port.edit(posted, &kept, KEY).await.expect("edited");
    assert_eq!(names(), ["refused.csv"]);
    bench.port.edit(posted, &kept.file("late.csv", "row\n"), KEY).await.expect("edited");
    assert_eq!(names(), ["refused.csv", "late.csv"]);
    bench.port.edit(posted, &Message::line("Done.").file("all.csv", "row\n"), KEY).await.expect("edited");
    assert_eq!(names(), ["all.csv"]);
    bench.port.edit(posted, &Message::line("Undone."), KEY).await.expect("edited");
    assert!(names().is_empty());
    mentions_are_explicit(&bench.sent("/channels"));
}

/// Ruling 16: who asks, where, with which rights, comes from the interaction.
#[tokio::test(flavor = "multi_thread")]
async fn the_service_hears_who_asks_and_where() {
    let bench = bench().await;
    let options = json!({"lead": "L-5", "who": "ben"});
    bench.server.invoke("mia", "alerts", "/lead private", options).await.expect("allowed");
    let heard = bench.script.last();
    assert_eq!(heard.workspace.0 as u64, bench.server.guild(0).expect("a guild"));
    assert_eq!(heard.channel, bench.channel("alerts"));
    assert_eq!((heard.who.id, heard.who.name.as_str(), heard.who.admin), (bench.person("mia"), "Mia", true));
    assert_eq!(heard.who.roles.len(), 1);
    let options: BTreeMap<_, _> = [
        ("lead".to_owned(), Given::Text("L-5".into())),
        ("who".to_owned(), Given::Person(bench.person("ben"), "Ben".into())),
    ]
    .into();
    assert_eq!(heard.input, Asked::Call(Call { path: vec!["lead".into(), "private".into()], options }));
    bench.lead("private").await;
    assert!(!bench.script.last().who.admin, "Ana may not manage the server");
}

/// Rulings 22, 23
#[tokio::test(flavor = "multi_thread")]
async fn a_press_replaces_the_message_and_the_outbox_still_finds_it() {
    let bench = bench().await;
    let posted = bench.port.post(bench.place("leads"), &card(), KEY).await.expect("posted");
    let outcome = bench.press(posted.message.0 as u64, &Action::Take { record: RECORD }).await;
    assert!(matches!(&outcome.got, Got::Updated(m) if m.id == posted.message.0 as u64));
    assert_eq!(said(&outcome), "Ana took it.");
    let since = SystemClock::default().now() - chrono::TimeDelta::minutes(5);
    assert_eq!(bench.port.find(bench.place("leads"), since, KEY).await, Ok(Some(posted)));
    mentions_are_explicit(&bench.sent("POST /interactions"));
}

/// R9
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_button_reaches_the_service_as_unreadable() {
    let bench = bench().await;
    let message = bench.lead("public").await.message().expect("a message").id;
    bench.server.press_forged("ana", message, "9:zz:~~").await.expect("sent");
    let forged = Asked::Press { action: None, values: Vec::new(), on_private: false };
    assert_eq!(bench.script.last().input, forged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pick_brings_its_value_and_knows_that_its_message_is_private() {
    let bench = bench().await;
    let message = bench.lead("list").await.message().expect("a message").clone();
    let id = custom_ids(&message.components).remove(0);
    bench.server.select("ana", message.id, &id, &["won"]).await.expect("allowed");
    let action = Some(Action::PickStatus { record: RECORD, version: 1 });
    assert_eq!(
        bench.script.last().input,
        Asked::Press { action, values: vec!["won".into()], on_private: true }
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_opens_and_a_form_after_a_form_waits_behind_a_button() {
    let bench = bench().await;
    let opened = bench.lead("form").await;
    let modal = opened.modal().expect("a form");
    assert_eq!(modal.title, "What is missing");
    let again =
        bench.server.submit("ana", modal.interaction, json!({"phone": "123"})).await.expect("allowed");
    assert!(is_private(&again), "Discord takes no form in answer to a form");
    let message = again.message().expect("a message").id;
    bench.press(message, &Action::DraftForm { draft: DRAFT }).await;

    let posted = bench.port.post(bench.place("leads"), &card(), KEY).await.expect("posted");
    let asked = bench.press(posted.message.0 as u64, &Action::Reject { approval: APPROVAL }).await;
    let modal = asked.modal().expect("a form");
    bench.server.submit("ana", modal.interaction, json!({"phone": "why not"})).await.expect("allowed");
    let inputs = [("phone".to_owned(), "why not".to_owned())].into();
    let action = Some(Action::RejectForm { approval: APPROVAL });
    assert_eq!(bench.script.last().input, Asked::Submit { action, inputs });
}

#[tokio::test(flavor = "multi_thread")]
async fn suggestions_come_in_time_or_not_at_all() {
    let bench = bench().await;
    let ask = |typed: &'static str| {
        bench.server.autocomplete("ana", "leads", "/lead private", json!({"lead": typed}), "lead")
    };
    let Got::Choices(choices) = ask("acm").await.expect("allowed").got else { panic!("choices") };
    assert_eq!((choices.len(), &choices[0]), (25, &json!({"name": "L-0 acm – New", "value": "L-0"})));
    let Got::Choices(choices) = ask("never").await.expect("allowed").got else { panic!("choices") };
    assert!(choices.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_in_a_private_conversation_works_without_a_workspace() {
    let bench = bench().await;
    let to = Place::Person(bench.person("ana"));
    let posted = bench.port.post(to, &card(), KEY).await.expect("posted");
    let outcome = bench.press(posted.message.0 as u64, &Action::Take { record: RECORD }).await;
    assert_eq!(said(&outcome), "Ana took it.");
    let heard = bench.script.last();
    assert_eq!((heard.workspace, heard.who.name.as_str(), heard.who.admin), (WorkspaceId(0), "Ana", false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_fetched_and_one_that_is_too_large_is_refused_in_a_sentence() {
    let bench = bench().await;
    let send = async |bytes: usize| {
        let file = bench.server.upload("leads.csv", "text/csv", vec![b'x'; bytes]).to_string();
        said(
            &bench.server.invoke("ana", "leads", "/lead file", json!({"file": file})).await.expect("allowed"),
        )
    };
    assert_eq!(send(1_000).await, "leads.csv: 1000 bytes");
    let asked = bench.script.count();
    assert_eq!(
        send(1024 * 1024 + 1).await,
        "“leads.csv” is larger than 1 MB. Split it and attach a smaller one."
    );
    assert_eq!(bench.script.count(), asked, "the service need not hear of it");
}

// ---- three seconds ------------------------------------------------------------------------------------

async fn deferred(bench: &Bench, sub: &str) -> u64 {
    let outcome = bench.lead(sub).await;
    let Got::Deferred { message, ephemeral: true } = outcome.got else { panic!("{sub}: {outcome:?}") };
    assert!(outcome.latency < Duration::from_millis(2_500), "{:?}", outcome.latency);
    bench.script.go.notify_one();
    message
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reply_is_promised_in_time_and_comes() {
    let bench = bench().await;
    for (sub, text) in [("slow-private", "Only you see this."), ("slow-update", "Replaced.")] {
        let message = deferred(&bench, sub).await;
        let filled = bench.server.filled(message, SOON).await.expect("filled");
        assert_eq!(words(&filled.embeds), text);
    }
    let message = deferred(&bench, "slow-form").await;
    let filled = bench.server.filled(message, SOON).await.expect("filled");
    let ids: Vec<_> = custom_ids(&filled.components).iter().map(|id| Action::decode(id)).collect();
    assert_eq!(
        ids,
        [Some(Action::DraftForm { draft: DRAFT })],
        "a form that comes late waits behind a button"
    );

    let promise = deferred(&bench, "slow-public").await;
    let channel = bench.server.channel("leads").expect("a channel");
    let public = bench.server.wait_for(SOON, |w| {
        w.messages(channel).into_iter().find(|m| m.only_for.is_none()).map(|m| words(&m.embeds))
    });
    assert_eq!(public.await.as_deref(), Some("Owned by Ana."));
    assert!(bench.server.message(promise).is_none(), "the promise is taken away");
    mentions_are_explicit(&bench.sent("/webhooks"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_press_changes_its_message_or_answers_beside_it() {
    let bench = bench().await;
    let posted = bench.port.post(bench.place("leads"), &card(), KEY).await.expect("posted");
    let message = posted.message.0 as u64;
    let private = bench.press(message, &Action::Log { record: RECORD }).await;
    assert!(matches!(private.got, Got::DeferredUpdate));
    bench.script.go.notify_one();
    let beside = bench
        .server
        .wait_for(SOON, |w| w.all_messages().find(|m| m.only_for.is_some()).map(|m| words(&m.embeds)));
    assert_eq!(beside.await.as_deref(), Some("Logged."));

    let update = bench.press(message, &Action::History { record: RECORD, page: 0 }).await;
    assert!(matches!(update.got, Got::DeferredUpdate));
    bench.script.go.notify_one();
    let changed = bench.server.wait_for(SOON, |w| {
        w.message(message).map(|m| words(&m.embeds)).filter(|t| t == "Ana took it at last.")
    });
    assert!(changed.await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_the_service_is_said_with_a_code() {
    let bench = bench().await;
    let outcome = bench.lead("broken").await;
    assert!(is_private(&outcome) && said(&outcome).contains("Code: "), "{outcome:?}");
    assert_eq!(said(&bench.lead("private").await), "Only you see this.", "and the next one is answered");
}

/// R6
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_or_refused_for_a_moment_is_given_once() {
    let bench = bench().await;
    let faults = [
        Fault::LostAnswer,
        Fault::LostAnswer502,
        Fault::Refused,
        Fault::Status(503),
        Fault::RateLimited { retry_after: 0.05, global: false },
    ];
    for fault in faults {
        bench.server.fault(Rule::once("POST /interactions", fault.clone()));
        let outcome = bench.lead("private").await;
        assert_eq!(said(&outcome), "Only you see this.", "{fault:?}");
    }
    assert_eq!(bench.server.messages("leads").len(), 5);
}

/// R4: a copy of an interaction that is being answered is left alone; the person gets the answer of the first. What
/// comes later carries the same id, by which the service knows it.
#[tokio::test(flavor = "multi_thread")]
async fn an_interaction_that_comes_twice_is_answered_once() {
    let bench = bench().await;
    bench.server.duplicate_next();
    // Both copies were sent long before the promise is made.
    let promise = deferred(&bench, "slow-private").await;
    assert_eq!(bench.script.count(), 1);
    let filled = bench.server.filled(promise, SOON).await.expect("filled");
    assert!(filled.text().contains("Only you see this."), "{}", filled.text());
    assert_eq!((bench.script.count(), bench.server.messages("leads").len()), (1, 1));

    bench.server.duplicate_next();
    assert_eq!(said(&bench.lead("private").await), "Only you see this.");
    assert_eq!(bench.server.messages("leads").len(), 2);
    let asked = bench.script.asked.lock().expect("no panic");
    assert!(asked[1..].iter().all(|r| r.external_id == asked[1].external_id));
}

// ---- going out ----------------------------------------------------------------------------------------

/// R2
#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_is_repeated_stands_once() {
    let bench = bench().await;
    let place = bench.place("alerts");
    bench.server.fault(Rule::once("POST /channels", Fault::LostAnswer));
    let lost = bench.port.post(place, &card(), KEY).await;
    assert!(matches!(lost, Err(SendError::Retry { after: None, everything: false, .. })), "{lost:?}");
    let first = bench.port.post(place, &card(), KEY).await.expect("posted");
    assert_eq!(bench.port.post(place, &card(), KEY).await, Ok(first));
    assert_eq!(bench.server.messages("alerts").len(), 1);
    let anew = bench.port.post(place, &card(), SendKey { generation: 1, ..KEY }).await.expect("posted");
    assert_ne!(anew, first);
}

/// Ruling 22
#[tokio::test(flavor = "multi_thread")]
async fn our_message_is_found_by_its_marker_among_many() {
    let bench = bench().await;
    let place = bench.place("alerts");
    let since = SystemClock::default().now();
    let plain = Message::line("Digest.");
    let other = SendKey { outbox: 7, generation: 0 };
    let with_buttons = bench.port.post(place, &card(), KEY).await.expect("posted");
    let without = bench.port.post(place, &plain, other).await.expect("posted");
    for n in 0..150 {
        bench.server.say("ana", "alerts", &format!("chatter #{n} #7")).expect("said");
    }
    let last = SendKey { outbox: 8, generation: 0 };
    let late = bench.port.post(place, &plain, last).await.expect("posted");
    assert_eq!(bench.port.find(place, since, KEY).await, Ok(Some(with_buttons)));
    assert_eq!(bench.port.find(place, since, other).await, Ok(Some(without)));
    assert_eq!(bench.port.find(place, since, last).await, Ok(Some(late)), "on the second page");
    assert_eq!(bench.port.find(place, since, SendKey { outbox: 9, generation: 0 }).await, Ok(None));
    let later = since + chrono::TimeDelta::minutes(10);
    assert_eq!(bench.port.find(place, later, KEY).await, Ok(None), "it was before that");
    bench.server.set_bot_access("alerts", false);
    assert_eq!(
        bench.port.find(place, since, KEY).await,
        Ok(None),
        "where history may not be read, it is sent"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_says_everything_and_notifies_nobody() {
    let bench = bench().await;
    let mut message = card();
    message.mentions = vec![bench.person("ben")];
    message.image = Some(Image { name: "a.png".into(), bytes: vec![1], alt: "A.".into() });
    let posted = bench.port.post(bench.place("alerts"), &message, KEY).await.expect("posted");
    let shown = bench.server.message(posted.message.0 as u64).expect("there");
    let ben = bench.server.user("ben").expect("a person");
    assert_eq!((shown.pinged.clone(), shown.attachments.len()), (vec![ben], 1));

    let mut resolved = Message::line("Resolved @everyone <@1>.");
    resolved.mentions = vec![bench.person("mia")];
    bench.port.edit(posted, &resolved, KEY).await.expect("edited");
    let shown = bench.server.message(posted.message.0 as u64).expect("there");
    assert!(shown.components.is_empty() && shown.attachments.is_empty(), "{shown:?}");
    assert_eq!(shown.pinged, [ben], "an edit adds nobody");
    mentions_are_explicit(&bench.sent("/channels"));
}

/// Rulings 20, 22
#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_is_there_already_counts_as_opened() {
    let bench = bench().await;
    let posted = bench.port.post(bench.place("leads"), &card(), KEY).await.expect("posted");
    let thread = bench.port.open_thread(posted, "L-5 · Acme").await.expect("opened");
    assert_eq!(bench.port.open_thread(posted, "L-5 · Acme").await, Ok(thread));
    let (note, key) = (Message::line("Note."), SendKey { outbox: 101, generation: 0 });
    let line = bench.port.post(Place::Channel(thread), &note, key).await;
    assert_eq!(line.map(|r| r.channel), Ok(thread));
}

/// Rulings 17, 20
#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_told_apart() {
    let bench = bench().await;
    let refused = |result: Result<Remote, SendError>| match result {
        Err(SendError::Refused { refusal, .. }) => refusal,
        other => panic!("{other:?}"),
    };
    let nowhere = Place::Channel(ChannelId(1));
    assert_eq!(refused(bench.port.post(nowhere, &card(), KEY).await), Refusal::ChannelGone);
    bench.server.set_bot_access("alerts", false);
    assert_eq!(refused(bench.port.post(bench.place("alerts"), &card(), KEY).await), Refusal::ChannelGone);

    let posted = bench.port.post(bench.place("leads"), &card(), KEY).await.expect("posted");
    let with = |code| Fault::Refusal { status: 400, code };
    bench.server.fault(Rule::once("PATCH /channels", with(30_046)));
    let edit = bench.port.edit(posted, &card(), KEY).await.map(|()| posted);
    assert_eq!(refused(edit), Refusal::MessageGone);
    bench.server.delete_message(posted.message.0 as u64);
    let edit = bench.port.edit(posted, &card(), KEY).await.map(|()| posted);
    assert_eq!(refused(edit), Refusal::MessageGone);
    bench.server.fault(Rule::once("threads", with(160_006)));
    let thread = bench.port.open_thread(posted, "x").await;
    assert_eq!(
        refused(thread.map(|channel| Remote { channel, message: MessageId(0) })),
        Refusal::NoMoreThreads
    );

    for policy in [DmPolicy::RefuseSend, DmPolicy::RefuseOpen] {
        bench.server.set_dm("ben", policy);
        let to = Place::Person(bench.person("ben"));
        assert_eq!(refused(bench.port.post(to, &card(), KEY).await), Refusal::CannotReach, "{policy:?}");
    }
    bench.server.set_dm("ben", DmPolicy::Open);
    assert!(bench.port.post(Place::Person(bench.person("ben")), &card(), KEY).await.is_ok());
}

/// R6
#[tokio::test(flavor = "multi_thread")]
async fn a_429_of_a_channel_holds_that_channel_and_a_global_one_holds_all_but_answers() {
    let bench = bench().await;
    let (alerts, leads) = (bench.place("alerts"), bench.place("leads"));
    let key = |outbox| SendKey { outbox, generation: 0 };
    let requests = || bench.server.requests().into_iter().filter(|r| r.path.ends_with("/messages")).count();

    bench.server.fault(Rule::once("POST /channels", Fault::RateLimited { retry_after: 2.0, global: false }));
    let held = bench.port.post(alerts, &card(), key(1)).await;
    assert!(
        matches!(&held, Err(SendError::Retry { after: Some(a), everything: false, .. }) if *a >= Duration::from_secs(2))
    );
    let before = requests();
    let again = bench.port.post(alerts, &card(), key(1)).await;
    assert!(
        matches!(&again, Err(SendError::Retry { after: Some(a), everything: false, .. }) if *a > Duration::from_secs(1))
    );
    assert_eq!(requests(), before, "Discord is not even asked");
    assert!(bench.port.post(leads, &card(), key(2)).await.is_ok(), "another channel is not held");

    bench.server.fault(Rule::once("POST /channels", Fault::RateLimited { retry_after: 1.0, global: true }));
    let at = Instant::now();
    let held = bench.port.post(leads, &card(), key(3)).await;
    assert!(matches!(&held, Err(SendError::Retry { after: Some(_), everything: true, .. })), "{held:?}");
    let before = requests();
    let other = bench.port.post(bench.place("digest"), &card(), key(4)).await;
    assert!(matches!(&other, Err(SendError::Retry { everything: true, .. })), "{other:?}");
    assert_eq!(requests(), before);
    assert_eq!(said(&bench.lead("private").await), "Only you see this.", "answers are exempt");

    // Short waits are waited out here: with under a second left it is sent as soon as it may be.
    while let Err(SendError::Retry { .. }) = bench.port.post(leads, &card(), key(3)).await {
        tokio::task::yield_now().await;
    }
    assert!(at.elapsed() >= Duration::from_secs(1), "{:?}", at.elapsed());
    assert!(bench.server.violations().is_empty());
}

/// P8
#[tokio::test(flavor = "multi_thread")]
async fn a_burst_never_goes_beyond_fifty_in_a_second() {
    let bench = bench().await;
    let to: Vec<Place> = ["general", "leads", "alerts", "approvals", "digest"].map(|c| bench.place(c)).into();
    let posts = (0..120).map(|n| {
        let (port, place) = (bench.port.clone(), to[n % to.len()]);
        tokio::spawn(async move {
            let key = SendKey { outbox: n as i64, generation: 0 };
            loop {
                match port.post(place, &Message::line("x"), key).await {
                    Ok(_) => return,
                    Err(SendError::Retry { .. }) => tokio::task::yield_now().await,
                    Err(refused) => panic!("{refused}"),
                }
            }
        })
    });
    for post in posts.collect::<Vec<_>>() {
        post.await.expect("posted");
    }
    assert_eq!(bench.server.violations().len(), 0);
    assert_eq!(
        to.iter()
            .map(|p| match p {
                Place::Channel(c) => bench.server.messages(c.0 as u64).len(),
                Place::Person(_) => 0,
            })
            .sum::<usize>(),
        120
    );
}

// ---- starting and stopping ----------------------------------------------------------------------------

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
