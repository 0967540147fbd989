//! Stages and the combinations of stages with statuses.

use std::collections::{BTreeMap, BTreeSet};

use super::read::MOST_OPTIONS;
use super::{Ids, Kind, Reader};
use crate::domain::ids::{StageId, StatusId};
use crate::domain::playbook::{Combinations, Stage, Stages};
use crate::playbook::node::Section;

impl<'d> Reader<'d> {
    pub(super) fn stages(&mut self) -> Stages {
        let table = self.root.section("stage");
        let named = table.as_ref().map(Section::named).unwrap_or_default();
        if named.len() > MOST_OPTIONS {
            let message = format!("A picker shows {MOST_OPTIONS} stages; this playbook has {}.", named.len());
            self.problems.error(&self.root.place_of("stage"), message);
        }
        let mut order = Vec::new();
        for (id, section) in named {
            self.check_id(id, &section.place, Ids::Plain);
            order.push(Stage {
                id: StageId::new(id),
                label: self.label(&section, "label").unwrap_or_default(),
                means: self.line(&section, "means").unwrap_or_default(),
                sets_status: self.one(&section, "sets_status", Kind::Status).map(StatusId::new),
            });
        }
        let head = self.root.section("stages");
        let first = order.first().map(|s| s.id.clone());
        let Some(head) = head else {
            return Stages { order, ladder: false, demotion_sets: None, initial: first };
        };
        let ladder = head.flag("ladder", false);
        let demotion_sets = self.one(&head, "demotion_sets", Kind::Status).map(StatusId::new);
        if demotion_sets.is_some() && !ladder {
            let message = "Only a ladder knows demotion: add ladder = true, or drop this.";
            self.problems.error(&head.place_of("demotion_sets"), message);
        }
        let initial = self.one(&head, "initial", Kind::Stage).map(StageId::new).or(first);
        Stages { order, ladder, demotion_sets, initial }
    }

    pub(super) fn combinations(&mut self) -> Combinations {
        let Some(section) = self.root.section("combinations") else { return Combinations::default() };
        Combinations {
            status_only_in: self.table(&section, "status", Kind::Status, Kind::Stage),
            stage_only_with: self.table(&section, "stage", Kind::Stage, Kind::Status),
        }
    }

    fn table<K, V>(
        &mut self,
        section: &Section<'d>,
        key: &str,
        of: Kind,
        with: Kind,
    ) -> BTreeMap<K, BTreeSet<V>>
    where
        K: From<&'d str> + Ord,
        V: From<&'d str> + Ord,
    {
        let mut table = BTreeMap::new();
        for entry in section.section(key).iter().flat_map(Section::entries) {
            if !self.names.has(of, entry.key) {
                let message = format!("No {} `{}` is declared in this file.", of.noun(), entry.key);
                self.problems.unknown(&entry.place, message, entry.key, self.names.all(of));
                continue;
            }
            let with: Vec<V> = self.references(&entry.node.one_or_many(), with);
            table.insert(K::from(entry.key), with.into_iter().collect());
        }
        table
    }
}
