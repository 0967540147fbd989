//! From a decision to rows and chat work: the ONE place where an event becomes something that people see.
//!
//! | what happened | what is seen |
//! | --- | --- |
//! | a record came to be | its card, in the leads channel or where it was created (ruling 17) |
//! | anything changed | the card and the open alerts are drawn anew |
//! | the first human note, alert or request | a thread opens on the card (ruling 20), with one line of what was before |
//! | any event from then on | a line in the thread |
//! | a nudge | an alert, privately, to each person whom it may interrupt (X6) |
//! | a breach, an escalation, a review | one alert per record and clock in the team's alerts channel; the next step updates it and tells the next person privately |
//! | the record moved, or the clock's run ended | its alerts close themselves |
//! | a request | a post in the approvals channel; decided or withdrawn, it is drawn anew without its buttons |
//! | a word for someone | a private message |
//!
//! A snooze is the engine's: a step that falls into one is done when it is over (ruling 5).
//!
//! Everything here is pure over the [`Batch`], so that a group can be run again (ruling 25).

use chrono::{DateTime, TimeDelta, Utc};

use super::attention;
use super::places;
use super::said::Said;
use crate::chat::message::Message;
use crate::chat::render::view::AlertLine;
use crate::chat::render::{self, Ctx};
use crate::domain::attention::{Passage, Word};
use crate::domain::clocks;
use crate::domain::decision::{Alert, AlertLevel, Decision, Effect, Env, Notice};
use crate::domain::event::{Event, EventKind};
use crate::domain::evolve;
use crate::domain::ids::{ApprovalId, EventId, PersonId, PostId};
use crate::domain::record::{Pending, Record};
use crate::domain::undo::is_speech;
use crate::store::Batch;
use crate::store::outbox::{Fact, Place, Priority};
use crate::store::row::{
    AlertClosed, Approval, ApprovalState, ChatState, OpenAlert, PersonalBefore, PostKind, Row,
};

/// Closed alerts that a row keeps for messages which still show them.
const CLOSED_KEPT: usize = 8;

/// Folds a decision into the record, writes it with its events and its next due time, and turns what happened
/// into chat work. Gives the row after; `None` only where there was no record and none was created.
pub fn carry_out(batch: &mut Batch, env: &Env<'_>, before: Option<&Row>, decision: &Decision) -> Option<Row> {
    let record = fold(before, decision)?;
    let mut chat = before.map(|row| row.chat.clone()).unwrap_or_default();
    let mut work = Work { batch, env, record: &record, chat: &mut chat, say_later: Vec::new() };

    work.keep_personal(before, decision);
    if !is_quiet(before, &record, &decision.events) {
        work.card(before);
    }
    work.close_alerts(before, &decision.events);
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

    let due = clocks::next_due(&record, env);
    let id = record.id;
    let row = Row { record, chat };
    batch.put(row, &decision.events, due);

    // From here on the events have their ids.
    let row = batch.record(id)?.clone();
    let first = first_event(&row, decision.events.len());
    say_all(batch, env, &row, first, later);
    thread_lines(batch, env, &row, first, opened, &decision.events);
    Some(row)
}

/// When a record is to be looked at again of which nothing came: whatever is due all the same, not at once.
pub fn due(record: &Record, env: &Env<'_>) -> Option<DateTime<Utc>> {
    clocks::next_due(record, env).map(|at| at.max(env.now + TimeDelta::minutes(1)))
}

