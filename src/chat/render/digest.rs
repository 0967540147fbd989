//! The daily digest: a short root message, and details for its thread.

use super::approval::nobody;
use super::view::{DigestItem, DigestRequest, DigestView};
use super::words::{self, tidy};
use crate::chat::message::{Message, Severity, Span, Text, When};

/// How many records a list of the details shows.
const SHOWN: usize = 15;

/// The root message and the messages of its thread. Nothing to report: one line and no thread.
pub fn digest(view: &DigestView) -> (Message, Vec<Message>) {
    let title = format!("{} · {}", tidy(&view.team, 80), view.date.format("%a %-d %b %Y"));
    if nothing(view) {
        return (Message::line(format!("{title}: nothing to report.")), Vec::new());
    }
    if let Some(since) = view.since.filter(|_| quiet(view)) {
        let text = Text::plain(format!("{title}: nothing new since "))
            .and(Span::Instant(since, When::DateTime))
            .then(". ");
        return (Message::line(text.append(counts(view))), Vec::new());
    }
    let mut root = Message::default().titled(title);
    root.lines.extend(undecidable(view));
    root.lines.extend(phases(view));
    root.lines.push(counts(view));
    root.lines.push(since(view));
    root.lines.extend(troubles(view));
    if view.parked_messages > 0 {
        let messages = words::count(view.parked_messages, "message");
        root.lines.push(
            Text::plain(format!("📪 {messages} could not be delivered: see "))
                .and(Span::Code("/setup show".to_owned()))
                .then("."),
        );
    }
    root.severity = match (
        view.breaches.is_empty(),
        view.waiting.is_empty() && view.stale.is_empty() && view.flagged.is_empty(),
    ) {
        (false, _) => Severity::Bad,
        (true, false) => Severity::Warning,
        (true, true) => Severity::Info,
    };
    (root, details(view))
}

fn nothing(view: &DigestView) -> bool {
    view.statuses.iter().all(|(_, _, n)| *n == 0)
        && view.created == 0
        && view.moves.is_empty()
        && view.breaches.is_empty()
        && view.stale.is_empty()
        && view.flagged.is_empty()
        && view.waiting.is_empty()
        && view.parked_messages == 0
}

/// Nothing happened, and nothing is wrong: how things stand is one line.
fn quiet(view: &DigestView) -> bool {
    let idle = view.reps.iter().all(|rep| rep.moves == 0 && rep.activities == 0);
    let well = view.breaches.is_empty()
        && view.stale.is_empty()
        && view.flagged.is_empty()
        && view.waiting.is_empty();
    view.created == 0 && view.moves.is_empty() && view.parked_messages == 0 && idle && well
}

/// Requests that nobody may decide come first (ruling 11).
fn undecidable(view: &DigestView) -> Vec<Text> {
    let stuck: Vec<_> = view.waiting.iter().filter(|r| r.deciders.is_empty()).collect();
    if stuck.is_empty() {
        return Vec::new();
    }
    let named: Vec<_> = stuck.iter().take(5).map(|r| format!("{} → {}", r.handle, r.to)).collect();
    vec![Text::strong(words::join(&named, "and")), nobody()]
}

/// The broad measure, where a playbook has one (B3).
fn phases(view: &DigestView) -> Option<Text> {
    let phases: Vec<_> = view.phases.iter().map(|(label, n)| format!("{label} {n}")).collect();
    (!phases.is_empty()).then(|| Text::strong("Phase ").then(phases.join(" · ")))
}

fn counts(view: &DigestView) -> Text {
    let by = |parts: Vec<String>| if parts.is_empty() { "none".to_owned() } else { parts.join(" · ") };
    let statuses = view
        .statuses
        .iter()
        .filter(|(_, _, n)| *n > 0)
        .map(|(emoji, label, n)| format!("{emoji} {label} {n}"));
    Text::strong("Status ").then(by(statuses.collect()))
}

fn since(view: &DigestView) -> Text {
    let moved: u64 = view.moves.iter().map(|(_, _, n)| n).sum();
    let text = match view.since {
        Some(at) => Text::plain("Since ").and(Span::Instant(at, When::DateTime)).then(": "),
        None => Text::plain("So far: "),
    };
    text.then(format!("{} new, {}, {}", view.created, words::count(moved, "move"), breached(view)))
}

