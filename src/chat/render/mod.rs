//! All wording.
pub mod words;
