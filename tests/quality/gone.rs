//! Somebody has left (ruling 17), against what happens at the same moment: "Reassign all" undoes nothing that somebody
//! did by hand, two managers at once hand every record on once, and a stop in the middle loses nothing.

use bellwether::chat::action::Action;
use bellwether::chat::intent::Input;
use bellwether::chat::message::Reply;
use bellwether::domain::event::EventKind;
use bellwether::domain::ids::{PersonId, RecordId};
use bellwether::domain::workspace::Role;
use bellwether::service::jobs;

use crate::kit::{self, leaves, new_lead, request, row, say, told, typed, world};
use crate::support::world::{WORKSPACE, World};

async fn begin(world: &World, who: &str, record: RecordId, from: PersonId) -> Reply {
    let action = Some(Action::ReassignAll { record, from });
    world.app.handle(request(world, who, Input::Press { action, values: vec![], on_private: false })).await
}

/// How often a record changed its owner.
async fn hand_overs(world: &World, id: RecordId) -> Vec<Option<PersonId>> {
    let history = world.app.store().history(id, 0, 100).await.expect("a history");
    let to = |kind: &EventKind| match kind {
        EventKind::Assigned { to, .. } => Some(*to),
        _ => None,
    };
    history.iter().filter_map(|(_, event)| to(&event.kind)).collect()
}

/// A manager gives a lead to somebody while the chunk is under way: one of the two comes first, and what was done by
/// hand stands either way.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn reassign_all_and_a_change_by_hand() {
    let mut world = world().await;
    let sales = world.app.store().workspace(WORKSPACE).teams[0].id;
    let mut first = 0;
    for n in 0..24 {
        let name = format!("kim{n}");
        let kim = kit::place(&mut world, &name, Role::Rep, sales).await;
        let id = new_lead(&world, &name, &format!("name:\"Acme {n}\" value:\"1k\"")).await;
        let lead = row(&world, id).await.record.handle;
        say(&world, &name, &format!("/lead log lead:{lead} activity:email_sent")).await;
        leaves(&world, &name).await;
        let begun = begin(&world, "mia", id, kim).await;
        assert!(told(&world, &begun).contains("is being handed on"), "{}", told(&world, &begun));
        let call = request(&world, "mia", typed(&world, &format!("/lead assign lead:{lead} to:@mia")));
        let running = world.app.store().running_jobs().await.expect("the jobs").remove(0);
        let job = running.id;
        if n % 2 == 0 {
            let (stepped, _) = tokio::join!(jobs::step(&world.app, &running), world.app.handle(call));
            stepped.expect("a chunk");
        } else {
            let (_, stepped) = tokio::join!(world.app.handle(call), jobs::step(&world.app, &running));
            stepped.expect("a chunk");
        }
        world.settle().await;
        let mia = world.who("mia").expect("mia").id;
        assert_eq!(row(&world, id).await.record.owner, Some(mia), "what was done by hand stands");
        let lines = world.app.store().job_lines(job).await.expect("its lines");
        match hand_overs(&world, id).await.len() {
            1 => assert!(lines[0].1.contains("It belonged to somebody else already"), "{lines:?}"),
            2 => {
                assert!(lines[0].1.contains(",handed on,"), "{lines:?}");
                first += 1;
            }
            more => panic!("handed on {more} times"),
        }
    }
    println!("the job came first {first} times of 24");
    world.check_histories().await;
}

