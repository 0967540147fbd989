//! Storage. SQL only here; `sqlx` only here.
//!
//! One writer task owns the only writing connection and commits in groups (ruling 25); reads come from a
//! separate read-only pool. Every write goes through [`Work`] (the hot path, set-based) or through one of the
//! functions of [`settings`] and [`outbox`], which run inside the writer's transaction as well.

pub mod batch;
pub mod outbox;
pub mod read;
pub mod row;
pub mod settings;
pub mod writer;

use std::sync::Arc;

use crate::clock::Clock;
use crate::domain::ids::WorkspaceId;
use crate::domain::workspace::Workspace;

pub use batch::{Batch, Needs};
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
    /// The writer has stopped.
    #[error("the store is closed")]
    Closed,
}

/// The store: clone it freely.
#[derive(Clone)]
pub struct Store {
    clock: Arc<dyn Clock>,
}

impl Store {
    /// Opens the database (creating the file), migrates it, and starts the writer. `url` is `sqlite://path`,
    /// or `sqlite::memory:` for one that is gone afterwards (shared between writer and readers).
    pub async fn open(url: &str, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let _ = url;
        Ok(Self { clock })
    }

    /// Hands a piece of work to the writer; resolves when its group is committed.
    pub async fn work<W: Work>(&self, work: W) -> Result<W::Answer, StoreError> {
        let _ = (work, &self.clock);
        unimplemented!("being written")
    }

    /// The workspace as last committed; one without set-up where it was never written (kept in memory).
    pub fn workspace(&self, id: WorkspaceId) -> Arc<Workspace> {
        let _ = id;
        unimplemented!("being written")
    }

    /// Every workspace that has been written.
    pub fn workspaces(&self) -> Vec<Arc<Workspace>> {
        Vec::new()
    }

    /// Finishes the work in flight, checkpoints, and closes.
    pub async fn close(&self) {}
}
