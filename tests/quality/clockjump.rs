//! R8: the system's clock jumps (a suspended laptop, NTP) while the loops run. It is noticed within five seconds,
//! nothing is said twice, nothing is left out, and what is written never goes back in time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bellwether::chat::port::ChatPort;
use bellwether::clock::{Clock, from_ms};
use bellwether::domain::ids::RecordId;
use bellwether::playbook::Playbooks;
use bellwether::service::App;
use bellwether::store::Store;
use bellwether::worker;
use chrono::{DateTime, TimeDelta, Utc};

use crate::kit::{monday, request, set_up, told, typed};
use crate::support::fake_chat::Where;
use crate::support::world::World;

/// Domain time that jumps, beside operational time that only goes on.
struct Jumping {
    domain: AtomicI64,
    operational: AtomicI64,
}

impl Jumping {
    fn jump(&self, by: TimeDelta) {
        self.domain.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }
}

impl Clock for Jumping {
    fn now(&self) -> DateTime<Utc> {
        from_ms(self.domain.load(Ordering::SeqCst))
    }

    fn operational(&self) -> i64 {
        self.operational.load(Ordering::SeqCst)
    }
}

/// The loops, running. Timers stand still but for [`Running::pass`]: the runtime never idles, so that it does not move
/// them on by itself.
struct Running {
    world: World,
    clock: Arc<Jumping>,
    loops: tokio::task::JoinHandle<anyhow::Result<()>>,
    stop: tokio::sync::oneshot::Sender<()>,
}

impl Running {
    async fn begin() -> Self {
        tokio::spawn(async {
            loop {
                tokio::task::yield_now().await;
            }
        });
        let at = monday().timestamp_millis();
        let clock = Arc::new(Jumping { domain: AtomicI64::new(at), operational: AtomicI64::new(at) });
        let mut world = World::at(monday(), Playbooks::builtin()).await;
        let store = Store::open("sqlite::memory:", clock.clone()).await.expect("a memory database");
        world.app = App::new(store, clock.clone(), Playbooks::builtin());
        set_up(&mut world).await;
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let port: Arc<dyn ChatPort> = world.chat.clone();
        let loops = tokio::spawn(worker::run(world.app.clone(), port, async {
            let _ = stopped.await;
        }));
        Self { world, clock, loops, stop }
    }

    /// So many seconds pass, in steps of one; whatever is woken gets its turns.
    async fn pass(&self, seconds: i64) {
        for _ in 0..seconds {
            self.clock.jump(TimeDelta::seconds(1));
            self.clock.operational.fetch_add(1_000, Ordering::SeqCst);
            tokio::time::advance(Duration::from_secs(1)).await;
            self.turns().await;
        }
    }

    /// Lets the loops and the database work, until the database has answered a while.
    async fn turns(&self) {
        for _ in 0..12 {
            // A write and a read each: what the loops asked for before is done by then.
            self.world.app.store().prune().await.expect("the store works");
            self.world.app.store().next_due().await.expect("the store works");
        }
    }

    async fn say(&self, line: &str) {
        let reply = self.world.app.handle(request(&self.world, "ana", typed(&self.world, line))).await;
        let said = told(&self.world, &reply);
        assert!(!crate::support::plain::is_refusal(&reply), "{line}: {said}");
        self.turns().await;
    }

    fn standing(&self, channel: &str) -> usize {
        let channel = self.world.channel_called(channel).expect("a channel");
        self.world.chat.standing(Where::Channel(channel)).len()
    }

    fn nudges(&self) -> usize {
        let ana = self.world.who("ana").expect("ana").id;
        self.world.chat.standing(Where::Private(ana)).len()
    }

    async fn end(self) {
        self.world.check_histories().await;
        self.stop.send(()).expect("the loops still run");
        self.loops.await.expect("no panic").expect("a good end");
    }
}

