//! Status changes through `App::handle`, as a platform's adapter calls it, against the floor and the naive
//! counterpart in one interleaved run (P1, P2).
//!
//! `cargo bench --bench handle`; `BELLWETHER_BENCH_LEADS` sets how many leads there are of each kind (10,000),
//! `BELLWETHER_BENCH_ROUNDS` how many rounds are measured (5).
//!
//! What one transition is here: a press on a button of the card, or a typed `/lead status`, by the lead's owner, on
//! the shipped playbook, from Connected to Attempting or back, with all required data there already. It passes the
//! inbox, rights, required data, the approval gate, the ladder of the clocks in business hours, the due list, the
//! card's place in the outbox, and comes back as the private answer that the person reads. Leads of the second kind
//! have a thread, into which every move writes a line as well. The workers do not run: nothing is claimed or sent.
//!
//! After the run every lead's history is walked: as many moves as were answered, and none besides.

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::time::Instant;

use bellwether::chat::action::Action;
use bellwether::chat::intent::{Call, Input, Request, Value, Who};
use bellwether::chat::message::{Reply, Severity};
use bellwether::clock::SystemClock;
use bellwether::domain::event::{Cause, EventKind};
use bellwether::domain::ids::{ChannelId, PersonId, RecordId, StatusId, WorkspaceId};
use bellwether::playbook::Playbooks;
use bellwether::service::App;
use bellwether::store::Store;
use support::{Floor, Naive, ROUNDS, median, rate, verdict};

const WORKSPACE: WorkspaceId = WorkspaceId(7_000_000_000_000_000_001);
const CHANNEL: ChannelId = ChannelId(500);
/// People of the workspace; each owns a part of the leads.
const PEOPLE: i64 = 30;
const CALLERS: usize = 64;

/// Whether a lead's card has a thread.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Thread {
    None,
    Open,
}

/// A lead, as a person sees its card: whose it is, where it stands, its version (ruling 23).
struct Lead {
    id: RecordId,
    number: u32,
    owner: PersonId,
    version: AtomicU32,
    first_version: u32,
}

struct World {
    app: App,
    inputs: AtomicI64,
}

impl World {
    async fn request(&self, person: PersonId, input: Input) -> Reply {
        let request = Request {
            source: "bench",
            // As long as Discord's are.
            external_id: (1_300_000_000_000_000_000 + self.inputs.fetch_add(1, Ordering::Relaxed))
                .to_string(),
            workspace: WORKSPACE,
            channel: CHANNEL,
            who: Who { id: person, name: format!("Person {person}"), admin: person.0 == 1, roles: vec![] },
            input,
        };
        self.app.handle(request).await
    }

    async fn call(&self, person: PersonId, path: [&str; 2], options: &[(&str, &str)]) -> Reply {
        let options =
            options.iter().map(|(name, text)| ((*name).to_owned(), Value::Text((*text).to_owned())));
        let path = path.map(str::to_owned).to_vec();
        self.request(person, Input::Call(Call { path, options: options.collect() })).await
    }

    /// A team with a calendar and a channel, and its people.
    async fn set_up(&self) {
        let setup = |what: &str, options: &[(&str, Value)]| {
            let options = options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            Input::Call(Call { path: vec!["setup".to_owned(), what.to_owned()], options })
        };
        let text = |text: &str| Value::Text(text.to_owned());
        let admin = PersonId(1);
        let zone = text("Asia/Kuala_Lumpur");
        let team = [("name", text("Sales")), ("leads", Value::Channel(CHANNEL)), ("timezone", zone)];
        good(&self.request(admin, setup("team", &team)).await);
        let hours = [("team", text("Sales")), ("hours", text("mon-fri 09:00-18:00"))];
        good(&self.request(admin, setup("calendar", &hours)).await);
        for id in 1..=PEOPLE {
            let person = Value::Person(PersonId(id), format!("Person {id}"));
            let member = [("person", person), ("team", text("Sales")), ("role", text("rep"))];
            good(&self.request(admin, setup("member", &member)).await);
        }
    }

