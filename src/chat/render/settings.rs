//! Set-up: what is set, what was changed, and what the first admin is told.

use chrono_tz::Tz;

use super::view::DeliveryView;
use super::words::{self, tidy};
use crate::chat::message::{Message, Severity, Span, Text};
use crate::domain::ids::{ChannelId, PersonId, RoleId};
use crate::domain::workspace::{Person, Role, SettingChange, Team, Thresholds, Workspace};

/// Every setting, its value, who changed what last, and how delivery goes.
pub fn setup_show(workspace: &Workspace, changes: &[SettingChange], delivery: &DeliveryView) -> Message {
    let mut message = Message::default().titled("Set-up");
    for team in workspace.teams.iter().take(8) {
        message =
            message.long_fact(format!("Team {}", tidy(&team.name, 60)), team_text(workspace, team, delivery));
    }
    message = message.long_fact("Thresholds", thresholds_text(&workspace.thresholds));
    let placed: Vec<_> =
        workspace.people.values().filter(|p| p.role.is_some() || !p.duties.is_empty()).collect();
    for chunk in placed.chunks(8).take(3) {
        let mut text = Text::default();
        for (at, person) in chunk.iter().enumerate() {
            text = if at > 0 { text.then("\n") } else { text };
            text = text.and(Span::Person(person.id)).then(format!(": {}", member_text(workspace, person)));
        }
        message = message.long_fact("People", text);
    }
    for chunk in changes.chunks(6).take(3) {
        let mut text = Text::default();
        for (at, change) in chunk.iter().enumerate() {
            text = if at > 0 { text.then("\n") } else { text };
            text = text
                .then(format!("{}: {} · ", tidy(&change.setting, 50), tidy(&change.value, 60)))
                .and(Span::Person(change.by))
                .then(" ")
                .and(words::relative(change.at));
        }
        message = message.long_fact("Last changes", text);
    }
    let mut state = Text::plain(format!(
        "{} waiting, {} undeliverable",
        words::count(delivery.waiting, "message"),
        delivery.parked
    ));
    for channel in delivery.broken.iter().take(10) {
        state = state
            .then("\n⚠️ ")
            .and(Span::Channel(*channel))
            .then(" is gone or closed to me: set another one");
    }
    if delivery.parked > 0 || !delivery.broken.is_empty() {
        message.severity = Severity::Warning;
    }
    message.long_fact("Delivery", state)
}

fn team_text(workspace: &Workspace, team: &Team, delivery: &DeliveryView) -> Text {
    let mut text = Text::plain(format!("{} {}", team.calendar.hours, team.calendar.zone));
    text = text.then(format!(
        " · {} · digest {}",
        words::count(team.calendar.holidays.len() as u64, "holiday"),
        team.digest_at.format("%H:%M")
    ));
    let channels = [
        ("leads", team.leads),
        ("alerts", team.alerts),
        ("approvals", team.approvals),
        ("digest", team.digest),
    ];
    if let Some(booking) = &team.booking {
        text = text.then(format!(" · booking {booking}"));
    }
    text = text.then("\n");
    for (at, (name, channel)) in channels.into_iter().enumerate() {
        text =
            text.then(format!("{}{name} ", if at > 0 { " · " } else { "" })).append(place(channel, delivery));
    }
    let mut managers = workspace.managers(team.id);
    managers.truncate(10);
    text.then("\nmanagers: ").append(words::people(&managers))
}

fn place(channel: Option<ChannelId>, delivery: &DeliveryView) -> Text {
    match channel {
        None => Text::plain("where the record was created"),
        Some(id) if delivery.broken.contains(&id) => Text::plain("⚠️ ").and(Span::Channel(id)),
        Some(id) => Text(vec![Span::Channel(id)]),
    }
}

/// The thresholds, spelled out; also for the audit line.
pub fn thresholds_text(thresholds: &Thresholds) -> String {
    let mut text = format!(
        "giving up needs an approval from {} on · currency {}",
        thresholds.high_value,
        thresholds.currency.as_str()
    );
    if !thresholds.rates.is_empty() {
        let rates: Vec<_> = thresholds
            .rates
            .iter()
            .map(|(currency, rate)| format!("{} {}", currency.as_str(), millionths(*rate)))
            .collect();
        text = format!("{text} · rates {}", rates.join(", "));
    }
    text
}

