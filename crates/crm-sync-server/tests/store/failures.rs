//! Databases in trouble: what is said, and that nothing is lost.

use std::sync::Arc;
use std::time::Duration;

use connector_core::store::{Commit, Store as _};
use connector_core::testing::ManualClock;
use crm_sync_server::crm;
use crm_sync_server::store::{Database, DieselStore};

use crate::support::{Kind, Place, effect, insert};

fn open(database: Database) -> impl Future<Output = Result<DieselStore, crm_sync_server::store::OpenError>> {
    DieselStore::open(database, crm::units().unwrap(), Arc::new(ManualClock::default()))
}

#[tokio::test]
async fn an_sqlite_file_that_another_program_keeps_locked_is_named_as_the_cause() {
    let place = Place::new(Kind::Sqlite);
    let Database::Sqlite { path, .. } = place.database() else { panic!("it is a file") };
    let store = open(Database::Sqlite { path, patience: Duration::from_millis(50) }).await.unwrap();
    let lease =
        store.acquire(&"airtable".into(), &"run-1".into(), chrono::TimeDelta::minutes(1)).await.unwrap();
    let mut other = place.crm();
    other.execute("BEGIN IMMEDIATE");

    let write = || Commit { effects: vec![effect(insert("Acme", "1"))], ..Commit::default() };
    let error = store.commit(&lease, write()).await.unwrap_err().to_string();

    assert!(error.contains("another program"), "{error}");
    assert_eq!(store.deals().await.unwrap().len(), 0, "reading goes on");
    other.execute("COMMIT");
    store.commit(&lease, write()).await.unwrap();
    assert_eq!(store.deals().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_named_without_its_password() {
    let server = "postgres://crm:s3cret@127.0.0.1:1/crm".parse().unwrap();
    let error = open(server).await.unwrap_err().to_string();
    assert!(error.starts_with("PostgreSQL at 127.0.0.1:1/crm cannot be opened"), "{error}");
    assert!(!error.contains("s3cret"), "{error}");

    let folder = tempfile::tempdir().unwrap();
    let error = open(Database::sqlite(folder.path().join("absent/crm.db"))).await.unwrap_err().to_string();
    assert!(error.contains("absent/crm.db cannot be opened"), "{error}");

    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database, but long enough to be taken for one by its header".repeat(20))
        .unwrap();
    let error = open(Database::sqlite(text)).await.unwrap_err().to_string();
    assert!(error.contains("notes.txt cannot be opened: file is not a database"), "{error}");
}

#[tokio::test]
async fn a_lost_connection_is_made_anew() {
    let place = Place::new(Kind::Postgres);
    let store = open(place.database()).await.unwrap();
    store.deals().await.unwrap();
    place.crm().column(
        "pg_terminate_backend(pid)",
        "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    assert_eq!(store.deals().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_database_in_memory_lives_as_long_as_its_store() {
    let store = open(Database::Memory).await.unwrap();
    let row = vec![(crm::CLIENT.into(), connector_core::value::Value::Text("Acme".into()))];
    let added = store.import_deals(vec![row]).await.unwrap();
    assert!(added[0].as_ref().is_err_and(|why| why.contains(crm::MONTANT_BRUT)));
    let lease =
        store.acquire(&"airtable".into(), &"run-1".into(), chrono::TimeDelta::minutes(1)).await.unwrap();
    let commit = Commit { effects: vec![effect(insert("Acme", "1"))], ..Commit::default() };
    store.commit(&lease, commit).await.unwrap();
    assert_eq!(store.deals().await.unwrap().len(), 1);
}
