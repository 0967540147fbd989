//! What keeps us within Discord's rate limits. It decides and remembers; it does no I/O.
//!
//! Properties:
//! 1. However long requests are under way, at most [`AT_MOST`] of them arrive in any second: Discord allows 50, and
//!    serenity sends one by itself at a start. A request takes a [`Place`] when it leaves and gives it back
//!    [`WINDOW`] after its answer, so that two that had the same place cannot arrive within a second of each other. A
//!    process that stops waits until all are back: the next one knows nothing of them.
//! 2. After a global 429 nothing governed leaves until it is over; after a 429 of a route, nothing of its bucket.
//! 3. A bucket that said `X-RateLimit-Remaining: 0` is left alone until its reset.
//! 4. Answers with 401, 403 and 429 are counted; Discord bans an address for 10,000 in ten minutes, we stop at
//!    [`INVALID_STOP`].
//!
//! Interaction callbacks are exempt from the global limit and never come here.
//!
//! Races: a bucket's `remaining` is counted down when a request leaves, not when its answer comes, so that two
//! requests at once do not both take the last place.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// How many places there are.
pub const AT_MOST: usize = 48;
/// How long a place stays taken after the answer: Discord's second, and a little for watches that differ.
pub const WINDOW: Duration = Duration::from_millis(1_020);
/// How many invalid requests in [`INVALID_WINDOW`] stop us.
pub const INVALID_STOP: usize = 5_000;
/// Discord's window for them.
pub const INVALID_WINDOW: Duration = Duration::from_mins(10);

/// What a request has to do first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Leave now; it has been counted.
    Go,
    /// Held by a 429 or an empty bucket.
    Held {
        /// For so long.
        left: Duration,
        /// Everything is held, not this route alone.
        everything: bool,
    },
}

/// What an answer's headers said about its bucket.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BucketHeaders {
    /// `X-RateLimit-Bucket`.
    pub bucket: Option<String>,
    /// `X-RateLimit-Limit`.
    pub limit: Option<u32>,
    /// `X-RateLimit-Remaining`.
    pub remaining: Option<u32>,
    /// `X-RateLimit-Reset-After`.
    pub reset_after: Option<Duration>,
}

/// A route as rate limits see it: method and path without ids, and the channel, guild or webhook it is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RouteKey {
    /// `POST channels/messages`.
    pub template: &'static str,
    /// The major parameter.
    pub major: String,
}

#[derive(Debug)]
struct Bucket {
    limit: u32,
    remaining: u32,
    reset: Instant,
    held_until: Option<Instant>,
}

/// The places, given out in the order in which they are asked for.
#[derive(Debug, Clone)]
pub struct Places(Arc<Semaphore>);

/// A request's place under the governor. Given back [`WINDOW`] after it is dropped, since until then the request may
/// have arrived in the same second as the next one would.
#[derive(Debug)]
pub struct Place(Option<OwnedSemaphorePermit>);

impl Default for Places {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_MOST)))
    }
}

impl Places {
    /// Waits for a place; `None` never happens, since the places are never closed.
    pub async fn take(&self) -> Place {
        Place(self.0.clone().acquire_owned().await.ok())
    }

    /// Waits until every place is back.
    pub async fn all_back(&self) {
        let all = u32::try_from(AT_MOST).unwrap_or(u32::MAX);
        drop(self.0.acquire_many(all).await);
    }
}

impl Place {
    /// Gives it back at once: nothing was sent.
    pub fn unused(mut self) {
        self.0.take();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Without a runtime the program is at its end, and nothing is sent any more.
        if let (Some(permit), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move {
                tokio::time::sleep(WINDOW).await;
                drop(permit);
            });
        }
    }
}

/// The memory of all limits.
#[derive(Debug, Default)]
pub struct Limits {
    everything_until: Option<Instant>,
    /// Discord's name for the bucket of a template, once an answer told it.
    names: HashMap<&'static str, String>,
    buckets: HashMap<(String, String), Bucket>,
    invalid: VecDeque<Instant>,
}

