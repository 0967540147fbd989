//! Settings: `/setup …` and `/me timezone`. Each names what it changed, so that `/setup show` can say who changed
//! what and when; a change of hours, holidays, zone or thresholds arms the team's clocks anew (ruling 7).

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::handle::{remember_named, unknown_team};
use super::head::{self, Head};
use super::{App, Fault, access, replies};
use crate::chat::intent::{PersonArg, TeamArgs};
use crate::chat::message::{Message, Reply};
use crate::chat::render::settings::{self, Saved};
use crate::chat::render::view::DeliveryView;
use crate::chat::{render, value};
use crate::domain::calendar::WeeklyHours;
use crate::domain::ics;
use crate::domain::ids::{ChannelId, RoleId, TeamId};
use crate::domain::money::{Currency, Money};
use crate::domain::workspace::{Duty, Role, SettingChange, Team, Thresholds, Workspace};

/// The options of `/setup member`.
pub struct Member {
    /// Who.
    pub person: PersonArg,
    /// The team's name.
    pub team: Option<String>,
    /// What they are.
    pub role: Option<Role>,
    /// All of their duties.
    pub duties: Option<Vec<Duty>>,
    /// How many open records they can carry.
    pub capacity: Option<u32>,
}

/// The options of `/setup holidays`.
pub struct Holidays {
    /// The team's name; none: the default team, or every one.
    pub team: Option<String>,
    /// Days, as typed.
    pub add: Vec<String>,
    /// Days, as typed.
    pub remove: Vec<String>,
    /// A calendar file.
    pub file: Option<(String, Vec<u8>)>,
}

/// What a set-up command has changed so far.
struct Changes<'a> {
    head: &'a Head,
    at: DateTime<Utc>,
    list: Vec<SettingChange>,
}

impl<'a> Changes<'a> {
    fn new(app: &App, head: &'a Head) -> Self {
        Self { head, at: app.clock().now(), list: Vec::new() }
    }

    fn note(&mut self, setting: impl Into<String>, value: impl Into<String>) {
        let (setting, value) = (setting.into(), value.into());
        self.list.push(SettingChange { setting, value, by: self.head.person(), at: self.at });
    }

    /// Sets what was given, and notes it.
    fn set<T: Copy>(
        &mut self,
        place: &mut Option<T>,
        given: Option<T>,
        setting: String,
        spell: impl Fn(T) -> String,
    ) {
        if let Some(given) = given {
            *place = Some(given);
            self.note(setting, spell(given));
        }
    }
}

/// `/setup team`.
pub async fn team(app: &App, head: &Head, args: TeamArgs) -> Result<Reply, Fault> {
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    if let Err(rejection) = access::configure(&workspace, head.person()) {
        return Ok(replies::refusal(app, head, None, &rejection));
    }
    let zone = match args.timezone.as_deref().map(zone).transpose() {
        Ok(zone) => zone,
        Err(message) => return Ok(Reply::Private(*message)),
    };
    let known = workspace.team_named(&args.name);
    let mut team = known.cloned().unwrap_or_else(|| {
        let mut new = Workspace::without_setup(head.workspace, TeamId(0)).teams.remove(0);
        args.name.trim().clone_into(&mut new.name);
        new
    });
    let mut changes = Changes::new(app, head);
    let name = team.name.clone();
    let of = |what: &str| format!("team {name}: {what}");
    // Numbers tell people nothing; the present roles and channels stand above the changes.
    let (role, channel) = (|_: RoleId| "changed".to_owned(), |_: ChannelId| "changed".to_owned());
    if known.is_none() {
        changes.note(of("made"), name.clone());
    }
    changes.set(&mut team.manager_role, args.manager_role, of("manager role"), role);
    changes.set(&mut team.rep_role, args.rep_role, of("rep role"), role);
    changes.set(&mut team.leads, args.leads, of("leads"), channel);
    changes.set(&mut team.alerts, args.alerts, of("alerts"), channel);
    changes.set(&mut team.approvals, args.approvals, of("approvals"), channel);
    changes.set(&mut team.digest, args.digest, of("digest"), channel);
    if let Some(hour) = args.digest_at {
        team.digest_at = hour;
        changes.note(of("digest at"), hour.format("%H:%M").to_string());
    }
    if let Some(zone) = zone.filter(|zone| *zone != team.calendar.zone) {
        team.calendar.zone = zone;
        changes.note(of("time zone"), zone.to_string());
    }
    let how = if known.is_some() { Saved::Changed } else { Saved::Made };
    let saved = app.store().save_team(head.workspace, team, changes.list).await?;
    let workspace = app.store().workspace(head.workspace);
    Ok(Reply::Private(settings::team_saved(&workspace, workspace.team(saved.id), how, saved.rearmed)))
}

