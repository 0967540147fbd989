//! An undo in words (X4): what was taken back, and why something is not.

use super::view::Ctx;
use super::words;
use crate::chat::message::{Message, Severity, Span, Text};
use crate::domain::ids::RuleId;
use crate::domain::playbook::Noun;
use crate::domain::record::Record;
use crate::domain::undo::{Did, NotUndone, Undone};

/// For whoever took it back: `· your last change is undone: the move to Working. It is Connected again; …`
pub fn done(ctx: &Ctx<'_>, undone: &Undone) -> Text {
    let record = &undone.restored;
    let text = Text::plain("· your last change is undone: ").append(taken_back(ctx, &undone.undid)).then(".");
    let has = |kind: fn(&Did) -> bool| undone.undid.iter().any(kind);
    let text = if has(|did| matches!(did, Did::Moved { .. } | Did::Staged { .. })) {
        let stage = words::stage(ctx, record.stage.as_ref()).map(|stage| format!(", stage {stage}"));
        text.then(format!(
            " It is {}{} again, and its deadlines go on as before.",
            words::status_now(ctx, record),
            stage.unwrap_or_default()
        ))
    } else {
        text
    };
    let text = if has(|did| matches!(did, Did::Assigned { .. })) {
        text.then(" Its owner is ").append(words::person_or(record.owner, "nobody")).then(" again.")
    } else {
        text
    };
    match &record.pending {
        Some(pending) if has(|did| matches!(did, Did::Withdrew)) => text
            .then(format!(" The request for {} waits for a manager again.", words::status(ctx, &pending.to))),
        Some(_) | None => text,
    }
}

/// For the history: `the move to Working · back to Connected`.
pub fn told(ctx: &Ctx<'_>, undone: &Undone) -> Text {
    let text = taken_back(ctx, &undone.undid);
    let moved = undone.undid.iter().any(|did| matches!(did, Did::Moved { .. } | Did::Staged { .. }));
    let text = if moved {
        text.then(" · back to ").and(Span::Strong(words::status_now(ctx, &undone.restored)))
    } else {
        text
    };
    let rules: Vec<_> = rules(undone).map(ToString::to_string).collect();
    if rules.is_empty() {
        text
    } else {
        text.then(format!(" · counts against rule {}", words::join(&rules, "and")))
    }
}

/// The rules whose moves were taken back (X5).
fn rules(undone: &Undone) -> impl Iterator<Item = &RuleId> {
    undone.undid.iter().filter_map(|did| match did {
        Did::Moved { rule, .. } => rule.as_ref(),
        Did::Staged { .. }
        | Did::Logged { .. }
        | Did::Edited { .. }
        | Did::Assigned { .. }
        | Did::Planned
        | Did::Asked { .. }
        | Did::Withdrew
        | Did::Snoozed
        | Did::TaskDone { .. }
        | Did::Answered
        | Did::Dismissed => None,
    })
}

fn taken_back(ctx: &Ctx<'_>, undid: &[Did]) -> Text {
    let mut text = Text::default();
    for (at, did) in undid.iter().enumerate() {
        if at > 0 {
            text = text.then(if at + 1 == undid.len() { " and " } else { ", " });
        }
        text = text.append(one(ctx, did));
    }
    text
}

fn one(ctx: &Ctx<'_>, did: &Did) -> Text {
    Text::plain(match did {
        Did::Moved { to, nth, .. } => format!("the move to {}", words::status_nth(ctx, to, *nth)),
        Did::Staged { to } => match words::stage(ctx, to.as_ref()) {
            Some(stage) => format!("the change to stage {stage}"),
            None => "the change of stage".to_owned(),
        },
        Did::Logged { activity } => format!("the logged \"{}\"", words::activity(*activity)),
        Did::Edited { fields } => format!("the change of {}", words::fields(ctx, fields)),
        Did::Assigned { to: Some(to), .. } => {
            return Text::plain("the hand-over to ").and(Span::Person(*to));
        }
        Did::Assigned { to: None, .. } => "the change of owner".to_owned(),
        Did::Planned => "the planned action".to_owned(),
        Did::Asked { to } => format!("the request for {}", words::status(ctx, to)),
        Did::Withdrew => "the end of the request".to_owned(),
        Did::Snoozed => "the snooze".to_owned(),
        Did::TaskDone { label } => format!("the task {}", words::tidy(label, words::NOTE)),
        Did::Answered => "the answer".to_owned(),
        Did::Dismissed => "the dismissed suggestion".to_owned(),
    })
}

