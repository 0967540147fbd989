//! What people see and say, platform-neutral.
//!
//! Inward: an adapter's input is a [`intent::Request`]; a slash command ([`commands`] is their table) arrives as an
//! [`intent::Call`] and is read by [`parse`] into an [`intent::Intent`]. Outward: [`render`] has all the wording and
//! makes [`message::Message`]s, whose buttons carry an [`action::Action`]. [`port`] is the way out to a platform.

pub mod action;
pub mod commands;
pub mod intent;
pub mod message;
pub mod parse;
pub mod port;
pub mod render;
pub mod value;
