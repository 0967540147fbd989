//! Many records moved at once: what would happen, how far it is, what came of each. Sentences are plain text, since they
//! also stand in the result's file.

use serde::{Deserialize, Serialize};

use super::jobs::{JobFile, Progress, confirm};
use super::view::Ctx;
use super::words::{self, tidy};
use crate::chat::action::Action;
use crate::chat::message::{Emphasis, Message, Severity, Span, Text};
use crate::domain::ids::{DraftId, FieldId, JobId, StatusId};

/// So many reasons of a refusal are shown.
const REASONS: usize = 5;
/// So many records are named for each.
const NAMED: usize = 3;

/// What would come, or came, of the records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Moved at once.
    pub moved: u64,
    /// Waiting for a manager (D40).
    pub asked: u64,
    /// Left as they are.
    pub refused: u64,
}

/// `40 moved, 3 to be approved, 2 refused`.
pub fn tally(tally: &Tally) -> String {
    let all = [(tally.moved, "moved"), (tally.asked, "to be approved"), (tally.refused, "refused")];
    let said: Vec<_> = all
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{} {what}", words::thousands(*n)))
        .collect();
    if said.is_empty() { "nothing yet".to_owned() } else { said.join(", ") }
}

/// What is shown before.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// What it is, as [`title`] says it.
    pub title: String,
    /// The same of one record.
    pub title_of_one: String,
    /// The filters, in words.
    pub filters: Vec<String>,
    /// The reason and the note that all of them get, each with its label.
    pub given: Vec<(String, String)>,
    /// What those get that lack it, each with its label.
    pub lacking: Vec<(String, String)>,
    /// So many are refused for what could be given once for all.
    pub fillable: u64,
    /// What would come of them.
    pub tally: Tally,
    /// Why some are refused: the sentence, how many, and the first of them.
    pub refusals: Vec<(String, u64, Vec<String>)>,
    /// Records that fit, but are not the person's to change.
    pub others: u64,
}

/// `leads to Nurture`.
pub fn title(plural: &str, to: &str) -> String {
    format!("{} to {to}", tidy(plural, 40))
}

/// The preview; `job`: it can be started; `fill`: what some lack can be given once for all.
pub fn preview(view: &Preview, job: Option<JobId>, fill: Option<DraftId>) -> Message {
    let tallied = &view.tally;
    let mut message = Message::default().titled(match tallied.moved + tallied.asked + tallied.refused {
        1 => format!("Move 1 {}", view.title_of_one),
        all => format!("Move {} {}", words::thousands(all), view.title),
    });
    message.lines.push(Text::strong(format!("Would be: {}.", tally(tallied))));
    if tallied.asked > 0 {
        message
            .lines
            .push("Those that a manager has to approve become one request, which lists each.".into());
    }
    if view.others > 0 {
        let text = match view.others {
            1 => "1 more is not yours to change: it is left out.".to_owned(),
            n => format!("{} more are not yours to change: they are left out.", words::thousands(n)),
        };
        message.lines.push(text.into());
    }
    if !view.filters.is_empty() {
        message = message.long_fact("Filters", Text::plain(tidy(&view.filters.join(", "), 300)));
    }
    for (label, text) in &view.given {
        message = message.long_fact(label.as_str(), Text::plain(tidy(text, 300)));
    }
    for (label, text) in &view.lacking {
        message = message.long_fact(format!("{label} (where missing)"), Text::plain(tidy(text, 300)));
    }
    let mut text = Text::default();
    for (at, (why, count, which)) in view.refusals.iter().take(REASONS).enumerate() {
        let named: Vec<_> = which.iter().take(NAMED).cloned().collect();
        let more = if *count > NAMED as u64 { " …" } else { "" };
        let line = format!("{} × {} ({}{more})", words::thousands(*count), tidy(why, 150), named.join(", "));
        text = if at > 0 { text.then("\n") } else { text };
        text = text.then(line);
    }
    if view.refusals.len() > REASONS {
        text = text.then("\n… and for other reasons");
    }
    if !view.refusals.is_empty() {
        message = message.long_fact("Refused", text);
    }
    let message = match job {
        Some(job) => {
            message.lines.push("What moves before you press is left as it is.".into());
            confirm(message, job, format!("Move {}", words::thousands(tallied.moved + tallied.asked)))
        }
        None => message.severity(Severity::Warning),
    };
    match fill {
        Some(draft) => {
            let label = format!("Fill in for {}", words::thousands(view.fillable));
            let emphasis = if job.is_some() { Emphasis::Plain } else { Emphasis::Primary };
            message.button(Action::DraftForm { draft }, label, emphasis)
        }
        None => message,
    }
}

