//! Who works where: teams, members, roles, duties, and the numbers an admin may set.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::accounts::Account;
use super::calendar::Calendar;
use super::hooks::Hooks;
use super::ids::{ChannelId, PersonId, RoleId, TeamId, WorkspaceId};
use super::money::{Currency, Money};
use super::span::Span;

/// Everything about a workspace that decisions need, loaded as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Workspace {
    /// The platform's id.
    pub id: WorkspaceId,
    /// Never empty: without any set-up there is one default team. The first is the default.
    pub teams: Vec<Team>,
    /// Everyone who was placed by `/setup member` or has used the bot (ruling 17).
    pub people: BTreeMap<PersonId, Person>,
    /// The numbers of `/setup thresholds`.
    pub thresholds: Thresholds,
    /// The channel that stands in where a team has none (ruling 17).
    pub system_channel: Option<ChannelId>,
    /// Whether an admin has been told what to set.
    pub greeted: bool,
    /// Channels that are gone or closed to the bot, since when: until they take a message, or are set anew (ruling 17).
    pub broken: BTreeMap<ChannelId, DateTime<Utc>>,
    /// What is agreed on with other systems: `/setup hooks`.
    pub hooks: Hooks,
}

/// The numbers that an admin sets (conflict 5 of the feature list).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// At or over this value a disqualification needs an approval (D40).
    pub high_value: Money,
    /// The currency of values typed without one.
    pub currency: Currency,
    /// What one unit of a foreign currency is worth in [`Thresholds::currency`], in millionths (ruling 11).
    pub rates: BTreeMap<Currency, i64>,
    /// So many parked records of one company are flagged once (D41).
    #[serde(default = "Thresholds::default_cluster")]
    pub cluster: u32,
    /// Takes the place of the span of clocks that ask for it, such as the grace of a forced review (D54); `None`: what
    /// the playbook says.
    #[serde(default)]
    pub stale_grace: Option<Span>,
    /// For how long a contact is active after the last activity (E6); `None`: as the playbook says.
    #[serde(default)]
    pub activity_window: Option<Span>,
    /// For how many minutes a change can be taken back (X4).
    #[serde(default = "Thresholds::default_undo_window")]
    pub undo_window: u32,
    /// How many interruptions a person gets on a day at most (X6).
    #[serde(default = "Thresholds::default_budget")]
    pub budget: u32,
    /// The same for the people of a team: its nudge policy. A team that is not in here has the workspace's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub team_budgets: BTreeMap<TeamId, u32>,
    /// From so many people on, a company is an enterprise (D37); `None`: the account list alone says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enterprise_size: Option<u32>,
    /// The account list (D37), by [`key`](super::accounts::key).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<String, Account>,
}

/// Reps and managers who share channels, a calendar and a digest hour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Team {
    /// Ours.
    pub id: TeamId,
    /// Its name; unique in the workspace.
    pub name: String,
    /// Whoever has this platform role is a manager of the team.
    pub manager_role: Option<RoleId>,
    /// Whoever has this platform role is a rep of the team.
    pub rep_role: Option<RoleId>,
    /// Where cards are posted.
    pub leads: Option<ChannelId>,
    /// Where breaches are posted.
    pub alerts: Option<ChannelId>,
    /// Where approval requests are posted.
    pub approvals: Option<ChannelId>,
    /// Where digests are posted.
    pub digest: Option<ChannelId>,
    /// The local hour of the digest.
    pub digest_at: NaiveTime,
    /// Business hours, holidays and the time zone.
    pub calendar: Calendar,
    /// Where customers book a meeting with whoever of the team has no page of their own (D30).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking: Option<String>,
}

/// What a person may do, in a team. The order is the order of power: an admin may also do what a manager may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Works on records.
    Rep,
    /// Leads a team; also a rep.
    Manager,
}

/// A duty beside a role (ruling 16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Account executive.
    Ae,
    /// Senior rep.
    Senior,
    /// Looks after parked records.
    MarketingOwner,
    /// Manager of the reps who make first contact.
    SdrManager,
    /// Manager of sales.
    SalesManager,
}

impl Duty {
    /// Every duty.
    pub const ALL: [Self; 5] =
        [Self::Ae, Self::Senior, Self::MarketingOwner, Self::SdrManager, Self::SalesManager];

