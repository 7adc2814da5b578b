//! Plans and runs, and the lines that they leave in the CRM's own list.

use std::collections::BTreeSet;
use std::sync::Arc;

use connector_core::engine::{Engine, EngineError, Report, Request, Watch, sync_all};
use connector_core::id::{ConnectionId, PlanId};
use connector_core::plan::{Guard, Mode, Plan, Side};
use connector_core::store::{RunStatus, Store};
use tokio_util::sync::CancellationToken;

use super::connection::{self, Configured};
use crate::app::App;
use crate::failure::Failure;
use crate::messages;
use crate::store::NewSyncLog;

/// How a run is asked for.
#[derive(Debug, Clone)]
pub struct Order {
    /// Which way.
    pub mode: Mode,
    /// Who or what asks, for the history.
    pub trigger: &'static str,
    /// Guards to ignore, this once.
    pub overrides: BTreeSet<Guard>,
    /// Operations of a kept plan to leave out.
    pub without: BTreeSet<u32>,
    /// Stops the run between two operations.
    pub cancel: CancellationToken,
    /// Sees every step.
    pub watch: Arc<dyn Watch>,
}

impl Order {
    /// An ordinary run that nobody watches.
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        Self {
            mode,
            trigger: "cli",
            overrides: BTreeSet::new(),
            without: BTreeSet::new(),
            cancel: CancellationToken::new(),
            watch: Arc::new(()),
        }
    }

    fn request(&self, app: &App) -> Request {
        Request {
            overrides: self.overrides.clone(),
            without: self.without.clone(),
            cancel: self.cancel.clone(),
            ..Request::new(app.new_id(), self.mode, self.trigger)
        }
    }

    async fn engine(&self, app: &App, configured: &Configured) -> Result<Engine, Failure> {
        Ok(connection::engine(app, configured).await?.watched(self.watch.clone()))
    }
}

/// Whether no run of the connection has come to its end yet: its plan wants an approval.
pub async fn is_first(app: &App, configured: &Configured) -> Result<bool, Failure> {
    Ok(app.store.state(&configured.settings.connection.id).await?.baseline.is_none())
}

/// Makes a plan and keeps it. Changes nothing else.
pub async fn preview(app: &App, configured: &Configured, order: &Order) -> Result<Plan, Failure> {
    let engine = order.engine(app, configured).await?;
    Ok(engine.plan(PlanId::from(app.new_id()), &order.request(app)).await?)
}

/// Reads, plans and applies in one go.
pub async fn run(app: &App, configured: &Configured, order: &Order) -> Result<Report, Failure> {
    let engine = order.engine(app, configured).await?;
    let report = engine.sync(&order.request(app)).await?;
    note(app, &configured.remote, &report).await?;
    Ok(report)
}

/// One run of several remotes in one pass.
#[derive(Debug)]
pub struct Pass {
    /// Which connection, by its place among those asked for.
    pub place: usize,
    /// Whether it was the second run of this connection, for what later ones had brought into the CRM.
    pub again: bool,
    /// What it came to; a failure is this connection's alone.
    pub outcome: Result<Report, Failure>,
}

/// Brings several remotes into agreement in one pass; the result does not depend on their order. Each connection has an
/// order of its own, all of them the same way.
pub async fn all(app: &App, runs: &[(&Configured, Order)]) -> Vec<Pass> {
    let mut passes = Vec::new();
    let mut engines = Vec::with_capacity(runs.len());
    for (place, (configured, order)) in runs.iter().enumerate() {
        match order.engine(app, configured).await {
            Ok(engine) => engines.push(engine),
            Err(failure) => passes.push(Pass { place, again: false, outcome: Err(failure) }),
        }
    }
    let place_of = |connection: &ConnectionId| {
        runs.iter().position(|(configured, _)| configured.settings.connection.id == *connection)
    };
    let request = |engine: &Engine| {
        let order = place_of(engine.connection_id()).and_then(|place| runs.get(place));
        order.map_or_else(|| Request::new(app.new_id(), Mode::Sync, "cli"), |(_, order)| order.request(app))
    };
    for pass in sync_all(&engines, request).await {
        let Some((place, (configured, _))) =
            place_of(&pass.connection).and_then(|place| Some((place, runs.get(place)?)))
        else {
            continue;
        };
        let outcome = match pass.outcome {
            Ok(report) => note(app, &configured.remote, &report).await.map(|()| report),
            Err(failure) => Err(failure.into()),
        };
        passes.push(Pass { place, again: pass.again, outcome });
    }
    passes
}