/// Something is missing; `own`: it is each record's own, so that it cannot be given once for all.
pub fn lacks(ctx: &Ctx<'_>, to: &StatusId, fields: &[FieldId], own: bool) -> Text {
    let what = format!("{} needs {}", words::status(ctx, to), words::fields(ctx, fields));
    Text::plain(if own {
        format!(
            "{what}, which each {} has for itself: fill it in there.",
            tidy(&ctx.playbook.noun.singular, 40)
        )
    } else {
        format!("{what}: give it once for all with the button below.")
    })
}

/// What it is called while it runs.
pub fn progress(title: &str, counts: &Tally) -> Progress {
    Progress { title: format!("Move {title}"), so_far: tally(counts) }
}

/// What came of it. `noun`: what one is called.
pub fn result(title: &str, noun: &str, counts: &Tally) -> (Message, JobFile) {
    let severity = if counts.refused > 0 { Severity::Warning } else { Severity::Good };
    let mut message = Message::line(format!("Move {title}: {}.", tally(counts))).severity(severity);
    message.lines.push("The file says what came of each, and why.".into());
    if counts.moved + counts.asked > 0 {
        message.lines.push(
            Text::plain("")
                .and(Span::Code(format!("/{} undo", tidy(noun, 40))))
                .then(" takes all of it back as one, within minutes."),
        );
    }
    let head = format!("{},name,was,outcome,reason", tidy(noun, 40).replace([',', '"', '\n'], " "));
    (message, JobFile { name: "moved.csv".to_owned(), head })
}

/// What came of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It moved.
    Moved,
    /// A manager is asked.
    Asked,
    /// It is as it was.
    Refused,
}

impl Outcome {
    /// The file's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Asked => "to be approved",
            Self::Refused => "refused",
        }
    }
}

impl Tally {
    /// One more.
    pub fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Moved => self.moved += 1,
            Outcome::Asked => self.asked += 1,
            Outcome::Refused => self.refused += 1,
        }
    }
}

/// It moved after the preview; the sentence.
pub fn changed_since(status: &str) -> String {
    format!("It has changed since the preview and is {status} now: look at it, then move it.")
}

/// The preview said that it would be refused, and now it would not; the sentence.
pub fn refused_before() -> String {
    "The preview said that this one stays; it could move now: give the command again.".to_owned()
}

/// It is not there any more; the sentence.
pub fn gone() -> String {
    "It is not there any more.".to_owned()
}

/// Nothing fits; the sentence.
pub fn none_fits(plural: &str) -> Message {
    super::problem::unreadable(&format!("No {plural} fit these filters: leave some out."))
}

/// Those that fit are all somebody else's; the sentence.
pub fn none_yours(plural: &str, others: u64) -> Message {
    super::problem::unreadable(&format!(
        "{} {plural} fit these filters, but none of them is yours to change: ask their owner or a manager.",
        words::thousands(others)
    ))
}

/// More than one command moves; the sentence.
pub fn too_many(plural: &str, fit: u64, most: usize) -> Message {
    super::problem::unreadable(&format!(
        "{} {plural} fit these filters, and at most {} are moved at once: narrow the filters.",
        words::thousands(fit),
        words::thousands(most as u64)
    ))
}
