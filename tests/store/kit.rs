//! What the store's tests are told with: a clock that stands still, hand-made records, work as closures.

use std::collections::BTreeSet;
use std::sync::Arc;

use bellwether::clock::ManualClock;
use bellwether::domain::event::{Cause, Created, Event, EventKind, HandOver, Moved, Source};
use bellwether::domain::field::{Contact, Data};
use bellwether::domain::ids::*;
use bellwether::domain::playbook::Class;
use bellwether::domain::record::{Contacted, Record};
use bellwether::store::outbox::{Fact, Place, Priority};
use bellwether::store::row::{ChatState, Row};
use bellwether::store::{Batch, Needs, Store, StoreError, Work};
use chrono::{DateTime, TimeDelta, TimeZone, Utc};

pub const GUILD: WorkspaceId = WorkspaceId(7_000_000_000_000_000_001);
pub const ALERTS: Place = Place::Channel(ChannelId(500));
pub const LEADS: Place = Place::Channel(ChannelId(501));
pub const ANA: PersonId = PersonId(1);
pub const BEN: PersonId = PersonId(2);

/// Monday, 9 March 2026, 09:00 UTC.
pub fn monday() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 9, 9, 0, 0).unwrap()
}

pub fn minutes(n: i64) -> TimeDelta {
    TimeDelta::minutes(n)
}

/// A database of its own, with its clock.
pub struct World {
    pub clock: Arc<ManualClock>,
    pub store: Store,
    pub directory: Option<tempfile::TempDir>,
}

impl World {
    /// In memory.
    pub async fn new() -> Self {
        let clock = Arc::new(ManualClock::at(monday()));
        let store = Store::open("sqlite::memory:", clock.clone()).await.unwrap();
        Self { clock, store, directory: None }
    }

    /// In a file, so that it can be opened again.
    pub async fn on_disk() -> Self {
        let clock = Arc::new(ManualClock::at(monday()));
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&url(&directory), clock.clone()).await.unwrap();
        Self { clock, store, directory: Some(directory) }
    }

    /// Closes and opens again.
    pub async fn restart(&mut self) {
        self.store.close().await;
        self.store = Store::open(&url(self.directory.as_ref().unwrap()), self.clock.clone()).await.unwrap();
    }

    /// Runs one piece of work.
    pub async fn run<A: Send + 'static>(
        &self,
        needs: Needs,
        run: impl Fn(&mut Batch) -> A + Send + Sync + 'static,
    ) -> A {
        self.try_run(needs, run).await.unwrap()
    }

    /// Runs one piece of work that may fail.
    pub async fn try_run<A: Send + 'static>(
        &self,
        needs: Needs,
        run: impl Fn(&mut Batch) -> A + Send + Sync + 'static,
    ) -> Result<A, StoreError> {
        self.store.work(Job { needs, run }).await
    }

    /// Makes a record, due when it is said.
    pub async fn lead(&self, name: &str, due: Option<DateTime<Utc>>) -> RecordId {
        let name = name.to_owned();
        self.run(numbering(), move |batch| new_lead(batch, &name, due)).await
    }

    /// Moves a record on.
    pub async fn touch(&self, id: RecordId, status: &'static str, due: Option<DateTime<Utc>>) -> EventId {
        self.run(records([id]), move |batch| move_to(batch, id, status, due)).await
    }

    /// Changes a record's row.
    pub async fn change(&self, id: RecordId, change: impl Fn(&mut Row) + Send + Sync + 'static) {
        self.run(records([id]), move |batch| {
            let mut row = batch.record(id).unwrap().clone();
            change(&mut row);
            batch.put(row, &[], None);
        })
        .await;
    }

    /// The database's file.
    pub fn path(&self) -> std::path::PathBuf {
        self.directory.as_ref().unwrap().path().join("bellwether.sqlite")
    }

    /// Enqueues something said once.
    pub async fn say(&self, fact: Fact) {
        self.run(Needs::default(), move |batch| batch.say(fact.clone())).await;
    }
}

pub fn url(directory: &tempfile::TempDir) -> String {
    format!("sqlite://{}", directory.path().join("bellwether.sqlite").display())
}

/// Work as a closure.
pub struct Job<F> {
    pub needs: Needs,
    pub run: F,
}

impl<A: Send + 'static, F: Fn(&mut Batch) -> A + Send + Sync + 'static> Work for Job<F> {
    type Answer = A;

    fn needs(&self) -> Needs {
        self.needs.clone()
    }

    fn run(&self, batch: &mut Batch) -> A {
        (self.run)(batch)
    }
}

pub fn numbering() -> Needs {
    Needs { numbering: Some((GUILD, 'L')), ..Needs::default() }
}

pub fn records<const N: usize>(ids: [RecordId; N]) -> Needs {
    Needs { records: ids.to_vec(), ..Needs::default() }
}

