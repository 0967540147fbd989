//! A team's digest: its figures are read in chunks, counted by [`crate::report::digest`], and put into words.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::handle::unknown_team;
use super::head::{self, Head};
use super::{App, Fault, draw};
use crate::chat::message::{Message, Reply};
use crate::chat::render;
use crate::chat::render::view::{DigestItem, DigestRep, DigestRequest, DigestView};
use crate::domain::approval;
use crate::domain::ids::{EventId, PersonId, RecordId, StageId, StatusId};
use crate::domain::playbook::{Class, FieldKind, Playbook, Status};
use crate::domain::record::Record;
use crate::domain::workspace::{Team, Workspace};
use crate::report::digest::{Figures, Flagged, Late, Person};
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
    let mut counted: HashSet<RecordId> = HashSet::new();
    loop {
        let rows = app.store().team_records(workspace.id, team.id, last, CHUNK).await?;
        let Some(end) = rows.last() else { break };
        last = end.record.id;
        for row in &rows {
            let Some(playbook) = app.playbook_of(&row.record) else { continue };
            counted.insert(row.record.id);
            figures.record(&row.record, &draw::env(app, &playbook, workspace, &row.record), since);
            if playbooks.iter().all(|p| p.id != playbook.id) {
                playbooks.push(playbook);
            }
        }
    }
    let mut up_to = after;
    loop {
        let events = app.store().team_events(team.id, up_to, CHUNK).await?;
        let Some((end, _, _)) = events.last() else { break };
        up_to = *end;
        let others: HashSet<RecordId> = events.iter().map(|(_, id, _)| *id).collect();
        let others: Vec<_> = others.difference(&counted).copied().collect();
        let left_out = left_out(app, &others).await?;
        for (_, _, event) in events.iter().filter(|(_, id, _)| !left_out.contains(id)) {
            figures.event(event);
        }
    }
    figures.sort();
    if playbooks.is_empty() {
        playbooks = app.active(workspace.id);
    }
    let waiting = waiting(app, workspace, team, now).await?;
    let parked = app.store().outbox_counts(workspace.id).await?.parked;
    let names = Names(&playbooks);
    let view = DigestView {
        team: team.name.clone(),
        date: team.calendar.local(now).date(),
        since,
        plural: playbooks.first().map_or_else(String::new, |p| p.noun.plural.clone()),
        statuses: names.statuses(&figures),
        phases: names.phases(&figures),
        stages: names.stages(&figures),
        created: figures.created,
        moves: names.moves(&figures),
        breaches: figures.breaches.iter().map(item).collect(),
        stale: figures.stale.iter().map(item).collect(),
        flagged: figures.flagged.iter().map(flagged).collect(),
        sub_statuses: names.sub_statuses(&figures),
        waiting,
        reps: reps(workspace, team, &figures, &app.store().held(workspace.id).await?),
        parked_messages: parked,
    };
    let (message, details) = render::digest::digest(&view);
    let used = !figures.statuses.is_empty() || figures.created > 0;
    Ok(Worded { message, details, up_to, team: if used { InUse::Yes } else { InUse::NotYet } })
}

/// Those of the records that are in no report: what happened to them is not told either (B8). What was merged or erased
/// has happened.
async fn left_out(app: &App, ids: &[RecordId]) -> Result<HashSet<RecordId>, StoreError> {
    let rows = app.store().records(ids).await?;
    let excluded = |record: &Record| {
        let class = app.playbook_of(record).and_then(|p| p.status(&record.status).map(|s| s.class));
        record.ended.is_none() && class == Some(Class::Excluded)
    };
    Ok(rows.iter().filter(|row| excluded(&row.record)).map(|row| row.record.id).collect())
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

/// What the playbooks of a digest call things.
struct Names<'a>(&'a [Arc<Playbook>]);

impl Names<'_> {
    fn statuses(&self, figures: &Figures) -> Vec<(String, String, u64)> {
        let all = self.0.iter().flat_map(|p| &p.statuses);
        let named = |s: &Status| match s.numbered {
            None => s.label.clone(),
            // Else the count would be read as its number (B7).
            Some(_) => format!("{} ×", s.label),
        };
        all.filter_map(|s| figures.statuses.get(&s.id).map(|n| (s.emoji.clone(), named(s), *n))).collect()
    }

    fn phases(&self, figures: &Figures) -> Vec<(String, u64)> {
        let all = self.0.iter().flat_map(|p| p.phases.iter().map(move |phase| (p, phase)));
        all.filter_map(|(p, (id, label))| {
            let count = figures.phases.get(&(p.id.clone(), id.clone()))?;
            Some((label.clone(), *count))
        })
        .collect()
    }

    fn sub_statuses(&self, figures: &Figures) -> Vec<(String, String, u64)> {
        let mut found = Vec::new();
        for (playbook, status) in self.0.iter().flat_map(|p| p.statuses.iter().map(move |s| (p, s))) {
            for ((_, nth), n) in figures.numbers.range((status.id.clone(), 0)..=(status.id.clone(), u32::MAX))
            {
                let said = status.numbered.map(|numbering| render::words::number(numbering, *nth));
                found.extend(said.map(|said| (status.label.clone(), format!("{said} ×"), *n)));
            }
            let field = status.sub_status.as_ref().and_then(|id| playbook.field(id));
            let Some(FieldKind::Choice(options)) = field.map(|f| &f.kind) else { continue };
            for (id, label) in options {
                if let Some(n) = figures.sub_statuses.get(&(status.id.clone(), id.clone())) {
                    found.push((status.label.clone(), label.clone(), *n));
                }
            }
        }
        found
    }

    fn stages(&self, figures: &Figures) -> Vec<(String, u64)> {
        let all = self.0.iter().flat_map(|p| &p.stages.order);
        all.filter_map(|s| figures.stages.get(&s.id).map(|n| (self.stage(&s.id), *n))).collect()
    }

    fn moves(&self, figures: &Figures) -> Vec<(String, String, u64)> {
        let mut moves: Vec<_> =
            figures.moves.iter().map(|((from, to), n)| (self.status(from), self.status(to), *n)).collect();
        moves.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.cmp(b)));
        moves
    }

    fn status(&self, id: &StatusId) -> String {
        let known = self.0.iter().find_map(|p| p.status(id));
        known.map_or_else(|| id.to_string(), |s| s.label.clone())
    }

    fn stage(&self, id: &StageId) -> String {
        let known = self.0.iter().find_map(|p| p.stage(id));
        known.map_or_else(|| id.to_string(), |s| s.label.clone())
    }
}
