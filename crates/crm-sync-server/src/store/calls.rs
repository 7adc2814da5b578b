//! How many requests the remotes got, by month.

use connector_core::store::StoreError;
use diesel::prelude::*;
use diesel::upsert::excluded;

use super::DieselStore;
use super::conn::on_backend;
use super::schema::sync_calls as calls;

impl DieselStore {
    /// Adds to the requests that a remote got in a month, as `2026-11`.
    pub async fn add_calls(&self, remote: &str, month: &str, more: u64) -> Result<(), StoreError> {
        let (remote, month) = (remote.to_owned(), month.to_owned());
        let more = i64::try_from(more).unwrap_or(i64::MAX);
        self.run(move |conn| {
            let row = (calls::remote.eq(remote), calls::month.eq(month), calls::calls.eq(more));
            on_backend!(conn, |inner| diesel::insert_into(calls::table)
                .values(row.clone())
                .on_conflict((calls::remote, calls::month))
                .do_update()
                .set(calls::calls.eq(calls::calls + excluded(calls::calls)))
                .execute(inner))?;
            Ok(())
        })
        .await
    }

    /// How many requests a remote got in a month, as far as they were added.
    pub async fn calls_of(&self, remote: &str, month: &str) -> Result<u64, StoreError> {
        let (remote, month) = (remote.to_owned(), month.to_owned());
        self.run(move |conn| {
            let row = calls::table.find((remote, month)).select(calls::calls);
            let counted: Option<i64> = row.first(conn).optional()?;
            Ok(u64::try_from(counted.unwrap_or_default()).unwrap_or_default())
        })
        .await
    }
}
