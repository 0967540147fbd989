//! The one guard at every door (X1): people, buttons, bulk, import, webhooks and timers all pass here.
//!
//! Properties, whatever the command:
//! - A refusal changes nothing. A decision's events, folded by [`evolve`](super::evolve), give the record.
//! - Status and stage always stand together in the playbook's table (D66); a locked record never moves (D10).
//! - No status is entered around a gate; a timer's move waits for a manager like anybody's (X3).
//! - A chosen move is refused until its data is complete; an automatic one owes the rest (ruling 1).
//!
//! Races are not settled here but by the writer, which decides one command after the other against the newest
//! record: of two clicks the second one meets what the first one left.
//!
//! | file | commands |
//! | --- | --- |
//! | [`create`](self) | a new record |
//! | `moves` | `Move`, `SetStage`, and the moves that rules and clocks make |
//! | `log` | `Log`, `Complete`, with the automatic rules (D26) |
//! | `report` | what came of an event, where the playbook asks (B2, B9) |
//! | `links` | `Made`, `MadeElsewhere`: what the making of another record means for this one |
//! | `edit` | `Edit`, `Fill`, `Plan`, `Assign`, `Take`, `Snooze` |
//! | `route` | `Rescue`, `Reroute`, and the hand-overs of the playbook (D34–D37) |
//! | `approve` | `Decide`, `Withdraw` |
//! | `join` | `Merge`, `Absorb`, `Erase` |
//! | `import` | new records that lived elsewhere; `Import`, `Past` |
//! | `time` | `ClockElapsed`, `Delivered`, `Answer` |
//! | `entry` | what a status sets off |
//! | `tasks` | `Done`, `Sent`, `Confirm`, and how tasks open and close |
//! | `flags` | `Dismiss`, and what is flagged and proposed |
//! | `undo` | `Undo` |
//! | `upgrade` | `Upgrade`: a newer version of the rules |
//! | `runs` | how clocks start, end and resume |

mod approve;
mod create;
mod edit;
mod entry;
mod flags;
mod import;
mod join;
mod links;
mod log;
mod moves;
mod report;
mod route;
mod runs;
mod tasks;
mod time;
mod undo;
mod upgrade;

pub(super) use runs::fresh as fresh_run;

use super::activity::Activity;
use super::command::{Actor, Command, Completed, Report};
use super::decision::{Decision, Effect, Env, Notice};
use super::event::{Event, EventKind, Source};
use super::evolve::apply;
use super::field::{Contact, Data, builtin};
use super::ids::{FieldId, PersonId};
use super::playbook::{Class, Status};
use super::record::{ClockRun, Record};
use super::rejection::Rejection;
use super::{access, playbook};
use chrono::{DateTime, Utc};

pub use create::create;
pub use import::import;
pub use moves::{brought_by, choices, offered, reachable};
pub use tasks::message_can_go;

/// The present, for dates that look ahead; `None`: what another system tells is as it is there.
fn ahead_of(actor: &Actor, env: &Env<'_>) -> Option<DateTime<Utc>> {
    match actor.source {
        Source::Integration => None,
        Source::Manual | Source::Rule | Source::Time => Some(env.now),
    }
}

