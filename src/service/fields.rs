//! What people type into fields, read by the field's kind, in the person's zone. What cannot be read is answered
//! with one sentence; nothing is guessed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::chat::{render, value};
use crate::domain::field::{Data, FieldValue};
use crate::domain::ids::{FieldId, StatusId};
use crate::domain::money::{Currency, Money};
use crate::domain::playbook::{Field, FieldKind, Playbook};

/// What reading depends on beside the text.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The rules.
    pub playbook: &'a Playbook,
    /// The status that is asked for: reasons depend on it.
    pub to: Option<&'a StatusId>,
    /// The present.
    pub now: DateTime<Utc>,
    /// The person's zone.
    pub zone: Tz,
    /// The currency of amounts without one.
    pub currency: Currency,
}

/// Texts read: what could be, and for the rest the sentence.
#[derive(Debug, Clone, Default)]
pub struct Read {
    /// Values.
    pub data: Data,
    /// What could not be read, as typed.
    pub typed: BTreeMap<FieldId, String>,
    /// One sentence for each of those.
    pub problems: Vec<String>,
}

impl Reading<'_> {
    /// Reads a form. Empty inputs are left out; inputs that the playbook does not know are ignored (forged).
    pub fn form(&self, inputs: &BTreeMap<String, String>) -> Read {
        let mut read = Read::default();
        for (id, text) in inputs {
            let id = FieldId::new(id);
            let Some(field) = self.playbook.field(&id) else { continue };
            if text.trim().is_empty() {
                continue;
            }
            match self.field(field, text) {
                Ok(value) => {
                    read.data.insert(id, value);
                }
                Err(sentence) => {
                    read.typed.insert(id, text.clone());
                    read.problems.push(sentence);
                }
            }
        }
        read
    }

    /// Reads one field.
    pub fn field(&self, field: &Field, text: &str) -> Result<FieldValue, String> {
        let text = text.trim();
        match &field.kind {
            FieldKind::Text | FieldKind::Long => Ok(FieldValue::Text(text.to_owned())),
            FieldKind::Email => value::parse_email(text).map(FieldValue::Text),
            FieldKind::Phone => value::parse_phone(text).map(|phone| FieldValue::Text(phone.display)),
            FieldKind::Money => {
                Money::parse(text, self.currency).map(FieldValue::Money).map_err(|e| e.to_string())
            }
            FieldKind::Number => number(text).ok_or_else(|| render::input::no_number(text, &field.label)),
            FieldKind::Instant if field.ahead => self.ahead(text, &field.label).map(FieldValue::Instant),
            FieldKind::Instant => self.instant(text).map(FieldValue::Instant),
            FieldKind::Choice(options) => {
                let known = options.iter().find(|(id, label)| is_called(text, id, label));
                known.map(|(id, _)| FieldValue::Choice(id.clone())).ok_or_else(|| {
                    let labels: Vec<_> = options.iter().map(|(_, label)| label.clone()).collect();
                    render::input::not_one_of(text, &field.label, &labels)
                })
            }
            // One that is not on the list is the engine's to refuse.
            FieldKind::Reason => Ok(self.reason(text)),
        }
    }

    /// A point in time.
    pub fn instant(&self, text: &str) -> Result<DateTime<Utc>, String> {
        value::parse_when(text, self.now, self.zone)
    }

    /// When something planned is due.
    pub fn due(&self, text: &str) -> Result<DateTime<Utc>, String> {
        self.ahead(text, "due")
    }

    /// A point in time that lies ahead.
    fn ahead(&self, text: &str, label: &str) -> Result<DateTime<Utc>, String> {
        let at = value::parse_ahead(text, self.now, self.zone)?;
        if at < self.now { Err(render::input::not_ahead(label)) } else { Ok(at) }
    }

    /// A reason, by id or label; as typed where none is called so.
    pub fn reason(&self, text: &str) -> FieldValue {
        let mut reasons: Vec<_> = match self.to {
            Some(to) => self.playbook.reasons_for(to).collect(),
            None => Vec::new(),
        };
        reasons.extend(&self.playbook.reasons);
        let known = reasons.iter().find(|r| is_called(text, r.id.as_str(), &r.label));
        FieldValue::Choice(known.map_or_else(|| text.trim().to_owned(), |r| r.id.to_string()))
    }
}

/// A whole number as people write it: `1,200`, `500+`.
fn number(text: &str) -> Option<FieldValue> {
    let digits: String = text.chars().filter(|c| !matches!(c, ',' | ' ' | '_' | '+')).collect();
    digits.parse().ok().map(FieldValue::Number)
}

/// Whether a text is one of a thing's names, whatever the case, spaces, hyphens and underscores.
pub fn is_called(text: &str, id: &str, label: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let text = plain(text);
    !text.is_empty() && (text == plain(id) || text == plain(label))
}

#[cfg(test)]
mod tests {
    use super::is_called;

    #[test]
    fn a_thing_is_known_by_its_id_and_its_label() {
        for text in ["Stale – Review Required", "stale review required", "stale_review", "STALE-REVIEW"] {
            assert!(is_called(text, "stale_review", "Stale – Review Required"), "{text}");
        }
        assert!(!is_called("", "", ""));
        assert!(!is_called("stale", "stale_review", "Stale – Review Required"));
    }
}
