//! The data of a record. Some fields are built in; a playbook declares more and says which a status needs.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{FieldId, ReasonId};
use super::money::Money;

/// Fields that every record has, whatever its playbook says.
pub mod builtin {
    /// Who or what the record is; personal.
    pub const NAME: &str = "name";
    /// Their company.
    pub const COMPANY: &str = "company";
    /// E-mail address; personal.
    pub const EMAIL: &str = "email";
    /// Telephone number; personal.
    pub const PHONE: &str = "phone";
    /// What the deal is worth.
    pub const VALUE: &str = "value";
    /// Where the record came from.
    pub const SOURCE: &str = "source";
    /// Why a move was made; from the playbook's list.
    pub const REASON: &str = "reason";
    /// A note that belongs to one move; asked for anew each time.
    pub const NOTE: &str = "note";
    /// What is planned next.
    pub const NEXT_ACTION: &str = "next_action";
    /// When the next action is due.
    pub const NEXT_DUE: &str = "next_due";

    /// All of the above.
    pub const ALL: [&str; 10] =
        [NAME, COMPANY, EMAIL, PHONE, VALUE, SOURCE, REASON, NOTE, NEXT_ACTION, NEXT_DUE];
}

/// A field's content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldValue {
    /// Free text, also e-mail and phone.
    Text(String),
    /// An amount with its currency.
    Money(Money),
    /// A point in time.
    Instant(#[serde(with = "chrono::serde::ts_milliseconds")] DateTime<Utc>),
    /// One word from a list.
    Choice(String),
    /// A whole number.
    Number(u64),
}

impl FieldValue {
    /// The reason, where this is one.
    pub fn as_reason(&self) -> Option<ReasonId> {
        match self {
            Self::Choice(word) => Some(ReasonId::new(word)),
            Self::Text(_) | Self::Money(_) | Self::Instant(_) | Self::Number(_) => None,
        }
    }

    /// The text of a text or a choice.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Choice(text) => Some(text),
            Self::Money(_) | Self::Instant(_) | Self::Number(_) => None,
        }
    }

    /// The amount, where this is one.
    pub fn as_money(&self) -> Option<Money> {
        match self {
            Self::Money(money) => Some(*money),
            Self::Text(_) | Self::Instant(_) | Self::Choice(_) | Self::Number(_) => None,
        }
    }

    /// The instant, where this is one.
    pub fn as_instant(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Instant(at) => Some(*at),
            Self::Text(_) | Self::Money(_) | Self::Choice(_) | Self::Number(_) => None,
        }
    }

    /// The number, where this is one.
    pub fn as_number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(_) | Self::Money(_) | Self::Instant(_) | Self::Choice(_) => None,
        }
    }
}

/// Whether a value is free text, which may say something about a person.
pub fn is_free_text(value: &FieldValue) -> bool {
    match value {
        FieldValue::Text(_) => true,
        FieldValue::Money(_) | FieldValue::Instant(_) | FieldValue::Choice(_) | FieldValue::Number(_) => {
            false
        }
    }
}

/// Values by field.
pub type Data = BTreeMap<FieldId, FieldValue>;

/// The personal part of a record. It lives outside the events, so that `/lead erase` can blank it (ruling 15).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Who or what the record is.
    pub name: String,
    /// Their company.
    pub company: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number, as typed but tidied.
    pub phone: Option<String>,
}

impl Contact {
    /// Reads one of the personal fields.
    pub fn get(&self, field: &str) -> Option<&str> {
        match field {
            builtin::NAME => Some(self.name.as_str()).filter(|n| !n.is_empty()),
            builtin::COMPANY => self.company.as_deref(),
            builtin::EMAIL => self.email.as_deref(),
            builtin::PHONE => self.phone.as_deref(),
            _ => None,
        }
    }

    /// Sets one of the personal fields; `false` where `field` is none of them.
    pub fn set(&mut self, field: &str, text: String) -> bool {
        let text = Some(text).filter(|t| !t.is_empty());
        match field {
            builtin::NAME => self.name = text.unwrap_or_default(),
            builtin::COMPANY => self.company = text,
            builtin::EMAIL => self.email = text,
            builtin::PHONE => self.phone = text,
            _ => return false,
        }
        true
    }

    /// Whether the field is kept here rather than in the events.
    pub fn holds(field: &str) -> bool {
        matches!(field, builtin::NAME | builtin::COMPANY | builtin::EMAIL | builtin::PHONE)
    }
}
