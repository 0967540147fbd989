//! Webhooks against a real server on a port of its own: what is believed, what each event does, what is kept (D20, C4;
//! rulings 4, 6, 10, 12, 15; R4, R9, R11).

mod support;

#[path = "hooks/kit.rs"]
mod kit;
#[path = "hooks/target.rs"]
mod target;

#[path = "hooks/believed.rs"]
mod believed;
#[path = "hooks/events.rs"]
mod events;
#[path = "hooks/hubspot.rs"]
mod hubspot;
#[path = "hooks/kept.rs"]
mod kept;
#[path = "hooks/outgoing.rs"]
mod outgoing;
#[path = "hooks/prepared.rs"]
mod prepared;
