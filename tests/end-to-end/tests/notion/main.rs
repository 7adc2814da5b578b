//! Notion's own traits, met by whole syncs: times of a minute, pages without a unique key, an index that lags, a window
//! of requests, and a third tool beside it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what a test does not get, it fails for")]

mod bodies;
mod budget;
mod creating;
mod minutes;
mod obstacles;
mod pace;
mod three_tools;
