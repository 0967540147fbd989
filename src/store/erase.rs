//! Erasing (ruling 15): everything that somebody wrote about a record, wherever it is stored, in the transaction of the
//! event that says so. The record's own row is written by the batch as any other; here is the rest: its history,
//! requests, unfinished forms, unsent messages, held words, results of imports.
//!
//! Rare, so that it may read tables from end to end that hold little: requests, forms, and what has not left yet.

use std::collections::BTreeSet;

use sqlx::Row as _;

use super::batch::Batch;
use super::decode::{self, approval_columns};
use super::row::{ApprovalState, Row};
use super::sqlite::{self, Tx};
use super::{StoreError, flush};
use crate::domain::field::is_free_text;
use crate::domain::ids::{PersonId, PostId, RecordId, WorkspaceId};

/// What stands where something was erased.
const BLANK: &str = "…";
/// Shorter texts are in too many others to be looked for.
const SHORTEST: usize = 3;

/// One record to erase.
#[derive(Debug, Clone)]
pub(super) struct Erased {
    record: RecordId,
    workspace: WorkspaceId,
    /// Its card, whose thread has unsent lines perhaps.
    card: Option<PostId>,
    /// What it was called and reached by, as it stands within JSON.
    words: BTreeSet<String>,
}

impl Batch {
    /// Blanks everything that is stored about a record beside its row, when the group commits. The row as it was before
    /// says what is looked for.
    pub fn erase(&mut self, row: &Row) {
        let contact = &row.record.contact;
        let texts =
            [Some(&contact.name), contact.company.as_ref(), contact.email.as_ref(), contact.phone.as_ref()];
        let words = texts.into_iter().flatten().filter(|text| text.chars().count() >= SHORTEST);
        let erased = Erased {
            record: row.record.id,
            workspace: row.record.workspace,
            card: row.chat.card,
            words: words.filter_map(|text| in_json(text)).collect(),
        };
        self.drop_facts(&erased.words, erased.card);
        self.drop_held(erased.workspace, erased.record);
        self.writes.erased.push(erased);
    }

    /// A record went into another one: its handle leads there from now on.
    pub fn merged(&mut self, from: RecordId, into: RecordId) {
        self.writes.merged.push((from, into));
    }

    /// What waits to be told about it (X6), with the words that are in it.
    fn drop_held(&mut self, workspace: WorkspaceId, record: RecordId) {
        let people: BTreeSet<PersonId> = self
            .attention
            .keys()
            .chain(self.base.attention.keys())
            .filter(|key| key.0 == workspace)
            .map(|key| key.1)
            .collect();
        for person in people {
            let mut attention = self.attention(workspace, person);
            let before = attention.held.len();
            attention.held.retain(|held| held.record != record);
            if attention.held.len() != before {
                self.set_attention(workspace, person, attention);
            }
        }
    }

    /// What earlier jobs of the group were about to say.
    fn drop_facts(&mut self, words: &BTreeSet<String>, card: Option<PostId>) {
        self.writes.facts.retain(|fact| card.is_none() || fact.place.thread_of() != card);
        for fact in &mut self.writes.facts {
            fact.body = blanked(&fact.body, words);
        }
    }
}

/// A text as it stands within a JSON string.
fn in_json(text: &str) -> Option<String> {
    let quoted = serde_json::to_string(text).ok()?;
    Some(quoted.trim_start_matches('"').trim_end_matches('"').to_owned())
}

fn blanked(body: &str, words: &BTreeSet<String>) -> String {
    // The longest first: a name may be part of an address.
    let mut words: Vec<&String> = words.iter().collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.into_iter().fold(body.to_owned(), |body, word| body.replace(word.as_str(), BLANK))
}

/// Blanks.
pub(super) async fn flush(erased: &[Erased], tx: &mut Tx<'_>) -> Result<(), StoreError> {
    for one in erased {
        history(one, tx).await?;
        requests(one, tx).await?;
        forms(one, tx).await?;
        unsent(one, tx).await?;
        ledger(one, tx).await?;
        results(one, tx).await?;
    }
    Ok(())
}

