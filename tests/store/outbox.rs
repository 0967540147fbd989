//! The outbox: lanes, leases, supersession, parking (rulings 20 to 22).

use bellwether::domain::ids::*;
use bellwether::store::Needs;
use bellwether::store::outbox::{Claimed, Content, OutboxCounts, Place, Priority, Settlement};
use bellwether::store::row::PostKind;
use chrono::TimeDelta;

use crate::kit::*;

const LEASE: i64 = 30_000;

async fn claim(world: &World) -> Vec<Claimed> {
    world.store.claim(100, LEASE, &[]).await.unwrap()
}

async fn one(world: &World) -> Claimed {
    let mut all = claim(world).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn text(claimed: &Claimed) -> &str {
    match &claimed.content {
        Content::Fact { body, .. } => body.trim_matches('"'),
        Content::Post(post) => panic!("{post:?}"),
    }
}

fn sent(message: i64) -> Settlement {
    let remote = Remote { channel: ChannelId(501), message: MessageId(message) };
    Settlement::Sent { remote: Some(remote), thread: None }
}

fn again(world: &World, in_ms: i64) -> Settlement {
    use bellwether::clock::Clock;
    let at = world.clock.operational() + in_ms;
    Settlement::Retry { at, counts: true, may_stand: true, why: "500".to_owned() }
}

async fn settle(world: &World, claimed: &Claimed, how: Settlement) {
    assert!(world.store.settle(claimed, how).await.unwrap());
}

async fn card(world: &World) -> PostId {
    let id = world.lead("A", None).await;
    world.run(records([id]), move |batch| batch.new_post(GUILD, PostKind::Card, LEADS, id, None)).await
}

async fn refresh(world: &World, post: PostId) {
    world.run(Needs::default(), move |batch| batch.refresh(post)).await;
}

#[tokio::test]
async fn a_key_is_said_once() {
    let world = World::new().await;
    world.say(fact("hello", LEADS)).await;
    world.say(fact("hello", LEADS)).await;
    let row = one(&world).await;
    assert_eq!((text(&row), row.attempt, row.lost_lease), ("hello", 1, None));
    settle(&world, &row, sent(1)).await;
    world.say(fact("hello", LEADS)).await;
    assert!(claim(&world).await.is_empty());
    assert_eq!(world.store.outbox_counts(GUILD).await.unwrap(), OutboxCounts::default());
    assert_eq!(world.store.outbox_next().await.unwrap(), None);
}

/// Order is kept in a lane, one at a time; lanes do not wait for each other.
#[tokio::test]
async fn a_lane_keeps_its_order() {
    let world = World::new().await;
    for (key, place) in [("a1", ALERTS), ("a2", ALERTS), ("l1", LEADS)] {
        world.say(fact(key, place)).await;
    }
    let first = claim(&world).await;
    assert_eq!(first.iter().map(text).collect::<Vec<_>>(), ["a1", "l1"]);
    assert!(claim(&world).await.is_empty(), "one in flight per lane");
    assert_eq!(world.store.outbox_next().await.unwrap(), Some(LEASE));
    settle(&world, &first[0], again(&world, 5_000)).await;
    assert!(claim(&world).await.is_empty(), "what waits for its retry holds its lane");
    assert_eq!(world.store.outbox_next().await.unwrap(), Some(5_000));
    world.clock.advance(minutes(1) / 12);
    let retried = one(&world).await;
    assert_eq!((text(&retried), retried.attempt), ("a1", 2));
    settle(&world, &retried, sent(1)).await;
    assert_eq!(text(&one(&world).await), "a2");
}

/// Ruling 21: approvals overtake nudges.
#[tokio::test]
async fn the_urgent_overtake() {
    let world = World::new().await;
    for (key, priority) in
        [("nudge", Priority::Last), ("line", Priority::Normal), ("approval", Priority::First)]
    {
        world.say(bellwether::store::outbox::Fact { priority, ..fact(key, LEADS) }).await;
    }
    world
        .say(bellwether::store::outbox::Fact { priority: Priority::First, ..fact("elsewhere", ALERTS) })
        .await;
    for expected in [vec!["approval", "elsewhere"], vec!["line"], vec!["nudge"]] {
        let rows = claim(&world).await;
        assert_eq!(rows.iter().map(text).collect::<Vec<_>>(), expected);
        for row in &rows {
            settle(&world, row, sent(1)).await;
        }
    }
}

/// Hundreds of cards that a job draws do not keep one waiting that somebody asked for; nor do they hold an approval.
#[tokio::test]
async fn what_somebody_waits_for_overtakes_the_many() {
    let world = World::new().await;
    let mut many = Vec::new();
    for (name, kind) in [("A", PostKind::Card), ("B", PostKind::Card), ("C", PostKind::Approval)] {
        let id = world.lead(name, None).await;
        let post = world
            .run(records([id]), move |batch| {
                batch.without_hurry(|batch| batch.new_post(GUILD, kind, LEADS, id, None))
            })
            .await;
        many.push(post);
    }
    let asked = card(&world).await;
    // Somebody looks at one of the many after all.
    refresh(&world, many[1]).await;
    let mut order = Vec::new();
    for message in 1..=4 {
        let row = one(&world).await;
        match &row.content {
            Content::Post(post) => order.push(post.id),
            Content::Fact { body, .. } => panic!("{body}"),
        }
        settle(&world, &row, sent(message)).await;
    }
    assert_eq!(order, [many[2], many[1], asked, many[0]]);
}

#[tokio::test]
async fn claims_are_bounded_and_held_lanes_are_passed_over() {
    let world = World::new().await;
    for (key, place) in [("a", ALERTS), ("b", LEADS), ("c", Place::Person(BEN))] {
        world.say(fact(key, place)).await;
    }
    let rows = world.store.claim(1, LEASE, &[ALERTS.lane()]).await.unwrap();
    assert_eq!(rows.iter().map(text).collect::<Vec<_>>(), ["b"]);
    assert_eq!(claim(&world).await.len(), 2);
}

#[tokio::test]
async fn nothing_goes_before_its_time() {
    let world = World::new().await;
    let later = bellwether::store::outbox::Fact { due_at: monday() + minutes(5), ..fact("later", LEADS) };
    world.say(later).await;
    assert!(claim(&world).await.is_empty());
    assert_eq!(world.store.outbox_next().await.unwrap(), Some(300_000));
    world.say(fact("now", LEADS)).await;
    let now = one(&world).await;
    assert_eq!(text(&now), "now", "what is not due yet holds nobody");
    settle(&world, &now, sent(1)).await;
    world.clock.advance(minutes(5));
    assert_eq!(text(&one(&world).await), "later");
}

/// Ruling 21: a newer drawing supersedes an unsent one; one that comes in flight keeps the row open.
#[tokio::test]
async fn a_newer_drawing_supersedes() {
    let world = World::new().await;
    let post = card(&world).await;
    refresh(&world, post).await;
    let posting = one(&world).await;
    assert!(matches!(&posting.content, Content::Post(p) if p.id == post && p.remote.is_none()));
    refresh(&world, post).await;
    settle(&world, &posting, sent(77)).await;
    let edit = one(&world).await;
    assert_eq!((edit.id, edit.attempt), (posting.id, 1));
    assert!(edit.version > posting.version);
    assert!(matches!(&edit.content, Content::Post(p) if p.remote.map(|r| r.message) == Some(MessageId(77))));
    settle(&world, &edit, sent(77)).await;
    assert!(claim(&world).await.is_empty());
    refresh(&world, post).await;
    assert_eq!(one(&world).await.id, posting.id, "sent, and drawn anew");
}

/// Ruling 20: Discord limits how often a message older than an hour is edited (30046), so its edits are at least
/// 30 s apart, the newest wins, and nobody else in the channel waits for it.
#[tokio::test]
async fn edits_of_an_old_message_rest_half_a_minute() {
    let world = World::new().await;
    let post = card(&world).await;
    let posting = one(&world).await;
    settle(&world, &posting, sent(77)).await;
    world.clock.advance(TimeDelta::minutes(59));
    for _ in 0..3 {
        refresh(&world, post).await;
        let edit = one(&world).await;
        settle(&world, &edit, sent(77)).await;
    }
    world.clock.advance(TimeDelta::minutes(2));
    refresh(&world, post).await;
    let first = one(&world).await;
    refresh(&world, post).await;
    settle(&world, &first, sent(77)).await;
    assert!(claim(&world).await.is_empty(), "a newer drawing came in flight: it rests");
    refresh(&world, post).await;
    assert!(claim(&world).await.is_empty());
    assert_eq!(world.store.outbox_next().await.unwrap(), Some(30_000));
    world.say(fact("another", LEADS)).await;
    let another = one(&world).await;
    assert_eq!(text(&another), "another", "the channel does not wait");
    settle(&world, &another, sent(78)).await;
    world.clock.advance(TimeDelta::seconds(30));
    let edit = one(&world).await;
    assert!(edit.version >= first.version + 2, "the newest drawing");
    settle(&world, &edit, sent(77)).await;
    assert!(claim(&world).await.is_empty());
}

/// A line in a thread waits until its post stands, and the post gets to know its thread.
#[tokio::test]
async fn a_thread_waits_for_its_post() {
    let world = World::new().await;
    let post = card(&world).await;
    world.say(fact("line", Place::ThreadOf(post))).await;
    let posting = one(&world).await;
    assert_eq!(world.store.outbox_next().await.unwrap(), Some(LEASE), "only the lease is waited for");
    settle(&world, &posting, sent(77)).await;
    let line = one(&world).await;
    assert_eq!(text(&line), "line");
    let standing = Content::Fact {
        place: Place::ThreadOf(post),
        thread_of: world.store.post(post).await.unwrap(),
        body: "\"line\"".to_owned(),
    };
    assert_eq!(line.content, standing);
    settle(&world, &line, Settlement::Sent { remote: None, thread: Some(ChannelId(900)) }).await;
    let post = world.store.post(post).await.unwrap().unwrap();
    assert_eq!((post.thread, post.remote.map(|r| r.message)), (Some(ChannelId(900)), Some(MessageId(77))));
}

/// Ruling 22: a lease that ran out may have been sent; only the new holder settles.
#[tokio::test]
async fn a_lost_lease_is_told() {
    let mut world = World::on_disk().await;
    world.say(fact("a", LEADS)).await;
    let lost = one(&world).await;
    world.clock.advance(minutes(3));
    world.restart().await;
    let row = one(&world).await;
    assert_eq!((row.id, row.attempt, row.lost_lease), (lost.id, 2, Some(monday().timestamp_millis())));
    assert!(!world.store.settle(&lost, sent(1)).await.unwrap(), "not the holder any more");
    settle(&world, &row, again(&world, 0)).await;
    let third = one(&world).await;
    assert_eq!(third.lost_lease, Some(monday().timestamp_millis()), "it may still have been sent then");
    settle(&world, &third, sent(1)).await;
    assert!(!world.store.settle(&third, sent(1)).await.unwrap(), "settled already");
}

/// A late answer counts as long as nobody else has taken the row.
#[tokio::test]
async fn a_late_settlement_still_holds() {
    let world = World::new().await;
    world.say(fact("a", LEADS)).await;
    let row = one(&world).await;
    world.clock.advance(minutes(3));
    settle(&world, &row, sent(1)).await;
    assert!(claim(&world).await.is_empty());
}

/// Ruling 21: five failures park the row, not the lane; a Retry-After is no failure.
#[tokio::test]
async fn five_failures_park_the_row() {
    let world = World::new().await;
    world.say(fact("bad", LEADS)).await;
    world.say(fact("good", LEADS)).await;
    for _ in 0..9 {
        let held = Settlement::Retry { at: 0, counts: false, may_stand: false, why: "429".to_owned() };
        settle(&world, &one(&world).await, held).await;
    }
    for _ in 0..5 {
        let row = one(&world).await;
        assert_eq!(text(&row), "bad");
        settle(&world, &row, again(&world, 0)).await;
    }
    assert_eq!(world.store.outbox_counts(GUILD).await.unwrap(), OutboxCounts { waiting: 1, parked: 1 });
    assert_eq!(text(&one(&world).await), "good");
}

/// A parked card is tried again when there is something new to show.
#[tokio::test]
async fn a_parked_drawing_is_revived() {
    let world = World::new().await;
    let post = card(&world).await;
    settle(&world, &one(&world).await, Settlement::Parked { why: "50013".to_owned() }).await;
    assert!(claim(&world).await.is_empty());
    assert_eq!(world.store.outbox_counts(GUILD).await.unwrap(), OutboxCounts { waiting: 0, parked: 1 });
    refresh(&world, post).await;
    assert_eq!(world.store.outbox_counts(GUILD).await.unwrap(), OutboxCounts { waiting: 1, parked: 0 });
    settle(&world, &one(&world).await, again(&world, 0)).await;
    one(&world).await;
}

/// Ruling 20: a deleted card is replaced once.
#[tokio::test]
async fn a_deleted_message_is_replaced_once() {
    let world = World::new().await;
    let post = card(&world).await;
    settle(&world, &one(&world).await, sent(77)).await;
    refresh(&world, post).await;
    settle(&world, &one(&world).await, Settlement::PostAnew).await;
    let anew = one(&world).await;
    assert!(matches!(&anew.content, Content::Post(p) if p.remote.is_none() && p.generation == 1));
    settle(&world, &anew, sent(78)).await;
    refresh(&world, post).await;
    settle(&world, &one(&world).await, Settlement::PostAnew).await;
    assert_eq!(world.store.outbox_counts(GUILD).await.unwrap(), OutboxCounts { waiting: 0, parked: 1 });
}

/// Ruling 17: a channel that is gone has its messages go elsewhere.
#[tokio::test]
async fn a_row_goes_elsewhere() {
    let world = World::new().await;
    let post = card(&world).await;
    settle(&world, &one(&world).await, sent(77)).await;
    world.say(fact("line", LEADS)).await;
    refresh(&world, post).await;
    let elsewhere = || Settlement::Elsewhere { place: Place::Person(BEN), why: "10003".to_owned() };
    settle(&world, &one(&world).await, elsewhere()).await;
    let rows = claim(&world).await;
    assert_eq!(rows.len(), 2, "{rows:?}");
    let moved = world.store.post(post).await.unwrap().unwrap();
    let places: Vec<_> = rows
        .iter()
        .map(|row| match &row.content {
            Content::Post(p) => p.place,
            Content::Fact { place, .. } => *place,
        })
        .collect();
    assert!(places.contains(&Place::Person(BEN)) && places.contains(&LEADS), "{places:?}");
    let remote = moved.remote.map(|r| r.message);
    // Whichever of the two went first: the post follows its row.
    assert_eq!(remote.is_none(), moved.place == Place::Person(BEN));
}

/// Alerts for one place share a message until it is claimed, or holds 25.
#[tokio::test]
async fn alerts_share_a_message() {
    let mut world = World::on_disk().await;
    for _ in 0..30 {
        world.lead("A", None).await;
    }
    let alert = |world: &World, n: i64| {
        let store = world.store.clone();
        let run = move |batch: &mut bellwether::store::Batch| batch.alert_post(GUILD, ALERTS, RecordId(n));
        async move { store.work(Job { needs: Needs::default(), run }).await.unwrap() }
    };
    let first = alert(&world, 1).await;
    assert_eq!(alert(&world, 2).await, first);
    assert_eq!(alert(&world, 2).await, first, "already in it");
    world.restart().await;
    assert_eq!(alert(&world, 3).await, first, "remembered over a restart");
    let sending = one(&world).await;
    assert!(
        matches!(&sending.content, Content::Post(p) if p.records == [RecordId(1), RecordId(2), RecordId(3)])
    );
    let second = alert(&world, 4).await;
    assert_ne!(second, first, "sealed when claimed");
    world.restart().await;
    assert_eq!(alert(&world, 5).await, second);
    for n in 6..=28 {
        assert_eq!(alert(&world, n).await, second);
    }
    assert_ne!(alert(&world, 29).await, second, "25 are enough");
    assert_eq!(world.store.post(second).await.unwrap().unwrap().records.len(), 25);
}
