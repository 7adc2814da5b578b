//! Faults on demand: a connector that fails, lies low and shuffles, and a store that dies.

mod connector;
mod listing;
mod store;
#[cfg(test)]
mod tests;
mod traffic;
mod weather;

pub use connector::Faulty;
pub use store::FaultyStore;
pub use weather::{Call, CallKind, Faults};
