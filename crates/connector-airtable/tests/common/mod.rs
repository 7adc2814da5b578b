//! A sandbox and connectors to its deals.

use std::sync::Arc;
use std::time::Duration;

use connector_airtable::{AirtableProvider, Policy, Tuning};
use connector_core::connector::DealConnector;
use connector_core::id::{ContainerId, FieldId};
use connector_core::provider::{ConnectorSettings, Provider};
use connector_sandbox::{Sandbox, Settings};

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
