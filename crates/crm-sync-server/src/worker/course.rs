//! A job under way on this server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use connector_core::engine::{Event, Watch};
use connector_core::id::RunId;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::ending::Ending;
use super::job::Job;
use super::progress::Progress;
use crate::failure::Failure;

/// A job under way on this server, as those see it who start, follow and stop it.
#[derive(Debug)]
pub(super) struct Course {
    /// The run, or the plan that is being made.
    pub(super) id: RunId,
    pub(super) job: Job,
    pub(super) progress: Progress,
    /// Stops it between two operations.
    pub(super) stop: CancellationToken,
    is_cancelled: AtomicBool,
    /// The run has the connection.
    pub(super) has_connection: Notify,
    pub(super) stage: watch::Sender<Stage>,
}

/// How far a job is.
#[derive(Debug, Clone)]
pub(super) enum Stage {
    /// It asks for the connection.
    Opening,
    /// It is at work.
    Begun,
    /// It never began.
    Refused(Arc<Failure>),
    /// It came to an end.
    Ended(Arc<Ending>),
}

impl Course {
    pub(super) fn new(id: RunId, job: Job, stop: CancellationToken) -> Self {
        Self {
            id,
            job,
            progress: Progress::new(),
            stop,
            is_cancelled: AtomicBool::new(false),
            has_connection: Notify::new(),
            stage: watch::Sender::new(Stage::Opening),
        }
    }

    /// Ends it because a person said so.
    pub(super) fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
        self.stop.cancel();
    }

    /// Whether a person ended it, and not the program.
    pub(super) fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }

    /// Waits until it began or was refused.
    pub(super) async fn opened(&self) -> Stage {
        self.reached(|stage| !matches!(stage, Stage::Opening)).await
    }

    /// Waits for its end.
    pub(super) async fn closed(&self) -> Stage {
        self.reached(|stage| matches!(stage, Stage::Refused(_) | Stage::Ended(_))).await
    }

    async fn reached(&self, reached: impl FnMut(&Stage) -> bool) -> Stage {
        // The sender is ours: it cannot be gone while we wait.
        let stage = self.stage.subscribe().wait_for(reached).await.map(|stage| stage.clone());
        stage.unwrap_or(Stage::Opening)
    }
}

impl Watch for Course {
    fn see(&self, event: &Event) {
        self.progress.see(event);
        if matches!(event, Event::Started { .. }) {
            self.has_connection.notify_one();
        }
    }
}
