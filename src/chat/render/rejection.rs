//! Every refusal in one sentence that says what to do, with a button where one helps.

use super::card;
use super::undo;
use super::view::Ctx;
use super::words::{self, tidy};
use crate::chat::action::Action;
use crate::chat::message::{Emphasis, Message, Severity, Span, Text};
use crate::domain::ids::{PersonId, StatusId};
use crate::domain::record::{Ended, Record};
use crate::domain::rejection::{OwnRequest, Rejection};
use crate::domain::undo::NotUndone;

/// So many fields are named in a sentence.
const NAMED: usize = 8;

/// A refusal, for whoever asked. `record`: the one that it was asked of, where it exists.
pub fn rejection(ctx: &Ctx<'_>, record: Option<&Record>, why: &Rejection) -> Message {
    let mut message = Message::line(sentence(ctx, record, why)).severity(Severity::Warning);
    let Some(record) = record else { return message };
    let open = Action::Open { record: record.id };
    match why {
        Rejection::Ended { ended: Ended::Merged { into, handle } } => {
            message.button(Action::Open { record: *into }, format!("Open {handle}"), Emphasis::Primary)
        }
        Rejection::NoSuchMove { allowed, .. } => {
            message.buttons = card::moves_to(ctx, record, allowed, 4);
            message.button(Action::MoreMoves { record: record.id }, "More…", Emphasis::Plain)
        }
        Rejection::Owes { .. } | Rejection::Missing { to: None, .. } => {
            message.button(Action::FillOwed { record: record.id }, "Fill in", Emphasis::Primary)
        }
        Rejection::Waiting { approval, .. } => message
            .button(Action::Withdraw { approval: *approval }, "Take the request back", Emphasis::Plain)
            .button(open, "Open", Emphasis::Plain),
        Rejection::NotYours { .. } => message
            .button(Action::Take { record: record.id }, "Take it", Emphasis::Good)
            .button(open, "Open", Emphasis::Plain),
        Rejection::NotUndone(NotUndone::Nothing | NotUndone::ChangedSince { .. }) => message
            .button(open, "Open", Emphasis::Plain)
            .button(Action::History { record: record.id, page: 0 }, "History", Emphasis::Plain),
        Rejection::UnknownStatus { .. } | Rejection::Combination { .. } | Rejection::StaleButton { .. } => {
            message
                .button(Action::MoreMoves { record: record.id }, "Show the moves", Emphasis::Primary)
                .button(open, "Open", Emphasis::Plain)
        }
        Rejection::NeedsAnswer { task, .. } => {
            let done = Action::TaskDone { record: record.id, task: *task };
            message.button(done, "Answer", Emphasis::Primary)
        }
        Rejection::Missing { to: Some(_), .. }
        | Rejection::AlreadyThere { .. }
        | Rejection::UnknownStage { .. }
        | Rejection::Locked { .. }
        | Rejection::AlreadyAtStage { .. }
        | Rejection::OtherTeam { .. }
        | Rejection::NeedsManager { .. }
        | Rejection::NeedsAdmin
        | Rejection::OwnRequest { .. }
        | Rejection::NotRequester { .. }
        | Rejection::NoSuchRequest
        | Rejection::UnknownReason { .. }
        | Rejection::InFuture { .. }
        | Rejection::NotAhead { .. }
        | Rejection::TooLongAgo { .. }
        | Rejection::NoOutreach { .. }
        | Rejection::NothingPlanned { .. }
        | Rejection::NoRate { .. }
        | Rejection::UnknownField { .. }
        | Rejection::MovedHere
        | Rejection::NotPast { .. }
        | Rejection::PastEndsElsewhere { .. }
        | Rejection::PastHasGap { .. }
        | Rejection::NothingOwed
        | Rejection::NoSuchTask { .. }
        | Rejection::NeedsOutcome
        | Rejection::NeedsStatus { .. }
        | Rejection::OutcomeKeeps { .. }
        | Rejection::OutcomeLeadsNowhere { .. }
        | Rejection::NoSuchSuggestion
        | Rejection::NotReadyToMake { .. }
        | Rejection::NotAsked
        | Rejection::AskedOfOthers { .. }
        | Rejection::SourceGone
        | Rejection::NotUndone(_)
        | Rejection::AlreadyOwner { .. }
        | Rejection::SameRecord
        | Rejection::OtherPlaybook
        | Rejection::MergeWaits { .. }
        | Rejection::Ended { ended: Ended::Erased { .. } }
        | Rejection::Barred { .. }
        | Rejection::TakenBy { .. }
        | Rejection::NoNeed { .. }
        | Rejection::YouAreAway
        | Rejection::NoCapacity { .. }
        | Rejection::YouHaveLeft
        | Rejection::HasLeft { .. }
        | Rejection::UnknownPerson { .. } => message.button(open, "Open", Emphasis::Plain),
    }
}

