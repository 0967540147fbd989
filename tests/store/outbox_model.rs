//! Any sequence of enqueueing, refreshing, claiming and settling, against a simple model of the outbox.

use std::collections::BTreeMap;

use bellwether::clock::Clock;
use bellwether::domain::ids::*;
use bellwether::store::Needs;
use bellwether::store::outbox::{Claimed, Content, OutboxCounts, Place, Priority, Settlement};
use bellwether::store::row::PostKind;
use chrono::TimeDelta;
use proptest::prelude::*;

use crate::kit::*;

const LEASE: i64 = 30_000;
const LANES: i64 = 3;

#[derive(Debug, Clone)]
enum Step {
    Say { lane: i64, priority: Priority },
    NewPost { lane: i64 },
    Refresh { nth: usize },
    Claim { limit: u32 },
    Sent { nth: usize },
    Retry { nth: usize, counts: bool, may_stand: bool, in_ms: i64 },
    Park { nth: usize },
    Pass { ms: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    let priority = prop_oneof![Just(Priority::First), Just(Priority::Normal), Just(Priority::Last)];
    prop_oneof![
        3 => (0..LANES, priority).prop_map(|(lane, priority)| Step::Say { lane, priority }),
        2 => (0..LANES).prop_map(|lane| Step::NewPost { lane }),
        3 => any::<prop::sample::Index>().prop_map(|i| Step::Refresh { nth: i.index(64) }),
        6 => (1u32..5).prop_map(|limit| Step::Claim { limit }),
        4 => any::<prop::sample::Index>().prop_map(|i| Step::Sent { nth: i.index(64) }),
        3 => (any::<prop::sample::Index>(), any::<bool>(), any::<bool>(), 0i64..20_000).prop_map(
            |(i, counts, may_stand, in_ms)| Step::Retry { nth: i.index(64), counts, may_stand, in_ms }
        ),
        1 => any::<prop::sample::Index>().prop_map(|i| Step::Park { nth: i.index(64) }),
        2 => (1i64..40_000).prop_map(|ms| Step::Pass { ms }),
    ]
}

/// One message, as the model has it.
#[derive(Debug, Clone)]
struct Message {
    lane: i64,
    priority: i64,
    due_at: i64,
    open: bool,
    parked: bool,
    version: i64,
    failures: u32,
    retry_at: i64,
    lease: Option<(i64, i64)>,
    leases: i64,
    lost: Option<i64>,
}

impl Message {
    fn new(lane: i64, priority: i64, due_at: i64) -> Self {
        Self {
            lane,
            priority,
            due_at,
            open: true,
            parked: false,
            version: 1,
            failures: 0,
            retry_at: 0,
            lease: None,
            leases: 0,
            lost: None,
        }
    }
}

#[derive(Default)]
struct Model {
    /// By key: in the order of writing within equal due times.
    messages: BTreeMap<(i64, String), Message>,
}

impl Model {
    fn get(&mut self, key: &str) -> (&mut Message, i64) {
        let ((id, _), message) = self.messages.iter_mut().find(|((_, k), _)| k == key).unwrap();
        (message, *id)
    }

