//! What goes wrong: on order (rules), by chance from a seed (chances), or altogether (an outage).
//!
//! A rule fires for the next `times` requests that fit it; then chance is asked. The same seed and the
//! same order of requests give the same faults.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// One kind of failure of a REST request.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// 429 before any effect, with `Retry-After`; `global` as Discord marks it.
    RateLimited {
        /// Seconds to wait.
        retry_after: f64,
        /// For all routes, or for this one.
        global: bool,
    },
    /// This 5xx status before any effect.
    Status(u16),
    /// The connection is closed before any effect.
    Refused,
    /// The request takes effect, then the connection is closed without an answer.
    LostAnswer,
    /// The request takes effect, then the answer is 502.
    LostAnswer502,
    /// The request waits this long before it is handled.
    Slow(Duration),
    /// The request is handled at once and its answer waits this long.
    SlowAnswer(Duration),
    /// A refusal by Discord's code before any effect, such as 403 with 50007.
    Refusal {
        /// HTTP status.
        status: u16,
        /// Discord's JSON code.
        code: u32,
    },
}

/// A fault on order.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Fits requests whose `METHOD /path/{template}` or `METHOD /real/path` contains this; empty fits all.
    pub route: String,
    /// What happens.
    pub fault: Fault,
    /// How many times; `u32::MAX` for as long as the rule stays.
    pub times: u32,
    /// How many fitting requests pass before the first.
    pub skip: u32,
}

impl Rule {
    /// `fault` for the next request whose route contains `route`.
    pub fn once(route: &str, fault: Fault) -> Self {
        Self { route: route.into(), fault, times: 1, skip: 0 }
    }
}

/// Probabilities, each from 0 to 1, per request (REST) or per dispatched interaction (gateway).
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Chances {
    /// A 429 for the route, `Retry-After` 0.2 s.
    pub rate_limited: f64,
    /// A global 429, `Retry-After` 0.2 s.
    pub global_rate_limited: f64,
    /// A 500, 502 or 503 before any effect.
    pub server_error: f64,
    /// The answer of a request that took effect is lost.
    pub lost_answer: f64,
    /// The request waits for `slow_ms`.
    pub slow: f64,
    /// Milliseconds of a slow request.
    pub slow_ms: u64,
    /// The gateway's connection drops after an interaction was dispatched.
    pub gateway_drop: f64,
    /// The gateway's connection drops and the session cannot be resumed.
    pub invalid_session: f64,
    /// An interaction is dispatched twice.
    pub duplicate: f64,
}

pub struct Faults {
    rng: u64,
    pub rules: Vec<Rule>,
    pub chances: Chances,
    pub outage: Option<Instant>,
    global_until: Option<Instant>,
    pub injected: u64,
    /// The next interaction is dispatched twice.
    pub duplicate_next: bool,
}

impl Faults {
    pub fn new(seed: u64) -> Self {
        Self {
            rng: seed,
            rules: Vec::new(),
            chances: Chances::default(),
            outage: None,
            global_until: None,
            injected: 0,
            duplicate_next: false,
        }
    }

    pub fn seed(&mut self, seed: u64) {
        self.rng = seed;
    }

    /// The next number of the sequence (splitmix64).
    pub fn random(&mut self) -> u64 {
        self.rng = self.rng.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.rng;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// True with probability `p`; the sequence moves on only where there is something to decide.
    pub fn chance(&mut self, p: f64) -> bool {
        p > 0.0 && ((self.random() >> 11) as f64 / (1u64 << 53) as f64) < p
    }

    pub fn in_outage(&self) -> bool {
        self.outage.is_some_and(|until| Instant::now() < until)
    }

    /// What happens to this request, if anything.
    pub fn decide(&mut self, method: &str, template: &str, path: &str, exempt: bool) -> Option<Fault> {
        if self.in_outage() {
            self.injected += 1;
            return Some(Fault::Refused);
        }
        if let Some(until) = self.global_until.filter(|_| !exempt) {
            let left = until.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                return Some(Fault::RateLimited { retry_after: left.as_secs_f64(), global: true });
            }
            self.global_until = None;
        }
        let fault = self.by_rule(method, template, path).or_else(|| self.by_chance(exempt))?;
        self.injected += 1;
        if let Fault::RateLimited { retry_after, global: true } = fault {
            self.global_until = Some(Instant::now() + Duration::from_secs_f64(retry_after.max(0.0)));
        }
        Some(fault)
    }

    fn by_rule(&mut self, method: &str, template: &str, path: &str) -> Option<Fault> {
        let (by_template, by_path) = (format!("{method} {template}"), format!("{method} {path}"));
        let fits = |r: &Rule| by_template.contains(&r.route) || by_path.contains(&r.route);
        let at = self.rules.iter().position(|r| fits(r) && r.times > 0)?;
        let rule = &mut self.rules[at];
        if rule.skip > 0 {
            rule.skip -= 1;
            return None;
        }
        if rule.times != u32::MAX {
            rule.times -= 1;
        }
        let fault = rule.fault.clone();
        if rule.times == 0 {
            self.rules.remove(at);
        }
        Some(fault)
    }

    fn by_chance(&mut self, exempt: bool) -> Option<Fault> {
        let c = self.chances.clone();
        if self.chance(c.rate_limited) {
            return Some(Fault::RateLimited { retry_after: 0.2, global: false });
        }
        if !exempt && self.chance(c.global_rate_limited) {
            return Some(Fault::RateLimited { retry_after: 0.2, global: true });
        }
        if self.chance(c.server_error) {
            return Some(Fault::Status([500, 502, 503][(self.random() % 3) as usize]));
        }
        if self.chance(c.lost_answer) {
            let cut = self.random().is_multiple_of(2);
            return Some(if cut { Fault::LostAnswer } else { Fault::LostAnswer502 });
        }
        self.chance(c.slow).then(|| Fault::Slow(Duration::from_millis(c.slow_ms)))
    }

    /// For the page.
    pub fn json(&self) -> Value {
        json!({
            "chances": self.chances, "outage": self.in_outage(), "injected": self.injected,
            "rules": self.rules.iter().map(|r| json!({
                "route": r.route, "fault": format!("{:?}", r.fault), "times": r.times, "skip": r.skip,
            })).collect::<Vec<_>>(),
        })
    }
}
