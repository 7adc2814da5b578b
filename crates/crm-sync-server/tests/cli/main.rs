//! The program as people run it: the built binary against an Airtable on loopback.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a test does not get, it fails for"
)]

mod crm;
mod demo;
mod office;
mod settings;
mod syncing;
mod table;
