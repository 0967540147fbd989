//! HubSpot's own webhooks: an array of events, signed in its version 3: the base64 of the HMAC-SHA256 of method, address,
//! body and timestamp (in milliseconds), with the app's client secret.
//!
//! Which of HubSpot's properties means what stands in one table, [`MEANS`]. Whatever is not in it means nothing here and is
//! never an error: HubSpot sends what its app subscribes to, and sends it again until it is taken.

use std::collections::BTreeMap;

use axum::extract::Request;
use axum::http::header;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use hmac::Mac as _;
use serde::Deserialize;

use super::sign::{Refused, keyed, within};
use super::words;
use crate::domain::activity::Activity;
use crate::domain::field::builtin;
use crate::domain::hooks::Key;
use crate::domain::ids::WorkspaceId;
use crate::domain::outside::{Outside, Sender, What, Whose};

/// The header with the signature.
pub const SIGNATURE: &str = "x-hubspot-signature-v3";
/// The header with the milliseconds since 1970 at which it was signed.
pub const TIMESTAMP: &str = "x-hubspot-request-timestamp";
/// HubSpot sends up to 100 at once.
const EVENTS: usize = 1_000;

/// What a change of a property means here.
enum Means {
    /// Something happened.
    Did(Activity),
    /// A field has other contents: ours.
    Field(&'static str),
}

/// HubSpot's properties of contacts, companies and deals.
const MEANS: [(&str, Means); 14] = [
    ("hs_email_last_open_date", Means::Did(Activity::EmailOpened)),
    ("hs_sales_email_last_opened", Means::Did(Activity::EmailOpened)),
    ("hs_email_last_click_date", Means::Did(Activity::EmailClicked)),
    ("hs_sales_email_last_clicked", Means::Did(Activity::EmailClicked)),
    ("hs_email_last_reply_date", Means::Did(Activity::EmailReplied)),
    ("hs_sales_email_last_replied", Means::Did(Activity::EmailReplied)),
    ("hs_email_last_send_date", Means::Did(Activity::EmailSent)),
    ("engagements_last_meeting_booked", Means::Did(Activity::MeetingBooked)),
    ("recent_conversion_date", Means::Did(Activity::FormSubmitted)),
    ("email", Means::Field(builtin::EMAIL)),
    ("phone", Means::Field(builtin::PHONE)),
    ("company", Means::Field(builtin::COMPANY)),
    ("amount", Means::Field(builtin::VALUE)),
    ("closedate", Means::Field("expected_close")),
];

/// The addresses that may have been signed: the sender's scheme is the proxy's affair, so both are tried. The host is
/// what the request says; whoever changed it could not sign it.
pub fn addresses(request: &Request) -> Vec<String> {
    let host = request.headers().get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    ["https", "http"].map(|scheme| format!("{scheme}://{host}{path}")).to_vec()
}

/// Whether HubSpot has signed it, and lately. `wall`: the time of day, in milliseconds.
///
/// # Errors
/// Why it is not believed.
pub fn check(
    secret: &Key,
    (timestamp, signature): (Option<&str>, Option<&str>),
    addresses: &[String],
    body: &[u8],
    wall: i64,
) -> Result<(), Refused> {
    let (Some(timestamp), Some(signature)) = (timestamp, signature) else { return Err(Refused::Missing) };
    let signed: i64 = timestamp.parse().map_err(|_| Refused::Missing)?;
    let given = STANDARD.decode(signature.trim()).map_err(|_| Refused::Missing)?;
    let right = |address: &String| {
        let mut mac = keyed(secret);
        for part in [b"POST", address.as_bytes(), body, timestamp.as_bytes()] {
            mac.update(part);
        }
        mac.verify_slice(&given).is_ok()
    };
    if !addresses.iter().any(right) {
        return Err(Refused::Wrong);
    }
    if within(signed, wall) { Ok(()) } else { Err(Refused::Old) }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(default)]
    event_id: i64,
    #[serde(default)]
    subscription_id: i64,
    #[serde(default)]
    object_id: i64,
    #[serde(default)]
    subscription_type: String,
    #[serde(default)]
    property_name: Option<String>,
    #[serde(default)]
    property_value: Option<String>,
    #[serde(default)]
    occurred_at: i64,
}

/// Reads what HubSpot sends.
///
/// # Errors
/// What is wrong with it, in one sentence.
pub fn read(workspace: WorkspaceId, body: &[u8]) -> Result<Vec<Outside>, String> {
    let events: Vec<Event> = serde_json::from_slice(body).map_err(|why| words::no_json(&why.to_string()))?;
    if events.len() > EVENTS {
        return Err(words::too_many_events(EVENTS));
    }
    Ok(events.into_iter().map(|event| outside(workspace, event)).collect())
}

