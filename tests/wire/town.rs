//! A town: the local server, the bot on it, and people who type and press.

use std::sync::Arc;
use std::time::Duration;

use bellwether::adapters::Secret;
use bellwether::adapters::discord::Settings;
use bellwether::bot::Bot;
use bellwether::chat::action::Action;
use bellwether::chat::port::ChatPort;
use bellwether::clock::{Clock, SystemClock};
use bellwether::domain::ids::WorkspaceId;
use bellwether::playbook::Playbooks;
use bellwether::playground::{
    Config, Got, Handle, Message, Modal, Outcome, Person, RecordedRequest, Refusal, Server,
};
use bellwether::service::App;
use bellwether::worker;
use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::{api_description, limits};

/// Whatever has not come after this does not come.
pub const SOON: Duration = Duration::from_secs(20);
/// A Monday, at the opening of the business day.
pub const MONDAY: &str = "2026-03-02T09:00:00Z";

/// Ana and Ben sell, Mia and Max manage; Mia may manage the server.
pub struct Town {
    pub server: Handle,
    pub clock: Arc<SystemClock>,
    folder: tempfile::TempDir,
    bot: Option<Running>,
}

struct Running {
    app: App,
    port: Arc<dyn ChatPort>,
    stop: watch::Sender<bool>,
    ended: JoinHandle<anyhow::Result<()>>,
}

/// What a person got, once it is complete.
#[derive(Debug, Clone)]
pub enum Said {
    Message(Message),
    Form(Modal),
}

impl Town {
    /// A town in which nothing is set.
    pub async fn open() -> Self {
        Self::opened(|_| {}).await
    }

    /// The same with another server.
    pub async fn opened(change: impl FnOnce(&mut Config)) -> Self {
        let clock = Arc::new(SystemClock::starting_at(MONDAY.parse().expect("a time")));
        let reading = clock.clone();
        let mut config = Config::new("secret-token", Arc::new(move || reading.now()));
        config.people.push(Person::new("max", "Max").role("manager"));
        // Discord's five messages in five seconds and channel would make every story last for minutes.
        config.limits.channel_messages = 1_000;
        change(&mut config);
        let server = Server::start(config).await.expect("a free port");
        let folder = tempfile::tempdir().expect("a folder");
        let mut town = Self { server, clock, folder, bot: None };
        town.start_bot().await;
        town
    }

    /// A town with a team that has its channels and its people.
    pub async fn with_team() -> Self {
        let town = Self::open().await;
        town.set_up().await;
        town
    }

    /// One team with its channels: two reps, two managers.
    pub async fn set_up(&self) {
        let team = "/setup team name:Sales leads:#leads alerts:#alerts approvals:#approvals digest:#digest \
                    digest-at:17:00 timezone:UTC";
        self.says("mia", "general", team).await.tells(&["Sales"]);
        for (who, role) in [("ana", "rep"), ("ben", "rep"), ("mia", "manager"), ("max", "manager")] {
            let line = format!("/setup member person:@{who} team:Sales role:{role}");
            self.says("mia", "general", &line).await.tells(&[role, "in Sales"]);
        }
    }

    /// Starts the bot on the town's database.
    pub async fn start_bot(&mut self) {
        assert!(self.bot.is_none(), "it runs already");
        let (stop, stopped) = watch::channel(false);
        let settings = Settings { token: Secret::new(self.server.token()), api_url: self.server.api_url() };
        let database = format!("sqlite://{}", self.folder.path().join("bellwether.sqlite").display());
        let bot = Bot::start(&database, Playbooks::builtin(), &settings, self.clock.clone(), stopped).await;
        let bot = bot.expect("the bot starts");
        let (app, port) = (bot.app.clone(), bot.port());
        let ended = tokio::spawn(bot.run());
        self.bot = Some(Running { app, port, stop, ended });
        assert!(self.server.gateway_connected(SOON).await, "the bot connects");
        assert!(self.server.commands_registered(SOON).await, "the bot registers its commands");
    }

