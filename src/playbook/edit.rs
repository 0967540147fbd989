//! Changes to a pipeline's text: its name, its stages (C1, C5). What an author wrote beside them (comments, order,
//! layout) stays as it is, so that a text changed from chat can still be taken out, changed by hand and uploaded.
//!
//! Nothing here judges: whoever changes a text compiles it afterwards, and a change that does not compile, or does not
//! say what was meant, is never kept.

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, TableLike, Value, value};

/// A new pipeline before anything of its own is filled in.
const TEMPLATE: &str = include_str!("pipeline.toml");

/// As many stages as a picker shows.
pub const MOST_STAGES: usize = 25;
/// The longest name of a stage or a pipeline: what a form shows of a label.
pub const MOST_NAME: usize = 45;
/// Longer ids find no place in a button's.
const MOST_ID: usize = 24;

/// What makes an item stand in a status (C5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Makes {
    /// A person decides; in words.
    Words(String),
    /// An activity, by its name: a rule moves the item (C4).
    Activity {
        /// As playbooks call it.
        name: String,
        /// As people do.
        label: String,
    },
}

/// What a playbook's records are called, as its text has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called<'a> {
    /// `opportunity`.
    pub singular: &'a str,
    /// `opportunities`.
    pub plural: &'a str,
    /// `O`.
    pub letter: char,
}

/// The text of a playbook, open to be changed.
#[derive(Debug, Clone)]
pub struct Sheet(DocumentMut);

impl Sheet {
    /// A text that compiles always opens.
    pub fn open(text: &str) -> Option<Self> {
        text.parse().map(Self).ok()
    }

    /// The four fixed statuses (C2), to be filled in.
    pub fn template() -> Option<Self> {
        Self::open(TEMPLATE)
    }

    /// The text as it is now.
    pub fn text(&self) -> String {
        self.0.to_string()
    }

    /// Its id and its name.
    pub fn name(&mut self, id: &str, title: &str) {
        self.set(&["playbook"], "id", id);
        self.title(title);
    }

    /// What its records are called.
    pub fn called(&mut self, called: &Called<'_>) {
        self.set(&["playbook"], "noun", called.singular);
        self.set(&["playbook"], "plural", called.plural);
        self.set(&["playbook"], "letter", called.letter.to_string());
    }

    /// Its name for people.
    pub fn title(&mut self, title: &str) {
        self.set(&["playbook"], "title", title);
    }

    /// Its version.
    pub fn version(&mut self, version: u32) {
        self.set(&["playbook"], "version", i64::from(version));
    }

    /// The ids and labels of its statuses, in order.
    pub fn statuses(&self) -> Vec<(String, String)> {
        let statuses = self.0.get("status").and_then(Item::as_table_like);
        let of = |(id, item): (&str, &Item)| {
            let label = item.get("label").and_then(Item::as_str).unwrap_or(id);
            (id.to_owned(), label.to_owned())
        };
        statuses.map(|t| t.iter().map(of).collect()).unwrap_or_default()
    }

    /// What makes an item stand in a status. What the text had a rule for before is said anew.
    pub fn makes(&mut self, status: &str, label: &str, makes: &Makes) {
        self.drop_rules(status);
        match makes {
            Makes::Words(words) => {
                self.set(&["status", status], "means", words.as_str());
                self.set(&["status", status], "when", words.as_str());
            }
            Makes::Activity { name, label: activity } => {
                let when = format!("{activity}: it moves by itself.");
                self.set(&["status", status], "when", when);
                let mut rule = Table::new();
                let mut on = toml_edit::InlineTable::new();
                on.insert("activity", name.as_str().into());
                let id = format!("{}-{}", slug(name, '-'), slug(status, '-'));
                rule.insert("id", value(id.chars().take(MOST_ID).collect::<String>()));
                rule.insert("label", value(format!("{activity}: it becomes {label}.")));
                rule.insert("on", value(on));
                let from: Vec<String> = self.statuses().into_iter().map(|(id, _)| id).collect();
                let from = from.iter().filter(|id| *id != status).map(String::as_str);
                rule.insert("from", value(from.collect::<toml_edit::Array>()));
                rule.insert("to", value(status));
                self.add_rule(rule);
            }
        }
    }

    fn add_rule(&mut self, rule: Table) {
        match self.0.get_mut("rule").and_then(Item::as_array_of_tables_mut) {
            Some(rules) => rules.push(rule),
            None => {
                let mut rules = ArrayOfTables::new();
                rules.push(rule);
                self.0.insert("rule", Item::ArrayOfTables(rules));
            }
        }
    }

    fn drop_rules(&mut self, to: &str) {
        if let Some(rules) = self.0.get_mut("rule").and_then(Item::as_array_of_tables_mut) {
            rules.retain(|rule| rule.get("to").and_then(Item::as_str) != Some(to));
        }
    }

    /// A stage's name for people; its id stays, so that nothing else has to change.
    pub fn label_stage(&mut self, id: &str, label: &str) {
        self.set(&["stage", id], "label", label);
    }

