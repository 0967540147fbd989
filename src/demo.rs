//! `bellwether playground`: in one process and on this machine only, a local server that speaks Discord's protocol
//! ([`crate::playground`]), the bot connected to it through the very adapter of production, a fresh database, a
//! team of three, and a week of their work (X9).
//!
//! The week is not made up in the database: the three people type their commands on the local server while domain
//! time moves from a week ago to today, so that everything on the page came the way it comes in production.

mod story;
mod tries;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, NaiveTime, Utc};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::adapters::Secret;
use crate::adapters::discord::Settings;
use crate::bot::Bot;
use crate::chat::port::ChatPort;
use crate::clock::{Clock, SystemClock};
use crate::playbook::Playbooks;
use crate::playground::{Config, Got, Handle, Message, Outcome, Server, TimeControl};
use crate::service::App;
use crate::worker;

/// How long the local parts may take to find each other.
const CONNECTS_WITHIN: Duration = Duration::from_secs(20);
/// What the page says while the week is played.
const PLAYING: &str =
    "A week of the team's work is being played, command by command. It takes a few seconds.";

/// Runs the playground on a port of this machine (0 takes a free one) until `stopped` says so.
pub async fn run(port: u16, playbooks: Playbooks, stopped: watch::Receiver<bool>) -> anyhow::Result<()> {
    let today = story::today(SystemClock::default().now());
    let clock = Arc::new(SystemClock::starting_at(story::begins(today)));
    let time = Arc::new(Hand::new(clock.clone()));
    let token = "playground";
    let reading = clock.clone();
    let mut config = Config::new(token, Arc::new(move || reading.now()));
    config.port = port;
    // A week of messages in a few seconds: Discord's five in five seconds would make it a minute.
    config.limits.channel_messages = 1_000;
    config.time = Some(time.clone());
    config.steps = tries::steps();
    for channel in config.guilds.iter_mut().flat_map(|guild| &mut guild.channels) {
        channel.topic = story::topic(&channel.name).map(str::to_owned);
    }
    let server = Server::start(config).await.with_context(|| {
        format!("the playground cannot listen on port {port}; another one may run there, and --port 0 takes a free port")
    })?;

    let folder = std::env::temp_dir().join(format!("bellwether-playground-{}", std::process::id()));
    std::fs::create_dir_all(&folder).context("no folder for temporary files")?;
    let database = format!("sqlite://{}", folder.join("playground.sqlite").display());
    // The files that the steps name; rules of one's own have no draft here but their own text.
    let rules = playbooks.all().first().and_then(|p| playbooks.source(&p.id)).map_or("", |(_, text)| text);
    for (name, kind, text) in tries::files(rules) {
        server.upload(name, kind, text.into_bytes());
    }
    let settings = Settings { token: Secret::new(token), api_url: server.api_url() };
    let bot = Bot::start(&database, playbooks, &settings, clock.clone(), stopped).await?;
    let hooks = hooks(port).await?;
    let hooks_at = hooks.local_addr()?;
    let bot = bot.listening(Some(hooks));
    let (app, way_out) = (bot.app.clone(), bot.port());
    time.takes(app, way_out);

    println!(
        "\n  Bellwether's playground: {}\n  Webhooks: http://{hooks_at}/hooks/… (docs/hooks.md; /setup hooks secret:new)\n\n  {PLAYING}",
        server.api_url()
    );
    let running = tokio::spawn(bot.run());
    let told = tell_story(&server, &time, today);
    tokio::pin!(told);
    let ended = tokio::select! {
        told = &mut told => {
            told?;
            println!("  Ready. Stop it with Ctrl-C; nothing of it is kept.\n");
            running.await
        }
        () = tokio::time::sleep(Duration::from_mins(1)) => anyhow::bail!("the playground did not get ready"),
    };
    server.stop();
    let _ = std::fs::remove_dir_all(&folder);
    ended?
}

/// Where webhooks are taken: the port after the page's, else a free one.
async fn hooks(port: u16) -> anyhow::Result<TcpListener> {
    let after = if port == 0 { 0 } else { port.checked_add(1).unwrap_or(0) };
    match TcpListener::bind(("127.0.0.1", after)).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind(("127.0.0.1", 0)).await.context("no port for webhooks"),
    }
}

