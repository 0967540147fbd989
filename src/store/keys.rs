//! By what records are recognised ([`crate::domain::likeness`]): kept with each write of a contact, computed once for
//! the rows of versions before, and looked up for jobs that name them.

use std::collections::{BTreeSet, HashMap};

use sqlx::{Connection as _, Row as _, SqliteConnection};

use super::batch::{Batch, Needs};
use super::sqlite::{self, Tx};
use super::{StoreError, decode};
use crate::domain::cluster::Member;
use crate::domain::ids::{PlaybookId, RecordId, RecordRef, StatusId, WorkspaceId};
use crate::domain::record::Record;
use crate::domain::{cluster, likeness};
use crate::store::row::Row;

/// Rows that are computed in one transaction.
const CHUNK: i64 = 1_000;
/// From so many records on, it is not one company.
const MOST_OF_A_COMPANY: i64 = 200;

/// One entry of the table.
pub(super) type Key = (WorkspaceId, char, String, RecordId);

/// A company: workspace, letter, key.
type Company = (WorkspaceId, char, String);

/// What a write of a record changes in the table: entries that go, entries that come.
#[derive(Default)]
pub(super) struct Changes {
    pub gone: BTreeSet<Key>,
    pub new: BTreeSet<Key>,
}

impl Changes {
    fn note(&mut self, before: &BTreeSet<Key>, after: &BTreeSet<Key>) {
        for key in before.difference(after) {
            self.new.remove(key);
            self.gone.insert(key.clone());
        }
        for key in after.difference(before) {
            self.gone.remove(key);
            self.new.insert(key.clone());
        }
    }

    /// Writes them.
    pub async fn flush(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        for (statement, keys) in [(sqlite::DROP_KEYS, &self.gone), (sqlite::PUT_KEYS, &self.new)] {
            if !keys.is_empty() {
                sqlx::query(statement).bind(decode::encode("batch", keys)?).execute(&mut **tx).await?;
            }
        }
        Ok(())
    }
}

/// A record's entries.
fn entries(record: &Record) -> BTreeSet<Key> {
    let keyed = |key| (record.workspace, record.handle.letter, key, record.id);
    likeness::keys(record).into_iter().map(keyed).collect()
}

/// Loads the records that jobs asked for by key, so many per job at most.
pub(super) async fn load(batch: &mut Batch, tx: &mut Tx<'_>, needs: &[Needs]) -> Result<(), StoreError> {
    let mut ids = BTreeSet::new();
    for wanted in needs.iter().flat_map(|n| &n.alike) {
        if wanted.keys.is_empty() {
            continue;
        }
        let rows = sqlx::query(sqlite::ALIKE)
            .bind(wanted.workspace.0)
            .bind(wanted.letter.to_string())
            .bind(decode::encode("argument", &wanted.keys)?)
            .bind(i64::from(wanted.most))
            .fetch_all(&mut **tx)
            .await?;
        for row in &rows {
            let (key, record) = (row.try_get(0)?, RecordId(row.try_get(1)?));
            ids.insert(record);
            batch.known_by.entry((wanted.workspace, wanted.letter, key)).or_default().insert(record);
        }
    }
    ids.retain(|id| batch.record(*id).is_none());
    if ids.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query(sqlite::RECORDS_BY_ID)
        .bind(decode::encode("argument", &ids)?)
        .fetch_all(&mut **tx)
        .await?;
    for row in &rows {
        batch.insert_loaded(decode::record(row)?);
    }
    Ok(())
}

