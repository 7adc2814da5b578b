//! Taking a run back: a plan like any other, that somebody approves.

use connector_core::id::{PlanId, RunId};
use connector_core::plan::Plan;
use connector_core::store::{LogEntry, OpOutcome, RunStatus};

use super::connection::{self, Configured};
use super::sync::Order;
use crate::app::App;
use crate::failure::{Failure, NotUndoable};
use crate::store::{Ages, Run, RunFilter};

/// Among how many runs the last one is looked for that can be taken back.
const LOOKED_AT: u32 = 100;

/// The last run that wrote something and was not taken back.
pub async fn last(app: &App) -> Result<RunId, Failure> {
    let runs = app.store.runs(RunFilter::default(), LOOKED_AT).await?;
    let last = runs.into_iter().find(|run| has_written(run) && run.undone_by.is_none());
    last.map(|run| run.record.id).ok_or(Failure::NothingToUndo)
}

fn has_written(run: &Run) -> bool {
    use connector_core::plan::Side::{Crm, Remote};
    let counts = &run.record.counts;
    run.record.finished.is_some() && counts.written(Crm).saturating_add(counts.written(Remote)) > 0
}

/// Makes a plan that takes a run back, of the id that the order gives, and keeps it; `sync::apply` does what it says.
/// Its notices tell what stays as it is, and why. It reads only what the run wrote, where that costs fewer requests.
pub async fn plan(app: &App, run: &RunId, order: &Order) -> Result<(Configured, Plan), Failure> {
    let refused = |why| Failure::NotUndoable { run: run.clone(), why };
    let found = app.store.run_of(run).await?.ok_or_else(|| Failure::NoRun { run: run.clone() })?;
    if found.record.finished.is_none() {
        return Err(refused(NotUndoable::UnderWay));
    }
    let age = app.clock.now() - found.record.started;
    let kept = Ages::default().log;
    if age > kept {
        return Err(refused(NotUndoable::TooOld { days: kept.num_days() }));
    }
    if let Some(by) = found.undone_by
        && app.store.run_of(&by).await?.is_some_and(|by| by.record.status == RunStatus::Ok)
    {
        return Err(refused(NotUndoable::Already { by }));
    }
    let log: Vec<LogEntry> = app.store.operations(run).await?.into_iter().map(|line| line.entry).collect();
    if !log.iter().any(|entry| entry.outcome == OpOutcome::Applied && entry.action.target().is_some()) {
        return Err(refused(NotUndoable::WroteNothing));
    }
    let all = connection::all(app).await?;
    let configured = all.into_iter().find(|one| one.settings.connection.id == found.connection);
    let configured = configured.ok_or_else(|| refused(NotUndoable::OtherTable))?;
    let engine = order.engine(app, &configured).await?;
    let request = order.request(app);
    let plan = engine.plan_undo(PlanId::new(request.run.as_str()), &request, run, &log).await?;
    Ok((configured, plan))
}
