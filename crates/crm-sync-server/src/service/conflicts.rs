//! What both sides changed: the conflicts that wait, those that were decided, and deciding them otherwise.

use connector_core::engine::Report;
use connector_core::id::{ConnectionId, PlanId};
use connector_core::plan::{Mode, Side};

use super::connection::{self, Configured};
use super::sync::{self, Order};
use crate::app::App;
use crate::failure::Failure;
use crate::store::Disputed;

/// The conflicts of a connection that wait for a person, by deal.
pub async fn open(app: &App, configured: &Configured) -> Result<Vec<Disputed>, Failure> {
    Ok(app.store.open_conflicts(&configured.settings.connection.id).await?)
}

/// The latest conflicts of a connection that were decided, newest first, each with the value that lost.
pub async fn decided(app: &App, configured: &Configured, limit: u32) -> Result<Vec<Disputed>, Failure> {
    Ok(app.store.decided_conflicts_of(&configured.settings.connection.id, limit).await?)
}

/// The conflict whose id begins so, if there is exactly one.
pub async fn find(app: &App, start: &str) -> Result<Disputed, Failure> {
    let mut found = app.store.conflicts_called(start).await?;
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (found, _) => Err(Failure::NoConflict { id: start.to_owned(), is_several: found.is_some() }),
    }
}

/// Makes the value of `keep` that of both sides, by a plan of one decision that is applied like any other: only if both
/// sides still hold one of the two values. No other deal is read or touched.
pub async fn decide(
    app: &App,
    connection: &ConnectionId,
    id: &str,
    keep: Side,
    order: Order,
) -> Result<Report, Failure> {
    let missing = || Failure::NoConflict { id: id.to_owned(), is_several: false };
    let disputed = app.store.conflict(connection, id).await?.ok_or_else(missing)?;
    let configured = connection::of_id(app, connection).await?.ok_or_else(missing)?;
    let plan = PlanId::from(app.new_id());
    let engine = order.engine(app, &configured).await?;
    let request = order.request(app);
    let plan = engine.plan_choice(plan, &request, &disputed.conflict, keep).await?;
    if let Some(moved) = plan.notices.first() {
        return Err(Failure::ConflictMoved { label: moved.label.clone(), unit: disputed.conflict.unit });
    }
    Ok(sync::apply(app, &plan.id, Order { mode: Mode::Sync, ..order }).await?.1)
}
