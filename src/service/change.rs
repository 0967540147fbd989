//! The jobs that change records: an existing one, and a new one. Everything about the record happens in here,
//! against the overlay, in one transaction with its outbox rows; the answer comes from the decision (ruling 25).

use std::sync::Arc;

use super::draft::{ChangeDraft, DraftBody, What};
use super::effects;
use super::ground::Ground;
use super::head::{Head, Seen};
use super::making::{Blocked, Maker, NotMade};
use crate::domain::activity::Activity;
use crate::domain::command::{Command, NewRecord};
use crate::domain::decide;
use crate::domain::decision::{Decision, Env};
use crate::domain::event::Event;
use crate::domain::field::{Contact, Data, FieldValue, builtin};
use crate::domain::ids::{ApprovalId, DraftId, RecordId, RecordRef, WorkspaceId};
use crate::domain::likeness;
use crate::domain::playbook::Playbook;
use crate::domain::rejection::Rejection;
use crate::domain::workspace::Workspace;
use crate::playbook::Library;
use crate::store::row::Row;
use crate::store::{Alike, Batch, Needs, Work};

/// Which record a command is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// By its row.
    Record(RecordId),
    /// By what people call it.
    Handle(RecordRef),
    /// By a request.
    Approval(ApprovalId),
}

/// A command for an existing record.
pub struct Change {
    /// Who asks.
    pub head: Head,
    /// The rules.
    pub library: Arc<Library>,
    /// Which record.
    pub target: Target,
    /// What is asked.
    pub command: Command,
    /// The unfinished form that this completes; 0: none.
    pub draft: DraftId,
}

/// A new record.
pub struct Create {
    /// Who asks.
    pub head: Head,
    /// The rules of the record that it is made of.
    pub library: Arc<Library>,
    /// Its rules.
    pub playbook: Arc<Playbook>,
    /// What is asked: always [`What::Create`].
    pub what: What,
    /// Its fields, the personal ones among them.
    pub data: Data,
    /// The unfinished form that this completes; 0: none.
    pub draft: DraftId,
    /// Also where somebody like it is there already (ruling 15).
    pub anyway: bool,
}

/// So many that are like a new record are looked up.
const ALIKE: u32 = 10;

/// What came of it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The workspace as it was decided in.
    pub workspace: Arc<Workspace>,
    /// The rules that it was decided by; `None` only where there is no record.
    pub playbook: Option<Arc<Playbook>>,
    /// How it went.
    pub outcome: Outcome,
}

/// How a command went.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It happened.
    Done(Box<Done>),
    /// It was refused, of a record or of one that does not exist yet.
    Refused {
        /// The record as it stands.
        row: Option<Box<Row>>,
        /// Why.
        rejection: Rejection,
    },
    /// Data is missing; what is known is kept in a draft.
    Asks {
        /// The record, where there is one.
        row: Option<Box<Row>>,
        /// The draft.
        draft: DraftId,
        /// What is in it.
        change: ChangeDraft,
    },
    /// Somebody like the new record is there already (ruling 15); what was typed is kept in a draft.
    Alike {
        /// Who.
        rows: Vec<Row>,
        /// The draft.
        draft: DraftId,
        /// The new record's keys.
        keys: Vec<String>,
    },
    /// The input was seen before: the record as it stands (R4).
    Repeat {
        /// The record; none where it made a new one.
        row: Option<Box<Row>>,
    },
    /// No such record, request or draft in this workspace.
    Gone,
}

/// A command that happened.
#[derive(Debug, Clone)]
pub struct Done {
    /// The record before; `None`: it is new.
    pub before: Option<Row>,
    /// The record after.
    pub after: Row,
    /// What happened.
    pub events: Vec<Event>,
}

impl Work for Change {
    type Answer = Answer;

    fn needs(&self) -> Needs {
        let mut needs =
            Needs { inbox: Some((self.head.source, self.head.external_id.clone())), ..Needs::default() };
        match self.target {
            Target::Record(id) => needs.records.push(id),
            Target::Handle(handle) => needs.handles.push((self.head.workspace, handle)),
            Target::Approval(id) => needs.approvals.push(id),
        }
        if self.draft.0 != 0 {
            needs.drafts.push(self.draft);
        }
        // Other records of its company (D41), also of the one that it is given now.
        let named = self.company().and_then(likeness::company).map(|key| {
            let active = self.library.active(self.head.workspace).into_iter();
            active.map(move |playbook| (self.head.workspace, playbook.noun.letter, key.clone()))
        });
        needs.companies = Some(named.into_iter().flatten().collect());
        needs
    }

