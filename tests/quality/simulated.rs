//! The time machine on a month of two teams (X2): the rules in force, tried on what happened under them, give what
//! really fired, to the last alert of each rep; and whatever is tried, nothing is written.

use std::collections::BTreeMap;
use std::process::Output;
use std::sync::Arc;
use std::time::Duration;

use bellwether::domain::event::EventKind;
use bellwether::domain::ids::{ClockId, RecordId, TeamId};
use bellwether::domain::playbook::Playbook;
use bellwether::domain::undo::straightened;
use bellwether::domain::workspace::Role;
use bellwether::playbook::Playbooks;
use bellwether::service::simulate::Trial;
use bellwether::simulate::{Period, Report};
use bellwether::store::Store;
use bellwether::store::past::ReadOnly;
use chrono::{TimeDelta, Utc};

use crate::kit::{place, say, team, told};
use crate::month;
use crate::support::world::{WORKSPACE, World};

const LEAD_LIFECYCLE: &str = include_str!("../../src/playbook/builtin/lead_lifecycle.toml");

fn compiled(text: &str) -> Playbook {
    bellwether::playbook::compile(text).unwrap_or_else(|problems| panic!("{problems:?}")).playbook
}

async fn tried(world: &World, draft: Playbook, teams: Option<TeamId>) -> Report {
    let period = Period { since: world.now() - TimeDelta::days(365), until: world.now() };
    let trial = Trial {
        draft,
        workspace: world.app.store().workspace(WORKSPACE),
        library: world.app.library(),
        teams: teams.map(|team| [team].into()),
        period,
    };
    Arc::new(trial).run(&world.app.store().pasts()).await.expect("a history")
}

/// X2: a month is lived through by people at random; then the same rules are tried on it.
#[tokio::test]
async fn a_month_tried_again_fires_what_really_fired() {
    let game = month::calm(7, 31).await;
    let world = &game.world;
    let report = tried(world, compiled(LEAD_LIFECYCLE), None).await;

    // What really fired, counted here by other means: the steps in the events, clock by clock.
    let mut fired: BTreeMap<ClockId, u64> = BTreeMap::new();
    let (mut events, mut rules) = (0, 0);
    for row in world.app.store().records(&(1..500).map(RecordId).collect::<Vec<_>>()).await.expect("a read") {
        let history = world.app.store().history(row.record.id, 0, 100_000).await.expect("a history");
        let history = history.into_iter().rev().map(|(_, event)| event).collect();
        // What was undone (X4) is not lived through once more.
        for event in straightened(history) {
            events += 1;
            match event.kind {
                EventKind::StepsReached { steps } => {
                    for (clock, _) in steps {
                        *fired.entry(clock).or_default() += 1;
                    }
                }
                EventKind::Moved(moved) => {
                    rules += u64::from(matches!(moved.cause, bellwether::domain::event::Cause::Rule(_)));
                }
                _ => {}
            }
        }
    }
    let mut simulated: BTreeMap<ClockId, u64> = BTreeMap::new();
    for (step, count) in report.draft.per_step() {
        *simulated.entry(step.clock.clone()).or_default() += count;
    }
    println!("{} records, {events} events: {fired:?}, {rules} moves by rules", report.records);
    assert_eq!(simulated, fired, "per clock");
    assert_eq!(report.events, events);
    assert!(
        fired.values().sum::<u64>() > 100 && fired.len() >= 5,
        "the month was about something: {fired:?}"
    );
    assert_eq!(report.draft.moved.values().sum::<u64>(), rules);
    assert!(rules > 5, "{rules} moves by rules");

    // Step by step, rep by rep, and in every other figure.
    assert_eq!(report.really, report.draft);
    assert_eq!(report.really, report.in_force);
    assert_eq!(report.cut_short, 0);

    // A manager's teams are a part of the whole.
    let workspace = world.app.store().workspace(WORKSPACE);
    let mut parts = Report::default();
    for team in &workspace.teams {
        parts.add(tried(world, compiled(LEAD_LIFECYCLE), Some(team.id)).await);
    }
    assert_eq!((parts.records, parts.draft.alerts()), (report.records, report.draft.alerts()));

    // A shorter first clock fires more, the others what they did where nobody moved because of it.
    let shorter = LEAD_LIFECYCLE.replace("within = \"2 business hours\"", "within = \"1 business hour\"");
    assert_ne!(shorter, LEAD_LIFECYCLE);
    let stricter = tried(world, compiled(&shorter), None).await;
    assert!(stricter.draft.alerts() > report.draft.alerts());
}

// ---- nothing is written -------------------------------------------------------------------------------

/// A world whose database is a file, with a lead that was late.
async fn on_disk(directory: &tempfile::TempDir) -> (World, String) {
    let url = format!("sqlite://{}", directory.path().join("bot.sqlite").display());
    // The command line reads the machine's clock, so the history ends near it.
    let begin = Utc::now() - TimeDelta::days(10);
    let mut world = World::in_file(begin, Playbooks::builtin(), &url).await;
    world.channel("general");
    let sales = team(&mut world, "Sales", "").await;
    place(&mut world, "ana", Role::Rep, sales).await;
    place(&mut world, "mia", Role::Manager, sales).await;
    say(&world, "ana", "/lead new name:\"Acme\" email:\"x@acme.com\" value:5k").await;
    world.advance_to(begin + TimeDelta::days(9)).await;
    // Whoever speaks for the first time is remembered; that is not the simulation's doing.
    say(&world, "mia", "/lead mine").await;
    (world, url)
}

