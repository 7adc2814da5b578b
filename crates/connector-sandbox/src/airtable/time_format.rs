//! Date and time formats of fields: as the schema tells them, as `cellFormat=string` applies them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

/// A field's date format; the provider knows these five.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateStyle {
    Local,
    Friendly,
    Us,
    European,
    Iso,
}

/// A field's time format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeStyle {
    TwelveHour,
    TwentyFourHour,
}

/// Everything about a dateTime field's display.
#[derive(Clone, Debug)]
pub(crate) struct Stamp {
    pub(crate) date: DateStyle,
    pub(crate) time: TimeStyle,
    pub(crate) zone: Zone,
}

/// The zone in which a dateTime field is shown, and read when a text has none.
#[derive(Clone, Debug)]
pub(crate) enum Zone {
    Utc,
    /// The viewer's: UTC to the API.
    Client,
    Named(Tz),
}

impl DateStyle {
    const ALL: [(Self, &'static str, &'static str, &'static str); 5] = [
        (Self::Local, "local", "l", "%-m/%-d/%Y"),
        (Self::Friendly, "friendly", "LL", "%B %-d, %Y"),
        (Self::Us, "us", "M/D/YYYY", "%-m/%-d/%Y"),
        (Self::European, "european", "D/M/YYYY", "%-d/%-m/%Y"),
        (Self::Iso, "iso", "YYYY-MM-DD", "%Y-%m-%d"),
    ];

    /// Reads `{"name":..,"format"?:..}`; the format must match the name.
    pub(crate) fn parse(value: &Value) -> Option<Self> {
        let name = value.get("name")?.as_str()?;
        let (style, _, format, _) = Self::ALL.into_iter().find(|(_, known, ..)| *known == name)?;
        value.get("format").is_none_or(|given| given == format).then_some(style)
    }

    /// As the schema shows it.
    pub(crate) fn json(self) -> Value {
        Self::ALL
            .into_iter()
            .find(|(style, ..)| *style == self)
            .map_or(Value::Null, |(_, name, format, _)| json!({"name": name, "format": format}))
    }

    /// A day in this format. `local` follows the reader's locale.
    pub(crate) fn show(self, day: NaiveDate, locale: &str) -> String {
        let style = match self {
            Self::Local if locale.starts_with("en-us") || locale == "en" => Self::Us,
            Self::Local => Self::European,
            other => other,
        };
        let pattern = Self::ALL.into_iter().find(|(known, ..)| *known == style).map(|(.., pattern)| pattern);
        day.format(pattern.unwrap_or("%Y-%m-%d")).to_string()
    }
}

impl TimeStyle {
    fn parse(value: &Value) -> Option<Self> {
        let (style, format) = match value.get("name")?.as_str()? {
            "12hour" => (Self::TwelveHour, "h:mma"),
            "24hour" => (Self::TwentyFourHour, "HH:mm"),
            _ => return None,
        };
        value.get("format").is_none_or(|given| given == format).then_some(style)
    }

    fn json(self) -> Value {
        match self {
            Self::TwelveHour => json!({"name": "12hour", "format": "h:mma"}),
            Self::TwentyFourHour => json!({"name": "24hour", "format": "HH:mm"}),
        }
    }

    fn show(self, time: NaiveDateTime) -> String {
        match self {
            Self::TwelveHour => time.format("%-I:%M%P").to_string(),
            Self::TwentyFourHour => time.format("%H:%M").to_string(),
        }
    }
}

impl Stamp {
    /// Reads `{"timeZone":..,"dateFormat":..,"timeFormat":..}`.
    pub(crate) fn parse(options: &Value) -> Option<Self> {
        Some(Self {
            date: DateStyle::parse(options.get("dateFormat")?)?,
            time: TimeStyle::parse(options.get("timeFormat")?)?,
            zone: Zone::parse(options.get("timeZone")?.as_str()?)?,
        })
    }

