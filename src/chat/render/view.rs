//! What the wording is made from, where the domain has no type for it. The service fills these in.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::domain::clocks::Clock;
use crate::domain::decision::Alert;
use crate::domain::event::{Event, Withdrawal};
use crate::domain::field::Data;
use crate::domain::ids::{ApprovalId, ChannelId, PersonId, RecordRef, StatusId};
use crate::domain::money::Money;
use crate::domain::playbook::{Bound, Playbook, ShareOf};
use crate::domain::points::{Board, Entry, Total};
use crate::domain::record::Record;
use crate::domain::workspace::{SettingChange, Workspace};

/// What most wording needs beside the record.
#[derive(Debug, Clone, Copy)]
pub struct Ctx<'a> {
    /// The record's rules.
    pub playbook: &'a Playbook,
    /// People, teams.
    pub workspace: &'a Workspace,
    /// The domain's time.
    pub now: DateTime<Utc>,
    /// The reader's zone, for dates that are spelled out (forms); messages show each reader their own.
    pub zone: Tz,
}

/// A record in a list.
#[derive(Debug, Clone)]
pub struct RowView<'a> {
    /// Its rules.
    pub ctx: Ctx<'a>,
    /// The record.
    pub record: &'a Record,
    /// Its running clocks, the nearest first.
    pub clocks: Vec<Clock<'a>>,
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct ListView<'a> {
    /// `leads`.
    pub plural: &'a str,
    /// What they have in common, in words: `status Working, team North`; empty: nothing was asked for.
    pub filters: Vec<String>,
    /// This page's rows, at most [`super::list::ROWS`].
    pub rows: Vec<RowView<'a>>,
    /// How many there are on all pages.
    pub total: u64,
    /// From 0.
    pub page: u32,
    /// Where the filters are kept.
    pub draft: crate::domain::ids::DraftId,
}

/// One alert in a message.
#[derive(Debug, Clone)]
pub struct AlertLine<'a> {
    /// The record's rules.
    pub ctx: Ctx<'a>,
    /// The record as it is now.
    pub record: &'a Record,
    /// What the clock says.
    pub alert: &'a Alert,
    /// Whom it does not notify (X6).
    pub silent: &'a [PersonId],
    /// When the alert was opened.
    pub opened_at: DateTime<Utc>,
    /// The clock's deadline, from [`crate::domain::clocks::clocks`]; `None` where it has none or has ended.
    pub deadline: Option<DateTime<Utc>>,
    /// How it was closed.
    pub closed: Option<ClosedView>,
}

/// How an alert was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedView {
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it; `None`: a rule, a clock or an integration.
    pub by: Option<PersonId>,
    /// The status that the record moved to; `None`: an activity or another act met it.
    pub moved_to: Option<StatusId>,
}

/// A request for approval.
#[derive(Debug, Clone)]
pub struct ApprovalView<'a> {
    /// The record's rules.
    pub ctx: Ctx<'a>,
    /// The record as it is now.
    pub record: &'a Record,
    /// Which request.
    pub approval: ApprovalId,
    /// Who asked; `None`: a clock.
    pub requested_by: Option<PersonId>,
    /// When.
    pub requested_at: DateTime<Utc>,
    /// The status that the record was in; the caller may leave it out once the record has moved.
    pub from: Option<&'a StatusId>,
    /// The status that is asked for.
    pub to: &'a StatusId,
    /// What the move brings, reason and note among it.
    pub data: &'a Data,
    /// The value that made it wait.
    pub peak: Option<Money>,
    /// Who may decide (ruling 11); empty: somebody must be added. They are mentioned while it waits.
    pub deciders: Vec<PersonId>,
    /// How it stands.
    pub state: ApprovalStateView,
}

/// How a request stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApprovalStateView {
    /// It waits.
    Waiting,
    /// A manager said yes.
    Approved {
        /// Who.
        by: PersonId,
        /// When.
        at: DateTime<Utc>,
    },
    /// A manager said no.
    Rejected {
        /// Who.
        by: PersonId,
        /// When.
        at: DateTime<Utc>,
        /// Why.
        reason: String,
    },
    /// It ended without a decision.
    Withdrawn {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        why: Withdrawal,
    },
}

