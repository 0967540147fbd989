//! Lists and completions: which records a filter or a few typed letters mean.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Row as _};

use super::decode::{self, class_name, list_order, record_columns};
use super::read::{Filter, Page};
use super::row::Row;
use super::{Store, StoreError, sqlite};
use crate::domain::ids::{PersonId, PlaybookId, RecordId, RecordRef, WorkspaceId};

/// A condition's argument.
enum Argument {
    Number(i64),
    Text(String),
}

/// Conditions on `records r`, each with its arguments numbered on.
struct Conditions {
    sql: String,
    arguments: Vec<Argument>,
}

impl Conditions {
    /// Adds a condition; each `?` in it stands for the argument.
    fn and(&mut self, condition: &str, argument: Argument) {
        self.arguments.push(argument);
        let number = format!("${}", self.arguments.len());
        self.sql.push_str(" AND ");
        self.sql.push_str(&condition.replace('?', &number));
    }

    /// Adds that a column has one of the ids, each under its playbook; with no ids, nothing.
    fn and_one_of<'a>(&mut self, column: &str, ids: impl Iterator<Item = (&'a PlaybookId, &'a str)>) {
        let mut either = Vec::new();
        for (playbook, id) in ids {
            self.arguments.push(Argument::Text(playbook.as_str().to_owned()));
            self.arguments.push(Argument::Text(id.to_owned()));
            let last = self.arguments.len();
            either.push(format!("(r.playbook = ${} AND {column} = ${last})", last - 1));
        }
        if !either.is_empty() {
            self.sql.push_str(&format!(" AND ({})", either.join(" OR ")));
        }
    }
}

/// For `LIKE … ESCAPE '\'`: contains the text, in lower case.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.trim().to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// What was merged is listed by the record that it went into.
const IN_A_LIST: &str = "r.workspace = $1 AND NOT EXISTS (SELECT 1 FROM merged m WHERE m.record = r.id)";

fn conditions(workspace: WorkspaceId, filter: &Filter) -> Conditions {
    let mut all = Conditions { sql: IN_A_LIST.to_owned(), arguments: vec![Argument::Number(workspace.0)] };
    if let Some(letter) = filter.letter {
        all.and("r.letter = ?", Argument::Text(letter.to_string()));
    }
    if let Some(playbook) = &filter.playbook {
        all.and("r.playbook = ?", Argument::Text(playbook.as_str().to_owned()));
    }
    if let Some(team) = filter.team {
        all.and("r.team = ?", Argument::Number(team.0));
    }
    if let Some(owner) = filter.owner {
        all.and("r.owner = ?", Argument::Number(owner.0));
    }
    all.and_one_of("r.status", filter.statuses.iter().map(|(of, status)| (of, status.as_str())));
    all.and_one_of("r.stage", filter.stages.iter().map(|(of, stage)| (of, stage.as_str())));
    if !filter.classes.is_empty() {
        let names: Vec<_> = filter.classes.iter().map(|c| format!("'{}'", class_name(*c))).collect();
        // `class = 'open'` is what the index of open records says.
        let among =
            if let [name] = &names[..] { format!("= {name}") } else { format!("IN ({})", names.join(", ")) };
        all.sql.push_str(&format!(" AND r.class {among}"));
    }
    if let Some(company) = &filter.company {
        all.and("LOWER(r.company) LIKE ? ESCAPE '\\'", Argument::Text(containing(company)));
    }
    if let Some(text) = &filter.text {
        let condition = "(LOWER(r.name) LIKE ? ESCAPE '\\' OR LOWER(r.company) LIKE ? ESCAPE '\\' \
                         OR LOWER(r.letter || '-' || r.number) LIKE ? ESCAPE '\\')";
        all.and(condition, Argument::Text(containing(text)));
    }
    if let Some(instant) = filter.quiet_since {
        all.and("r.quiet_at < ?", Argument::Number(instant.timestamp_millis()));
    }
    all
}

