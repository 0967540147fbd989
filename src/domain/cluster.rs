//! Several records of one company that all wait (D41): a sign about the company rather than about any of them.
//!
//! It is said at the moment when it becomes so, which is always a move into one of the statuses: before it, that record
//! stood elsewhere. So it is said once, and again only after it was no longer so; nothing has to be remembered.

use super::ids::StatusId;
use super::likeness;
use super::playbook::{Class, Cluster, Playbook};
use super::record::Record;

/// The key of the company whose records this one is counted with; `None`: with none.
pub fn company(record: &Record) -> Option<String> {
    record.contact.company.as_deref().and_then(likeness::company).filter(|_| record.ended.is_none())
}

/// All records of the company, the oldest first, where the move from a status made it so; `others` are those of the
/// company beside the record itself.
pub fn arises<'a>(
    record: &'a Record,
    from: &StatusId,
    others: impl Iterator<Item = &'a Record>,
    playbook: &'a Playbook,
    least: u32,
) -> Option<(Vec<&'a Record>, &'a Cluster)> {
    let cluster = playbook.cluster.as_ref()?;
    let waits = |status: &StatusId| cluster.statuses.contains(status);
    if waits(from) || !waits(&record.status) {
        return None;
    }
    let class = |r: &Record| playbook.status(&r.status).map(|status| status.class);
    let counts = |r: &&Record| {
        let closed = matches!(class(r), Some(Class::Won | Class::Lost | Class::Excluded));
        r.id != record.id && r.playbook == playbook.id && r.ended.is_none() && (waits(&r.status) || !closed)
    };
    let mut all: Vec<_> = others.filter(counts).chain([record]).collect();
    all.sort_by_key(|r| r.id);
    let so = all.len() >= least as usize && all.iter().all(|r| waits(&r.status));
    so.then_some((all, cluster))
}
