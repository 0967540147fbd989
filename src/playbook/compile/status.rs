//! Statuses: what they mean, where they lead, what they need and set off.

use super::read::MOST_OPTIONS;
use super::{Ids, Kind, Reader, References};
use crate::domain::activity::Activity;
use crate::domain::ids::{StageId, StatusId};
use crate::domain::playbook::{Class, Field, Guide, Move, MoveBy, Numbering, Offers, Status};
use crate::playbook::guide;
use crate::playbook::node::{Node, Section};

pub(super) const CLASSES: [(&str, Class); 5] = [
    ("open", Class::Open),
    ("parked", Class::Parked),
    ("won", Class::Won),
    ("lost", Class::Lost),
    ("excluded", Class::Excluded),
];

/// What the guide should say of every status (D19).
const GUIDE: [&str; 5] = ["means", "when", "example", "next", "red_flag"];

impl<'d> Reader<'d> {
    pub(super) fn statuses(&mut self, fields: &[Field]) -> Vec<Status> {
        let section = self.root.section("status");
        let named = section.as_ref().map(Section::named).unwrap_or_default();
        let (place, count) = (self.root.place_of("status"), named.len());
        if count == 0 {
            self.problems.error(&place, "A playbook needs at least one status.");
        } else if count > MOST_OPTIONS {
            let message = format!("A picker shows {MOST_OPTIONS} statuses; this playbook has {count}.");
            self.problems.error(&place, message);
        } else if let Some(advice) = guide::advice(count) {
            self.problems.warning(&place, advice);
        }
        let statuses =
            named.into_iter().filter_map(|(id, section)| self.status(id, &section, fields)).collect();
        self.check_clock_ids();
        self.check_flag_ids();
        self.check_sequences();
        statuses
    }

    fn status(&mut self, id: &str, section: &Section<'d>, fields: &[Field]) -> Option<Status> {
        self.check_id(id, &section.place, Ids::Plain);
        let class = section.get("class").and_then(|n| self.choice(&n, &CLASSES));
        let label = self.label(section, "label");
        let moves = self.moves(id, section);
        let locked = section.flag("locked", false);
        if locked && !moves.is_empty() {
            let message = "A locked status leads nowhere: drop `to`, or `locked`.";
            self.problems.error(&section.place_of("to"), message);
        }
        let emoji = self.text(section, "emoji").unwrap_or_else(|| "▫️".to_owned());
        // Whatever else is wrong with it is said before it is left out.
        let status = |label, class| Status {
            id: StatusId::new(id),
            label,
            emoji,
            class,
            phase: self.one(section, "phase", Kind::Phase),
            numbered: self.numbering(section),
            locked,
            chosen: section.flag("chosen", true),
            refuses_outreach: section.flag("refuses_outreach", false),
            guide: self.guide(section),
            moves,
            needs: self.needs(section, "needs"),
            sets_stage: self.one(section, "sets_stage", Kind::Stage).map(StageId::new),
            suggests: self.choices(section, "suggests", &activities()),
            clocks: section.list("clock").iter().filter_map(|c| self.clock(id, c, fields)).collect(),
            on_entry: self.entries(section),
            sub_status: self.sub_status(section, fields),
            flags: section.list("flag").iter().filter_map(|f| self.flag(id, f, fields)).collect(),
            shares: section.list("share").iter().filter_map(|s| self.share(id, s)).collect(),
            offers: Offers {
                later: self.offered(id, section, "offers_later"),
                after_talk: self.offered(id, section, "offers_after_talk"),
            },
        };
        let complete = label.is_some() && class.is_some();
        let read = status(label.unwrap_or_default(), class.unwrap_or(Class::Open));
        if !complete && self.dangling == References::AllDeclared {
            self.dangling = References::OthersDangle;
        }
        complete.then_some(read)
    }

    fn numbering(&mut self, section: &Section<'d>) -> Option<Numbering> {
        match (section.flag("numbered", false), section.flag("ordinal", false)) {
            (true, true) => Some(Numbering::Ordinal),
            (true, false) => Some(Numbering::Cardinal),
            (false, false) => None,
            (false, true) => {
                self.problems.error(&section.place_of("ordinal"), "Only a `numbered` status has a number.");
                None
            }
        }
    }

    fn guide(&mut self, section: &Section<'d>) -> Guide {
        let missing: Vec<&str> = GUIDE.into_iter().filter(|k| section.get(k).is_none()).collect();
        if !missing.is_empty() {
            let message = format!("The guide cannot say everything: {} missing.", missing.join(", "));
            self.problems.warning(&section.place, message);
        }
        let happens = section.get("happens").map(|n| n.one_or_many()).unwrap_or_default();
        let mut text = |key| self.text(section, key).unwrap_or_default();
        let (when, example, next, red_flag) = (text("when"), text("example"), text("next"), text("red_flag"));
        Guide {
            means: self.line(section, "means").unwrap_or_default(),
            when,
            example,
            happens: happens.iter().filter_map(|n| self.text_of(n)).collect(),
            next,
            red_flag,
        }
    }

    fn moves(&mut self, from: &str, section: &Section<'d>) -> Vec<Move> {
        let items = section.get("to").map(|n| n.items()).unwrap_or_default();
        let mut moves: Vec<Move> = Vec::new();
        for item in &items {
            let Some(found) = self.move_of(item) else { continue };
            if found.to.as_str() == from && !section.flag("numbered", false) {
                let message = format!("`{from}` cannot lead to itself, unless it is `numbered`.");
                self.problems.error(&item.place, message);
            } else if moves.iter().any(|m| m.to == found.to) {
                self.problems.error(&item.place, format!("`{}` stands here twice.", found.to));
            } else {
                moves.push(found);
            }
        }
        moves
    }

    fn move_of(&mut self, node: &Node<'d>) -> Option<Move> {
        const BY: [(&str, MoveBy); 2] = [("anyone", MoveBy::Anyone), ("manager", MoveBy::Manager)];
        let Some(section) = node.clone().into_section() else {
            let to = StatusId::new(self.reference(node, Kind::Status)?);
            return Some(Move { to, by: MoveBy::Anyone, needs: Vec::new() });
        };
        let by = section.get("by").and_then(|n| self.choice(&n, &BY)).unwrap_or(MoveBy::Anyone);
        let needs = self.needs(&section, "needs");
        Some(Move { to: StatusId::new(self.one(&section, "status", Kind::Status)?), by, needs })
    }
}

/// Every activity by name.
pub(super) fn activities() -> Vec<(&'static str, Activity)> {
    Activity::ALL.map(|a| (a.name(), a)).to_vec()
}
