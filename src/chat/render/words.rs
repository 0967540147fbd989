//! The small words: durations, lists, labels, and text from people made fit to show.

use chrono::{DateTime, Duration, Utc};

use super::view::Ctx;
use crate::chat::message::{Message, Span, Text, When};
use crate::domain::activity::Activity;
use crate::domain::clocks::{self, Clock};
use crate::domain::event::{Because, Found, HandOver};
use crate::domain::field::FieldValue;
use crate::domain::ids::{FieldId, PersonId, RuleId, StageId, StatusId};
use crate::domain::playbook::{Class, FieldKind, Numbering, Status};
use crate::domain::record::{Link, LinkKind, Record};
use crate::domain::workspace::{Duty, Workspace};

/// The longest name that is shown in a headline or a line.
pub const NAME: usize = 80;
/// The longest note that is shown in a line.
pub const NOTE: usize = 300;

/// Text from people, fit for one line: control characters, bidirectional overrides and zero-width characters are
/// taken out, runs of white space become one space, and at most `max` characters are kept, the last of them an
/// ellipsis where it was longer (R9).
pub fn tidy(text: &str, max: usize) -> String {
    let mut kept: Vec<char> = Vec::new();
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = !kept.is_empty();
        } else if !is_hidden(c) {
            if space {
                kept.push(' ');
                space = false;
            }
            kept.push(c);
        }
        if kept.len() > max {
            kept.truncate(max.saturating_sub(1));
            let cut: String = kept.into_iter().collect();
            return cut.trim_end().to_owned() + "…";
        }
    }
    kept.into_iter().collect()
}

/// The same where something must be shown: a dash where nothing is left.
pub fn shown(text: &str, max: usize) -> String {
    Some(tidy(text, max)).filter(|t| !t.is_empty()).unwrap_or_else(|| "–".to_owned())
}

/// Characters that show nothing, or change how others are shown. The joiners of emoji and of several scripts
/// (U+200C, U+200D) stay.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// How long, by the wall clock: `3 h 10 m`, `2 d 4 h`, `less than a minute`.
pub fn duration(length: Duration) -> String {
    let minutes = length.num_minutes();
    let (days, hours) = (minutes / 1440, minutes / 60 % 24);
    match (days, hours, minutes % 60) {
        _ if minutes < 1 => "less than a minute".to_owned(),
        (0, 0, m) => format!("{m} m"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) => format!("{h} h {m} m"),
        (d, 0, _) => format!("{d} d"),
        (d, h, _) => format!("{d} d {h} h"),
    }
}

/// `1 lead`, `3 leads`, where the plural only adds an s.
pub fn count(number: u64, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// `12,500`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// With a capital letter, as a sentence begins.
pub fn sentence_start(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `a, b and c`.
pub fn join(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., one] => format!("{} {last} {one}", all.join(", ")),
    }
}

/// `@ana, @ben and @chi`; `nobody`.
pub fn people(people: &[PersonId]) -> Text {
    let mut text = Text::default();
    for (at, person) in people.iter().enumerate() {
        if at > 0 {
            text = text.then(if at + 1 == people.len() { " and " } else { ", " });
        }
        text = text.and(Span::Person(*person));
    }
    if text.is_empty() { Text::plain("nobody") } else { text }
}

/// A person, or who acts where none did.
pub fn person_or(person: Option<PersonId>, otherwise: &str) -> Text {
    person.map_or_else(|| Text::plain(otherwise), |p| Text(vec![Span::Person(p)]))
}

/// `in 2 hours`, in the reader's own terms.
pub fn relative(at: DateTime<Utc>) -> Span {
    Span::Instant(at, When::Relative)
}

/// `1 December 2026 14:30`, in the reader's own zone.
pub fn exact(at: DateTime<Utc>) -> Span {
    Span::Instant(at, When::DateTime)
}

/// Text without a platform, for files: people by name, times in UTC.
pub fn flat(text: &Text, workspace: &Workspace) -> String {
    let span = |span: &Span| match span {
        Span::Plain(text) | Span::Strong(text) | Span::Soft(text) | Span::Code(text) | Span::Block(text) => {
            text.clone()
        }
        Span::Person(person) => workspace.name_of(*person),
        Span::Channel(channel) => format!("channel {channel}"),
        Span::Role(role) => format!("role {role}"),
        Span::Instant(at, _) => stamp(*at),
        Span::Link { label, .. } => label.clone(),
    };
    text.0.iter().map(span).collect()
}

