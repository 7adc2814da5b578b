//! Migrations, built into the program.
//!
//! Diesel's own runner keeps its list in a table of one fixed name, which another program in the same database may use
//! too. Ours is `sync_migrations`.

use std::collections::BTreeSet;

use connector_core::store::StoreError;
use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use super::conn::Conn;
use super::failure::Failure;
use super::schema::sync_migrations;

const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// Any number that no other program locks; held until the transaction ends.
const LOCK: &str = "SELECT pg_advisory_xact_lock(4829106530271)";

const OUR_TABLE: &str =
    "CREATE TABLE IF NOT EXISTS sync_migrations (version varchar(50) NOT NULL PRIMARY KEY)";

/// Brings the schema up to date: all of it or nothing, by one process at a time.
pub(super) fn migrate(conn: &mut Conn) -> Result<(), Failure> {
    conn.change_schema(|conn| {
        if let Conn::Postgres(inner) = conn {
            diesel::sql_query(LOCK).execute(inner)?;
        }
        diesel::sql_query(OUR_TABLE).execute(conn)?;
        let done: Vec<String> = sync_migrations::table.select(sync_migrations::version).load(conn)?;
        let ran = match conn {
            Conn::Postgres(inner) => run(&POSTGRES, inner, done),
            Conn::Sqlite(inner) => run(&SQLITE, inner, done),
        }?;
        for version in ran {
            diesel::insert_into(sync_migrations::table)
                .values(sync_migrations::version.eq(version))
                .execute(conn)?;
        }
        Ok(())
    })
}

/// Looks whether the schema is there.
pub(super) fn look(conn: &mut Conn) -> Result<(), Failure> {
    let one = sync_migrations::table.select(sync_migrations::version).limit(1);
    Ok(one.load::<String>(conn).map(drop)?)
}

/// Takes our schema out again, the last migration first: all of it or nothing.
pub(super) fn retire(conn: &mut Conn) -> Result<(), Failure> {
    conn.change_schema(|conn| {
        if let Conn::Postgres(inner) = conn {
            diesel::sql_query(LOCK).execute(inner)?;
        }
        match conn {
            Conn::Postgres(inner) => revert(&POSTGRES, inner),
            Conn::Sqlite(inner) => revert(&SQLITE, inner),
        }?;
        diesel::sql_query("DROP TABLE sync_migrations").execute(conn)?;
        Ok(())
    })
}

fn revert<C>(migrations: &EmbeddedMigrations, conn: &mut C) -> Result<(), Failure>
where
    C: diesel::migration::MigrationConnection + 'static,
    EmbeddedMigrations: MigrationSource<C::Backend>,
{
    let migrations = MigrationSource::<C::Backend>::migrations(migrations).map_err(StoreError::Database)?;
    for migration in migrations.iter().rev() {
        migration.revert(conn).map_err(StoreError::Database)?;
    }
    Ok(())
}

/// Runs what was not `done`, and answers with its versions.
fn run<C>(migrations: &EmbeddedMigrations, conn: &mut C, done: Vec<String>) -> Result<Vec<String>, Failure>
where
    C: diesel::migration::MigrationConnection + 'static,
    EmbeddedMigrations: MigrationSource<C::Backend>,
{
    let mut unknown: BTreeSet<String> = done.into_iter().collect();
    let mut ran = Vec::new();
    for migration in MigrationSource::<C::Backend>::migrations(migrations).map_err(StoreError::Database)? {
        let version = migration.name().version().to_string();
        if !unknown.remove(&version) {
            migration.run(conn).map_err(StoreError::Database)?;
            ran.push(version);
        }
    }
    match unknown.first() {
        None => Ok(ran),
        Some(version) => Err(StoreError::Database(
            format!(
                "a newer version of this program made the database (migration {version}): update this one"
            )
            .into(),
        )
        .into()),
    }
}
