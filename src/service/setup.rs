//! Settings: `/setup …`. Each names what it changed, so that `/setup show` can say who changed
//! what and when; a change of hours, holidays, zone or thresholds arms the team's clocks anew (ruling 7).

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::handle::unknown_team;
use super::head::{self, Head};
use super::{App, Fault, access, left, me, namesakes, replies};
use crate::chat::intent::{MemberRole, PersonArg, TeamArgs, ThresholdArgs};
use crate::chat::message::{Message, Reply};
use crate::chat::render::settings::{self, Saved};
use crate::chat::render::view::{DeliveryView, SetupView};
use crate::chat::{render, value};
use crate::domain::accounts;
use crate::domain::calendar::WeeklyHours;
use crate::domain::ics;
use crate::domain::ids::{ChannelId, PersonId, RoleId, TeamId};
use crate::domain::money::{Currency, Money};
use crate::domain::rejection::Rejection;
use crate::domain::span::Span;
use crate::domain::workspace::{Duty, Role, SettingChange, Team, Thresholds, Workspace};
use crate::store::settings::{Changed, Set, Setting};

/// The options of `/setup member`.
pub struct Member {
    /// Who.
    pub person: PersonArg,
    /// The team's name.
    pub team: Option<String>,
    /// What they are.
    pub role: Option<MemberRole>,
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
pub(super) struct Changes {
    by: PersonId,
    at: DateTime<Utc>,
    list: Vec<SettingChange>,
}

impl Changes {
    fn new(head: &Head, at: DateTime<Utc>) -> Self {
        Self { by: head.person(), at, list: Vec::new() }
    }

    pub(super) fn note(&mut self, setting: impl Into<String>, value: impl Into<String>) {
        let (setting, value) = (setting.into(), value.into());
        self.list.push(SettingChange { setting, value, by: self.by, at: self.at });
    }

    /// What was noted.
    pub(super) fn into_list(self) -> Vec<SettingChange> {
        self.list
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

/// Why a setting stays as it is.
pub(super) enum Refused {
    Rejection(Rejection),
    UnknownTeam(String),
    Message(Box<Message>),
    Sentence(String),
}

/// What a change of settings leads to: what to tell and what to set, or nothing to set and why.
pub(super) type Wanted<T> = Result<(T, Option<Set>), Refused>;

/// Runs a change inside the writer, on the workspace as it is then: of two admins at the same moment neither undoes
/// what the other did. Who may is asked there, too.
pub(super) async fn settle<T: Send + 'static>(
    app: &App,
    head: &Head,
    change: impl Fn(&Arc<Workspace>, &Head, Changes) -> Wanted<T> + Send + Sync + 'static,
    said: impl FnOnce(&Changed<()>, T) -> Message,
) -> Result<Reply, Fault> {
    let asked = head.clone();
    let run = move |workspace: &Arc<Workspace>, at: DateTime<Utc>| {
        let workspace = head::with_person(workspace.clone(), &asked);
        match change(&workspace, &asked, Changes::new(&asked, at)) {
            Ok((told, set)) => (Ok(told), set),
            Err(refused) => (Err(refused), None),
        }
    };
    let Changed { answer, workspace, team, rearmed } =
        app.store().change_settings(head.workspace, run).await?;
    Ok(match answer {
        Ok(told) => Reply::Private(said(&Changed { answer: (), workspace, team, rearmed }, told)),
        Err(Refused::Rejection(rejection)) => replies::refusal(app, head, None, &rejection),
        Err(Refused::UnknownTeam(name)) => unknown_team(&workspace, &name),
        Err(Refused::Message(message)) => Reply::Private(*message),
        Err(Refused::Sentence(sentence)) => replies::mistake(&sentence),
    })
}

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        Self::Rejection(rejection)
    }
}

impl From<Box<Message>> for Refused {
    fn from(message: Box<Message>) -> Self {
        Self::Message(message)
    }
}

