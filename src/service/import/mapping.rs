//! Which column is what: guessed from the headers, shown, and changed.

use serde::{Deserialize, Serialize};

use crate::chat::render::import::{self as words, Door};
use crate::chat::value::columns;
use crate::domain::field::builtin;
use crate::domain::playbook::Playbook;
use crate::service::fields::is_called;

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Records, one a row.
    Records,
    /// Changes of status, one a row.
    History,
}

/// The words of a mapping that are no fields.
pub mod target {
    /// The record's id in the other system.
    pub const ID: &str = "id";
    /// Who works on it, by name.
    pub const OWNER: &str = "owner";
    /// Its team, by name.
    pub const TEAM: &str = "team";
    /// Its status.
    pub const STATUS: &str = "status";
    /// Its stage.
    pub const STAGE: &str = "stage";
    /// The record that a step belongs to, by its id in the other system.
    pub const RECORD: &str = "record";
    /// The status before a step.
    pub const FROM: &str = "from";
    /// The status after it.
    pub const TO: &str = "to";
    /// Who did it, by name.
    pub const ACTOR: &str = "actor";
    /// When.
    pub const AT: &str = "at";
    /// Of a record.
    pub const OF_RECORDS: [&str; 5] = [ID, OWNER, TEAM, STATUS, STAGE];
    /// Of a step.
    pub const OF_HISTORY: [&str; 5] = [RECORD, FROM, TO, ACTOR, AT];
}

/// What each column is: a word of [`target`] or a field's id; `None`: it is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// What the rows are.
    pub shape: Shape,
    /// In the order of the columns; no target twice.
    pub columns: Vec<Option<String>>,
}

impl Mapping {
    /// Guesses from the headers; what fits nothing is left out.
    pub fn guess(headers: &[String], playbook: &Playbook) -> Self {
        let history = Self::assign(headers, Shape::History, playbook);
        let steps = [target::RECORD, target::TO, target::AT];
        if steps.iter().all(|word| history.place(word).is_some()) {
            return history;
        }
        Self::assign(headers, Shape::Records, playbook)
    }

    fn assign(headers: &[String], shape: Shape, playbook: &Playbook) -> Self {
        let mut columns: Vec<Option<String>> = vec![None; headers.len()];
        // Exact names first, so that "status" is not taken by a column that merely sounds like it.
        for sounds_like in [false, true] {
            for word in targets(shape, playbook) {
                if columns.iter().flatten().any(|taken| *taken == word) {
                    continue;
                }
                let label = playbook.field_called(word.as_str()).map_or(word.as_str(), |f| f.label.as_str());
                let is = |header: &str| {
                    if sounds_like {
                        columns::sounds_like(header, &word)
                    } else {
                        is_called(header, &word, label)
                    }
                };
                let free = (0..headers.len()).find(|at| columns[*at].is_none() && is(&headers[*at]));
                if let Some(at) = free {
                    columns[at] = Some(word);
                }
            }
        }
        Self { shape, columns }
    }

    /// Changes some columns: `column=field, column=-`. A target that another column had is taken from it.
    pub fn change(
        &mut self,
        typed: &str,
        headers: &[String],
        playbook: &Playbook,
        door: Door,
    ) -> Result<(), String> {
        for item in typed.split([',', ';']).map(str::trim).filter(|item| !item.is_empty()) {
            let (column, field) =
                item.rsplit_once('=').ok_or_else(|| words::unreadable_mapping(item, door))?;
            let at = headers.iter().position(|h| is_called(column, h, h));
            let at = at.ok_or_else(|| words::unknown_column(column, headers))?;
            self.set(at, field, playbook)?;
        }
        Ok(())
    }

    /// Changes one column.
    pub fn set(&mut self, column: usize, typed: &str, playbook: &Playbook) -> Result<(), String> {
        let wanted = match typed.trim() {
            "" | "-" => None,
            typed => {
                let all: Vec<_> = targets(self.shape, playbook);
                let label = |word: &str| {
                    playbook.field_called(word).map_or_else(|| word.to_owned(), |f| f.label.clone())
                };
                let known = all.iter().find(|word| is_called(typed, word, &label(word)));
                Some(known.ok_or_else(|| words::unknown_target(typed, &all))?.clone())
            }
        };
        if let Some(wanted) = &wanted {
            for other in &mut self.columns {
                if other.as_ref() == Some(wanted) {
                    *other = None;
                }
            }
        }
        if let Some(place) = self.columns.get_mut(column) {
            *place = wanted;
        }
        Ok(())
    }

    /// The column of a target.
    pub fn place(&self, word: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.as_deref() == Some(word))
    }

    /// What is missing for it to be of any use; one sentence.
    pub fn check(&self, door: Door) -> Result<(), String> {
        let needed: &[&str] = match self.shape {
            Shape::Records => &[builtin::NAME],
            Shape::History => &[target::RECORD, target::TO, target::AT],
        };
        match needed.iter().find(|word| self.place(word).is_none()) {
            None => Ok(()),
            Some(word) => Err(words::no_column_for(word, door)),
        }
    }
}

/// Everything that a column can be, the likely ones first.
pub fn targets(shape: Shape, playbook: &Playbook) -> Vec<String> {
    match shape {
        Shape::History => target::OF_HISTORY.map(str::to_owned).to_vec(),
        Shape::Records => {
            let declared = playbook.fields.iter().filter(|f| !builtin::ALL.contains(&f.id.as_str()));
            let first = builtin::ALL.iter().filter_map(|word| playbook.field_called(word));
            let fields = first.chain(declared).map(|f| f.id.to_string());
            let stages = !playbook.stages.order.is_empty();
            let fixed = target::OF_RECORDS.iter().filter(|word| stages || **word != target::STAGE);
            fixed.map(|word| (*word).to_owned()).chain(fields).collect()
        }
    }
}
