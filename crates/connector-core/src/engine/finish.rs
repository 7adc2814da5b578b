//! The end of a run: its status, and what the next one starts from.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::create::bookkeeping;
use super::run::EngineError;
use super::session::Session;
use crate::id::{DealId, RemoteId};
use crate::plan::{Action, Mode, Op, Plan, Problem, Purpose, attempt};
use crate::state::{Agreement, Baseline, Intent, Trouble};
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
            troubles: settled.and_then(|plan| self.troubles(plan)),
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

    /// What is still refused, and how often in a row; `None` when nothing was and nothing is.
    ///
    /// What a run did not try stays as it was, unless it looked at everything and found nothing to try.
    fn troubles(&self, plan: &Plan) -> Option<Vec<Trouble>> {
        let known = self.reading.as_ref().map_or(&[][..], |reading| &reading.state.troubles);
        if known.is_empty() && self.refused.is_empty() {
            return None;
        }
        let tried: HashMap<String, &Op> = plan.ops.iter().map(|op| (attempt(op), op)).collect();
        let is_aside = |trouble: &Trouble| {
            plan.notices.iter().any(|notice| match &notice.problem {
                Problem::SetAside { attempt, .. } => *attempt == trouble.attempt,
                _ => false,
            })
        };
        let looked_at_all = plan.mode == Mode::Sync && plan.reading.complete && plan.masked.is_empty();
        let rivals: BTreeSet<_> = tried.values().map(|op| (&op.deal, &op.remote)).collect();
        let stays = |trouble: &&Trouble| {
            if let Some(op) = tried.get(&trouble.attempt) {
                return self.results.get(&op.seq).is_none_or(|result| result.outcome != OpOutcome::Applied);
            }
            let is_passed = rivals.contains(&(&trouble.deal, &trouble.remote));
            is_aside(trouble) || !(looked_at_all || is_passed)
        };
        let mut troubles: BTreeMap<String, Trouble> =
            known.iter().filter(stays).map(|trouble| (trouble.attempt.clone(), trouble.clone())).collect();
        for (attempt, op) in tried {
            let Some(message) = self.refused.get(&op.seq).cloned() else { continue };
            let before = troubles.get(&attempt).map_or(0, |trouble| trouble.times);
            let (times, deal, remote) = (before.saturating_add(1), op.deal.clone(), op.remote.clone());
            troubles.insert(attempt.clone(), Trouble { attempt, deal, remote, times, message });
        }
        Some(troubles.into_values().collect())
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
        } else if self.counts.failed + self.counts.stale + self.counts.untried > 0 || self.is_short() {
            RunStatus::Partial
        } else {
            RunStatus::Ok
        }
    }

    /// Whether something that stands on one side could not be carried to the other, or was not read.
    fn is_short(&self) -> bool {
        self.plan.as_ref().is_some_and(|plan| {
            let refused = |problem: &Problem| {
                matches!(problem, Problem::Fault { .. } | Problem::Refused { .. } | Problem::SetAside { .. })
            };
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
        Baseline {
            fingerprint: plan.fingerprint.clone(),
            seen_at: plan.reading.read.lo,
            unsettled,
            fields: Some(self.engine.connection.mapping.fields()),
        }
    }
}
