//! The values that formulas compute with, and how they turn into one another.

use std::borrow::Cow;
use std::cmp::Ordering;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, Utc};

use crate::airtable::time_format::{self, Zone, iso};

/// A value. Texts borrow from the row and from the formula where they can.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar<'a> {
    /// An empty cell or `BLANK()`.
    Blank,
    /// Text; also select options, people, links and the like by their names.
    Text(Cow<'a, str>),
    /// A number.
    Number(f64),
    /// A checkbox, or the result of a comparison.
    Bool(bool),
    /// A date (at midnight) or a date and time, exact to the millisecond.
    Instant(DateTime<Utc>),
    /// Several values: lookups, links, multiple selects.
    List(Vec<Scalar<'a>>),
    /// `#ERROR!`.
    Error,
}

impl<'a> Scalar<'a> {
    /// Whether a row with this result passes the filter: not `0`, `false`, `""`, NaN, `[]`, an error or blank.
    pub(crate) fn is_kept(&self) -> bool {
        match self {
            Self::Blank | Self::Error => false,
            Self::Text(text) => !text.is_empty(),
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Bool(value) => *value,
            Self::Instant(_) => true,
            Self::List(items) => !items.is_empty(),
        }
    }

    /// As text: dates in ISO 8601 with milliseconds, lists joined with `, `, true as `1`.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Blank | Self::Error => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(format_number(*number)),
            Self::Bool(value) => Cow::Borrowed(if *value { "1" } else { "0" }),
            Self::Instant(instant) => Cow::Owned(iso(*instant)),
            Self::List(items) => Cow::Owned(items.iter().map(Self::text).collect::<Vec<_>>().join(", ")),
        }
    }

    /// The same value, borrowing nothing.
    pub(crate) fn into_owned(self) -> Scalar<'static> {
        match self {
            Self::Blank => Scalar::Blank,
            Self::Text(text) => Scalar::Text(Cow::Owned(text.into_owned())),
            Self::Number(number) => Scalar::Number(number),
            Self::Bool(value) => Scalar::Bool(value),
            Self::Instant(instant) => Scalar::Instant(instant),
            Self::List(items) => Scalar::List(items.into_iter().map(Scalar::into_owned).collect()),
            Self::Error => Scalar::Error,
        }
    }

    /// As text, keeping what is borrowed.
    pub(super) fn into_text(self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => text,
            other => Cow::Owned(other.text().into_owned()),
        }
    }

    /// As a number; text is not one, however it looks (`VALUE()` converts).
    pub(super) fn number(&self) -> Option<f64> {
        match self.single() {
            Self::Blank => Some(0.0),
            Self::Number(number) => Some(*number),
            Self::Bool(value) => Some(f64::from(u8::from(*value))),
            Self::Text(_) | Self::Instant(_) | Self::List(_) | Self::Error => None,
        }
    }

    /// As a point in time; text is read as a date.
    pub(super) fn instant(&self) -> Option<DateTime<Utc>> {
        match self.single() {
            Self::Instant(instant) => Some(*instant),
            Self::Text(text) => parse_instant(text),
            _ => None,
        }
    }

    /// Whether there is nothing in it: blank, empty text or an empty list.
    pub(super) fn is_empty(&self) -> bool {
        match self.single() {
            Self::Blank => true,
            Self::Text(text) => text.is_empty(),
            _ => false,
        }
    }

    /// `=`. Blank equals blank, `""`, `0` and false; a value of another kind is compared by its text.
    pub(super) fn equals(&self, other: &Self) -> bool {
        match (self.single(), other.single()) {
            (Self::Text(left), Self::Text(right)) => left == right,
            (Self::Blank, value) | (value, Self::Blank) => !value.is_kept(),
            (Self::Instant(left), Self::Instant(right)) => left == right,
            (left @ (Self::Number(_) | Self::Bool(_)), right @ (Self::Number(_) | Self::Bool(_))) => {
                left.number() == right.number()
            }
            (left, right) => left.text() == right.text(),
        }
    }

    /// `<` and its kin. A point in time is after everything that is not one: people report that
    /// `LAST_MODIFIED_TIME() > "2024-..."` returns every row.
    pub(super) fn order(&self, other: &Self) -> Option<Ordering> {
        match (self.single(), other.single()) {
            (Self::Instant(left), Self::Instant(right)) => Some(left.cmp(right)),
            (Self::Instant(_), _) => Some(Ordering::Greater),
            (_, Self::Instant(_)) => Some(Ordering::Less),
            (
                left @ (Self::Text(_) | Self::List(_)),
                right @ (Self::Text(_) | Self::List(_) | Self::Blank),
            )
            | (left @ Self::Blank, right @ (Self::Text(_) | Self::List(_))) => {
                Some(left.text().cmp(&right.text()))
            }
            (left, right) => left.lenient_number()?.partial_cmp(&right.lenient_number()?),
        }
    }

    fn lenient_number(&self) -> Option<f64> {
        match self {
            Self::Text(text) => text.trim().parse().ok(),
            other => other.number(),
        }
    }

    /// The only element of a list of one, blank for an empty list, else itself.
    fn single(&self) -> &Self {
        match self {
            Self::List(items) => match items.as_slice() {
                [] => &Self::Blank,
                [only] => only,
                _ => self,
            },
            other => other,
        }
    }
}

