//! Playbooks: which there are, what one says, what is wrong with a file, what an upload leads to.

use chrono::{DateTime, Utc};

use super::problem::unreadable;
use super::words::{self, tidy};
use crate::chat::message::{Message, Severity, Span, Text, When};

/// One playbook of a workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlaybookView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: String,
    /// What the data is used for (D69).
    pub why: String,
    /// `lead`.
    pub noun: String,
    /// `leads`.
    pub plural: String,
    /// The newest version.
    pub version: u32,
    /// New records can be made under it.
    pub active: bool,
    /// The workspace brought it.
    pub own: bool,
    /// The day from which its rules are agreed to hold.
    pub effective: Option<String>,
}

/// The rules of a playbook in words, by topic; empty ones are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RulesView {
    /// Where each status leads.
    pub moves: Vec<String>,
    /// What runs in time.
    pub clocks: Vec<String>,
    /// What happens when something is logged.
    pub rules: Vec<String>,
    /// What waits for a manager.
    pub gates: Vec<String>,
    /// Version and number of the records under it.
    pub standing: Vec<(u32, u64)>,
    /// The guide as a document.
    pub markdown: String,
}

/// What is wrong with a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckView {
    /// Its name.
    pub file: String,
    /// Each with its place and what was probably meant.
    pub errors: Vec<String>,
    /// The same, of what can stay.
    pub warnings: Vec<String>,
}

/// What an upload led to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UploadView {
    /// The playbook as it is now.
    pub playbook: PlaybookView,
    /// The version that it replaces; `None`: it is new here.
    pub replaces: Option<u32>,
    /// Labels of statuses that are new.
    pub added: Vec<String>,
    /// Labels of statuses that are gone, with the label of the successor.
    pub gone: Vec<(String, String)>,
    /// So many records move to it.
    pub moving: u64,
    /// What the version makes due at once; `None`: nothing.
    pub ramped: Option<Ramped>,
    /// The playbook that has its noun or its letter: it stays off until it takes over.
    pub held_by: Option<String>,
    /// Warnings, each with its place.
    pub warnings: Vec<String>,
}

/// Records that a version gives something to say at once (X2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ramped {
    /// So many that they are not counted while somebody waits.
    Many,
    /// How many, and when the last of them has its turn.
    Counted(usize, DateTime<Utc>),
}

/// So many lines are shown; all of them are in the file beside.
const SHOWN: usize = 10;
/// So many characters of them.
const SHOWN_CHARACTERS: usize = 2_600;

/// `/playbook list`.
pub fn list(playbooks: &[PlaybookView]) -> Message {
    let mut message = Message::default().titled("Playbooks");
    for playbook in playbooks {
        let state = if playbook.active { "on" } else { "off" };
        let mut text = Text::plain(tidy(&playbook.why, 200));
        text = if playbook.why.is_empty() { text } else { text.then("\n") };
        text = text
            .and(Span::Code(playbook.id.clone()))
            .then(format!(" · version {} · {} · ", playbook.version, origin(playbook)))
            .and(Span::Code(format!("/{}", playbook.noun)));
        message = message.long_fact(format!("{} ({state})", tidy(&playbook.title, 80)), text);
    }
    message.lines.push(
        Text::plain("What one says: ")
            .and(Span::Code("/playbook show".to_owned()))
            .then(", its statuses: ")
            .and(Span::Code("/playbook guide".to_owned())),
    );
    message
}

fn origin(playbook: &PlaybookView) -> &'static str {
    if playbook.own { "uploaded here" } else { "comes with the bot" }
}

/// `/playbook use` without a name.
pub fn used(playbooks: &[PlaybookView]) -> Message {
    let mut message = Message::default().titled("Which rules each command goes by");
    for playbook in playbooks.iter().filter(|p| p.active) {
        message.lines.push(
            Text::default()
                .and(Span::Code(format!("/{}", playbook.noun)))
                .then(": ")
                .and(Span::Strong(tidy(&playbook.title, 80)))
                .then(format!(", version {}", playbook.version)),
        );
    }
    for playbook in playbooks.iter().filter(|p| !p.active) {
        message.lines.push(
            Text::plain(format!("Off: {} · ", tidy(&playbook.title, 80)))
                .and(Span::Code(format!("/playbook use playbook:{}", playbook.id)))
                .then(" puts it in place"),
        );
    }
    message
}

