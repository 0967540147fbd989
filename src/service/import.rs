//! Files into records: `/lead import`. A preview first, then long work ([`super::jobs::import`]).
//!
//! | where | what |
//! | --- | --- |
//! | [`table`] | a CSV within bounds; formulas made text |
//! | [`mapping`] | which column is what |
//! | [`row`] | cells into values |
//! | [`apply`] | rows into records, through the engine (X1) |
//! | [`history`] | steps into a record's past |
//!
//! Who may: managers, for their own team, and admins. Names that nobody here has become people without an account (ids
//! below 0): they own records and stand in histories; nothing is sent to them (what they would get goes to their
//! manager, ruling 17), and no new record is given to them.

pub mod apply;
pub mod history;
pub mod mapping;
pub mod row;
pub mod table;

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::head::{self, Head, Seen};
use super::jobs::import::Import;
use super::jobs::{self, Body};
use super::said::Said;
use super::{App, Fault, replies, resolve};
use crate::chat::message::Reply;
use crate::chat::render;
use crate::chat::render::import::{Arrived, Door, Preview, Tally};
use crate::domain::decision::Env;
use crate::domain::facts::Facts;
use crate::domain::field::builtin;
use crate::domain::ids::{ApprovalId, JobId, TeamId, WorkspaceId};
use crate::domain::rejection::Rejection;
use crate::domain::workspace::{Person, Workspace};
use crate::service::fields::Reading;
use crate::store::outbox::{Fact, Place, Priority};
use crate::store::row::{Job, JobPhase, Row};
use crate::store::{Batch, Needs, StoreError, Work};
use apply::{Counts, Importer, Outcome, People};
use mapping::{Mapping, Shape, target};
use row::Reader;
use table::Table;

/// So many refusals are shown.
const SHOWN: usize = 5;
/// Ids are looked up so many at once.
const LOOK_UP: usize = 500;

/// The options of `/lead import`.
pub struct Args {
    /// The command's noun.
    pub noun: String,
    /// The file: name and content.
    pub file: (String, Vec<u8>),
    /// Changes to the guessed mapping.
    pub mapping: Option<String>,
    /// Only show what would happen.
    pub dry_run: bool,
    /// Which of the pipelines that share the noun.
    pub pipeline: Option<String>,
}

/// `/lead import`: what would happen, and a button.
pub async fn import(app: &App, head: &Head, args: Args) -> Result<Reply, Fault> {
    let playbook = match resolve::playbook(app, head, &args.noun, args.pipeline.as_deref()) {
        Ok(playbook) => playbook,
        Err(sentence) => return Ok(replies::mistake(&sentence)),
    };
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let team = workspace.team_of(head.person()).id;
    if !workspace.is_manager(head.person(), team) && !workspace.is_admin(head.person()) {
        let why = Rejection::NeedsManager { team, managers: workspace.managers(team) };
        return Ok(replies::refusal(app, head, Some(playbook), &why));
    }
    let (name, bytes) = args.file;
    let table = match Table::read(&bytes) {
        Ok(table) => table,
        Err(sentence) => return Ok(replies::mistake(&sentence)),
    };
    let mut mapping = Mapping::guess(&table.headers, &playbook);
    let typed = args.mapping.as_deref().unwrap_or_default();
    if let Err(sentence) = mapping.change(typed, &table.headers, &playbook, Door::Chat) {
        return Ok(replies::mistake(&sentence));
    }
    let importer = Importer { workspace: head.workspace, person: Some(head.person()), playbook, team };
    let kind = Import {
        file: name,
        headers: table.headers.clone(),
        mapping,
        playbook: importer.playbook.id.clone(),
        team,
        counts: Counts::default(),
    };
    let seen = look(app, &workspace, &importer, &table, &kind).await?;
    if args.dry_run {
        return Ok(Reply::Private(render::import::preview(&seen.view(&kind, &importer), None)));
    }
    let job = jobs::waiting(head, &Body::Import(kind.clone()), seen.pieces, app.clock().now());
    // The file is kept as the text that it is.
    let text = String::from_utf8(bytes).unwrap_or_default();
    let keep = Keep { head: head.clone(), job, name: kind.file.clone(), text };
    Ok(match app.store().work(keep).await? {
        Some(job) => Reply::Private(render::import::preview(&seen.view(&kind, &importer), Some(job))),
        None => Reply::Private(render::jobs::gone()),
    })
}

