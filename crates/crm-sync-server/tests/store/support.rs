//! A store on a database of its own, and the CRM beside it on a connection of its own.

use std::sync::Arc;

use connector_core::id::DealId;
use connector_core::plan::{Action, Reason, Side};
use connector_core::state::{Agreement, Deal, LinkStatus};
use connector_core::store::{
    Commit, Committed, DealWrite, Effect, IntentWrite, Lease, LogEntry, OpOutcome, Store as _,
};
use connector_core::testing::ManualClock;
use connector_core::value::Value;
use crm_sync_server::crm;
use crm_sync_server::store::{Database, DieselStore};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use diesel::{PgConnection, QueryableByName, SqliteConnection};
use tempfile::TempDir;

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Postgres,
    Sqlite,
}

/// An empty database, gone with the value.
pub(crate) enum Place {
    Postgres(test_postgres::Database),
    Sqlite(TempDir),
}

impl Place {
    pub(crate) fn new(kind: Kind) -> Self {
        match kind {
            Kind::Postgres => Self::Postgres(test_postgres::CLUSTER.database()),
            Kind::Sqlite => Self::Sqlite(tempfile::tempdir().unwrap()),
        }
    }

    pub(crate) fn database(&self) -> Database {
        match self {
            Self::Postgres(database) => database.url().parse().unwrap(),
            Self::Sqlite(folder) => Database::sqlite(folder.path().join("crm.db")),
        }
    }

    /// The CRM, on a connection of its own.
    pub(crate) fn crm(&self) -> Crm {
        match self {
            Self::Postgres(database) => Crm::Postgres(PgConnection::establish(database.url()).unwrap()),
            Self::Sqlite(folder) => {
                let path = folder.path().join("crm.db");
                let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
                conn.batch_execute("PRAGMA busy_timeout = 10000").unwrap();
                Crm::Sqlite(conn)
            }
        }
    }

    pub(crate) async fn store(&self, clock: &ManualClock) -> DieselStore {
        let clock = Arc::new(clock.clone());
        DieselStore::open(self.database(), crm::units().unwrap(), clock).await.unwrap()
    }
}

/// What the CRM does, in SQL.
pub(crate) enum Crm {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

#[derive(QueryableByName)]
struct Shown {
    #[diesel(sql_type = Nullable<Text>)]
    shown: Option<String>,
}

impl Crm {
    pub(crate) fn execute(&mut self, sql: &str) {
        self.attempt(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    pub(crate) fn attempt(&mut self, sql: &str) -> QueryResult<()> {
        match self {
            Self::Postgres(conn) => conn.batch_execute(sql),
            Self::Sqlite(conn) => conn.batch_execute(sql),
        }
    }

    /// What an expression is in the rows of a query, as text: `column("client", "FROM deals")`.
    pub(crate) fn column(&mut self, expression: &str, of: &str) -> Vec<Option<String>> {
        let query = diesel::sql_query(format!("SELECT CAST({expression} AS TEXT) AS shown {of}"));
        let rows: Vec<Shown> = match self {
            Self::Postgres(conn) => query.load(conn).unwrap(),
            Self::Sqlite(conn) => query.load(conn).unwrap(),
        };
        rows.into_iter().map(|row| row.shown).collect()
    }

    /// The same of the only row.
    pub(crate) fn cell(&mut self, expression: &str, of: &str) -> String {
        let mut rows = self.column(expression, of);
        assert_eq!(rows.len(), 1, "{expression} {of}");
        rows.pop().flatten().unwrap_or_default()
    }

    /// Adds a deal as the CRM's form does; its id.
    pub(crate) fn add(&mut self, client: &str) -> DealId {
        self.execute(&format!(
            "INSERT INTO deals (client, statut, montant_brut, probabilite, valeur_ponderee) \
             VALUES ('{client}', 'prospect', 1000, 0.1, 100)"
        ));
        self.cell("max(id)", "FROM deals").into()
    }
}

/// A store on a fresh database, with the CRM beside it.
pub(crate) struct Desk {
    pub(crate) store: DieselStore,
    pub(crate) clock: ManualClock,
    pub(crate) crm: Crm,
    pub(crate) place: Place,
}

impl Desk {
    pub(crate) async fn new(kind: Kind) -> Self {
        let place = Place::new(kind);
        let clock = ManualClock::default();
        let store = place.store(&clock).await;
        Self { store, clock, crm: place.crm(), place }
    }

    pub(crate) async fn lease(&self) -> Lease {
        self.store.acquire(&"airtable".into(), &"run-1".into(), chrono::TimeDelta::minutes(1)).await.unwrap()
    }

    pub(crate) async fn deal(&self, id: &DealId) -> Deal {
        let deals = self.store.deals().await.unwrap();
        deals.into_iter().find(|deal| deal.id == *id).unwrap()
    }

    /// What one unit of a deal holds.
    pub(crate) async fn value(&self, id: &DealId, unit: &str) -> Value {
        let position = self.store.units().position(unit).unwrap();
        self.deal(id).await.values[position].clone()
    }

    /// Commits these effects under a fresh lease.
    pub(crate) async fn commit(&self, effects: Vec<Effect>) -> Vec<Committed> {
        let lease = self.lease().await;
        let commit = Commit { effects, ..Commit::default() };
        let committed = self.store.commit(&lease, commit).await.unwrap();
        self.store.release(&lease).await.unwrap();
        committed
    }
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(crate) fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

/// An effect that only writes a deal.
pub(crate) fn effect(deal: DealWrite) -> Effect {
    Effect {
        deal,
        links: Vec::new(),
        intent: IntentWrite::Keep,
        origins: Vec::new(),
        conflicts: Vec::new(),
        log: None,
    }
}

pub(crate) fn insert(client: &str, amount: &str) -> DealWrite {
    DealWrite::Insert {
        values: vec![(crm::CLIENT.into(), text(client)), (crm::MONTANT_BRUT.into(), number(amount))],
    }
}

/// Changes one unit that must hold something.
pub(crate) fn update(id: &DealId, unit: &str, from: Value, to: Value) -> DealWrite {
    DealWrite::Update { id: id.clone(), expected: vec![(unit.into(), from)], values: vec![(unit.into(), to)] }
}

/// A link in force on which nothing was agreed yet.
pub(crate) fn link(remote: &str) -> Agreement {
    let units = crm::units().unwrap().len();
    Agreement {
        remote: remote.into(),
        status: LinkStatus::Live,
        crm: vec![None; units].into(),
        theirs: vec![None; units].into(),
        seen_at: None,
    }
}

pub(crate) fn log(seq: u32, label: &str) -> LogEntry {
    LogEntry {
        seq,
        action: Action::CreateDeal,
        deal: None,
        remote: Some(format!("rec{seq}").into()),
        label: label.to_owned(),
        reason: Reason::New(Side::Remote),
        changes: Vec::new(),
        outcome: OpOutcome::Applied,
        message: None,
        at: chrono::DateTime::UNIX_EPOCH,
    }
}
