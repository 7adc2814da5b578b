//! What strangers can do to the server, and what gets out of it: the real process, over real sockets.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what surprises a test may panic"
)]

mod access;
mod adoption;
mod clients;
mod hunt;
mod injection;
mod panic;
#[expect(dead_code, reason = "other tests open the database in their own process")]
#[path = "../store/place.rs"]
mod place;
mod premises;
mod states;
mod tour;
mod wire;
