//! Notes for the CRM, as they are written there, and what people are told of them.

use super::words::{self, tidy};
use crate::chat::message::{Message, Severity, Text};

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

/// How many notes are not sent, and why; `None`: all are.
pub fn unsent(waiting: u64, refused: u64, why: Option<&str>) -> Option<Text> {
    let all = waiting + refused;
    if all == 0 {
        return None;
    }
    let are = if all == 1 { "is" } else { "are" };
    let why = why.map_or_else(
        || "an admin sets HUBSPOT_TOKEN, or HubSpot has not answered yet".to_owned(),
        |why| tidy(why, 200),
    );
    Some(Text::plain(format!("📮 {} for HubSpot {are} not sent: {why}", words::count(all, "note"))))
}