impl Store {
    /// A page of records: the longest breached SLA first, then the nearest to a breach, then by the nearest due time,
    /// then the oldest.
    ///
    /// Which records stand on the page is found out first, with the few columns that order them; only those of the page
    /// are read whole. What is open is looked for in the index of open records alone, so that a page costs what the work
    /// at hand costs (an owner's or the workspace's), however much was closed over the years. No index holds the order
    /// itself: it would be written at each move.
    pub async fn list(
        &self,
        workspace: WorkspaceId,
        filter: &Filter,
        offset: u64,
        limit: u64,
    ) -> Result<Page, StoreError> {
        let Conditions { sql, arguments } = conditions(workspace, filter);
        let next = arguments.len() + 1;
        let from = sqlite::records_from(&filter.classes);
        let page = format!(
            concat!(
                "WITH page (id) AS (SELECT r.id FROM {} WHERE {} ORDER BY {} LIMIT ${} OFFSET ${}) SELECT ",
                record_columns!(),
                " FROM page JOIN records r ON r.id = page.id ORDER BY {}"
            ),
            from,
            sql,
            list_order!(),
            next,
            next + 1,
            list_order!(),
        );
        let count = format!("SELECT COUNT(*) FROM {from} WHERE {sql}");
        // Only fixed words are put together; everything from outside is an argument.
        let (mut rows, mut total) = (sqlx::query(AssertSqlSafe(page)), sqlx::query(AssertSqlSafe(count)));
        for argument in arguments {
            match argument {
                Argument::Number(number) => {
                    rows = rows.bind(number);
                    total = total.bind(number);
                }
                Argument::Text(text) => {
                    rows = rows.bind(text.clone());
                    total = total.bind(text);
                }
            }
        }
        let rows = rows
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .bind(i64::try_from(offset).unwrap_or(i64::MAX))
            .fetch_all(&self.readers)
            .await?;
        let total: i64 = total.fetch_one(&self.readers).await?.try_get(0)?;
        let rows = rows.iter().map(|row| Ok(decode::record(row)?.row)).collect::<Result<_, StoreError>>()?;
        Ok(Page { rows, total: u64::try_from(total).unwrap_or_default() })
    }

    /// The records after one, in the order in which they came; for what goes through all of them.
    pub async fn records_after(
        &self,
        workspace: WorkspaceId,
        filter: &Filter,
        after: RecordId,
        limit: u64,
    ) -> Result<Vec<Row>, StoreError> {
        let mut all = conditions(workspace, filter);
        all.and("r.id > ?", Argument::Number(after.0));
        let sql = format!(
            concat!("SELECT ", record_columns!(), " FROM records r WHERE {} ORDER BY r.id LIMIT ${}"),
            all.sql,
            all.arguments.len() + 1
        );
        // Only fixed words are put together; everything from outside is an argument.
        let mut rows = sqlx::query(AssertSqlSafe(sql));
        for argument in all.arguments {
            rows = match argument {
                Argument::Number(number) => rows.bind(number),
                Argument::Text(text) => rows.bind(text),
            };
        }
        let rows = rows.bind(i64::try_from(limit).unwrap_or(i64::MAX)).fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok(decode::record(row)?.row)).collect()
    }

    /// Up to `limit` records of a noun that are recognised by one of the keys
    /// ([`likeness`](crate::domain::likeness)).
    pub async fn alike(
        &self,
        workspace: WorkspaceId,
        letter: char,
        keys: &[String],
        limit: u32,
    ) -> Result<Vec<Row>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let found = sqlx::query(sqlite::ALIKE)
            .bind(workspace.0)
            .bind(letter.to_string())
            .bind(decode::encode("argument", keys)?)
            .bind(i64::from(limit))
            .fetch_all(&self.readers)
            .await?;
        let ids = found.iter().map(|row| Ok(RecordId(row.try_get(1)?)));
        self.records(&ids.collect::<Result<BTreeSet<_>, StoreError>>()?.into_iter().collect::<Vec<_>>()).await
    }

    /// Up to `limit` records whose handle, name or company starts with or contains the text: `first`'s own
    /// ones first, then the nearest due time; closed ones last. For autocompletion, so it is quick at a million
    /// rows: names and handles that *start* with the text are found everywhere, what *contains* it only among the
    /// person's newest 2,000 records and the workspace's newest 2,000.
    pub async fn search(
        &self,
        workspace: WorkspaceId,
        letter: char,
        text: &str,
        first: PersonId,
        limit: u32,
    ) -> Result<Vec<Row>, StoreError> {
        let text = text.trim();
        let number = text.parse::<u32>().ok().or_else(|| {
            RecordRef::parse(text)
                .filter(|handle| handle.letter == letter.to_ascii_uppercase())
                .map(|h| h.number)
        });
        let rows = sqlx::query(sqlite::SEARCH)
            .bind(workspace.0)
            .bind(letter.to_string())
            .bind(text)
            .bind(format!("{text}\u{10ffff}"))
            .bind(containing(text))
            .bind(first.0)
            .bind(number.map(i64::from))
            .bind(i64::from(limit))
            .fetch_all(&self.readers)
            .await?;
        let rows =
            rows.iter().map(|row| Ok(decode::record(row)?.row)).collect::<Result<Vec<_>, StoreError>>()?;
        // What was merged or erased is not offered: its handle still finds it.
        Ok(rows.into_iter().filter(|row: &Row| row.record.ended.is_none()).collect())
    }
}
