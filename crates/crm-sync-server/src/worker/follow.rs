//! Reading the steps of a run: here, on another server, or after the end.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::TimeDelta;
use connector_core::id::{PlanId, RunId};
use connector_core::store::{RunStatus, StoreError};
use futures::stream::{self, BoxStream, StreamExt as _};
use tokio::sync::watch;

use super::course::Course;
use super::event::{Finished, Numbered, RunEvent};
use super::handle::{POLL, Worker};

/// How many kept steps are read at once.
const PAGE: u32 = 256;
/// How long after the end of a run its server may still be writing down the last steps.
const STRAGGLERS: TimeDelta = TimeDelta::seconds(3);

impl Worker {
    /// The steps of a run after that number, as they happen, up to the last; `None` if there is no such run.
    ///
    /// It goes on where another reader left off, also on another server: a number means the same everywhere. Steps that
    /// are out of date are left out, so a reader that stops reading holds up nobody. The stream ends early when the
    /// program does.
    pub async fn events(
        &self,
        run: &RunId,
        after: u64,
    ) -> Result<Option<BoxStream<'static, Result<Numbered, StoreError>>>, StoreError> {
        let source = match self.course(run) {
            Some(course) => Source::Here(course.progress.last(), course),
            None if self.is_known(run).await? => Source::Kept,
            None => return Ok(None),
        };
        let reader = Reader { worker: self.clone(), run: run.clone(), after, source, ready: VecDeque::new() };
        Ok(Some(stream::unfold(Some(reader), Reader::step).boxed()))
    }

    /// Whether this is the last step of a run, or of the making of a plan.
    pub async fn is_last(&self, run: &RunId, number: u64) -> Result<bool, StoreError> {
        let before = i64::try_from(number.saturating_sub(1)).unwrap_or(i64::MAX);
        let step = self.0.app.store.steps::<RunEvent>(run, before, 1).await?.pop().map(Numbered::from);
        Ok(step.is_some_and(|step| step.number == number && step.event.is_last()))
    }

    /// What a run came to, or the making of a plan, as its steps tell.
    pub async fn ending_of(&self, run: &RunId) -> Result<Option<Finished>, StoreError> {
        let steps = self.0.app.store.steps::<RunEvent>(run, 0, PAGE).await?;
        Ok(steps.into_iter().find_map(|step| match step.event {
            RunEvent::Finished(finished) => Some(finished),
            _ => None,
        }))
    }

    async fn is_known(&self, run: &RunId) -> Result<bool, StoreError> {
        let store = &self.0.app.store;
        Ok(store.run_of(run).await?.is_some()
            || store.plan_head(&PlanId::new(run.as_str())).await?.is_some()
            || !store.steps::<RunEvent>(run, 0, 1).await?.is_empty())
    }

    /// How a run ended that is not here, if it did and no more steps of it come.
    async fn ended(&self, run: &RunId) -> Result<Option<Finished>, StoreError> {
        let store = &self.0.app.store;
        if let Some(run) = store.run_of(run).await? {
            let since_end = run.record.finished.map(|finished| self.0.app.clock.now() - finished);
            // Clocks of two servers may differ either way.
            let is_settled = since_end.is_some_and(|since| since.abs() >= STRAGGLERS);
            return Ok(is_settled.then(|| Finished::from(&run.record)));
        }
        let plan = PlanId::new(run.as_str());
        if store.plan_head(&plan).await?.is_some() {
            return Ok(Some(Finished::without_run(RunStatus::Ok, Some(plan), None)));
        }
        // The making of a plan that failed: its last steps are written down together.
        self.ending_of(run).await
    }
}

/// Where the steps come from.
enum Source {
    Here(watch::Receiver<u64>, Arc<Course>),
    Kept,
}

struct Reader {
    worker: Worker,
    run: RunId,
    after: u64,
    source: Source,
    ready: VecDeque<Numbered>,
}

impl Reader {
    async fn step(reader: Option<Self>) -> Option<(Result<Numbered, StoreError>, Option<Self>)> {
        let mut reader = reader?;
        match reader.next().await {
            Ok(None) => None,
            Ok(Some(step)) => {
                let is_last = step.event.is_last();
                Some((Ok(step), (!is_last).then_some(reader)))
            }
            Err(error) => Some((Err(error), None)),
        }
    }

    async fn next(&mut self) -> Result<Option<Numbered>, StoreError> {
        loop {
            if let Some(step) = self.ready.pop_front() {
                self.after = step.number;
                return Ok(Some(step));
            }
            match &mut self.source {
                Source::Here(last, course) => {
                    last.borrow_and_update();
                    let is_over = course.progress.is_over();
                    self.ready.extend(course.progress.after(self.after));
                    if self.ready.is_empty() {
                        // Whoever saw the last step may ask again before the job has left.
                        if is_over {
                            return Ok(None);
                        }
                        tokio::select! {
                            changed = last.changed() => if changed.is_err() { return Ok(None) },
                            () = self.worker.0.dropped.cancelled() => return Ok(None),
                        }
                    }
                }
                Source::Kept => {
                    let after = i64::try_from(self.after).unwrap_or(i64::MAX);
                    let steps = self.worker.0.app.store.steps::<RunEvent>(&self.run, after, PAGE).await?;
                    self.ready.extend(steps.into_iter().map(Numbered::from));
                    if !self.ready.is_empty() {
                        continue;
                    }
                    if let Some(finished) = self.worker.ended(&self.run).await? {
                        let event = RunEvent::Finished(finished);
                        self.ready.push_back(Numbered { number: self.after.saturating_add(1), event });
                        continue;
                    }
                    tokio::select! {
                        () = tokio::time::sleep(POLL) => {}
                        () = self.worker.0.closing.cancelled() => return Ok(None),
                    }
                }
            }
        }
    }
}
