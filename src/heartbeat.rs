//! How a container knows that the program lives: the running program writes the time into a file every
//! [`EVERY`]; `bellwether health` reads it. A program that hangs stops writing; one that is gone has stopped.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::clock::Clock;

/// How often it beats.
pub const EVERY: Duration = Duration::from_secs(10);
/// How old the last beat may be.
pub const FRESH: Duration = Duration::from_secs(45);

/// What the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulse {
    /// It lives.
    Beating,
    /// The last beat is this old.
    Stopped(Duration),
    /// There is none.
    None,
}

/// Beats for ever. What cannot be written is logged: a full disk ends the health, not the program.
pub async fn beat(file: &Path, clock: &dyn Clock) {
    loop {
        if let Err(error) = beat_once(file, clock).await {
            tracing::warn!(%error, file = %file.display(), "no heartbeat could be written");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Writes one beat, whole or not at all.
///
/// # Errors
/// Where the file cannot be written.
pub async fn beat_once(file: &Path, clock: &dyn Clock) -> io::Result<()> {
    let fresh = file.with_extension("next");
    tokio::fs::write(&fresh, clock.operational().to_string()).await?;
    tokio::fs::rename(&fresh, file).await
}

/// Reads the last beat.
pub fn pulse(file: &Path, clock: &dyn Clock) -> Pulse {
    let read = std::fs::read_to_string(file).ok();
    let Some(last) = read.and_then(|text| text.trim().parse::<i64>().ok()) else { return Pulse::None };
    let age = Duration::from_millis(u64::try_from(clock.operational() - last).unwrap_or(0));
    if age <= FRESH { Pulse::Beating } else { Pulse::Stopped(age) }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;
    use crate::clock::ManualClock;

    #[tokio::test]
    async fn a_program_that_stops_beating_is_not_healthy() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("alive");
        let clock = ManualClock::at(DateTime::UNIX_EPOCH);
        assert_eq!(pulse(&file, &clock), Pulse::None);
        beat_once(&file, &clock).await.expect("written");
        clock.advance(TimeDelta::seconds(45));
        assert_eq!(pulse(&file, &clock), Pulse::Beating);
        clock.advance(TimeDelta::seconds(1));
        assert_eq!(pulse(&file, &clock), Pulse::Stopped(Duration::from_secs(46)));
        beat_once(&file, &clock).await.expect("written");
        assert_eq!(pulse(&file, &clock), Pulse::Beating);
    }
}
