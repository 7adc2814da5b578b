//! A deal as the CRM's table holds it, every cell as text.

use connector_core::id::UnitKey;
use connector_core::unit::{Unit, Units};
use connector_core::value::Value;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};

use super::cell;
use crate::crm;
use crate::store::columns::Loose;
use crate::store::conn::Conn;
use crate::store::failure::Failure;
use crate::store::schema::deals;

/// A deal's cells.
///
/// Typed reading would fail the whole table for one `''` in a date, and turn SQLite's floats into other amounts.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Row {
    pub(super) id: i32,
    pub(super) client: Option<Loose>,
    pub(super) statut: Option<Loose>,
    pub(super) montant_brut: Option<Loose>,
    pub(super) secteur: Option<Loose>,
    pub(super) date_echeance: Option<Loose>,
    pub(super) assignee: Option<Loose>,
    pub(super) notes: Option<Loose>,
    pub(super) probabilite: Option<Loose>,
    pub(super) valeur_ponderee: Option<Loose>,
}

/// A column as text, by the database's own conversion.
type AsText = SqlLiteral<Nullable<Text>>;

fn as_text(column: &str) -> AsText {
    sql(&format!("CAST({column} AS TEXT)"))
}

type Columns = (deals::id, AsText, AsText, AsText, AsText, AsText, AsText, AsText, AsText, AsText);

/// In the order of [`Row`].
fn columns() -> Columns {
    (
        deals::id,
        as_text(crm::CLIENT),
        as_text(crm::STATUT),
        as_text(crm::MONTANT_BRUT),
        as_text(crm::SECTEUR),
        as_text(crm::DATE_ECHEANCE),
        as_text(crm::ASSIGNEE),
        as_text(crm::NOTES),
        as_text(crm::PROBABILITE),
        as_text(crm::VALEUR_PONDEREE),
    )
}

/// Whether the CRM has a column for this unit.
pub(in crate::store) fn is_column(unit: &UnitKey) -> bool {
    let columns = [
        crm::CLIENT,
        crm::STATUT,
        crm::MONTANT_BRUT,
        crm::SECTEUR,
        crm::DATE_ECHEANCE,
        crm::ASSIGNEE,
        crm::NOTES,
        crm::PROBABILITE,
        crm::VALEUR_PONDEREE,
    ];
    columns.contains(&unit.as_str())
}

impl Row {
    /// All deals, by id.
    pub(super) fn all(conn: &mut Conn) -> Result<Vec<Self>, Failure> {
        Ok(deals::table.select(columns()).order(deals::id).load(conn)?)
    }

    /// Deals after this one, by id.
    pub(super) fn after(conn: &mut Conn, id: i32, limit: u32) -> Result<Vec<Self>, Failure> {
        let rows = deals::table.select(columns()).filter(deals::id.gt(id)).order(deals::id);
        Ok(rows.limit(limit.into()).load(conn)?)
    }

    /// One deal, if it exists.
    pub(super) fn one(conn: &mut Conn, id: i32) -> Result<Option<Self>, Failure> {
        Ok(deals::table.find(id).select(columns()).first(conn).optional()?)
    }

    /// What this unit holds.
    pub(super) fn value(&self, unit: &Unit) -> Value {
        cell::parse(&unit.kind, self.cell(&unit.key))
    }

    /// What all units hold, in their order.
    pub(super) fn values(&self, units: &Units) -> Box<[Value]> {
        units.iter().map(|unit| self.value(unit)).collect()
    }

    fn cell(&self, unit: &UnitKey) -> Option<&str> {
        let cell = match unit.as_str() {
            crm::CLIENT => &self.client,
            crm::STATUT => &self.statut,
            crm::MONTANT_BRUT => &self.montant_brut,
            crm::SECTEUR => &self.secteur,
            crm::DATE_ECHEANCE => &self.date_echeance,
            crm::ASSIGNEE => &self.assignee,
            crm::NOTES => &self.notes,
            crm::PROBABILITE => &self.probabilite,
            crm::VALEUR_PONDEREE => &self.valeur_ponderee,
            _ => &None,
        };
        cell.as_ref().map(|Loose(text)| text.as_str())
    }
}