/// `/playbook show`.
pub fn show(playbook: &PlaybookView, rules: RulesView) -> Message {
    let state = if playbook.active { "on" } else { "off" };
    let mut message =
        Message::default().titled(format!("{}, version {}", tidy(&playbook.title, 120), playbook.version));
    if !playbook.why.is_empty() {
        message.lines.push(Text(vec![Span::Soft(tidy(&playbook.why, 300))]));
    }
    message.lines.push(
        Text::plain(format!("It is {state}, {}, for ", origin(playbook)))
            .and(Span::Code(format!("/{}", playbook.noun)))
            .then("."),
    );
    if let Some(day) = &playbook.effective {
        message.lines.push(Text::plain(format!("Agreed to hold from {day}.")));
    }
    let parts = [
        ("Where a status leads", &rules.moves),
        ("Deadlines", &rules.clocks),
        ("By itself", &rules.rules),
        ("Needs an approval", &rules.gates),
    ];
    for (label, lines) in parts.into_iter().filter(|(_, lines)| !lines.is_empty()) {
        message = message.long_fact(label, tidy_lines(lines, 1_000));
    }
    if !rules.standing.is_empty() {
        let count = |(version, count): &(u32, u64)| format!("{count} under version {version}");
        let counts: Vec<_> = rules.standing.iter().map(count).collect();
        message = message.long_fact(words::sentence_start(&playbook.plural), words::join(&counts, "and"));
    }
    message.footer = Some("The file has all of it, status by status.".to_owned());
    message.file(format!("{}.md", playbook.id), rules.markdown)
}

/// As many whole lines as fit.
fn tidy_lines(lines: &[String], most: usize) -> String {
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        let line = tidy(line, 240);
        if text.chars().count() + line.chars().count() + 24 > most {
            text.push_str(&format!("… and {} more", lines.len() - at));
            break;
        }
        text.push_str(&line);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text
}

/// What is wrong with a file; nothing was changed.
pub fn checked(view: &CheckView) -> Message {
    let file = tidy(&view.file, 80);
    let warnings = words::count(view.warnings.len() as u64, "warning");
    let (title, severity) = match (view.errors.len(), view.warnings.len()) {
        (0, 0) => (format!("{file} is in order"), Severity::Good),
        (0, _) => (format!("{file} can be used, with {warnings}"), Severity::Warning),
        (errors, 0) => (format!("{file} cannot be used: {}", problems(errors)), Severity::Bad),
        (errors, _) => (format!("{file} cannot be used: {}, {warnings}", problems(errors)), Severity::Bad),
    };
    let message =
        with_problems(Message::default().titled(title).severity(severity), &view.errors, &view.warnings);
    if view.errors.is_empty() { tried_next(message) } else { nothing_changed(message) }
}

/// What to do with a file that can be used.
fn tried_next(mut message: Message) -> Message {
    message.lines.push(
        Text::plain("Nothing was changed. Try it on your history: ")
            .and(Span::Code("/playbook simulate".to_owned()))
            .then("; put it in place (admins): ")
            .and(Span::Code("/setup playbook".to_owned()))
            .then("."),
    );
    message
}

/// A file was refused; what was in use goes on.
pub fn refused(view: &CheckView, in_use: Option<u32>) -> Message {
    let mut message = checked(view);
    if let Some(version) = in_use {
        message.lines.pop();
        message.lines.push(Text::plain(format!("Nothing was changed: version {version} goes on.")));
    }
    message
}

fn problems(count: usize) -> String {
    words::count(count as u64, "problem")
}

fn nothing_changed(mut message: Message) -> Message {
    message.lines.push(Text::plain("Nothing was changed."));
    message
}

/// The problems, errors first; beyond what a message holds, all of them in a file.
fn with_problems(mut message: Message, errors: &[String], warnings: &[String]) -> Message {
    let all: Vec<&String> = errors.iter().chain(warnings).collect();
    let mut room = SHOWN_CHARACTERS;
    let mut shown = 0;
    for problem in all.iter().take(SHOWN) {
        let line = tidy(problem, 500);
        let Some(left) = room.checked_sub(line.chars().count()) else { break };
        room = left;
        shown += 1;
        message.lines.push(Text::plain(line));
    }
    if shown < all.len() {
        message.lines.push(Text::plain(format!("{} more are in the file.", all.len() - shown)));
        let text: Vec<&str> = all.iter().map(|problem| problem.as_str()).collect();
        message = message.file("problems.txt", format!("{}\n", text.join("\n")));
    }
    message
}

