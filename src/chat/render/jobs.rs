//! Long work: how far it is, how it ended, and what a press on its buttons says.

use super::words;
use crate::chat::action::Action;
use crate::chat::message::{Emphasis, FILE_BYTES, Message, Severity};
use crate::domain::ids::JobId;
use crate::domain::job::JobPhase;

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobView {
    /// Which.
    pub id: JobId,
    /// Whether it runs.
    pub phase: JobPhase,
    /// So many pieces …
    pub done: u64,
    /// … of so many.
    pub total: u64,
}

/// How far it is, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What it does: `Import of leads.csv`.
    pub title: String,
    /// What came of it so far: `40 made, 2 refused`.
    pub so_far: String,
}

/// The file that a result comes with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobFile {
    /// `refused.csv`.
    pub name: String,
    /// Its first line.
    pub head: String,
}

/// The one message that shows how far a job is.
pub fn progress(job: JobView, progress: &Progress) -> Message {
    let of = format!("{} of {}", words::thousands(job.done), words::thousands(job.total));
    let (state, severity) = match job.phase {
        JobPhase::Waiting => ("Waits for a start".to_owned(), Severity::Info),
        JobPhase::Running => (format!("{} {of}", bar(job.done, job.total)), Severity::Info),
        JobPhase::Done => (format!("Done: {of}"), Severity::Closed),
        JobPhase::Stopped => (format!("Stopped at {of}"), Severity::Closed),
    };
    let mut message = Message::default().titled(progress.title.clone()).severity(severity);
    message.lines.push(state.into());
    if !progress.so_far.is_empty() {
        message.lines.push(progress.so_far.clone().into());
    }
    match job.phase {
        JobPhase::Running => message.button(Action::StopJob { job: job.id }, "Stop", Emphasis::Plain),
        JobPhase::Waiting | JobPhase::Done | JobPhase::Stopped => message,
    }
}

/// `▰▰▰▱▱▱▱▱▱▱`
fn bar(done: u64, total: u64) -> String {
    let tenths = (done * 10).checked_div(total).unwrap_or(10).min(10);
    (0..10).map(|at| if at < tenths { '▰' } else { '▱' }).collect()
}

/// The result with its file; without one where there are no lines.
pub fn with_file(mut message: Message, file: JobFile, lines: &[(u32, String)]) -> Message {
    if lines.is_empty() {
        return message;
    }
    let mut text = file.head;
    text.push('\n');
    let mut left = 0_u64;
    for (_, line) in lines {
        if text.len() + line.len() + 1 > FILE_BYTES {
            left += 1;
            continue;
        }
        text.push_str(line);
        text.push('\n');
    }
    if left > 0 {
        let lines = words::count(left, "line");
        message.lines.push(format!("The file is full: {lines} did not fit.").into());
    }
    message.file(file.name, text)
}

/// The preview's buttons.
pub fn confirm(message: Message, job: JobId, label: String) -> Message {
    message.button(Action::StartJob { job }, label, Emphasis::Primary).button(
        Action::StopJob { job },
        "Drop it",
        Emphasis::Plain,
    )
}

/// It began.
pub fn started() -> Message {
    Message::line(
        "It has begun: a message in this channel shows how far it is, and you are told when it is done.",
    )
    .severity(Severity::Good)
}

/// It was dropped before it began.
pub fn dropped() -> Message {
    Message::line("Dropped: nothing was changed.").severity(Severity::Closed)
}

/// It ends after the chunk that is under way.
pub fn stopping() -> Message {
    Message::line("Stopped: what is done stays done, and you are told what that is.")
}

/// Somebody else's.
pub fn not_yours() -> Message {
    super::problem::unreadable("Only whoever began this, or an admin, can press that: ask them.")
}

/// It runs already, or has ended.
pub fn too_late(phase: JobPhase) -> Message {
    super::problem::unreadable(match phase {
        JobPhase::Waiting => "This waits for a start: press the other button.",
        JobPhase::Running => "This runs already: its message in the channel shows how far it is.",
        JobPhase::Done => "This is done already: give the command again for more.",
        JobPhase::Stopped => "This was stopped: give the command again.",
    })
}

/// It is not there any more.
pub fn gone() -> Message {
    super::problem::unreadable("This is finished or too old: give the command again.")
}
