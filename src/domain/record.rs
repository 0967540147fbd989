//! A record: what has a status. Its row is what its history, replayed through [`super::evolve`], gives (R5),
//! but for [`Contact`], which lives outside the events (ruling 15).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::activity::Activity;
use super::event::HandOver;
use super::field::{Contact, Data, FieldValue, builtin};
use super::ids::{
    ApprovalId, ChannelId, ClockId, EventId, FieldId, PersonId, PlaybookId, ReasonId, RecordId, RecordRef,
    RuleId, StageId, StatusId, TeamId, WorkspaceId,
};
use super::money::Money;

/// A lead, an opportunity, a contact, an impact driver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Ours.
    pub id: RecordId,
    /// Where it lives.
    pub workspace: WorkspaceId,
    /// What people call it, `L-1042`.
    pub handle: RecordRef,
    /// The playbook whose rules it lives under …
    pub playbook: PlaybookId,
    /// … and the version of it.
    pub playbook_version: u32,
    /// The team whose calendar and channels it follows.
    pub team: TeamId,
    /// The channel in which it was created, where there was one (ruling 17).
    pub channel: Option<ChannelId>,
    /// Name, company, e-mail, phone.
    pub contact: Contact,
    /// Who works on it.
    pub owner: Option<PersonId>,
    /// What is happening now.
    pub status: StatusId,
    /// Where it stands in the buyer's journey.
    pub stage: Option<StageId>,
    /// The count of transitions; a status button drawn at an older one is stale (ruling 23).
    pub version: u32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it entered its status.
    pub status_since: DateTime<Utc>,
    /// What the deal is worth.
    pub value: Option<Money>,
    /// Where it came from.
    pub source: Option<String>,
    /// Every other field.
    pub data: Data,
    /// What is planned next.
    pub next: Option<NextAction>,
    /// Required data that an automatic move could not bring (ruling 1); empty: nothing is owed.
    pub owes: Vec<FieldId>,
    /// Since when it is owed.
    pub owes_since: Option<DateTime<Utc>>,
    /// The owner was reminded of it.
    pub owes_chased: bool,
    /// What was logged last.
    pub contacted: Contacted,
    /// Every clock that has run in the present or an earlier status, by clock.
    pub clocks: Vec<ClockRun>,
    /// The move that waits for an approval.
    pub pending: Option<Pending>,
    /// The automatic move that the record stands at, until a person moves it (D27).
    pub auto: Option<AutoMove>,
    /// Rules that a person overrode: silent until a person moves the record (ruling 10).
    pub silenced: BTreeSet<RuleId>,
    /// Every status that it has been in.
    pub been: BTreeSet<StatusId>,
    /// How often it entered each numbered status (B7); see [`Record::nth`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub entered: BTreeMap<StatusId, u32>,
    /// How often it was parked.
    pub parked: u32,
    /// The reason of the last move into a lost or parked status (D13).
    pub last_reason: Option<ReasonId>,
    /// Who owned it before, and until when.
    pub past_owners: Vec<PastOwner>,
    /// How its owner came to own it; `None`: whoever made it keeps it, or it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Given>,
    /// Who may not own it again: they had it in an earlier cycle (ruling 9).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub barred: BTreeSet<PersonId>,
    /// Milliseconds spent in open statuses, up to the last change of class.
    pub open_ms: i64,
    /// Since when it is in an open status; `None` while it is in another.
    pub open_since: Option<DateTime<Utc>>,
    /// Values that it had before, with the reading of its open time when each was replaced (X3).
    pub past_values: Vec<PastValue>,
    /// Posts about it are silent until then; time is not (ruling 5).
    pub snoozed_until: Option<DateTime<Utc>>,
    /// It was merged into another one, or erased: nothing happens to it any more (ruling 15).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// The records that were merged into it, the newest first: their histories are its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absorbed: Vec<RecordId>,
    /// Up to when its past elsewhere was brought along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub past_until: Option<DateTime<Utc>>,
    /// The newest event of its history.
    pub last_event: Option<EventId>,
    /// What is to be done, in the order in which it came up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<OpenTask>,
    /// How many tasks it ever had: the number of the newest.
    #[serde(default)]
    pub tasks_opened: u32,
    /// The flags that were raised in its status, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flagged: Vec<Raised>,
    /// What was suggested in its status, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<Suggestion>,
    /// The sequences of messages that it is in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sequences: Vec<Sequence>,
    /// Other records that it hangs together with, in the order in which they came up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// The points that it stands for (A3): given at the entry of its status, gone with any exit (ruling 12).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credits: Vec<Credit>,
    /// Its turn, where newer rules made something due at once (X2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<Turn>,
}

