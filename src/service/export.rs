//! Records into a file: `/lead export`. What is exported can be imported again and gives the same records: the columns
//! are called as [`super::import::mapping`] calls them, formulas are made text (and come back), and a record that no
//! other system named is named by this workspace.
//!
//! Who may: managers and admins, since a file leaves the house.

use super::head::{self, Head};
use super::import::apply::own_prefix;
use super::import::mapping::{Shape, target, targets};
use super::import::table;
use super::{App, Fault, query, replies, resolve};
use crate::chat::intent::ListFilters;
use crate::chat::message::{FILE_BYTES, Reply};
use crate::chat::render;
use crate::domain::field::{FieldValue, builtin};
use crate::domain::ids::{FieldId, WorkspaceId};
use crate::domain::playbook::{Class, Playbook};
use crate::domain::record::Record;
use crate::domain::rejection::Rejection;
use crate::domain::workspace::Workspace;
use crate::store::StoreError;
use crate::store::read::Filter;

/// So many records are read at once.
const AT_ONCE: u64 = 500;

/// `/lead export`.
pub async fn export(app: &App, head: &Head, noun: &str, filters: ListFilters) -> Result<Reply, Fault> {
    let pipeline = filters.pipeline.as_deref();
    let playbook = match resolve::playbook(app, head, noun, pipeline) {
        Ok(playbook) => playbook,
        Err(sentence) => return Ok(replies::mistake(&sentence)),
    };
    let workspace = head::with_person(app.store().workspace(head.workspace), head);
    let team = workspace.team_of(head.person()).id;
    if !workspace.is_manager(head.person(), team) && !workspace.is_admin(head.person()) {
        let why = Rejection::NeedsManager { team, managers: workspace.managers(team) };
        return Ok(replies::refusal(app, head, Some(playbook), &why));
    }
    let filter = match query::narrowed(app, head, &playbook, &workspace, &filters) {
        Ok((filter, _)) => filter,
        Err(reply) => return Ok(*reply),
    };
    let mut text = Vec::new();
    let plural = playbook.noun.plural.clone();
    let written = write(app, &workspace, &playbook, &filter, FILE_BYTES, &mut text).await?;
    Ok(Reply::Private(match written {
        Written::All(0) => render::import::nothing_to_export(&plural),
        Written::All(rows) => {
            let text = String::from_utf8(text).unwrap_or_default();
            render::import::exported(rows, &playbook.noun, format!("{plural}.csv"), text)
        }
        Written::TooMuch { rows } => render::import::export_too_large(rows),
    }))
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// All of so many rows.
    All(u64),
    /// It would be more bytes than were allowed.
    TooMuch {
        /// How many rows there are.
        rows: u64,
    },
}

/// Writes the records that fit a filter, in the order of their numbers.
pub async fn write(
    app: &App,
    workspace: &Workspace,
    playbook: &Playbook,
    filter: &Filter,
    most_bytes: usize,
    to: &mut Vec<u8>,
) -> Result<Written, StoreError> {
    let mut columns = vec![target::RECORD.to_owned()];
    let fields = targets(Shape::Records, playbook);
    columns.extend(fields.into_iter().filter(|word| word != builtin::NOTE));
    push(to, &table::line(columns.iter().map(String::as_str)));
    let mut rows = 0;
    let mut after = crate::domain::ids::RecordId(0);
    loop {
        let found = app.store().records_after(workspace.id, filter, after, AT_ONCE).await?;
        let Some(last) = found.last() else { return Ok(Written::All(rows)) };
        after = last.record.id;
        let ids: Vec<_> = found.iter().map(|row| row.record.id).collect();
        let external = app.store().external_ids(&ids).await?;
        for row in &found {
            let id = external.get(&row.record.id).cloned();
            let id = id.unwrap_or_else(|| own_id(workspace.id, &row.record));
            let cells: Vec<_> =
                columns.iter().map(|word| cell(word, &id, &row.record, workspace, playbook)).collect();
            push(to, &table::line(cells.iter().map(String::as_str)));
            rows += 1;
        }
        if to.len() > most_bytes {
            let rows = app.store().list(workspace.id, filter, 0, 1).await?.total;
            return Ok(Written::TooMuch { rows });
        }
    }
}

fn push(to: &mut Vec<u8>, line: &str) {
    to.extend_from_slice(line.as_bytes());
    to.push(b'\n');
}

fn own_id(workspace: WorkspaceId, record: &Record) -> String {
    format!("{}{}", own_prefix(workspace), record.handle)
}

fn cell(word: &str, id: &str, record: &Record, workspace: &Workspace, playbook: &Playbook) -> String {
    match word {
        target::RECORD => record.handle.to_string(),
        target::ID => id.to_owned(),
        target::OWNER => record.owner.map(|owner| workspace.name_of(owner)).unwrap_or_default(),
        target::TEAM => workspace.team(record.team).name.clone(),
        target::STATUS => playbook.status_label(&record.status).to_owned(),
        target::STAGE => {
            record.stage.as_ref().map(|stage| playbook.stage_label(stage).to_owned()).unwrap_or_default()
        }
        // One that it was reopened from since is history.
        builtin::REASON if !ends(record, playbook) => String::new(),
        builtin::REASON => record.last_reason.as_ref().map(ToString::to_string).unwrap_or_default(),
        field => record.get(&FieldId::new(field)).map(|value| written(&value)).unwrap_or_default(),
    }
}

/// Whether the status that it stands in has a reason.
fn ends(record: &Record, playbook: &Playbook) -> bool {
    playbook.status(&record.status).is_some_and(|status| match status.class {
        Class::Lost | Class::Parked => true,
        Class::Open | Class::Won | Class::Excluded => false,
    })
}

/// A value as an import reads it.
fn written(value: &FieldValue) -> String {
    match value {
        FieldValue::Text(text) | FieldValue::Choice(text) => text.clone(),
        FieldValue::Money(money) => {
            let (units, cents) = (money.minor / 100, money.minor % 100);
            let code = money.currency.as_str();
            if cents == 0 { format!("{units} {code}") } else { format!("{units}.{cents:02} {code}") }
        }
        FieldValue::Number(number) => number.to_string(),
        FieldValue::Instant(at) => at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
    }
}
