//! Rows into records: what a row would do, decided by the engine (X1); and doing it, in the writer.
//!
//! A row with an id that is known changes its record where the *file* has changed since it was last imported: each cell
//! is compared with its fingerprint of then, so that what people changed here meanwhile stays as it is, and the same
//! file changes nothing (ruling 15).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::mapping::{Shape, target};
use super::row::RecordRow;
use crate::chat::render::{self, Ctx};
use crate::domain::command::{Actor, Command, Given, NewRecord, Standing};
use crate::domain::decide;
use crate::domain::decision::{Decision, Env};
use crate::domain::event::{EventKind, Source};
use crate::domain::field::{Contact, FieldValue, builtin};
use crate::domain::ids::{FieldId, PersonId, RecordId, RecordRef, TeamId, WorkspaceId};
use crate::domain::likeness;
use crate::domain::playbook::Playbook;
use crate::domain::record::Record;
use crate::domain::rejection::Rejection;
use crate::domain::workspace::{Person, Workspace, name_key};
use crate::service::cluster::Watch;
use crate::service::ground::Ground;
use crate::service::{effects, head};
use crate::store::row::Row;
use crate::store::{Batch, Needs};

/// Who imports, and where to.
#[derive(Debug, Clone)]
pub struct Importer {
    /// Where.
    pub workspace: WorkspaceId,
    /// Who; `None`: whoever has the database in hand.
    pub person: Option<PersonId>,
    /// The rules.
    pub playbook: Arc<Playbook>,
    /// The team of rows that name none and whose owner is in none.
    pub team: TeamId,
}

/// What a row does.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It makes a record.
    New,
    /// It changes one.
    Changed,
    /// The record is as the row says, or the file says nothing new.
    Same,
    /// Nothing, and why: one sentence.
    Refused(String),
}

/// Where a new record came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Came {
    /// To which team.
    pub team: TeamId,
    /// To whom.
    pub to: To,
}

/// To whom a new record came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// To whomever the file names, or to nobody where nothing hands it over.
    AsItCame,
    /// A route found somebody.
    Routed(PersonId),
    /// A route found nobody who is free.
    NobodyFree,
}

impl Came {
    fn of(team: TeamId, decision: &Decision) -> Self {
        let to = decision.events.iter().find_map(|event| match &event.kind {
            EventKind::Created(created) => {
                created.routed.as_ref().map(|_| created.owner.map_or(To::NobodyFree, To::Routed))
            }
            _ => None,
        });
        Self { team, to: to.unwrap_or(To::AsItCame) }
    }
}

/// What a row would do, not done yet.
enum Plan {
    New { team: TeamId, decision: Box<Decision> },
    Changed { decision: Box<Decision> },
    Same,
}

impl Importer {
    /// By whose hand.
    pub fn actor(&self) -> Actor {
        Actor { person: self.person, source: Source::Integration }
    }

    fn letter(&self) -> char {
        self.playbook.noun.letter
    }

    /// An exported id of this workspace's own names its record: `bellwether:<workspace>:L-12`.
    pub fn own(&self, id: &str) -> Option<RecordRef> {
        let rest = id.strip_prefix(&own_prefix(self.workspace))?;
        RecordRef::parse(rest).filter(|handle| handle.letter == self.letter())
    }

    /// What people read a record's id as, `L-12`: the rows of a past may name it so, where no other system's id is the
    /// same. A file of records may not: there an id is the other system's own, and this would be another record.
    pub fn shown(&self, id: &str, shape: Shape) -> Option<RecordRef> {
        match shape {
            Shape::History => RecordRef::parse(id).filter(|handle| handle.letter == self.letter()),
            Shape::Records => None,
        }
    }

