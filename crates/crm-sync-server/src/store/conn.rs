//! One connection to either database, and its transactions.

use std::fmt;
use std::thread;
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::{Connection as _, PgConnection, SqliteConnection};

use super::failure::Failure;

/// A connection to PostgreSQL or SQLite.
///
/// Queries that both have are written once, on this type. Batches, upserts and `returning` of a row go through
/// [`on_backend!`], which compiles one body for each.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL.
    Postgres(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

impl fmt::Debug for Conn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Postgres(_) => "Conn::Postgres",
            Self::Sqlite(_) => "Conn::Sqlite",
        })
    }
}

/// Runs `$body` on the connection inside: for statements that both databases have and the enum's dialect has not.
macro_rules! on_backend {
    ($conn:expr, |$inner:ident| $body:expr) => {
        match $conn {
            $crate::store::conn::Conn::Postgres($inner) => $body,
            $crate::store::conn::Conn::Sqlite($inner) => $body,
        }
    };
}
pub(super) use on_backend;

/// The most rows of one statement: wide rows stay below SQLite's 32,766 values.
pub(super) const CHUNK: usize = 500;

/// How often a transaction is begun again that met somebody else's.
const ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(5);

/// What a transaction may see of others, by database.
struct Begin {
    postgres: &'static str,
    sqlite: &'static str,
}

/// Everything as it was at one moment.
const READ: Begin = Begin { postgres: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", sqlite: "BEGIN" };

/// A row that somebody changed since it was read cannot be written: on PostgreSQL the write fails, on SQLite nobody
/// else writes until the end.
const WRITE: Begin = Begin { postgres: "BEGIN ISOLATION LEVEL REPEATABLE READ", sqlite: "BEGIN IMMEDIATE" };

/// One writer of the schema at a time; sees what the one before left. PostgreSQL needs a lock besides.
const CHANGE_SCHEMA: Begin =
    Begin { postgres: "BEGIN ISOLATION LEVEL READ COMMITTED", sqlite: "BEGIN IMMEDIATE" };

impl Conn {
    /// Reads in one transaction.
    pub(super) fn read<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.transact(&READ, work)
    }

    /// Reads, compares and writes in one transaction, begun again when somebody else changed what it read.
    pub(super) fn write<T>(
        &mut self,
        mut work: impl FnMut(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut attempt = 1;
        loop {
            match self.transact(&WRITE, &mut work) {
                Err(failure) if failure.is_collision() && attempt < ATTEMPTS => {
                    thread::sleep(PAUSE * attempt);
                    attempt += 1;
                }
                ended => return ended,
            }
        }
    }

    /// Part of a transaction that can fail alone.
    pub(super) fn attempt<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.transaction(work)
    }

    /// Changes the schema in one transaction.
    pub(super) fn change_schema<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.transact(&CHANGE_SCHEMA, work)
    }

    fn transact<T>(
        &mut self,
        begin: &Begin,
        work: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        match self {
            Self::Postgres(inner) => AnsiTransactionManager::begin_transaction_sql(inner, begin.postgres),
            Self::Sqlite(inner) => AnsiTransactionManager::begin_transaction_sql(inner, begin.sqlite),
        }?;
        match work(self) {
            Ok(done) => {
                on_backend!(self, |inner| AnsiTransactionManager::commit_transaction(inner))?;
                Ok(done)
            }
            Err(failure) => {
                // The first failure is the one to tell; a connection that cannot roll back leaves the pool.
                let _ = on_backend!(self, |inner| AnsiTransactionManager::rollback_transaction(inner));
                Err(failure)
            }
        }
    }
}
