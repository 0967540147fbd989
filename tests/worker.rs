//! Delivery, sweeps and digests under faults: what was promised stands on the platform once, in order, and nothing
//! is lost (R2, R3, R6). Time is moved by hand; nothing here sleeps.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bellwether::chat::action::Action;
use bellwether::chat::intent::{Input, Request};
use bellwether::chat::message::{Message, Reply};
use bellwether::chat::port::{self, ChatPort, Refusal, SendError, SendKey};
use bellwether::domain::ids::{ApprovalId, ChannelId, RecordId, TeamId, WorkspaceId};
use bellwether::domain::workspace::{Person, Role, Team, Workspace};
use bellwether::playbook::Playbooks;
use bellwether::service::{App, draw};
use bellwether::store::outbox::{Content, Place};
use bellwether::store::row::ApprovalState;
use bellwether::worker;
use chrono::{DateTime, TimeDelta, Utc};
use support::fake_chat::{Fault, Where};
use support::world::{WORKSPACE, World};

fn monday() -> DateTime<Utc> {
    "2026-11-23T09:00:00Z".parse().expect("an instant")
}

/// A team in UTC with all its channels; ana and ben are reps, mia and nia managers.
async fn team() -> World {
    set_up(World::at(monday(), Playbooks::builtin()).await).await
}

async fn set_up(mut world: World) -> World {
    world.channel("general");
    let mut team: Team = Workspace::without_setup(WORKSPACE, TeamId(0)).teams.remove(0);
    team.leads = Some(world.channel("leads"));
    team.alerts = Some(world.channel("alerts"));
    team.approvals = Some(world.channel("approvals"));
    team.digest = Some(world.channel("digest"));
    team.digest_at = chrono::NaiveTime::from_hms_opt(17, 0, 0).expect("a time");
    let id = world.app.store().save_team(WORKSPACE, team, Vec::new()).await.expect("a team").id;
    for (name, role) in
        [("ana", Role::Rep), ("ben", Role::Rep), ("mia", Role::Manager), ("nia", Role::Manager)]
    {
        let person_id = world.person(name, false);
        let person = Person {
            id: person_id,
            name: name.to_owned(),
            admin: false,
            roles: Vec::new(),
            team: Some(id),
            role: Some(role),
            ..Person::unknown(person_id)
        };
        world.app.store().save_person(WORKSPACE, person, Vec::new()).await.expect("a person");
    }
    world
}

fn call(world: &World, who: &str, line: &str) -> Request {
    let call = world.call(line).expect("a command");
    world.request(who, ChannelId(10), Input::Call(call)).expect("a person")
}

fn press(world: &World, who: &str, action: Action) -> Request {
    let input = Input::Press { action: Some(action), values: Vec::new(), on_private: false };
    world.request(who, ChannelId(10), input).expect("a person")
}

async fn new_lead(world: &World, who: &str, rest: &str) {
    // An address of its own: nobody is asked whether it is there already (ruling 15).
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let reply =
        world.handle(call(world, who, &format!("/lead new email:\"x{number}@acme.com\" {rest}"))).await;
    assert!(said(&reply).contains("is created"), "{reply:?}");
}

fn at(world: &World, channel: &str) -> Where {
    Where::Channel(world.channel_called(channel).expect("a channel"))
}

fn said(reply: &Reply) -> String {
    match reply {
        Reply::Private(message) | Reply::Public(message) | Reply::Update(message) => text(message),
        Reply::Form(form) => form.title.clone(),
    }
}

fn text(message: &Message) -> String {
    format!("{message:?}")
}

fn retry(after: Option<u64>, everything: bool) -> Fault {
    let after = after.map(Duration::from_secs);
    Fault::Fails(SendError::Retry { after, everything, why: "429".to_owned() })
}

