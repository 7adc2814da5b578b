//! Days and instants. A day never becomes midnight somewhere, and so never moves.
//!
//! | unit | field | cell | unit's value |
//! |---|---|---|---|
//! | date | date | 2026-12-31 | the same, both ways |
//! | date | date and time | 2026-12-31T23:30:00Z | 2026-12-31 with a note, read only |
//! | date | date | 2026-12-31 10:00 +01:00 → 2027-01-02 | 2026-12-31 with a note |
//! | date | text | `2026-12-31` | 2026-12-31, both ways |
//! | instant | date and time | 08:00:00.123Z | the same, both ways |

use chrono::{DateTime, NaiveDate, SecondsFormat, SubsecRound, Utc};

use super::fidelity::{Carries, Fidelity, Loss, Obstacle};
use super::note::{Decoded, Note};
use super::refusal::Refusal;
use super::{Format, unreadable, wrong_kind};
use crate::canon;
use crate::schema::FieldKind;
use crate::unit::UnitKind;
use crate::value::Value;

#[derive(Debug)]
pub(super) struct DateFormat {
    field: FieldKind,
}

impl DateFormat {
    pub(super) const fn new(field: FieldKind) -> Self {
        Self { field }
    }
}

impl Format for DateFormat {
    fn fidelity(&self) -> Fidelity {
        match &self.field {
            FieldKind::Date => Fidelity::EXACT,
            FieldKind::DateTime => Fidelity {
                to_remote: Carries::Impossible(Obstacle::NoTimeOfDay),
                to_crm: vec![Loss::TimeOfDay].into(),
            },
            FieldKind::Text { .. } | FieldKind::RichText => {
                Fidelity::lossy(Vec::new(), vec![Loss::OnlyDates, Loss::Reformatted])
            }
            FieldKind::Email
            | FieldKind::Url
            | FieldKind::Phone
            | FieldKind::Number { .. }
            | FieldKind::Currency { .. }
            | FieldKind::Percent { .. }
            | FieldKind::Duration
            | FieldKind::Rating { .. }
            | FieldKind::Checkbox
            | FieldKind::Select { .. }
            | FieldKind::MultiSelect { .. }
            | FieldKind::People { .. }
            | FieldKind::Links { .. }
            | FieldKind::Files
            | FieldKind::Body
            | FieldKind::Other { .. } => Fidelity::none(&UnitKind::Date, &self.field),
        }
    }

    fn decode(&self, cell: &Value) -> Decoded {
        match cell {
            Value::Date(_) => Decoded::of(cell.clone()),
            Value::Instant(at) => {
                let day = at.date_naive();
                Decoded::noted(Value::Date(day), Note::TimeDropped { at: *at, day })
            }
            Value::Period(period) => {
                let day = period.start.day();
                Decoded::noted(Value::Date(day), Note::PeriodDropped { period: period.to_string(), day })
            }
            Value::Text(text) => parse_date(text)
                .map_or_else(|| unreadable(cell, "a date"), |date| Decoded::of(Value::Date(date))),
            _ => unreadable(cell, "a date"),
        }
    }

    fn encode(&self, value: &Value) -> Result<Value, Refusal> {
        match (value, &self.field) {
            (Value::Date(date), FieldKind::Text { .. } | FieldKind::RichText) => {
                Ok(Value::text(date.to_string()))
            }
            (Value::Date(_), _) => Ok(value.clone()),
            _ => Err(wrong_kind(value)),
        }
    }
}

#[derive(Debug)]
pub(super) struct InstantFormat {
    field: FieldKind,
}

impl InstantFormat {
    pub(super) const fn new(field: FieldKind) -> Self {
        Self { field }
    }
}

impl Format for InstantFormat {
    fn fidelity(&self) -> Fidelity {
        match &self.field {
            FieldKind::DateTime => Fidelity::EXACT,
            FieldKind::Text { .. } | FieldKind::RichText => {
                Fidelity::lossy(Vec::new(), vec![Loss::OnlyInstants, Loss::Reformatted])
            }
            FieldKind::Email
            | FieldKind::Url
            | FieldKind::Phone
            | FieldKind::Number { .. }
            | FieldKind::Currency { .. }
            | FieldKind::Percent { .. }
            | FieldKind::Duration
            | FieldKind::Rating { .. }
            | FieldKind::Checkbox
            | FieldKind::Date
            | FieldKind::Select { .. }
            | FieldKind::MultiSelect { .. }
            | FieldKind::People { .. }
            | FieldKind::Links { .. }
            | FieldKind::Files
            | FieldKind::Body
            | FieldKind::Other { .. } => Fidelity::none(&UnitKind::Instant, &self.field),
        }
    }