    fn run(&self, batch: &mut Batch) -> Answer {
        let seen = self.head.open(batch);
        let workspace = batch.workspace(self.head.workspace);
        let row = self.row(batch);
        let rules = |row: &Row| self.library.of(&row.record);
        let playbook = row.as_ref().and_then(rules);
        let outcome = match (seen, row) {
            (Seen::Repeat, row) => Outcome::Repeat { row: row.map(Box::new) },
            (Seen::First, None) => Outcome::Gone,
            (Seen::First, Some(row)) => self.decide(batch, row),
        };
        Answer { workspace, playbook, outcome }
    }
}

impl Change {
    /// The company's name that it gives the record.
    fn company(&self) -> Option<&str> {
        if let Command::Edit { field, value: Some(value) } = &self.command
            && field.as_str() == builtin::COMPANY
        {
            return value.as_text();
        }
        None
    }

    /// The record, if it is of the workspace that asks: ids in buttons may be forged.
    fn row(&self, batch: &Batch) -> Option<Row> {
        let row = match self.target {
            Target::Record(id) => batch.record(id),
            Target::Handle(handle) => batch.by_handle(self.head.workspace, handle),
            Target::Approval(id) => batch.record(batch.approval(id)?.record),
        };
        row.filter(|row| row.record.workspace == self.head.workspace).cloned()
    }

    fn decide(&self, batch: &mut Batch, row: Row) -> Outcome {
        let record = &row.record;
        let Some(playbook) = self.library.of(record) else {
            tracing::error!(record = %record.handle, playbook = %record.playbook, "its playbook is not loaded");
            return Outcome::Gone;
        };
        let ground = Ground::of(batch, record.workspace, playbook);
        let env = ground.env(record.team);
        match decide::decide(record, &self.head.actor(), &self.command, &env) {
            Ok(decision) => {
                if self.draft.0 != 0 {
                    batch.drop_draft(self.draft);
                }
                done(batch, &env, Some(row), decision)
            }
            Err(Rejection::Missing { fields, to }) => match What::of(record.id, &self.command) {
                Some((what, data)) => {
                    let change = ChangeDraft { what, data, typed: Default::default(), missing: fields };
                    asks(batch, &self.head, self.draft, Some(row), change)
                }
                None => Outcome::Refused {
                    row: Some(Box::new(row)),
                    rejection: Rejection::Missing { fields, to },
                },
            },
            // D70, B2: what was said so far is kept until the answer comes.
            Err(Rejection::NeedsAnswer { .. } | Rejection::NeedsOutcome | Rejection::NeedsStatus { .. })
                if let Some((what, data)) = What::of(record.id, &self.command) =>
            {
                let change = ChangeDraft { what, data, typed: Default::default(), missing: Vec::new() };
                asks(batch, &self.head, self.draft, Some(row), change)
            }
            Err(rejection) => Outcome::Refused { row: Some(Box::new(row)), rejection },
        }
    }
}

impl Work for Create {
    type Answer = Answer;

    fn needs(&self) -> Needs {
        Needs {
            inbox: Some((self.head.source, self.head.external_id.clone())),
            records: self.made_of().map(|(id, _)| id).into_iter().collect(),
            numbering: Some((self.head.workspace, self.playbook.noun.letter)),
            drafts: if self.draft.0 == 0 { Vec::new() } else { vec![self.draft] },
            alike: if self.asks_for_alike() { vec![self.looked_for()] } else { Vec::new() },
            companies: Some(self.company().into_iter().collect()),
            ..Needs::default()
        }
    }

    fn run(&self, batch: &mut Batch) -> Answer {
        let seen = self.head.open(batch);
        let workspace = batch.workspace(self.head.workspace);
        // The same form may be sent off twice, each time as an input of its own: it makes one record.
        let used_up = self.draft.0 != 0 && batch.draft(self.draft).is_none();
        let outcome = match seen {
            Seen::First if !used_up => self.create(batch),
            Seen::First | Seen::Repeat => Ok(Outcome::Repeat { row: None }),
        };
        match outcome {
            Ok(outcome) => Answer { workspace, playbook: Some(self.playbook.clone()), outcome },
            // Told in the words of the record that stands in the way.
            Err(blocked) => {
                let Blocked { row, playbook, rejection } = *blocked;
                let outcome = Outcome::Refused { row: row.map(Box::new), rejection };
                Answer { workspace, playbook, outcome }
            }
        }
    }
}

