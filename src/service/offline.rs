//! Imports and exports on the command line, on the database itself: no bot, no platform. A bot that runs keeps the
//! database to itself, and the store says so.
//!
//! The rows go through the same engine and the same code as `/lead import`, only more at once.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::chat::render;
use crate::chat::render::import::Door;
use crate::chat::value::columns;
use crate::domain::ids::{PersonId, TeamId, WorkspaceId};
use crate::domain::playbook::Playbook;
use crate::domain::workspace::{Person, Role, Workspace};
use crate::playbook::Playbooks;
use crate::service::import::apply::{Came, Counts, Importer, Outcome, People};
use crate::service::import::history::{self, Group};
use crate::service::import::mapping::{Mapping, Shape};
use crate::service::import::row::RecordRow;
use crate::service::import::table::Table;
use crate::service::import::{self, Summaries};
use crate::service::jobs::import::{Import, refused_head, refused_line};
use crate::service::{App, export, head};
use crate::store::read::Filter;
use crate::store::{Batch, Needs, Work};

/// So many rows are one transaction.
const AT_ONCE: usize = 2_000;

/// What is asked for on the command line, beside the file.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The platform's number of the workspace; `None`: the only one there is.
    pub workspace: Option<i64>,
    /// The team of rows that name none; `None`: the owner's, else the first.
    pub team: Option<String>,
    /// Changes to the guessed mapping.
    pub map: Option<String>,
    /// A file that says who the owners are: name, team, manager.
    pub people: Option<PathBuf>,
    /// Only say what would happen.
    pub dry_run: bool,
}

/// A mistake of whoever typed the command; one sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Mistake(pub String);

fn mistake<T>(sentence: impl Into<String>) -> anyhow::Result<T> {
    Err(Mistake(sentence.into()).into())
}

/// What an import came to.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The columns and what they were taken for.
    pub columns: Vec<(String, Option<String>)>,
    /// What came of the rows.
    pub counts: Counts,
    /// The refused rows as a file; empty: none.
    pub refused: String,
    /// People made who have no account.
    pub strangers: usize,
    /// Rows with an e-mail address that was here already (dry run).
    pub doubles: u64,
}

/// The rules that are meant, among the shipped ones and those of the folder.
pub fn playbook(playbooks: &Playbooks, wanted: Option<&str>) -> anyhow::Result<Arc<Playbook>> {
    let is = |p: &&Arc<Playbook>| wanted.is_none_or(|w| p.id.as_str() == w || p.noun.singular == w);
    if let Some(found) = playbooks.all().iter().find(is) {
        return Ok(found.clone());
    }
    let known: Vec<_> = playbooks.all().iter().map(|p| p.id.to_string()).collect();
    mistake(format!("There is no such playbook: write --playbook {}.", known.join(" or ")))
}

/// The workspace that is meant.
fn workspace(app: &App, wanted: Option<i64>) -> anyhow::Result<WorkspaceId> {
    if let Some(id) = wanted {
        return Ok(WorkspaceId(id));
    }
    match app.store().workspaces().as_slice() {
        [one] => Ok(one.id),
        [] => mistake(
            "The database knows no workspace yet: name it with --workspace and its Discord server id.",
        ),
        several => {
            let ids: Vec<_> = several.iter().map(|w| w.id.to_string()).collect();
            mistake(format!("There are several workspaces: pick one with --workspace {}.", ids.join(" or ")))
        }
    }
}

