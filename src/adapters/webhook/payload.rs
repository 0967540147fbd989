//! An event as JSON, read once into the program's own type. Unknown keys are refused, so that a misspelt one is noticed;
//! `fields` alone is free.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::words;
use crate::domain::activity::Activity;
use crate::domain::ids::WorkspaceId;
use crate::domain::outside::{Outside, Sender, What, Whose};

/// The longest id, and the longest of the words by which a record is found.
const ID: usize = 200;
/// The longest note.
const NOTE: usize = 4_000;
/// The longest field.
const FIELD: usize = 1_000;
/// The most fields.
const FIELDS: usize = 50;

/// A call, with whether it was answered beside it.
const CALL: &str = "call";
const FORM: &str = "form.submitted";
const OPPORTUNITY: &str = "opportunity.created";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    #[serde(default)]
    id: String,
    #[serde(default)]
    event: String,
    #[serde(default)]
    at: Option<String>,
    #[serde(default)]
    answered: Option<bool>,
    #[serde(default)]
    record: Option<String>,
    #[serde(default)]
    external_id: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    phone: Option<String>,
    #[serde(default)]
    noun: Option<String>,
    #[serde(default)]
    opportunity_id: Option<String>,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    fields: BTreeMap<String, Value>,
}

/// Reads an event.
///
/// # Errors
/// What is wrong with it, in one sentence.
pub fn read(workspace: WorkspaceId, body: &[u8]) -> Result<Outside, String> {
    let payload: Payload = serde_json::from_slice(body).map_err(|why| words::no_json(&why.to_string()))?;
    let id = payload.id.trim();
    if id.is_empty() || id.chars().count() > ID {
        return Err(words::no_id(ID));
    }
    let at = payload.at.as_deref().map(time).transpose()?;
    let what = what(&payload)?;
    let word = |name: &str, text: &Option<String>| match text.as_deref().map(str::trim) {
        Some(text) if text.chars().count() > ID => Err(words::too_long(name, ID)),
        text => Ok(text.filter(|text| !text.is_empty()).map(str::to_owned)),
    };
    let whose = Whose {
        record: word("record", &payload.record)?,
        external_id: word("external_id", &payload.external_id)?,
        email: word("email", &payload.email)?,
        phone: word("phone", &payload.phone)?,
        noun: word("noun", &payload.noun)?,
    };
    let note = payload.note.as_deref().map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned);
    if note.as_ref().is_some_and(|note| note.chars().count() > NOTE) {
        return Err(words::too_long("note", NOTE));
    }
    let id = id.to_owned();
    Ok(Outside {
        workspace,
        sender: Sender::Hook,
        id,
        what,
        whose,
        at,
        note,
        fields: fields(payload.fields)?,
    })
}

fn what(payload: &Payload) -> Result<What, String> {
    let named = What::NAMES.iter().find(|(name, _)| *name == payload.event);
    Ok(match (payload.event.as_str(), named, payload.answered) {
        (_, Some((_, activity)), _) => What::Activity(*activity),
        (CALL, _, Some(true)) => What::Activity(Activity::CallAnswered),
        (CALL, _, Some(false)) => What::Activity(Activity::CallUnanswered),
        (CALL, _, None) => return Err(words::no_answered().to_owned()),
        (FORM, ..) => What::Form,
        (OPPORTUNITY, ..) => {
            let id = payload.opportunity_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
            if id.is_some_and(|id| id.chars().count() > ID) {
                return Err(words::too_long("opportunity_id", ID));
            }
            What::Opportunity { id: id.map(str::to_owned) }
        }
        (other, ..) => {
            let given: String = other.chars().take(60).collect();
            let known = What::NAMES.iter().map(|(name, _)| *name).filter(|name| !name.starts_with(CALL));
            let known: Vec<_> = known.chain([CALL, FORM, OPPORTUNITY]).collect();
            return Err(words::no_event(&given, &known));
        }
    })
}

fn time(text: &str) -> Result<DateTime<Utc>, String> {
    let given: String = text.chars().take(60).collect();
    DateTime::parse_from_rfc3339(text).map(|at| at.with_timezone(&Utc)).map_err(|_| words::no_time(&given))
}

fn fields(given: BTreeMap<String, Value>) -> Result<BTreeMap<String, String>, String> {
    if given.len() > FIELDS {
        return Err(words::too_many_fields(FIELDS));
    }
    let mut fields = BTreeMap::new();
    for (name, value) in given {
        let name: String = name.trim().chars().take(100).collect();
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Array(_) | Value::Object(_) => return Err(words::no_text(&name)),
        };
        if text.chars().count() > FIELD {
            return Err(words::too_long(&format!("fields.{name}"), FIELD));
        }
        fields.insert(name, text);
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(json: &str) -> Result<Outside, String> {
        read(WorkspaceId(1), json.as_bytes())
    }

    #[test]
    fn an_event_is_read_once_into_our_own_type() {
        let read = event(
            r#"{"id": "e-1", "event": "call", "answered": false, "email": " mei@acme.example ",
                "at": "2026-11-23T10:00:00+08:00", "fields": {"value": 12.5, "vip": true, "gone": null}}"#,
        )
        .expect("an event");
        assert_eq!(read.what, What::Activity(Activity::CallUnanswered));
        assert_eq!(read.whose.email.as_deref(), Some("mei@acme.example"));
        assert_eq!(read.at.map(|at| at.to_rfc3339()).as_deref(), Some("2026-11-23T02:00:00+00:00"));
        assert_eq!(
            read.fields,
            BTreeMap::from([("value".into(), "12.5".into()), ("vip".into(), "true".into())])
        );
    }

    /// R9
    #[test]
    fn each_mistake_is_told_in_one_sentence() {
        let long = format!(r#"{{"id": "1", "event": "email.sent", "note": "{}"}}"#, "é".repeat(4_001));
        let deep = format!(
            r#"{{"id": "1", "event": "email.sent", "fields": {}1{}}}"#,
            "[".repeat(500),
            "]".repeat(500)
        );
        for (json, told) in [
            ("", "not an event in JSON"),
            ("7", "not an event in JSON"),
            (deep.as_str(), "not an event in JSON"),
            (r#"{"id": "1", "event": "email.sent", "e-mail": "x"}"#, "unknown field `e-mail`"),
            (r#"{"event": "email.sent"}"#, "id must be"),
            (r#"{"id": "1", "event": "email.bounced"}"#, "must be one of email.sent"),
            (r#"{"id": "1", "event": "call"}"#, "answered: true or false"),
            (r#"{"id": "1", "event": "email.sent", "at": "yesterday"}"#, "2026-12-01T09:30:00Z"),
            (r#"{"id": "1", "event": "form.submitted", "fields": {"a": []}}"#, "fields.a must be"),
            (long.as_str(), "note is too long"),
        ] {
            let why = event(json).expect_err(json);
            assert!(why.contains(told), "{json}: {why}");
            assert!(!why.contains('\n'), "{why}");
        }
    }
}
