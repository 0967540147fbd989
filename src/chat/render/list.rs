//! Lists of records: `/lead mine`, `/lead list` (C3, D68).

use super::card;
use super::task;
use super::view::{ListView, RowView};
use super::words::{self, NAME, tidy};
use crate::chat::action::Action;
use crate::chat::intent::MineFilter;
use crate::chat::message::{Button, Choice, Choices, Emphasis, Message, Severity, Text};
use crate::domain::clocks;
use crate::domain::ids::DraftId;

/// How many records a page shows.
pub const ROWS: usize = 10;
/// How many of them get a button for their likeliest move (D68: one click from a list).
const ONE_CLICK: usize = 5;

/// My work, nearest to a breach first.
pub fn mine(filter: MineFilter, view: &ListView<'_>) -> Message {
    if view.rows.is_empty() {
        return Message::line(match filter {
            MineFilter::All => format!("You have no open {}.", view.plural),
            MineFilter::Late => format!("None of your {} is late.", view.plural),
            MineFilter::Today => format!("Nothing is due today on your {}.", view.plural),
            MineFilter::Owing => format!("None of your {} has anything missing.", view.plural),
            MineFilter::Tasks => format!("Nothing is to be done on your {}.", view.plural),
            MineFilter::Waiting => format!("None of your {} waits for approval.", view.plural),
        })
        .severity(Severity::Good);
    }
    let what = match filter {
        MineFilter::All => String::new(),
        MineFilter::Late => ", late".to_owned(),
        MineFilter::Today => ", due today".to_owned(),
        MineFilter::Owing => ", data missing".to_owned(),
        MineFilter::Tasks => ", with something to do".to_owned(),
        MineFilter::Waiting => ", waiting for approval".to_owned(),
    };
    let mut message = page(view, false).titled(format!("Your {}{what}: {}", view.plural, view.total));
    if view.rows.iter().any(|r| words::is_late(&r.clocks, r.ctx.now)) {
        message.severity = Severity::Bad;
    }
    let likely: Vec<_> = view.rows.iter().take(ONE_CLICK).filter_map(one_click).collect();
    message.buttons.splice(0..0, likely);
    message
}

/// Records that have something in common.
pub fn list(view: &ListView<'_>) -> Message {
    let filters =
        if view.filters.is_empty() { String::new() } else { format!(" ({})", view.filters.join(", ")) };
    if view.total == 0 {
        let filters = tidy(&filters, 250);
        return Message::line(if filters.is_empty() {
            format!("No open {}. state:all shows the others, too.", view.plural)
        } else {
            format!("No {} {filters}. Try fewer filters, or state:all.", view.plural)
        });
    }
    page(view, true).titled(tidy(&format!("{}{filters}: {}", capitalised(view.plural), view.total), 250))
}

/// A page shown anew after a change from it: what changed stands above, and can be taken back.
pub fn after(mut list: Message, done: Message) -> Message {
    list.lines.splice(0..0, done.lines.into_iter().take(1));
    let kept = |button: &Button| matches!(button.action, Action::Undo { .. } | Action::FillOwed { .. });
    list.buttons.splice(0..0, done.buttons.into_iter().filter(kept));
    list
}

/// A way back to the list, from what came of a change that was not made at once.
pub fn with_way_back(message: Message, draft: DraftId, page: u32) -> Message {
    message.button(Action::Page { draft, page }, "Back to the list", Emphasis::Plain)
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn page(view: &ListView<'_>, with_owner: bool) -> Message {
    let pages = view.total.div_ceil(ROWS as u64).max(1);
    let mut message = Message {
        lines: view.rows.iter().take(ROWS).map(|row| line(row, with_owner)).collect(),
        ..Message::default()
    };
    if message.lines.is_empty() {
        message.lines.push(Text::plain("Nothing on this page."));
    }
    let turn = |page| Action::Page { draft: view.draft, page };
    if view.page > 0 {
        message = message.button(turn(view.page - 1), "Back", Emphasis::Plain);
    }
    if u64::from(view.page) + 1 < pages {
        message = message.button(turn(view.page + 1), "Next", Emphasis::Plain);
    }
    if pages > 1 {
        message.footer = Some(format!("Page {} of {pages}", view.page + 1));
    }
    let options: Vec<_> = view
        .rows
        .iter()
        .take(ROWS)
        .map(|row| Choice {
            value: row.record.id.to_string(),
            label: words::title(row.record),
            means: Some(words::status_now(&row.ctx, row.record)),
        })
        .collect();
    if !options.is_empty() {
        let move_one = Action::ListRecord { draft: view.draft, page: view.page };
        let change =
            Choices { action: move_one, prompt: "Change a status".to_owned(), options: options.clone() };
        message.choices.push(Choices { action: Action::PickRecord, prompt: "Open one".to_owned(), options });
        message.choices.push(change);
    }
    message
}

fn line(row: &RowView<'_>, with_owner: bool) -> Text {
    let (ctx, record) = (&row.ctx, row.record);
    let place = words::place(ctx, record, Text::plain(words::phase_and_standing(ctx, record)));
    let mut text = Text::strong(words::title(record)).then(" · ").append(place);
    if let Some(company) = words::company(record, NAME / 2) {
        text = text.then(format!(" · {company}"));
    }
    if let Some(value) = record.value {
        text = text.then(format!(" · {value}"));
    }
    if with_owner {
        text = text.then(" · ").append(words::person_or(record.owner, "no owner"));
    }
    if let Some(clock) = row.clocks.iter().find_map(|c| words::clock(c, ctx.now)) {
        text = text.then(" · ").append(clock);
    } else if let Some(due) = record.next.as_ref().and_then(|n| n.due) {
        text = text.then(" · next action due ").and(words::relative(due));
    }
    if let Some(task) = task::nearest(ctx, record).first().filter(|_| !with_owner) {
        text = text.then(" · ").append(task::line(ctx, record, task));
    }
    if let Some((flag, _)) = clocks::flags(record, ctx.playbook, ctx.now).pop() {
        text = text.then(format!(" · 🚩 {}", flag.says));
    }
    if record.pending.is_some() {
        text = text.then(" · ✋ waits for approval");
    }
    if !record.owes.is_empty() {
        text = text.then(" · 📝 data missing");
    }
    text
}

/// `L-12 → Label`.
fn one_click(row: &RowView<'_>) -> Option<Button> {
    if row.record.pending.is_some() || !row.record.owes.is_empty() {
        return None;
    }
    let button = card::moves(&row.ctx, row.record, 1).into_iter().next()?;
    Some(Button {
        label: format!("{} → {}", row.record.handle, button.label),
        emphasis: Emphasis::Plain,
        ..button
    })
}
