//! A sandbox, connectors to its deals, and short ways to ask them.

use std::sync::Arc;
use std::time::Duration;

use connector_core::connector::{Change, DealConnector, Listing, Outcome, RemoteDeal, Stamp};
use connector_core::id::{FieldId, RemoteId};
use connector_core::provider::{ConnectorSettings, Provider};
use connector_core::value::Value;
use connector_notion::{NotionProvider, Policy, Tuning, Version};
use connector_sandbox::{Sandbox, Settings};
use futures::TryStreamExt;

pub(crate) const SOURCE: &str = "/v1/data_sources/{data_source_id}";
pub(crate) const QUERY: &str = "/v1/data_sources/{data_source_id}/query";
pub(crate) const PAGES: &str = "/v1/pages";
pub(crate) const PAGE: &str = "/v1/pages/{page_id}";

/// A running sandbox and a provider for it.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) provider: NotionProvider,
    version: Version,
}

impl World {
    /// Without limits, and with little patience.
    pub(crate) fn start(settings: Settings) -> Self {
        Self::speaking(Version::default(), settings)
    }

    pub(crate) fn speaking(version: Version, settings: Settings) -> Self {
        let policy = Policy { backoff: Duration::from_millis(1), seed: 1, ..Policy::default() };
        let window = Duration::from_hours(6);
        Self::tuned(settings, Tuning { requests: 100_000, window, policy, version, ..Tuning::default() })
    }

    pub(crate) fn tuned(settings: Settings, tuning: Tuning) -> Self {
        let sandbox = Sandbox::start(settings).unwrap();
        let version = tuning.version;
        let token = sandbox.notion_token().into();
        let provider = NotionProvider::tuned(sandbox.notion_url(), &token, tuning).unwrap();
        Self { sandbox, provider, version }
    }

    /// A connector to the deals.
    pub(crate) fn connect(&self, create_options: bool) -> Arc<dyn DealConnector> {
        let container = match self.version {
            Version::V2022_06_28 => self.sandbox.notion_database_id(),
            _ => self.sandbox.notion_data_source_id(),
        };
        self.connect_to(container, create_options)
    }

    pub(crate) fn connect_to(&self, container: &str, create_options: bool) -> Arc<dyn DealConnector> {
        let base = self.sandbox.notion_database_id().into();
        self.provider
            .connect(ConnectorSettings { base, container: container.into(), create_options })
            .unwrap()
    }

    /// A property of the deals.
    pub(crate) fn field(&self, name: &str) -> FieldId {
        self.sandbox.notion_property_id(name).unwrap_or_else(|| panic!("no property {name}")).into()
    }
}

pub(crate) fn with_deals(deals: u32) -> World {
    World::start(Settings { deals, ..Settings::default() })
}

pub(crate) async fn list(connector: &dyn DealConnector, fields: &[FieldId]) -> Vec<RemoteDeal> {
    let pages: Vec<_> = connector.list(Listing::everything(fields)).try_collect().await.unwrap();
    pages.into_iter().flat_map(|page| page.deals).collect()
}

pub(crate) fn ids(world: &World) -> Vec<RemoteId> {
    world.sandbox.notion_page_ids().into_iter().map(RemoteId::from).collect()
}

pub(crate) fn set(id: &RemoteId, field: &FieldId, value: Value) -> Change {
    Change::Update { id: id.clone(), cells: vec![(field.clone(), value)] }
}

pub(crate) fn stamped(world: &World, key: &str, cells: Vec<(FieldId, Value)>) -> Change {
    Change::Create { stamp: Some(Stamp { field: world.field("Brief"), key: key.into() }), cells }
}

pub(crate) async fn write_one(connector: &dyn DealConnector, change: Change) -> Outcome {
    connector.write(vec![change]).await.remove(0)
}

pub(crate) fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}
