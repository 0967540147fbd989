//! One record, a handful of people, and a hand on the clock.

use bellwether::domain::calendar::{Calendar, WeeklyHours};
use bellwether::domain::command::{Actor, Command, NewRecord, Verdict};
use bellwether::domain::decide::{create, decide};
use bellwether::domain::decision::{Decision, Effect, Env};
use bellwether::domain::event::{Event, EventKind, Moved};
use bellwether::domain::facts::Facts;
use bellwether::domain::field::{Contact, Data, FieldValue};
use bellwether::domain::ids::{
    ApprovalId, EventId, FieldId, PersonId, RecordId, RecordRef, StageId, StatusId, TeamId, WorkspaceId,
};
use bellwether::domain::money::Money;
use bellwether::domain::playbook::{FieldKind, Playbook};
use bellwether::domain::record::Record;
use bellwether::domain::rejection::Rejection;
use bellwether::domain::undo::{Told, Undo};
use bellwether::domain::workspace::{Person, Role, Workspace};
use bellwether::domain::{clocks, evolve};
use chrono::{DateTime, Duration, TimeZone, Utc};

/// A rep.
pub const ANA: PersonId = PersonId(1);
/// Another rep.
pub const BEN: PersonId = PersonId(2);
/// The team's manager.
pub const MIA: PersonId = PersonId(3);
/// An admin who manages nobody.
pub const ADA: PersonId = PersonId(4);

/// A record in its surroundings.
pub struct World {
    pub playbook: &'static Playbook,
    pub workspace: Workspace,
    pub facts: Facts,
    pub now: DateTime<Utc>,
    pub record: Record,
    pub events: Vec<Event>,
    pub effects: Vec<Effect>,
    pub requests: i64,
    /// How many events there were before each command: where the history may be cut (X4).
    pub commands: Vec<usize>,
    /// The personal fields before the command that changed them last.
    pub personal: Option<(EventId, Contact)>,
}

/// Monday, 2 March 2026, 09:00 UTC.
pub fn monday() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0).single().expect("a date")
}

pub fn workspace() -> Workspace {
    let mut workspace = Workspace::without_setup(WorkspaceId(7), TeamId(1));
    workspace.teams[0].calendar =
        Calendar { hours: WeeklyHours::parse("mon-fri 09:00-18:00").expect("hours"), ..Calendar::default() };
    for (id, name, role, admin) in [
        (ANA, "Ana", Role::Rep, false),
        (BEN, "Ben", Role::Rep, false),
        (MIA, "Mia", Role::Manager, false),
        (ADA, "Ada", Role::Rep, true),
    ] {
        let person = Person {
            id,
            name: name.to_owned(),
            admin,
            roles: Vec::new(),
            team: None,
            role: Some(role),
            ..Person::unknown(id)
        };
        workspace.people.insert(id, person);
    }
    workspace
}

pub fn text(text: &str) -> FieldValue {
    FieldValue::Text(text.to_owned())
}

pub fn usd(units: i64) -> Money {
    Money { minor: units * 100, currency: bellwether::domain::money::Currency::USD }
}

impl World {
    /// A record that Ana created on Monday at 9:00.
    pub fn new(playbook: &'static Playbook) -> Self {
        Self::starting(playbook, monday(), workspace(), None)
    }

    pub fn with_value(playbook: &'static Playbook, units: i64) -> Self {
        Self::starting(playbook, monday(), workspace(), Some(usd(units)))
    }

