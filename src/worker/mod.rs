//! What acts in time: the sweep ([`clocks`]), newer rules ([`upgrade`]), digests ([`digest`]), long work ([`jobs`]),
//! delivery ([`deliver`]).
//!
//! Supervision: each is a loop; where one ends, for whatever reason, [`run`] ends with an error, and the process
//! with it (its supervisor restarts it). Nothing is restarted in here, because a loop that failed once has met
//! what it has no answer to.
//!
//! A loop sleeps until its next due time, is woken by every commit, and looks at the clock at least every five
//! seconds, so that a jump of the system clock is noticed (R8).
//!
//! [`settle`] and [`advance`] do the same by hand, for tests and the playground: they return when nothing is
//! left to do at the present.

pub mod clocks;
pub mod crm;
pub mod deliver;
pub mod digest;
pub mod jobs;
mod queues;
pub mod upgrade;

use std::future::Future;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use tokio::sync::watch;

use crate::service::{App, Waited, attention, namesakes};
use crate::store::StoreError;
pub use deliver::Ports;

use deliver::Delivery;

/// The clock is looked at this often at least (R8).
const LOOK: Duration = Duration::from_secs(5);
/// A claim that found nothing although something waits (its lane is in flight elsewhere) is repeated after this.
const AGAIN_MS: i64 = 250;
/// What is old and of no use is forgotten every six hours.
const PRUNE_MS: i64 = 6 * 3_600_000;

/// Runs until `shutdown` resolves; then what is in flight is finished. An error where any loop ends before.
pub async fn run(
    app: App,
    ports: impl Into<Ports>,
    shutdown: impl Future<Output = ()> + Send,
) -> anyhow::Result<()> {
    let left = app.store().release_leases().await?;
    if left > 0 {
        tracing::info!(left, "an earlier run left messages unsettled; they are sent again");
    }
    app.keep_shipped().await?;
    let mut delivery = Delivery::new(app.clone(), ports.into());
    let ended = {
        tokio::pin!(shutdown);
        tokio::select! {
            () = &mut shutdown => Ok(()),
            ended = sweeping(&app) => Err(unexpected("the sweep", ended)),
            ended = working(&app) => Err(unexpected("long work", ended)),
            ended = digesting(&app) => Err(unexpected("the digests", ended)),
            ended = delivering(&app, &mut delivery) => Err(unexpected("delivery", ended)),
            () = app.store().ended() => Err(anyhow::anyhow!("the store's writer has ended")),
        }
    };
    ended?;
    delivery.finish().await
}

fn unexpected(what: &str, ended: anyhow::Result<()>) -> anyhow::Error {
    match ended {
        Ok(()) => anyhow::anyhow!("{what} ended by itself"),
        Err(error) => error.context(format!("{what} failed")),
    }
}

async fn sweeping(app: &App) -> anyhow::Result<()> {
    let mut due = app.store().due_signal();
    let mut pruned = None;
    loop {
        due.mark_unchanged();
        upgrade::upgrade(app).await?;
        clocks::sweep(app).await?;
        let now = app.clock().operational();
        if pruned.is_none_or(|at| now - at > PRUNE_MS) {
            app.store().prune().await?;
            pruned = Some(now);
        }
        sleep_until(app, &mut due, app.store().next_due().await?).await?;
    }
}

async fn digesting(app: &App) -> anyhow::Result<()> {
    let mut due = app.store().due_signal();
    loop {
        due.mark_unchanged();
        digest::make_due(app).await?;
        attention::make_due(app).await?;
        namesakes::make_due(app).await?;
        let next = [app.store().next_digest().await?, app.store().next_moment().await?];
        sleep_until(app, &mut due, next.into_iter().flatten().min()).await?;
    }
}

async fn working(app: &App) -> anyhow::Result<()> {
    let mut changed = app.store().jobs_signal();
    loop {
        changed.mark_unchanged();
        while jobs::step(app).await? > 0 {}
        changed.changed().await?;
    }
}

async fn delivering(app: &App, delivery: &mut Delivery) -> anyhow::Result<()> {
    let mut changed = app.store().outbox_signal();
    loop {
        changed.mark_unchanged();
        if delivery.launch().await? > 0 {
            continue;
        }
        let wait = match delivery.next().await? {
            Some(ms) => Duration::from_millis(ms.max(AGAIN_MS).unsigned_abs()).min(LOOK),
            None => LOOK,
        };
        tokio::select! {
            landed = delivery.landed(), if delivery.is_flying() => landed?,
            more = changed.changed() => more?,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Sleeps until something is due, a commit may have changed what is, or it is time to look at the clock.
async fn sleep_until(
    app: &App,
    changed: &mut watch::Receiver<u64>,
    due: Option<DateTime<Utc>>,
) -> anyhow::Result<()> {
    let wait = match due {
        // Due already: it was put off by a fault; not at once again.
        Some(due) => (due - app.clock().now()).to_std().unwrap_or(LOOK).min(LOOK),
        None => LOOK,
    };
    tokio::select! {
        more = changed.changed() => more?,
        () = tokio::time::sleep(wait) => {}
    }
    Ok(())
}

/// Does everything that is due at the present: sweeps, digests and deliveries, until nothing is left that may
/// leave now, not even in the hands of another loop. What the platform told to wait stays waiting.
pub async fn settle(app: &App, ports: impl Into<Ports>) -> anyhow::Result<()> {
    app.keep_shipped().await?;
    let mut delivery = Delivery::new(app.clone(), ports.into());
    loop {
        let mut done = upgrade::upgrade(app).await? + clocks::sweep(app).await? + jobs::step(app).await?;
        done +=
            digest::make_due(app).await? + attention::make_due(app).await? + namesakes::make_due(app).await?;
        loop {
            let launched = delivery.launch().await?;
            done += launched;
            if launched == 0 && !delivery.is_flying() {
                break;
            }
            if delivery.is_flying() {
                delivery.landed().await?;
            }
        }
        // What another loop has in hand would be taken for late, and time would go on without it.
        if done == 0 && app.nobody_sends().await == Waited::No {
            return Ok(());
        }
    }
}

/// Moves domain time to an instant, stopping at each due time on the way, in order (ruling 26): whatever is due
/// there is done and delivered before time goes on.
pub async fn advance(
    app: &App,
    ports: impl Into<Ports>,
    to: DateTime<Utc>,
    set_clock: &(dyn Fn(DateTime<Utc>) + Sync),
) -> anyhow::Result<()> {
    let ports = ports.into();
    settle(app, &ports).await?;
    loop {
        let now = app.clock().now();
        let next = next_instant(app).await?.filter(|at| *at <= to);
        // What is overdue was put off by a fault or by the platform; time goes on all the same.
        match next {
            Some(at) if at > now => set_clock(at),
            Some(_) => set_clock((now + TimeDelta::minutes(1)).min(to)),
            None => set_clock(to.max(now)),
        }
        settle(app, &ports).await?;
        if next.is_none() || app.clock().now() >= to {
            return Ok(());
        }
    }
}

/// When something happens next: a due record, a digest, a moment at which held words are told, a message that waits for its time.
async fn next_instant(app: &App) -> Result<Option<DateTime<Utc>>, StoreError> {
    let outbox = app.store().outbox_next().await?;
    let now = app.clock().now();
    let outbox = outbox.map(|ms| now + TimeDelta::milliseconds(ms.max(0)));
    let records = app.store().next_due().await?;
    let digest = app.store().next_digest().await?;
    let moment = app.store().next_moment().await?;
    Ok([outbox, records, digest, moment].into_iter().flatten().min())
}
