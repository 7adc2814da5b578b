//! Where a CRM lives, and the CRM itself at work in its database.

use connector_core::id::DealId;
use crm_sync_server::store::Database;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};

/// The databases that a CRM lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file of its own.
    Sqlite,
    /// A database on the throw-away server.
    Postgres,
}

/// An empty database, gone with the value.
#[derive(Debug)]
pub(crate) enum Premises {
    /// A folder with a file.
    Folder(tempfile::TempDir),
    /// A database on the server.
    Server(test_postgres::Database),
}

impl Premises {
    /// An empty database of this kind.
    pub(crate) fn new(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => Self::Folder(tempfile::tempdir().expect("a folder")),
            Backend::Postgres => Self::Server(test_postgres::CLUSTER.database()),
        }
    }

    /// How our program opens it.
    pub(crate) fn database(&self) -> Database {
        match self {
            Self::Folder(folder) => Database::sqlite(folder.path().join("crm.db")),
            Self::Server(database) => database.url().parse().expect("a database's URL"),
        }
    }

    /// Changes a deal as the CRM's own page does, at a time that the test says: `assignment` is SQL, `notes = 'x'`.
    ///
    /// The CRM's triggers note the database's own time, which no test can move; it is put right here.
    pub(crate) fn person_edits(&self, deal: &DealId, assignment: &str, at: chrono::DateTime<chrono::Utc>) {
        let at = at.format("%Y-%m-%dT%H:%M:%S%.6fZ");
        self.execute(&format!(
            "UPDATE deals SET {assignment} WHERE id = {deal}; \
             UPDATE sync_deal_edits SET edited_at = '{at}' WHERE deal = {deal};"
        ));
    }

    fn execute(&self, sql: &str) {
        let done = match self {
            Self::Folder(folder) => {
                let path = folder.path().join("crm.db");
                let mut crm =
                    SqliteConnection::establish(&path.to_string_lossy()).expect("the CRM's database");
                crm.batch_execute("PRAGMA busy_timeout = 10000").and_then(|()| crm.batch_execute(sql))
            }
            Self::Server(database) => {
                let mut crm = PgConnection::establish(database.url()).expect("the CRM's database");
                crm.batch_execute(sql)
            }
        };
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}
