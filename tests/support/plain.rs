//! Messages as a scenario reads them: plain lines.

use bellwether::chat::message::{Choice, Form, Message, Reply, Severity, Span, Text, When};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// Who is called what, and when it is.
pub struct Names<'a> {
    /// The name of a person.
    pub person: &'a dyn Fn(i64) -> String,
    /// The name of a channel.
    pub channel: &'a dyn Fn(i64) -> String,
    /// The zone in which times are written.
    pub zone: Tz,
    /// The present.
    pub now: DateTime<Utc>,
}

/// A text on one line.
pub fn text(text: &Text, names: &Names<'_>) -> String {
    text.0.iter().map(|span| self::span(span, names)).collect()
}

fn span(span: &Span, names: &Names<'_>) -> String {
    match span {
        Span::Plain(text) | Span::Strong(text) | Span::Soft(text) | Span::Code(text) | Span::Block(text) => {
            text.clone()
        }
        Span::Person(id) => format!("@{}", (names.person)(id.0)),
        Span::Channel(id) => format!("#{}", (names.channel)(id.0)),
        Span::Role(id) => format!("@role {id}"),
        Span::Instant(at, when) => instant(*at, *when, names),
        Span::Link { label, .. } => label.clone(),
    }
}

fn instant(at: DateTime<Utc>, when: When, names: &Names<'_>) -> String {
    let local = at.with_timezone(&names.zone);
    match when {
        When::Relative => {
            let minutes = (at - names.now).num_minutes();
            let (size, unit) = match minutes.abs() {
                m @ 0..=119 => (m, "min"),
                m @ 120..=2879 => (m / 60, "h"),
                m => (m / 1440, "d"),
            };
            if minutes < 0 { format!("{size} {unit} ago") } else { format!("in {size} {unit}") }
        }
        When::DateTime => local.format("%a %-d %b %H:%M").to_string(),
        When::Date => local.format("%a %-d %b").to_string(),
        When::Time => local.format("%H:%M").to_string(),
    }
}

/// A message: title, lines, facts, footer, buttons, pick lists, then each file, as `file "refused.csv"` and its
/// lines.
pub fn message(message: &Message, names: &Names<'_>) -> String {
    let mut lines = Vec::new();
    lines.extend(message.title.as_ref().map(|t| text(t, names)));
    lines.extend(message.lines.iter().map(|t| text(t, names)));
    lines.extend(message.facts.iter().map(|f| format!("{}: {}", f.label, text(&f.value, names))));
    lines.extend(message.footer.clone());
    if !message.buttons.is_empty() {
        lines.push(message.buttons.iter().map(|b| format!("[{}]", b.label)).collect::<Vec<_>>().join(" "));
    }
    for choices in &message.choices {
        lines.push(format!("({}: {})", choices.prompt, labels(&choices.options)));
    }
    for file in &message.files {
        lines.push(format!("file \"{}\"", file.name));
        lines.extend(String::from_utf8_lossy(&file.bytes).lines().map(str::to_owned));
    }
    if !message.mentions.is_empty() {
        let pinged: Vec<_> = message.mentions.iter().map(|p| format!("@{}", (names.person)(p.0))).collect();
        lines.push(format!("pings {}", pinged.join(" ")));
    }
    lines.join("\n")
}

/// What can be picked.
pub fn labels(options: &[Choice]) -> String {
    options.iter().map(|o| o.label.clone()).collect::<Vec<_>>().join(", ")
}

/// A form: its title, then each input with what stands in it.
pub fn form(form: &Form) -> String {
    let mut lines = vec![format!("form {}", form.title)];
    for input in &form.inputs {
        let value = input.value.as_ref().map(|v| format!(" = {v}")).unwrap_or_default();
        lines.push(format!("{}{}{value}", input.label, if input.required { " *" } else { "" }));
    }
    lines.join("\n")
}

/// What the person who asked sees.
pub fn reply(reply: &Reply, names: &Names<'_>) -> String {
    match reply {
        Reply::Private(m) | Reply::Public(m) | Reply::Update(m) => message(m, names),
        Reply::Form(f) => form(f),
    }
}

/// Whether a reply says that something is not as it should be.
pub fn is_refusal(reply: &Reply) -> bool {
    match reply {
        Reply::Private(m) | Reply::Public(m) | Reply::Update(m) => match m.severity {
            Severity::Warning | Severity::Bad => true,
            Severity::Info | Severity::Good | Severity::Closed => false,
        },
        Reply::Form(_) => false,
    }
}
