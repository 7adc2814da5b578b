//! Long work, apart from whoever asks for it: one run per connection, on any number of servers beside one database.
//!
//! [`Worker`] starts a [`Job`] as a task of its own and answers with a [`RunHandle`]; nobody has to wait for its end, and
//! nobody who stops waiting ends it. Read in this order: [`Job`] (what is asked), `handle` (starting, stopping), `task`
//! (one job from the lease to its last step), `progress` (the steps as they happen), `follow` (reading them, here or on
//! another server), `takeover` (what a dead server left), `retention` (what is forgotten).
//!
//! # What servers share
//! The lease in the database is what makes a run the only one of its connection; this module adds only what a person
//! sees of it. A run's steps are numbered. Those that tell how far it is take each other's place, so a run keeps few
//! steps however long it is, a slow reader misses nothing but what is out of date, and the same numbers are kept in the
//! database, about once a second, for readers elsewhere and after the end.
//!
//! # When a server ends
//! Asked to end, it finishes the operations under way, for half a second; what takes longer is dropped, its outcome
//! unknown, as after a crash, and the next run looks. The run is marked as interrupted, not as cancelled, its lease is
//! given back, and another server goes on with it, or this one when it starts again within a day. Killed, it leaves a
//! lease that expires; whoever finds it does the same. Going on means: the same work, by a new run, which repairs first;
//! of an approved plan, only the operations that were approved and not done. A run that was cut off too often is given
//! up, for it may be what kills its servers.

mod course;
mod ending;
mod event;
mod follow;
mod handle;
mod job;
mod pace;
mod progress;
mod retention;
mod round;
mod takeover;
mod task;

pub use ending::{Ending, RunHandle};
pub use event::{Finished, Numbered, RunEvent};
pub use handle::{Worker, WorkerSettings};
pub use job::{Job, Work};
