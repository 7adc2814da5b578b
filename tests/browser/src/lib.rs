//! The pages in a real browser: Chromium by its driver, the server as a program of its own, the sandbox.
//!
//! [`Office`] is the server and what is behind it, [`Browser`] a person before a screen, [`Traffic`] what the browser
//! asked of whom. The tests are in `tests/`; the program `screenshots` writes what every page looks like.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::panic,
    reason = "all of this is for tests"
)]

mod axe;
mod browser;
mod driver;
mod neighbour;
mod office;
mod tour;
mod traffic;

pub use axe::violations;
pub use browser::{Browser, Element, Screen, key};
pub use neighbour::Neighbour;
pub use office::{Office, Setup, program};
pub use tour::{Stop, Tour};
pub use traffic::Traffic;
