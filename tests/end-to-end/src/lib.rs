//! What the end-to-end tests share: a founder's office on loopback, with one remote or two.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test that cannot be set up has failed"
)]

mod counting;
mod office;
mod premises;
mod tool;
mod trio;

pub use counting::writes;
pub use office::Office;
pub use premises::{Backend, Premises};
pub use tool::Tool;
pub use trio::Trio;
