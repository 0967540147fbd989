//! Notes for the CRM, as they are written there, and what people are told of them.

use super::view::NotesView;
use super::words::{self, tidy};
use crate::chat::action::Action;
use crate::chat::message::{Emphasis, Message, Severity, Text};
use crate::domain::ids::RecordId;

/// The longest note, as HubSpot takes it with room to spare.
const NOTE: usize = 8_000;

/// The word by which a note of ours is found again: no other has it.
pub fn marker(workspace: i64, event: i64) -> String {
    format!("bellwether{workspace}x{event}")
}

/// A note as it is written in the CRM: HTML, with the marker at its end.
pub fn body(title: Option<&str>, text: &str, corrects: Option<&str>, marker: &str) -> String {
    let mut html = String::new();
    if let Some(by) = corrects {
        html.push_str(&format!("<p><strong>Correction: {} took this back.</strong></p>", escaped(by)));
    }
    if let Some(title) = title {
        html.push_str(&format!("<p><strong>{}</strong></p>", escaped(title)));
    }
    let text: String = text.chars().take(NOTE).collect();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        html.push_str(&format!("<p>{}</p>", escaped(line)));
    }
    html.push_str(&format!("<p>{marker}</p>"));
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// To an admin: the CRM does not let us in.
pub fn locked_out(why: &str) -> Message {
    Message::line(format!(
        "HubSpot does not let me in, so notes wait: check HUBSPOT_TOKEN and that its app may read companies and write notes ({}).",
        tidy(why, 200)
    ))
    .severity(Severity::Bad)
}

/// How many notes are not there, and why; `None`: all are.
pub fn unsent(notes: &NotesView) -> Option<Text> {
    let because = |why: &Option<String>| why.as_ref().map(|why| format!(": {}", tidy(why, 200)));
    let mut parts = Vec::new();
    if notes.waiting > 0 {
        let many = notes.waiting > 1;
        let what = words::count(notes.waiting, "note");
        parts.push(if notes.has_crm {
            let waits = if many { "wait" } else { "waits" };
            format!("{what} for HubSpot {waits} to be sent{}", because(&notes.waits).unwrap_or_default())
        } else {
            let are = if many { "are" } else { "is" };
            format!("{what} for HubSpot {are} not sent: an admin sets HUBSPOT_TOKEN")
        });
    }
    if notes.refused > 0 {
        let were = if notes.refused > 1 { "were" } else { "was" };
        let what = words::count(notes.refused, "note");
        parts.push(format!(
            "{what} for HubSpot {were} refused{}",
            because(&notes.refuses).unwrap_or_default()
        ));
    }
    (!parts.is_empty()).then(|| Text::plain(format!("📮 {}", parts.join("; "))))
}

/// The same beside a card or a history. `again`: of which record refused ones can be sent again by whoever reads.
pub fn beside(mut message: Message, notes: &NotesView, again: Option<RecordId>) -> Message {
    message.lines.extend(unsent(notes));
    match again {
        Some(record) if notes.refused > 0 => {
            let label = if notes.refused > 1 { "Send the notes again" } else { "Send the note again" };
            message.button(Action::SendNotes { record: Some(record) }, label, Emphasis::Plain)
        }
        Some(_) | None => message,
    }
}

/// So many refused notes are to go again.
pub fn sent_again(again: u64, has_crm: bool) -> Message {
    let goes = if again == 1 { "goes" } else { "go" };
    match again {
        0 => Message::line("No note is refused any more: nothing to send again."),
        _ if has_crm => Message::line(format!("{} {goes} to HubSpot again.", words::count(again, "note")))
            .severity(Severity::Good),
        _ => Message::line(format!(
            "{} {goes} to HubSpot again once an admin has set HUBSPOT_TOKEN.",
            words::count(again, "note")
        ))
        .severity(Severity::Good),
    }
}