    pub(crate) fn json(&self) -> Value {
        json!({"dateFormat": self.date.json(), "timeFormat": self.time.json(), "timeZone": self.zone.name()})
    }

    /// A point in time in this format; a reader's zone replaces `client`.
    pub(crate) fn show(&self, instant: DateTime<Utc>, reader: Tz, locale: &str) -> String {
        let local = match &self.zone {
            Zone::Utc => instant.naive_utc(),
            Zone::Client => instant.with_timezone(&reader).naive_local(),
            Zone::Named(zone) => instant.with_timezone(zone).naive_local(),
        };
        format!("{} {}", self.date.show(local.date(), locale), self.time.show(local))
    }
}

impl Zone {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "utc" => Some(Self::Utc),
            "client" => Some(Self::Client),
            _ => name.parse().ok().map(Self::Named),
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Utc => "utc",
            Self::Client => "client",
            Self::Named(zone) => zone.name(),
        }
    }

    /// A written time without an offset, in this zone. A time that the zone skips is read with the offset
    /// before the gap.
    pub(crate) fn resolve(&self, naive: NaiveDateTime) -> DateTime<Utc> {
        let Self::Named(zone) = self else { return naive.and_utc() };
        match zone.from_local_datetime(&naive).earliest() {
            Some(local) => local.to_utc(),
            None => (naive - zone.offset_from_utc_datetime(&naive).fix()).and_utc(),
        }
    }
}

/// A point in time as the API writes it: UTC with milliseconds.
pub(crate) fn iso(instant: DateTime<Utc>) -> String {
    instant.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The day that an ISO 8601 date or date and time names; of a time with an offset, its day in UTC.
pub(crate) fn parse_day(text: &str) -> Option<NaiveDate> {
    match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        Ok(day) => Some(day),
        Err(_) => parse_instant(text, &Zone::Utc).map(|instant| instant.date_naive()),
    }
}

/// The point in time that an ISO 8601 text names, in `zone` if the text has no offset.
pub(crate) fn parse_instant(text: &str, zone: &Zone) -> Option<DateTime<Utc>> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.to_utc());
    }
    let naive = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"]
        .into_iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| {
            NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.and_time(NaiveTime::MIN))
        })?;
    Some(zone.resolve(naive))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_an_offset_is_read_in_the_fields_zone_if_it_has_one() {
        let paris = Zone::parse("Europe/Paris").unwrap();
        let cases = [
            ("2026-07-01T10:00:00", &paris, "2026-07-01T08:00:00.000Z"),
            ("2026-07-01", &paris, "2026-06-30T22:00:00.000Z"),
            ("2026-07-01T10:00:00", &Zone::Utc, "2026-07-01T10:00:00.000Z"),
            ("2026-07-01T10:00:00", &Zone::Client, "2026-07-01T10:00:00.000Z"),
            ("2026-07-01T10:00:00.125Z", &paris, "2026-07-01T10:00:00.125Z"),
            ("2026-07-01T10:00:00+02:00", &Zone::Utc, "2026-07-01T08:00:00.000Z"),
            // The clocks go forward at two: half past two does not exist.
            ("2026-03-29T02:30:00", &paris, "2026-03-29T00:30:00.000Z"),
        ];
        for (text, zone, expected) in cases {
            assert_eq!(parse_instant(text, zone).map(iso).as_deref(), Some(expected), "{text}");
        }
        assert!(parse_instant("next week", &paris).is_none());
    }

    #[test]
    fn days_are_shown_in_each_style() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 9).unwrap();
        for (style, expected) in [
            (DateStyle::Friendly, "March 9, 2026"),
            (DateStyle::Us, "3/9/2026"),
            (DateStyle::European, "9/3/2026"),
            (DateStyle::Iso, "2026-03-09"),
        ] {
            assert_eq!(style.show(day, "fr"), expected);
        }
    }
}
