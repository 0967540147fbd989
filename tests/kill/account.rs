//! The account at the end: what people were told, what is in the database, and what stands on the server must agree
//! (R1, R2, R4).

use std::collections::{BTreeMap, HashMap};

use bellwether::playground::{Handle, Message};
use rusqlite::Connection;

use crate::evidence::markers;
use crate::work::{Aim, Done};

/// How much was counted.
#[derive(Debug, Default)]
pub struct Account {
    pub answered: usize,
    pub unanswered: usize,
    pub cards: usize,
    pub alerts: usize,
    pub approvals: usize,
    pub decided: usize,
    pub digests: usize,
    pub lines: usize,
}

/// Everything that disagrees; the promises are kept where it is empty.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn once(&mut self, what: &str, count: usize) {
        if count != 1 {
            self.0.push(format!("{what}: {count} times"));
        }
    }

    fn expect(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.0.push(what());
        }
    }
}

struct Record {
    id: i64,
    handle: String,
    name: String,
    status: String,
    thread: Option<u64>,
}

impl Record {
    fn title(&self) -> String {
        format!("{} · {}", self.handle, self.name)
    }
}

/// Compares all of it; fails with everything that is wrong.
pub fn settle(server: &Handle, database: &Connection, commands: &[Done]) -> Account {
    let mut faults = Faults::default();
    let mut account = Account::default();
    let records = records(database);
    told_is_kept(database, commands, &mut account, &mut faults);
    for (outbox, messages) in markers(server) {
        faults.once(&format!("the message of outbox row {outbox}"), messages.len());
    }
    cards_and_alerts(server, &records, &mut account, &mut faults);
    approvals(server, database, &records, &mut account, &mut faults);
    digests(server, database, &mut account, &mut faults);
    threads(server, database, &records, commands, &mut account, &mut faults);
    let parked = parked(database);
    faults.expect(parked.is_empty(), || format!("messages are parked: {parked:?}"));
    let shown: Vec<_> = faults.0.iter().take(40).cloned().collect();
    assert!(shown.is_empty(), "{} promises are broken:\n{}", faults.0.len(), shown.join("\n"));
    account
}

/// R1, R4: an answered command is in the database once; one without an answer once or not at all.
fn told_is_kept(database: &Connection, commands: &[Done], account: &mut Account, faults: &mut Faults) {
    let count = |sql: &str, token: &str| -> usize {
        let count: i64 = database.query_row(sql, [token], |row| row.get(0)).expect("read");
        usize::try_from(count).expect("a count")
    };
    for Done { token, aim, answer } in commands {
        let (times, accepted) = match aim {
            Aim::Open => {
                (count("SELECT COUNT(*) FROM records WHERE name = ?1", token), &["is created as"][..])
            }
            Aim::Log => (events(&count, token), &["logged:", "has your note"][..]),
            Aim::Plan => (events(&count, token), &["next action: ", "has its next action"][..]),
            Aim::Request => {
                let sql = "SELECT COUNT(*) FROM approvals WHERE INSTR(data, ?1) > 0";
                (count(sql, token), &["waits for approval"][..])
            }
            Aim::Decide(handle) => {
                let sql = "SELECT COUNT(*) FROM approvals a JOIN records r ON r.id = a.record
                     WHERE r.letter || '-' || r.number = ?1 AND a.waiting = 0 AND r.status = 'refused'";
                (count(sql, handle), &["Approved by", "is now"][..])
            }
        };
        match answer {
            Some(said) => {
                account.answered += 1;
                let kept = times == 1 && accepted.iter().any(|phrase| said.contains(phrase));
                faults.expect(kept, || {
                    format!("{aim:?} {token} was answered “{said}” and is there {times} times")
                });
            }
            None => {
                account.unanswered += 1;
                faults.expect(times <= 1, || format!("{aim:?} {token} took effect {times} times"));
            }
        }
    }
}

fn events(count: &impl Fn(&str, &str) -> usize, token: &str) -> usize {
    count("SELECT COUNT(*) FROM events WHERE INSTR(body, ?1) > 0", token)
}

