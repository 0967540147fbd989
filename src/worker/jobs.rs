//! Long work: chunk by chunk, one of each running job in turn, so that a short one does not wait behind a long one.
//!
//! A chunk is a piece of work of the writer like any other, so people's commands go in between.

use crate::service::{App, jobs};
use crate::store::StoreError;

/// Does one chunk of every running job. Gives how many pieces were done; 0: none runs.
pub async fn step(app: &App) -> Result<usize, StoreError> {
    let mut done = 0;
    for job in app.store().running_jobs().await? {
        done += jobs::step(app, &job).await?;
    }
    Ok(done)
}
