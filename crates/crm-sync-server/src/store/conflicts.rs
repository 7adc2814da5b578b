//! The ledger: units that both sides changed, and the values that lost.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use connector_core::id::{ConnectionId, DealId, RunId};
use connector_core::plan::Conflict;
use diesel::prelude::*;
use diesel::upsert::excluded;
use strum::{Display, EnumString};

use super::columns::{Document, Moment};
use super::conn::{CHUNK, Conn, on_backend};
use super::deals;
use super::failure::Failure;
use super::schema::sync_conflicts as conflicts;

/// How a conflict stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum ConflictState {
    /// It waits for a person.
    Open,
    /// Somebody won; the other value is kept here.
    Decided,
    /// It went away by itself.
    Closed,
    /// One of its values changed, and the two sides are in conflict over others now.
    Superseded,
}

/// A conflict in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disputed {
    /// Whose conflict it is.
    pub connection: ConnectionId,
    /// The run that met it first, or decided it.
    pub run: RunId,
    /// When that was noted.
    pub noted: DateTime<Utc>,
    /// How it stands.
    pub state: ConflictState,
    /// The conflict.
    pub conflict: Conflict,
}

#[derive(Debug, Queryable, Insertable)]
#[diesel(table_name = conflicts, treat_none_as_default_value = false)]
pub(super) struct ConflictRow {
    connection: String,
    pub(super) id: String,
    deal: i32,
    remote: String,
    unit: String,
    state: String,
    conflict: Document,
    run: String,
    noted_at: Moment,
}

impl ConflictRow {
    pub(super) fn new(
        connection: &ConnectionId,
        run: &RunId,
        now: DateTime<Utc>,
        state: ConflictState,
        conflict: &Conflict,
    ) -> Result<Self, Failure> {
        let deal = deals::key(&conflict.deal);
        Ok(Self {
            connection: connection.to_string(),
            id: conflict.id.clone(),
            deal: deal.ok_or_else(|| Failure::corrupt("sync_conflicts", &conflict.id, deals::NoKey))?,
            remote: conflict.remote.to_string(),
            unit: conflict.unit.to_string(),
            state: state.to_string(),
            conflict: Document::of(conflict)?,
            run: run.to_string(),
            noted_at: now.into(),
        })
    }

    fn read(self) -> Result<Disputed, Failure> {
        let corrupt = |error| Failure::corrupt("sync_conflicts", &self.id, error);
        Ok(Disputed {
            connection: self.connection.into(),
            run: self.run.into(),
            noted: self.noted_at.into(),
            state: self.state.parse().map_err(|error| Failure::corrupt("sync_conflicts", &self.id, error))?,
            conflict: self.conflict.read().map_err(corrupt)?,
        })
    }
}

/// Writes conflicts that were decided, at most one of an id.
pub(super) fn decide(conn: &mut Conn, rows: &[ConflictRow]) -> Result<(), Failure> {
    for rows in rows.chunks(CHUNK) {
        on_backend!(conn, |inner| diesel::insert_into(conflicts::table)
            .values(rows)
            .on_conflict((conflicts::connection, conflicts::id))
            .do_update()
            .set((
                conflicts::state.eq(excluded(conflicts::state)),
                conflicts::conflict.eq(excluded(conflicts::conflict)),
                conflicts::run.eq(excluded(conflicts::run)),
                conflicts::noted_at.eq(excluded(conflicts::noted_at)),
            ))
            .execute(inner))?;
    }
    Ok(())
}

