//! Routes: who gets a record; and what is flagged of one company.

use super::{Ids, Kind, Reader};
use crate::domain::ids::RouteId;
use crate::domain::playbook::{Accounts, Among, Cluster, Nobody, Route};
use crate::domain::workspace::Duty;
use crate::playbook::node::{Node, Section};

impl<'d> Reader<'d> {
    pub(super) fn routes(&mut self) -> Vec<Route> {
        let section = self.root.section("route");
        let named = section.as_ref().map(Section::named).unwrap_or_default();
        named.into_iter().filter_map(|(id, section)| self.route(id, &section)).collect()
    }

    /// The route of new records.
    pub(super) fn new_route(&mut self) -> Option<RouteId> {
        let section = self.root.section("routing")?;
        self.one(&section, "new_records", Kind::Route).map(RouteId::new)
    }

    /// What is flagged of one company's records.
    pub(super) fn cluster(&mut self) -> Option<Cluster> {
        let section = self.root.section("cluster")?;
        let statuses = self.many(&section, "statuses", Kind::Status);
        let says = self.line(&section, "says")?;
        (!statuses.is_empty()).then_some(Cluster { statuses, says })
    }

    fn route(&mut self, id: &str, section: &Section<'d>) -> Option<Route> {
        const NOBODY: [(&str, Nobody); 2] = [("keep", Nobody::Keep), ("release", Nobody::Release)];
        self.check_id(id, &section.place, Ids::WithHyphens);
        let among = section.get("among").map(|n| n.one_or_many()).and_then(|nodes| self.among(&nodes));
        let without = self.duties(section, "without");
        let enterprise = self.duties(section, "enterprise");
        let first = section.flag("accounts_first", false);
        if !first && section.get("enterprise").is_some() {
            let message = "`enterprise` says who gets one without an account owner: set accounts_first too.";
            self.problems.error(&section.place_of("enterprise"), message);
        }
        let bars_owners = section.flag("bars_owners", false);
        let nobody = match section.get("nobody") {
            Some(node) => self.choice(&node, &NOBODY),
            None => Some(if bars_owners { Nobody::Release } else { Nobody::Keep }),
        };
        if bars_owners && nobody == Some(Nobody::Keep) {
            let message = "Its owner is barred, so nobody can keep it: drop `nobody`, or `bars_owners`.";
            self.problems.error(&section.place_of("nobody"), message);
        }
        Some(Route {
            id: RouteId::new(id),
            why: self.line(section, "why")?,
            among: among?,
            without,
            accounts: if first { Accounts::First(enterprise) } else { Accounts::AsAll },
            bars_owners,
            nobody: nobody?,
        })
    }

    /// `reps`, or duties.
    fn among(&mut self, nodes: &[Node<'d>]) -> Option<Among> {
        if let [one] = nodes
            && one.text() == Some("reps")
        {
            return Some(Among::Reps);
        }
        let duties: Vec<_> = nodes.iter().filter_map(|n| self.duty(n, &["reps"])).collect();
        (!duties.is_empty()).then_some(Among::Duties(duties))
    }

    fn duties(&mut self, section: &Section<'d>, key: &str) -> Vec<Duty> {
        let nodes = section.get(key).map(|n| n.one_or_many()).unwrap_or_default();
        nodes.iter().filter_map(|n| self.duty(n, &[])).collect()
    }

    /// A duty; `also` are words that a mistake is told of too.
    fn duty(&mut self, node: &Node<'d>, also: &[&'static str]) -> Option<Duty> {
        let known = node.text().and_then(Duty::parse);
        if known.is_some() {
            return known;
        }
        let mut words: Vec<(&'static str, Option<Duty>)> = also.iter().map(|w| (*w, None)).collect();
        words.extend(Duty::ALL.map(|d| (d.name(), Some(d))));
        if self.choice(node, &words) == Some(None) {
            self.problems
                .error(&node.place, "`reps` stands alone: it is everybody whom the duties are among.");
        }
        None
    }
}
