//! The core. Pure: no input or output, no async, no global; time and chance are passed in.

pub mod access;
pub mod accounts;
pub mod activity;
pub mod approval;
pub mod attention;
pub mod calendar;
pub mod clocks;
pub mod command;
pub mod decide;
pub mod decision;
pub mod event;
pub mod evolve;
pub mod facts;
pub mod field;
pub mod ics;
pub mod ids;
pub mod money;
pub mod needs;
pub mod playbook;
pub mod ramp;
pub mod record;
pub mod rejection;
pub mod span;
pub mod undo;
pub mod workspace;