    /// Stops it as a signal would.
    pub async fn stop_bot(&mut self) {
        let Running { stop, ended, .. } = self.bot.take().expect("it runs");
        stop.send_replace(true);
        ended.await.expect("no panic").expect("a clean end");
    }

    fn bot(&self) -> &Running {
        self.bot.as_ref().expect("the bot runs")
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.bot().app
    }

    /// The only workspace.
    pub fn workspace(&self) -> WorkspaceId {
        WorkspaceId(self.server.guild(0).expect("a guild") as i64)
    }

    /// Moves domain time, stopping wherever something is due.
    pub async fn advance(&self, to: DateTime<Utc>) {
        let Running { app, port, .. } = self.bot();
        worker::advance(app, port, to, &|at| self.clock.move_to(at)).await.expect("time goes on");
        self.quiet().await;
    }

    /// Moves domain time by so many hours.
    pub async fn hours(&self, hours: i64) {
        self.minutes(hours * 60).await;
    }

    /// Moves domain time by so many minutes.
    pub async fn minutes(&self, minutes: i64) {
        self.advance(self.clock.now() + chrono::TimeDelta::minutes(minutes)).await;
    }

    /// Waits until everything that was to leave has left.
    pub async fn quiet(&self) {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(50);
        let mut look = tokio::time::interval(Duration::from_millis(10));
        loop {
            look.tick().await;
            let counts = self.app().store().outbox_counts(self.workspace()).await.expect("counted");
            if counts.waiting == 0 {
                return;
            }
            assert!(tokio::time::Instant::now() < deadline, "{} messages still wait", counts.waiting);
        }
    }

    // ---- people --------------------------------------------------------------------------------------

    /// Waits until Discord has a command.
    pub async fn command(&self, name: &str) {
        self.commands(name, 1).await;
    }

    /// Waits until Discord has a command no more.
    pub async fn no_command(&self, name: &str) {
        self.commands(name, 0).await;
    }

    async fn commands(&self, name: &str, count: usize) {
        let guild = self.server.guild(0);
        let there = self.server.wait_for(SOON, |w| {
            let found = w.commands(guild).into_iter().filter(|c| c["name"] == name).count();
            (found == count).then_some(())
        });
        assert!(there.await.is_some(), "/{name} is not there {count} times");
    }

    /// Types a command.
    pub async fn says(&self, who: &str, channel: &str, line: &str) -> Said {
        let outcome = self.server.type_command(who, channel, line).await;
        self.complete(outcome, line).await
    }

    /// Uses a command with options as they are, whatever is in them.
    pub async fn invokes(&self, who: &str, channel: &str, command: &str, options: Value) -> Said {
        let outcome = self.server.invoke(who, channel, command, options).await;
        self.complete(outcome, command).await
    }

    /// Presses the first button with this verb on a message as it is now.
    pub async fn press(&self, who: &str, message: &Message, verb: &str) -> Said {
        self.press_that(who, message, verb, |action| action.verb() == verb).await
    }

    /// Presses the button that moves to a status.
    pub async fn press_move(&self, who: &str, message: &Message, status: &str) -> Said {
        self.press_that(
            who,
            message,
            status,
            |action| matches!(action, Action::Move { to, .. } if to.as_str() == status),
        )
        .await
    }

    /// Presses the button with this label.
    pub async fn press_label(&self, who: &str, message: &Message, label: &str) -> Said {
        let now = self.server.message(message.id).expect("the message stands");
        let id = now.button(label).unwrap_or_else(|| panic!("no [{label}] on: {}", now.text())).to_owned();
        let outcome = self.server.press(who, message.id, &id).await;
        self.complete(outcome, label).await
    }

