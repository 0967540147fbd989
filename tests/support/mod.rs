//! What tests stand on: a [`World`] (the app on a memory database, a clock that is moved by hand, a fake chat)
//! and scenarios, which are text files that a sales manager could read (see [`scenario`]).

// Each test file uses a part of it.
#![allow(dead_code, unused_imports)]

pub mod fake_chat;
pub mod plain;
pub mod scenario;
pub mod world;

pub use fake_chat::{FakeChat, Kind, Posted};
pub use scenario::check;
pub use world::World;
