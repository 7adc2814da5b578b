//! A CRM's database, a remote in the sandbox, and the engine between them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use connector_core::connector::DealConnector;
use connector_core::engine::{Connection, Engine, Report, Request};
use connector_core::id::{DealId, FieldId};
use connector_core::plan::Mode;
use connector_core::store::Store;
use connector_core::value::Value;
use connector_sandbox::{Remote, Sandbox, Settings};
use crm_sync_server::clock::SystemClock;
use crm_sync_server::crm;
use crm_sync_server::store::DieselStore;

use crate::counting::{lists, requests_that, writes};
use crate::premises::Premises;
use crate::{Backend, Tool};

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
    /// An office with an empty CRM, and an Airtable table with a "CRM ID" field and `settings.deals` records.
    pub async fn open(backend: Backend, settings: Settings) -> Self {
        Self::beside(Remote::Airtable, backend, settings).await
    }

    /// The same with this remote.
    pub async fn beside(remote: Remote, backend: Backend, settings: Settings) -> Self {
        let sandbox = Sandbox::start(settings).expect("a sandbox");
        let premises = Premises::new(backend);
        let units = crm::units().expect("the CRM's units");
        let opened = DieselStore::open(premises.database(), units.clone(), Arc::new(SystemClock)).await;
        let Tool { connection, connector } = Tool::open(&sandbox, remote, &units).await;
        sandbox.reset_stats();
        let store = opened.expect("a store");
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
        writes(&self.sandbox)
    }

    /// How many requests listed records.
    pub fn listings(&self) -> u64 {
        requests_that(&self.sandbox, |method, route| {
            lists(route) || (method == "GET" && route == "/v0/{base}/{table}")
        })
    }
}