    pub fn starting(
        playbook: &'static Playbook,
        now: DateTime<Utc>,
        workspace: Workspace,
        value: Option<Money>,
    ) -> Self {
        let new = NewRecord {
            id: RecordId(1),
            handle: RecordRef { letter: playbook.noun.letter, number: 1 },
            team: TeamId(1),
            channel: None,
            owner: Some(ANA),
            contact: Contact {
                name: "Acme".to_owned(),
                company: Some("Acme Ltd".to_owned()),
                email: Some("buyer@acme.example".to_owned()),
                phone: None,
            },
            value,
            source: None,
            data: Data::new(),
            from: None,
        };
        let env = Env {
            now,
            playbook,
            workspace: &workspace,
            team: workspace.team(TeamId(1)),
            facts: Facts::NONE,
            next_approval: ApprovalId(1),
        };
        let making = create(&new, &Actor::person(ANA), &env).expect("a record with a name and an e-mail");
        let decision = making.decision;
        let EventKind::Created(created) = &decision.events[0].kind else { panic!("the first event creates") };
        let contact = decision.contact.clone().expect("a new record has a contact");
        let first = evolve::create(created, &decision.events[0], contact);
        let record = decision.events[1..].iter().fold(first, evolve::evolve);
        Self {
            record,
            events: decision.events,
            effects: decision.effects,
            requests: 1,
            commands: vec![0],
            personal: None,
            playbook,
            workspace,
            facts: Facts::default(),
            now,
        }
    }

