//! Pipelines made and changed from chat: what came of it, and why not (C1, C5).

use super::playbook::{Ramped, at_once, moving};
use super::words::{self, tidy};
use crate::chat::message::{Message, Severity, Span, Text};

/// What became of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Became {
    /// It is new.
    Made,
    /// A stage is called otherwise.
    Renamed {
        /// Before.
        from: String,
        /// Now.
        to: String,
    },
    /// The pipeline is called otherwise.
    Retitled {
        /// Before.
        from: String,
        /// Now.
        to: String,
    },
    /// Its stages stand otherwise.
    Reordered {
        /// New ones among them.
        added: Vec<String>,
    },
    /// A stage is gone.
    Retired {
        /// Which.
        stage: String,
        /// Where its records go on.
        into: String,
        /// How many stood there.
        records: u64,
    },
}

/// A pipeline that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Its name.
    pub title: String,
    /// Its id.
    pub id: String,
    /// What its items are called.
    pub noun: String,
    /// Its stages, in order.
    pub stages: Vec<String>,
    /// What makes an item stand in a status, by the status's name.
    pub makes: Vec<(String, String)>,
    /// The playbook that has its noun or its letter: it stays off until it takes over.
    pub held_by: Option<String>,
}

/// A pipeline that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Its name now.
    pub title: String,
    /// `opportunity`.
    pub noun: String,
    /// `opportunities`.
    pub plural: String,
    /// Its version now.
    pub version: u32,
    /// What was changed.
    pub became: Became,
    /// Its stages now, in order.
    pub stages: Vec<String>,
    /// So many records come over.
    pub moving: u64,
    /// What that makes due at once.
    pub ramped: Option<Ramped>,
    /// It came with the bot, and is the workspace's own from now on.
    pub own_now: bool,
}

/// As `/setup show` has it.
pub fn audit(became: &Became) -> String {
    match became {
        Became::Made => "made".to_owned(),
        Became::Renamed { from, to } => format!("stage {from} is called {to}"),
        Became::Retitled { from, .. } => format!("it was called {from}"),
        Became::Reordered { added } if added.is_empty() => "stages in another order".to_owned(),
        Became::Reordered { added } => format!("new: {}", words::join(added, "and")),
        Became::Retired { stage, into, records: 0 } => format!("stage {stage} is out, instead of it {into}"),
        Became::Retired { stage, into, records } => {
            format!("stage {stage} is out, {records} moved to {into}")
        }
    }
}

/// A new pipeline.
pub fn made(made: &Made) -> Message {
    let text = Text::strong(tidy(&made.title, 80));
    let on =
        text.clone().then(" is on: ").and(Span::Code(format!("/{} new pipeline:{}", made.noun, made.id)));
    let mut message = match &made.held_by {
        None => Message::line(on).severity(Severity::Good),
        Some(other) => {
            let why = format!(" is kept, but off: {} has its noun or its letter. ", tidy(other, 80));
            let how = format!("/playbook use playbook:{}", made.id);
            Message::line(text.then(why).and(Span::Code(how)).then(" puts it in place."))
                .severity(Severity::Warning)
        }
    };
    message = message.long_fact("Stages", ladder(&made.stages));
    for (status, makes) in &made.makes {
        message = message.long_fact(tidy(status, 80), tidy(makes, 200));
    }
    message.lines.push(
        Text::plain("Its stages are changed with ")
            .and(Span::Code("/setup pipeline".to_owned()))
            .then(", its rules by a file with ")
            .and(Span::Code("/setup playbook".to_owned()))
            .then("."),
    );
    message
}

/// A change of one that is there.
pub fn changed(changed: &Changed) -> Message {
    let Changed { title, noun, plural, version, became, stages, .. } = changed;
    let text = Text::strong(tidy(title, 80)).then(format!(", version {version}: "));
    let text = match became {
        Became::Made => text.then("it is there."),
        Became::Renamed { from, to } => text
            .then(format!("{} is called ", tidy(from, 60)))
            .append(Text::strong(tidy(to, 60)))
            .then(" now."),
        Became::Retitled { from, .. } => text.then(format!("it was called {}.", tidy(from, 60))),
        Became::Reordered { added } if added.is_empty() => text.then("its stages stand in another order."),
        Became::Reordered { added } => text.then(format!("new: {}.", tidy(&words::join(added, "and"), 300))),
        Became::Retired { stage, into, records } => {
            let (stage, into) = (tidy(stage, 60), tidy(into, 60));
            text.then(match records {
                0 => format!("{stage} is out. No {noun} stood there."),
                1 => format!("{stage} is out. 1 {noun} moves from there to {into}."),
                n => format!("{stage} is out. {n} {plural} move from there to {into}."),
            })
        }
    };
    let mut message = Message::line(text).severity(Severity::Good).long_fact("Stages", ladder(stages));
    message.lines.extend(moving(changed.moving, noun, plural));
    message.lines.extend(changed.ramped.map(|ramped| at_once(ramped, noun, plural)));
    if changed.own_now {
        message.lines.push(Text::plain(
            "It came with the bot and is your own from now on: updates leave it as it is.",
        ));
    }
    message
}

