//! `/setup show`: every setting, its value, who changed it and when, in pages that fit a message. Whatever is broken
//! comes first.

use super::crm;
use super::me;
use super::settings;
use super::view::SetupView;
use super::words::{self, tidy};
use crate::chat::action::Action;
use crate::chat::message::{Emphasis, Message, Severity, Span, Text};
use crate::domain::ids::ChannelId;
use crate::domain::workspace::{Person, SettingChange, Team};

/// The longest text under one heading, in characters as a platform counts them.
const HEADING: usize = 950;
/// The longest page: a screen or two of a telephone.
const PAGE: usize = 2_000;
/// The most headings of a page.
const HEADINGS: usize = 20;
/// How many holidays of a team are named.
const HOLIDAYS: usize = 12;

/// A heading with its lines.
struct Section {
    label: String,
    lines: Vec<Text>,
}

/// A page, from 0; the last one where there are not so many.
pub fn page(view: &SetupView<'_>, page: u32) -> Message {
    let mut pages = pages(view);
    let count = pages.len();
    let at = usize::try_from(page).unwrap_or(usize::MAX).min(count.saturating_sub(1));
    let mut message = Message::default().titled("Set-up");
    if !pages.is_empty() {
        for (label, text) in pages.swap_remove(at) {
            message = message.long_fact(label, text);
        }
    }
    if view.delivery.parked > 0 || !view.delivery.broken.is_empty() {
        message.severity = Severity::Warning;
    }
    let turn = |to: usize| Action::SetupPage { page: u32::try_from(to).unwrap_or(0) };
    if at > 0 {
        message = message.button(turn(at - 1), "Back", Emphasis::Plain);
    }
    if at + 1 < count {
        message = message.button(turn(at + 1), "Next", Emphasis::Plain);
    }
    if at == 0 && view.delivery.may_send_notes && view.delivery.notes.refused > 0 {
        let again = Action::SendNotes { record: None };
        message = message.button(again, "Send refused notes again", Emphasis::Plain);
    }
    if count > 1 {
        message.footer = Some(format!("Page {} of {count}", at + 1));
    }
    message
}

/// The sections, cut where a heading or a page is full.
fn pages(view: &SetupView<'_>) -> Vec<Vec<(String, Text)>> {
    let mut pages: Vec<Vec<(String, Text)>> = vec![Vec::new()];
    let mut size = 0;
    for section in sections(view) {
        for (label, text) in headings(section) {
            let length = label.chars().count() + length(&text);
            let full = |page: &Vec<_>| !page.is_empty() && (size + length > PAGE || page.len() >= HEADINGS);
            if pages.last().is_some_and(full) {
                pages.push(Vec::new());
                size = 0;
            }
            size += length;
            if let Some(page) = pages.last_mut() {
                page.push((label, text));
            }
        }
    }
    pages
}

/// A section under as many headings as its lines need.
fn headings(section: Section) -> Vec<(String, Text)> {
    let mut all: Vec<(String, Text)> = Vec::new();
    let mut size = 0;
    for line in section.lines {
        let more = length(&line) + 1;
        match all.last_mut() {
            Some((_, text)) if size + more <= HEADING => {
                *text = std::mem::take(text).then("\n").append(line);
                size += more;
            }
            Some(_) | None => {
                let label = match all.len() {
                    0 => section.label.clone(),
                    n => format!("{}, {}", section.label, n + 1),
                };
                all.push((label, line));
                size = more;
            }
        }
    }
    all
}

fn sections(view: &SetupView<'_>) -> Vec<Section> {
    let mut all = vec![delivery(view), thresholds(view), accounts(view), playbooks(view), webhooks(view)];
    all.extend(view.workspace.teams.iter().map(|team| self::team(view, team)));
    all.push(people(view));
    all.retain(|section| !section.lines.is_empty());
    all
}

