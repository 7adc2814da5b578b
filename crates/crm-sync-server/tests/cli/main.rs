//! The program as people run it: the built binary against an Airtable and a Notion on loopback.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a test does not get, it fails for"
)]

mod budget;
mod crm;
mod deletions;
mod demo;
mod notion;
mod notion_faults;
mod office;
mod review;
mod settings;
mod syncing;
mod table;
