//! `[upgrade]`: the successors of what is gone; and the day of the rules.

use chrono::NaiveDate;

use super::{Kind, Reader};
use crate::domain::ids::{StageId, StatusId};
use crate::domain::playbook::Upgrade;
use crate::playbook::node::Section;
use crate::playbook::problem::cut;

impl<'d> Reader<'d> {
    pub(super) fn upgrade(&mut self, version: u32) -> Upgrade {
        let Some(section) = self.root.section("upgrade") else { return Upgrade::default() };
        let from = section.get("from").and_then(|n| n.number()).unwrap_or(0);
        if from >= version && from > 0 {
            let message = format!("Records come from an earlier version than this one, which is {version}.");
            self.problems.error(&section.place_of("from"), message);
        }
        let statuses = self.successors(&section, Kind::Status);
        let stages = self.successors(&section, Kind::Stage);
        Upgrade {
            from,
            statuses: statuses.iter().map(|(old, new)| (StatusId::new(old), StatusId::new(new))).collect(),
            stages: stages.iter().map(|(old, new)| (StageId::new(old), StageId::new(new))).collect(),
        }
    }

    fn successors(&mut self, upgrade: &Section<'d>, kind: Kind) -> Vec<(&'d str, String)> {
        let Some(section) = upgrade.section(kind.table()) else { return Vec::new() };
        let mut found = Vec::new();
        for entry in section.entries() {
            if self.names.has(kind, entry.key) {
                let message = format!(
                    "The {} `{}` is in this file: only what is gone has a successor.",
                    kind.noun(),
                    cut(entry.key, 40)
                );
                self.problems.error(&entry.place, message);
            }
            found.extend(self.reference(&entry.node, kind).map(|new| (entry.key, new)));
        }
        found
    }

    /// The day from which the rules are agreed to hold.
    pub(super) fn effective(&mut self, head: Option<&Section<'d>>) -> Option<NaiveDate> {
        let head = head?;
        let text = self.text(head, "effective")?;
        let day = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok();
        if day.is_none() {
            self.problems.error(&head.place_of("effective"), "Write the day like `2027-01-01`.");
        }
        day
    }
}
