//! Dates: days or moments, alone or as a range, with or without a named zone.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::notion::failure::Failure;
use crate::notion::input::Input;

/// The value of a date property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DateValue {
    pub(crate) start: Moment,
    pub(crate) end: Option<Moment>,
    pub(crate) zone: Option<Tz>,
}

/// A day, or a moment with the offset that it was given in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Day(NaiveDate),
    At(DateTime<FixedOffset>),
}

impl Moment {
    /// Reads ISO 8601; a time without offset is in the zone, or UTC.
    pub(crate) fn parse(text: &str, zone: Option<Tz>) -> Option<Self> {
        if let Ok(day) = text.parse() {
            return Some(Self::Day(day));
        }
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            return Some(Self::At(at));
        }
        let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
        let local = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
        match zone {
            Some(zone) => zone.from_local_datetime(&local).earliest().map(|at| Self::At(at.fixed_offset())),
            None => Some(Self::At(local.and_utc().fixed_offset())),
        }
    }

    fn has_offset(text: &str) -> bool {
        DateTime::parse_from_rfc3339(text).is_ok()
    }

    /// The instant at which it begins; days begin in UTC.
    pub(crate) fn instant(self) -> DateTime<Utc> {
        match self {
            Self::Day(day) => day.and_time(chrono::NaiveTime::MIN).and_utc(),
            Self::At(at) => at.to_utc(),
        }
    }

    /// The form of answers: a day, or milliseconds with the offset.
    pub(crate) fn text(self) -> String {
        match self {
            Self::Day(day) => day.format("%Y-%m-%d").to_string(),
            Self::At(at) => at.format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string(),
        }
    }

    fn is_day(self) -> bool {
        matches!(self, Self::Day(_))
    }
}

impl DateValue {
    /// A single day.
    pub(crate) fn day(day: NaiveDate) -> Self {
        Self { start: Moment::Day(day), end: None, zone: None }
    }

    /// Reads and checks a value.
    pub(crate) fn read(input: &Input<'_>) -> Result<Self, Failure> {
        input.object()?;
        let named = input.member("time_zone");
        let zone = match named.clone().given() {
            None => None,
            Some(name) => Some(name.text()?.parse::<Tz>().map_err(|_| name.expected("a valid time zone"))?),
        };
        let moment = |part: Input<'_>| {
            let text = part.text()?;
            if zone.is_some() && Moment::has_offset(text) {
                return Err(part.expected("a date without UTC offset when `time_zone` is provided"));
            }
            Moment::parse(text, zone).ok_or_else(|| part.expected("a valid ISO 8601 date string"))
        };
        let start = moment(input.member("start"))?;
        let last = input.member("end");
        let end = last.clone().given().map(moment).transpose()?;
        if let Some(end) = end {
            if end.is_day() != start.is_day() {
                return Err(last.expected("a date with a time if and only if `start` has one"));
            }
            if end.instant() < start.instant() {
                return Err(last.expected("a date on or after `start`"));
            }
        }
        Ok(Self { start, end, zone })
    }

    /// As the API shows it.
    pub(crate) fn json(&self) -> Value {
        json!({
            "start": self.start.text(),
            "end": self.end.map(Moment::text),
            "time_zone": self.zone.map(Tz::name),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &Value) -> Result<Value, String> {
        DateValue::read(&Input::body(value)).map(|date| date.json()).map_err(|refused| refused.words())
    }

    #[test]
    fn days_stay_days_and_times_come_back_with_milliseconds_and_offset() {
        let cases = [
            (json!({"start": "2026-03-01"}), "2026-03-01", Value::Null),
            (json!({"start": "2022-02-25T01:23:00+09:00"}), "2022-02-25T01:23:00.000+09:00", Value::Null),
            (json!({"start": "2026-03-01T10:00:00"}), "2026-03-01T10:00:00.000+00:00", Value::Null),
            (
                json!({"start": "2026-07-01T10:00:00", "time_zone": "Europe/Paris"}),
                "2026-07-01T10:00:00.000+02:00",
                json!("Europe/Paris"),
            ),
        ];
        for (given, start, zone) in cases {
            assert_eq!(read(&given), Ok(json!({"start": start, "end": null, "time_zone": zone})), "{given}");
        }
    }

    #[test]
    fn ranges_that_end_early_or_mix_days_and_times_are_refused() {
        for given in [
            json!({"start": "2026-03-02", "end": "2026-03-01"}),
            json!({"start": "2026-03-02", "end": "2026-03-03T10:00:00Z"}),
            json!({"start": "tomorrow"}),
            json!({"start": "2026-07-01T10:00:00Z", "time_zone": "Europe/Paris"}),
            json!({}),
        ] {
            assert!(read(&given).is_err(), "{given}");
        }
    }
}
