//! Several records of one company that all wait (D41): a sign about the company rather than about any of them.
//!
//! It is said at the moment when it becomes so, whatever made it so: the last one came to wait, or was made so, got the
//! company's name, or the one that was still open was closed or went into another. Before that write it was not so, which
//! is told from the record as it was; so it is said once, and again only after it was no longer so, and then only of other
//! records than before (whoever says it keeps which).

use super::ids::{PlaybookId, RecordId, RecordRef, StatusId};
use super::likeness;
use super::playbook::{Class, Cluster, Playbook};
use super::record::Record;

/// One of a company's records.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// Its id; the oldest has the lowest.
    pub id: RecordId,
    /// What people call it.
    pub handle: RecordRef,
    /// Its rules.
    pub playbook: PlaybookId,
    /// Its status.
    pub status: StatusId,
}

impl Member {
    /// Of a record.
    pub fn of(record: &Record) -> Self {
        Self {
            id: record.id,
            handle: record.handle,
            playbook: record.playbook.clone(),
            status: record.status.clone(),
        }
    }
}

/// The key of the company whose records this one is counted with; `None`: with none, as it names none, or is merged or
/// erased.
pub fn company(record: &Record) -> Option<String> {
    record.contact.company.as_deref().and_then(likeness::company).filter(|_| record.ended.is_none())
}

/// The companies for which a write may have made it so.
pub fn companies(before: Option<&Record>, after: &Record) -> Vec<String> {
    let (was, is) = (before.and_then(company), company(after));
    let same = was == is && before.is_some_and(|before| before.status == after.status);
    let mut keys: Vec<String> = if same { Vec::new() } else { was.into_iter().chain(is).collect() };
    keys.dedup();
    keys
}

/// All of a company's records that are not closed, the oldest first, where they are so many as it takes and all wait;
/// `None`: it is not so. `all` are the company's.
pub fn all_wait(
    all: impl IntoIterator<Item = Member>,
    playbook: &Playbook,
    least: u32,
) -> Option<Vec<Member>> {
    let cluster = playbook.cluster.as_ref()?;
    let waits = |member: &Member| cluster.statuses.contains(&member.status);
    let closed = |member: &Member| {
        let class = playbook.status(&member.status).map(|status| status.class);
        matches!(class, Some(Class::Won | Class::Lost | Class::Excluded))
    };
    let mut all: Vec<Member> =
        all.into_iter().filter(|m| m.playbook == playbook.id && (waits(m) || !closed(m))).collect();
    all.sort();
    (all.len() >= least as usize && all.iter().all(waits)).then_some(all)
}

/// What a write of a record made of a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arisen<'a> {
    /// Its records, the oldest first.
    pub all: Vec<Member>,
    /// What is to be done about it.
    pub cluster: &'a Cluster,
}

/// Whether a write has made it so of the company with the key; `others` are its records beside the one that is written.
pub fn arises<'a>(
    key: &str,
    before: Option<&Record>,
    after: &Record,
    others: &[Member],
    playbook: &'a Playbook,
    least: u32,
) -> Option<Arisen<'a>> {
    let of_it = |record: &&Record| company(record).as_deref() == Some(key);
    let with = |record: Option<&Record>| {
        let own = record.filter(of_it).map(Member::of);
        all_wait(others.iter().cloned().chain(own), playbook, least)
    };
    if with(before).is_some() {
        return None;
    }
    Some(Arisen { all: with(Some(after))?, cluster: playbook.cluster.as_ref()? })
}
