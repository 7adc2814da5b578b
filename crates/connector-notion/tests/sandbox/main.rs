//! The connector on a Notion that remembers, counts and is strict.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "all of this is tests, their shared functions included"
)]

mod conformance;
mod fields;
mod listing;
mod pace;
mod world;
mod writing;
