//! What the end-to-end tests share: a founder's office on loopback.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot be set up has failed"
)]

mod office;

pub use office::{Backend, Office};
