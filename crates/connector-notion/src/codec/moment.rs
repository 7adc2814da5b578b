//! Dates, times and zones as Notion writes them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use connector_core::clock::Interval;
use connector_core::value::Value;

use super::shape::Date;

/// When something happened to which Notion gives this time: rounded down to the minute.
pub(crate) fn within_minute(time: DateTime<Utc>) -> Interval {
    Interval::floored(time, TimeDelta::minutes(1))
}

/// What a date property holds: a civil date, or an instant.
pub(super) fn read(date: &Date) -> Result<Value, String> {
    let Date { start, end, time_zone } = date;
    if let Some(end) = end {
        return Err(format!("a range, from {start} to {end}"));
    }
    if let Ok(day) = start.parse::<NaiveDate>() {
        return Ok(Value::Date(day));
    }
    instant(start, time_zone.as_deref()).map(Value::Instant)
}

/// The instant of `time`, which has its offset or is told in `zone`.
fn instant(time: &str, zone: Option<&str>) -> Result<DateTime<Utc>, String> {
    if let Ok(at) = time.parse::<DateTime<Utc>>() {
        return Ok(at);
    }
    let unreadable = || format!("not a time that can be read: {time} in {}", zone.unwrap_or("no zone"));
    let local: NaiveDateTime = time.parse().map_err(|_| unreadable())?;
    let zone: Tz = zone.unwrap_or("UTC").parse().map_err(|_| unreadable())?;
    // Of an hour that comes twice, the first; one that never comes is not a time.
    zone.from_local_datetime(&local).earliest().map(|at| at.to_utc()).ok_or_else(unreadable)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2026-12-31T10:00:00.000+09:00", None, Some("2026-12-31T01:00:00Z"))]
    #[case("2026-12-31T10:00:00.000Z", None, Some("2026-12-31T10:00:00Z"))]
    #[case("2026-07-01T10:00:00.000", Some("Europe/Paris"), Some("2026-07-01T08:00:00Z"))]
    #[case("2026-07-01T10:00:00.000+02:00", Some("Europe/Paris"), Some("2026-07-01T08:00:00Z"))]
    #[case("2026-10-25T02:30:00.000", Some("Europe/Paris"), Some("2026-10-25T00:30:00Z"))]
    #[case("2026-03-29T02:30:00.000", Some("Europe/Paris"), None)]
    #[case("2026-07-01T10:00:00.000", Some("Mars/Olympus"), None)]
    #[case("tomorrow", None, None)]
    fn a_time_is_an_instant_whatever_its_zone(
        #[case] time: &str,
        #[case] zone: Option<&str>,
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(instant(time, zone).ok(), expected.map(|at| at.parse().unwrap()));
    }

    #[test]
    fn an_edit_happened_within_its_minute() {
        let interval = within_minute(DateTime::from_timestamp(600, 0).unwrap());
        assert_eq!((interval.hi - interval.lo).num_milliseconds(), 59_999);
    }
}