/// Lets the people type their week. What they did before today they have read, and its private answers they have
/// put away.
async fn tell_story(server: &Handle, time: &Hand, today: DateTime<Utc>) -> anyhow::Result<()> {
    server.notice(Some(PLAYING));
    anyhow::ensure!(server.gateway_connected(CONNECTS_WITHIN).await, "the bot did not connect");
    anyhow::ensure!(server.commands_registered(CONNECTS_WITHIN).await, "the bot registered no commands");
    let mut last_night = false;
    for beat in story::week() {
        if beat.is_today() && !last_night {
            time.go(beat.at(today).date_naive().and_time(NaiveTime::MIN).and_utc()).await?;
            server.read_all();
            last_night = true;
        }
        time.go(beat.at(today)).await?;
        there(server, beat.line).await;
        let outcome = server.type_command(beat.who, beat.channel, beat.line).await;
        let outcome = outcome.map_err(|refusal| anyhow::anyhow!("{}: {refusal:?}", beat.line))?;
        let answer = answered(server, &outcome).await.with_context(|| format!("{}: no answer", beat.line))?;
        if let Some(label) = beat.press {
            let button = button(&answer, label).with_context(|| format!("{}: no {label}", beat.line))?;
            let pressed = server.press(beat.who, answer.id, &button).await;
            pressed.map_err(|refusal| anyhow::anyhow!("{label}: {refusal:?}"))?;
        }
        server.dismiss(beat.who, answer.id);
    }
    time.go(today).await?;
    time.free();
    server.notice(None);
    Ok(())
}

/// Waits until the server has a command: those of a playbook come a moment after it was switched on.
async fn there(server: &Handle, line: &str) {
    let name = line.trim_start_matches('/').split(' ').next().unwrap_or_default();
    let guild = server.guild(0);
    let has = server.wait_for(CONNECTS_WITHIN, |world| {
        world.commands(guild).iter().any(|command| command["name"] == name).then_some(())
    });
    // What does not come is told by the command that is refused.
    let _ = has.await;
}

/// The answer to a command, also where it took a moment.
async fn answered(server: &Handle, outcome: &Outcome) -> Option<Message> {
    match &outcome.got {
        Got::Message(message) | Got::Updated(message) => Some(message.clone()),
        Got::Deferred { message, .. } => server.filled(*message, CONNECTS_WITHIN).await,
        Got::DeferredUpdate | Got::Modal(_) | Got::Choices(_) | Got::NoAnswer => None,
    }
}

/// The `custom_id` of the button whose label begins so.
fn button(message: &Message, label: &str) -> Option<String> {
    let rows = message.components.iter().filter_map(|row| row["components"].as_array());
    let is_it = |b: &&serde_json::Value| b["label"].as_str().is_some_and(|l| l.starts_with(label));
    Some(rows.flatten().find(is_it)?["custom_id"].as_str()?.to_owned())
}

/// Moves domain time, stopping wherever something is due (ruling 26). One move at a time.
struct Hand {
    clock: Arc<SystemClock>,
    bot: std::sync::OnceLock<(App, Arc<dyn ChatPort>)>,
    moving: tokio::sync::Mutex<()>,
    /// Whether the page may move time: not while the week is played.
    free: AtomicBool,
}

impl Hand {
    fn new(clock: Arc<SystemClock>) -> Self {
        Self {
            clock,
            bot: std::sync::OnceLock::new(),
            moving: tokio::sync::Mutex::new(()),
            free: AtomicBool::new(false),
        }
    }

    fn free(&self) {
        self.free.store(true, Ordering::Release);
    }

    async fn go(&self, to: DateTime<Utc>) -> anyhow::Result<()> {
        let _one_at_a_time = self.moving.lock().await;
        let Some((app, port)) = self.bot.get() else { return Ok(()) };
        worker::advance(app, port, to, &|at| self.clock.move_to(at)).await
    }

    fn takes(&self, app: App, port: Arc<dyn ChatPort>) {
        let _ = self.bot.set((app, port));
    }
}

#[async_trait::async_trait]
impl TimeControl for Hand {
    async fn advance(&self, to: DateTime<Utc>) -> Result<(), String> {
        if !self.free.load(Ordering::Acquire) {
            return Err("The week is still being played: wait until it is over.".to_owned());
        }
        self.go(to).await.map_err(|error| format!("{error:#}"))
    }
}
