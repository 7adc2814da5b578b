//! Plans and runs, and the lines that they leave in the CRM's own list.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use connector_core::engine::{Engine, EngineError, Report, Request, Watch, sync_all};
use connector_core::id::{ConnectionId, DealId, PlanId, RemoteId, RunId, UnitKey};
use connector_core::lens::Note;
use connector_core::plan::{Answer, Guard, Mode, Plan, Problem, Side};
use connector_core::store::{OpOutcome, RunRecord, RunStatus, Store};
use tokio_util::sync::CancellationToken;

use super::budget;
use super::connection::{self, Configured};
use super::fence::{Fenced, Lookout};
use super::{notices, questions};
use crate::app::App;
use crate::failure::Failure;
use crate::messages::{self, Lang};
use crate::store::NewSyncLog;

/// How a run is asked for.
#[derive(Debug, Clone)]
pub struct Order {
    /// The id of the run or plan, if it was given one already; greater than every earlier one.
    pub id: Option<RunId>,
    /// Which way.
    pub mode: Mode,
    /// Only these deals, if not all.
    pub only: Option<BTreeSet<DealId>>,
    /// Who or what asks, for the history.
    pub trigger: Cow<'static, str>,
    /// The run that was cut off and whose work this one does to the end.
    pub continues: Option<RunId>,
    /// Guards to ignore, this once.
    pub overrides: BTreeSet<Guard>,
    /// What a person answered to the questions of earlier runs, by the record that they are about.
    pub answers: BTreeMap<RemoteId, Answer>,
    /// Operations of a kept plan to leave out.
    pub without: BTreeSet<u32>,
    /// Whether to try again what was refused too often and set aside.
    pub retry: bool,
    /// Stops the run between two operations.
    pub cancel: CancellationToken,
    /// Sees every step.
    pub watch: Arc<dyn Watch>,
}

impl Default for Order {
    fn default() -> Self {
        Self::new(Mode::default())
    }
}

impl Order {
    /// An ordinary run that nobody watches.
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        Self {
            id: None,
            mode,
            only: None,
            trigger: "cli".into(),
            continues: None,
            overrides: BTreeSet::new(),
            answers: BTreeMap::new(),
            without: BTreeSet::new(),
            retry: false,
            cancel: CancellationToken::new(),
            watch: Arc::new(()),
        }
    }

    pub(super) fn request(&self, app: &App) -> Request {
        Request {
            continues: self.continues.clone(),
            answers: self.answers.clone(),
            overrides: self.overrides.clone(),
            without: self.without.clone(),
            retry: self.retry,
            cancel: self.cancel.clone(),
            only: self.only.clone(),
            ..Request::new(self.id(app), self.mode, self.trigger.clone())
        }
    }

    fn id(&self, app: &App) -> RunId {
        self.id.clone().unwrap_or_else(|| app.new_id().into())
    }

    /// An engine whose runs write into the remote only while they have the connection.
    pub(super) async fn engine(&self, app: &App, configured: &Configured) -> Result<Engine, Failure> {
        let mut connection = configured.settings.connection.clone();
        let limits = &mut connection.policy.limits;
        limits.calls = limits.calls.into_iter().chain(budget::of(app, configured).await?.left()).min();
        let connector = connection::connector(app, configured).await?;
        let fenced = Arc::new(Fenced::new(connector, app, &connection.id));
        let lookout = Arc::new(Lookout::new(fenced.clone(), self.watch.clone()));
        let engine = Engine::new(connection, fenced, app.store.clone(), app.clock.clone());
        Ok(engine.leased(app.lease).watched(lookout))
    }
}

/// Whether no run of the connection has come to its end yet: its plan wants an approval.
pub async fn is_first(app: &App, configured: &Configured) -> Result<bool, Failure> {
    Ok(app.store.state(&configured.settings.connection.id).await?.baseline.is_none())
}

/// Makes a plan, of the id that the order gives, and keeps it. Changes nothing else.
pub async fn preview(app: &App, configured: &Configured, order: &Order) -> Result<Plan, Failure> {
    let engine = order.engine(app, configured).await?;
    let request = order.request(app);
    Ok(engine.plan(PlanId::new(request.run.as_str()), &request).await?)
}

/// Reads, plans and applies in one go.
pub async fn run(app: &App, configured: &Configured, order: &Order) -> Result<Report, Failure> {
    let engine = order.engine(app, configured).await?;
    let report = engine.sync(&order.request(app)).await?;
    note(app, configured, &report).await?;
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
            Ok(report) => note(app, configured, &report).await.map(|()| report),
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
    note(app, &configured, &report).await?;
    Ok((configured, report))
}

/// What the CRM's own page tells of a run, of one of its directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// `success`, `partial` or `error`.
    pub status: &'static str,
    /// How many rows were looked at.
    pub processed: usize,
    /// How many were made.
    pub created: u64,
    /// How many were changed.
    pub updated: u64,
}

impl Line {
    /// What a run did to `side`.
    #[must_use]
    pub fn of(report: &Report, side: Side) -> Self {
        let reading = report.plan.as_ref().map(|plan| plan.reading);
        let processed = reading.map_or(0, |reading| match side {
            Side::Crm => reading.records,
            Side::Remote => reading.deals,
        });
        Self { processed, ..Self::of_record(&report.record, side) }
    }

