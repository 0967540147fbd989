//! The command line. Exit codes: 0 after a stop that was asked for, 1 for a fault, 2 for a configuration or a
//! command line that cannot be used.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bellwether::adapters::discord::{self, ConnectError};
use bellwether::chat::port::Service;
use bellwether::clock::SystemClock;
use bellwether::config::{Config, default_heartbeat};
use bellwether::heartbeat::{self, Pulse};
use clap::{Parser, Subcommand};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

/// A chat bot in which a sales team keeps its lead statuses true.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Runs the bot on Discord; .env.example explains what it needs.
    Run,
    /// Runs the bot on a local stand-in for Discord, with a web page to try it.
    Playground {
        /// The page's port on this machine; 0 takes a free one.
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Says whether a bot runs on this machine and is well: for a container's health check.
    Health,
}

fn main() -> ExitCode {
    match Cli::parse().verb {
        Verb::Run => match Config::from_environment() {
            Ok(config) => {
                log(&config.log);
                on_runtime(run(config))
            }
            Err(problems) => {
                eprintln!("{problems}");
                ExitCode::from(2)
            }
        },
        Verb::Playground { port } => {
            log(&std::env::var("BELLWETHER_LOG").unwrap_or_else(|_| "info".into()));
            on_runtime(playground(port))
        }
        Verb::Health => health(),
    }
}

/// serenity logs whole payloads that it cannot read, with names and tokens in them: that line is left out (R11).
fn log(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let filter = match "serenity::gateway::ws=error".parse() {
        Ok(directive) => filter.add_directive(directive),
        Err(_) => filter,
    };
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// Runs to the end. A task that hangs does not keep the process: it is left behind after two seconds.
fn on_runtime(work: impl Future<Output = anyhow::Result<()>>) -> ExitCode {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("The program could not start its runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let ended = runtime.block_on(work);
    runtime.shutdown_timeout(Duration::from_secs(2));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            let setting = matches!(error.downcast_ref(), Some(ConnectError::Token));
            ExitCode::from(if setting { 2 } else { 1 })
        }
    }
}

async fn run(config: Config) -> anyhow::Result<()> {
    let clock = Arc::new(SystemClock::default());
    let (stop, stopped) = watch::channel(false);

    // Here the program is put together: the store is opened, the service stands on it.
    let service = assemble(&config, clock.clone()).await?;

    let settings = discord::Settings { token: config.token.clone(), api_url: config.api_url.clone() };
    let connection = discord::connect(&settings, service, stopped).await?;

    // Here the workers start, with `connection.port` as the way out: deliver, clocks, digests. Each of them ends
    // only with `stopped`, or with the fault that ends the program.

    tokio::spawn(async move {
        asked_to_stop().await;
        tracing::info!("stopping: what is under way is finished first");
        stop.send_replace(true);
    });
    let gateway = connection.gateway;
    tokio::select! {
        ended = gateway => ended.context("the bot cannot go on")?,
        () = heartbeat::beat(&config.heartbeat, clock.as_ref()) => {}
    }
    // Here the workers are waited for and the store is closed.
    let _ = std::fs::remove_file(&config.heartbeat);
    Ok(())
}

/// Opens the store and builds the service.
async fn assemble(config: &Config, clock: Arc<SystemClock>) -> anyhow::Result<Arc<dyn Service>> {
    let _ = clock;
    anyhow::bail!("the service for {} is not part of this build", config.database_url)
}

async fn playground(port: u16) -> anyhow::Result<()> {
    anyhow::bail!("the playground on port {port} is not part of this build")
}

fn health() -> ExitCode {
    let _ = dotenvy::dotenv();
    let file = std::env::var_os("BELLWETHER_HEARTBEAT").map_or_else(default_heartbeat, Into::into);
    match heartbeat::pulse(&file, &SystemClock::default()) {
        Pulse::Beating => ExitCode::SUCCESS,
        Pulse::Stopped(age) => {
            eprintln!("The last sign of life is {} s old.", age.as_secs());
            ExitCode::FAILURE
        }
        Pulse::None => {
            eprintln!("There is no sign of life in {}.", file.display());
            ExitCode::FAILURE
        }
    }
}

/// Returns on Ctrl-C or SIGTERM. Where a signal cannot be listened to, it never returns for it.
async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM cannot be listened to");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        () = terminate => {}
        heard = tokio::signal::ctrl_c() => if heard.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
