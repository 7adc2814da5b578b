//! How remote containers are connected: our own settings, richer than the CRM's row.

use chrono::{DateTime, Utc};
use connector_core::id::ConnectionId;
use diesel::prelude::*;
use serde::de::DeserializeOwned;

use super::columns::{Document, Moment};
use super::conn::{Conn, on_backend};
use super::failure::Failure;
use super::schema::sync_connections as connections;

/// A connection, with settings of the server's own type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection<S> {
    /// Its id.
    pub id: ConnectionId,
    /// The remote: `airtable`, `notion`.
    pub provider: String,
    /// Container, mapping, strategy.
    pub settings: S,
    /// Grows with each change of the settings, from 1.
    pub version: i64,
    /// When the settings were last changed.
    pub updated: DateTime<Utc>,
}

#[derive(Debug, Queryable)]
struct ConnectionRow {
    id: String,
    provider: String,
    settings: Document,
    version: i64,
    updated_at: Moment,
}

impl ConnectionRow {
    fn read<S: DeserializeOwned>(self) -> Result<Connection<S>, Failure> {
        let settings = self.settings.read();
        Ok(Connection {
            settings: settings.map_err(|error| Failure::corrupt("sync_connections", &self.id, error))?,
            id: self.id.into(),
            provider: self.provider,
            version: self.version,
            updated: self.updated_at.into(),
        })
    }
}

/// All connections, by id.
pub(super) fn list<S: DeserializeOwned>(conn: &mut Conn) -> Result<Vec<Connection<S>>, Failure> {
    let rows: Vec<ConnectionRow> = connections::table.order(connections::id).load(conn)?;
    rows.into_iter().map(ConnectionRow::read).collect()
}

/// One connection.
pub(super) fn find<S: DeserializeOwned>(
    conn: &mut Conn,
    id: &ConnectionId,
) -> Result<Option<Connection<S>>, Failure> {
    let row: Option<ConnectionRow> = connections::table.find(id.as_str()).first(conn).optional()?;
    row.map(ConnectionRow::read).transpose()
}

/// A state of a remote's settings, to be changed only if it still stands: nobody overwrites what he did not see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The connection in use.
    pub connection: ConnectionId,
    /// The version of its settings.
    pub number: i64,
}

/// The state of the settings of a remote; `None` if there are none. The connection that was changed last is in use.
pub(super) fn current(conn: &mut Conn, provider: &str) -> Result<Option<Version>, Failure> {
    let latest = connections::table
        .filter(connections::provider.eq(provider))
        .order((connections::updated_at.desc(), connections::id))
        .select((connections::id, connections::version));
    let found: Option<(String, i64)> = latest.first(conn).optional()?;
    Ok(found.map(|(connection, number)| Version { connection: connection.into(), number }))
}

/// Forgets the settings of all connections of a remote.
pub(super) fn forget(conn: &mut Conn, provider: &str) -> Result<(), Failure> {
    diesel::delete(connections::table.filter(connections::provider.eq(provider))).execute(conn)?;
    Ok(())
}

/// Makes the connection, or gives it other settings; its version.
pub(super) fn save(
    conn: &mut Conn,
    id: &ConnectionId,
    provider: &str,
    settings: &Document,
    now: DateTime<Utc>,
) -> Result<i64, Failure> {
    let now = Moment::from(now);
    Ok(on_backend!(conn, |inner| diesel::insert_into(connections::table)
        .values((
            connections::id.eq(id.as_str()),
            connections::provider.eq(provider),
            connections::settings.eq(settings),
            connections::version.eq(1_i64),
            connections::updated_at.eq(now),
        ))
        .on_conflict(connections::id)
        .do_update()
        .set((
            connections::provider.eq(provider),
            connections::settings.eq(settings),
            connections::version.eq(connections::version + 1),
            connections::updated_at.eq(now),
        ))
        .returning(connections::version)
        .get_result(inner))?)
}