    /// The keys that a claim must give, in order.
    fn claim(&mut self, now: i64, limit: usize) -> Vec<String> {
        let mut heads = Vec::new();
        for lane in 0..LANES {
            let in_lane = || self.messages.iter().filter(move |(_, m)| m.lane == lane && m.open && !m.parked);
            if in_lane().any(|(_, m)| m.lease.is_some_and(|(_, until)| until > now)) {
                continue;
            }
            let head = in_lane().min_by_key(|((id, _), m)| (m.priority, m.due_at, *id));
            if let Some(((id, key), m)) = head.filter(|(_, m)| m.retry_at <= now) {
                heads.push(((m.priority, m.due_at, *id), key.clone()));
            }
        }
        heads.sort();
        heads.truncate(limit);
        for (_, key) in &heads {
            let (message, _) = self.get(key);
            message.lost = message.lost.or(message.lease.map(|(at, _)| at));
            message.lease = Some((now, now + LEASE));
            message.leases += 1;
        }
        heads.into_iter().map(|(_, key)| key).collect()
    }
}

fn key(claimed: &Claimed) -> String {
    match &claimed.content {
        Content::Post(post) => format!("post:{}", post.id),
        Content::Fact { body, .. } => body.trim_matches('"').to_owned(),
    }
}

async fn run(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let world = World::new().await;
    let lead = world.lead("A", None).await;
    let mut model = Model::default();
    let mut claims: Vec<Claimed> = Vec::new();
    let mut posts: Vec<PostId> = Vec::new();
    let mut serial = 0;
    let place = |lane: i64| Place::Channel(ChannelId(lane));
    for step in steps {
        let now = world.clock.operational();
        match step {
            Step::Say { lane, priority } => {
                serial += 1;
                let name = format!("fact {serial}");
                let fact = bellwether::store::outbox::Fact {
                    priority,
                    due_at: world.clock.now(),
                    ..fact(&name, place(lane))
                };
                world.say(fact).await;
                model.messages.insert((serial, name), Message::new(lane, priority as i64, now));
            }
            Step::NewPost { lane } => {
                serial += 1;
                let make = move |batch: &mut bellwether::store::Batch| {
                    batch.new_post(GUILD, PostKind::Card, place(lane), lead, None)
                };
                let post = world.run(Needs::default(), make).await;
                posts.push(post);
                model.messages.insert((serial, format!("post:{post}")), Message::new(lane, 1, now));
            }
            Step::Refresh { nth } if !posts.is_empty() => {
                let post = posts[nth % posts.len()];
                // The store counts an id for it as well, so that order among equals stays comparable.
                serial += 1;
                world.run(Needs::default(), move |batch| batch.refresh(post)).await;
                let (message, _) = model.get(&format!("post:{post}"));
                message.version += 1;
                if !message.open || message.parked {
                    message.due_at = now;
                }
                if message.parked {
                    (message.failures, message.retry_at) = (0, 0);
                }
                (message.open, message.parked) = (true, false);
            }
            Step::Refresh { .. } => {}
            Step::Claim { limit } => {
                let got = world.store.claim(limit, LEASE, &[]).await.unwrap();
                let expected = model.claim(now, limit as usize);
                prop_assert_eq!(got.iter().map(key).collect::<Vec<_>>(), expected);
                for claimed in &got {
                    let (message, _) = model.get(&key(claimed));
                    prop_assert_eq!(claimed.lost_lease, message.lost);
                    prop_assert_eq!(claimed.version, message.version);
                }
                claims.extend(got);
            }
            Step::Sent { nth } if !claims.is_empty() => {
                let claimed = claims.swap_remove(nth % claims.len());
                let settled = world
                    .store
                    .settle(&claimed, Settlement::Sent { remote: None, thread: None })
                    .await
                    .unwrap();
                let (message, _) = model.get(&key(&claimed));
                prop_assert_eq!(settled, message.lease.is_some() && message.leases == claimed.lease);
                if settled {
                    message.open = message.version != claimed.version;
                    (message.lease, message.lost, message.failures, message.retry_at) = (None, None, 0, 0);
                }
            }
            Step::Retry { nth, counts, may_stand, in_ms } if !claims.is_empty() => {
                let claimed = claims.swap_remove(nth % claims.len());
                let again = Settlement::Retry { at: now + in_ms, counts, may_stand, why: "5xx".to_owned() };
                let settled = world.store.settle(&claimed, again).await.unwrap();
                let (message, _) = model.get(&key(&claimed));
                prop_assert_eq!(settled, message.lease.is_some() && message.leases == claimed.lease);
                if settled {
                    message.failures += u32::from(counts);
                    message.parked = message.failures >= 5 && message.version == claimed.version;
                    if may_stand {
                        message.lost = message.lost.or(message.lease.map(|(at, _)| at));
                    }
                    (message.lease, message.retry_at) = (None, now + in_ms);
                }
            }
            Step::Park { nth } if !claims.is_empty() => {
                let claimed = claims.swap_remove(nth % claims.len());
                let settled =
                    world.store.settle(&claimed, Settlement::Parked { why: "403".to_owned() }).await.unwrap();
                let (message, _) = model.get(&key(&claimed));
                prop_assert_eq!(settled, message.lease.is_some() && message.leases == claimed.lease);
                if settled {
                    (message.parked, message.lease) = (message.version == claimed.version, None);
                }
            }
            Step::Sent { .. } | Step::Retry { .. } | Step::Park { .. } => {}
            Step::Pass { ms } => world.clock.advance(TimeDelta::milliseconds(ms)),
        }
        let all = model.messages.values();
        let waiting = all.clone().filter(|m| m.open && !m.parked).count() as u64;
        let parked = all.filter(|m| m.parked).count() as u64;
        prop_assert_eq!(world.store.outbox_counts(GUILD).await.unwrap(), OutboxCounts { waiting, parked });
    }
    world.store.close().await;
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn the_outbox_does_what_its_model_does(steps in prop::collection::vec(step(), 1..80)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(steps))?;
    }
}
