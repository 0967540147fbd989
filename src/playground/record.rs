//! Every request that the bot made, and the count of those beyond the platform's limits.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long an invalid answer counts towards the ban.
const INVALID_WINDOW: Duration = Duration::from_mins(10);

/// One request of the bot, as it arrived and as it was answered.
#[derive(Clone, Debug, serde::Serialize)]
pub struct RecordedRequest {
    /// Counts from 0.
    pub number: usize,
    /// `GET`, `POST`, …
    pub method: String,
    /// The path as in the API description: `/channels/{channel_id}/messages`; the raw one if unknown.
    pub template: String,
    /// The path below `/api/v10`.
    pub path: String,
    /// The query, without `?`.
    pub query: String,
    /// The JSON body, from `payload_json` when it came as a form.
    pub body: Option<Value>,
    /// Files of a multipart body.
    pub files: Vec<RecordedFile>,
    /// The status answered; 0 when the connection was cut instead.
    pub status: u16,
    /// The JSON answered, `Null` for none.
    pub answer: Value,
    /// Whether an injected fault decided the answer.
    pub faulted: bool,
    /// When it arrived, in milliseconds since the server's start.
    pub at_ms: u64,
}

/// A file of a multipart request.
#[derive(Clone, Debug, serde::Serialize)]
pub struct RecordedFile {
    /// The form field, as in `files[0]`.
    pub field: String,
    /// The file's name.
    pub name: String,
    /// Its length in bytes.
    pub len: usize,
}

/// A request beyond the global limit.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Violation {
    /// The request's number in the record.
    pub request: usize,
    /// Requests in the second before it, itself included.
    pub in_second: usize,
}

pub struct Record {
    pub requests: Vec<RecordedRequest>,
    pub violations: Vec<Violation>,
    /// Requests forgotten: the number of the first one still here.
    cleared: usize,
    started: Instant,
    recent: VecDeque<Instant>,
    invalid: VecDeque<Instant>,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            requests: Vec::new(),
            violations: Vec::new(),
            cleared: 0,
            started: Instant::now(),
            recent: VecDeque::new(),
            invalid: VecDeque::new(),
        }
    }
}

impl Record {
    /// Counts a request against the global limit; returns how many the last second has seen with it.
    pub fn count(&mut self, number: usize, limit: usize) -> usize {
        let now = Instant::now();
        while self.recent.front().is_some_and(|t| now.duration_since(*t) >= Duration::from_secs(1)) {
            self.recent.pop_front();
        }
        self.recent.push_back(now);
        if self.recent.len() > limit {
            self.violations.push(Violation { request: number, in_second: self.recent.len() });
        }
        self.recent.len()
    }

    /// Counts answers that lead to an IP ban at 10 000 in 10 minutes.
    pub fn count_invalid(&mut self, status: u16) {
        if matches!(status, 401 | 403 | 429) {
            self.invalid.push_back(Instant::now());
        }
    }

    /// Invalid answers of the last 10 minutes.
    pub fn invalid(&self) -> usize {
        let now = Instant::now();
        self.invalid.iter().filter(|t| now.duration_since(**t) < INVALID_WINDOW).count()
    }

    /// Takes a request in; its answer follows by [`Record::settle`].
    pub fn start(&mut self, mut request: RecordedRequest) -> usize {
        request.number = self.cleared + self.requests.len();
        request.at_ms = self.started.elapsed().as_millis() as u64;
        let number = request.number;
        self.requests.push(request);
        number
    }

    /// Forgets the requests so far; numbers go on, so that one under way settles nothing else.
    pub fn clear(&mut self) {
        self.cleared += self.requests.len();
        self.requests.clear();
    }

    /// Notes the answer of a request.
    pub fn settle(&mut self, number: usize, status: u16, answer: Value, faulted: bool) {
        self.count_invalid(status);
        let at = number.checked_sub(self.cleared);
        if let Some(request) = at.and_then(|at| self.requests.get_mut(at)) {
            request.status = status;
            request.answer = answer;
            request.faulted = faulted;
        }
    }
}
