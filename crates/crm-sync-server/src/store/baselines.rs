//! What the last run of a connection left for the next one.

use connector_core::id::ConnectionId;
use connector_core::state::Baseline;
use diesel::prelude::*;

use super::columns::{Document, Moment};
use super::conn::{Conn, on_backend};
use super::failure::Failure;
use super::schema::sync_baselines as baselines;

#[derive(Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = baselines, treat_none_as_default_value = false, treat_none_as_null = true)]
struct BaselineRow {
    connection: String,
    fingerprint: String,
    seen_at: Moment,
    unsettled: Document,
    fields: Option<Document>,
}

pub(super) fn read(conn: &mut Conn, connection: &ConnectionId) -> Result<Option<Baseline>, Failure> {
    let row: Option<BaselineRow> = baselines::table.find(connection.as_str()).first(conn).optional()?;
    let read = |row: BaselineRow| {
        let corrupt = |error| Failure::corrupt("sync_baselines", connection, error);
        Ok(Baseline {
            fingerprint: row.fingerprint,
            seen_at: row.seen_at.into(),
            unsettled: row.unsettled.read().map_err(corrupt)?,
            fields: row.fields.map(|fields| fields.read()).transpose().map_err(corrupt)?,
        })
    };
    row.map(read).transpose()
}

pub(super) fn write(conn: &mut Conn, connection: &ConnectionId, baseline: &Baseline) -> Result<(), Failure> {
    let row = BaselineRow {
        connection: connection.to_string(),
        fingerprint: baseline.fingerprint.clone(),
        seen_at: baseline.seen_at.into(),
        unsettled: Document::of(&baseline.unsettled)?,
        fields: baseline.fields.as_ref().map(Document::of).transpose()?,
    };
    on_backend!(conn, |inner| diesel::insert_into(baselines::table)
        .values(&row)
        .on_conflict(baselines::connection)
        .do_update()
        .set(&row)
        .execute(inner))?;
    Ok(())
}