/// `4.45` of 4,450,000 millionths.
fn millionths(rate: i64) -> String {
    let text = format!("{}.{:06}", rate / 1_000_000, rate.unsigned_abs() % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// How a person is placed, spelled out; also for the audit line.
pub fn member_text(workspace: &Workspace, person: &Person) -> String {
    let role = match person.role {
        Some(Role::Manager) => "manager",
        Some(Role::Rep) => "rep",
        None if workspace.is_manager(person.id, workspace.team_of(person.id).id) => {
            "manager, by platform role"
        }
        None => "rep, by platform role or default",
    };
    let mut text = format!("{role} in {}", tidy(&workspace.team_of(person.id).name, 60));
    if !person.duties.is_empty() {
        let duties: Vec<_> = person.duties.iter().map(|d| words::duty(*d).to_owned()).collect();
        text = format!("{text}, {}", words::join(&duties, "and"));
    }
    if let Some(capacity) = person.capacity {
        text = format!("{text}, up to {capacity} records");
    }
    text
}

/// What the first admin is told, privately: it works as it is, and this is what can be set.
pub fn greeting(workspace: &Workspace) -> Message {
    let team = &workspace.teams[0];
    let mut message = Message::default().titled("It works as it is. Four things are worth setting:");
    let steps = [
        ("/setup team", "where cards, alerts, approvals and the digest go, and the time zone"),
        ("/setup member", "who is a rep and who is a manager; until then every admin is a manager"),
        ("/setup calendar", "business hours, by which clocks run"),
        ("/setup thresholds", "from which value on giving up needs an approval, and the currency"),
    ];
    for (command, means) in steps {
        message.lines.push(Text(vec![Span::Code(command.to_owned())]).then(format!(": {means}")));
    }
    message.lines.push(
        Text::plain(format!(
            "Now: team {}, {} {}, approval from {} on. See all of it with ",
            tidy(&team.name, 60),
            team.calendar.hours,
            team.calendar.zone,
            workspace.thresholds.high_value
        ))
        .and(Span::Code("/setup show".to_owned()))
        .then("."),
    );
    message
}

/// Whether a team was made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It is new.
    Made,
    /// It was there.
    Changed,
}

/// A team was saved; `rearmed` clocks were set anew because its zone changed (ruling 7).
pub fn team_saved(workspace: &Workspace, team: &Team, how: Saved, rearmed: u64) -> Message {
    let what = match how {
        Saved::Made => "is made",
        Saved::Changed => "is changed",
    };
    let text = Text::strong(tidy(&team.name, 60)).then(format!(" {what}{}", clocks(rearmed)));
    let mut message = Message::line(text).severity(Severity::Good);
    message.lines.push(team_text(workspace, team, &DeliveryView::default()));
    let roles: Vec<(&str, RoleId)> = [("managers", team.manager_role), ("reps", team.rep_role)]
        .into_iter()
        .filter_map(|(name, role)| role.map(|r| (name, r)))
        .collect();
    if !roles.is_empty() {
        let named: Vec<_> = roles.iter().map(|(name, _)| (*name).to_owned()).collect();
        message
            .lines
            .push(Text::plain(format!("Platform roles are set for {}.", words::join(&named, "and"))));
    }
    message
}

/// A person was placed.
pub fn member_saved(workspace: &Workspace, person: PersonId) -> Message {
    let text = Text(vec![Span::Person(person)]);
    let placed = workspace.people.get(&person).map_or_else(String::new, |p| member_text(workspace, p));
    Message::line(text.then(format!(" is now {placed}."))).severity(Severity::Good)
}

/// Business hours were changed.
pub fn calendar_saved(team: &Team, rearmed: u64) -> Message {
    Message::line(format!("{}{}", calendar_text(team), clocks(rearmed))).severity(Severity::Good)
}

/// Business hours as they are.
pub fn calendar_shown(team: &Team) -> Message {
    Message::line(format!("{}.", calendar_text(team)))
}

fn calendar_text(team: &Team) -> String {
    format!("{}: business hours {} {}", tidy(&team.name, 60), team.calendar.hours, team.calendar.zone)
}

/// Holidays were changed.
pub fn holidays_saved(team: &Team, added: usize, removed: usize, rearmed: u64) -> Message {
    let name = tidy(&team.name, 60);
    let mut message = Message::line(format!(
        "{name}: {} added, {removed} removed, {} in all{}",
        words::count(added as u64, "holiday"),
        team.calendar.holidays.len(),
        clocks(rearmed)
    ))
    .severity(Severity::Good);
    message.lines.extend(holidays_text(team));
    message
}

/// Holidays as they are.
pub fn holidays_shown(team: &Team) -> Message {
    let count = words::count(team.calendar.holidays.len() as u64, "holiday");
    let mut message = Message::line(format!("{}: {count}.", tidy(&team.name, 60)));
    message.lines.extend(holidays_text(team));
    message
}

fn holidays_text(team: &Team) -> Option<Text> {
    const SHOWN: usize = 60;
    let days: Vec<_> = team.calendar.holidays.iter().rev().take(SHOWN).map(ToString::to_string).collect();
    let more = if team.calendar.holidays.len() > SHOWN { ", …" } else { "" };
    (!days.is_empty()).then(|| Text::plain(format!("{}{more}", days.join(", "))))
}

/// Thresholds were changed.
pub fn thresholds_saved(thresholds: &Thresholds, rearmed: u64) -> Message {
    Message::line(format!("Thresholds: {}{}", thresholds_text(thresholds), clocks(rearmed)))
        .severity(Severity::Good)
}

/// Thresholds as they are.
pub fn thresholds_shown(thresholds: &Thresholds) -> Message {
    Message::line(format!("Thresholds: {}.", thresholds_text(thresholds)))
}

/// A person's own zone was changed.
pub fn zone_saved(zone: Tz) -> Message {
    Message::line(format!("Dates that you type are read in {zone} now.")).severity(Severity::Good)
}

/// A person's booking page was set.
pub fn booking_saved(link: Option<&str>) -> Message {
    let text = match link {
        Some(link) => format!("Messages that are prepared for you say {link} now."),
        None => {
            "You have no booking page of your own now: your team's stands in, where it has one.".to_owned()
        }
    };
    Message::line(text).severity(Severity::Good)
}

/// An address that cannot be read.
pub fn unreadable_address(typed: &str) -> Message {
    super::problem::unreadable(&format!(
        "\"{}\" is not an address: write it like https://cal.example.com/ana.",
        tidy(typed, 60)
    ))
}

/// A zone that cannot be read.
pub fn unknown_zone(typed: &str) -> Message {
    super::problem::unreadable(&format!(
        "\"{}\" is not a time zone: write it like Asia/Kuala_Lumpur or Europe/London.",
        tidy(typed, 60)
    ))
}

/// A currency that cannot be read.
pub fn unknown_currency(typed: &str) -> Message {
    super::problem::unreadable(&format!(
        "\"{}\" is not a currency: write it like MYR or USD.",
        tidy(typed, 60)
    ))
}

/// A rate that cannot be read.
pub fn unreadable_rate(typed: &str) -> Message {
    super::problem::unreadable(&format!(
        "\"{}\" is not a rate: write it like USD 4.45, SGD 3.30.",
        tidy(typed, 60)
    ))
}

/// A team's settings, spelled out for the audit line.
pub fn team_audit(team: &Team) -> String {
    format!("{} {}, digest {}", team.calendar.hours, team.calendar.zone, team.digest_at.format("%H:%M"))
}

/// `; 12 clocks re-armed.`
fn clocks(rearmed: u64) -> String {
    match rearmed {
        0 => ".".to_owned(),
        n => format!("; {} re-armed.", words::count(n, "clock")),
    }
}