impl Limits {
    /// May a request of this route leave at `now`? [`Gate::Go`] counts it as gone.
    pub fn ask(&mut self, route: &RouteKey, now: Instant) -> Gate {
        if let Some(left) = left(self.everything_until, now) {
            return Gate::Held { left, everything: true };
        }
        self.forget_old(now);
        if self.invalid.len() >= INVALID_STOP
            && let Some(first) = self.invalid.front()
        {
            let left = (*first + INVALID_WINDOW).saturating_duration_since(now);
            return Gate::Held { left, everything: true };
        }
        let key = self.key(route);
        if let Some(bucket) = self.buckets.get(&key) {
            let empty = (bucket.remaining == 0 && bucket.limit > 0).then_some(bucket.reset);
            if let Some(left) = left(bucket.held_until, now).or_else(|| left(empty, now)) {
                return Gate::Held { left, everything: false };
            }
        }
        if let Some(bucket) = self.buckets.get_mut(&key) {
            let full = if now >= bucket.reset { bucket.limit } else { bucket.remaining };
            bucket.remaining = full.saturating_sub(1);
        }
        Gate::Go
    }

    /// Remembers what an answer said.
    pub fn learn(&mut self, route: &RouteKey, headers: &BucketHeaders, now: Instant) {
        if let Some(name) = &headers.bucket {
            self.names.insert(route.template, name.clone());
        }
        let (Some(remaining), Some(reset_after)) = (headers.remaining, headers.reset_after) else { return };
        let reset = now + reset_after;
        let limit = headers.limit.unwrap_or(remaining.max(1));
        let bucket = self.bucket(route, now);
        // Answers may come out of order: within one window the smaller number is the later truth.
        let same_window = bucket.reset > now && reset <= bucket.reset + Duration::from_millis(250);
        bucket.remaining = if same_window { bucket.remaining.min(remaining) } else { remaining };
        bucket.limit = limit;
        bucket.reset = reset;
    }

    /// A 429 for this route's bucket.
    pub fn hold_route(&mut self, route: &RouteKey, wait: Duration, now: Instant) {
        self.bucket(route, now).held_until = Some(now + wait);
    }

    /// A global 429, or another reason to stop altogether.
    pub fn hold_everything(&mut self, wait: Duration, now: Instant) {
        let until = now + wait;
        self.everything_until = Some(self.everything_until.map_or(until, |before| before.max(until)));
    }

    /// Counts an answer with 401, 403 or 429 (not one of the scope `shared`, which is not our doing).
    pub fn count_invalid(&mut self, now: Instant) {
        self.invalid.push_back(now);
    }

    /// Invalid requests in the last ten minutes.
    pub fn invalid(&mut self, now: Instant) -> usize {
        self.forget_old(now);
        self.invalid.len()
    }

    fn key(&self, route: &RouteKey) -> (String, String) {
        let name = self.names.get(route.template).map_or(route.template, String::as_str);
        (name.to_owned(), route.major.clone())
    }

    fn bucket(&mut self, route: &RouteKey, now: Instant) -> &mut Bucket {
        const KEPT: usize = 1_024;
        if self.buckets.len() >= KEPT {
            self.buckets.retain(|_, b| b.reset > now || left(b.held_until, now).is_some());
        }
        let key = self.key(route);
        self.buckets.entry(key).or_insert(Bucket { limit: 0, remaining: 0, reset: now, held_until: None })
    }

    fn forget_old(&mut self, now: Instant) {
        while self.invalid.front().is_some_and(|t| now.duration_since(*t) >= INVALID_WINDOW) {
            self.invalid.pop_front();
        }
    }
}

