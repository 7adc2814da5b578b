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
pub enum Premises {
    /// A folder with a file.
    Folder(tempfile::TempDir),
    /// A database on the server.
    Server(test_postgres::Database),
}

impl Premises {
    /// An empty database of this kind.
    #[must_use]
    pub fn new(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => Self::Folder(tempfile::tempdir().expect("a folder")),
            Backend::Postgres => Self::Server(test_postgres::CLUSTER.database()),
        }
    }

    /// Another database that holds the same, as long as nobody is connected to this one.
    #[must_use]
    pub fn copy(&self) -> Self {
        match self {
            Self::Folder(folder) => {
                let copy = tempfile::tempdir().expect("a folder");
                for file in std::fs::read_dir(folder.path()).expect("a folder") {
                    let file = file.expect("a file");
                    std::fs::copy(file.path(), copy.path().join(file.file_name())).expect("a copy");
                }
                Self::Folder(copy)
            }
            Self::Server(database) => Self::Server(test_postgres::CLUSTER.copy(database)),
        }
    }

    /// Its address, as the environment names it.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            Self::Folder(folder) => format!("sqlite:{}", folder.path().join("crm.db").display()),
            Self::Server(database) => database.url().to_owned(),
        }
    }

    /// How our program opens it.
    #[must_use]
    pub fn database(&self) -> Database {
        self.url().parse().expect("a database's URL")
    }

    /// Changes a deal as the CRM's own page does, at a time that the test says: `assignment` is SQL, `notes = 'x'`.
    ///
    /// The CRM's triggers note the database's own time, which no test can move; it is put right here.
    pub fn person_edits(&self, deal: &DealId, assignment: &str, at: chrono::DateTime<chrono::Utc>) {
        let at = at.format("%Y-%m-%dT%H:%M:%S%.6fZ");
        self.execute(&format!(
            "UPDATE deals SET {assignment} WHERE id = {deal}; \
             UPDATE sync_deal_edits SET edited_at = '{at}' WHERE deal = {deal};"
        ));
    }

    /// Deletes a deal as the CRM's own page does.
    pub(crate) fn person_deletes(&self, deal: &DealId) {
        self.execute(&format!("DELETE FROM deals WHERE id = {deal};"));
    }

    /// Does what the CRM does with statements of its own.
    pub fn execute(&self, sql: &str) {
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
