//! What a status sets off, and what is flagged in it: tasks, prepared messages, sequences, flags, offers.

use super::clock::CONTACT_KINDS;
use super::read::MOST_LABEL;
use super::status::activities;
use super::{Ids, Kind, Reader, word};
use crate::domain::activity::Activity;
use crate::domain::clocks::OFFER;
use crate::domain::ids::{FieldId, RouteId, RuleId, StatusId};
use crate::domain::playbook::{
    Bound, CrmLog, DoneBy, Field, FieldKind, Flag, FlagWhen, KnownFrom, Leave, OnEntry, ShareFlag, ShareOf,
    TaskSpec,
};
use crate::playbook::node::{Node, Section};
use crate::playbook::problem::cut;

/// What a prepared message may have filled in.
const PLACEHOLDERS: [&str; 4] = ["name", "company", "owner", "link"];
/// What a note for the CRM may have filled in, beside the playbook's own fields.
const NOTE_WORDS: [&str; 9] =
    ["name", "company", "owner", "note", "reason", "value", "source", "email", "phone"];
/// The keys that belong to a task.
const OF_TASK: [&str; 8] = ["within", "every", "done_by", "prepare", "logs", "confirms", "due_on", "then"];
/// A status sets off so many tasks at most: a card shows them all.
const MOST_TASKS: usize = 5;
/// A status has so many flags at most.
const MOST_FLAGS: usize = 10;
/// What a share is counted of.
const SHARES: [(&str, ShareOf); 3] =
    [("entered", ShareOf::Entered), ("left", ShareOf::Left), ("decided", ShareOf::Decided)];
/// How far back a share looks, in days, if nothing is said.
const SHARE_DAYS: u32 = 90;
/// How far back it looks at most.
const MOST_SHARE_DAYS: u32 = 366;
/// Of fewer records a share says nothing, if nothing is said.
const SHARE_OF: u32 = 20;
/// The most points of one entry.
const MOST_POINTS: u32 = 10_000;
/// The longest prepared message.
const MOST_PREPARED: usize = 1500;

/// Kinds of contact, and activities one by one.
fn done_by_words() -> Vec<(&'static str, DoneBy)> {
    let kinds = CONTACT_KINDS.map(|(name, kind)| (name, DoneBy::Kind(kind)));
    let single = activities().into_iter().map(|(name, activity)| (name, DoneBy::Activity(activity)));
    kinds.into_iter().chain(single).collect()
}

impl<'d> Reader<'d> {
    pub(super) fn entries(&mut self, section: &Section<'d>) -> Vec<OnEntry> {
        let entries: Vec<OnEntry> =
            section.list("on_entry").iter().filter_map(|e| self.on_entry(e)).collect();
        let mut seen: Vec<&str> = Vec::new();
        for entry in &entries {
            let OnEntry::Task(task) = entry else { continue };
            if seen.contains(&task.label.as_str()) {
                let message = format!("There are two tasks \"{}\" here.", cut(&task.label, 45));
                self.problems.error(&section.place_of("on_entry"), message);
            }
            seen.push(&task.label);
        }
        if seen.len() > MOST_TASKS {
            let message =
                format!("A status opens at most {MOST_TASKS} tasks; this one opens {}.", seen.len());
            self.problems.error(&section.place_of("on_entry"), message);
        }
        entries
    }