/// `/setup team`.
pub async fn team(app: &App, head: &Head, args: TeamArgs) -> Result<Reply, Fault> {
    let change = move |workspace: &Arc<Workspace>, head: &Head, mut changes: Changes| {
        access::configure(workspace, head.person())?;
        let zone = args.timezone.as_deref().map(zone).transpose()?;
        let known = workspace.team_named(&args.name);
        let mut team = known.cloned().unwrap_or_else(|| {
            let mut new = Workspace::without_setup(head.workspace, TeamId(0)).teams.remove(0);
            args.name.trim().clone_into(&mut new.name);
            new
        });
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
        if let Some(typed) = &args.booking {
            team.booking = address(typed)?;
            changes.note(of("booking"), team.booking.clone().unwrap_or_else(|| "none".to_owned()));
        }
        let how = if known.is_some() { Saved::Changed } else { Saved::Made };
        let named = [args.leads, args.alerts, args.approvals, args.digest];
        let set = Set::of(Setting::Team(team), changes.list);
        Ok((how, Some(Set { channels: named.into_iter().flatten().collect(), ..set })))
    };
    settle(app, head, change, |done, how| {
        let workspace = &done.workspace;
        let team = workspace.team(done.team.unwrap_or(workspace.teams[0].id));
        settings::team_saved(workspace, team, how, done.rearmed)
    })
    .await
}

/// `/setup member`.
pub async fn member(app: &App, head: &Head, args: Member) -> Result<Reply, Fault> {
    let whom = args.person.id;
    let change = move |workspace: &Arc<Workspace>, head: &Head, mut changes: Changes| {
        let team = match args.team.as_deref() {
            None => workspace.team_of(whom),
            Some(name) => workspace.team_named(name).ok_or_else(|| Refused::UnknownTeam(name.to_owned()))?,
        };
        let role = match args.role {
            Some(MemberRole::Is(role)) => Some(role),
            Some(MemberRole::Gone) | None => None,
        };
        access::place(workspace, head.person(), whom, team.id, role)?;
        if args.role == Some(MemberRole::Gone) {
            if whom == head.person() {
                return Err(Refused::Sentence(render::left::not_oneself()));
            }
            access::let_go(workspace, head.person(), whom)?;
        }
        let mut person = workspace.people.get(&whom).cloned().unwrap_or_else(|| head::newcomer(whom));
        args.person.name.clone_into(&mut person.name);
        let of = |what: &str| format!("member {}: {what}", args.person.name);
        person.team = Some(team.id);
        changes.note(of("team"), team.name.clone());
        changes.set(&mut person.role, role, of("role"), |role| role_name(role).to_owned());
        let mut say = Vec::new();
        match args.role {
            Some(MemberRole::Gone) => {
                changes.note(of("role"), "gone");
                if person.gone.is_none() {
                    say = left::words(workspace, whom, changes.at);
                }
                person.gone.get_or_insert(changes.at);
                person.gone_by = Some(head.person());
            }
            Some(MemberRole::Is(_)) => (person.gone, person.gone_by) = (None, None),
            None => {}
        }
        if let Some(duties) = &args.duties {
            person.duties = duties.iter().copied().collect();
            let names: Vec<_> = person.duties.iter().map(|d| d.name()).collect();
            changes.note(of("duties"), if names.is_empty() { "none".to_owned() } else { names.join(", ") });
        }
        changes.set(&mut person.capacity, args.capacity, of("capacity"), |n| n.to_string());
        let set = Set { say, ..Set::of(Setting::Person(person), changes.list) };
        Ok(((), Some(set)))
    };
    let reply = settle(app, head, change, |done, ()| settings::member_saved(&done.workspace, whom)).await?;
    namesakes::join(app, head.workspace, whom, head.person()).await?;
    Ok(reply)
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
    change_team(app, head, team, said, move |team, changes| {
        if let Some(hours) = &parsed {
            changes.note(format!("team {}: hours", team.name), hours.to_string());
            team.calendar.hours = hours.clone();
        }
        Ok(())
    })
    .await
}

