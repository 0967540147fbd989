//! The program put together: the store, the service on it, an adapter, the workers. `run`, the playground, and
//! the tests that speak over the wire all start here, so that what is tested is what runs.

use std::sync::Arc;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::adapters::discord::{self, Connection, Settings};
use crate::adapters::webhook;
use crate::adapters::webhook::out::{Reach, Sender};
use crate::chat::port::ChatPort;
use crate::clock::Clock;
use crate::crm::CrmPort;
use crate::playbook::Playbooks;
use crate::service::{App, library};
use crate::store::Store;
use crate::worker::{self, Ports};

/// A bot that is connected; nothing comes in or goes out until [`Bot::run`] is polled.
pub struct Bot {
    /// The application, for whoever looks in from outside (the playground's clock, tests).
    pub app: App,
    connection: Connection,
    hooks: Option<TcpListener>,
    reach: Reach,
    stopped: watch::Receiver<bool>,
    crm: Option<Arc<dyn CrmPort>>,
}

impl Bot {
    /// The same with a CRM, to which notes are sent; without one they are kept.
    pub fn with_crm(self, crm: Option<Arc<dyn CrmPort>>) -> Self {
        Self { crm, ..self }
    }

    /// Opens the store and connects. Nothing is created where the connection fails but the database.
    pub async fn start(
        database_url: &str,
        playbooks: Playbooks,
        settings: &Settings,
        clock: Arc<dyn Clock>,
        stopped: watch::Receiver<bool>,
    ) -> anyhow::Result<Self> {
        let store = Store::open(database_url, clock.clone()).await?;
        let playbooks = library::with_last_good(playbooks, &store.shelves())?;
        let app = App::new(store, clock, playbooks);
        let connection = discord::connect(settings, Arc::new(app.clone()), stopped.clone()).await?;
        Ok(Self { app, connection, hooks: None, reach: Reach::default(), stopped, crm: None })
    }

    /// Takes signed events of other systems on a listener, while it runs.
    #[must_use]
    pub fn listening(self, listener: Option<TcpListener>) -> Self {
        Self { hooks: listener, ..self }
    }

    /// Sends webhooks so far.
    #[must_use]
    pub fn reaching(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }

    /// Both ways out.
    ///
    /// # Errors
    /// Where the system has no TLS to offer.
    pub fn ports(&self) -> anyhow::Result<Ports> {
        let hooks = Sender::new(self.reach).context("webhooks cannot be sent")?;
        Ok(Ports { chat: self.port(), hooks: Arc::new(hooks) })
    }

    /// The way out to the platform.
    pub fn port(&self) -> Arc<dyn ChatPort> {
        self.connection.port.clone()
    }

    /// Runs until `stopped` says so: intake ends first, then what is in flight, then the store is closed. An error
    /// where any part ends before.
    pub async fn run(self) -> anyhow::Result<()> {
        let ports = self.ports()?;
        let Self { app, connection, hooks, stopped, reach: _, crm } = self;
        let (intake_over, over) = watch::channel(false);
        let hooks = take_events(app.clone(), hooks, raised(over.clone()));
        tokio::pin!(hooks);
        let workers = worker::run(app.clone(), ports, raised(over));
        tokio::pin!(workers);
        let noting = worker::crm::run(app.clone(), crm);
        tokio::pin!(noting);
        let mut gateway = connection.gateway;
        tokio::select! {
            ended = &mut gateway => {
                ended.context("the connection to the platform is lost")?;
                if !*stopped.borrow() {
                    anyhow::bail!("the connection to the platform ended by itself");
                }
            }
            ended = &mut hooks => return ended.and_then(|()| Err(anyhow::anyhow!("the webhooks ended by themselves"))),
            ended = &mut noting => {
                return ended.and_then(|()| Err(anyhow::anyhow!("the notes for the CRM ended by themselves")));
            }
            ended = &mut workers => return ended.and_then(|()| Err(anyhow::anyhow!("the workers ended by themselves"))),
        }
        intake_over.send_replace(true);
        let (ended, taken) = tokio::join!(workers, hooks);
        app.store().close().await;
        connection.at_rest.await;
        ended.and(taken)
    }
}

/// Takes events until `stopped` resolves; without a listener it only waits for that.
async fn take_events(
    app: App,
    listener: Option<TcpListener>,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    match listener {
        Some(listener) => webhook::serve(listener, Arc::new(app), webhook::Limits::default(), stopped)
            .await
            .context("webhooks cannot be taken any more"),
        None => {
            stopped.await;
            Ok(())
        }
    }
}

/// Resolves when the flag is raised, or nobody is left to raise it.
async fn raised(mut flag: watch::Receiver<bool>) {
    let _ = flag.wait_for(|raised| *raised).await;
}
