//! The CRM's own row for each remote, which its connectors page reads and writes.

use diesel::dsl::{now, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};

use super::conn::{Conn, on_backend};
use super::failure::Failure;
use super::schema::connector_configs as configs;

/// A row of `connector_configs`, without its token: see [`secrets`](crate::secrets).
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ConnectorConfig {
    /// The row's id.
    pub id: i32,
    /// The remote: `airtable`, `notion`.
    pub provider: String,
    /// The Airtable base, or the Notion database.
    pub base_id: Option<String>,
    /// The Airtable table, by name.
    pub table_name: Option<String>,
    /// A JSON object: the CRM's field to the remote's field name. Text, for the CRM does not check it.
    pub field_mapping: Option<String>,
    /// Whether it is in use; the CRM's default is yes.
    pub is_active: Option<bool>,
    /// When it was last changed, as the database shows it: in the CRM's own zone, whatever that is.
    pub updated: Option<String>,
}

/// What to change of a row; `None` leaves a column alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = configs)]
pub struct ConfigChange {
    /// The Airtable base, or the Notion database.
    pub base_id: Option<String>,
    /// The Airtable table, by name.
    pub table_name: Option<String>,
    /// A JSON object: the CRM's field to the remote's field name.
    pub field_mapping: Option<String>,
    /// Whether it is in use.
    pub is_active: Option<bool>,
}

type Columns = (
    configs::id,
    configs::provider,
    configs::base_id,
    configs::table_name,
    configs::field_mapping,
    configs::is_active,
    SqlLiteral<Nullable<Text>>,
);

fn columns() -> Columns {
    (
        configs::id,
        configs::provider,
        configs::base_id,
        configs::table_name,
        configs::field_mapping,
        configs::is_active,
        sql("CAST(updated_at AS TEXT)"),
    )
}

/// All rows, by remote.
pub(super) fn list(conn: &mut Conn) -> Result<Vec<ConnectorConfig>, Failure> {
    Ok(configs::table.select(columns()).order(configs::provider).load(conn)?)
}

/// The row of this remote.
pub(super) fn find(conn: &mut Conn, provider: &str) -> Result<Option<ConnectorConfig>, Failure> {
    Ok(configs::table.filter(configs::provider.eq(provider)).select(columns()).first(conn).optional()?)
}

/// Makes the row if it is absent.
pub(super) fn make(conn: &mut Conn, provider: &str) -> Result<(), Failure> {
    on_backend!(conn, |inner| diesel::insert_into(configs::table)
        .values(configs::provider.eq(provider))
        .on_conflict(configs::provider)
        .do_nothing()
        .execute(inner))?;
    Ok(())
}

/// Makes the row if it is absent, and changes it.
pub(super) fn change(conn: &mut Conn, provider: &str, change: &ConfigChange) -> Result<(), Failure> {
    make(conn, provider)?;
    diesel::update(configs::table.filter(configs::provider.eq(provider)))
        .set((change, configs::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// Makes the row if it is absent, and changes it; the row as it is then.
pub(super) fn save(
    conn: &mut Conn,
    provider: &str,
    wanted: &ConfigChange,
) -> Result<ConnectorConfig, Failure> {
    conn.write(|conn| {
        change(conn, provider, wanted)?;
        Ok(configs::table.filter(configs::provider.eq(provider)).select(columns()).first(conn)?)
    })
}
