//! `/playbook simulate` and `bellwether playbook simulate`: reads the history in chunks, off the writer, and has each
//! chunk lived through on a thread of its own. Writes nothing (X2).

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::head::{self, Head};
use super::{App, Fault, library, replies};
use crate::chat::message::Reply;
use crate::chat::render::simulate::{self as words, View};
use crate::chat::value;
use crate::domain::calendar;
use crate::domain::event::Event;
use crate::domain::ids::{RecordId, TeamId, WorkspaceId};
use crate::domain::playbook::Playbook;
use crate::domain::record::Record;
use crate::domain::span::Span;
use crate::domain::undo;
use crate::domain::workspace::Workspace;
use crate::playbook::{Library, Playbooks, compile};
use crate::simulate::{Past, Period, Report, Rules};
use crate::store::StoreError;
use crate::store::past::{Pasts, ReadOnly};

/// How far back it goes where nobody says.
pub const SINCE: TimeDelta = TimeDelta::days(90);
/// So many records are read at a time.
const CHUNK: u32 = 64;

/// What is to be tried, and on what.
pub struct Trial {
    /// The draft.
    pub draft: Playbook,
    /// Where.
    pub workspace: Arc<Workspace>,
    /// The rules in force.
    pub library: Arc<Library>,
    /// Only records of these teams; `None`: of all.
    pub teams: Option<BTreeSet<TeamId>>,
    /// What counts.
    pub period: Period,
}

impl Trial {
    /// The playbook that the draft would follow: of its id, else of its noun's letter.
    pub fn in_force(&self) -> Option<Arc<Playbook>> {
        let active = self.library.active(self.workspace.id);
        let of_id = active.iter().find(|p| p.id == self.draft.id);
        of_id.or_else(|| active.iter().find(|p| p.noun.letter == self.draft.noun.letter)).cloned()
    }

    /// Lives through the history, chunk by chunk.
    pub async fn run(self: &Arc<Self>, pasts: &Pasts) -> Result<Report, StoreError> {
        let mut report = Report::default();
        let Some(in_force) = self.in_force() else { return Ok(report) };
        let mut after = RecordId(0);
        loop {
            let chunk = pasts.chunk(self.workspace.id, self.draft.noun.letter, after, CHUNK).await?;
            let Some((last, _)) = chunk.last() else { return Ok(report) };
            after = last.id;
            let (trial, id) = (self.clone(), in_force.id.clone());
            let lived = tokio::task::spawn_blocking(move || {
                let concerned = |record: &Record| {
                    record.playbook == id && trial.teams.as_ref().is_none_or(|t| t.contains(&record.team))
                };
                trial.live(chunk.into_iter().filter(|(record, _)| concerned(record)))
            });
            report.add(lived.await.map_err(|error| StoreError::Work(error.to_string()))?);
        }
    }

    fn live(&self, chunk: impl Iterator<Item = (Record, Vec<Event>)>) -> Report {
        let draft = Rules { playbook: &self.draft, workspace: &self.workspace };
        let mut report = Report::default();
        for (record, events) in chunk {
            let Some(playbook) = self.library.of(&record) else {
                report.cut_short += 1;
                continue;
            };
            let in_force = Rules { playbook: &playbook, workspace: &self.workspace };
            let events = undo::straightened(events);
            let past = Past { contact: &record.contact, events: &events };
            report.look_at(&past, &in_force, &draft, &self.period);
        }
        report
    }
}

/// Where the period begins: `90d`, `12 weeks`, `2026-09-01`; the error is a sentence.
pub fn since(typed: Option<&str>, now: DateTime<Utc>, zone: Tz) -> Result<DateTime<Utc>, String> {
    let Some(typed) = typed else { return Ok(now - SINCE) };
    let unreadable = || words::unreadable_since(typed);
    let at = match Span::parse(typed) {
        Ok(Span::Days(days) | Span::BusinessDays(days)) => now - TimeDelta::days(i64::from(days)),
        Ok(Span::Elapsed(time) | Span::Business(time)) => now - time,
        Err(_) => {
            let date = value::parse_date(typed, now, zone).map_err(|_| unreadable())?;
            calendar::instant(zone, date.and_time(chrono::NaiveTime::MIN))
        }
    };
    if at < now { Ok(at) } else { Err(unreadable()) }
}

/// A draft, compiled; else its problems, each spelled out.
pub fn read_draft(bytes: &[u8]) -> Result<Playbook, Vec<String>> {
    let text = std::str::from_utf8(bytes).map_err(|_| vec![words::not_text()])?;
    match compile(text) {
        Ok(compiled) => Ok(compiled.playbook),
        Err(problems) => Err(problems.iter().map(ToString::to_string).collect()),
    }
}

