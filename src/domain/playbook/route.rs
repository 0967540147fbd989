//! Routes, as a playbook declares them: who gets a record when it is new, enters a status, or loses its owner for a
//! while (D34–D37, rulings 9 and 17).

use super::super::ids::RouteId;
use super::super::workspace::Duty;

/// A way of finding an owner. It binds only where the people exist whom it names: a workspace without set-up works
/// on as if it were not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its id; unique within the playbook.
    pub id: RouteId,
    /// Why a record is handed over, in one line for people.
    pub why: String,
    /// Among whom it picks.
    pub among: Among,
    /// Whoever has one of these duties is left out, while somebody without them is there.
    pub without: Vec<Duty>,
    /// Whether the owner of the company's account comes before all others (D37).
    pub accounts: Accounts,
    /// Whoever owned the record before never gets it again (ruling 9).
    pub bars_owners: bool,
    /// What becomes of the record where nobody is free. The managers are told either way.
    pub nobody: Nobody,
}

/// Among whom a route picks, in the record's team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Among {
    /// Its reps, as placed by an admin or by a platform role.
    Reps,
    /// Whoever has one of these duties.
    Duties(Vec<Duty>),
}

/// What a route makes of enterprises (D37).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accounts {
    /// Nothing.
    AsAll,
    /// The account's owner gets it, however much they carry; an enterprise without one goes to these duties first.
    First(Vec<Duty>),
}

/// What becomes of a record for which nobody is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nobody {
    /// It stays with its owner.
    Keep,
    /// It has no owner then.
    Release,
}
