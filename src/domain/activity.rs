//! What a person or an integration logs, and what each kind of activity counts for (ruling 4).

use serde::{Deserialize, Serialize};

/// An activity that can be logged. The kinds are the engine's; playbooks refer to them by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// We wrote an e-mail.
    EmailSent,
    /// We called; nobody answered.
    CallUnanswered,
    /// We left a voicemail.
    Voicemail,
    /// We wrote on LinkedIn.
    LinkedinMessage,
    /// They answered our e-mail.
    EmailReplied,
    /// We spoke on the telephone.
    CallAnswered,
    /// They agreed to a meeting.
    MeetingBooked,
    /// The meeting took place.
    MeetingHeld,
    /// They opened an e-mail.
    EmailOpened,
    /// They followed a link in an e-mail.
    EmailClicked,
    /// They sent in a form.
    FormSubmitted,
    /// They paid.
    Payment,
    /// A note among ourselves.
    Note,
}

/// What an activity counts for (ruling 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityKind {
    /// We reached out; no answer is implied. Meets D42, restarts D45.
    Touch,
    /// A human answered. Meets D42, restarts D45, may make Connected.
    TwoWay,
    /// Something they did that no human answered for. Never restarts a D clock.
    Signal,
    /// Among ourselves; counts for nothing.
    Internal,
}

impl Activity {
    /// Every activity, in the order in which a picker shows them.
    pub const ALL: [Self; 13] = [
        Self::EmailSent,
        Self::CallUnanswered,
        Self::Voicemail,
        Self::LinkedinMessage,
        Self::EmailReplied,
        Self::CallAnswered,
        Self::MeetingBooked,
        Self::MeetingHeld,
        Self::Note,
        Self::EmailOpened,
        Self::EmailClicked,
        Self::FormSubmitted,
        Self::Payment,
    ];

    /// What this activity counts for.
    pub fn kind(self) -> ActivityKind {
        match self {
            Self::EmailSent | Self::CallUnanswered | Self::Voicemail | Self::LinkedinMessage => {
                ActivityKind::Touch
            }
            Self::EmailReplied | Self::CallAnswered | Self::MeetingBooked | Self::MeetingHeld => {
                ActivityKind::TwoWay
            }
            Self::EmailOpened | Self::EmailClicked | Self::FormSubmitted | Self::Payment => {
                ActivityKind::Signal
            }
            Self::Note => ActivityKind::Internal,
        }
    }

    /// The name used in playbooks, commands and the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::EmailSent => "email_sent",
            Self::CallUnanswered => "call_unanswered",
            Self::Voicemail => "voicemail",
            Self::LinkedinMessage => "linkedin_message",
            Self::EmailReplied => "email_replied",
            Self::CallAnswered => "call_answered",
            Self::MeetingBooked => "meeting_booked",
            Self::MeetingHeld => "meeting_held",
            Self::EmailOpened => "email_opened",
            Self::EmailClicked => "email_clicked",
            Self::FormSubmitted => "form_submitted",
            Self::Payment => "payment",
            Self::Note => "note",
        }
    }

    /// Reads [`Activity::name`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.name() == name)
    }

    /// Touch or two-way: the activities that D42 and D45 ask for.
    pub fn is_contact(self) -> bool {
        matches!(self.kind(), ActivityKind::Touch | ActivityKind::TwoWay)
    }
}