fn left(until: Option<Instant>, now: Instant) -> Option<Duration> {
    until.map(|u| u.saturating_duration_since(now)).filter(|l| !l.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(channel: u64) -> RouteKey {
        RouteKey { template: "POST channels/messages", major: channel.to_string() }
    }

    fn secs(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    /// R6, P8: whatever the way takes, and wherever on it a request is slow.
    #[tokio::test(start_paused = true)]
    async fn no_second_ever_sees_more_than_fifty() {
        let (places, start) = (Places::default(), Instant::now());
        let requests = (0..1_000_u64).map(|n| {
            let places = places.clone();
            tokio::spawn(async move {
                let place = places.take().await;
                let (there, back) = (n * 7_919 % 900, n * 104_729 % 700);
                tokio::time::sleep(Duration::from_millis(there)).await;
                let arrived = Instant::now();
                tokio::time::sleep(Duration::from_millis(back)).await;
                drop(place);
                arrived
            })
        });
        let mut arrived = Vec::new();
        for request in requests.collect::<Vec<_>>() {
            arrived.push(request.await.expect("no panic"));
        }
        arrived.sort_unstable();
        for (n, at) in arrived.iter().enumerate() {
            let within = arrived[n..].iter().take_while(|t| t.duration_since(*at) <= secs(1)).count();
            assert!(within <= AT_MOST, "{within} in a second");
        }
        let took = arrived[999].duration_since(start);
        assert!(took < secs(1_000 / AT_MOST as u64 * 2), "and yet it does not dawdle: {took:?}");
    }

    /// R6, P8: whoever comes next may send at once, since nobody else's requests can arrive in the same second.
    #[tokio::test(start_paused = true)]
    async fn a_stop_waits_for_the_last_second() {
        let (places, start) = (Places::default(), Instant::now());
        places.all_back().await;
        assert_eq!(start.elapsed(), Duration::ZERO, "nothing was sent");
        drop(places.take().await);
        places.all_back().await;
        assert!(start.elapsed() >= WINDOW);
    }

    /// R6
    #[test]
    fn a_global_429_holds_every_route_and_one_of_a_route_only_it() {
        let (mut limits, now) = (Limits::default(), Instant::now());
        limits.hold_route(&route(1), secs(3), now);
        assert_eq!(limits.ask(&route(1), now), Gate::Held { left: secs(3), everything: false });
        assert_eq!(limits.ask(&route(2), now), Gate::Go);
        limits.hold_everything(secs(2), now);
        limits.hold_everything(secs(1), now);
        assert_eq!(limits.ask(&route(2), now), Gate::Held { left: secs(2), everything: true });
        assert_eq!(limits.ask(&route(2), now + secs(2)), Gate::Go);
        assert_eq!(limits.ask(&route(1), now + secs(3)), Gate::Go);
    }

    #[test]
    fn an_empty_bucket_is_left_alone_until_its_reset_and_counts_what_is_under_way() {
        let (mut limits, now) = (Limits::default(), Instant::now());
        let said = |remaining| BucketHeaders {
            bucket: Some("abc".into()),
            limit: Some(5),
            remaining: Some(remaining),
            reset_after: Some(secs(4)),
        };
        assert_eq!(limits.ask(&route(1), now), Gate::Go);
        limits.learn(&route(1), &said(2), now);
        assert_eq!(limits.ask(&route(1), now), Gate::Go);
        assert_eq!(limits.ask(&route(1), now), Gate::Go);
        assert_eq!(limits.ask(&route(1), now), Gate::Held { left: secs(4), everything: false });
        assert_eq!(limits.ask(&route(2), now), Gate::Go, "the channel is a bucket's major parameter");
        limits.learn(&route(1), &said(1), now);
        assert!(
            matches!(limits.ask(&route(1), now), Gate::Held { .. }),
            "an older answer does not refill it"
        );
        assert_eq!(limits.ask(&route(1), now + secs(4)), Gate::Go);
    }

    #[test]
    fn too_many_invalid_requests_stop_everything_well_before_a_ban() {
        let (mut limits, now) = (Limits::default(), Instant::now());
        for _ in 0..INVALID_STOP {
            limits.count_invalid(now);
        }
        assert_eq!(limits.ask(&route(1), now + secs(60)), Gate::Held { left: secs(540), everything: true });
        assert_eq!(limits.invalid(now + secs(600)), 0);
        assert_eq!(limits.ask(&route(1), now + secs(600)), Gate::Go);
    }
}
