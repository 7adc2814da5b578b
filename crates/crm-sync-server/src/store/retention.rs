//! What is forgotten with age.

use chrono::{DateTime, TimeDelta, Utc};
use connector_core::store::StoreError;
use diesel::dsl::exists;
use diesel::prelude::*;

use super::columns::Moment;
use super::conn::Conn;
use super::failure::Failure;
use super::schema::{
    sync_events as events, sync_jobs as jobs, sync_links as links, sync_operations as operations,
    sync_plans as plans, sync_runs as runs,
};
use super::{DieselStore, requests};

/// How long things are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ages {
    /// The log of operations, and so the time in which a run can be undone; the steps of runs and the kept plans too.
    pub log: TimeDelta,
    /// Links that ended: so long is a record recognised that was deleted and comes back.
    pub tombstones: TimeDelta,
}

impl Default for Ages {
    fn default() -> Self {
        Self { log: TimeDelta::days(30), tombstones: TimeDelta::days(90) }
    }
}

impl DieselStore {
    /// Forgets what is too old, at most `limit` rows of each kind; how many rows that were. The history of runs and the
    /// values that lost a conflict stay.
    pub async fn prune(&self, ages: Ages, limit: u32) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let (log, tombstones) = (now - ages.log, now - ages.tombstones);
        self.run(move |conn| {
            conn.write(|conn| {
                Ok(prune_operations(conn, log, limit)?
                    + prune_plans(conn, log, limit)?
                    + prune_jobs(conn, log, limit)?
                    + prune_tombstones(conn, tombstones, limit)?
                    + prune_steps(conn, log)?
                    + requests::prune(conn, now)?)
            })
        })
        .await
    }
}

/// The oldest lines have the smallest ids: nothing else is looked at.
fn prune_operations(conn: &mut Conn, before: DateTime<Utc>, limit: u32) -> Result<usize, Failure> {
    let oldest = operations::table.order(operations::id).limit(limit.into());
    let oldest: Vec<(i64, Moment)> = oldest.select((operations::id, operations::at)).load(conn)?;
    let old = oldest.into_iter().filter(|(_, at)| DateTime::from(*at) < before);
    let old: Vec<i64> = old.map(|(id, _)| id).collect();
    if old.is_empty() {
        return Ok(0);
    }
    Ok(diesel::delete(operations::table.filter(operations::id.eq_any(old))).execute(conn)?)
}

fn prune_plans(conn: &mut Conn, before: DateTime<Utc>, limit: u32) -> Result<usize, Failure> {
    let old = plans::table.filter(plans::made_at.lt(Moment::from(before))).limit(limit.into());
    let old: Vec<String> = old.select(plans::id).load(conn)?;
    if old.is_empty() {
        return Ok(0);
    }
    Ok(diesel::delete(plans::table.filter(plans::id.eq_any(old))).execute(conn)?)
}

/// What replicas told each other about runs that ended long ago.
fn prune_jobs(conn: &mut Conn, before: DateTime<Utc>, limit: u32) -> Result<usize, Failure> {
    let kept = jobs::table.filter(jobs::run.eq(runs::id));
    let old = runs::table.filter(runs::finished_at.lt(Moment::from(before))).filter(exists(kept));
    let old: Vec<String> = old.select(runs::id).limit(limit.into()).load(conn)?;
    if old.is_empty() {
        return Ok(0);
    }
    let steps = diesel::delete(events::table.filter(events::run.eq_any(&old))).execute(conn)?;
    Ok(steps + diesel::delete(jobs::table.filter(jobs::run.eq_any(&old))).execute(conn)?)
}

/// The last steps of plans that could not be made: no run brings their end.
fn prune_steps(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, Failure> {
    let old = events::table.filter(events::at.lt(Moment::from(before)));
    Ok(diesel::delete(old).execute(conn)?)
}

fn prune_tombstones(conn: &mut Conn, before: DateTime<Utc>, limit: u32) -> Result<usize, Failure> {
    let old = links::table.filter(links::ended_at.lt(Moment::from(before))).limit(limit.into());
    let old: Vec<(String, String)> = old.select((links::connection, links::remote)).load(conn)?;
    let mut pruned = 0;
    for key in old {
        pruned += diesel::delete(links::table.find(key)).execute(conn)?;
    }
    Ok(pruned)
}
