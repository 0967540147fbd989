//! What a group's jobs named, into the overlay: one statement per table that was named, whatever the size of the
//! group.

use serde::Serialize;
use sqlx::Row as _;

use super::batch::{Batch, Needs};
use super::sqlite::{self, Tx};
use super::{StoreError, decode};
use crate::domain::ids::{ApprovalId, RecordId, WorkspaceId};

/// Loads everything, marks the inputs, takes due entries off the list.
pub(super) async fn load(batch: &mut Batch, tx: &mut Tx<'_>, needs: &[Needs]) -> Result<(), StoreError> {
    numbers(batch, tx, needs).await?;
    let popped = pop(batch, tx, needs).await?;
    let external = externals(batch, tx, needs).await?;
    let mut ids: Vec<RecordId> = needs.iter().flat_map(|n| n.records.iter().copied()).collect();
    ids.extend(popped.iter().map(|(_, record)| *record));
    ids.extend(external);
    let approvals: Vec<ApprovalId> = needs.iter().flat_map(|n| n.approvals.iter().copied()).collect();
    let broken = inputs_and_records(batch, tx, needs, &ids, &approvals).await?;
    for (due_at, record) in popped {
        // Set aside: it is off the list now, and the clocks of all others go on.
        if broken.contains(&record) {
            continue;
        }
        batch.unarm(record, due_at)?;
        if !batch.popped.contains(&record) {
            batch.popped.push_back(record);
        }
    }
    super::keys::load(batch, tx, needs).await?;
    super::keys::companies(batch, tx, needs).await?;
    requests(batch, tx, approvals).await?;
    drafts(batch, tx, needs).await?;
    super::outside::load(batch, tx, needs).await?;
    jobs(batch, tx, needs).await
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    decode::encode("argument", value)
}

