//! The CRM's own settings of a remote: the row that its connectors page edits by names, and the connection that it means.

use std::collections::BTreeMap;
use std::sync::Arc;

use connector_core::connector::DealConnector;
use connector_core::schema::Schema;
use secrecy::SecretString;

use super::configure::{self, Wanted};
use super::connection::{self, Configured, ConnectionSettings};
use crate::app::App;
use crate::failure::Failure;
use crate::secrets::TokenState;
use crate::store::{ConfigChange, ConnectorConfig};

/// The row of a remote, and whether there is a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrmSettings {
    /// The row.
    pub row: ConnectorConfig,
    /// Whether there is a token, stored or of the environment.
    pub has_token: bool,
}

impl CrmSettings {
    async fn of(app: &App, row: ConnectorConfig) -> Result<Self, Failure> {
        let has_token = app.vault.state_of(&row.provider).await? != TokenState::Absent;
        Ok(Self { row, has_token })
    }
}

/// The rows of all remotes that have one.
pub async fn all(app: &App) -> Result<Vec<CrmSettings>, Failure> {
    let mut found = Vec::new();
    for row in app.store.connector_configs().await? {
        found.push(CrmSettings::of(app, row).await?);
    }
    Ok(found)
}

/// Changes the row, and the token if there is another. Nobody is asked whether it works: the page has a button for that.
pub async fn change(
    app: &App,
    remote: &str,
    token: Option<SecretString>,
    change: ConfigChange,
) -> Result<CrmSettings, Failure> {
    if let Some(token) = token {
        app.vault.store(remote, &token).await?;
    }
    let row = app.store.save_connector_config(remote, change).await?;
    CrmSettings::of(app, row).await
}

/// The connection that the row means: the one in use if the row says the same, else one made of it, by names. A field
/// that the table lacks is left unmapped, since the CRM's page takes it for “no value”.
pub async fn connection(app: &App, remote: &str) -> Result<Configured, Failure> {
    Ok(open(app, remote).await?.configured)
}

/// The connection that a row means, opened.
#[derive(Debug)]
pub struct Opened {
    /// The connection.
    pub configured: Configured,
    /// The container.
    pub connector: Arc<dyn DealConnector>,
    /// Its fields, if they had to be read.
    pub schema: Option<Schema>,
}

/// The [connection](fn@connection), opened: with what was asked to find it.
pub async fn open(app: &App, remote: &str) -> Result<Opened, Failure> {
    let missing = || Failure::NotConfigured { remote: remote.to_owned() };
    let row = app.store.connector_config(remote).await?.ok_or_else(missing)?;
    let base = given(row.base_id.as_deref()).ok_or_else(missing)?.to_owned();
    let table = given(row.table_name.as_deref()).map(ToOwned::to_owned);
    let names = names(&row);
    match connection::of_remote(app, remote).await {
        Ok(configured) if agrees(&configured.settings, &base, table.as_deref(), names.as_ref()) => {
            let connector = connection::connector(app, &configured).await?;
            return Ok(Opened { configured, connector, schema: None });
        }
        Ok(_) | Err(Failure::NotConfigured { .. }) => {}
        Err(failure) => return Err(failure),
    }
    let fields = names.unwrap_or_default();
    let wanted = Wanted { base: Some(base), table, fields, forgiving: true, ..Wanted::default() };
    let draft = configure::draft(app, remote, wanted).await?.sound(remote)?;
    let configure::Draft { settings, connector, schema, .. } = draft;
    app.store.save_connection(&settings.connection.id, remote, &settings).await?;
    let configured = Configured { remote: remote.to_owned(), settings };
    Ok(Opened { configured, connector, schema: Some(schema) })
}

fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// The unit's fields by their names, if the row has any that can be read.
fn names(row: &ConnectorConfig) -> Option<BTreeMap<String, String>> {
    serde_json::from_str(given(row.field_mapping.as_deref())?).ok()
}

/// Whether a connection is what the row says.
fn agrees(
    settings: &ConnectionSettings,
    base: &str,
    table: Option<&str>,
    names: Option<&BTreeMap<String, String>>,
) -> bool {
    let is_table = |table: &str| table == settings.table_name || table == settings.table.as_str();
    let pairs = &settings.connection.mapping.pairs;
    let are_names = |names: &BTreeMap<String, String>| {
        let wanted = names.iter().filter(|(_, name)| !name.trim().is_empty());
        let known = |(unit, name): (&String, &String)| {
            pairs.iter().any(|pair| pair.unit.as_str() == unit && pair.label == name.trim())
        };
        wanted.clone().all(known) && wanted.count() == pairs.len()
    };
    settings.base.as_str() == base && table.is_none_or(is_table) && names.is_none_or(are_names)
}
