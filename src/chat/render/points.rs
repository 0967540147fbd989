//! Points (A3, A7): the leaderboard, and the ledger behind every point. A page of each fits a message.

use super::view::{EntryView, LeaderView, LedgerView};
use super::words::{self, tidy};
use crate::chat::action::Action;
use crate::chat::message::{Choice, Choices, Emphasis, Message, Span, Text};
use crate::domain::ids::PersonId;
use crate::domain::points::{Board, Total, Why};
use crate::domain::record::{Credit, Record};

/// So many lines a page has.
pub const LINES: usize = 10;
/// The longest name of a company.
const COMPANY: usize = 60;

/// For whom points are: `@ana and Acme`.
pub fn whose(record: &Record, credit: &Credit) -> Text {
    let company = record.contact.company.as_deref().map(|name| tidy(name, COMPANY));
    both(credit.person, company.filter(|name| !name.is_empty()))
}

fn both(person: Option<PersonId>, company: Option<String>) -> Text {
    match (person, company) {
        (Some(person), Some(company)) => {
            Text::default().and(Span::Person(person)).then(format!(" and {company}"))
        }
        (Some(person), None) => Text::default().and(Span::Person(person)),
        (None, Some(company)) => Text::plain(company),
        (None, None) => Text::plain("nobody"),
    }
}

/// `/pipeline points`: who has most.
pub fn leaderboard(view: &LeaderView<'_>) -> Message {
    let by = match view.by {
        Board::Person => "person",
        Board::Company => "company",
    };
    if view.all == 0 {
        return Message::line(none_yet(Text::plain(format!("No {by} has"))));
    }
    let first = view.page as usize * LINES + 1;
    let lines = view.totals.iter().zip(first..).map(|(total, place)| {
        Text::plain(format!("{place}. ")).append(name(total)).then(format!(" · {}", points(total.points)))
    });
    let mut message = Message { lines: lines.collect(), ..Message::default() };
    if message.lines.is_empty() {
        message.lines.push(Text::plain("Nothing on this page."));
    }
    let turn = |page| Action::Points { by: view.by, person: None, company: None, page };
    let options: Vec<_> = view
        .totals
        .iter()
        .filter_map(|total| {
            let (value, label) = match view.by {
                Board::Person => {
                    let person = total.person?;
                    (person.0, tidy(&view.workspace.name_of(person), COMPANY))
                }
                Board::Company => (total.newest, tidy(total.company.as_deref()?, COMPANY)),
            };
            Some(Choice { value: value.to_string(), label, means: Some(points(total.points)) })
        })
        .collect();
    if !options.is_empty() {
        let prompt = "Where the points come from".to_owned();
        message.choices.push(Choices { action: turn(0), prompt, options });
    }
    paged(message.titled(format!("Points by {by}")), view.page, view.all, turn)
}

fn name(total: &Total) -> Text {
    match (&total.person, &total.company) {
        (Some(person), None) => Text::default().and(Span::Person(*person)),
        (_, Some(company)) => Text::strong(tidy(company, COMPANY)),
        (None, None) => Text::plain("nobody"),
    }
}

fn none_yet(whose: Text) -> Text {
    let guide = Span::Code("/playbook guide".to_owned());
    whose.then(" points yet: ").and(guide).then(" says what gives them.")
}

/// The entries behind points, the newest first.
pub fn ledger(view: &LedgerView<'_>) -> Message {
    let company = view.company.map(|name| tidy(name, COMPANY));
    if view.all == 0 {
        return Message::line(none_yet(both(view.person, company).then(" has no")));
    }
    let lines = view.entries.iter().map(|entry| line(view, entry));
    let mut message = Message { lines: lines.collect(), ..Message::default() };
    if message.lines.is_empty() {
        message.lines.push(Text::plain("Nothing on this page."));
    }
    let who = both(view.person, company);
    let title = who.then(format!(": {}", points(view.points)));
    let turn = |page| Action::Points { by: view.by, person: view.person, company: view.company_entry, page };
    let message = paged(message.titled(title), view.page, view.all, turn);
    let board = Action::Points { by: view.by, person: None, company: None, page: 0 };
    message.button(board, "Leaderboard", Emphasis::Plain)
}

fn line(view: &LedgerView<'_>, of: &EntryView<'_>) -> Text {
    let entry = of.entry;
    let sign = if entry.delta < 0 { "−" } else { "+" };
    let text = Text::strong(format!("{sign}{}", entry.delta.unsigned_abs()));
    let text = match (&of.record, &of.ctx) {
        (Some(record), Some(ctx)) => {
            let status = words::status(ctx, &entry.status);
            text.then(format!(" · {} · {}", words::title_within(record, COMPANY), why(entry.why, &status)))
        }
        _ => text.then(format!(" · {}", why(entry.why, entry.status.as_str()))),
    };
    // Whichever of the two the ledger is not about.
    let text = match (view.person, entry.person) {
        (None, Some(person)) => text.then(" · ").and(Span::Person(person)),
        _ => text,
    };
    let text = match (view.company, &entry.company) {
        (None, Some(company)) => text.then(format!(" · {}", tidy(company, COMPANY))),
        _ => text,
    };
    text.then(" · ").and(words::exact(entry.at))
}

fn why(why: Why, status: &str) -> String {
    match why {
        Why::Entered => status.to_owned(),
        Why::Left => format!("left {status}"),
        Why::Undone => format!("{status}, an undo"),
        Why::Merged => format!("{status}, merged into another"),
        Why::Erased => format!("{status}, erased"),
        Why::Renamed => format!("{status}, its company has another name"),
    }
}

/// `1 point`, `30 points`; below 0 where only part of a ledger is looked at.
fn points(sum: i64) -> String {
    let sign = if sum < 0 { "−" } else { "" };
    format!("{sign}{}", words::count(sum.unsigned_abs(), "point"))
}

fn paged(mut message: Message, page: u32, all: u64, turn: impl Fn(u32) -> Action) -> Message {
    let pages = all.div_ceil(LINES as u64).max(1);
    if page > 0 {
        message = message.button(turn(page - 1), "Back", Emphasis::Plain);
    }
    if u64::from(page) + 1 < pages {
        message = message.button(turn(page + 1), "Next", Emphasis::Plain);
    }
    if pages > 1 {
        message.footer = Some(format!("Page {} of {pages}", page + 1));
    }
    message
}
