//! Starting, stopping, and waiting for jobs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use connector_core::engine::EngineError;
use connector_core::id::{ConnectionId, PlanId, RunId};
use connector_core::store::StoreError;
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::course::{Course, Stage};
use super::ending::{Ending, RunHandle};
use super::job::{Job, Work};
use super::{retention, takeover, task};
use crate::app::App;
use crate::failure::Failure;
use crate::store::Ages;

/// How long operations under way may take when the program ends.
const GRACE: Duration = Duration::from_millis(500);
/// How long the books may take after that.
const LAST_WORDS: Duration = Duration::from_millis(350);
/// How often another server's run is looked at.
pub(super) const POLL: Duration = Duration::from_millis(500);

/// Does long work, one run per connection. Clones are handles on the same worker.
#[derive(Debug, Clone)]
pub struct Worker(pub(super) Arc<Desk>);

/// What the worker does by itself, and how often.
#[derive(Debug, Clone, Copy)]
pub struct WorkerSettings {
    /// How often runs are looked for that a dead server left, on average.
    pub takeover: Duration,
    /// How often what is too old is forgotten, on average.
    pub retention: Duration,
    /// What is too old.
    pub ages: Ages,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        let (takeover, retention) = (Duration::from_secs(15), Duration::from_hours(1));
        Self { takeover, retention, ages: Ages::default() }
    }
}

/// What the worker keeps.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) app: App,
    pub(super) settings: WorkerSettings,
    courses: Mutex<HashMap<Slot, Arc<Course>>>,
    /// The run of all connections that is under way.
    pub(super) round: Mutex<Option<RunHandle>>,
    tasks: TaskTracker,
    /// Where the work is done, whoever asks: a thread that answers requests ends before the work does.
    runtime: Handle,
    /// The program is ending.
    pub(super) closing: CancellationToken,
    /// It does not wait any longer.
    pub(super) dropped: CancellationToken,
}

/// What can be under way once: for each connection one run, and beside it the making of each plan that differs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Slot {
    Run(ConnectionId),
    Plan(ConnectionId, Work),
}

impl Slot {
    fn of(job: &Job) -> Self {
        let connection = job.connection.clone();
        if job.is_run() { Self::Run(connection) } else { Self::Plan(connection, job.work.clone()) }
    }
}

impl Worker {
    /// A worker that waits to be asked. Its work is done in the Tokio runtime that this is called in.
    #[must_use]
    pub fn new(app: App, settings: WorkerSettings) -> Self {
        let closing = CancellationToken::new();
        Self(Arc::new(Desk {
            app,
            settings,
            courses: Mutex::default(),
            round: Mutex::default(),
            tasks: TaskTracker::new(),
            runtime: Handle::current(),
            closing,
            dropped: CancellationToken::new(),
        }))
    }

    /// Has it look after what it was not asked for: runs that a dead server left, and what is too old. Until
    /// [`shutdown`](Self::shutdown).
    pub fn attend(&self) {
        self.spawn(takeover::keep_watch(self.clone()));
        self.spawn(retention::keep_short(self.clone()));
    }

    /// Starts a job, unless one like it is under way for the connection, whoever asked for it: then that one is the
    /// answer. Like a run is every other one, on whichever server; like the making of a plan, only that of the same.
    ///
    /// What a person decided is not answered with a run that knows nothing of it: that run is in the way
    /// ([`EngineError::Running`]).
    ///
    /// It answers once the run has the connection; what keeps it from that is the error. Applying a plan asks the remote
    /// for its fields first.
    pub async fn start(&self, job: Job) -> Result<RunHandle, Arc<Failure>> {
        let (course, started) = loop {
            let (course, started) = self.enter(job.clone())?;
            if started || !self.is_over(&course.id).await.map_err(|error| Arc::new(error.into()))? {
                break (course, started);
            }
            // It is in the books already: whoever asks now asks for more than it did.
            course.closed().await;
        };
        let handle = match course.opened().await {
            Stage::Refused(failure) => match failure.as_ref() {
                Failure::Engine(EngineError::Running(run)) => {
                    RunHandle { run: run.clone(), started: false, worker: self.clone(), course: None }
                }
                _ => return Err(failure),
            },
            Stage::Opening | Stage::Begun | Stage::Ended(_) => {
                RunHandle { run: course.id.clone(), started, worker: self.clone(), course: Some(course) }
            }
        };
        let is_ours = handle.started || !job.is_decision();
        if is_ours || self.applies(&handle.run, &job.work).await.map_err(|error| Arc::new(error.into()))? {
            return Ok(handle);
        }
        Err(Arc::new(EngineError::Running(handle.run).into()))
    }

