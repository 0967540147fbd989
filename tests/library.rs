//! The library of playbooks: what a workspace brings is its own, outlives a restart, and never strands a record; and the
//! command line that checks files and prints guides.

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bellwether::chat::intent::{Call, Input, Request, Value, Who};
use bellwether::chat::message::{Message, Reply};
use bellwether::clock::ManualClock;
use bellwether::domain::ids::{ChannelId, PersonId, PlaybookId, RecordRef, WorkspaceId};
use bellwether::playbook::{Playbooks, compile};
use bellwether::service::App;
use bellwether::store::Store;
use bellwether::store::playbooks::{Keep, Text, Upgrade};
use bellwether::worker;
use chrono::{DateTime, TimeDelta, Utc};

const SHIPPED: &str = include_str!("../src/playbook/builtin/lead_lifecycle.toml");
const TOY: &str = include_str!("playbooks/toy.toml");

/// A bot on a file, without a platform.
struct Desk {
    app: App,
}

fn monday() -> DateTime<Utc> {
    "2026-11-23T09:00:00Z".parse().expect("a time")
}

impl Desk {
    async fn open(folder: &Path, playbooks: Playbooks) -> Self {
        Self::open_at(folder, playbooks, monday()).await
    }

    async fn open_at(folder: &Path, playbooks: Playbooks, now: DateTime<Utc>) -> Self {
        let clock = Arc::new(ManualClock::at(now));
        let url = format!("sqlite://{}", folder.join("bellwether.sqlite").display());
        let store = Store::open(&url, clock.clone()).await.expect("a database");
        let app = App::new(store, clock, playbooks);
        app.keep_shipped().await.expect("kept");
        Self { app }
    }

    /// An admin's command in a workspace; gives all that is said.
    async fn says(&self, workspace: i64, path: &str, options: &[(&str, Value)]) -> String {
        // Never the same one again, after a restart either (R4).
        static INPUTS: AtomicU32 = AtomicU32::new(0);
        let call = Call {
            path: path.split(' ').map(str::to_owned).collect(),
            options: options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        };
        let request = Request {
            source: "test",
            external_id: INPUTS.fetch_add(1, Ordering::Relaxed).to_string(),
            workspace: WorkspaceId(workspace),
            channel: ChannelId(10),
            who: Who { id: PersonId(1), name: "root".into(), admin: true, roles: Vec::new() },
            input: Input::Call(call),
        };
        match self.app.handle(request).await {
            Reply::Private(m) | Reply::Public(m) | Reply::Update(m) => said(&m),
            Reply::Form(form) => form.title,
        }
    }

    async fn uploads(&self, workspace: i64, id: &str, toml: &str) -> String {
        let file = Value::File(format!("{id}.toml"), toml.as_bytes().to_vec());
        let said = self.says(workspace, "setup playbook", &[("playbook", text(id)), ("file", file)]).await;
        worker::upgrade::upgrade(&self.app).await.expect("upgraded");
        said
    }

