//! What people did since both sides last agreed: one of everything that a sync can meet.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use connector_core::clock::Clock as _;
use connector_core::engine::{Engine, Request};
use connector_core::id::{ConnectionId, DealId, UnitKey};
use connector_core::plan::{Deletion, Deletions, Mode};
use connector_core::store::{RunStatus, Store as _};
use connector_core::testing::ManualClock;
use connector_core::value::Value;
use connector_sandbox::{Edit, Remote, Sandbox, Settings};
use crm_sync_server::clock::SystemClock;
use crm_sync_server::crm;
use crm_sync_server::service::configure::{KEY_FIELD, KeyField, Wanted, configure};
use crm_sync_server::service::connection::{ConnectionSettings, connector};
use crm_sync_server::store::DieselStore;
use end_to_end::{Backend, Premises};
use serde_json::json;
use tempfile::TempDir;

use crate::office::{Office, name, open};

/// The field that marks the record of a deal that was deleted, where there is no trash.
pub(crate) const MARK: &str = "Signed";

/// A database and a remote as people left them; any number of offices begin there.
#[derive(Debug)]
pub struct Scene {
    remote: Remote,
    connection: ConnectionId,
    premises: Premises,
    folder: TempDir,
}

/// The people, and the tools that they work with.
struct People<'s> {
    remote: Remote,
    sandbox: &'s Sandbox,
    premises: &'s Premises,
    clock: ManualClock,
    deals: BTreeMap<&'static str, DealId>,
    records: BTreeMap<String, String>,
}

impl Scene {
    /// Has people work for a few hours, up to now.
    ///
    /// Both sides agree on six deals. Then: one is edited and one of its cells cleared in the CRM, one likewise in the
    /// remote, which also loses its stamp; two are edited on both sides, each side once the later; one is deleted on each
    /// side; the CRM gets two new deals, which share a name; the remote gets two, one of which the CRM refuses.
    pub async fn set(remote: Remote, backend: Backend) -> Self {
        let premises = Premises::new(backend);
        let folder = tempfile::tempdir().expect("a folder");
        let clock = ManualClock::new(SystemClock.now() - TimeDelta::hours(4));
        let sandbox = sandbox(folder.path().join(JOURNAL), Some(clock.now()));
        sandbox.freeze_clock(true);
        let app = open(&premises, &sandbox, folder.path()).await;
        let wanted = Wanted {
            base: Some(match remote {
                Remote::Airtable => sandbox.airtable_base_id().to_owned(),
                Remote::Notion => sandbox.notion_database_id().to_owned(),
            }),
            table: (remote == Remote::Airtable).then(|| "Deals".to_owned()),
            key_field: KeyField::Create,
            ..Wanted::default()
        };
        let mut configured = configure(&app, name(remote), wanted).await.expect("a connection").configured;
        let mark = (remote == Remote::Airtable).then(|| sandbox.airtable_field_id(MARK).expect("a field"));
        configured.settings.connection.policy.deletions = Deletions {
            remote: Deletion::Archive,
            crm: Deletion::Archive,
            record_mark: mark.map(|field| (field.into(), Value::Flag(true))),
            ..Deletions::default()
        };
        let ConnectionSettings { connection, .. } = &configured.settings;
        let id = connection.id.clone();
        app.store.save_connection(&id, name(remote), &configured.settings).await.expect("a database");

        let units = app.units().clone();
        let store = DieselStore::open(premises.database(), units, Arc::new(clock.clone())).await;
        let store = Arc::new(store.expect("a database"));
        let connector = connector(&app, &configured).await.expect("a table");
        let engine = Engine::new(connection.clone(), connector, store.clone(), Arc::new(clock.clone()));
        let records = BTreeMap::new();
        let mut people =
            People { remote, sandbox: &sandbox, premises: &premises, clock, deals: BTreeMap::new(), records };
        for client in ["Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot"] {
            people.add(&store, client).await;
        }
        let request = Request::new(app.new_id(), Mode::Sync, "scene");
        let report = engine.sync(&request).await.expect("a run");
        assert_eq!(report.record.status, RunStatus::Ok, "{report:#?}");
        for link in store.state(&id).await.expect("a database").links {
            let (remote, deal) = (link.agreement.remote.to_string(), link.deal);
            people.records.insert(deal.to_string(), remote);
        }
        people.go_on(&store).await;
        Self { remote, connection: id, premises, folder }
    }

