//! One commit: what the engine wants to change together, in one transaction.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use connector_core::store::{Commit, Committed, DealWrite, Effect, Lease};
use connector_core::unit::Units;

use super::books::Books;
use super::conflicts::{self, ConflictRow, ConflictState};
use super::conn::Conn;
use super::deals::{self, EditTimes};
use super::failure::Failure;
use super::links::Desk;
use super::{baselines, leases, plans, runs, troubles};

/// Applies `commit`; see [`Store::commit`](connector_core::store::Store::commit).
pub(super) fn commit(
    conn: &mut Conn,
    units: &Units,
    lease: &Lease,
    commit: &Commit,
    now: DateTime<Utc>,
) -> Result<Vec<Committed>, Failure> {
    conn.write(|conn| {
        leases::hold(conn, lease)?;
        if let Some(plan) = &commit.applies {
            plans::apply(conn, plan, &lease.run)?;
        }
        let committed = apply(conn, units, lease, &commit.effects, now)?;
        if let Some(open) = &commit.open_conflicts {
            let rows: BTreeMap<&str, ConflictRow> = open
                .iter()
                .map(|conflict| {
                    let state = ConflictState::Open;
                    let row = ConflictRow::new(&lease.connection, &lease.run, now, state, conflict)?;
                    Ok((conflict.id.as_str(), row))
                })
                .collect::<Result<_, Failure>>()?;
            conflicts::keep_open(conn, &lease.connection, &rows.into_values().collect::<Vec<_>>())?;
        }
        if let Some(all) = &commit.troubles {
            troubles::replace(conn, &lease.connection, all)?;
        }
        if let Some(baseline) = &commit.baseline {
            baselines::write(conn, &lease.connection, baseline)?;
        }
        if let Some(run) = &commit.run {
            runs::write(conn, &lease.connection, run)?;
        }
        Ok(committed)
    })
}

fn apply(
    conn: &mut Conn,
    units: &Units,
    lease: &Lease,
    effects: &[Effect],
    now: DateTime<Utc>,
) -> Result<Vec<Committed>, Failure> {
    if effects.is_empty() {
        return Ok(Vec::new());
    }
    let about: Vec<i32> = effects.iter().filter_map(|effect| deal(&effect.deal)).collect();
    let remotes: Vec<&str> =
        effects.iter().flat_map(|effect| &effect.links).map(|link| link.remote.as_str()).collect();
    let links = Desk::load(conn, &lease.connection, units, now, &remotes, &about)?;
    let edits = EditTimes::some(conn, &about)?;
    let mut books = Books::open(units, lease, now, links, edits);
    let committed = effects.iter().map(|effect| books.apply(conn, effect)).collect::<Result<_, _>>()?;
    books.close(conn)?;
    Ok(committed)
}

/// The deal that exists and that a write is about.
fn deal(write: &DealWrite) -> Option<i32> {
    match write {
        DealWrite::None | DealWrite::Insert { .. } => None,
        DealWrite::Keep(id)
        | DealWrite::Restore { id, .. }
        | DealWrite::Update { id, .. }
        | DealWrite::Delete { id, .. } => deals::key(id),
    }
}
