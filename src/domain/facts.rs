//! What a decision may know beyond its own record (ruling 13): loaded by the shell before the engine is asked, so that
//! the engine stays pure.

use std::collections::BTreeMap;

use super::ids::{PersonId, RouteId, TeamId};

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// How many open records each person of the workspace owns; nobody who owns none is in here.
    pub loads: BTreeMap<PersonId, u32>,
    /// Whom each route of each team picked last: where the round robin stands.
    pub turns: Turns,
}

/// Whom each route of each team picked last.
pub type Turns = BTreeMap<(TeamId, RouteId), PersonId>;

impl Facts {
    /// Nothing is known; for questions that only read.
    pub const NONE: &'static Self = &Self { loads: BTreeMap::new(), turns: BTreeMap::new() };

    /// How many open records a person owns.
    pub fn load(&self, person: PersonId) -> u32 {
        self.loads.get(&person).copied().unwrap_or(0)
    }

    /// A person owns an open record more.
    pub fn gains(&mut self, person: PersonId) {
        *self.loads.entry(person).or_default() += 1;
    }

    /// A person owns an open record less.
    pub fn loses(&mut self, person: PersonId) {
        if let Some(load) = self.loads.get_mut(&person) {
            *load = load.saturating_sub(1);
            if *load == 0 {
                self.loads.remove(&person);
            }
        }
    }
}