impl Create {
    /// Whether somebody like it may be there already (ruling 15). What is made of a record shares its name and its
    /// address by its nature: one customer has several opportunities.
    fn asks_for_alike(&self) -> bool {
        !self.anyway && self.made_of().is_none()
    }

    /// The record that it is made of.
    fn made_of(&self) -> Option<(RecordId, RecordRef)> {
        match &self.what {
            What::Create { from, .. } => *from,
            What::Move { .. }
            | What::Stage { .. }
            | What::Fill { .. }
            | What::Done { .. }
            | What::Complete { .. }
            | What::Confirm { .. } => None,
        }
    }

    fn create(&self, batch: &mut Batch) -> Result<Outcome, Box<Blocked>> {
        let What::Create { team, owner, channel, from, .. } = &self.what else { return Ok(Outcome::Gone) };
        let ground = Ground::of(batch, self.head.workspace, self.playbook.clone());
        let env = ground.env(*team);
        // Its number is taken only once nothing is missing, so that refusals leave no gaps.
        let draft_of_it =
            new_record(&self.data, RecordId(0), RecordRef { letter: self.playbook.noun.letter, number: 0 });
        let draft_of_it =
            NewRecord { team: *team, owner: *owner, channel: *channel, from: *from, ..draft_of_it };
        let maker = Maker { library: &self.library, actor: self.head.actor(), env: &env };
        match maker.check(batch, &draft_of_it) {
            Ok(()) => {}
            Err(NotMade::Blocked(blocked)) => return Err(blocked),
            Err(NotMade::Refused(Rejection::Missing { fields, .. })) => {
                let (what, data) = (self.what.clone(), self.data.clone());
                let change = ChangeDraft { what, data, typed: Default::default(), missing: fields };
                return Ok(asks(batch, &self.head, self.draft, None, change));
            }
            Err(NotMade::Refused(rejection)) => return Ok(Outcome::Refused { row: None, rejection }),
        }
        if self.asks_for_alike()
            && let Some(alike) = self.alike(batch)
        {
            return Ok(alike);
        }
        let (id, handle) = batch.number(self.head.workspace, self.playbook.noun.letter);
        let new = NewRecord { id, handle, ..draft_of_it };
        match maker.make(batch, &new) {
            Ok(made) => {
                if self.draft.0 != 0 {
                    batch.drop_draft(self.draft);
                }
                let Some(after) = made.row else { return Ok(Outcome::Gone) };
                let made = Done { before: None, after, events: made.events };
                Ok(match self.note() {
                    Some(note) => self.log(batch, made, note),
                    None => Outcome::Done(Box::new(made)),
                })
            }
            Err(NotMade::Blocked(blocked)) => Err(blocked),
            Err(NotMade::Refused(rejection)) => Ok(Outcome::Refused { row: None, rejection }),
        }
    }
}

impl Create {
    fn looked_for(&self) -> Alike {
        let (workspace, letter) = (self.head.workspace, self.playbook.noun.letter);
        Alike { workspace, letter, keys: self.keys(), most: ALIKE }
    }

    /// By what the new record may be taken for another.
    fn keys(&self) -> Vec<String> {
        let mut contact = Contact::default();
        for (field, value) in &self.data {
            if let FieldValue::Text(text) = value {
                contact.set(field.as_str(), text.clone());
            }
        }
        likeness::of_contact(&contact)
    }

    /// The company that it belongs to (D41).
    fn company(&self) -> Option<(WorkspaceId, char, String)> {
        let name = self.data.get(builtin::COMPANY).and_then(FieldValue::as_text)?;
        Some((self.head.workspace, self.playbook.noun.letter, likeness::company(name)?))
    }