pub fn input(id: &str) -> Needs {
    Needs { inbox: Some(("test", id.to_owned())), ..Needs::default() }
}

/// A new record with its first event.
pub fn new_lead(batch: &mut Batch, name: &str, due: Option<DateTime<Utc>>) -> RecordId {
    let (id, handle) = batch.number(GUILD, 'L');
    let team = batch.workspace(GUILD).teams[0].id;
    let row = Row { record: record(id, handle, team, name, batch.now()), chat: ChatState::default() };
    let event = created(&row.record);
    batch.put(row, &[event], due);
    id
}

pub fn move_to(batch: &mut Batch, id: RecordId, status: &str, due: Option<DateTime<Utc>>) -> EventId {
    let mut row = batch.record(id).unwrap().clone();
    let event = moved(&row.record, status, batch.now());
    row.record.status = status.into();
    row.record.version += 1;
    row.record.status_since = batch.now();
    batch.put(row, &[event], due);
    batch.record(id).unwrap().record.last_event.unwrap()
}

pub fn record(id: RecordId, handle: RecordRef, team: TeamId, name: &str, at: DateTime<Utc>) -> Record {
    Record {
        id,
        workspace: GUILD,
        handle,
        playbook: "toy".into(),
        playbook_version: 1,
        team,
        channel: None,
        contact: Contact {
            name: name.to_owned(),
            company: Some(format!("{name} Ltd")),
            email: Some("someone@example.com".to_owned()),
            phone: None,
        },
        owner: Some(ANA),
        status: "fresh".into(),
        stage: None,
        version: 0,
        created_at: at,
        status_since: at,
        value: None,
        source: Some("web".to_owned()),
        data: Data::new(),
        next: None,
        owes: Vec::new(),
        owes_since: None,
        owes_chased: false,
        contacted: Contacted::default(),
        clocks: Vec::new(),
        pending: None,
        auto: None,
        silenced: BTreeSet::new(),
        been: BTreeSet::from(["fresh".into()]),
        entered: Default::default(),
        parked: 0,
        last_reason: None,
        past_owners: Vec::new(),
        given: None,
        barred: BTreeSet::new(),
        open_ms: 0,
        open_since: Some(at),
        past_values: Vec::new(),
        snoozed_until: None,
        ended: None,
        absorbed: Vec::new(),
        past_until: None,
        last_event: None,
        tasks: Vec::new(),
        tasks_opened: 0,
        flagged: Vec::new(),
        suggestions: Vec::new(),
        sequences: Vec::new(),
        links: Vec::new(),
        credits: Vec::new(),
        turn: None,
    }
}

pub fn created(record: &Record) -> Event {
    let created = Created {
        id: record.id,
        workspace: record.workspace,
        handle: record.handle,
        playbook: record.playbook.clone(),
        playbook_version: 1,
        team: record.team,
        channel: None,
        owner: record.owner,
        routed: None,
        status: record.status.clone(),
        class: Class::Open,
        stage: None,
        value: None,
        source: record.source.clone(),
        data: Data::new(),
        from: None,
    };
    event(record.created_at, EventKind::Created(Box::new(created)))
}

/// A move; into "done" it closes the record.
pub fn moved(record: &Record, to: &str, at: DateTime<Utc>) -> Event {
    let moved = Moved {
        from: record.status.clone(),
        to: to.into(),
        from_stage: None,
        to_stage: None,
        class: if to == "done" { Class::Won } else { Class::Open },
        cause: Cause::Chosen,
        reason: None,
        note: None,
        data: Data::new(),
        owes: Vec::new(),
        overrides: None,
        stayed_ms: (at - record.status_since).num_milliseconds(),
        attempts: 0,
        nth: None,
        from_nth: None,
        skipped: Vec::new(),
        row_begins: false,
        ends_plan: false,
    };
    event(at, EventKind::Moved(Box::new(moved)))
}

pub fn event(at: DateTime<Utc>, kind: EventKind) -> Event {
    Event { at, by: Some(ANA), source: Source::Manual, kind, clocks: Vec::new() }
}

pub fn fact(key: &str, place: Place) -> Fact {
    Fact {
        workspace: GUILD,
        dedup_key: key.to_owned(),
        place,
        priority: Priority::Normal,
        due_at: monday(),
        body: format!("\"{key}\""),
    }
}

/// Changes the owner.
pub fn hand_over(batch: &mut Batch, id: RecordId, to: Option<PersonId>, how: Option<HandOver>) {
    let mut row = batch.record(id).unwrap().clone();
    let kind = EventKind::Assigned { from: row.record.owner, to, why: None, how };
    row.record.owner = to;
    let event = event(batch.now(), kind);
    batch.put(row, &[event], None);
}