/// R2: a card and an alert for each case, once; the card shows how it is now.
fn cards_and_alerts(server: &Handle, records: &[Record], account: &mut Account, faults: &mut Faults) {
    let posted = posted(server);
    let cards = count_by(posted.iter().filter(|m| m.in_room).filter_map(|m| m.title.clone()));
    let shown: HashMap<_, _> = posted
        .iter()
        .filter(|m| m.in_room)
        .filter_map(|m| Some((m.title.clone()?, m.words.as_str())))
        .collect();
    let alerts: Vec<_> = posted.iter().filter(|m| m.channel == "alerts").collect();
    for record in records {
        let title = record.title();
        faults.once(&format!("the card of {title}"), cards.get(&title).copied().unwrap_or_default());
        let label = if record.status == "refused" { "Refused**" } else { "Opened**" };
        faults.expect(shown.get(&title).is_some_and(|card| card.contains(label)), || {
            format!("the card of {title} does not show that it is {}", record.status)
        });
        // The text, not the list to choose from.
        let told = alerts.iter().filter(|m| m.words.contains(&title)).count();
        faults.once(&format!("the alert of {title}"), told);
        account.cards += 1;
        account.alerts += 1;
    }
}

/// R2, R3: a request stands once, as it was decided; whoever asked has heard of it once.
fn approvals(
    server: &Handle,
    database: &Connection,
    records: &[Record],
    account: &mut Account,
    faults: &mut Faults,
) {
    let posted = posted(server);
    let mut rows = database.prepare("SELECT record, waiting FROM approvals").expect("prepared");
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("read");
    for row in rows {
        let (id, waits): (i64, bool) = row.expect("read");
        let Some(record) = records.iter().find(|r| r.id == id) else { continue };
        let title = format!("✋ Approval: {}", record.title());
        let standing: Vec<_> = posted.iter().filter(|m| m.title.as_ref() == Some(&title)).collect();
        faults.once(&title, standing.len());
        let decided = standing.iter().all(|m| m.words.contains("Approved by") != waits);
        faults.expect(decided, || format!("{title} does not show how it stands (waits: {waits})"));
        account.approvals += 1;
        if !waits {
            account.decided += 1;
            let told = |m: &&Posted| {
                m.private && m.words.contains(&record.title()) && m.words.contains("was approved by")
            };
            faults.once(&format!("the word about {title}"), posted.iter().filter(told).count());
        }
    }
}

/// R2: a digest a day, with its details once. One that was made late shows the day on which it was made, so it is
/// known by its outbox row.
fn digests(server: &Handle, database: &Connection, account: &mut Account, faults: &mut Faults) {
    let posted = posted(server);
    let standing: Vec<_> = posted.iter().filter(|m| m.channel == "digest").collect();
    let by_row = markers(server);
    let mut rows = database
        .prepare(
            "SELECT d.date, o.id FROM digests d
             LEFT JOIN outbox o ON o.dedup_key = 'say:digest:' || d.team || ':' || d.date ORDER BY d.date",
        )
        .expect("prepared");
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("read");
    for row in rows {
        let (date, outbox): (String, Option<i64>) = row.expect("read");
        let messages = outbox.and_then(|id| by_row.get(&id)).cloned().unwrap_or_default();
        let root = messages.first().copied();
        let in_channel = standing.iter().filter(|m| Some(m.id) == root && m.words.starts_with("Desk · "));
        faults.once(&format!("the digest of {date}"), messages.len().max(in_channel.count()));
        account.digests += 1;
        let details = root.map(|root| server.messages(root)).unwrap_or_default();
        faults.expect(!details.is_empty(), || format!("the digest of {date} has no details"));
        for (part, times) in count_by(details.iter().filter_map(title_of)) {
            faults.once(&format!("“{part}” of the digest of {date}"), times);
        }
    }
    faults.expect(standing.len() == account.digests, || {
        format!("{} digests were made, and {} stand", account.digests, standing.len())
    });
}