/// R6, R2: a request that took effect and whose answer was lost is one message, and it shows the newest state.
#[tokio::test]
async fn a_lost_answer_leaves_one_message_that_is_up_to_date() {
    let world = team().await;
    world.chat.next_meets(Some(at(&world, "leads")), Fault::LosesAnswer);
    new_lead(&world, "ana", "name:\"Acme\"").await;
    world.handle(call(&world, "ana", "/lead edit lead:L-1 field:company value:\"Acme Holding\"")).await;
    world.advance_to(monday() + TimeDelta::minutes(5)).await;
    let cards = world.chat.standing(at(&world, "leads"));
    assert_eq!(cards.len(), 1);
    assert!(text(&cards[0].1).contains("Acme Holding"));
}

/// Ruling 21, R6: a Retry-After holds its own channel, in order; the others go on.
#[tokio::test]
async fn a_retry_after_holds_its_lane_alone() {
    let world = team().await;
    world.chat.next_meets(Some(at(&world, "leads")), retry(Some(20), false));
    new_lead(&world, "ana", "name:\"Acme\" value:\"20k\"").await;
    new_lead(&world, "ana", "name:\"Beta\"").await;
    world
        .handle(call(&world, "ana", "/lead status lead:L-1 to:unqualified reason:budget note:\"no money\""))
        .await;
    assert!(world.chat.standing(at(&world, "leads")).is_empty(), "it is held");
    assert_eq!(world.chat.standing(at(&world, "approvals")).len(), 1, "approvals are not");
    world.advance_to(monday() + TimeDelta::seconds(20)).await;
    let cards = world.chat.standing(at(&world, "leads"));
    let order: Vec<_> = cards.iter().map(|(_, card)| text(card).contains("Acme")).collect();
    assert_eq!(order, [true, false], "in the order of writing");
}

/// R6: the platform is away for ten minutes; everything arrives once afterwards, and nothing is parked.
#[tokio::test]
async fn an_outage_delays_and_loses_nothing() {
    let world = team().await;
    for _ in 0..40 {
        world.chat.next_meets(None, retry(None, false));
    }
    new_lead(&world, "ana", "name:\"Acme\"").await;
    new_lead(&world, "ben", "name:\"Beta\"").await;
    world.advance_to(monday() + TimeDelta::minutes(20)).await;
    assert_eq!(world.chat.standing(at(&world, "leads")).len(), 2);
    let counts = world.app.store().outbox_counts(WORKSPACE).await.expect("counts");
    assert_eq!((counts.waiting, counts.parked), (0, 0));
}

/// Ruling 22, R6: a message got through just before an outage, and nobody heard: after it the platform has forgotten
/// the nonce, and the message is looked for before it is sent again.
#[tokio::test]
async fn a_lost_answer_before_an_outage_is_looked_for_after_it() {
    let world = team().await;
    world.chat.forget_nonces(true);
    world.chat.next_meets(Some(at(&world, "leads")), Fault::LosesAnswer);
    for _ in 0..20 {
        world.chat.next_meets(None, retry(None, false));
    }
    new_lead(&world, "ana", "name:\"Acme\"").await;
    world.advance_to(monday() + TimeDelta::minutes(20)).await;
    assert_eq!(world.chat.standing(at(&world, "leads")).len(), 1);
}

/// R6: while the platform takes other messages, one that it keeps failing on is parked and shown.
#[tokio::test]
async fn a_message_that_alone_fails_is_parked_and_the_lane_goes_on() {
    let world = team().await;
    for _ in 0..5 {
        world.chat.next_meets(Some(at(&world, "approvals")), retry(None, false));
    }
    ask_for_an_approval(&world).await;
    others_post(&world, 1..=60).await;
    let counts = world.app.store().outbox_counts(WORKSPACE).await.expect("counts");
    assert_eq!(counts.parked, 1);
    assert!(said(&world.handle(call(&world, "ana", "/setup show")).await).contains("1 undeliverable"));
}

