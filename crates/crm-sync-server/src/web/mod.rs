//! What every request and every answer have in common, whatever they are about.
//!
//! [`site`] is what a handler may touch. Around all handlers, from the outside in: [`trace`] (an id and a line in the
//! log), [`headers`], [`refusal`] (what went wrong, in the caller's language and format) and [`gate`] (who may come in).
//! [`input`] reads bodies, paths and queries.

pub mod attempts;
pub mod cors;
pub mod events;
pub mod gate;
pub mod headers;
pub mod input;
pub mod language;
pub mod origin;
pub mod problem;
pub mod refusal;
pub mod site;
pub mod trace;
pub mod verdict;

pub use input::{Body, PathOf, QueryOf};
pub use refusal::Refusal;
pub use site::Site;
