//! New deals from a file. A person brings them, so they are edits like any other.

use connector_core::id::{DealId, UnitKey};
use connector_core::unit::Units;
use connector_core::value::Value;

use super::changes::Changes;
use super::id;
use super::write::insert;
use crate::store::conn::Conn;
use crate::store::failure::Failure;

/// Adds a deal for each of `rows`, all in one transaction: its id, or why the CRM cannot keep it.
pub(in crate::store) fn import(
    conn: &mut Conn,
    units: &Units,
    rows: &[Vec<(UnitKey, Value)>],
) -> Result<Vec<Result<DealId, String>>, Failure> {
    conn.write(|conn| rows.iter().map(|row| add(conn, units, row)).collect())
}

fn add(conn: &mut Conn, units: &Units, row: &[(UnitKey, Value)]) -> Result<Result<DealId, String>, Failure> {
    let changes = match Changes::whole(units, row) {
        Ok(changes) => changes,
        Err(why) => return Ok(Err(why)),
    };
    match conn.attempt(|conn| insert(conn, None, changes)) {
        Ok(key) => Ok(Ok(id(key))),
        Err(failure) => failure.refusal().map(Err).ok_or(failure),
    }
}
