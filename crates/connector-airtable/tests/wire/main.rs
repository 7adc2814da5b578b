//! What goes over the wire: exact requests, and every documented way to fail.

#![expect(clippy::unwrap_used, reason = "all of this is tests, their shared functions included")]

mod airtable;
mod failing;
mod reading;
mod writing;
