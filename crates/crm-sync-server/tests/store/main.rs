//! The store on both of its databases.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what surprises a test may panic"
)]

mod adoption;
mod commits;
mod conformance;
mod edits;
mod failures;
mod leases;
mod place;
mod queries;
mod races;
mod support;
mod tokens;