/// Writes people who have no account out by name: a platform could not show them, nor notify them.
pub fn name_people(message: &mut Message, workspace: &Workspace) {
    message.mentions.retain(|person| !person.is_nameless());
    let facts = message.facts.iter_mut().map(|fact| &mut fact.value);
    for text in message.title.iter_mut().chain(&mut message.lines).chain(facts) {
        for span in &mut text.0 {
            if let Span::Person(person) = span
                && person.is_nameless()
            {
                *span = Span::Plain(tidy(&workspace.name_of(*person), NAME));
            }
        }
    }
}

/// `2026-12-01 14:30 UTC`, for files.
pub fn stamp(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// `14:30` where the instant is within twenty hours of now, else with its date.
pub fn moment(at: DateTime<Utc>, now: DateTime<Utc>) -> Span {
    let near = (at - now).abs() < Duration::hours(20);
    Span::Instant(at, if near { When::Time } else { When::DateTime })
}

/// `L-12 · Acme Ltd`.
pub fn title(record: &Record) -> String {
    title_within(record, NAME)
}

/// The same, with at most so much of the name.
pub fn title_within(record: &Record, max: usize) -> String {
    let name = tidy(&record.contact.name, max);
    if name.is_empty() { record.handle.to_string() } else { format!("{} · {name}", record.handle) }
}

/// The company, where it says more than the name.
pub fn company(record: &Record, max: usize) -> Option<String> {
    let company = record.contact.company.as_deref().filter(|c| *c != record.contact.name)?;
    Some(tidy(company, max)).filter(|c| !c.is_empty())
}

/// `🤝 Label`; the id where a newer version of the playbook dropped the status.
pub fn status(ctx: &Ctx<'_>, id: &StatusId) -> String {
    match ctx.playbook.status(id) {
        Some(status) => labelled(status),
        None => id.to_string(),
    }
}

fn labelled(status: &Status) -> String {
    if status.emoji.is_empty() { status.label.clone() } else { format!("{} {}", status.emoji, status.label) }
}

/// The same with its number, where it is a numbered one (B7): `🔁 Check-in 3`.
pub fn status_nth(ctx: &Ctx<'_>, id: &StatusId, nth: Option<u32>) -> String {
    numbered(ctx, id, status(ctx, id), nth)
}

fn numbered(ctx: &Ctx<'_>, id: &StatusId, label: String, nth: Option<u32>) -> String {
    match (ctx.playbook.status(id).and_then(|s| s.numbered), nth) {
        (Some(numbering), Some(nth)) => format!("{label} {}", number(numbering, nth)),
        (None, _) | (_, None) => label,
    }
}

/// The name of the status that a record is in, with its number, where it has one: `Check-in 3`.
pub fn label_now(ctx: &Ctx<'_>, record: &Record) -> String {
    let label = ctx.playbook.status_label(&record.status).to_owned();
    numbered(ctx, &record.status, label, Some(record.nth(&record.status)))
}

/// The name of a status as it would be entered by a record.
pub fn label_next(ctx: &Ctx<'_>, record: &Record, id: &StatusId) -> String {
    numbered(ctx, id, ctx.playbook.status_label(id).to_owned(), Some(record.nth(id) + 1))
}

/// The status that a record is in.
pub fn status_now(ctx: &Ctx<'_>, record: &Record) -> String {
    status_nth(ctx, &record.status, Some(record.nth(&record.status)))
}

/// A status as it would be entered by a record.
pub fn status_next(ctx: &Ctx<'_>, record: &Record, id: &StatusId) -> String {
    status_nth(ctx, id, Some(record.nth(id) + 1))
}

/// The number of a numbered status (B7): `3`, `3rd`.
pub fn number(numbering: Numbering, nth: u32) -> String {
    match numbering {
        Numbering::Cardinal => nth.to_string(),
        Numbering::Ordinal => ordinal(nth),
    }
}

/// `1st`, `2nd`, `3rd`, `11th`.
pub fn ordinal(number: u32) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// The record's status with its sub-status, where it has one: `📞 Label (E-mail sent)` (D16).
pub fn standing(ctx: &Ctx<'_>, record: &Record) -> String {
    let label = status_now(ctx, record);
    match sub_status(ctx, record) {
        Some(sub) => format!("{label} ({sub})"),
        None => label,
    }
}

/// Status and stage at a glance (D3): `📞 Label · Stage`; of a pipeline `Pipeline · Stage · 🔵 Label` (C2). The status
/// is given as it is to be shown.
pub fn place(ctx: &Ctx<'_>, record: &Record, status: Text) -> Text {
    let stage = stage(ctx, record.stage.as_ref());
    if ctx.playbook.pipeline {
        let pipeline = tidy(&ctx.playbook.title, NAME);
        let before: Vec<_> = [Some(pipeline), stage, Some(String::new())].into_iter().flatten().collect();
        return Text::plain(before.join(" · ")).append(status);
    }
    match stage {
        Some(stage) => status.then(format!(" · {stage}")),
        None => status,
    }
}

/// The label of the record's sub-status (D16).
pub fn sub_status(ctx: &Ctx<'_>, record: &Record) -> Option<String> {
    let field = ctx.playbook.status(&record.status)?.sub_status.as_ref()?;
    match record.get(field)? {
        FieldValue::Choice(word) => Some(choice(ctx, field, &word)),
        FieldValue::Text(_) | FieldValue::Money(_) | FieldValue::Instant(_) | FieldValue::Number(_) => None,
    }
}

/// What is wrong, the newest flag, and what to do about it (D4–D13).
pub fn flag(ctx: &Ctx<'_>, record: &Record) -> Option<String> {
    let (flag, _) = clocks::flags(record, ctx.playbook, ctx.now).pop()?;
    Some(if flag.what_to_do.is_empty() {
        flag.says.clone()
    } else {
        format!("{}: {}", flag.says, flag.what_to_do)
    })
}

/// `by itself (rule reply)`: nobody chose it, and which rule did.
pub fn by_rule(rule: &RuleId) -> String {
    format!("by itself (rule {rule})")
}

/// ` looks like A or B: you decide.`, with why where that is known.
pub fn looks_like(ctx: &Ctx<'_>, to: &[StatusId], because: Option<&str>) -> Text {
    let labels: Vec<_> = to.iter().map(|s| status(ctx, s)).collect();
    let labels = join(&labels, "or");
    Text::plain(match because {
        Some(because) => format!(" · {}. {labels}: you decide.", tidy(because, NOTE)),
        None => format!(" looks like {labels}: you decide."),
    })
}

/// The stage's name for people, where the record has one.
pub fn stage(ctx: &Ctx<'_>, id: Option<&StageId>) -> Option<String> {
    id.map(|id| match ctx.playbook.stage(id) {
        Some(stage) => stage.label.clone(),
        // One that is gone is known by its id alone, which was made of its name.
        None => sentence_start(&id.as_str().replace('_', " ")),
    })
}

/// Another record that one hangs together with.
pub fn link(link: &Link) -> String {
    match link.kind {
        LinkKind::CameFrom => format!("made of {}", link.handle),
        LinkKind::Became => format!("became {}", link.handle),
    }
}

/// The field's name for people.
pub fn field(ctx: &Ctx<'_>, id: &FieldId) -> String {
    ctx.playbook.field(id).map_or_else(|| id.as_str().replace('_', " "), |f| f.label.clone())
}

/// The names of several fields: `"Budget", "Need" and "When will they decide?"`. Many are questions or begin with "When": the
/// quotes say where one ends.
pub fn fields(ctx: &Ctx<'_>, ids: &[FieldId]) -> String {
    join(&ids.iter().map(|id| format!("\"{}\"", field(ctx, id))).collect::<Vec<_>>(), "and")
}

/// The content of a field, for people.
pub fn value(ctx: &Ctx<'_>, id: &FieldId, value: &FieldValue) -> Text {
    match value {
        FieldValue::Text(text) => Text::plain(shown(text, NOTE)),
        FieldValue::Money(money) => Text::plain(money.to_string()),
        FieldValue::Instant(at) => Text(vec![exact(*at)]),
        FieldValue::Number(number) => Text::plain(number.to_string()),
        FieldValue::Choice(word) => Text::plain(choice(ctx, id, word)),
    }
}

/// The label of a word from a list: a choice's, a reason's, an activity's.
fn choice(ctx: &Ctx<'_>, id: &FieldId, word: &str) -> String {
    let of_kind = ctx.playbook.field(id).and_then(|field| match &field.kind {
        FieldKind::Choice(options) => {
            options.iter().find(|(id, _)| id == word).map(|(_, label)| label.clone())
        }
        FieldKind::Reason => reason(ctx, word),
        FieldKind::Text
        | FieldKind::Long
        | FieldKind::Email
        | FieldKind::Phone
        | FieldKind::Money
        | FieldKind::Number
        | FieldKind::Instant => None,
    });
    of_kind
        .or_else(|| reason(ctx, word))
        .or_else(|| Activity::parse(word).map(|a| activity(a).to_owned()))
        .unwrap_or_else(|| shown(word, NAME))
}

/// `, skipping Contact and Engaged` (B10); empty: nothing was.
pub fn skipped(ctx: &Ctx<'_>, skipped: &[StatusId]) -> String {
    if skipped.is_empty() {
        return String::new();
    }
    let labels: Vec<_> = skipped.iter().map(|id| ctx.playbook.status_label(id).to_owned()).collect();
    format!(", skipping {}", join(&labels, "and"))
}

/// The broad measure before the narrow one, where the playbook has both (B3): `Opportunity · 🤝 Engaged`.
pub fn phase_and_standing(ctx: &Ctx<'_>, record: &Record) -> String {
    let standing = standing(ctx, record);
    match phase(ctx, record) {
        Some(phase) => format!("{phase} · {standing}"),
        None => standing,
    }
}

/// The phase of the record's status, where the playbook has phases.
pub fn phase<'a>(ctx: &Ctx<'a>, record: &Record) -> Option<&'a str> {
    let phase = ctx.playbook.status(&record.status)?.phase.as_ref()?;
    Some(ctx.playbook.phase_label(phase))
}