    /// A new stage, the last one.
    pub fn add_stage(&mut self, id: &str, label: &str) {
        let mut stage = Table::new();
        stage.insert("label", value(label));
        match self.stages() {
            Some(Stages::Tables(stages)) => {
                stages.insert(id, Item::Table(stage));
            }
            Some(Stages::Inline(stages)) => {
                stages.insert(id, Value::InlineTable(stage.into_inline_table()));
            }
            None => {
                let mut stages = Table::new();
                stages.set_implicit(true);
                stages.insert(id, Item::Table(stage));
                self.0.insert("stage", Item::Table(stages));
            }
        }
    }

    /// Puts the stages in an order; every one of them is named.
    pub fn order_stages(&mut self, ids: &[String]) {
        match self.stages() {
            Some(Stages::Tables(stages)) => {
                // Headers are written where their tables stood: all where the first one did, in their new order.
                let first =
                    stages.iter().filter_map(|(_, item)| item.as_table().and_then(Table::position)).min();
                for id in ids {
                    let Some((key, mut item)) = stages.remove_entry(id) else { continue };
                    if let Some(table) = item.as_table_mut() {
                        table.set_position(first);
                    }
                    stages.insert_formatted(&key, item);
                }
            }
            Some(Stages::Inline(stages)) => {
                for id in ids {
                    let Some((key, value)) = stages.remove_entry(id) else { continue };
                    stages.insert_formatted(&key, value);
                }
            }
            None => {}
        }
    }

    /// Takes a stage out; its records go on at another one, and so do those of stages that went to it before.
    pub fn retire_stage(&mut self, id: &str, into: &str) {
        match self.stages() {
            Some(Stages::Tables(stages)) => {
                stages.remove(id);
            }
            Some(Stages::Inline(stages)) => {
                stages.remove(id);
            }
            None => {}
        }
        if self.0.get("stages").and_then(|t| t.get("initial")).and_then(Item::as_str) == Some(id) {
            self.set(&["stages"], "initial", into);
        }
        let earlier: Vec<String> = self
            .0
            .get("upgrade")
            .and_then(|upgrade| upgrade.get("stage")?.as_table_like())
            .map(|gone| {
                let to_it = gone.iter().filter(|(_, now)| now.as_str() == Some(id));
                to_it.map(|(then, _)| then.to_owned()).collect()
            })
            .unwrap_or_default();
        for then in earlier.iter().map(String::as_str).chain([id]) {
            self.set(&["upgrade", "stage"], then, into);
        }
    }

    /// The ids that stages had once: a new one must not take them, or records of then would come to it.
    pub fn retired_stages(&self) -> Vec<String> {
        let gone = self.0.get("upgrade").and_then(|u| u.get("stage")?.as_table_like());
        gone.map(|gone| gone.iter().map(|(id, _)| id.to_owned()).collect()).unwrap_or_default()
    }

    fn stages(&mut self) -> Option<Stages<'_>> {
        match self.0.get_mut("stage")? {
            Item::Table(table) => Some(Stages::Tables(table)),
            Item::Value(Value::InlineTable(table)) => Some(Stages::Inline(table)),
            Item::None | Item::Value(_) | Item::ArrayOfTables(_) => None,
        }
    }

    /// Sets a key of a table that may have to be made; what stands beside the value stays.
    fn set(&mut self, path: &[&str], key: &str, new: impl Into<Value>) {
        let mut table: &mut dyn TableLike = self.0.as_table_mut();
        for name in path {
            let item = table.entry(name).or_insert_with(|| {
                let mut made = Table::new();
                made.set_implicit(true);
                Item::Table(made)
            });
            match item.as_table_like_mut() {
                Some(inner) => table = inner,
                None => return,
            }
        }
        let mut new = new.into();
        if let Some(before) = table.get(key).and_then(Item::as_value) {
            *new.decor_mut() = before.decor().clone();
        }
        table.insert(key, Item::Value(new));
    }
}