/// A command of many records was taken back as one.
pub fn many_done(noun: &Noun, records: u64, requests: u64) -> Message {
    let requests = match requests {
        0 => String::new(),
        n => format!("; {} taken back", words::count(n, "request")),
    };
    let what = if records == 1 { &noun.singular } else { &noun.plural };
    Message::line(format!(
        "Your last change is undone as one: {} {what} {} as before{requests}.",
        words::thousands(records),
        if records == 1 { "is" } else { "are" },
    ))
    .severity(Severity::Good)
}

/// A command of many records is not undone, because of one of them. `why`: the sentence about that one.
pub fn many_refused(noun: &Noun, records: u64, why: Text) -> Message {
    let text = format!(
        "Your last change was of {} {} and is undone as one or not at all. ",
        words::thousands(records),
        noun.plural
    );
    Message::line(Text::plain(text).append(why)).severity(Severity::Warning)
}

/// A command of many records is not done yet.
pub fn many_running() -> Message {
    super::problem::unreadable(
        "Your last change is still under way: stop it with the button of its message, then undo it.",
    )
}

/// Why something is not undone, in one sentence that says what to do instead. `it`: the record's name.
pub fn refusal(ctx: &Ctx<'_>, record: Option<&Record>, it: Text, why: &NotUndone) -> Text {
    let noun = &ctx.playbook.noun.singular;
    match why {
        NotUndone::Nothing => Text::plain("You have changed nothing about ")
            .append(it)
            .then(": only one's own last change is undone, its history shows who did what."),
        NotUndone::Creation => Text::plain("Your last change created ")
            .append(it)
            .then(", and that is not undone: move it to where it belongs instead."),
        NotUndone::ForGood => Text::plain("Your last change joined ")
            .append(it)
            .then(" with another one, and that is not undone: create it anew where it was wrong."),
        NotUndone::Late { at, minutes } => Text::plain("You changed ")
            .append(it)
            .then(" ")
            .and(words::relative(*at))
            .then(format!(", and only the last {} are undone: ", words::count(u64::from(*minutes), "minute")))
            .then("change it back by hand."),
        NotUndone::AlreadyUndone => Text::plain("Your last change of ")
            .append(it)
            .then(" is undone already: make it again if you want it after all."),
        NotUndone::Newer => Text::plain("You have changed ")
            .append(it)
            .then(" again since: ")
            .and(Span::Code(format!("/{noun} undo")))
            .then(" takes the newer change back first."),
        NotUndone::ChangedSince { by: Some(by), .. } => {
            Text(vec![Span::Person(*by)]).then(" has changed ").append(it).then(
                " since, and an undo would undo that too: agree with them, and change it by hand.",
            )
        }
        NotUndone::ChangedSince { by: None, .. } => it.then(
            " was changed by a rule, a deadline or another system since, and an undo would undo that too: change it by \
             hand.",
        ),
        NotUndone::Published => Text::plain("Another system was told of your last change of ")
            .append(it)
            .then(" already, and no undo reaches it: change it back by hand, and it is told of that."),
        NotUndone::Decided { by } => Text::plain("A manager's decision is not undone: ask ")
            .append(words::person_or(*by, "a manager"))
            .then(" about ")
            .append(it)
            .then("."),
        NotUndone::Locked { status } => it.then(format!(
            " is {} and locked for good, so it is not undone: create a new {noun} for new business.",
            words::status(ctx, status)
        )),
        NotUndone::Untold => {
            let handle = record.map_or_else(|| noun.clone(), |record| record.handle.to_string());
            Text::plain(format!(
                "I cannot tell from its history what {handle} was before: change it back by hand."
            ))
        }
    }
}
