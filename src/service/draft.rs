//! What is unfinished: a change whose form is not complete, a list that is paged through. All of it is in the
//! database, so that buttons survive a restart, and nothing that was typed is lost.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::head::Head;
use crate::chat::intent::{ListFilters, MineFilter};
use crate::domain::command::{Command, Completed, Report, StatusAnswer};
use crate::domain::field::Data;
use crate::domain::ids::{
    ChannelId, DraftId, FieldId, PersonId, PlaybookId, RecordId, RecordRef, StageId, StatusId, TeamId,
};
use crate::store::row::Draft;
use crate::store::{Batch, Needs, Work};

/// The shapes of what is unfinished.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftBody {
    /// A change whose data is not complete.
    Change(ChangeDraft),
    /// A move of many records, for some of which something is missing.
    Bulk(BulkDraft),
    /// A list with its filters.
    List {
        /// The noun's name.
        noun: String,
        /// What is listed.
        filters: ListFilters,
    },
    /// What a message says, waiting to be logged to a record.
    Note {
        /// The text.
        note: String,
    },
    /// My records.
    Mine {
        /// The noun's name.
        noun: String,
        /// Which of them.
        filter: MineFilter,
    },
}

/// A change that waits for data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeDraft {
    /// What is to happen.
    pub what: What,
    /// What is known.
    pub data: Data,
    /// What was typed and could not be read: shown again in the form.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub typed: BTreeMap<FieldId, String>,
    /// What is still missing, in the order of the form.
    pub missing: Vec<FieldId>,
}

/// A move of many records: what was said about it so far (D68).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BulkDraft {
    /// The noun's name.
    pub noun: String,
    /// Where to.
    pub to: StatusId,
    /// Which records.
    pub filters: ListFilters,
    /// The reason and the note that all of them get.
    pub data: Data,
    /// What those get that lack it; nothing that a record has is overwritten.
    #[serde(default)]
    pub lacking: Data,
    /// What was typed and could not be read: shown again in the form.
    #[serde(default)]
    pub typed: BTreeMap<FieldId, String>,
    /// What some of them lack, in the order of the form.
    #[serde(default)]
    pub missing: Vec<FieldId>,
}

/// A change, without its data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A new record.
    Create {
        /// Its playbook.
        playbook: PlaybookId,
        /// Its team.
        team: TeamId,
        /// Its owner.
        owner: Option<PersonId>,
        /// Where it was asked for.
        channel: Option<ChannelId>,
        /// The record that it is made of (D26f).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<(RecordId, RecordRef)>,
    },
    /// A move.
    Move {
        /// Which record.
        record: RecordId,
        /// Where to.
        to: StatusId,
    },
    /// A change of stage.
    Stage {
        /// Which record.
        record: RecordId,
        /// Where to.
        to: StageId,
    },
    /// Data that is owed.
    Fill {
        /// Which record.
        record: RecordId,
    },
    /// A task that is done (D70).
    Done {
        /// Which record.
        record: RecordId,
        /// Which task.
        task: u32,
        /// What was said about the status.
        answer: Option<StatusAnswer>,
        /// What came of it.
        outcome: Option<String>,
        /// What is planned next.
        next: Option<(String, Option<DateTime<Utc>>)>,
    },
    /// An event, with what came of it (B2).
    Complete {
        /// Which record.
        record: RecordId,
        /// What took place.
        event: Completed,
        /// What was said so far.
        report: Report,
    },
    /// A draft that is confirmed (D31).
    Confirm {
        /// Which record.
        record: RecordId,
        /// Which task.
        task: u32,
    },
}

impl What {
    /// The record; none yet where it is a new one.
    pub fn record(&self) -> Option<RecordId> {
        match self {
            Self::Create { .. } => None,
            Self::Move { record, .. }
            | Self::Stage { record, .. }
            | Self::Fill { record }
            | Self::Done { record, .. }
            | Self::Complete { record, .. }
            | Self::Confirm { record, .. } => Some(*record),
        }
    }

    /// The status that is asked for.
    pub fn to(&self) -> Option<&StatusId> {
        match self {
            Self::Move { to, .. } => Some(to),
            Self::Done { answer: Some(StatusAnswer::Move(to)), .. } => Some(to),
            Self::Complete { report, .. } => report.to.as_ref(),
            Self::Create { .. }
            | Self::Stage { .. }
            | Self::Fill { .. }
            | Self::Done { .. }
            | Self::Confirm { .. } => None,
        }
    }

