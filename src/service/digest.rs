//! A team's digest: its figures are read in chunks, counted by [`crate::report::digest`], and put into words.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::handle::unknown_team;
use super::head::{self, Head};
use super::{App, Fault, draw};
use crate::chat::message::{Message, Reply};
use crate::chat::render;
use crate::chat::render::view::{
    DigestItem, DigestRep, DigestRequest, DigestShare, DigestSystem, DigestView,
};
use crate::domain::approval;
use crate::domain::ids::{EventId, PersonId, PlaybookId, RecordId, StatusId};
use crate::domain::playbook::{Class, FieldKind, Playbook, Status};
use crate::domain::record::Record;
use crate::domain::workspace::{Team, Workspace};
use crate::report::digest::{Figures, Flagged, Late, Person, System};
use crate::report::share::{Crossed, Moves};
use crate::store::StoreError;

/// So many rows are read at once.
const CHUNK: u64 = 500;

/// A digest in words.
pub struct Worded {
    /// What stands in the channel.
    pub message: Message,
    /// What stands in its thread.
    pub details: Vec<Message>,
    /// The last event that it tells of.
    pub up_to: EventId,
    /// Whether the team has, or had since the last one, any record at all.
    pub team: InUse,
}

/// Whether a team works with the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InUse {
    /// It has records.
    Yes,
    /// It has none yet.
    NotYet,
}

/// `/pipeline digest`: what the team's next digest would say, for whoever asks.
pub async fn preview(app: &App, head: &Head, name: Option<&str>) -> Result<Reply, Fault> {
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let team = match name {
        None => workspace.team_of(head.person()),
        Some(name) => match workspace.team_named(name) {
            Some(team) => team,
            None => return Ok(unknown_team(&workspace, name)),
        },
    };
    let last = app.store().last_digest(team.id).await?;
    let (after, since) = last.unwrap_or((EventId(0), None));
    let worded = of_team(app, &workspace, team, after, since).await?;
    Ok(Reply::Private(worded.details.into_iter().fold(worded.message, super::beside)))
}

/// The digest of a team: how things stand, and what happened after an event.
pub async fn of_team(
    app: &App,
    workspace: &Workspace,
    team: &Team,
    after: EventId,
    since: Option<DateTime<Utc>>,
) -> Result<Worded, StoreError> {
    let now = app.clock().now();
    let mut figures = Figures::default();
    let mut playbooks: Vec<Arc<Playbook>> = Vec::new();
    let mut last = RecordId(0);
    let mut counted: HashMap<RecordId, PlaybookId> = HashMap::new();
    loop {
        let rows = app.store().team_records(workspace.id, team.id, last, CHUNK).await?;
        let Some(end) = rows.last() else { break };
        last = end.record.id;
        for row in &rows {
            let Some(playbook) = app.playbook_of(&row.record) else { continue };
            counted.insert(row.record.id, playbook.id.clone());
            figures.record(&row.record, &draw::env(app, &playbook, workspace, &row.record), since);
            know(&mut playbooks, playbook);
        }
    }
    let mut up_to = after;
    loop {
        let events = app.store().team_events(team.id, up_to, CHUNK).await?;
        let Some((end, _, _)) = events.last() else { break };
        up_to = *end;
        let unknown: HashSet<RecordId> = events.iter().map(|(_, id, _)| *id).collect();
        let unknown: Vec<_> = unknown.into_iter().filter(|id| !counted.contains_key(id)).collect();
        let others: HashMap<RecordId, Arc<Playbook>> = reported(app, &unknown).await?;
        for (_, id, event) in &events {
            if let Some(playbook) = counted.get(id).or_else(|| others.get(id).map(|p| &p.id)) {
                figures.event(playbook, event);
            }
        }
        for playbook in others.into_values() {
            know(&mut playbooks, playbook);
        }
    }
    figures.sort();
    let active = app.active(workspace.id);
    let place = |playbook: &Playbook| active.iter().position(|p| p.id == playbook.id).unwrap_or(active.len());
    playbooks.sort_by_cached_key(|playbook| (place(playbook), playbook.title.clone()));
    let moves = moves(app, team, &playbooks, now).await?;
    let crossed = playbooks.iter().flat_map(|playbook| moves.crossed(playbook, now));
    let shares = crossed.map(share).collect();
    let waiting = waiting(app, workspace, team, now).await?;
    let parked = app.store().outbox_counts(workspace.id).await?.parked;
    let system = |playbook: &Arc<Playbook>| Some(Names(playbook).system(figures.systems.get(&playbook.id)?));
    let view = DigestView {
        team: team.name.clone(),
        date: team.calendar.local(now).date(),
        since,
        systems: playbooks.iter().filter_map(system).collect(),
        created: figures.created,
        breaches: figures.breaches.iter().map(item).collect(),
        stale: figures.stale.iter().map(item).collect(),
        flagged: figures.flagged.iter().map(flagged).collect(),
        shares,
        waiting,
        reps: reps(workspace, team, &figures, &app.store().held(workspace.id).await?),
        parked_messages: parked,
    };
    let (message, details) = render::digest::digest(&view);
    let used = figures.created > 0 || figures.systems.values().any(|system| !system.statuses.is_empty());
    Ok(Worded { message, details, up_to, team: if used { InUse::Yes } else { InUse::NotYet } })
}