    /// As typed: `sdr-manager`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ae => "ae",
            Self::Senior => "senior",
            Self::MarketingOwner => "marketing-owner",
            Self::SdrManager => "sdr-manager",
            Self::SalesManager => "sales-manager",
        }
    }

    /// Reads [`Duty::name`], also with underscores.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase().replace(['_', ' '], "-");
        Self::ALL.into_iter().find(|d| d.name() == text)
    }
}

/// A person as the bot knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The platform's id.
    pub id: PersonId,
    /// The name to show where a mention would not do.
    pub name: String,
    /// Manage Server when last seen.
    pub admin: bool,
    /// Platform roles when last seen.
    pub roles: Vec<RoleId>,
    /// Placed by `/setup member`; else by a team's platform roles, else the default team.
    pub team: Option<TeamId>,
    /// Given by `/setup member`; else by a team's platform roles.
    pub role: Option<Role>,
    /// Duties.
    pub duties: BTreeSet<Duty>,
    /// How many open records the person can carry; `None`: no limit.
    pub capacity: Option<u32>,
    /// `/me timezone`; else the team's.
    pub timezone: Option<Tz>,
    /// `/me booking`: where customers book a meeting with them (D30); else the team's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking: Option<String>,
    /// When nothing but what is urgent is sent privately (X6).
    #[serde(default)]
    pub quiet: Option<QuietHours>,
    /// How many interruptions on a day at most; else the team's (X6).
    #[serde(default)]
    pub budget: Option<u32>,
    /// The language of messages.
    #[serde(default)]
    pub language: Language,
    /// `/me away`: until then new records skip the person, and their posts go to the manager (ruling 17).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub away: Option<Away>,
    /// Since when the person is no longer in the workspace (ruling 17).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<DateTime<Utc>>,
    /// Who said so; `None`: it was learned from the platform, so that whatever they do there ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_by: Option<PersonId>,
    /// Of somebody who is known by name alone (an id below 0): whose account is theirs, once somebody of that very name is
    /// known ([`Workspace::namesake`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked_to: Option<PersonId>,
}

/// The hours in which a person wants quiet, in their own zone. Where the end lies before the beginning, they go over
/// midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    /// From when.
    pub from: NaiveTime,
    /// Until when.
    pub to: NaiveTime,
}

/// A language that all wording is there in. `ms` and `id` follow when they are translated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    En,
}

/// A time in which a person is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    /// From then …
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub from: DateTime<Utc>,
    /// … up to then, exclusive; `None`: until they say that they are back.
    #[serde(default, with = "chrono::serde::ts_milliseconds_option")]
    pub until: Option<DateTime<Utc>>,
}

impl Away {
    /// Whether it is so at an instant.
    pub fn at(&self, now: DateTime<Utc>) -> bool {
        self.from <= now && self.until.is_none_or(|until| now < until)
    }
}

impl Person {
    /// A person of whom nothing is known but the id.
    pub fn unknown(id: PersonId) -> Self {
        Self {
            id,
            name: String::new(),
            admin: false,
            roles: Vec::new(),
            team: None,
            role: None,
            duties: BTreeSet::new(),
            capacity: None,
            timezone: None,
            booking: None,
            quiet: None,
            away: None,
            gone: None,
            gone_by: None,
            linked_to: None,
            budget: None,
            language: Language::En,
        }
    }

    /// They are seen on the platform: whoever was taken for gone by what it said, is there after all. What an admin or
    /// a manager said stands until they say otherwise.
    pub fn seen(&mut self) {
        if self.gone_by.is_none() {
            self.gone = None;
        }
    }

    /// Whether they read and act at an instant: neither away nor gone.
    pub fn present(&self, now: DateTime<Utc>) -> bool {
        self.gone.is_none() && !self.away.is_some_and(|away| away.at(now))
    }
}

impl Workspace {
    /// A workspace in which nothing has been set up: one team, Mon–Fri 09:00–18:00 UTC.
    pub fn without_setup(id: WorkspaceId, default_team: TeamId) -> Self {
        let currency = Currency::USD;
        Self {
            id,
            teams: vec![Team {
                id: default_team,
                name: "Sales".to_owned(),
                manager_role: None,
                rep_role: None,
                leads: None,
                alerts: None,
                approvals: None,
                digest: None,
                digest_at: NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default(),
                calendar: Calendar::default(),
                booking: None,
            }],
            people: BTreeMap::new(),
            thresholds: Thresholds {
                high_value: Money { minor: 1_000_000, currency },
                currency,
                rates: BTreeMap::new(),
                cluster: Thresholds::default_cluster(),
                stale_grace: None,
                activity_window: None,
                undo_window: Thresholds::default_undo_window(),
                budget: Thresholds::default_budget(),
                team_budgets: BTreeMap::new(),
                enterprise_size: None,
                accounts: BTreeMap::new(),
            },
            system_channel: None,
            greeted: false,
            broken: BTreeMap::new(),
            hooks: Hooks::default(),
        }
    }

