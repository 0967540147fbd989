//! From a decision to rows and chat work: the ONE place where an event becomes something that people see.
//!
//! | what happened | what is seen |
//! | --- | --- |
//! | a record came to be | its card, in the leads channel or where it was created (ruling 17) |
//! | anything changed | the card and the open alerts are drawn anew |
//! | the first human note, alert or request | a thread opens on the card (ruling 20), with one line of what was before |
//! | any event from then on | a line in the thread |
//! | a nudge | an alert, privately, to each person whom it may interrupt (X6) |
//! | a rescue | an alert in the team's alerts channel, beside the nudge; it closes when the record has another owner (X7) |
//! | a breach, an escalation, a review | one alert per record and clock in the team's alerts channel; the next step updates it and tells the next person privately |
//! | the record moved, or the clock's run ended | its alerts close themselves |
//! | a request | a post in the approvals channel; decided or withdrawn, it is drawn anew without its buttons |
//! | a word for someone | a private message |
//! | all records of a company wait | a post in the alerts channel, once ([`super::cluster`]) |
//!
//! A snooze is the engine's: a step that falls into one is done when it is over (ruling 5).
//!
//! | file | what |
//! | --- | --- |
//! | here | the order of it all, the card, private words |
//! | `alerts` | what clocks say |
//! | `requests` | requests for approval |
//! | `threads` | the thread on a card |
//! | `publish` | changes of status, told to another system |
//!
//! Everything here is pure over the [`Batch`], so that a group can be run again (ruling 25).

mod alerts;
pub mod prepared;
pub mod publish;
mod requests;
mod threads;

use chrono::{DateTime, TimeDelta, Utc};

use super::attention;
use super::cluster;
use super::places;
use super::said::Said;
use crate::chat::message::Message;
use crate::chat::render::{self, Ctx};
use crate::domain::attention::{Passage, Word};
use crate::domain::clocks;
use crate::domain::decision::{Decision, Effect, Env, Notice};
use crate::domain::event::{Event, EventKind, Source};
use crate::domain::evolve;
use crate::domain::ids::{ApprovalId, EventId, PersonId, PostId, RecordId};
use crate::domain::record::Record;
use crate::domain::undo::is_speech;
use crate::store::Batch;
use crate::store::crm::NoteOut;
use crate::store::outbox::{Fact, Place, Priority};
use crate::store::row::{ChatState, PersonalBefore, PostKind, Row};

/// Folds a decision into the record, writes it with its events and its next due time, and turns what happened
/// into chat work. Gives the row after; `None` only where there was no record and none was created.
pub fn carry_out(batch: &mut Batch, env: &Env<'_>, before: Option<&Row>, decision: &Decision) -> Option<Row> {
    let record = fold(before, decision)?;
    let mut chat = before.map(|row| row.chat.clone()).unwrap_or_default();
    let mut work = Work { batch, env, record: &record, chat: &mut chat, say_later: Vec::new() };

    work.keep_personal(before, decision);
    if !is_quiet(before, &record, &decision.events) {
        work.card(before, &decision.events);
    }
    work.close_alerts(before, &decision.events);
    work.retire_held(before);
    for event in &decision.events {
        work.approval(before, event);
    }
    for effect in &decision.effects {
        match effect {
            Effect::Alert(alert) => work.alert(alert),
            Effect::Tell { who, notice } => work.tell(who, notice),
        }
    }
    let opened = work.thread(&decision.events);
    let later = std::mem::take(&mut work.say_later);

    let (due, breach) = (clocks::next_due(&record, env), clocks::breach_at(&record, env));
    let id = record.id;
    let row = Row { record, chat };
    batch.put(row, &decision.events, due);
    batch.breaches(id, breach);

    // From here on the events have their ids.
    let row = batch.record(id)?.clone();
    cluster::tell(batch, env, before.map(|row| &row.record), &row.record);
    let first = first_event(&row, decision.events.len());
    crm_notes(batch, env, &row, first, &decision.events);
    say_all(batch, env, &row, first, later);
    threads::lines(batch, env, &row, first, opened, &decision.events);
    publish::changes(batch, env, before, &row, first, &decision.events);
    Some(row)
}

