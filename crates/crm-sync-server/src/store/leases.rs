//! One writer for each connection: leases that expire, with fences that only grow.

use chrono::{DateTime, Utc};
use connector_core::id::{ConnectionId, RunId};
use connector_core::store::{Lease, StoreError};
use diesel::prelude::*;

use super::columns::Moment;
use super::conn::{Conn, on_backend};
use super::failure::Failure;
use super::schema::sync_leases as leases;

/// Takes the connection if it is free at `now`.
pub(super) fn acquire(
    conn: &mut Conn,
    connection: &ConnectionId,
    run: &RunId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Lease, Failure> {
    conn.write(|conn| {
        // The first lease of all needs a row to take; of two that add it, the second begins its transaction again.
        on_backend!(conn, |inner| diesel::insert_into(leases::table)
            .values((
                leases::connection.eq(connection.as_str()),
                leases::fence.eq(0_i64),
                leases::expires_at.eq(Moment::from(now)),
            ))
            .on_conflict_do_nothing()
            .execute(inner))?;
        let row = leases::table.find(connection.as_str());
        let (holder, fence, expires): (Option<String>, i64, Moment) =
            row.select((leases::run, leases::fence, leases::expires_at)).first(conn)?;
        if let Some(holder) = holder
            && now < DateTime::from(expires)
        {
            return Err(StoreError::Held(holder.into()).into());
        }
        let fence = fence + 1;
        diesel::update(row)
            .set((
                leases::run.eq(Some(run.as_str())),
                leases::fence.eq(fence),
                leases::expires_at.eq(Moment::from(until)),
            ))
            .execute(conn)?;
        Ok(Lease { connection: connection.clone(), run: run.clone(), fence })
    })
}

/// A run that has a connection at `now`, whichever of those whose ids are like this.
pub(super) fn any_holder(conn: &mut Conn, like: &str, now: DateTime<Utc>) -> Result<Option<RunId>, Failure> {
    let held = leases::table
        .filter(leases::connection.like(like))
        .filter(leases::run.is_not_null().and(leases::expires_at.gt(Moment::from(now))));
    let holder: Option<Option<String>> = held.select(leases::run).first(conn).optional()?;
    Ok(holder.flatten().map(RunId::from))
}

/// Prolongs the lease until `until`, even an expired one that nobody took.
pub(super) fn renew(conn: &mut Conn, lease: &Lease, until: DateTime<Utc>) -> Result<(), Failure> {
    conn.write(|conn| {
        let renewed = diesel::update(leases::table.find(lease.connection.as_str()))
            .filter(leases::fence.eq(lease.fence))
            .set((leases::run.eq(Some(lease.run.as_str())), leases::expires_at.eq(Moment::from(until))))
            .execute(conn)?;
        newest(renewed)
    })
}

/// Gives the lease back, if it is still ours.
pub(super) fn release(conn: &mut Conn, lease: &Lease) -> Result<(), Failure> {
    conn.write(|conn| {
        diesel::update(leases::table.find(lease.connection.as_str()))
            .filter(leases::fence.eq(lease.fence))
            .set(leases::run.eq(None::<String>))
            .execute(conn)?;
        Ok(())
    })
}

/// Holds the lease until the transaction ends: nobody takes it over meanwhile.
///
/// Its row is locked and not written, so that the commits of one run, several of which are under way at once, do not
/// collide. SQLite has one writer at a time anyway.
pub(super) fn hold(conn: &mut Conn, lease: &Lease) -> Result<(), Failure> {
    let row = leases::table.find(lease.connection.as_str()).select(leases::fence);
    let fence: Option<i64> = match conn {
        Conn::Postgres(inner) => row.for_share().first(inner).optional()?,
        Conn::Sqlite(inner) => row.first(inner).optional()?,
    };
    if fence == Some(lease.fence) { Ok(()) } else { Err(StoreError::Fenced.into()) }
}

fn newest(rows: usize) -> Result<(), Failure> {
    if rows == 1 { Ok(()) } else { Err(StoreError::Fenced.into()) }
}

/// Until when `run` has the connection; `None` if it has it no more at `now`.
pub(super) fn held_until(
    conn: &mut Conn,
    connection: &ConnectionId,
    run: &RunId,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Failure> {
    let row = leases::table.find(connection.as_str()).filter(leases::run.eq(run.as_str()));
    let until: Option<Moment> = row.select(leases::expires_at).first(conn).optional()?;
    Ok(until.map(DateTime::from).filter(|until| now < *until))
}

/// Gives the connection back in the name of a run that was cut off.
pub(super) fn leave(conn: &mut Conn, connection: &ConnectionId, run: &RunId) -> Result<(), Failure> {
    diesel::update(leases::table.find(connection.as_str()))
        .filter(leases::run.eq(run.as_str()))
        .set(leases::run.eq(None::<String>))
        .execute(conn)?;
    Ok(())
}

/// The run that has the connection at `now`, if one does.
pub(super) fn holder(
    conn: &mut Conn,
    connection: &ConnectionId,
    now: DateTime<Utc>,
) -> Result<Option<RunId>, Failure> {
    let row = leases::table.find(connection.as_str()).select((leases::run, leases::expires_at));
    let row: Option<(Option<String>, Moment)> = row.first(conn).optional()?;
    Ok(row.and_then(|(run, expires)| run.filter(|_| now < DateTime::from(expires))).map(Into::into))
}
