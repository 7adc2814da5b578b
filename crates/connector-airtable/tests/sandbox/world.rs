//! A sandbox, connectors to its deals, and short ways to ask them.

use std::sync::Arc;
use std::time::Duration;

use connector_airtable::{AirtableProvider, Policy, Tuning};
use connector_core::connector::{Change, DealConnector, Listing, Outcome, RemoteDeal, Stamp};
use connector_core::id::{ContainerId, FieldId, RemoteId};
use connector_core::provider::{ConnectorSettings, Provider};
use connector_core::value::Value;
use connector_sandbox::{Sandbox, Settings};
use futures::TryStreamExt;

pub(crate) const ROWS: &str = "/v0/{base}/{table}";
pub(crate) const LIST: &str = "/v0/{base}/{table}/listRecords";
pub(crate) const SCHEMA: &str = "/v0/meta/bases/{base}/tables";

/// A running sandbox and a provider for it.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) provider: AirtableProvider,
}

impl World {
    /// Without limits, and with little patience.
    pub(crate) fn start(settings: Settings) -> Self {
        let policy = Policy { backoff: Duration::from_millis(1), seed: 1, ..Policy::default() };
        Self::tuned(
            settings,
            Tuning { requests_per_base: 10_000, requests_per_token: 10_000, policy, ..Tuning::default() },
        )
    }

    pub(crate) fn tuned(settings: Settings, tuning: Tuning) -> Self {
        let sandbox = Sandbox::start(settings).unwrap();
        let provider =
            AirtableProvider::tuned(sandbox.airtable_url(), &sandbox.airtable_token().into(), tuning)
                .unwrap();
        Self { sandbox, provider }
    }

    /// A connector to the deals.
    pub(crate) fn connect(&self, create_options: bool) -> Arc<dyn DealConnector> {
        self.connect_to(self.sandbox.airtable_table_id().into(), create_options)
    }

    pub(crate) fn connect_to(&self, container: ContainerId, create_options: bool) -> Arc<dyn DealConnector> {
        let base = self.sandbox.airtable_base_id().into();
        self.provider.connect(ConnectorSettings { base, container, create_options }).unwrap()
    }

    /// A field of the deals.
    pub(crate) fn field(&self, name: &str) -> FieldId {
        self.sandbox.airtable_field_id(name).unwrap_or_else(|| panic!("no field {name}")).into()
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
    world.sandbox.airtable_record_ids().into_iter().map(RemoteId::from).collect()
}

pub(crate) fn set(id: &RemoteId, field: &FieldId, value: Value) -> Change {
    Change::Update { id: id.clone(), cells: vec![(field.clone(), value)] }
}

pub(crate) fn stamped(world: &World, key: &str, cells: Vec<(FieldId, Value)>) -> Change {
    Change::Create { stamp: Some(Stamp { field: world.field("Reference"), key: key.into() }), cells }
}

pub(crate) async fn write_one(connector: &dyn DealConnector, change: Change) -> Outcome {
    connector.write(vec![change]).await.remove(0)
}

pub(crate) fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}