/// `bellwether import`.
pub async fn import(
    app: &App,
    playbook: Arc<Playbook>,
    file: &str,
    bytes: &[u8],
    options: &Options,
) -> anyhow::Result<Report> {
    let workspace_id = workspace(app, options.workspace)?;
    let table = Table::read(bytes).map_err(Mistake)?;
    let mut mapping = Mapping::guess(&table.headers, &playbook);
    let map = options.map.as_deref().unwrap_or_default();
    mapping.change(map, &table.headers, &playbook, Door::Terminal).map_err(Mistake)?;
    mapping.check(Door::Terminal).map_err(Mistake)?;
    if let Some(path) = options.people.as_ref().filter(|_| !options.dry_run) {
        let bytes = std::fs::read(path)
            .map_err(|why| Mistake(format!("{} cannot be read: {why}.", path.display())))?;
        place_people(app, workspace_id, &Table::read(&bytes).map_err(Mistake)?).await?;
    }
    let workspace = app.store().workspace(workspace_id);
    let team = match options.team.as_deref() {
        None => workspace.teams[0].id,
        Some(name) => match workspace.team_named(name) {
            Some(team) => team.id,
            None => return mistake(render::import::unknown_team(name)),
        },
    };
    let importer = Importer { workspace: workspace_id, person: None, playbook, team };
    let kind = Import {
        file: file.to_owned(),
        headers: table.headers.clone(),
        mapping,
        playbook: importer.playbook.id.clone(),
        team,
        counts: Counts::default(),
    };
    let columns = kind.headers.iter().cloned().zip(kind.mapping.columns.iter().cloned()).collect();
    let mut report = Report { columns, ..Report::default() };
    if options.dry_run {
        let looked = import::look(app, &workspace, &importer, &table, &kind).await?;
        report.counts = looked.counts;
        report.strangers = looked.strangers.len();
        report.doubles = looked.doubles;
        return Ok(report);
    }
    let before = workspace.people.len();
    let refused = run(app, &importer, &table, &kind, &workspace, &mut report.counts).await?;
    report.strangers = app.store().workspace(workspace_id).people.len() - before;
    if !refused.is_empty() {
        report.refused = format!("{}\n", refused_head(&kind.headers));
        let lines = refused.into_values();
        lines.for_each(|line| report.refused.extend([line.as_str(), "\n"]));
    }
    let key = format!("cli:{}", app.clock().now().timestamp_millis());
    let counts = report.counts.clone();
    app.store().work(Tell { workspace: workspace_id, file: file.to_owned(), counts, key }).await?;
    Ok(report)
}

async fn run(
    app: &App,
    importer: &Importer,
    table: &Table,
    kind: &Import,
    workspace: &Workspace,
    counts: &mut Counts,
) -> anyhow::Result<BTreeMap<u64, String>> {
    let reader = import::reader(table, &kind.mapping, importer, workspace, app.clock().now());
    let mut refused = BTreeMap::new();
    let cells: BTreeMap<u64, &[String]> =
        (0..reader.len()).map(|at| (reader.line(at), reader.cells(at))).collect();
    let mut refuse = |line: u64, why: &str| {
        let cells = cells.get(&line).copied().unwrap_or_default();
        refused.insert(line, refused_line(line, why, cells));
    };
    match kind.mapping.shape {
        Shape::Records => {
            let places: Vec<usize> = (0..reader.len()).collect();
            for chunk in places.chunks(AT_ONCE) {
                let rows: Vec<_> = chunk.iter().map(|at| reader.record(*at)).collect();
                let work = Rows { importer: importer.clone(), rows };
                for (line, outcome, came) in app.store().work(work).await? {
                    counts.add(&outcome, came);
                    if let Outcome::Refused(why) = outcome {
                        refuse(line, &why);
                    }
                }
            }
        }
        Shape::History => {
            for groups in history::groups(&reader).chunks(AT_ONCE) {
                let work = Past { importer: importer.clone(), groups: groups.to_vec() };
                for (outcome, lines) in app.store().work(work).await? {
                    counts.add_past(&outcome, lines.len());
                    for (line, why) in lines {
                        refuse(line, &why);
                    }
                }
            }
        }
    }
    Ok(refused)
}

struct Rows {
    importer: Importer,
    rows: Vec<RecordRow>,
}

impl Work for Rows {
    type Answer = Vec<(u64, Outcome, Option<Came>)>;

    fn needs(&self) -> Needs {
        self.importer.needs_of(&self.rows)
    }

    fn run(&self, batch: &mut Batch) -> Self::Answer {
        let outcomes = self.importer.apply(batch, &self.rows);
        self.rows.iter().zip(outcomes).map(|(row, (outcome, came))| (row.line, outcome, came)).collect()
    }
}

struct Past {
    importer: Importer,
    groups: Vec<Group>,
}

impl Work for Past {
    type Answer = Vec<(Outcome, Vec<(u64, String)>)>;

    fn needs(&self) -> Needs {
        history::needs(&self.importer, &self.groups)
    }

    fn run(&self, batch: &mut Batch) -> Self::Answer {
        self.groups.iter().map(|group| history::apply(&self.importer, batch, group)).collect()
    }
}