/// `/playbook simulate`: admins see every team, managers their own.
pub async fn simulate(
    app: &App,
    head: &Head,
    file: &(String, Vec<u8>),
    typed_since: Option<&str>,
) -> Result<Reply, Fault> {
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let person = head.person();
    let leads: BTreeSet<TeamId> =
        workspace.teams.iter().map(|t| t.id).filter(|team| workspace.is_manager(person, *team)).collect();
    let teams = if workspace.is_admin(person) { None } else { Some(leads) };
    if teams.as_ref().is_some_and(BTreeSet::is_empty) {
        return Ok(Reply::Private(words::managers_only()));
    }
    let draft = match read_draft(&file.1) {
        Ok(draft) => draft,
        Err(problems) => return Ok(Reply::Private(words::unusable(&problems))),
    };
    let (now, zone) = (app.clock().now(), workspace.zone_of(person));
    let since = match since(typed_since, now, zone) {
        Ok(since) => since,
        Err(sentence) => return Ok(replies::mistake(&sentence)),
    };
    let Ok(_turn) = app.shared.simulating.try_lock() else { return Ok(Reply::Private(words::busy())) };
    let period = Period { since, until: now };
    let workspace = as_they_were(&workspace);
    let trial = Arc::new(Trial { draft, workspace, library: app.library(), teams, period });
    let report = trial.run(&app.store().pasts()).await?;
    let Some(in_force) = trial.in_force().filter(|_| report.records > 0) else {
        return Ok(Reply::Private(words::nothing(&trial.draft)));
    };
    let view = View {
        draft: &trial.draft,
        in_force: &in_force,
        workspace: &trial.workspace,
        zone,
        period,
        report: &report,
    };
    Ok(Reply::Private(words::message(&view)))
}

/// What the command line asks for.
pub struct Asked<'a> {
    /// The bot's database; it may run meanwhile.
    pub database: &'a str,
    /// The draft's text.
    pub draft: &'a [u8],
    /// Where the period begins, as typed.
    pub since: Option<&'a str>,
    /// Which workspace; needed only where there are several.
    pub workspace: Option<i64>,
    /// The playbooks that the bot runs with.
    pub playbooks: Playbooks,
    /// Now.
    pub now: DateTime<Utc>,
}

/// Why there is nothing to print.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// The command line, the draft or the database cannot be used: what to do.
    #[error("{0}")]
    Unusable(String),
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for Unanswered {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Open(why) => Self::Unusable(why),
            other => Self::Store(other),
        }
    }
}

/// Whoever has left since was there when it happened.
fn as_they_were(workspace: &Workspace) -> Arc<Workspace> {
    let mut then = workspace.clone();
    then.people.values_mut().filter(|p| !p.id.is_nameless()).for_each(|p| p.gone = None);
    Arc::new(then)
}

/// `bellwether playbook simulate`: the same for whoever runs the bot, as text.
pub async fn on_command_line(asked: Asked<'_>) -> Result<String, Unanswered> {
    let draft = read_draft(asked.draft).map_err(|problems| Unanswered::Unusable(problems.join("\n")))?;
    let ReadOnly { pasts, workspaces, shelves } = ReadOnly::open(asked.database).await?;
    let known: Vec<WorkspaceId> = workspaces.iter().map(|w| w.id).collect();
    let workspace = match (asked.workspace, workspaces.as_slice()) {
        (None, [one]) => one.clone(),
        (Some(id), all) => {
            let found = all.iter().find(|w| w.id == WorkspaceId(id)).cloned();
            found.ok_or_else(|| Unanswered::Unusable(words::unknown_workspace(Some(id), &known)))?
        }
        (None, _) => return Err(Unanswered::Unusable(words::unknown_workspace(None, &known))),
    };
    let zone = workspace.teams[0].calendar.zone;
    let since = since(asked.since, asked.now, zone).map_err(Unanswered::Unusable)?;
    let period = Period { since, until: asked.now };
    let playbooks = library::with_last_good(asked.playbooks, &shelves)
        .map_err(|problems| Unanswered::Unusable(problems.to_string()))?;
    let library = Arc::new(library::library(playbooks, &shelves));
    let workspace = as_they_were(&workspace);
    let trial = Arc::new(Trial { draft, workspace, library, teams: None, period });
    let report = trial.run(&pasts).await?;
    let Some(in_force) = trial.in_force().filter(|_| report.records > 0) else {
        return Err(Unanswered::Unusable(words::nothing_line(&trial.draft)));
    };
    let view = View {
        draft: &trial.draft,
        in_force: &in_force,
        workspace: &trial.workspace,
        zone,
        period,
        report: &report,
    };
    Ok(words::text(&view))
}
