//! Playbooks as people write them: TOML in, [`crate::domain::playbook::Playbook`] out, and the guide.

pub mod compile;
mod node;
pub mod problem;
pub mod raw;

pub use compile::{Compiled, compile};
pub use problem::{Problem, Severity};
