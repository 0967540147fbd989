//! The one guard at every door (X1).

use super::command::{Actor, Command, NewRecord};
use super::decision::{Decision, Env};
use super::record::Record;
use super::rejection::Rejection;

/// Decides what follows from a command.
pub fn decide(
    record: &Record,
    actor: &Actor,
    command: &Command,
    env: &Env<'_>,
) -> Result<Decision, Rejection> {
    let _ = (record, actor, command, env);
    unimplemented!("being written")
}

/// Decides on a new record. The first event is always `Created`; [`super::evolve::create`] makes the row of it.
pub fn create(new: &NewRecord, actor: &Actor, env: &Env<'_>) -> Result<Decision, Rejection> {
    let _ = (new, actor, env);
    unimplemented!("being written")
}
