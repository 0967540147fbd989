//! One record's life under given rules: the real engine decides, time stops at everything that is due, and what people
//! did comes in when they did it. What is assumed where the rules differ from those of the time stands in
//! [`super`].

use chrono::{DateTime, TimeDelta, Utc};

use super::figures::{Figures, Refused, Why};
use super::inputs::{self, Choice, Did, Input, Inputs};
use super::{Past, Period, Rules};
use crate::domain::command::{Actor, Command, NewRecord, Standing, Verdict};
use crate::domain::decide::{create, decide, import};
use crate::domain::decision::{Decision, Effect, Env};
use crate::domain::event::{Created, Event, EventKind, Source};
use crate::domain::evolve;
use crate::domain::facts::Facts;
use crate::domain::field::{Contact, Data, FieldValue, builtin};
use crate::domain::ids::{ApprovalId, ClockId, FieldId, StageId, StatusId};
use crate::domain::money::Money;
use crate::domain::playbook::{FieldKind, Landing};
use crate::domain::record::Record;
use crate::domain::rejection::Rejection;
use crate::domain::{clocks, playbook::Playbook};

/// Time stops this often for one record at most: a playbook whose clocks run in circles ends here.
const MOST_STOPS: usize = 20_000;
/// A move is tried so often at most, each time with more of what it asked for.
const TRIES: usize = 12;
/// A record with something due of which nothing comes is looked at again so much later, as the sweep does.
const LATER: TimeDelta = TimeDelta::minutes(1);
/// How long after an alert its delivery is looked for in the history.
const DELIVERED_WITHIN: TimeDelta = TimeDelta::days(1);

/// What came of a life.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lived {
    /// What fired, moved and was refused.
    pub figures: Figures,
    /// It never came to be, or time stopped too often: its figures are not whole.
    pub cut_short: bool,
}

/// Lives through a past under given rules.
pub fn live(past: &Past<'_>, rules: &Rules<'_>, period: &Period) -> Lived {
    let Some(inputs) = inputs::read(past.events) else {
        return Lived { cut_short: true, ..Lived::default() };
    };
    let Some(mut life) = Life::begin(past, rules, period, &inputs) else {
        return Lived { cut_short: true, ..Lived::default() };
    };
    for input in &inputs.all {
        if input.at > period.until {
            break;
        }
        life.time_until(input.at);
        life.does(input);
    }
    life.time_until(period.until);
    Lived { figures: life.figures, cut_short: life.stops > MOST_STOPS }
}

/// What really happened, counted from the events alone under the rules of the time; no figure of refusals.
pub fn really(past: &Past<'_>, rules: &Rules<'_>, period: &Period) -> Figures {
    let mut figures = Figures::default();
    let Some((first, rest)) = past.events.split_first() else { return figures };
    let EventKind::Created(created) = &first.kind else { return figures };
    let mut record = evolve::create(created, first, past.contact.clone());
    for event in rest {
        figures.event(&record, event, &env(rules, &record, event.at, ApprovalId(0)), period);
        evolve::apply(&mut record, event);
    }
    figures
}

fn env<'a>(rules: &Rules<'a>, record: &Record, now: DateTime<Utc>, next_approval: ApprovalId) -> Env<'a> {
    Env {
        now,
        playbook: rules.playbook,
        workspace: rules.workspace,
        team: rules.workspace.team(record.team),
        facts: Facts::NONE,
        next_approval,
    }
}

struct Life<'a> {
    rules: &'a Rules<'a>,
    period: &'a Period,
    contact: &'a Contact,
    record: Record,
    now: DateTime<Utc>,
    requests: i64,
    /// Alerts that are on their way, whose delivery starts their clock.
    under_way: Vec<(DateTime<Utc>, ClockId)>,
    /// Deliveries that the history knows and that were not used yet.
    delivered: Vec<(ClockId, DateTime<Utc>)>,
    /// A refused move has left the record where it was.
    left_behind: bool,
    /// Until then nothing is due: nothing came of it when it was looked at.
    looked_at: Option<DateTime<Utc>>,
    stops: usize,
    figures: Figures,
}

/// What came of a choice.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Went {
    Ahead,
    Refused,
}

/// What became of words that no list has.
enum Mended {
    /// The bot knows them by itself.
    Itself,
    /// Another word was taken.
    Other,
    /// There was none to mend, or no other.
    Nothing,
}

