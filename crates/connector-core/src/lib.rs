#![doc = include_str!("../README.md")]

pub mod canon;
pub mod clock;
pub mod connector;
mod digest;
pub mod error;
pub mod fold;
pub mod id;
pub mod plan;
pub mod provider;
pub mod schema;
pub mod stage;
pub mod state;
pub mod store;
pub mod unit;
pub mod value;

pub use error::{Error, ErrorKind, Result};
