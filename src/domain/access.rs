//! Who may do what to a record (ruling 16). The same table is what R10's test reads.
//!
//! | | own or unowned | a team-mate's | another team's |
//! | --- | --- | --- | --- |
//! | rep: log, note, take, undo of one's own change | yes | yes | no |
//! | rep: status, stage, edit, plan, fill in, tasks, snooze, hand over | yes | after "Take it" | no |
//! | manager of the team: all of that, and demote, reassign | yes | yes | no |
//! | whoever a question is put to, a manager of the team: its answer (E7) | yes | yes | no |
//! | manager of the team: merge (both teams') · admin: erase | yes | yes | no · yes |
//! | decide a request | see [`super::approval`] | | |
//!
//! Whoever has left may do nothing, until they are given a role again (ruling 17).
//!
//! Clocks, rules and integrations are not people: what binds them is in [`super::decide`].

use super::clocks::{self, Clock};
use super::command::{Actor, Command};
use super::decision::Env;
use super::ids::{ClockId, PersonId};
use super::playbook::Audience;
use super::record::Record;
use super::rejection::Rejection;

/// What a command amounts to, for the table above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody of the team.
    Team,
    /// Whoever the question is put to (E7); a manager.
    Asked,
    /// The owner, or anybody of the team where there is none; a manager.
    Owner,
    /// A manager of the team.
    Manager,
    /// An admin.
    Admin,
    /// Checked elsewhere, by the approval's own rules.
    Approval,
    /// Not for people.
    Machine,
}

/// What a command amounts to.
pub fn kind(command: &Command) -> Access {
    match command {
        // Whoever hands a record over may take that back, though it is no longer theirs: an undo is of one's own
        // command alone.
        // Where a report moves the record, that is asked for by itself: see `decide/outcome.rs`.
        Command::Log { .. }
        | Command::Complete { .. }
        | Command::Sent { .. }
        | Command::Take
        | Command::Rescue { .. }
        | Command::Undo(_) => Access::Team,
        Command::Answer { .. } => Access::Asked,
        Command::Move { .. }
        | Command::SetStage { .. }
        | Command::Plan { .. }
        | Command::Edit { .. }
        | Command::Fill { .. }
        | Command::Assign { .. }
        | Command::Done { .. }
        | Command::Confirm { .. }
        | Command::Made { .. }
        | Command::MadeElsewhere { .. }
        | Command::Dismiss { .. }
        | Command::Snooze { .. }
        | Command::Import(_)
        | Command::Past { .. }
        | Command::Reroute => Access::Owner,
        Command::Merge { .. } | Command::Absorb { .. } => Access::Manager,
        Command::Erase => Access::Admin,
        Command::Decide { .. } | Command::Withdraw { .. } => Access::Approval,
        Command::ClockElapsed | Command::Delivered { .. } | Command::Upgrade { .. } => Access::Machine,
    }
}

/// Refuses what the table does not allow.
pub fn check(record: &Record, actor: &Actor, command: &Command, env: &Env<'_>) -> Result<(), Rejection> {
    let Some(person) = actor.person else { return Ok(()) };
    still_here(person, env)?;
    match kind(command) {
        Access::Team => in_team(record, person, env),
        Access::Asked => {
            in_team(record, person, env)?;
            if let Command::Answer { clock, .. } = command {
                is_asked(record, person, clock, env)?;
            }
            Ok(())
        }
        Access::Owner => {
            if env.workspace.is_manager(person, record.team) {
                return Ok(());
            }
            in_team(record, person, env)?;
            match record.owner {
                Some(owner) if owner != person => Err(Rejection::NotYours { owner }),
                Some(_) | None => Ok(()),
            }
        }
        Access::Manager => manager_only(record, actor, env),
        Access::Admin if env.workspace.is_admin(person) => Ok(()),
        Access::Admin => Err(Rejection::NeedsAdmin),
        Access::Approval | Access::Machine => Ok(()),
    }
}

/// Refuses whoever has left (ruling 17): what they may still press on the platform does nothing.
pub(super) fn still_here(person: PersonId, env: &Env<'_>) -> Result<(), Rejection> {
    if env.workspace.has_left(person) { Err(Rejection::YouHaveLeft) } else { Ok(()) }
}

/// Refuses whoever a question that stands is not put to (E7). One that does not stand is nobody's: see `decide/time.rs`.
fn is_asked(record: &Record, person: PersonId, clock: &ClockId, env: &Env<'_>) -> Result<(), Rejection> {
    let running = clocks::clocks(record, env);
    let question = running.iter().find(|running| running.id() == clock).and_then(Clock::question);
    let Some(question) = question else { return Ok(()) };
    let mut of: Vec<PersonId> = question
        .of
        .iter()
        .flat_map(|audience| match audience {
            Audience::Owner => record.owner.into_iter().collect(),
            Audience::Manager => env.workspace.managers(record.team),
            Audience::Duty(duty) => env.workspace.with_duty(record.team, *duty),
        })
        .collect();
    if of.contains(&person) || env.workspace.is_manager(person, record.team) {
        return Ok(());
    }
    of.sort_unstable();
    of.dedup();
    Err(Rejection::AskedOfOthers { of })
}

/// Refuses whoever is neither in the record's team nor its manager.
fn in_team(record: &Record, person: PersonId, env: &Env<'_>) -> Result<(), Rejection> {
    let belongs = env.workspace.team_of(person).id == record.team
        || env.workspace.is_manager(person, record.team)
        || record.owner == Some(person);
    if belongs { Ok(()) } else { Err(Rejection::OtherTeam { team: record.team }) }
}

/// Refuses whoever does not lead the record's team.
pub(super) fn manager_only(record: &Record, actor: &Actor, env: &Env<'_>) -> Result<(), Rejection> {
    match actor.person {
        Some(person) if !env.workspace.is_manager(person, record.team) => {
            Err(Rejection::NeedsManager { team: record.team, managers: env.workspace.managers(record.team) })
        }
        Some(_) | None => Ok(()),
    }
}
