//! What a decision may know beyond its own record (ruling 13): loaded by the shell before the engine is asked, so that
//! the engine stays pure.

use std::collections::BTreeMap;

use super::ids::PersonId;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// How many open records each person owns; nobody who owns none is in here.
    pub loads: BTreeMap<PersonId, u32>,
}

impl Facts {
    /// Nothing is known; for questions that only read.
    pub const NONE: &'static Self = &Self { loads: BTreeMap::new() };
}
