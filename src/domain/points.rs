//! The ledger of points (A3, A7): one entry for every point given and every point taken back, so that each sum has its
//! reasons. An entry follows from what a record stands for before and after something happened; it is written in the
//! transaction of the event that it names, and never changed.

use chrono::{DateTime, Utc};

use super::event::{Event, EventKind};
use super::ids::{EventId, PersonId, RecordId, StatusId, WorkspaceId};
use super::record::{Credit, Record};

/// Why points came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The record entered the status.
    Entered,
    /// It left it (ruling 12).
    Left,
    /// Somebody took a command back (ruling 12).
    Undone,
    /// It went into another record, which stands for itself (ruling 15).
    Merged,
    /// It was erased (ruling 15).
    Erased,
    /// Its company has another name now: the points go along.
    Renamed,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// Where.
    pub workspace: WorkspaceId,
    /// For which record.
    pub record: RecordId,
    /// By which event.
    pub event: EventId,
    /// When.
    pub at: DateTime<Utc>,
    /// Whose points.
    pub person: Option<PersonId>,
    /// Which company's, as it was written; none once it is erased.
    pub company: Option<String>,
    /// How many: below 0, they are taken back.
    pub delta: i64,
    /// For which status.
    pub status: StatusId,
    /// Why.
    pub why: Why,
}

/// What points are added up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Board {
    /// By person.
    #[default]
    Person,
    /// By company.
    Company,
}

/// A line of the leaderboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// Whose, where added up by person.
    pub person: Option<PersonId>,
    /// Which company's, where by company.
    pub company: Option<String>,
    /// The newest entry behind it: it names the company.
    pub newest: i64,
    /// The sum.
    pub points: i64,
}

/// What is to be written: points, the company as it is called, why, and the place of the event among those given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which points.
    pub credit: Credit,
    /// The company.
    pub company: Option<String>,
    /// Given, or taken back.
    pub gives: bool,
    /// Why.
    pub why: Why,
    /// The event that brought it about, as its place in the list; `None`: none did.
    pub event: Option<usize>,
}

/// What happened to a record's points. Whatever it stood for and stands for no more is taken back, whatever it stands for
/// anew is given: the ledger's sum is what the records stand for, whichever way they came there.
pub fn changes(before: Option<&Record>, after: &Record, events: &[Event]) -> Vec<Change> {
    let company_before = before.and_then(|record| record.contact.company.as_ref());
    let company = after.contact.company.as_ref();
    let credits = before.map_or(&[][..], |record| &record.credits);
    let stays = |credit: &Credit, others: &[Credit]| company_before == company && others.contains(credit);
    let gone = credits.iter().filter(|credit| !stays(credit, &after.credits)).map(|credit| {
        let (why, event) = why(events, taken);
        Change { credit: credit.clone(), company: company_before.cloned(), gives: false, why, event }
    });
    let new = after.credits.iter().filter(|credit| !stays(credit, credits)).map(|credit| {
        let (why, event) = why(events, given);
        Change { credit: credit.clone(), company: company.cloned(), gives: true, why, event }
    });
    gone.chain(new).collect()
}

/// The last event that explains it; where none does, the company is called otherwise.
fn why(events: &[Event], explains: fn(&EventKind) -> Option<Why>) -> (Why, Option<usize>) {
    let found = events.iter().enumerate().rev().find_map(|(at, event)| Some((explains(&event.kind)?, at)));
    match found {
        Some((why, at)) => (why, Some(at)),
        None => (Why::Renamed, events.len().checked_sub(1)),
    }
}

fn taken(kind: &EventKind) -> Option<Why> {
    match kind {
        EventKind::Moved(moved) if moved.enters() => Some(Why::Left),
        EventKind::Undone(_) => Some(Why::Undone),
        EventKind::Merged { .. } => Some(Why::Merged),
        EventKind::Erased => Some(Why::Erased),
        _ => None,
    }
}

fn given(kind: &EventKind) -> Option<Why> {
    match kind {
        EventKind::Credited(_) => Some(Why::Entered),
        EventKind::Undone(_) => Some(Why::Undone),
        _ => None,
    }
}
