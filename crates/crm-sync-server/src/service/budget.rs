//! How many requests a remote got this month, how many there will be, and how many may be.

use chrono::{DateTime, Datelike as _, Months, NaiveDate, Utc};
use connector_core::store::StoreError;
use serde::Serialize;

use super::connection::Configured;
use crate::app::App;

/// Until so much of a month is over, its pace says nothing.
const FIRST_DAY: i64 = 24 * 60 * 60;

/// The requests of a month, by UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Budget {
    /// Sent so far, failed ones included: the remote counts them too.
    pub used: u64,
    /// So many it will be at the end of the month, at the pace of its days so far.
    pub foreseen: u64,
    /// The most that the settings allow.
    pub limit: Option<u64>,
}

impl Budget {
    /// How many are left.
    #[must_use]
    pub fn left(&self) -> Option<u64> {
        self.limit.map(|limit| limit.saturating_sub(self.used))
    }
}

/// The requests of this month to the remote of a connection.
pub async fn of(app: &App, configured: &Configured) -> Result<Budget, StoreError> {
    app.settle_calls().await?;
    let now = app.clock.now();
    let used = app.store.calls_of(&configured.remote, &month(now)).await?;
    Ok(Budget { used, foreseen: foreseen(used, now), limit: configured.settings.monthly_calls })
}

/// The name of a month.
#[must_use]
pub fn month(at: DateTime<Utc>) -> String {
    at.format("%Y-%m").to_string()
}

fn foreseen(used: u64, now: DateTime<Utc>) -> u64 {
    let first = |day: NaiveDate| day.with_day(1).unwrap_or(day).and_time(chrono::NaiveTime::MIN).and_utc();
    let start = first(now.date_naive());
    let end = start.checked_add_months(Months::new(1)).unwrap_or(now);
    let seconds = |seconds: i64| u128::try_from(seconds).unwrap_or_default();
    let whole = seconds((end - start).num_seconds());
    let over = seconds((now - start).num_seconds().max(FIRST_DAY));
    let foreseen = u128::from(used).saturating_mul(whole).checked_div(over).unwrap_or_default();
    u64::try_from(foreseen).unwrap_or(u64::MAX).max(used)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_goes_on_as_it_began() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(month(at("2026-11-28T23:59:59Z")), "2026-11");
        assert_eq!(foreseen(100, at("2026-11-11T00:00:00Z")), 300);
        assert_eq!(foreseen(10, at("2026-11-01T00:00:01Z")), 300, "a first minute is no pace");
        assert_eq!(foreseen(7, at("2026-11-30T23:59:59Z")), 7);
        assert_eq!(foreseen(0, at("2026-02-11T00:00:00Z")), 0);
    }

    #[test]
    fn what_is_used_up_is_not_less_than_nothing() {
        let budget = |limit| Budget { used: 5, foreseen: 9, limit };
        assert_eq!(
            [budget(Some(8)), budget(Some(3)), budget(None)].map(|of| of.left()),
            [Some(3), Some(0), None]
        );
    }
}
