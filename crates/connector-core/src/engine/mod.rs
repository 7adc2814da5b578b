//! Doing: one run from the lease to the last line of the log.
//!
//! Read in this order: [`Connection`] (what is kept in agreement), [`Engine`] (what a run is), `reading` (both sides into
//! snapshots), [`plan`](crate::plan) (the decision), `session` (the books of a run), `pull` (into the CRM), `push` (into
//! the remote), `create` (new records, with intents), `finish` (what the next run starts from); `all` (several remotes).

mod all;
mod connection;
mod create;
mod delete;
mod event;
mod finish;
mod guarded;
mod pull;
mod push;
mod reading;
mod restore;
mod run;
mod session;

pub use all::{Pass, sync_all};
pub use connection::Connection;
pub use event::{Event, Watch};
pub use run::{Engine, EngineError, PLAN_LIFE, Report, Request, Result as OpResult};