    fn on_entry(&mut self, section: &Section<'d>) -> Option<OnEntry> {
        let what =
            self.exactly_one(section, &["notify", "route", "task", "start", "leave", "points", "crm_note"])?;
        if what != "task" {
            for key in OF_TASK.iter().filter(|key| section.get(key).is_some()) {
                self.problems.error(&section.place_of(key), format!("`{key}` belongs to a `task`."));
            }
        }
        match what {
            "notify" => self.audience(&section.get("notify")?).map(OnEntry::Notify),
            "route" => self.one(section, "route", Kind::Route).map(|id| OnEntry::Route(RouteId::new(id))),
            "task" => self.task(section).map(OnEntry::Task),
            "start" => self.sequence(&section.get("start")?).map(OnEntry::Start),
            "crm_note" => self.crm_note(section),
            "points" => self.points(&section.get("points")?).map(OnEntry::Points),
            _ => {
                let nodes = section.get("leave")?.one_or_many();
                let names: Vec<String> = nodes.iter().filter_map(|n| self.sequence(n)).collect();
                Some(OnEntry::Leave(if names.iter().any(|n| n == "all") {
                    Leave::All
                } else {
                    Leave::These(names)
                }))
            }
        }
    }

    fn crm_note(&mut self, section: &Section<'d>) -> Option<OnEntry> {
        let text = self.note_text(section, "crm_note", &NOTE_WORDS)?;
        Some(OnEntry::CrmNote { title: self.line(section, "title"), text })
    }

    /// What is logged with a note is written into the CRM as well (A6).
    pub(super) fn crm_log(&mut self) -> Option<CrmLog> {
        let section = self.root.section("crm_log")?;
        let of = self.choices(&section, "of", &done_by_words());
        let words: Vec<&str> = NOTE_WORDS.into_iter().chain(["activity"]).collect();
        let text = self.note_text(&section, "crm_note", &words)?;
        Some(CrmLog { of, title: self.line(&section, "title"), text })
    }

