//! Every deal, with what is known of when and where it was edited.

use std::collections::HashMap;

use connector_core::canon::same;
use connector_core::clock::Interval;
use connector_core::id::DealId;
use connector_core::state::{Deal, Origin};
use connector_core::unit::Units;
use connector_core::value::Value;

use super::edits::EditTimes;
use super::row::Row;
use super::{id, key};
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

/// What a deal holds now, without when and where it was edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The deal.
    pub id: DealId,
    /// Its units, in their order.
    pub values: Box<[Value]>,
}

impl Held {
    fn new(units: &Units, row: &Row) -> Self {
        Self { id: id(row.id), values: row.values(units) }
    }
}

/// One deal, if the CRM has it.
pub(in crate::store) fn one(conn: &mut Conn, units: &Units, deal: &DealId) -> Result<Option<Held>, Failure> {
    let Some(key) = key(deal) else { return Ok(None) };
    Ok(Row::one(conn, key)?.map(|row| Held::new(units, &row)))
}

/// Deals after this one, by id; none is before all.
pub(in crate::store) fn page(
    conn: &mut Conn,
    units: &Units,
    after: Option<&DealId>,
    limit: u32,
) -> Result<Vec<Held>, Failure> {
    let after = after.and_then(key).unwrap_or(i32::MIN);
    Ok(Row::after(conn, after, limit)?.iter().map(|row| Held::new(units, row)).collect())
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
