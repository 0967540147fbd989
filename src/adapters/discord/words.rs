//! The few sentences that only an adapter has occasion for. Everything else is said by [`crate::chat::render`].

use crate::chat::message::{Emphasis, FILE_BYTES, FILES, Form, Message, Severity, Text};

use super::layout::form::opener;

/// A file that is too large to be fetched.
pub fn too_large(name: &str, limit: usize) -> Message {
    let limit = limit / 1024 / 1024;
    Message::line(format!("“{name}” is larger than {limit} MB. Split it and attach a smaller one."))
        .severity(Severity::Warning)
}

/// A file of ours that Discord would not take.
pub fn left_out(name: &str, bytes: usize) -> Text {
    let (size, limit) = (bytes.div_ceil(1024 * 1024), FILE_BYTES / 1024 / 1024);
    let why = if bytes > FILE_BYTES {
        format!("is {size} MB large, and Discord takes {limit} MB")
    } else {
        format!("is one too many: Discord takes {FILES} files, 24 MB together")
    };
    Text::plain(format!("“{name}” is not attached: it {why}. Ask for less at once."))
}

/// A file that Discord did not hand over.
pub fn not_fetched(name: &str) -> Message {
    Message::line(format!("“{name}” could not be fetched from Discord. Attach it again."))
        .severity(Severity::Warning)
}

/// Something of ours broke.
pub fn fault(code: &str) -> Message {
    Message::line(format!("Something went wrong here, and nothing was changed by it. Code: {code}."))
        .severity(Severity::Bad)
}

/// A form that cannot open by itself here.
pub fn form_is_ready(form: &Form) -> Message {
    match opener(&form.action) {
        Some(action) => Message::line(format!("One more step: {}.", form.title.trim())).button(
            action,
            "Continue",
            Emphasis::Primary,
        ),
        None => Message::line("That took longer than Discord waits. Press it once more."),
    }
}
