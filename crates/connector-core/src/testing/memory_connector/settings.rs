//! What kind of remote the memory plays.

use std::num::NonZeroUsize;

use chrono::TimeDelta;

use crate::connector::{Capabilities, Feed};
use crate::testing::EditClock;

/// What kind of remote the memory plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemorySettings {
    /// The remote's name.
    pub remote: &'static str,
    /// What it can do; kept to the letter.
    pub capabilities: Capabilities,
    /// How finely it dates edits.
    pub edit_clock: EditClock,
    /// Whether writing an unknown option of an extensible field makes it.
    pub create_options: bool,
}

impl MemorySettings {
    /// Pages of 100, batches of 10, creations that adopt, exact times, no feed, no trash.
    #[must_use]
    pub fn like_airtable() -> Self {
        Self {
            remote: "memory",
            capabilities: Capabilities {
                batch: at_least_one(10),
                in_flight: at_least_one(4),
                read_batch: at_least_one(100),
                page: at_least_one(100),
                create_is_idempotent: true,
                lookup_lag: TimeDelta::zero(),
                feed: None,
                restores: false,
            },
            edit_clock: EditClock::Exact,
            create_options: false,
        }
    }

    /// Pages of 100, one change at a time, a lookup that lags, times floored to the minute, a feed, a trash.
    #[must_use]
    pub fn like_notion() -> Self {
        Self {
            capabilities: Capabilities {
                batch: at_least_one(1),
                in_flight: at_least_one(3),
                read_batch: at_least_one(1),
                page: at_least_one(100),
                create_is_idempotent: false,
                lookup_lag: TimeDelta::seconds(10),
                feed: Some(Feed { reports_deletions: false }),
                restores: true,
            },
            edit_clock: EditClock::Floored(TimeDelta::minutes(1)),
            ..Self::like_airtable()
        }
    }
}

impl Default for MemorySettings {
    fn default() -> Self {
        Self::like_airtable()
    }
}

const fn at_least_one(number: usize) -> NonZeroUsize {
    NonZeroUsize::MIN.saturating_add(number.saturating_sub(1))
}

/// What was asked of a [`MemoryConnector`](super::MemoryConnector), in requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Readings of the schema.
    pub schema: u64,
    /// Pages of listings.
    pub list_pages: u64,
    /// Requests that read deals by id, one for each `read_batch` of them.
    pub read: u64,
    /// Requests that looked for keys, one for each `read_batch` of them.
    pub find: u64,
    /// Calls of `write`.
    pub writes: u64,
    /// Changes that were applied.
    pub written: u64,
}
