//! What an event does to a record: total, without a look at playbook or calendar.

use super::event::{Created, Event};
use super::field::Contact;
use super::record::Record;

/// The record after an event.
pub fn evolve(record: Record, event: &Event) -> Record {
    let _ = event;
    record
}

/// The record that a `Created` event makes; the contact comes from beside the events (ruling 15).
pub fn create(created: &Created, event: &Event, contact: Contact) -> Record {
    let _ = (created, event, contact);
    unimplemented!("being written")
}