/// The events keep what happened, not what was written.
async fn history(erased: &Erased, tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let rows = sqlx::query(sqlite::EVENTS_OF).bind(erased.record.0).fetch_all(&mut **tx).await?;
    for row in &rows {
        let (id, body): (i64, &str) = (row.try_get(0)?, row.try_get(1)?);
        let before = decode::event(id, body)?;
        let mut event = before.clone();
        event.blank();
        if event != before {
            let body = decode::encode("event", &event)?;
            sqlx::query("UPDATE events SET body = $2 WHERE id = $1")
                .bind(id)
                .bind(body)
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(())
}

async fn requests(erased: &Erased, tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let rows = sqlx::query(concat!("SELECT ", approval_columns!(), " FROM approvals a WHERE a.record = $1"))
        .bind(erased.record.0)
        .fetch_all(&mut **tx)
        .await?;
    for row in &rows {
        let mut request = decode::approval(row)?;
        request.data.retain(|_, value| !is_free_text(value));
        match &mut request.state {
            ApprovalState::Rejected { reason, .. } => BLANK.clone_into(reason),
            ApprovalState::Waiting | ApprovalState::Approved { .. } | ApprovalState::Withdrawn { .. } => {}
        }
        sqlx::query("UPDATE approvals SET data = $2, state = $3 WHERE id = $1")
            .bind(request.id.0)
            .bind(decode::encode("approval", &request.data)?)
            .bind(decode::encode("approval", &request.state)?)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Unfinished forms of the record, and those that name it.
async fn forms(erased: &Erased, tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let rows = sqlx::query("SELECT id, body FROM drafts WHERE workspace = $1")
        .bind(erased.workspace.0)
        .fetch_all(&mut **tx)
        .await?;
    let of_it = [format!("\"record\":{}}}", erased.record), format!("\"record\":{},", erased.record)];
    let mut gone = Vec::new();
    for row in &rows {
        let body: &str = row.try_get(1)?;
        if of_it.iter().chain(&erased.words).any(|word| body.contains(word.as_str())) {
            gone.push(row.try_get::<i64, _>(0)?);
        }
    }
    flush::write(tx, sqlite::DROP_DRAFTS, &gone).await
}

/// Lines of its thread that have not left go; other messages lose its name. What has left is blanked already.
async fn unsent(erased: &Erased, tx: &mut Tx<'_>) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM outbox WHERE draws = 0 AND sent_at IS NULL AND post = $1")
        .bind(erased.card.map(|card| card.0))
        .execute(&mut **tx)
        .await?;
    let rows =
        sqlx::query("SELECT id, body FROM outbox WHERE workspace = $1 AND draws = 0 AND sent_at IS NULL")
            .bind(erased.workspace.0)
            .fetch_all(&mut **tx)
            .await?;
    for row in &rows {
        let (id, body): (i64, &str) = (row.try_get(0)?, row.try_get(1)?);
        let blank = blanked(body, &erased.words);
        if blank != body {
            sqlx::query("UPDATE outbox SET body = $2 WHERE id = $1")
                .bind(id)
                .bind(blank)
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(())
}

/// The company's name, of points that are taken back by now: no sum changes.
async fn ledger(erased: &Erased, tx: &mut Tx<'_>) -> Result<(), StoreError> {
    // What the CRM has is the CRM's; what it has not is not sent.
    sqlx::query("DELETE FROM crm_notes WHERE record = $1").bind(erased.record.0).execute(&mut **tx).await?;
    sqlx::query("UPDATE points SET company = NULL, company_key = NULL WHERE record = $1")
        .bind(erased.record.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What long work had to tell of single rows of a file. (The file itself goes when the work ends.)
async fn results(erased: &Erased, tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "SELECT l.job, l.line, l.body FROM job_lines l JOIN jobs j ON j.id = l.job WHERE j.workspace = $1",
    )
    .bind(erased.workspace.0)
    .fetch_all(&mut **tx)
    .await?;
    for row in &rows {
        let (job, line, body): (i64, i64, &str) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let blank = blanked(body, &erased.words);
        if blank != body {
            sqlx::query("UPDATE job_lines SET body = $3 WHERE job = $1 AND line = $2")
                .bind(job)
                .bind(line)
                .bind(blank)
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(())
}
