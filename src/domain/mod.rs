//! domain.
pub mod calendar;
pub mod ics;
pub mod money;
pub mod span;