/// Keeps a job and its file until somebody presses "Import"; `None`: the input was seen before (R4).
struct Keep {
    head: Head,
    job: Job,
    name: String,
    text: String,
}

impl Work for Keep {
    type Answer = Option<JobId>;

    fn needs(&self) -> Needs {
        Needs { inbox: Some((self.head.source, self.head.external_id.clone())), ..Needs::default() }
    }

    fn run(&self, batch: &mut Batch) -> Option<JobId> {
        match self.head.open(batch) {
            Seen::Repeat => None,
            Seen::First => {
                let id = batch.put_job(self.job.clone());
                batch.put_job_input(id, self.name.clone(), self.text.clone());
                Some(id)
            }
        }
    }
}

/// A column was picked: what can it be?
pub async fn pick_column(app: &App, head: &Head, job: JobId, picked: Option<&str>) -> Result<Reply, Fault> {
    let (job, kind) = match waiting(app, head, job).await? {
        Ok(found) => found,
        Err(reply) => return Ok(reply),
    };
    let column = picked.and_then(|text| text.parse::<u32>().ok());
    let header = column.and_then(|at| kind.headers.get(at as usize));
    let (Some(column), Some(header)) = (column, header) else {
        return Ok(Reply::Private(render::problem::expired_button()));
    };
    let (_, importer) = kind.table(app, &job).await?;
    let playbook = &importer.playbook;
    let label = |word: String| {
        let label = playbook.field_called(word.as_str()).map_or_else(|| label_of(&word), |f| f.label.clone());
        (word, label)
    };
    let targets: Vec<_> = mapping::targets(kind.mapping.shape, playbook).into_iter().map(label).collect();
    Ok(Reply::Private(render::import::pick_field(job.id, column, header, &targets)))
}

/// A field was picked for it: the preview anew.
pub async fn pick_field(
    app: &App,
    head: &Head,
    job: JobId,
    column: u32,
    picked: Option<&str>,
) -> Result<Reply, Fault> {
    let (mut job, mut kind) = match waiting(app, head, job).await? {
        Ok(found) => found,
        Err(reply) => return Ok(reply),
    };
    let (table, importer) = kind.table(app, &job).await?;
    if let Err(sentence) = kind.mapping.set(column as usize, picked.unwrap_or_default(), &importer.playbook) {
        return Ok(replies::mistake(&sentence));
    }
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let seen = look(app, &workspace, &importer, &table, &kind).await?;
    job.state = Body::Import(kind.clone()).write();
    job.total = seen.pieces;
    let id = job.id;
    app.store().work(Remap { job }).await?;
    Ok(Reply::Private(render::import::preview(&seen.view(&kind, &importer), Some(id))))
}

/// An import of the person's own that has not begun; else the answer.
async fn waiting(app: &App, head: &Head, id: JobId) -> Result<Result<(Job, Import), Reply>, Fault> {
    let job = app.store().job(id).await?.filter(|job| job.workspace == head.workspace);
    let Some(job) = job else { return Ok(Err(Reply::Private(render::jobs::gone()))) };
    if job.person != head.person() {
        return Ok(Err(Reply::Private(render::jobs::not_yours())));
    }
    if job.phase != JobPhase::Waiting {
        return Ok(Err(Reply::Private(render::jobs::too_late(job.phase))));
    }
    Ok(match Body::read(&job.state) {
        Some(Body::Import(kind)) => Ok((job, kind)),
        Some(Body::Bulk(_) | Body::Reassign(_)) | None => Err(Reply::Private(render::jobs::gone())),
    })
}

struct Remap {
    job: Job,
}

impl Work for Remap {
    type Answer = ();

    fn needs(&self) -> Needs {
        Needs { jobs: vec![self.job.id], ..Needs::default() }
    }

    fn run(&self, batch: &mut Batch) {
        if batch.job(self.job.id).is_some_and(|job| job.phase == JobPhase::Waiting) {
            batch.put_job(self.job.clone());
        }
    }
}

/// Reads a file's rows, in the importer's zone and the workspace's currency.
pub fn reader<'a>(
    table: &'a Table,
    mapping: &'a Mapping,
    importer: &'a Importer,
    workspace: &Workspace,
    now: DateTime<Utc>,
) -> Reader<'a> {
    let zone = match importer.person {
        Some(person) => workspace.zone_of(person),
        None => workspace.team(importer.team).calendar.zone,
    };
    let currency = workspace.thresholds.currency;
    Reader::new(table, mapping, Reading { playbook: &importer.playbook, to: None, now, zone, currency })
}

