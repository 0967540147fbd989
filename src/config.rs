//! What the environment says. `.env` in the working directory is read first; what stands in the environment wins.
//!
//! Every problem is found before anything starts, and all are told at once.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::adapters::Secret;
use crate::adapters::hubspot::HUBSPOT;
use crate::adapters::webhook::out::Reach;

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Config {
    /// `DISCORD_TOKEN`: the bot's token.
    pub token: Secret,
    /// `DISCORD_API_URL`: Discord, or another server that speaks its protocol. Without a slash at its end.
    pub api_url: String,
    /// `HUBSPOT_TOKEN`: of a private app that may read companies and write notes; without it notes are kept.
    pub hubspot_token: Option<Secret>,
    /// `HUBSPOT_API_URL`: HubSpot, or another server that speaks its protocol. Without a slash at its end.
    pub hubspot_url: String,
    /// `DATABASE_URL`: an SQLite file; created where it is not there.
    pub database_url: String,
    /// `BELLWETHER_PLAYBOOKS`: a folder of further playbooks.
    pub playbooks: Option<PathBuf>,
    /// `BELLWETHER_HEARTBEAT`: the file by which `bellwether health` knows that the program lives.
    pub heartbeat: PathBuf,
    /// `BELLWETHER_HOOKS_ADDR`: where webhooks are listened for; `None`: nowhere.
    pub hooks: Option<SocketAddr>,
    /// `BELLWETHER_HOOKS_TARGETS`: where webhooks may be sent to.
    pub reach: Reach,
    /// `BELLWETHER_LOG`, else `RUST_LOG`: what is logged.
    pub log: String,
}

/// Where Discord is.
pub const DISCORD: &str = "https://discord.com";
/// The database where none is named.
pub const DATABASE: &str = "sqlite://bellwether.sqlite";
/// What is logged where nothing else is asked for.
pub const LOG: &str = "info";

/// What is wrong with the environment; each problem in one line that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<String>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("The configuration is not complete:")?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  - {problem}"))?;
        f.write_str("\n.env.example explains each variable. To try the program without Discord: bellwether playground")
    }
}

impl std::error::Error for Problems {}

impl Config {
    /// Reads `.env` and the environment.
    ///
    /// # Errors
    /// Every problem, at once.
    pub fn from_environment() -> Result<Self, Problems> {
        let file = match dotenvy::dotenv() {
            Ok(_) => None,
            Err(error) if error.not_found() => None,
            // The error quotes the line, which may hold the token: it is not repeated here.
            Err(dotenvy::Error::LineParse(_, at)) => {
                Some(format!(".env cannot be read: something is wrong near character {at} of a line."))
            }
            Err(_) => Some(".env is there but cannot be read: check its permissions.".to_owned()),
        };
        let mut read = Self::read(|name| std::env::var(name).ok());
        if let Some(problem) = file {
            let mut problems = read.err().map(|p| p.0).unwrap_or_default();
            problems.insert(0, problem);
            read = Err(Problems(problems));
        }
        read
    }

    /// Reads what `get` gives for a variable's name; an empty value counts as none.
    ///
    /// # Errors
    /// Every problem, at once.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, Problems> {
        let get = |name: &str| get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let mut problems = Vec::new();

        let token = get("DISCORD_TOKEN").unwrap_or_default();
        let token = token.strip_prefix("Bot ").unwrap_or(&token).trim();
        if token.is_empty() {
            problems.push(
                "DISCORD_TOKEN is missing: the bot's token, from the developer portal under Bot.".into(),
            );
        } else if !token.bytes().all(|b| b.is_ascii_graphic()) {
            problems.push("DISCORD_TOKEN has spaces or signs that no token has: copy it again.".into());
        }

        let api_url = get("DISCORD_API_URL").unwrap_or_else(|| DISCORD.to_owned());
        let parsed = reqwest::Url::parse(&api_url).ok().filter(|u| {
            matches!(u.scheme(), "http" | "https")
                && u.has_host()
                && u.path() == "/"
                && u.query().is_none()
                && u.fragment().is_none()
                && u.username().is_empty()
        });
        if parsed.is_none() {
            problems.push(format!(
                "DISCORD_API_URL is “{api_url}”; it must be a server's address, such as {DISCORD} or http://127.0.0.1:8080."
            ));
        }

        let hubspot_token = get("HUBSPOT_TOKEN");
        if hubspot_token.as_ref().is_some_and(|token| !token.bytes().all(|b| b.is_ascii_graphic())) {
            problems.push("HUBSPOT_TOKEN has spaces or signs that no token has: copy it again.".into());
        }
        let hubspot_url = get("HUBSPOT_API_URL").unwrap_or_else(|| HUBSPOT.to_owned());
        let parsed = reqwest::Url::parse(&hubspot_url).ok();
        if parsed.is_none_or(|u| !matches!(u.scheme(), "http" | "https") || !u.has_host() || u.path() != "/")
        {
            problems.push(format!(
                "HUBSPOT_API_URL is “{hubspot_url}”; it must be a server's address, such as {HUBSPOT}."
            ));
        }