impl From<bool> for Scalar<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Scalar<'_> {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<String> for Scalar<'_> {
    fn from(value: String) -> Self {
        Self::Text(Cow::Owned(value))
    }
}

impl From<DateTime<Utc>> for Scalar<'_> {
    fn from(value: DateTime<Utc>) -> Self {
        Self::Instant(value)
    }
}

fn format_number(number: f64) -> String {
    if number == 0.0 {
        "0".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else {
        number.to_string()
    }
}

/// Reads ISO 8601 (without an offset: UTC) and `M/D/YYYY`, exact to the millisecond.
pub(super) fn parse_instant(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let american = || {
        let moment = NaiveDateTime::parse_from_str(text, "%m/%d/%Y %H:%M").ok();
        let day = || NaiveDate::parse_from_str(text, "%m/%d/%Y").ok().map(|day| day.and_time(NaiveTime::MIN));
        moment.or_else(day).map(|naive| naive.and_utc())
    };
    let instant = time_format::parse_instant(text, &Zone::Utc).or_else(american)?;
    Some(instant.trunc_subsecs(3))
}

/// The whole part, at most what an `i64` holds; NaN is 0.
pub(super) fn truncate(number: f64) -> i64 {
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "saturates by definition, and the standard library offers no other way"
    )]
    let whole = number as i64;
    whole
}

/// A whole number as the formula's only kind of number.
pub(super) fn widen(number: i64) -> f64 {
    #[expect(
        clippy::as_conversions,
        clippy::cast_precision_loss,
        reason = "formula numbers are doubles, beyond 2^53 they are rounded"
    )]
    let float = number as f64;
    float
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_zero_false_empty_and_errors_are_dropped() {
        let dropped = [
            Scalar::Blank,
            Scalar::Error,
            Scalar::Text("".into()),
            Scalar::Number(0.0),
            Scalar::Number(f64::NAN),
            Scalar::Bool(false),
            Scalar::List(Vec::new()),
        ];
        assert!(dropped.iter().all(|scalar| !scalar.is_kept()));
        let kept = [Scalar::Text("0".into()), Scalar::Number(-1.0), Scalar::List(vec![Scalar::Blank])];
        assert!(kept.iter().all(Scalar::is_kept));
    }

    #[test]
    fn numbers_print_without_a_needless_fraction() {
        assert_eq!(Scalar::Number(12.0).text(), "12");
        assert_eq!(Scalar::Number(-0.0).text(), "0");
        assert_eq!(Scalar::Number(0.1 + 0.2).text(), "0.30000000000000004");
        assert_eq!(Scalar::Number(f64::NEG_INFINITY).text(), "-Infinity");
    }

    #[test]
    fn dates_are_read_in_the_common_spellings_and_cut_to_the_millisecond() {
        let expected = "2024-05-01T10:00:00.123Z".parse::<DateTime<Utc>>().unwrap();
        for text in
            ["2024-05-01T10:00:00.123456Z", "2024-05-01T12:00:00.123+02:00", "2024-05-01 10:00:00.123"]
        {
            assert_eq!(parse_instant(text), Some(expected), "{text}");
        }
        assert_eq!(parse_instant("5/1/2024"), parse_instant("2024-05-01"));
        assert_eq!(parse_instant("tomorrow"), None);
    }

    #[test]
    fn huge_numbers_saturate() {
        assert_eq!(truncate(1e300), i64::MAX);
        assert_eq!(truncate(-2.9), -2);
        assert_eq!(truncate(f64::NAN), 0);
    }
}
