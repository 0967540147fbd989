//! What a sender is told: one sentence that says what to do. A person never sees these.

use std::time::Duration;

use super::sign::{self, Refused};

pub fn no_such_place() -> &'static str {
    "There is nothing here: events go to /hooks/<workspace>."
}

pub fn post_it() -> &'static str {
    "Send events with POST."
}

pub fn no_secret() -> &'static str {
    "No workspace of this number takes events: an admin makes a secret there with /setup hooks secret:new."
}

pub fn no_hubspot() -> &'static str {
    "This workspace takes nothing from HubSpot: an admin tells it the app's client secret with /setup hooks hubspot:…."
}

pub fn not_of_hubspot() -> &'static str {
    "The signature (version 3) is not that of this workspace's HubSpot app, or over five minutes old."
}

pub fn too_many_events(most: usize) -> String {
    format!("Too many events at once: send {most} at most.")
}

pub fn unsigned(why: &Refused) -> String {
    match why {
        Refused::Missing => format!(
            "Sign the request: {} is the seconds since 1970, {} is v1= and the HMAC-SHA256 of timestamp.body in hexadecimal.",
            sign::TIMESTAMP,
            sign::SIGNATURE
        ),
        Refused::Wrong => {
            "The signature is not right: sign the timestamp, a dot and the very bytes of the body with the secret.".to_owned()
        }
        Refused::Old => {
            "The timestamp is over five minutes away from now: set your clock, and sign each request anew.".to_owned()
        }
    }
}

pub fn too_large(most: usize) -> String {
    format!("The body is too large: send {most} bytes at most.")
}

pub fn too_slow() -> &'static str {
    "The body did not come in time: send it at once."
}

pub fn too_many(wait: Duration) -> String {
    format!("Too many events for this workspace: send it again in {} seconds.", wait.as_secs().max(1))
}

pub fn fault(code: &str) -> String {
    format!("It could not be taken in (code {code}): send it again later, with the same id.")
}

pub fn no_json(why: &str) -> String {
    format!("The body is not an event in JSON: {why}.")
}

pub fn no_id(most: usize) -> String {
    format!(
        "id must be your own id of the event, 1 to {most} characters: a second one with the same id has no effect."
    )
}

pub fn no_event(given: &str, known: &[&str]) -> String {
    format!("event is \"{given}\": it must be one of {}.", known.join(", "))
}

pub fn no_answered() -> &'static str {
    "A call needs answered: true or false."
}

pub fn no_time(given: &str) -> String {
    format!("at is \"{given}\": write it like 2026-12-01T09:30:00Z.")
}

pub fn too_long(what: &str, most: usize) -> String {
    format!("{what} is too long: {most} characters at most.")
}

pub fn too_many_fields(most: usize) -> String {
    format!("fields has too many entries: {most} at most.")
}

pub fn no_text(field: &str) -> String {
    format!("fields.{field} must be a text, a number, true or false.")
}