        let database_url = get("DATABASE_URL").unwrap_or_else(|| DATABASE.to_owned());
        if !database_url.starts_with("sqlite:") {
            // A database's address may hold a password: it is not repeated.
            problems.push(format!("DATABASE_URL must name an SQLite file, such as {DATABASE}."));
        }

        let playbooks = get("BELLWETHER_PLAYBOOKS").map(PathBuf::from);
        if let Some(folder) = playbooks.as_ref().filter(|f| !f.is_dir()) {
            problems.push(format!("BELLWETHER_PLAYBOOKS is “{}”, which is no folder.", folder.display()));
        }

        let heartbeat = get("BELLWETHER_HEARTBEAT").map_or_else(default_heartbeat, PathBuf::from);

        let hooks = get("BELLWETHER_HOOKS_ADDR").and_then(|typed| match typed.parse() {
            Ok(address) => Some(address),
            Err(_) => {
                problems.push(format!(
                    "BELLWETHER_HOOKS_ADDR is “{typed}”; it must be an address and a port, such as 127.0.0.1:8090."
                ));
                None
            }
        });

        let reach = match get("BELLWETHER_HOOKS_TARGETS").as_deref() {
            None | Some("public") => Reach::Public,
            Some("any") => Reach::Anywhere,
            Some(typed) => {
                problems.push(format!("BELLWETHER_HOOKS_TARGETS is “{typed}”; it must be public or any."));
                Reach::Public
            }
        };

        let log = get("BELLWETHER_LOG").or_else(|| get("RUST_LOG")).unwrap_or_else(|| LOG.to_owned());
        if tracing_subscriber::EnvFilter::try_new(&log).is_err() {
            problems.push(format!(
                "BELLWETHER_LOG (or RUST_LOG) is “{log}”; it must be a level or a filter, such as info or bellwether=debug."
            ));
        }

        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        let api_url = api_url.trim_end_matches('/').to_owned();
        let hubspot_url = hubspot_url.trim_end_matches('/').to_owned();
        let hubspot_token = hubspot_token.map(Secret::new);
        let token = Secret::new(token);
        Ok(Self {
            token,
            api_url,
            hubspot_token,
            hubspot_url,
            database_url,
            playbooks,
            heartbeat,
            hooks,
            reach,
            log,
        })
    }
}

/// Where the heartbeat is where nothing else is said; `bellwether health` needs no more of the configuration.
pub fn default_heartbeat() -> PathBuf {
    std::env::temp_dir().join("bellwether.alive")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config, Problems> {
        Config::read(|name| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn a_token_is_all_it_needs() {
        let config = read(&[("DISCORD_TOKEN", " Bot abc.def-ghi ")]).expect("complete");
        assert_eq!(config.token.expose(), "abc.def-ghi");
        assert_eq!((config.api_url.as_str(), config.database_url.as_str()), (DISCORD, DATABASE));
        assert_eq!((config.playbooks, config.hooks, config.log.as_str()), (None, None, LOG));
    }

    /// R11
    #[test]
    fn neither_the_configuration_nor_its_problems_show_the_token() {
        let config = read(&[("DISCORD_TOKEN", "abc.def")]).expect("complete");
        assert!(!format!("{config:?}").contains("abc.def"));
        let problems = read(&[("DISCORD_TOKEN", "abc def")]).expect_err("a space");
        assert!(!problems.to_string().contains("abc"));
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let problems = read(&[
            ("DISCORD_TOKEN", "  "),
            ("DISCORD_API_URL", "localhost:8080/api"),
            ("DATABASE_URL", "postgres://user:secret@host/db"),
            ("BELLWETHER_PLAYBOOKS", "/no/such/folder"),
            ("BELLWETHER_HOOKS_ADDR", "8090"),
            ("BELLWETHER_LOG", "bell=wether=loud"),
        ])
        .expect_err("all wrong");
        let told = problems.to_string();
        let names = [
            "DISCORD_TOKEN",
            "DISCORD_API_URL",
            "DATABASE_URL",
            "BELLWETHER_PLAYBOOKS",
            "BELLWETHER_HOOKS_ADDR",
            "BELLWETHER_LOG",
        ];
        for name in names {
            assert!(told.contains(name), "{name}: {told}");
        }
        assert_eq!(problems.0.len(), names.len());
        assert!(!told.contains("secret"));
    }

    #[test]
    fn another_server_is_an_address_without_a_path() {
        let url = |url| read(&[("DISCORD_TOKEN", "x"), ("DISCORD_API_URL", url)]).map(|c| c.api_url);
        assert_eq!(url("http://127.0.0.1:8080/"), Ok("http://127.0.0.1:8080".into()));
        for wrong in ["ftp://x", "http://", "http://x/api/v10", "http://me@x", "http://x?y"] {
            assert!(url(wrong).is_err(), "{wrong}");
        }
    }
}
