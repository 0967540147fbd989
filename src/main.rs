//! The command line. Exit codes: 0 after a stop that was asked for, 1 for a fault, 2 for a configuration or a
//! command line that cannot be used.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use bellwether::adapters::discord::{self, ConnectError, Settings};
use bellwether::adapters::hubspot::{self, HubSpot};
use bellwether::bot::Bot;
use bellwether::clock::{Clock as _, SystemClock};
use bellwether::config::{Config, DATABASE, default_heartbeat};
use bellwether::crm::CrmPort;
use bellwether::demo;
use bellwether::domain::playbook::Playbook;
use bellwether::heartbeat::{self, Pulse};
use bellwether::playbook::{self, BadPlaybooks, Playbooks, Severity};
use bellwether::service;
use bellwether::service::App;
use bellwether::service::offline::{self, Mistake, Options};
use bellwether::service::simulate::{Asked, Unanswered};
use bellwether::store::Store;
use clap::{Parser, Subcommand};
use tokio::net::TcpListener;
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
    /// Playbooks: the rules of a status system.
    Playbook {
        #[command(subcommand)]
        verb: PlaybookVerb,
    },
    /// Brings records in from a CSV file, while no bot runs on the database.
    Import {
        /// The CSV file; its first line names the columns.
        file: PathBuf,
        /// A playbook's id; the default one, if left out.
        #[arg(long)]
        playbook: Option<String>,
        /// What a column is, where the guess is wrong: "Deal size=value, Fax=-".
        #[arg(long)]
        map: Option<String>,
        /// The team of rows that name none.
        #[arg(long)]
        team: Option<String>,
        /// A CSV file of the owners: name, team, manager.
        #[arg(long)]
        people: Option<PathBuf>,
        /// Only say what would happen.
        #[arg(long)]
        dry_run: bool,
        /// Where the refused rows go, with the reason for each; left out: beside the file.
        #[arg(long)]
        refused: Option<PathBuf>,
        /// The workspace's number; needed only where there are several.
        #[arg(long)]
        workspace: Option<i64>,
        /// The bot's database; `DATABASE_URL`, if left out.
        #[arg(long)]
        database: Option<String>,
    },
    /// Writes a playbook's records as CSV to the standard output, while no bot runs on the database.
    Export {
        /// A playbook's id; the default one, if left out.
        #[arg(long)]
        playbook: Option<String>,
        /// Only of this team.
        #[arg(long)]
        team: Option<String>,
        /// The workspace's number; needed only where there are several.
        #[arg(long)]
        workspace: Option<i64>,
        /// The bot's database; `DATABASE_URL`, if left out.
        #[arg(long)]
        database: Option<String>,
    },
    /// Says whether a bot runs on this machine and is well: for a container's health check.
    Health,
}

#[derive(Subcommand)]
enum PlaybookVerb {
    /// Says everything that is wrong with playbook files: 0 where they can be used, 1 where not, 2 where one cannot be read.
    Check {
        /// TOML files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Prints the guide to a playbook as Markdown, for onboarding.
    Guide {
        /// A playbook's id, or a TOML file; the default playbook, if left out.
        playbook: Option<String>,
    },
    /// Says what a draft would have done to the stored history; the bot may run meanwhile, nothing is changed.
    Simulate {
        /// The draft's TOML file.
        file: PathBuf,
        /// How far back: 90d, 12 weeks, 2026-09-01.
        #[arg(long)]
        since: Option<String>,
        /// The workspace's number; needed only where there are several.
        #[arg(long)]
        workspace: Option<i64>,
        /// The bot's database; `DATABASE_URL`, if left out.
        #[arg(long)]
        database: Option<String>,
    },
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
            // Whoever tries it out is told where the page is, and what goes wrong.
            log(&std::env::var("BELLWETHER_LOG").unwrap_or_else(|_| discord::QUIET_LOGS.into()));
            on_runtime(playground(port))
        }
        Verb::Playbook { verb: PlaybookVerb::Check { files } } => check(&files),
        Verb::Playbook { verb: PlaybookVerb::Guide { playbook } } => guide(playbook.as_deref()),
        Verb::Playbook { verb: PlaybookVerb::Simulate { file, since, workspace, database } } => {
            let _ = dotenvy::dotenv();
            log(&std::env::var("BELLWETHER_LOG").unwrap_or_else(|_| "warn".into()));
            on_runtime(simulate(file, since, workspace, database))
        }
        Verb::Import { file, playbook, map, team, people, dry_run, refused, workspace, database } => {
            offline_log();
            let options = Options { workspace, team, map, people, dry_run };
            on_runtime(import(file, playbook, options, refused, database))
        }
        Verb::Export { playbook, team, workspace, database } => {
            offline_log();
            let options = Options { workspace, team, ..Options::default() };
            on_runtime(export(playbook, options, database))
        }
        Verb::Health => health(),
    }
}

