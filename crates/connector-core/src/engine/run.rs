//! The engine: plan, apply, or both in one go, by the same way.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use super::connection::Connection;
use super::event::{Event, Watch};
use super::guarded::renewed;
use super::reading::{Reading, read_both};
use super::session::Session;
use crate::clock::Clock;
use crate::connector::DealConnector;
use crate::error::Error;
use crate::id::{ConnectionId, DealId, PlanId, RemoteId, RunId};
use crate::mapping::Binding;
use crate::plan::{
    Answer, Conflict, Guard, Inputs, Mode, Op, Plan, Side, Verification, plan, plan_choice, plan_undo, verify,
};
use crate::store::{Commit, LogEntry, OpOutcome, RunRecord, RunStatus, Store, StoreError};

/// Who wants a run, and which.
#[derive(Debug, Clone)]
pub struct Request {
    /// The id of the run that this becomes; greater than every earlier one.
    pub run: RunId,
    /// Which way.
    pub mode: Mode,
    /// Who or what asks, for the history.
    pub trigger: String,
    /// The run that was cut off and whose work this one does to the end.
    pub continues: Option<RunId>,
    /// Guards that this run ignores.
    pub overrides: BTreeSet<Guard>,
    /// What a person answered to the questions of earlier plans, by the record that they are about.
    pub answers: BTreeMap<RemoteId, Answer>,
    /// The deals to do something about; all of them, and what is new in the remote, when absent.
    pub only: Option<BTreeSet<DealId>>,
    /// Operations of a kept plan to leave out, by their place in it.
    pub without: BTreeSet<u32>,
    /// Whether to try again what was refused too often and set aside.
    pub retry: bool,
    /// Stops the run between two operations.
    pub cancel: CancellationToken,
}

impl Request {
    /// An ordinary run.
    pub fn new(run: impl Into<RunId>, mode: Mode, trigger: impl Into<String>) -> Self {
        Self {
            run: run.into(),
            mode,
            trigger: trigger.into(),
            continues: None,
            overrides: BTreeSet::new(),
            answers: BTreeMap::new(),
            only: None,
            without: BTreeSet::new(),
            retry: false,
            cancel: CancellationToken::new(),
        }
    }
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The run as its history shows it.
    pub record: RunRecord,
    /// What was planned; absent when it failed before.
    pub plan: Option<Plan>,
    /// What became of each operation, by its place in the plan.
    pub results: BTreeMap<u32, Result>,
    /// The deals of the CRM that it made, changed or brought back.
    pub written: BTreeSet<DealId>,
}

/// What became of one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Result {
    /// What became of it.
    pub outcome: OpOutcome,
    /// Why, when it was not applied.
    pub message: Option<String>,
}

/// Why there is no run, or why it could not be recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// Another run of the connection is under way: this is it.
    #[error("run {0} is under way")]
    Running(RunId),
    /// The remote could not be read.
    #[error(transparent)]
    Remote(#[from] Error),
    /// The state could not be read or written.
    #[error(transparent)]
    Store(StoreError),
    /// There is no such plan.
    #[error("there is no plan {0}")]
    NoPlan(PlanId),
    /// The plan belongs to another connection.
    #[error("plan {0} belongs to another connection")]
    ForeignPlan(PlanId),
    /// The settings are not what the plan was made with.
    #[error("the mapping or the container changed since plan {0} was made: make a new one")]
    OutdatedPlan(PlanId),
    /// The plan is too old.
    #[error("plan {0} is older than {1} minutes: make a new one")]
    ExpiredPlan(PlanId, i64),
    /// The plan was applied before.
    #[error("plan {0} was applied by run {1}")]
    AppliedPlan(PlanId, RunId),
}

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Held(run) => Self::Running(run),
            other => Self::Store(other),
        }
    }
}

/// Keeps one connection in agreement.
#[derive(Clone)]
pub struct Engine {
    pub(super) connection: Arc<Connection>,
    pub(super) connector: Arc<dyn DealConnector>,
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) watch: Arc<dyn Watch>,
    pub(super) lease: TimeDelta,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("connection", &self.connection.id).finish_non_exhaustive()
    }
}

/// How long a lease lasts without being renewed, unless told.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// How old a reading may be for a write to rely on it.
pub(super) const STALENESS_BUDGET: TimeDelta = TimeDelta::seconds(10);
/// How old a plan may be to be applied.
pub const PLAN_LIFE: TimeDelta = TimeDelta::hours(1);

impl Engine {
    /// An engine for one connection.
    pub fn new(
        connection: Connection,
        connector: Arc<dyn DealConnector>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { connection: Arc::new(connection), connector, store, clock, watch: Arc::new(()), lease: LEASE }
    }