    /// A note for the CRM, whose words are all known.
    fn note_text(&mut self, section: &Section<'d>, key: &str, words: &[&'d str]) -> Option<String> {
        let (text, place) = word(&section.get(key)?)?;
        let text = text.trim().to_owned();
        if text.is_empty() || text.chars().count() > MOST_PREPARED {
            let message = format!("A note has 1 to {MOST_PREPARED} characters.");
            self.problems.error(&place, message);
            return None;
        }
        let fields = self.root.section("field");
        let fields: Vec<&str> =
            fields.as_ref().map(Section::named).unwrap_or_default().iter().map(|(id, _)| *id).collect();
        let known: Vec<&str> = words.iter().copied().chain(fields).collect();
        for found in text.split('{').skip(1) {
            let name = found.split('}').next().unwrap_or_default();
            if !known.contains(&name) {
                let message = format!("`{{{}}}` is nothing that can be filled in.", cut(name, 20));
                self.problems.unknown(&place, message, name, known.iter().copied());
            }
        }
        Some(text)
    }

    /// At least one, and few enough to be added up over a lifetime.
    fn points(&mut self, node: &Node<'d>) -> Option<u32> {
        let points = node.number()?;
        if !(1..=MOST_POINTS).contains(&points) {
            let message = format!("`points` is a number from 1 to {MOST_POINTS}.");
            self.problems.error(&node.place, message);
            return None;
        }
        Some(points)
    }

    fn sequence(&mut self, node: &Node<'d>) -> Option<String> {
        let (text, place) = word(node)?;
        self.check_id(text, &place, Ids::WithHyphens);
        Some(text.to_owned())
    }

    /// A sequence that nothing starts is left in vain: most likely it is misspelt.
    pub(super) fn check_sequences(&mut self) {
        let named = |this: &Self, key: &str| -> Vec<Node<'d>> {
            let statuses = this.root.section("status");
            let statuses = statuses.as_ref().map(Section::named).unwrap_or_default();
            let entries = statuses.iter().flat_map(|(_, status)| status.list("on_entry"));
            entries.filter_map(|entry| entry.get(key)).flat_map(|node| node.one_or_many()).collect()
        };
        let started: Vec<&str> = named(self, "start").iter().filter_map(Node::text).collect();
        for node in named(self, "start") {
            if node.text() == Some("all") {
                self.problems.error(&node.place, "`all` stands for every sequence; call this one otherwise.");
            }
        }
        for node in named(self, "leave") {
            let Some(name) = node.text().filter(|name| *name != "all" && !started.contains(name)) else {
                continue;
            };
            let message = format!("No status starts a sequence `{}`.", cut(name, 40));
            self.problems.unknown(&node.place, message, name, started.iter().copied());
        }
    }

    fn task(&mut self, section: &Section<'d>) -> Option<TaskSpec> {
        let label = self.label(section, "task");
        let (within, every) = (self.span(section, "within"), self.span(section, "every"));
        if section.get("within").is_none() && section.get("every").is_none() {
            let message = "A task has a time: add `within`, such as \"2 business hours\", or `every`.";
            self.problems.error(&section.place_of("task"), message);
        }
        let done_by = self.choices(section, "done_by", &done_by_words());
        let logs = section.get("logs").and_then(|n| self.choice(&n, &activities()));
        let prepare = self.prepared(section);
        if prepare.is_none() && section.get("logs").is_some() {
            self.problems
                .error(&section.place_of("logs"), "`logs` goes with `prepare`: the message that is sent.");
        }
        let task = TaskSpec {
            label: label?,
            within: within.or(every)?,
            every,
            due_on: self.one(section, "due_on", Kind::Field).map(FieldId::new),
            then: self.one(section, "then", Kind::Status).map(StatusId::new),
            done_by,
            prepare,
            logs: logs.unwrap_or(Activity::EmailSent),
            confirms: self.many(section, "confirms", Kind::Field),
        };
        if task.every.is_some() && !task.confirms.is_empty() {
            self.problems.error(&section.place_of("every"), "A draft is confirmed once: drop `every`.");
        }
        Some(task)
    }

    /// The prepared message, its line breaks kept.
    fn prepared(&mut self, section: &Section<'d>) -> Option<String> {
        let (text, place) = word(&section.get("prepare")?)?;
        let text = text.trim().to_owned();
        if text.is_empty() || text.chars().count() > MOST_PREPARED || text.contains("```") {
            let message = format!("A prepared message has 1 to {MOST_PREPARED} characters and no ```.");
            self.problems.error(&place, message);
            return None;
        }
        for found in text.split('{').skip(1) {
            let name = found.split('}').next().unwrap_or_default();
            if !PLACEHOLDERS.contains(&name) {
                let message = format!("`{{{}}}` is nothing that can be filled in.", cut(name, 20));
                self.problems.unknown(&place, message, name, PLACEHOLDERS);
            }
        }
        Some(text)
    }

    /// The field whose answer is shown behind the status: a list to pick from.
    pub(super) fn sub_status(&mut self, section: &Section<'d>, fields: &[Field]) -> Option<FieldId> {
        let id = FieldId::new(self.one(section, "sub_status", Kind::Field)?);
        let field = fields.iter().find(|f| f.id == id)?;
        let follows = match field.known_from {
            None | Some(KnownFrom::LastTouch | KnownFrom::LastTwoWay) => true,
            Some(_) => false,
        };
        match &field.kind {
            FieldKind::Choice(_) if follows => Some(id),
            _ => {
                let message = format!("A sub-status is a field of kind `choice`; `{id}` is none.");
                self.problems.error(&section.place_of("sub_status"), message);
                None
            }
        }
    }

    pub(super) fn flag(&mut self, status: &str, section: &Section<'d>, fields: &[Field]) -> Option<Flag> {
        let id = self.id(section, "id", Ids::WithHyphens);
        let after = self.span(section, "after");
        let when = match section.get("past") {
            Some(_) => {
                let field = FieldId::new(self.one(section, "past", Kind::Field)?);
                if fields.iter().any(|f| f.id == field && f.kind != FieldKind::Instant) {
                    let message = format!("A date can be past; `{field}` is of another kind.");
                    self.problems.error(&section.place_of("past"), message);
                }
                if section.get("attempts_over").is_some() {
                    self.problems.error(&section.place, "Write only one of attempts_over, past.");
                }
                FlagWhen::Past(field, after)
            }
            None => match self.exactly_one(section, &["after", "attempts_over"])? {
                "after" => FlagWhen::After(after?),
                _ => FlagWhen::AttemptsOver(section.get("attempts_over")?.number()?),
            },
        };
        let (says, what_to_do) = (self.line(section, "says"), self.line(section, "do").unwrap_or_default());
        let unless_stage = self.many(section, "unless_stage", Kind::Stage);
        let propose = self.offered(status, section, "propose");
        Some(Flag { id: RuleId::new(id?), says: says?, what_to_do, when, unless_stage, propose })
    }

    pub(super) fn share(&mut self, status: &str, section: &Section<'d>) -> Option<ShareFlag> {
        let id = self.id(section, "id", Ids::WithHyphens);
        let of = section.get("of").and_then(|n| self.choice(&n, &SHARES));
        let mut to: Vec<StatusId> = self.many(section, "to", Kind::Status);
        if to.is_empty() {
            to.push(StatusId::new(status));
        }
        let number = |key: &str| section.get(key).and_then(|n| n.number());
        let bound = match self.exactly_one(section, &["under", "over"])? {
            "under" => Bound::Under(number("under")?),
            _ => Bound::Over(number("over")?),
        };
        let (Bound::Under(per_cent) | Bound::Over(per_cent)) = bound;
        if per_cent > 100 {
            let message = "A share is at most 100 per cent.";
            let key = if section.get("under").is_some() { "under" } else { "over" };
            self.problems.error(&section.place_of(key), message);
        }
        let days = number("days").unwrap_or(SHARE_DAYS);
        if !(1..=MOST_SHARE_DAYS).contains(&days) {
            let message = format!("A share looks back over 1 to {MOST_SHARE_DAYS} days.");
            self.problems.error(&section.place_of("days"), message);
        }
        Some(ShareFlag {
            id: RuleId::new(id?),
            says: self.line(section, "says")?,
            what_to_do: self.line(section, "do").unwrap_or_default(),
            of: of?,
            to,
            bound,
            days,
            at_least: number("at_least").unwrap_or(SHARE_OF).max(1),
        })
    }

    /// Statuses that are offered as buttons: moves that a person may make from here.
    pub(super) fn offered(&mut self, from: &str, section: &Section<'d>, key: &str) -> Vec<StatusId> {
        let offers: Vec<StatusId> = self.many(section, key, Kind::Status);
        for to in &offers {
            if !self.may_move(from, to.as_str()) {
                let message = format!("`{from}` does not lead to `{to}`: nobody could choose it.");
                self.problems.error(&section.place_of(key), message);
            }
        }
        offers
    }

    /// Flags and rules suggest under their ids, so that no two have the same; how many there are is bounded (R9).
    pub(super) fn check_flag_ids(&mut self) {
        let statuses = self.root.section("status");
        let statuses = statuses.as_ref().map(Section::named).unwrap_or_default();
        let rules = self.root.list("rule");
        let mut seen: Vec<String> =
            rules.iter().filter_map(|r| r.get("id")?.text().map(str::to_owned)).collect();
        seen.push(OFFER.to_owned());
        for (id, status) in &statuses {
            let flags = [status.list("flag"), status.list("share")].concat();
            if flags.len() > MOST_FLAGS {
                let message = format!("A status has at most {MOST_FLAGS} flags; `{id}` has {}.", flags.len());
                self.problems.error(&status.place_of("flag"), message);
                return;
            }
            for flag in &flags {
                let Some(node) = flag.get("id") else { continue };
                let Some((text, place)) = word(&node) else { continue };
                if seen.iter().any(|known| known == text) {
                    let message = format!("Another flag or rule is called `{}`.", cut(text, MOST_LABEL));
                    self.problems.error(&place, message);
                }
                seen.push(text.to_owned());
            }
        }
    }
}
