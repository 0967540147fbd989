//! P5: from pressing a button to the answer, on the local server, through the real adapter and a database on disk:
//! p50 and p99 at 1, 50 and 500 presses a second.
//!
//! `cargo bench --bench latency`. Server and bot share the process and its cores, so that the figures are those of a
//! machine that does both. The press is a durable write (a snooze: an event, a due time, the card drawn anew), and
//! presses come at their times whether the ones before are answered or not.

use std::sync::Arc;
use std::time::Duration;

use bellwether::adapters::Secret;
use bellwether::adapters::discord::Settings;
use bellwether::bot::Bot;
use bellwether::chat::action::{Action, SnoozeSpan};
use bellwether::clock::{Clock, SystemClock};
use bellwether::domain::ids::RecordId;
use bellwether::playbook::Playbooks;
use bellwether::playground::{Config, Got, Handle, Server};
use tokio::sync::watch;
use tokio::time::{Instant, interval, timeout};

/// Records that are pressed in turn.
const RECORDS: u32 = 200;
/// The goals: at 50 a second p50 and p99; at 500 a second nothing over a second.
const P50: Duration = Duration::from_millis(5);
const P99: Duration = Duration::from_millis(50);
const AT_MOST: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() {
    let clock = Arc::new(SystemClock::starting_at("2026-03-02T09:00:00Z".parse().unwrap()));
    let reading = clock.clone();
    let mut config = Config::new("token", Arc::new(move || reading.now())).sized(8, 20);
    config.limits.channel_messages = 1_000;
    let server = Server::start(config).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("latency.sqlite").display());
    let settings = Settings { token: Secret::new(server.token()), api_url: server.api_url() };
    let (stop, stopped) = watch::channel(false);
    let bot = Bot::start(&database, Playbooks::builtin(), &settings, clock, stopped).await.unwrap();
    let running = tokio::spawn(bot.run());
    assert!(server.commands_registered(Duration::from_secs(20)).await);
    for n in 0..RECORDS {
        let line = format!("/lead new name:\"Lead {n}\" email:a@b{n}.example");
        server.type_command("p0", "c0", &line).await.unwrap();
    }
    // Warm: connections open, statements prepared, cards posted.
    presses(&server, 20, 5).await;

    println!("from a press to its answer, on the local server");
    println!("{:>8} {:>8} {:>9} {:>9} {:>9}", "per s", "presses", "p50", "p99", "longest");
    for (rate, seconds) in [(1, 30), (50, 30), (500, 10)] {
        let latencies = presses(&server, rate, seconds).await;
        let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share).round() as usize];
        let (p50, p99, longest) = (at(0.5), at(0.99), at(1.0));
        let ms = |d: Duration| format!("{:.1} ms", d.as_secs_f64() * 1e3);
        let goal = match rate {
            50 if p50 <= P50 && p99 <= P99 => "goal met (p50 ≤ 5 ms, p99 ≤ 50 ms)",
            50 => "GOAL MISSED (p50 ≤ 5 ms, p99 ≤ 50 ms)",
            500 if longest <= AT_MOST => "goal met (none over 1 s)",
            500 => "GOAL MISSED (none over 1 s)",
            _ => "",
        };
        println!("{rate:>8} {:>8} {:>9} {:>9} {:>9}  {goal}", latencies.len(), ms(p50), ms(p99), ms(longest));
    }
    let violations = server.violations().len();
    println!("requests beyond 50 a second: {violations}");
    stop.send_replace(true);
    let _ = timeout(Duration::from_secs(20), running).await;
}

/// Presses `rate` times a second for so many seconds; the latencies in order.
async fn presses(server: &Handle, rate: u32, seconds: u32) -> Vec<Duration> {
    // Any message that everybody sees carries a press; the button says what it is about.
    let carrier = server.say("p0", "c7", "press").unwrap();
    server.clear_requests();
    let mut beat = interval(Duration::from_secs(1) / rate);
    let mut under_way = Vec::new();
    let started = Instant::now();
    for n in 0..rate * seconds {
        beat.tick().await;
        let record = RecordId(i64::from(n % RECORDS) + 1);
        let id = Action::SnoozeFor { record, span: SnoozeSpan::ALL[n as usize % 3] }.encode();
        let server = server.clone();
        under_way.push(tokio::spawn(async move {
            let outcome = server.press_forged("p0", carrier, &id).await.unwrap();
            // Without an answer, or with a promise alone, it counts with the time that was waited.
            if let Got::Message(message) = &outcome.got {
                assert!(message.text().contains("is silent until"), "{}", message.text());
            }
            outcome.latency
        }));
    }
    let late = started.elapsed().saturating_sub(Duration::from_secs(seconds.into()));
    if late > Duration::from_secs(1) {
        println!("{rate:>8} the presses themselves came {late:?} late: the machine is busy");
    }
    let mut latencies = Vec::new();
    for press in under_way {
        latencies.push(press.await.unwrap());
    }
    latencies.sort_unstable();
    latencies
}