impl<'a> Life<'a> {
    /// The record comes to be; what a form would ask for is filled in.
    fn begin(past: &Past<'a>, rules: &'a Rules<'a>, period: &'a Period, inputs: &Inputs<'_>) -> Option<Self> {
        let (created, at, actor) = &inputs.created;
        let playbook = rules.playbook;
        let mut contact = past.contact.clone();
        for field in &inputs.learned_later {
            contact.set(field.as_str(), String::new());
        }
        let mut new = new_record(created, contact, rules);
        let team = rules.workspace.team(created.team);
        let env = Env {
            now: *at,
            playbook,
            workspace: rules.workspace,
            team,
            facts: Facts::NONE,
            next_approval: ApprovalId(1),
        };
        // What an import brought along half-way stood there from its first day here.
        let half_way = actor.source == Source::Integration && created.status != playbook.initial;
        let came_as = match playbook.landing(&created.status, created.stage.as_ref()) {
            Landing::At(status, stage) if half_way => Some(Standing { status: Some(status), stage }),
            _ => None,
        };
        let mut figures = Figures::default();
        for _ in 0..TRIES {
            let made = match &came_as {
                Some(standing) => import(&new, standing, actor, &env),
                None => create(&new, actor, &env).map(|making| making.decision),
            };
            let fields = match made {
                Ok(decision) => {
                    let (first, rest) = decision.events.split_first()?;
                    let EventKind::Created(created) = &first.kind else { return None };
                    let record = evolve::create(created, first, decision.contact.clone().unwrap_or_default());
                    let mut life = Self {
                        rules,
                        period,
                        contact: past.contact,
                        record,
                        now: *at,
                        requests: 1,
                        under_way: Vec::new(),
                        delivered: inputs.delivered.clone(),
                        left_behind: false,
                        looked_at: None,
                        stops: 0,
                        figures,
                    };
                    life.take_in(rest, &decision);
                    return Some(life);
                }
                Err(Rejection::Missing { fields, .. }) => fields,
                Err(Rejection::NoRate { .. }) if new.value.is_some() => {
                    new.value = None;
                    continue;
                }
                Err(Rejection::UnknownReason { .. }) if !new.data.is_empty() => {
                    new.data.clear();
                    continue;
                }
                Err(_) => return None,
            };
            if period.counts(*at) {
                let refused = Refused { why: Why::Missing, from: None, to: None };
                figures.refuse(refused, &fields, (created.handle, *at), false);
            }
            for field in fields {
                let value = plausible(rules, &field, &playbook.initial, *at)?;
                match (field.as_str(), value) {
                    (name, FieldValue::Text(text)) if Contact::holds(name) => {
                        new.contact.set(name, text);
                    }
                    (builtin::VALUE, FieldValue::Money(money)) => new.value = Some(money),
                    (builtin::SOURCE, FieldValue::Text(text) | FieldValue::Choice(text)) => {
                        new.source = Some(text);
                    }
                    (_, value) => {
                        new.data.insert(field, value);
                    }
                }
            }
        }
        None
    }

