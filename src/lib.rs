//! Bellwether.
pub mod adapters;
pub mod chat;
pub mod clock;
pub mod config;
pub mod domain;
pub mod heartbeat;
pub mod playbook;
pub mod playground;
pub mod report;
pub mod service;
pub mod store;
pub mod worker;
