//! Fuzzing on stable Rust, in the plain test run: a target is a test, and its short run is part of the suite.
//!
//! ```
//! test_fuzz::fuzz("doc", |input, shape| {
//!     let text = String::from_utf8_lossy(input);
//!     shape.reach(("words", text.split(' ').count().min(3)));
//! });
//! ```
//!
//! Inputs begin with the files of `corpus/<target>` and are changed, as bytes and as JSON. There is no coverage to steer
//! by, which would ask for a compiler that stable Rust is not; a target says instead which shapes an input reached (the
//! type that was read, the error that was given), and an input that reached a new one is kept, to be changed further.
//!
//! `FUZZ_SECONDS` makes a run longer, `FUZZ_SEED` another: `cargo xtask fuzz --seconds 60` sets them. An input that
//! makes a target panic is written to `target/fuzz`, and belongs into a test of its own name.

mod change;
mod driver;
mod shape;

pub use driver::fuzz;
pub use shape::Shape;
