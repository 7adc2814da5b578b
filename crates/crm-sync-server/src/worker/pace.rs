//! How fast a run writes, and how long the rest takes.

use tokio::time::Instant;

/// Counts what was done since the first of it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace {
    first: Option<(Instant, usize)>,
}

impl Pace {
    /// Operations a second once `done` are done, as soon as there is a span of time to divide by.
    pub(super) fn per_second(&mut self, done: usize, now: Instant) -> Option<f64> {
        let (since, before) = *self.first.get_or_insert((now, done));
        let seconds = now.duration_since(since).as_secs_f64();
        let count = u32::try_from(done.saturating_sub(before)).ok().filter(|count| *count > 0)?;
        (seconds > 0.0).then(|| f64::from(count) / seconds)
    }
}

/// Seconds for `rest` more at that rate, rounded up.
pub(super) fn seconds_left(rest: usize, per_second: f64) -> Option<u64> {
    let seconds = f64::from(u32::try_from(rest).ok()?) / per_second;
    // Days are as good as unknown.
    (seconds < 1e6).then(|| std::time::Duration::from_secs_f64(seconds.ceil()).as_secs())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_rest_takes_as_long_as_what_was_done_says() {
        let mut pace = Pace::default();
        assert_eq!(pace.per_second(10, Instant::now()), None, "a moment is no span of time");
        tokio::time::advance(Duration::from_secs(4)).await;
        let rate = pace.per_second(50, Instant::now()).unwrap();
        assert!((rate - 10.0).abs() < 1e-9, "{rate}");
        assert_eq!(seconds_left(95, rate), Some(10));
        assert_eq!(seconds_left(0, rate), Some(0));
        assert_eq!(seconds_left(usize::MAX, rate), None);
    }
}
