//! The books of a run: what is linked, what became of each operation, what it counts.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::create::bookkeeping;
use super::event::Event;
use super::pull::CHUNK;
use super::reading::Reading;
use super::run::{Engine, EngineError, Request, Result as OpResult};
use crate::connector::Usage;
use crate::error::Error;
use crate::id::{DealId, RemoteId, UnitKey};
use crate::plan::{Action, Op, Plan, Purpose, Rule, Side};
use crate::state::{Agreement, Baseline, LinkStatus};
use crate::store::{
    Commit, Counts, DealWrite, Effect, IntentWrite, Lease, LogEntry, OpOutcome, RunRecord, RunStatus,
};
use crate::value::Value;

/// One run under way.
pub(super) struct Session<'e> {
    pub(super) engine: &'e Engine,
    pub(super) lease: Lease,
    pub(super) plan: Option<Arc<Plan>>,
    pub(super) reading: Option<Arc<Reading>>,
    /// The links as this run has left them so far.
    pub(super) links: HashMap<DealId, Agreement>,
    /// Deals that this run made, by the record they were made from.
    pub(super) made: HashMap<RemoteId, DealId>,
    pub(super) results: BTreeMap<u32, OpResult>,
    /// Deals that this run wrote in the CRM.
    pub(super) written: BTreeSet<DealId>,
    pub(super) counts: Counts,
    /// Why operations were refused, by their place in the plan, where it is for what they are about.
    pub(super) refused: BTreeMap<u32, String>,
    /// How many writes were left without an answer.
    pub(super) unanswered: u32,
    /// Stops what is not yet sent: a person cancelled, or nothing else can be expected to work.
    pub(super) stop: CancellationToken,
    /// Why the run was stopped, when it was not a person.
    pub(super) failure: Option<String>,
    /// Lines for operations that left nothing else behind; they go with the next commit.
    pub(super) lines: Vec<LogEntry>,
    record: RunRecord,
    usage_before: Usage,
}

impl<'e> Session<'e> {
    /// Opens the books.
    pub(super) fn open(engine: &'e Engine, request: &Request, lease: Lease) -> Self {
        let record = RunRecord {
            id: request.run.clone(),
            purpose: Purpose::Agree,
            mode: request.mode,
            trigger: request.trigger.clone(),
            continues: request.continues.clone(),
            plan: None,
            started: engine.clock.now(),
            finished: None,
            status: RunStatus::Running,
            counts: Counts::default(),
            usage: Usage::default(),
            message: None,
            overrides: request
                .overrides
                .iter()
                .map(|guard| format!("{guard} by {}", request.trigger))
                .collect(),
        };
        Self {
            engine,
            lease,
            plan: None,
            reading: None,
            links: HashMap::new(),
            made: HashMap::new(),
            results: BTreeMap::new(),
            written: BTreeSet::new(),
            counts: Counts::default(),
            refused: BTreeMap::new(),
            unanswered: 0,
            stop: request.cancel.child_token(),
            failure: None,
            lines: Vec::new(),
            record,
            usage_before: engine.connector.usage(),
        }
    }

    /// The run applies a kept plan.
    pub(super) fn applies(&mut self, plan: &Plan) {
        self.record.plan = Some(plan.id.clone());
        self.record.purpose = plan.purpose.clone();
    }

    /// Takes over what is to be done.
    pub(super) fn take(&mut self, plan: Plan, mut reading: Reading) {
        let mut ended: HashMap<RemoteId, Agreement> = HashMap::new();
        for link in std::mem::take(&mut reading.state.links) {
            if link.agreement.status == LinkStatus::Tombstone {
                ended.insert(link.agreement.remote.clone(), link.agreement);
            } else {
                self.links.insert(link.deal, link.agreement);
            }
        }
        // Links that a person wants back.
        for op in plan.ops.iter().filter(|op| {
            matches!(
                op.action,
                Action::RestoreDeal | Action::Agree | Action::DeleteRecord | Action::RestoreRecord
            )
        }) {
            if let (Some(deal), Some(remote)) = (&op.deal, &op.remote)
                && !self.links.contains_key(deal)
                && let Some(link) = ended.remove(remote)
            {
                self.links.insert(deal.clone(), link);
            }
        }
        let rows = |count| u64::try_from(count).unwrap_or(u64::MAX);
        self.counts.read = rows(plan.reading.deals.saturating_add(plan.reading.records));
        self.counts.unchanged = rows(plan.reading.unchanged);
        self.counts.waiting = rows(plan.conflicts.len().saturating_add(plan.questions.len()));
        self.counts.skipped = rows(plan.notices.iter().filter(|notice| notice.problem.blocks()).count());
        // Both snapshots have served; only the times of the reading and the deals of a kept plan are still asked for.
        reading.remote.rows = HashMap::new();
        self.plan = Some(Arc::new(plan));
        self.reading = Some(Arc::new(reading));
    }

