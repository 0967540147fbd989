//! `/lead bulk` against what happens at the same moment, and against a stop between its chunks: nothing is done twice,
//! nothing is lost, and all of it stays one command (X1; rulings 12 and 23).

use bellwether::chat::action::Action;
use bellwether::chat::intent::Input;
use bellwether::chat::message::Reply;
use bellwether::domain::event::EventKind;
use bellwether::domain::ids::{JobId, RecordId};
use bellwether::domain::job::JobPhase;
use bellwether::playbook::Playbooks;
use bellwether::service::{App, jobs};
use bellwether::store::Store;
use bellwether::worker;

use crate::kit::{monday, new_lead, request, row, say, set_up, told, typed, world};
use crate::support::world::World;

const BULK: &str = "/lead bulk to:unqualified reason:budget note:\"No money this year\"";

/// The job that a preview waits with.
pub fn job_of(reply: &Reply) -> JobId {
    let Reply::Private(message) = reply else { panic!("no preview: {reply:?}") };
    let start = message.buttons.iter().find_map(|button| match &button.action {
        Action::StartJob { job } => Some(*job),
        _ => None,
    });
    start.unwrap_or_else(|| panic!("no button: {reply:?}"))
}

pub async fn start(world: &World, who: &str, job: JobId) {
    let input = Input::Press { action: Some(Action::StartJob { job }), values: vec![], on_private: false };
    let reply = world.app.handle(request(world, who, input)).await;
    assert!(told(world, &reply).contains("It has begun"), "{}", told(world, &reply));
}

/// How often a record was moved there by a person's choice.
async fn moves(world: &World, id: RecordId) -> usize {
    let history = world.app.store().history(id, 0, 100).await.expect("a history");
    let there = |kind: &EventKind| matches!(kind, EventKind::Moved(m) if m.to.as_str() == "unqualified");
    history.iter().filter(|(_, event)| there(&event.kind)).count()
}

/// Somebody moves a lead while the chunk is under way: one of the two comes first, and the other one sees it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_bulk_and_a_manual_move() {
    let world = world().await;
    let mut first = 0;
    for n in 0..24 {
        let id = new_lead(&world, "ana", &format!("name:\"Acme {n}\" value:\"1k\"")).await;
        let lead = row(&world, id).await.record.handle;
        let shown = say(&world, "ana", &format!("{BULK} status:new")).await;
        let job = job_of(&shown);
        start(&world, "ana", job).await;
        let call = typed(&world, &format!("/lead log lead:{lead} activity:call_answered"));
        let call = request(&world, "ben", call);
        let running = world.app.store().running_jobs().await.expect("the jobs").remove(0);
        if n % 2 == 0 {
            let (stepped, _) = tokio::join!(jobs::step(&world.app, &running), world.app.handle(call));
            stepped.expect("a chunk");
        } else {
            let (_, stepped) = tokio::join!(world.app.handle(call), jobs::step(&world.app, &running));
            stepped.expect("a chunk");
        }
        world.settle().await;
        let lines = world.app.store().job_lines(job).await.expect("its lines");
        assert_eq!(lines.len(), 1, "{lines:?}");
        match moves(&world, id).await {
            1 => {
                assert!(lines[0].1.contains(",moved,"), "{lines:?}");
                first += 1;
            }
            0 => assert!(lines[0].1.contains("It has changed since the preview"), "{lines:?}"),
            more => panic!("moved {more} times"),
        }
    }
    println!("the bulk came first {first} times of 24");
    assert_eq!(world.check_histories().await, 24);
}

