//! Digests: at each team's local hour, made once.
//!
//! Crash safety: the digest's message is enqueued in the transaction that notes it as made, under a key of team
//! and date; a crash before leaves it due, a crash after leaves it made. After a late start one digest tells of
//! everything since the last one.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::calendar;
use crate::domain::workspace::Team;
use crate::service::{App, digest, places, said::Said};
use crate::store::StoreError;
use crate::store::outbox::{Fact, Priority};
use crate::store::settings::DigestDue;

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
    // A team without anybody and any place has nobody to tell; its digest is made all the same.
    let facts = places::digest(&workspace, team).map(|place| Fact {
        workspace: due.workspace,
        dedup_key: format!("digest:{}:{}", due.team, due.date),
        place,
        priority: Priority::Last,
        due_at: now,
        body: said.to_body(),
    });
    app.store().digest_made(due, worded.up_to, next(team, now), facts.into_iter().collect()).await?;
    Ok(())
}

/// The team's digest hour on its next working day: a digest on a day off would be read by nobody, and the next
/// one tells of that day too.
pub fn next(team: &Team, now: DateTime<Utc>) -> DateTime<Utc> {
    let calendar = &team.calendar;
    let today = calendar.local(now).date();
    (0..=calendar::Calendar::HORIZON_DAYS)
        .filter_map(|days| today.checked_add_days(chrono::Days::new(days)))
        .filter(|date| !calendar.day_length(*date).is_zero())
        .map(|date| calendar::instant(calendar.zone, date.and_time(team.digest_at)))
        .find(|at| *at > now)
        .unwrap_or(now + TimeDelta::days(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{TeamId, WorkspaceId};
    use crate::domain::workspace::Workspace;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    /// Digest at the team's local hour, daylight saving time or not, and not on days off.
    #[test]
    fn the_next_digest_is_at_the_local_hour_of_the_next_working_day() {
        let mut team = Workspace::without_setup(WorkspaceId(1), TeamId(1)).teams.remove(0);
        team.calendar.zone = chrono_tz::America::New_York;
        // Friday before the change to daylight saving time, after 9:00: Monday, an hour earlier in UTC.
        assert_eq!(next(&team, at("2026-03-06T15:00:00Z")), at("2026-03-09T13:00:00Z"));
        assert_eq!(next(&team, at("2026-03-06T13:59:59Z")), at("2026-03-06T14:00:00Z"));
    }
}