    /// Those who are there already, as the jobs before left them: of two that make the same lead at once, the second
    /// one is asked.
    fn alike(&self, batch: &mut Batch) -> Option<Outcome> {
        let keys = self.keys();
        let found = batch.alike(self.head.workspace, self.playbook.noun.letter, &keys);
        let rows: Vec<Row> = found.into_iter().take(ALIKE as usize).cloned().collect();
        if rows.is_empty() {
            return None;
        }
        let (what, data) = (self.what.clone(), self.data.clone());
        let change = ChangeDraft { what, data, typed: Default::default(), missing: Vec::new() };
        let draft = DraftBody::Change(change).row(self.draft, &self.head, batch);
        let draft = batch.put_draft(draft);
        Some(Outcome::Alike { rows, draft, keys })
    }

    /// What was written beside the fields: the record's first note.
    fn note(&self) -> Option<&str> {
        self.data.get(builtin::NOTE).and_then(FieldValue::as_text).map(str::trim).filter(|n| !n.is_empty())
    }

    /// The note is an activity like any other, in the same transaction.
    fn log(&self, batch: &mut Batch, made: Done, note: &str) -> Outcome {
        let ground = Ground::of(batch, self.head.workspace, self.playbook.clone());
        let env = ground.env(made.after.record.team);
        let note = Some(note.to_owned());
        let command = Command::Log { activity: Activity::Note, at: None, outcome: None, note, next: None };
        match decide::decide(&made.after.record, &self.head.actor(), &command, &env) {
            Ok(decision) => match effects::carry_out(batch, &env, Some(&made.after), &decision) {
                Some(after) => {
                    let events = made.events.into_iter().chain(decision.events).collect();
                    Outcome::Done(Box::new(Done { before: None, after, events }))
                }
                None => Outcome::Done(Box::new(made)),
            },
            Err(rejection) => {
                tracing::warn!(record = %made.after.record.handle, ?rejection, "a first note was refused");
                Outcome::Done(Box::new(made))
            }
        }
    }
}

/// The record as asked for: personal fields, built-in fields and the rest go to their places.
pub(super) fn new_record(data: &Data, id: RecordId, handle: RecordRef) -> NewRecord {
    let mut contact = Contact::default();
    let mut new = NewRecord {
        id,
        handle,
        team: crate::domain::ids::TeamId(0),
        channel: None,
        owner: None,
        contact: Contact::default(),
        value: None,
        source: None,
        data: Data::new(),
        from: None,
    };
    for (field, value) in data {
        match (field.as_str(), value) {
            (name, FieldValue::Text(text)) if Contact::holds(name) => {
                contact.set(name, text.clone());
            }
            (builtin::VALUE, FieldValue::Money(money)) => new.value = Some(*money),
            (builtin::SOURCE, FieldValue::Text(text) | FieldValue::Choice(text)) => {
                new.source = Some(text.clone());
            }
            // It is logged once the record is there.
            (builtin::NOTE, _) => {}
            (_, value) => {
                new.data.insert(field.clone(), value.clone());
            }
        }
    }
    new.contact = contact;
    new
}

/// Writes what was decided.
pub(super) fn done(batch: &mut Batch, env: &Env<'_>, before: Option<Row>, decision: Decision) -> Outcome {
    // Nothing happened, so there is nothing to write: the record is as it was.
    if decision.events.is_empty()
        && decision.effects.is_empty()
        && let Some(after) = before.clone()
    {
        return Outcome::Done(Box::new(Done { before, after, events: Vec::new() }));
    }
    match effects::carry_out(batch, env, before.as_ref(), &decision) {
        Some(after) => Outcome::Done(Box::new(Done { before, after, events: decision.events })),
        None => Outcome::Gone,
    }
}

/// Keeps what is known in the draft. A form in steps remembers what was missing at first, so that it can say how
/// far it is.
fn asks(
    batch: &mut Batch,
    head: &Head,
    draft: DraftId,
    row: Option<Row>,
    mut change: ChangeDraft,
) -> Outcome {
    let earlier = batch.draft(draft).and_then(|draft| DraftBody::read(&draft.body));
    if let Some(DraftBody::Change(earlier)) = earlier {
        let new = std::mem::replace(&mut change.missing, earlier.missing);
        change.missing.extend(new.into_iter().filter(|f| !change.missing.contains(f)).collect::<Vec<_>>());
    }
    let row_of_it = DraftBody::Change(change.clone()).row(draft, head, batch);
    let draft = batch.put_draft(row_of_it);
    Outcome::Asks { row: row.map(Box::new), draft, change }
}
