//! The schema of a playbook file: every table, every key, what it holds and what it is for. Whatever is not
//! listed here is refused. `docs/playbooks.md` is written from the same texts ([`reference`]), so that no key
//! can be undocumented.
//!
//! [`check`] looks only at the shape: unknown keys, missing keys, wrong types. What the words mean (declared
//! ids, spans, combinations) is the business of [`super::compile`], which reads leniently what was found wrong
//! here, so that every problem is reported once and all of them at once.

use super::node::{Node, Section};
use super::problem::{Problems, cut};

mod keys;

pub use keys::FILE;

/// A kind of table.
#[derive(Debug)]
pub struct Table {
    /// How it is written: `[status.<id>]`.
    pub title: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// Its keys.
    pub keys: &'static [Key],
}

/// A key of a table.
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// Whether it must be there.
    pub presence: Presence,
    /// What it means.
    pub doc: &'static str,
}

/// Whether a key must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It must.
    Required,
    /// It may be left out.
    Optional,
}

/// What a key holds.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Text.
    Text,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Flag,
    /// Text, or a list of texts.
    Texts,
    /// One table.
    Sub(&'static Table),
    /// Tables by an id of the author's: `[status.<id>]`.
    Named(&'static Table),
    /// A list of tables: `[[rule]]`.
    List(&'static Table),
    /// A word, or a table.
    TextOr(&'static Table),
    /// A list in which each element is a word or a table.
    Mixed(&'static Table),
    /// A list in which each element is a word or a list of words.
    Groups,
    /// Ids of the author's with a text each.
    Labels,
    /// Ids of the author's with a list of texts each.
    Lists,
}

impl Shape {
    fn says(self) -> &'static str {
        match self {
            Self::Text => "text in quotes",
            Self::Number => "a whole number from 0",
            Self::Flag => "true or false",
            Self::Texts => "text in quotes, or a list of such texts",
            Self::Sub(_) => "a table",
            Self::Named(_) => "a table for each id",
            Self::List(_) => "a list of tables",
            Self::TextOr(_) => "text in quotes, or a table",
            Self::Mixed(_) => "a list of words or tables",
            Self::Groups => "a list of words or of lists of words",
            Self::Labels => "a table of ids with a text each",
            Self::Lists => "a table of ids with a list of texts each",
        }
    }

    /// The table that it leads to.
    fn table(self) -> Option<&'static Table> {
        match self {
            Self::Sub(t) | Self::Named(t) | Self::List(t) | Self::TextOr(t) | Self::Mixed(t) => Some(t),
            Self::Text
            | Self::Number
            | Self::Flag
            | Self::Texts
            | Self::Groups
            | Self::Labels
            | Self::Lists => None,
        }
    }
}

/// Reports every unknown key, missing key and wrong type below `section`.
pub(super) fn check(section: &Section<'_>, table: &'static Table, problems: &mut Problems<'_>) {
    for entry in section.entries() {
        match table.keys.iter().find(|k| k.name == entry.key) {
            Some(key) => check_shape(&entry.node, key.shape, problems),
            None => {
                let message = format!("`{}` is not a key of {}.", cut(entry.key, 60), table.title);
                problems.unknown(&entry.place, message, entry.key, table.keys.iter().map(|k| k.name));
            }
        }
    }
    for key in table.keys.iter().filter(|k| k.presence == Presence::Required) {
        if section.get(key.name).is_none() {
            let message = format!("`{}` is missing from {}: {}", key.name, table.title, key.doc);
            problems.error(&section.place, message);
        }
    }
}

fn check_shape(node: &Node<'_>, shape: Shape, problems: &mut Problems<'_>) {
    let is_text = node.text().is_some();
    let section = node.clone().into_section();
    let fits = match shape {
        Shape::Text => is_text,
        Shape::Number => node.number().is_some(),
        Shape::Flag => node.flag().is_some(),
        Shape::Texts => return check_texts(node, shape, problems),
        Shape::Sub(table) => return check_table(node, table, shape, problems),
        Shape::TextOr(table) if !is_text => return check_table(node, table, shape, problems),
        Shape::TextOr(_) => true,
        Shape::Named(table) => match section {
            Some(section) => {
                for entry in section.entries() {
                    check_table(&entry.node, table, shape, problems);
                }
                true
            }
            None => false,
        },
        Shape::List(table) => match node.value {
            toml::de::DeValue::Array(_) => {
                for item in node.items() {
                    check_table(&item, table, shape, problems);
                }
                true
            }
            _ => false,
        },
        Shape::Mixed(table) => match node.value {
            toml::de::DeValue::Array(_) => {
                for item in node.items().iter().filter(|i| i.text().is_none()) {
                    check_table(item, table, shape, problems);
                }
                true
            }
            _ => false,
        },
        Shape::Groups => match node.value {
            toml::de::DeValue::Array(_) => {
                for item in node.items() {
                    check_texts(&item, shape, problems);
                }
                true
            }
            _ => false,
        },
        Shape::Labels => match section {
            Some(section) => {
                for entry in section.entries() {
                    check_shape(&entry.node, Shape::Text, problems);
                }
                true
            }
            None => false,
        },
        Shape::Lists => match section {
            Some(section) => {
                for entry in section.entries() {
                    check_texts(&entry.node, Shape::Texts, problems);
                }
                true
            }
            None => false,
        },
    };
    if !fits {
        wrong_type(node, shape, problems);
    }
}

fn check_texts(node: &Node<'_>, shape: Shape, problems: &mut Problems<'_>) {
    match node.value {
        toml::de::DeValue::String(_) => {}
        toml::de::DeValue::Array(_) => {
            for item in node.items().iter().filter(|i| i.text().is_none()) {
                wrong_type(item, Shape::Text, problems);
            }
        }
        _ => wrong_type(node, shape, problems),
    }
}

fn check_table(node: &Node<'_>, table: &'static Table, shape: Shape, problems: &mut Problems<'_>) {
    match node.clone().into_section() {
        Some(section) => check(&section, table, problems),
        None => wrong_type(node, shape, problems),
    }
}

fn wrong_type(node: &Node<'_>, shape: Shape, problems: &mut Problems<'_>) {
    let message = format!("This is {}; write {}.", node.type_name(), shape.says());
    problems.error(&node.place, message);
}

/// The reference of every table and key in Markdown: the text of `docs/playbooks.md`.
pub fn reference() -> String {
    let mut text = String::new();
    for table in tables() {
        text.push_str(&format!("### {}\n\n{}\n\n", title(table), table.doc));
        text.push_str("| key | holds | |\n| --- | --- | --- |\n");
        for key in table.keys {
            let name = match key.presence {
                Presence::Required => format!("**`{}`**", key.name),
                Presence::Optional => format!("`{}`", key.name),
            };
            let holds = match key.shape.table() {
                Some(table) => format!("{}: {}", key.shape.says(), title(table)),
                None => key.shape.says().to_owned(),
            };
            text.push_str(&format!("| {name} | {holds} | {} |\n", capital(key.doc)));
        }
        text.push('\n');
    }
    text
}

/// Headers are code; descriptions ("an element of …") are prose.
fn title(table: &Table) -> String {
    if table.title.starts_with('[') { format!("`{}`", table.title) } else { table.title.to_owned() }
}

/// Required keys are described in lower case, because the report of a missing key goes on with them.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Every table, each once, in the order in which the keys mention them.
fn tables() -> Vec<&'static Table> {
    let mut all: Vec<&'static Table> = vec![&FILE];
    let mut next = 0;
    while let Some(table) = all.get(next).copied() {
        for found in table.keys.iter().filter_map(|k| k.shape.table()) {
            if !all.iter().any(|t| std::ptr::eq(*t, found)) {
                all.push(found);
            }
        }
        next += 1;
    }
    all
}
