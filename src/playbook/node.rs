//! A parsed TOML document with the places of its parts. The parser keeps tables in the order of their keys'
//! names; [`Section::entries`] gives back the order of the file, because that order is the order of pickers.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Place;

/// A table.
#[derive(Clone)]
pub(super) struct Section<'d> {
    pub place: Place,
    table: &'d DeTable<'d>,
}

/// Any value.
#[derive(Clone)]
pub(super) struct Node<'d> {
    pub place: Place,
    pub value: &'d DeValue<'d>,
}

/// One key of a table with its value.
pub(super) struct Entry<'d> {
    pub key: &'d str,
    /// Of the key itself.
    pub place: Place,
    pub node: Node<'d>,
}

impl<'d> Section<'d> {
    pub fn root(table: &'d DeTable<'d>) -> Self {
        Self { place: Place { path: String::new(), at: 0 }, table }
    }

    pub fn get(&self, key: &str) -> Option<Node<'d>> {
        self.table.get_key_value(key).map(|(k, v)| self.node(k.get_ref(), k.span().start, v))
    }

    /// A sub-table; `None` also where the key holds something else.
    pub fn section(&self, key: &str) -> Option<Section<'d>> {
        self.get(key).and_then(Node::into_section)
    }

    pub fn flag(&self, key: &str, default: bool) -> bool {
        self.get(key).and_then(|n| n.flag()).unwrap_or(default)
    }

    /// The tables of a `[[list]]`; empty where the key is absent or holds something else.
    pub fn list(&self, key: &str) -> Vec<Section<'d>> {
        let node = self.get(key);
        node.iter().flat_map(Node::items).filter_map(Node::into_section).collect()
    }

    /// In the order of the file.
    pub fn entries(&self) -> Vec<Entry<'d>> {
        let mut entries: Vec<Entry<'d>> = self
            .table
            .iter()
            .map(|(k, v)| {
                let (key, at) = (k.get_ref().as_ref(), k.span().start);
                Entry { key, place: Place { path: self.path_of(key), at }, node: self.node(key, at, v) }
            })
            .collect();
        entries.sort_by_key(|e| e.place.at);
        entries
    }

    /// The sub-tables by name, in the order of the file.
    pub fn named(&self) -> Vec<(&'d str, Section<'d>)> {
        self.entries().into_iter().filter_map(|e| Some((e.key, e.node.into_section()?))).collect()
    }

    /// The place of a key, or of the table where the key is absent.
    pub fn place_of(&self, key: &str) -> Place {
        self.get(key).map_or_else(|| self.place.clone(), |n| n.place)
    }

    fn path_of(&self, key: &str) -> String {
        if self.place.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.place.path) }
    }

    fn node(&self, key: &str, key_at: usize, value: &'d Spanned<DeValue<'d>>) -> Node<'d> {
        // A table may be spread over the file, and a list of tables begins at its first header: the key says
        // best where to look.
        let at = match value.get_ref() {
            DeValue::Table(_) | DeValue::Array(_) => key_at,
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => value.span().start,
        };
        Node { place: Place { path: self.path_of(key), at }, value: value.get_ref() }
    }
}

impl<'d> Node<'d> {
    pub fn into_section(self) -> Option<Section<'d>> {
        match self.value {
            DeValue::Table(table) => Some(Section { place: self.place, table }),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&'d str> {
        match self.value {
            DeValue::String(text) => Some(text.as_ref()),
            _ => None,
        }
    }

    pub fn flag(&self) -> Option<bool> {
        match self.value {
            DeValue::Boolean(flag) => Some(*flag),
            _ => None,
        }
    }

    /// A whole number from 0 that fits 32 bits.
    pub fn number(&self) -> Option<u32> {
        match self.value {
            DeValue::Integer(number) => u32::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        }
    }

    /// The elements of an array; none for anything else.
    pub fn items(&self) -> Vec<Node<'d>> {
        let DeValue::Array(array) = self.value else { return Vec::new() };
        array
            .iter()
            .enumerate()
            .map(|(i, v)| Node {
                place: Place { path: format!("{}[{i}]", self.place.path), at: v.span().start },
                value: v.get_ref(),
            })
            .collect()
    }

    /// One text, or the elements of an array.
    pub fn one_or_many(&self) -> Vec<Node<'d>> {
        if self.text().is_some() { vec![self.clone()] } else { self.items() }
    }

    /// What it is, for "expected … but this is …".
    pub fn type_name(&self) -> &'static str {
        match self.value {
            DeValue::String(_) => "text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        }
    }
}
