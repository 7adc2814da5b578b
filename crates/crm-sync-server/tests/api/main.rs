//! The server as other programs meet it: over sockets, on both databases, against an Airtable on loopback. Every answer
//! is held against the server's own OpenAPI document.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what surprises a test may panic"
)]

mod connections;
mod contract;
mod crm;
mod docs;
mod document;
mod fuzz;
mod house;
mod input;
mod notion;
#[path = "../store/place.rs"]
mod place;
mod runs;
mod trust;
