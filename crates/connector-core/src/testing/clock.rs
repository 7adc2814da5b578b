//! A clock that stands still until a test moves it.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};

use super::lock::locked;
use crate::clock::Clock;

/// A clock that only moves when it is told to. Clones are handles on the same clock.
///
/// ```
/// use chrono::TimeDelta;
/// use connector_core::clock::Clock;
/// use connector_core::testing::ManualClock;
///
/// let clock = ManualClock::default();
/// let remote = clock.ahead_by(TimeDelta::hours(1));
/// clock.advance(TimeDelta::minutes(5));
/// assert_eq!(remote.now() - clock.now(), TimeDelta::hours(1));
/// ```
#[derive(Debug, Clone)]
pub struct ManualClock {
    now: Arc<Mutex<DateTime<Utc>>>,
}

impl ManualClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn new(now: DateTime<Utc>) -> Self {
        Self { now: Arc::new(Mutex::new(now)) }
    }

    /// Moves it on by `step`, or back by a negative one.
    pub fn advance(&self, step: TimeDelta) {
        *locked(&self.now) += step;
    }

    /// Sets it to `now`, which may be in its past.
    pub fn set(&self, now: DateTime<Utc>) {
        *locked(&self.now) = now;
    }

    /// A clock that moves with this one and always shows `offset` more: a remote's wrong clock.
    #[must_use]
    pub fn ahead_by(&self, offset: TimeDelta) -> OffsetClock {
        OffsetClock { clock: self.clone(), offset }
    }
}

impl Default for ManualClock {
    /// A working day in 2026, so that dates in snapshots are the same everywhere.
    fn default() -> Self {
        const MARCH_2_2026_09_00: i64 = 1_772_442_000;
        Self::new(DateTime::UNIX_EPOCH + TimeDelta::seconds(MARCH_2_2026_09_00))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *locked(&self.now)
    }
}

/// A [`ManualClock`] as somebody else's wrong clock shows it; made by [`ManualClock::ahead_by`].
#[derive(Debug, Clone)]
pub struct OffsetClock {
    clock: ManualClock,
    offset: TimeDelta,
}

impl Clock for OffsetClock {
    fn now(&self) -> DateTime<Utc> {
        self.clock.now() + self.offset
    }
}
