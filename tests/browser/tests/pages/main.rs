//! The pages in Chromium, with the server as a program and the sandbox behind it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what a test does not get, it fails for")]

mod conflicts;
mod first_sync;
mod looks;
mod mapping;
mod neighbours;
mod running;
mod sign_in;
mod trust;
mod weight;
