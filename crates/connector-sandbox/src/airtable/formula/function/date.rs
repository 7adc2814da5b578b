//! Points in time: made, moved, compared, written. All in UTC but for `SET_TIMEZONE`.

use chrono::{DateTime, Datelike, Months, NaiveTime, SubsecRound, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;

use super::super::evaluate::{Arguments, Fault, Outcome};
use super::super::scalar::{Scalar, truncate, widen};
use super::Function;
use super::pattern::DatePattern;

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new("DATEADD", 3..=3, add),
    Function::new("DATESTR", 1..=1, |arguments| Ok(written(arguments, "YYYY-MM-DD")?.into())),
    Function::new("DATETIME_DIFF", 2..=3, difference),
    Function::new("DATETIME_FORMAT", 1..=2, format),
    Function::new("DATETIME_PARSE", 1..=3, parse),
    Function::new("DAY", 1..=1, |arguments| component(arguments, |instant| instant.day())),
    Function::new("FROMNOW", 1..=1, distance_to_now),
    Function::new("HOUR", 1..=1, |arguments| component(arguments, |instant| instant.hour())),
    Function::new("IS_AFTER", 2..=2, |arguments| compare(arguments, |left, right| left > right)),
    Function::new("IS_BEFORE", 2..=2, |arguments| compare(arguments, |left, right| left < right)),
    Function::new("IS_SAME", 2..=3, is_same),
    Function::new("MINUTE", 1..=1, |arguments| component(arguments, |instant| instant.minute())),
    Function::new("MONTH", 1..=1, |arguments| component(arguments, |instant| instant.month())),
    Function::new("NOW", 0..=0, |arguments| Ok(arguments.now().into())),
    Function::new("SECOND", 1..=1, |arguments| component(arguments, |instant| instant.second())),
    Function::new("SET_LOCALE", 2..=2, |arguments| arguments.instant(0).map(Scalar::from)),
    Function::new("SET_TIMEZONE", 2..=2, |arguments| arguments.instant(0).map(Scalar::from)),
    Function::new("TIMESTR", 1..=1, |arguments| Ok(written(arguments, "HH:mm:ss")?.into())),
    Function::new("TODAY", 0..=0, |arguments| Ok(midnight(arguments.now()).into())),
    Function::new("TONOW", 1..=1, distance_to_now),
    Function::new("YEAR", 1..=1, |arguments| Ok(f64::from(arguments.instant(0)?.year()).into())),
];

/// A unit of time, in its long and short spellings. Only the case of `m` and `M` matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// A fixed number of milliseconds.
    Fixed(i64),
    /// A number of calendar months.
    Months(u32),
}

const SECOND: i64 = 1_000;
const DAY: i64 = 86_400 * SECOND;

impl Unit {
    fn read(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        Some(match (text, lower.strip_suffix('s').unwrap_or(&lower)) {
            ("M", _) | (_, "month") => Self::Months(1),
            ("Q", _) | (_, "quarter") => Self::Months(3),
            ("y", _) | (_, "year") => Self::Months(12),
            ("ms", _) | (_, "millisecond") => Self::Fixed(1),
            ("s", _) | (_, "second") => Self::Fixed(SECOND),
            ("m", _) | (_, "minute") => Self::Fixed(60 * SECOND),
            ("h", _) | (_, "hour") => Self::Fixed(3_600 * SECOND),
            ("d", _) | (_, "day") => Self::Fixed(DAY),
            ("w", _) | (_, "week") => Self::Fixed(7 * DAY),
            _ => return None,
        })
    }
}

pub(super) fn midnight(instant: DateTime<Utc>) -> DateTime<Utc> {
    instant.date_naive().and_time(NaiveTime::MIN).and_utc()
}

fn component<'a>(arguments: &Arguments<'a>, read: fn(DateTime<Utc>) -> u32) -> Outcome<'a> {
    Ok(f64::from(read(arguments.instant(0)?)).into())
}

/// A blank date is neither before nor after anything.
fn compare<'a>(arguments: &Arguments<'a>, holds: fn(DateTime<Utc>, DateTime<Utc>) -> bool) -> Outcome<'a> {
    let (left, right) = (arguments.scalar(0)?, arguments.scalar(1)?);
    if left.is_empty() || right.is_empty() {
        return Ok(false.into());
    }
    Ok(holds(left.instant().ok_or(Fault)?, right.instant().ok_or(Fault)?).into())
}

/// Whether both fall into the same unit of the calendar; without a unit, whether they are equal.
fn is_same<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let (left, right) = (arguments.scalar(0)?, arguments.scalar(1)?);
    if left.is_empty() || right.is_empty() {
        return Ok((left.is_empty() && right.is_empty()).into());
    }
    let (left, right) = (left.instant().ok_or(Fault)?, right.instant().ok_or(Fault)?);
    if !arguments.has(2) {
        return Ok((left == right).into());
    }
    Ok(match Unit::read(&arguments.text(2)?).ok_or(Fault)? {
        Unit::Fixed(length) if length == 7 * DAY => {
            // Weeks start on Sunday; the first day of the epoch was a Thursday.
            let week = |instant: DateTime<Utc>| (instant.timestamp_millis() + 4 * DAY).div_euclid(length);
            week(left) == week(right)
        }
        Unit::Fixed(length) => {
            left.timestamp_millis().div_euclid(length) == right.timestamp_millis().div_euclid(length)
        }
        Unit::Months(count) => {
            let period = |instant: DateTime<Utc>| (instant.year(), instant.month0() / count);
            period(left) == period(right)
        }
    }
    .into())
}

