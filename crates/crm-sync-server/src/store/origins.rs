//! Where values of the CRM came from that a sync put there.

use std::collections::HashMap;

use connector_core::clock::Interval;
use connector_core::state::Origin;
use diesel::prelude::*;
use diesel::upsert::excluded;

use super::columns::{Document, Moment};
use super::conn::{CHUNK, Conn, on_backend};
use super::failure::Failure;
use super::schema::sync_origins;

#[derive(Debug, Queryable, Insertable)]
#[diesel(table_name = sync_origins, treat_none_as_default_value = false)]
pub(super) struct OriginRow {
    pub(super) deal: i32,
    pub(super) unit: String,
    value: Document,
    edited_lo: Moment,
    edited_hi: Moment,
    remote: String,
}

impl OriginRow {
    pub(super) fn new(deal: i32, origin: &Origin) -> Result<Self, Failure> {
        Ok(Self {
            deal,
            unit: origin.unit.to_string(),
            value: Document::of(&origin.value)?,
            edited_lo: origin.edited.lo.into(),
            edited_hi: origin.edited.hi.into(),
            remote: origin.connection.to_string(),
        })
    }

    fn read(self) -> Result<Origin, Failure> {
        let value = self.value.read();
        Ok(Origin {
            value: value.map_err(|error| {
                Failure::corrupt("sync_origins", &format!("{}, {}", self.deal, self.unit), error)
            })?,
            unit: self.unit.into(),
            edited: Interval::new(self.edited_lo.into(), self.edited_hi.into()),
            connection: self.remote.into(),
        })
    }
}

/// All origins, by deal; whether the values are still there is not asked.
pub(super) fn all(conn: &mut Conn) -> Result<HashMap<i32, Vec<Origin>>, Failure> {
    by_deal(sync_origins::table.load(conn)?)
}

/// Those of these deals, by deal; whether the values are still there is not asked.
pub(super) fn some(conn: &mut Conn, deals: &[i32]) -> Result<HashMap<i32, Vec<Origin>>, Failure> {
    by_deal(sync_origins::table.filter(sync_origins::deal.eq_any(deals)).load(conn)?)
}

fn by_deal(rows: Vec<OriginRow>) -> Result<HashMap<i32, Vec<Origin>>, Failure> {
    let mut origins: HashMap<i32, Vec<Origin>> = HashMap::new();
    for row in rows {
        origins.entry(row.deal).or_default().push(row.read()?);
    }
    Ok(origins)
}

/// Writes these origins, at most one for each unit of a deal.
pub(super) fn put(conn: &mut Conn, rows: &[OriginRow]) -> Result<(), Failure> {
    for rows in rows.chunks(CHUNK) {
        on_backend!(conn, |inner| diesel::insert_into(sync_origins::table)
            .values(rows)
            .on_conflict((sync_origins::deal, sync_origins::unit))
            .do_update()
            .set((
                sync_origins::value.eq(excluded(sync_origins::value)),
                sync_origins::edited_lo.eq(excluded(sync_origins::edited_lo)),
                sync_origins::edited_hi.eq(excluded(sync_origins::edited_hi)),
                sync_origins::remote.eq(excluded(sync_origins::remote)),
            ))
            .execute(inner))?;
    }
    Ok(())
}
