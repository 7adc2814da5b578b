//! What the connectors share over HTTP.
//!
//! [`Http`] is the one way to a remote: it paces ([`limit`]), sends, bounds the answer in size and time, repeats
//! what may be repeated ([`retry`]), counts each attempt ([`meter`]) and tells a failure without secrets
//! ([`failure`]). What differs between remotes is a [`Dialect`]. Listings are streams of pages ([`paged`]), a
//! change feed may stand at a time ([`feed`]), what a remote told once is kept ([`known`]), and what it tells otherwise
//! than documented does not stop a reading ([`lenient`]).

pub mod client;
mod dial;
pub mod dialect;
pub mod failure;
pub mod feed;
pub mod known;
pub mod lenient;
pub mod limit;
pub mod meter;
pub mod paged;
pub mod redact;
pub mod request;
pub mod retry;

pub use client::{Answer, Http, HttpSettings, Timeouts};
pub use dialect::{Dialect, Said};
pub use failure::Failure;
pub use known::Known;
pub use limit::Limiter;
pub use meter::Meter;
pub use request::Request;
pub use reqwest::{Method, header};
pub use retry::{Policy, Repeat, Trouble};
