//! The worker on both databases and against an Airtable on loopback; several workers on one database are several
//! servers.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what a test does not get, it fails for")]

mod following;
mod office;
mod planning;
mod running;
mod stopping;
mod takeover;