/// Notes the rules that a system is described by: of several versions the newest.
fn know(playbooks: &mut Vec<Arc<Playbook>>, playbook: Arc<Playbook>) {
    match playbooks.iter_mut().find(|known| known.id == playbook.id) {
        Some(known) if known.version < playbook.version => *known = playbook,
        Some(_) => {}
        None => playbooks.push(playbook),
    }
}

/// The rules of each of the records that are told of. What happened to one that is in no report is not told either (B8);
/// what was merged or erased has happened.
async fn reported(app: &App, ids: &[RecordId]) -> Result<HashMap<RecordId, Arc<Playbook>>, StoreError> {
    let rows = app.store().records(ids).await?;
    let told = |record: &Record| {
        let playbook = app.playbook_of(record)?;
        let class = playbook.status(&record.status).map(|s| s.class);
        let excluded = record.ended.is_none() && class == Some(Class::Excluded);
        (!excluded).then_some((record.id, playbook))
    };
    Ok(rows.iter().filter_map(|row| told(&row.record)).collect())
}

/// The moves that the shares of the playbooks are counted from; none where no playbook flags any.
async fn moves(
    app: &App,
    team: &Team,
    playbooks: &[Arc<Playbook>],
    now: DateTime<Utc>,
) -> Result<Moves, StoreError> {
    let mut moves = Moves::default();
    let shares = playbooks.iter().flat_map(|p| &p.statuses).flat_map(|s| &s.shares);
    let Some(days) = shares.map(|share| share.days).max() else { return Ok(moves) };
    let since = now - TimeDelta::days(i64::from(days));
    let mut after = app.store().told_before(team.id, since).await?;
    loop {
        let events = app.store().team_moves(team.id, after, since, CHUNK).await?;
        let Some((end, ..)) = events.last() else { return Ok(moves) };
        after = *end;
        for (_, record, playbook, event) in &events {
            moves.event(playbook, *record, event);
        }
    }
}

fn share(crossed: Crossed<'_>) -> DigestShare {
    let Crossed { playbook, status, share, part, whole } = crossed;
    DigestShare {
        status: status.label.clone(),
        says: share.says.clone(),
        what_to_do: share.what_to_do.clone(),
        of: share.of,
        to: share.to.iter().map(|to| playbook.status_label(to).to_owned()).collect(),
        plural: playbook.noun.plural.clone(),
        part,
        whole,
        bound: share.bound,
        days: share.days,
    }
}

async fn waiting(
    app: &App,
    workspace: &Workspace,
    team: &Team,
    now: DateTime<Utc>,
) -> Result<Vec<DigestRequest>, StoreError> {
    let requests = app.store().waiting_approvals(workspace.id, Some(team.id)).await?;
    let ids: Vec<_> = requests.iter().map(|r| r.record).collect();
    let rows = app.store().records(&ids).await?;
    Ok(requests
        .iter()
        .filter_map(|request| {
            let record = &rows.iter().find(|row| row.record.id == request.record)?.record;
            let pending = record.pending.as_ref()?;
            Some(DigestRequest {
                handle: record.handle,
                name: record.contact.name.clone(),
                to: app.playbook_of(record)?.status_label(&request.to).to_owned(),
                since: request.requested_at,
                requested_by: request.requested_by,
                deciders: approval::deciders(record, pending, workspace, now),
            })
        })
        .collect())
}

