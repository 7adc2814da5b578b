//! The end of a run: its status, and what the next one starts from.

use std::collections::BTreeSet;

use super::create::bookkeeping;
use super::run::EngineError;
use super::session::Session;
use crate::id::{DealId, RemoteId};
use crate::plan::{Action, Op, Plan, Problem, Purpose};
use crate::state::{Agreement, Baseline, Intent};
use crate::store::{Commit, Effect, IntentWrite, OpOutcome, RunRecord, RunStatus};

impl Session<'_> {
    /// Writes the last commit of the run and gives its record.
    pub(super) async fn finish(&mut self, failure: Option<EngineError>) -> Result<RunRecord, EngineError> {
        if let Some(failure) = failure {
            self.failure.get_or_insert(failure.to_string());
        }
        let status = self.status();
        let record = RunRecord {
            status,
            finished: Some(self.engine.clock.now()),
            message: self.failure.clone(),
            ..self.record_so_far()
        };
        let plan = self.plan.clone();
        let settled = plan.as_deref().filter(|_| matches!(status, RunStatus::Ok | RunStatus::Partial));
        let concluded = settled.filter(|plan| plan.is_conclusive());
        let mut effects = self.waiting_lines();
        effects.extend(concluded.map_or_else(Vec::new, |plan| self.abandoned(plan)));
        let baseline = concluded.map(|plan| self.baseline(plan));
        effects.extend(baseline.as_ref().map_or_else(Vec::new, |baseline| self.last_agreed(baseline)));
        let commit = Commit {
            effects,
            open_conflicts: concluded.map(|plan| plan.conflicts.clone()),
            baseline,
            run: Some(record.clone()),
            applies: None,
        };
        self.engine.store.commit(&self.lease, commit).await?;
        Ok(record)
    }

    /// Ends the intents of deals that are gone, once nothing that came of them can appear any more.
    fn abandoned(&self, plan: &Plan) -> Vec<Effect> {
        let Some(reading) = &self.reading else { return Vec::new() };
        let lag = self.engine.connector.capabilities().lookup_lag;
        let is_over = |intent: &&Intent| {
            !reading.crm.deals.contains_key(&intent.deal)
                && intent.sent_at.is_none_or(|sent| sent + lag < plan.reading.read.lo)
                && !plan.questions.iter().any(|question| question.deals.contains(&intent.deal))
        };
        let over = reading.state.intents.iter().filter(is_over);
        over.map(|intent| bookkeeping(intent.deal.clone(), IntentWrite::Close)).collect()
    }

    /// Writes down when links last agreed that the last baseline still covered and this one does not.
    fn last_agreed(&self, baseline: &Baseline) -> Vec<Effect> {
        let last = self.reading.as_ref().and_then(|reading| reading.state.baseline.as_ref());
        let Some(last) = last else { return Vec::new() };
        let is_uncovered = |link: &Agreement| {
            baseline.unsettled.contains(&link.remote)
                && !last.unsettled.contains(&link.remote)
                && link.seen_at.is_some_and(|seen| seen < last.seen_at)
        };
        let mut links: Vec<(&DealId, &Agreement)> =
            self.links.iter().filter(|(_, link)| is_uncovered(link)).collect();
        links.sort_by_key(|(deal, _)| *deal);
        let effect = |(deal, link): (&DealId, &Agreement)| Effect {
            links: vec![Agreement { seen_at: Some(last.seen_at), ..link.clone() }],
            ..bookkeeping(deal.clone(), IntentWrite::Keep)
        };
        links.into_iter().map(effect).collect()
    }

    fn status(&self) -> RunStatus {
        let applied = self.results.values().any(|result| result.outcome == OpOutcome::Applied);
        if self.is_halted() {
            RunStatus::Halted
        } else if self.failure.is_some() {
            if applied { RunStatus::Partial } else { RunStatus::Failed }
        } else if self.stop.is_cancelled() {
            RunStatus::Cancelled
        } else if self.counts.failed > 0 || self.counts.stale > 0 || self.is_short() {
            RunStatus::Partial
        } else {
            RunStatus::Ok
        }
    }

    /// Whether something that stands on one side could not be carried to the other, or was not read.
    fn is_short(&self) -> bool {
        self.plan.as_ref().is_some_and(|plan| {
            let refused =
                |problem: &Problem| matches!(problem, Problem::Fault { .. } | Problem::Refused { .. });
            let is_cut = plan.purpose == Purpose::Agree && !plan.reading.complete;
            is_cut || plan.notices.iter().any(|notice| refused(&notice.problem))
        })
    }

    /// What the next run starts from: for every link but those named, both sides agreed when this run read them.
    fn baseline(&self, plan: &Plan) -> Baseline {
        let done =
            |seq: &u32| self.results.get(seq).is_some_and(|result| result.outcome == OpOutcome::Applied);
        let mut unsettled: BTreeSet<RemoteId> = plan.masked.iter().cloned().collect();
        // A deal that was brought back may still hold edits for its record.
        let settles = |op: &&Op| done(&op.seq) && op.action != Action::RestoreDeal;
        unsettled.extend(plan.ops.iter().filter(|op| !settles(op)).filter_map(|op| op.remote.clone()));
        unsettled.extend(plan.conflicts.iter().map(|conflict| conflict.remote.clone()));
        unsettled.extend(plan.questions.iter().flat_map(|question| question.remotes.iter().cloned()));
        unsettled.extend(plan.notices.iter().filter_map(|notice| notice.remote.clone()));
        Baseline { fingerprint: plan.fingerprint.clone(), seen_at: plan.reading.read.lo, unsettled }
    }
}
