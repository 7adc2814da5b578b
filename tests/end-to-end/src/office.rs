//! A CRM's database, an Airtable base in the sandbox, and the engine between them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use connector_airtable::{AirtableProvider, Tuning};
use connector_core::connector::DealConnector;
use connector_core::engine::{Connection, Engine, Report, Request};
use connector_core::id::{DealId, FieldId};
use connector_core::mapping::Mapping;
use connector_core::plan::{Mode, Policy};
use connector_core::provider::{ConnectorSettings, Provider};
use connector_core::store::Store;
use connector_core::value::Value;
use connector_sandbox::{Limits, Sandbox, Settings};
use crm_sync_server::clock::SystemClock;
use crm_sync_server::crm;
use crm_sync_server::store::{Database, DieselStore};
use secrecy::SecretString;

/// The databases that a CRM lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file of its own.
    Sqlite,
    /// A database on the throw-away server.
    Postgres,
}

/// Keeps the database alive as long as the office.
#[derive(Debug)]
enum Premises {
    Folder { _folder: tempfile::TempDir },
    Server { _database: test_postgres::Database },
}

/// A founder's office on loopback.
#[derive(Debug)]
pub struct Office {
    /// The remote.
    pub sandbox: Sandbox,
    /// The CRM's database and our books in it.
    pub store: DieselStore,
    /// How the two belong together; tests change it.
    pub connection: Connection,
    /// The open table.
    pub connector: Arc<dyn DealConnector>,
    runs: AtomicU32,
    _premises: Premises,
}

impl Office {
    /// An office with an empty CRM, and a table with a "CRM ID" field and `settings.deals` records.
    pub async fn open(backend: Backend, settings: Settings) -> Self {
        // Against a sandbox without limits, keeping to Airtable's pace would only cost time.
        let pace = match settings.knobs.limits {
            Limits::Off => {
                Tuning { requests_per_base: 1_000, requests_per_token: 1_000, ..Tuning::default() }
            }
            Limits::Times(_) => Tuning::default(),
        };
        let sandbox = Sandbox::start(settings).expect("a sandbox");
        let (database, premises) = match backend {
            Backend::Sqlite => {
                let folder = tempfile::tempdir().expect("a folder");
                (Database::sqlite(folder.path().join("crm.db")), Premises::Folder { _folder: folder })
            }
            Backend::Postgres => {
                let database = test_postgres::CLUSTER.database();
                let url = database.url().parse().expect("a database's URL");
                (url, Premises::Server { _database: database })
            }
        };
        let units = crm::units().expect("the CRM's units");
        let store = DieselStore::open(database, units.clone(), Arc::new(SystemClock)).await.expect("a store");
        let token = SecretString::from(sandbox.airtable_token().to_owned());
        let provider = AirtableProvider::tuned(sandbox.airtable_url(), &token, pace).expect("a provider");
        let connector = provider
            .connect(ConnectorSettings {
                base: sandbox.airtable_base_id().into(),
                container: sandbox.airtable_table_id().into(),
                create_options: false,
            })
            .expect("a connector");
        connector.create_key_field("CRM ID").await.expect("a field for the deals' ids");
        let schema = connector.schema().await.expect("a schema");
        let mapping = Mapping::suggest(&units, &schema).mapping;
        let connection =
            Connection { id: "airtable".into(), mapping, policy: Policy::default(), create_options: false };
        sandbox.reset_stats();
        Self { sandbox, store, connection, connector, runs: AtomicU32::new(0), _premises: premises }
    }

    /// The engine of the connection as it is now.
    pub fn engine(&self) -> Engine {
        Engine::new(
            self.connection.clone(),
            Arc::clone(&self.connector),
            Arc::new(self.store.clone()),
            Arc::new(SystemClock),
        )
    }

    /// A request for a run that comes after all earlier ones.
    pub fn request(&self, mode: Mode) -> Request {
        let run = self.runs.fetch_add(1, Ordering::Relaxed);
        Request::new(format!("run-{run:04}"), mode, "test")
    }

    /// One run.
    pub async fn run(&self, mode: Mode) -> Report {
        self.engine().sync(&self.request(mode)).await.expect("a run")
    }

    /// Adds deals to the CRM, named by their number.
    pub async fn add_deals(&self, count: usize) -> Vec<DealId> {
        let rows = (0..count).map(|number| {
            vec![
                (crm::CLIENT.into(), Value::Text(format!("Société {number}"))),
                (crm::STATUT.into(), Value::Text("prospect".into())),
                (crm::MONTANT_BRUT.into(), Value::Number((1_000 + number).into())),
                (crm::NOTES.into(), Value::Text(format!("Note {number}"))),
            ]
        });
        let made = self.store.import_deals(rows.collect()).await.expect("a database");
        made.into_iter().map(|deal| deal.expect("a deal that the CRM keeps")).collect()
    }

    /// What a unit of a deal holds now.
    pub async fn held(&self, deal: &DealId, unit: &str) -> Value {
        let deals = self.store.deals().await.expect("a database");
        let position = self.store.units().position(unit).expect("a unit");
        let deal = deals.into_iter().find(|found| found.id == *deal).expect("a deal");
        deal.values.get(position).cloned().expect("a value")
    }

    /// The field's id.
    pub fn field(&self, name: &str) -> FieldId {
        self.sandbox.airtable_field_id(name).expect("a field").into()
    }

    /// How many requests wrote records.
    pub fn writes(&self) -> u64 {
        let stats = self.sandbox.stats();
        let writes =
            stats.routes.iter().filter(|route| route.method != "GET" && !route.route.contains("listRecords"));
        writes.map(|route| route.requests).sum()
    }

    /// How many requests listed records.
    pub fn listings(&self) -> u64 {
        let stats = self.sandbox.stats();
        stats.requests_to("GET", "/v0/{base}/{table}")
            + stats.requests_to("POST", "/v0/{base}/{table}/listRecords")
    }
}