/// `/setup member`.
pub async fn member(app: &App, head: &Head, args: Member) -> Result<Reply, Fault> {
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let team = match args.team.as_deref() {
        None => workspace.team_of(args.person.id),
        Some(name) => match workspace.team_named(name) {
            Some(team) => team,
            None => return Ok(unknown_team(&workspace, name)),
        },
    };
    if let Err(rejection) = access::place(&workspace, head.person(), args.person.id, team.id, args.role) {
        return Ok(replies::refusal(app, head, None, &rejection));
    }
    remember_named(app, head, args.person.id, &args.person.name).await?;
    let mut person =
        workspace.people.get(&args.person.id).cloned().unwrap_or_else(|| head::newcomer(args.person.id));
    args.person.name.clone_into(&mut person.name);
    let mut changes = Changes::new(app, head);
    let of = |what: &str| format!("member {}: {what}", args.person.name);
    person.team = Some(team.id);
    changes.note(of("team"), team.name.clone());
    changes.set(&mut person.role, args.role, of("role"), |role| role_name(role).to_owned());
    if let Some(duties) = args.duties {
        person.duties = duties.into_iter().collect();
        let names: Vec<_> = person.duties.iter().map(|d| d.name()).collect();
        changes.note(of("duties"), if names.is_empty() { "none".to_owned() } else { names.join(", ") });
    }
    changes.set(&mut person.capacity, args.capacity, of("capacity"), |n| n.to_string());
    app.store().save_person(head.workspace, person, changes.list).await?;
    Ok(Reply::Private(settings::member_saved(&app.store().workspace(head.workspace), args.person.id)))
}

/// `/setup calendar`.
pub async fn calendar(
    app: &App,
    head: &Head,
    team: Option<String>,
    hours: Option<String>,
) -> Result<Reply, Fault> {
    let parsed = match hours.as_deref().map(WeeklyHours::parse).transpose() {
        Ok(parsed) => parsed,
        Err(error) => return Ok(replies::mistake(&error.to_string())),
    };
    let said = |team: &Team, rearmed, ()| match rearmed {
        Some(rearmed) => settings::calendar_saved(team, rearmed),
        None => settings::calendar_shown(team),
    };
    change_team(app, head, team.as_deref(), said, |team, changes| {
        if let Some(hours) = parsed {
            changes.note(format!("team {}: hours", team.name), hours.to_string());
            team.calendar.hours = hours;
        }
        Ok(())
    })
    .await
}