/// Another record that one hangs together with (ruling 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// It.
    pub record: RecordId,
    /// What people call it.
    pub handle: RecordRef,
    /// How the two hang together.
    pub kind: LinkKind,
}

/// How two records hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// This one was made of the other.
    CameFrom,
    /// The other was made of this one.
    Became,
}

/// Points for a person and for the company (A3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// The status whose entry gave them.
    pub status: StatusId,
    /// How many.
    pub points: u32,
    /// Who earned them; `None`: nobody owned the record, and nobody moved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// When.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub at: DateTime<Utc>,
}

/// When newer rules let a record speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// When the rules came: only what was due by then has to wait.
    pub since: DateTime<Utc>,
    /// The turn.
    pub at: DateTime<Utc>,
}

/// Something to be done about a record (D28). A closed one is history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenTask {
    /// Counted from 1 per record.
    pub id: u32,
    /// What.
    pub label: String,
    /// The status that opened it; with the label, the playbook knows the rest.
    pub status: StatusId,
    /// Since when.
    pub since: DateTime<Utc>,
    /// It is there again: its time is that of a recurring task.
    #[serde(default)]
    pub again: bool,
    /// By when, as it was meant when it was opened; see [`task_due`](super::clocks::task_due).
    pub due: DateTime<Utc>,
    /// The owner was told that it is due.
    #[serde(default)]
    pub told: bool,
    /// What it has prepared goes out by the team's webhook, not by the owner's hand (D30).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_hook: bool,
}

/// A flag that was raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// Which.
    pub flag: RuleId,
    /// When.
    pub at: DateTime<Utc>,
}

/// A move that is proposed (ruling 10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// By which rule or flag.
    pub rule: RuleId,
    /// What.
    pub to: Vec<StatusId>,
    /// When.
    pub at: DateTime<Utc>,
    /// Why, in the playbook's words.
    #[serde(default)]
    pub because: Option<String>,
    /// Somebody does not want it; it is silent until something new happens.
    #[serde(default)]
    pub dismissed: bool,
}

/// A sequence of messages that a record is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// Which.
    pub name: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// How a record came to an end outside of its playbook (ruling 15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// It went into another record.
    Merged {
        /// Which.
        into: RecordId,
        /// What people call that one.
        handle: RecordRef,
    },
    /// Its personal data was blanked.
    Erased {
        /// When.
        #[serde(with = "chrono::serde::ts_milliseconds")]
        at: DateTime<Utc>,
    },
}

/// What is planned next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextAction {
    /// What.
    pub action: String,
    /// When.
    pub due: Option<DateTime<Utc>>,
    /// The owner was told that it is due.
    #[serde(default)]
    pub told: bool,
}

/// The facts that clocks and needs ask of the activities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacted {
    /// The last touch: what, and when it took place.
    pub touch: Option<(Activity, DateTime<Utc>)>,
    /// The last two-way activity.
    pub two_way: Option<(Activity, DateTime<Utc>)>,
    /// Touches since the status was entered (D5).
    pub attempts: u32,
    /// Unanswered calls since they last answered, whatever else we tried in between (ruling 14).
    pub unanswered: u32,
}

impl Contacted {
    /// The later of the last touch and the last two-way activity.
    pub fn last(&self) -> Option<DateTime<Utc>> {
        self.touch.map(|(_, at)| at).max(self.two_way.map(|(_, at)| at))
    }
}

/// One clock of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockRun {
    /// Which.
    pub clock: ClockId,
    /// When it started; `None` while it waits for its alert to be delivered (ruling 8).
    pub started_at: Option<DateTime<Utc>>,
    /// How many steps of its ladder, in the order of their times, are done.
    pub fired: u32,
    /// Business time added to every due time: credit for waiting and for being away (ruling 5).
    pub credit_business_ms: i64,
    /// The same in elapsed time, for steps in calendar days.
    pub credit_ms: i64,
    /// A touch has extended it (ruling 8).
    pub extended: bool,
    /// When its SLA was breached.
    pub breached_at: Option<DateTime<Utc>>,
    /// How it ended; `None` while it runs.
    pub end: Option<ClockEnd>,
}