/// R6: that edits get through says nothing for a platform that takes no new messages.
#[tokio::test]
async fn while_nothing_can_be_posted_edits_are_no_proof() {
    let world = team().await;
    for _ in 0..8 {
        world.chat.next_meets(Some(at(&world, "approvals")), retry(None, false));
    }
    ask_for_an_approval(&world).await;
    new_lead(&world, "ben", "name:\"Beta\"").await;
    for n in 1..=100 {
        world.handle(call(&world, "ben", &format!("/lead edit lead:L-2 field:value value:{n}"))).await;
        world.advance_to(monday() + TimeDelta::seconds(4 * n)).await;
    }
    let counts = world.app.store().outbox_counts(WORKSPACE).await.expect("counts");
    assert_eq!((counts.waiting, counts.parked), (0, 0));
    assert_eq!(world.chat.standing(at(&world, "approvals")).len(), 1);
}

/// R6: two bad minutes, in which it fails whenever this message is tried and takes others in between, are not the
/// message's own fault yet.
#[tokio::test]
async fn two_bad_minutes_park_nothing() {
    let world = team().await;
    for _ in 0..100 {
        world.chat.next_meets(Some(at(&world, "approvals")), retry(None, false));
    }
    ask_for_an_approval(&world).await;
    others_post(&world, 1..=30).await;
    world.chat.calm();
    others_post(&world, 31..=60).await;
    let counts = world.app.store().outbox_counts(WORKSPACE).await.expect("counts");
    assert_eq!((counts.waiting, counts.parked), (0, 0));
    assert_eq!(world.chat.standing(at(&world, "approvals")).len(), 1);
}

/// Ana's lead is worth asking a manager before it is given up.
async fn ask_for_an_approval(world: &World) {
    new_lead(world, "ana", "name:\"Acme\" value:\"20k\"").await;
    let asked = call(world, "ana", "/lead status lead:L-1 to:unqualified reason:budget note:\"no money\"");
    world.handle(asked).await;
}

/// Ben's leads get their cards, one every four seconds.
async fn others_post(world: &World, steps: std::ops::RangeInclusive<i32>) {
    for n in steps {
        new_lead(world, "ben", &format!("name:\"Zeta {n}\"")).await;
        world.advance_to(monday() + TimeDelta::seconds(4 * i64::from(n))).await;
    }
}

/// R6: between two outages something else gets through. What failed in the first is not held against it in the second.
#[tokio::test]
async fn two_outages_in_a_row_park_nothing() {
    let world = team().await;
    new_lead(&world, "ana", "name:\"Acme\"").await;
    for _ in 0..5 {
        world.chat.next_meets(Some(at(&world, "leads")), retry(None, false));
    }
    world.handle(call(&world, "ana", "/lead edit lead:L-1 field:value value:5k")).await;
    world.advance_to(monday() + TimeDelta::seconds(45)).await;
    world.handle(call(&world, "ana", "/lead assign lead:L-1 to:@ben")).await;
    world.advance_to(monday() + TimeDelta::minutes(5)).await;
    let counts = world.app.store().outbox_counts(WORKSPACE).await.expect("counts");
    assert_eq!((counts.waiting, counts.parked), (0, 0));
}

/// Ruling 20: a deleted card is replaced once, and not again.
#[tokio::test]
async fn a_deleted_card_is_replaced_once() {
    let world = team().await;
    new_lead(&world, "ana", "name:\"Acme\"").await;
    let leads = at(&world, "leads");
    let card = world.chat.standing(leads)[0].0;
    world.chat.delete(card);
    world.handle(call(&world, "ana", "/lead edit lead:L-1 field:value value:5k")).await;
    let cards = world.chat.standing(leads);
    assert_eq!(cards.len(), 1);
    assert_ne!(cards[0].0, card);
    world.chat.delete(cards[0].0);
    world.handle(call(&world, "ana", "/lead edit lead:L-1 field:value value:6k")).await;
    assert!(world.chat.standing(leads).is_empty());
    let counts = world.app.store().outbox_counts(WORKSPACE).await.expect("counts");
    assert_eq!((counts.waiting, counts.parked), (0, 0));
}

