//! Reports: figures made from records and events. Pure; the wording is [`crate::chat::render`]'s.

pub mod digest;
pub mod share;