fn add<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let (instant, count) = (arguments.instant(0)?, arguments.number(1)?);
    let moved = match Unit::read(&arguments.text(2)?).ok_or(Fault)? {
        Unit::Fixed(length) => TimeDelta::try_milliseconds(truncate(count * widen(length)))
            .and_then(|delta| instant.checked_add_signed(delta)),
        Unit::Months(months) => {
            let total = truncate(count).checked_mul(i64::from(months)).ok_or(Fault)?;
            let step = Months::new(u32::try_from(total.unsigned_abs()).map_err(|_| Fault)?);
            if total < 0 { instant.checked_sub_months(step) } else { instant.checked_add_months(step) }
        }
    };
    moved.map(Scalar::Instant).ok_or(Fault)
}

/// First minus second in whole units, towards zero; in seconds without a unit, in milliseconds with an
/// unknown one (the vendor's own rule).
fn difference<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let (left, right) = (arguments.instant(0)?, arguments.instant(1)?);
    let unit = if arguments.has(2) {
        Unit::read(&arguments.text(2)?).unwrap_or(Unit::Fixed(1))
    } else {
        Unit::Fixed(SECOND)
    };
    Ok(widen(match unit {
        Unit::Fixed(length) => (left - right).num_milliseconds() / length,
        Unit::Months(count) => whole_months(left, right) / i64::from(count),
    })
    .into())
}

fn whole_months(left: DateTime<Utc>, right: DateTime<Utc>) -> i64 {
    if left < right {
        return -whole_months(right, left);
    }
    let calendar = (i64::from(left.year()) - i64::from(right.year())) * 12 + i64::from(left.month0())
        - i64::from(right.month0());
    let reached = u32::try_from(calendar).ok().and_then(|count| right.checked_add_months(Months::new(count)));
    if reached.is_some_and(|instant| instant <= left) { calendar } else { calendar - 1 }
}

/// The point in time at the first argument and the zone that a `SET_TIMEZONE` around it asks for.
fn zoned(arguments: &Arguments<'_>) -> Result<DateTime<Tz>, Fault> {
    match arguments.call(0) {
        Some((function, inner)) if function.name == "SET_TIMEZONE" => {
            let zone: Tz = inner.text(1)?.parse().map_err(|_| Fault)?;
            Ok(zoned(&inner)?.with_timezone(&zone))
        }
        Some((function, inner)) if function.name == "SET_LOCALE" => zoned(&inner),
        _ => Ok(arguments.instant(0)?.with_timezone(&Tz::UTC)),
    }
}

fn written(arguments: &Arguments<'_>, pattern: &str) -> Result<String, Fault> {
    Ok(DatePattern::new(pattern).format(&zoned(arguments)?))
}

fn format<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    if arguments.scalar(0)?.is_empty() {
        return Ok(Scalar::Blank);
    }
    let pattern = if arguments.has(1) { arguments.text(1)? } else { "YYYY-MM-DDTHH:mm:ssZ".into() };
    Ok(written(arguments, &pattern)?.into())
}

fn parse<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let given = arguments.scalar(0)?;
    match given {
        Scalar::Text(text) if arguments.has(1) => {
            let instant = DatePattern::new(&arguments.text(1)?).parse(&text).ok_or(Fault)?;
            Ok(instant.trunc_subsecs(3).into())
        }
        _ if given.is_empty() => Ok(Scalar::Blank),
        given => given.instant().map(Scalar::Instant).ok_or(Fault),
    }
}

/// The distance in words: `3 days`.
fn distance_to_now<'a>(arguments: &Arguments<'a>) -> Outcome<'a> {
    let seconds = (arguments.now() - arguments.instant(0)?).num_seconds().abs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let words = if seconds < 45 {
        "a few seconds".to_owned()
    } else if seconds < 90 {
        "a minute".to_owned()
    } else if minutes < 45 {
        format!("{} minutes", minutes.max(2))
    } else if minutes < 90 {
        "an hour".to_owned()
    } else if hours < 22 {
        format!("{} hours", hours.max(2))
    } else if hours < 36 {
        "a day".to_owned()
    } else if days < 26 {
        format!("{} days", days.max(2))
    } else if days < 45 {
        "a month".to_owned()
    } else if days < 320 {
        format!("{} months", (days / 30).max(2))
    } else if days < 548 {
        "a year".to_owned()
    } else {
        format!("{} years", (days / 365).max(2))
    };
    Ok(words.into())
}
