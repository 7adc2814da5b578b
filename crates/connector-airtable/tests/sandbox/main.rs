//! The connector against the sandbox, over sockets.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "all of this is tests, their shared functions included"
)]

mod conformance;
mod fields;
mod listing;
mod pace;
mod world;
mod writing;
