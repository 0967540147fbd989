//! A person's own settings: `/me …`.

use chrono::{DateTime, Utc};

use super::attention;
use super::settings;
use super::words::{self, tidy};
use crate::chat::message::{Message, Severity, Text};
use crate::domain::ids::PersonId;
use crate::domain::workspace::{Away, Language, Person, Workspace};

/// All of them.
pub fn settings(
    workspace: &Workspace,
    me: PersonId,
    now: DateTime<Utc>,
    today: u32,
    held: Option<(usize, DateTime<Utc>)>,
) -> Message {
    let unknown = Person::unknown(me);
    let person = workspace.people.get(&me).unwrap_or(&unknown);
    let own_zone = if person.timezone.is_some() { "" } else { ", your team's" };
    Message::default()
        .titled("Your settings")
        .long_fact("Place", sentence(&settings::member_text(workspace, person)))
        .long_fact("Time zone", format!("{}{own_zone}", workspace.zone_of(me)))
        .long_fact("Quiet hours", quiet_text(person))
        .long_fact("Away", away_text(person.away.filter(|away| away.until.is_none_or(|until| now < until))))
        .long_fact("Budget", format!("{}; {today} so far today", budget_text(workspace, person)))
        .long_fact(
            "Held back",
            held.map_or_else(
                || Text::plain("nothing"),
                |(held, until)| attention::held_until(held, until, now),
            ),
        )
        .long_fact("Language", language_name(person.language))
}

/// Quiet hours, as they are now.
pub fn quiet(_: &Workspace, person: &Person) -> Message {
    Message::line(Text::plain("Quiet hours: ").then(quiet_text(person)).then(".")).severity(Severity::Good)
}

fn quiet_text(person: &Person) -> String {
    match person.quiet {
        Some(quiet) => format!(
            "{}-{}; until they end only what is urgent is sent to you",
            quiet.from.format("%H:%M"),
            quiet.to.format("%H:%M")
        ),
        None => "none".to_owned(),
    }
}

/// Away, as it is now.
pub fn away(_: &Workspace, person: &Person) -> Message {
    Message::line(Text::plain("Away: ").append(away_text(person.away)).then(".")).severity(Severity::Good)
}

fn away_text(away: Option<Away>) -> Text {
    match away {
        Some(away) => away_span(away).then("; new leads go to others, and your messages to your manager"),
        None => Text::plain("no"),
    }
}

/// `from … until …`.
pub fn away_span(away: Away) -> Text {
    let text = Text::plain("from ").and(words::exact(away.from));
    match away.until {
        Some(until) => text.then(" until ").and(words::exact(until)),
        None => text.then(", with no end given"),
    }
}

/// The budget, as it is now.
pub fn budget_saved(workspace: &Workspace, person: &Person) -> Message {
    Message::line(format!("Budget: {}.", budget_text(workspace, person))).severity(Severity::Good)
}

fn budget_text(workspace: &Workspace, person: &Person) -> String {
    let whose = if person.budget.is_some() { "" } else { ", as your team has it" };
    format!("{}{whose}; the rest is held and told together", settings::a_day(workspace.budget_of(person.id)))
}

/// The language, as it is now.
pub fn language(_: &Workspace, person: &Person) -> Message {
    Message::line(format!("Language: {}.", language_name(person.language))).severity(Severity::Good)
}

fn language_name(language: Language) -> &'static str {
    match language {
        Language::En => "English; others follow when they are translated",
    }
}

fn sentence(text: &str) -> String {
    words::sentence_start(&tidy(text, 300))
}
