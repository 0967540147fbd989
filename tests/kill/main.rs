//! The bot is killed (ruling 28, R1, R2): `bellwether run` in a process of its own, against a local Discord in this
//! one, at its worst moments, with at least twenty commands in flight each time.
//!
//! Three kinds of kills, aimed with the server's faults and counted by what they leave behind: before the commit,
//! after the commit and before the sending, after the sending and before the settling. One of the last kind is
//! followed by ten minutes in which nothing runs, so that the nonce does not help any more (ruling 22).
//!
//! `BELLWETHER_KILLS` says how many; a handful by default, at least 60 where it counts.

mod account;
mod bot;
mod evidence;
mod site;
mod start;
mod stop;
mod work;

use std::collections::BTreeMap;
use std::time::Duration;

use bellwether::playground::{Fault, Rule};
use chrono::{TimeDelta, Utc};

use account::one;
use bot::{Bot, SOON, until};
use evidence::{Evidence, Struck};
use site::Site;
use work::{Office, Sent};

const KILLS: usize = 6;
/// What must be in flight when the bot is killed.
const IN_FLIGHT: usize = 20;
const POSTS: &str = "POST /channels/{channel_id}/messages";
/// What was refused before may be waiting for its next try.
const PATIENT: Duration = Duration::from_mins(3);
/// In ten minutes, the platform has forgotten every nonce.
const OUTAGE: TimeDelta = TimeDelta::minutes(11);

/// How often it was killed, and where.
#[derive(Default)]
struct Tally {
    struck: BTreeMap<Struck, usize>,
    outages: usize,
    /// Channels that were read after an outage.
    looked: usize,
    /// Digests that were made overdue.
    digests: usize,
    all: usize,
    missed: usize,
    least_in_flight: Option<usize>,
}

impl Tally {
    fn of(&self, struck: Struck) -> usize {
        self.struck.get(&struck).copied().unwrap_or_default()
    }
}

/// Ruling 28, R1, R2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_stands_and_what_must_be_said_is_said_once() {
    let kills = std::env::var("BELLWETHER_KILLS").map_or(KILLS, |n| n.parse().expect("a number of kills"));
    let (site, mut bot) = Site::with_team().await;
    let mut office = Office::new(site.server.clone());
    let mut sent = office.burst(24, &[], &mut Vec::new());
    until("the first cases", SOON, || office.counts().1 >= 24).await;

    let mut tally = Tally::default();
    let aims = [Struck::Uncommitted, Struck::Unsent, Struck::Unsettled];
    while tally.all < kills {
        assert!(tally.missed < kills, "half of the kills strike nothing: the aim is off");
        let round = tally.all + tally.missed;
        let aim = aims[round % aims.len()];
        site.server.clear_requests();
        let (commands, in_flight) = bring_to(aim, round, &site, &mut office, &mut bot).await;
        site.kill(bot).await;
        sent.extend(commands);

        let evidence = Evidence::gather(&site);
        let struck = [aim].into_iter().chain(aims).find(|struck| evidence.proves(*struck));
        match struck.filter(|_| in_flight >= IN_FLIGHT) {
            Some(struck) => {
                *tally.struck.entry(struck).or_default() += 1;
                tally.all += 1;
                tally.least_in_flight = Some(tally.least_in_flight.unwrap_or(usize::MAX).min(in_flight));
            }
            None => tally.missed += 1,
        }
        site.server.no_faults();
        // Every third time after the sending, beginning with the first: after a late answer, then after a lost one.
        let outage = struck == Some(Struck::Unsettled) && tally.of(Struck::Unsettled) % 3 == 1;
        if outage {
            ten_minutes_pass(&site);
            tally.outages += 1;
        }
        tally.digests += a_digest_is_overdue(&site, round);
        site.server.clear_requests();
        if round % 5 == 4 {
            killed_as_it_starts(&site).await;
            site.server.clear_requests();
        }
        bot = site.start().await;
        if outage {
            tally.looked += it_looks_first(&site, &evidence, &bot).await;
        }
    }

    let database = site.open();
    let open = "SELECT (SELECT COUNT(*) FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL)
         + (SELECT COUNT(*) FROM due WHERE due_at <= 1000 * unixepoch())
         + (SELECT COUNT(*) FROM teams WHERE next_digest_at <= 1000 * unixepoch())";
    until("everything is said", Duration::from_mins(5), || {
        bot.lives();
        one(&database, open) == 0
    })
    .await;
    let mut commands = Vec::with_capacity(sent.len());
    for command in sent {
        commands.push(command.done(&site.server).await);
    }
    let account = account::settle(&site.server, &database, &commands);
    let [a, b, c] = aims.map(|struck| tally.of(struck));
    println!(
        "kills: {} · before commit: {a} · after commit before send: {b} · after send before settle: {c} · \
         followed by an outage: {} · at least {} commands in flight · struck nothing: {}\n\
         answered commands: {}, all in the database; without an answer: {}, none twice\n\
         cards {}, alerts {}, approvals {} ({} decided), digests {}, thread lines {}: once each",
        tally.all,
        tally.outages,
        tally.least_in_flight.unwrap_or_default(),
        tally.missed,
        account.answered,
        account.unanswered,
        account.cards,
        account.alerts,
        account.approvals,
        account.decided,
        account.digests,
        account.lines,
    );
    assert!(account.digests >= tally.digests, "{} digests were due", tally.digests);
    assert!(account.approvals > 0 && account.answered > kills && account.digests > 0);
    if kills >= 60 {
        assert!([a, b, c].iter().all(|n| *n >= 10) && tally.looked >= 1, "the kills are too much alike");
    } else {
        assert!(kills < aims.len() || tally.outages >= 1, "no outage was tried");
    }
}

