//! Small typed readers. Each gives what is there and in order; what has the wrong type was reported by
//! [`super::raw::check`] and reads as absent.

use super::{Ids, Kind, Reader, References, word};
use crate::domain::playbook::Audience;
use crate::domain::span::Span;
use crate::domain::workspace::Duty;
use crate::playbook::node::{Node, Section};
use crate::playbook::problem::{Place, cut};

/// Discord's limits on what a form and a picker show.
pub(super) const MOST_LABEL: usize = 45;
pub(super) const MOST_LINE: usize = 100;
pub(super) const MOST_OPTIONS: usize = 25;
const MOST_TEXT: usize = 1000;

impl<'d> Reader<'d> {
    /// Text that is not blank, trimmed.
    pub(super) fn text(&mut self, section: &Section<'d>, key: &str) -> Option<String> {
        let node = section.get(key)?;
        self.text_of(&node)
    }

    pub(super) fn text_of(&mut self, node: &Node<'d>) -> Option<String> {
        let (text, place) = word(node)?;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            self.problems.error(&place, "This text is empty.");
            return None;
        }
        if text.chars().count() > MOST_TEXT {
            self.problems.error(&place, format!("This text is over {MOST_TEXT} characters long."));
            return None;
        }
        Some(text)
    }

    /// A name for people that a form or a button shows.
    pub(super) fn label(&mut self, section: &Section<'d>, key: &str) -> Option<String> {
        let label = self.text(section, key)?;
        let length = label.chars().count();
        if length > MOST_LABEL {
            let message = format!("A form shows {MOST_LABEL} characters of a label; this one has {length}.");
            self.problems.error(&section.place_of(key), message);
        }
        Some(label)
    }

    /// One line; a warning where it would be cut.
    pub(super) fn line(&mut self, section: &Section<'d>, key: &str) -> Option<String> {
        let line = self.text(section, key)?;
        let length = line.chars().count();
        if length > MOST_LINE {
            let message =
                format!("Only {MOST_LINE} characters fit here; this text has {length} and will be cut.");
            self.problems.warning(&section.place_of(key), message);
        }
        Some(line)
    }

    /// An id that the file gives as text.
    pub(super) fn id(&mut self, section: &Section<'d>, key: &str, ids: Ids) -> Option<String> {
        let (text, place) = word(&section.get(key)?)?;
        self.check_id(text, &place, ids);
        Some(text.to_owned())
    }

    /// Ids stand in a button's id, which is short (2-chat: `custom_id`).
    pub(super) fn check_id(&mut self, id: &str, place: &Place, ids: Ids) {
        if !ids.allow(id) {
            let message = format!("`{}` does not do as an id: write {}.", cut(id, 30), ids.says());
            self.problems.error(place, message);
        }
    }

    /// A declared name.
    pub(super) fn one(&mut self, section: &Section<'d>, key: &str, kind: Kind) -> Option<String> {
        let node = section.get(key)?;
        self.reference(&node, kind)
    }

    /// One or more declared names, each once.
    pub(super) fn many<T: From<&'d str>>(&mut self, section: &Section<'d>, key: &str, kind: Kind) -> Vec<T> {
        let nodes = section.get(key).map(|n| n.one_or_many()).unwrap_or_default();
        self.references(&nodes, kind)
    }

    pub(super) fn references<T: From<&'d str>>(&mut self, nodes: &[Node<'d>], kind: Kind) -> Vec<T> {
        let mut seen = Vec::new();
        for node in nodes {
            let Some((text, place)) = word(node) else { continue };
            if self.reference(node, kind).is_none() {
                continue;
            }
            if seen.contains(&text) {
                self.problems.error(&place, format!("`{text}` stands here twice."));
            } else {
                seen.push(text);
            }
        }
        seen.into_iter().map(T::from).collect()
    }

    pub(super) fn reference(&mut self, node: &Node<'d>, kind: Kind) -> Option<String> {
        let (text, place) = word(node)?;
        if self.names.has(kind, text) {
            return Some(text.to_owned());
        }
        self.dangling = match (kind, self.dangling) {
            (Kind::Status, _) | (_, References::StatusDangles) => References::StatusDangles,
            (_, References::AllDeclared | References::OthersDangle) => References::OthersDangle,
        };
        let message = format!("No {} `{}` is declared in this file.", kind.noun(), cut(text, 40));
        self.problems.unknown(&place, message, text, self.names.all(kind));
        None
    }

    /// A word from a closed list.
    pub(super) fn choice<T: Copy>(&mut self, node: &Node<'d>, known: &[(&'static str, T)]) -> Option<T> {
        let (text, place) = word(node)?;
        let found = known.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            let message = format!("`{}` is none of: {}.", cut(text, 40), names.join(", "));
            self.problems.unknown(&place, message, text, names);
        }
        found
    }

    pub(super) fn choices<T: Copy>(
        &mut self,
        section: &Section<'d>,
        key: &str,
        known: &[(&'static str, T)],
    ) -> Vec<T> {
        let nodes = section.get(key).map(|n| n.one_or_many()).unwrap_or_default();
        nodes.iter().filter_map(|n| self.choice(n, known)).collect()
    }

    pub(super) fn span(&mut self, section: &Section<'d>, key: &str) -> Option<Span> {
        let node = section.get(key)?;
        self.span_of(&node)
    }

    pub(super) fn span_of(&mut self, node: &Node<'d>) -> Option<Span> {
        let (text, place) = word(node)?;
        Span::parse(text).map_err(|why| self.problems.error(&place, why.to_string())).ok()
    }

    /// `owner`, `manager`, or a duty.
    pub(super) fn audience(&mut self, node: &Node<'d>) -> Option<Audience> {
        let (text, _) = word(node)?;
        if let Some(duty) = Duty::parse(text) {
            return Some(Audience::Duty(duty));
        }
        let mut known = vec![("owner", Audience::Owner), ("manager", Audience::Manager)];
        known.extend(Duty::ALL.map(|d| (d.name(), Audience::Duty(d))));
        self.choice(node, &known)
    }

    /// Exactly one of the keys; reports none and several.
    pub(super) fn exactly_one(
        &mut self,
        section: &Section<'d>,
        keys: &[&'static str],
    ) -> Option<&'static str> {
        let there: Vec<_> = keys.iter().copied().filter(|k| section.get(k).is_some()).collect();
        match there.as_slice() {
            [one] => Some(one),
            [] => {
                self.problems.error(&section.place, format!("Write one of: {}.", keys.join(", ")));
                None
            }
            [first, ..] => {
                let message = format!("Write only one of {}.", there.join(", "));
                self.problems.error(&section.place_of(first), message);
                None
            }
        }
    }
}
