//! Several remotes of one CRM in agreement, whichever of them comes first.

use std::collections::BTreeSet;

use super::run::{Engine, EngineError, Report, Request};
use crate::id::{ConnectionId, DealId};
use crate::plan::Mode;
use crate::store::RunStatus;

/// One run of [`sync_all`].
#[derive(Debug)]
pub struct Pass {
    /// Whose run it was.
    pub connection: ConnectionId,
    /// Whether it was the second of this connection, for what later ones had brought into the CRM.
    pub again: bool,
    /// What it came to. A failure leaves the other connections as they would be without this one.
    pub outcome: std::result::Result<Report, EngineError>,
}

/// Syncs these connections of one CRM one after the other; then, for those before the last, the deals that later ones
/// wrote in the CRM: with two, A, N, and A for what came from N.
///
/// The result does not depend on their order: each value in the CRM carries the time and place of its author's edit
/// ([`Origin`](crate::state::Origin)). `request` is asked for each run, for it needs an id greater than every earlier
/// one; a run of import or export only has no second pass, for nothing would come back.
pub async fn sync_all(engines: &[Engine], mut request: impl FnMut(&Engine) -> Request) -> Vec<Pass> {
    let mut passes: Vec<Pass> = Vec::with_capacity(engines.len());
    let mut goes_both_ways = true;
    for engine in engines {
        let request = request(engine);
        goes_both_ways &= request.mode == Mode::Sync;
        passes.push(Pass::run(engine, &request, false).await);
    }
    let first = passes.len();
    for (place, engine) in engines.iter().enumerate().filter(|_| goes_both_ways) {
        let brought: BTreeSet<DealId> = passes
            .iter()
            .skip(place.saturating_add(1))
            .filter_map(Pass::report)
            .flat_map(|report| &report.written)
            .cloned()
            .collect();
        let has_read = passes.get(place).is_some_and(Pass::has_ended_well);
        if place.saturating_add(1) < first && has_read && !brought.is_empty() {
            let request = Request { only: Some(brought), ..request(engine) };
            passes.push(Pass::run(engine, &request, true).await);
        }
    }
    passes
}

impl Pass {
    async fn run(engine: &Engine, request: &Request, again: bool) -> Self {
        let outcome = engine.sync(request).await;
        Self { connection: engine.connection.id.clone(), again, outcome }
    }

    /// The run's report, if there was a run.
    #[must_use]
    pub fn report(&self) -> Option<&Report> {
        self.outcome.as_ref().ok()
    }

    fn has_ended_well(&self) -> bool {
        self.report().is_some_and(|report| matches!(report.record.status, RunStatus::Ok | RunStatus::Partial))
    }
}
