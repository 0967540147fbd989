//! The Discord adapter against the local server, over real HTTP and a real gateway, with a scripted service
//! behind it. Every request that the adapter makes is checked against Discord's API description, where
//! `DISCORD_OPENAPI` names it, as well as by the server's own checks. Nothing here sleeps; where time must pass, it is
//! the adapter's own (the promise after 1.5 s, a Retry-After of a fraction of a second).

#[path = "../support/api_description.rs"]
mod api_description;

mod answers;
mod kit;
mod posts;
mod start;
