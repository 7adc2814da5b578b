//! Every deal, with what is known of when and where it was edited.

use std::collections::HashMap;

use connector_core::canon::same;
use connector_core::clock::Interval;
use connector_core::state::{Deal, Origin};
use connector_core::unit::Units;
use connector_core::value::Value;

use super::edits::EditTimes;
use super::id;
use super::row::Row;
use crate::store::conn::Conn;
use crate::store::failure::Failure;
use crate::store::origins;

/// Every deal as it stands now, by id.
pub(in crate::store) fn read(conn: &mut Conn, units: &Units) -> Result<Vec<Deal>, Failure> {
    conn.read(|conn| {
        let rows = Row::all(conn)?;
        let edits = EditTimes::all(conn)?;
        let mut origins: HashMap<i32, Vec<Origin>> = origins::all(conn)?;
        let deal = |row: Row| {
            let values = row.values(units);
            let origins = standing(units, &values, origins.remove(&row.id).unwrap_or_default());
            Deal { id: id(row.id), edited: edits.of(row.id).map(Interval::at), values, origins }
        };
        Ok(rows.into_iter().map(deal).collect())
    })
}

/// Those of a deal's origins whose value is still there, in the order of the units.
pub(super) fn standing(units: &Units, values: &[Value], mut origins: Vec<Origin>) -> Vec<Origin> {
    origins.retain(|origin| holds(units, values, origin));
    origins.sort_by_key(|origin| units.position(origin.unit.as_str()));
    origins
}

fn holds(units: &Units, values: &[Value], origin: &Origin) -> bool {
    let at = units.position(origin.unit.as_str());
    let held = at.and_then(|at| Some((units.at(at)?, values.get(at)?)));
    held.is_some_and(|(unit, value)| same(&unit.kind, value, &origin.value))
}
