//! The app on a memory database, with a clock that is moved by hand and a fake chat: what a scenario plays in.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bellwether::chat::intent::{Ask, Call, Input, Request, Value, Who};
use bellwether::chat::message::{Choice, Reply};
use bellwether::chat::parse::{self, Mention};
use bellwether::chat::port::ChatPort;
use bellwether::clock::{Clock, ManualClock};
use bellwether::domain::event::EventKind;
use bellwether::domain::evolve;
use bellwether::domain::ids::{ChannelId, PersonId, RecordId, RoleId, WorkspaceId};
use bellwether::playbook::Playbooks;
use bellwether::service::App;
use bellwether::store::Store;
use bellwether::worker::{self, Ports};
use chrono::{DateTime, Utc};

use super::fake_chat::FakeChat;
use super::plain::Names;

/// The workspace that everything happens in.
pub const WORKSPACE: WorkspaceId = WorkspaceId(1);

/// Everything.
pub struct World {
    pub app: App,
    pub clock: Arc<ManualClock>,
    pub chat: Arc<FakeChat>,
    pub ports: Ports,
    people: BTreeMap<String, Who>,
    channels: BTreeMap<String, ChannelId>,
    open_file: String,
    inputs: AtomicU64,
    /// What is attached by its name.
    files: BTreeMap<String, Vec<u8>>,
}

impl World {
    /// A world at an instant, in which nothing has been set up.
    pub async fn at(now: DateTime<Utc>, playbooks: Playbooks) -> Self {
        Self::in_file(now, playbooks, "sqlite::memory:").await
    }

    /// The same with a database of that URL.
    pub async fn in_file(now: DateTime<Utc>, playbooks: Playbooks, url: &str) -> Self {
        let clock = Arc::new(ManualClock::at(now));
        let store = Store::open(url, clock.clone()).await.expect("a database");
        let chat = Arc::new(FakeChat::default());
        Self {
            app: App::new(store, clock.clone(), playbooks),
            clock,
            ports: (chat.clone() as Arc<dyn ChatPort>).into(),
            chat,
            people: BTreeMap::new(),
            channels: BTreeMap::new(),
            open_file: String::new(),
            inputs: AtomicU64::new(0),
            files: BTreeMap::new(),
        }
    }

    /// A person of the platform; the same name is the same person.
    pub fn person(&mut self, name: &str, admin: bool) -> PersonId {
        let id = PersonId(100 + i64::try_from(self.people.len()).expect("few people"));
        let who = Who { id, name: name.to_owned(), admin, roles: Vec::new() };
        self.people.entry(name.to_owned()).or_insert(who).id
    }

    /// A file that can be attached.
    pub fn file(&mut self, name: &str, bytes: Vec<u8>) {
        self.files.insert(name.to_owned(), bytes);
    }

    /// Gives a person a platform role.
    pub fn give_role(&mut self, name: &str, role: RoleId) {
        if let Some(who) = self.people.get_mut(name) {
            who.roles.push(role);
        }
    }

    /// A channel; made when it is first named.
    pub fn channel(&mut self, name: &str) -> ChannelId {
        let id = ChannelId(10 + i64::try_from(self.channels.len()).expect("few channels"));
        *self.channels.entry(name.trim_start_matches('#').to_owned()).or_insert(id)
    }

    /// Begins a file that commands may name.
    pub fn begin_file(&mut self, name: &str) {
        name.clone_into(&mut self.open_file);
        self.files.insert(name.to_owned(), Vec::new());
    }

    /// A line of it.
    pub fn add_to_file(&mut self, line: &str) -> Result<(), String> {
        let file = self.files.get_mut(&self.open_file).ok_or("no file was begun")?;
        file.extend_from_slice(line.as_bytes());
        file.push(b'\n');
        Ok(())
    }

    /// A person by name.
    pub fn who(&self, name: &str) -> Result<&Who, String> {
        self.people.get(name).ok_or_else(|| format!("nobody is called {name}"))
    }

    /// A channel by name.
    pub fn channel_called(&self, name: &str) -> Result<ChannelId, String> {
        let name = name.trim_start_matches('#');
        self.channels.get(name).copied().ok_or_else(|| format!("there is no channel #{name}"))
    }