fn offline_log() {
    let _ = dotenvy::dotenv();
    log(&std::env::var("BELLWETHER_LOG").unwrap_or_else(|_| "warn".into()));
}

/// The app on a database that no bot uses now, and the rules that are meant.
async fn offline(database: Option<String>, wanted: Option<&str>) -> anyhow::Result<(App, Arc<Playbook>)> {
    let folder = std::env::var_os("BELLWETHER_PLAYBOOKS").filter(|f| !f.is_empty()).map(PathBuf::from);
    let database = database.or_else(|| std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty()));
    let playbooks = playbooks(folder.as_deref()).mended(|_| None)?;
    let playbook = offline::playbook(&playbooks, wanted)?;
    let clock = Arc::new(SystemClock::default());
    let store = Store::open(database.as_deref().unwrap_or(DATABASE), clock.clone()).await?;
    let app = App::new(store, clock, playbooks);
    app.keep_shipped().await?;
    Ok((app, playbook))
}

async fn import(
    file: PathBuf,
    playbook: Option<String>,
    options: Options,
    refused: Option<PathBuf>,
    database: Option<String>,
) -> anyhow::Result<()> {
    let bytes =
        std::fs::read(&file).map_err(|why| Mistake(format!("{} cannot be read: {why}.", file.display())))?;
    let (app, playbook) = offline(database, playbook.as_deref()).await?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let done = offline::import(&app, playbook, &name, &bytes, &options).await;
    app.store().close().await;
    let report = done?;
    for (header, target) in &report.columns {
        println!("{header} -> {}", target.as_deref().unwrap_or("left out"));
    }
    let counts = &report.counts;
    println!(
        "{}{} made, {} changed, {} the same, {} refused; {} people came in by name.",
        if options.dry_run { "Would be: " } else { "" },
        counts.made,
        counts.changed,
        counts.same,
        counts.refused,
        report.strangers,
    );
    if !report.refused.is_empty() {
        let path = refused.unwrap_or_else(|| file.with_extension("refused.csv"));
        std::fs::write(&path, &report.refused)?;
        println!("The refused rows are in {}, with the reason for each.", path.display());
    }
    Ok(())
}

async fn export(playbook: Option<String>, options: Options, database: Option<String>) -> anyhow::Result<()> {
    let (app, playbook) = offline(database, playbook.as_deref()).await?;
    let done = offline::export(&app, &playbook, &options).await;
    app.store().close().await;
    let (_, text) = done?;
    std::io::stdout().write_all(&text)?;
    Ok(())
}

async fn simulate(
    file: PathBuf,
    since: Option<String>,
    workspace: Option<i64>,
    database: Option<String>,
) -> anyhow::Result<()> {
    let draft = std::fs::read(&file)
        .map_err(|why| Unanswered::Unusable(format!("{} cannot be read: {why}.", file.display())))?;
    let folder = std::env::var_os("BELLWETHER_PLAYBOOKS").filter(|f| !f.is_empty()).map(PathBuf::from);
    let database = database.or_else(|| std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty()));
    let text = service::simulate::on_command_line(Asked {
        database: database.as_deref().unwrap_or(DATABASE),
        draft: &draft,
        since: since.as_deref(),
        workspace,
        playbooks: playbooks(folder.as_deref()),
        now: SystemClock::default().now(),
    })
    .await?;
    println!("{text}");
    Ok(())
}

/// Everything that is wrong with the files, one line each; what can be used nevertheless is a warning.
fn check(files: &[PathBuf]) -> ExitCode {
    let (mut unreadable, mut unusable) = (false, false);
    for file in files {
        let name = file.display();
        let text = match playbook::read_file(file) {
            Ok(text) => text,
            Err(why) => {
                eprintln!("{name}: It cannot be read: {why}.");
                unreadable = true;
                continue;
            }
        };
        let problems = service::playbooks::problems(&text);
        for problem in &problems {
            println!("{name}: {problem}");
        }
        let errors = problems.iter().filter(|p| p.severity == Severity::Error).count();
        unusable |= errors > 0;
        let says = if errors > 0 { "cannot be used" } else { "can be used" };
        println!("{name}: {says}; errors: {errors}, warnings: {}.", problems.len() - errors);
    }
    ExitCode::from(if unreadable { 2 } else { u8::from(unusable) })
}

