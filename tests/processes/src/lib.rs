//! The server as a process of its own, and what a machine does to processes: it kills them, freezes them, runs several
//! of them beside one database, and has them asked by many at once.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test that cannot be set up has failed"
)]

pub mod fuse;
pub mod matrix;

mod client;
mod load;
mod office;
mod outcome;
mod patience;
mod scene;
mod server;

pub use client::Client;
pub use load::{Figures, Load};
pub use office::Office;
pub use outcome::Outcome;
pub use patience::{PATIENCE, until};
pub use scene::Scene;
pub use server::Server;
