//! The change feed: a cursor that is the remote's time, and the formula that asks what came after it.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use connector_core::connector::Cursor;
use connector_core::{Error, ErrorKind, Result};

use crate::failure::REMOTE;
use crate::formula::Formula;

/// How long before the cursor the feed starts. Times are in whole seconds, and an edit may be stored a little after
/// the time that it bears; what comes twice is recognised by its contents.
const OVERLAP: TimeDelta = TimeDelta::minutes(2);

/// The cursor of a listing that began at this time of the remote's clock.
pub(crate) fn cursor(began: DateTime<Utc>) -> Cursor {
    Cursor(began.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// What was made or edited since `cursor` was given, and a little before.
pub(crate) fn since(cursor: &Cursor) -> Result<Formula> {
    let began: DateTime<Utc> = cursor.0.parse().map_err(|error| {
        Error::new(ErrorKind::Malformed, REMOTE, "listing deals")
            .with_detail(format!("{:?} is not a cursor of this connector", cursor.0))
            .with_source(error)
    })?;
    Ok(Formula::touched_after(began - OVERLAP))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_asks_for_what_came_after_it_and_a_little_before() {
        let formula = since(&cursor(DateTime::from_timestamp(120, 0).unwrap())).unwrap();
        assert!(formula.as_str().contains("'1970-01-01T00:00:00.000Z'"), "{formula:?}");
    }

    #[test]
    fn a_foreign_cursor_is_refused() {
        assert_eq!(since(&Cursor("41".into())).unwrap_err().kind(), ErrorKind::Malformed);
    }
}
