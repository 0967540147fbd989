//! domain.
pub mod calendar;
pub mod ics;
pub mod span;