async fn numbers(batch: &mut Batch, tx: &mut Tx<'_>, needs: &[Needs]) -> Result<(), StoreError> {
    let mut missing = Vec::new();
    for key in needs.iter().filter_map(|n| n.numbering) {
        match batch.base.numbers.get(&key) {
            Some(next) => {
                batch.numbers.insert(key, *next);
            }
            None => missing.push(key),
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    for row in sqlx::query(sqlite::LOAD_NUMBERS).bind(json(&missing)?).fetch_all(&mut **tx).await? {
        let letter: &str = row.try_get(1)?;
        let highest: i64 = row.try_get(2)?;
        let letter = letter.chars().next().ok_or_else(|| decode::corrupt("letter", "it is empty"))?;
        let next = u32::try_from(highest + 1).map_err(|e| decode::corrupt("number", e))?;
        batch.numbers.insert((WorkspaceId(row.try_get(0)?), letter), next);
    }
    Ok(())
}

async fn pop(batch: &Batch, tx: &mut Tx<'_>, needs: &[Needs]) -> Result<Vec<(i64, RecordId)>, StoreError> {
    let limit: i64 = needs.iter().filter_map(|n| n.due).map(i64::from).sum();
    if limit == 0 {
        return Ok(Vec::new());
    }
    let now = batch.now().timestamp_millis();
    let rows = sqlx::query_as(sqlite::POP_DUE).bind(now).bind(limit).fetch_all(&mut **tx).await?;
    let mut popped: Vec<_> =
        rows.into_iter().map(|(at, record): (i64, i64)| (at, RecordId(record))).collect();
    // What a DELETE returns comes in no promised order.
    popped.sort_unstable();
    Ok(popped)
}

/// Gives the records that came up by their time alone and cannot be read. One that a job named is an error.
async fn inputs_and_records(
    batch: &mut Batch,
    tx: &mut Tx<'_>,
    needs: &[Needs],
    ids: &[RecordId],
    approvals: &[ApprovalId],
) -> Result<Vec<RecordId>, StoreError> {
    let mut broken = Vec::new();
    let handles: Vec<_> = needs
        .iter()
        .flat_map(|n| n.handles.iter())
        .map(|(workspace, handle)| (workspace, handle.letter, handle.number))
        .collect();
    let named: Vec<_> = needs.iter().filter_map(|n| n.inbox.as_ref()).collect();
    if named.is_empty() && ids.is_empty() && handles.is_empty() && approvals.is_empty() {
        return Ok(broken);
    }
    let inputs: Vec<_> = named.iter().map(|(source, id)| (source, id, batch.operational)).collect();
    let rows = sqlx::query(sqlite::LOAD)
        .bind(json(&inputs)?)
        .bind(json(ids)?)
        .bind(json(&handles)?)
        .bind(json(approvals)?)
        .fetch_all(&mut **tx)
        .await?;
    batch.inputs.extend(named.iter().map(|input| ((*input).clone(), true)));
    for row in &rows {
        if row.len() == sqlite::INPUT_COLUMNS {
            let (source, id): (&str, String) = (row.try_get(0)?, row.try_get(1)?);
            // Only the source has to be found again as the static word that it is.
            if let Some((source, _)) = named.iter().find(|(s, _)| *s == source) {
                batch.inputs.insert((source, id), false);
            }
        } else {
            match decode::record(row) {
                Ok(stored) => batch.insert_loaded(stored),
                Err(error) => {
                    let id = RecordId(row.try_get(0)?);
                    let named = needs.iter().any(|n| n.records.contains(&id));
                    if named || !ids.contains(&id) {
                        return Err(error);
                    }
                    tracing::error!(record = %id, %error, "a record's clocks are set aside");
                    broken.push(id);
                }
            }
        }
    }
    Ok(broken)
}

async fn requests(batch: &mut Batch, tx: &mut Tx<'_>, mut ids: Vec<ApprovalId>) -> Result<(), StoreError> {
    let waiting = batch.records.values().filter_map(|l| l.stored.row.record.pending.as_ref());
    ids.extend(waiting.map(|pending| pending.approval));
    if ids.is_empty() {
        return Ok(());
    }
    for row in &sqlx::query(sqlite::LOAD_APPROVALS).bind(json(&ids)?).fetch_all(&mut **tx).await? {
        let approval = decode::approval(row)?;
        batch.approvals.insert(approval.id, approval);
    }
    Ok(())
}

async fn drafts(batch: &mut Batch, tx: &mut Tx<'_>, needs: &[Needs]) -> Result<(), StoreError> {
    let ids: Vec<_> = needs.iter().flat_map(|n| n.drafts.iter()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    for row in &sqlx::query(sqlite::LOAD_DRAFTS).bind(json(&ids)?).fetch_all(&mut **tx).await? {
        let draft = decode::draft(row)?;
        batch.drafts.insert(draft.id, draft);
    }
    Ok(())
}

async fn jobs(batch: &mut Batch, tx: &mut Tx<'_>, needs: &[Needs]) -> Result<(), StoreError> {
    let ids: Vec<_> = needs.iter().flat_map(|n| n.jobs.iter()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    for row in &sqlx::query(sqlite::LOAD_JOBS).bind(json(&ids)?).fetch_all(&mut **tx).await? {
        let job = decode::job(row)?;
        batch.jobs.insert(job.id, job);
    }
    Ok(())
}

/// Finds the records of other systems' ids; gives them, to be loaded.
async fn externals(batch: &mut Batch, tx: &mut Tx<'_>, needs: &[Needs]) -> Result<Vec<RecordId>, StoreError> {
    let wanted = needs.iter().flat_map(|n| &n.externals);
    let wanted: Vec<_> = wanted
        .flat_map(|(workspace, letter, ids)| ids.iter().map(move |id| (workspace, letter, id)))
        .collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut records = Vec::new();
    for row in &sqlx::query(sqlite::LOAD_EXTERNALS).bind(json(&wanted)?).fetch_all(&mut **tx).await? {
        let letter: &str = row.try_get(1)?;
        let letter = letter.chars().next().ok_or_else(|| decode::corrupt("letter", "it is empty"))?;
        let record = RecordId(row.try_get(3)?);
        batch
            .externals
            .insert((WorkspaceId(row.try_get(0)?), letter, row.try_get(2)?), (record, row.try_get(4)?));
        records.push(record);
    }
    Ok(records)
}
