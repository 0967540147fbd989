//! The overlay of one group: what its jobs named, as it will be after the jobs before them (ruling 25).
//!
//! A batch changes nothing but itself. When the group commits, its changes go into the writer's state; when it
//! is rolled back, they are dropped, and the next attempt starts from the state as it was.

mod chat;
mod jobs;
mod outside;

pub use outside::Shown;

use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::StoreError;
use super::attention::Key;
use super::decode::{Stored, corrupt};
use super::digest::next_local;
use super::outbox::{Fact, Place};
use super::outside::Kept;
use super::queues::Queues;
use super::row::{Approval, Draft, Job, Post, Row};
use super::state::{Counters, Entry, Room, State};
use crate::domain::attention::{Attention, Rule};
use crate::domain::cluster::Member;
use crate::domain::event::{Event, EventKind, Found, HandOver, Routed};
use crate::domain::facts::Facts;
use crate::domain::field::Contact;
use crate::domain::ids::{
    ApprovalId, ChannelId, DraftId, EventId, JobId, KeptId, PersonId, PlaybookId, PostId, RecordId,
    RecordRef, RouteId, TeamId, WorkspaceId,
};
use crate::domain::playbook::Class;
use crate::domain::record::Record;
use crate::domain::workspace::{Person, Workspace};

/// What a job wants loaded before it runs.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// The input's source and id there (R4). It counts as seen when the group commits.
    pub inbox: Option<(&'static str, String)>,
    /// Records by id.
    pub records: Vec<RecordId>,
    /// Records by what people call them.
    pub handles: Vec<(WorkspaceId, RecordRef)>,
    /// Requests; their records are loaded too. The waiting requests of loaded records come by themselves.
    pub approvals: Vec<ApprovalId>,
    /// Unfinished forms; a record named in none of the above must be named here as well.
    pub drafts: Vec<DraftId>,
    /// Long work.
    pub jobs: Vec<JobId>,
    /// Records by the ids that they have elsewhere, per workspace and letter.
    pub externals: Vec<(WorkspaceId, char, Vec<String>)>,
    /// The number counter for a new record.
    pub numbering: Option<(WorkspaceId, char)>,
    /// Records of a noun by what they are recognised by; see [`Batch::alike`].
    pub alike: Vec<Alike>,
    /// Who the other records of the companies of those that are loaded are, and of these companies as well: workspace,
    /// letter, key of [`likeness`](crate::domain::likeness) (D41). See [`Batch::of_company`].
    pub companies: Option<Vec<(WorkspaceId, char, String)>>,
    /// Events of other systems that are kept.
    pub kept: Vec<KeptId>,
    /// Facts of the outbox by their keys: whether they left.
    pub left: Vec<String>,
    /// Up to so many records whose due time has come; they are taken off the due list, so that the job has to
    /// [`put`](Batch::put) or [`rearm`](Batch::rearm) each of them.
    pub due: Option<u32>,
}

/// Which records a job wants that are like something (ruling 15).
#[derive(Debug, Clone)]
pub struct Alike {
    /// Where.
    pub workspace: WorkspaceId,
    /// Of which noun.
    pub letter: char,
    /// Keys of [`likeness`](crate::domain::likeness).
    pub keys: Vec<String>,
    /// No more than so many.
    pub most: u32,
}

/// The overlay. Everything a job changes here is written set-based when the group commits.
pub struct Batch {
    now: DateTime<Utc>,
    /// Operational time of the group's start.
    pub(super) operational: i64,
    /// As it was before the group.
    pub(super) base: State,
    pub(super) counters: Counters,
    pub(super) numbers: HashMap<(WorkspaceId, char), u32>,
    /// `None`: sent, or full.
    pub(super) rooms: HashMap<(WorkspaceId, Place), Option<Room>>,
    pub(super) workspaces: BTreeMap<WorkspaceId, Changed>,
    pub(super) planned: BTreeMap<TeamId, DateTime<Utc>>,
    /// Of the people whose attention was taken or who had something held.
    pub(super) attention: HashMap<Key, (Attention, Option<DateTime<Utc>>)>,
    /// Of the channels in whose queue a record was put.
    pub(super) queues: Queues,
    /// Of the workspaces in which an owner, a class or a turn changed.
    facts: HashMap<WorkspaceId, Arc<Facts>>,

