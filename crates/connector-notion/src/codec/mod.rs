//! What properties hold, to values and back, by the name of the property's type.

mod decode;
mod encode;
mod moment;
pub(crate) mod runs;
mod shape;
#[cfg(test)]
mod tests;

pub(crate) use decode::{Decoded, decode};
pub(crate) use encode::{Encoded, Refusal, encode};
pub(crate) use moment::within_minute;
