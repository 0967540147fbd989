//! One row, read: cells into values, by the kind of the field. Nothing is looked up in the database here.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::mapping::{Mapping, Shape, target};
use super::table::Table;
use crate::chat::render::import as words;
use crate::domain::calendar;
use crate::domain::field::Data;
use crate::domain::ids::{FieldId, StageId, StatusId};
use crate::domain::playbook::{FieldKind, Playbook};
use crate::service::fields::{Reading, is_called};

/// What a row says of a record.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RecordRow {
    /// Its line in the file.
    pub line: u64,
    /// Its id in the other system.
    pub id: Option<String>,
    /// Its fields; empty cells are left out.
    pub data: Data,
    /// Its owner's name.
    pub owner: Option<String>,
    /// Its team's name.
    pub team: Option<String>,
    /// Its status, as typed where none is called so.
    pub status: Option<StatusId>,
    /// Its stage, likewise.
    pub stage: Option<StageId>,
    /// A fingerprint of each cell by its target: what was seen of it (ruling 15).
    pub seen: BTreeMap<String, u32>,
    /// Why it cannot be read; one sentence.
    pub problem: Option<String>,
}

/// What a row says of a record's past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRow {
    /// Its line in the file.
    pub line: u64,
    /// The record's id in the other system.
    pub record: String,
    /// The status before.
    pub from: Option<StatusId>,
    /// The status after.
    pub to: StatusId,
    /// Who did it, by name.
    pub actor: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Which way round a column writes days and months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    DayFirst,
    MonthFirst,
    /// No date of the column tells.
    Unknown,
}

/// Reads the rows of one file.
pub struct Reader<'a> {
    table: &'a Table,
    mapping: &'a Mapping,
    reading: Reading<'a>,
    orders: Vec<Order>,
    /// Rows whose id an earlier one has: that one's line.
    doubles: HashMap<usize, u64>,
}

impl<'a> Reader<'a> {
    /// For a file; looks through its dates once.
    pub fn new(table: &'a Table, mapping: &'a Mapping, reading: Reading<'a>) -> Self {
        let is_date = |at: usize| match mapping.columns.get(at).and_then(Option::as_deref) {
            Some(target::AT) => mapping.shape == Shape::History,
            Some(word) => reading.playbook.field_called(word).is_some_and(|f| f.kind == FieldKind::Instant),
            None => false,
        };
        let order = |at: usize| if is_date(at) { order(table, at) } else { Order::Unknown };
        let orders = (0..table.headers.len()).map(order).collect();
        let ids = mapping.place(target::ID).filter(|_| mapping.shape == Shape::Records);
        let doubles = ids.map_or_else(HashMap::new, |column| doubles(table, column));
        Self { table, mapping, reading, orders, doubles }
    }

    /// A row's line in the file.
    pub fn line(&self, at: usize) -> u64 {
        self.table.rows[at].0
    }

