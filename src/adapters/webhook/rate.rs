//! How many events a workspace may send: so many at once, and so many a second after that. Kept for those alone who have
//! signed right, so that it grows with the workspaces that have hooks and no further.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Limits;
use crate::domain::ids::WorkspaceId;

/// What each workspace has left.
#[derive(Debug, Default)]
pub struct Rates(Mutex<HashMap<WorkspaceId, Bucket>>);

#[derive(Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Rates {
    /// Takes so many.
    ///
    /// # Errors
    /// How long until there are as many.
    pub fn take(&self, workspace: WorkspaceId, events: u32, limits: &Limits) -> Result<(), Duration> {
        let now = Instant::now();
        let (burst, per_second) = (f64::from(limits.burst), f64::from(limits.per_second.max(1)));
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(workspace).or_insert(Bucket { left: burst, at: now });
        bucket.left = (bucket.left + (now - bucket.at).as_secs_f64() * per_second).min(burst);
        bucket.at = now;
        let wanted = f64::from(events).min(burst);
        if bucket.left >= wanted {
            bucket.left -= wanted;
            return Ok(());
        }
        Err(Duration::from_secs_f64((wanted - bucket.left) / per_second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_workspace_has_its_own_share_and_it_grows_again() {
        let limits = Limits { burst: 2, per_second: 1, ..Limits::default() };
        let rates = Rates::default();
        let take = |workspace| rates.take(WorkspaceId(workspace), 1, &limits);
        assert_eq!((take(1), take(1)), (Ok(()), Ok(())));
        assert_eq!(take(1), Err(Duration::from_secs(1)));
        assert_eq!(take(2), Ok(()));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(take(1), Ok(()));
    }
}