/// What an import would do.
#[derive(Debug, Clone, Default)]
pub struct Looked {
    /// What came of the rows.
    pub counts: Counts,
    /// The first refusals.
    pub refusals: Vec<(u64, String)>,
    /// Names that nobody here has.
    pub strangers: Vec<String>,
    /// Rows with an e-mail address that is here already.
    pub doubles: u64,
    /// How many rows there are.
    pub rows: u64,
    /// How many pieces the work has: rows, or records of a history.
    pub pieces: u64,
    /// What has to be set right first.
    pub problem: Option<String>,
}

impl Looked {
    /// As the wording takes it.
    pub fn view<'a>(&self, kind: &'a Import, importer: &'a Importer) -> Preview<'a> {
        let playbook = &importer.playbook;
        let label = |word: &String| {
            playbook.field_called(word.as_str()).map_or_else(|| label_of(word), |f| f.label.clone())
        };
        let columns = kind.headers.iter().zip(&kind.mapping.columns);
        Preview {
            file: &kind.file,
            noun: &playbook.noun.singular,
            rows: self.rows,
            columns: columns.map(|(header, word)| (header.clone(), word.as_ref().map(label))).collect(),
            tally: tally(&self.counts),
            refusals: self.refusals.clone(),
            strangers: self.strangers.clone(),
            has_id: kind.mapping.place(target::ID).is_some(),
            history: kind.mapping.shape == Shape::History,
            doubles: self.doubles,
            problem: self.problem.clone(),
        }
    }
}

/// A target's name for people.
fn label_of(word: &str) -> String {
    match word {
        target::ID => "External id".to_owned(),
        word => render::words::sentence_start(word),
    }
}

/// The counts as the wording takes them.
pub fn tally(counts: &Counts) -> Tally {
    Tally { made: counts.made, changed: counts.changed, same: counts.same, refused: counts.refused }
}

/// Decides every row against the records as they are, and changes nothing.
pub async fn look(
    app: &App,
    workspace: &Workspace,
    importer: &Importer,
    table: &Table,
    kind: &Import,
) -> Result<Looked, StoreError> {
    let now = app.clock().now();
    let reader = reader(table, &kind.mapping, importer, workspace, now);
    let mut looked = Looked { rows: reader.len() as u64, ..Looked::default() };
    if let Err(sentence) = kind.mapping.check(Door::Chat) {
        looked.problem = Some(sentence);
        looked.pieces = looked.rows;
        return Ok(looked);
    }
    let known = People::of(workspace);
    let named = match kind.mapping.shape {
        Shape::Records => target::OWNER,
        Shape::History => target::ACTOR,
    };
    let names: BTreeSet<&str> = (0..reader.len()).filter_map(|at| reader.cell(at, named)).collect();
    looked.strangers = names
        .into_iter()
        .filter(|name| !name.is_empty() && known.find(name).is_none())
        .map(str::to_owned)
        .collect();
    let workspace = with_strangers(workspace, &looked.strangers);
    let people = People::of(&workspace);
    let env = |team: TeamId| Env {
        now,
        playbook: &importer.playbook,
        workspace: &workspace,
        team: workspace.team(team),
        facts: Facts::NONE,
        next_approval: ApprovalId(0),
    };
    match kind.mapping.shape {
        Shape::Records => {
            looked.pieces = looked.rows;
            let places: Vec<usize> = (0..reader.len()).collect();
            let mut emails: HashSet<String> = HashSet::new();
            for chunk in places.chunks(LOOK_UP) {
                let rows: Vec<_> = chunk.iter().map(|at| reader.record(*at)).collect();
                let ids = rows.iter().filter_map(|r| r.id.as_deref());
                let found = find(app, importer, ids, kind.mapping.shape).await?;
                let mut new = Vec::new();
                for row in &rows {
                    let existing = row.id.as_ref().and_then(|id| found.get(id));
                    let existing = existing.map(|(row, seen)| (row, seen.as_str()));
                    let outcome = importer.preview(row, existing, &people, &env);
                    looked.counts.add(&outcome, None);
                    match outcome {
                        Outcome::Refused(why) if looked.refusals.len() < SHOWN => {
                            looked.refusals.push((row.line, why));
                        }
                        Outcome::New => {
                            let email = row.data.get(builtin::EMAIL).and_then(|v| v.as_text());
                            new.extend(email.map(str::to_lowercase));
                        }
                        Outcome::Refused(_) | Outcome::Changed | Outcome::Same => {}
                    }
                }
                let here =
                    app.store().emails(importer.workspace, importer.playbook.noun.letter, &new).await?;
                let doubles =
                    new.into_iter().filter(|email| here.contains(email) || !emails.insert(email.clone()));
                looked.doubles += doubles.count() as u64;
            }
        }
        Shape::History => {
            let groups = history::groups(&reader);
            looked.pieces = groups.len() as u64;
            for chunk in groups.chunks(LOOK_UP) {
                let found =
                    find(app, importer, chunk.iter().map(|g| g.record.as_str()), Shape::History).await?;
                for group in chunk {
                    let row = found.get(&group.record).map(|(row, _)| row);
                    let env = env(row.map_or(importer.team, |row| row.record.team));
                    let (outcome, refused) = history::preview(importer, group, row, &people, &env);
                    looked.counts.add_past(&outcome, refused.len());
                    looked.refusals.extend(refused);
                    looked.refusals.truncate(SHOWN);
                }
            }
        }
    }
    Ok(looked)
}

