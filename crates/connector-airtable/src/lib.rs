#![doc = include_str!("../README.md")]

mod address;
mod api;
mod base;
mod batch;
mod codec;
mod connector;
mod failure;
mod formula;
#[cfg(test)]
mod fuzz;
mod layout;
mod listing;
mod names;
mod provider;
mod table;
mod wire;
mod write;

pub use connector::AirtableConnector;
pub use connector_http::{Meter, Policy, Timeouts};
pub use provider::{AirtableProvider, ENDPOINT, Tuning};
