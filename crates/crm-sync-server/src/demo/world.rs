//! The three tools of the demo, and what people do in each.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use connector_core::connector::Presence;
use connector_core::id::{ConnectionId, DealId, RemoteId, RunId};
use connector_core::mapping::Binding;
use connector_core::state::Deal;
use connector_core::store::{Commit, Committed, DealWrite, Effect, IntentWrite, Store};
use connector_core::value::Value;
use connector_sandbox::{Edit, Remote, Sandbox, Settings as SandboxSettings};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::app::{AIRTABLE, App, NOTION};
use crate::crm;
use crate::failure::Failure;
use crate::messages::{self, Lang};
use crate::serve::Server;
use crate::service::connection::{self, Configured};
use crate::service::deals_file;
use crate::settings::{RemoteSettings, Settings};
use crate::store::Database;
use crate::web::Site;

/// The CRM's deals, in the CRM's own export format.
const CRM_DEALS: &str = include_str!("crm.csv");
/// Airtable's records, as people typed them.
const AIRTABLE_RECORDS: &str = include_str!("airtable.json");
/// Notion's pages, likewise.
const NOTION_PAGES: &str = include_str!("notion.json");

const CRM_FILE: &str = "crm.db";
const REMOTES_FILE: &str = "remotes.jsonl";

/// The remotes of the demo.
const TOOLS: [&str; 2] = [AIRTABLE, NOTION];

/// How much there is at first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filled {
    pub(super) deals: usize,
    pub(super) records: usize,
    pub(super) pages: usize,
}

/// What a deal holds in one of the tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) amount: Value,
    pub(super) stage: Value,
}

/// The three tools, running.
#[derive(Debug)]
pub(super) struct World {
    pub(super) app: App,
    pub(super) sandbox: Sandbox,
    pub(super) folder: PathBuf,
    settings: Settings,
}

