//! The store: group commit, records and their history, due times, the outbox, settings, digests.

mod attention;
mod due;
mod duplicates;
mod kit;
mod open;
mod outbox;
mod outbox_model;
mod records;
mod settings;
