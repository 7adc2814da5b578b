//! How finely a side dates what happens to its rows.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

use crate::clock::Interval;

/// How finely a side dates its edits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditClock {
    /// It does not.
    None,
    /// As its clock shows.
    Exact,
    /// Rounded down to a multiple of this: Notion to the minute.
    Floored(TimeDelta),
}

impl EditClock {
    /// How an instant is shown.
    pub(super) fn show(self, at: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::None | Self::Exact => at,
            Self::Floored(granularity) => at.duration_trunc(granularity).unwrap_or(at),
        }
    }

    /// What is known of an edit at this instant.
    pub(super) fn interval(self, at: DateTime<Utc>) -> Option<Interval> {
        match self {
            Self::None => None,
            Self::Exact => Some(Interval::at(at)),
            Self::Floored(granularity) => Some(Interval::floored(self.show(at), granularity)),
        }
    }
}