/// The connection that a kept plan is for.
pub async fn planned(app: &App, plan: &PlanId) -> Result<Configured, Failure> {
    Ok(kept(app, plan).await?.0)
}

async fn kept(app: &App, plan: &PlanId) -> Result<(Configured, Mode), Failure> {
    let missing = || EngineError::NoPlan(plan.clone());
    let saved = app.store.plan(plan).await?.ok_or_else(missing)?;
    let configured = connection::of_id(app, &saved.plan.connection).await?.ok_or_else(missing)?;
    Ok((configured, saved.plan.mode))
}

/// Applies a kept plan, and nothing else.
pub async fn apply(app: &App, plan: &PlanId, order: Order) -> Result<(Configured, Report), Failure> {
    let (configured, mode) = kept(app, plan).await?;
    let order = Order { mode, ..order };
    let report = order.engine(app, &configured).await?.apply(plan, &order.request(app)).await?;
    note(app, &configured.remote, &report).await?;
    Ok((configured, report))
}

/// Adds the run to the list that the CRM's own page shows: a line for each direction.
async fn note(app: &App, remote: &str, report: &Report) -> Result<(), Failure> {
    let record = &report.record;
    app.metrics.run(remote, record);
    tracing::info!(run = %record.id, remote, status = %record.status, calls = record.usage.calls, "run ended");
    let sides: &[Side] = match record.mode {
        Mode::Sync => &[Side::Crm, Side::Remote],
        Mode::Import => &[Side::Crm],
        Mode::Export => &[Side::Remote],
    };
    let status = match record.status {
        RunStatus::Ok => "success",
        RunStatus::Partial | RunStatus::Cancelled | RunStatus::Running => "partial",
        RunStatus::Halted | RunStatus::Failed => "error",
    };
    let (read_crm, read_remote) =
        report.plan.as_ref().map_or((0, 0), |plan| (plan.reading.deals, plan.reading.records));
    for side in sides {
        let counts = &record.counts;
        let (direction, processed, created, updated) = match side {
            Side::Crm => ("import", read_remote, counts.created_crm, counts.pulled),
            Side::Remote => ("export", read_crm, counts.created_remote, counts.pushed),
        };
        let log = NewSyncLog {
            provider: remote.to_owned(),
            direction: direction.to_owned(),
            status: status.to_owned(),
            processed: i32::try_from(processed).unwrap_or(i32::MAX),
            created: i32::try_from(created).unwrap_or(i32::MAX),
            updated: i32::try_from(updated).unwrap_or(i32::MAX),
            error: trouble(app, remote, report),
            started: record.started,
            completed: record.finished.unwrap_or_else(|| app.clock.now()),
        };
        app.store.add_sync_log(log).await?;
    }
    Ok(())
}

/// What went wrong in a run, shortly.
fn trouble(app: &App, remote: &str, report: &Report) -> Option<String> {
    const SHOWN: usize = 5;
    let record = &report.record;
    if let Some(message) = &record.message {
        return Some(messages::run_message(app.lang, message, remote));
    }
    if record.status == RunStatus::Halted {
        return Some(messages::run_status(app.lang, record.status));
    }
    let plan = report.plan.as_ref()?;
    let blocked: Vec<String> = plan
        .notices
        .iter()
        .filter(|notice| notice.problem.blocks())
        .map(|notice| format!("{} : {}", notice.label, messages::problem(app.lang, &notice.problem)))
        .collect();
    let mut shown = blocked.get(..SHOWN).unwrap_or(&blocked).join("\n");
    if blocked.len() > SHOWN {
        shown.push('\n');
        shown.push_str(&messages::and_more(app.lang, blocked.len() - SHOWN));
    }
    (!shown.is_empty()).then_some(shown)
}