    /// Whose engine it is.
    #[must_use]
    pub fn connection_id(&self) -> &ConnectionId {
        &self.connection.id
    }

    /// Tells `watch` of every step.
    #[must_use]
    pub fn watched(mut self, watch: Arc<dyn Watch>) -> Self {
        self.watch = watch;
        self
    }

    /// Keeps the connection for `lease` after the last renewal, which comes every third of it: so long does another run
    /// wait when this program dies.
    #[must_use]
    pub fn leased(mut self, lease: TimeDelta) -> Self {
        self.lease = lease;
        self
    }

    /// Makes a plan and keeps it for an approval. Changes nothing else, on neither side.
    pub async fn plan(&self, id: PlanId, request: &Request) -> std::result::Result<Plan, EngineError> {
        let reading = read_both(self, &request.overrides).await?;
        let approved = |inputs: &Inputs<'_>| plan(&Inputs { approved: true, ..*inputs });
        let plan = self.with_inputs(&id, request, &reading, approved);
        self.store.save_plan(&plan).await?;
        Ok(plan)
    }

    /// Reads, plans and applies in one go, unless a guard stops it; then the plan is kept for a look.
    ///
    /// Once the run has the connection, what goes wrong is in the report, and in the history.
    pub async fn sync(&self, request: &Request) -> std::result::Result<Report, EngineError> {
        let lease = self.store.acquire(&self.connection.id, &request.run, self.lease).await?;
        let mut session = Session::open(self, request, lease.clone());
        let worked = renewed(self, &lease, async {
            session.record().await?;
            let reading = read_both(self, &request.overrides).await?;
            // The kept plan of a halted run bears the run's own id.
            let plan = self.with_inputs(&PlanId::new(request.run.as_str()), request, &reading, plan);
            self.watch.see(&Event::Planned { ops: plan.ops.len(), halted: !plan.trips.is_empty() });
            session.take(plan, reading);
            if session.is_halted() {
                return session.keep_plan().await;
            }
            session.apply().await
        })
        .await;
        self.close(session, worked).await
    }

    /// Applies a kept plan: those operations and no other, each only if its target still holds what was expected.
    pub async fn apply(&self, id: &PlanId, request: &Request) -> std::result::Result<Report, EngineError> {
        let saved = self.store.plan(id).await?.ok_or_else(|| EngineError::NoPlan(id.clone()))?;
        if let Some(run) = saved.applied_by {
            return Err(EngineError::AppliedPlan(id.clone(), run));
        }
        let mut plan = saved.plan;
        if plan.connection != self.connection.id {
            return Err(EngineError::ForeignPlan(id.clone()));
        }
        if self.clock.now() - plan.made_at > PLAN_LIFE {
            return Err(EngineError::ExpiredPlan(id.clone(), PLAN_LIFE.num_minutes()));
        }
        let schema = self.connector.schema().await?;
        if self.connection.fingerprint(&schema) != plan.fingerprint {
            return Err(EngineError::OutdatedPlan(id.clone()));
        }
        leave_out(&mut plan, &request.without);
        plan.trips.retain(|trip| !request.overrides.contains(&trip.guard));
        let lease = self.store.acquire(&self.connection.id, &request.run, self.lease).await?;
        let mut session = Session::open(self, request, lease.clone());
        let worked = renewed(self, &lease, async {
            let marked = session.mark_applied(&plan).await;
            if let Err(StoreError::AlreadyApplied(run)) = marked {
                return Err(EngineError::AppliedPlan(id.clone(), run));
            }
            marked?;
            let binding = Binding::new(
                self.store.units(),
                &self.connection.mapping,
                &schema,
                self.connection.create_options,
            );
            let reading = Reading::for_kept_plan(self, binding, &plan).await?;
            session.take(plan, reading);
            if session.is_halted() { Ok(()) } else { session.apply().await }
        })
        .await;
        self.close(session, worked).await
    }

    /// Makes a plan that takes back what the earlier run `undone` did, from that run's `log`, and keeps it for an
    /// approval. It tells what stays, and why; [`apply`](Self::apply) does the rest. Changes nothing else.
    pub async fn plan_undo(
        &self,
        id: PlanId,
        request: &Request,
        undone: &RunId,
        log: &[LogEntry],
    ) -> std::result::Result<Plan, EngineError> {
        let records: BTreeSet<RemoteId> = log.iter().filter_map(|entry| entry.remote.clone()).collect();
        let reading = Reading::about(self, &Vec::from_iter(records)).await?;
        let plan = self.with_inputs(&id, request, &reading, |inputs| plan_undo(inputs, undone, log));
        self.store.save_plan(&plan).await?;
        Ok(plan)
    }