/// The same without anything that people see: what came from elsewhere gets its card when a person first touches it
/// (ruling 20). A card that is there is drawn anew.
pub fn quietly(
    batch: &mut Batch,
    env: &Env<'_>,
    before: Option<&Row>,
    decision: &Decision,
) -> Option<RecordId> {
    let record = fold(before, decision)?;
    let chat = before.map(|row| row.chat.clone()).unwrap_or_default();
    if let Some(card) = chat.card {
        batch.refresh(card);
    }
    let (due, breach) = (clocks::next_due(&record, env), clocks::breach_at(&record, env));
    let id = record.id;
    batch.put(Row { record, chat }, &decision.events, due);
    batch.breaches(id, breach);
    Some(id)
}

/// When a record is to be looked at again of which nothing came: whatever is due all the same, not at once.
pub fn due(record: &Record, env: &Env<'_>) -> Option<DateTime<Utc>> {
    clocks::next_due(record, env).map(|at| at.max(env.now + TimeDelta::minutes(1)))
}

/// The pieces that a decision is turned into chat work with.
struct Work<'a, 'b> {
    batch: &'a mut Batch,
    env: &'a Env<'b>,
    record: &'a Record,
    chat: &'a mut ChatState,
    /// Private words, enqueued once the events have ids to name them by.
    say_later: Vec<(PersonId, Message)>,
}

impl Work<'_, '_> {
    /// What a command did to the personal fields is not in the history; an undo finds it here, until the next command.
    fn keep_personal(&mut self, before: Option<&Row>, decision: &Decision) {
        // What is erased is kept nowhere.
        let undo = decision
            .events
            .iter()
            .any(|event| matches!(event.kind, EventKind::Undone(_) | EventKind::Erased));
        match before {
            Some(row) if decision.contact.is_some() && !undo => {
                let contact = row.record.contact.clone();
                self.chat.personal_before = Some(PersonalBefore { command: self.batch.command(), contact });
            }
            _ if decision.events.iter().all(is_speech) => {}
            _ => self.chat.personal_before = None,
        }
    }

    /// The card: posted with the record, drawn anew with every change.
    fn card(&mut self, before: Option<&Row>, events: &[Event]) {
        match (before, self.chat.card) {
            (_, Some(card)) => self.batch.refresh(card),
            (None, None) => {
                if let Some(place) = places::card(self.env.workspace, self.env.team, self.record) {
                    self.chat.card = Some(self.post(PostKind::Card, place, None));
                }
            }
            // It came from elsewhere, or had nowhere to stand: its card comes when a person touches it (ruling 20).
            (Some(_), None) => {
                let touched = events.iter().any(|e| e.by.is_some() && e.source == Source::Manual);
                let place = places::card(self.env.workspace, self.env.team, self.record).filter(|_| touched);
                if let Some(place) = place {
                    self.chat.card = Some(self.post(PostKind::Card, place, None));
                }
            }
        }
    }

    fn post(&mut self, kind: PostKind, place: Place, approval: Option<ApprovalId>) -> PostId {
        self.batch.new_post(self.record.workspace, kind, place, self.record.id, approval)
    }

    /// What is held about the clocks of a record that moved need not be told any more (X6).
    fn retire_held(&mut self, before: Option<&Row>) {
        let Some(before) = before.filter(|row| row.record.status != self.record.status) else { return };
        for person in [before.record.owner, self.record.owner].into_iter().flatten() {
            let mut attention = self.batch.attention(self.record.workspace, person);
            if attention.retire(self.record.id) {
                self.batch.set_attention(self.record.workspace, person, attention);
            }
        }
    }

    /// Whether a word may interrupt a person now; else it is kept for them (X6).
    fn may_interrupt(&mut self, person: PersonId, word: &Word, joins: Option<PostId>) -> bool {
        match attention::offer(self.batch, self.env, self.record, person, word, joins) {
            Passage::Now => true,
            Passage::Held { .. } => false,
        }
    }

    /// A private word.
    fn tell(&mut self, who: &[PersonId], notice: &Notice) {
        if let (Notice::ApprovalReminder { approval, escalated }, Some(request)) =
            (notice, self.chat.approval)
        {
            let word = Word::Notice(notice.clone());
            for person in who {
                if self.may_interrupt(*person, &word, Some(request)) {
                    self.remind(*person, request, *approval, *escalated);
                }
            }
            return;
        }
        for person in who {
            let message = render::alert::notice(&self.ctx(*person), self.record, notice);
            // Whoever holds two of the duties that are told hears it once.
            let said = self.say_later.iter().any(|(to, said)| to == person && *said == message);
            if !said && self.may_interrupt(*person, &Word::Notice(notice.clone()), None) {
                self.say_later.push((*person, message));
            }
        }
    }