fn breached(view: &DigestView) -> String {
    match view.breaches.len() {
        0 => "no breach".to_owned(),
        1 => "1 breach".to_owned(),
        n => format!("{n} breaches"),
    }
}

fn troubles(view: &DigestView) -> Option<Text> {
    let mut parts = Vec::new();
    if !view.stale.is_empty() {
        parts.push(format!("🕸️ {} stale", view.stale.len()));
    }
    if !view.flagged.is_empty() {
        parts.push(format!("🚩 {}", words::count(view.flagged.len() as u64, "red flag")));
    }
    if !view.waiting.is_empty() {
        parts.push(format!("✋ {} waiting for approval", view.waiting.len()));
    }
    (!parts.is_empty()).then(|| Text::plain(parts.join(" · ")))
}

fn details(view: &DigestView) -> Vec<Message> {
    let mut details = Vec::new();
    let stages: Vec<_> = view.stages.iter().map(|(label, n)| format!("{label} {n}")).collect();
    let mut numbers = Message::default().titled("Stages and moves");
    if !stages.is_empty() {
        numbers.lines.push(Text::strong("Stage ").then(stages.join(" · ")));
    }
    numbers.lines.extend(
        view.moves.iter().take(SHOWN).map(|(from, to, n)| Text::plain(format!("{from} → {to}: {n}"))),
    );
    let mut subs: Vec<(&str, Vec<String>)> = Vec::new();
    for (status, sub, n) in &view.sub_statuses {
        match subs.last_mut().filter(|(last, _)| last == status) {
            Some((_, all)) => all.push(format!("{sub} {n}")),
            None => subs.push((status, vec![format!("{sub} {n}")])),
        }
    }
    for (status, all) in subs {
        numbers.lines.push(Text::strong(format!("{status} ")).then(all.join(" · ")));
    }
    if !numbers.lines.is_empty() {
        details.push(numbers);
    }
    details.extend(items("⏰ Breached", &view.breaches, Severity::Bad));
    details.extend(items("🕸️ Stale", &view.stale, Severity::Warning));
    details.extend(items("🚩 Red flags", &view.flagged, Severity::Warning));
    if !view.waiting.is_empty() {
        let mut message = Message::default().titled("✋ Waiting for approval").severity(Severity::Warning);
        message.lines.extend(view.waiting.iter().take(SHOWN).map(request));
        message.footer = more(view.waiting.len());
        details.push(message);
    }
    if !view.reps.is_empty() {
        let mut message = Message::default().titled("Rep by rep");
        message.lines.extend(view.reps.iter().take(25).map(|rep| {
            let late = if rep.breaches == 0 { String::new() } else { format!(" · ⏰ {}", rep.breaches) };
            let held = if rep.held == 0 { String::new() } else { format!(" · 🔕 {} held back", rep.held) };
            Text(vec![Span::Person(rep.person)]).then(format!(
                ": {} open · {} · {} logged{late}{held}",
                rep.open,
                words::count(rep.moves, "move"),
                rep.activities
            ))
        }));
        details.push(message);
    }
    details
}

fn items(title: &str, items: &[DigestItem], severity: Severity) -> Option<Message> {
    if items.is_empty() {
        return None;
    }
    let mut message = Message::default().titled(title).severity(severity);
    message.lines.extend(items.iter().take(SHOWN).map(|item| {
        let text = named(item.handle, &item.name).then(format!(" · {} · ", item.what));
        let text = match item.over_at {
            None => text.then("since ").and(words::relative(item.since)),
            Some(at) => text.then("done late, ").and(words::relative(at)),
        };
        text.then(" · ").append(words::person_or(item.owner, "no owner"))
    }));
    message.footer = more(items.len());
    Some(message)
}

fn request(request: &DigestRequest) -> Text {
    let text = named(request.handle, &request.name)
        .then(format!(" → {} · asked for by ", request.to))
        .append(words::person_or(request.requested_by, "the playbook"))
        .then(" ")
        .and(words::relative(request.since))
        .then(" · ");
    if request.deciders.is_empty() {
        text.then("⚠️ nobody may decide it")
    } else {
        text.then("for ").append(words::people(&request.deciders))
    }
}

fn named(handle: crate::domain::ids::RecordRef, name: &str) -> Text {
    Text::strong(format!("{handle} · {}", tidy(name, words::NAME)))
}

fn more(all: usize) -> Option<String> {
    (all > SHOWN).then(|| format!("and {} more", all - SHOWN))
}
