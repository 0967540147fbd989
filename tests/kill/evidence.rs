//! What a kill left behind: the database file and the server's messages, compared. A kill counts as what they prove,
//! not as what it was aimed at.

use std::collections::{BTreeMap, HashSet};

use bellwether::adapters::discord::marker;
use bellwether::playground::{Handle, Id, Message};
use rusqlite::Connection;

use crate::site::Site;
use crate::work::{Case, Waiting, owner, serial_of, valuable};

/// Where a kill struck (ruling 28).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Struck {
    /// Before a commit: commands that the bot was working on are not in the database.
    Uncommitted,
    /// After it, before the sending: a message is in the outbox and does not stand on the server.
    Unsent,
    /// After that, before the settling: a message stands on the server, and the outbox does not know.
    Unsettled,
}

/// What proves it.
#[derive(Debug, Default)]
pub struct Evidence {
    /// Commands of this life that are in the database.
    committed: usize,
    /// Those that are not, and had no answer.
    uncommitted: usize,
    /// Outbox rows that were never sent.
    pub unsent: Vec<i64>,
    /// Outbox rows whose message stands, unknown to the outbox; with their lanes.
    pub unsettled: BTreeMap<i64, String>,
}

impl Evidence {
    /// Looks at what there is; the bot is gone, and `interactions` are those that the server sent it.
    pub fn gather(site: &Site) -> Self {
        let database = site.open();
        let mut found = Self::default();
        let answered = answered(&site.server);
        let mut seen = database.prepare("SELECT 1 FROM inbox WHERE external_id = ?1").expect("prepared");
        for interaction in site.server.interactions() {
            let id = interaction.id.to_string();
            if seen.exists([&id]).expect("read") {
                found.committed += 1;
            } else if !answered.contains(&id) {
                found.uncommitted += 1;
            }
        }
        let standing = markers(&site.server);
        for (id, lane) in unplaced(&database) {
            if standing.contains_key(&id) {
                found.unsettled.insert(id, lane);
            } else {
                found.unsent.push(id);
            }
        }
        found
    }

    /// Whether it proves that the kill struck there. Before a commit: others of the same moment got through, so the
    /// bot was at work on them.
    pub fn proves(&self, struck: Struck) -> bool {
        match struck {
            Struck::Uncommitted => self.committed > 0 && self.uncommitted > 0,
            Struck::Unsent => !self.unsent.is_empty(),
            Struck::Unsettled => !self.unsettled.is_empty(),
        }
    }
}

/// The ids of interactions that the bot has answered in this life.
fn answered(server: &Handle) -> HashSet<String> {
    let answers = server.requests().into_iter().filter_map(|request| {
        let rest = request.path.strip_prefix("/interactions/")?;
        Some(rest.split('/').next()?.to_owned())
    });
    answers.collect()
}

/// Outbox rows that are open and whose message has no known place, with their lanes.
fn unplaced(database: &Connection) -> Vec<(i64, String)> {
    let mut rows = database
        .prepare(
            "SELECT o.id, o.lane FROM outbox o LEFT JOIN posts p ON p.id = o.post
             WHERE o.sent_at IS NULL AND o.failed_at IS NULL AND (o.draws = 0 OR p.message IS NULL)",
        )
        .expect("prepared");
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("read");
    rows.map(|row| row.expect("read")).collect()
}

/// The bot's own messages, by the outbox row that each is marked with. What answers an interaction is none.
pub fn markers(server: &Handle) -> BTreeMap<i64, Vec<Id>> {
    server.read(|world| {
        let bot = world.bot();
        let mut all: BTreeMap<i64, Vec<Id>> = BTreeMap::new();
        let ours = world.all_messages().filter(|m| m.author == bot && m.interaction.is_none());
        for message in ours {
            if let Some(outbox) = marker_of(message) {
                all.entry(outbox).or_default().push(message.id);
            }
        }
        all
    })
}

fn marker_of(message: &Message) -> Option<i64> {
    let by_button = message.controls().find_map(|c| marker::of_custom_id(c["custom_id"].as_str()?));
    let footers = || message.embeds.iter().filter_map(|e| e["footer"]["text"].as_str());
    by_button.or_else(|| footers().find_map(marker::of_footer))
}

/// The cases to work on next: open ones for which nobody has asked yet.
pub fn cases(database: &Connection) -> Vec<Case> {
    let mut rows = database
        .prepare(
            "SELECT letter || '-' || number, name FROM records r
             WHERE status = 'opened' AND NOT EXISTS (SELECT 1 FROM approvals a WHERE a.record = r.id)
             ORDER BY id DESC LIMIT 40",
        )
        .expect("prepared");
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?))).expect("read");
    rows.map(|row| row.expect("read"))
        .filter_map(|(handle, name)| {
            let serial = serial_of(&name)?;
            Some(Case { handle, owner: owner(serial), valuable: valuable(serial) })
        })
        .collect()
}

/// The requests that a manager sees waiting.
pub fn waiting(server: &Handle) -> Vec<Waiting> {
    let approve = |message: &Message| {
        let button = message.controls().find(|c| c["label"] == "Approve")?;
        let title = message.embeds.first()?["title"].as_str()?;
        let handle = title.split_whitespace().find(|word| word.starts_with("K-"))?;
        Some(Waiting {
            message: message.id,
            custom_id: button["custom_id"].as_str()?.to_owned(),
            handle: handle.to_owned(),
        })
    };
    let mut seen = HashSet::new();
    let mut all: Vec<_> = server.messages("approvals").iter().filter_map(approve).collect();
    all.retain(|request| seen.insert(request.handle.clone()));
    all
}
