//! A database of its own for a test, and the CRM beside it on a connection of its own.

use crm_sync_server::store::Database;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use diesel::{PgConnection, QueryableByName, SqliteConnection};
use tempfile::TempDir;

/// The CRM's own statements, run at each of its starts.
const CRM_ON_POSTGRES: &str = "
    CREATE TABLE IF NOT EXISTS deals (
        id SERIAL PRIMARY KEY, client VARCHAR(255) NOT NULL, statut VARCHAR(50) NOT NULL,
        montant_brut DECIMAL(12,2) NOT NULL, probabilite DECIMAL(3,2) NOT NULL,
        valeur_ponderee DECIMAL(12,2) NOT NULL, secteur VARCHAR(100), date_echeance DATE,
        assignee VARCHAR(100), notes TEXT,
        created_at TIMESTAMP DEFAULT NOW(), updated_at TIMESTAMP DEFAULT NOW());
    CREATE TABLE IF NOT EXISTS connector_configs (
        id SERIAL PRIMARY KEY, provider VARCHAR(50) UNIQUE NOT NULL, api_token TEXT, base_id VARCHAR(255),
        table_name VARCHAR(255), field_mapping TEXT, is_active BOOLEAN DEFAULT TRUE,
        updated_at TIMESTAMP DEFAULT NOW());
    CREATE TABLE IF NOT EXISTS sync_logs (
        id SERIAL PRIMARY KEY, provider VARCHAR(50) NOT NULL, direction VARCHAR(20) NOT NULL,
        status VARCHAR(20) NOT NULL, records_processed INTEGER DEFAULT 0, records_created INTEGER DEFAULT 0,
        records_updated INTEGER DEFAULT 0, error_message TEXT, started_at TIMESTAMP DEFAULT NOW(),
        completed_at TIMESTAMP);";

const CRM_ON_SQLITE: &str = "
    CREATE TABLE IF NOT EXISTS deals (
        id INTEGER PRIMARY KEY AUTOINCREMENT, client TEXT NOT NULL, statut TEXT NOT NULL,
        montant_brut REAL NOT NULL, probabilite REAL NOT NULL, valeur_ponderee REAL NOT NULL,
        secteur TEXT, date_echeance TEXT, assignee TEXT, notes TEXT,
        created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
    CREATE TABLE IF NOT EXISTS connector_configs (
        id INTEGER PRIMARY KEY AUTOINCREMENT, provider TEXT UNIQUE NOT NULL, api_token TEXT, base_id TEXT,
        table_name TEXT, field_mapping TEXT, is_active INTEGER DEFAULT 1,
        updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
    CREATE TABLE IF NOT EXISTS sync_logs (
        id INTEGER PRIMARY KEY AUTOINCREMENT, provider TEXT NOT NULL, direction TEXT NOT NULL,
        status TEXT NOT NULL, records_processed INTEGER DEFAULT 0, records_created INTEGER DEFAULT 0,
        records_updated INTEGER DEFAULT 0, error_message TEXT,
        started_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, completed_at TIMESTAMP);";

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
    /// The CRM starts: it makes what is absent of its tables.
    pub(crate) fn starts(&mut self) {
        self.execute(match self {
            Self::Postgres(_) => CRM_ON_POSTGRES,
            Self::Sqlite(_) => CRM_ON_SQLITE,
        });
    }

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
}