/// Removes the demo's own files and no others.
pub(super) async fn clear(folder: &Path) -> Result<(), Failure> {
    for name in [CRM_FILE, "crm.db-wal", "crm.db-shm", REMOTES_FILE] {
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
    /// Starts all tools as the folder has them, or empty.
    pub(super) async fn open(folder: &Path, lang: Lang) -> Result<Self, Failure> {
        let made = tokio::fs::create_dir_all(folder).await;
        made.map_err(|source| Failure::File { path: folder.to_owned(), source })?;
        let world = Self::start(folder, lang).await?;
        if !world.configured().await?.is_empty() || world.app.store.deals().await?.is_empty() {
            return Ok(world);
        }
        // Cut off before both tools were connected: nothing of it is worth keeping.
        drop(world);
        clear(folder).await?;
        Self::start(folder, lang).await
    }

    async fn start(folder: &Path, lang: Lang) -> Result<Self, Failure> {
        let settings = SandboxSettings {
            deals: 0,
            journal: Some(folder.join(REMOTES_FILE)),
            ..SandboxSettings::default()
        };
        let sandbox = tokio::task::spawn_blocking(|| Sandbox::start(settings)).await;
        let sandbox = sandbox.map_err(|error| Failure::Demo(error.to_string()))??;
        let remote = |url: &str, token: &str| RemoteSettings {
            endpoint: url.to_owned(),
            token: Some(SecretString::from(token)),
        };
        let settings = Settings {
            database: Database::sqlite(folder.join(CRM_FILE)),
            airtable: remote(sandbox.airtable_url(), sandbox.airtable_token()),
            notion: remote(sandbox.notion_url(), sandbox.notion_token()),
            lang,
            data: folder.to_owned(),
            ..Settings::default()
        };
        let app = App::open(&settings).await?;
        Ok(Self { app, sandbox, folder: folder.to_owned(), settings })
    }

    /// A server with the pages, where it would be by itself, or on a free port.
    pub(super) async fn server(&self, stop: CancellationToken) -> Result<Server, Failure> {
        let site = Site::new(self.app.clone(), &self.settings, stop).await?;
        let usual = self.settings.bind;
        Server::bind(site.clone(), usual).or_else(|_| Server::bind(site, SocketAddr::new(usual.ip(), 0)))
    }

    /// The connections of an earlier demo: all or none.
    pub(super) async fn configured(&self) -> Result<Vec<Configured>, Failure> {
        let found = connection::all(&self.app).await?;
        Ok(if found.len() == TOOLS.len() { found } else { Vec::new() })
    }

    /// Fills all tools; how much there is in each.
    pub(super) async fn fill(&self) -> Result<Filled, Failure> {
        let file = Path::new("crm.csv");
        let imported = deals_file::import_text(&self.app, CRM_DEALS.as_bytes(), file).await?;
        let mut filled = Filled { deals: imported.created, records: 0, pages: 0 };
        for (tool, rows, count) in [
            (Remote::Airtable, AIRTABLE_RECORDS, &mut filled.records),
            (Remote::Notion, NOTION_PAGES, &mut filled.pages),
        ] {
            let rows: Vec<serde_json::Value> =
                serde_json::from_str(rows).map_err(|error| Failure::Demo(error.to_string()))?;
            *count = rows.len();
            for row in rows {
                self.person_edits(&Edit::create_record(row).of(tool))?;
            }
        }
        Ok(filled)
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

    /// Adds a record to Airtable's table as a person would in its app.
    pub(super) fn person_adds_record(&self, fields: serde_json::Value) -> Result<(), Failure> {
        self.person_edits(&Edit::create_record(fields))
    }

    /// Writes fields of a deal's record as a person would in the remote's app.
    pub(super) async fn person_edits_remote(
        &self,
        remote: &str,
        deal: &DealId,
        fields: serde_json::Value,
    ) -> Result<(), Failure> {
        let record = self.record_of(remote, deal).await?;
        let tool = if remote == NOTION { Remote::Notion } else { Remote::Airtable };
        self.person_edits(&Edit::update_record(record.as_str(), fields).of(tool))
    }

    /// What the CRM and each remote hold of a deal now, asked of each of them.
    pub(super) async fn held(&self, client: &str) -> Result<Vec<(Option<&'static str>, Held)>, Failure> {
        let deal = self.deal_of(client).await?;
        let value = |unit| self.value(&deal, unit).clone();
        let mut found = vec![(None, Held { amount: value(crm::MONTANT_BRUT), stage: value(crm::STATUT) })];
        let configured = self.configured().await?;
        for tool in TOOLS {
            let missing = || Failure::Demo(format!("{tool}: {client}"));
            let connected = configured.iter().find(|one| one.remote == tool).ok_or_else(missing)?;
            let connector = connection::connector(&self.app, connected).await?;
            let schema = connector.schema().await?;
            let binding =
                Binding::new(self.app.units(), &connected.settings.connection.mapping, &schema, false);
            let record = self.record_of(tool, &deal.id).await?;
            let read = connector.read(&[record], &binding.fields()).await?;
            let Some(Presence::Live(record)) = read.first() else { return Err(missing()) };
            let decoded = |unit: &str| {
                let position = self.app.units().position(unit);
                let bound = binding.iter().find(|(at, _)| Some(*at) == position);
                bound.map_or(Value::Empty, |(_, bound)| bound.lens.decode(record.cell(&bound.field)).value)
            };
            found
                .push((Some(tool), Held { amount: decoded(crm::MONTANT_BRUT), stage: decoded(crm::STATUT) }));
        }
        Ok(found)
    }

    /// The record of a deal in this remote.
    async fn record_of(&self, remote: &str, deal: &DealId) -> Result<RemoteId, Failure> {
        let missing = || Failure::Demo(format!("{remote}: {deal}"));
        let configured = self.configured().await?;
        let configured = configured.iter().find(|one| one.remote == remote).ok_or_else(missing)?;
        let state = self.app.store.state(&configured.settings.connection.id).await?;
        let link = state.links.into_iter().find(|link| link.deal == *deal);
        Ok(link.ok_or_else(missing)?.agreement.remote)
    }

    fn person_edits(&self, edit: &Edit) -> Result<(), Failure> {
        let made = self.sandbox.edit(edit);
        made.map(drop).map_err(|why| Failure::Demo(messages::demo_failed(self.app.lang, &why)))
    }

    /// The environment of a program that shall work with this world.
    pub(super) fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DATABASE_URL", format!("sqlite:{}", self.folder.join(CRM_FILE).display())),
            ("AIRTABLE_ENDPOINT_URL", self.sandbox.airtable_url().to_owned()),
            ("AIRTABLE_TOKEN", self.sandbox.airtable_token().to_owned()),
            ("NOTION_BASE_URL", self.sandbox.notion_url().to_owned()),
            ("NOTION_TOKEN", self.sandbox.notion_token().to_owned()),
        ]
    }
}