    /// What the rows need of the batch.
    pub fn needs<'r>(&self, ids: impl Iterator<Item = &'r str>) -> Needs {
        let mut needs = Needs { numbering: Some((self.workspace, self.letter())), ..Needs::default() };
        let mut external = Vec::new();
        for id in ids {
            match self.own(id) {
                Some(handle) => needs.handles.push((self.workspace, handle)),
                None => external.push(id.to_owned()),
            }
        }
        needs.externals.push((self.workspace, self.letter(), external));
        needs
    }

    /// What rows of records need of it: also the other records of their companies (D41).
    pub fn needs_of(&self, rows: &[RecordRow]) -> Needs {
        let name = |row: &RecordRow| row.data.get(builtin::COMPANY)?.as_text().and_then(likeness::company);
        let companies = rows.iter().filter_map(name).map(|key| (self.workspace, self.letter(), key));
        let companies = Some(companies.collect());
        Needs { companies, ..self.needs(rows.iter().filter_map(|row| row.id.as_deref())) }
    }

    /// The record of an id, and what was last seen of it.
    pub fn find<'b>(&self, batch: &'b Batch, id: &str) -> Option<(&'b Row, &'b str)> {
        match self.own(id) {
            Some(handle) => batch.by_handle(self.workspace, handle).map(|row| (row, "")),
            None => batch.by_external(self.workspace, self.letter(), id),
        }
    }

    /// Makes people of names that nobody has: they are known by name, without an account, until
    /// somebody of that name is known ([`crate::service::namesakes`]).
    /// Gives everybody by name.
    pub fn people<'r>(&self, batch: &mut Batch, names: impl Iterator<Item = &'r str>) -> People {
        let mut workspace = batch.workspace(self.workspace);
        let mut people = People::of(&workspace);
        for name in names {
            if people.find(name).is_none() {
                let id = workspace.next_nameless();
                // Nobody writes to them, and no new record goes to them (ruling 17).
                let gone = Some(batch.now());
                let person = Person { name: name.trim().to_owned(), gone, ..head::newcomer(id) };
                people.add(&person);
                batch.put_person(self.workspace, person);
                workspace = batch.workspace(self.workspace);
            }
        }
        people
    }

    /// Does one chunk of rows; gives what each did, and whose each new record is.
    pub fn apply(&self, batch: &mut Batch, rows: &[RecordRow]) -> Vec<(Outcome, Option<Came>)> {
        let names = rows.iter().filter(|row| row.problem.is_none()).filter_map(|row| row.owner.as_deref());
        let people = self.people(batch, names);
        let mut ground = Ground::of(batch, self.workspace, self.playbook.clone());
        let mut outcomes = Vec::with_capacity(rows.len());
        let mut watch = Watch::default();
        for row in rows {
            // Each row is a command of its own: nobody takes a file back by a row.
            batch.next_command();
            let existing = row.id.as_deref().and_then(|id| self.find(batch, id));
            let existing = existing.map(|(row, seen)| (row.clone(), seen.to_owned()));
            if row.owner.is_none() {
                // It may be somebody's turn.
                ground.facts_again(batch);
            }
            let plan = {
                let env = |team| ground.env(team);
                self.plan(row, existing.as_ref().map(|(r, s)| (r, s.as_str())), &people, &env)
            };
            let outcome = match plan {
                Err(sentence) => (Outcome::Refused(sentence), None),
                Ok(Plan::Same) => (Outcome::Same, None),
                Ok(Plan::New { team, decision }) => {
                    let (id, handle) = batch.number(self.workspace, self.letter());
                    let decision = decision.numbered(id, handle);
                    effects::quietly(batch, &ground.env(team), None, &decision);
                    watch.came(batch, &ground.env(team), id);
                    self.seen(batch, row, id);
                    (Outcome::New, Some(Came::of(team, &decision)))
                }
                Ok(Plan::Changed { decision }) => {
                    let Some((before, _)) = &existing else { continue };
                    let outcome = if decision.events.is_empty() { Outcome::Same } else { Outcome::Changed };
                    if outcome == Outcome::Changed {
                        let env = ground.env(before.record.team);
                        effects::carry_out(batch, &env, Some(before), &decision);
                        // It may have made a request, or changed who carries what.
                        ground = Ground::of(batch, self.workspace, self.playbook.clone());
                    }
                    self.seen(batch, row, before.record.id);
                    (outcome, None)
                }
            };
            outcomes.push(outcome);
        }
        watch.tell(batch, &|record| ground.env(record.team));
        outcomes
    }

    fn seen(&self, batch: &mut Batch, row: &RecordRow, record: RecordId) {
        if let Some(id) = &row.id {
            let seen = serde_json::to_string(&row.seen).unwrap_or_default();
            batch.put_external(self.workspace, self.letter(), id.clone(), record, seen);
        }
    }

    /// What a row would do, for a preview.
    pub fn preview<'e>(
        &self,
        row: &RecordRow,
        existing: Option<(&Row, &str)>,
        people: &People,
        env: &dyn Fn(TeamId) -> Env<'e>,
    ) -> Outcome {
        match self.plan(row, existing, people, env) {
            Err(sentence) => Outcome::Refused(sentence),
            Ok(Plan::New { .. }) => Outcome::New,
            Ok(Plan::Changed { decision }) if decision.events.is_empty() => Outcome::Same,
            Ok(Plan::Changed { .. }) => Outcome::Changed,
            Ok(Plan::Same) => Outcome::Same,
        }
    }

    fn plan<'e>(
        &self,
        row: &RecordRow,
        existing: Option<(&Row, &str)>,
        people: &People,
        env: &dyn Fn(TeamId) -> Env<'e>,
    ) -> Result<Plan, String> {
        if let Some(problem) = &row.problem {
            return Err(problem.clone());
        }
        let any = env(self.team);
        let owner = match row.owner.as_deref() {
            None => None,
            Some(name) => Some(people.find(name).ok_or_else(|| render::import::unknown_person(name))?),
        };
        let refused = |record: Option<&Record>, why: &Rejection| {
            let ctx = Ctx {
                playbook: any.playbook,
                workspace: any.workspace,
                now: any.now,
                zone: any.team.calendar.zone,
            };
            render::words::flat(&render::rejection::sentence(&ctx, record, why), any.workspace)
        };
        if let Some((before, seen)) = existing {
            let given = changes(row, seen, owner, any.playbook);
            let Some(given) = given else { return Ok(Plan::Same) };
            let command = Command::Import(Box::new(given));
            let env = env(before.record.team);
            let decision = decide::decide(&before.record, &self.actor(), &command, &env);
            return decision
                .map(|decision| Plan::Changed { decision: Box::new(decision) })
                .map_err(|why| refused(Some(&before.record), &why));
        }
        let team = self.team_of(row, owner, any.workspace)?;
        let may = |person| any.workspace.is_manager(person, team) || any.workspace.is_admin(person);
        if self.person.is_some_and(|person| !may(person)) {
            let managers = any.workspace.managers(team);
            return Err(refused(None, &Rejection::NeedsManager { team, managers }));
        }
        let standing = Standing { status: row.status.clone(), stage: row.stage.clone() };
        let new = self.new_record(row, team, owner);
        decide::import(&new, &standing, &self.actor(), &env(team))
            .map(|decision| Plan::New { team, decision: Box::new(decision) })
            .map_err(|why| refused(None, &why))
    }

    fn team_of(
        &self,
        row: &RecordRow,
        owner: Option<PersonId>,
        workspace: &Workspace,
    ) -> Result<TeamId, String> {
        match (row.team.as_deref(), owner) {
            (Some(name), _) => {
                let team = workspace.team_named(name);
                team.map(|t| t.id).ok_or_else(|| render::import::unknown_team(name))
            }
            (None, Some(owner)) if workspace.people.get(&owner).is_some_and(|p| p.team.is_some()) => {
                Ok(workspace.team_of(owner).id)
            }
            (None, _) => Ok(self.team),
        }
    }

    fn new_record(&self, row: &RecordRow, team: TeamId, owner: Option<PersonId>) -> NewRecord {
        let mut new = NewRecord {
            id: RecordId(0),
            handle: RecordRef { letter: self.letter(), number: 0 },
            team,
            channel: None,
            owner,
            contact: Contact::default(),
            value: None,
            source: None,
            data: crate::domain::field::Data::new(),
            from: None,
        };
        for (field, value) in &row.data {
            match (field.as_str(), value) {
                (name, FieldValue::Text(text)) if Contact::holds(name) => {
                    new.contact.set(name, text.clone());
                }
                (builtin::VALUE, FieldValue::Money(money)) => new.value = Some(*money),
                (builtin::SOURCE, FieldValue::Text(text) | FieldValue::Choice(text)) => {
                    new.source = Some(text.clone());
                }
                // It belongs to a move, and there was none here.
                (builtin::NOTE, _) => {}
                (_, value) => {
                    new.data.insert(field.clone(), value.clone());
                }
            }
        }
        new
    }
}