/// Ruling 20: where there is no room for a thread, the history serves and nothing is stuck.
#[tokio::test]
async fn without_room_for_a_thread_the_history_serves() {
    let world = team().await;
    new_lead(&world, "ana", "name:\"Acme\"").await;
    let refused = SendError::Refused { refusal: Refusal::NoMoreThreads, why: "160006".to_owned() };
    world.chat.refuse_threads(refused);
    world.handle(call(&world, "ana", "/lead log lead:L-1 activity:note note:\"They are nice\"")).await;
    assert!(world.chat.threads().is_empty());
    let counts = world.app.store().outbox_counts(WORKSPACE).await.expect("counts");
    assert_eq!((counts.waiting, counts.parked), (0, 0));
    let history = said(&world.handle(call(&world, "ana", "/lead history lead:L-1")).await);
    assert!(history.contains("They are nice"));
}

/// R2, ruling 22: a crash after the sending and before the settling leaves one message, however late the restart.
#[tokio::test]
async fn a_crash_between_sending_and_settling_repeats_nothing() {
    for minutes in [0, 1, 10] {
        let world = team().await;
        world.app.handle(call(&world, "ana", "/lead new name:\"Acme\" email:\"x@acme.com\"")).await;
        // The run that crashes: claimed, sent, never settled.
        let claimed = world.app.store().claim(16, 60_000, &[]).await.expect("claimed");
        for row in claimed {
            let drawn = draw::draw(&world.app, &row).await.expect("drawn").expect("something to say");
            let Content::Post(post) = &row.content else { continue };
            let Place::Channel(channel) = post.place else { continue };
            let key = SendKey { outbox: row.id, generation: 0 };
            let sent = world.chat.post(port::Place::Channel(channel), &drawn.message, key).await;
            sent.expect("sent");
        }
        world.chat.forget_nonces(minutes > 2);
        world.app.store().release_leases().await.expect("released");
        world.clock.advance(TimeDelta::minutes(minutes));
        world.settle().await;
        assert_eq!(world.chat.standing(at(&world, "leads")).len(), 1, "after {minutes} minutes");
    }
}

/// R3: Approve and Reject at the same moment, 200 times: one decision each time, and one answer that says so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_managers_at_the_same_moment_make_one_decision() {
    let world = Arc::new(team().await);
    for number in 1..=200 {
        world
            .app
            .handle(call(&world, "ana", &format!("/lead new name:Acme email:x@acme{number}.com value:20k")))
            .await;
        let line = format!("/lead status lead:L-{number} to:unqualified reason:budget note:\"no money\"");
        let asked = world.app.handle(call(&world, "ana", &line)).await;
        assert!(said(&asked).contains("waits for approval"), "{asked:?}");
        let approval = ApprovalId(number);
        let approve = press(&world, "mia", Action::Approve { approval });
        let reject = world
            .request(
                "nia",
                ChannelId(10),
                Input::Submit {
                    action: Some(Action::RejectForm { approval }),
                    inputs: [("reason".to_owned(), "Ask again".to_owned())].into(),
                },
            )
            .expect("a request");
        let (a, b) = (world.app.clone(), world.app.clone());
        let (one, other) = tokio::join!(
            tokio::spawn(async move { a.handle(approve).await }),
            tokio::spawn(async move { b.handle(reject).await })
        );
        let (one, other) = (said(&one.expect("answered")), said(&other.expect("answered")));
        let request = world.app.store().approval(approval).await.expect("read").expect("there");
        match request.state {
            ApprovalState::Approved { .. } => {
                assert!(one.contains("is now") && other.contains("Approved by"), "{one}\n{other}");
            }
            ApprovalState::Rejected { .. } => {
                assert!(other.contains("rejected") && one.contains("Rejected by"), "{one}\n{other}");
            }
            ApprovalState::Waiting | ApprovalState::Withdrawn { .. } => panic!("{request:?}"),
        }
    }
}