    /// A team by id; the default team where it is gone.
    pub fn team(&self, id: TeamId) -> &Team {
        self.teams.iter().find(|t| t.id == id).unwrap_or(&self.teams[0])
    }

    /// A team by its name, whatever the case.
    pub fn team_named(&self, name: &str) -> Option<&Team> {
        self.teams.iter().find(|t| t.name.eq_ignore_ascii_case(name.trim()))
    }

    /// The team that a person works in: placed by an admin, else by a platform role, else the default team.
    pub fn team_of(&self, person: PersonId) -> &Team {
        let known = self.people.get(&person);
        known
            .and_then(|p| p.team)
            .and_then(|id| self.teams.iter().find(|t| t.id == id))
            .or_else(|| {
                let roles = &known?.roles;
                let has = |role: Option<RoleId>| role.is_some_and(|r| roles.contains(&r));
                self.teams.iter().find(|t| has(t.manager_role) || has(t.rep_role))
            })
            .unwrap_or(&self.teams[0])
    }

    /// Whether the person may configure.
    pub fn is_admin(&self, person: PersonId) -> bool {
        self.people.get(&person).is_some_and(|p| p.admin)
    }

    /// Whether the person has left (ruling 17). They lead nothing, have no duty, decide nothing and get nothing new.
    pub fn has_left(&self, person: PersonId) -> bool {
        self.people.get(&person).is_some_and(|p| p.gone.is_some())
    }

    /// Whether the person leads the team. Whoever has Manage Server leads a team that has no manager of its
    /// own, or none who has not left; that is how it works without any set-up.
    pub fn is_manager(&self, person: PersonId, team: TeamId) -> bool {
        self.leads_by_name(person, team)
            || (self.is_admin(person)
                && !self.has_left(person)
                && !self.people.keys().any(|p| self.leads_by_name(*p, team)))
    }

    fn leads_by_name(&self, person: PersonId, team: TeamId) -> bool {
        // A name without an account leads nobody, and keeps no admin from it.
        let known = self.people.get(&person).filter(|p| !person.is_nameless() && p.gone.is_none());
        let Some(known) = known else { return false };
        let in_team = known.team.is_none_or(|t| t == team);
        if known.role.is_some() {
            return known.role == Some(Role::Manager) && self.team_of(person).id == team;
        }
        in_team && self.team(team).manager_role.is_some_and(|r| known.roles.contains(&r))
    }

    /// The managers of a team, by id.
    pub fn managers(&self, team: TeamId) -> Vec<PersonId> {
        self.people.keys().copied().filter(|p| self.is_manager(*p, team)).collect()
    }

    /// Everyone with the duty in the team; the team's managers where nobody has it; admins where it has none
    /// (ruling 16).
    pub fn with_duty(&self, team: TeamId, duty: Duty) -> Vec<PersonId> {
        let having: Vec<_> = self
            .people
            .values()
            .filter(|p| !p.id.is_nameless() && p.gone.is_none())
            .filter(|p| p.duties.contains(&duty) && self.team_of(p.id).id == team)
            .map(|p| p.id)
            .collect();
        if having.is_empty() { self.managers(team) } else { having }
    }

    /// The members of a team, by id.
    pub fn members(&self, team: TeamId) -> Vec<PersonId> {
        self.people.keys().copied().filter(|p| self.team_of(*p).id == team).collect()
    }

    /// Whom routing takes for the team's reps, by id: those who were placed in it by an admin, or have its rep role on
    /// the platform, and do not lead it. Nobody, where nothing has been set up.
    pub fn reps(&self, team: TeamId) -> Vec<PersonId> {
        let rep_role = self.team(team).rep_role;
        let placed = |p: &Person| {
            p.role == Some(Role::Rep)
                || (p.role.is_none() && p.team == Some(team))
                || (p.role.is_none() && rep_role.is_some_and(|role| p.roles.contains(&role)))
        };
        let mut members = self.members(team);
        members.retain(|p| placed(&self.people[p]) && !self.leads_by_name(*p, team));
        members
    }

