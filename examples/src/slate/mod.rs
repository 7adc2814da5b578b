//! A connector for a remote that is neither Airtable nor Notion, to be read with `docs/NEW-CONNECTOR.md`.
//!
//! The remote is [`Slate`], a service that keeps a table of texts and knows nothing of deals. [`SlateConnector`] makes
//! it a `DealConnector`: `codec` turns its texts into values and back, `connector` turns its calls into the port's.
//! The conformance suite of `connector-core` runs on it in `tests/slate.rs`.

mod codec;
mod connector;
mod service;

pub use connector::SlateConnector;
pub use service::{Column, Kind, Refusal, Row, Slate};
