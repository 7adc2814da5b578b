//! The pages in a real browser, driven over WebDriver: Chromium, the server as a program of its own, the sandbox.
//!
//! [`Office`] is the server and what is behind it, [`Browser`] a person before a screen. The tests are in `tests/`;
//! the program `screenshots` writes what every page looks like.

#![expect(clippy::expect_used, clippy::panic, reason = "all of this is for tests")]

mod axe;
mod browser;
mod driver;
mod office;

pub use axe::violations;
pub use browser::{Browser, Screen};
pub use office::{Office, Setup};