    /// A row's cells as they are.
    pub fn cells(&self, at: usize) -> &'a [String] {
        &self.table.rows[at].1
    }

    /// The cell of a target.
    pub fn cell(&self, at: usize, word: &str) -> Option<&'a str> {
        self.cells(at).get(self.mapping.place(word)?).map(String::as_str)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.table.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.table.rows.is_empty()
    }

    /// A row that says something of a record.
    pub fn record(&self, at: usize) -> RecordRow {
        let (line, cells) = &self.table.rows[at];
        let mut row = RecordRow { line: *line, ..RecordRow::default() };
        let playbook = self.reading.playbook;
        if let (Some(first), Some(id)) = (self.doubles.get(&at), self.cell(at, target::ID)) {
            row.problem = Some(words::twice(id, *first));
        }
        let mapped = self.mapping.columns.iter().zip(cells).enumerate();
        let mut typed = Vec::new();
        for (column, (word, cell)) in mapped {
            let Some(word) = word.as_deref() else { continue };
            if cell.is_empty() {
                continue;
            }
            row.seen.insert(word.to_owned(), fingerprint(cell));
            match word {
                target::ID => row.id = Some(cell.clone()),
                target::OWNER => row.owner = Some(cell.clone()),
                target::TEAM => row.team = Some(cell.clone()),
                target::STATUS => row.status = Some(status(playbook, cell)),
                target::STAGE => row.stage = Some(stage(playbook, cell)),
                field => typed.push((column, field, cell)),
            }
        }
        for (column, field, cell) in typed {
            match self.field(column, field, cell, row.status.as_ref()) {
                Ok((field, value)) => {
                    row.data.insert(field, value);
                }
                Err(sentence) => {
                    row.problem.get_or_insert(sentence);
                }
            }
        }
        row
    }

    fn field(
        &self,
        column: usize,
        word: &str,
        cell: &str,
        to: Option<&StatusId>,
    ) -> Result<(FieldId, crate::domain::field::FieldValue), String> {
        use crate::domain::field::FieldValue;
        let field = self.reading.playbook.field_called(word).ok_or_else(|| words::unknown_field(word))?;
        let value = match &field.kind {
            FieldKind::Instant => FieldValue::Instant(self.instant(column, cell)?),
            FieldKind::Text
            | FieldKind::Long
            | FieldKind::Email
            | FieldKind::Phone
            | FieldKind::Money
            | FieldKind::Number
            | FieldKind::Choice(_)
            | FieldKind::Reason => Reading { to, ..self.reading }.field(field, cell)?,
        };
        Ok((field.id.clone(), value))
    }

    /// A row that says something of a record's past.
    pub fn step(&self, at: usize) -> Result<StepRow, String> {
        let (line, cells) = &self.table.rows[at];
        let cell = |word| {
            let place = self.mapping.place(word)?;
            cells.get(place).filter(|cell| !cell.is_empty()).map(|cell| (place, cell))
        };
        let need = |word| cell(word).ok_or_else(|| words::empty_cell(word));
        let playbook = self.reading.playbook;
        let (column, when) = need(target::AT)?;
        Ok(StepRow {
            line: *line,
            record: need(target::RECORD)?.1.clone(),
            from: cell(target::FROM).map(|(_, typed)| status(playbook, typed)),
            to: status(playbook, need(target::TO)?.1),
            actor: cell(target::ACTOR).map(|(_, name)| name.clone()),
            at: self.instant(column, when)?,
        })
    }

    /// A date or a time of a file: ISO, RFC 3339, day and month the way round that the column shows, and whatever people
    /// type.
    fn instant(&self, column: usize, cell: &str) -> Result<DateTime<Utc>, String> {
        if let Ok(at) = DateTime::parse_from_rfc3339(cell) {
            return Ok(at.to_utc());
        }
        let (date, time) = cell.split_once([' ', 'T']).map_or((cell, None), |(d, t)| (d, Some(t)));
        let Some(parts) = parts(date) else { return self.reading.instant(cell) };
        let date = match parts {
            [year, month, day] if year > 31 => NaiveDate::from_ymd_opt(year.cast_signed(), month, day),
            [first, second, year] => {
                let year = if year < 100 { year + 2000 } else { year };
                match self.orders[column] {
                    Order::DayFirst => NaiveDate::from_ymd_opt(year.cast_signed(), second, first),
                    Order::MonthFirst => NaiveDate::from_ymd_opt(year.cast_signed(), first, second),
                    Order::Unknown => return Err(words::either_way_round(cell)),
                }
            }
        };
        let time = match time {
            None => NaiveTime::from_hms_opt(9, 0, 0),
            Some(text) => ["%H:%M:%S%.f", "%H:%M", "%I:%M %p", "%I:%M:%S %p"].iter().find_map(|format| {
                NaiveTime::parse_from_str(text.trim_end_matches(" UTC").trim(), format).ok()
            }),
        };
        match (date, time) {
            (Some(date), Some(time)) => {
                let zone = if cell.ends_with(" UTC") { chrono_tz::UTC } else { self.reading.zone };
                Ok(calendar::instant(zone, date.and_time(time)))
            }
            _ => Err(words::no_date(cell)),
        }
    }
}

/// `2016-10-20`, `20-10-16`, `20/10/2016`, `20.10.2016`: three numbers.
fn parts(date: &str) -> Option<[u32; 3]> {
    let mut numbers = date.split(['-', '/', '.']);
    let mut number = || {
        let text = numbers.next()?;
        let plain = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| text.parse().ok()).flatten()
    };
    let all = [number()?, number()?, number()?];
    numbers.next().is_none().then_some(all)
}

fn doubles(table: &Table, column: usize) -> HashMap<usize, u64> {
    let mut first: HashMap<&str, u64> = HashMap::with_capacity(table.rows.len());
    let mut doubles = HashMap::new();
    for (at, (line, cells)) in table.rows.iter().enumerate() {
        let id = cells[column].as_str();
        if id.is_empty() {
            continue;
        }
        match first.get(id) {
            Some(line) => {
                doubles.insert(at, *line);
            }
            None => {
                first.insert(id, *line);
            }
        }
    }
    doubles
}

/// Whichever way round makes all dates of a column dates.
fn order(table: &Table, column: usize) -> Order {
    let (mut day, mut month) = (false, false);
    for (_, cells) in &table.rows {
        let date = cells[column].split([' ', 'T']).next().unwrap_or_default();
        if let Some([first, second, _]) = parts(date).filter(|[first, ..]| *first <= 31) {
            day |= first > 12;
            month |= second > 12;
        }
    }
    match (day, month) {
        (true, false) => Order::DayFirst,
        (false, true) => Order::MonthFirst,
        (true, true) | (false, false) => Order::Unknown,
    }
}

fn status(playbook: &Playbook, typed: &str) -> StatusId {
    let known = playbook.statuses.iter().find(|s| is_called(typed, s.id.as_str(), &s.label));
    known.map_or_else(|| StatusId::new(typed), |s| s.id.clone())
}

fn stage(playbook: &Playbook, typed: &str) -> StageId {
    let known = playbook.stages.order.iter().find(|s| is_called(typed, s.id.as_str(), &s.label));
    known.map_or_else(|| StageId::new(typed), |s| s.id.clone())
}

/// FNV-1a: enough to tell a changed cell from an unchanged one, too little to tell what stood in it.
fn fingerprint(cell: &str) -> u32 {
    cell.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
