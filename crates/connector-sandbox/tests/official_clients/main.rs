//! The clients that people use, unmodified, against the sandbox: if these notice a difference from the real
//! service, so would anything else.
//!
//! Each script in `clients/` asserts on every answer. The clients are installed once, with their own package
//! managers, into the target directory; a change of the pinned versions installs anew.

#![cfg(test)]

mod airtable;
mod client;
mod notion;
