//! One write to one deal.

use connector_core::canon::same;
use connector_core::id::{ConnectionId, DealId, UnitKey};
use connector_core::store::DealWrite;
use connector_core::unit::Units;
use connector_core::value::Value;
use diesel::dsl::{AsExprOf, sql};
use diesel::expression::{SqlLiteral, UncheckedBind};
use diesel::prelude::*;
use diesel::sql_types::{Numeric, Text};
use rust_decimal::Decimal;

use super::changes::Changes;
use super::graves;
use super::key;
use super::row::Row;
use crate::store::conn::Conn;
use crate::store::failure::Failure;
use crate::store::schema::deals;

/// What became of a write.
#[derive(Debug)]
pub(in crate::store) enum Verdict {
    /// It stands, or there was nothing to write; the deal that it was about.
    Done(Option<i32>),
    /// The deal does not hold what was expected.
    Stale,
    /// The CRM cannot keep it, for this reason.
    Refused(String),
}

/// Makes one write, unless the deal holds something else than what is expected.
///
/// Runs inside [`Conn::write`], so that nobody else's edit comes between the look and the write.
pub(in crate::store) fn write(
    conn: &mut Conn,
    units: &Units,
    connection: &ConnectionId,
    write: &DealWrite,
) -> Result<Verdict, Failure> {
    match write {
        DealWrite::None => Ok(Verdict::Done(None)),
        DealWrite::Keep(id) => Ok(key(id).map_or_else(|| unknown(id.as_str()), |id| Verdict::Done(Some(id)))),
        DealWrite::Insert { values } => match Changes::whole(units, values) {
            Ok(changes) => Ok(Verdict::Done(Some(insert(conn, None, changes)?))),
            Err(why) => Ok(Verdict::Refused(why)),
        },
        DealWrite::Restore { id, values } => {
            let Some(id) = key(id) else { return Ok(unknown(id.as_str())) };
            if Row::one(conn, id)?.is_some() {
                return Ok(Verdict::Stale);
            }
            match Changes::whole(units, values) {
                Ok(changes) => Ok(Verdict::Done(Some(insert(conn, Some(id), changes)?))),
                Err(why) => Ok(Verdict::Refused(why)),
            }
        }
        DealWrite::Update { id, expected, values } => match held(conn, units, id, expected)? {
            Ok(row) => update(conn, units, &row, values),
            Err(verdict) => Ok(verdict),
        },
        DealWrite::Delete { id, expected } => match held(conn, units, id, expected)? {
            Ok(row) => {
                diesel::delete(deals::table.find(row.id)).execute(conn)?;
                graves::sign(conn, row.id, connection)?;
                Ok(Verdict::Done(Some(row.id)))
            }
            Err(verdict) => Ok(verdict),
        },
    }
}

/// The deal, if it holds what is expected; otherwise what becomes of the write.
fn held(
    conn: &mut Conn,
    units: &Units,
    id: &DealId,
    expected: &[(UnitKey, Value)],
) -> Result<Result<Row, Verdict>, Failure> {
    let row = match key(id) {
        Some(id) => Row::one(conn, id)?,
        None => None,
    };
    let Some(row) = row else { return Ok(Err(Verdict::Stale)) };
    Ok(check(units, &row, expected).map_or(Ok(row), Err))
}

fn unknown(id: &str) -> Verdict {
    Verdict::Refused(format!("deal {id}: the CRM's ids are whole numbers"))
}

/// What keeps the write from being made, if the deal does not hold what is expected.
fn check(units: &Units, row: &Row, expected: &[(UnitKey, Value)]) -> Option<Verdict> {
    expected.iter().find_map(|(key, value)| match units.get(key.as_str()) {
        None => Some(Verdict::Refused(format!("{key}: no such unit"))),
        Some(unit) if same(&unit.kind, &row.value(unit), value) => None,
        Some(_) => Some(Verdict::Stale),
    })
}

fn update(
    conn: &mut Conn,
    units: &Units,
    row: &Row,
    values: &[(UnitKey, Value)],
) -> Result<Verdict, Failure> {
    let changes = match Changes::some(units, row, values) {
        Ok(changes) => changes,
        Err(why) => return Ok(Verdict::Refused(why)),
    };
    if !values.is_empty() {
        diesel::update(deals::table.find(row.id))
            .set((
                changes.client.map(|client| deals::client.eq(client)),
                changes.statut.map(|statut| deals::statut.eq(statut)),
                changes.montant_brut.map(|amount| deals::montant_brut.eq(numeric(amount))),
                changes.secteur.map(|secteur| deals::secteur.eq(secteur)),
                changes.date_echeance.map(|date| deals::date_echeance.eq(date)),
                changes.assignee.map(|assignee| deals::assignee.eq(assignee)),
                changes.notes.map(|notes| deals::notes.eq(notes)),
                changes.probabilite.map(|probability| deals::probabilite.eq(numeric(probability))),
                changes.valeur_ponderee.map(|value| deals::valeur_ponderee.eq(numeric(value))),
            ))
            .execute(conn)?;
    }
    Ok(Verdict::Done(Some(row.id)))
}

/// Adds a deal, under this id or the one that the CRM gives; its id.
pub(super) fn insert(conn: &mut Conn, id: Option<i32>, changes: Changes) -> Result<i32, Failure> {
    let cells = (
        deals::client.eq(changes.client.unwrap_or_default()),
        deals::statut.eq(changes.statut.unwrap_or_default()),
        deals::montant_brut.eq(numeric(changes.montant_brut.unwrap_or_default())),
        deals::secteur.eq(changes.secteur.flatten()),
        deals::date_echeance.eq(changes.date_echeance.flatten()),
        deals::assignee.eq(changes.assignee.flatten()),
        deals::notes.eq(changes.notes.flatten()),
        deals::probabilite.eq(numeric(changes.probabilite.unwrap_or_default())),
        deals::valeur_ponderee.eq(numeric(changes.valeur_ponderee.unwrap_or_default())),
    );
    let insert = diesel::insert_into(deals::table);
    Ok(match id {
        Some(id) => insert.values((deals::id.eq(id), cells)).returning(deals::id).get_result(conn),
        None => insert.values(cells).returning(deals::id).get_result(conn),
    }?)
}

/// SQL, a text bound into it, and SQL after that.
type AsNumeric = SqlLiteral<Numeric, UncheckedBind<SqlLiteral<Numeric>, AsExprOf<String, Text>>>;

/// A decimal for a column that is `numeric` on PostgreSQL and `REAL` on SQLite: as text until the database converts
/// it, so that it is never a float on our side.
fn numeric(number: Decimal) -> AsNumeric {
    sql::<Numeric>("CAST(").bind::<Text, _>(number.to_string()).sql(" AS numeric)")
}
