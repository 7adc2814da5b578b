//! What deleted deals held: kept by a trigger on the CRM's table, whoever deletes from it.

use connector_core::clock::Interval;
use connector_core::id::{ConnectionId, DealId};
use connector_core::state::{Deal, Grave};
use connector_core::unit::Units;
use diesel::prelude::*;

use super::row::Row;
use super::{id, key, read};
use crate::store::columns::Moment;
use crate::store::conn::{CHUNK, Conn};
use crate::store::failure::Failure;
use crate::store::origins;
use crate::store::schema::sync_graves;

/// The graves of these deals, for those that have one.
pub(in crate::store) fn graves(
    conn: &mut Conn,
    units: &Units,
    deals: &[DealId],
) -> Result<Vec<Grave>, Failure> {
    let keys: Vec<i32> = deals.iter().filter_map(key).collect();
    conn.read(|conn| {
        let mut graves = Vec::with_capacity(keys.len());
        for keys in keys.chunks(CHUNK) {
            let mut origins = origins::some(conn, keys)?;
            for (row, edited, by) in load(conn, keys)? {
                let values = row.values(units);
                let origins = origins.remove(&row.id).unwrap_or_default();
                graves.push(Grave {
                    deal: Deal {
                        id: id(row.id),
                        edited: edited.map(|at| Interval::at(at.into())),
                        origins: read::standing(units, &values, origins),
                        values,
                    },
                    by: by.map(ConnectionId::from),
                });
            }
        }
        Ok(graves)
    })
}

/// Notes that a sync of this connection deleted the deal.
pub(super) fn sign(conn: &mut Conn, deal: i32, connection: &ConnectionId) -> Result<(), Failure> {
    diesel::update(sync_graves::table.find(deal))
        .set(sync_graves::connection.eq(connection.as_str()))
        .execute(conn)?;
    Ok(())
}

/// When these deals had last been edited before they were deleted, as far as known.
pub(super) fn edit_times(conn: &mut Conn, deals: &[i32]) -> Result<Vec<(i32, Moment)>, Failure> {
    let buried = sync_graves::table
        .filter(sync_graves::deal.eq_any(deals))
        .filter(sync_graves::edited_at.is_not_null())
        .select((sync_graves::deal, sync_graves::edited_at.assume_not_null()));
    Ok(buried.load(conn)?)
}

type Buried = (Row, Option<Moment>, Option<String>);

fn load(conn: &mut Conn, deals: &[i32]) -> Result<Vec<Buried>, Failure> {
    let row = (
        sync_graves::deal,
        sync_graves::client,
        sync_graves::statut,
        sync_graves::montant_brut,
        sync_graves::secteur,
        sync_graves::date_echeance,
        sync_graves::assignee,
        sync_graves::notes,
        sync_graves::probabilite,
        sync_graves::valeur_ponderee,
    );
    let query = sync_graves::table.filter(sync_graves::deal.eq_any(deals)).order(sync_graves::deal);
    Ok(query.select((row, sync_graves::edited_at, sync_graves::connection)).load(conn)?)
}
