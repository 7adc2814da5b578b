//! The providers' clock: runs with the machine's, can be set, advanced and frozen.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// One clock for everything that the sandbox dates: records, `Date` headers, expiries and rate limits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    offset: TimeDelta,
    frozen: Option<DateTime<Utc>>,
}

impl Clock {
    /// The clock's time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.with(|state| state.now())
    }

    /// Moves the clock forward.
    pub(crate) fn advance(&self, by: Duration) {
        let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
        self.with(|state| state.place(state.now() + by));
    }

    /// Sets the clock, backwards too.
    pub(crate) fn set(&self, to: DateTime<Utc>) {
        self.with(|state| state.place(to));
    }

    /// Stops the clock where it is, or lets it run on from there.
    pub(crate) fn freeze(&self, frozen: bool) {
        self.with(|state| {
            let now = state.now();
            state.frozen = frozen.then_some(now);
            state.place(now);
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn now(&self) -> DateTime<Utc> {
        self.frozen.unwrap_or_else(|| Utc::now() + self.offset)
    }

    fn place(&mut self, now: DateTime<Utc>) {
        match &mut self.frozen {
            Some(frozen) => *frozen = now,
            None => self.offset = now - Utc::now(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_moves_only_when_told() {
        let clock = Clock::default();
        let start = "2026-03-01T08:00:00Z".parse::<DateTime<Utc>>().unwrap();
        clock.freeze(true);
        clock.set(start);
        assert_eq!(clock.now(), start);
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now(), start + TimeDelta::seconds(90));
        clock.freeze(false);
        assert!(clock.now() >= start + TimeDelta::seconds(90));
    }
}
