//! Discord.
//!
//! | file | what it holds |
//! | --- | --- |
//! | [`gateway`] | the connection on which interactions come in |
//! | [`inbound`] | an interaction turned into a request |
//! | [`desk`] | its answer, within three seconds |
//! | [`outbound`] | [`ChatPort`](crate::chat::port::ChatPort): what delivery sends |
//! | [`layout`] | messages and forms as Discord's JSON, within its limits |
//! | [`marker`] | how our messages are found again |
//! | [`commands`] | the command tree and its registration |
//! | [`rest`] | HTTP, rate limits, errors |
//!
//! serenity appears here and nowhere else in the program: for the gateway and for the model of what comes in.
//! What goes out is our own JSON over our own client (see [`rest`] for why).

pub mod commands;
pub mod desk;
pub mod gateway;
pub mod inbound;
pub mod layout;
pub mod marker;
pub mod outbound;
pub mod rest;
mod words;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::watch;

use self::commands::Registrar;
use self::desk::Desk;
use self::gateway::{Gateway, GatewayFailure};
use self::outbound::DiscordPort;
use self::rest::failure::Failure;
use self::rest::{Rest, routes};
use super::Secret;
use crate::chat::port::Service;

/// serenity logs whole payloads that it cannot read, with names and tokens in them: this directive leaves that line out
/// (R11).
pub const LEFT_OUT_OF_LOGS: &str = "serenity::gateway::ws=error";

/// What is logged where nobody has asked for more: what goes wrong.
pub const QUIET_LOGS: &str = "warn,serenity=error";

/// What a connection needs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The bot's token.
    pub token: Secret,
    /// `https://discord.com`, or any other server that speaks its protocol; then nothing else is spoken to.
    pub api_url: String,
}

/// A connection. Nothing comes in until [`Connection::gateway`] is polled.
pub struct Connection {
    /// The way out.
    pub port: Arc<DiscordPort>,
    /// The commands of every guild; they follow a change of a workspace's playbooks by themselves.
    pub commands: Arc<Registrar>,
    /// Runs the gateway: `Ok` after the shutdown was asked for and what was under way is finished.
    pub gateway: BoxFuture<'static, Result<(), GatewayFailure>>,
    /// To be waited for at a stop, when nothing is sent any more: after it another process may send at once.
    pub at_rest: BoxFuture<'static, ()>,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Discord does not know the token.
    #[error("Discord refuses the token. Take the bot's token from the developer portal into DISCORD_TOKEN.")]
    Token,
    /// The server does not answer as it should.
    #[error("{api_url} does not answer as Discord does: {why}")]
    Server {
        /// Where it was looked for.
        api_url: String,
        /// What came instead.
        why: String,
    },
    /// Discord limits how often a bot may start.
    #[error("Discord allows no further start for {} minutes", wait.as_secs().div_ceil(60))]
    Starts {
        /// For so long.
        wait: Duration,
    },
    /// The HTTP client could not be built.
    #[error("no HTTP client: {0}")]
    Client(String),
    /// The gateway could not be prepared.
    #[error(transparent)]
    Gateway(#[from] GatewayFailure),
}

/// Connects to Discord: checks the token, asks where the gateway is, and prepares everything.
///
/// # Errors
/// See [`ConnectError`]. Nothing falls back to another server.
pub async fn connect(
    settings: &Settings,
    service: Arc<dyn Service>,
    shutdown: watch::Receiver<bool>,
) -> Result<Connection, ConnectError> {
    let api_url = settings.api_url.trim_end_matches('/').to_owned();
    let rest =
        Rest::new(&api_url, settings.token.clone()).map_err(|e| ConnectError::Client(e.to_string()))?;
    let rest = Arc::new(rest);
    let server = |why: String| ConnectError::Server { api_url: api_url.clone(), why };

    let me = ask(&rest, &routes::me()).await.map_err(|f| refused(f, &api_url))?;
    let me =
        me["id"].as_str().and_then(|id| id.parse().ok()).ok_or_else(|| server("a user without id".into()))?;
    let gateway = ask(&rest, &routes::gateway()).await.map_err(|f| refused(f, &api_url))?;
    let url = gateway["url"].as_str().ok_or_else(|| server("a gateway without address".into()))?;
    let shards = gateway["shards"].as_u64().and_then(|s| u32::try_from(s).ok()).unwrap_or(1).max(1);
    let limit = &gateway["session_start_limit"];
    if limit["remaining"].as_u64() == Some(0) {
        let wait = Duration::from_millis(limit["reset_after"].as_u64().unwrap_or(0));
        return Err(ConnectError::Starts { wait });
    }

    let desk = Arc::new(Desk::new(rest.clone(), service.clone()));
    let registrar = Arc::new(Registrar::new(rest.clone(), service.clone()));
    let follow = registrar.clone().follow(service.commands_changed());
    let parts = (desk, registrar.clone(), service);
    let gateway = Gateway::prepare(&api_url, &settings.token, url, shards, parts).await?;
    let last = rest.clone();
    Ok(Connection {
        at_rest: Box::pin(async move { last.at_rest().await }),
        port: Arc::new(DiscordPort::new(rest, me)),
        commands: registrar,
        gateway: Box::pin(async move {
            tokio::select! {
                ended = gateway.run(shutdown) => ended,
                never = follow => match never {},
            }
        }),
    })
}

/// A question at the start: what may pass is asked a few times more.
async fn ask(rest: &Rest, call: &rest::Call) -> Result<serde_json::Value, Failure> {
    let mut pause = Duration::from_millis(250);
    for _ in 0..4 {
        match rest.send(call).await {
            Err(Failure::Unavailable { .. }) => tokio::time::sleep(pause).await,
            Err(Failure::Limited { wait, .. }) if wait <= Duration::from_secs(30) => {
                tokio::time::sleep(wait).await;
            }
            done => return done,
        }
        pause *= 2;
    }
    rest.send(call).await
}

fn refused(failure: Failure, api_url: &str) -> ConnectError {
    match &failure {
        Failure::Unauthorized => ConnectError::Token,
        Failure::Limited { .. } | Failure::Unavailable { .. } | Failure::Refused { .. } => {
            ConnectError::Server { api_url: api_url.to_owned(), why: failure.to_string() }
        }
    }
}