/// One page of a history, the newest event first.
#[derive(Debug, Clone)]
pub struct HistoryView<'a> {
    /// The events of this page, the newest first.
    pub events: &'a [Event],
    /// From 0.
    pub page: u32,
    /// How many pages there are; at least 1.
    pub pages: u32,
}

/// What the guide says (D19).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuideView {
    /// All statuses, one line each.
    Overview {
        /// The playbook's name.
        title: String,
        /// What the data is used for (D69).
        why: String,
        /// What to think of where it has many or few statuses (D72).
        advice: Option<String>,
        /// `lead`: for the commands that are shown.
        noun: String,
        /// Emoji, label, meaning; in the playbook's order.
        statuses: Vec<(String, String, String)>,
        /// Label and meaning of each stage, in order.
        stages: Vec<(String, String)>,
    },
    /// One status.
    Status(Box<GuideStatus>),
}

/// The guide to one status.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GuideStatus {
    /// One emoji.
    pub emoji: String,
    /// Its name.
    pub label: String,
    /// One line.
    pub means: String,
    /// When to use it.
    pub when: String,
    /// An example (D57).
    pub example: String,
    /// The data it needs, in words: `Reason`, `E-mail or telephone`.
    pub needs: Vec<String>,
    /// What this data is used for (D69).
    pub uses: Vec<String>,
    /// What happens by itself.
    pub happens: Vec<String>,
    /// The next step (D33).
    pub next: String,
    /// What shows that something is wrong.
    pub red_flag: String,
    /// Where it may go from here, as labels.
    pub moves: Vec<String>,
}

/// What a digest reports.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DigestView {
    /// The team's name.
    pub team: String,
    /// The local day.
    pub date: NaiveDate,
    /// The end of the last one; `None`: it is the first.
    pub since: Option<DateTime<Utc>>,
    /// How things stand, system by system, in the order of the workspace's playbooks.
    pub systems: Vec<DigestSystem>,
    /// Records created since the last one.
    pub created: u64,
    /// Clocks breached since the last one and still open, the oldest first.
    pub breaches: Vec<DigestItem>,
    /// Records that must be reviewed or that nobody has touched for long.
    pub stale: Vec<DigestItem>,
    /// Records with a red flag, the oldest first.
    pub flagged: Vec<DigestItem>,
    /// Shares of records that are too large or too small (D8, D9, D13), in the playbook's order.
    pub shares: Vec<DigestShare>,
    /// Requests that wait, the oldest first.
    pub waiting: Vec<DigestRequest>,
    /// A line per rep, by name.
    pub reps: Vec<DigestRep>,
    /// Messages that could not be delivered (R6).
    pub parked_messages: u64,
}

/// What a digest reports of one status system.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DigestSystem {
    /// What it is called.
    pub title: String,
    /// Records by status, in the playbook's order: emoji, label, count.
    pub statuses: Vec<(String, String, u64)>,
    /// Records by phase, in order (B3).
    pub phases: Vec<(String, u64)>,
    /// Open records by stage, in order.
    pub stages: Vec<(String, u64)>,
    /// Moves since the last one, the most frequent first: from, to, count (labels).
    pub moves: Vec<(String, String, u64)>,
    /// Status, sub-status or number, and count, for people, in the playbook's order (D16, B7).
    pub sub_statuses: Vec<(String, String, u64)>,
}

/// A share of a status's records that is too large or too small.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestShare {
    /// The status.
    pub status: String,
    /// What is wrong.
    pub says: String,
    /// What to do about it.
    pub what_to_do: String,
    /// Of which records.
    pub of: ShareOf,
    /// Where those went that are counted.
    pub to: Vec<String>,
    /// What the records are called.
    pub plural: String,
    /// How many went there …
    pub part: u64,
    /// … of how many.
    pub whole: u64,
    /// From where on it is wrong.
    pub bound: Bound,
    /// Within how many days.
    pub days: u32,
}