fn delivery(view: &SetupView<'_>) -> Section {
    let counts = format!(
        "{} waiting, {} undeliverable",
        words::count(view.delivery.waiting, "message"),
        view.delivery.parked
    );
    let mut lines = vec![Text::plain(counts)];
    lines.extend(crm::unsent(&view.delivery.notes));
    lines.extend(view.delivery.broken.iter().map(|channel| {
        Text::plain("⚠️ ").and(Span::Channel(*channel)).then(" is gone or closed to me: set another one")
    }));
    if view.delivery.kept > 0 {
        let kept = words::count(view.delivery.kept, "event");
        let text = format!("⚠️ {kept} of other systems found no record: ");
        lines.push(Text::plain(text).and(Span::Code("/setup hooks".to_owned())));
    }
    Section { label: "Delivery".to_owned(), lines }
}

fn thresholds(view: &SetupView<'_>) -> Section {
    let lines = settings::thresholds(view.workspace);
    // What is a team's stands with the team; the account list has its own section.
    let lines = lines.into_iter().filter(|(setting, _)| !setting.starts_with("team "));
    let of = &view.workspace.thresholds;
    let lines = lines.map(|(setting, text)| match (setting.as_str(), of.accounts.len() as u64) {
        ("enterprise", listed) if listed > 0 => {
            let size = of.enterprise_size.map(|size| format!("from {size} people on; "));
            let listed = words::count(listed, "account");
            let text = format!("enterprise: {}{listed}, listed under Accounts", size.unwrap_or_default());
            (setting, text)
        }
        _ => (setting, text),
    });
    Section {
        label: "Thresholds".to_owned(),
        lines: lines.map(|(setting, text)| Text::plain(text).append(changed(view, &setting))).collect(),
    }
}

/// Every account with whoever looks after it (D37): they decide where its records go.
fn accounts(view: &SetupView<'_>) -> Section {
    let lines = view.workspace.thresholds.accounts.values().map(|account| {
        Text::plain(format!("{} → ", tidy(&account.name, 80))).and(Span::Person(account.owner))
    });
    Section { label: "Accounts".to_owned(), lines: lines.collect() }
}

fn playbooks(view: &SetupView<'_>) -> Section {
    let lines = view.playbooks.iter().map(|(playbook, active)| {
        let off = if *active { "" } else { ", off" };
        Text::plain(format!("{}, version {}: ", tidy(&playbook.title, 80), playbook.version))
            .and(Span::Code(format!("/{}", playbook.noun.singular)))
            .then(off)
            .append(how(view, &format!("playbook {}", playbook.id)))
    });
    Section { label: "Playbooks".to_owned(), lines: lines.collect() }
}

/// Nothing where no other system has to do with the workspace.
fn webhooks(view: &SetupView<'_>) -> Section {
    let hooks = &view.workspace.hooks;
    let is_set = |set: bool| if set { "set" } else { "none" };
    let mut lines = Vec::new();
    if !hooks.is_empty() {
        let secret = format!("secret {}", is_set(hooks.secret.is_some()));
        lines.push(Text::plain(secret).append(changed(view, "hooks: secret")));
        let url =
            Text::plain(format!("url {}", hooks.url.as_deref().map_or("none".to_owned(), |u| tidy(u, 200))));
        lines.push(url.append(changed(view, "hooks: url")));
        let messages = if hooks.messages { "sent" } else { "not sent" };
        let messages = Text::plain(format!("prepared messages {messages}"));
        lines.push(messages.append(changed(view, "hooks: messages")));
        let hubspot = format!("HubSpot's client secret {}", is_set(hooks.hubspot.is_some()));
        lines.push(Text::plain(hubspot).append(changed(view, "hooks: HubSpot")));
    }
    Section { label: "Webhooks".to_owned(), lines }
}