/// Makes these the open conflicts of the connection, at most one of an id. One that was open before keeps the run and
/// the time that it was first noted by.
pub(super) fn keep_open(
    conn: &mut Conn,
    connection: &ConnectionId,
    rows: &[ConflictRow],
) -> Result<(), Failure> {
    let was_open = || {
        conflicts::table
            .filter(conflicts::connection.eq(connection.as_str()))
            .filter(conflicts::state.eq(ConflictState::Open.to_string()))
    };
    let subjects = was_open().select((conflicts::id, conflicts::remote, conflicts::unit));
    let before: Vec<(String, String, String)> = subjects.load(conn)?;
    diesel::update(was_open()).set(conflicts::state.eq(ConflictState::Closed.to_string())).execute(conn)?;
    let again: HashSet<_> = rows.iter().map(|row| (&row.remote, &row.unit)).collect();
    let superseded = before.iter().filter(|(_, remote, unit)| again.contains(&(remote, unit)));
    let superseded: Vec<&str> = superseded.map(|(id, ..)| id.as_str()).collect();
    for ids in superseded.chunks(CHUNK) {
        diesel::update(conflicts::table)
            .filter(conflicts::connection.eq(connection.as_str()).and(conflicts::id.eq_any(ids)))
            .set(conflicts::state.eq(ConflictState::Superseded.to_string()))
            .execute(conn)?;
    }
    for rows in rows.chunks(CHUNK) {
        on_backend!(conn, |inner| diesel::insert_into(conflicts::table)
            .values(rows)
            .on_conflict((conflicts::connection, conflicts::id))
            .do_update()
            .set((
                conflicts::state.eq(excluded(conflicts::state)),
                conflicts::conflict.eq(excluded(conflicts::conflict)),
            ))
            .execute(inner))?;
    }
    Ok(())
}

/// The conflicts of the connection that wait for a person, by deal.
pub(super) fn open(conn: &mut Conn, connection: &ConnectionId) -> Result<Vec<Disputed>, Failure> {
    let rows = conflicts::table
        .filter(conflicts::connection.eq(connection.as_str()))
        .filter(conflicts::state.eq(ConflictState::Open.to_string()))
        .order((conflicts::deal, conflicts::unit));
    rows.load::<ConflictRow>(conn)?.into_iter().map(ConflictRow::read).collect()
}

/// One conflict.
pub(super) fn find(
    conn: &mut Conn,
    connection: &ConnectionId,
    id: &str,
) -> Result<Option<Disputed>, Failure> {
    let row: Option<ConflictRow> = conflicts::table.find((connection.as_str(), id)).first(conn).optional()?;
    row.map(ConflictRow::read).transpose()
}

/// At most two conflicts whose id begins so, of any connection.
pub(super) fn called(conn: &mut Conn, start: &str) -> Result<Vec<Disputed>, Failure> {
    // An id is a hash in hexadecimal; anything else would be a pattern.
    if start.is_empty() || !start.chars().all(|letter| letter.is_ascii_alphanumeric()) {
        return Ok(Vec::new());
    }
    let rows = conflicts::table.filter(conflicts::id.like(format!("{start}%"))).limit(2);
    rows.load::<ConflictRow>(conn)?.into_iter().map(ConflictRow::read).collect()
}

/// How many conflicts were decided, by all connections.
pub(super) fn count_decided(conn: &mut Conn) -> Result<usize, Failure> {
    let decided = conflicts::table.filter(conflicts::state.eq(ConflictState::Decided.to_string()));
    let count: i64 = decided.count().get_result(conn)?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// The latest conflicts that were decided, of one connection or of all, newest first, without the first of them.
pub(super) fn decided(
    conn: &mut Conn,
    connection: Option<&ConnectionId>,
    before: u32,
    limit: u32,
) -> Result<Vec<Disputed>, Failure> {
    let mut rows = conflicts::table
        .into_boxed()
        .filter(conflicts::state.eq(ConflictState::Decided.to_string()))
        .order((conflicts::noted_at.desc(), conflicts::connection, conflicts::id))
        .offset(before.into())
        .limit(limit.into());
    if let Some(connection) = connection {
        rows = rows.filter(conflicts::connection.eq(connection.as_str()));
    }
    rows.load::<ConflictRow>(conn)?.into_iter().map(ConflictRow::read).collect()
}

/// The conflicts of a deal in all connections, newest first.
pub(super) fn of_deal(conn: &mut Conn, deal: &DealId) -> Result<Vec<Disputed>, Failure> {
    let Some(deal) = deals::key(deal) else { return Ok(Vec::new()) };
    let rows = conflicts::table.filter(conflicts::deal.eq(deal)).order(conflicts::noted_at.desc());
    rows.load::<ConflictRow>(conn)?.into_iter().map(ConflictRow::read).collect()
}
