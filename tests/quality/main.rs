//! What Bellwether promises whatever happens: who may do what (R10), hostile input (R9), secrets (R11), jumps of
//! the clock (R8), changes at the same moment, and a simulated fortnight that keeps every invariant (R13).

#[path = "../support/mod.rs"]
mod support;

mod access;
mod at_once;
mod bulk;
mod clockjump;
mod company;
mod gone;
mod hostile;
mod joining;
mod kit;
mod month;
mod points;
mod secrets;
mod simulated;
mod undoing;
mod upgrade;