    pub(super) records: HashMap<RecordId, Loaded>,
    /// The companies all of whose records are known.
    pub(super) companies: BTreeSet<(WorkspaceId, char, String)>,
    /// Their records, as they were before the group.
    pub(super) members: HashMap<RecordId, Member>,
    /// Who is recognised by what, as far as jobs asked for it or wrote it.
    pub(super) known_by: HashMap<(WorkspaceId, char, String), BTreeSet<RecordId>>,
    pub(super) handles: HashMap<(WorkspaceId, RecordRef), RecordId>,
    pub(super) approvals: HashMap<ApprovalId, Approval>,
    pub(super) drafts: HashMap<DraftId, Draft>,
    pub(super) jobs: HashMap<JobId, Job>,
    pub(super) externals: HashMap<(WorkspaceId, char, String), (RecordId, String)>,
    /// Events of other systems that are kept and wait: as the jobs before left them.
    pub(super) kept: HashMap<KeptId, Kept>,
    /// Facts that jobs asked for and that have left, or are on their way.
    pub(super) left: BTreeSet<String>,
    /// Inputs that were named, and whether they have been seen.
    pub(super) inputs: HashMap<(&'static str, String), bool>,
    /// Popped from the due list, not handed to a job yet.
    pub(super) popped: VecDeque<RecordId>,

    pub(super) writes: Writes,
    /// A job has put records on the due list by itself.
    pub(super) armed: bool,
    job: JobScope,
}

/// How much of a hurry a drawing is in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hurry {
    /// Somebody waits for it.
    #[default]
    Now,
    /// It is one of many that nobody looks at one by one.
    Later,
}

/// A record in the overlay.
pub(super) struct Loaded {
    pub stored: Stored,
    pub change: Change,
}

/// What of a record has to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    None,
    /// Only when it is looked at next.
    Due,
    /// Nothing that an index holds: the indexes are left alone.
    Moved,
    /// All of it.
    Whole,
}

impl Loaded {
    fn due_changed(&mut self) {
        if self.change == Change::None {
            self.change = Change::Due;
        }
    }
}

/// A workspace in the overlay, with what has to be written of it.
pub(super) struct Changed {
    pub entry: Entry,
    pub body: bool,
    pub teams: BTreeSet<TeamId>,
    pub people: BTreeSet<PersonId>,
}

/// What goes into the tables, beside the dirty records and workspaces.
#[derive(Default)]
pub(super) struct Writes {
    pub events: Vec<EventOut>,
    pub due: Vec<(i64, RecordId)>,
    pub posts: BTreeMap<PostId, Post>,
    pub refreshed: BTreeMap<PostId, Hurry>,
    pub approvals: BTreeSet<ApprovalId>,
    pub drafts: BTreeSet<DraftId>,
    pub dropped_drafts: Vec<DraftId>,
    pub facts: Vec<Fact>,
    pub jobs: BTreeSet<JobId>,
    pub job_inputs: Vec<(JobId, String, String)>,
    pub ended_jobs: Vec<JobId>,
    pub job_lines: Vec<(JobId, u32, String)>,
    pub externals: Vec<(WorkspaceId, char, String, RecordId, String)>,
    pub turns: BTreeMap<(TeamId, RouteId), (WorkspaceId, PersonId)>,
    pub keys: super::keys::Changes,
    pub merged: Vec<(RecordId, RecordId)>,
    pub erased: Vec<super::erase::Erased>,
    pub attention: BTreeSet<Key>,
    pub answers: Vec<(i64, String, String, i64)>,
    pub kept: Vec<(i64, String, i64, i64)>,
    pub settled: Vec<(i64, i64, i64, Option<i64>)>,
    pub points: Vec<super::points::EntryOut>,
    pub crm_notes: Vec<super::crm::NoteOut>,
}

