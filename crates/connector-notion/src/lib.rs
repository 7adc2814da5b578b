#![doc = include_str!("../README.md")]

mod address;
mod api;
mod body;
mod codec;
mod completion;
mod connector;
mod directory;
mod failure;
mod filter;
#[cfg(test)]
mod fuzz;
mod layout;
mod listing;
mod names;
mod property_id;
mod provider;
mod source;
mod turns;
mod version;
mod wire;
mod write;

pub use connector::NotionConnector;
pub use connector_http::{Meter, Policy, Timeouts};
pub use provider::{ENDPOINT, NotionProvider, Tuning};
pub use version::Version;