/// `/setup holidays`.
pub async fn holidays(app: &App, head: &Head, args: Holidays) -> Result<Reply, Fault> {
    let now = app.clock().now();
    let said = |team: &Team, rearmed, (added, removed)| match rearmed {
        Some(rearmed) => settings::holidays_saved(team, added, removed, rearmed),
        None => settings::holidays_shown(team),
    };
    change_team(app, head, args.team.as_deref(), said, |team, changes| {
        let (mut added, mut removed) = (0, 0);
        let zone = team.calendar.zone;
        let date = |text: &String| value::parse_date(text, now, zone);
        let mut add = args.add.iter().map(date).collect::<Result<Vec<NaiveDate>, String>>()?;
        let remove = args.remove.iter().map(date).collect::<Result<Vec<NaiveDate>, String>>()?;
        if let Some((_, bytes)) = &args.file {
            let text = String::from_utf8_lossy(bytes);
            add.extend(ics::holidays(&text).map_err(|e| e.to_string())?.into_iter().map(|(day, _)| day));
        }
        for day in &remove {
            if team.calendar.holidays.remove(day) {
                removed += 1;
                changes.note(format!("team {}: holiday {day}", team.name), "removed");
            }
        }
        let (given, name) = (add.len(), team.name.clone());
        for day in add {
            if team.calendar.holidays.insert(day) {
                added += 1;
                if given <= MENTIONED {
                    changes.note(format!("team {name}: holiday {day}"), "added");
                }
            }
        }
        if added > 0 && given > MENTIONED {
            changes.note(format!("team {name}: holidays"), format!("{added} days added"));
        }
        Ok((added, removed))
    })
    .await
}

/// More days than these are noted as one change.
const MENTIONED: usize = 5;

/// `/setup thresholds`.
pub async fn thresholds(
    app: &App,
    head: &Head,
    high_value: Option<String>,
    currency: Option<String>,
    rates: Vec<(String, String)>,
) -> Result<Reply, Fault> {
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    if let Err(rejection) = access::configure(&workspace, head.person()) {
        return Ok(replies::refusal(app, head, None, &rejection));
    }
    let mut new = workspace.thresholds.clone();
    let mut changes = Changes::new(app, head);
    let given = Numbers { high_value, currency, rates };
    if let Err(message) = given.read(&mut new, &mut changes) {
        return Ok(Reply::Private(*message));
    }
    if new.convert(new.high_value).is_none() {
        return Ok(replies::mistake(&render::input::no_rate(new.high_value.currency.as_str())));
    }
    if changes.list.is_empty() {
        return Ok(Reply::Private(settings::thresholds_shown(&workspace.thresholds)));
    }
    let rearmed = app.store().save_thresholds(head.workspace, new.clone(), changes.list).await?;
    Ok(Reply::Private(settings::thresholds_saved(&new, rearmed)))
}

/// The options of `/setup thresholds`, as typed.
struct Numbers {
    high_value: Option<String>,
    currency: Option<String>,
    rates: Vec<(String, String)>,
}

impl Numbers {
    fn read(&self, new: &mut Thresholds, changes: &mut Changes<'_>) -> Result<(), Box<Message>> {
        let before = new.high_value;
        if let Some(text) = &self.currency {
            new.currency = currency_called(text)?;
            changes.note("currency", new.currency.as_str());
        }
        match &self.high_value {
            Some(text) => {
                new.high_value = Money::parse(text, new.currency)
                    .map_err(|e| Box::new(render::problem::unreadable(&e.to_string())))?;
            }
            // The number stays; it is meant in the new currency.
            None => new.high_value.currency = new.currency,
        }
        for (code, rate) in &self.rates {
            let code = currency_called(code)?;
            let millionths = millionths(rate).ok_or_else(|| Box::new(settings::unreadable_rate(rate)))?;
            new.rates.insert(code, millionths);
            changes.note(format!("rate {}", code.as_str()), rate.trim());
        }
        if new.high_value != before {
            changes.note("high value", new.high_value.to_string());
        }
        Ok(())
    }
}

/// `/setup show`.
pub async fn show(app: &App, head: &Head) -> Result<Reply, Fault> {
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let changes = app.store().setting_changes(head.workspace).await?;
    let counts = app.store().outbox_counts(head.workspace).await?;
    let delivery = DeliveryView {
        waiting: counts.waiting,
        parked: counts.parked,
        broken: app.broken_channels(head.workspace),
    };
    Ok(Reply::Private(settings::setup_show(&workspace, &changes, &delivery)))
}