/// The records of ids, with what was last seen of them.
async fn find(
    app: &App,
    importer: &Importer,
    ids: impl Iterator<Item = &str>,
    shape: Shape,
) -> Result<HashMap<String, (Row, String)>, StoreError> {
    let mut found = HashMap::new();
    let mut external = Vec::new();
    for id in ids {
        match importer.own(id) {
            None => external.push(id),
            Some(handle) => {
                if let Some(row) = app.store().record_by_handle(importer.workspace, handle).await? {
                    found.insert(id.to_owned(), (row, String::new()));
                }
            }
        }
    }
    let known = app.store().by_external(importer.workspace, importer.playbook.noun.letter, &external).await?;
    let records: Vec<_> = known.values().map(|(record, _)| *record).collect();
    let rows = app.store().records(&records).await?;
    let mut rows: HashMap<_, _> = rows.into_iter().map(|row| (row.record.id, row)).collect();
    for (id, (record, seen)) in known {
        if let Some(row) = rows.remove(&record) {
            found.insert(id, (row, seen));
        }
    }
    for id in external {
        let handle = importer.shown(id, shape).filter(|_| !found.contains_key(id));
        if let Some(handle) = handle
            && let Some(row) = app.store().record_by_handle(importer.workspace, handle).await?
        {
            found.insert(id.to_owned(), (row, String::new()));
        }
    }
    Ok(found)
}

/// The workspace as it will be once the strangers are known.
fn with_strangers(workspace: &Workspace, names: &[String]) -> Workspace {
    let mut workspace = workspace.clone();
    for name in names {
        let id = workspace.next_nameless();
        workspace.people.insert(id, Person { name: name.clone(), ..head::newcomer(id) });
    }
    workspace
}

/// What each team is told of an import, once (ruling 8).
pub struct Summaries<'a> {
    /// Where.
    pub workspace: WorkspaceId,
    /// The file's name.
    pub file: &'a str,
    /// What came of it.
    pub counts: &'a Counts,
}

impl Summaries<'_> {
    /// Says it, in each team's leads channel; a team without one hears nothing. `key` is the import's own.
    pub fn say(&self, batch: &mut Batch, key: &str) {
        let workspace = batch.workspace(self.workspace);
        for (team, made) in &self.counts.teams {
            let team = workspace.team(*team);
            let Some(channel) = team.leads.or(workspace.system_channel) else { continue };
            let routed = self.counts.routed.get(&team.id).into_iter().flatten();
            let nobody_free = self.counts.nobody_free.get(&team.id).copied().unwrap_or(0);
            let view = Arrived {
                file: self.file,
                made: *made,
                team: &team.name,
                routed: routed.map(|(person, n)| (*person, *n)).collect(),
                nobody_free,
                managers: workspace.present(workspace.managers(team.id), batch.now()),
            };
            let message = render::import::summary(&view);
            batch.say(Fact {
                workspace: self.workspace,
                dedup_key: format!("import:{key}:{}", team.id),
                place: Place::Channel(channel),
                priority: Priority::Normal,
                due_at: batch.now(),
                body: Said::openly(message).to_body(),
            });
        }
    }
}