    async fn press_that(
        &self,
        who: &str,
        message: &Message,
        what: &str,
        is: impl Fn(&Action) -> bool,
    ) -> Said {
        let now = self.server.message(message.id).expect("the message stands");
        let id = control(&now, is).unwrap_or_else(|| panic!("no {what} on: {}", now.text()));
        let outcome = self.server.press(who, message.id, &id).await;
        self.complete(outcome, what).await
    }

    /// Picks a value from the first list with this verb.
    pub async fn pick(&self, who: &str, message: &Message, verb: &str, value: &str) -> Said {
        let now = self.server.message(message.id).expect("the message stands");
        let id = control(&now, |action| action.verb() == verb)
            .unwrap_or_else(|| panic!("no {verb} on: {}", now.text()));
        let outcome = self.server.select(who, message.id, &id, &[value]).await;
        self.complete(outcome, value).await
    }

    /// Fills a form in.
    pub async fn submits(&self, who: &str, form: &Modal, values: Value) -> Said {
        let outcome = self.server.submit(who, form.interaction, values).await;
        self.complete(outcome, &form.title).await
    }

    /// What came of it, once it is complete; never a fault.
    pub async fn complete(&self, outcome: Result<Outcome, Refusal>, what: &str) -> Said {
        let outcome = outcome.unwrap_or_else(|refusal| panic!("{what}: the client refuses: {refusal}"));
        let said = match outcome.got {
            Got::Message(message) | Got::Updated(message) => Said::Message(message),
            Got::Deferred { message, .. } => {
                Said::Message(self.server.filled(message, SOON).await.expect("a promise is kept"))
            }
            Got::Modal(form) => Said::Form(form),
            Got::DeferredUpdate => Said::Message(self.followed(outcome.interaction).await),
            Got::Choices(_) | Got::NoAnswer => panic!("{what}: {:?}", outcome.got),
        };
        if let Said::Message(message) = &said {
            let text = message.text();
            let fault = ["went wrong on our side", "Too much is going on"].iter().any(|f| text.contains(f));
            assert!(!fault, "{what}: {text}");
        }
        said
    }

    /// The answer to a press that was only acknowledged at first, as happens on a busy machine: what came after it.
    async fn followed(&self, interaction: u64) -> Message {
        let later = self.server.wait_for(SOON, |w| {
            let token = w.interaction_token(interaction)?;
            let sent =
                w.requests().iter().rev().find(|r| {
                    r.template.starts_with("/webhooks") && r.path.contains(token) && r.status == 200
                })?;
            w.message(sent.answer["id"].as_str()?.parse().ok()?).cloned()
        });
        later.await.expect("a promise is kept")
    }

    // ---- what stands there ---------------------------------------------------------------------------

    /// The newest message of the channel that everybody sees and that says all of it; waits for it.
    pub async fn sees(&self, channel: &str, parts: &[&str]) -> Message {
        let found = self.server.wait_for(SOON, |w| {
            let all = w.messages(channel).into_iter().rev();
            all.filter(|m| !m.is_ephemeral()).find(|m| says_all(&m.text(), parts)).cloned()
        });
        match found.await {
            Some(message) => message,
            None => panic!("#{channel} does not say {parts:?}:\n{}", self.told(channel).join("\n---\n")),
        }
    }

    /// The same, privately.
    pub async fn hears(&self, who: &str, parts: &[&str]) -> Message {
        self.sees(&format!("@{who}"), parts).await
    }

    /// Everything in a channel that everybody sees.
    pub fn told(&self, channel: &str) -> Vec<String> {
        self.public(channel).iter().map(Message::text).collect()
    }

    /// The messages in a channel that everybody sees.
    pub fn public(&self, channel: &str) -> Vec<Message> {
        self.server.messages(channel).into_iter().filter(|m| !m.is_ephemeral()).collect()
    }

    /// How many messages in a channel say all of it.
    pub fn count(&self, channel: &str, parts: &[&str]) -> usize {
        self.told(channel).iter().filter(|text| says_all(text, parts)).count()
    }

