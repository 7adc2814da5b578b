//! One job, from asking for the connection to its last step.

use std::sync::Arc;
use std::time::Duration;

use connector_core::engine::EngineError;
use connector_core::id::PlanId;
use connector_core::plan::Mode;
use connector_core::store::{RunStatus, StoreError};
use tokio::time::{MissedTickBehavior, interval};

use super::course::{Course, Stage};
use super::ending::Ending;
use super::event::{Finished, RunEvent};
use super::handle::Worker;
use super::job::Work;
use crate::app::App;
use crate::failure::Failure;
use crate::messages;
use crate::service::sync::{self, Order};
use crate::service::{connection, undo};

/// How often what others may see or want is looked after.
const BEAT: Duration = Duration::from_secs(1);

/// Does the job, keeps its steps for others, and listens to them. Nobody needs to wait for it.
pub(super) async fn perform(worker: Worker, course: Arc<Course>) {
    let mut shared = Shared { app: &worker.0.app, course: &course, is_open: false, kept: 0 };
    let mut work = tokio::spawn(work(worker.0.app.clone(), course.clone()));
    if !course.job.is_run() {
        course.progress.note(RunEvent::Started);
        course.stage.send_replace(Stage::Begun);
    }
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let ended = loop {
        tokio::select! {
            biased;
            ended = &mut work => break ended.ok(),
            () = worker.0.dropped.cancelled() => {
                work.abort();
                break None;
            }
            () = course.has_connection.notified() => {
                shared.look_after().await;
                course.stage.send_replace(Stage::Begun);
            }
            _ = beat.tick() => shared.look_after().await,
        }
    };
    let has_begun = !course.progress.after(0).is_empty();
    let ending = match ended {
        Some(Err(failure)) if !has_begun => {
            worker.leave(&course);
            course.stage.send_replace(Stage::Refused(Arc::new(failure)));
            return;
        }
        Some(Ok(Ending::Ran(report)))
            if report.record.status == RunStatus::Cancelled && !course.is_cancelled() =>
        {
            Ending::Interrupted
        }
        Some(Ok(ending)) => ending,
        // Another run took over, and has said so in the history.
        Some(Err(Failure::Store(StoreError::Fenced))) => {
            tracing::warn!(run = %course.id, "a run lost its connection to another one, and ends without a further write");
            Ending::Interrupted
        }
        None => Ending::Interrupted,
        Some(Err(failure)) => Ending::Failed(failure),
    };
    if matches!(ending, Ending::Interrupted) && course.job.is_run() {
        shared.give_up().await;
    }
    course.progress.finish(finished(worker.0.app.lang, &ending));
    if matches!(ending, Ending::Failed(_)) && !course.job.is_run() {
        // Its steps are all that a plan leaves that could not be made: there is no moment when nobody knows of it.
        shared.is_open = true;
        shared.keep_steps().await;
    }
    worker.leave(&course);
    course.stage.send_replace(Stage::Ended(Arc::new(ending)));
    shared.keep_steps().await;
}

/// The job itself.
async fn work(app: App, course: Arc<Course>) -> Result<Ending, Failure> {
    let job = &course.job;
    let configured = connection::of_id(&app, &job.connection).await?;
    let configured =
        configured.ok_or_else(|| Failure::NotConfigured { remote: job.connection.to_string() })?;
    let order = |mode| Order {
        id: Some(course.id.clone()),
        trigger: job.asked_by.clone().into(),
        continues: job.continues.clone(),
        overrides: job.overrides.clone(),
        answers: job.answers.clone(),
        retry: job.retry,
        cancel: course.stop.clone(),
        watch: course.clone(),
        ..Order::new(mode)
    };
    match &job.work {
        Work::Plan { mode } => {
            let order = order(*mode);
            tokio::select! {
                plan = sync::preview(&app, &configured, &order) => Ok(Ending::Planned(plan?)),
                () = course.stop.cancelled() => Ok(Ending::Cancelled),
            }
        }
        Work::Undo { run } => {
            let order = order(Mode::Sync);
            tokio::select! {
                planned = undo::plan(&app, run, &order) => Ok(Ending::Planned(planned?.1)),
                () = course.stop.cancelled() => Ok(Ending::Cancelled),
            }
        }
        Work::Run { mode, only } => {
            let order = Order { only: only.clone(), ..order(*mode) };
            Ok(Ending::Ran(Box::new(sync::run(&app, &configured, &order).await?)))
        }
        Work::Apply { plan, without } => {
            let saved = app.store.plan_head(plan).await?;
            if saved.as_ref() != Some(&job.connection) {
                let missing = EngineError::NoPlan(plan.clone());
                return Err(missing.into());
            }
            let order = Order { without: without.clone(), ..order(Mode::Sync) };
            Ok(Ending::Ran(Box::new(sync::apply(&app, plan, order).await?.1)))
        }
    }
}

/// What a job tells other servers, and hears from them.
struct Shared<'a> {
    app: &'a App,
    course: &'a Course,
    /// Whether others know of the job.
    is_open: bool,
    /// The last step that they know.
    kept: u64,
}

impl Shared<'_> {
    /// A failure here is met again at the next beat, and never ends the run.
    async fn look_after(&mut self) {
        if !self.course.job.is_run() || self.course.progress.after(0).is_empty() {
            return;
        }
        if !self.is_open {
            let Course { id, job, .. } = self.course;
            let opened = self.app.store.open_job(&job.connection, id, job).await;
            self.is_open = self.told(opened).is_some();
        }
        self.keep_steps().await;
        if !self.course.is_cancelled() {
            let asked = self.app.store.is_cancel_asked(&self.course.id).await;
            if self.told(asked) == Some(true) {
                self.course.cancel();
            }
        }
    }

    async fn keep_steps(&mut self) {
        if !self.is_open {
            return;
        }
        let steps = self.course.progress.after(self.kept);
        let Some(last) = steps.last().map(|step| step.number) else { return };
        let noted = self.app.store.note_steps(&self.course.id, steps.into_iter().map(Into::into).collect());
        if self.told(noted.await).is_some() {
            self.kept = last;
        }
    }

    /// Gives the connection back before the end of the run.
    async fn give_up(&self) {
        let left = self.app.store.leave(&self.course.job.connection, &self.course.id).await;
        self.told(left);
    }

    fn told<T>(&self, result: Result<T, StoreError>) -> Option<T> {
        result
            .inspect_err(
                |error| tracing::warn!(run = %self.course.id, %error, "a run goes on unseen by others"),
            )
            .ok()
    }
}

/// The last step.
fn finished(lang: messages::Lang, ending: &Ending) -> Finished {
    match ending {
        Ending::Ran(report) => Finished::from(&report.record),
        Ending::Elsewhere(record) => Finished::from(record),
        Ending::Planned(plan) => {
            let status = if plan.trips.is_empty() { RunStatus::Ok } else { RunStatus::Halted };
            Finished::without_run(status, Some(PlanId::new(plan.id.as_str())), None)
        }
        Ending::Interrupted => Finished::without_run(RunStatus::Interrupted, None, None),
        Ending::Cancelled => Finished::without_run(RunStatus::Cancelled, None, None),
        Ending::Failed(failure) => {
            Finished::without_run(RunStatus::Failed, None, Some(messages::failure(lang, failure)))
        }
    }
}
