//! What the calls cost.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Counts what was asked of a remote, for the API budget. Each attempt counts, since the remote counts it too.
#[derive(Debug, Default)]
pub struct Meter {
    attempts: AtomicU64,
    rate_limited: AtomicU64,
    waited_millis: AtomicU64,
}

impl Meter {
    /// Requests sent, repeated ones included.
    #[must_use]
    pub fn attempts(&self) -> u64 {
        self.attempts.load(Relaxed)
    }

    /// Requests that the remote refused because there were too many.
    #[must_use]
    pub fn rate_limited(&self) -> u64 {
        self.rate_limited.load(Relaxed)
    }

    /// Time spent waiting for a turn, penalties included, summed over all calls.
    #[must_use]
    pub fn waited(&self) -> Duration {
        Duration::from_millis(self.waited_millis.load(Relaxed))
    }

    pub(crate) fn count_attempt(&self, waited: Duration) {
        self.attempts.fetch_add(1, Relaxed);
        self.waited_millis.fetch_add(u64::try_from(waited.as_millis()).unwrap_or(u64::MAX), Relaxed);
    }

    pub(crate) fn count_rate_limited(&self) {
        self.rate_limited.fetch_add(1, Relaxed);
    }
}