/// An event on its way into the table.
pub(super) struct EventOut {
    pub id: EventId,
    pub command: EventId,
    pub record: RecordId,
    pub prev: Option<EventId>,
    pub event: Event,
}

/// What belongs to the job that is running.
#[derive(Default)]
struct JobScope {
    /// How much of a hurry its drawings are in.
    hurry: Hurry,
    due: Vec<RecordId>,
    issued: Vec<(RecordId, WorkspaceId, RecordRef)>,
    /// What the events that are written belong to: a job is one command, unless it says otherwise.
    command: Option<EventId>,
    /// Where the job's requests for approval stand: one message per place (ruling 11); `None`: each has its own.
    requests: Option<BTreeMap<Place, PostId>>,
    fault: Option<StoreError>,
}

impl Batch {
    pub(super) fn new(base: State, now: DateTime<Utc>, operational: i64) -> Self {
        Self {
            now,
            operational,
            counters: base.counters,
            base,
            numbers: HashMap::new(),
            rooms: HashMap::new(),
            workspaces: BTreeMap::new(),
            planned: BTreeMap::new(),
            attention: HashMap::new(),
            queues: Queues::new(),
            facts: HashMap::new(),
            records: HashMap::new(),
            companies: BTreeSet::new(),
            members: HashMap::new(),
            known_by: HashMap::new(),
            handles: HashMap::new(),
            approvals: HashMap::new(),
            drafts: HashMap::new(),
            jobs: HashMap::new(),
            externals: HashMap::new(),
            kept: HashMap::new(),
            left: BTreeSet::new(),
            inputs: HashMap::new(),
            popped: VecDeque::new(),
            writes: Writes::default(),
            armed: false,
            job: JobScope::default(),
        }
    }

    /// The state after the group, which was committed; publishes workspaces.
    pub(super) fn keep(self) -> State {
        let mut state = self.base;
        state.counters = self.counters;
        state.last = self.now.timestamp_millis();
        state.numbers.extend(self.numbers);
        for (key, room) in self.rooms {
            match room {
                Some(room) => state.rooms.insert(key, room),
                None => state.rooms.remove(&key),
            };
        }
        state.planned.extend(self.planned.into_keys());
        state.facts.extend(self.facts);
        state.attention.extend(self.attention.into_iter().map(|(key, (attention, _))| (key, attention)));
        state.queues.extend(self.queues);
        for (_, changed) in self.workspaces {
            state.directory.publish(changed.entry);
        }
        state
    }

    /// The state as it was, after a rollback.
    pub(super) fn discard(self) -> State {
        self.base
    }

    /// Before a job runs.
    pub(super) fn enter(&mut self, due: Option<u32>) {
        let take = due.map_or(0, |n| usize::try_from(n).unwrap_or(usize::MAX)).min(self.popped.len());
        self.job = JobScope { due: self.popped.drain(..take).collect(), ..JobScope::default() };
    }

    /// After a job ran: numbers that it did not use go back, so that there are no gaps.
    pub(super) fn leave(&mut self) -> Result<(), StoreError> {
        for (id, workspace, handle) in std::mem::take(&mut self.job.issued).into_iter().rev() {
            let key = (workspace, handle.letter);
            let newest =
                self.counters.record == id.0 + 1 && self.numbers.get(&key) == Some(&(handle.number + 1));
            if newest && !self.records.contains_key(&id) {
                self.counters.record = id.0;
                self.numbers.insert(key, handle.number);
            }
        }
        self.job.command = None;
        self.job.fault.take().map_or(Ok(()), Err)
    }

    /// What is written from here on is a command of its own: for a job that carries out several.
    pub fn next_command(&mut self) {
        self.job.command = None;
    }

    /// What is written from here on belongs to a command that other jobs have begun.
    pub fn go_on_with(&mut self, command: EventId) {
        self.job.command = Some(command);
    }