fn outside(workspace: WorkspaceId, event: Event) -> Outside {
    let cut = |text: &str| text.chars().take(200).collect::<String>();
    let (what, fields) = what(&event);
    Outside {
        workspace,
        sender: Sender::Hubspot,
        // HubSpot does not promise that its event ids are unique.
        id: format!(
            "{}:{}:{}:{}:{}",
            event.subscription_id,
            event.event_id,
            event.object_id,
            event.occurred_at,
            cut(event.property_name.as_deref().unwrap_or_default())
        ),
        what,
        // As an import of HubSpot's records gives it: their "Record ID".
        whose: Whose {
            external_id: (event.object_id != 0).then(|| event.object_id.to_string()),
            ..Whose::default()
        },
        at: DateTime::from_timestamp_millis(event.occurred_at).filter(|_| event.occurred_at > 0),
        note: None,
        fields,
    }
}

fn what(event: &Event) -> (What, BTreeMap<String, String>) {
    let nothing = BTreeMap::new();
    let property = event.property_name.as_deref().unwrap_or_default();
    let value = event.property_value.as_deref().map(str::trim).filter(|value| !value.is_empty());
    let changed = event.subscription_type.ends_with(".propertyChange");
    let means = MEANS.iter().find(|(name, _)| changed && *name == property).map(|(_, means)| means);
    match (means, value) {
        (Some(Means::Did(activity)), Some(_)) => (What::Activity(*activity), nothing),
        (Some(Means::Field(field)), Some(value)) => {
            // HubSpot's dates are milliseconds.
            let date = value.parse().ok().filter(|_| property == "closedate");
            let date =
                date.and_then(DateTime::from_timestamp_millis).map(|at| at.format("%Y-%m-%d").to_string());
            let value = date.unwrap_or_else(|| value.chars().take(1_000).collect());
            (What::Fields, BTreeMap::from([((*field).to_owned(), value)]))
        }
        (None, _) if event.subscription_type == "deal.creation" => {
            (What::Opportunity { id: Some(event.object_id.to_string()) }, nothing)
        }
        (Some(_) | None, _) => {
            let name = match property {
                "" => event.subscription_type.clone(),
                property => format!("{} {property}", event.subscription_type),
            };
            (What::Unknown(name.chars().take(100).collect()), nothing)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hubspot_sends_is_read_into_our_own_type() {
        let body = br#"[
            {"eventId": 1, "subscriptionId": 9, "portalId": 5, "occurredAt": 1764000000000, "attemptNumber": 0,
             "subscriptionType": "contact.propertyChange", "objectId": 77, "propertyName": "hs_email_last_reply_date",
             "propertyValue": "1764000000000", "changeSource": "EMAIL"},
            {"eventId": 2, "subscriptionType": "deal.propertyChange", "objectId": 78, "propertyName": "closedate",
             "propertyValue": "1796083200000"},
            {"eventId": 3, "subscriptionType": "deal.creation", "objectId": 79},
            {"eventId": 4, "subscriptionType": "contact.propertyChange", "objectId": 77, "propertyName": "shoe_size",
             "propertyValue": "43"},
            {"eventId": 5, "subscriptionType": "contact.merge"}
        ]"#;
        let events = read(WorkspaceId(1), body).expect("events");
        assert_eq!(events[0].what, What::Activity(Activity::EmailReplied));
        assert_eq!(events[0].whose.external_id.as_deref(), Some("77"));
        assert_eq!(events[0].at.map(|at| at.timestamp_millis()), Some(1_764_000_000_000));
        assert_eq!(events[1].what, What::Fields);
        assert_eq!(events[1].fields, BTreeMap::from([("expected_close".into(), "2026-12-01".into())]));
        assert_eq!(events[2].what, What::Opportunity { id: Some("79".into()) });
        assert_eq!(events[3].what, What::Unknown("contact.propertyChange shoe_size".into()));
        assert_eq!(events[4].what, What::Unknown("contact.merge".into()));
        let ids: std::collections::BTreeSet<_> = events.iter().map(|event| &event.id).collect();
        assert_eq!(ids.len(), events.len());
        assert!(read(WorkspaceId(1), b"{}").is_err());
    }

    /// The example of docs/hooks.md: `printf '%s' "POST$URL$BODY$NOW" | openssl dgst -sha256 -hmac secret -binary | base64`.
    #[test]
    fn only_what_hubspot_has_signed_is_believed() {
        let (secret, now) = (Key::new("secret"), 1_764_000_000_000);
        let address = vec!["https://bot.example/hooks/1/hubspot".to_owned()];
        let signature = "pvnTpj83WcQ35Z5uDaSXD5n/MEBev9W6oR5jfTw8ErE=";
        let given = |signature, body: &[u8], later: i64| {
            check(&secret, (Some("1764000000000"), signature), &address, body, now + later)
        };
        assert_eq!(given(Some(signature), b"[]", 0), Ok(()));
        assert_eq!(given(Some(signature), b"[]", 300_001), Err(Refused::Old));
        assert_eq!(given(Some(signature), b"[1]", 0), Err(Refused::Wrong));
        assert_eq!(given(Some("AAAA"), b"[]", 0), Err(Refused::Wrong));
        assert_eq!(given(Some("not base64"), b"[]", 0), Err(Refused::Missing));
        assert_eq!(given(None, b"[]", 0), Err(Refused::Missing));
    }
}
