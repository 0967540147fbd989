//! Text that people type in commands and forms, read into values.
//!
//! Every reader either understands the whole text or answers with one sentence that shows what it can read;
//! nothing is half understood. The sentences are shown to people as they are, after escaping. The present and
//! the person's time zone are arguments.
//!
//! Money and opening hours have their readers beside their types: [`Money::parse`](crate::domain::money::Money::parse)
//! and [`WeeklyHours::parse`](crate::domain::calendar::WeeklyHours::parse).

pub mod columns;
mod contact;
mod guess;
mod when;

pub use contact::{Phone, parse_email, parse_phone};
pub use guess::{Guess, guess};
pub use when::{parse_ahead, parse_date, parse_when};

use crate::domain::span::Span;

/// Reads `2 business hours`, `5 business days`, `30d`, `15 minutes`; the error is a sentence with an example.
pub fn parse_span(text: &str) -> Result<Span, String> {
    Span::parse(text).map_err(|e| e.to_string())
}

/// What was typed, short enough to be repeated in an answer.
fn clip(text: &str) -> String {
    text.trim().chars().take(60).collect()
}
