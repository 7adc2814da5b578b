//! Cells to values and back, by the form that a field's type gives them.

mod decode;
mod encode;
mod shape;
#[cfg(test)]
mod tests;

pub(crate) use decode::{decode, edited, is_new_option, shown, within_second};
pub(crate) use encode::{Encoded, Refusal, encode};