    pub fn env(&self) -> Env<'_> {
        Env {
            now: self.now,
            playbook: self.playbook,
            workspace: &self.workspace,
            team: self.workspace.team(self.record.team),
            facts: &self.facts,
            next_approval: ApprovalId(self.requests),
        }
    }

    /// Has the engine decide, and takes in what follows.
    pub fn tell(&mut self, actor: Actor, command: &Command) -> Result<Decision, Rejection> {
        let decision = decide(&self.record, &actor, command, &self.env())?;
        if !decision.events.is_empty() {
            self.commands.push(self.events.len());
        }
        if decision.contact.is_some() {
            self.personal = Some((EventId(self.events.len() as i64 + 1), self.record.contact.clone()));
        }
        for event in &decision.events {
            if let EventKind::ApprovalRequested(_) = event.kind {
                self.requests += 1;
            }
            self.record = evolve::evolve(self.record.clone(), event);
        }
        if let Some(contact) = &decision.contact {
            self.record.contact = contact.clone();
        }
        self.events.extend(decision.events.clone());
        self.effects.extend(decision.effects.clone());
        Ok(decision)
    }

    /// The history as the store tells it.
    pub fn past(&self) -> Vec<Told> {
        let command = |at: usize| {
            let first = self.commands.iter().rev().find(|first| **first <= at).expect("a command");
            Some(EventId(*first as i64 + 1))
        };
        let told = |(at, event): (usize, &Event)| Told {
            id: EventId(at as i64 + 1),
            command: command(at),
            event: event.clone(),
        };
        self.events.iter().enumerate().map(told).collect()
    }

    /// A person takes their last command back.
    pub fn undo(&mut self, who: PersonId) -> Result<Decision, Rejection> {
        let undo = Undo {
            history: self.past(),
            command: None,
            contact: self.personal.clone(),
            published: Vec::new(),
        };
        self.tell(Actor::person(who), &Command::Undo(Box::new(undo)))
    }

    /// A person chooses a status, giving everything that is asked for.
    pub fn choose(&mut self, who: PersonId, to: &str) -> Result<Decision, Rejection> {
        self.choose_with(who, to, Data::new())
    }

    pub fn choose_with(&mut self, who: PersonId, to: &str, mut data: Data) -> Result<Decision, Rejection> {
        let to = StatusId::from(to);
        loop {
            let command = Command::Move { to: to.clone(), data: data.clone(), expected: None };
            match self.tell(Actor::person(who), &command) {
                Err(Rejection::Missing { fields, .. }) => {
                    let before = data.len();
                    for field in fields {
                        let value = self.plausible(&field, Some(&to));
                        data.insert(field, value);
                    }
                    assert!(data.len() > before, "a form asks for something new each time");
                }
                other => return other,
            }
        }
    }

    /// Sets a stage; whatever its status asks for is given.
    pub fn stage_with(&mut self, who: PersonId, to: &str, mut data: Data) -> Result<Decision, Rejection> {
        let to = StageId::from(to);
        loop {
            let command = Command::SetStage { to: to.clone(), data: data.clone() };
            match self.tell(Actor::person(who), &command) {
                Err(Rejection::Missing { fields, to: status }) => {
                    let before = data.len();
                    for field in fields {
                        let value = self.plausible(&field, status.as_ref());
                        data.insert(field, value);
                    }
                    assert!(data.len() > before, "a form asks for something new each time");
                }
                other => return other,
            }
        }
    }

    /// What a person might well write into a field.
    pub fn plausible(&self, field: &FieldId, to: Option<&StatusId>) -> FieldValue {
        match &self.playbook.field(field).expect("a declared field").kind {
            FieldKind::Text | FieldKind::Long => text("as discussed"),
            FieldKind::Email => text("someone@acme.example"),
            FieldKind::Phone => text("+60 12 345 6789"),
            FieldKind::Money => FieldValue::Money(usd(500)),
            FieldKind::Number => FieldValue::Number(250),
            FieldKind::Instant => FieldValue::Instant(self.now + Duration::days(3)),
            FieldKind::Choice(options) => FieldValue::Choice(options[0].0.clone()),
            FieldKind::Reason => {
                let to = to.unwrap_or(&self.record.status);
                let reason = self.playbook.reasons_for(to).next().expect("a reason for it");
                FieldValue::Choice(reason.id.as_str().to_owned())
            }
        }
    }

    /// Time goes on to `at`, stopping wherever something is due.
    pub fn until(&mut self, at: DateTime<Utc>) {
        let mut steps = 0;
        while let Some(due) = clocks::next_due(&self.record, &self.env()).filter(|due| *due <= at) {
            self.now = self.now.max(due);
            self.tell(Actor::TIME, &Command::ClockElapsed).expect("time is never refused");
            steps += 1;
            assert!(steps < 200, "time stands still at {due}");
        }
        self.now = at;
    }

    pub fn advance(&mut self, by: Duration) {
        self.until(self.now + by);
    }

    pub fn status(&self) -> &str {
        self.record.status.as_str()
    }

    pub fn log(
        &mut self,
        who: PersonId,
        activity: bellwether::domain::activity::Activity,
    ) -> Result<Decision, Rejection> {
        self.log_with(who, activity, None)
    }

    pub fn log_with(
        &mut self,
        who: PersonId,
        activity: bellwether::domain::activity::Activity,
        note: Option<&str>,
    ) -> Result<Decision, Rejection> {
        let note = note.map(str::to_owned);
        self.tell(Actor::person(who), &Command::Log { activity, at: None, outcome: None, note, next: None })
    }

    /// Fills in whatever is owed.
    pub fn pay(&mut self, who: PersonId) {
        while !self.record.owes.is_empty() {
            let field = self.record.owes[0].clone();
            let data = [(field.clone(), self.plausible(&field, None))].into();
            self.tell(Actor::person(who), &Command::Fill { data }).expect("owed data can be filled in");
        }
    }

    pub fn approval(&self) -> ApprovalId {
        self.record.pending.as_ref().expect("a request waits").approval
    }

    pub fn approve(&mut self, who: PersonId) -> Result<Decision, Rejection> {
        let approval = self.approval();
        self.tell(Actor::person(who), &Command::Decide { approval, verdict: Verdict::Approve })
    }

    pub fn reject(&mut self, who: PersonId, reason: &str) -> Result<Decision, Rejection> {
        let approval = self.approval();
        let verdict = Verdict::Reject { reason: reason.to_owned() };
        self.tell(Actor::person(who), &Command::Decide { approval, verdict })
    }

    /// The last move.
    pub fn last_move(&self) -> Box<Moved> {
        let moves = self.events.iter().rev().find_map(|event| match &event.kind {
            EventKind::Moved(moved) => Some(moved.clone()),
            _ => None,
        });
        moves.expect("a move")
    }

    /// The alerts so far, as `clock level`.
    pub fn alerts(&self) -> Vec<String> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Alert(alert) => Some(format!("{} {:?}", alert.clock, alert.level)),
                Effect::Tell { .. } => None,
            })
            .collect()
    }

    /// The record as its history, replayed, gives it.
    pub fn replayed(&self) -> Record {
        let EventKind::Created(created) = &self.events[0].kind else { panic!("the first event creates") };
        let first = evolve::create(created, &self.events[0], self.record.contact.clone());
        self.events[1..].iter().fold(first, evolve::evolve)
    }
}