    /// Those of them who are neither away nor gone; all of them where that is nobody.
    pub fn present(&self, people: Vec<PersonId>, now: DateTime<Utc>) -> Vec<PersonId> {
        let there = |p: &PersonId| self.people.get(p).is_none_or(|p| p.present(now));
        let present: Vec<_> = people.iter().copied().filter(there).collect();
        if present.is_empty() { people } else { present }
    }

    /// The zone in which a person's input is read and their times are spelled out.
    pub fn zone_of(&self, person: PersonId) -> Tz {
        self.people.get(&person).and_then(|p| p.timezone).unwrap_or(self.team_of(person).calendar.zone)
    }

    /// Where customers book a meeting with a record's owner: their own page, else the team's (D30).
    pub fn booking_link(&self, owner: Option<PersonId>, team: TeamId) -> Option<&str> {
        let own = owner.and_then(|owner| self.people.get(&owner)?.booking.as_deref());
        own.or(self.team(team).booking.as_deref())
    }

    /// Who is known by name alone and called as this person is, so that the two are taken for one; `None`: nobody is, or
    /// somebody else is called so as well.
    pub fn namesake(&self, account: PersonId) -> Option<&Person> {
        let person = self.people.get(&account).filter(|p| !account.is_nameless() && p.gone.is_none())?;
        let name = name_key(&person.name);
        let called_so = |other: &&Person| other.id != account && name_key(&other.name) == name;
        let mut others = self.people.values().filter(called_so);
        let only = others.next().filter(|_| !name.is_empty() && others.next().is_none())?;
        (only.id.is_nameless() && only.linked_to.is_none()).then_some(only)
    }

    /// The id of the next person who is known by name alone: they have no account on the platform, and ids below 0.
    pub fn next_nameless(&self) -> PersonId {
        PersonId(self.people.keys().next().map_or(0, |first| first.0.min(0)) - 1)
    }

    /// How many interruptions the person gets on a day at most: their own number, else their team's, else the
    /// workspace's (X6).
    pub fn budget_of(&self, person: PersonId) -> u32 {
        let own = self.people.get(&person).and_then(|p| p.budget);
        let team = || self.thresholds.team_budgets.get(&self.team_of(person).id).copied();
        own.or_else(team).unwrap_or(self.thresholds.budget)
    }

    /// A name for people, where a mention would not do.
    pub fn name_of(&self, person: PersonId) -> String {
        self.people.get(&person).map_or_else(|| format!("person {person}"), |p| p.name.clone())
    }
}

/// A person's name as it is compared: whatever the case, with or without an `@`.
pub fn name_key(name: &str) -> String {
    name.trim().trim_start_matches('@').to_lowercase()
}

impl Thresholds {
    /// An X6 budget lies between these: at least the one message in which everything held is told.
    pub const BUDGETS: std::ops::RangeInclusive<u32> = 1..=50;
    /// A D41 cluster has between so many records.
    pub const CLUSTERS: std::ops::RangeInclusive<u32> = 2..=100;
    /// An X4 window is at most a day.
    pub const MAX_UNDO_WINDOW: u32 = 24 * 60;

    fn default_cluster() -> u32 {
        3
    }

    fn default_undo_window() -> u32 {
        15
    }

    fn default_budget() -> u32 {
        12
    }

    /// Whether every clock ends when it ended under the others: only then need none be armed anew (ruling 7).
    pub fn same_clocks(&self, others: &Self) -> bool {
        (self.stale_grace, self.activity_window) == (others.stale_grace, others.activity_window)
    }

    /// The amount in the workspace's currency; `None` where no rate is set (ruling 11).
    pub fn convert(&self, money: Money) -> Option<Money> {
        if money.currency == self.currency {
            return Some(money);
        }
        let rate = i128::from(*self.rates.get(&money.currency)?);
        let minor = i64::try_from(i128::from(money.minor) * rate / 1_000_000).ok()?;
        Some(Money { minor, currency: self.currency })
    }
}

/// When something was changed and by whom; what `/setup show` prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingChange {
    /// The setting, such as `team Sales: hours`.
    pub setting: String,
    /// What it is now, spelled out.
    pub value: String,
    /// Who changed it.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
}
