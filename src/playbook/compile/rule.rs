//! Automatic rules and gates.

use std::collections::BTreeMap;

use regex::RegexBuilder;

use super::clock::CONTACT_KINDS;
use super::status::{CLASSES, activities};
use super::{Ids, Kind, Reader, word};
use crate::domain::ids::{FieldId, RuleId, StatusId};
use crate::domain::playbook::{Field, FieldKind, Gate, GateWhen, Pattern, Rule, RuleMode, Trigger};
use crate::playbook::node::{Node, Section};
use crate::playbook::problem::cut;

/// Rules are looked through at each activity and patterns run on text from outside: both are bounded (R9).
const MOST_RULES: usize = 100;
const MOST_PATTERNS: usize = 64;
const MOST_PATTERN: usize = 300;
const MOST_COMPILED: usize = 1 << 18;

impl<'d> Reader<'d> {
    pub(super) fn rules(&mut self) -> Vec<Rule> {
        let sections = self.root.list("rule");
        if sections.len() > MOST_RULES {
            let message = format!("A playbook has at most {MOST_RULES} rules; this has {}.", sections.len());
            self.problems.error(&self.root.place_of("rule"), message);
            return Vec::new();
        }
        let patterns = self.patterns();
        let mut seen: Vec<String> = Vec::new();
        let mut rules = Vec::new();
        for section in &sections {
            let id = self.id(section, "id", Ids::WithHyphens);
            if let Some(id) = &id {
                if seen.contains(id) {
                    self.problems.error(&section.place_of("id"), format!("There are two rules `{id}`."));
                }
                seen.push(id.clone());
            }
            rules.extend(self.rule(id, section, &patterns));
        }
        rules
    }

    fn rule(
        &mut self,
        id: Option<String>,
        section: &Section<'d>,
        patterns: &BTreeMap<String, Vec<Pattern>>,
    ) -> Option<Rule> {
        const MODES: [(&str, RuleMode); 3] =
            [("auto", RuleMode::Auto), ("suggest", RuleMode::Suggest), ("off", RuleMode::Off)];
        let label = self.text(section, "label");
        let on = section.section("on").and_then(|s| self.trigger(&s));
        let from: Vec<StatusId> = self.many(section, "from", Kind::Status);
        let to = self.one(section, "to", Kind::Status).map(StatusId::new);
        let mode = match section.get("mode") {
            Some(node) => self.choice(&node, &MODES),
            None => Some(RuleMode::Auto),
        };
        let names = section.get("unless_text").map(|n| n.one_or_many()).unwrap_or_default();
        let names: Vec<String> = names.iter().filter_map(|n| self.reference(n, Kind::Patterns)).collect();
        let else_propose: Vec<StatusId> = self.many(section, "else_propose", Kind::Status);
        if !else_propose.is_empty() && section.get("unless_text").is_none() {
            let message = "Nothing holds this rule back, so nothing is proposed instead: add unless_text.";
            self.problems.error(&section.place_of("else_propose"), message);
        }
        if section.get("from").is_some_and(|n| n.one_or_many().is_empty()) {
            self.problems
                .error(&section.place_of("from"), "An empty list; leave `from` out for every open status.");
        }
        let rule = Rule {
            id: RuleId::new(id?),
            label: label?,
            on: on?,
            from,
            to: to?,
            unless_unanswered: section.get("unless_unanswered_calls").and_then(|n| n.number()),
            mode: mode?,
            unless_text: names.iter().filter_map(|name| patterns.get(name)).flatten().cloned().collect(),
            else_propose,
            because: self.line(section, "because"),
        };
        self.check_rule(section, &rule);
        Some(rule)
    }

    fn check_rule(&mut self, section: &Section<'d>, rule: &Rule) {
        let place = section.place_of("to");
        if rule.from.contains(&rule.to) {
            self.problems.error(&place, format!("`{}` cannot lead to itself.", rule.to));
        }
        // What is offered as a button must be a move that a person may make.
        let offered: &[StatusId] = match rule.mode {
            RuleMode::Suggest => std::slice::from_ref(&rule.to),
            RuleMode::Auto | RuleMode::Off => &[],
        };
        for (place, offers) in [(place, offered), (section.place_of("else_propose"), &rule.else_propose)] {
            for from in &rule.from {
                for to in offers {
                    if self.may_move(from.as_str(), to.as_str()) {
                        continue;
                    }
                    let message = format!("`{from}` does not lead to `{to}`: nobody could choose it.");
                    self.problems.error(&place, message);
                }
            }
        }
    }

    fn trigger(&mut self, section: &Section<'d>) -> Option<Trigger> {
        let trigger = match self.exactly_one(section, &["activity", "kind", "unanswered_calls", "event"])? {
            "activity" => Trigger::Activity(self.choices(section, "activity", &activities())),
            "kind" => Trigger::Kind(self.choices(section, "kind", &CONTACT_KINDS)),
            "unanswered_calls" => match section.get("unanswered_calls")?.number()? {
                0 => Trigger::Kind(Vec::new()),
                calls => Trigger::Unanswered(calls),
            },
            _ => {
                self.choice(&section.get("event")?, &[("opportunity_created", ())])?;
                Trigger::OpportunityCreated
            }
        };
        if trigger == Trigger::Activity(Vec::new()) || trigger == Trigger::Kind(Vec::new()) {
            self.problems.error(&section.place, "Nothing sets this rule off.");
            return None;
        }
        Some(trigger)
    }

