//! The connections that are configured.

use std::sync::Arc;

use connector_core::connector::DealConnector;
use connector_core::engine::Connection;
use connector_core::id::{BaseId, ConnectionId, ContainerId};
use connector_core::provider::ConnectorSettings;
use connector_core::schema::{FieldOption, Schema};
use connector_core::unit::{Unit, UnitKind};
use serde::{Deserialize, Serialize};

use crate::app::{AIRTABLE, App};
use crate::failure::Failure;

/// A remote container and how the CRM is kept in agreement with it: what is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionSettings {
    /// The base.
    pub base: BaseId,
    /// The table.
    pub table: ContainerId,
    /// What people called the table when it was configured.
    pub table_name: String,
    /// The mapping, and what the user chose.
    pub connection: Connection,
    /// The most requests in a month; no limit when absent.
    #[serde(default)]
    pub monthly_calls: Option<u64>,
}

/// A connection and its remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configured {
    /// The remote: `airtable`.
    pub remote: String,
    /// How it is connected.
    pub settings: ConnectionSettings,
}

impl ConnectionSettings {
    /// The options of the field of a unit of stages, each with the stage that it means, by its id or by its name.
    #[must_use]
    pub fn stage_options<'s>(
        &'s self,
        schema: &'s Schema,
        unit: &'s Unit,
    ) -> Vec<(&'s FieldOption, Option<&'s str>)> {
        let UnitKind::Stage(vocabulary) = &unit.kind else { return Vec::new() };
        let Some(pair) = self.connection.mapping.pair(&unit.key) else { return Vec::new() };
        let options = schema.field(&pair.field).map(|field| field.kind.options()).unwrap_or_default();
        let meant = |option: &'s FieldOption| {
            let chosen = pair.stages.get(&option.id).map(String::as_str);
            (option, chosen.or_else(|| vocabulary.resolve(&option.name)))
        };
        options.iter().map(meant).collect()
    }
}

/// The id of the connection to a container: links hang on it, so another container is another connection.
#[must_use]
pub fn connection_id(remote: &str, base: &BaseId, table: &ContainerId) -> ConnectionId {
    ConnectionId::from(format!("{remote}:{base}:{table}"))
}

/// The remote of a connection, by its id.
#[must_use]
pub fn remote_of(connection: &ConnectionId) -> &str {
    connection.as_str().split(':').next().unwrap_or_default()
}

/// The base and the table of a connection, by its id.
#[must_use]
pub fn place_of(connection: &ConnectionId) -> Option<(&str, &str)> {
    connection.as_str().split_once(':')?.1.split_once(':')
}

/// All connections in use, the one configured last of each remote.
pub async fn all(app: &App) -> Result<Vec<Configured>, Failure> {
    let mut stored = app.store.connections::<ConnectionSettings>().await?;
    stored.sort_by_key(|connection| std::cmp::Reverse(connection.updated));
    let mut found: Vec<Configured> = Vec::new();
    for connection in stored {
        if found.iter().all(|known| known.remote != connection.provider) {
            found.push(Configured { remote: connection.provider, settings: connection.settings });
        }
    }
    found.sort_by(|one, other| one.remote.cmp(&other.remote));
    Ok(found)
}

/// The connection of this remote, or of all when none is named: one or more.
pub async fn chosen(app: &App, remote: Option<&str>) -> Result<Vec<Configured>, Failure> {
    let Some(remote) = remote else {
        let found = all(app).await?;
        let none = || Failure::NotConfigured { remote: AIRTABLE.to_owned() };
        return if found.is_empty() { Err(none()) } else { Ok(found) };
    };
    Ok(vec![of_remote(app, remote).await?])
}

/// The connection of this remote.
pub async fn of_remote(app: &App, remote: &str) -> Result<Configured, Failure> {
    let found = all(app).await?.into_iter().find(|configured| configured.remote == remote);
    found.ok_or_else(|| Failure::NotConfigured { remote: remote.to_owned() })
}

/// The connection of this id.
pub async fn of_id(app: &App, id: &ConnectionId) -> Result<Option<Configured>, Failure> {
    let stored = app.store.connection::<ConnectionSettings>(id).await?;
    Ok(stored.map(|stored| Configured { remote: stored.provider, settings: stored.settings }))
}

/// The container of the connection, opened. Calls nobody.
pub async fn connector(app: &App, configured: &Configured) -> Result<Arc<dyn DealConnector>, Failure> {
    let ConnectionSettings { base, table, connection, .. } = &configured.settings;
    Ok(app.provider(&configured.remote).await?.connect(ConnectorSettings {
        base: base.clone(),
        container: table.clone(),
        create_options: connection.create_options,
    })?)
}
