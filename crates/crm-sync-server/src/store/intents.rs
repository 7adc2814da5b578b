//! Creations in the remote that were begun and not yet seen to end.

use std::collections::BTreeMap;

use connector_core::id::ConnectionId;
use connector_core::state::Intent;
use diesel::prelude::*;

use super::columns::{Document, Moment};
use super::conn::{CHUNK, Conn, on_backend};
use super::deals;
use super::failure::Failure;
use super::schema::sync_intents as intents;

#[derive(Debug, Queryable, Insertable)]
#[diesel(table_name = intents, treat_none_as_default_value = false)]
pub(super) struct IntentRow {
    connection: String,
    deal: i32,
    run: String,
    payload: Document,
    sent_at: Option<Moment>,
}

impl IntentRow {
    pub(super) fn new(connection: &ConnectionId, deal: i32, intent: &Intent) -> Result<Self, Failure> {
        Ok(Self {
            connection: connection.to_string(),
            deal,
            run: intent.run.to_string(),
            payload: Document::of(&intent.payload)?,
            sent_at: intent.sent_at.map(Into::into),
        })
    }

    fn read(self) -> Result<Intent, Failure> {
        let payload = self.payload.read();
        Ok(Intent {
            deal: deals::id(self.deal),
            run: self.run.into(),
            payload: payload.map_err(|error| Failure::corrupt("sync_intents", &self.deal, error))?,
            sent_at: self.sent_at.map(Into::into),
        })
    }
}

/// The connection's intents, by deal.
pub(super) fn read(conn: &mut Conn, connection: &ConnectionId) -> Result<Vec<Intent>, Failure> {
    let rows = intents::table.filter(intents::connection.eq(connection.as_str())).order(intents::deal);
    rows.load::<IntentRow>(conn)?.into_iter().map(IntentRow::read).collect()
}

/// Writes or closes the intents of these deals.
pub(super) fn write(
    conn: &mut Conn,
    connection: &ConnectionId,
    changed: BTreeMap<i32, Option<IntentRow>>,
) -> Result<(), Failure> {
    let deals: Vec<i32> = changed.keys().copied().collect();
    for deals in deals.chunks(CHUNK) {
        diesel::delete(intents::table)
            .filter(intents::connection.eq(connection.as_str()))
            .filter(intents::deal.eq_any(deals))
            .execute(conn)?;
    }
    let rows: Vec<IntentRow> = changed.into_values().flatten().collect();
    for rows in rows.chunks(CHUNK) {
        on_backend!(conn, |inner| diesel::insert_into(intents::table).values(rows).execute(inner))?;
    }
    Ok(())
}