    /// Requests that stand in one message are reminded of in one (ruling 11), whichever of them comes first: it is drawn
    /// when it is sent, and its key is the message's.
    fn remind(&mut self, to: PersonId, request: PostId, approval: ApprovalId, escalated: bool) {
        let step = if escalated { "late" } else { "first" };
        let now = self.batch.now();
        self.batch.say(Fact {
            workspace: self.record.workspace,
            dedup_key: format!("remind:{request}:{step}:{to}"),
            place: Place::Person(to),
            priority: Priority::Normal,
            due_at: now,
            body: Said::Reminder { approval, to, escalated }.to_body(),
        });
    }

    /// What wording for a reader is made from.
    fn ctx(&self, reader: PersonId) -> Ctx<'_> {
        let Env { playbook, workspace, now, .. } = *self.env;
        Ctx { playbook, workspace, now, zone: workspace.zone_of(reader) }
    }
}

fn is_upgrade(event: &Event) -> bool {
    matches!(event.kind, EventKind::Upgraded(_))
}

/// Newer rules alone, and nothing that the card shows: of hundreds of records that come over at once, each is drawn
/// anew with its next change.
fn is_quiet(before: Option<&Row>, after: &Record, events: &[Event]) -> bool {
    let same = |row: &Row| {
        let old = &row.record;
        (&old.status, &old.stage, &old.owes) == (&after.status, &after.stage, &after.owes)
    };
    !events.is_empty() && events.iter().all(is_upgrade) && before.is_some_and(same)
}

/// The record after the decision.
pub(super) fn fold(before: Option<&Row>, decision: &Decision) -> Option<Record> {
    let (mut record, rest) = match before {
        Some(row) => (row.record.clone(), decision.events.as_slice()),
        None => {
            let (first, rest) = decision.events.split_first()?;
            let EventKind::Created(created) = &first.kind else { return None };
            (evolve::create(created, first, decision.contact.clone().unwrap_or_default()), rest)
        }
    };
    for event in rest {
        record = evolve::evolve(record, event);
    }
    if let Some(contact) = &decision.contact {
        record.contact = contact.clone();
    }
    Some(record)
}

/// The id of the first of the events just appended: one record's events are numbered in a row.
fn first_event(row: &Row, count: usize) -> Option<i64> {
    let last = row.record.last_event?;
    Some(last.0 + 1 - i64::try_from(count).ok()?)
}

/// Keeps what is to be written into the CRM; a record without a company has no place there.
fn crm_notes(batch: &mut Batch, env: &Env<'_>, row: &Row, first: Option<i64>, events: &[Event]) {
    let (Some(first), Some(company)) = (first, row.record.contact.company.as_ref()) else { return };
    for (id, event) in (first..).zip(events) {
        let EventKind::CrmNote { title, text, corrects } = &event.kind else { continue };
        let by = event.by.map(|by| env.workspace.name_of(by)).unwrap_or_default();
        let marker = render::crm::marker(row.record.workspace.0, id);
        batch.crm_note(NoteOut {
            workspace: row.record.workspace,
            record: row.record.id,
            event: EventId(id),
            at: event.at.timestamp_millis(),
            company: company.clone(),
            body: render::crm::body(title.as_deref(), text, corrects.then_some(by.as_str()), &marker),
        });
    }
}

/// Enqueues the private words under keys that a second run of the job gives again.
fn say_all(batch: &mut Batch, env: &Env<'_>, row: &Row, first: Option<i64>, later: Vec<(PersonId, Message)>) {
    let now = batch.now();
    for (n, (person, message)) in later.into_iter().enumerate() {
        let first = first.unwrap_or_default();
        let message = attention::with_held(batch, env, person, message);
        batch.say(Fact {
            workspace: row.record.workspace,
            dedup_key: format!("tell:{}:{first}:{}:{n}", row.record.id, now.timestamp_millis()),
            place: Place::Person(person),
            priority: Priority::Normal,
            due_at: now,
            body: Said::privately(person, message).to_body(),
        });
    }
}