/// What the file says anew of a record; `None`: nothing.
fn changes(row: &RecordRow, seen: &str, owner: Option<PersonId>, playbook: &Playbook) -> Option<Given> {
    let seen: BTreeMap<String, u32> = serde_json::from_str(seen).unwrap_or_default();
    let changed = |word: &str| row.seen.get(word) != seen.get(word);
    if row.seen == seen {
        return None;
    }
    let with_move = [builtin::REASON, builtin::NOTE, builtin::NEXT_ACTION, builtin::NEXT_DUE];
    let standing = Standing {
        status: row.status.clone().filter(|_| changed(target::STATUS)),
        stage: row.stage.clone().filter(|_| changed(target::STAGE)),
    };
    let data =
        row.data.iter().filter(|(field, _)| changed(field.as_str()) || with_move.contains(&field.as_str()));
    let data = data.map(|(field, value)| (field.clone(), value.clone())).collect();
    let emptied = seen
        .keys()
        .filter(|word| !row.seen.contains_key(*word) && playbook.field_called(word.as_str()).is_some());
    let emptied = emptied.filter(|word| !with_move.contains(&word.as_str()));
    let emptied = emptied.map(FieldId::new).collect();
    Some(Given { data, emptied, owner: owner.filter(|_| changed(target::OWNER)), standing })
}