/// Brings the bot to where it is to be killed: gives the commands that were sent, and how many of them have no
/// answer yet.
async fn bring_to(
    aim: Struck,
    round: usize,
    site: &Site,
    office: &mut Office,
    bot: &mut Bot,
) -> (Vec<Sent>, usize) {
    let (dispatched, answered) = office.counts();
    let cases = evidence::cases(&site.open());
    let mut waiting = evidence::waiting(&site.server);
    let server = site.server.clone();
    let some = 1 + round / 3 % 4;
    let mut commands = match aim {
        Struck::Uncommitted => Vec::new(),
        Struck::Unsent => {
            // Every other time the platform is down instead of busy.
            let fault = match round % 2 {
                0 => Fault::RateLimited { retry_after: 1.0, global: false },
                _ => Fault::Status(503),
            };
            server.fault(Rule { times: u32::MAX, ..Rule::once(POSTS, fault) });
            let lead = office.burst(8, &cases, &mut waiting);
            until("the answers", SOON, || {
                bot.lives();
                lead.iter().all(Sent::is_settled)
            })
            .await;
            lead
        }
        Struck::Unsettled => {
            // Every fourth time the answer is lost, not late: then the row is on its way again.
            let fault = match round / 3 % 4 {
                3 => Fault::LostAnswer,
                _ => Fault::SlowAnswer(Duration::from_mins(1)),
            };
            server.fault(Rule { times: u32::MAX, ..Rule::once(POSTS, fault) });
            let lead = office.burst(8, &cases, &mut waiting);
            until("messages that stand", PATIENT, || {
                bot.lives();
                server.read(|world| {
                    let stands = |r: &&bellwether::playground::RecordedRequest| {
                        r.faulted && r.answer["id"].is_string() && r.template.ends_with("/messages")
                    };
                    world.requests().iter().filter(stands).count() >= some
                })
            })
            .await;
            lead
        }
    };
    let flight = office.burst(32, &cases[cases.len() / 2..], &mut waiting);
    let all = commands.len() + flight.len();
    let wanted = match aim {
        Struck::Uncommitted => some,
        Struck::Unsent | Struck::Unsettled => 0,
    };
    until("the commands are on their way", SOON, || {
        bot.lives();
        let (sent, told) = office.counts();
        let given_up = flight.iter().all(Sent::is_settled);
        sent >= dispatched + all && (told >= answered + wanted || given_up)
    })
    .await;
    commands.extend(flight);
    let in_flight = commands.iter().filter(|command| !command.is_settled()).count();
    (commands, in_flight)
}

/// What ten minutes in which nothing runs would change: the nonces are forgotten, the leases are old.
fn ten_minutes_pass(site: &Site) {
    site.server.expire_nonces();
    let shifted = "UPDATE outbox SET leased_at = leased_at - ?1, lease_until = lease_until - ?1,
         lost_at = lost_at - ?1, retry_at = MAX(0, retry_at - ?1)";
    site.open().execute(shifted, [OUTAGE.num_milliseconds()]).expect("shifted");
}

/// The team's digest should have been made on some day of the past, another one each time, unless one is overdue
/// already. Gives how many became so.
fn a_digest_is_overdue(site: &Site, round: usize) -> usize {
    let days = 1_000 - i64::try_from(round).expect("few");
    let hour = chrono::NaiveTime::from_hms_opt(9, 0, 0).expect("an hour");
    let at = (Utc::now() - TimeDelta::days(days)).date_naive().and_time(hour).and_utc();
    let planned =
        "UPDATE teams SET next_digest_at = ?1 WHERE INSTR(body, 'Desk') > 0 AND next_digest_at > ?2";
    let values = [at.timestamp_millis(), Utc::now().timestamp_millis()];
    site.open().execute(planned, values).expect("planned")
}

/// One more kill, of a bot that has just spoken to Discord for the first time; not counted.
async fn killed_as_it_starts(site: &Site) {
    let mut bot = Bot::start(site.path(), &site.environment());
    until("its first request", SOON, || {
        bot.lives();
        !site.server.read(|world| world.requests().is_empty())
    })
    .await;
    site.kill(bot).await;
}

/// Ruling 22: where a message may stand since long ago, the channel is read before it is sent again. Gives how many
/// channels were.
async fn it_looks_first(site: &Site, evidence: &Evidence, bot: &Bot) -> usize {
    let channels = evidence.unsettled.values().filter_map(|lane| lane.strip_prefix("c:"));
    let mut looked = 0;
    for channel in channels {
        let path = format!("/channels/{channel}/messages");
        let read = site
            .server
            .wait_for(SOON, |world| {
                world.requests().iter().find(|r| r.method == "GET" && r.path == path).map(|r| r.number)
            })
            .await;
        assert!(read.is_some(), "{path} is not read first:\n{}", bot.said());
        looked += 1;
    }
    looked
}
