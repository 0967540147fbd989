//! Set-up: what was changed, and what the first admin is told. All of it at once: `setup_show`.

use chrono_tz::Tz;

use super::view::DeliveryView;
use super::words::{self, tidy};
use crate::chat::message::{Message, Severity, Span, Text};
use crate::domain::ids::{ChannelId, PersonId, RoleId};
use crate::domain::workspace::{Person, Role, Team, Thresholds, Workspace};

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
    text.then("\nmanagers: ").append(managers(workspace, team))
}

/// Who leads a team; of very many, how many more.
pub fn managers(workspace: &Workspace, team: &Team) -> Text {
    const NAMED: usize = 20;
    let mut managers = workspace.managers(team.id);
    let more = managers.len().saturating_sub(NAMED);
    managers.truncate(NAMED);
    let text = words::people(&managers);
    if more > 0 { text.then(format!(" and {more} more: they stand under People")) } else { text }
}

/// A channel, marked where it does not work; what stands in for it where none is set.
pub fn place(channel: Option<ChannelId>, delivery: &DeliveryView) -> Text {
    match channel {
        None => Text::plain("where the record was created"),
        Some(id) if delivery.broken.contains(&id) => Text::plain("⚠️ ").and(Span::Channel(id)),
        Some(id) => Text(vec![Span::Channel(id)]),
    }
}

/// The thresholds, spelled out.
fn thresholds_text(workspace: &Workspace) -> String {
    let parts = thresholds(workspace).into_iter().map(|(_, text)| text);
    parts.collect::<Vec<_>>().join(" · ")
}

/// Each threshold by the name under which its changes are noted, spelled out.
pub fn thresholds(workspace: &Workspace) -> Vec<(String, String)> {
    let thresholds = &workspace.thresholds;
    let mut all = vec![
        ("high value".to_owned(), format!("giving up needs an approval from {} on", thresholds.high_value)),
        ("currency".to_owned(), format!("currency {}", thresholds.currency.as_str())),
    ];
    all.extend(thresholds.rates.iter().map(|(currency, rate)| {
        let code = currency.as_str();
        (format!("rate {code}"), format!("rate {code} {}", millionths(*rate)))
    }));
    all.push((
        "cluster".to_owned(),
        format!("{} parked records of one company are flagged", thresholds.cluster),
    ));
    all.push(("enterprise".to_owned(), format!("enterprise: {}", enterprise(thresholds))));
    all.push(("stale grace".to_owned(), format!("a forced review waits {}", grace(thresholds.stale_grace))));
    all.push((
        "activity window".to_owned(),
        format!("a contact is active for {}", grace(thresholds.activity_window)),
    ));
    all.push((
        "undo window".to_owned(),
        format!("changes can be taken back for {}", minutes(thresholds.undo_window)),
    ));
    all.push(("budget".to_owned(), format!("{} for each person", a_day(thresholds.budget))));
    for team in &workspace.teams {
        if let Some(budget) = thresholds.team_budgets.get(&team.id) {
            let name = tidy(&team.name, 60);
            all.push((format!("team {}: budget", team.name), format!("in {name} {}", a_day(*budget))));
        }
    }
    all
}

/// Which companies are enterprises; of a long list, the first ones. All of them, and whose they are, stand in
/// `/setup show`.
pub fn enterprise(thresholds: &Thresholds) -> String {
    const NAMED: usize = 10;
    let size = thresholds.enterprise_size.map(|size| format!("from {size} people on"));
    let names: Vec<_> = thresholds.accounts.values().take(NAMED).map(|a| tidy(&a.name, 40)).collect();
    let more = thresholds.accounts.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more, see /setup show") } else { String::new() };
    let list = (!names.is_empty()).then(|| format!("{}{more}", names.join(", ")));
    let parts: Vec<_> = size.into_iter().chain(list).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join("; ") }
}

/// How long a forced review waits.
pub fn grace(grace: Option<crate::domain::span::Span>) -> String {
    grace.map_or_else(|| "as long as the playbook says".to_owned(), |span| span.to_string())
}

/// `15 minutes`, `2 hours`.
pub fn minutes(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (hours, 0) if hours > 0 => words::count(hours.into(), "hour"),
        _ => words::count(minutes.into(), "minute"),
    }
}

/// `at most 12 interruptions a day`.
pub fn a_day(budget: u32) -> String {
    format!("at most {} a day", words::count(budget.into(), "interruption"))
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
        ("/setup calendar", "business hours, in which deadlines count"),
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
    if workspace.has_left(person) {
        return Message::line(text.then(
            " is set down as gone: new records skip them, and the managers are told what of theirs is to be handed on.",
        ))
        .severity(Severity::Good);
    }
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

/// The last ones come first; all that a message carries.
fn holidays_text(team: &Team) -> Option<Text> {
    const SHOWN: usize = 120;
    let days: Vec<_> = team.calendar.holidays.iter().rev().take(SHOWN).map(ToString::to_string).collect();
    let more = match team.calendar.holidays.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} earlier ones"),
    };
    (!days.is_empty()).then(|| Text::plain(format!("{}{more}", days.join(", "))))
}

/// Thresholds were changed.
pub fn thresholds_saved(workspace: &Workspace, rearmed: u64) -> Message {
    Message::line(format!("Thresholds: {}{}", thresholds_text(workspace), clocks(rearmed)))
        .severity(Severity::Good)
}

/// Thresholds as they are.
pub fn thresholds_shown(workspace: &Workspace) -> Message {
    Message::line(format!("Thresholds: {}.", thresholds_text(workspace)))
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

/// `; 12 deadlines are counted anew.`
fn clocks(rearmed: u64) -> String {
    match rearmed {
        0 => ".".to_owned(),
        n => format!(
            "; {} counted anew.",
            if n == 1 { "1 deadline is".to_owned() } else { format!("{n} deadlines are") }
        ),
    }
}
