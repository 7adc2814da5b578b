//! The state of the syncs, in the CRM's own database: PostgreSQL or SQLite.
//!
//! [`DieselStore`] is the engine's [`Store`](connector_core::store::Store); what only pages and the command line ask for
//! are its own methods. One module keeps one group of tables. A query is written once for both databases, on
//! `conn::Conn`; a transaction of `Conn::write` never overwrites an edit of the CRM that it did not see.

mod baselines;
mod books;
mod calls;
mod columns;
mod commit;
mod configs;
mod configuration;
mod conflicts;
mod conn;
mod connections;
mod database;
mod deals;
mod failure;
mod intents;
mod jobs;
mod leases;
mod links;
mod looks;
mod migrate;
mod operations;
mod origins;
mod plans;
mod pool;
mod port;
mod queries;
mod requests;
mod retention;
mod runs;
mod schema;
mod sync_logs;
mod tokens;
mod troubles;

use std::fmt;
use std::sync::Arc;

use connector_core::clock::Clock;
use connector_core::error::BoxError;
use connector_core::id::UnitKey;
use connector_core::store::StoreError;
use connector_core::unit::Units;
use diesel::r2d2::Pool;

pub use configs::{ConfigChange, ConnectorConfig};
pub use configuration::{Expected, Remains};
pub use conflicts::{ConflictState, Disputed};
pub use connections::{Connection, Version};
pub use database::{Database, UrlError};
pub use deals::Held;
pub use jobs::{Orphan, Step};
pub use looks::{Found, Look};
pub use operations::{Logged, Refused};
pub use requests::Claim;
pub use retention::Ages;
pub use runs::{Run, RunFilter};
pub use sync_logs::{NewSyncLog, SyncLog};
pub(crate) use tokens::{TokenEdit, Tokens};

use conn::Conn;
use failure::Failure;

/// The state of the syncs, in the CRM's own database. Clones share their connections.
#[derive(Clone)]
pub struct DieselStore {
    pool: Pool<Database>,
    units: Arc<Units>,
    clock: Arc<dyn Clock>,
    kind: &'static str,
}

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be reached.
    #[error("{database} cannot be opened: {source}")]
    Connect {
        /// Which one, without a password.
        database: String,
        /// Why.
        #[source]
        source: BoxError,
    },
    /// Its schema cannot be brought up to date.
    #[error("{database} cannot be prepared: {source}")]
    Migrate {
        /// Which one, without a password.
        database: String,
        /// Why.
        #[source]
        source: StoreError,
    },
    /// A unit is none of the CRM's columns.
    #[error("the CRM has no column for unit {0}")]
    Unit(UnitKey),
    /// The program is ending.
    #[error("the database was not opened, for the program is ending")]
    Interrupted,
}

impl OpenError {
    fn connect(database: &str, source: impl Into<BoxError>) -> Self {
        Self::Connect { database: database.to_owned(), source: source.into() }
    }

    fn migrate(database: &str, failure: Failure) -> Self {
        Self::Migrate { database: database.to_owned(), source: failure.into() }
    }
}

impl DieselStore {
    /// Opens the database, and makes or updates our tables in it. The CRM's tables are adopted as they are, or made
    /// if they are absent.
    pub async fn open(database: Database, units: Units, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        if let Some(unit) = units.iter().find(|unit| !deals::is_column(&unit.key)) {
            return Err(OpenError::Unit(unit.key.clone()));
        }
        let kind = database.kind();
        let pool = tokio::task::spawn_blocking(|| pool::open(database));
        let pool = pool.await.map_err(|_| OpenError::Interrupted)??;
        Ok(Self { pool, units: Arc::new(units), clock, kind })
    }

    /// Runs queries on a connection of the pool, away from the threads that must not wait.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let pool = self.pool.clone();
        let work = move || {
            let mut conn = pool.get().map_err(|error| StoreError::Database(error.into()))?;
            work(&mut conn).map_err(StoreError::from)
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| StoreError::Database(error.into()))?
    }
}

impl fmt::Debug for DieselStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DieselStore").field("pool", &self.pool.state()).finish_non_exhaustive()
    }
}
