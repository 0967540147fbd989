//! An import as long work: the rows of its file, a few hundred at a time.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Body, Kind};
use crate::chat::message::Message;
use crate::chat::render;
use crate::chat::render::jobs::{JobFile, Progress};
use crate::domain::ids::{PlaybookId, TeamId};
use crate::service::App;
use crate::service::import::apply::{Counts, Importer};
use crate::service::import::history::{self, Group};
use crate::service::import::mapping::{Mapping, Shape};
use crate::service::import::row::RecordRow;
use crate::service::import::table::{self, Table};
use crate::service::import::{self, Summaries};
use crate::store::row::Job;
use crate::store::{Batch, Needs, StoreError};

/// So many rows are one chunk: few enough that a person's command does not wait behind it.
const AT_ONCE: usize = 200;

/// An import between its chunks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Import {
    /// The file's name.
    pub file: String,
    /// Its columns.
    pub headers: Vec<String>,
    /// What they are.
    pub mapping: Mapping,
    /// The rules of its records.
    pub playbook: PlaybookId,
    /// The team of rows that name none.
    pub team: TeamId,
    /// What came of it so far.
    pub counts: Counts,
}

/// A chunk: rows with their cells.
pub struct Piece {
    importer: Importer,
    rows: Rows,
    /// By line, for the refused ones.
    cells: BTreeMap<u64, Vec<String>>,
}

enum Rows {
    Records(Vec<RecordRow>),
    History(Vec<Group>),
}

impl Import {
    /// The file's rows; [`StoreError::Work`] where the file or its rules are gone.
    pub async fn table(&self, app: &App, job: &Job) -> Result<(Table, Importer), StoreError> {
        let wrong = |why: String| StoreError::Work(why);
        let input = app.store().job_input(job.id).await?;
        let (_, body) = input.ok_or_else(|| wrong("its file is gone".to_owned()))?;
        let table = Table::read(body.as_bytes()).map_err(wrong)?;
        let active = app.active(job.workspace);
        let playbook = active.into_iter().find(|p| p.id == self.playbook);
        let playbook = playbook.ok_or_else(|| wrong(format!("its playbook {} is gone", self.playbook)))?;
        let person = Some(job.person);
        Ok((table, Importer { workspace: job.workspace, person, playbook, team: self.team }))
    }
}

#[async_trait]
impl Kind for Import {
    type Piece = Piece;

    async fn next(&self, app: &App, job: &Job) -> Result<Option<Piece>, StoreError> {
        if job.done >= job.total {
            return Ok(None);
        }
        let (table, importer) = self.table(app, job).await?;
        let workspace = app.store().workspace(job.workspace);
        let reader = import::reader(&table, &self.mapping, &importer, &workspace, app.clock().now());
        let done = usize::try_from(job.done).unwrap_or(usize::MAX);
        let mut cells = BTreeMap::new();
        let mut keep = |at: usize| cells.insert(reader.line(at), reader.cells(at).to_vec());
        let rows = match self.mapping.shape {
            Shape::Records => {
                let places = (done..reader.len()).take(AT_ONCE);
                Rows::Records(places.inspect(|at| drop(keep(*at))).map(|at| reader.record(at)).collect())
            }
            Shape::History => {
                let groups: Vec<_> = history::groups(&reader).into_iter().skip(done).take(AT_ONCE).collect();
                groups.iter().flat_map(|group| &group.rows).for_each(|at| drop(keep(*at)));
                Rows::History(groups)
            }
        };
        Ok(Some(Piece { importer, rows, cells }))
    }

    fn needs(&self, _job: &Job, piece: &Piece) -> Needs {
        match &piece.rows {
            Rows::Records(rows) => piece.importer.needs_of(rows),
            Rows::History(groups) => history::needs(&piece.importer, groups),
        }
    }

    fn run(&mut self, batch: &mut Batch, job: &Job, piece: &Piece) -> u64 {
        let mut refused: Vec<(u64, String)> = Vec::new();
        let done = match &piece.rows {
            Rows::Records(rows) => {
                let outcomes = piece.importer.apply(batch, rows);
                for (row, (outcome, came)) in rows.iter().zip(outcomes) {
                    self.counts.add(&outcome, came);
                    if let import::apply::Outcome::Refused(why) = outcome {
                        refused.push((row.line, why));
                    }
                }
                rows.len()
            }
            Rows::History(groups) => {
                for group in groups {
                    let (outcome, lines) = history::apply(&piece.importer, batch, group);
                    self.counts.add_past(&outcome, lines.len());
                    refused.extend(lines);
                }
                groups.len()
            }
        };
        for (line, why) in refused {
            let place = u32::try_from(line).unwrap_or(u32::MAX);
            let cells = piece.cells.get(&line).map(Vec::as_slice).unwrap_or_default();
            batch.put_job_line(job.id, place, refused_line(line, &why, cells));
        }
        done as u64
    }

    fn ended(&self, batch: &mut Batch, job: &Job) {
        let summaries = Summaries { workspace: job.workspace, file: &self.file, counts: &self.counts };
        summaries.say(batch, &format!("job:{}", job.id));
    }

    fn progress(&self, _job: &Job) -> Progress {
        render::import::progress(&self.file, &import::tally(&self.counts))
    }

    fn result(&self, _job: &Job) -> (Message, JobFile) {
        render::import::result(&self.file, &import::tally(&self.counts), refused_head(&self.headers))
    }

    fn body(&self) -> Body {
        Body::Import(self.clone())
    }
}

/// The first line of a file of refused rows: it can be mended and imported as it is, its first two columns are left
/// out.
pub fn refused_head(headers: &[String]) -> String {
    table::line(["line", "refused because"].into_iter().chain(headers.iter().map(String::as_str)))
}

/// A refused row.
pub fn refused_line(line: u64, why: &str, cells: &[String]) -> String {
    let line = line.to_string();
    table::line([line.as_str(), why].into_iter().chain(cells.iter().map(String::as_str)))
}
