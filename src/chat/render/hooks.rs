//! Webhooks in words: `/setup hooks`, what is kept, and why.

use chrono::{DateTime, Utc};

use super::words::{self, tidy};
use crate::chat::action::Action;
use crate::chat::message::{Emphasis, Form, Input, Message, Severity, Span, Text};
use crate::domain::hooks::Key;
use crate::domain::ids::{KeptId, RecordRef};
use crate::domain::outside::{Came, Outside, Whose};
use crate::domain::workspace::Workspace;

/// What `/setup hooks` shows.
pub struct HooksView<'a> {
    /// What is set.
    pub workspace: &'a Workspace,
    /// How many events are kept.
    pub waiting: u64,
    /// The oldest of them.
    pub kept: Vec<KeptView<'a>>,
}

/// A kept event.
pub struct KeptView<'a> {
    /// Ours.
    pub id: KeptId,
    /// It.
    pub event: &'a Outside,
    /// Why it is kept.
    pub why: &'a str,
    /// When it came.
    pub at: DateTime<Utc>,
}

/// How things stand.
pub fn shown(view: &HooksView<'_>) -> Message {
    let mut message = Message::default().titled("Webhooks").fact("Coming in", coming_in(view.workspace));
    message = from_hubspot(message, view.workspace);
    message = going_out(message, view.workspace);
    if view.waiting == 0 {
        return message.long_fact("Kept", "Nothing: every event found its record.");
    }
    let heading = match view.waiting - view.kept.len() as u64 {
        0 => format!("{} kept", words::count(view.waiting, "event")),
        _ => format!("{} kept, the oldest", words::count(view.waiting, "event")),
    };
    let mut text = Text::default();
    for (number, kept) in (1..).zip(&view.kept) {
        if number > 1 {
            text = text.then("\n");
        }
        text = text.append(line(number, kept));
    }
    message = message.long_fact(heading, text);
    for (number, kept) in (1..).zip(&view.kept) {
        message = message
            .button(Action::KeptAssign { kept: kept.id }, format!("Assign {number}"), Emphasis::Plain)
            .button(Action::KeptDismiss { kept: kept.id }, format!("Dismiss {number}"), Emphasis::Plain);
    }
    message.severity(Severity::Warning)
}

fn line(number: u32, kept: &KeptView<'_>) -> Text {
    let whose = whose(&kept.event.whose);
    Text::strong(format!("{number}. {}", tidy(kept.event.what.name(), 40)))
        .then(if whose.is_empty() { " ".to_owned() } else { format!(" of {whose} ") })
        .and(words::relative(kept.event.at.unwrap_or(kept.at)))
        .then(format!(": {}", tidy(kept.why, 200)))
}

/// As far as the sender told.
fn whose(whose: &Whose) -> String {
    let told = [&whose.record, &whose.external_id, &whose.email, &whose.phone];
    told.into_iter().flatten().map(|text| tidy(text, 60)).collect::<Vec<_>>().join(", ")
}

fn coming_in(workspace: &Workspace) -> Text {
    let path = format!("/hooks/{}", workspace.id);
    match &workspace.hooks.secret {
        Some(_) => Text::plain("signed events at ").and(Span::Code(path)),
        None => Text::plain("nothing, until there is a secret: ")
            .and(Span::Code("/setup hooks secret:new".to_owned())),
    }
}

fn going_out(message: Message, workspace: &Workspace) -> Message {
    let text = match (&workspace.hooks.url, &workspace.hooks.secret) {
        (Some(url), Some(_)) => {
            let text = Text::plain("changes of status, signed, to ").and(Span::Code(tidy(url, 200)));
            if workspace.hooks.messages {
                text.then("; messages that are prepared, too, with the customer's name and addresses")
            } else {
                text
            }
        }
        (Some(_), None) => Text::plain("nothing, until there is a secret again"),
        (None, _) => Text::plain("nothing"),
    };
    message.fact("Going out", text)
}

