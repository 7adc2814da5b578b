//! Which provider is meant.

use serde::{Deserialize, Serialize};

/// A provider that the sandbox plays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remote {
    /// Airtable's Web API.
    #[default]
    Airtable,
    /// Notion's public API.
    Notion,
}