    /// A new lead, written to, talked to: it is Connected, and everything is known that a move needs.
    async fn lead(&self, n: i64, thread: Thread) {
        let person = PersonId(n % PEOPLE + 1);
        let (name, company) = (format!("Lead Number {n}"), format!("Company {} Sdn Bhd", n / 3));
        let email = format!("lead.{n}@company-{}.example", n / 3);
        let new = [
            ("name", name.as_str()),
            ("company", &company),
            ("email", &email),
            ("value", "12500"),
            ("source", "Web form"),
        ];
        let reply = self.call(person, ["lead", "new"], &new).await;
        let Some(Action::Open { record }) = opens(&reply) else { panic!("{reply:?}") };
        let row = self.app.store().records(&[record]).await.unwrap().remove(0);
        let handle = row.record.handle.to_string();
        let wrote =
            [("lead", handle.as_str()), ("activity", "email_sent"), ("next", "Call"), ("due", "in 3 days")];
        good(&self.call(person, ["lead", "log"], &wrote).await);
        let mut talked = vec![("lead", handle.as_str()), ("activity", "call_answered")];
        talked.extend([("next", "Agree on a date for the demo"), ("due", "in 5 days")]);
        match thread {
            Thread::Open => {
                talked.push(("note", "They have three depots and want to see it in January."));
                good(&self.call(person, ["lead", "log"], &talked).await);
            }
            Thread::None => {
                good(&self.call(person, ["lead", "log"], &talked).await);
                let form = self.request(person, press(Action::FillOwed { record })).await;
                let Reply::Form(form) = form else { panic!("{form:?}") };
                let notes = "They have three depots and want to see it in January.".to_owned();
                let inputs = BTreeMap::from([(form.inputs[0].id.clone(), notes)]);
                good(&self.request(person, Input::Submit { action: Some(form.action), inputs }).await);
            }
        }
    }

    /// One transition, by press or typed.
    async fn transition(&self, leads: &[Lead], n: u64) {
        let lead = &leads[(n % leads.len() as u64) as usize];
        let version = lead.version.fetch_add(1, Ordering::Relaxed);
        let to = if (version - lead.first_version).is_multiple_of(2) { "attempting" } else { "connected" };
        let reply = if n.is_multiple_of(2) {
            let action = Action::Move { record: lead.id, to: StatusId::new(to), version };
            self.request(lead.owner, press(action)).await
        } else {
            let handle = format!("L-{}", lead.number);
            self.call(lead.owner, ["lead", "status"], &[("lead", &handle), ("to", to)]).await
        };
        good(&reply);
    }
}

fn press(action: Action) -> Input {
    Input::Press { action: Some(action), values: vec![], on_private: false }
}

/// A private confirmation, and no refusal.
fn good(reply: &Reply) {
    assert!(matches!(reply, Reply::Private(message) if message.severity == Severity::Good), "{reply:?}");
}

fn opens(reply: &Reply) -> Option<Action> {
    let Reply::Private(message) = reply else { return None };
    message.buttons.iter().map(|b| b.action.clone()).find(|a| matches!(a, Action::Open { .. }))
}

/// Leads of one kind, in the order of their ids.
async fn leads(world: &Arc<World>, count: i64, thread: Thread) -> Arc<Vec<Lead>> {
    let next = Arc::new(AtomicI64::new(0));
    let tasks: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (world, next) = (world.clone(), next.clone());
            tokio::spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= count {
                        break;
                    }
                    world.lead(n, thread).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let store = world.app.store();
    let all: Vec<_> = (1..=2 * count).map(RecordId).collect();
    let rows = store.records(&all).await.unwrap();
    let rows = rows.into_iter().filter(|row| row.chat.threaded == (thread == Thread::Open));
    let leads: Vec<_> = rows
        .map(|row| {
            assert!(row.chat.card.is_some() && row.record.status.as_str() == "connected", "{row:?}");
            Lead {
                id: row.record.id,
                number: row.record.handle.number,
                owner: row.record.owner.unwrap(),
                version: AtomicU32::new(row.record.version),
                first_version: row.record.version,
            }
        })
        .collect();
    assert_eq!(leads.len() as i64, count);
    Arc::new(leads)
}