fn team(view: &SetupView<'_>, team: &Team) -> Section {
    let line = |what: &str, text: Text| {
        Text::plain(format!("{what} "))
            .append(text)
            .append(changed(view, &format!("team {}: {what}", team.name)))
    };
    let role =
        |role: Option<_>| role.map_or_else(|| Text::plain("none"), |role| Text(vec![Span::Role(role)]));
    let mut lines = vec![Text::plain("managers ").append(settings::managers(view.workspace, team))];
    lines.push(line("hours", Text::plain(team.calendar.hours.to_string())));
    lines.push(line("time zone", Text::plain(team.calendar.zone.to_string())));
    lines.push(line("digest at", Text::plain(team.digest_at.format("%H:%M").to_string())));
    for (what, channel) in [
        ("leads", team.leads),
        ("alerts", team.alerts),
        ("approvals", team.approvals),
        ("digest", team.digest),
    ] {
        lines.push(line(what, place(view, channel)));
    }
    lines.push(line("manager role", role(team.manager_role)));
    lines.push(line("rep role", role(team.rep_role)));
    lines.push(line("booking", Text::plain(team.booking.clone().unwrap_or_else(|| "none".to_owned()))));
    let budget = view.workspace.thresholds.team_budgets.get(&team.id);
    let budget = budget.map_or_else(|| "as for everybody".to_owned(), |n| settings::a_day(*n));
    lines.push(line("budget", Text::plain(budget)));
    lines.push(holidays(view, team));
    Section { label: format!("Team {}", tidy(&team.name, 60)), lines }
}

fn holidays(view: &SetupView<'_>, team: &Team) -> Text {
    let days = &team.calendar.holidays;
    let today = team.calendar.local(view.now).date();
    let coming: Vec<_> = days.range(today..).take(HOLIDAYS).map(ToString::to_string).collect();
    let mut text = words::count(days.len() as u64, "holiday");
    if !coming.is_empty() {
        let more = days.len().saturating_sub(coming.len());
        let all = if more > 0 { "; all of them: /setup holidays" } else { "" };
        text = format!("{text}, the next ones {}{all}", coming.join(", "));
    }
    let about = format!("team {}: holiday", team.name);
    let last = view.changes.iter().find(|c| c.setting.starts_with(&about));
    Text::plain(text).append(last.map(by).unwrap_or_default())
}

fn people(view: &SetupView<'_>) -> Section {
    let placed = view.workspace.people.values().filter(|p| is_placed(p));
    let lines = placed.map(|person| {
        let text = settings::member_text(view.workspace, person);
        let text = Text(vec![Span::Person(person.id)]).then(format!(": {text}"));
        let text = match (person.gone, person.away.filter(|a| a.until.is_none_or(|until| view.now < until))) {
            (Some(since), _) => text.then(", gone since ").and(words::exact(since)),
            (None, Some(away)) => text.then(", away ").append(me::away_span(away)),
            (None, None) => text,
        };
        let about = format!("member {}: ", person.name);
        let last = view.changes.iter().find(|c| c.setting.starts_with(&about));
        text.append(last.map(by).unwrap_or_default())
    });
    Section { label: "People".to_owned(), lines: lines.collect() }
}

fn is_placed(person: &Person) -> bool {
    person.team.is_some()
        || person.role.is_some()
        || !person.duties.is_empty()
        || person.capacity.is_some()
        || person.away.is_some()
        || person.gone_by.is_some()
}

fn place(view: &SetupView<'_>, channel: Option<ChannelId>) -> Text {
    settings::place(channel, view.delivery)
}

/// Who changed a setting last, and when; nothing where nobody ever did.
fn changed(view: &SetupView<'_>, setting: &str) -> Text {
    view.changes.iter().find(|c| c.setting == setting).map(by).unwrap_or_default()
}

/// The same, with what was changed of a pipeline.
fn how(view: &SetupView<'_>, setting: &str) -> Text {
    let Some(change) = view.changes.iter().find(|c| c.setting == setting) else { return Text::default() };
    match change.value.split_once(": ") {
        Some((_, what)) => Text::plain(format!(" · {}", tidy(what, 160))).append(by(change)),
        None => by(change),
    }
}

fn by(change: &SettingChange) -> Text {
    Text::plain(" · by ").and(Span::Person(change.by)).then(" ").and(words::relative(change.at))
}

/// How long a text is at most, as platforms count: a mention and an instant take up to 25 characters.
fn length(text: &Text) -> usize {
    let spans = text.0.iter().map(|span| match span {
        // Escaping may double what people wrote; they wrote little of this.
        Span::Plain(text) | Span::Strong(text) | Span::Soft(text) | Span::Code(text) | Span::Block(text) => {
            text.chars().count() + 4
        }
        Span::Person(_) | Span::Channel(_) | Span::Role(_) | Span::Instant(..) => 25,
        Span::Link { label, url } => label.chars().count() + url.chars().count() + 4,
    });
    spans.sum()
}
