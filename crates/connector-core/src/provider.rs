//! A kind of remote: how its containers are found and opened.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::connector::DealConnector;
use crate::error::Result;
use crate::id::{BaseId, ContainerId};

/// A kind of remote with one set of credentials.
///
/// The embedding program keeps a list of these and never names a remote elsewhere. Connectors opened by one provider
/// share its connections and its pace.
#[async_trait]
pub trait Provider: fmt::Debug + Send + Sync + 'static {
    /// The name in addresses and tables: `airtable`, `notion`.
    fn name(&self) -> &'static str;

    /// What an id, or an address that a person copied from the browser, points at; `None` if it is neither. Calls nobody.
    fn locate(&self, text: &str) -> Option<Place>;

    /// Asks who the token belongs to: the cheapest call that tells whether it works.
    async fn identity(&self) -> Result<Identity>;

    /// The bases or databases that the token can see.
    async fn bases(&self) -> Result<Vec<Base>>;

    /// The tables or data sources of one base. Where a container can be named in the base's stead, it is the answer.
    async fn containers(&self, base: &BaseId) -> Result<Vec<Container>>;

    /// Opens a container. Checks the settings, calls nobody.
    fn connect(&self, settings: ConnectorSettings) -> Result<Arc<dyn DealConnector>>;
}

/// Who a token acts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The user's or integration's id.
    pub id: String,
    /// The e-mail address or name, if told.
    pub label: Option<String>,
    /// The scopes of the token, if told.
    pub scopes: Option<Vec<String>>,
}

/// An Airtable base, a Notion database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// Its id.
    pub id: BaseId,
    /// Its name now.
    pub name: String,
    /// Whether the token may write records in it, if told.
    pub writable: Option<bool>,
}

/// An Airtable table, a Notion data source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// Its id.
    pub id: ContainerId,
    /// The base that holds it.
    pub base: BaseId,
    /// Its name now.
    pub name: String,
    /// The views that people made of it.
    pub views: Vec<View>,
}

/// What an id or an address points at. Nobody was asked whether it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The base, or what stands in its stead.
    pub base: BaseId,
    /// The container, if it is named too.
    pub container: Option<ContainerId>,
}

/// A view of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its id.
    pub id: String,
    /// Its name now.
    pub name: String,
    /// `grid`, `kanban`.
    pub kind: String,
}

/// Which container to open, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectorSettings {
    /// The base that holds it.
    pub base: BaseId,
    /// The container; a name is accepted where the remote accepts one.
    pub container: ContainerId,
    /// Whether writing an unknown option makes it. Off unless the user allowed it.
    pub create_options: bool,
}