/// R4: the same input over two connections at the same moment makes one record.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_input_twice_makes_one_record() {
    let world = team().await;
    for number in 1..=50 {
        let request = call(&world, "ana", &format!("/lead new name:Acme email:x@acme{number}.com"));
        let (a, b) = (world.app.clone(), world.app.clone());
        let again = request.clone();
        let (one, other) = tokio::join!(
            tokio::spawn(async move { a.handle(request).await }),
            tokio::spawn(async move { b.handle(again).await })
        );
        let answers = [said(&one.expect("answered")), said(&other.expect("answered"))];
        assert!(answers.iter().any(|a| a.contains(&format!("L-{number}"))), "{answers:?}");
        assert!(answers.iter().any(|a| a.contains("already")), "{answers:?}");
    }
}

/// Digest once, also after a late start: three days without a run bring one digest, which tells of all of them.
#[tokio::test]
async fn a_late_start_brings_one_digest() {
    let world = team().await;
    new_lead(&world, "ana", "name:\"Acme\"").await;
    world.clock.advance(TimeDelta::days(3));
    world.settle().await;
    world.settle().await;
    let digests = world.chat.standing(at(&world, "digest"));
    assert_eq!(digests.len(), 1);
    assert!(text(&digests[0].1).contains("1 new"), "{digests:?}");
    world.advance_to(monday() + TimeDelta::days(4)).await;
    assert_eq!(world.chat.standing(at(&world, "digest")).len(), 2);
}

/// Ruling 8: after downtime only the highest due step of a ladder is said.
#[tokio::test]
async fn downtime_brings_one_alert_and_not_three() {
    let world = team().await;
    new_lead(&world, "ana", "name:\"Acme\"").await;
    world.clock.advance(TimeDelta::hours(6));
    world.settle().await;
    assert_eq!(world.chat.standing(at(&world, "alerts")).len(), 1);
    let ana = world.who("ana").expect("ana").id;
    let beside = world.chat.standing(Where::Private(ana));
    assert!(beside.is_empty(), "no nudge beside it: {beside:?}");
}

/// A private message has no workspace of its own: it is the record's, for whoever is known there.
#[tokio::test]
async fn a_button_in_a_private_message_works_for_those_who_are_known() {
    let mut world = team().await;
    new_lead(&world, "ana", "name:\"Acme\"").await;
    world.person("stranger", true);
    for (who, works) in [("ana", true), ("stranger", false)] {
        let request = press(&world, who, Action::Open { record: RecordId(1) });
        let reply = said(&world.handle(Request { workspace: WorkspaceId(0), ..request }).await);
        assert_eq!(reply.contains("Acme"), works, "{who}: {reply}");
    }
    // In another server the same id says nothing (R9, R10).
    let request = press(&world, "ana", Action::Open { record: RecordId(1) });
    let reply = said(&world.handle(Request { workspace: WorkspaceId(2), ..request }).await);
    assert!(!reply.contains("Acme"), "{reply}");
}

/// R9: whatever cannot be read gets one private answer.
#[tokio::test]
async fn a_forged_button_is_answered() {
    let world = team().await;
    let forged = Input::Press { action: None, values: Vec::new(), on_private: false };
    let request = world.request("ana", ChannelId(10), forged).expect("a request");
    assert!(said(&world.handle(request).await).contains("not valid"));
    for action in [
        Action::Open { record: RecordId(999) },
        Action::Approve { approval: ApprovalId(999) },
        Action::DraftForm { draft: bellwether::domain::ids::DraftId(999) },
        Action::Page { draft: bellwether::domain::ids::DraftId(999), page: 3 },
    ] {
        let reply = world.handle(press(&world, "ana", action)).await;
        assert!(matches!(reply, Reply::Private(_)), "{reply:?}");
    }
}