/// An outcome's name for people; as it was put, where the playbook has none of that id.
pub fn outcome(ctx: &Ctx<'_>, id: &str) -> String {
    ctx.playbook.outcome(id).map_or_else(|| tidy(id, NAME), |o| o.label.clone())
}

/// A reason's name for people.
pub fn reason(ctx: &Ctx<'_>, id: &str) -> Option<String> {
    ctx.playbook.reasons.iter().find(|r| r.id.as_str() == id).map(|r| r.label.clone())
}

/// What a rule does, as a sentence without its full stop; `None`: the playbook has no such rule any more.
pub fn rule_does(ctx: &Ctx<'_>, id: &RuleId) -> Option<String> {
    let label = ctx.playbook.rule(id)?.label.trim().trim_end_matches('.');
    Some(tidy(label, NOTE)).filter(|label| !label.is_empty())
}

/// An activity, for people.
pub fn activity(activity: Activity) -> &'static str {
    match activity {
        Activity::EmailSent => "E-mail sent",
        Activity::CallUnanswered => "Call, no answer",
        Activity::Voicemail => "Voicemail left",
        Activity::LinkedinMessage => "LinkedIn message sent",
        Activity::EmailReplied => "E-mail reply",
        Activity::CallAnswered => "Call, spoke with them",
        Activity::MeetingBooked => "Meeting booked",
        Activity::MeetingHeld => "Meeting held",
        Activity::EmailOpened => "E-mail opened",
        Activity::EmailClicked => "Link in an e-mail clicked",
        Activity::FormSubmitted => "Form submitted",
        Activity::Payment => "Payment received",
        Activity::Note => "Note",
    }
}

