//! The only place that reads the time.
//!
//! There are two times (ruling 26). *Domain* time is what clocks, calendars and digests live by; it can be
//! moved by hand. *Operational* time is for leases, retries and rate limits; it only ever goes on, and it is
//! comparable across restarts of the process.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use chrono::{DateTime, TimeZone, Utc};

/// A source of both times.
pub trait Clock: Send + Sync + 'static {
    /// Domain time, in whole milliseconds.
    fn now(&self) -> DateTime<Utc>;

    /// Operational time: milliseconds, monotonic within a process.
    fn operational(&self) -> i64;

    /// The time of day in the world, in milliseconds since 1970, whatever domain time is moved to: for what other
    /// systems have signed with their own.
    fn wall(&self) -> i64 {
        self.operational()
    }
}

/// Milliseconds since 1970 as an instant; the epoch where out of range.
pub fn from_ms(ms: i64) -> DateTime<Utc> {
    Utc.timestamp_millis_opt(ms).single().unwrap_or_default()
}

/// The computer's clock, with domain time moved by an offset (zero in production; the playground moves it).
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
    started_ms: i64,
    offset_ms: AtomicI64,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            started_ms: Utc::now().timestamp_millis(),
            offset_ms: AtomicI64::new(0),
        }
    }
}

impl SystemClock {
    /// A clock whose domain time reads `at` now.
    pub fn starting_at(at: DateTime<Utc>) -> Self {
        let clock = Self::default();
        clock.offset_ms.store((at - clock.now()).num_milliseconds(), Ordering::SeqCst);
        clock
    }

    /// Moves domain time so that it reads `at` now. Refuses to go back.
    pub fn move_to(&self, at: DateTime<Utc>) {
        let ahead = (at - self.now()).num_milliseconds();
        if ahead > 0 {
            self.offset_ms.fetch_add(ahead, Ordering::SeqCst);
        }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        from_ms(Utc::now().timestamp_millis() + self.offset_ms.load(Ordering::SeqCst))
    }

    fn operational(&self) -> i64 {
        self.started_ms + i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX / 2)
    }

    fn wall(&self) -> i64 {
        Utc::now().timestamp_millis()
    }
}

/// A clock that stands still until it is moved; both times move together. For tests.
#[derive(Debug)]
pub struct ManualClock {
    now_ms: AtomicI64,
}

impl ManualClock {
    /// A clock that stands at `at`.
    pub fn at(at: DateTime<Utc>) -> Self {
        Self { now_ms: AtomicI64::new(at.timestamp_millis()) }
    }

    /// Moves it, forward or back.
    pub fn set(&self, at: DateTime<Utc>) {
        self.now_ms.store(at.timestamp_millis(), Ordering::SeqCst);
    }

    /// Moves it on.
    pub fn advance(&self, by: chrono::TimeDelta) {
        self.now_ms.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        from_ms(self.now_ms.load(Ordering::SeqCst))
    }

    fn operational(&self) -> i64 {
        self.now_ms.load(Ordering::SeqCst)
    }
}
