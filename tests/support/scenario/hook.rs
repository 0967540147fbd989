//! What another system tells: an event as it comes over the wire, handed to the same entry as the webhook's.

use bellwether::adapters::webhook::payload;
use bellwether::chat::message::{Message, Reply, Severity};
use bellwether::chat::port::Intake as _;
use bellwether::domain::ids::RecordRef;
use bellwether::domain::outside::Came;
use serde_json::{Map, Value, json};

use super::text::options;
use super::{Answered, Outcome, Play};
use crate::support::world::WORKSPACE;

/// Under this name stands what a system was answered.
const HOOK: &str = "hook";

impl Play {
    /// `email.replied lead:L-1 note:"Yes"`; `again`: the last one once more, with the same id.
    pub(super) async fn hook(&mut self, rest: &str) -> Outcome {
        if rest == "again" {
            let body = self.last_event.clone().ok_or("no event came before")?;
            return self.happens(&body).await;
        }
        let (event, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        self.events += 1;
        let mut body = Map::from_iter([
            ("id".to_owned(), json!(format!("event-{}", self.events))),
            ("event".to_owned(), json!(event)),
        ]);
        let mut fields = Map::new();
        for (key, text) in options(rest)? {
            let noun = self.world.app.active(WORKSPACE).iter().any(|rules| rules.noun.singular == key);
            match key.as_str() {
                noun_of if noun && RecordRef::parse(&text).is_some() => {
                    body.insert("record".to_owned(), json!(text));
                    body.insert("noun".to_owned(), json!(noun_of));
                }
                "answered" => {
                    body.insert(key, json!(text == "true"));
                }
                field => match field.strip_prefix("field.") {
                    Some(field) => drop(fields.insert(field.to_owned(), json!(text))),
                    None => drop(body.insert(key, json!(text))),
                },
            }
        }
        if !fields.is_empty() {
            body.insert("fields".to_owned(), Value::Object(fields));
        }
        let body = Value::Object(body).to_string();
        self.last_event = Some(body.clone());
        self.happens(&body).await
    }

    async fn happens(&mut self, body: &str) -> Outcome {
        let event = payload::read(WORKSPACE, body.as_bytes())?;
        let came = self.world.app.happened(event).await?;
        self.world.settle().await;
        let message = match came {
            Came::Done { record, status } => Message::line(format!("done {record} {status}")),
            Came::Created { record, status } => Message::line(format!("created {record} {status}")),
            // It has to be named, as a refusal of a person's has.
            Came::Kept { why } => Message::line(format!("kept: {why}")).severity(Severity::Warning),
            Came::Ignored => Message::line("ignored"),
            Came::Repeated => Message::line("repeated"),
        };
        if self.trace {
            println!("    {HOOK}< {}", self.plain_message(&message));
        }
        self.answers.insert(HOOK.to_owned(), Answered { reply: Reply::Private(message), named: false });
        Ok(())
    }
}
