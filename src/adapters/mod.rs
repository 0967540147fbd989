//! Adapters.

pub mod discord;
