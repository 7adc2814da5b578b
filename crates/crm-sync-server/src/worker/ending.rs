//! What comes of a job, for whoever waits for it.

use std::sync::Arc;

use connector_core::engine::Report;
use connector_core::id::RunId;
use connector_core::plan::Plan;
use connector_core::store::RunRecord;

use super::course::{Course, Stage};
use super::handle::Worker;
use crate::failure::Failure;

/// What came of a job.
#[derive(Debug)]
pub enum Ending {
    /// A plan was made and waits for an approval.
    Planned(Plan),
    /// The run came to its end here.
    Ran(Box<Report>),
    /// The run came to its end on another server: this is what its history shows.
    Elsewhere(RunRecord),
    /// The program ended before the job did, or failed in the middle of it: a later run goes on.
    Interrupted,
    /// A person ended the making of a plan.
    Cancelled,
    /// It failed, and there is no report.
    Failed(Failure),
}

/// A job that was asked for.
#[derive(Debug, Clone)]
pub struct RunHandle {
    /// The run, or the plan that is being made.
    pub run: RunId,
    /// Whether it began now; if not, it was under way already, here or on another server.
    pub started: bool,
    pub(super) worker: Worker,
    pub(super) course: Option<Arc<Course>>,
}

impl RunHandle {
    /// Waits for the end. Whoever stops waiting ends nothing.
    pub async fn finished(&self) -> Arc<Ending> {
        match &self.course {
            None => Arc::new(self.worker.finished_elsewhere(&self.run).await),
            Some(course) => match course.closed().await {
                Stage::Ended(ending) => ending,
                Stage::Refused(_) | Stage::Opening | Stage::Begun => Arc::new(Ending::Interrupted),
            },
        }
    }
}