/// What an activity counts for, in a line.
pub fn activity_means(activity: Activity) -> &'static str {
    use crate::domain::activity::ActivityKind;
    match activity.kind() {
        ActivityKind::Touch => "we reached out",
        ActivityKind::TwoWay => "they answered",
        ActivityKind::Signal => "something they did",
        ActivityKind::Internal => "among ourselves",
    }
}

/// A class of statuses, for people.
pub fn class(class: Class) -> &'static str {
    match class {
        Class::Open => "open",
        Class::Parked => "set aside",
        Class::Won => "won",
        Class::Lost => "lost",
        Class::Excluded => "left out of reports",
    }
}

/// A duty, for people.
pub fn duty(duty: Duty) -> &'static str {
    match duty {
        Duty::Ae => "account executive",
        Duty::Senior => "senior rep",
        Duty::MarketingOwner => "marketing owner",
        Duty::SdrManager => "SDR manager",
        Duty::SalesManager => "sales manager",
    }
}

/// `First contact due in 2 hours`, `First contact was due 3 hours ago`. What is no duty of anybody's but a time at which
/// something happens is told as such: `Quiet for 30 days: in 12 days`. `None` for a clock that has nothing more to say.
pub fn clock(clock: &Clock<'_>, now: DateTime<Utc>) -> Option<Text> {
    let label = &clock.spec.label;
    let late = clock.breached_at.filter(|_| clock.spec.sla);
    match (late, clock.deadline) {
        (Some(breached), deadline) => {
            let due = deadline.unwrap_or(breached);
            Some(Text::plain(format!("⏰ {label} was due ")).and(relative(due)))
        }
        (None, Some(deadline)) if deadline <= now => {
            Some(Text::plain(format!("⏰ {label} was due ")).and(relative(deadline)))
        }
        (None, Some(deadline)) if clock.spec.sla => {
            Some(Text::plain(format!("{label} due ")).and(relative(deadline)))
        }
        (None, Some(deadline)) => Some(comes(label, deadline)),
        (None, None) => clock.next_due().map(|at| comes(label, at)),
    }
}