    fn env(&self) -> Env<'a> {
        env(self.rules, &self.record, self.now, ApprovalId(self.requests))
    }

    /// Has the engine decide, and takes in what follows.
    fn tell(&mut self, actor: Actor, command: &Command) -> Result<Decision, Rejection> {
        let decision = decide(&self.record, &actor, command, &self.env())?;
        self.take_in(&decision.events, &decision);
        Ok(decision)
    }

    fn take_in(&mut self, events: &[Event], decision: &Decision) {
        let env = self.env();
        for event in events {
            self.figures.event(&self.record, event, &env, self.period);
            if let EventKind::ApprovalRequested(_) = event.kind {
                self.requests += 1;
            }
            evolve::apply(&mut self.record, event);
        }
        if let Some(contact) = &decision.contact {
            self.record.contact = contact.clone();
        }
        for effect in &decision.effects {
            if let Effect::Alert(alert) = effect
                && alert.reports_delivery
            {
                let at = self.delivery(&alert.clock);
                self.under_way.push((at, alert.clock.clone()));
            }
        }
        if !events.is_empty() {
            self.looked_at = None;
        }
    }

    /// When the alert that a clock sends now gets through.
    fn delivery(&mut self, clock: &ClockId) -> DateTime<Utc> {
        let (now, latest) = (self.now, self.now + DELIVERED_WITHIN);
        let known = self.delivered.iter().position(|(c, at)| c == clock && (now..=latest).contains(at));
        known.map_or(now, |place| self.delivered.remove(place).1)
    }

    /// Time goes on, stopping at everything that is due on the way.
    fn time_until(&mut self, until: DateTime<Utc>) {
        while self.stops <= MOST_STOPS {
            let due = clocks::next_due(&self.record, &self.env()).map(|at| at.max(self.now));
            let due = due.map(|at| self.looked_at.map_or(at, |later| at.max(later)));
            let arrives = self.under_way.iter().enumerate().min_by_key(|(_, (at, _))| *at);
            let arrives = arrives.map(|(place, (at, _))| (*at, place));
            match (due, arrives) {
                (due, Some((at, place))) if at <= until && due.is_none_or(|due| at <= due) => {
                    let (_, clock) = self.under_way.remove(place);
                    self.now = self.now.max(at);
                    // Time is never refused.
                    let _ = self.tell(Actor::TIME, &Command::Delivered { clock });
                }
                (Some(at), _) if at <= until => {
                    self.now = at;
                    match self.tell(Actor::TIME, &Command::ClockElapsed) {
                        Ok(decision) if !decision.events.is_empty() => {}
                        Ok(_) | Err(_) => self.looked_at = Some(at + LATER),
                    }
                }
                _ => break,
            }
            self.stops += 1;
        }
        self.now = self.now.max(until);
    }

    /// Somebody does what they did.
    fn does(&mut self, input: &Input) {
        match &input.did {
            Did::Chose(choice) => {
                self.chooses(input.actor, choice);
            }
            Did::Gave(command) => self.gives(input.actor, command),
            Did::Told(told) => self.hears(input.actor, told),
            Did::Decided(to, verdict) => self.decides(input.actor, to, verdict),
            Did::TookBack => {
                if let Some(pending) = &self.record.pending {
                    let approval = pending.approval;
                    let _ = self.as_they_were(input.actor, &Command::Withdraw { approval });
                }
            }
        }
    }

    /// A command of somebody who may have been in another team, or may have had another role, at the time.
    fn as_they_were(&mut self, actor: Actor, command: &Command) -> Result<Decision, Rejection> {
        match self.tell(actor, command) {
            Err(
                Rejection::NotYours { .. }
                | Rejection::OtherTeam { .. }
                | Rejection::NeedsManager { .. }
                | Rejection::AskedOfOthers { .. }
                | Rejection::NotRequester { .. }
                | Rejection::OwnRequest { .. },
            ) => self.tell(inputs::nobody(actor.source), command),
            answer => answer,
        }
    }

    fn gives(&mut self, actor: Actor, command: &Command) {
        // Whoever owns it already is the owner; anything else was fine when it was said.
        if let Err(Rejection::NoOutreach { status }) = self.as_they_were(actor, command) {
            self.refused(Refused { why: Why::Outreach, from: Some(status), to: None }, &[]);
        }
    }

    /// Fields that somebody told us: owed ones are filled in, the others are edits.
    fn hears(&mut self, actor: Actor, told: &[(FieldId, Option<FieldValue>)]) {
        let mut owed = Data::new();
        for (field, value) in told {
            if self.rules.playbook.field(field).is_none() {
                continue;
            }
            let value = match self.contact.get(field.as_str()) {
                Some(text) if Contact::holds(field.as_str()) => Some(FieldValue::Text(text.to_owned())),
                _ => value.clone(),
            };
            match value {
                Some(value) if self.record.owes.contains(field) => {
                    owed.insert(field.clone(), value);
                }
                value => {
                    let command = Command::Edit { field: field.clone(), value };
                    let _ = self.as_they_were(actor, &command);
                }
            }
        }
        if !owed.is_empty() {
            let _ = self.as_they_were(actor, &Command::Fill { data: owed });
        }
    }

    /// A manager decides what waits, if it is the same that they decided then.
    fn decides(&mut self, actor: Actor, to: &StatusId, verdict: &Verdict) {
        let to = self.became(to);
        let Some(pending) = self.record.pending.clone() else { return };
        let same = match verdict {
            Verdict::Approve => pending.to == to,
            Verdict::Reject { .. } => true,
        };
        if same {
            let command = Command::Decide { approval: pending.approval, verdict: verdict.clone() };
            let _ = self.as_they_were(actor, &command);
        }
    }

    /// A status as the playbook calls it.
    fn became(&self, status: &StatusId) -> StatusId {
        self.rules.playbook.status_now(status).unwrap_or(status).clone()
    }

    /// The same for a stage.
    fn stage_became(&self, stage: &StageId) -> StageId {
        let playbook = self.rules.playbook;
        let successor = playbook.upgrade.stages.get(stage).filter(|_| playbook.stage(stage).is_none());
        successor.unwrap_or(stage).clone()
    }

    /// Somebody chooses a move. What it asks for is given; what it may not, is counted.
    fn chooses(&mut self, actor: Actor, choice: &Choice) -> Went {
        let playbook = self.rules.playbook;
        let to = self.became(&choice.to);
        let stage = choice.stage.as_ref().map(|stage| self.stage_became(stage));
        let choice = &Choice { to: to.clone(), stage, ..choice.clone() };
        let stage = choice.stage.as_ref().filter(|stage| self.record.stage.as_ref() != Some(*stage));
        let stage_alone = stage.filter(|_| choice.moves_stage && by_stage(playbook, choice, &to));
        let there = self.record.status == to;
        if there && (stage_alone.is_none() || !choice.moves_stage) {
            return Went::Ahead;
        }
        if let Some(pending) = self.record.pending.clone() {
            if pending.to == to && !choice.went_ahead {
                return Went::Ahead;
            }
            // The history went on another way, so a manager had said no to what a clock or a rule asked for.
            let verdict = Verdict::Reject { reason: String::new() };
            let command = Command::Decide { approval: pending.approval, verdict };
            let _ = self.tell(inputs::nobody(actor.source), &command);
        }
        let mut data: Data = choice.data.clone();
        data.retain(|field, _| playbook.field(field).is_some());
        let mut actor = actor;
        let from = self.record.status.clone();
        let refused = |why| Refused { why, from: Some(from.clone()), to: Some(to.clone()) };
        let mut said_missing = false;
        for _ in 0..TRIES {
            let command = match stage_alone {
                Some(stage) => Command::SetStage { to: stage.clone(), data: data.clone() },
                None => Command::Move { to: to.clone(), data: data.clone(), expected: None },
            };
            let why = match self.tell(actor, &command) {
                Ok(_) => {
                    if choice.went_ahead
                        && let Some(pending) = self.record.pending.clone()
                    {
                        self.refused(refused(Why::Approval), &[]);
                        let approve =
                            Command::Decide { approval: pending.approval, verdict: Verdict::Approve };
                        let _ = self.tell(inputs::nobody(actor.source), &approve);
                    }
                    self.left_behind = false;
                    return Went::Ahead;
                }
                Err(Rejection::Missing { fields, .. }) => {
                    if !said_missing {
                        self.refused(refused(Why::Missing), &fields);
                        said_missing = true;
                    }
                    self.fill_in(&mut data, fields, &to);
                    continue;
                }
                Err(Rejection::Owes { fields }) => {
                    self.refused(refused(Why::Owed), &fields);
                    let mut owed = Data::new();
                    let status = self.record.status.clone();
                    self.fill_in(&mut owed, fields, &status);
                    if self.tell(inputs::nobody(actor.source), &Command::Fill { data: owed }).is_ok() {
                        continue;
                    }
                    Why::Owed
                }
                Err(Rejection::UnknownReason { .. }) => {
                    // Which of the words it was does not matter: every list is gone through.
                    match self.mend_choices(&mut data, &to) {
                        Mended::Itself => continue,
                        Mended::Other => {
                            self.refused(refused(Why::Reason), &[]);
                            continue;
                        }
                        Mended::Nothing => Why::Reason,
                    }
                }
                Err(Rejection::NotYours { .. } | Rejection::OtherTeam { .. }) if actor.person.is_some() => {
                    actor = inputs::nobody(actor.source);
                    continue;
                }
                Err(Rejection::NoRate { .. }) if data.values().any(|v| v.as_money().is_some()) => {
                    data.retain(|_, value| value.as_money().is_none());
                    continue;
                }
                Err(Rejection::NeedsManager { .. }) => Why::Managers,
                Err(Rejection::NoSuchMove { .. }) => Why::NoSuchMove,
                Err(Rejection::UnknownStatus { .. }) => Why::NoSuchStatus,
                Err(Rejection::Combination { .. } | Rejection::UnknownStage { .. }) => Why::Stage,
                Err(Rejection::Locked { .. }) => Why::Locked,
                Err(Rejection::AlreadyThere { .. } | Rejection::AlreadyAtStage { .. }) => {
                    return Went::Ahead;
                }
                Err(_) => Why::Other,
            };
            self.refused(refused(why), &[]);
            self.left_behind = true;
            return Went::Refused;
        }
        self.refused(refused(Why::Other), &[]);
        self.left_behind = true;
        Went::Refused
    }

    fn fill_in(&self, data: &mut Data, fields: Vec<FieldId>, to: &StatusId) {
        for field in fields {
            let known = self.contact.get(field.as_str()).map(|text| FieldValue::Text(text.to_owned()));
            if let Some(value) = known.or_else(|| plausible(self.rules, &field, to, self.now)) {
                data.insert(field, value);
            }
        }
    }

    /// Exchanges words that the playbook's lists do not have.
    fn mend_choices(&self, data: &mut Data, to: &StatusId) -> Mended {
        let mut mended = Mended::Nothing;
        let mut dropped = Vec::new();
        for (id, value) in data.iter_mut() {
            let Some(field) = self.rules.playbook.field(id) else { continue };
            let word = value.as_text().unwrap_or_default();
            let fits = match &field.kind {
                FieldKind::Reason => {
                    self.rules.playbook.reasons_for(to).any(|reason| reason.id.as_str() == word)
                }
                FieldKind::Choice(options) => options.iter().any(|(option, _)| option == word),
                FieldKind::Text
                | FieldKind::Long
                | FieldKind::Email
                | FieldKind::Phone
                | FieldKind::Money
                | FieldKind::Number
                | FieldKind::Instant => true,
            };
            if fits {
                continue;
            }
            if field.known_from.is_some() {
                // The bot had filled it in by itself, as it will again.
                dropped.push(id.clone());
            } else if let Some(other) = plausible(self.rules, id, to, self.now) {
                *value = other;
                mended = Mended::Other;
            }
        }
        if !dropped.is_empty() {
            data.retain(|field, _| !dropped.contains(field));
            return Mended::Itself;
        }
        mended
    }

    fn refused(&mut self, refused: Refused, fields: &[FieldId]) {
        if self.period.counts(self.now) {
            let example = (self.record.handle, self.now);
            self.figures.refuse(refused, fields, example, self.left_behind);
        }
    }
}