    /// Reads what was said with the names of this world, times in UTC.
    pub fn with_names<T>(&self, f: impl FnOnce(&Names<'_>) -> T) -> T {
        f(&Names {
            person: &|id| self.person_name(id),
            channel: &|id| self.channel_name(id),
            zone: chrono_tz::UTC,
            now: self.now(),
        })
    }

    /// The name of a person.
    pub fn person_name(&self, id: i64) -> String {
        let found = self.people.values().find(|w| w.id.0 == id);
        found.map_or_else(|| format!("person {id}"), |w| w.name.clone())
    }

    /// The name of a channel.
    pub fn channel_name(&self, id: i64) -> String {
        let found = self.channels.iter().find(|(_, c)| c.0 == id);
        found.map_or_else(|| format!("channel {id}"), |(name, _)| name.clone())
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A typed line as a call.
    pub fn call(&self, line: &str) -> Result<Call, String> {
        let tree = self.app.commands(WORKSPACE);
        parse::typed(line, &tree, &|mention| match mention {
            Mention::Person(name) => self.people.get(name).map(|w| Value::Person(w.id, w.name.clone())),
            Mention::Channel(name) => self.channels.get(name).map(|id| Value::Channel(*id)),
            Mention::Role(name) => name.strip_prefix("role-")?.parse().ok().map(|id| Value::Role(RoleId(id))),
            // One that the scenario made, else one of this repository.
            Mention::File(path) => {
                if let Some(bytes) = self.files.get(path) {
                    return Some(Value::File(path.to_owned(), bytes.clone()));
                }
                let full = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
                let name = full.file_name()?.to_string_lossy().into_owned();
                std::fs::read(&full).ok().map(|bytes| Value::File(name, bytes))
            }
        })
    }

    /// A request of a person, with an id of its own.
    pub fn request(&self, who: &str, channel: ChannelId, input: Input) -> Result<Request, String> {
        let id = self.inputs.fetch_add(1, Ordering::Relaxed);
        Ok(Request {
            source: "test",
            external_id: format!("input-{id}"),
            workspace: WORKSPACE,
            channel,
            who: self.who(who)?.clone(),
            input,
        })
    }

    /// What is suggested for the last option of a line that is being typed, `/lead status lead:L-1 to:con`.
    pub async fn suggest(&self, who: &str, line: &str) -> Result<Vec<Choice>, String> {
        let (before, typed) = line.rsplit_once(':').ok_or("a line to complete ends in option:text")?;
        let (before, focus) = before.rsplit_once(' ').ok_or("a line to complete ends in option:text")?;
        let words = before.trim_start_matches('/').split(' ');
        let mut call = Call::default();
        for word in words {
            match word.split_once(':') {
                None => call.path.push(word.to_owned()),
                Some((name, text)) => {
                    call.options.insert(name.to_owned(), Value::Text(text.to_owned()));
                }
            }
        }
        let ask = Ask {
            workspace: WORKSPACE,
            channel: ChannelId(10),
            who: self.who(who)?.clone(),
            call,
            focus: focus.to_owned(),
            typed: typed.to_owned(),
        };
        Ok(self.app.suggest(ask).await)
    }

    /// Hands a request in and does what follows from it.
    pub async fn handle(&self, request: Request) -> Reply {
        let reply = self.app.handle(request).await;
        self.settle().await;
        reply
    }

    /// Does everything that is due now.
    pub async fn settle(&self) {
        worker::settle(&self.app, &self.ports).await.expect("the worker runs");
    }

    /// R5: every record is what its history, replayed, gives. Gives how many there are.
    pub async fn check_histories(&self) -> usize {
        let store = self.app.store();
        let ids: Vec<_> = (1..=2_000).map(RecordId).collect();
        let rows = store.records(&ids).await.expect("the records");
        for row in &rows {
            let mut history = store.history(row.record.id, 0, 100_000).await.expect("a history");
            history.reverse();
            let (_, first) = &history[0];
            let EventKind::Created(created) = &first.kind else { panic!("the first event creates") };
            let made = evolve::create(created, first, row.record.contact.clone());
            let mut replayed =
                history[1..].iter().fold(made, |record, (_, event)| evolve::evolve(record, event));
            replayed.last_event = history.last().map(|(id, _)| *id);
            assert_eq!(replayed, row.record, "the history of {} gives another record", row.record.handle);
        }
        rows.len()
    }

    /// Moves time, stopping at everything that is due on the way.
    pub async fn advance_to(&self, to: DateTime<Utc>) {
        let clock = self.clock.clone();
        worker::advance(&self.app, &self.ports, to, &move |at| clock.set(at)).await.expect("the worker runs");
    }
}
