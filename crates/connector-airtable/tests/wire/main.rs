//! What goes over the wire: exact requests, and every documented way to fail.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "all of this is tests, their shared functions included"
)]

mod airtable;
mod failing;
mod payloads;
mod reading;
mod writing;