    /// The unfinished change that a command would leave; `None`: it asks for no data.
    pub fn of(record: RecordId, command: &Command) -> Option<(Self, Data)> {
        match command {
            Command::Move { to, data, .. } => Some((Self::Move { record, to: to.clone() }, data.clone())),
            Command::SetStage { to, data } => Some((Self::Stage { record, to: to.clone() }, data.clone())),
            Command::Fill { data } => Some((Self::Fill { record }, data.clone())),
            Command::Done { task, answer, data, outcome, next } => {
                let (answer, outcome, next) = (answer.clone(), outcome.clone(), next.clone());
                Some((Self::Done { record, task: *task, answer, outcome, next }, data.clone()))
            }
            Command::Complete { event, report, data } => {
                let (event, report) = (event.clone(), report.clone());
                Some((Self::Complete { record, event, report }, data.clone()))
            }
            Command::Log { activity, at, outcome, note, next } => {
                let event = Completed::Logged { activity: *activity, at: *at, note: note.clone() };
                let report = Report { outcome: outcome.clone(), next: next.clone(), ..Report::default() };
                Some((Self::Complete { record, event, report }, Data::new()))
            }
            Command::Sent { task } => {
                let event = Completed::Sent { task: *task };
                Some((Self::Complete { record, event, report: Report::default() }, Data::new()))
            }
            Command::Confirm { task, data } => Some((Self::Confirm { record, task: *task }, data.clone())),
            Command::Dismiss { .. }
            | Command::Made { .. }
            | Command::MadeElsewhere { .. }
            | Command::Answer { .. }
            | Command::Plan { .. }
            | Command::Edit { .. }
            | Command::Assign { .. }
            | Command::Import(_)
            | Command::Past { .. }
            | Command::Take
            | Command::Rescue { .. }
            | Command::Reroute
            | Command::Decide { .. }
            | Command::Withdraw { .. }
            | Command::Snooze { .. }
            | Command::Merge { .. }
            | Command::Absorb { .. }
            | Command::Erase
            | Command::Undo(_)
            | Command::ClockElapsed
            | Command::Delivered { .. }
            | Command::Upgrade { .. } => None,
        }
    }

    /// The command, with its data; `None`: it makes a new record.
    pub fn command(&self, data: Data) -> Option<Command> {
        match self {
            Self::Create { .. } => None,
            // Whoever fills in a form has seen its title; the version of the first button is not asked again.
            Self::Move { to, .. } => Some(Command::Move { to: to.clone(), data, expected: None }),
            Self::Stage { to, .. } => Some(Command::SetStage { to: to.clone(), data }),
            Self::Fill { .. } => Some(Command::Fill { data }),
            Self::Done { task, answer, outcome, next, .. } => {
                let (answer, outcome, next) = (answer.clone(), outcome.clone(), next.clone());
                Some(Command::Done { task: *task, answer, data, outcome, next })
            }
            Self::Complete { event, report, .. } => {
                Some(Command::Complete { event: event.clone(), report: report.clone(), data })
            }
            Self::Confirm { task, .. } => Some(Command::Confirm { task: *task, data }),
        }
    }
}

impl DraftBody {
    /// As stored.
    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a stored one; `None`: of a version that is no longer known.
    pub fn read(body: &str) -> Option<Self> {
        serde_json::from_str(body).ok()
    }

    /// A row of it, for a person.
    pub fn row(&self, id: DraftId, head: &Head, batch: &Batch) -> Draft {
        Draft { id, workspace: head.workspace, person: head.person(), body: self.write(), at: batch.now() }
    }
}

/// Keeps something unfinished: a new one (id 0), or one that goes on.
pub struct Keep {
    /// Whose.
    pub head: Head,
    /// 0 for a new one.
    pub id: DraftId,
    /// What.
    pub body: DraftBody,
}

impl Work for Keep {
    type Answer = DraftId;

    fn needs(&self) -> Needs {
        Needs { drafts: vec![self.id], ..Needs::default() }
    }

    fn run(&self, batch: &mut Batch) -> DraftId {
        let draft = self.body.row(self.id, &self.head, batch);
        batch.put_draft(draft)
    }
}

/// Looks something unfinished up.
pub struct Find(pub DraftId);

impl Work for Find {
    type Answer = Option<Draft>;

    fn needs(&self) -> Needs {
        Needs { drafts: vec![self.0], ..Needs::default() }
    }

    fn run(&self, batch: &mut Batch) -> Option<Draft> {
        batch.draft(self.0).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::field::FieldValue;

    /// Nothing typed is lost: what could not be read is kept beside what could.
    #[test]
    fn an_unfinished_change_survives_the_database() {
        let body = DraftBody::Change(ChangeDraft {
            what: What::Move { record: RecordId(3), to: StatusId::new("won") },
            data: Data::from([(FieldId::new("note"), FieldValue::Text("they called".to_owned()))]),
            typed: BTreeMap::from([(FieldId::new("value"), "a lot".to_owned())]),
            missing: vec![FieldId::new("value")],
        });
        assert_eq!(DraftBody::read(&body.write()), Some(body));
        assert_eq!(DraftBody::read("{\"other\":1}"), None);
    }
}
