//! What a scenario begins with: teams, people, files, and how time goes on.

use std::collections::BTreeSet;
use std::path::Path;

use bellwether::chat::value;
use bellwether::domain::accounts;
use bellwether::domain::calendar::{self, Calendar, WeeklyHours};
use bellwether::domain::ids::TeamId;
use bellwether::domain::workspace::{Away, Duty, Person, Role, Thresholds, Workspace};
use chrono::{DateTime, NaiveTime, Utc};

use super::text::words;
use super::{Outcome, Play};
use crate::support::world::{WORKSPACE, World};

impl Play {
    pub(super) async fn team(&mut self, rest: &str) -> Outcome {
        let words = words(rest)?;
        let (name, options) = words.split_first().ok_or("a team needs a name")?;
        let mut team = Workspace::without_setup(WORKSPACE, TeamId(0)).teams.remove(0);
        team.name.clone_from(name);
        for pair in options.chunks(2) {
            let [key, value] = pair else { return Err("options come in pairs".to_owned()) };
            let channel = |world: &mut World| Some(world.channel(value));
            match key.as_str() {
                "zone" => team.calendar.zone = value.parse().map_err(|_| format!("no zone {value}"))?,
                "hours" => team.calendar.hours = WeeklyHours::parse(value).map_err(|e| e.to_string())?,
                "leads" => team.leads = channel(&mut self.world),
                "alerts" => team.alerts = channel(&mut self.world),
                "approvals" => team.approvals = channel(&mut self.world),
                "digest" => team.digest = channel(&mut self.world),
                "digest-at" => {
                    team.digest_at = NaiveTime::parse_from_str(value, "%H:%M").map_err(|e| e.to_string())?;
                }
                _ => return Err(format!("a team has no {key}")),
            }
        }
        // The first team's calendar is what `at` and `advance` go by.
        if self.calendar == Calendar::default() {
            self.calendar = team.calendar.clone();
        }
        let saved = self.world.app.store().save_team(WORKSPACE, team, Vec::new()).await;
        saved.map_err(|e| e.to_string())?;
        Ok(())
    }

    /// `a.toml from tests/x.toml` and pairs of texts in backticks; `\n` is a new line.
    pub(super) fn file(&mut self, rest: &str) -> Outcome {
        let (head, changes) = rest.split_once('`').unwrap_or((rest, ""));
        let (name, path) = head.trim().split_once(" from ").ok_or("write: file a.toml from tests/x.toml")?;
        let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(path.trim());
        let mut text = std::fs::read_to_string(&full).map_err(|e| format!("{path}: {e}"))?;
        let quoted: Vec<&str> = changes.split('`').step_by(2).filter(|t| !t.is_empty()).collect();
        for pair in quoted.chunks(2) {
            let [old, new] = pair else { return Err("texts come in pairs".to_owned()) };
            if !text.contains(old) {
                return Err(format!("{path} has no {old}"));
            }
            text = text.replace(old, &new.replace("\\n", "\n"));
        }
        self.world.file(name, text.into_bytes());
        Ok(())
    }

    pub(super) async fn person(&mut self, rest: &str) -> Outcome {
        let mut words = rest.split_whitespace();
        let name = words.next().ok_or("a person needs a name")?;
        let kind = words.next();
        let id = self.world.person(name, kind == Some("admin"));
        let role = match kind {
            None => return Ok(()),
            Some("rep") => Some(Role::Rep),
            Some("manager") => Some(Role::Manager),
            Some("admin") => None,
            Some(other) => return Err(format!("nobody is a {other}")),
        };
        let workspace = self.world.app.store().workspace(WORKSPACE);
        let (mut team, mut duties, mut capacity) = (workspace.teams[0].id, BTreeSet::new(), None);
        while let Some(word) = words.next() {
            match (word, words.next()) {
                ("of", Some(name)) => team = workspace.team_named(name).ok_or("no such team")?.id,
                ("duties", Some(list)) => {
                    duties = list.split(',').map(Duty::parse).collect::<Option<_>>().ok_or("no such duty")?;
                }
                ("carries", Some(number)) => capacity = number.parse().ok(),
                _ => return Err("write: person ana rep of Sales duties ae,senior carries 20".to_owned()),
            }
        }
        let person = Person {
            id,
            name: name.to_owned(),
            admin: kind == Some("admin"),
            roles: Vec::new(),
            team: role.map(|_| team),
            role,
            duties,
            capacity,
            ..Person::unknown(id)
        };
        let saved = self.world.app.store().save_person(WORKSPACE, person, Vec::new()).await;
        saved.map_err(|e| e.to_string())
    }

    pub(super) async fn presence(&mut self, name: &str, away: Option<Away>, gone: bool) -> Outcome {
        let (id, now) = (self.world.who(name)?.id, self.world.now());
        let workspace = self.world.app.store().workspace(WORKSPACE);
        let known = workspace.people.get(&id).ok_or("nobody knows them yet")?.clone();
        let person = Person { away, gone: gone.then_some(now), ..known };
        let saved = self.world.app.store().save_person(WORKSPACE, person, Vec::new()).await;
        saved.map_err(|e| e.to_string())?;
        self.world.settle().await;
        Ok(())
    }

    pub(super) async fn accounts(&mut self, text: &str) -> Outcome {
        let person = |name: &str| self.world.who(name).ok().map(|who| who.id);
        let read = accounts::parse(text, person).map_err(|e| format!("{e:?}"))?;
        let known = self.world.app.store().workspace(WORKSPACE).thresholds.clone();
        let thresholds = Thresholds { enterprise_size: read.size, accounts: read.accounts, ..known };
        let saved = self.world.app.store().save_thresholds(WORKSPACE, thresholds, Vec::new()).await;
        saved.map(drop).map_err(|e| e.to_string())
    }

    pub(super) fn moment(&self, text: &str) -> Result<DateTime<Utc>, String> {
        let zone = self.calendar.zone;
        if self.began {
            return value::parse_when(text, self.world.now(), zone);
        }
        // The first one counts from the scenario's Monday.
        let sunday = self.monday.pred_opt().expect("a date");
        let before = calendar::instant(zone, sunday.and_hms_opt(12, 0, 0).expect("noon"));
        value::parse_when(text, before, zone)
    }

    pub(super) async fn go_to(&mut self, to: DateTime<Utc>) -> Outcome {
        if !self.began {
            self.began = true;
            self.world.clock.set(to);
            self.world.settle().await;
            return Ok(());
        }
        if to <= self.world.now() {
            return Err(format!("that is not later than now, {}", self.world.now()));
        }
        self.world.advance_to(to).await;
        Ok(())
    }
}