    /// An office of its own that begins here. Nobody may use the scene's database meanwhile.
    #[must_use]
    pub fn office(&self) -> Office {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = folder.path().join(JOURNAL);
        std::fs::copy(self.folder.path().join(JOURNAL), &journal).expect("a copy");
        Office {
            sandbox: sandbox(journal, None),
            remote: self.remote,
            connection: self.connection.clone(),
            premises: self.premises.copy(),
            folder,
        }
    }
}

const JOURNAL: &str = "sandbox.journal";

/// The remotes, with what they kept.
fn sandbox(journal: PathBuf, start_at: Option<DateTime<Utc>>) -> Sandbox {
    let settings = Settings { deals: 0, journal: Some(journal), start_at, ..Settings::default() };
    Sandbox::start(settings).expect("a sandbox")
}

impl People<'_> {
    async fn add(&mut self, store: &DieselStore, client: &'static str) {
        let values: Vec<(UnitKey, Value)> = vec![
            (crm::CLIENT.into(), Value::text(client)),
            (crm::STATUT.into(), Value::text("prospect")),
            (crm::MONTANT_BRUT.into(), Value::Number(1_000.into())),
            (crm::ASSIGNEE.into(), Value::text("Camille Durand")),
            (crm::NOTES.into(), Value::text("Rappeler mardi")),
        ];
        let made = store.import_deals(vec![values]).await.expect("a database").pop();
        let deal = made.expect("a row").expect("a deal that the CRM keeps");
        let at = self.clock.now();
        self.premises.person_edits(&deal, &format!("client = '{client}'"), at);
        self.deals.insert(client, deal);
    }

    async fn go_on(&mut self, store: &DieselStore) {
        self.wait();
        self.edit_crm("Alpha", "montant_brut = 1500, assignee = 'Zoé Martin', notes = NULL");
        self.edit_crm("Charlie", "montant_brut = 1111");
        self.edit_remote("Bravo", &json!({"Amount": 2500, "Notes": null, KEY_FIELD: null}));
        self.edit_remote("Delta", &json!({"Amount": 2222, "Notes": "Vu à Lyon"}));
        self.wait();
        self.edit_crm("Delta", "montant_brut = 3333");
        self.edit_remote("Charlie", &json!({"Amount": 4444}));
        self.premises.execute(&format!("DELETE FROM deals WHERE id = {}", self.deal("Echo")));
        self.edit(Edit::delete_record(self.record("Foxtrot")));
        self.wait();
        self.add(store, "Golf").await;
        let first = self.deal("Golf").clone();
        self.add(store, "Golf").await;
        self.edit_crm("Golf", "montant_brut = 7000");
        assert_ne!(first, *self.deal("Golf"), "two deals of one client");
        self.edit(Edit::create_record(json!({"Name": "India", "Amount": 900, "Status": "Prospect"})));
        self.edit(Edit::create_record(json!({"Name": "Juliett", "Status": "Prospect"})));
        self.wait();
    }

    /// An hour passes.
    fn wait(&self) {
        self.clock.advance(TimeDelta::hours(1));
        self.sandbox.set_clock(self.clock.now());
    }

    fn edit_crm(&self, client: &str, assignment: &str) {
        self.premises.person_edits(self.deal(client), assignment, self.clock.now());
    }

    fn edit_remote(&self, client: &str, fields: &serde_json::Value) {
        self.edit(Edit::update_record(self.record(client), fields.clone()));
    }

    fn edit(&self, edit: Edit) {
        self.sandbox.edit(&edit.of(self.remote)).expect("an edit");
    }

    fn deal(&self, client: &str) -> &DealId {
        self.deals.get(client).expect("a deal")
    }

    fn record(&self, client: &str) -> &str {
        self.records.get(self.deal(client).as_str()).expect("a record")
    }
}