    /// The command that the next event belongs to: that of the job, else one that begins with it.
    pub fn command(&self) -> EventId {
        self.job.command.unwrap_or(EventId(self.counters.event))
    }

    fn fault(&mut self, why: String) {
        self.job.fault.get_or_insert(StoreError::Work(why));
    }

    /// The group's instant: never earlier than the one before.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Whether the job's input was seen before; marks it as seen. The input must be named in the job's needs.
    pub fn is_repeat(&mut self, source: &'static str, external_id: &str) -> bool {
        let Some(seen) = self.inputs.get_mut(&(source, external_id.to_owned())) else {
            self.fault(format!("an input of {source} was asked for that its needs do not name"));
            return true;
        };
        std::mem::replace(seen, true)
    }

    /// The workspace, with what earlier jobs of the group changed.
    pub fn workspace(&self, id: WorkspaceId) -> Arc<Workspace> {
        self.entry(id).workspace
    }

    pub(super) fn entry(&self, id: WorkspaceId) -> Entry {
        self.workspaces.get(&id).map_or_else(|| self.base.directory.entry(id), |c| c.entry.clone())
    }

    /// The workspace, to be changed; one that has no rows yet is written as a whole.
    pub(super) fn change(&mut self, id: WorkspaceId) -> &mut Changed {
        match self.workspaces.entry(id) {
            Slot::Occupied(slot) => slot.into_mut(),
            Slot::Vacant(slot) => {
                let mut entry = self.base.directory.entry(id);
                let new = !std::mem::replace(&mut entry.written, true);
                let teams = entry.workspace.teams.iter().map(|t| t.id).filter(|_| new).collect();
                slot.insert(Changed { entry, body: new, teams, people: BTreeSet::new() })
            }
        }
    }

    /// Remembers a person as last seen (ruling 17): name, Manage Server, platform roles. What an admin or the
    /// person has set stays as it is. Writes only where something changed.
    pub fn remember(&mut self, workspace: WorkspaceId, person: Person) {
        let known = self.workspace(workspace);
        let seen = match known.people.get(&person.id) {
            Some(known) => {
                let mut seen =
                    Person { name: person.name, admin: person.admin, roles: person.roles, ..known.clone() };
                seen.seen();
                seen
            }
            None => person,
        };
        if known.people.get(&seen.id) != Some(&seen) {
            self.set_person(workspace, seen);
        }
    }

    pub(super) fn set_person(&mut self, workspace: WorkspaceId, person: Person) {
        let id = person.id;
        let changed = self.change(workspace);
        changed.people.insert(id);
        Arc::make_mut(&mut changed.entry.workspace).people.insert(id, person);
        // Other quiet hours have other moments.
        let attention = self.attention(workspace, id);
        if !attention.held.is_empty() {
            self.set_attention(workspace, id, attention);
        }
    }

    /// What a person's day has taken of their attention, and what is held for them (X6).
    pub fn attention(&self, workspace: WorkspaceId, person: PersonId) -> Attention {
        let key = (workspace, person);
        let known = self.attention.get(&key).map(|(attention, _)| attention);
        known.or_else(|| self.base.attention.get(&key)).cloned().unwrap_or_default()
    }

    /// Writes it, and plans when what is held is looked at.
    pub fn set_attention(&mut self, workspace: WorkspaceId, person: PersonId, attention: Attention) {
        let rule = Rule::of(&self.workspace(workspace), person);
        let next = attention.next(&rule, self.now);
        self.attention.insert((workspace, person), (attention, next));
        self.writes.attention.insert((workspace, person));
    }

    /// Notes that an admin was told what to set.
    pub fn greeted(&mut self, workspace: WorkspaceId) {
        if !self.workspace(workspace).greeted {
            let changed = self.change(workspace);
            changed.body = true;
            Arc::make_mut(&mut changed.entry.workspace).greeted = true;
        }
    }

