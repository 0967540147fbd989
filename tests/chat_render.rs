//! The wording: key texts as people read them, and what must hold for all of it.

#[path = "chat_render/alerts.rs"]
mod alerts;
#[path = "chat_render/cards.rs"]
mod cards;
#[path = "chat_render/events.rs"]
mod events;
#[path = "chat_render/fixture.rs"]
mod fixture;
#[path = "chat_render/forms.rs"]
mod forms;
#[path = "chat_render/refusals.rs"]
mod refusals;
#[path = "chat_render/reports.rs"]
mod reports;
