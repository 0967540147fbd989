//! A refusal for people. It says what is wrong in the engine's terms; [`crate::chat::render`] has the words.
//! A fault (a broken database, say) is never one of these.

use chrono::{DateTime, Utc};

use super::ids::{ApprovalId, FieldId, PersonId, RecordRef, StageId, StatusId, TeamId};
use super::money::Currency;
use super::record::Ended;
use super::undo::NotUndone;

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// Required data is missing; a form with just these fields is the answer.
    Missing {
        /// The status that was asked for; `None`: a new record or owed data.
        to: Option<StatusId>,
        /// Every missing field, in the order of the form.
        fields: Vec<FieldId>,
    },
    /// The playbook has no such move.
    NoSuchMove {
        /// The status.
        from: StatusId,
        /// What was asked for.
        to: StatusId,
        /// What could be asked for.
        allowed: Vec<StatusId>,
    },
    /// The record is there already.
    AlreadyThere {
        /// Where.
        to: StatusId,
    },
    /// No such status.
    UnknownStatus {
        /// As typed.
        typed: String,
    },
    /// No such stage.
    UnknownStage {
        /// As typed.
        typed: String,
    },
    /// The record never changes again (D10).
    Locked {
        /// Its status.
        status: StatusId,
    },
    /// Status and stage do not go together (D66).
    Combination {
        /// The status.
        status: StatusId,
        /// The stage.
        stage: StageId,
    },
    /// The record is at that stage already.
    AlreadyAtStage {
        /// Which.
        stage: StageId,
    },
    /// An automatic move left data out; it comes first (ruling 1).
    Owes {
        /// Which.
        fields: Vec<FieldId>,
    },
    /// A request waits for a decision; nothing else may be chosen meanwhile (ruling 11).
    Waiting {
        /// Which.
        approval: ApprovalId,
        /// What was asked for.
        to: StatusId,
    },
    /// The button was drawn before the record moved (ruling 23).
    StaleButton {
        /// Where the record stands now.
        status: StatusId,
    },
    /// Someone else's record (ruling 16): "Take it" first.
    NotYours {
        /// Whose.
        owner: PersonId,
    },
    /// Another team's record.
    OtherTeam {
        /// Whose.
        team: TeamId,
    },
    /// Only a manager of the team may do that.
    NeedsManager {
        /// Which team.
        team: TeamId,
        /// Who could.
        managers: Vec<PersonId>,
    },
    /// Only an admin may do that.
    NeedsAdmin,
    /// Nobody decides on what they asked for, own, or owned in the last 30 days (ruling 11).
    OwnRequest {
        /// Which of the three.
        because: OwnRequest,
        /// Who could decide; empty: somebody must be added.
        others: Vec<PersonId>,
    },
    /// Only whoever asked may take a request back.
    NotRequester {
        /// Who asked; `None`: a clock.
        requester: Option<PersonId>,
    },
    /// The request is decided, withdrawn, or was never made.
    NoSuchRequest,
    /// A reason that is not on the list, or not for that status.
    UnknownReason {
        /// As given.
        typed: String,
        /// What would fit, by label.
        fits: Vec<String>,
    },
    /// An activity in the future.
    InFuture {
        /// As given.
        at: DateTime<Utc>,
    },
    /// A date that has to lie ahead does not.
    NotAhead {
        /// Which.
        field: FieldId,
    },
    /// An activity more than 7 days back (ruling 6).
    TooLongAgo {
        /// As given.
        at: DateTime<Utc>,
    },
    /// The status refuses outreach (B8, E4).
    NoOutreach {
        /// Which.
        status: StatusId,
    },
    /// Nothing is planned for what has ended.
    NothingPlanned {
        /// The status.
        status: StatusId,
    },
    /// A foreign currency without a rate (ruling 11).
    NoRate {
        /// Which.
        currency: Currency,
    },
    /// No such field, or one that is not set this way.
    UnknownField {
        /// As given.
        typed: String,
    },
    /// What happened elsewhere cannot be brought along any more: the record has moved here.
    MovedHere,
    /// A past that is not over when the record came here.
    NotPast {
        /// As given.
        at: DateTime<Utc>,
        /// When it came.
        came: DateTime<Utc>,
    },
    /// A past that does not end where the record stands.
    PastEndsElsewhere {
        /// Where it ends.
        ends: StatusId,
        /// Where the record stands.
        stands: StatusId,
    },
    /// A past with a step that does not begin where the one before ended.
    PastHasGap {
        /// Where the one before ended.
        after: StatusId,
        /// Where the step begins.
        next: StatusId,
        /// Its time.
        at: DateTime<Utc>,
    },
    /// Nothing is owed.
    NothingOwed,
    /// The task is closed, or was never there.
    NoSuchTask {
        /// Its number.
        task: u32,
    },
    /// A task is not closed before somebody has said what status is true (D70).
    NeedsAnswer {
        /// Which.
        task: u32,
        /// Where the record may go.
        allowed: Vec<StatusId>,
    },
    /// An event is not completed before somebody has said what came of it (B2).
    NeedsOutcome,
    /// The outcome asks for the status that is true now (B9).
    NeedsStatus {
        /// Which outcome.
        outcome: String,
        /// Where it may lead.
        allowed: Vec<StatusId>,
    },
    /// The outcome changes nothing, so it goes with no other status.
    OutcomeKeeps {
        /// Which.
        outcome: String,
        /// What was asked for.
        to: StatusId,
    },
    /// The outcome leads nowhere from where the record stands.
    OutcomeLeadsNowhere {
        /// Which.
        outcome: String,
        /// Those that are possible.
        possible: Vec<String>,
    },
    /// The suggestion is gone: dismissed, or the record has moved.
    NoSuchSuggestion,
    /// The question is answered, or was never asked.
    NotAsked,
    /// The question is put to somebody else (E7).
    AskedOfOthers {
        /// To whom; empty: nobody is there to answer it.
        of: Vec<PersonId>,
    },
    /// Nothing is made of a record before it stands where that sets off a move (ruling 2).
    NotReadyToMake {
        /// Where it would have to stand.
        at: Vec<StatusId>,
        /// What it would still need for the first of these.
        missing: Vec<FieldId>,
    },
    /// The record that a new one was to be made of is not there any more.
    SourceGone,
    /// The person is the owner already.
    AlreadyOwner {
        /// Who.
        owner: PersonId,
    },
    /// It was merged or erased: nothing happens to it any more (ruling 15).
    Ended {
        /// Which of the two.
        ended: Ended,
    },
    /// A record cannot go into itself.
    SameRecord,
    /// Records of two playbooks cannot be one.
    OtherPlaybook,
    /// A request of one of the two waits; it is decided first.
    MergeWaits {
        /// Of which.
        record: RecordRef,
        /// Which.
        approval: ApprovalId,
    },
    /// They owned it in an earlier cycle, so they never get it again (ruling 9).
    Barred {
        /// Who.
        person: PersonId,
    },
    /// Somebody was faster (X7).
    TakenBy {
        /// Who has it now.
        owner: PersonId,
        /// Since when.
        at: DateTime<Utc>,
    },
    /// What it was to be rescued from is over (X7).
    NoNeed {
        /// Who has it.
        owner: Option<PersonId>,
    },
    /// The person is away, by their own word.
    YouAreAway,
    /// The person carries as much as they can.
    NoCapacity {
        /// How many open records.
        load: u32,
    },
    /// It is not taken back (ruling 12).
    NotUndone(NotUndone),
    /// Whoever asks is set down as somebody who has left (ruling 17).
    YouHaveLeft,
    /// Nothing goes to somebody who has left (ruling 17).
    HasLeft {
        /// Who.
        person: PersonId,
    },
    /// Not a known person of the workspace.
    UnknownPerson {
        /// Who.
        person: PersonId,
    },
}

/// Why somebody may not decide a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnRequest {
    /// They asked for it.
    Requested,
    /// They own the record.
    Owns,
    /// They owned it in the last 30 days.
    Owned,
}