fn ladder(stages: &[String]) -> String {
    tidy(&stages.join(" → "), 1_000)
}

// ---- why not --------------------------------------------------------------------------------------------

/// A pipeline's name is taken.
pub fn taken(title: &str) -> String {
    format!(
        "There is a playbook \"{}\" already: choose another name, or change that one with /setup pipeline \
         rename, reorder or retire.",
        tidy(title, 60)
    )
}

/// Too many stages, or none.
pub fn too_many(count: usize) -> String {
    format!("A pipeline has 1 to 25 stages, and these are {count}: name them like Kick-off, Training, Live.")
}

/// A name stands there twice.
pub fn twice(stage: &str) -> String {
    format!("\"{}\" stands there twice: name each stage once.", tidy(stage, 60))
}

/// No name at all.
pub fn no_name(typed: &str) -> String {
    format!("\"{}\" is no name: it needs a letter or a digit.", tidy(typed, 60))
}

/// A name that no form has room for.
pub fn too_long(typed: &str, most: usize) -> String {
    format!("\"{}\" is too long: a name has at most {most} characters.", tidy(typed, 60))
}

/// There is no such stage.
pub fn no_stage(title: &str, typed: &str, stages: &[String]) -> String {
    let stages: Vec<_> = stages.iter().map(|stage| tidy(stage, 40)).collect();
    format!(
        "{} has no stage \"{}\": choose {}.",
        tidy(title, 60),
        tidy(typed, 60),
        tidy(&words::join(&stages, "or"), 300)
    )
}

/// Another stage has that name.
pub fn stage_taken(title: &str, holder: &str) -> String {
    format!("{} has a stage \"{}\" already: choose another name.", tidy(title, 60), tidy(holder, 60))
}

/// Another stage had that name, and is still known by it.
pub fn name_of_old(title: &str, typed: &str, holder: &str) -> String {
    let (title, name, holder) = (tidy(title, 60), tidy(typed, 60), tidy(holder, 60));
    format!("\"{name}\" is what \"{holder}\" of {title} was called before: choose another name.")
}

/// It has that name.
pub fn called_so(name: &str) -> String {
    format!("It is called \"{}\" already: give another name with to.", tidy(name, 60))
}

/// A stage is left out of an order; a new name may be what was meant for it.
pub fn left_out(title: &str, stage: &str, odd: Option<&str>) -> String {
    let (title, stage) = (tidy(title, 60), tidy(stage, 60));
    match odd {
        Some(odd) => format!(
            "\"{}\" is no stage of {title}, and \"{stage}\" is left out: name every stage, or give one another \
             name with /setup pipeline rename.",
            tidy(odd, 60)
        ),
        None => format!(
            "\"{stage}\" is left out: name every stage of {title}, or take it out with /setup pipeline retire."
        ),
    }
}

/// Nothing to put in order.
pub fn as_they_stand(title: &str) -> String {
    format!("The stages of {} stand in that order already: give them in another one.", tidy(title, 60))
}

/// The last one stays.
pub fn only_stage(title: &str, stage: &str) -> String {
    format!(
        "\"{}\" is the only stage of {}: give it another name, or switch the pipeline off with /setup playbook.",
        tidy(stage, 60),
        tidy(title, 60)
    )
}

/// Its records cannot stay where they are.
pub fn into_itself(stage: &str) -> String {
    format!("\"{}\" is the stage that goes: choose another one with into.", tidy(stage, 60))
}

/// Its file says more of the stage than can be changed from here.
pub fn not_from_here(title: &str, why: &str) -> String {
    format!(
        "{} has rules that stand in the way; change its file and send it with /setup playbook. {}",
        tidy(title, 60),
        tidy(why, 300)
    )
    .trim_end()
    .to_owned()
}
