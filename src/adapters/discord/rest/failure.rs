//! What can go wrong with a request, and what that means to delivery.

use std::time::Duration;

use serde_json::Value;

use crate::chat::port::{Refusal, SendError};

/// How long everything is held after a 401: asking again only adds to the count that ends in a ban.
pub const UNAUTHORIZED_HOLD: Duration = Duration::from_mins(5);

/// A request that did not succeed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Failure {
    /// 429, or held here because of an earlier one.
    #[error("held for {} ms{}", wait.as_millis(), if *everything { ", everything" } else { "" })]
    Limited {
        /// For so long.
        wait: Duration,
        /// All routes.
        everything: bool,
    },
    /// No answer, or a 5xx: it may have taken effect.
    #[error("no answer: {why}")]
    Unavailable {
        /// For the log.
        why: String,
    },
    /// 401: the token is wrong or was reset. Everything is held for a while.
    #[error("Discord refuses the token")]
    Unauthorized,
    /// A 4xx: it will not succeed as it is.
    #[error("{status}, code {code}: {message}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Discord's JSON code; 0 where there is none.
        code: u32,
        /// Discord's message, with the places of form errors.
        message: String,
    },
}

/// Discord's codes that have a meaning of their own here.
pub mod code {
    /// Unknown channel.
    pub const UNKNOWN_CHANNEL: u32 = 10_003;
    /// Unknown message.
    pub const UNKNOWN_MESSAGE: u32 = 10_008;
    /// Unknown member of a guild.
    pub const UNKNOWN_MEMBER: u32 = 10_007;
    /// Unknown user.
    pub const UNKNOWN_USER: u32 = 10_013;
    /// Unknown interaction: too late, or answered by another process.
    pub const UNKNOWN_INTERACTION: u32 = 10_062;
    /// Too many edits of a message older than an hour.
    pub const TOO_MANY_OLD_EDITS: u32 = 30_046;
    /// The interaction has been answered already.
    pub const ALREADY_ANSWERED: u32 = 40_060;
    /// Missing access.
    pub const MISSING_ACCESS: u32 = 50_001;
    /// Only one's own messages can be edited.
    pub const NOT_OURS: u32 = 50_005;
    /// This person takes no messages from us.
    pub const CANNOT_REACH: u32 = 50_007;
    /// Missing permissions.
    pub const MISSING_PERMISSIONS: u32 = 50_013;
    /// The message has a thread already.
    pub const THREAD_EXISTS: u32 = 160_004;
    /// No room for another active thread.
    pub const TOO_MANY_THREADS: u32 = 160_006;
    /// The thread is archived.
    pub const THREAD_ARCHIVED: u32 = 50_083;
}

impl Failure {
    /// Discord's code, 0 where there is none.
    pub fn code(&self) -> u32 {
        match self {
            Self::Refused { code, .. } => *code,
            Self::Limited { .. } | Self::Unavailable { .. } | Self::Unauthorized => 0,
        }
    }
}

impl From<Failure> for SendError {
    fn from(failure: Failure) -> Self {
        let why = failure.to_string();
        match failure {
            Failure::Limited { wait, everything } => Self::Retry { after: Some(wait), everything, why },
            Failure::Unavailable { .. } => Self::Retry { after: None, everything: false, why },
            Failure::Unauthorized => Self::Retry { after: Some(UNAUTHORIZED_HOLD), everything: true, why },
            Failure::Refused { code, .. } => Self::Refused { refusal: refusal(code), why },
        }
    }
}

/// Rulings 17, 20: the refusals that delivery has an answer to.
fn refusal(code: u32) -> Refusal {
    match code {
        code::UNKNOWN_CHANNEL | code::MISSING_ACCESS | code::MISSING_PERMISSIONS => Refusal::ChannelGone,
        code::UNKNOWN_MESSAGE | code::TOO_MANY_OLD_EDITS | code::NOT_OURS => Refusal::MessageGone,
        code::CANNOT_REACH => Refusal::CannotReach,
        code::UNKNOWN_MEMBER | code::UNKNOWN_USER => Refusal::PersonGone,
        code::TOO_MANY_THREADS => Refusal::NoMoreThreads,
        _ => Refusal::Other,
    }
}

/// Discord's error body in one line: the message, and for a form error each place with its complaint.
pub fn describe(body: &Value) -> String {
    fn walk(at: &str, node: &Value, out: &mut Vec<String>) {
        let Some(map) = node.as_object() else { return };
        for (key, inner) in map {
            if key == "_errors" {
                let text = inner.as_array().into_iter().flatten().filter_map(|e| e["message"].as_str());
                out.push(format!("{at}: {}", text.collect::<Vec<_>>().join(" ")));
            } else {
                let at = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                walk(&at, inner, out);
            }
        }
    }
    let mut places = Vec::new();
    walk("", &body["errors"], &mut places);
    let message = body["message"].as_str().unwrap_or("no message");
    if places.is_empty() { message.to_owned() } else { format!("{message} ({})", places.join("; ")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Rulings 17, 20
    #[test]
    fn discords_codes_become_what_delivery_knows() {
        let table = [
            (404, 10_003, Refusal::ChannelGone),
            (403, 50_001, Refusal::ChannelGone),
            (403, 50_013, Refusal::ChannelGone),
            (404, 10_008, Refusal::MessageGone),
            (400, 30_046, Refusal::MessageGone),
            (403, 50_007, Refusal::CannotReach),
            (404, 10_007, Refusal::PersonGone),
            (404, 10_013, Refusal::PersonGone),
            (400, 160_006, Refusal::NoMoreThreads),
            (400, 50_035, Refusal::Other),
            (405, 0, Refusal::Other),
        ];
        for (status, code, expected) in table {
            let failure = Failure::Refused { status, code, message: "x".into() };
            match SendError::from(failure) {
                SendError::Refused { refusal, .. } => assert_eq!(refusal, expected, "{code}"),
                retry @ SendError::Retry { .. } => panic!("{code}: {retry:?}"),
            }
        }
    }

    /// R6
    #[test]
    fn what_may_pass_is_tried_again() {
        let wait = Duration::from_millis(1_500);
        let limited = SendError::from(Failure::Limited { wait, everything: true });
        assert!(matches!(limited, SendError::Retry { after: Some(w), everything: true, .. } if w == wait));
        let gone = SendError::from(Failure::Unavailable { why: "502".into() });
        assert!(matches!(gone, SendError::Retry { after: None, everything: false, .. }));
    }

    #[test]
    fn a_form_error_names_its_places() {
        let body = json!({"code": 50035, "message": "Invalid Form Body", "errors": {"embeds": {"0": {
            "title": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 256 or fewer."}]}}}}});
        assert_eq!(describe(&body), "Invalid Form Body (embeds.0.title: Must be 256 or fewer.)");
        assert_eq!(describe(&Value::Null), "no message");
    }
}