    /// Whether a guard stops the plan.
    pub(super) fn is_halted(&self) -> bool {
        self.plan.as_ref().is_some_and(|plan| !plan.trips.is_empty())
    }

    /// Keeps the plan of a halted run, so that a person can look at it and let it pass.
    pub(super) async fn keep_plan(&self) -> Result<(), EngineError> {
        match &self.plan {
            Some(plan) => Ok(self.engine.store.save_plan(plan).await?),
            None => Ok(()),
        }
    }

    /// The run as it stands.
    pub(super) fn record_so_far(&self) -> RunRecord {
        let usage = self.engine.connector.usage();
        RunRecord {
            counts: self.counts,
            usage: Usage {
                calls: usage.calls.saturating_sub(self.usage_before.calls),
                waited_ms: usage.waited_ms.saturating_sub(self.usage_before.waited_ms),
            },
            ..self.record.clone()
        }
    }

    /// Notes what became of an operation.
    pub(super) fn settle(&mut self, op: &Op, outcome: OpOutcome, message: Option<String>) {
        match outcome {
            OpOutcome::Applied => {
                self.counts.applied(op.action);
                self.counts.conflicts += u64::try_from(op.conflicts.len()).unwrap_or(u64::MAX);
                let ties = op.conflicts.iter().filter(|conflict| conflict.tie).count();
                self.counts.ties += u64::try_from(ties).unwrap_or(u64::MAX);
            }
            OpOutcome::Stale => self.counts.stale += 1,
            OpOutcome::Refused | OpOutcome::Unknown => self.counts.failed += 1,
            OpOutcome::Skipped => self.counts.untried += 1,
        }
        if outcome != OpOutcome::Applied {
            self.lines.push(self.line(op, outcome, message.clone()));
        }
        self.results.insert(op.seq, OpResult { outcome, message });
        self.engine.watch.see(&Event::Operation {
            seq: op.seq,
            action: op.action,
            outcome,
            done: self.results.len(),
            total: self.plan.as_ref().map_or(0, |plan| plan.ops.len()),
        });
    }

    /// Notes that an operation was refused for what it is about: tried again as it is, it will be again.
    pub(super) fn refuse(&mut self, op: &Op, why: String) {
        self.refused.insert(op.seq, why.clone());
        self.settle(op, OpOutcome::Refused, Some(why));
    }

    /// Stops what is not yet under way, for a reason that concerns the whole run.
    pub(super) fn abort(&mut self, error: &Error) {
        if self.failure.is_none() {
            self.failure = Some(error.to_string());
        }
        self.stop.cancel();
    }

    /// The log's line for an operation.
    pub(super) fn line(&self, op: &Op, outcome: OpOutcome, message: Option<String>) -> LogEntry {
        let units = self.engine.store.units();
        let mut changes = op.changes.clone();
        for change in &mut changes {
            if units.get(change.unit.as_str()).is_some_and(|unit| unit.sensitive) {
                change.before = hidden(&change.before);
                change.after = hidden(&change.after);
            }
        }
        LogEntry {
            seq: op.seq,
            action: op.action,
            deal: op.deal.clone(),
            remote: op.remote.clone(),
            label: op.label.clone(),
            reason: op.reason,
            changes,
            outcome,
            message,
            at: self.engine.clock.now(),
        }
    }

    /// What an applied operation leaves behind, as far as every operation does.
    pub(super) fn effect(&self, op: &Op, deal: DealWrite, links: Vec<Agreement>) -> Effect {
        Effect {
            deal,
            links,
            intent: IntentWrite::Keep,
            origins: Vec::new(),
            conflicts: op.conflicts.clone(),
            log: Some(self.line(op, OpOutcome::Applied, None)),
        }
    }

