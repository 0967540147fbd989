//! An event of another system (D20): what an adapter makes of a webhook, once, before anything else sees it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::activity::Activity;
use super::ids::WorkspaceId;

/// Something that happened elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outside {
    /// Where it belongs.
    pub workspace: WorkspaceId,
    /// Who sent it.
    pub sender: Sender,
    /// The sender's id of it: a second one with the same id is the same event (R4).
    pub id: String,
    /// What happened.
    pub what: What,
    /// Whose it is, as far as the sender knows.
    pub whose: Whose,
    /// The sender's own time of it, which is trusted (ruling 6); `None`: when it came.
    #[serde(default)]
    pub at: Option<DateTime<Utc>>,
    /// What was written.
    #[serde(default)]
    pub note: Option<String>,
    /// Fields by id or label, as texts.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

/// Who sends events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// Whoever has the workspace's secret.
    Hook,
    /// HubSpot, in its own format.
    Hubspot,
}

impl Sender {
    /// The name of its inputs (R4).
    pub fn name(self) -> &'static str {
        match self {
            Self::Hook => "hook",
            Self::Hubspot => "hubspot",
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// An activity of a record that is here.
    Activity(Activity),
    /// Somebody sent in a form: where nobody like them is here, a record is made (D4).
    Form,
    /// An opportunity was made of a record (D26f).
    Opportunity {
        /// Its id there.
        id: Option<String>,
    },
    /// Fields have other contents.
    Fields,
    /// Nothing that means anything here; the sender's word for it.
    Unknown(String),
}

impl What {
    /// The activities that are told by a name of their own; a call says beside it whether it was answered.
    pub const NAMES: [(&'static str, Activity); 9] = [
        ("email.sent", Activity::EmailSent),
        ("email.replied", Activity::EmailReplied),
        ("email.clicked", Activity::EmailClicked),
        ("email.opened", Activity::EmailOpened),
        ("call.answered", Activity::CallAnswered),
        ("call.unanswered", Activity::CallUnanswered),
        ("meeting.booked", Activity::MeetingBooked),
        ("meeting.held", Activity::MeetingHeld),
        ("payment.collected", Activity::Payment),
    ];

    /// As senders call it.
    pub fn name(&self) -> &str {
        match self {
            Self::Activity(activity) => {
                Self::NAMES.iter().find(|(_, a)| a == activity).map_or(activity.name(), |(name, _)| name)
            }
            Self::Form => "form.submitted",
            Self::Opportunity { .. } => "opportunity.created",
            Self::Fields => "fields.changed",
            Self::Unknown(name) => name,
        }
    }
}

/// By what a record is found. Each that is given is tried, in this order, until one finds somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whose {
    /// What people call it here: `L-12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// Its id elsewhere, as an import gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Their e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Their telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Only records of this noun; `None`: of any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noun: Option<String>,
}

impl Whose {
    /// Whether it names anybody at all.
    pub fn is_empty(&self) -> bool {
        *self == Self { noun: self.noun.clone(), ..Self::default() }
    }
}

/// What came of an event; a repeat is told the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "result")]
pub enum Came {
    /// It changed a record.
    Done {
        /// Which.
        record: String,
        /// The status that it is in now.
        status: String,
    },
    /// It made one.
    Created {
        /// Which.
        record: String,
        /// Its status.
        status: String,
    },
    /// It is kept until an admin has said what becomes of it.
    Kept {
        /// Why, in one sentence.
        why: String,
    },
    /// It means nothing here.
    Ignored,
    /// It came before, so long ago that the answer is forgotten.
    Repeated,
}
