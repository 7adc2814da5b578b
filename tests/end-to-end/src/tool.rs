//! A remote of the sandbox, opened, with the mapping that its columns suggest.

use std::sync::Arc;
use std::time::Duration;

use connector_airtable::AirtableProvider;
use connector_core::connector::DealConnector;
use connector_core::engine::Connection;
use connector_core::mapping::Mapping;
use connector_core::plan::Policy;
use connector_core::provider::{ConnectorSettings, Provider};
use connector_core::unit::Units;
use connector_notion::NotionProvider;
use connector_sandbox::{Limits, Remote, Sandbox};
use secrecy::SecretString;

/// A remote and how the CRM is connected to it.
#[derive(Debug, Clone)]
pub struct Tool {
    /// How the two belong together; tests change it.
    pub connection: Connection,
    /// The open container.
    pub connector: Arc<dyn DealConnector>,
}

impl Tool {
    /// The deals of this remote, with a "CRM ID" field. Against a sandbox without limits no time is lost in keeping
    /// to the remote's pace.
    pub async fn open(sandbox: &Sandbox, remote: Remote, units: &Units) -> Self {
        let id = match remote {
            Remote::Airtable => "airtable",
            Remote::Notion => "notion",
        };
        let connector = connect(sandbox, remote);
        connector.create_key_field("CRM ID").await.expect("a field for the deals' ids");
        let schema = connector.schema().await.expect("a schema");
        let mapping = Mapping::suggest(units, &schema).mapping;
        let connection =
            Connection { id: id.into(), mapping, policy: Policy::default(), create_options: false };
        Self { connection, connector }
    }
}

/// Opens the deals of a remote as a program that has just started does.
fn connect(sandbox: &Sandbox, remote: Remote) -> Arc<dyn DealConnector> {
    let limits = sandbox.knobs().limits;
    let (provider, base, container) = match remote {
        Remote::Airtable => {
            (airtable(sandbox, limits), sandbox.airtable_base_id(), sandbox.airtable_table_id())
        }
        Remote::Notion => {
            (notion(sandbox, limits), sandbox.notion_database_id(), sandbox.notion_data_source_id())
        }
    };
    let settings =
        ConnectorSettings { base: base.into(), container: container.into(), create_options: false };
    provider.connect(settings).expect("a connector")
}

fn airtable(sandbox: &Sandbox, limits: Limits) -> Box<dyn Provider> {
    let tuning = connector_airtable::Tuning::default();
    let tuning = match limits {
        Limits::Off => {
            connector_airtable::Tuning { requests_per_base: 1_000, requests_per_token: 1_000, ..tuning }
        }
        Limits::Times(_) => tuning,
    };
    let token = SecretString::from(sandbox.airtable_token());
    Box::new(AirtableProvider::tuned(sandbox.airtable_url(), &token, tuning).expect("a provider"))
}

/// Where the sandbox's windows are shorter than Notion's, so are the client's.
fn notion(sandbox: &Sandbox, limits: Limits) -> Box<dyn Provider> {
    let tuning = connector_notion::Tuning::default();
    let tuning = match limits {
        Limits::Off => connector_notion::Tuning {
            requests: 100_000,
            policy: connector_notion::Policy { backoff: Duration::from_millis(1), ..tuning.policy },
            ..tuning
        },
        Limits::Times(factor) => {
            connector_notion::Tuning { window: tuning.window / u32::from(factor), ..tuning }
        }
    };
    let token = SecretString::from(sandbox.notion_token());
    Box::new(NotionProvider::tuned(sandbox.notion_url(), &token, tuning).expect("a provider"))
}