/// Whether the thread was open before, opens now, or stays closed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Thread {
    Closed,
    Opens,
    Open,
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
        let undo = decision.events.iter().any(|event| matches!(event.kind, EventKind::Undone(_)));
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
    fn card(&mut self, before: Option<&Row>) {
        match (before, self.chat.card) {
            (_, Some(card)) => self.batch.refresh(card),
            (None, None) => {
                if let Some(place) = places::card(self.env.workspace, self.env.team, self.record) {
                    self.chat.card = Some(self.post(PostKind::Card, place, None));
                }
            }
            (Some(_), None) => {}
        }
    }

    fn post(&mut self, kind: PostKind, place: Place, approval: Option<ApprovalId>) -> PostId {
        self.batch.new_post(self.record.workspace, kind, place, self.record.id, approval)
    }

    /// Closes the alerts of clocks whose run ended or began anew, and all of them when the record moved.
    fn close_alerts(&mut self, before: Option<&Row>, events: &[Event]) {
        let Some(before) = before else { return };
        if events.is_empty() {
            return;
        }
        // Under newer rules it may be called otherwise; it has not moved.
        let renamed = events.iter().any(is_upgrade);
        let moved = before.record.status != self.record.status && !renamed;
        let closed = AlertClosed {
            at: self.env.now,
            by: events.iter().find_map(|e| e.by),
            moved_to: moved.then(|| self.record.status.clone()),
            command: Some(self.batch.command()),
        };
        let undone = events.iter().find_map(|event| match &event.kind {
            EventKind::Undone(undone) => Some(undone.command),
            _ => None,
        });
        // An undo brings clocks back as well: only what does not run on is over.
        let leaves = moved && undone.is_none();
        let over = |alert: &Alert| leaves || run_is_over(&before.record, self.record, alert);
        for open in &mut self.chat.alerts {
            if open.closed.as_ref().is_some_and(|closed| undone.is_some() && closed.command == undone) {
                open.closed = None;
            }
        }
        for open in self.chat.alerts.iter_mut().filter(|o| o.closed.is_none()) {
            if over(&open.alert) {
                open.closed = Some(closed.clone());
            }
            // Also where it stays open: its buttons carry the record's version (ruling 23).
            self.batch.refresh(open.post);
        }
        let surplus =
            self.chat.alerts.iter().filter(|o| o.closed.is_some()).count().saturating_sub(CLOSED_KEPT);
        let mut dropped = 0;
        self.chat.alerts.retain(|o| {
            let drop = o.closed.is_some() && dropped < surplus;
            dropped += usize::from(drop);
            !drop
        });
    }

    /// What a clock's step says. There is one alert per clock and place; the next step updates it.
    fn alert(&mut self, alert: &Alert) {
        let mut in_channel = false;
        let mut reached = Vec::new();
        for open in self.chat.alerts.iter_mut().filter(|o| o.closed.is_none() && o.alert.clock == alert.clock)
        {
            open.alert = alert.clone();
            self.batch.refresh(open.post);
            in_channel |= open.person.is_none();
            reached.extend(open.person);
        }
        let workspace = self.env.workspace;
        match alert.level {
            AlertLevel::Nudge => {
                for person in alert.to.iter().filter(|p| !reached.contains(p)) {
                    let place = Place::Person(*person);
                    let joins = self.batch.open_room(workspace.id, place);
                    if self.may_interrupt(*person, &Word::Alert(alert.clone()), joins) {
                        let post = self.open_alert(alert, place);
                        attention::said_in(self.batch, workspace.id, *person, post);
                    }
                }
            }
            AlertLevel::Breach | AlertLevel::Escalation | AlertLevel::Review if in_channel => {
                // An edit notifies nobody, so whoever is next is told privately.
                for person in &alert.to {
                    if !self.may_interrupt(*person, &Word::Alert(alert.clone()), None) {
                        continue;
                    }
                    let line = AlertLine {
                        ctx: self.ctx(*person),
                        record: self.record,
                        alert,
                        silent: &[],
                        opened_at: self.env.now,
                        deadline: deadline(self.record, alert, self.env),
                        closed: None,
                    };
                    let message = render::alert::nudge_message(&[line]);
                    self.say_later.push((*person, message));
                }
            }
            AlertLevel::Breach | AlertLevel::Escalation | AlertLevel::Review => {
                for place in places::alerts(workspace, self.env.team, self.record) {
                    let post = self.open_alert(alert, place);
                    if matches!(place, Place::Channel(_)) {
                        self.mention(alert, post);
                    }
                }
            }
        }
    }

    /// A post in a channel goes out whatever the hour; it notifies only those whom it may interrupt (X6). The others
    /// are told at their next moment.
    fn mention(&mut self, alert: &Alert, post: PostId) {
        let word = Word::Alert(alert.clone());
        let mut silent = Vec::new();
        for person in &alert.to {
            if self.may_interrupt(*person, &word, Some(post)) {
                attention::said_in(self.batch, self.record.workspace, *person, post);
            } else {
                silent.push(*person);
            }
        }
        if let Some(open) = self.chat.alerts.last_mut() {
            open.silent = silent;
        }
    }

    /// Whether a word may interrupt a person now; else it is kept for them (X6).
    fn may_interrupt(&mut self, person: PersonId, word: &Word, joins: Option<PostId>) -> bool {
        match attention::offer(self.batch, self.env, self.record, person, word, joins) {
            Passage::Now => true,
            Passage::Held { .. } => false,
        }
    }

    fn open_alert(&mut self, alert: &Alert, place: Place) -> PostId {
        let post = self.batch.alert_post(self.record.workspace, place, self.record.id);
        let person = match place {
            Place::Person(person) => Some(person),
            Place::Channel(_) | Place::ThreadOf(_) => None,
        };
        self.chat.alerts.push(OpenAlert {
            alert: alert.clone(),
            post,
            person,
            silent: Vec::new(),
            opened_at: self.env.now,
            closed: None,
        });
        post
    }

    /// A private word.
    fn tell(&mut self, who: &[PersonId], notice: &Notice) {
        for person in who {
            let message = render::alert::notice(&self.ctx(*person), self.record, notice);
            // Whoever holds two of the duties that are told hears it once.
            let said = self.say_later.iter().any(|(to, said)| to == person && *said == message);
            if !said && self.may_interrupt(*person, &Word::Notice(notice.clone()), None) {
                self.say_later.push((*person, message));
            }
        }
    }

    /// What wording for a reader is made from.
    fn ctx(&self, reader: PersonId) -> Ctx<'_> {
        let Env { playbook, workspace, now, .. } = *self.env;
        Ctx { playbook, workspace, now, zone: workspace.zone_of(reader) }
    }

    /// The row and the post of a request for approval.
    fn approval(&mut self, before: Option<&Row>, event: &Event) {
        let known = before.and_then(|row| row.record.pending.as_ref());
        let state = match &event.kind {
            EventKind::ApprovalRequested(pending) => {
                let place = places::approvals(self.env.workspace, self.env.team, self.record);
                let post = place.map(|place| self.post(PostKind::Approval, place, Some(pending.approval)));
                self.chat.approval = post;
                self.write_approval(pending, ApprovalState::Waiting);
                return;
            }
            EventKind::Moved(moved) => match (&moved.cause, event.by) {
                (crate::domain::event::Cause::Approval { .. }, Some(by)) => {
                    ApprovalState::Approved { by, at: event.at }
                }
                _ => return,
            },
            EventKind::ApprovalRejected { reason, .. } => match event.by {
                Some(by) => ApprovalState::Rejected { by, at: event.at, reason: reason.clone() },
                None => return,
            },
            EventKind::ApprovalWithdrawn { why, .. } => ApprovalState::Withdrawn { at: event.at, why: *why },
            EventKind::Upgraded(_) => {
                if let Some(pending) = self.record.pending.clone() {
                    self.write_approval(&pending, ApprovalState::Waiting);
                    if let Some(post) = self.chat.approval {
                        self.batch.refresh(post);
                    }
                }
                return;
            }
            EventKind::Undone(_) => {
                self.ask_again(known);
                return;
            }
            EventKind::ApprovalChased { .. }
            | EventKind::Created(_)
            | EventKind::Logged { .. }
            | EventKind::Edited { .. }
            | EventKind::Filled { .. }
            | EventKind::Assigned { .. }
            | EventKind::Planned { .. }
            | EventKind::StepsReached { .. }
            | EventKind::Delivered { .. }
            | EventKind::NextActionTold
            | EventKind::Suggested { .. }
            | EventKind::Snoozed { .. }
            | EventKind::OwedChased => {
                // Whatever the request's message shows of the record may have changed.
                if let (Some(post), true) = (self.chat.approval, known.is_some()) {
                    self.batch.refresh(post);
                }
                return;
            }
        };
        if let Some(pending) = known {
            self.write_approval(pending, state);
            if let Some(post) = self.chat.approval.take() {
                self.batch.refresh(post);
            }
        }
    }

    /// A request whose end was undone waits again, in the message that it had.
    fn ask_again(&mut self, known: Option<&Pending>) {
        let record = self.record;
        let again = record.pending.as_ref();
        if let Some(pending) = again.filter(|p| known.is_none_or(|known| known.approval != p.approval)) {
            self.chat.approval = self.batch.approval(pending.approval).and_then(|request| request.post);
            self.write_approval(pending, ApprovalState::Waiting);
        }
        if let Some(post) = self.chat.approval {
            self.batch.refresh(post);
        }
    }

    fn write_approval(&mut self, pending: &Pending, state: ApprovalState) {
        self.batch.put_approval(Approval {
            id: pending.approval,
            workspace: self.record.workspace,
            record: self.record.id,
            team: self.record.team,
            requested_by: pending.requested_by,
            requested_at: pending.requested_at,
            to: pending.to.clone(),
            data: pending.data.clone(),
            peak: pending.peak,
            state,
            post: self.chat.approval,
        });
    }

    /// Whether these events open the thread (ruling 20).
    fn thread(&mut self, events: &[Event]) -> Thread {
        if self.chat.card.is_none() {
            return Thread::Closed;
        }
        if self.chat.threaded {
            return Thread::Open;
        }
        let alerted = self.chat.alerts.iter().any(|o| o.opened_at == self.env.now && o.person.is_none());
        if alerted || events.iter().any(opens_thread) {
            self.chat.threaded = true;
            return Thread::Opens;
        }
        Thread::Closed
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
fn fold(before: Option<&Row>, decision: &Decision) -> Option<Record> {
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

/// The run that an alert belongs to has ended, or another has begun. One that was merely extended (ruling 8) goes on.
fn run_is_over(before: &Record, after: &Record, alert: &Alert) -> bool {
    match (before.run(&alert.clock), after.run(&alert.clock)) {
        (_, None) => true,
        (_, Some(run)) if run.end.is_some() => true,
        (Some(old), Some(new)) => {
            let began_anew = matches!((old.started_at, new.started_at), (Some(old), Some(new)) if old != new);
            began_anew && old.extended == new.extended
        }
        (None, Some(_)) => false,
    }
}

/// The deadline of the clock that speaks.
fn deadline(record: &Record, alert: &Alert, env: &Env<'_>) -> Option<DateTime<Utc>> {
    clocks::clocks(record, env).into_iter().find(|c| *c.id() == alert.clock).and_then(|c| c.deadline)
}

/// A human's note, or a request.
fn opens_thread(event: &Event) -> bool {
    match &event.kind {
        EventKind::Logged { note, .. } => event.by.is_some() && note.is_some(),
        EventKind::Moved(moved) => event.by.is_some() && moved.note.is_some(),
        EventKind::ApprovalRequested(_) => true,
        EventKind::Created(_)
        | EventKind::Edited { .. }
        | EventKind::Filled { .. }
        | EventKind::Assigned { .. }
        | EventKind::Planned { .. }
        | EventKind::StepsReached { .. }
        | EventKind::Delivered { .. }
        | EventKind::NextActionTold
        | EventKind::ApprovalChased { .. }
        | EventKind::ApprovalRejected { .. }
        | EventKind::ApprovalWithdrawn { .. }
        | EventKind::Suggested { .. }
        | EventKind::Snoozed { .. }
        | EventKind::OwedChased
        | EventKind::Upgraded(_)
        | EventKind::Undone(_) => false,
    }
}

/// The id of the first of the events just appended: one record's events are numbered in a row.
fn first_event(row: &Row, count: usize) -> Option<i64> {
    let last = row.record.last_event?;
    Some(last.0 + 1 - i64::try_from(count).ok()?)
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

/// One line per event, and one of what was before when the thread opens.
fn thread_lines(
    batch: &mut Batch,
    env: &Env<'_>,
    row: &Row,
    first: Option<i64>,
    thread: Thread,
    events: &[Event],
) {
    let (Some(card), Some(first)) = (row.chat.card, first) else { return };
    let Env { playbook, workspace, now, team, .. } = *env;
    let ctx = Ctx { playbook, workspace, now, zone: team.calendar.zone };
    let line = |dedup_key: String, said: Said| Fact {
        workspace: row.record.workspace,
        dedup_key,
        place: Place::ThreadOf(card),
        priority: Priority::Last,
        due_at: env.now,
        body: said.to_body(),
    };
    match thread {
        Thread::Closed => return,
        Thread::Open => {}
        Thread::Opens => {
            let before = Said::Before { record: row.record.id, event: EventId(first) };
            batch.say(line(format!("thread:{}:before", row.record.id), before));
        }
    }
    for (id, event) in (first..).zip(events) {
        if let Some(text) = render::history::thread_line(&ctx, &row.record, event) {
            batch.say(line(format!("thread:{id}"), Said::openly(Message::line(text))));
        }
    }
}