    /// The version that a record pins, and the version that it is judged by.
    async fn versions(&self, workspace: i64, handle: &str) -> (u32, u32) {
        let handle = RecordRef::parse(handle).expect("a handle");
        let row = self.app.store().record_by_handle(WorkspaceId(workspace), handle).await.expect("read");
        let record = row.expect("it is there").record;
        (record.playbook_version, self.app.playbook_of(&record).expect("rules").version)
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn said(message: &Message) -> String {
    let name = |id: i64| id.to_string();
    let names = support::plain::Names { person: &name, channel: &name, zone: chrono_tz::UTC, now: monday() };
    support::plain::message(message, &names)
}

/// The shipped playbook as a team would change it: two statuses more, and a way to each.
fn with_two_more() -> String {
    let status = |id: &str, label: &str, means: &str| {
        format!(
            "[status.{id}]\nlabel = \"{label}\"\nemoji = \"🧪\"\nclass = \"open\"\nmeans = \"{means}\"\nwhen = \"Once it is agreed.\"\n\
             example = \"Mei sees the product on Friday.\"\nnext = \"Prepare it.\"\nred_flag = \"It was put off twice.\"\n\
             to = [\"working\", \"nurture\", \"unqualified\"]\n\n"
        )
    };
    let more = status("demo_scheduled", "Demo scheduled", "A day for the demo is agreed.")
        + &status("security_review", "Security review", "Their security team looks at us.");
    let two = SHIPPED.replacen("version = 1", "version = 2", 1).replacen(
        "[status.working]",
        &format!("{more}[status.working]"),
        1,
    );
    let at = two.find("[status.connected]").expect("connected");
    let (before, after) = two.split_at(at);
    before.to_owned() + &after.replacen("to = [", "to = [\"demo_scheduled\", \"security_review\", ", 1)
}

/// D15: "Demo scheduled" and "Security review" by the team's own TOML, in its workspace alone; and still after a restart.
#[tokio::test]
async fn a_team_adds_statuses_and_another_workspace_does_not_see_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let desk = Desk::open(folder.path(), Playbooks::builtin()).await;
    let lead = [("name", text("Acme")), ("phone", text("+60 12 345 6789"))];
    for workspace in [1, 2] {
        assert!(desk.says(workspace, "lead new", &lead).await.contains("L-1"));
    }
    let told = desk.uploads(1, "lead-lifecycle", &with_two_more()).await;
    assert!(told.contains("is at version 2 now; it was 1"), "{told}");
    assert!(told.contains("New: Demo scheduled and Security review."), "{told}");
    assert!(told.contains("1 lead moves to it now"), "{told}");
    assert_eq!(desk.versions(1, "L-1").await, (2, 2));
    assert_eq!(desk.versions(2, "L-1").await, (1, 1));

    let check = async |desk: &Desk| {
        let guide = desk.says(1, "playbook guide", &[("status", text("Demo scheduled"))]).await;
        assert!(guide.contains("A day for the demo is agreed."), "{guide}");
        let other = desk.says(2, "playbook guide", &[("status", text("Demo scheduled"))]).await;
        assert!(other.contains("is no status"), "{other}");
    };
    check(&desk).await;
    let log = [
        ("lead", text("L-1")),
        ("activity", text("email_replied")),
        ("note", text("Yes")),
        ("next", text("Call")),
        ("due", text("tomorrow 10:00")),
    ];
    for workspace in [1, 2] {
        let told = desk.says(workspace, "lead log", &log).await;
        assert!(told.contains("Connected"), "{told}");
    }
    let to = [("lead", text("L-1")), ("to", text("Security review"))];
    let moved = desk.says(1, "lead status", &to).await;
    assert!(moved.contains("is now 🧪 Security review"), "{moved}");
    assert!(desk.says(2, "lead status", &to).await.contains("is no status"));

    desk.app.store().close().await;
    let desk = Desk::open(folder.path(), Playbooks::builtin()).await;
    check(&desk).await;
    assert_eq!(desk.versions(1, "L-1").await, (2, 2));
    assert!(desk.says(1, "lead show", &[("lead", text("L-1"))]).await.contains("Security review"));
}

/// A later release raises the version of a shipped playbook: records come over where they have a place, and stay under
/// the version that they pin where they have none; the text of that version is kept.
#[tokio::test]
async fn records_outlive_the_release_that_brought_their_rules() {
    let folder = tempfile::tempdir().expect("a folder");
    let release = |toml: &str| Playbooks::of(vec![("helpdesk.toml".into(), toml.into())]).expect("good");
    let desk = Desk::open(folder.path(), release(TOY)).await;
    desk.says(1, "ticket new", &[("name", text("Door"))]).await;
    desk.says(1, "ticket new", &[("name", text("Key"))]).await;
    let answer =
        [("ticket", text("T-2")), ("activity", text("call_answered")), ("note", text("Under the mat"))];
    desk.says(1, "ticket log", &answer).await;
    desk.app.store().close().await;

    // Without a word on where answered tickets go.
    let two = TOY
        .replace("version = 1", "version = 2")
        .replace("\"answered\"", "\"solved\"")
        .replace("status.answered", "status.solved")
        .replace("answered = [", "solved = [");
    let desk = Desk::open(folder.path(), release(&two)).await;
    worker::upgrade::upgrade(&desk.app).await.expect("upgraded");
    assert_eq!(desk.versions(1, "T-1").await, (2, 2));
    assert_eq!(desk.versions(1, "T-2").await, (1, 1), "it has no place under the new rules");
    assert!(desk.says(1, "ticket show", &[("ticket", text("T-2"))]).await.contains("Answered"));
    desk.app.store().close().await;

    // The same file again, and then one that says it.
    let three = two
        .replace("version = 2", "version = 3")
        .replace("[field.answer_given]", "[upgrade.status]\nanswered = \"solved\"\n\n[field.answer_given]");
    let desk = Desk::open(folder.path(), release(&three)).await;
    worker::upgrade::upgrade(&desk.app).await.expect("upgraded");
    assert_eq!(desk.versions(1, "T-1").await, (3, 3));
    assert_eq!(desk.versions(1, "T-2").await, (3, 3));
    desk.app.store().close().await;

    // Its file is taken away: nobody makes new ones, and what is there goes on.
    let desk = Desk::open(folder.path(), Playbooks::builtin()).await;
    assert_eq!(desk.versions(1, "T-1").await, (3, 3));
    assert!(desk.app.active(WorkspaceId(1)).iter().all(|p| p.noun.singular != "ticket"));
}

/// A mistake in a file of the folder does not keep the bot from coming up again: its last good text goes on. A file that
/// never was good is refused.
#[tokio::test]
async fn a_bad_file_leaves_the_last_good_one_running() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("helpdesk.toml");
    std::fs::write(&file, TOY).expect("written");
    let desk = Desk::open(folder.path(), Playbooks::found(Some(folder.path()))).await;
    desk.says(1, "ticket new", &[("name", text("Door"))]).await;
    let kept = desk.app.store().shelves();
    desk.app.store().close().await;