    /// The same, as far as the history tells it.
    #[must_use]
    pub fn of_record(record: &RunRecord, side: Side) -> Self {
        let status = match record.status {
            RunStatus::Ok => "success",
            RunStatus::Partial | RunStatus::Cancelled | RunStatus::Interrupted | RunStatus::Running => {
                "partial"
            }
            RunStatus::Halted | RunStatus::Failed => "error",
        };
        let counts = &record.counts;
        let (created, updated) = match side {
            Side::Crm => (counts.created_crm, counts.pulled),
            Side::Remote => (counts.created_remote, counts.pushed),
        };
        Self { status, processed: usize::try_from(counts.read).unwrap_or(usize::MAX), created, updated }
    }
}

/// Remembers what the run asked, and adds it to the list that the CRM's own page shows: a line for each direction.
async fn note(app: &App, configured: &Configured, report: &Report) -> Result<(), Failure> {
    let (record, remote) = (&report.record, configured.remote.as_str());
    app.settle_calls().await?;
    if let Some(plan) = &report.plan {
        questions::note(app, &configured.settings.connection.id, &record.id, plan).await?;
        notices::note(app, &configured.settings.connection.id, &record.id, plan).await?;
    }
    app.metrics.run(remote, record);
    tracing::info!(run = %record.id, remote, status = %record.status, calls = record.usage.calls, "run ended");
    let sides: &[Side] = match record.mode {
        Mode::Sync => &[Side::Crm, Side::Remote],
        Mode::Import => &[Side::Crm],
        Mode::Export => &[Side::Remote],
    };
    for side in sides {
        let line = Line::of(report, *side);
        let log = NewSyncLog {
            provider: remote.to_owned(),
            direction: direction(*side).to_owned(),
            status: line.status.to_owned(),
            processed: i32::try_from(line.processed).unwrap_or(i32::MAX),
            created: i32::try_from(line.created).unwrap_or(i32::MAX),
            updated: i32::try_from(line.updated).unwrap_or(i32::MAX),
            error: trouble(app, remote, report),
            started: record.started,
            completed: record.finished.unwrap_or_else(|| app.clock.now()),
        };
        app.store.add_sync_log(log).await?;
    }
    Ok(())
}

/// What the CRM's own page calls the way to `side`.
const fn direction(side: Side) -> &'static str {
    match side {
        Side::Crm => "import",
        Side::Remote => "export",
    }
}

/// What went wrong in a run, shortly.
fn trouble(app: &App, remote: &str, report: &Report) -> Option<String> {
    const SHOWN: usize = 5;
    let told = troubles(app, app.lang, remote, report);
    let mut shown = told.get(..SHOWN).unwrap_or(&told).join("\n");
    if told.len() > SHOWN {
        shown.push('\n');
        shown.push_str(&messages::and_more(app.lang, told.len() - SHOWN));
    }
    (!shown.is_empty()).then_some(shown)
}

/// Everything that went wrong in a run: why it ended early, else the guards that stopped it and what to do about them,
/// else which deals were left out or not written, each with its reason.
#[must_use]
pub fn troubles(app: &App, lang: Lang, remote: &str, report: &Report) -> Vec<String> {
    if let Some(message) = &report.record.message {
        return vec![messages::run_message(lang, message, remote)];
    }
    let Some(plan) = &report.plan else { return Vec::new() };
    if !plan.trips.is_empty() {
        let unit = |key: &UnitKey| app.units().get(key.as_str()).map(|unit| unit.name().to_owned());
        let told = plan.trips.iter().map(|trip| {
            let unit = trip.unit.as_ref().and_then(unit);
            messages::trip_told(lang, trip, unit.as_deref(), remote)
        });
        return told.chain([messages::trips_remedy(lang)]).collect();
    }
    let blocked = plan.notices.iter().filter(|notice| notice.problem.blocks());
    let blocked =
        blocked.map(|notice| format!("{} : {}", notice.label, messages::problem(lang, &notice.problem)));
    let failed = plan.ops.iter().filter_map(|op| {
        let result = report.results.get(&op.seq)?;
        // Whoever ended the run knows that the rest was not tried.
        let is_expected = match result.outcome {
            OpOutcome::Applied => true,
            OpOutcome::Skipped => report.record.status == RunStatus::Cancelled,
            _ => false,
        };
        if is_expected {
            return None;
        }
        let why = match (result.outcome, &result.message) {
            (OpOutcome::Refused | OpOutcome::Unknown, Some(message)) => {
                messages::run_message(lang, message, remote)
            }
            (outcome, _) => messages::outcome(lang, outcome, remote),
        };
        Some(format!("{} : {why}", op.label))
    });
    blocked.chain(failed).collect()
}

/// The records whose stage is none of ours, with the word that they have.
#[must_use]
pub fn unknown_stages(lang: Lang, report: &Report) -> Vec<String> {
    let notices = report.plan.iter().flat_map(|plan| &plan.notices);
    let told = notices.filter_map(|notice| match &notice.problem {
        Problem::Altered { note: note @ Note::UnknownStage { .. } } => {
            Some(format!("{} : {}", notice.label, messages::note_text(lang, note)))
        }
        _ => None,
    });
    told.collect()
}
