//! The writer task: the only writing connection, group commit.

use super::batch::{Batch, Needs};

/// A piece of work for the writer: pure, and repeatable, since a group that the database refuses is rolled
/// back and its jobs are run one by one.
pub trait Work: Send + Sync + 'static {
    /// What comes back.
    type Answer: Send + 'static;

    /// What to load.
    fn needs(&self) -> Needs;

    /// Decides against the overlay.
    fn run(&self, batch: &mut Batch) -> Self::Answer;
}