    std::fs::write(&file, TOY.replace("class = \"won\"", "class = \"one\"")).expect("written");
    let last = |file: &str| kept.texts.iter().find(|t| t.file == file).map(|t| t.text.clone());
    let mended = Playbooks::found(Some(folder.path())).mended(last).expect("the last good one");
    let said: Vec<String> = mended.broken()[0].1.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|p| p.starts_with("line 53") && p.contains("`one` is none of")), "{said:?}");
    let desk = Desk::open(folder.path(), mended).await;
    assert_eq!(desk.versions(1, "T-1").await, (1, 1));
    assert!(desk.says(1, "ticket new", &[("name", text("Key"))]).await.contains("T-2"));

    std::fs::write(folder.path().join("new.toml"), "[playbook]\nid = 1\n").expect("written");
    let refused = Playbooks::found(Some(folder.path())).mended(last).expect_err("it never was good");
    assert!(refused.to_string().contains("new.toml: line 2"), "{refused}");
    assert!(!refused.to_string().contains("helpdesk.toml"), "{refused}");
}

/// Changed without a new version: fine, unless a status is gone.
#[tokio::test]
async fn a_text_that_drops_a_status_needs_a_version() {
    let folder = tempfile::tempdir().expect("a folder");
    let release = |toml: &str| Playbooks::of(vec![("helpdesk.toml".into(), toml.into())]).expect("good");
    Desk::open(folder.path(), release(TOY)).await.app.store().close().await;
    let title = TOY.replace("title = \"Help desk\"", "title = \"Service desk\"");
    let desk = Desk::open(folder.path(), release(&title)).await;
    assert_eq!(desk.app.active(WorkspaceId(1))[0].title, "Service desk");
    desk.app.store().close().await;
    let less = title
        .replace("\"answered\"", "\"solved\"")
        .replace("status.answered", "status.solved")
        .replace("answered = [", "solved = [");
    let desk = Desk::open(folder.path(), release(&less)).await;
    assert!(desk.app.active(WorkspaceId(1))[0].status(&"answered".into()).is_some(), "it goes on as it was");
}