    /// Compiles every list of patterns, each pattern once.
    fn patterns(&mut self) -> BTreeMap<String, Vec<Pattern>> {
        let mut lists = BTreeMap::new();
        let mut left = MOST_PATTERNS;
        for entry in self.root.section("patterns").iter().flat_map(Section::entries) {
            self.check_id(entry.key, &entry.place, Ids::WithHyphens);
            let list: &mut Vec<Pattern> = lists.entry(entry.key.to_owned()).or_default();
            for node in entry.node.one_or_many() {
                if left == 0 {
                    let message = format!("A playbook has at most {MOST_PATTERNS} patterns.");
                    self.problems.error(&node.place, message);
                    return lists;
                }
                left -= 1;
                match pattern(&node) {
                    Some(Ok(pattern)) => list.push(pattern),
                    Some(Err(why)) => self.problems.error(&node.place, why),
                    None => {}
                }
            }
        }
        lists
    }

    pub(super) fn gates(&mut self, fields: &[Field]) -> Vec<Gate> {
        let sections = self.root.list("gate");
        sections.iter().filter_map(|s| self.gate(s, fields)).collect()
    }

    fn gate(&mut self, section: &Section<'d>, fields: &[Field]) -> Option<Gate> {
        let entering: Vec<StatusId> = self.many(section, "entering", Kind::Status);
        if section.get("entering").is_some_and(|n| n.one_or_many().is_empty()) {
            self.problems.error(&section.place_of("entering"), "This gate stands before no status.");
        }
        section.get("needs").and_then(|n| self.choice(&n, &[("manager_approval", ())]));
        let gate = Gate {
            entering,
            leaving: self.choices(section, "leaving", &CLASSES),
            when: section.list("when").iter().filter_map(|c| self.condition(c, fields)).collect(),
            and_any: section.list("and_any").iter().filter_map(|c| self.condition(c, fields)).collect(),
            value_asked_after: self.many(section, "value_asked_after", Kind::Status),
        };
        let looks_at_value = gate.when.iter().chain(&gate.and_any).any(|c| *c == GateWhen::HighValue);
        if !gate.value_asked_after.is_empty() && !looks_at_value {
            let message = "This gate does not look at the value, so there is no need to ask for it.";
            self.problems.error(&section.place_of("value_asked_after"), message);
        }
        Some(gate).filter(|g| !g.entering.is_empty())
    }

    fn condition(&mut self, section: &Section<'d>, fields: &[Field]) -> Option<GateWhen> {
        let keys = ["peak_value_at_least", "parked_before", "field"];
        if let Some(days) = section.get("beyond_days").filter(|_| section.get("field").is_none()) {
            self.problems.error(&days.place, "`beyond_days` belongs to a `field`.");
            return None;
        }
        let does = self.exactly_one(section, &keys)?;
        let node = section.get(does)?;
        match does {
            "peak_value_at_least" => {
                self.choice(&node, &[("high_value", ())])?;
                Some(GateWhen::HighValue)
            }
            "parked_before" => {
                let times = node.number()?;
                if times == 0 {
                    self.problems
                        .error(&node.place, "Every record was parked 0 times or more: write 1 or more.");
                }
                Some(GateWhen::ParkedBefore(times))
            }
            _ => {
                let field = FieldId::new(self.reference(&node, Kind::Field)?);
                let kind = fields.iter().find(|f| f.id == field).map(|f| &f.kind);
                if kind.is_some_and(|k| *k != FieldKind::Instant) {
                    self.problems.error(&node.place, format!("`{field}` is not of kind `date`."));
                }
                let Some(days) = section.get("beyond_days") else {
                    self.problems.error(&section.place, "Say how far ahead the date is: add beyond_days.");
                    return None;
                };
                Some(GateWhen::FieldBeyondDays(field, days.number()?))
            }
        }
    }
}

/// Compiles one pattern; `None` where it is not text.
fn pattern(node: &Node<'_>) -> Option<Result<Pattern, String>> {
    let (text, _) = word(node)?;
    if text.trim().is_empty() {
        return Some(Err("An empty pattern matches everything.".to_owned()));
    }
    if text.chars().count() > MOST_PATTERN {
        return Some(Err(format!("A pattern has at most {MOST_PATTERN} characters.")));
    }
    let built =
        RegexBuilder::new(text).case_insensitive(true).size_limit(MOST_COMPILED).nest_limit(20).build();
    Some(match built {
        Ok(regex) => Ok(Pattern(regex)),
        Err(regex::Error::CompiledTooBig(_)) => Err("This pattern is too large when compiled.".to_owned()),
        Err(why) => {
            // The parser draws the pattern with a marker under it; its last line says what is wrong.
            let why = why.to_string();
            let last = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
            Err(format!("This is not a regular expression: {}.", cut(last, 120)))
        }
    })
}
