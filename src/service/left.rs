//! Somebody has left (ruling 17): by an admin's word, or by what the platform answers when they are written to.
//!
//! The managers who are there are told, each in one message, drawn when it is sent: what of theirs is open in the teams
//! that the reader leads, and what they could have decided. "Reassign all" hands it on, as long work
//! ([`super::jobs::reassign`]). New records skip them and their posts go to the managers by the engine's own rules.

use chrono::{DateTime, Utc};

use super::head::{self, Head, Seen};
use super::jobs::reassign::Reassign;
use super::jobs::{self, Body};
use super::said::Said;
use super::{App, Fault, replies};
use crate::chat::message::{Message, Reply};
use crate::chat::render::left::{self as words, LeftView};
use crate::chat::render::{self, Ctx};
use crate::domain::approval;
use crate::domain::ids::{PersonId, RecordId, WorkspaceId};
use crate::domain::playbook::Class;
use crate::domain::rejection::Rejection;
use crate::domain::workspace::Workspace;
use crate::store::outbox::{Fact, Place, Priority};
use crate::store::read::Filter;
use crate::store::row::{Job, JobPhase, Row};
use crate::store::settings::{Set, Setting};
use crate::store::{Batch, Needs, StoreError, Work};

/// So many records of one person are looked at; whoever has more is pressed for again.
const MOST: u64 = 5_000;

/// What is said when a person has left: to each manager who is there; the message itself is drawn when it is sent.
/// `workspace`: as it was until now.
pub fn words(workspace: &Workspace, person: PersonId, at: DateTime<Utc>) -> Vec<Fact> {
    let mut without = workspace.clone();
    without.people.entry(person).or_insert_with(|| head::newcomer(person)).gone = Some(at);
    let managers = without.teams.iter().flat_map(|team| without.present(without.managers(team.id), at));
    let mut readers: Vec<_> = managers.filter(|reader| !reader.is_nameless()).collect();
    readers.sort_unstable();
    readers.dedup();
    let fact = |to: PersonId| Fact {
        workspace: workspace.id,
        dedup_key: format!("left:{}:{person}:{}:{to}", workspace.id, at.timestamp_millis()),
        place: Place::Person(to),
        priority: Priority::Normal,
        due_at: at,
        body: Said::Left { person, to }.to_body(),
    };
    readers.into_iter().map(fact).collect()
}

impl App {
    /// The platform says that a person is there no more. Said again, it changes nothing.
    pub async fn person_left(&self, workspace: WorkspaceId, person: PersonId) -> Result<(), StoreError> {
        let change = move |known: &std::sync::Arc<Workspace>, at: DateTime<Utc>| {
            if person.is_nameless() || known.has_left(person) {
                return ((), None);
            }
            let mut who = known.people.get(&person).cloned().unwrap_or_else(|| head::newcomer(person));
            (who.gone, who.gone_by) = (Some(at), None);
            let set = Set::of(Setting::Person(who), Vec::new());
            ((), Some(Set { say: words(known, person, at), ..set }))
        };
        self.store().change_settings(workspace, change).await?;
        Ok(())
    }
}

/// What a person left behind, for a reader; `None`: nothing that concerns them.
pub async fn list(
    app: &App,
    workspace: WorkspaceId,
    person: PersonId,
    reader: PersonId,
) -> Result<Option<Message>, StoreError> {
    let known = app.store().workspace(workspace);
    if !known.has_left(person) {
        return Ok(None);
    }
    let (now, zone) = (app.clock().now(), known.zone_of(reader));
    let rows = records_of(app, &known, person, reader).await?;
    let rules: Vec<_> = rows.iter().map(|row| app.playbook_of(&row.record)).collect();
    let shown = rows.iter().zip(&rules).filter_map(|(row, rules)| {
        let ctx = Ctx { playbook: rules.as_deref()?, workspace: &known, now, zone };
        Some((ctx, &row.record))
    });
    let view = LeftView { records: shown.collect(), requests: requests(app, &known, person, reader).await? };
    Ok((!view.records.is_empty() || view.requests > 0).then(|| words::list(person, &view)))
}

/// Their records that are not closed, of the teams that the reader leads.
async fn records_of(
    app: &App,
    workspace: &Workspace,
    person: PersonId,
    reader: PersonId,
) -> Result<Vec<Row>, StoreError> {
    let classes = vec![Class::Open, Class::Parked];
    let filter = Filter { owner: Some(person), classes, ..Filter::default() };
    let mut rows = app.store().list(workspace.id, &filter, 0, MOST).await?.rows;
    rows.retain(|row| workspace.is_manager(reader, row.record.team));
    Ok(rows)
}

/// How many requests that they could have decided wait for the reader now.
async fn requests(
    app: &App,
    workspace: &Workspace,
    person: PersonId,
    reader: PersonId,
) -> Result<u64, StoreError> {
    let mut before = workspace.clone();
    before.people.entry(person).and_modify(|p| p.gone = None);
    let waiting = app.store().waiting_approvals(workspace.id, None).await?;
    let records: Vec<_> = waiting.iter().map(|request| request.record).collect();
    let now = app.clock().now();
    let rows = app.store().records(&records).await?;
    let theirs = rows.iter().filter(|row| {
        row.record.pending.as_ref().is_some_and(|pending| {
            let may = |known, who| approval::deciders(&row.record, pending, known, now).contains(&who);
            may(&before, person) && may(workspace, reader)
        })
    });
    Ok(theirs.count() as u64)
}

/// "Reassign all": what is theirs in the presser's teams goes to others.
pub async fn reassign(app: &App, head: &Head, record: RecordId, from: PersonId) -> Result<Reply, Fault> {
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let reader = head.person();
    let leads = workspace.teams.iter().any(|team| workspace.is_manager(reader, team.id));
    let row = app.store().records(&[record]).await?.pop().filter(|r| r.record.workspace == head.workspace);
    let Some(row) = row else { return Ok(replies::gone()) };
    if !leads {
        let team = row.record.team;
        let why = Rejection::NeedsManager { team, managers: workspace.managers(team) };
        return Ok(replies::refusal(app, head, app.playbook_of(&row.record), &why));
    }
    if !workspace.has_left(from) {
        return Ok(Reply::Private(words::is_here(from)));
    }
    let rows = records_of(app, &workspace, from, reader).await?;
    if rows.is_empty() {
        return Ok(Reply::Private(words::nothing(from)));
    }
    let records: Vec<_> = rows.iter().map(|row| row.record.id).collect();
    let total = records.len() as u64;
    let kind = Reassign::of(from, workspace.name_of(from), records);
    let job = jobs::waiting(head, &Body::Reassign(kind), total, app.clock().now());
    let job = Job { phase: JobPhase::Running, ..job };
    Ok(match app.store().work(Begin { head: head.clone(), job }).await? {
        Seen::First => Reply::Update(words::begun(from, total)),
        Seen::Repeat => Reply::Private(render::jobs::gone()),
    })
}

struct Begin {
    head: Head,
    job: Job,
}

impl Work for Begin {
    type Answer = Seen;

    fn needs(&self) -> Needs {
        Needs { inbox: Some((self.head.source, self.head.external_id.clone())), ..Needs::default() }
    }

    fn run(&self, batch: &mut Batch) -> Seen {
        let seen = self.head.open(batch);
        if seen == Seen::First {
            batch.put_job(self.job.clone());
        }
        seen
    }
}
