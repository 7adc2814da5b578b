//! Deciding: a pure function from what both sides hold and last agreed on to what should be done.

mod strategy;

pub use strategy::{Precedence, Side, Strategy};