/// R2, R6: what happened to a case is told in its thread once, in its order.
fn threads(
    server: &Handle,
    database: &Connection,
    records: &[Record],
    commands: &[Done],
    account: &mut Account,
    faults: &mut Faults,
) {
    let tokens: Vec<&str> = commands
        .iter()
        .filter(|done| matches!(done.aim, Aim::Log | Aim::Plan))
        .map(|done| done.token.as_str())
        .collect();
    let mut history =
        database.prepare("SELECT body FROM events WHERE record = ?1 ORDER BY id").expect("prepared");
    for record in records {
        let Some(thread) = record.thread else { continue };
        let bodies = history.query_map([record.id], |row| row.get::<_, String>(0)).expect("read");
        let bodies = bodies.map(|body| body.expect("read")).collect::<Vec<_>>().join("\n");
        let lines = server.messages(thread).iter().map(Message::text).collect::<Vec<_>>().join("\n");
        let written = in_order(&bodies, &tokens);
        account.lines += written.len();
        let told = in_order(&lines, &tokens);
        faults.expect(written == told, || {
            format!("the thread of {} tells {told:?}, the history {written:?}", record.title())
        });
    }
}

/// The tokens in a text, in their order, as often as they are there.
fn in_order<'a>(text: &str, tokens: &[&'a str]) -> Vec<&'a str> {
    let mut found: Vec<(usize, &str)> =
        tokens.iter().flat_map(|token| text.match_indices(token).map(move |(at, _)| (at, *token))).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, token)| token).collect()
}

/// A message of the bot's own.
struct Posted {
    id: u64,
    channel: String,
    in_room: bool,
    private: bool,
    title: Option<String>,
    /// Everything but the controls.
    words: String,
}

fn posted(server: &Handle) -> Vec<Posted> {
    server.read(|world| {
        let bot = world.bot();
        let ours = world.all_messages().filter(|m| m.author == bot && m.interaction.is_none());
        ours.filter_map(|message| {
            let channel = world.channel(message.channel)?;
            let words = Message { components: Vec::new(), ..message.clone() }.text();
            Some(Posted {
                id: message.id,
                in_room: channel.name.starts_with("room-") && !channel.kind.is_thread(),
                private: channel.recipient.is_some(),
                channel: channel.name.clone(),
                title: title_of(message),
                words,
            })
        })
        .collect()
    })
}

fn title_of(message: &Message) -> Option<String> {
    message.embeds.first()?["title"].as_str().map(str::to_owned)
}

fn count_by(names: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    names.fold(BTreeMap::new(), |mut counts, name| {
        *counts.entry(name).or_default() += 1;
        counts
    })
}

fn records(database: &Connection) -> Vec<Record> {
    let threads: HashMap<i64, Option<u64>> = {
        let mut rows = database
            .prepare("SELECT json_extract(records, '$[0]'), thread FROM posts WHERE kind = 'card'")
            .expect("prepared");
        let rows = rows
            .query_map([], |row| Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?.map(i64::cast_unsigned))))
            .expect("read");
        rows.map(|row| row.expect("read")).collect()
    };
    let mut rows = database
        .prepare("SELECT id, letter || '-' || number, name, status FROM records ORDER BY id")
        .expect("prepared");
    let rows = rows.query_map([], |row| {
        let id = row.get(0)?;
        let thread = threads.get(&id).copied().flatten();
        Ok(Record { id, handle: row.get(1)?, name: row.get(2)?, status: row.get(3)?, thread })
    });
    rows.expect("read").map(|row| row.expect("read")).collect()
}

/// What could not be sent, each with why.
fn parked(database: &Connection) -> Vec<String> {
    let sql =
        "SELECT dedup_key || ' to ' || lane || ': ' || COALESCE(error, 'for no reason given') FROM outbox
        WHERE failed_at IS NOT NULL";
    let mut read = database.prepare(sql).expect("a statement");
    let rows = read.query_map([], |row| row.get(0)).expect("rows");
    rows.map(|row| row.expect("a row")).collect()
}

/// A number that a query gives.
pub fn one(database: &Connection, sql: &str) -> i64 {
    database.query_row(sql, [], |row| row.get(0)).expect("read")
}