    /// Ends a run between two operations, on whichever server it is. False if no server is at it.
    pub async fn cancel(&self, run: &RunId) -> Result<bool, StoreError> {
        if let Some(course) = self.course(run) {
            let is_over = self.is_over(run).await?;
            if !is_over {
                course.cancel();
            }
            return Ok(!is_over);
        }
        let is_under_way =
            self.0.app.store.run_of(run).await?.is_some_and(|run| run.record.finished.is_none());
        Ok(is_under_way && self.0.app.store.ask_to_cancel(run).await?)
    }

    /// Whether the job of this id is under way on this server.
    #[must_use]
    pub fn is_under_way(&self, run: &RunId) -> bool {
        self.course(run).is_some()
    }

    /// Gives up the making of a plan on this server; whether it was under way.
    #[must_use]
    pub fn give_up(&self, plan: &RunId) -> bool {
        let course = self.course(plan).filter(|course| !course.job.is_run());
        course.is_some_and(|course| {
            course.cancel();
            true
        })
    }

    /// Ends all work, in under a second: operations under way come to their end if they do so soon, what was done is in
    /// the books, the connections are given back, and another server goes on.
    pub async fn shutdown(&self) {
        self.0.closing.cancel();
        self.0.tasks.close();
        if timeout(GRACE, self.0.tasks.wait()).await.is_ok() {
            return;
        }
        self.0.dropped.cancel();
        if timeout(LAST_WORDS, self.0.tasks.wait()).await.is_err() {
            tracing::warn!("the program ends before its work: the next run repairs what is left");
        }
    }

    /// Has the work done that the program waits for when it ends.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.0.tasks.spawn_on(work, &self.0.runtime);
    }

    /// Whether the books tell the end of this run, or the plan that was made.
    async fn is_over(&self, run: &RunId) -> Result<bool, StoreError> {
        let store = &self.0.app.store;
        if let Some(run) = store.run_of(run).await? {
            return Ok(run.record.finished.is_some());
        }
        Ok(store.plan_head(&PlanId::new(run.as_str())).await?.is_some())
    }

    /// Whether the run applies the plan that this work is to apply.
    async fn applies(&self, run: &RunId, work: &Work) -> Result<bool, StoreError> {
        let Work::Apply { plan, .. } = work else { return Ok(false) };
        Ok(self.0.app.store.run_of(run).await?.is_some_and(|run| run.record.plan.as_ref() == Some(plan)))
    }

    /// The job of this id, if it is under way here.
    pub(super) fn course(&self, id: &RunId) -> Option<Arc<Course>> {
        self.courses().values().find(|course| course.id == *id).cloned()
    }

    /// The job is over.
    pub(super) fn leave(&self, course: &Course) {
        self.courses().retain(|_, other| other.id != course.id);
    }

    /// The job that is under way, or this one, from now on; whether it is this one.
    fn enter(&self, job: Job) -> Result<(Arc<Course>, bool), Arc<Failure>> {
        let slot = Slot::of(&job);
        let mut courses = self.courses();
        if let Some(course) = courses.get(&slot) {
            return Ok((course.clone(), false));
        }
        if self.0.closing.is_cancelled() {
            return Err(Arc::new(Failure::Closing));
        }
        let course = Arc::new(Course::new(self.0.app.new_id().into(), job, self.0.closing.child_token()));
        courses.insert(slot, course.clone());
        self.spawn(task::perform(self.clone(), course.clone()));
        Ok((course, true))
    }

    /// Waits for a run of another server.
    pub(super) async fn finished_elsewhere(&self, run: &RunId) -> Ending {
        loop {
            match self.0.app.store.run_of(run).await {
                Ok(Some(run)) if run.record.finished.is_some() => return Ending::Elsewhere(run.record),
                Ok(_) => {}
                Err(error) => return Ending::Failed(error.into()),
            }
            tokio::select! {
                () = tokio::time::sleep(POLL) => {}
                () = self.0.closing.cancelled() => return Ending::Interrupted,
            }
        }
    }

    fn courses(&self) -> MutexGuard<'_, HashMap<Slot, Arc<Course>>> {
        self.0.courses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
