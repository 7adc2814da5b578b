//! What goes over the wire: exact requests, older shapes, and every documented way to fail.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "all of this is tests, their shared functions included"
)]

mod body;
mod completing;
mod failing;
mod finding;
mod notion;
mod payloads;
mod reading;
mod writing;