/// Whether the stage was what was chosen, and the status came with it or stayed.
fn by_stage(playbook: &Playbook, choice: &Choice, to: &StatusId) -> bool {
    if !choice.moves_status {
        return true;
    }
    let with_status =
        playbook.status(to).is_some_and(|s| s.sets_stage.is_some() && s.sets_stage == choice.stage);
    let stage = choice.stage.as_ref().and_then(|stage| playbook.stage(stage));
    let brings_status = stage.is_some_and(|s| s.sets_status.as_ref() == Some(to))
        || playbook.stages.demotion_sets.as_ref() == Some(to);
    brings_status && !with_status
}

/// The record as it was created, as far as the rules know its fields and people.
fn new_record(created: &Created, contact: Contact, rules: &Rules<'_>) -> NewRecord {
    let mut data = created.data.clone();
    data.retain(|field, _| rules.playbook.field(field).is_some());
    NewRecord {
        id: created.id,
        handle: created.handle,
        team: created.team,
        channel: created.channel,
        owner: created.owner.filter(|owner| rules.workspace.people.contains_key(owner)),
        contact,
        value: created.value,
        source: created.source.clone(),
        data,
        from: created.from,
    }
}

/// What somebody might well have written into a field; `None` where its list is empty or it does not exist.
fn plausible(rules: &Rules<'_>, field: &FieldId, to: &StatusId, now: DateTime<Utc>) -> Option<FieldValue> {
    Some(match &rules.playbook.field(field)?.kind {
        FieldKind::Text | FieldKind::Long | FieldKind::Email | FieldKind::Phone => {
            FieldValue::Text("-".to_owned())
        }
        FieldKind::Money => {
            FieldValue::Money(Money { minor: 0, currency: rules.workspace.thresholds.currency })
        }
        FieldKind::Number => FieldValue::Number(0),
        FieldKind::Instant => FieldValue::Instant(now + TimeDelta::days(3)),
        FieldKind::Choice(options) => FieldValue::Choice(options.first()?.0.clone()),
        FieldKind::Reason => {
            FieldValue::Choice(rules.playbook.reasons_for(to).next()?.id.as_str().to_owned())
        }
    })
}
