//! The store: group commit, records and their history, due times, the outbox, settings, digests.

mod kit;
mod open;
mod records;
