//! What can go wrong in a query, and how the port tells it.

use connector_core::error::BoxError;
use connector_core::store::StoreError;
use diesel::result::{DatabaseErrorKind, Error as QueryError};

/// What SQLite says when another program is writing. Its codes do not reach us, but its messages are fixed and never
/// translated.
const LOCKED: [&str; 2] = ["database is locked", "database table is locked"];

/// Why a query or a transaction ended without a result.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The database says no.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// We say no.
    #[error(transparent)]
    Port(#[from] StoreError),
}

/// A failure of the database, in words that say what to do.
#[derive(Debug, thiserror::Error)]
enum Advice {
    #[error("another program has been writing to the SQLite file for too long; try again when it is done")]
    Locked(#[source] QueryError),
    #[error("no space is left for the database; nothing was written; make room, then start the run again")]
    Full(#[source] QueryError),
    #[error("the database is read-only; let this program's user write to it")]
    ReadOnly(#[source] QueryError),
    #[error("the connection to the database broke; nothing was written")]
    Lost(#[source] QueryError),
    #[error("others kept changing the same deals; nothing was written; start the run again")]
    Collisions(#[source] QueryError),
}

impl Failure {
    /// A row that we wrote cannot be read.
    pub(super) fn corrupt(table: &'static str, key: &impl ToString, source: impl Into<BoxError>) -> Self {
        StoreError::Corrupt { table, key: key.to_string(), source: source.into() }.into()
    }

    /// Whether somebody else changed what the transaction read: it can be begun again.
    pub(super) fn is_collision(&self) -> bool {
        matches!(self, Self::Query(QueryError::DatabaseError(DatabaseErrorKind::SerializationFailure, _)))
    }

    /// Whether another program is writing to the SQLite file.
    pub(super) fn is_locked(&self) -> bool {
        matches!(self, Self::Query(QueryError::DatabaseError(_, about)) if LOCKED.contains(&about.message()))
    }

    /// Why the database does not take this row, if it takes others: a constraint that the CRM has put on its table.
    pub(super) fn refusal(&self) -> Option<String> {
        let Self::Query(QueryError::DatabaseError(kind, about)) = self else { return None };
        let constraint = || about.constraint_name().unwrap_or_else(|| about.message()).to_owned();
        let column = || about.column_name().unwrap_or_else(|| about.message()).to_owned();
        match kind {
            DatabaseErrorKind::UniqueViolation => {
                Some(format!("another deal has it already ({})", constraint()))
            }
            DatabaseErrorKind::ForeignKeyViolation => {
                Some(format!("it names something that the CRM does not have ({})", constraint()))
            }
            DatabaseErrorKind::NotNullViolation => Some(format!("the CRM asks for a value ({})", column())),
            DatabaseErrorKind::CheckViolation
            | DatabaseErrorKind::ExclusionViolation
            | DatabaseErrorKind::RestrictViolation => {
                Some(format!("the CRM's own rule refuses it ({})", constraint()))
            }
            _ => None,
        }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Port(error) => error,
            Failure::Query(error) => Self::Database(advised(error)),
        }
    }
}

/// The same error, with what to do about it where that is known.
fn advised(error: QueryError) -> BoxError {
    let QueryError::DatabaseError(kind, about) = &error else { return error.into() };
    match (kind, about.message()) {
        (DatabaseErrorKind::SerializationFailure, _) => Advice::Collisions(error).into(),
        (DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, _) => {
            Advice::Lost(error).into()
        }
        (DatabaseErrorKind::ReadOnlyTransaction, _) | (_, "attempt to write a readonly database") => {
            Advice::ReadOnly(error).into()
        }
        (_, message) if LOCKED.contains(&message) => Advice::Locked(error).into(),
        (_, "database or disk is full") => Advice::Full(error).into(),
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::TimeDelta;
    use connector_core::store::{Commit, DealWrite, Effect, IntentWrite, Store as _};
    use connector_core::testing::ManualClock;
    use connector_core::value::Value;
    use diesel::RunQueryDsl as _;

    use crate::crm;
    use crate::store::{Database, DieselStore};

    /// On one connection, the limit of pages is a disk of that size.
    async fn limit_pages(store: &DieselStore, pages: u32) {
        let limit = diesel::sql_query(format!("PRAGMA max_page_count = {pages}"));
        store.run(move |conn| Ok(limit.execute(conn)?)).await.unwrap();
    }

    #[tokio::test]
    async fn a_full_disk_is_named_and_nothing_is_lost() {
        let clock = Arc::new(ManualClock::default());
        let store = DieselStore::open(Database::Memory, crm::units().unwrap(), clock).await.unwrap();
        let lease = store.acquire(&"airtable".into(), &"run-1".into(), TimeDelta::minutes(1)).await.unwrap();
        let deal = |client: &str, notes: usize| Effect {
            deal: DealWrite::Insert {
                values: vec![
                    (crm::CLIENT.into(), Value::Text(client.into())),
                    (crm::MONTANT_BRUT.into(), Value::Number(1.into())),
                    (crm::NOTES.into(), Value::Text("x".repeat(notes))),
                ],
            },
            links: Vec::new(),
            intent: IntentWrite::Keep,
            origins: Vec::new(),
            conflicts: Vec::new(),
            log: None,
        };
        let commit = |effects| Commit { effects, ..Commit::default() };
        store.commit(&lease, commit(vec![deal("kept", 1)])).await.unwrap();
        limit_pages(&store, 1).await;

        let error = store.commit(&lease, commit(vec![deal("small", 1), deal("large", 1_000_000)])).await;

        let error = error.unwrap_err().to_string();
        assert!(error.contains("no space is left"), "{error}");
        assert_eq!(store.deals().await.unwrap().len(), 1, "neither of the two deals");
        limit_pages(&store, 1_000_000).await;
        store.commit(&lease, commit(vec![deal("small", 1), deal("large", 1_000_000)])).await.unwrap();
        assert_eq!(store.deals().await.unwrap().len(), 3);
    }
}