/// Everything that is in the database's files.
fn content(directory: &tempfile::TempDir) -> BTreeMap<String, Vec<u8>> {
    let files =
        std::fs::read_dir(directory.path()).expect("a folder").map(|file| file.expect("a file").path());
    let named = files.map(|path| (path.file_name().expect("a name").to_string_lossy().into_owned(), path));
    // The shared memory beside a database holds locks and no data.
    named
        .filter(|(name, _)| !name.ends_with("-shm"))
        .map(|(name, path)| (name, std::fs::read(path).expect("readable")))
        .collect()
}

async fn cli(directory: &tempfile::TempDir, args: &[&str]) -> Output {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_bellwether"));
    command.current_dir(directory.path()).env_clear().args(["playbook", "simulate"]).args(args);
    let run = tokio::time::timeout(Duration::from_mins(1), command.output()).await;
    run.expect("it ends").expect("it starts")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// X2: in chat, and from another process while the bot runs and after it; the database is the same, byte for byte.
#[tokio::test]
async fn a_simulation_writes_nothing_and_runs_beside_the_bot() {
    let (data, drafts) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (world, url) = on_disk(&data).await;
    let draft = drafts.path().join("draft.toml");
    std::fs::write(&draft, LEAD_LIFECYCLE).expect("written");
    let draft = draft.to_str().expect("a path");
    let before = content(&data);

    let reply =
        say(&world, "mia", "/playbook simulate file:src/playbook/builtin/lead_lifecycle.toml since:30d")
            .await;
    assert!(told(&world, &reply).contains("on trial"), "{}", told(&world, &reply));
    assert_eq!(content(&data), before, "in chat");

    let beside = cli(&drafts, &[draft, "--since", "30d", "--database", &url]).await;
    assert!(beside.status.success(), "{}", said(&beside));
    let text = said(&beside);
    for piece in
        ["1 lead lived through again", "Alerts: ", "as now", "that really fired", "breach at 100 %", "ana"]
    {
        assert!(text.contains(piece), "{piece}: {text}");
    }
    assert_eq!(content(&data), before, "beside the bot");

    world.app.store().close().await;
    let before = content(&data);
    let after = cli(&drafts, &[draft, "--since", "30d", "--workspace", "1", "--database", &url]).await;
    assert_eq!(said(&after), text, "after the bot");
    let mut now = content(&data);
    // A reader of a closed database leaves an empty log beside it.
    now.retain(|name, bytes| before.contains_key(name) || !bytes.is_empty());
    assert_eq!(now, before, "after the bot");

    // What is wrong is one sentence, and the exit says that the command line is to be changed.
    let missing = format!("sqlite://{}", drafts.path().join("none.sqlite").display());
    for (args, sentence) in [
        (vec!["none.toml", "--database", &url], "none.toml cannot be read"),
        (vec![draft, "--database", &missing], "There is no database"),
        (vec![draft, "--database", "sqlite::memory:"], "A database in memory has no history"),
        (vec![draft, "--workspace", "5", "--database", &url], "There is no workspace 5: write --workspace 1"),
        (vec![draft, "--since", "soon", "--database", &url], "is not a time to look back to"),
    ] {
        let output = cli(&drafts, &args).await;
        assert!(said(&output).contains(sentence), "{args:?}: {}", said(&output));
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
    let broken = drafts.path().join("broken.toml");
    std::fs::write(&broken, "[playbook]\nid = 3\n").expect("written");
    let output = cli(&drafts, &[broken.to_str().expect("a path"), "--database", &url]).await;
    assert!(said(&output).contains("line 2"), "{}", said(&output));
    assert_eq!(output.status.code(), Some(2));
}

/// An older or newer database is refused in a sentence; it is not brought up to date by a reader.
#[tokio::test]
async fn a_database_of_another_version_is_left_alone() {
    let data = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", data.path().join("bot.sqlite").display());
    let clock = Arc::new(bellwether::clock::ManualClock::at(Utc::now()));
    Store::open(&url, clock).await.expect("a database").close().await;
    for (change, sentence) in [
        (
            "DELETE FROM _sqlx_migrations WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)",
            "an older version",
        ),
        (
            "UPDATE _sqlx_migrations SET version = 9999 WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)",
            "a newer version",
        ),
    ] {
        let mut conn =
            <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.expect("a connection");
        sqlx::query(change).execute(&mut conn).await.expect("changed");
        sqlx::Connection::close(conn).await.expect("closed");
        let refused = ReadOnly::open(&url).await.map(|_| ()).expect_err("another version");
        assert!(refused.to_string().contains(sentence), "{refused}");
    }
}

/// X2: what came in half-way is lived through from where it stood, not from the beginning.
#[tokio::test]
async fn an_imported_lead_begins_where_it_stood() {
    let mut world = crate::kit::world().await;
    world.file("fair.csv", b"id,name,email,status\n1,Kim,kim@beta.example,attempting\n".to_vec());
    let shown = say(&world, "root", "/lead import file:fair.csv").await;
    crate::bulk::start(&world, "root", crate::bulk::job_of(&shown)).await;
    world.advance_to(world.now() + TimeDelta::days(4)).await;
    let report = tried(&world, compiled(LEAD_LIFECYCLE), None).await;
    assert_eq!(report.records, 1);
    assert_eq!(report.draft, report.really, "no first contact was ever due");
}