/// Transitions a second.
async fn run(
    world: &Arc<World>,
    leads: &Arc<Vec<Lead>>,
    serial: &Arc<AtomicU64>,
    callers: usize,
    count: usize,
) -> f64 {
    let started = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let (world, leads, serial) = (world.clone(), leads.clone(), serial.clone());
            tokio::spawn(async move {
                for _ in 0..count / callers {
                    world.transition(&leads, serial.fetch_add(1, Ordering::Relaxed)).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    rate(count, started.elapsed())
}

/// Every answered move is in the history, in its order, and the row is at its version.
async fn check(store: &Store, leads: &[Lead]) -> u64 {
    let mut moves = 0;
    for lead in leads {
        let version = lead.version.load(Ordering::Relaxed);
        let row = store.records(&[lead.id]).await.unwrap().remove(0);
        let history = store.history(lead.id, 0, 10_000).await.unwrap();
        let chosen = history.iter().filter(|(_, event)| {
            matches!(&event.kind, EventKind::Moved(moved) if matches!(moved.cause, Cause::Chosen))
        });
        let chosen = u32::try_from(chosen.count()).unwrap();
        assert_eq!((row.record.version, chosen), (version, version - lead.first_version), "{}", lead.id);
        moves += u64::from(chosen);
    }
    moves
}

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

#[tokio::main]
async fn main() {
    let count = setting("BELLWETHER_BENCH_LEADS", 10_000);
    let rounds = setting("BELLWETHER_BENCH_ROUNDS", ROUNDS);
    let directory = tempfile::tempdir().unwrap();
    let floor = Floor::open(directory.path());
    let naive = Naive::open(directory.path()).await;
    let clock = Arc::new(SystemClock::default());
    let url = format!("sqlite://{}", directory.path().join("bellwether.sqlite").display());
    let store = Store::open(&url, clock.clone()).await.unwrap();
    let app = App::new(store.clone(), clock, Playbooks::builtin());
    let world = Arc::new(World { app, inputs: AtomicI64::new(0) });
    world.set_up().await;
    let started = Instant::now();
    let plain = leads(&world, count as i64, Thread::None).await;
    let threaded = leads(&world, count as i64, Thread::Open).await;
    println!("{} leads have come to be within {:.1} s", 2 * count, started.elapsed().as_secs_f64());

    let serials = [Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0))];
    let kinds = [(&plain, &serials[0]), (&threaded, &serials[1])];
    let (mut bare, mut pool) = (vec![], vec![]);
    let (mut lone, mut many) = ([vec![], vec![]], [vec![], vec![]]);
    // The first round does not count: logs have grown to their length, statements are prepared.
    for round in 0..=rounds {
        let floor = floor.run(2_000);
        let naive = naive.run(CALLERS, 10 * CALLERS).await;
        let mut ones = [0.0; 2];
        let mut groups = [0.0; 2];
        for (kind, (leads, serial)) in kinds.into_iter().enumerate() {
            ones[kind] = run(&world, leads, serial, 1, 1_000).await;
            groups[kind] = run(&world, leads, serial, CALLERS, 150 * CALLERS).await;
        }
        if round > 0 {
            bare.push(floor);
            pool.push(naive);
            for kind in 0..kinds.len() {
                lone[kind].push(ones[kind]);
                many[kind].push(groups[kind]);
            }
        }
    }
    let answered: u64 = serials.iter().map(|s| s.load(Ordering::Relaxed)).sum();
    let written = check(&store, &plain).await + check(&store, &threaded).await;
    assert_eq!(written, answered);
    store.close().await;

    let (bare, pool) = (median(bare), median(pool));
    let (lone, many) = (lone.map(median), many.map(median));
    println!("{answered} transitions were answered, and all of them are in the histories");
    println!("a second, medians of {rounds} rounds: floor {bare:.0}, naive by {CALLERS} {pool:.0}");
    println!("  a card alone:    one caller {:.0}, {CALLERS} callers {:.0}", lone[0], many[0]);
    println!("  card and thread: one caller {:.0}, {CALLERS} callers {:.0}", lone[1], many[1]);
    verdict("P1 one caller / the floor", lone[0] / bare, 0.20, true);
    verdict("P1 the same with a line in the thread", lone[1] / bare, 0.20, true);
    verdict("P2 64 callers / the naive counterpart", many[0] / pool, 10.0, true);
    verdict("P2 the same with a line in the thread", many[1] / pool, 10.0, true);
}
