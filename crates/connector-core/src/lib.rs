#![doc = include_str!("../README.md")]

pub mod canon;
pub mod clock;
pub mod connector;
mod digest;
pub mod engine;
pub mod error;
pub mod fold;
#[cfg(test)]
mod fuzz;
pub mod id;
pub mod lens;
pub mod mapping;
#[cfg(feature = "mutation")]
pub mod mutation;
#[cfg(not(feature = "mutation"))]
mod mutation;
pub mod plan;
pub mod provider;
pub mod schema;
pub mod snapshot;
pub mod stage;
pub mod state;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod unit;
pub mod value;

pub use error::{Error, ErrorKind, Result};