struct Tell {
    workspace: WorkspaceId,
    file: String,
    counts: Counts,
    key: String,
}

impl Work for Tell {
    type Answer = ();

    fn needs(&self) -> Needs {
        Needs::default()
    }

    fn run(&self, batch: &mut Batch) {
        Summaries { workspace: self.workspace, file: &self.file, counts: &self.counts }.say(batch, &self.key);
    }
}

/// Makes the teams and the people of a file with the columns name, team and manager (the last two may be missing). Of a
/// team with several managers each leads one of their own, `Central – Dustin Brinkmann`. Whoever is known by that name
/// is placed; the others come in without an account.
async fn place_people(app: &App, workspace: WorkspaceId, table: &Table) -> anyhow::Result<()> {
    let column = |words: &[&str]| {
        table.headers.iter().position(|header| {
            words.iter().any(|word| header.eq_ignore_ascii_case(word) || columns::sounds_like(header, word))
        })
    };
    let Some(name) = column(&["owner", "name"]) else {
        return mistake("The file of people has no column for the name: call it name.");
    };
    let (team, manager) = (column(&["team"]), column(&["manager"]));
    let mut placed: Vec<(String, Option<String>, Role)> = Vec::new();
    for (_, cells) in &table.rows {
        let cell = |at: Option<usize>| at.map(|at| cells[at].clone()).filter(|cell| !cell.is_empty());
        let (region, leader) = (cell(team), cell(manager));
        let team = match (&region, &leader) {
            (Some(region), Some(leader)) => Some(format!("{region} – {leader}")),
            (Some(one), None) | (None, Some(one)) => Some(one.clone()),
            (None, None) => None,
        };
        if let Some(leader) = leader.filter(|l| placed.iter().all(|(name, ..)| name != l)) {
            placed.push((leader, team.clone(), Role::Manager));
        }
        if let Some(person) = cell(Some(name)) {
            placed.push((person, team, Role::Rep));
        }
    }
    for name in placed.iter().filter_map(|(_, team, _)| team.as_ref()) {
        let known = app.store().workspace(workspace);
        if known.team_named(name).is_none() {
            let mut team = Workspace::without_setup(workspace, TeamId(0)).teams.remove(0);
            name.clone_into(&mut team.name);
            app.store().save_team(workspace, team, Vec::new()).await?;
        }
    }
    app.store().work(Place { workspace, people: placed }).await?;
    Ok(())
}

struct Place {
    workspace: WorkspaceId,
    people: Vec<(String, Option<String>, Role)>,
}

impl Work for Place {
    type Answer = ();

    fn needs(&self) -> Needs {
        Needs::default()
    }

    fn run(&self, batch: &mut Batch) {
        for (name, team, role) in &self.people {
            let workspace = batch.workspace(self.workspace);
            let known = People::of(&workspace).find(name).and_then(|id| workspace.people.get(&id)).cloned();
            let team = team.as_deref().and_then(|team| workspace.team_named(team)).map(|team| team.id);
            let mut person = known.unwrap_or_else(|| nameless(&workspace, name, batch.now()));
            // What an admin has set stays as it is.
            person.team = person.team.or(team);
            person.role = person.role.or(Some(*role));
            batch.put_person(self.workspace, person);
        }
    }
}

fn nameless(workspace: &Workspace, name: &str, now: chrono::DateTime<chrono::Utc>) -> Person {
    let id: PersonId = workspace.next_nameless();
    Person { name: name.trim().to_owned(), gone: Some(now), ..head::newcomer(id) }
}

/// `bellwether export`: every record of a playbook, as CSV.
pub async fn export(app: &App, playbook: &Playbook, options: &Options) -> anyhow::Result<(u64, Vec<u8>)> {
    let workspace = app.store().workspace(workspace(app, options.workspace)?);
    let mut filter = Filter { letter: Some(playbook.noun.letter), ..Filter::default() };
    if let Some(name) = options.team.as_deref() {
        match workspace.team_named(name) {
            Some(team) => filter.team = Some(team.id),
            None => return mistake(render::import::unknown_team(name)),
        }
    }
    let mut text = Vec::new();
    match export::write(app, &workspace, playbook, &filter, usize::MAX, &mut text).await? {
        export::Written::All(rows) | export::Written::TooMuch { rows } => Ok((rows, text)),
    }
}
