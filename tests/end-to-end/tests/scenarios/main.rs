//! The twenty-five scenarios that a two-way sync is judged by, told through the engine on the CRM's database and the
//! sandbox. What each run planned and what its log says is kept as a snapshot, the same for both databases.
//! `docs/TESTING.md` lists them.

#![expect(clippy::unwrap_used, reason = "a story that cannot be told has failed")]

mod creations;
mod deletions;
mod edits;
mod runs;
mod schemas;
mod story;
