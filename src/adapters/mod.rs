//! The edges to the world. An adapter turns a platform's input into [`crate::chat::intent`] and
//! [`crate::chat::message`] into the platform's output; nothing above it knows the platform. [`webhook`] does the same
//! for what other systems tell.

pub mod discord;
pub mod hubspot;
mod secret;
pub mod webhook;

pub use secret::Secret;
