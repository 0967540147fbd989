//! Bellwether: a chat bot in which a sales team keeps its lead statuses true.
//!
//! # The map
//!
//! A functional core in an imperative shell: [`domain`] decides, [`service`] loads and saves, [`worker`] acts in
//! time, [`adapters`] talk to the world.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`domain`] | the engine: `decide`, `evolve`, `clocks`, over a compiled playbook. Pure |
//! | [`playbook`] | TOML → compiled playbook, every problem at once; the shipped playbooks; the guide |
//! | [`chat`] | what people say and see, platform-neutral: commands, intents, messages, all wording |
//! | [`store`] | SQLite: one writer task with group commit, a read-only pool, the outbox |
//! | [`service`] | one request: intent → work for the writer → reply |
//! | [`report`] | the digest's figures |
//! | [`simulate`] | the time machine: the history lived through again under a draft of the rules. Pure |
//! | [`worker`] | the loops: delivery, clocks, digests |
//! | [`adapters`] | Discord, through serenity; webhooks |
//! | [`playground`] | a local server that speaks Discord's own protocol, and its page |
//! | [`bot`] | the parts put together |
//! | [`demo`] | the playground with a bot, a team and a week of work |
//! | [`crm`] | the way out to a CRM |
//! | [`clock`], [`config`], [`heartbeat`] | the time; the environment; the sign of life |
//!
//! # One request, by file and function
//!
//! 1. Discord sends an interaction; `adapters/discord/inbound.rs` turns it into a
//!    [`chat::intent::Request`] once, and the handler answers within three seconds whatever happens.
//! 2. [`service::App::handle`] reads it into an intent (`chat/parse.rs`) and hands the writer a piece of
//!    [`store::Work`].
//! 3. The writer (`store/writer.rs`) loads what the jobs of a group name, runs each against an overlay, and
//!    commits once. The job itself marks the input as seen, calls [`domain::decide::decide`], folds
//!    [`domain::evolve::evolve`] over the events, and puts the record, its events, its next due time and
//!    whatever must leave into the overlay.
//! 4. The reply goes straight back. Everything else leaves through the outbox: `worker/deliver.rs` claims a row,
//!    `service/draw.rs` draws it from the rows as they are, `adapters/discord/outbound.rs` sends it.
//!
//! # What must never happen
//!
//! - A status changes without [`domain::decide`] (R5). A timer is a command like any other.
//! - Something is posted before the transaction that causes it is committed, or lost after.
//! - The core reads a clock, a global or a file. Its time, its ids and its chances are passed in, because only
//!   so can a history be replayed and a simulated month be run in a second.
//! - `serenity` outside `adapters/discord`, `sqlx` outside [`store`], the time outside [`clock`]
//!   (`tests/architecture.rs`).
//! - Wording outside `chat/render`; the few sentences that only Discord's own limits call for stand in
//!   `adapters/discord/words.rs`, and what a webhook's sender is told in `adapters/webhook/words.rs`.

pub mod adapters;
pub mod bot;
pub mod chat;
pub mod clock;
pub mod config;
pub mod crm;
pub mod demo;
pub mod domain;
pub mod heartbeat;
pub mod playbook;
pub mod playground;
pub mod report;
pub mod service;
pub mod simulate;
pub mod store;
pub mod worker;
