//! What the last look at both sides of a connection found.

use chrono::{DateTime, Utc};
use connector_core::id::ConnectionId;
use connector_core::store::StoreError;
use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use strum::Display;

use super::DieselStore;
use super::columns::{Document, Moment};
use super::conn::on_backend;
use super::failure::Failure;
use super::schema::sync_looks as looks;

/// What was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display)]
#[strum(serialize_all = "snake_case")]
pub enum Look {
    /// Whether both sides hold what they last agreed on.
    Verification,
    /// What waits for a person's answer.
    Questions,
    /// What could not be carried, or only with a loss.
    Notices,
}

/// What was found, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub found: T,
}

impl DieselStore {
    /// Keeps what a look found in the place of what the last such look did.
    pub async fn keep_look(
        &self,
        connection: &ConnectionId,
        look: Look,
        found: &impl Serialize,
    ) -> Result<(), StoreError> {
        let found = Document::of(found).map_err(|error| StoreError::Database(error.into()))?;
        let (connection, now) = (connection.clone(), Moment::from(self.clock.now()));
        self.run(move |conn| {
            let row = (
                looks::connection.eq(connection.as_str()),
                looks::kind.eq(look.to_string()),
                looks::looked_at.eq(now),
                looks::found.eq(found),
            );
            on_backend!(conn, |inner| diesel::insert_into(looks::table)
                .values(row.clone())
                .on_conflict((looks::connection, looks::kind))
                .do_update()
                .set(row.clone())
                .execute(inner))?;
            Ok(())
        })
        .await
    }

    /// What the last such look found.
    pub async fn last_look<T>(
        &self,
        connection: &ConnectionId,
        look: Look,
    ) -> Result<Option<Found<T>>, StoreError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let connection = connection.clone();
        self.run(move |conn| {
            let row = looks::table.find((connection.as_str(), look.to_string()));
            let row = row.select((looks::looked_at, looks::found));
            let Some((at, found)) = row.first::<(Moment, Document)>(conn).optional()? else {
                return Ok(None);
            };
            let found = found.read().map_err(|error| Failure::corrupt("sync_looks", &connection, error))?;
            Ok(Some(Found { at: at.into(), found }))
        })
        .await
    }
}