/// Decides what follows from a command.
pub fn decide(
    record: &Record,
    actor: &Actor,
    command: &Command,
    env: &Env<'_>,
) -> Result<Decision, Rejection> {
    match command {
        // Time goes on over what has ended, and finds nothing to do.
        Command::ClockElapsed | Command::Delivered { .. } if record.ended.is_some() => {
            return Ok(Decision::default());
        }
        command => join::still_open(record, matches!(command, Command::Erase))?,
    }
    access::check(record, actor, command, env)?;
    let mut case = Case::new(record.clone(), *actor, *env);
    match command {
        Command::Move { to, data, expected } => moves::choose(&mut case, to, data, *expected)?,
        Command::SetStage { to, data } => moves::set_stage(&mut case, to, data)?,
        Command::Log { activity, at, outcome, note, next } => {
            let report = Report { outcome: outcome.clone(), next: next.clone(), ..Report::default() };
            case.looks_ahead(next.as_ref().and_then(|(_, due)| *due))?;
            let (activity, at, data) = (*activity, *at, &Data::new());
            log::log(&mut case, &log::Logged { activity, at, note, report: &report, data })?;
        }
        Command::Complete { event: Completed::Logged { activity, at, note }, report, data } => {
            case.looks_ahead(report.next.as_ref().and_then(|(_, due)| *due))?;
            let (activity, at) = (*activity, *at);
            log::log(&mut case, &log::Logged { activity, at, note, report, data })?;
        }
        Command::Complete { event: Completed::Sent { task }, report, data } => {
            tasks::sent(&mut case, *task, report, data)?;
        }
        Command::Plan { action, due } => {
            case.looks_ahead(Some(*due))?;
            edit::plan(&mut case, action, *due)?;
        }
        Command::Edit { field, value } => edit::edit(&mut case, field, value.as_ref())?,
        Command::Fill { data } => edit::fill(&mut case, data)?,
        Command::Assign { to, why } => edit::assign(&mut case, *to, why.as_deref())?,
        Command::Import(given) => {
            case.from_file = true;
            import::given(&mut case, given)?;
        }
        Command::Past { steps } => import::past(&mut case, steps)?,
        Command::Take => edit::take(&mut case)?,
        Command::Rescue { from } => route::rescue(&mut case, *from)?,
        Command::Reroute => route::reroute(&mut case)?,
        Command::Snooze { until } => case.push(EventKind::Snoozed { until: *until }),
        Command::Decide { approval, verdict } => approve::decide(&mut case, *approval, verdict)?,
        Command::Withdraw { approval } => approve::withdraw(&mut case, *approval)?,
        Command::Done { task, answer, data, outcome, next } => {
            case.looks_ahead(next.as_ref().and_then(|(_, due)| *due))?;
            let (answer, outcome, next) = (answer.as_ref(), outcome.as_ref(), next.as_ref());
            tasks::done(&mut case, &tasks::Done { task: *task, answer, data, outcome, next })?;
        }
        Command::Sent { task } => tasks::sent(&mut case, *task, &Report::default(), &Data::new())?,
        Command::Confirm { task, data } => tasks::confirm(&mut case, *task, data)?,
        Command::Made { record, handle, data } => links::made(&mut case, *record, *handle, data)?,
        Command::MadeElsewhere { data } => links::made_elsewhere(&mut case, data)?,
        Command::Dismiss { rule } => flags::dismiss(&mut case, rule)?,
        Command::Merge { into, handle } => join::merge(&mut case, *into, *handle)?,
        Command::Absorb { from } => join::absorb(&mut case, from)?,
        Command::Erase => join::erase(&mut case),
        Command::Undo(what) => undo::undo(&mut case, what)?,
        Command::Answer { clock, answer } => time::answer(&mut case, clock, answer)?,
        Command::ClockElapsed => time::elapsed(&mut case),
        Command::Delivered { clock } => time::delivered(&mut case, clock),
        Command::Upgrade { before, turn } => upgrade::upgrade(&mut case, before.as_deref(), *turn)?,
    }
    Ok(case.into_decision(Some(&record.contact)))
}

/// A command under way: the record as it stands after the events so far.
struct Case<'a> {
    env: Env<'a>,
    actor: Actor,
    record: Record,
    events: Vec<Event>,
    effects: Vec<Effect>,
    /// The activity that is being logged: what sets off a rule.
    trigger: Option<Activity>,
    /// A file tells it: nobody outside hears of it.
    from_file: bool,
}

impl<'a> Case<'a> {
    fn new(record: Record, actor: Actor, env: Env<'a>) -> Self {
        Self { env, actor, record, events: Vec::new(), effects: Vec::new(), trigger: None, from_file: false }
    }

    fn into_decision(self, contact_before: Option<&Contact>) -> Decision {
        let contact = (contact_before != Some(&self.record.contact)).then_some(self.record.contact);
        Decision { events: self.events, effects: self.effects, contact }
    }

    /// Something happened, by the actor.
    fn push(&mut self, kind: EventKind) {
        self.push_with(kind, Vec::new());
    }

    /// Something happened, and moved clocks on.
    fn push_with(&mut self, kind: EventKind, clocks: Vec<ClockRun>) {
        let (by, source) = (self.actor.person, self.actor.source);
        self.push_by(by, source, kind, clocks);
    }

    /// Something happened by other hands than the actor's: a rule's, say.
    fn push_by(&mut self, by: Option<PersonId>, source: Source, kind: EventKind, clocks: Vec<ClockRun>) {
        let event = Event { at: self.env.now, by, source, kind, clocks };
        apply(&mut self.record, &event);
        self.events.push(event);
    }

