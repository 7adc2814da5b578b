//! The CRM's own list of synchronisations, which its connectors page shows.

use chrono::{DateTime, NaiveDateTime, SubsecRound as _, Utc};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Timestamp, Timestamptz};

use super::conn::Conn;
use super::failure::Failure;
use super::schema::sync_logs;

/// A line to add to `sync_logs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSyncLog {
    /// The remote: `airtable`, `notion`.
    pub provider: String,
    /// `import` or `export`.
    pub direction: String,
    /// `success`, `partial` or `error`.
    pub status: String,
    /// How many rows were looked at.
    pub processed: i32,
    /// How many were made.
    pub created: i32,
    /// How many were changed.
    pub updated: i32,
    /// What went wrong, in words.
    pub error: Option<String>,
    /// When it began.
    pub started: DateTime<Utc>,
    /// When it ended.
    pub completed: DateTime<Utc>,
}

/// A line of `sync_logs`, its times as the database shows them: in the CRM's own zone, whatever that is.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct SyncLog {
    /// The row's id.
    pub id: i32,
    /// The remote.
    pub provider: String,
    /// `import` or `export`.
    pub direction: String,
    /// `success`, `partial` or `error`.
    pub status: String,
    /// How many rows were looked at.
    pub processed: Option<i32>,
    /// How many were made.
    pub created: Option<i32>,
    /// How many were changed.
    pub updated: Option<i32>,
    /// What went wrong, in words.
    pub error: Option<String>,
    /// When it began: `YYYY-MM-DD HH:MM:SS`, with a fraction if the database has one.
    pub started: Option<String>,
    /// When it ended, likewise.
    pub completed: Option<String>,
}

/// Adds a line.
pub(super) fn add(conn: &mut Conn, log: &NewSyncLog) -> Result<(), Failure> {
    let started = local(conn, log.started)?;
    let completed = local(conn, log.completed)?;
    diesel::insert_into(sync_logs::table)
        .values((
            sync_logs::provider.eq(&log.provider),
            sync_logs::direction.eq(&log.direction),
            sync_logs::status.eq(&log.status),
            sync_logs::records_processed.eq(Some(log.processed)),
            sync_logs::records_created.eq(Some(log.created)),
            sync_logs::records_updated.eq(Some(log.updated)),
            sync_logs::error_message.eq(log.error.as_deref()),
            sync_logs::started_at.eq(Some(started)),
            sync_logs::completed_at.eq(Some(completed)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The latest lines, of one remote or of all, newest first.
pub(super) fn list(conn: &mut Conn, provider: Option<&str>, limit: u32) -> Result<Vec<SyncLog>, Failure> {
    let mut query = sync_logs::table
        .select((
            sync_logs::id,
            sync_logs::provider,
            sync_logs::direction,
            sync_logs::status,
            sync_logs::records_processed,
            sync_logs::records_created,
            sync_logs::records_updated,
            sync_logs::error_message,
            as_text("CAST(started_at AS TEXT)"),
            as_text("CAST(completed_at AS TEXT)"),
        ))
        .order(sync_logs::id.desc())
        .limit(limit.into())
        .into_boxed();
    if let Some(provider) = provider {
        query = query.filter(sync_logs::provider.eq(provider.to_owned()));
    }
    Ok(query.load(conn)?)
}

fn as_text(expression: &str) -> SqlLiteral<Nullable<Text>> {
    sql(expression)
}

/// The instant in the zone of the CRM's columns, which do not tell it: the session's on PostgreSQL, UTC on SQLite.
fn local(conn: &mut Conn, at: DateTime<Utc>) -> Result<NaiveDateTime, Failure> {
    match conn {
        Conn::Postgres(inner) => {
            let at = sql::<Timestamp>("CAST(").bind::<Timestamptz, _>(at).sql(" AS timestamp)");
            Ok(diesel::select(at).get_result(inner)?)
        }
        Conn::Sqlite(_) => Ok(at.trunc_subsecs(0).naive_utc()),
    }
}
