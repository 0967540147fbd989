//! The daily digest: a short root message, and details for its thread.

use super::approval::nobody;
use super::view::{DigestItem, DigestRequest, DigestShare, DigestSystem, DigestView};
use super::words::{self, tidy};
use crate::chat::message::{Message, Severity, Span, Text, When};
use crate::domain::playbook::{Bound, ShareOf};

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
            .then(".");
        return (Message::line(stand(view).into_iter().fold(text, sentence)), Vec::new());
    }
    let mut root = Message::default().titled(title);
    root.lines.extend(undecidable(view));
    for (heading, lines) in stand(view) {
        root.lines.extend(heading);
        root.lines.extend(lines);
    }
    root.lines.push(since(view));
    root.lines.extend(troubles(view));
    root.lines.extend(view.shares.iter().map(share));
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
        view.waiting.is_empty() && view.stale.is_empty() && view.flagged.is_empty() && view.shares.is_empty(),
    ) {
        (false, _) => Severity::Bad,
        (true, false) => Severity::Warning,
        (true, true) => Severity::Info,
    };
    (root, details(view))
}

fn nothing(view: &DigestView) -> bool {
    let empty = |system: &DigestSystem| system.statuses.iter().all(|(_, _, n)| *n == 0);
    view.systems.iter().all(empty)
        && view.created == 0
        && moved(view) == 0
        && view.breaches.is_empty()
        && view.stale.is_empty()
        && view.flagged.is_empty()
        && view.shares.is_empty()
        && view.waiting.is_empty()
        && view.parked_messages == 0
}

/// Nothing happened, and nothing is wrong: how things stand is one line.
fn quiet(view: &DigestView) -> bool {
    let idle = view.reps.iter().all(|rep| rep.moves == 0 && rep.activities == 0);
    let well = view.breaches.is_empty()
        && view.stale.is_empty()
        && view.flagged.is_empty()
        && view.shares.is_empty()
        && view.waiting.is_empty();
    view.created == 0 && moved(view) == 0 && view.parked_messages == 0 && idle && well
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

/// How many moves there were.
fn moved(view: &DigestView) -> u64 {
    view.systems.iter().flat_map(|system| &system.moves).map(|(_, _, n)| n).sum()
}

/// How things stand in each system: its heading, where there are several, and its counts.
fn stand(view: &DigestView) -> Vec<(Option<Text>, Vec<Text>)> {
    let systems: Vec<_> = view.systems.iter().filter(|s| s.statuses.iter().any(|(_, _, n)| *n > 0)).collect();
    match systems.as_slice() {
        [] => vec![(None, vec![Text::strong("Status ").then("none")])],
        [one] => vec![(None, lines(one))],
        [_, ..] => systems.iter().map(|system| (Some(heading(system)), lines(system))).collect(),
    }
}

fn heading(system: &DigestSystem) -> Text {
    Text::strong(tidy(&system.title, 80))
}

/// The same in running text.
fn sentence(text: Text, (heading, lines): (Option<Text>, Vec<Text>)) -> Text {
    let mut text = match heading {
        Some(heading) => text.then(" ").append(heading).then(":"),
        None => text,
    };
    for (nth, line) in lines.into_iter().enumerate() {
        text = text.then(if nth == 0 { " " } else { "; " }).append(line);
    }
    text.then(".")
}

/// The broad measure, where a playbook has one (B3), and the counts.
fn lines(system: &DigestSystem) -> Vec<Text> {
    let phases: Vec<_> = system.phases.iter().map(|(label, n)| format!("{label} {n}")).collect();
    let phases = (!phases.is_empty()).then(|| Text::strong("Phase ").then(phases.join(" · ")));
    let statuses = system.statuses.iter().filter(|(_, _, n)| *n > 0);
    let statuses: Vec<_> = statuses.map(|(emoji, label, n)| format!("{emoji} {label} {n}")).collect();
    phases.into_iter().chain([Text::strong("Status ").then(statuses.join(" · "))]).collect()
}

fn since(view: &DigestView) -> Text {
    let moved = moved(view);
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

/// `🚩 Qualified: too few convert. 2 of 24 leads (8 %) went to Converted in 90 days, the limit is 20 %: check the bar.`
fn share(share: &DigestShare) -> Text {
    let per_cent = (share.part * 100 + share.whole / 2) / share.whole.max(1);
    let of = match share.of {
        ShareOf::Entered => format!("{} that came here and are decided", share.plural),
        ShareOf::Left => format!("{} that left it", share.plural),
        ShareOf::Decided => format!("{} that were decided", share.plural),
    };
    let limit = match share.bound {
        Bound::Under(per_cent) => format!("below {per_cent} %"),
        Bound::Over(per_cent) => format!("above {per_cent} %"),
    };
    let what_to_do =
        if share.what_to_do.is_empty() { String::new() } else { format!(": {}", share.what_to_do) };
    Text::plain("🚩 ").and(Span::Strong(tidy(&share.status, 60))).then(format!(
        ": {}. {} of {} {of} ({per_cent} %) went to {} in {} days, flagged {limit}{what_to_do}.",
        share.says,
        share.part,
        share.whole,
        words::join(&share.to, "or"),
        share.days,
    ))
}

fn details(view: &DigestView) -> Vec<Message> {
    let mut details = Vec::new();
    let mut numbers = Message::default().titled("Stages and moves");
    let parts = view.systems.iter().map(|system| (system, numbers_of(system)));
    for (system, lines) in parts.filter(|(_, lines)| !lines.is_empty()) {
        numbers.lines.extend((view.systems.len() > 1).then(|| heading(system)));
        numbers.lines.extend(lines);
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

/// A system's stages, moves and finer counts.
fn numbers_of(system: &DigestSystem) -> Vec<Text> {
    let mut lines = Vec::new();
    let stages: Vec<_> = system.stages.iter().map(|(label, n)| format!("{label} {n}")).collect();
    if !stages.is_empty() {
        lines.push(Text::strong("Stage ").then(stages.join(" · ")));
    }
    let moves = system.moves.iter().take(SHOWN);
    lines.extend(moves.map(|(from, to, n)| Text::plain(format!("{from} → {to}: {n}"))));
    let mut subs: Vec<(&str, Vec<String>)> = Vec::new();
    for (status, sub, n) in &system.sub_statuses {
        match subs.last_mut().filter(|(last, _)| last == status) {
            Some((_, all)) => all.push(format!("{sub} {n}")),
            None => subs.push((status, vec![format!("{sub} {n}")])),
        }
    }
    lines.extend(
        subs.into_iter().map(|(status, all)| Text::strong(format!("{status} ")).then(all.join(" · "))),
    );
    lines
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