    /// Notes the channel that stands in where a team has none (ruling 17).
    pub fn system_channel(&mut self, workspace: WorkspaceId, channel: Option<ChannelId>) {
        if self.workspace(workspace).system_channel != channel {
            let changed = self.change(workspace);
            changed.body = true;
            Arc::make_mut(&mut changed.entry.workspace).system_channel = channel;
        }
    }

    /// Notes whether a channel takes messages (ruling 17).
    pub fn channel_takes(&mut self, workspace: WorkspaceId, channel: ChannelId, takes: bool) {
        if self.workspace(workspace).broken.contains_key(&channel) == takes {
            let now = self.now;
            let changed = self.change(workspace);
            changed.body = true;
            let broken = &mut Arc::make_mut(&mut changed.entry.workspace).broken;
            if takes {
                broken.remove(&channel);
            } else {
                broken.insert(channel, now);
            }
        }
    }

    /// A record.
    pub fn record(&self, id: RecordId) -> Option<&Row> {
        self.records.get(&id).map(|loaded| &loaded.stored.row)
    }

    /// A record by what people call it; of a merged one, the one that it went into.
    pub fn by_handle(&self, workspace: WorkspaceId, handle: RecordRef) -> Option<&Row> {
        let mut row = self.record(*self.handles.get(&(workspace, handle))?)?;
        // Each goes into one that is newer in the chain, so that it ends; what is not loaded is not followed.
        while let Some(into) = row.record.merged_into().and_then(|into| self.record(into)) {
            row = into;
        }
        Some(row)
    }

    /// A request.
    pub fn approval(&self, id: ApprovalId) -> Option<&Approval> {
        self.approvals.get(&id)
    }

    /// An unfinished form.
    pub fn draft(&self, id: DraftId) -> Option<&Draft> {
        self.drafts.get(&id)
    }

    /// The records whose time has come, for a job that asked for them. The job has to [`put`](Batch::put) or
    /// [`rearm`](Batch::rearm) each of them; one that it leaves alone is off the due list.
    pub fn due(&self) -> &[RecordId] {
        &self.job.due
    }

    /// The id and name of the next new record; counted up. One that is not [`put`](Batch::put) by the end of the
    /// job goes back. The workspace and letter must be named in the job's needs.
    pub fn number(&mut self, workspace: WorkspaceId, letter: char) -> (RecordId, RecordRef) {
        let key = (workspace, letter);
        let Some(next) = self.numbers.get(&key).copied() else {
            self.fault(format!("a number for {letter} was taken that its needs do not name"));
            return (RecordId(0), RecordRef { letter, number: 0 });
        };
        let id = RecordId(self.counters.record);
        let handle = RecordRef { letter, number: next };
        self.counters.record += 1;
        self.numbers.insert(key, next + 1);
        self.job.issued.push((id, workspace, handle));
        (id, handle)
    }

    /// The id that the next request will get.
    pub fn next_approval(&self) -> ApprovalId {
        ApprovalId(self.counters.approval)
    }

    /// What is known beyond one record, for a decision in this workspace (ruling 13): as the jobs before left it.
    pub fn facts(&self, workspace: WorkspaceId) -> Arc<Facts> {
        self.facts.get(&workspace).or_else(|| self.base.facts.get(&workspace)).cloned().unwrap_or_default()
    }

    fn facts_mut(&mut self, workspace: WorkspaceId) -> &mut Facts {
        let known = self.facts(workspace);
        Arc::make_mut(self.facts.entry(workspace).or_insert(known))
    }

    /// Keeps the loads right: who owned an open record before, and who does now.
    fn weigh(&mut self, workspace: WorkspaceId, before: Option<PersonId>, after: Option<PersonId>) {
        if before == after {
            return;
        }
        let facts = self.facts_mut(workspace);
        if let Some(person) = before {
            facts.loses(person);
        }
        if let Some(person) = after {
            facts.gains(person);
        }
    }

