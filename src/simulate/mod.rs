//! The time machine (X2): the stored history lived through once more under a draft of the rules. Pure, and it writes
//! nothing: it takes records with their events and gives figures.
//!
//! | file | what |
//! | --- | --- |
//! | [`inputs`] | what people and other systems did, read from a record's events |
//! | [`live`] | one record's life under given rules, through the real engine |
//! | [`figures`] | what fired, moved and was refused, counted alike for the history and for a simulation |
//! | [`report`] | the history, the simulation of the draft and, as a check, that of the rules in force, side by side |
//!
//! # What is assumed
//!
//! - People would have done the same things at the same times, and calendars, members and limits were always as they
//!   are now. Only what people and other systems did is taken from the history; what rules and clocks did is not.
//! - The draft was in force from each record's first day; what happened before the period counts towards no figure.
//! - Clocks fire at their due times: no downtime. An alert was delivered when the history says that the alert of the
//!   same clock was, within a day; else at once.
//! - Personal fields are as they are now, but for those that the history shows as owed.
//! - A move that lacks data counts as refused, and goes on as if the form had been filled in, for that is what people
//!   do: with the first of each list, and a value under every limit.
//! - A move that the draft makes wait counts as waiting, and goes on as if it had been approved at once where the
//!   history shows that it went ahead. A request of a clock's that the history does not know is turned down once
//!   somebody moves the record.
//! - Any other refused move (no such move, no such status, combination, lock, managers only) leaves the record where
//!   it is, and the later ones are tried from there. A status or a stage that the draft calls otherwise is found where
//!   its `[upgrade]` table says so.
//! - Who owned a record is as it was: nobody is routed anew. Each record is on its own.

pub mod figures;
pub mod inputs;
pub mod live;
pub mod report;

use chrono::{DateTime, Utc};

use crate::domain::event::Event;
use crate::domain::field::Contact;
use crate::domain::playbook::Playbook;
use crate::domain::workspace::Workspace;

pub use figures::Figures;
pub use report::Report;

/// The rules to live under.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The playbook.
    pub playbook: &'a Playbook,
    /// People, calendars, limits.
    pub workspace: &'a Workspace,
}

/// The time that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// From here on.
    pub since: DateTime<Utc>,
    /// Up to here, where time ends for the simulation.
    pub until: DateTime<Utc>,
}

impl Period {
    /// Whether what happened then counts.
    pub fn counts(&self, at: DateTime<Utc>) -> bool {
        self.since <= at && at <= self.until
    }
}

/// One record's past.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// Its personal fields as they are now.
    pub contact: &'a Contact,
    /// Its events, the oldest first.
    pub events: &'a [Event],
}
