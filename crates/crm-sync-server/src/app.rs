//! What a command may touch: the store, the remotes, the tokens, the clock.

use std::sync::Arc;

use chrono::TimeDelta;
use connector_core::clock::Clock;
use connector_core::provider::Provider;
use connector_core::store::{Store, StoreError};
use connector_core::unit::Units;
use secrecy::SecretString;
use uuid::Uuid;

use crate::clock::SystemClock;
use crate::crm;
use crate::failure::Failure;
use crate::messages::Lang;
use crate::metrics::Metrics;
use crate::providers::Providers;
use crate::secrets::Vault;
use crate::service::budget;
use crate::settings::Settings;
use crate::store::{Database, DieselStore};

/// Airtable's name in addresses and tables.
pub const AIRTABLE: &str = "airtable";
/// Notion's name in addresses and tables.
pub const NOTION: &str = "notion";

/// The program's parts, made once.
#[derive(Debug, Clone)]
pub struct App {
    /// The CRM's deals and the state of the syncs.
    pub store: Arc<DieselStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The language of what is written down for people.
    pub lang: Lang,
    /// The remotes' tokens.
    pub vault: Vault,
    /// What the program counts.
    pub metrics: Arc<Metrics>,
    /// How long a run keeps its connection when its program dies.
    pub lease: TimeDelta,
    providers: Arc<Providers>,
}

impl App {
    /// Opens the database, brings it up to date, and seals the tokens that it holds in clear. Calls no remote.
    pub async fn open(settings: &Settings) -> Result<Self, Failure> {
        if let Database::Sqlite { path, .. } = &settings.database
            && let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty())
        {
            let made = tokio::fs::create_dir_all(folder).await;
            made.map_err(|source| Failure::File { path: folder.to_owned(), source })?;
        }
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let units = crm::units().map_err(|error| StoreError::Database(error.into()))?;
        let store = DieselStore::open(settings.database.clone(), units, clock.clone()).await?;
        let store = Arc::new(store);
        let vault = Vault::new(settings, store.clone());
        let adopted = vault.adopt().await?;
        if !adopted.remotes.is_empty() {
            tracing::info!(remotes = ?adopted.remotes, wiped = adopted.is_wiped, "tokens in clear were sealed");
        }
        Ok(Self {
            store,
            clock,
            lang: settings.lang,
            vault,
            metrics: Arc::default(),
            lease: settings.lease,
            providers: Arc::new(Providers::new(settings)),
        })
    }

    /// What a deal is made of.
    #[must_use]
    pub fn units(&self) -> &Units {
        self.store.units()
    }

    /// The remote of this name, with its token.
    pub async fn provider(&self, remote: &str) -> Result<Arc<dyn Provider>, Failure> {
        let token = self.vault.token_of(remote).await?;
        let token = token.ok_or_else(|| Failure::NoToken { remote: remote.to_owned() })?;
        self.providers.of(remote, &token)
    }

    /// The remote of this name, with a token that is not stored: to try it.
    pub fn provider_with(&self, remote: &str, token: &SecretString) -> Result<Arc<dyn Provider>, Failure> {
        self.providers.open(remote, token)
    }

    /// Adds what the remotes were asked since the last time to the requests of this month.
    pub async fn settle_calls(&self) -> Result<(), StoreError> {
        let month = budget::month(self.clock.now());
        for (remote, calls) in self.providers.uncounted() {
            self.store.add_calls(&remote, &month, calls).await?;
        }
        Ok(())
    }

    /// A new id, greater than every earlier one.
    #[must_use]
    pub fn new_id(&self) -> String {
        Uuid::now_v7().to_string()
    }
}
