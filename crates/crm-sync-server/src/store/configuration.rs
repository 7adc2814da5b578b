//! How a remote is connected, changed whole: our settings and the CRM's row for it, and only as the one who changes them
//! knew them.

use connector_core::id::ConnectionId;
use connector_core::state::LinkStatus;
use connector_core::store::StoreError;
use diesel::prelude::*;
use serde::Serialize;

use super::columns::Document;
use super::conn::Conn;
use super::connections::{self, Version};
use super::failure::Failure;
use super::schema::{
    connector_configs as configs, sync_conflicts as conflicts, sync_links as links, sync_runs as runs,
};
use super::{ConfigChange, ConflictState, DieselStore, configs as rows, leases};

/// Which state of the settings is changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Expected {
    /// Whichever there is.
    #[default]
    Any,
    /// This one; `None` if there were no settings.
    State(Option<Version>),
}

/// What is left of a remote whose settings were forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Remains {
    /// Pairs of a deal and a record that are known to be the same thing.
    pub links: u64,
    /// Runs in the history.
    pub runs: u64,
    /// Conflicts that waited for a person.
    pub open_conflicts: u64,
}

impl DieselStore {
    /// The state of the settings of a remote; `None` if there are none.
    pub async fn settings_version(&self, provider: &str) -> Result<Option<Version>, StoreError> {
        let provider = provider.to_owned();
        self.run(move |conn| connections::current(conn, &provider)).await
    }

    /// Gives a connection its settings, and the CRM's row what the CRM's page shows of them, together; `None` if the
    /// settings are not as expected any more.
    pub async fn configure(
        &self,
        id: &ConnectionId,
        provider: &str,
        settings: &impl Serialize,
        row: ConfigChange,
        expected: Expected,
    ) -> Result<Option<Version>, StoreError> {
        let settings = Document::of(settings).map_err(|error| StoreError::Database(error.into()))?;
        let (id, provider, now) = (id.clone(), provider.to_owned(), self.clock.now());
        self.run(move |conn| {
            conn.write(|conn| {
                if !take(conn, &provider, &expected)? {
                    return Ok(None);
                }
                rows::change(conn, &provider, &row)?;
                let number = connections::save(conn, &id, &provider, &settings, now)?;
                Ok(Some(Version { connection: id.clone(), number }))
            })
        })
        .await
    }

    /// Forgets how a remote is connected. Links, the history and the ledger stay, so that the same table, connected
    /// again, goes on where it was, and so does its token. `None` if the settings are not as expected any more;
    /// [`StoreError::Held`] while a run of the remote is under way.
    pub async fn disconnect(
        &self,
        provider: &str,
        expected: Expected,
    ) -> Result<Option<Remains>, StoreError> {
        let (provider, now) = (provider.to_owned(), self.clock.now());
        self.run(move |conn| {
            conn.write(|conn| {
                if !take(conn, &provider, &expected)? {
                    return Ok(None);
                }
                let of_remote = format!("{provider}:%");
                if let Some(run) = leases::any_holder(conn, &of_remote, now)? {
                    return Err(StoreError::Held(run).into());
                }
                connections::forget(conn, &provider)?;
                diesel::update(configs::table.filter(configs::provider.eq(&provider)))
                    .set((
                        configs::base_id.eq(None::<String>),
                        configs::table_name.eq(None::<String>),
                        configs::field_mapping.eq(None::<String>),
                        configs::is_active.eq(Some(false)),
                    ))
                    .execute(conn)?;
                remains(conn, &of_remote).map(Some)
            })
        })
        .await
    }
}

/// Takes the remote's row until the end of the transaction, so that two who change it come one after the other; whether
/// its settings are as expected.
fn take(conn: &mut Conn, provider: &str, expected: &Expected) -> Result<bool, Failure> {
    rows::change(conn, provider, &ConfigChange::default())?;
    Ok(match expected {
        Expected::Any => true,
        Expected::State(known) => connections::current(conn, provider)? == *known,
    })
}

fn remains(conn: &mut Conn, of_remote: &str) -> Result<Remains, Failure> {
    let many = |count: i64| u64::try_from(count).unwrap_or_default();
    let live = links::table
        .filter(links::connection.like(of_remote))
        .filter(links::status.ne(LinkStatus::Tombstone.to_string()));
    let open = conflicts::table
        .filter(conflicts::connection.like(of_remote))
        .filter(conflicts::state.eq(ConflictState::Open.to_string()));
    let runs = runs::table.filter(runs::connection.like(of_remote));
    Ok(Remains {
        links: many(live.count().get_result(conn)?),
        runs: many(runs.count().get_result(conn)?),
        open_conflicts: many(open.count().get_result(conn)?),
    })
}
