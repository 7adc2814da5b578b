//! What may depend on what, and how large a file may grow: the rules of the house that a compiler does not know.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "all of this is tests, their shared functions included"
)]

mod dependencies;
mod migrations;
mod promises;
mod sources;

use std::path::Path;

/// The workspace's folder.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