/// How a text writes its stages.
enum Stages<'a> {
    /// `[stage.first]`.
    Tables(&'a mut Table),
    /// `stage = { first = { … } }`.
    Inline(&'a mut toml_edit::InlineTable),
}

/// An id for a name that is not among those taken: `Kick-off` → `kick_off`; one that has no Latin letters is numbered.
pub fn id_for(name: &str, between: char, fallback: &str, taken: &[String]) -> String {
    let plain = slug(name, between);
    let base = if plain.starts_with(|c: char| c.is_ascii_lowercase()) { plain } else { fallback.to_owned() };
    let cut = |most: usize| base.chars().take(most).collect::<String>().trim_end_matches(between).to_owned();
    let numbered = (2..).map(|n| format!("{}{between}{n}", cut(MOST_ID - 4)));
    let mut ids = std::iter::once(cut(MOST_ID)).chain(numbered);
    ids.find(|id| !taken.contains(id)).unwrap_or_default()
}

fn slug(name: &str, between: char) -> String {
    let mut id = String::new();
    for c in name.to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            id.push(c);
        } else if !id.is_empty() && !id.ends_with(between) {
            id.push(between);
        }
    }
    id.trim_end_matches(between).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playbook::compile;

    fn stages(text: &str) -> Vec<(String, String)> {
        let compiled = compile(text).unwrap_or_else(|problems| panic!("{problems:?}\n{text}"));
        let order = compiled.playbook.stages.order;
        order.into_iter().map(|s| (s.id.to_string(), s.label)).collect()
    }

    fn ids(text: &str) -> Vec<String> {
        stages(text).into_iter().map(|(id, _)| id).collect()
    }

    fn owned(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    /// C1, C2, C5: a pipeline of the template compiles, and says what makes an item what.
    #[test]
    fn a_new_pipeline_is_made_of_the_template() {
        let mut sheet = Sheet::template().expect("it opens");
        let called = Called { singular: "deal", plural: "deals", letter: 'D' };
        sheet.name("onboarding", "Onboarding");
        sheet.called(&called);
        sheet.add_stage("kick_off", "Kick-off");
        sheet.add_stage("live", "Live \"for good\"");
        let (label, name) = ("Meeting held".to_owned(), "meeting_held".to_owned());
        sheet.makes("won", "Won", &Makes::Activity { name, label });
        sheet.makes("lost", "Lost", &Makes::Words("They stop.".to_owned()));
        let compiled = compile(&sheet.text()).expect("it compiles");
        let playbook = compiled.playbook;
        assert_eq!((playbook.id.as_str(), playbook.noun.letter), ("onboarding", 'D'));
        assert_eq!(playbook.stages.order[1].label, "Live \"for good\"");
        assert_eq!(playbook.rules.len(), 1, "the payment counts no more");
        assert_eq!(playbook.statuses[2].guide.means, "They stop.");
    }

    /// C1: each change leaves what it is not about, whichever way the stages are written.
    #[test]
    fn stages_are_renamed_reordered_and_retired() {
        let shipped = include_str!("builtin/sales_pipeline.toml");
        let order = owned(&["closed_deal", "new_lead", "sales_call", "initial_contact"]);
        let mut sheet = Sheet::open(shipped).expect("it opens");
        sheet.order_stages(&order);
        assert_eq!(ids(&sheet.text()), order);
        sheet.order_stages(&owned(&["new_lead", "initial_contact", "sales_call", "closed_deal"]));
        assert_eq!(sheet.text(), shipped, "there and back changes nothing");

        sheet.label_stage("sales_call", "Demo");
        sheet.add_stage("trial", "Trial");
        sheet.order_stages(&owned(&["new_lead", "trial", "initial_contact", "sales_call", "closed_deal"]));
        sheet.version(2);
        let text = sheet.text();
        assert_eq!(ids(&text), ["new_lead", "trial", "initial_contact", "sales_call", "closed_deal"]);
        assert_eq!(stages(&text)[3].1, "Demo");
        assert!(text.contains("# Sales: from a new lead"), "{text}");

        sheet.retire_stage("new_lead", "trial");
        sheet.retire_stage("trial", "sales_call");
        let playbook = compile(&sheet.text()).expect("it compiles").playbook;
        assert_eq!(playbook.stages.initial.as_ref().map(|s| s.as_str()), Some("sales_call"));
        let gone: Vec<_> = playbook.upgrade.stages.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(gone, [("new_lead", "sales_call"), ("trial", "sales_call")]);
        assert_eq!(sheet.retired_stages(), ["new_lead", "trial"]);
    }

    #[test]
    fn inline_stages_are_changed_too() {
        let shipped = include_str!("builtin/feedback_pipeline.toml");
        let (head, rest) = shipped.split_once("[stage.ask]").expect("stages");
        let (_, rest) = rest.split_once("[status.open]").expect("statuses");
        let text = format!(
            "stage = {{ ask = {{ label = \"Ask\" }}, received = {{ label = \"In\" }}, positive = {{ label = \"Good\" }} }}\n{head}[status.open]{rest}"
        );
        let mut sheet = Sheet::open(&text).expect("it opens");
        sheet.label_stage("received", "Received");
        sheet.add_stage("thanked", "Thanked");
        sheet.retire_stage("positive", "received");
        sheet.order_stages(&owned(&["received", "thanked", "ask"]));
        sheet.version(2);
        let text = sheet.text();
        assert_eq!(ids(&text), ["received", "thanked", "ask"]);
        assert_eq!(stages(&text)[0].1, "Received");
    }

    #[test]
    fn an_id_is_made_of_a_name() {
        let taken = owned(&["live"]);
        assert_eq!(id_for("Kick-off", '_', "stage", &taken), "kick_off");
        assert_eq!(id_for("Live!", '_', "stage", &taken), "live_2");
        assert_eq!(id_for("培训", '_', "stage", &taken), "stage");
        assert_eq!(id_for("2nd call", '-', "pipeline", &taken), "pipeline");
        let long = id_for("The very first meeting with all of them", '_', "stage", &taken);
        assert!(long.len() <= MOST_ID && long.starts_with("the_very_first"), "{long}");
    }
}