/// A file was taken.
pub fn uploaded(view: &UploadView) -> Message {
    let PlaybookView { id, title, version, noun, plural, .. } = &view.playbook;
    let title = tidy(title, 80);
    let text = Text::strong(title.clone());
    let text = match (view.replaces, &view.held_by) {
        (Some(before), _) => text.then(format!(" is at version {version} now; it was {before}.")),
        (None, None) => {
            text.then(format!(" is on, version {version}: ")).and(Span::Code(format!("/{noun} new")))
        }
        (None, Some(_)) => text.then(format!(" is kept, version {version}, but off.")),
    };
    let mut message = Message::line(text).severity(Severity::Good);
    if let Some(other) = &view.held_by {
        message.severity = Severity::Warning;
        message.lines.push(
            Text::plain(format!(
                "{} has its noun or its letter. To put this one in its place: ",
                tidy(other, 80)
            ))
            .and(Span::Code(format!("/playbook use playbook:{id}"))),
        );
    }
    if !view.added.is_empty() {
        message.lines.push(Text::plain(format!("New: {}.", tidy(&words::join(&view.added, "and"), 300))));
    }
    if !view.gone.is_empty() {
        let gone: Vec<_> = view.gone.iter().map(|(old, new)| format!("{old} (now {new})")).collect();
        message.lines.push(Text::plain(format!("Gone: {}.", tidy(&words::join(&gone, "and"), 300))));
    }
    message.lines.extend(moving(view.moving, noun, plural));
    message.lines.extend(view.ramped.map(|ramped| at_once(ramped, noun, plural)));
    with_problems(message, &[], &view.warnings)
}

/// The records that come over to a version.
pub(super) fn moving(moving: u64, noun: &str, plural: &str) -> Option<Text> {
    match moving {
        0 => None,
        1 => Some(Text::plain(format!("1 {noun} moves to it now, with its deadlines and its history."))),
        n => {
            Some(Text::plain(format!("{n} {plural} move to it now, with their deadlines and their history.")))
        }
    }
}

/// What a version makes due at once.
pub(super) fn at_once(ramped: Ramped, noun: &str, plural: &str) -> Text {
    match ramped {
        Ramped::Many => Text::plain("What it makes due at once comes ten an hour, the worst first."),
        Ramped::Counted(1, at) => Text::plain(format!("It makes a reminder of 1 {noun} due: it comes "))
            .and(Span::Instant(at, When::DateTime))
            .then("."),
        Ramped::Counted(n, last) => Text::plain(format!(
            "It makes reminders of {n} {plural} due: they come ten an hour, the worst first, the last "
        ))
        .and(Span::Instant(last, When::DateTime))
        .then("."),
    }
}

/// The same file again.
pub fn unchanged(playbook: &PlaybookView) -> Message {
    let text = Text::strong(tidy(&playbook.title, 80));
    Message::line(
        text.then(format!(" is at version {} already, word for word: nothing to do.", playbook.version)),
    )
}

/// Records are still on their way to the version before.
pub fn still_moving(playbook: &PlaybookView, left: u64) -> Message {
    unreadable(&format!(
        "{} still move to version {} of {}: send the next one in a minute.",
        words::count(left, &playbook.noun),
        playbook.version,
        tidy(&playbook.title, 80)
    ))
}

/// The file is another playbook than the one that was named.
pub fn another(file: &str, named: &str, id: &str) -> Message {
    unreadable(&format!(
        "{} is the playbook \"{id}\", not \"{}\": give the command with playbook:{id}, or change the id in the file.",
        tidy(file, 60),
        tidy(named, 60)
    ))
}

/// A file that is no text.
pub fn no_text(file: &str) -> Message {
    unreadable(&format!("{} is no UTF-8 text: save it as UTF-8 and send it again.", tidy(file, 80)))
}

/// A playbook was switched, with the records that live under it.
pub fn switched(playbook: &PlaybookView, instead_of: &[String], records: u64) -> Message {
    let title = tidy(&playbook.title, 80);
    let text = Text::strong(title);
    if playbook.active {
        let text = match instead_of {
            [] => text.then(" is on: "),
            others => text.then(format!(" is on, in place of {}: ", tidy(&words::join(others, "and"), 160))),
        };
        return Message::line(text.and(Span::Code(format!("/{} new", playbook.noun))))
            .severity(Severity::Good);
    }
    let PlaybookView { noun, plural, .. } = playbook;
    let text = match records {
        0 => text.then(format!(" is off: no new {plural} can be made under it.")),
        1 => text.then(format!(" is off: 1 {noun} goes on under it, and no new one can be made.")),
        n => text.then(format!(" is off: {n} {plural} go on under it, and no new ones can be made.")),
    };
    Message::line(text).severity(Severity::Good)
}

/// It stands so already.
pub fn as_it_is(playbook: &PlaybookView) -> Message {
    let state = if playbook.active { "on" } else { "off" };
    Message::line(Text::strong(tidy(&playbook.title, 80)).then(format!(" is {state} already.")))
}

/// The last one stays on.
pub fn last_one(playbook: &PlaybookView) -> Message {
    unreadable(&format!(
        "{} is the only playbook that is on: switch another one on first, or put it in place with /playbook use.",
        tidy(&playbook.title, 80)
    ))
}

/// Its noun or its letter is taken.
pub fn taken(playbook: &PlaybookView, by: &str) -> Message {
    unreadable(&format!(
        "{} is on and has its noun or its letter: put this one in its place with /playbook use playbook:{}.",
        tidy(by, 80),
        playbook.id
    ))
}
