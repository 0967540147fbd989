//! The connection on which Discord tells us what people do.
//!
//! Properties:
//! 1. With an API address of our own, the real gateway is never spoken to: the gateway's address is asked of that
//!    API first, a failure ends the start, and what serenity would fall back to is overwritten.
//! 2. A connection that is lost comes back by itself (serenity resumes). One that cannot come back ends the run with
//!    an error, so that the process exits and its supervisor starts it anew.
//! 3. At a stop nothing new is taken in; what is being answered is finished, for at most [`GRACE`].
//!
//! Intents: guilds alone. Neither messages nor members are read, so that none of them is privileged.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serenity::all::{
    Client, ClientBuilder, ConnectionStage, Context, EventHandler, GatewayIntents, Guild, GuildId,
    HttpBuilder, Interaction, Ready, ShardManager,
};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, timeout};

use super::commands::Registrar;
use super::desk::Desk;
use crate::adapters::Secret;
use crate::chat::port::Service;
use crate::domain::ids::{ChannelId, WorkspaceId};

/// The most interactions that are answered at the same time.
const AT_ONCE: u32 = 4_096;
/// For so long a stop waits for what is being answered.
pub const GRACE: Duration = Duration::from_secs(10);
/// A gateway that has been gone for so long does not come back by itself.
const GIVE_UP: Duration = Duration::from_mins(15);
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Why the connection ended.
#[derive(Debug, thiserror::Error)]
pub enum GatewayFailure {
    /// Discord refused us, or the connection's own code failed.
    #[error("the connection to Discord failed: {0}")]
    Failed(String),
    /// It ended without a reason.
    #[error("the connection to Discord ended")]
    Ended,
    /// It was lost and did not come back.
    #[error("no connection to Discord for {} minutes", GIVE_UP.as_secs() / 60)]
    Lost,
}

/// Takes what Discord tells to where it belongs.
struct Events {
    desk: Arc<Desk>,
    registrar: Arc<Registrar>,
    service: Arc<dyn Service>,
    intake: Arc<Semaphore>,
}

#[async_trait]
impl EventHandler for Events {
    async fn ready(&self, _: Context, ready: Ready) {
        self.registrar.is(ready.application.id.get());
        tracing::info!(as_user = ready.user.name, guilds = ready.guilds.len(), "connected to Discord");
    }

    async fn guild_create(&self, _: Context, guild: Guild, _: Option<bool>) {
        let system = guild.system_channel_id.map(|c| ChannelId(c.get() as i64));
        self.service.joined(workspace(guild.id), system).await;
        self.registrar.refresh(workspace(guild.id)).await;
    }

    async fn interaction_create(&self, _: Context, interaction: Interaction) {
        let came = Instant::now();
        // Closed at a stop: what comes then is answered by nobody, and Discord says so to the person.
        let Ok(_place) = self.intake.acquire().await else { return };
        self.desk.attend(&interaction, came).await;
    }
}

fn workspace(guild: GuildId) -> WorkspaceId {
    WorkspaceId(guild.get() as i64)
}

/// A gateway that is ready to run.
pub(super) struct Gateway {
    client: Client,
    shards: u32,
    intake: Arc<Semaphore>,
}

impl Gateway {
    /// Prepares the connection to `url`, which the API named.
    pub(super) async fn prepare(
        api_url: &str,
        token: &Secret,
        url: &str,
        shards: u32,
        (desk, registrar, service): (Arc<Desk>, Arc<Registrar>, Arc<dyn Service>),
    ) -> Result<Self, GatewayFailure> {
        // The proxy is ignored while serenity's own rate limiter is on; ours does its work (see `rest`).
        let http = HttpBuilder::new(token.expose()).proxy(api_url).ratelimiter_disabled(true).build();
        let intake = Arc::new(Semaphore::new(AT_ONCE as usize));
        let events = Events { desk, registrar, service, intake: intake.clone() };
        let client = ClientBuilder::new_with_http(http, GatewayIntents::GUILDS).event_handler(events);
        let client = client.await.map_err(|e| GatewayFailure::Failed(e.to_string()))?;
        // Where its own question failed, serenity has written the real gateway's address here.
        url.clone_into(&mut *client.ws_url.lock().await);
        Ok(Self { client, shards, intake })
    }

    /// Runs until `shutdown` says so (no error), or until the connection cannot go on.
    pub(super) async fn run(self, mut shutdown: watch::Receiver<bool>) -> Result<(), GatewayFailure> {
        let Self { mut client, shards, intake } = self;
        let manager = client.shard_manager.clone();
        let mut running = tokio::spawn(async move { client.start_shards(shards).await });
        let outcome = tokio::select! {
            ended = &mut running => Err(match ended {
                Ok(Ok(())) => GatewayFailure::Ended,
                Ok(Err(error)) => GatewayFailure::Failed(error.to_string()),
                Err(panic) => GatewayFailure::Failed(panic.to_string()),
            }),
            // A dropped sender means that nobody is left to stop us later: stop now.
            _ = shutdown.wait_for(|stop| *stop) => Ok(()),
            () = lost(&manager, shards) => Err(GatewayFailure::Lost),
        };
        // Discord is told first, so that it sends people's input to nobody instead of to us.
        if timeout(Duration::from_secs(3), manager.shutdown_all()).await.is_err() {
            tracing::warn!("the gateway did not close in time");
        }
        running.abort();
        if timeout(GRACE, intake.acquire_many(AT_ONCE)).await.is_err() {
            tracing::warn!("some answers were not finished in time");
        }
        intake.close();
        outcome
    }
}

/// Returns when the connection has been gone for too long: serenity may be wedged, and only a fresh process helps.
async fn lost(manager: &ShardManager, shards: u32) {
    let mut seen = Instant::now();
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let connected = {
            let runners = manager.runners.lock().await;
            runners.values().filter(|r| r.stage == ConnectionStage::Connected).count()
        };
        if connected >= shards as usize {
            seen = Instant::now();
        } else if seen.elapsed() >= GIVE_UP {
            return;
        } else if seen.elapsed() >= LOOK_EVERY * 6 {
            tracing::warn!(connected, shards, "not connected to Discord; still trying");
        }
    }
}
