//! Time, which always comes from outside, and how sure we are of it.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Tells the time. The libraries never ask the machine by themselves.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time now, in UTC.
    fn now(&self) -> DateTime<Utc>;
}

/// When something happened, as a closed interval in our clock: never more exact than what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Interval {
    /// Not before this instant.
    pub lo: DateTime<Utc>,
    /// Not after this instant.
    pub hi: DateTime<Utc>,
}

impl Interval {
    /// From `lo` to `hi`; the wrong way round is put right.
    #[must_use]
    pub fn new(lo: DateTime<Utc>, hi: DateTime<Utc>) -> Self {
        if lo <= hi { Self { lo, hi } } else { Self { lo: hi, hi: lo } }
    }

    /// An exactly known instant.
    #[must_use]
    pub fn at(instant: DateTime<Utc>) -> Self {
        Self { lo: instant, hi: instant }
    }

    /// An instant that was rounded down to a multiple of `granularity`.
    #[must_use]
    pub fn floored(instant: DateTime<Utc>, granularity: TimeDelta) -> Self {
        let width = (granularity - TimeDelta::milliseconds(1)).max(TimeDelta::zero());
        Self { lo: instant, hi: instant + width }
    }

    /// Whether this certainly happened after `other`.
    #[must_use]
    pub fn is_after(self, other: Self) -> bool {
        self.lo > other.hi
    }

    /// Narrows it by what we saw: it happened after `seen`, when the old value was still there, and before
    /// `read`, when the new one was. Bounds that contradict it win, since they are in our own clock.
    #[must_use]
    pub fn refined(self, seen: Option<DateTime<Utc>>, read: DateTime<Utc>) -> Self {
        let floor = seen.unwrap_or(DateTime::<Utc>::MIN_UTC);
        let lo = self.lo.max(floor).min(read);
        Self { lo, hi: self.hi.min(read).max(lo) }
    }

    /// Moves it from a remote's clock to ours; `skew` is the remote's clock minus ours.
    #[must_use]
    pub fn translated(self, skew: Skew) -> Self {
        Self { lo: self.lo - skew.hi, hi: self.hi - skew.lo }
    }
}

/// How far a remote's clock is ahead of ours: at least `lo`, at most `hi`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skew {
    /// The least that the remote is ahead.
    pub lo: TimeDelta,
    /// The most that the remote is ahead.
    pub hi: TimeDelta,
}

impl Skew {
    /// Measures it by an answer whose `Date` header, in whole seconds, said `told`, received between two
    /// instants of our clock.
    #[must_use]
    pub fn measure(told: DateTime<Utc>, asked: DateTime<Utc>, answered: DateTime<Utc>) -> Self {
        Self { lo: told - answered, hi: told + TimeDelta::milliseconds(999) - asked }
    }

    /// What both measurements allow; when they contradict each other, the clock moved: the later one.
    #[must_use]
    pub fn and(self, later: Self) -> Self {
        let both = Self { lo: self.lo.max(later.lo), hi: self.hi.min(later.hi) };
        if both.lo <= both.hi { both } else { later }
    }

    /// Whether the clocks differ so much that decisions by time deserve a warning: by more than five minutes.
    #[must_use]
    pub fn is_suspect(self) -> bool {
        const LIMIT: TimeDelta = TimeDelta::minutes(5);
        self.least() > LIMIT
    }

    /// By how much the clocks differ at least, whichever of them is ahead.
    #[must_use]
    pub fn least(self) -> TimeDelta {
        self.lo.max(-self.hi).max(TimeDelta::zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(s: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(s, 0).unwrap()
    }

    #[test]
    fn overlapping_intervals_have_no_order() {
        let minute = Interval::floored(second(600), TimeDelta::seconds(60));
        assert!(!minute.is_after(Interval::at(second(630))));
        assert!(!Interval::at(second(630)).is_after(minute));
        assert!(Interval::at(second(660)).is_after(minute));
    }

    #[test]
    fn what_we_saw_narrows_a_floored_time() {
        let minute = Interval::floored(second(600), TimeDelta::seconds(60));
        let refined = minute.refined(Some(second(620)), second(640));
        assert_eq!(refined, Interval::new(second(620), second(640)));
    }

    #[test]
    fn a_time_in_the_future_is_clamped_to_the_end_of_the_reading() {
        assert_eq!(Interval::at(second(9_000)).refined(None, second(640)), Interval::at(second(640)));
    }

    #[test]
    fn a_remote_ahead_by_an_hour_is_measured_and_undone() {
        let skew = Skew::measure(second(3_700), second(100), second(101));
        let edit = Interval::at(second(3_650)).translated(skew);
        assert!(edit.lo <= second(50) && second(50) <= edit.hi);
        assert!(skew.is_suspect());
    }
}