    fn decode(&self, cell: &Value) -> Decoded {
        let at = match cell {
            Value::Instant(at) => Some(*at),
            Value::Text(text) => parse_instant(text),
            _ => None,
        };
        at.map_or_else(|| unreadable(cell, "an instant"), |at| Decoded::of(Value::Instant(milliseconds(at))))
    }

    fn encode(&self, value: &Value) -> Result<Value, Refusal> {
        match (value, &self.field) {
            (Value::Instant(at), FieldKind::Text { .. } | FieldKind::RichText) => {
                Ok(Value::text(instant_as_text(*at)))
            }
            (Value::Instant(at), _) => Ok(Value::Instant(milliseconds(*at))),
            _ => Err(wrong_kind(value)),
        }
    }

    /// Remotes keep milliseconds at most; a database keeps microseconds.
    fn same(&self, kind: &UnitKind, a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::Instant(a), Value::Instant(b)) => milliseconds(*a) == milliseconds(*b),
            _ => canon::same(kind, a, b),
        }
    }
}

fn milliseconds(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(3)
}

/// An ISO date. Other notations are not read: `03/04/2026` is two days, and nobody could tell which.
pub(super) fn parse_date(text: &str) -> Option<NaiveDate> {
    text.trim().parse().ok()
}

/// An ISO instant with its offset from UTC.
pub(super) fn parse_instant(text: &str) -> Option<DateTime<Utc>> {
    text.trim().parse().ok()
}

pub(super) fn instant_as_text(at: DateTime<Utc>) -> String {
    milliseconds(at).to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn at(text: &str) -> Value {
        Value::Instant(text.parse().unwrap())
    }

    fn day(text: &str) -> Value {
        Value::Date(text.parse().unwrap())
    }

    #[rstest]
    #[case(FieldKind::Date, day("2026-12-31"), day("2026-12-31"))]
    #[case(FieldKind::DateTime, day("2026-12-31"), day("2026-12-31"))]
    #[case(FieldKind::DateTime, at("2026-12-31T23:30:00Z"), day("2026-12-31"))]
    #[case(FieldKind::DateTime, at("2027-01-01T00:30:00+01:00"), day("2026-12-31"))]
    #[case(FieldKind::RichText, Value::text(" 2026-12-31\n"), day("2026-12-31"))]
    fn a_day_is_read(#[case] field: FieldKind, #[case] cell: Value, #[case] value: Value) {
        assert_eq!(DateFormat::new(field).decode(&cell).value, value);
    }

    #[test]
    fn a_period_is_read_as_the_day_that_it_begins_on_where_it_was_entered() {
        let start = crate::value::Moment::Time("2027-01-01T00:30:00+01:00".parse().unwrap());
        let period = Value::Period(crate::value::Period { start, end: None, zone: None });
        let read = DateFormat::new(FieldKind::Date).decode(&period);
        assert_eq!(read.value, day("2027-01-01"));
        assert!(read.note.is_some());
    }

    #[test]
    fn a_day_that_two_countries_read_differently_is_not_read() {
        let format = DateFormat::new(FieldKind::RichText);
        assert!(format.decode(&Value::text("03/04/2026")).value.is_unknown());
    }

    #[test]
    fn a_day_is_never_sent_as_midnight() {
        let to_remote = DateFormat::new(FieldKind::DateTime).fidelity().to_remote;
        assert_eq!(to_remote, Carries::Impossible(Obstacle::NoTimeOfDay));
    }

    #[test]
    fn microseconds_of_a_database_are_no_difference() {
        let format = InstantFormat::new(FieldKind::DateTime);
        let (fine, coarse) = (at("2026-12-31T08:00:00.123456Z"), at("2026-12-31T08:00:00.123Z"));
        assert_eq!(format.encode(&fine), Ok(coarse.clone()));
        assert!(format.same(&UnitKind::Instant, &fine, &coarse));
        assert!(!format.same(&UnitKind::Instant, &fine, &at("2026-12-31T08:00:00.124Z")));
    }
}
