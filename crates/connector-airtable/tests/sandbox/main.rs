//! The connector against the sandbox, over sockets.

mod conformance;
mod fields;
mod listing;
mod pace;
mod world;
mod writing;
