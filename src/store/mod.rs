//! Storage. SQL only here; `sqlx` only here.
//!
//! One writer task owns the only writing connection and commits in groups (ruling 25); reads come from a
//! separate read-only pool. Every write goes through [`Work`] (the hot path, set-based) or through one of the
//! functions of [`settings`] and [`outbox`], which run inside the writer's transaction as well.
//!
//! ```text
//! batch.rs    the overlay that a group works on            writer.rs   the task, the group, its rollback
//! load.rs     what a group needs, into the overlay         flush.rs    the overlay, set-based, into the tables
//! state.rs    what the writer keeps between groups         decode.rs   rows into the domain's types, or refused
//! attention.rs   whose attention is taken by how much (X6)
//! queues.rs   where the queues of channels stand that hear of many records (X2)
//! outbox.rs   claim and settle                             settings.rs, digest.rs   what changes seldom
//! playbooks.rs   the texts of playbooks, whose records move to a newer one
//! read.rs, search.rs   the read-only pool                 open.rs     the file, the lock, the migrations
//! past.rs     the whole history in chunks, also of a database that another process writes
//! sqlite.rs   everything that only SQLite understands: settings, set-based statements
//! ```
//!
//! What must never happen:
//! - Two processes on one file: ids are counted in memory, so a lock file keeps a second one out.
//! - A write outside the writer: functions that write take a [`sqlite::Tx`], which only the writer begins.
//! - A status change that touches an index of `records` (see `migrations/`).
//! - Time read from the database: instants come in as integers.

mod attention;
pub mod batch;
pub mod crm;
mod decode;
pub mod digest;
mod erase;
mod flush;
pub mod jobs;
mod keys;
mod load;
mod open;
pub mod outbox;
pub mod outside;
pub mod past;
pub mod playbooks;
pub mod points;
mod queues;
pub mod read;
pub mod row;
mod search;
pub mod settings;
mod sqlite;
mod state;
pub mod writer;

use std::sync::{Arc, RwLock};

use tokio::sync::{mpsc, oneshot, watch};

use crate::clock::Clock;
use crate::domain::ids::WorkspaceId;
use crate::domain::workspace::Workspace;
use state::Directory;
use writer::{Job, Task};

pub use batch::{Alike, Batch, Needs};
pub use writer::Work;

/// A fault of the store; never shown to a person as it is.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be opened; a sentence that says what to do.
    #[error("{0}")]
    Open(String),
    /// The database refused (busy, full, read-only, corrupt); the transaction was rolled back.
    #[error("the database refused: {0}")]
    Database(String),
    /// A row does not make sense.
    #[error("a stored {what} cannot be read: {why}")]
    Corrupt {
        /// Of what kind.
        what: &'static str,
        /// Why.
        why: String,
    },
    /// The work itself went wrong (it panicked, or used what it had not named); nothing of it was kept, and
    /// the rest of its group was not touched by it.
    #[error("a piece of work went wrong: {0}")]
    Work(String),
    /// The writer has stopped.
    #[error("the store is closed")]
    Closed,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::ColumnDecode { index, source } => {
                Self::Corrupt { what: "row", why: format!("column {index}: {source}") }
            }
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Self::Closed,
            other => Self::Database(other.to_string()),
        }
    }
}

/// The store: clone it freely.
#[derive(Clone)]
pub struct Store {
    clock: Arc<dyn Clock>,
    queue: mpsc::Sender<Job>,
    readers: sqlite::Pool,
    directory: Arc<Directory>,
    /// The texts of playbooks as last committed.
    shelves: Arc<RwLock<Arc<playbooks::Shelves>>>,
    signals: Signals,
}

/// Counters that change when there is something new to do; for loops that sleep until then.
#[derive(Clone)]
struct Signals {
    outbox: watch::Receiver<u64>,
    due: watch::Receiver<u64>,
    jobs: watch::Receiver<u64>,
}

impl Store {
    /// Opens the database (creating the file), migrates it, and starts the writer. `url` is `sqlite://path`,
    /// or `sqlite::memory:` for one that is gone afterwards (shared between writer and readers; a file in the
    /// temporary directory, since SQLite's own in-memory databases lock whole tables between connections).
    ///
    /// # Errors
    /// [`StoreError::Open`] with one sentence for whoever runs the bot: a URL that is not understood, a
    /// directory that does not exist, a file that is read-only, damaged, in use by another process, or written
    /// by a newer version (R7).
    pub async fn open(url: &str, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let mut opened = open::open(url).await?;
        let shelves = playbooks::read(&mut opened.writer).await?;
        let (outbox_changed, outbox) = watch::channel(0);
        let (due_changed, due) = watch::channel(0);
        let (jobs_changed, work) = watch::channel(0);
        let (queue, jobs) = mpsc::channel(writer::QUEUE);
        let readers = opened.readers.clone();
        let writer =
            writer::Writer::new(opened, clock.clone(), outbox_changed, due_changed, jobs_changed).await?;
        let directory = writer.directory();
        tokio::spawn(writer.run(jobs));
        let shelves = Arc::new(RwLock::new(Arc::new(shelves)));
        let signals = Signals { outbox, due, jobs: work };
        Ok(Self { clock, queue, readers, directory, shelves, signals })
    }

    /// Hands a piece of work to the writer; resolves when its group is committed.
    pub async fn work<W: Work>(&self, work: W) -> Result<W::Answer, StoreError> {
        let (to, answer) = oneshot::channel();
        self.queue.send(Job::work(work, to)).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// The same for writes that are not set-based.
    async fn task<T: Task>(&self, task: T) -> Result<T::Answer, StoreError> {
        let (to, answer) = oneshot::channel();
        self.queue.send(Job::task(task, to)).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// The workspace as last committed; one without set-up where it was never written (kept in memory).
    pub fn workspace(&self, id: WorkspaceId) -> Arc<Workspace> {
        self.directory.get(id)
    }

    /// The workspace, where it was ever written: for input of which nobody knows yet whether it is ours.
    pub fn known_workspace(&self, id: WorkspaceId) -> Option<Arc<Workspace>> {
        self.directory.known(id)
    }

    /// Every workspace that has been written.
    pub fn workspaces(&self) -> Vec<Arc<Workspace>> {
        self.directory.written()
    }

    /// Changes whenever something was enqueued or a post got its place: await `changed()` instead of polling.
    pub fn outbox_signal(&self) -> watch::Receiver<u64> {
        self.signals.outbox.clone()
    }

    /// Changes whenever an earlier look at a record, or a digest, was planned.
    pub fn due_signal(&self) -> watch::Receiver<u64> {
        self.signals.due.clone()
    }

    /// Changes whenever a job was put, or got further.
    pub fn jobs_signal(&self) -> watch::Receiver<u64> {
        self.signals.jobs.clone()
    }

    /// Finishes the work in flight, checkpoints, and closes. Later calls give [`StoreError::Closed`].
    pub async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.queue.send(Job::Close(done)).await.is_ok() {
            // An error means that the writer is gone already.
            let _ = closed.await;
        }
    }

    /// Resolves when the writer has ended, whatever the reason: for the process's supervision.
    pub async fn ended(&self) {
        self.queue.closed().await;
    }
}