/// The guide as Markdown, of a file or of a playbook that the bot would have.
fn guide(which: Option<&str>) -> ExitCode {
    let _ = dotenvy::dotenv();
    let file = which.map(Path::new).filter(|file| file.is_file());
    let markdown = match (file, which) {
        (Some(file), _) => match playbook::read_file(file).map(|text| playbook::compile(&text)) {
            Ok(Ok(compiled)) => playbook::guide::markdown(&compiled.playbook),
            Ok(Err(problems)) => {
                for problem in problems {
                    eprintln!("{}: {problem}", file.display());
                }
                return ExitCode::FAILURE;
            }
            Err(why) => {
                eprintln!("{}: It cannot be read: {why}.", file.display());
                return ExitCode::from(2);
            }
        },
        (None, which) => {
            let folder =
                std::env::var_os("BELLWETHER_PLAYBOOKS").filter(|f| !f.is_empty()).map(PathBuf::from);
            let all = Playbooks::found(folder.as_deref());
            let found = all.all().iter().find(|p| which.is_none_or(|id| p.id.as_str() == id));
            let Some(found) = found else {
                let known: Vec<_> = all.all().iter().map(|p| p.id.as_str()).collect();
                let which = which.unwrap_or_default();
                eprintln!(
                    "{which} is neither a file nor a playbook: the playbooks are {}.",
                    known.join(", ")
                );
                return ExitCode::from(2);
            };
            playbook::guide::markdown(found)
        }
    };
    print!("{markdown}");
    ExitCode::SUCCESS
}

fn log(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let filter = match discord::LEFT_OUT_OF_LOGS.parse() {
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
            let setting = matches!(error.downcast_ref(), Some(ConnectError::Token))
                || error.downcast_ref::<Mistake>().is_some()
                || matches!(error.downcast_ref(), Some(Unanswered::Unusable(_)))
                || error.downcast_ref::<BadPlaybooks>().is_some();
            ExitCode::from(if setting { 2 } else { 1 })
        }
    }
}

async fn run(config: Config) -> anyhow::Result<()> {
    let playbooks = playbooks(config.playbooks.as_deref());
    let clock = Arc::new(SystemClock::default());
    let settings = Settings { token: config.token.clone(), api_url: config.api_url.clone() };
    let hooks = match config.hooks {
        None => None,
        Some(address) => Some(TcpListener::bind(address).await.map_err(|why| {
            anyhow::anyhow!("BELLWETHER_HOOKS_ADDR is {address}, where nothing can be listened for: {why}.")
        })?),
    };
    let bot = Bot::start(&config.database_url, playbooks, &settings, clock.clone(), stopped()).await?;
    let crm = config.hubspot_token.clone().map(|token| {
        let timeout = hubspot::TIMEOUT;
        anyhow::Ok(Arc::new(HubSpot::new(&config.hubspot_url, token, timeout)?) as Arc<dyn CrmPort>)
    });
    let bot = bot.listening(hooks).reaching(config.reach).with_crm(crm.transpose()?);
    tokio::select! {
        ended = bot.run() => ended?,
        () = heartbeat::beat(&config.heartbeat, clock.as_ref()) => {}
    }
    let _ = std::fs::remove_file(&config.heartbeat);
    Ok(())
}

async fn playground(port: u16) -> anyhow::Result<()> {
    let folder = std::env::var_os("BELLWETHER_PLAYBOOKS").map(PathBuf::from);
    demo::run(port, playbooks(folder.as_deref()), stopped()).await
}

/// The shipped playbooks and those of a folder. What cannot be used is settled when the database is there.
fn playbooks(folder: Option<&Path>) -> Playbooks {
    let playbooks = Playbooks::found(folder);
    for (file, warnings) in playbooks.warnings() {
        for warning in warnings {
            tracing::warn!(file, %warning, "a playbook could be better");
        }
    }
    playbooks
}

/// Raised when the process is asked to stop.
fn stopped() -> watch::Receiver<bool> {
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        asked_to_stop().await;
        tracing::info!("stopping: what is under way is finished first");
        stop.send_replace(true);
        // The flag stays raised for as long as anybody looks.
        stop.closed().await;
    });
    stopped
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
