//! Where the bot lives: a local Discord in this process, a database file, a team. The bot is another process, so
//! that whatever it took with it when it was killed is gone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bellwether::playground::{ChannelConfig, Config, Handle, Person, Server};
use chrono::Utc;
use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::bot::{Bot, SOON, until};

/// Channels in which people work: many, because Discord takes five messages in five seconds in each.
pub const ROOMS: usize = 24;
/// Who opens cases, and who decides about them.
pub const REPS: [&str; 2] = ["ana", "ben"];
pub const MANAGERS: [&str; 2] = ["mia", "nia"];

/// A server, a folder, and how to start a bot on them.
pub struct Site {
    pub server: Handle,
    pub folder: tempfile::TempDir,
}

impl Site {
    /// An empty one.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let playbooks = folder.path().join("playbooks");
        std::fs::create_dir(&playbooks).expect("a folder");
        std::fs::write(playbooks.join("cases.toml"), include_str!("cases.toml")).expect("a playbook");
        let mut config = Config::new("kill-test", Arc::new(Utc::now));
        let rooms = (0..ROOMS).map(|n| ChannelConfig::text(&room(n)));
        config.guilds[0].channels.extend(rooms);
        config.people.push(Person::new("nia", "Nia").role("manager"));
        Self { server: Server::start(config).await.expect("a server"), folder }
    }

    /// One with a team whose bot has just been set up.
    pub async fn with_team() -> (Self, Bot) {
        let site = Self::new().await;
        let bot = site.start().await;
        assert!(site.server.commands_registered(SOON).await, "no commands:\n{}", bot.said());
        for line in [
            "/setup team name:Desk alerts:#alerts approvals:#approvals digest:#digest digest-at:09:00 timezone:UTC",
            "/setup calendar hours:24/7",
            "/setup member person:@mia team:Desk role:manager",
            "/setup member person:@nia team:Desk role:manager",
            "/setup member person:@ana team:Desk role:rep",
            "/setup member person:@ben team:Desk role:rep",
        ] {
            let outcome = site.server.type_command("mia", "general", line).await.expect("typed");
            assert!(outcome.message().is_some(), "{line}: {outcome:?}\n{}", bot.said());
        }
        (site, bot)
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn database(&self) -> PathBuf {
        self.path().join("bellwether.sqlite")
    }

    /// What `bellwether run` finds in its environment.
    pub fn environment(&self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("DISCORD_API_URL", self.server.api_url()),
            ("DISCORD_TOKEN", self.server.token()),
            ("DATABASE_URL", format!("sqlite://{}", self.database().display())),
            ("BELLWETHER_PLAYBOOKS", self.path().join("playbooks").display().to_string()),
            ("BELLWETHER_LOG", "info".to_owned()),
        ])
    }

    /// Starts a bot and returns when it is connected.
    pub async fn start(&self) -> Bot {
        let (before, _, _) = self.server.sessions();
        let mut bot = Bot::start(self.path(), &self.environment());
        until("the bot connects", SOON, || {
            bot.lives();
            let (identified, connected, _) = self.server.sessions();
            identified > before && connected > 0
        })
        .await;
        bot
    }

    /// Kills it. Returns when the server has noticed as well, so that nobody is taken for connected who is gone.
    pub async fn kill(&self, bot: Bot) {
        bot.kill().await;
        until("the server notices", SOON, || self.server.sessions().1 == 0).await;
    }

    /// The database, looked at from outside. Closing it leaves the log as it is: the bot recovers from what *it* left.
    pub fn open(&self) -> Connection {
        let connection = Connection::open(self.database()).expect("a database");
        connection.busy_timeout(Duration::from_secs(5)).expect("set");
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).expect("set");
        connection
    }
}

/// The name of a room.
pub fn room(number: usize) -> String {
    format!("room-{}", number % ROOMS)
}