    /// A route picked somebody in turn: the next pick of that team and route begins after them.
    fn pass_turn(&mut self, workspace: WorkspaceId, team: TeamId, event: &Event) {
        let (person, routed) = match &event.kind {
            EventKind::Created(created) => (created.owner, created.routed.as_ref()),
            EventKind::Assigned { to, how: Some(HandOver::Routed(routed)), .. } => (*to, Some(routed)),
            _ => return,
        };
        if let (Some(person), Some(Routed { route, found: Found::Turn, .. })) = (person, routed) {
            let turn = (team, route.clone());
            self.facts_mut(workspace).turns.insert(turn.clone(), person);
            self.writes.turns.insert(turn, (workspace, person));
        }
    }

    /// Writes a record and appends its events (setting `last_event`). `due` is when it wants to be looked at
    /// next; an earlier entry in the due list is left to be re-checked when popped. The record is new (its id
    /// from [`number`](Batch::number)) or named in the needs of a job of the group.
    pub fn put(&mut self, mut row: Row, events: &[Event], due: Option<DateTime<Utc>>) {
        let id = row.record.id;
        let (workspace, team, handle) = (row.record.workspace, row.record.team, row.record.handle);
        if !self.records.contains_key(&id) {
            if id.0 < self.base.counters.record || id.0 >= self.counters.record {
                self.fault(format!("record {id} was written but neither loaded nor numbered"));
                return;
            }
            self.change(workspace);
            self.plan_first_digest(workspace, team);
            self.handles.insert((workspace, handle), id);
        }
        self.recognise(&row.record);
        let known = self.records.get(&id).map(|loaded| &loaded.stored);
        let mut class = known.map_or(Class::Open, |s| s.class);
        let armed = known.and_then(|s| s.armed);
        let breach = known.and_then(|s| s.breach);
        let (same_keys, class_before) = match known {
            Some(known) => (keys(&known.row.record) == keys(&row.record), Some(known.class)),
            None => (false, None),
        };
        let carried = known.and_then(carrier);
        let before = known.map(|s| s.row.record.clone()).filter(|_| has_points(known, &row.record));
        let mut prev = known.and_then(|s| s.row.record.last_event);
        let first = self.counters.event;
        for event in events {
            let event_id = EventId(self.counters.event);
            let command = *self.job.command.get_or_insert(event_id);
            self.counters.event += 1;
            let out = EventOut { id: event_id, command, record: id, prev, event: event.clone() };
            self.writes.events.push(out);
            prev = Some(event_id);
            class = class_after(event).unwrap_or(class);
            self.pass_turn(workspace, team, event);
        }
        row.record.last_event = prev;
        self.credit(before.as_ref(), &row.record, first, events);
        let whole = !same_keys
            || class_before != Some(class)
            || self.records.get(&id).is_some_and(|loaded| loaded.change == Change::Whole);
        let change = if whole { Change::Whole } else { Change::Moved };
        let stored = Stored { row, class, due: None, armed, breach };
        self.weigh(workspace, carried, carrier(&stored));
        self.records.insert(id, Loaded { stored, change });
        self.rearm(id, due);
    }

    /// When a record was to be looked at next, as was said last. Later than the look that takes place: something other
    /// than the record has changed, such as its team's hours.
    pub fn due_of(&self, record: RecordId) -> Option<DateTime<Utc>> {
        self.records.get(&record)?.stored.due.map(super::decode::instant)
    }

    /// Says when a record wants to be looked at next, where nothing else about it changed.
    pub fn rearm(&mut self, record: RecordId, due: Option<DateTime<Utc>>) {
        let Some(loaded) = self.records.get_mut(&record) else {
            self.fault(format!("record {record} was armed but not loaded"));
            return;
        };
        let due = due.map(|at| at.timestamp_millis());
        if loaded.stored.due != due {
            loaded.stored.due = due;
            loaded.due_changed();
        }
        if let Some(at) = due.filter(|at| loaded.stored.armed.is_none_or(|armed| *at < armed)) {
            loaded.stored.armed = Some(at);
            loaded.due_changed();
            self.writes.due.push((at, record));
        }
    }

