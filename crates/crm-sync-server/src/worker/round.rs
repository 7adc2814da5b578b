//! All connections, one after the other.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use connector_core::id::{ConnectionId, DealId};
use connector_core::plan::Mode;
use connector_core::store::RunStatus;
use tokio::sync::oneshot;

use super::ending::{Ending, RunHandle};
use super::handle::Worker;
use super::job::{Job, Work};
use crate::failure::Failure;
use crate::service::connection;

impl Worker {
    /// Starts a run of each connection in turn, and then, going both ways, one more of those before the last for what
    /// later ones had brought into the CRM: with two, A, N, and A for what came from N. The answer is the first run that
    /// began; the others follow by themselves. While such a round is under way, its current run is the answer.
    pub async fn start_all(&self, mode: Mode, asked_by: &str) -> Result<RunHandle, Arc<Failure>> {
        if let Some(current) = self.current() {
            return Ok(RunHandle { started: false, ..current });
        }
        let configured = connection::all(&self.0.app).await.map_err(Arc::new)?;
        let connections = configured.into_iter().map(|one| one.settings.connection.id).collect::<Vec<_>>();
        let (first, begun) = oneshot::channel();
        let round = Round {
            worker: self.clone(),
            mode,
            asked_by: asked_by.to_owned(),
            first: Some(first),
            failure: None,
        };
        self.spawn(round.go(connections));
        begun.await.unwrap_or_else(|_| Err(Arc::new(Failure::Closing)))
    }

    fn current(&self) -> Option<RunHandle> {
        self.0.round.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_current(&self, run: Option<RunHandle>) {
        *self.0.round.lock().unwrap_or_else(PoisonError::into_inner) = run;
    }
}

/// One round.
struct Round {
    worker: Worker,
    mode: Mode,
    asked_by: String,
    /// Who waits for the first run.
    first: Option<oneshot::Sender<Result<RunHandle, Arc<Failure>>>>,
    failure: Option<Arc<Failure>>,
}

impl Round {
    async fn go(mut self, connections: Vec<ConnectionId>) {
        let mut written: Vec<Option<BTreeSet<DealId>>> = Vec::with_capacity(connections.len());
        for connection in &connections {
            written.push(self.run(connection, None).await);
        }
        for (place, connection) in connections.iter().enumerate() {
            let later = written.iter().skip(place + 1).flatten();
            let brought: BTreeSet<DealId> = later.flatten().cloned().collect();
            let has_read = written.get(place).is_some_and(Option::is_some);
            if self.mode == Mode::Sync && has_read && !brought.is_empty() {
                self.run(connection, Some(brought)).await;
            }
        }
        self.worker.set_current(None);
        if let Some(first) = self.first.take() {
            let nothing = || Arc::new(Failure::NotConfigured { remote: crate::app::AIRTABLE.to_owned() });
            // Whoever asked may have gone.
            let _ = first.send(Err(self.failure.take().unwrap_or_else(nothing)));
        }
    }

    /// Runs one connection to its end; the deals that it wrote in the CRM, if it ended well. What fails is that
    /// connection's alone.
    async fn run(
        &mut self,
        connection: &ConnectionId,
        only: Option<BTreeSet<DealId>>,
    ) -> Option<BTreeSet<DealId>> {
        let work = Work::Run { mode: self.mode, only };
        let run = match self.worker.start(Job::new(connection.clone(), work, self.asked_by.clone())).await {
            Ok(run) => run,
            Err(failure) => {
                tracing::warn!(%connection, ?failure, "a connection is left out of a sync of all");
                self.failure.get_or_insert(failure);
                return None;
            }
        };
        self.worker.set_current(Some(run.clone()));
        if let Some(first) = self.first.take() {
            // Whoever asked may have gone.
            let _ = first.send(Ok(run.clone()));
        }
        match run.finished().await.as_ref() {
            Ending::Ran(report) if matches!(report.record.status, RunStatus::Ok | RunStatus::Partial) => {
                Some(report.written.iter().cloned().collect())
            }
            _ => None,
        }
    }
}