/// Two managers press at once, and each job's chunk is taken by two loops: every lead is handed on once, and all that
/// one press did is taken back as one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_managers_press_at_once() {
    let mut world = world().await;
    let sales = world.app.store().workspace(WORKSPACE).teams[0].id;
    kit::place(&mut world, "max", Role::Manager, sales).await;
    let kim = kit::place(&mut world, "kim", Role::Rep, sales).await;
    let mut leads = Vec::new();
    for n in 0..30 {
        let id = new_lead(&world, "kim", &format!("name:\"Acme {n}\" value:\"1k\"")).await;
        let lead = row(&world, id).await.record.handle;
        say(&world, "kim", &format!("/lead log lead:{lead} activity:email_sent")).await;
        leads.push(id);
    }
    leaves(&world, "kim").await;
    let (one, other) = tokio::join!(begin(&world, "mia", leads[0], kim), begin(&world, "max", leads[0], kim));
    for reply in [&one, &other] {
        assert!(told(&world, reply).contains("30 records of"), "{}", told(&world, reply));
    }
    let running = world.app.store().running_jobs().await.expect("the jobs");
    assert_eq!(running.len(), 2);
    let twice = running.iter().chain(&running).map(|job| jobs::step(&world.app, job));
    for step in futures_util::future::join_all(twice).await {
        step.expect("a chunk");
    }
    world.settle().await;
    let mut counts = std::collections::BTreeMap::<PersonId, usize>::new();
    for id in &leads {
        let owners = hand_overs(&world, *id).await;
        assert_eq!(owners.len(), 1, "{owners:?}");
        *counts.entry(owners[0].expect("somebody")).or_default() += 1;
    }
    assert_eq!(counts.values().copied().collect::<Vec<_>>(), [10, 10, 10], "ana, ben and cai take turns");
    let by_mia = told(&world, &say(&world, "mia", "/lead undo").await);
    let by_max = told(&world, &say(&world, "max", "/lead undo").await);
    let undone = [&by_mia, &by_max].iter().filter(|said| said.contains("undone as one")).count();
    assert_eq!(undone, 1, "{by_mia}\n{by_max}");
    for id in &leads {
        assert_eq!(row(&world, *id).await.record.owner, Some(kim));
    }
    assert_eq!(world.check_histories().await, 30);
}

/// Whoever led alone has left: the admin leads meanwhile, decides what waited, and is told of it.
#[tokio::test]
async fn the_only_manager_has_left() {
    let world = world().await;
    let lead = new_lead(&world, "ana", "name:\"Acme\" value:\"50k\"").await;
    let handle = row(&world, lead).await.record.handle;
    say(&world, "root", "/lead list").await;
    let ask = format!("/lead status lead:{handle} to:unqualified reason:budget note:\"no money\"");
    say(&world, "ana", &ask).await;
    let pending = row(&world, lead).await.record.pending.expect("it waits").approval;
    let approve = || Input::Press {
        action: Some(Action::Approve { approval: pending }),
        values: vec![],
        on_private: false,
    };
    // Another team's manager comes before the admins (ruling 11); both teams' managers leave.
    let said = told(&world, &say(&world, "root", "/setup member person:@nia role:gone").await);
    assert!(said.contains("is set down as gone"), "{said}");
    let refused = told(&world, &world.handle(request(&world, "root", approve())).await);
    assert!(refused.contains("Only a manager of Sales"), "{refused}");
    say(&world, "root", "/setup member person:@mia role:gone").await;
    let root = world.who("root").expect("root").id;
    let private = world.chat.standing(crate::support::fake_chat::Where::Private(root));
    let told_of_it = private.iter().any(|(_, m)| kit::text(&world, m).contains("1 request that they could"));
    assert!(told_of_it, "the admin is told that it waits for them");
    let refused = told(&world, &world.handle(request(&world, "mia", approve())).await);
    assert!(refused.contains("You are set down as gone"), "{refused}");
    let done = told(&world, &world.handle(request(&world, "root", approve())).await);
    assert!(done.contains("approved"), "{done}");
    // And back.
    say(&world, "root", "/setup member person:@mia role:manager").await;
    let workspace = world.app.store().workspace(WORKSPACE);
    assert!(workspace.is_manager(world.who("mia").expect("mia").id, workspace.teams[0].id));
    assert!(!workspace.is_manager(root, workspace.teams[0].id), "the team has a manager of its own again");
}

/// Ruling 17: a channel that is gone is still marked after a restart, until it takes a message or is set anew.
#[tokio::test]
async fn a_broken_channel_outlives_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("bellwether.sqlite").display());
    let mut world = World::in_file(kit::monday(), bellwether::playbook::Playbooks::builtin(), &url).await;
    kit::set_up(&mut world).await;
    let leads = world.channel("leads");
    world.chat.remove_channel(leads);
    new_lead(&world, "ana", "name:\"Acme\" value:\"1k\"").await;
    assert_eq!(world.app.broken_channels(WORKSPACE), [leads]);
    let clock = world.clock.clone();
    world.app.store().close().await;
    let store = bellwether::store::Store::open(&url, clock.clone()).await.expect("the same file");
    let app = bellwether::service::App::new(store, clock, bellwether::playbook::Playbooks::builtin());
    assert_eq!(app.broken_channels(WORKSPACE), [leads], "it is known after a restart");
    app.channel_works(WORKSPACE, leads, bellwether::service::Works::Yes).await.expect("noted");
    assert!(app.broken_channels(WORKSPACE).is_empty(), "it takes messages again");
}
