//! Both sides of the demo, and what people do on each.

use std::io;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use connector_core::id::{ConnectionId, DealId, RunId};
use connector_core::state::Deal;
use connector_core::store::{Commit, Committed, DealWrite, Effect, IntentWrite, Store};
use connector_core::value::Value;
use connector_sandbox::{Edit, Sandbox, Settings as SandboxSettings};
use secrecy::SecretString;
use serde_json::json;

use crate::app::{AIRTABLE, App};
use crate::crm;
use crate::failure::Failure;
use crate::messages::{self, Lang};
use crate::service::connection::{self, Configured};
use crate::service::deals_file;
use crate::settings::{RemoteSettings, Settings};
use crate::store::Database;

/// The CRM's deals, in the CRM's own export format.
const CRM_DEALS: &str = include_str!("crm.csv");
/// Airtable's records, as people typed them.
const AIRTABLE_RECORDS: &str = include_str!("airtable.json");

const CRM_FILE: &str = "crm.db";
const AIRTABLE_FILE: &str = "airtable.jsonl";

/// Both sides, running.
#[derive(Debug)]
pub(super) struct World {
    pub(super) app: App,
    pub(super) sandbox: Sandbox,
    pub(super) folder: PathBuf,
}

/// Removes the demo's own files and no others.
pub(super) async fn clear(folder: &Path) -> Result<(), Failure> {
    for name in [CRM_FILE, "crm.db-wal", "crm.db-shm", AIRTABLE_FILE] {
        let path = folder.join(name);
        match tokio::fs::remove_file(&path).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Failure::File { path, source: error });
            }
            _ => {}
        }
    }
    Ok(())
}

impl World {
    /// Starts both sides as the folder has them, or empty.
    pub(super) async fn open(folder: &Path, lang: Lang) -> Result<Self, Failure> {
        let made = tokio::fs::create_dir_all(folder).await;
        made.map_err(|source| Failure::File { path: folder.to_owned(), source })?;
        let world = Self::start(folder, lang).await?;
        if world.configured().await?.is_some() || world.app.store.deals().await?.is_empty() {
            return Ok(world);
        }
        // Cut off before the table was connected: nothing of it is worth keeping.
        drop(world);
        clear(folder).await?;
        Self::start(folder, lang).await
    }

    async fn start(folder: &Path, lang: Lang) -> Result<Self, Failure> {
        let settings = SandboxSettings {
            deals: 0,
            journal: Some(folder.join(AIRTABLE_FILE)),
            ..SandboxSettings::default()
        };
        let sandbox = tokio::task::spawn_blocking(|| Sandbox::start(settings)).await;
        let sandbox = sandbox.map_err(|error| Failure::Demo(error.to_string()))??;
        let airtable = RemoteSettings {
            endpoint: sandbox.airtable_url().to_owned(),
            token: Some(SecretString::from(sandbox.airtable_token())),
        };
        let settings = Settings {
            database: Database::sqlite(folder.join(CRM_FILE)),
            airtable,
            lang,
            data: folder.to_owned(),
            ..Settings::default()
        };
        Ok(Self { app: App::open(&settings).await?, sandbox, folder: folder.to_owned() })
    }

    /// The connection of an earlier demo.
    pub(super) async fn configured(&self) -> Result<Option<Configured>, Failure> {
        Ok(connection::all(&self.app).await?.into_iter().find(|configured| configured.remote == AIRTABLE))
    }

    /// Fills both sides; how many deals and records there are.
    pub(super) async fn fill(&self) -> Result<(usize, usize), Failure> {
        let file = Path::new("crm.csv");
        let imported = deals_file::import_text(&self.app, CRM_DEALS.as_bytes(), file).await?;
        let records: Vec<serde_json::Value> =
            serde_json::from_str(AIRTABLE_RECORDS).map_err(|error| Failure::Demo(error.to_string()))?;
        for record in &records {
            self.person_edits_airtable(&Edit::create_record(record.clone()))?;
        }
        Ok((imported.created, records.len()))
    }

    /// The deal of this client.
    pub(super) async fn deal_of(&self, client: &str) -> Result<Deal, Failure> {
        let wanted = Value::text(client);
        let position = self.app.units().position(crm::CLIENT);
        let deals = self.app.store.deals().await?;
        let found =
            deals.into_iter().find(|deal| position.and_then(|at| deal.values.get(at)) == Some(&wanted));
        found.ok_or_else(|| Failure::Demo(client.to_owned()))
    }

    /// What a deal holds in this unit.
    pub(super) fn value<'d>(&self, deal: &'d Deal, unit: &str) -> &'d Value {
        self.app.units().position(unit).and_then(|at| deal.values.get(at)).unwrap_or(&Value::Empty)
    }

    /// Writes a deal's amount as the CRM's own page would: no link, no origin, a person's edit.
    pub(super) async fn person_edits_crm(&self, deal: &Deal, amount: Value) -> Result<(), Failure> {
        let store = &self.app.store;
        let unit = connector_core::id::UnitKey::from(crm::MONTANT_BRUT);
        let effect = Effect {
            deal: DealWrite::Update {
                id: deal.id.clone(),
                expected: vec![(unit.clone(), self.value(deal, crm::MONTANT_BRUT).clone())],
                values: vec![(unit, amount)],
            },
            links: Vec::new(),
            intent: IntentWrite::Keep,
            origins: Vec::new(),
            conflicts: Vec::new(),
            log: None,
        };
        let (desk, person) = (ConnectionId::from("demo"), RunId::from(self.app.new_id()));
        let lease = store.acquire(&desk, &person, TimeDelta::seconds(10)).await?;
        let done = store.commit(&lease, Commit { effects: vec![effect], ..Commit::default() }).await?;
        store.release(&lease).await?;
        match done.first() {
            Some(Committed::Done(_)) => Ok(()),
            other => Err(Failure::Demo(messages::demo_failed(self.app.lang, &format!("{other:?}")))),
        }
    }

    /// Writes the amount of a deal's record as a person would in Airtable.
    pub(super) async fn person_edits_amount(&self, deal: &DealId, amount: &str) -> Result<(), Failure> {
        let configured = self.configured().await?.ok_or_else(|| Failure::Demo(deal.to_string()))?;
        let state = self.app.store.state(&configured.settings.connection.id).await?;
        let link = state.links.into_iter().find(|link| link.deal == *deal);
        let record = link.ok_or_else(|| Failure::Demo(deal.to_string()))?.agreement.remote;
        self.person_edits_airtable(&Edit::update_record(record.as_str(), json!({"Amount": amount})))
    }

    fn person_edits_airtable(&self, edit: &Edit) -> Result<(), Failure> {
        let made = self.sandbox.edit(edit);
        made.map(drop).map_err(|why| Failure::Demo(messages::demo_failed(self.app.lang, &why)))
    }

    /// The environment of a program that shall work with this world.
    pub(super) fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DATABASE_URL", format!("sqlite:{}", self.folder.join(CRM_FILE).display())),
            ("AIRTABLE_ENDPOINT_URL", self.sandbox.airtable_url().to_owned()),
            ("AIRTABLE_TOKEN", self.sandbox.airtable_token().to_owned()),
        ]
    }
}