/// Something was set; a new secret is told here, and nowhere else.
pub fn saved(workspace: &Workspace, secret: Option<&Key>) -> Message {
    let mut message = Message::line("The webhooks are changed.").severity(Severity::Good);
    if let Some(secret) = secret {
        message = message
            .long_fact("Secret", Text(vec![Span::Code(secret.expose().to_owned())]))
            .long_fact(
                "Keep it now",
                "It is shown this once. Whoever has it can report events; what is signed with an earlier one is refused from now on.",
            );
    }
    let message = from_hubspot(message.fact("Coming in", coming_in(workspace)), workspace);
    going_out(message, workspace)
}

/// Where HubSpot's events come in, once its secret is known.
fn from_hubspot(message: Message, workspace: &Workspace) -> Message {
    match workspace.hooks.hubspot {
        Some(_) => message.fact("From HubSpot", format!("events at /hooks/{}/hubspot", workspace.id)),
        None => message,
    }
}

/// The form that asks whose it is.
pub fn assign_form(kept: KeptId, event: &Outside) -> Form {
    Form {
        action: Action::KeptForm { kept },
        title: format!("Whose is {}?", tidy(event.what.name(), 30)),
        inputs: vec![Input {
            id: "record".to_owned(),
            label: "The record's id".to_owned(),
            value: None,
            placeholder: Some("L-12".to_owned()),
            long: false,
            required: true,
        }],
    }
}

/// It is done.
pub fn assigned(came: &Came) -> Message {
    let text = match came {
        Came::Done { record, .. } | Came::Created { record, .. } => {
            Text::plain("Assigned: ").and(Span::Strong(record.clone())).then(" has it now.")
        }
        Came::Kept { why } => Text::plain(tidy(why, 300)),
        Came::Ignored | Came::Repeated => Text::plain("It is settled already."),
    };
    Message::line(text).severity(Severity::Good)
}

/// It is nobody's.
pub fn dismissed() -> Message {
    Message::line("Dismissed: it is nobody's, and nothing changed.").severity(Severity::Good)
}

/// Somebody else was first.
pub fn settled_already() -> Message {
    Message::line("It is settled already.").severity(Severity::Warning)
}

// Sentences.

/// Messages are to go out, and nobody has said where to.
pub fn address_first() -> String {
    "Say where to first: /setup hooks url:https://….".to_owned()
}

/// Nobody is meant, or nobody who is here.
pub fn nobody(whose: &Whose) -> String {
    if whose.is_empty() {
        "It names no record: send record, external_id, email or phone.".to_owned()
    } else {
        format!("No record is known by {}.", self::whose(whose))
    }
}

/// More than one is meant.
pub fn several(handles: &[RecordRef]) -> String {
    let names: Vec<_> = handles.iter().take(10).map(ToString::to_string).collect();
    format!("It may be {}: send record, or noun.", names.join(", "))
}

/// The rules of a record are not there, or none are on for it.
pub fn no_rules() -> String {
    "No playbook that is on has such records.".to_owned()
}

/// What cannot be read as a field.
pub fn unread(rest: &[String]) -> String {
    let named: Vec<_> = rest.iter().take(5).map(|text| tidy(text, 60)).collect();
    format!("These are no fields of the record, or cannot be read: {}.", named.join("; "))
}

/// A kind of event that means nothing.
pub fn unknown(name: &str) -> String {
    format!("{} means nothing here.", tidy(name, 60))
}

/// What was typed is no id.
pub fn no_handle(typed: &str) -> String {
    format!("\"{}\" is no record's id: type one such as L-12.", tidy(typed, 40))
}

/// There is no such record.
pub fn unknown_record(handle: RecordRef) -> String {
    format!("There is no {handle}: look for the record with its list command.")
}

/// HubSpot's secret cannot be that.
pub fn no_client_secret() -> String {
    "This is no client secret: copy it from the app's page at HubSpot, under Auth.".to_owned()
}

/// Nothing goes out unsigned.
pub fn secret_first() -> String {
    "Make a secret first, with /setup hooks secret:new: what goes out is signed with it.".to_owned()
}

/// The address cannot be sent to.
pub fn no_target(typed: &str) -> String {
    format!(
        "\"{}\" is no address to send to: type one such as https://crm.example.com/bellwether.",
        tidy(typed, 80)
    )
}
