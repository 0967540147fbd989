//! The comparison: what really happened, what the draft would have done, and, as a check of the simulation itself,
//! what the rules in force do in it.

use super::figures::Figures;
use super::live::{live, really};
use super::{Past, Period, Rules};

/// See the module. Reports of single records add up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Records looked at.
    pub records: u64,
    /// Their events.
    pub events: u64,
    /// What really happened.
    pub really: Figures,
    /// What the simulation makes of the rules in force: the nearer to what really happened, the better it can be
    /// trusted.
    pub in_force: Figures,
    /// What the draft would have done.
    pub draft: Figures,
    /// Records whose figures are not whole.
    pub cut_short: u64,
}

impl Report {
    /// Looks at one record. `in_force` are the rules that it lives under now.
    pub fn look_at(&mut self, past: &Past<'_>, in_force: &Rules<'_>, draft: &Rules<'_>, period: &Period) {
        self.records += 1;
        self.events += past.events.len() as u64;
        self.really.add(really(past, in_force, period));
        self.in_force.add(live(past, in_force, period).figures);
        let lived = live(past, draft, period);
        self.cut_short += u64::from(lived.cut_short);
        self.draft.add(lived.figures);
    }

    /// Adds that of other records.
    pub fn add(&mut self, other: Self) {
        self.records += other.records;
        self.events += other.events;
        self.really.add(other.really);
        self.in_force.add(other.in_force);
        self.draft.add(other.draft);
        self.cut_short += other.cut_short;
    }
}
