//! chat.
pub mod value;