    /// Lines that wait for a commit, as effects.
    pub(super) fn waiting_lines(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.lines)
            .into_iter()
            .map(|line| Effect {
                deal: DealWrite::None,
                links: Vec::new(),
                intent: IntentWrite::Keep,
                origins: Vec::new(),
                conflicts: Vec::new(),
                log: Some(line),
            })
            .collect()
    }

    /// The link of an operation, if it is still the one that the plan saw.
    pub(super) fn link_of(&self, op: &Op) -> Option<&Agreement> {
        let link = self.links.get(op.deal.as_ref()?)?;
        (op.remote.as_ref() == Some(&link.remote)).then_some(link)
    }

    /// The agreement of a link that is new, about nothing yet.
    pub(super) fn blank(&self, remote: &RemoteId) -> Agreement {
        let nothing: Box<[Option<Value>]> = vec![None; self.engine.store.units().len()].into();
        Agreement {
            remote: remote.clone(),
            status: LinkStatus::Live,
            crm: nothing.clone(),
            theirs: nothing,
            seen_at: self.seen_at(),
            held: BTreeMap::new(),
        }
    }

    /// The start of the reading that the plan was made from.
    pub(super) fn seen_at(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        self.plan.as_ref().map(|plan| plan.reading.read.lo)
    }

    /// Writes into an agreement that both sides now hold these values, and nothing of the unit waits. When they were seen to agree on everything is
    /// known at the end of the run, and goes into the baseline.
    pub(super) fn agree(&self, agreement: &mut Agreement, unit: &UnitKey, crm: Value, theirs: Value) {
        let Some(position) = self.engine.store.units().position(unit.as_str()) else { return };
        if let (Some(ours), Some(there)) =
            (agreement.crm.get_mut(position), agreement.theirs.get_mut(position))
        {
            *ours = Some(crm);
            *there = Some(theirs);
            agreement.held.remove(unit);
        }
    }

    /// Does everything that the plan says, in its order.
    pub(super) async fn apply(&mut self) -> Result<(), EngineError> {
        let (Some(plan), Some(reading)) = (self.plan.clone(), self.reading.clone()) else { return Ok(()) };
        let of =
            |wanted: &[Action]| plan.ops.iter().filter(|op| wanted.contains(&op.action)).collect::<Vec<_>>();
        let local = |op: &&Op| op.action.target() != Some(Side::Remote) && !op.action.deletes();
        self.rebase().await?;
        self.pull(&plan.ops.iter().filter(local).collect::<Vec<_>>()).await?;
        self.push(&reading, &of(&[Action::UpdateRecord])).await?;
        self.create(&reading, &of(&[Action::CreateRecord, Action::RecreateRecord])).await?;
        self.restore(&reading, &of(&[Action::RestoreRecord])).await?;
        self.stamp(&reading, &of(&[Action::Stamp])).await?;
        self.delete(&reading, &plan.ops.iter().filter(|op| op.action.deletes()).collect::<Vec<_>>()).await
    }

    /// Enters into the books that links forgot what they agreed on through other fields, before anything is written through
    /// the fields of now: a later run must not take the one for the other.
    async fn rebase(&self) -> Result<(), EngineError> {
        let Some(reading) = self.reading.as_ref().filter(|reading| !reading.rebased.is_empty()) else {
            return Ok(());
        };
        let links = reading.rebased.iter().filter_map(|deal| self.links.get_key_value(deal));
        let effect = |(deal, link): (&DealId, &Agreement)| Effect {
            links: vec![link.clone()],
            ..bookkeeping(deal.clone(), IntentWrite::Keep)
        };
        let effects: Vec<Effect> = links.map(effect).collect();
        for chunk in effects.chunks(CHUNK) {
            let commit = Commit { effects: chunk.to_vec(), ..Commit::default() };
            self.engine.store.commit(&self.lease, commit).await?;
        }
        let fields = Some(self.engine.connection.mapping.fields());
        let baseline = reading.state.baseline.clone().map(|last| Baseline { fields, ..last });
        self.engine.store.commit(&self.lease, Commit { baseline, ..Commit::default() }).await?;
        Ok(())
    }

    /// Ends the books; see `finish`.
    pub(super) async fn close(
        &mut self,
        worked: Result<(), EngineError>,
    ) -> Result<super::run::Report, EngineError> {
        if let Err(EngineError::Store(error)) = worked {
            return Err(EngineError::Store(error));
        }
        if let Err(EngineError::AppliedPlan(plan, run)) = worked {
            return Err(EngineError::AppliedPlan(plan, run));
        }
        let record = self.finish(worked.err()).await?;
        let plan = self.plan.take().map(Arc::unwrap_or_clone);
        let results = std::mem::take(&mut self.results);
        Ok(super::run::Report { record, plan, results, written: std::mem::take(&mut self.written) })
    }
}

/// Whether a unit came from the record, in a deal that is brought back.
pub(super) fn is_edit(rule: Rule) -> bool {
    rule != Rule::Whole
}

/// A value that may be told apart from others, and not read.
fn hidden(value: &Value) -> Value {
    if value.is_empty() {
        Value::Empty
    } else {
        let digest = crate::digest::digest([format!("{value:?}").as_str()]);
        Value::Text(format!("hidden {}", digest.get(..8).unwrap_or_default()))
    }
}
