//! The edges to the world. An adapter turns a platform's input into [`crate::chat::intent`] and
//! [`crate::chat::message`] into the platform's output; nothing above it knows the platform.
//!
//! Later: incoming webhooks and CRM integrations live here too.

pub mod discord;
mod secret;

pub use secret::Secret;
