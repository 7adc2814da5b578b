//! Plans kept for a later approval.

use connector_core::id::{ConnectionId, PlanId, RunId};
use connector_core::plan::Plan;
use connector_core::store::{SavedPlan, StoreError};
use diesel::prelude::*;

use super::columns::{Document, Moment};
use super::conn::{Conn, on_backend};
use super::failure::Failure;
use super::schema::sync_plans as plans;

/// Keeps the plan; one of the same id that was not applied is replaced.
pub(super) fn save(conn: &mut Conn, plan: &Plan) -> Result<(), Failure> {
    let row = (
        plans::id.eq(plan.id.as_str()),
        plans::connection.eq(plan.connection.as_str()),
        plans::made_at.eq(Moment::from(plan.made_at)),
        plans::plan.eq(Document::of(plan)?),
    );
    on_backend!(conn, |inner| diesel::insert_into(plans::table)
        .values(row.clone())
        .on_conflict(plans::id)
        .do_update()
        .set(row.clone())
        .execute(inner))?;
    Ok(())
}

/// The plan of this id.
pub(super) fn find(conn: &mut Conn, id: &PlanId) -> Result<Option<SavedPlan>, Failure> {
    let row = plans::table.find(id.as_str()).select((plans::plan, plans::applied_by));
    let Some((plan, applied_by)) = row.first::<(Document, Option<String>)>(conn).optional()? else {
        return Ok(None);
    };
    let plan = plan.read().map_err(|error| Failure::corrupt("sync_plans", id, error))?;
    Ok(Some(SavedPlan { plan, applied_by: applied_by.map(Into::into) }))
}

/// The connection that the plan is for.
pub(super) fn connection(conn: &mut Conn, id: &PlanId) -> Result<Option<ConnectionId>, Failure> {
    let connection = plans::table.find(id.as_str()).select(plans::connection);
    Ok(connection.first::<String>(conn).optional()?.map(Into::into))
}

/// Throws a plan away; whether there was one.
pub(super) fn discard(conn: &mut Conn, id: &PlanId) -> Result<bool, Failure> {
    let row = plans::table.find(id.as_str());
    if diesel::delete(row.filter(plans::applied_by.is_null())).execute(conn)? == 1 {
        return Ok(true);
    }
    match row.select(plans::applied_by).first::<Option<String>>(conn).optional()?.flatten() {
        Some(run) => Err(StoreError::AlreadyApplied(run.into()).into()),
        None => Ok(false),
    }
}

/// Marks the plan as applied by `run`, unless it was applied before.
pub(super) fn apply(conn: &mut Conn, id: &PlanId, run: &RunId) -> Result<(), Failure> {
    let marked = diesel::update(plans::table.find(id.as_str()))
        .filter(plans::applied_by.is_null())
        .set(plans::applied_by.eq(run.as_str()))
        .execute(conn)?;
    if marked == 1 {
        return Ok(());
    }
    let applied_by = plans::table.find(id.as_str()).select(plans::applied_by);
    match applied_by.first::<Option<String>>(conn).optional()?.flatten() {
        Some(run) => Err(StoreError::AlreadyApplied(run.into()).into()),
        None => Err(StoreError::Database(format!("plan {id} was not kept").into()).into()),
    }
}