/// The beginning of an exported id that no other system gave.
pub fn own_prefix(workspace: WorkspaceId) -> String {
    format!("bellwether:{workspace}:")
}

/// Everybody by name, whatever the case.
#[derive(Debug, Clone, Default)]
pub struct People(HashMap<String, PersonId>);

impl People {
    /// Of a workspace; of two of the same name, whoever has an account.
    pub fn of(workspace: &Workspace) -> Self {
        let mut people = Self::default();
        // Those without an account have the lower ids, and come first.
        for person in workspace.people.values() {
            people.add(person);
        }
        people
    }

    /// Adds somebody; one who stands for another by that person's id.
    pub fn add(&mut self, person: &Person) {
        if !person.name.trim().is_empty() {
            self.0.insert(name_key(&person.name), person.linked_to.unwrap_or(person.id));
        }
    }

    /// Somebody by name.
    pub fn find(&self, name: &str) -> Option<PersonId> {
        self.0.get(&name_key(name)).copied()
    }
}

/// What came of the rows so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Counts {
    /// Records made; of a history, records whose past was brought along.
    pub made: u64,
    /// Records changed.
    pub changed: u64,
    /// Records that were as the file says.
    pub same: u64,
    /// Rows refused.
    pub refused: u64,
    /// Records made per team, for its summary.
    pub teams: BTreeMap<TeamId, u64>,
    /// How many of them a route gave to whom, per team.
    #[serde(default)]
    pub routed: BTreeMap<TeamId, BTreeMap<PersonId, u64>>,
    /// For how many of them a route found nobody who is free, per team.
    #[serde(default)]
    pub nobody_free: BTreeMap<TeamId, u64>,
}

impl Counts {
    /// Counts the outcome of all steps of a record, of which so many rows were refused.
    pub fn add_past(&mut self, outcome: &Outcome, refused: usize) {
        match outcome {
            Outcome::Refused(_) => self.refused += refused as u64,
            Outcome::New | Outcome::Changed | Outcome::Same => self.add(outcome, None),
        }
    }

    /// Counts an outcome.
    pub fn add(&mut self, outcome: &Outcome, came: Option<Came>) {
        match outcome {
            Outcome::New => self.made += 1,
            Outcome::Changed => self.changed += 1,
            Outcome::Same => self.same += 1,
            Outcome::Refused(_) => self.refused += 1,
        }
        let Some(Came { team, to }) = came else { return };
        *self.teams.entry(team).or_default() += 1;
        match to {
            To::AsItCame => {}
            To::Routed(person) => *self.routed.entry(team).or_default().entry(person).or_default() += 1,
            To::NobodyFree => *self.nobody_free.entry(team).or_default() += 1,
        }
    }
}