fn item(late: &Late) -> DigestItem {
    DigestItem {
        handle: late.handle,
        name: late.name.clone(),
        what: late.what.clone(),
        since: late.since,
        over_at: late.over_at,
        owner: late.owner,
    }
}

fn flagged(flagged: &Flagged) -> DigestItem {
    DigestItem {
        handle: flagged.handle,
        name: flagged.name.clone(),
        what: flagged.says.clone(),
        since: flagged.since,
        over_at: None,
        owner: flagged.owner,
    }
}

/// Everyone of the team, by name; whoever has neither records nor deeds is left out.
fn reps(
    workspace: &Workspace,
    team: &Team,
    figures: &Figures,
    held: &HashMap<PersonId, usize>,
) -> Vec<DigestRep> {
    let mut people: Vec<(PersonId, Person)> = figures.people.iter().map(|(id, p)| (*id, *p)).collect();
    people.retain(|(id, p)| workspace.team_of(*id).id == team.id && *p != Person::default());
    people.sort_by_key(|(id, _)| workspace.name_of(*id).to_lowercase());
    let rep = |(person, p): (PersonId, Person)| DigestRep {
        person,
        open: p.open,
        moves: p.moves,
        activities: p.activities,
        breaches: p.breaches,
        held: held.get(&person).map_or(0, |n| *n as u64),
    };
    people.into_iter().map(rep).collect()
}

/// What a system calls things.
struct Names<'a>(&'a Playbook);

impl Names<'_> {
    fn system(&self, figures: &System) -> DigestSystem {
        DigestSystem {
            title: self.0.title.clone(),
            statuses: self.statuses(figures),
            phases: self.phases(figures),
            stages: self.stages(figures),
            moves: self.moves(figures),
            sub_statuses: self.sub_statuses(figures),
        }
    }

    fn statuses(&self, figures: &System) -> Vec<(String, String, u64)> {
        let named = |s: &Status| match s.numbered {
            None => s.label.clone(),
            // Else the count would be read as its number (B7).
            Some(_) => format!("{} ×", s.label),
        };
        let count = |s: &Status| Some((s.emoji.clone(), named(s), *figures.statuses.get(&s.id)?));
        self.0.statuses.iter().filter_map(count).collect()
    }

    fn phases(&self, figures: &System) -> Vec<(String, u64)> {
        let phases = self.0.phases.iter();
        phases.filter_map(|(id, label)| Some((label.clone(), *figures.phases.get(id)?))).collect()
    }

    fn sub_statuses(&self, figures: &System) -> Vec<(String, String, u64)> {
        let mut found = Vec::new();
        for status in &self.0.statuses {
            for ((_, nth), n) in figures.numbers.range((status.id.clone(), 0)..=(status.id.clone(), u32::MAX))
            {
                let said = status.numbered.map(|numbering| render::words::number(numbering, *nth));
                found.extend(said.map(|said| (status.label.clone(), format!("{said} ×"), *n)));
            }
            let field = status.sub_status.as_ref().and_then(|id| self.0.field(id));
            let Some(FieldKind::Choice(options)) = field.map(|f| &f.kind) else { continue };
            for (id, label) in options {
                if let Some(n) = figures.sub_statuses.get(&(status.id.clone(), id.clone())) {
                    found.push((status.label.clone(), label.clone(), *n));
                }
            }
        }
        found
    }

    fn stages(&self, figures: &System) -> Vec<(String, u64)> {
        let stages = self.0.stages.order.iter();
        stages.filter_map(|s| Some((s.label.clone(), *figures.stages.get(&s.id)?))).collect()
    }

    fn moves(&self, figures: &System) -> Vec<(String, String, u64)> {
        let named = |id: &StatusId| self.0.status_label(id).to_owned();
        let mut moves: Vec<_> =
            figures.moves.iter().map(|((from, to), n)| (named(from), named(to), *n)).collect();
        moves.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.cmp(b)));
        moves
    }
}