fn bellwether(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bellwether"));
    command.args(arguments).env_remove("BELLWETHER_PLAYBOOKS").output().expect("it runs")
}

/// `playbook check`: every problem with its file, line and suggestion; 0, 1, 2.
#[test]
fn the_command_line_checks_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let good = write("good.toml", TOY);
    let bad = write("bad.toml", &TOY.replace("class = \"won\"", "clas = \"won\""));
    let missing = folder.path().join("none.toml").display().to_string();
    let out = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();

    let fine = bellwether(&["playbook", "check", &good]);
    assert_eq!(fine.status.code(), Some(0));
    assert!(out(&fine).contains("good.toml: can be used; errors: 0, warnings: 1."), "{}", out(&fine));
    let both = bellwether(&["playbook", "check", &good, &bad]);
    assert_eq!(both.status.code(), Some(1));
    let line = TOY.lines().position(|l| l == "class = \"won\"").expect("the line") + 1;
    assert!(out(&both).contains(&format!("bad.toml: line {line}, column 1: error")), "{}", out(&both));
    assert!(out(&both).contains("Did you mean `class`?"), "{}", out(&both));
    let none = bellwether(&["playbook", "check", &missing, &good]);
    assert_eq!(none.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&none.stderr).contains("none.toml: It cannot be read"));
    assert!(out(&none).contains("good.toml: can be used"), "the others are checked all the same");
}

/// D19: `playbook guide` for onboarding, of a playbook or a file.
#[test]
fn the_command_line_prints_the_guide() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("toy.toml");
    std::fs::write(&path, TOY).expect("written");
    let guide = |which: &[&str]| bellwether(&[&["playbook", "guide"], which].concat());
    let shipped = compile(SHIPPED).expect("shipped").playbook;
    for (which, title) in [(&[][..], shipped.title.as_str()), (&["lead-lifecycle"], shipped.title.as_str())] {
        let output = guide(which);
        assert_eq!(output.status.code(), Some(0));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.starts_with(&format!("# {title}\n")), "{text}");
        for status in &shipped.statuses {
            assert!(text.contains(&status.label), "{} is in the guide", status.label);
        }
    }
    let file = guide(&[&path.display().to_string()]);
    assert!(String::from_utf8_lossy(&file.stdout).starts_with("# Help desk\n"));
    let unknown = guide(&["chess"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("the playbooks are lead-lifecycle"));
}