/// `Follow up: in 3 days`; of a label that asks, `Is it implemented? Asked in 20 days`.
fn comes(label: &str, at: DateTime<Utc>) -> Text {
    let stop = if label.ends_with('?') { " Asked " } else { ": " };
    Text::plain(format!("{label}{stop}")).and(relative(at))
}

/// Whether any of the clocks is late.
pub fn is_late(clocks: &[Clock<'_>], now: DateTime<Utc>) -> bool {
    clocks.iter().any(|c| c.spec.sla && (c.breached_at.is_some() || c.deadline.is_some_and(|d| d <= now)))
}

/// Why a record was handed over; `None`: nobody said.
pub fn handed(ctx: &Ctx<'_>, record: &Record, why: Option<&str>, how: Option<&HandOver>) -> Option<String> {
    let why = why.map(|why| tidy(why, NOTE)).filter(|why| !why.is_empty());
    match how {
        None => why,
        Some(HandOver::Rescued { clock }) => {
            let label = ctx.playbook.clock(clock).map_or(clock.as_str(), |(_, spec)| &spec.label);
            Some(format!("taken over before \"{label}\" was late"))
        }
        Some(HandOver::Routed(routed)) => {
            let route = ctx.playbook.route(&routed.route).map(|route| route.why.clone());
            let why = match routed.found {
                Found::Account => company(record, NAME).map(|name| format!("{name} is on the account list")),
                Found::Turn => why.or(route),
                Found::Nobody => Some("nobody else is free".to_owned()),
            };
            match routed.because {
                Because::Away => Some("its owner is away, and it cannot wait".to_owned()),
                Because::New | Because::Entered | Because::Asked => why,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R9
    #[test]
    fn text_from_people_is_made_fit() {
        assert_eq!(tidy("  Acme \n\t Ltd ", 80), "Acme Ltd");
        assert_eq!(tidy("a\u{202e}b\u{200b}c\u{0}d\u{feff}", 80), "abcd");
        assert_eq!(tidy("👩\u{200d}💻 Ana", 80), "👩\u{200d}💻 Ana");
        assert_eq!(tidy("abcdef", 6), "abcdef");
        assert_eq!(tidy("abcdefg", 6), "abcde…");
        assert_eq!(tidy("abcde fgh", 7), "abcde…");
        assert_eq!(tidy(&"é".repeat(10_000), 80).chars().count(), 80);
        assert_eq!(tidy(&"\u{200b}".repeat(10_000), 80), "");
        assert_eq!(tidy("abc", 0), "…");
    }

    #[test]
    fn lengths_are_said_in_two_units() {
        let said = |minutes| duration(Duration::minutes(minutes));
        assert_eq!(said(0), "less than a minute");
        assert_eq!(said(59), "59 m");
        assert_eq!(said(60), "1 h");
        assert_eq!(said(190), "3 h 10 m");
        assert_eq!(said(1440), "1 d");
        assert_eq!(said(2 * 1440 + 4 * 60 + 30), "2 d 4 h");
    }

    #[test]
    fn ordinals_are_said() {
        let said: Vec<_> = [1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal).into();
        assert_eq!(said, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th"]);
    }

    #[test]
    fn lists_are_said() {
        let said = |items: &[&str]| join(&items.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>(), "and");
        assert_eq!(said(&[]), "");
        assert_eq!(said(&["a"]), "a");
        assert_eq!(said(&["a", "b", "c"]), "a, b and c");
    }
}
