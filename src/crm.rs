//! The way out to a CRM: what is asked of it ([`CrmPort`]), and why it may say no. Beside [`crate::chat::port::ChatPort`]
//! it is the second port; [`crate::worker::crm`] sends what the store keeps for it.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// What a CRM does for the bot.
#[async_trait::async_trait]
pub trait CrmPort: Send + Sync + 'static {
    /// The company that is called so, or has this domain.
    async fn company(&self, called: &str) -> Result<Company, CrmError>;

    /// A note of ours, by a word in its text that no other has.
    async fn find_note(&self, marker: &str) -> Result<Option<String>, CrmError>;

    /// Writes a note on a company; gives its id there. Twice makes two.
    async fn note(&self, company: &str, html: &str, at: DateTime<Utc>) -> Result<String, CrmError>;
}

/// Which company is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Company {
    /// This one, by its id there.
    One(String),
    /// There is none.
    None,
    /// There are several.
    Several,
}

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CrmError {
    /// Later it may be done.
    #[error("to be tried again: {why}")]
    Retry {
        /// Not before so long.
        after: Option<Duration>,
        /// It may have been done all the same: no answer came.
        lost: bool,
        /// For the log.
        why: String,
    },
    /// The CRM does not let us in: nothing is done until somebody has mended it.
    #[error("locked out: {why}")]
    LockedOut {
        /// For an admin.
        why: String,
    },
    /// It will never be done as it is.
    #[error("refused: {why}")]
    Refused {
        /// For an admin.
        why: String,
    },
}