/// Who the records of companies are: of those that jobs named, and of those of the records that are loaded. One of very
/// many is none: what is written there is "none" or "private", not a company.
pub(super) async fn companies(batch: &mut Batch, tx: &mut Tx<'_>, needs: &[Needs]) -> Result<(), StoreError> {
    let named: Vec<_> = needs.iter().filter_map(|n| n.companies.as_ref()).collect();
    if named.is_empty() {
        return Ok(());
    }
    let keyed = |record: &Record| Some((record.workspace, record.handle.letter, cluster::company(record)?));
    let mut wanted: BTreeSet<_> =
        batch.records.values().filter_map(|loaded| keyed(&loaded.stored.row.record)).collect();
    wanted.extend(named.into_iter().flatten().cloned());
    if wanted.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query(sqlite::OF_COMPANIES)
        .bind(decode::encode("argument", &wanted)?)
        .bind(MOST_OF_A_COMPANY)
        .fetch_all(&mut **tx)
        .await?;
    let mut sizes: HashMap<Company, i64> = HashMap::new();
    for row in &rows {
        let (workspace, letter, key) =
            (WorkspaceId(row.try_get(0)?), letter(row.try_get(1)?)?, row.try_get(2)?);
        let number = u32::try_from(row.try_get::<i64, _>(4)?).map_err(|e| decode::corrupt("number", e))?;
        let member = Member {
            id: RecordId(row.try_get(3)?),
            handle: RecordRef { letter, number },
            playbook: PlaybookId::new(row.try_get::<&str, _>(5)?),
            status: StatusId::new(row.try_get::<&str, _>(6)?),
        };
        let company = (workspace, letter, key);
        batch.known_by.entry(company.clone()).or_default().insert(member.id);
        batch.members.insert(member.id, member);
        *sizes.entry(company).or_default() += 1;
    }
    wanted.retain(|company| sizes.get(company).is_none_or(|size| *size < MOST_OF_A_COMPANY));
    batch.companies.extend(wanted);
    Ok(())
}

fn letter(text: &str) -> Result<char, StoreError> {
    text.chars().next().ok_or_else(|| decode::corrupt("letter", "it is empty"))
}

impl Batch {
    /// All records of a company, as the jobs before left them, the oldest first; `None` where nobody asked for them
    /// (`Needs::companies`), or they are too many.
    pub fn of_company(&self, workspace: WorkspaceId, letter: char, key: &str) -> Option<Vec<Member>> {
        let company = (workspace, letter, key.to_owned());
        if !self.companies.contains(&company) {
            return None;
        }
        let known = self.known_by.get(&company).into_iter().flatten();
        let now = |id: &RecordId| match self.record(*id) {
            Some(row) => Some(Member::of(&row.record)),
            None => self.members.get(id).cloned(),
        };
        Some(known.filter_map(now).collect())
    }

    /// The records of a noun with one of the keys, as the jobs before left them, the oldest first. The keys must be
    /// named in the job's needs.
    pub fn alike(&self, workspace: WorkspaceId, letter: char, keys: &[String]) -> Vec<&Row> {
        let known = keys.iter().filter_map(|key| self.known_by.get(&(workspace, letter, key.clone())));
        let ids: BTreeSet<RecordId> = known.flatten().copied().collect();
        ids.into_iter().filter_map(|id| self.record(id)).collect()
    }

    /// A record is written: keeps what it is recognised by. Most writes leave its contact alone.
    pub(super) fn recognise(&mut self, after: &Record) {
        let before = self.record(after.id).map(|row| &row.record);
        let unchanged = |b: &Record| b.contact == after.contact && b.ended == after.ended;
        if before.is_some_and(unchanged) {
            return;
        }
        let before = before.map(entries).unwrap_or_default();
        let after = entries(after);
        for (workspace, letter, key, record) in before.difference(&after) {
            if let Some(known) = self.known_by.get_mut(&(*workspace, *letter, key.clone())) {
                known.remove(record);
            }
        }
        for (workspace, letter, key, record) in &after {
            self.known_by.entry((*workspace, *letter, key.clone())).or_default().insert(*record);
        }
        self.writes.keys.note(&before, &after);
    }
}

/// Computes the keys of the rows that an earlier version wrote. Broken off, it begins anew at the next start.
pub(super) async fn backfill(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let done: Option<i64> = sqlx::query_scalar("SELECT done FROM backfills WHERE name = 'contact_keys'")
        .fetch_optional(&mut *conn)
        .await?;
    if done != Some(0) {
        return Ok(());
    }
    let mut after = 0_i64;
    loop {
        let mut tx = conn.begin().await?;
        let rows = sqlx::query(sqlite::RECORDS_AFTER).bind(after).bind(CHUNK).fetch_all(&mut *tx).await?;
        let mut changes = Changes::default();
        for row in &rows {
            after = row.try_get(0)?;
            // One that cannot be read is set aside, as everywhere: nothing is recognised by it.
            match decode::record(row) {
                Ok(stored) => changes.note(&BTreeSet::new(), &entries(&stored.row.record)),
                Err(error) => {
                    tracing::error!(record = after, %error, "a record is not recognised by its contact");
                }
            }
        }
        changes.flush(&mut tx).await?;
        if rows.is_empty() {
            sqlx::query("UPDATE backfills SET done = 1 WHERE name = 'contact_keys'")
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        if rows.is_empty() {
            return Ok(());
        }
    }
}