/// X2: a stop in the middle of an upgrade loses nothing, and its queue goes on where it was: 150 tickets come over in
/// three batches, the bot dying after each; in the end each has come over once, with a turn, ten to a turn, and the most
/// valuable ones come first.
#[tokio::test]
async fn an_upgrade_that_dies_on_the_way_goes_on_where_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let release = |toml: &str| Playbooks::of(vec![("helpdesk.toml".into(), toml.into())]).expect("good");
    let desk = Desk::open(folder.path(), release(TOY)).await;
    for number in 1..=150 {
        let named = [("name", text(&format!("Question {number}"))), ("value", text(&format!("{number}00")))];
        assert!(desk.says(1, "ticket new", &named).await.contains(&format!("T-{number}")));
    }
    desk.app.store().close().await;

    // Half an hour later a greeting was due after ten minutes.
    let greet = "[[status.arrived.clock]]\nid = \"greet\"\nlabel = \"Greeting\"\n\
                 ladder = [{ at = \"10 minutes\", nudge = \"owner\" }]\n\n[status.answered]";
    let two = TOY.replace("version = 1", "version = 2").replace("[status.answered]", greet);
    let mut moved = 0;
    for (batches, done, minutes) in [(1, false, 30), (1, false, 45), (9, true, 65)] {
        let now = monday() + TimeDelta::minutes(minutes);
        let desk = Desk::open_at(folder.path(), release(&two), now).await;
        let went = worker::upgrade::some(&desk.app, batches).await.expect("upgraded");
        assert_eq!(went.done, done);
        moved += went.moved;
        desk.app.store().close().await;
    }
    assert_eq!(moved, 150, "each came over once");
    let desk = Desk::open_at(folder.path(), release(&two), monday() + TimeDelta::minutes(30)).await;
    assert_eq!(worker::upgrade::upgrade(&desk.app).await.expect("upgraded"), 0);
    let mut turns: BTreeMap<DateTime<Utc>, Vec<u32>> = BTreeMap::new();
    for number in 1..=150 {
        let handle = RecordRef::parse(&format!("T-{number}")).expect("a handle");
        let row = desk.app.store().record_by_handle(WorkspaceId(1), handle).await.expect("read");
        let record = row.expect("it is there").record;
        assert_eq!(record.playbook_version, 2);
        let turn = record.turn.expect("it has a turn").at;
        turns.entry(turn).or_default().push(number);
    }
    assert!(turns.values().all(|tickets| tickets.len() == 10), "{turns:?}");
    let order: Vec<u32> = turns.into_values().flat_map(|tickets| tickets.into_iter().rev()).collect();
    assert_eq!(order, (1..=150).rev().collect::<Vec<_>>(), "the worst first, over the stops as well");
}

/// X2: whoever moves the records may see an order before the rules that it names are known. It waits for them.
#[tokio::test]
async fn an_upgrade_to_rules_that_are_not_known_yet_waits_for_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let shipped = || Playbooks::of(vec![("helpdesk.toml".into(), TOY.into())]).expect("good");
    let desk = Desk::open(folder.path(), shipped()).await;
    assert!(desk.says(1, "ticket new", &[("name", text("Question"))]).await.contains("T-1"));
    let (workspace, id) = (WorkspaceId(1), PlaybookId::new("helpdesk"));
    let keep = Keep {
        texts: vec![Text {
            workspace,
            id: id.clone(),
            version: 2,
            file: "helpdesk.toml".into(),
            text: TOY.replace("version = 1", "version = 2"),
            by: None,
            at: monday(),
        }],
        upgrades: vec![Upgrade { workspace, id, version: 2, by: None }],
        ..Keep::default()
    };
    desk.app.store().keep_playbooks(keep).await.expect("kept");
    assert_eq!(worker::upgrade::upgrade(&desk.app).await.expect("upgraded"), 0);
    desk.app.store().close().await;

    let desk = Desk::open(folder.path(), shipped()).await;
    assert_eq!(worker::upgrade::upgrade(&desk.app).await.expect("upgraded"), 1);
    assert_eq!(desk.versions(1, "T-1").await, (2, 2));
}

/// X2: a bot that is moving records all the time moves those of a text that is just being brought.
#[tokio::test]
async fn records_come_over_while_the_text_is_still_being_brought() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().expect("a folder");
        let shipped = Playbooks::of(vec![("helpdesk.toml".into(), TOY.into())]).expect("good");
        let desk = Desk::open(folder.path(), shipped).await;
        assert!(desk.says(1, "ticket new", &[("name", text("Question"))]).await.contains("T-1"));
        let two = TOY.replace("version = 1", "version = 2").into_bytes();
        let file = Value::File("helpdesk.toml".to_owned(), two);
        let options = [("playbook", text("helpdesk")), ("file", file)];
        let moving = async {
            while worker::upgrade::upgrade(&desk.app).await.expect("upgraded") == 0 {
                tokio::task::yield_now().await;
            }
        };
        let moved = async { tokio::join!(desk.says(1, "setup playbook", &options), moving) };
        tokio::time::timeout(Duration::from_secs(20), moved).await.expect("the ticket comes over");
        assert_eq!(desk.versions(1, "T-1").await, (2, 2));
    }
}