/// `/me timezone`.
pub async fn my_zone(app: &App, head: &Head, typed: &str) -> Result<Reply, Fault> {
    let zone = match zone(typed) {
        Ok(zone) => zone,
        Err(message) => return Ok(Reply::Private(*message)),
    };
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let mut person =
        workspace.people.get(&head.person()).cloned().unwrap_or_else(|| head::newcomer(head.person()));
    person.timezone = Some(zone);
    // Personal: it is nobody else's business in `/setup show`.
    app.store().save_person(head.workspace, person, Vec::new()).await?;
    Ok(Reply::Private(settings::zone_saved(zone)))
}

/// Changes one team's calendar: an admin's right; without a name it is the person's own team.
async fn change_team<Told>(
    app: &App,
    head: &Head,
    name: Option<&str>,
    said: impl Fn(&Team, Option<u64>, Told) -> Message,
    change: impl FnOnce(&mut Team, &mut Changes<'_>) -> Result<Told, String>,
) -> Result<Reply, Fault> {
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    if let Err(rejection) = access::configure(&workspace, head.person()) {
        return Ok(replies::refusal(app, head, None, &rejection));
    }
    let team = match name {
        None => workspace.team_of(head.person()),
        Some(name) => match workspace.team_named(name) {
            Some(team) => team,
            None => return Ok(unknown_team(&workspace, name)),
        },
    };
    let mut team = team.clone();
    let mut changes = Changes::new(app, head);
    let told = match change(&mut team, &mut changes) {
        Ok(told) => told,
        Err(sentence) => return Ok(replies::mistake(&sentence)),
    };
    if changes.list.is_empty() {
        return Ok(Reply::Private(said(&team, None, told)));
    }
    let saved = app.store().save_team(head.workspace, team.clone(), changes.list).await?;
    Ok(Reply::Private(said(&team, Some(saved.rearmed), told)))
}

/// An IANA zone, whatever the case; `_` may be a space.
pub fn zone(typed: &str) -> Result<Tz, Box<Message>> {
    let plain = typed.trim().replace(' ', "_");
    let known = chrono_tz::TZ_VARIANTS.iter().find(|tz| tz.name().eq_ignore_ascii_case(&plain));
    known.copied().ok_or_else(|| Box::new(settings::unknown_zone(typed)))
}

/// Zones to suggest: those whose name contains what is typed; the great ones where nothing is.
pub fn zones(typed: &str) -> Vec<&'static str> {
    let typed = typed.trim().replace(' ', "_").to_lowercase();
    let has_place = |tz: &&Tz| tz.name().contains('/') || !typed.is_empty();
    let all = chrono_tz::TZ_VARIANTS.iter().filter(has_place);
    all.map(|tz| tz.name()).filter(|name| name.to_lowercase().contains(&typed)).take(100).collect()
}

/// A currency by its code.
fn currency_called(typed: &str) -> Result<Currency, Box<Message>> {
    typed.trim().parse().map_err(|_| Box::new(settings::unknown_currency(typed)))
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Rep => "rep",
        Role::Manager => "manager",
    }
}

/// `4.45` as 4 450 000.
fn millionths(text: &str) -> Option<i64> {
    let text = text.trim();
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 9 || part.len() > 6 || !digits(whole) || !digits(part) {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let part: i64 = format!("{part:0<6}").parse().ok()?;
    Some(whole * 1_000_000 + part).filter(|rate| *rate > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_in_millionths() {
        assert_eq!(millionths("4.45"), Some(4_450_000));
        assert_eq!(millionths("1"), Some(1_000_000));
        for wrong in ["", "0", "-1", "1e3", "1.1234567", "four"] {
            assert_eq!(millionths(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_zone_is_found_whatever_its_case() {
        assert_eq!(zone("asia/kuala lumpur").ok(), Some(chrono_tz::Asia::Kuala_Lumpur));
        assert!(zone("Mars").is_err());
    }
}