    /// Something happened at another time than now, elsewhere.
    fn push_at(&mut self, at: DateTime<Utc>, by: Option<PersonId>, source: Source, kind: EventKind) {
        let event = Event { at, by, source, kind, clocks: Vec::new() };
        apply(&mut self.record, &event);
        self.events.push(event);
    }

    /// Tells people, once each, and never of what they did themselves. What is for somebody who has left is told to the
    /// managers (ruling 17), but for what they have to do with no more.
    fn tell(&mut self, mut who: Vec<PersonId>, notice: Notice) {
        let workspace = self.env.workspace;
        who.retain(|person| !person.is_nameless());
        if who.iter().any(|person| workspace.has_left(*person)) {
            who.retain(|person| !workspace.has_left(*person));
            if !matches!(notice, Notice::HandedOn { .. }) {
                who.extend(workspace.present(workspace.managers(self.record.team), self.env.now));
            }
        }
        who.sort_unstable();
        who.dedup();
        who.retain(|person| Some(*person) != self.actor.person);
        if !who.is_empty() {
            self.effects.push(Effect::Tell { who, notice });
        }
    }

    /// The owner; the team's managers where there is none, or the owner is away or gone (ruling 17).
    fn owner_or_managers(&self) -> Vec<PersonId> {
        let (workspace, now) = (self.env.workspace, self.env.now);
        let managers = || workspace.present(workspace.managers(self.record.team), now);
        match self.record.owner.filter(|owner| !owner.is_nameless()) {
            None => managers(),
            Some(owner) if workspace.people.get(&owner).is_none_or(|p| p.present(now)) => vec![owner],
            Some(owner) => Some(managers()).filter(|m| !m.is_empty()).unwrap_or_else(|| vec![owner]),
        }
    }

    /// The people of an audience who are there; all of them, where that is nobody.
    fn people(&self, audience: playbook::Audience) -> Vec<PersonId> {
        let (workspace, team) = (self.env.workspace, self.record.team);
        let all = match audience {
            playbook::Audience::Owner => return self.owner_or_managers(),
            playbook::Audience::Manager => workspace.managers(team),
            playbook::Audience::Duty(duty) => workspace.with_duty(team, duty),
        };
        workspace.present(all, self.env.now)
    }

    /// The rules of the status it is in.
    fn status(&self) -> Option<&'a Status> {
        self.env.playbook.status(&self.record.status)
    }

    /// Refused where the record never changes again (D10).
    fn unlocked(&self) -> Result<(), Rejection> {
        match self.status() {
            Some(status) if status.locked => Err(Rejection::Locked { status: status.id.clone() }),
            Some(_) | None => Ok(()),
        }
    }

    /// Refused while a request waits (ruling 11) or data is owed (ruling 1).
    fn free_to_choose(&self) -> Result<(), Rejection> {
        self.free_of_requests()?;
        if !self.record.owes.is_empty() {
            return Err(Rejection::Owes { fields: self.record.owes.clone() });
        }
        Ok(())
    }

    /// Refused while a request waits (ruling 11).
    fn free_of_requests(&self) -> Result<(), Rejection> {
        match &self.record.pending {
            Some(pending) => Err(Rejection::Waiting { approval: pending.approval, to: pending.to.clone() }),
            None => Ok(()),
        }
    }

    /// Something happened because its time had come.
    fn by_time(&mut self, kind: EventKind) {
        self.push_by(None, Source::Time, kind, Vec::new());
    }

    /// The class of the status that it is in.
    /// The present, for dates that look ahead; `None`: what another system tells is as it is there.
    fn ahead_of(&self) -> Option<DateTime<Utc>> {
        ahead_of(&self.actor, &self.env)
    }

    /// What is planned lies ahead.
    fn looks_ahead(&self, due: Option<DateTime<Utc>>) -> Result<(), Rejection> {
        match (due, self.ahead_of()) {
            (Some(due), Some(now)) if due < now => {
                Err(Rejection::NotAhead { field: FieldId::from(builtin::NEXT_DUE) })
            }
            (Some(_) | None, _) => Ok(()),
        }
    }

    fn class(&self) -> Class {
        self.status().map_or(Class::Open, |s| s.class)
    }
}
