//! Digests: every day at each team's local hour, made once.
//!
//! Crash safety: the digest's message is enqueued in the transaction that notes it as made, under a key of team
//! and date; a crash before leaves it due, a crash after leaves it made. After a late start one digest tells of
//! everything since the last one.

use crate::service::digest::InUse;
use crate::service::{App, digest, places, said::Said};
use crate::store::StoreError;
use crate::store::digest::{DigestDue, next_local};
use crate::store::outbox::{Fact, Priority};

/// Makes every digest whose hour has come. Gives how many.
pub async fn make_due(app: &App) -> Result<usize, StoreError> {
    let due = app.store().digests_due().await?;
    let count = due.len();
    for one in due {
        make(app, &one).await?;
    }
    Ok(count)
}

async fn make(app: &App, due: &DigestDue) -> Result<(), StoreError> {
    let now = app.clock().now();
    let workspace = app.store().workspace(due.workspace);
    let team = workspace.team(due.team);
    let worded = digest::of_team(app, &workspace, team, due.after, due.since).await?;
    let name = format!("{} · {}", team.name, due.date);
    let said = Said::Threaded { message: Box::new(worded.message), name, details: worded.details };
    // A team without anybody and any place has nobody to tell, and one that has no records yet wants to hear
    // daily that there is nothing only where it named a place for it; the digest is made all the same.
    let wanted = worded.team == InUse::Yes || team.digest.is_some();
    let facts = places::digest(&workspace, team).filter(|_| wanted).map(|place| Fact {
        workspace: due.workspace,
        dedup_key: format!("digest:{}:{}", due.team, due.date),
        place,
        priority: Priority::Last,
        due_at: now,
        body: said.to_body(),
    });
    app.store().digest_made(due, worded.up_to, next_local(team, now), facts.into_iter().collect()).await?;
    Ok(())
}