    /// Says when the SLA of a record that ends first is breached, or was; lists are ordered by it.
    pub fn breaches(&mut self, record: RecordId, at: Option<DateTime<Utc>>) {
        let Some(loaded) = self.records.get_mut(&record) else {
            self.fault(format!("the breach of record {record} was told, but it is not loaded"));
            return;
        };
        let at = at.map(|at| at.timestamp_millis());
        if loaded.stored.breach != at {
            loaded.stored.breach = at;
            loaded.due_changed();
        }
    }

    /// A team without set-up gets its first digest once it has a record.
    fn plan_first_digest(&mut self, workspace: WorkspaceId, team: TeamId) {
        if !self.base.planned.contains(&team) && !self.planned.contains_key(&team) {
            let known = self.workspace(workspace);
            let team = known.team(team);
            self.planned.insert(team.id, next_local(team, self.now));
        }
    }

    /// Puts a loaded record into the overlay.
    pub(super) fn insert_loaded(&mut self, stored: Stored) {
        let record = &stored.row.record;
        self.handles.insert((record.workspace, record.handle), record.id);
        self.records.insert(record.id, Loaded { stored, change: Change::None });
    }

    /// An entry of the due list was taken off.
    pub(super) fn unarm(&mut self, record: RecordId, due_at: i64) -> Result<(), StoreError> {
        let loaded = self
            .records
            .get_mut(&record)
            .ok_or_else(|| corrupt("due entry", format!("no record {record}")))?;
        if loaded.stored.armed == Some(due_at) {
            loaded.stored.armed = None;
            loaded.due_changed();
        }
        Ok(())
    }
}

/// What of a record an index holds, beside its class: the columns that [`Change::Moved`] does not write.
fn keys(record: &Record) -> (&PlaybookId, TeamId, Option<PersonId>, &Contact) {
    (&record.playbook, record.team, record.owner, &record.contact)
}

/// Whether a record stands for points, or did: rare enough to be looked at as a whole then.
fn has_points(known: Option<&Stored>, after: &Record) -> bool {
    !after.credits.is_empty() || known.is_some_and(|known| !known.row.record.credits.is_empty())
}

/// Whose load a record is: its owner's, while it is open.
fn carrier(stored: &Stored) -> Option<PersonId> {
    match stored.class {
        Class::Open => stored.row.record.owner,
        Class::Parked | Class::Won | Class::Lost | Class::Excluded => None,
    }
}

/// The class that an event puts a record into, where it does.
fn class_after(event: &Event) -> Option<Class> {
    match &event.kind {
        EventKind::Created(created) => Some(created.class),
        EventKind::Moved(moved) => Some(moved.class),
        // In no list, and nobody's load.
        EventKind::Merged { .. } | EventKind::Erased => Some(Class::Excluded),
        EventKind::Upgraded(upgraded) => Some(upgraded.class),
        EventKind::Undone(undone) => Some(undone.class),
        EventKind::Logged { .. }
        | EventKind::Edited { .. }
        | EventKind::Filled { .. }
        | EventKind::Assigned { .. }
        | EventKind::Planned { .. }
        | EventKind::StepsReached { .. }
        | EventKind::Delivered { .. }
        | EventKind::NextActionTold
        | EventKind::ApprovalRequested(_)
        | EventKind::ApprovalChased { .. }
        | EventKind::ApprovalRejected { .. }
        | EventKind::ApprovalWithdrawn { .. }
        | EventKind::Suggested { .. }
        | EventKind::Dismissed { .. }
        | EventKind::Made { .. }
        | EventKind::Answered { .. }
        | EventKind::TaskOpened(_)
        | EventKind::TaskClosed { .. }
        | EventKind::TasksTold { .. }
        | EventKind::Flagged { .. }
        | EventKind::SubStatus { .. }
        | EventKind::Sequences { .. }
        | EventKind::Credited(_)
        | EventKind::CrmNote { .. }
        | EventKind::Snoozed { .. }
        | EventKind::Absorbed(_)
        | EventKind::OwedChased => None,
    }
}
