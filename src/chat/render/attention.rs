//! What is held back for a person, and how it is told together (X6).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::alert;
use super::view::AlertLine;
use super::words;
use crate::chat::action::Action;
use crate::chat::message::{Choice, Choices, Message, Severity, Text};
use crate::domain::attention::SHOWN;
use crate::domain::record::Record;

/// `🔕 3 more are held until 08:00`.
pub fn held_until(held: usize, until: DateTime<Utc>, now: DateTime<Utc>) -> Text {
    let what = if held == 1 {
        "1 message is held until ".to_owned()
    } else {
        format!("{held} messages are held until ")
    };
    Text::plain(format!("🔕 {what}")).and(words::moment(until, now)).then(".")
}

/// A held alert among others.
pub fn held_alert(line: &AlertLine<'_>) -> Message {
    Message { lines: vec![alert::among_several(line)], severity: Severity::Warning, ..Message::default() }
}

/// A word that stands for more of the same request.
pub fn with_more(mut message: Message, more: u64) -> Message {
    if let Some(line) = message.lines.first_mut().filter(|_| more > 0) {
        *line =
            std::mem::take(line).then(format!(" And {} more in the same request.", words::thousands(more)));
    }
    message
}

/// Several held words in one message, each with its record, the most important first: the first line of each, and a
/// list to open one.
pub fn held(words: &[(Message, &Record)]) -> Message {
    let mut message = Message::default().titled(format!("{} were held back for you", words.len()));
    message.severity =
        words.iter().map(|(word, _)| word.severity).max_by_key(|s| loudness(*s)).unwrap_or_default();
    message.lines = words.iter().take(SHOWN).filter_map(|(word, _)| word.lines.first().cloned()).collect();
    if words.len() > SHOWN {
        message.lines.push(Text::plain(format!(
            "and {} of less weight: your list shows all of them.",
            words.len() - SHOWN
        )));
    }
    let mut seen = BTreeSet::new();
    let options: Vec<_> = words
        .iter()
        .filter(|(_, record)| seen.insert(record.id))
        .take(SHOWN)
        .map(|(_, record)| Choice { value: record.id.to_string(), label: words::title(record), means: None })
        .collect();
    message.choices.push(Choices { action: Action::PickRecord, prompt: "Open one".to_owned(), options });
    message
}

fn loudness(severity: Severity) -> u8 {
    match severity {
        Severity::Bad => 3,
        Severity::Warning => 2,
        Severity::Info | Severity::Good => 1,
        Severity::Closed => 0,
    }
}
