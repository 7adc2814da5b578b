//! What tests of syncs need: both sides in memory, a clock that a test moves, faults and crashes on demand, and the
//! conformance suites that every connector and every store must pass.
//!
//! Nothing here reads the machine's clock or draws numbers without a seed: a test that failed once fails again.

mod clock;
#[expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "the suite's functions are tests: they say what is wrong by panicking"
)]
pub mod connector_suite;
mod edit_clock;
mod faulty;
mod fixture;
mod fuse;
mod lock;
mod memory_connector;
mod memory_store;
#[expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "the suite's functions are tests: they say what is wrong by panicking"
)]
pub mod store_suite;
mod suite;

pub use clock::{ManualClock, OffsetClock};
pub use edit_clock::EditClock;
pub use faulty::{Call, CallKind, Faults, Faulty, FaultyStore};
pub use fixture::{computed, field, options};
pub use fuse::{Blow, Fuse};
pub use memory_connector::{Counters, MemoryConnector, MemorySettings};
pub use memory_store::{MemoryStore, NotThere};
