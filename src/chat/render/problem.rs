//! What is said when an input leads nowhere: unreadable, unknown, ambiguous, expired, repeated, or a fault of ours.

use super::view::{Ctx, RowView};
use super::words::{self, tidy};
use crate::chat::action::Action;
use crate::chat::message::{Emphasis, Message, Severity, Span, Text};
use crate::domain::ids::DraftId;
use crate::domain::likeness;
use crate::domain::record::Record;

/// A sentence from a reader of input ([`crate::chat::parse`], [`crate::chat::value`]).
pub fn unreadable(sentence: &str) -> Message {
    Message::line(tidy(sentence, 500)).severity(Severity::Warning)
}

/// No record is called that.
pub fn unknown_record(noun: &str, typed: &str) -> Message {
    let text = Text::plain(format!(
        "I know no {noun} \"{}\": type a part of its name and pick it, or see ",
        tidy(typed, 60)
    ));
    Message::line(text.and(Span::Code(format!("/{noun} list"))).then(".")).severity(Severity::Warning)
}

/// Whoever asks has changed nothing that could be undone (X4).
pub fn nothing_to_undo(minutes: u32) -> Message {
    unreadable(&format!(
        "You have changed nothing here in the last {}: there is nothing to undo.",
        words::count(u64::from(minutes), "minute")
    ))
}

/// Several records are called that: at most five are offered.
pub fn ambiguous(noun: &str, typed: &str, found: &[RowView<'_>]) -> Message {
    let mut message = Message::line(format!(
        "More than one {noun} fits \"{}\": use its id, or open one here.",
        tidy(typed, 60)
    ))
    .severity(Severity::Warning);
    for row in found.iter().take(5) {
        let label = tidy(&words::title(row.record), 80);
        message = message.button(Action::Open { record: row.record.id }, label, Emphasis::Plain);
    }
    message
}

/// Somebody like a new record is there already (ruling 15): at most four are shown, each with what is the same. Nothing
/// that was typed is lost.
pub fn alike(ctx: &Ctx<'_>, found: &[RowView<'_>], keys: &[String], draft: DraftId) -> Message {
    let one = &ctx.playbook.noun.singular;
    let mut message =
        Message::line(format!("This {one} may be there already. Open it, or create another one."))
            .severity(Severity::Warning);
    for row in found.iter().take(4) {
        let status = words::status_now(&row.ctx, row.record);
        let line = Text::strong(tidy(&words::title(row.record), 100)).then(format!(" · {status} · "));
        let line = line.append(words::person_or(row.record.owner, "nobody's yet"));
        message.lines.push(line.then(format!(" · {}", same(row.record, keys))));
    }
    for row in found.iter().take(4) {
        let action = Action::Open { record: row.record.id };
        message = message.button(action, format!("Open {}", row.record.handle), Emphasis::Plain);
    }
    message.button(Action::CreateAnyway { draft }, "Create anyway", Emphasis::Primary)
}

/// What a record has in common with these keys.
fn same(record: &Record, keys: &[String]) -> String {
    let own = likeness::keys(record);
    let shared = |kind: &str| keys.iter().any(|key| key.starts_with(kind) && own.contains(key));
    let kinds = [("e:", "e-mail"), ("p:", "phone"), ("n:", "name and company")];
    let names: Vec<_> =
        kinds.iter().filter(|(kind, _)| shared(kind)).map(|(_, name)| (*name).to_owned()).collect();
    format!("same {}", words::join(&names, "and"))
}

/// No team is called that.
pub fn unknown_team(typed: &str, teams: &[&str]) -> Message {
    let teams: Vec<_> = teams.iter().take(10).map(|t| tidy(t, 60)).collect();
    let (typed, known) = (tidy(typed, 60), words::join(&teams, "or"));
    unreadable(&format!("There is no team \"{typed}\": pick {known}, or make it with /setup team."))
}

/// No playbook is called that.
pub fn unknown_playbook(typed: &str, playbooks: &[&str]) -> Message {
    let known: Vec<_> = playbooks.iter().take(10).map(|t| tidy(t, 60)).collect();
    unreadable(&format!("There is no playbook \"{}\": pick {}.", tidy(typed, 60), words::join(&known, "or")))
}

/// No activity is called that.
pub fn unknown_activity(typed: &str) -> Message {
    unreadable(&format!(
        "\"{}\" is no activity: pick one from the list, such as call_answered.",
        tidy(typed, 60)
    ))
}

/// No outcome is called that.
pub fn unknown_outcome(ctx: &Ctx<'_>, typed: &str) -> Message {
    let known: Vec<_> = ctx.playbook.outcomes.iter().map(|o| o.label.clone()).collect();
    let typed = tidy(typed, 60);
    if known.is_empty() {
        return unreadable(&format!(
            "{} have no outcomes: put \"{typed}\" into the note.",
            words::sentence_start(&ctx.playbook.noun.plural)
        ));
    }
    unreadable(&format!("\"{typed}\" is no outcome: pick {}.", words::join(&known, "or")))
}

/// A button of another version, or a forged one.
pub fn expired_button() -> Message {
    unreadable("This button is not valid any more: open the record with its command and press again.")
}

/// A form or list that was left too long, or finished already.
pub fn draft_gone() -> Message {
    unreadable("This form or list is finished or too old: give the command again.")
}

/// Somebody else's form or list.
pub fn not_your_draft() -> Message {
    unreadable("This form or list belongs to somebody else: give the command yourself.")
}

/// The record behind a button does not exist (any more).
pub fn record_gone() -> Message {
    unreadable("This record is not here any more: look for it with the list command.")
}

/// The same input again: it had its effect the first time (R4), and this is how things stand.
pub fn repeated(ctx: &Ctx<'_>, record: Option<&Record>) -> Message {
    let Some(record) = record else {
        return Message::line("This was done already; nothing was done twice.");
    };
    Message::line(
        Text::plain("This was done already: ")
            .append(Text::strong(words::title(record)))
            .then(format!(" is {}.", words::status_now(ctx, record))),
    )
    .button(Action::Open { record: record.id }, "Open", Emphasis::Plain)
}

/// A fault of ours, with the code under which it is logged.
pub fn fault(code: &str) -> Message {
    let text = Text::plain(
        "Something went wrong on our side and nothing was changed. Try again; if it stays, give an admin the code ",
    );
    Message::line(text.and(Span::Code(code.to_owned())).then(".")).severity(Severity::Bad)
}

/// It is busy, and the input was not taken.
pub fn busy() -> Message {
    Message::line("Too much is going on right now and nothing was changed. Try again in a few seconds.")
        .severity(Severity::Bad)
}