/// R8: three hours forward, with a lead whose first contact is due in two: noticed within five seconds, said once.
#[tokio::test(start_paused = true)]
async fn a_jump_forward_is_noticed_within_five_seconds() {
    let run = Running::begin().await;
    run.say("/lead new name:\"Acme\" email:\"x@acme.com\"").await;
    run.pass(5).await;
    assert_eq!((run.standing("leads"), run.standing("alerts"), run.nudges()), (1, 0, 0));
    run.clock.jump(TimeDelta::hours(3));
    run.pass(5).await;
    assert_eq!(run.standing("alerts"), 1, "the breach is said");
    assert_eq!(run.nudges(), 0, "and the warning before it is not, any more (ruling 8)");
    run.pass(60).await;
    assert_eq!((run.standing("leads"), run.standing("alerts"), run.nudges()), (1, 1, 0), "nothing twice");
    // The digest of the day is there within five seconds of a jump over its hour, and once.
    run.clock.jump(TimeDelta::hours(6));
    run.pass(5).await;
    assert_eq!((run.standing("digest"), run.standing("north-digest")), (1, 1));
    run.pass(60).await;
    assert_eq!((run.standing("digest"), run.standing("north-digest")), (1, 1));
    run.end().await;
}

/// R8: three hours back, after the warning was said: nothing is said again, what people do meanwhile leaves at once, and
/// the breach comes at its own time.
#[tokio::test(start_paused = true)]
async fn a_jump_back_repeats_and_omits_nothing() {
    let run = Running::begin().await;
    run.say("/lead new name:\"Acme\" email:\"x@acme.com\"").await;
    run.clock.jump(TimeDelta::minutes(95));
    run.pass(5).await;
    assert_eq!(
        (run.standing("alerts"), run.nudges()),
        (1, 1),
        "75 % of two hours, and the offer to the team (X7)"
    );
    run.clock.jump(-TimeDelta::hours(3));
    run.pass(10).await;
    assert_eq!((run.standing("alerts"), run.nudges()), (1, 1), "nothing again");
    // Written while the clock is behind: never earlier than what was written before, and delivered at once.
    run.say("/lead new name:\"Beta\" email:\"y@beta.com\"").await;
    run.say("/lead edit lead:L-1 field:value value:5k").await;
    run.pass(5).await;
    assert_eq!(run.standing("leads"), 2, "the card is not held for three hours");
    let history = run.world.app.store().history(RecordId(1), 0, 100).await.expect("a history");
    assert!(history.windows(2).all(|pair| pair[0].1.at >= pair[1].1.at), "{history:?}");
    // The clock is set right again, a little past both deadlines.
    run.clock.jump(TimeDelta::hours(3) + TimeDelta::minutes(26));
    run.pass(5).await;
    assert_eq!(run.standing("alerts"), 2, "Acme's breach, at its own time; the offer is over");
    run.clock.jump(TimeDelta::hours(2));
    run.pass(5).await;

    let alerts = run.world.chat.standing(Where::Channel(run.world.channel_called("alerts").expect("alerts")));
    let said = format!("{alerts:?}");
    assert!(said.contains("L-1") && said.contains("L-2"), "{said}");
    run.end().await;
}

/// R8: back and forth over the hour of the digest: once a day all the same.
#[tokio::test(start_paused = true)]
async fn the_digest_comes_once_however_the_clock_jumps() {
    let run = Running::begin().await;
    run.say("/lead new name:\"Acme\" email:\"x@acme.com\"").await;
    run.clock.jump(TimeDelta::hours(8));
    run.pass(5).await;
    assert_eq!(run.standing("digest"), 1);
    for hours in [-3, 3, -8, 8, -1, 1] {
        run.clock.jump(TimeDelta::hours(hours));
        run.pass(5).await;
        assert_eq!(run.standing("digest"), 1, "after a jump of {hours} h");
    }
    run.clock.jump(TimeDelta::hours(24));
    run.pass(5).await;
    assert_eq!(run.standing("digest"), 2, "the next day's");
    run.end().await;
}