/// `/setup holidays`.
pub async fn holidays(app: &App, head: &Head, args: Holidays) -> Result<Reply, Fault> {
    let said = |team: &Team, rearmed, (added, removed)| match rearmed {
        Some(rearmed) => settings::holidays_saved(team, added, removed, rearmed),
        None => settings::holidays_shown(team),
    };
    change_team(app, head, args.team.clone(), said, move |team, changes| {
        let now = changes.at;
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
pub async fn thresholds(app: &App, head: &Head, given: ThresholdArgs) -> Result<Reply, Fault> {
    let change = move |workspace: &Arc<Workspace>, head: &Head, mut changes: Changes| {
        access::configure(workspace, head.person())?;
        let mut new = workspace.thresholds.clone();
        read(&given, workspace, &mut new, &mut changes)?;
        if new.convert(new.high_value).is_none() {
            return Err(Refused::Sentence(render::input::no_rate(new.high_value.currency.as_str())));
        }
        if changes.list.is_empty() {
            return Ok((Shown::AsItIs, None));
        }
        let what = Setting::Thresholds(new);
        Ok((Shown::Saved, Some(Set::of(what, changes.list))))
    };
    settle(app, head, change, |done, shown| match shown {
        Shown::AsItIs => settings::thresholds_shown(&done.workspace),
        Shown::Saved => settings::thresholds_saved(&done.workspace, done.rearmed),
    })
    .await
}

/// Whether settings were changed or only looked at.
#[derive(Clone, Copy)]
enum Shown {
    AsItIs,
    Saved,
}

/// The thresholds as typed, into those that hold.
fn read(
    given: &ThresholdArgs,
    workspace: &Workspace,
    new: &mut Thresholds,
    changes: &mut Changes,
) -> Result<(), Refused> {
    let before = new.high_value;
    if let Some(text) = &given.currency {
        new.currency = currency_called(text)?;
        changes.note("currency", new.currency.as_str());
    }
    match &given.high_value {
        Some(text) => {
            new.high_value =
                Money::parse(text, new.currency).map_err(|e| Refused::Sentence(e.to_string()))?;
        }
        // The number stays; it is meant in the new currency.
        None => new.high_value.currency = new.currency,
    }
    for (code, rate) in &given.rates {
        let code = currency_called(code)?;
        let millionths = millionths(rate).ok_or_else(|| Box::new(settings::unreadable_rate(rate)))?;
        new.rates.insert(code, millionths);
        changes.note(format!("rate {}", code.as_str()), rate.trim());
    }
    if new.high_value != before {
        changes.note("high value", new.high_value.to_string());
    }
    if let Some(cluster) = given.cluster {
        if !Thresholds::CLUSTERS.contains(&cluster) {
            return Err(Refused::Sentence(render::input::not_within("cluster", &Thresholds::CLUSTERS)));
        }
        new.cluster = cluster;
        changes.note("cluster", cluster.to_string());
    }
    if let Some(text) = &given.enterprise {
        let found = accounts::parse(text, |typed| person_called(workspace, typed))
            .map_err(|why| Refused::Sentence(render::input::unreadable_accounts(&why)))?;
        (new.enterprise_size, new.accounts) = (found.size, found.accounts);
        changes.note("enterprise", settings::enterprise(new));
    }
    if let Some(text) = &given.stale_grace {
        new.stale_grace = match text.as_str() {
            "-" => None,
            text => Some(value::parse_span(text).map_err(Refused::Sentence)?),
        };
        changes.note("stale grace", settings::grace(new.stale_grace));
    }
    if let Some(text) = &given.activity_window {
        new.activity_window = match text.as_str() {
            "-" => None,
            text => Some(value::parse_span(text).map_err(Refused::Sentence)?),
        };
        changes.note("activity window", settings::grace(new.activity_window));
    }
    if let Some(text) = &given.undo_window {
        new.undo_window =
            minutes(text).ok_or_else(|| Refused::Sentence(render::input::unreadable_window(text)))?;
        changes.note("undo window", settings::minutes(new.undo_window));
    }
    for item in &given.budget {
        budget(item, workspace, new, changes)?;
    }
    Ok(())
}

/// Who is meant by `<@42>`, `@ana` or a name.
fn person_called(workspace: &Workspace, typed: &str) -> Option<PersonId> {
    let mention = typed.strip_prefix("<@").and_then(|t| t.strip_suffix('>'));
    if let Some(id) = mention.and_then(|id| id.trim_start_matches('!').parse().ok()) {
        return Some(PersonId(id));
    }
    let name = typed.trim_start_matches('@');
    workspace.people.values().find(|p| p.name.eq_ignore_ascii_case(name)).map(|p| p.id)
}

/// `12`; `North 6`, of a team; `North -`, to go with the workspace again.
fn budget(
    item: &str,
    workspace: &Workspace,
    new: &mut Thresholds,
    changes: &mut Changes,
) -> Result<(), Refused> {
    let (team, number) = match item.rsplit_once(char::is_whitespace) {
        None => (None, item),
        Some((team, number)) => {
            let found =
                workspace.team_named(team).ok_or_else(|| Refused::UnknownTeam(team.trim().to_owned()))?;
            (Some(found), number)
        }
    };
    let said = match (team, number) {
        (Some(team), "-") => {
            new.team_budgets.remove(&team.id);
            "the workspace's".to_owned()
        }
        (_, number) => {
            let a_day = me::a_day(number)?;
            match team {
                Some(team) => new.team_budgets.insert(team.id, a_day),
                None => Some(std::mem::replace(&mut new.budget, a_day)),
            };
            settings::a_day(a_day)
        }
    };
    let setting = team.map_or_else(|| "budget".to_owned(), |t| format!("team {}: budget", t.name));
    changes.note(setting, said);
    Ok(())
}

/// `15m`, `1 hour`, `15`.
fn minutes(typed: &str) -> Option<u32> {
    let span = match typed.parse::<u32>() {
        Ok(minutes) => Span::Elapsed(TimeDelta::minutes(i64::from(minutes))),
        Err(_) => Span::parse(typed).ok()?,
    };
    let Span::Elapsed(time) = span else { return None };
    let minutes = u32::try_from(time.num_minutes()).ok()?;
    (1..=Thresholds::MAX_UNDO_WINDOW).contains(&minutes).then_some(minutes)
}

/// A page of `/setup show`, from 0.
pub async fn show(app: &App, head: &Head, page: u32) -> Result<Reply, Fault> {
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let changes = app.store().setting_changes(head.workspace).await?;
    let counts = app.store().outbox_counts(head.workspace).await?;
    let delivery = DeliveryView {
        notes: super::crm::notes(app, head.workspace, None).await?,
        may_send_notes: access::send_notes(&workspace, head.person(), None).is_ok(),
        waiting: counts.waiting,
        parked: counts.parked,
        broken: app.broken_channels(head.workspace),
        kept: app.store().kept_count(head.workspace).await?,
    };
    let playbooks = app.library().all(head.workspace);
    let view = SetupView {
        workspace: &workspace,
        changes: &changes,
        delivery: &delivery,
        playbooks: playbooks.iter().map(|s| (&*s.playbook, s.active)).collect(),
        now: app.clock().now(),
    };
    Ok(Reply::Private(render::setup_show::page(&view, page)))
}

/// The address of a booking page: https, nothing in it that is none of an address; a single - for none.
pub fn address(typed: &str) -> Result<Option<String>, Box<Message>> {
    let typed = typed.trim();
    if typed == "-" {
        return Ok(None);
    }
    let host = typed.strip_prefix("https://").or_else(|| typed.strip_prefix("http://"));
    let clean =
        |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '`' | '{' | '}' | '|' | '\\');
    let fits = host.is_some_and(|h| h.starts_with(|c: char| c.is_ascii_alphanumeric()) && h.contains('.'));
    if fits && typed.len() <= 300 && typed.chars().all(clean) {
        Ok(Some(typed.to_owned()))
    } else {
        Err(Box::new(settings::unreadable_address(typed)))
    }
}

/// Changes one team's calendar: an admin's right; without a name it is the person's own team.
async fn change_team<Told: Send + 'static>(
    app: &App,
    head: &Head,
    name: Option<String>,
    said: impl FnOnce(&Team, Option<u64>, Told) -> Message,
    change: impl Fn(&mut Team, &mut Changes) -> Result<Told, String> + Send + Sync + 'static,
) -> Result<Reply, Fault> {
    let change = move |workspace: &Arc<Workspace>, head: &Head, mut changes: Changes| {
        access::configure(workspace, head.person())?;
        let team = match name.as_deref() {
            None => workspace.team_of(head.person()),
            Some(name) => workspace.team_named(name).ok_or_else(|| Refused::UnknownTeam(name.to_owned()))?,
        };
        let mut team = team.clone();
        let told = change(&mut team, &mut changes).map_err(Refused::Sentence)?;
        if changes.list.is_empty() {
            return Ok(((team, Shown::AsItIs, told), None));
        }
        let what = Setting::Team(team.clone());
        let set = Set::of(what, changes.list);
        Ok(((team, Shown::Saved, told), Some(set)))
    };
    settle(app, head, change, |done, (team, shown, told)| match shown {
        Shown::AsItIs => said(&team, None, told),
        Shown::Saved => said(&team, Some(done.rearmed), told),
    })
    .await
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
