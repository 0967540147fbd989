//! What a button, a pick list or a form does. All state is in the database: an [`Action`] names it, and is
//! written into the platform's `custom_id` as `1:<verb>:<arguments>` with numbers in base 36 (ruling 23), at
//! most 80 characters, so that the outbox may append its marker (ruling 22). Workspace and person always come
//! from the interaction, never from here.

mod codec;

use serde::{Deserialize, Serialize};

pub use codec::{split_marker, with_marker};

use crate::domain::ids::{
    ApprovalId, ClockId, DraftId, EventId, FieldId, JobId, KeptId, PersonId, RecordId, RuleId, StatusId,
};
use crate::domain::points::Board;

/// What pressing, picking or submitting does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Show the card, privately.
    Open {
        /// Which record.
        record: RecordId,
    },
    /// Move to a status.
    Move {
        /// Which record.
        record: RecordId,
        /// Where to.
        to: StatusId,
        /// The record's version when the button was drawn.
        version: u32,
    },
    /// Offer every allowed status as a pick list, privately.
    MoreMoves {
        /// Which record.
        record: RecordId,
    },
    /// A pick list of statuses; the value is the status.
    PickStatus {
        /// Which record.
        record: RecordId,
        /// Its version when the list was drawn.
        version: u32,
    },
    /// Offer the activities as a pick list, privately.
    Log {
        /// Which record.
        record: RecordId,
    },
    /// A pick list of activities; the value is the activity. Answers with a form for the note.
    PickActivity {
        /// Which record.
        record: RecordId,
    },
    /// The form that belongs to it: `note`, `next`, `due`, all optional.
    LogForm {
        /// Which record.
        record: RecordId,
        /// The activity's name.
        activity: String,
    },
    /// Offer the spans of a snooze, privately.
    Snooze {
        /// Which record.
        record: RecordId,
    },
    /// Snooze.
    SnoozeFor {
        /// Which record.
        record: RecordId,
        /// For how long.
        span: SnoozeSpan,
    },
    /// Make the record mine (ruling 16).
    Take {
        /// Which record.
        record: RecordId,
    },
    /// Take it over before it is too late (X7).
    Rescue {
        /// Which record.
        record: RecordId,
        /// Whose it was when the button was drawn.
        from: Option<PersonId>,
    },
    /// Hand on all that somebody who has left owns, as far as whoever presses leads its teams (ruling 17).
    ReassignAll {
        /// One of their records: it names the workspace.
        record: RecordId,
        /// Who has left.
        from: PersonId,
    },
    /// A pick list of records to take over; the value is the record and whose it was.
    PickRescue,
    /// Give a form for the data that is owed (ruling 1).
    FillOwed {
        /// Which record.
        record: RecordId,
    },
    /// Plan the next action: gives a form (`action`, `due`).
    PlanNext {
        /// Which record.
        record: RecordId,
    },
    /// That form.
    PlanForm {
        /// Which record.
        record: RecordId,
    },
    /// Show the history, privately.
    History {
        /// Which record.
        record: RecordId,
        /// From 0; the newest first.
        page: u32,
    },
    /// Approve a request.
    Approve {
        /// Which.
        approval: ApprovalId,
    },
    /// Reject a request: gives a form for the reason.
    Reject {
        /// Which.
        approval: ApprovalId,
    },
    /// That form: `reason`.
    RejectForm {
        /// Which.
        approval: ApprovalId,
    },
    /// Approve all that one message asks for (ruling 11).
    ApproveAll {
        /// One of its requests.
        approval: ApprovalId,
    },
    /// Reject all that one message asks for: gives a form for the reason.
    RejectAll {
        /// One of its requests.
        approval: ApprovalId,
    },
    /// That form: `reason`.
    RejectAllForm {
        /// One of its requests.
        approval: ApprovalId,
    },
    /// Take a request back.
    Withdraw {
        /// Which.
        approval: ApprovalId,
    },
    /// Open the next form of an unfinished change.
    DraftForm {
        /// Which.
        draft: DraftId,
    },
    /// That form; the inputs are field ids.
    DraftSubmit {
        /// Which.
        draft: DraftId,
    },
    /// A pick list for one field of an unfinished change.
    DraftPick {
        /// Which.
        draft: DraftId,
        /// The field.
        field: FieldId,
    },
    /// Show the open tasks, privately.
    Tasks {
        /// Which record.
        record: RecordId,
    },
    /// A task is done: asks what status is true now (D70).
    TaskDone {
        /// Which record.
        record: RecordId,
        /// Which task.
        task: u32,
    },
    /// A pick list with the answer: a status, or that it stays; also the status that an outcome asks for (B9).
    DoneAnswer {
        /// Where what was said about the task is kept.
        draft: DraftId,
    },
    /// A pick list of outcomes of an event (B2); the value is the outcome.
    PickOutcome {
        /// Where the event is kept.
        draft: DraftId,
    },
    /// Answer what a clock has asked (E7).
    Answer {
        /// Which record.
        record: RecordId,
        /// Which clock.
        clock: ClockId,
        /// Which of the answers, from 0.
        answer: u32,
    },
    /// The message that a task had prepared is sent (D30).
    TaskSent {
        /// Which record.
        record: RecordId,
        /// Which task.
        task: u32,
    },
    /// Confirm the draft of a task (D31): gives a form for what is missing.
    TaskConfirm {
        /// Which record.
        record: RecordId,
        /// Which task.
        task: u32,
    },
    /// What was suggested is not wanted.
    Dismiss {
        /// Which record.
        record: RecordId,
        /// By which rule or flag it was.
        rule: RuleId,
    },
    /// A pick list of the records of a list's page; the value is the record's row id. Offers its statuses (D68).
    ListRecord {
        /// The list's draft.
        draft: DraftId,
        /// The page, to come back to.
        page: u32,
    },
    /// The statuses of one of them; the value is the status. The page is shown anew.
    ListMove {
        /// The list's draft.
        draft: DraftId,
        /// The page.
        page: u32,
        /// Which record.
        record: RecordId,
        /// Its version when it was picked.
        version: u32,
    },
    /// Take a command back (X4).
    Undo {
        /// Which record.
        record: RecordId,
        /// Which command: a newer one is not meant.
        command: EventId,
    },
    /// A pick list of records (a list, several alerts); the value is the record's row id. Shows its card, privately.
    PickRecord,
    /// Erase a record: gives a form in which its id is typed (ruling 15).
    EraseAsk {
        /// Which record.
        record: RecordId,
    },
    /// That form: `id`.
    EraseForm {
        /// Which record.
        record: RecordId,
    },
    /// Make the new record though somebody like it is there (ruling 15).
    CreateAnyway {
        /// What was typed about it.
        draft: DraftId,
    },
    /// Begin long work that waits for a "yes".
    StartJob {
        /// Which.
        job: JobId,
    },
    /// Drop it, or end it after the chunk that is under way.
    StopJob {
        /// Which.
        job: JobId,
    },
    /// A pick list of a file's columns; the value is the column's place. Offers the fields that it can be.
    PickColumn {
        /// Which import.
        job: JobId,
    },
    /// A pick list of fields for a column; the value is the field.
    PickField {
        /// Which import.
        job: JobId,
        /// The column's place, from 0.
        column: u32,
    },
    /// A page of all settings.
    SetupPage {
        /// From 0.
        page: u32,
    },
    /// Say whose a kept event is: gives a form.
    KeptAssign {
        /// Which.
        kept: KeptId,
    },
    /// That form: `record`.
    KeptForm {
        /// Which.
        kept: KeptId,
    },
    /// A kept event is nobody's.
    KeptDismiss {
        /// Which.
        kept: KeptId,
    },
    /// Send refused notes to the CRM again (A2–A5).
    SendNotes {
        /// Those of which record; `None`: of all.
        record: Option<RecordId>,
    },
    /// A page of the leaderboard, or of the ledger of whoever is named. As a pick list: the value names them.
    Points {
        /// Which leaderboard.
        by: Board,
        /// Whose ledger.
        person: Option<PersonId>,
        /// Which company's ledger: that of an entry.
        company: Option<i64>,
        /// From 0.
        page: u32,
    },
    /// The form for a new record that a message's menu opened: fields, and a `note`.
    NewForm {
        /// The command's noun.
        noun: String,
    },
    /// A pick list of records to log a message to; the value is the record's row id.
    NoteRecord {
        /// The message's text.
        draft: DraftId,
    },
    /// A pick list of activities for that; the value is the activity. Answers with the form of [`Action::LogForm`].
    NoteActivity {
        /// The message's text.
        draft: DraftId,
        /// Which record.
        record: RecordId,
    },
    /// Another page of a list; the filters are kept in a draft.
    Page {
        /// The draft.
        draft: DraftId,
        /// From 0.
        page: u32,
    },
}

/// The spans that a snooze offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnoozeSpan {
    /// One hour.
    Hour,
    /// Tomorrow, 9:00 local.
    Tomorrow,
    /// The opening of the next business day.
    NextBusinessDay,
}
