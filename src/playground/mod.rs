//! A local stand-in for Discord: its REST API (v10), its gateway, and a web page to use them as a person.
//!
//! The real adapter connects to it as it would to Discord, so trying the bot, testing it, and breaking
//! its network on purpose all run through the very code that runs in production. Nothing here knows the
//! bot: this module imports nothing from the rest of the crate, and can only see what crosses the wire.
//!
//! ```text
//! let server = Server::start(Config::new("token", now)).await?;
//! let http = HttpBuilder::new("token").proxy(server.api_url()).ratelimiter_disabled(true).build();
//! …the bot connects…
//! let card = server.type_command("ana", "leads", r#"/lead new name:"Acme" value:12k"#).await?;
//! server.press("ben", card.message()?.id, "v1:take:1042").await?;
//! ```
//!
//! | file | what it holds |
//! | --- | --- |
//! | `config` | what the world looks like before anything happens; limits and clocks |
//! | `things` | what the world is made of: accounts, guilds, channels, messages, files |
//! | `state` | the world itself, and the single lock around it |
//! | `json` | the world's things in Discord's JSON |
//! | `validate` | Discord's limits, refused with Discord's own error objects |
//! | `rest` | the bot's HTTP requests: authentication, faults, rate limits, routes, the log |
//! | `gateway` | sessions, sequence numbers, replay after a resume |
//! | `drafts` | a person's actions, checked as Discord's client would check them |
//! | `interact` | interactions on their way to the bot, and what the person got back |
//! | `typed` | a typed `/command option:value` line read against the registered commands |
//! | `faults` | what goes wrong, on order or by chance from a seed |
//! | `record` | every request that the bot made |
//! | `handle`, `breaking` | the programmatic interface for tests and benches |
//! | `control` | the same verbs over HTTP, for the page and for tests in another process |
//! | `page` | the web page, embedded |
//!
//! **Two clocks.** Timestamps on messages and the page's clock come from [`Config::now`], the domain's
//! clock, which may be moved. Everything operational (the three seconds to answer, token lifetimes, the
//! nonce window, rate limits) runs on the monotonic clock, as it would between two machines.
//!
//! **Races.** One mutex guards the world and is never held across an await; an effect and the gateway
//! events it causes happen under the same lock, so every session sees them in the order they happened.
//!
//! **Deliberately absent**: voice, reactions, polls, forums, components v2, zlib transport, sharded guild
//! distribution beyond Discord's `(guild_id >> 22) % shards`. Permission overwrites are reduced to one
//! switch per channel (may the bot use it or not).

mod breaking;
mod config;
mod control;
mod drafts;
mod faults;
mod gateway;
mod handle;
mod interact;
mod json;
mod page;
mod record;
mod rest;
mod server;
mod state;
mod things;
mod typed;
mod validate;

pub use config::{
    ChannelConfig, ChannelKind, Config, DmPolicy, GuildConfig, Limits, Person, Step, TimeControl,
};
pub use faults::{Chances, Fault, Rule};
pub use handle::Handle;
pub use interact::{Got, Modal, Outcome, Refusal, SentInteraction};
pub use record::{RecordedFile, RecordedRequest, Violation};
pub use server::Server;
pub use state::World;
pub use things::{Attachment, Channel, Id, Key, Message};
pub use validate::{check_commands, check_message, check_modal};
