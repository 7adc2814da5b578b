//! A change feed whose cursor is a time of the remote's clock, for remotes that date their records.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use connector_core::connector::Cursor;
use connector_core::{Error, ErrorKind};

/// How long before the cursor the feed starts. Remotes round the times of edits down, to the minute at most, and an
/// edit may be stored a little after the time that it bears; what comes twice is recognised by its contents.
const OVERLAP: TimeDelta = TimeDelta::minutes(2);

/// The cursor of a listing that began at this time of the remote's clock.
#[must_use]
pub fn cursor(began: DateTime<Utc>) -> Cursor {
    Cursor(began.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// From when on edits are to be listed to have all since `cursor` was given; a little before.
pub fn start(cursor: &Cursor, remote: &'static str) -> Result<DateTime<Utc>, Error> {
    let began: DateTime<Utc> = cursor.0.parse().map_err(|error| {
        Error::new(ErrorKind::Malformed, remote, "listing deals")
            .with_detail(format!("{:?} is not a cursor of this connector", cursor.0))
            .with_source(error)
    })?;
    Ok(began - OVERLAP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_asks_for_what_came_after_it_and_a_little_before() {
        let began = DateTime::from_timestamp(120, 0).unwrap();
        assert_eq!(start(&cursor(began), "airtable").unwrap(), DateTime::UNIX_EPOCH);
    }

    #[test]
    fn a_foreign_cursor_is_refused() {
        let error = start(&Cursor("41".into()), "airtable").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
    }
}
