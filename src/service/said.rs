//! What an outbox fact says: its body, as JSON. Facts are rendered when they are enqueued, so that they tell
//! what was true then (ruling 21); only what needs the history is drawn when it is sent.

use serde::{Deserialize, Serialize};

use crate::chat::message::{Message, Span, Text};
use crate::domain::ids::{ApprovalId, EventId, JobId, PersonId, RecordId};

/// Something said once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// A message, as it was when it happened.
    Message {
        /// Whom it is for, where it is private: mentioned if it has to go to a channel instead (ruling 17).
        to: Option<PersonId>,
        /// What it says.
        message: Box<Message>,
    },
    /// A message with a thread of its own, whose lines notify nobody.
    Threaded {
        /// What stands in the channel.
        message: Box<Message>,
        /// The thread's name.
        name: String,
        /// What stands in the thread.
        details: Vec<Message>,
    },
    /// Nothing: it was said in another message, which names several such things. Its key stands for it, so that it is not
    /// said again.
    Elsewhere,
    /// How a job ended, with the file of its lines: both stand as they are from its end on.
    Result {
        /// Which.
        job: JobId,
    },
    /// Somebody is reminded of the requests in the message of this one, of those that wait for them when it is sent.
    Reminder {
        /// One of them.
        approval: ApprovalId,
        /// Who.
        to: PersonId,
        /// They are late.
        escalated: bool,
    },
    /// Somebody has left: what is theirs, as it is when the message is sent (ruling 17).
    Left {
        /// Who.
        person: PersonId,
        /// For whom: what they may hand on.
        to: PersonId,
    },
    /// The first line of a thread: what happened before it opened (ruling 20).
    Before {
        /// The record.
        record: RecordId,
        /// The event with which the thread opened.
        event: EventId,
    },
}

impl Said {
    /// A private word.
    pub fn privately(to: PersonId, message: Message) -> Self {
        Self::Message { to: Some(to), message: Box::new(message) }
    }

    /// For everyone in the place.
    pub fn openly(message: Message) -> Self {
        Self::Message { to: None, message: Box::new(message) }
    }

    /// As a fact's body.
    pub fn to_body(&self) -> String {
        // Strings, numbers and lists only: nothing in here can fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a body.
    pub fn from_body(body: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(body)
    }
}

/// A private message that is shown in a channel, because its reader takes none: it names and notifies them.
pub fn addressed(mut message: Message, to: PersonId) -> Message {
    if !message.mentions.contains(&to) {
        message.mentions.push(to);
    }
    message.lines.insert(0, Text(vec![Span::Person(to)]));
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ruling 21: what is enqueued is what is sent.
    #[test]
    fn a_fact_survives_the_database() {
        let said = Said::privately(PersonId(7), Message::line("L-1 is yours now"));
        assert_eq!(Said::from_body(&said.to_body()).ok(), Some(said));
    }

    /// Files travel in the body: text as text, anything else byte by byte; a body of before has none.
    #[test]
    fn files_survive_the_database() {
        let message =
            Message::line("Done").file("refused.csv", "row,why\n2,\"no name\"\n").file("a.bin", [0xff, 0]);
        let said = Said::openly(message);
        let body = said.to_body();
        assert!(body.contains(r#""bytes":"row,why\n2"#), "{body}");
        assert_eq!(Said::from_body(&body).ok(), Some(said));
        let old = Said::openly(Message::line("Done"));
        assert!(!old.to_body().contains("files"), "nothing is stored for nothing");
        assert_eq!(Said::from_body(&old.to_body()).ok(), Some(old));
    }

    /// Ruling 17: a private word that must go to a channel notifies the one it is for.
    #[test]
    fn a_private_word_in_a_channel_names_its_reader() {
        let message = addressed(Message::line("hello"), PersonId(7));
        assert_eq!(message.mentions, [PersonId(7)]);
        assert_eq!(message.lines[0], Text(vec![Span::Person(PersonId(7))]));
    }
}
