//! The CRM's deals: read as they are, written one by one, never over an edit that was not seen.

mod cell;
mod changes;
mod edits;
mod graves;
mod import;
mod read;
mod row;
mod write;

pub(super) use edits::{EditTimes, edit_times, put_back, set_edit_times};
pub(super) use graves::graves;
pub(super) use import::import;
pub use read::Held;
pub(super) use read::{one, page, read};
pub(super) use row::is_column;
pub(super) use write::{Verdict, write};

use connector_core::id::DealId;

/// An id that no deal of the CRM can have.
#[derive(Debug, thiserror::Error)]
#[error("the ids of the CRM's deals are whole numbers")]
pub(super) struct NoKey;

/// The CRM's own key; `None` for an id that no deal of the CRM can have.
pub(super) fn key(id: &DealId) -> Option<i32> {
    id.as_str().parse().ok()
}

/// The id of the deal with this key.
pub(super) fn id(key: i32) -> DealId {
    key.to_string().into()
}
