//! Long work, as far as others need to know of it.

/// Where a job is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobPhase {
    /// It is shown first and waits for a "yes".
    Waiting,
    /// Its chunks are done one after the other.
    Running,
    /// All of it is done.
    Done,
    /// Somebody stopped it, before it began or after a chunk.
    Stopped,
}
