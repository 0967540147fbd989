//! Whom a route finds (D34–D37, rulings 9 and 17): a pure choice from the people of the workspace and what each
//! carries. Applying it is [`super::decide`]'s.
//!
//! Fairness: of all who are free, the one who carries least for their capacity; among equals, the first after whom the
//! route picked last, by id. So reps of equal capacity take turns, and one of twice the capacity gets twice as much.
//! Somebody without a limit counts as one with the largest limit among those who are free.

use std::collections::BTreeSet;

use super::decision::Env;
use super::field::FieldValue;
use super::ids::{PersonId, TeamId};
use super::playbook::{Accounts, Among, FieldRole, Route};
use super::record::Record;
use super::workspace::{Duty, Workspace};

/// Whom a route found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    /// It does not bind here: nobody is of the kind that it names.
    Unbound,
    /// The owner is one of those it picks from.
    Stays,
    /// The owner of the company's account (D37).
    Account(PersonId),
    /// Whoever carries least for their capacity.
    Turn(PersonId),
    /// Nobody is free.
    Nobody,
}

/// Asks a route for an owner. `out` are those who may not get the record, beside the absent and the full; who owns it
/// and is out, does not stay.
pub fn pick(route: &Route, record: &Record, out: &BTreeSet<PersonId>, env: &Env<'_>) -> Pick {
    let candidates = candidates(route, record.team, env.workspace);
    if candidates.is_empty() {
        return Pick::Unbound;
    }
    let free = |person: &PersonId| !out.contains(person) && is_present(*person, env);
    let mut ranks = vec![candidates];
    if let Accounts::First(duties) = &route.accounts {
        let account = env.workspace.thresholds.account_of(record).map(|account| account.owner);
        match account.filter(free) {
            Some(owner) if record.owner == Some(owner) => return Pick::Stays,
            Some(owner) => return Pick::Account(owner),
            None if is_enterprise(record, env) => {
                ranks.insert(0, with_duties(duties, record.team, env.workspace));
            }
            None => {}
        }
    }
    for rank in ranks {
        if record.owner.is_some_and(|owner| rank.contains(&owner) && free(&owner)) {
            return Pick::Stays;
        }
        let free: Vec<_> = rank.into_iter().filter(free).filter(|p| has_capacity(*p, env)).collect();
        let turn = env.facts.turns.get(&(record.team, route.id.clone())).copied();
        if let Some(person) = least_laden(&free, turn, env) {
            return Pick::Turn(person);
        }
    }
    Pick::Nobody
}

/// Whether a route binds in a team: whether anybody is of the kind that it names.
pub fn binds(route: &Route, team: TeamId, workspace: &Workspace) -> bool {
    !candidates(route, team, workspace).is_empty()
}

/// Whether a person is neither away nor gone; nobody whom the workspace does not know is.
pub fn is_present(person: PersonId, env: &Env<'_>) -> bool {
    env.workspace.people.get(&person).is_some_and(|p| p.present(env.now))
}

/// Whether a person carries less than they can.
pub fn has_capacity(person: PersonId, env: &Env<'_>) -> bool {
    let capacity = env.workspace.people.get(&person).and_then(|p| p.capacity);
    capacity.is_none_or(|capacity| env.facts.load(person) < capacity)
}

/// Whether the company is an enterprise: on the account list, or as large as the limit (D37).
pub fn is_enterprise(record: &Record, env: &Env<'_>) -> bool {
    let thresholds = &env.workspace.thresholds;
    let size = env.playbook.field_of(FieldRole::CompanySize).and_then(|field| record.data.get(&field.id));
    let large = thresholds.enterprise_size.zip(size.and_then(FieldValue::as_number));
    thresholds.account_of(record).is_some() || large.is_some_and(|(limit, size)| size >= u64::from(limit))
}

fn candidates(route: &Route, team: TeamId, workspace: &Workspace) -> Vec<PersonId> {
    let all = match &route.among {
        Among::Reps => workspace.reps(team),
        Among::Duties(duties) => with_duties(duties, team, workspace),
    };
    let others = with_duties(&route.without, team, workspace);
    let left: Vec<_> = all.iter().copied().filter(|p| !others.contains(p)).collect();
    if left.is_empty() { all } else { left }
}

fn with_duties(duties: &[Duty], team: TeamId, workspace: &Workspace) -> Vec<PersonId> {
    let mut members = workspace.members(team);
    members.retain(|p| workspace.people[p].duties.iter().any(|duty| duties.contains(duty)));
    members
}

fn least_laden(free: &[PersonId], turn: Option<PersonId>, env: &Env<'_>) -> Option<PersonId> {
    let limit = |person: PersonId| env.workspace.people.get(&person).and_then(|p| p.capacity);
    let largest = free.iter().filter_map(|p| limit(*p)).max().unwrap_or(1).max(1);
    // Load a/b against c/d is a·d against c·b; people after the last turn come before the others.
    let burden = |person: PersonId| {
        (u64::from(env.facts.load(person)), u64::from(limit(person).unwrap_or(largest).max(1)))
    };
    let order = |person: PersonId| (turn.is_some_and(|last| person <= last), person);
    free.iter().copied().min_by(|a, b| {
        let ((load_a, limit_a), (load_b, limit_b)) = (burden(*a), burden(*b));
        (load_a * limit_b).cmp(&(load_b * limit_a)).then_with(|| order(*a).cmp(&order(*b)))
    })
}