/// The loops themselves: what is committed leaves by itself, and a shutdown ends them well.
#[tokio::test]
async fn the_loops_deliver_until_they_are_told_to_stop() {
    let world = team().await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let port: Arc<dyn ChatPort> = world.chat.clone();
    let running = tokio::spawn(worker::run(world.app.clone(), port, async {
        let _ = stopped.await;
    }));
    world.app.handle(call(&world, "ana", "/lead new name:\"Acme\" email:\"x@acme.com\"")).await;
    let leads = at(&world, "leads");
    tokio::time::timeout(Duration::from_secs(10), async {
        while world.chat.standing(leads).is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the card is posted");
    stop.send(()).expect("it runs");
    running.await.expect("no panic").expect("a good end");
}

/// If any loop ends, all of it ends with an error, so that the process's supervisor notices.
#[tokio::test]
async fn a_closed_store_ends_the_worker_with_an_error() {
    let world = team().await;
    let port: Arc<dyn ChatPort> = world.chat.clone();
    let running = tokio::spawn(worker::run(world.app.clone(), port, std::future::pending()));
    world.app.store().close().await;
    let ended =
        tokio::time::timeout(Duration::from_secs(10), running).await.expect("it ends").expect("no panic");
    assert!(ended.is_err());
}

/// Ruling 17, R6: where nobody can be reached any more, a message walks every place once and is parked; it does not go
/// round for ever.
#[tokio::test]
async fn where_nothing_can_be_reached_messages_are_parked() {
    let world = team().await;
    for channel in ["leads", "alerts", "approvals", "digest", "general"] {
        world.chat.remove_channel(world.channel_called(channel).expect("a channel"));
    }
    let mut root = world.who("ana").expect("ana").clone();
    root.admin = true;
    for name in ["ana", "ben", "mia", "nia"] {
        world.chat.close_private(world.who(name).expect("a person").id);
    }
    let mut request = call(&world, "ana", "/lead new name:\"Acme\" email:\"x@acme.com\"");
    request.who = root;
    world.app.handle(request).await;
    let delivered = tokio::time::timeout(Duration::from_secs(20), async {
        world.settle().await;
        world.advance_to(monday() + TimeDelta::hours(3)).await;
    });
    delivered.await.expect("delivery comes to an end");
    assert_eq!(world.app.store().outbox_next().await.expect("an answer"), None, "nothing is tried again");
    assert!(world.app.store().outbox_counts(WORKSPACE).await.expect("counts").parked > 0);
}

/// A playbook's file is away for a day: what was due meanwhile is done once it is back.
#[tokio::test]
async fn clocks_wait_for_their_playbook() {
    let world = team().await;
    new_lead(&world, "ana", "name:\"Acme\"").await;
    let without = App::new(world.app.store().clone(), world.clock.clone(), Playbooks::default());
    let port: Arc<dyn ChatPort> = world.chat.clone();
    world.clock.set(monday() + TimeDelta::hours(4));
    worker::settle(&without, &port).await.expect("the worker runs");
    world.chat.take_log();
    world.advance_to(monday() + TimeDelta::days(1)).await;
    let said: Vec<_> = world.chat.take_log().iter().map(|p| text(&p.message)).collect();
    assert!(said.iter().any(|t| t.contains("First contact")), "{said:?}");
}

/// Ruling 20: edits of a card older than an hour are 30 seconds apart, the newest wins, and the channel goes on meanwhile.
#[tokio::test]
async fn edits_of_an_old_card_are_spaced_out() {
    let world = team().await;
    new_lead(&world, "ana", "name:\"Acme\"").await;
    let plan = |what: &str| format!("/lead next lead:L-1 action:\"{what}\" due:\"fri 10:00\"");
    let cards = |world: &World| -> Vec<String> {
        let log = world.chat.take_log();
        log.iter().filter(|p| p.at == at(world, "leads")).map(|p| text(&p.message)).collect()
    };
    for what in ["Call", "Write", "Visit"] {
        world.handle(call(&world, "ana", &plan(what))).await;
    }
    assert_eq!(cards(&world).len(), 4, "a young card shows everything at once");

    world.clock.set(monday() + TimeDelta::minutes(61));
    for what in ["Call again", "Write again", "Visit again"] {
        world.handle(call(&world, "ana", &plan(what))).await;
    }
    let edits = cards(&world);
    assert!(edits.len() == 1 && edits[0].contains("Call again"), "{edits:?}");
    new_lead(&world, "ben", "name:\"Beta\"").await;
    assert_eq!(cards(&world).len(), 1, "the channel is not held");
    world.clock.advance(TimeDelta::seconds(29));
    world.settle().await;
    assert!(cards(&world).is_empty());
    world.clock.advance(TimeDelta::seconds(1));
    world.settle().await;
    let edits = cards(&world);
    assert!(edits.len() == 1 && edits[0].contains("Visit again"), "{edits:?}");
}

/// Ruling 7, X2: what longer hours bring forward goes on in the channel's queue where it was, also after a restart: ten
/// are told at once, then ten an hour, of two teams that share a channel and whose hours are changed one after the other.
#[tokio::test]
async fn the_queue_of_changed_hours_goes_on_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("bellwether.sqlite").display());
    let mut world = set_up(World::in_file(monday(), Playbooks::builtin(), &url).await).await;
    world.person("root", true);
    let mut south: Team = world.app.store().workspace(WORKSPACE).teams[0].clone();
    let name = south.name.clone();
    (south.id, south.name) = (TeamId(0), "South".to_owned());
    let south = world.app.store().save_team(WORKSPACE, south, Vec::new()).await.expect("a team").id;
    let mut ben = world.app.store().workspace(WORKSPACE).people[&world.who("ben").expect("ben").id].clone();
    ben.team = Some(south);
    world.app.store().save_person(WORKSPACE, ben, Vec::new()).await.expect("a person");
    for team in [name.as_str(), "South"] {
        change_hours(&world, team, "mon-fri 15:00-18:00").await;
    }
    for _ in 0..15 {
        new_lead(&world, "ana", "name:\"North\"").await;
        new_lead(&world, "ben", "name:\"South\"").await;
    }
    let two = monday() + TimeDelta::hours(5);
    world.advance_to(two).await;
    assert_eq!(breached(&world).await, 0, "two business hours from 15:00 end at 17:00");
    change_hours(&world, &name, "mon-fri 09:00-18:00").await;
    world.settle().await;
    assert_eq!(breached(&world).await, 10);
    world.app.store().close().await;

    let mut world = World::in_file(two, Playbooks::builtin(), &url).await;
    for person in ["ana", "ben", "mia", "nia"] {
        world.person(person, false);
    }
    world.person("root", true);
    change_hours(&world, "South", "mon-fri 09:00-18:00").await;
    world.settle().await;
    assert_eq!(breached(&world).await, 10, "the channel has heard of ten in this hour");
    world.advance_to(two + TimeDelta::hours(1)).await;
    assert_eq!(breached(&world).await, 20, "five of either team");
    world.advance_to(two + TimeDelta::hours(2)).await;
    assert_eq!(breached(&world).await, 30);
}

async fn change_hours(world: &World, team: &str, hours: &str) {
    let line = format!("/setup calendar team:\"{team}\" hours:\"{hours}\"");
    let reply = world.handle(call(world, "root", &line)).await;
    assert!(said(&reply).contains("business hours"), "{reply:?}");
}

/// How many records have a promise that was said to be broken.
async fn breached(world: &World) -> usize {
    let filter = bellwether::store::read::Filter::default();
    let page = world.app.store().list(WORKSPACE, &filter, 0, 1_000).await.expect("a page");
    let broken =
        |row: &&bellwether::store::row::Row| row.record.clocks.iter().any(|run| run.breached_at.is_some());
    page.rows.iter().filter(broken).count()
}