/// How a clock ended (ruling 5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockEnd {
    /// When.
    pub at: DateTime<Utc>,
    /// How.
    pub outcome: ClockOutcome,
    /// Who owned the record then (D46).
    pub charged_to: Option<PersonId>,
}

/// How an SLA ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockOutcome {
    /// In time.
    Met,
    /// Too late.
    Breached,
    /// The record left another way; not counted.
    Cancelled,
}

/// A move that waits for a manager (D40).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    /// The approval.
    pub approval: ApprovalId,
    /// Who asked; `None`: a clock.
    pub requested_by: Option<PersonId>,
    /// When.
    pub requested_at: DateTime<Utc>,
    /// The status that is waited for.
    pub to: StatusId,
    /// The stage that the move leaves the record at: a demotion (D67) goes down with it.
    pub stage: Option<StageId>,
    /// The data that the move brings (reason and note among it).
    pub data: Data,
    /// The value that made it wait (peak of the last 30 open days).
    pub peak: Option<Money>,
    /// Steps done: 1 reminded, 2 escalated.
    pub steps: u32,
}

/// An automatic move that a person may override.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoMove {
    /// The rule that moved it.
    pub rule: RuleId,
    /// Where it was.
    pub from: StatusId,
}

/// An earlier owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastOwner {
    /// Who.
    pub person: PersonId,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// How an owner came to own a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Since when.
    pub at: DateTime<Utc>,
    /// By whom; `None`: by itself.
    pub by: Option<PersonId>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// How the owner was found; `None`: somebody named or took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<HandOver>,
}

/// An earlier value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastValue {
    /// How much.
    pub value: Money,
    /// The record's open time in milliseconds when it was replaced.
    pub open_ms: i64,
}

impl Record {
    /// What a field holds. Built-in fields have their own places; the rest is in [`Record::data`].
    pub fn get(&self, field: &FieldId) -> Option<FieldValue> {
        match field.as_str() {
            name if Contact::holds(name) => self.contact.get(name).map(|t| FieldValue::Text(t.to_owned())),
            builtin::VALUE => self.value.map(FieldValue::Money),
            builtin::SOURCE => self.source.clone().map(FieldValue::Text),
            builtin::NEXT_ACTION => self.next.as_ref().map(|n| FieldValue::Text(n.action.clone())),
            builtin::NEXT_DUE => self.next.as_ref().and_then(|n| n.due).map(FieldValue::Instant),
            _ => self.data.get(field).cloned(),
        }
    }

    /// How often it has entered a status, as far as that is counted: one that it has been in counts once, also where it
    /// came from elsewhere straight into it.
    pub fn nth(&self, status: &StatusId) -> u32 {
        self.entered.get(status).copied().unwrap_or_else(|| u32::from(self.been.contains(status)))
    }

    /// Its open time at an instant, in milliseconds.
    pub fn open_ms_at(&self, now: DateTime<Utc>) -> i64 {
        self.open_ms + self.open_since.map_or(0, |since| (now - since).num_milliseconds().max(0))
    }

    /// An open task.
    pub fn task(&self, id: u32) -> Option<&OpenTask> {
        self.tasks.iter().find(|task| task.id == id)
    }

    /// The suggestions that nobody has dismissed.
    pub fn open_suggestions(&self) -> impl Iterator<Item = &Suggestion> {
        self.suggestions.iter().filter(|s| !s.dismissed)
    }

    /// The record that it was merged into.
    pub fn merged_into(&self) -> Option<RecordId> {
        match self.ended {
            Some(Ended::Merged { into, .. }) => Some(into),
            Some(Ended::Erased { .. }) | None => None,
        }
    }

    /// A clock's run.
    pub fn run(&self, clock: &ClockId) -> Option<&ClockRun> {
        self.clocks.iter().find(|r| r.clock == *clock)
    }

    /// Since when its owner owns it.
    pub fn its_owner_since(&self) -> DateTime<Utc> {
        self.given.as_ref().map_or(self.created_at, |given| given.at)
    }

    /// Whether the person owned the record at or after an instant, up to now.
    pub fn owned_since(&self, person: PersonId, since: DateTime<Utc>) -> bool {
        self.owner == Some(person) || self.past_owners.iter().any(|p| p.person == person && p.until >= since)
    }
}