/// The sentence.
pub fn sentence(ctx: &Ctx<'_>, record: Option<&Record>, why: &Rejection) -> Text {
    let it = || match record {
        Some(record) => Text::strong(words::title(record)),
        None => Text::plain("It"),
    };
    let status = |id: &StatusId| match record {
        Some(record) if record.status == *id => words::status_now(ctx, record),
        Some(_) | None => words::status(ctx, id),
    };
    let noun = &ctx.playbook.noun;
    match why {
        Rejection::Missing { to, fields } => {
            let fields = words::fields(ctx, fields);
            match to {
                Some(to) => {
                    Text::plain(format!("{} needs {fields} first: give it with the move.", status(to)))
                }
                None => it().then(format!(" needs {fields}: fill it in.")),
            }
        }
        Rejection::NoSuchMove { from, to, allowed } => {
            let to = status(to);
            if allowed.is_empty() {
                return it().then(format!(
                    " cannot go from {} to {to}: no move leads away from there.",
                    status(from)
                ));
            }
            let allowed: Vec<_> = allowed.iter().map(status).collect();
            it().then(format!(
                " cannot go from {} to {to}: pick {}.",
                status(from),
                words::join(&allowed, "or")
            ))
        }
        Rejection::AlreadyThere { to } => it().then(format!(" is {} already: nothing to do.", status(to))),
        Rejection::UnknownStatus { typed } => {
            let known: Vec<_> = ctx.playbook.statuses.iter().map(|s| s.label.clone()).collect();
            Text::plain(format!("\"{}\" is no status: pick {}.", tidy(typed, 60), words::join(&known, "or")))
        }
        Rejection::UnknownStage { typed } => {
            let known: Vec<_> = ctx.playbook.stages.order.iter().map(|s| s.label.clone()).collect();
            let typed = tidy(typed, 60);
            if known.is_empty() {
                Text::plain(format!(
                    "\"{typed}\" is no stage: {} have none, use /{} status.",
                    noun.plural, noun.singular
                ))
            } else {
                Text::plain(format!("\"{typed}\" is no stage: pick {}.", words::join(&known, "or")))
            }
        }
        Rejection::Locked { status: at } => it().then(format!(
            " is {} and locked for good: create a new {} for new business.",
            status(at),
            noun.singular
        )),
        Rejection::Combination { status: at, stage } => it().then(format!(
            " cannot be {} at stage {}: pick another status, or change the stage first.",
            status(at),
            ctx.playbook.stage_label(stage)
        )),
        Rejection::AlreadyAtStage { stage } => {
            it().then(format!(" is at stage {} already: nothing to do.", ctx.playbook.stage_label(stage)))
        }
        Rejection::Owes { fields } => {
            it().then(format!(" still needs {}: fill it in, then move it.", words::fields(ctx, fields)))
        }
        Rejection::Waiting { to, .. } => it().then(format!(
            " waits for approval of {}: wait for the manager, or take the request back.",
            status(to)
        )),
        Rejection::StaleButton { status: at } => it()
            .then(format!(" has moved since this button was drawn and is {} now: pick again.", status(at))),
        Rejection::NotYours { owner } => it()
            .then(" belongs to ")
            .and(Span::Person(*owner))
            .then(": press \"Take it\" first, or ask them."),
        Rejection::OtherTeam { team } => it().then(format!(
            " belongs to the team {}: ask one of its people.",
            tidy(&ctx.workspace.team(*team).name, 60)
        )),
        Rejection::NeedsManager { team, managers } => {
            let team = tidy(&ctx.workspace.team(*team).name, 60);
            if managers.is_empty() {
                return Text::plain(format!(
                    "Only a manager of {team} may do that, and it has none: ask an admin to add one with "
                ))
                .and(Span::Code("/setup member".to_owned()))
                .then(".");
            }
            Text::plain(format!("Only a manager of {team} may do that: ask "))
                .append(any_of(managers))
                .then(".")
        }
        Rejection::NeedsAdmin => {
            Text::plain("Only an admin may do that: ask somebody who may manage this server.")
        }
        Rejection::OwnRequest { because, others } => {
            let because = match because {
                OwnRequest::Requested => "you asked for it",
                OwnRequest::Owns => "you own the record",
                OwnRequest::Owned => "you owned the record in the last 30 days",
            };
            let text = Text::plain(format!("You cannot decide this, because {because}: "));
            if others.is_empty() {
                text.then("nobody else can either, so ask an admin to add a manager with ")
                    .and(Span::Code("/setup member role:manager".to_owned()))
                    .then(".")
            } else {
                text.then("ask ").append(any_of(others)).then(".")
            }
        }
        Rejection::NotRequester { requester } => match requester {
            Some(person) => {
                Text::plain("Only ").and(Span::Person(*person)).then(" can take this request back: ask them.")
            }
            None => Text::plain("The playbook made this request: a manager has to decide it."),
        },
        Rejection::NoSuchRequest => {
            Text::plain("This request is decided or withdrawn already: open the record to see how it ended.")
        }
        Rejection::UnknownReason { typed, fits } if fits.is_empty() => Text::plain(format!(
            "No reason is asked for here: leave it out, or put \"{}\" into the note.",
            tidy(typed, 60)
        )),
        Rejection::UnknownReason { typed, fits } => Text::plain(format!(
            "\"{}\" does not fit here: pick one of {}.",
            tidy(typed, 60),
            words::join(fits, "or")
        )),
        Rejection::NotAhead { field } => Text::plain(super::input::not_ahead(&words::field(ctx, field))),
        Rejection::InFuture { at } => Text::plain("")
            .and(words::exact(*at))
            .then(" is in the future: log it when it has happened, or plan it with ")
            .and(Span::Code(format!("/{} next", noun.singular)))
            .then("."),
        Rejection::TooLongAgo { at } => Text::plain("")
            .and(words::exact(*at))
            .then(" is more than 7 days ago: log it as a note that names the day."),
        Rejection::NoOutreach { status: at } => {
            it().then(format!(" is {}: do not contact them; a note can still be logged.", status(at)))
        }
        Rejection::NothingPlanned { status: at } => it()
            .then(format!(" is {}, where nothing is planned any more: change its status first.", status(at))),
        Rejection::NoRate { currency } => Text::plain(format!(
            "I know no rate for {}: write the value in {}, or ask an admin to set one with ",
            currency.as_str(),
            ctx.workspace.thresholds.currency.as_str()
        ))
        .and(Span::Code(format!("/setup thresholds rates:\"{} 1.25\"", currency.as_str())))
        .then("."),
        Rejection::UnknownField { typed } => {
            let known: Vec<_> =
                ctx.playbook.fields.iter().filter(|f| f.asked).map(|f| f.label.clone()).collect();
            let typed = tidy(typed, 60);
            Text::plain(match known.get(..NAMED) {
                Some(first) if known.len() > NAMED => format!(
                    "\"{typed}\" is no field that can be set here: pick one of the {} that the list offers, such as {}.",
                    known.len(),
                    words::join(first, "or")
                ),
                Some(_) | None => format!(
                    "\"{typed}\" is no field that can be set here: pick one of {}.",
                    words::join(&known, "or")
                ),
            })
        }
        Rejection::MovedHere => {
            it().then(" has moved here since it came: a past is brought along before that.")
        }
        Rejection::NotPast { at, came } => Text::plain(format!(
            "The step of {} is not before {}, when the record came here: leave it out.",
            words::stamp(*at),
            words::stamp(*came)
        )),
        Rejection::PastEndsElsewhere { ends, stands } => Text::plain(format!(
            "The past ends at {}, but the record is {}: add the missing step.",
            status(ends),
            status(stands)
        )),
        Rejection::PastHasGap { after, next, at } => Text::plain(format!(
            "The step of {} begins at {}, but the one before it ended at {}: add the missing step.",
            words::stamp(*at),
            status(next),
            status(after)
        )),
        Rejection::NothingOwed => it().then(" has everything filled in now: you can move it."),
        Rejection::NoSuchTask { .. } => {
            it().then(" has no such task any more: open it to see what is to be done.")
        }
        Rejection::NeedsAnswer { .. } => {
            it().then(": a task is closed with an answer about the status; keep it, or pick another.")
        }
        Rejection::NeedsOutcome => {
            let known: Vec<_> = ctx.playbook.outcomes.iter().map(|o| o.label.clone()).collect();
            it().then(format!(": say what came of it: {}.", words::join(&known, "or")))
        }
        Rejection::NeedsStatus { outcome, allowed } => {
            let allowed: Vec<_> = allowed.iter().map(status).collect();
            let outcome = words::outcome(ctx, outcome);
            it().then(format!(": {outcome} needs the status: {}.", words::join(&allowed, "or")))
        }
        Rejection::OutcomeKeeps { outcome, to } => it().then(format!(
            ": {} keeps the status, so {} does not go with it: leave one of the two out.",
            words::outcome(ctx, outcome),
            status(to)
        )),
        Rejection::OutcomeLeadsNowhere { outcome, possible } => {
            let possible: Vec<_> = possible.iter().map(|id| words::outcome(ctx, id)).collect();
            it().then(format!(
                " has nowhere to go with {} from where it is: pick {}.",
                words::outcome(ctx, outcome),
                words::join(&possible, "or")
            ))
        }
        Rejection::NotAsked => it().then(": the question is answered already, or no longer asked."),
        Rejection::AskedOfOthers { of } if of.is_empty() => it()
            .then(": the question is for a manager to answer; ask an admin to add one with ")
            .and(Span::Code("/setup member".to_owned()))
            .then("."),
        Rejection::AskedOfOthers { of } => it()
            .then(": the question is put to ")
            .append(words::people(of))
            .then(": tell them, and they answer it."),
        Rejection::NotReadyToMake { at, missing } => {
            let at: Vec<_> = at.iter().map(status).collect();
            let text = it().then(format!(" has to be {} first", words::join(&at, "or")));
            match missing.as_slice() {
                [] => text.then("."),
                missing => text.then(format!("; missing for that: {}.", words::fields(ctx, missing))),
            }
        }
        Rejection::SourceGone => Text::plain(format!(
            "What this {} was to be made of is not there any more: name another record, or make it without one.",
            noun.singular
        )),
        Rejection::NoSuchSuggestion => {
            it().then(" has no such suggestion any more: it was dismissed, or the status changed.")
        }
        Rejection::AlreadyOwner { owner } => {
            it().then(" belongs to ").and(Span::Person(*owner)).then(" already: nothing to do.")
        }
        Rejection::Ended { ended: Ended::Merged { handle, .. } } => {
            it().then(format!(" was merged into {handle}: go on there."))
        }
        Rejection::Ended { ended: Ended::Erased { .. } } => {
            it().then(" is erased: nothing can be done with it any more.")
        }
        Rejection::SameRecord => it().then(" is one and the same: name two different ones."),
        Rejection::OtherPlaybook => {
            it().then(" lives under another playbook: only records of one playbook can be merged.")
        }
        Rejection::MergeWaits { record, .. } => {
            Text::plain(format!("{record} waits for approval: have that decided first, then merge."))
        }
        Rejection::Barred { person } => it()
            .then(" never returns to ")
            .and(Span::Person(*person))
            .then(", who owned it in an earlier cycle: give it to somebody else."),
        Rejection::TakenBy { owner, at } => Text(vec![Span::Person(*owner)])
            .then(" took ")
            .append(it())
            .then(" at ")
            .and(words::moment(*at, ctx.now))
            .then(": nothing to do."),
        Rejection::NoNeed { owner } => match owner {
            Some(owner) => Text(vec![Span::Person(*owner)])
                .then(" has acted on ")
                .append(it())
                .then(" meanwhile: nothing to do."),
            None => it().then(" is not about to be late any more: nothing to do."),
        },
        Rejection::YouAreAway => Text::plain("You are away: end that with ")
            .and(Span::Code("/me away".to_owned()))
            .then(" before you take one over."),
        Rejection::NoCapacity { load } => Text::plain(format!(
            "You carry {}, which is as many as you can: close one first, or ask a manager to take ",
            if *load == 1 { format!("1 {}", noun.singular) } else { format!("{load} {}", noun.plural) }
        ))
        .append(it())
        .then("."),
        Rejection::NotUndone(why) => undo::refusal(ctx, record, it(), why),
        Rejection::YouHaveLeft => {
            Text::plain("You are set down as gone: ask an admin to give you a role again with ")
                .and(Span::Code("/setup member".to_owned()))
                .then(".")
        }
        Rejection::HasLeft { person } => {
            Text(vec![Span::Person(*person)]).then(" has left: name somebody else.")
        }
        Rejection::UnknownPerson { person } => Text::plain("I do not know ")
            .and(Span::Person(*person))
            .then(" yet: they use a command once, or an admin places them with /setup member."),
    }
}

/// `@ana, @ben or @chi`; at most five.
fn any_of(people: &[PersonId]) -> Text {
    let mut text = Text::default();
    for (at, person) in people.iter().take(5).enumerate() {
        if at > 0 {
            text = text.then(if at + 1 == people.len().min(5) { " or " } else { ", " });
        }
        text = text.and(Span::Person(*person));
    }
    text
}
