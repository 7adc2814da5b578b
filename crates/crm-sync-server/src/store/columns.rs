//! Types of our own columns: rich on PostgreSQL, where operators query them, and text on SQLite.

use std::io::Write as _;

use chrono::{DateTime, DurationRound as _, SecondsFormat, TimeDelta, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{HasSqlType, SqlType, Text, Timestamptz};
use diesel::sqlite::Sqlite;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::conn::MultiBackend;

/// The columns' types, for `table!`.
pub(super) mod types {
    use super::{QueryId, SqlType};

    /// `timestamptz`, or RFC 3339 text in UTC with six decimals, whose order is that of time.
    #[derive(Debug, Clone, Copy, SqlType, QueryId)]
    #[diesel(postgres_type(oid = 1184, array_oid = 1185))]
    #[diesel(sqlite_type(name = "Text"))]
    pub struct Moment;

    /// `jsonb`, or JSON as text.
    #[derive(Debug, Clone, Copy, SqlType, QueryId)]
    #[diesel(postgres_type(oid = 3802, array_oid = 3807))]
    #[diesel(sqlite_type(name = "Text"))]
    pub struct Document;
}

/// An instant, cut to microseconds, which is what both databases keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = types::Moment)]
pub(super) struct Moment(DateTime<Utc>);

impl From<DateTime<Utc>> for Moment {
    fn from(at: DateTime<Utc>) -> Self {
        // Out of range means centuries away: such a time is kept as it is.
        Self(at.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(at))
    }
}

impl From<Moment> for DateTime<Utc> {
    fn from(moment: Moment) -> Self {
        moment.0
    }
}

/// JSON, kept as its text: parsed straight into what it says, since a tree of `serde_json::Value`s in between holds
/// some twenty times the bytes.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = types::Document)]
pub(super) struct Document(String);

impl Document {
    /// `contents` as JSON.
    pub(super) fn of(contents: &impl Serialize) -> Result<Self, diesel::result::Error> {
        let json = serde_json::to_string(contents)
            .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
        Ok(Self(without_nul(json)))
    }

    /// What the JSON says.
    pub(super) fn read<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_str(&self.0)
    }
}

/// PostgreSQL refuses NUL in JSON: in what only people read, a visible sign takes its place.
fn without_nul(json: String) -> String {
    const NUL: &str = "\\u0000";
    if !json.contains(NUL) {
        return json;
    }
    let mut clean = String::with_capacity(json.len());
    let mut rest = json.as_str();
    while let Some((before, after)) = rest.split_once(NUL) {
        clean.push_str(before);
        // After an odd number of backslashes, this one is escaped itself: an author's own words.
        let escaped = clean.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
        clean.push_str(if escaped { NUL } else { "\u{FFFD}" });
        rest = after;
    }
    clean + rest
}

/// Lets a type through the enum's dialect: what the derive does for the types it knows.
macro_rules! on_both {
    ($($name:ident)+) => {$(
        impl HasSqlType<types::$name> for MultiBackend {
            fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                Self::lookup_sql_type::<types::$name>(lookup)
            }
        }

        impl ToSql<types::$name, MultiBackend> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value((types::$name, self));
                Ok(IsNull::No)
            }
        }

        impl FromSql<types::$name, MultiBackend> for $name {
            fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                value.from_sql::<Self, types::$name>()
            }
        }
    )+};
}

on_both!(Moment Document);

impl ToSql<types::Moment, Pg> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<Timestamptz, Pg>::to_sql(&self.0, out)
    }
}

impl FromSql<types::Moment, Pg> for Moment {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        FromSql::<Timestamptz, Pg>::from_sql(value).map(Self)
    }
}

impl ToSql<types::Moment, Sqlite> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.to_rfc3339_opts(SecondsFormat::Micros, true));
        Ok(IsNull::No)
    }
}

impl FromSql<types::Moment, Sqlite> for Moment {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
        Ok(Self(DateTime::parse_from_rfc3339(&text)?.with_timezone(&Utc)))
    }
}

/// The version of `jsonb`'s binary form: one byte before the text.
const JSONB: u8 = 1;

impl ToSql<types::Document, Pg> for Document {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[JSONB])?;
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<types::Document, Pg> for Document {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        match value.as_bytes().split_first() {
            Some((&JSONB, text)) => Ok(Self(std::str::from_utf8(text)?.to_owned())),
            _ => Err("an unknown version of jsonb".into()),
        }
    }
}

impl ToSql<types::Document, Sqlite> for Document {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_str());
        Ok(IsNull::No)
    }
}

impl FromSql<types::Document, Sqlite> for Document {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(<String as FromSql<Text, Sqlite>>::from_sql(value)?))
    }
}

/// Text that another program wrote, whatever its bytes: SQLite keeps those that are no UTF-8 as well.
#[derive(Debug, Clone, PartialEq, Eq, FromSqlRow)]
pub(super) struct Loose(pub(super) String);

impl FromSql<Text, MultiBackend> for Loose {
    fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, Text>()
    }
}

impl FromSql<Text, Pg> for Loose {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        FromSql::<Text, Pg>::from_sql(value).map(Self)
    }
}

impl FromSql<Text, Sqlite> for Loose {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        // Here, unlike in reading a `String`, what is no UTF-8 becomes U+FFFD.
        Ok(Self(value.read_text().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_becomes_a_visible_sign_and_words_that_look_like_its_escape_stay() {
        for (said, kept) in
            [("a\0b\0", "a\u{FFFD}b\u{FFFD}"), (r"a\u0000", r"a\u0000"), ("\\\0", "\\\u{FFFD}")]
        {
            let read: String = Document::of(&said).unwrap().read().unwrap();
            assert_eq!(read, kept, "{said:?}");
        }
    }
}