    /// The messages in the threads of a channel.
    pub fn in_threads(&self, channel: &str) -> Vec<String> {
        self.server.read(|w| {
            let threads = w.threads(channel);
            threads.iter().flat_map(|t| w.messages(t.id)).map(Message::text).collect()
        })
    }

    /// The card of a record in #leads, once it says all of it; a status is told from a button to it by `**`.
    pub async fn card(&self, handle: &str, parts: &[&str]) -> Message {
        let start = format!("{handle} · ");
        let all: Vec<&str> = std::iter::once(start.as_str()).chain(parts.iter().copied()).collect();
        self.sees("leads", &all).await
    }

    /// Checks everything that the bot sent so far; gives how many requests the description was asked about.
    pub fn check(&self) -> usize {
        let requests = self.server.requests();
        let (checked, mut faults) = api_description::check(&requests);
        faults.extend(requests.iter().flat_map(limits::check));
        // What the server refused by itself, beyond faults on order: nothing of ours may be malformed. A thread that
        // is there, an interaction that is answered: the repetition of a request whose answer was lost.
        let repeated = |r: &RecordedRequest| matches!(r.answer["code"].as_u64(), Some(160_004 | 40_060));
        let malformed = requests.iter().filter(|r| !r.faulted && r.status == 400 && !repeated(r));
        faults.extend(malformed.map(|r| format!("{} {}: {} for {:?}", r.method, r.path, r.answer, r.body)));
        faults.extend(self.server.violations().iter().map(|v| format!("{} in a second", v.in_second)));
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
        checked
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.check();
        }
    }
}

impl Said {
    /// Its text; the title and the inputs of a form.
    pub fn text(&self) -> String {
        match self {
            Self::Message(message) => message.text(),
            Self::Form(form) => {
                let inputs = form.inputs.iter().map(|i| i["label"].as_str().unwrap_or_default().to_owned());
                std::iter::once(form.title.clone()).chain(inputs).collect::<Vec<_>>().join("\n")
            }
        }
    }

    /// It is a message that says all of it.
    #[track_caller]
    pub fn tells(self, parts: &[&str]) -> Message {
        let text = self.text();
        match self {
            Self::Message(message) => {
                assert!(says_all(&text, parts), "not {parts:?} but: {text}");
                message
            }
            Self::Form(_) => panic!("a form, not {parts:?}: {text}"),
        }
    }

    /// The same, and only whoever asked sees it.
    #[track_caller]
    pub fn tells_privately(self, parts: &[&str]) -> Message {
        let message = self.tells(parts);
        assert!(message.is_ephemeral(), "everybody sees: {}", message.text());
        message
    }

    /// A refusal: one sentence, to whoever asked alone, that says all of it.
    #[track_caller]
    pub fn refuses(self, parts: &[&str]) -> Message {
        let message = self.tells_privately(parts);
        let text = message.embeds.first().and_then(|e| e["description"].as_str()).unwrap_or_default();
        assert!(message.embeds.len() == 1 && !text.contains('\n'), "more than one sentence: {text}");
        assert!(text.ends_with('.') && !text.contains('!'), "not a plain sentence: {text}");
        message
    }

    /// It is a form.
    #[track_caller]
    pub fn form(self) -> Modal {
        match self {
            Self::Form(form) => form,
            Self::Message(message) => panic!("no form but: {}", message.text()),
        }
    }
}

/// The `custom_id` of the first control whose action fits.
pub fn control(message: &Message, is: impl Fn(&Action) -> bool) -> Option<String> {
    let ids = message.controls().filter_map(|c| c["custom_id"].as_str());
    ids.into_iter().find(|id| Action::decode(id).is_some_and(|action| is(&action))).map(str::to_owned)
}

/// Whether a text says all of it, in order.
pub fn says_all(text: &str, parts: &[&str]) -> bool {
    let mut rest = text;
    parts.iter().all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}
