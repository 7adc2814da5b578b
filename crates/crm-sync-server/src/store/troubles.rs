//! What was refused run after run.

use connector_core::id::ConnectionId;
use connector_core::state::Trouble;
use diesel::prelude::*;

use super::conn::{CHUNK, Conn, on_backend};
use super::deals;
use super::failure::Failure;
use super::schema::sync_troubles as troubles;

#[derive(Debug, Queryable, Insertable)]
#[diesel(table_name = troubles, treat_none_as_default_value = false)]
struct TroubleRow {
    connection: String,
    attempt: String,
    deal: Option<i32>,
    remote: Option<String>,
    times: i64,
    message: String,
}

impl TroubleRow {
    fn new(connection: &ConnectionId, trouble: &Trouble) -> Self {
        Self {
            connection: connection.to_string(),
            attempt: trouble.attempt.clone(),
            deal: trouble.deal.as_ref().and_then(deals::key),
            remote: trouble.remote.as_ref().map(ToString::to_string),
            times: trouble.times.into(),
            message: trouble.message.replace('\0', "\u{FFFD}"),
        }
    }

    fn read(self) -> Result<Trouble, Failure> {
        let times = u32::try_from(self.times);
        Ok(Trouble {
            times: times.map_err(|error| Failure::corrupt("sync_troubles", &self.attempt, error))?,
            attempt: self.attempt,
            deal: self.deal.map(deals::id),
            remote: self.remote.map(Into::into),
            message: self.message,
        })
    }
}

/// What the connection's runs keep being refused, by attempt.
pub(super) fn read(conn: &mut Conn, connection: &ConnectionId) -> Result<Vec<Trouble>, Failure> {
    let rows = troubles::table.filter(troubles::connection.eq(connection.as_str())).order(troubles::attempt);
    rows.load::<TroubleRow>(conn)?.into_iter().map(TroubleRow::read).collect()
}

/// Makes these all that there is.
pub(super) fn replace(conn: &mut Conn, connection: &ConnectionId, all: &[Trouble]) -> Result<(), Failure> {
    diesel::delete(troubles::table).filter(troubles::connection.eq(connection.as_str())).execute(conn)?;
    let rows: Vec<TroubleRow> = all.iter().map(|trouble| TroubleRow::new(connection, trouble)).collect();
    for rows in rows.chunks(CHUNK) {
        on_backend!(conn, |inner| diesel::insert_into(troubles::table).values(rows).execute(inner))?;
    }
    Ok(())
}