/// A record in a digest.
#[derive(Debug, Clone, PartialEq)]
pub struct DigestItem {
    /// Its name.
    pub handle: RecordRef,
    /// Who or what it is.
    pub name: String,
    /// What is the matter: the clock's label, or the status.
    pub what: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it was over, where it is.
    pub over_at: Option<DateTime<Utc>>,
    /// Its owner.
    pub owner: Option<PersonId>,
}

/// A waiting request in a digest.
#[derive(Debug, Clone, PartialEq)]
pub struct DigestRequest {
    /// The record.
    pub handle: RecordRef,
    /// Who or what it is.
    pub name: String,
    /// The status asked for, for people.
    pub to: String,
    /// Since when it waits.
    pub since: DateTime<Utc>,
    /// Who asked; `None`: a clock.
    pub requested_by: Option<PersonId>,
    /// Who may decide; empty: nobody, and it heads the digest (ruling 11).
    pub deciders: Vec<PersonId>,
}

/// A rep in a digest.
#[derive(Debug, Clone, PartialEq)]
pub struct DigestRep {
    /// Who.
    pub person: PersonId,
    /// Open records that they own.
    pub open: u64,
    /// Moves that they made since the last one.
    pub moves: u64,
    /// Activities that they logged since the last one.
    pub activities: u64,
    /// Breaches among their open records.
    pub breaches: u64,
    /// Words that are held back for them now (X6).
    pub held: u64,
}

/// What `/setup show` is made from.
#[derive(Debug, Clone)]
pub struct SetupView<'a> {
    /// Everything that is set.
    pub workspace: &'a Workspace,
    /// The last change of every setting, the newest first.
    pub changes: &'a [SettingChange],
    /// How delivery goes.
    pub delivery: &'a DeliveryView,
    /// Every playbook, the default first, and whether it is on.
    pub playbooks: Vec<(&'a Playbook, bool)>,
    /// The domain's time.
    pub now: DateTime<Utc>,
}

/// What `/setup show` says about delivery.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DeliveryView {
    /// Messages that wait.
    pub waiting: u64,
    /// Messages that were refused for good.
    pub parked: u64,
    /// How the notes for the CRM stand.
    pub notes: NotesView,
    /// Whether whoever asks may send refused ones again.
    pub may_send_notes: bool,
    /// Channels that are gone or closed to the bot (ruling 17).
    pub broken: Vec<ChannelId>,
    /// Events of other systems that wait for an admin.
    pub kept: u64,
}

/// How notes for the CRM stand that are not there (A2–A5).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotesView {
    /// So many wait.
    pub waiting: u64,
    /// Why the last of them was not taken, where it was tried.
    pub waits: Option<String>,
    /// So many were refused.
    pub refused: u64,
    /// Why the last of them was.
    pub refuses: Option<String>,
    /// Whether there is a CRM at all.
    pub has_crm: bool,
}

/// A page of the leaderboard (A7).
#[derive(Debug, Clone, Copy)]
pub struct LeaderView<'a> {
    /// People by name.
    pub workspace: &'a Workspace,
    /// What points are added up by.
    pub by: Board,
    /// The page's lines.
    pub totals: &'a [Total],
    /// How many there are on all pages.
    pub all: u64,
    /// From 0.
    pub page: u32,
}

/// A page of the ledger (A7).
#[derive(Debug, Clone)]
pub struct LedgerView<'a> {
    /// The leaderboard that one comes from.
    pub by: Board,
    /// Whose points.
    pub person: Option<PersonId>,
    /// Which company's.
    pub company: Option<&'a str>,
    /// An entry that names the company, for the other pages.
    pub company_entry: Option<i64>,
    /// The page's entries, the newest first.
    pub entries: Vec<EntryView<'a>>,
    /// How many there are on all pages.
    pub all: u64,
    /// What all of them add up to.
    pub points: i64,
    /// From 0.
    pub page: u32,
}

/// An entry with its record.
#[derive(Debug, Clone)]
pub struct EntryView<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// Its record.
    pub record: Option<&'a Record>,
    /// The record's rules.
    pub ctx: Option<Ctx<'a>>,
}