    /// Makes a plan that sets the unit of a conflict to what `side` held, on both sides, and keeps it for
    /// [`apply`](Self::apply). Changes nothing else.
    pub async fn plan_choice(
        &self,
        id: PlanId,
        request: &Request,
        conflict: &Conflict,
        side: Side,
    ) -> std::result::Result<Plan, EngineError> {
        let reading = Reading::of_records(self, std::slice::from_ref(&conflict.remote)).await?;
        let plan = self.with_inputs(&id, request, &reading, |inputs| plan_choice(inputs, conflict, side));
        self.store.save_plan(&plan).await?;
        Ok(plan)
    }

    /// Compares both sides with their last agreement. Changes nothing, keeps nothing, and is no run.
    pub async fn verify(&self, request: &Request) -> std::result::Result<Verification, EngineError> {
        let reading = read_both(self, &request.overrides).await?;
        let id = PlanId::from(request.run.as_str());
        Ok(self.with_inputs(&id, request, &reading, verify))
    }

    fn with_inputs<T>(
        &self,
        id: &PlanId,
        request: &Request,
        reading: &Reading,
        work: impl FnOnce(&Inputs<'_>) -> T,
    ) -> T {
        let mut policy = self.connection.policy.clone();
        policy.overrides.extend(&request.overrides);
        work(&Inputs {
            id,
            connection: &self.connection.id,
            units: self.store.units(),
            binding: &reading.binding,
            policy: &policy,
            mode: request.mode,
            only: request.only.as_ref(),
            answers: &request.answers,
            approved: false,
            retry: request.retry,
            fingerprint: &reading.fingerprint,
            state: &reading.state,
            crm: &reading.crm,
            remote: &reading.remote,
            capabilities: &self.connector.capabilities(),
        })
    }

    /// Ends the run in the books and gives the connection back, whatever happened.
    async fn close(
        &self,
        mut session: Session<'_>,
        worked: std::result::Result<(), EngineError>,
    ) -> std::result::Result<Report, EngineError> {
        let lease = session.lease.clone();
        let mut recorded = session.close(worked).await;
        // A program that was frozen past its lease may find its transaction broken, and not that another run took over.
        if let Err(EngineError::Store(StoreError::Database(_))) = recorded
            && let Err(StoreError::Fenced) = self.store.renew(&lease, self.lease).await
        {
            recorded = Err(StoreError::Fenced.into());
        }
        if let Err(EngineError::Store(StoreError::Fenced)) = recorded {
            return recorded;
        }
        self.store.release(&lease).await?;
        let report = recorded?;
        self.watch.see(&Event::Finished { status: report.record.status });
        Ok(report)
    }
}

/// Takes these operations out of a plan. Their records may not agree afterwards.
fn leave_out(plan: &mut Plan, without: &BTreeSet<u32>) {
    let (left_out, ops) = std::mem::take(&mut plan.ops).into_iter().partition(|op| without.contains(&op.seq));
    let left_out: Vec<Op> = left_out;
    plan.ops = ops;
    plan.masked.extend(left_out.into_iter().filter_map(|op| op.remote));
}

impl Session<'_> {
    /// Notes in the books that the run is under way.
    async fn record(&self) -> std::result::Result<(), StoreError> {
        self.begin(Commit { run: Some(self.running()), ..Commit::default() }).await
    }

    /// Notes that this run, and no other, applies the plan.
    async fn mark_applied(&mut self, plan: &Plan) -> std::result::Result<(), StoreError> {
        self.applies(plan);
        // What a guard stops is still to be applied by whoever lets it pass.
        let applies = plan.trips.is_empty().then(|| plan.id.clone());
        self.begin(Commit { run: Some(self.running()), applies, ..Commit::default() }).await
    }

    /// The first commit of the run: whoever hears that it has begun finds it in the history.
    async fn begin(&self, commit: Commit) -> std::result::Result<(), StoreError> {
        self.engine.store.commit(&self.lease, commit).await?;
        self.engine.watch.see(&Event::Started { run: self.lease.run.clone() });
        Ok(())
    }

    fn running(&self) -> RunRecord {
        RunRecord { status: RunStatus::Running, ..self.record_so_far() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn movable<'a, T: Send + 'a>(_: impl FnOnce(&'a Engine, &'a Request, &'a PlanId) -> T) {}

    #[test]
    fn a_run_can_be_a_task_of_its_own() {
        movable(|engine, request, _| engine.sync(request));
        movable(|engine, request, plan| engine.apply(plan, request));
        movable(|engine, request, plan| engine.plan(plan.clone(), request));
    }
}
