//! Dates, times and zones as Notion writes them.

use chrono::{
    DateTime, FixedOffset, NaiveDate, NaiveDateTime, Offset, SecondsFormat, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;
use connector_core::clock::Interval;
use connector_core::value::{Moment, Period, Value};
use serde_json::{Value as Json, json};

use super::shape::Date;

/// When something happened to which Notion gives this time: rounded down to the minute.
pub(crate) fn within_minute(time: DateTime<Utc>) -> Interval {
    Interval::floored(time, TimeDelta::minutes(1))
}

/// What a date property holds: a civil date, or more than that.
pub(super) fn read(date: Date) -> Result<Value, String> {
    let Date { start, end, time_zone: zone } = date;
    let start = moment(&start, zone.as_deref())?;
    let end = end.map(|end| moment(&end, zone.as_deref())).transpose()?;
    Ok(match (start, end) {
        (Moment::Day(day), None) => Value::Date(day),
        _ => Value::Period(Period { start, end, zone }),
    })
}

/// The period as a date property takes it. Times in a named zone are told without their offset.
pub(super) fn write(period: &Period) -> Json {
    let Period { start, end, zone } = period;
    let tell = |moment: Moment| match (moment, zone) {
        (Moment::Day(day), _) => json!(day),
        (Moment::Time(at), Some(_)) => json!(at.naive_local().format("%Y-%m-%dT%H:%M:%S%.3f").to_string()),
        (Moment::Time(at), None) => json!(at.to_rfc3339_opts(SecondsFormat::Millis, true)),
    };
    json!({ "start": tell(*start), "end": end.map(tell), "time_zone": zone })
}

/// A day, or a time that has its offset or is told in `zone`.
fn moment(text: &str, zone: Option<&str>) -> Result<Moment, String> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Ok(Moment::Day(day));
    }
    let unreadable = || format!("not a time that can be read: {text} in {}", zone.unwrap_or("no zone"));
    let named: Option<Tz> = zone.map(str::parse).transpose().map_err(|_| unreadable())?;
    if let Ok(at) = text.parse::<DateTime<FixedOffset>>() {
        return Ok(Moment::Time(named.map_or(at, |zone| in_offset(at.with_timezone(&zone)))));
    }
    let local: NaiveDateTime = text.parse().map_err(|_| unreadable())?;
    let zone = named.unwrap_or(Tz::UTC);
    // Of an hour that comes twice, the first; one that never comes is not a time.
    zone.from_local_datetime(&local).earliest().map(|at| Moment::Time(in_offset(at))).ok_or_else(unreadable)
}

fn in_offset(at: DateTime<Tz>) -> DateTime<FixedOffset> {
    let offset = at.offset().fix();
    at.with_timezone(&offset)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2026-12-31", None, Some("2026-12-31"))]
    #[case("2026-12-31T10:00:00.000+09:00", None, Some("2026-12-31 10:00 +09:00"))]
    #[case("2026-12-31T10:00:00.000Z", None, Some("2026-12-31 10:00 +00:00"))]
    #[case("2026-07-01T10:00:00.000", Some("Europe/Paris"), Some("2026-07-01 10:00 +02:00"))]
    #[case("2026-07-01T08:00:00.000Z", Some("Europe/Paris"), Some("2026-07-01 10:00 +02:00"))]
    #[case("2026-10-25T02:30:00.000", Some("Europe/Paris"), Some("2026-10-25 02:30 +02:00"))]
    #[case("2026-03-29T02:30:00.000", Some("Europe/Paris"), None)]
    #[case("2026-07-01T10:00:00.000", Some("Mars/Olympus"), None)]
    #[case("tomorrow", None, None)]
    fn a_time_is_read_in_its_zone(
        #[case] text: &str,
        #[case] zone: Option<&str>,
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(moment(text, zone).ok().map(|moment| moment.to_string()).as_deref(), expected);
    }

    #[rstest]
    #[case(json!({"start": "2026-05-03", "end": "2026-05-05", "time_zone": null}))]
    #[case(json!({"start": "2026-05-03T10:00:00.000+02:00", "end": null, "time_zone": null}))]
    #[case(json!({"start": "2026-05-03T10:00:00.000Z", "end": "2026-05-03T11:30:00.000Z", "time_zone": null}))]
    #[case(json!({"start": "2026-05-03T10:00:00.000", "end": "2026-05-03T11:30:00.000", "time_zone": "Europe/Paris"}))]
    fn a_period_is_written_as_it_was_read(#[case] date: Json) {
        let Ok(Value::Period(period)) = read(serde_json::from_value(date.clone()).unwrap()) else {
            panic!("{date}")
        };
        assert_eq!(write(&period), date);
    }

    #[test]
    fn an_edit_happened_within_its_minute() {
        let interval = within_minute(DateTime::from_timestamp(600, 0).unwrap());
        assert_eq!((interval.hi - interval.lo).num_milliseconds(), 59_999);
    }
}