/// Two loops that take the same chunk, a stop after it, another process: each lead is moved once, by one command, which
/// is taken back as one.
#[tokio::test]
async fn a_bulk_goes_on_after_a_restart() {
    const LEADS: usize = 230;
    let directory = tempfile::tempdir().expect("a directory");
    let url = format!("sqlite://{}", directory.path().join("bellwether.sqlite").display());
    let mut world = World::in_file(monday(), Playbooks::builtin(), &url).await;
    set_up(&mut world).await;
    for n in 0..LEADS {
        let line = format!("/lead new name:\"Acme {n}\" email:\"a@acme{n}.com\" value:\"1k\"");
        let reply = world.app.handle(request(&world, "ana", typed(&world, &line))).await;
        assert!(told(&world, &reply).contains("is created"), "{}", told(&world, &reply));
    }
    let shown = world.app.handle(request(&world, "mia", typed(&world, BULK))).await;
    let said = told(&world, &shown);
    assert!(said.contains("Would be: 230 moved."), "{said}");
    let job = job_of(&shown);
    // Before it is started, nothing runs.
    assert_eq!(worker::jobs::step(&world.app).await.expect("no job"), 0);
    start(&world, "mia", job).await;
    let stale = world.app.store().running_jobs().await.expect("the jobs").remove(0);
    for _ in 0..2 {
        jobs::step(&world.app, &stale).await.expect("a chunk");
    }
    let undo = world.app.handle(request(&world, "mia", typed(&world, "/lead undo"))).await;
    assert!(told(&world, &undo).contains("still under way"), "{}", told(&world, &undo));
    let half = world.app.store().job(job).await.expect("a read").expect("the job");
    assert_eq!((half.done, half.phase), (200, JobPhase::Running));

    world.app.store().close().await;
    let store = Store::open(&url, world.clock.clone()).await.expect("the database");
    world.app = App::new(store, world.clock.clone(), Playbooks::builtin());
    while worker::jobs::step(&world.app).await.expect("a chunk") > 0 {}

    let done = world.app.store().job(job).await.expect("a read").expect("the job");
    assert_eq!((done.done, done.phase), (LEADS as u64, JobPhase::Done));
    let lines = world.app.store().job_lines(job).await.expect("its lines");
    assert_eq!(lines.iter().filter(|(_, line)| line.contains(",moved,")).count(), LEADS);
    let mut commands = std::collections::BTreeSet::new();
    for id in 1..=LEADS as i64 {
        assert_eq!(moves(&world, RecordId(id)).await, 1, "{id}");
        let past = world.app.store().past(RecordId(id)).await.expect("a past");
        commands.extend(past.last().map(|told| told.command));
    }
    assert_eq!(commands.len(), 1, "one command: {commands:?}");

    let undo = world.app.handle(request(&world, "mia", typed(&world, "/lead undo"))).await;
    let said = told(&world, &undo);
    assert!(said.contains("undone as one: 230 leads are as before"), "{said}");
    assert_eq!(row(&world, RecordId(LEADS as i64)).await.record.status.as_str(), "new");
    assert_eq!(world.check_histories().await, LEADS);
}

/// R4, R10: a press counts once, and only that of whoever saw the preview.
#[tokio::test]
async fn a_repeated_press_and_a_forged_job() {
    let world = world().await;
    new_lead(&world, "ana", "name:\"Acme\" value:\"1k\"").await;
    let shown = say(&world, "ana", BULK).await;
    let job = job_of(&shown);
    for (who, job, said) in [
        ("ben", job, "Only whoever began this"),
        ("ana", JobId(99), "finished or too old"),
        ("ana", job, "It has begun"),
        ("ana", job, "This is done already"),
    ] {
        let input =
            Input::Press { action: Some(Action::StartJob { job }), values: vec![], on_private: false };
        let reply = world.handle(request(&world, who, input)).await;
        assert!(told(&world, &reply).contains(said), "{}", told(&world, &reply));
    }
    assert_eq!(moves(&world, RecordId(1)).await, 1);
}

/// Two managers press on the one request of a bulk move while a reply withdraws one of them: each lead is decided once
/// or withdrawn, and never both (ruling 11).
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_request_of_many_is_decided_once() {
    let mut world = world().await;
    let sales = world.app.store().workspace(crate::support::world::WORKSPACE).teams[0].id;
    crate::kit::place(&mut world, "max", bellwether::domain::workspace::Role::Manager, sales).await;
    for n in 0..12 {
        let mut leads = Vec::new();
        for m in 0..3 {
            let about = format!("name:\"Lead {m}\" company:\"Company {n}.\" value:\"50k\"");
            leads.push(new_lead(&world, "ana", &about).await);
        }
        let job = job_of(&say(&world, "ana", &format!("{BULK} company:\"Company {n}.\"")).await);
        start(&world, "ana", job).await;
        world.settle().await;
        let approval = row(&world, leads[0]).await.record.pending.expect("it waits").approval;
        let press = |who: &str| {
            let action = Some(Action::ApproveAll { approval });
            world.app.handle(request(&world, who, Input::Press { action, values: vec![], on_private: false }))
        };
        let lead = row(&world, leads[1]).await.record.handle;
        let reply = typed(&world, &format!("/lead log lead:{lead} activity:email_replied note:\"Wait\""));
        let reply = world.app.handle(request(&world, "ana", reply));
        let (one, _, other) = tokio::join!(press("mia"), reply, press("max"));
        world.settle().await;
        let said = [told(&world, &one), told(&world, &other)];
        let late = said.iter().filter(|said| said.contains("decided or withdrawn already")).count();
        assert_eq!(late, 1, "{said:?}");
        for (at, id) in leads.iter().enumerate() {
            assert!(row(&world, *id).await.record.pending.is_none(), "nothing waits");
            let times = moves(&world, *id).await;
            assert!(times == 1 || (at == 1 && times == 0), "moved {times} times");
        }
    }
    world.check_histories().await;
}
