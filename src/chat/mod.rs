//! What people see and say, platform-neutral.

pub mod action;
pub mod intent;
pub mod message;
pub mod port;
pub mod value;
