//! Files in and out, on the whole app: what comes back after a round trip, and long work that is cut off in the middle.

mod support;

use bellwether::chat::action::Action;
use bellwether::chat::intent::Input;
use bellwether::chat::message::{Message, Reply};
use bellwether::domain::ids::{JobId, RecordId};
use bellwether::domain::job::JobPhase;
use bellwether::playbook::Playbooks;
use bellwether::service::jobs;
use chrono::{TimeZone, Utc};
use support::world::World;

/// A world with a manager in it.
async fn world() -> World {
    let now = Utc.with_ymd_and_hms(2026, 11, 23, 1, 0, 0).unwrap();
    let mut world = World::at(now, Playbooks::builtin()).await;
    world.person("mia", true);
    world.channel("general");
    world
}

async fn say(world: &World, line: &str) -> Message {
    let channel = world.channel_called("general").unwrap();
    let call = world.call(line).unwrap();
    let reply = world.handle(world.request("mia", channel, Input::Call(call)).unwrap()).await;
    match reply {
        Reply::Private(message) | Reply::Public(message) | Reply::Update(message) => message,
        Reply::Form(form) => panic!("a form: {form:?}"),
    }
}

/// The job that a preview offers to start.
fn offered(message: &Message) -> Option<JobId> {
    message.buttons.iter().find_map(|button| match &button.action {
        Action::StartJob { job } => Some(*job),
        _ => None,
    })
}

/// Imports a file to the end.
async fn import(world: &mut World, text: &str) {
    world.file("in.csv", text.as_bytes().to_vec());
    let preview = say(world, "/lead import file:in.csv").await;
    let job = offered(&preview).unwrap_or_else(|| panic!("nothing to import: {preview:?}"));
    press(world, job).await;
    world.settle().await;
    let job = world.app.store().job(job).await.unwrap().unwrap();
    assert_eq!(job.phase, JobPhase::Done);
}

/// "Import", and nothing of it done yet.
async fn press(world: &World, job: JobId) {
    let channel = world.channel_called("general").unwrap();
    let action = Some(Action::StartJob { job });
    let input = Input::Press { action, values: Vec::new(), on_private: true };
    world.app.handle(world.request("mia", channel, input).unwrap()).await;
}

async fn export(world: &World) -> String {
    let message = say(world, "/lead export state:all").await;
    let file = message.files.first().unwrap_or_else(|| panic!("no file: {message:?}"));
    String::from_utf8(file.bytes.to_vec()).unwrap()
}

const LEADS: &str = "\
id,name,email,phone,company,value,source,status,stage,reason,owner
100,Acme,hello@acme.com,,Acme Ltd,12500.50,web,Connected,,,mia
101,Beta,b@beta.com,'+60 12 345 6789,,,,Nurture,,Timing,Anna Snelling
102,'=HYPERLINK(1),h@h.com,,\"Two, \"\"quoted\"\" Ltd\",300,'@fair,New,,,
103,Delta,d@d.com,,\"Two
lines\",,,Converted,,,Anna Snelling
";

/// Issue 3.9: what is exported and imported elsewhere gives the same rows; here again, it changes nothing.
#[tokio::test]
async fn an_export_comes_back_the_same() {
    let mut here = world().await;
    import(&mut here, LEADS).await;
    say(&here, "/lead new name:\"By hand\" email:by@hand.com").await;
    let text = export(&here).await;
    assert_eq!(text.lines().count(), 7, "{text}");

    let mut there = world().await;
    import(&mut there, &text).await;
    assert_eq!(export(&there).await, text);

    here.file("in.csv", text.clone().into_bytes());
    let preview = say(&here, "/lead import file:in.csv").await;
    assert_eq!(offered(&preview), None, "{preview:?}");
    assert!(format!("{preview:?}").contains("5 the same"), "{preview:?}");
    here.check_histories().await;
    there.check_histories().await;
}

/// Issue 3.9: no cell of an export begins as a formula does.
#[tokio::test]
async fn no_cell_is_a_formula() {
    let mut world = world().await;
    import(&mut world, LEADS).await;
    let text = export(&world).await;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 4);
    for cell in rows.iter().flat_map(|row| row.iter()) {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
    }
    assert!(text.contains(",'=HYPERLINK(1),") && text.contains(",'+60"), "{text}");
}

/// R2: long work that is cut off goes on where it stood: every chunk is one transaction with its place, so that one
/// that was begun twice is done once.
#[tokio::test]
async fn a_job_goes_on_where_it_was_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("bot.db").display());
    let now = Utc.with_ymd_and_hms(2026, 11, 23, 1, 0, 0).unwrap();
    let open = async || {
        let mut world = World::in_file(now, Playbooks::builtin(), &url).await;
        world.person("mia", true);
        world.channel("general");
        world
    };
    let mut world = open().await;
    let rows: String = (0..950).map(|n| format!("{n},Lead {n},l{n}@acme.com\n")).collect();
    world.file("in.csv", format!("id,name,email\n{rows}").into_bytes());
    let id = offered(&say(&world, "/lead import file:in.csv").await).expect("a preview");
    press(&world, id).await;

    for round in 1..=2 {
        let store = world.app.store();
        let job = store.job(id).await.unwrap().unwrap();
        // The same chunk twice, as two processes or a repeat after a crash would do it.
        jobs::step(&world.app, &job).await.unwrap();
        jobs::step(&world.app, &job).await.unwrap();
        assert_eq!(store.job(id).await.unwrap().unwrap().done, round * 200);
        // Killed: nothing is closed, what was not written is gone.
        drop(world);
        world = open().await;
    }
    world.settle().await;
    let job = world.app.store().job(id).await.unwrap().unwrap();
    assert_eq!((job.phase, job.done), (JobPhase::Done, 950));
    let ids: Vec<_> = (1..=2_000).map(RecordId).collect();
    let names: Vec<_> = world.app.store().records(&ids).await.unwrap();
    let names: Vec<_> = names.into_iter().map(|row| row.record.contact.name).collect();
    let expected: Vec<_> = (0..950).map(|n| format!("Lead {n}")).collect();
    assert_eq!(names, expected);
    world.check_histories().await;
}
