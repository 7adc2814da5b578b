//! Into the remote: updates and stamps, several requests under way, never two on one record.

use futures::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::reading::{Reading, decode};
use super::run::{Engine, EngineError, STALENESS_BUDGET};
use super::session::Session;
use crate::canon::same;
use crate::connector::{Change, Outcome, Presence, RemoteDeal};
use crate::error::Error;
use crate::id::{FieldId, RemoteId};
use crate::mapping::Binding;
use crate::mutation::{self, Rule::ReadBeforeWrite};
use crate::plan::{Op, Reason, UnitChange};
use crate::state::Agreement;
use crate::store::{Commit, DealWrite, Effect, IntentWrite, Lease, OpOutcome, StoreError};
use crate::value::Value;

/// How many writes may be left without an answer before the remote is taken to be away. A lost answer is its deal's
/// alone; what it came to is looked for by the next run.
const MOST_UNANSWERED: u32 = 3;

/// What became of one operation on the remote.
pub(super) enum Tried {
    /// The remote was asked.
    Asked(Outcome),
    /// The record is not what the plan expects.
    Stale(&'static str),
    /// It could not even be asked, for this reason.
    Refused(String),
    /// The record could not be read again just before the write.
    Unread(Error),
    /// The run was stopped before.
    Skipped(Option<&'static str>),
}

impl Session<'_> {
    /// Writes the units that the CRM changed into their records.
    pub(super) async fn push(&mut self, reading: &Reading, ops: &[&Op]) -> Result<(), EngineError> {
        let (ready, moved): (Vec<&Op>, Vec<&Op>) = ops.iter().partition(|op| self.link_of(op).is_some());
        for op in moved {
            self.settle(op, OpOutcome::Stale, Some("the link changed since the plan".into()));
        }
        let capabilities = self.engine.connector.capabilities();
        let (engine, stop, lease) = (self.engine, self.stop.clone(), self.lease.clone());
        let mut chunks = stream::iter(ready.chunks(capabilities.batch.get()).map(|chunk| {
            let (stop, lease) = (stop.clone(), lease.clone());
            async move { (chunk, update(engine, reading, &lease, chunk, &stop).await) }
        }))
        .buffer_unordered(capabilities.in_flight.get())
        .boxed();
        while let Some((chunk, tried)) = chunks.next().await {
            self.note(chunk, tried?, |session, op, deal| session.updated(reading, op, deal)).await?;
        }
        Ok(())
    }

    /// Writes the deals' ids into records that do not carry them.
    pub(super) async fn stamp(&mut self, reading: &Reading, ops: &[&Op]) -> Result<(), EngineError> {
        let Some(field) = reading.binding.key_field() else { return Ok(()) };
        let mut ready = Vec::with_capacity(ops.len());
        for &op in ops {
            let deal = op.deal.as_ref().or_else(|| self.made.get(op.remote.as_ref()?)).cloned();
            match (deal, op.remote.clone()) {
                (Some(deal), Some(remote)) => {
                    let cells = vec![(field.clone(), Value::Text(deal.as_str().to_owned()))];
                    ready.push((op, Change::Update { id: remote, cells }));
                }
                _ => self.settle(op, OpOutcome::Skipped, Some("its deal was not made".into())),
            }
        }
        let capabilities = self.engine.connector.capabilities();
        let (engine, stop) = (self.engine, self.stop.clone());
        let mut chunks = stream::iter(ready.chunks(capabilities.batch.get()).map(|chunk| {
            let stop = stop.clone();
            async move {
                let ops: Vec<&Op> = chunk.iter().map(|(op, _)| *op).collect();
                let changes = chunk.iter().map(|(_, change)| change.clone()).collect();
                let tried = write(engine, changes, &stop).await;
                (ops, tried)
            }
        }))
        .buffer_unordered(capabilities.in_flight.get())
        .boxed();
        while let Some((chunk, tried)) = chunks.next().await {
            let keep = |session: &mut Self, op: &Op, _: RemoteDeal| {
                let deal = op.deal.clone().or_else(|| session.made.get(op.remote.as_ref()?).cloned());
                let write = deal.map_or(DealWrite::None, DealWrite::Keep);
                (session.effect(op, write, Vec::new()), None)
            };
            self.note(&chunk, tried, keep).await?;
        }
        Ok(())
    }

    /// Enters what became of a batch into the books, in one commit.
    ///
    /// `applied` makes of a written record what stays behind, and says so when the remote kept something else.
    pub(super) async fn note(
        &mut self,
        ops: &[&Op],
        tried: Vec<Tried>,
        applied: impl Fn(&mut Self, &Op, RemoteDeal) -> (Effect, Option<String>),
    ) -> Result<(), EngineError> {
        let mut done = Vec::with_capacity(ops.len());
        let mut effects = Vec::with_capacity(ops.len());
        for (&op, tried) in ops.iter().zip(tried) {
            match tried {
                Tried::Asked(Outcome::Applied { deal, .. }) => {
                    let (effect, altered) = applied(self, op, deal);
                    done.push((op, altered));
                    effects.push(effect);
                }
                Tried::Asked(Outcome::Refused(error)) => {
                    self.fail(op, OpOutcome::Refused, &error);
                }
                Tried::Asked(Outcome::Unknown(error)) => {
                    self.fail(op, OpOutcome::Unknown, &error);
                }
                Tried::Unread(error) => self.fail(op, OpOutcome::Refused, &error),
                Tried::Refused(why) => self.refuse(op, why),
                Tried::Stale(why) => self.settle(op, OpOutcome::Stale, Some(why.into())),
                Tried::Skipped(why) => self.settle(op, OpOutcome::Skipped, why.map(Into::into)),
            }
        }
        let links: Vec<Vec<Agreement>> = effects.iter().map(|effect| effect.links.clone()).collect();
        effects.extend(self.waiting_lines());
        if effects.is_empty() {
            return Ok(());
        }
        self.engine.store.commit(&self.lease, Commit { effects, ..Commit::default() }).await?;
        for ((op, altered), links) in done.into_iter().zip(links) {
            self.remember(op, op.deal.as_ref(), links);
            let outcome = if altered.is_some() { OpOutcome::Refused } else { OpOutcome::Applied };
            self.settle(op, outcome, altered);
        }
        Ok(())
    }

    pub(super) fn fail(&mut self, op: &Op, outcome: OpOutcome, error: &Error) {
        let message = error.detail().map_or_else(|| error.to_string(), ToOwned::to_owned);
        let kind = error.kind();
        let is_its_own = outcome == OpOutcome::Refused && !kind.ends_run() && !kind.is_transient();
        if is_its_own {
            self.refuse(op, message);
        } else {
            self.settle(op, outcome, Some(message));
        }
        self.unanswered += u32::from(outcome == OpOutcome::Unknown);
        let is_single = outcome == OpOutcome::Unknown && self.unanswered <= MOST_UNANSWERED;
        if kind.ends_run() || (kind.is_transient() && !is_single) {
            self.abort(error);
        }
    }

    /// What a written record leaves behind: the CRM's values, and what the remote made of them.
    fn updated(&self, reading: &Reading, op: &Op, deal: RemoteDeal) -> (Effect, Option<String>) {
        let base = self.link_of(op).cloned().unwrap_or_else(|| self.blank(&deal.id));
        let mut link = base.clone();
        let altered = self.arrived(reading, &op.changes, deal, &mut link);
        if op.reason == Reason::Undone {
            // What the CRM holds is not what comes back there: it is a change that waits.
            self.hold(&mut link, op, &base, &base.crm);
        }
        let write = op.deal.clone().map_or(DealWrite::None, DealWrite::Keep);
        (self.effect(op, write, vec![link]), altered)
    }

    /// Enters what was sent and what came back into the link. Says so when the remote kept something else than it
    /// declares to.
    pub(super) fn arrived(
        &self,
        reading: &Reading,
        changes: &[UnitChange],
        deal: RemoteDeal,
        link: &mut Agreement,
    ) -> Option<String> {
        let units = self.engine.store.units();
        let (_, row) = decode(&reading.binding, units, deal);
        let mut altered = None;
        for change in changes {
            let Some(position) = units.position(change.unit.as_str()) else { continue };
            let Some((bound, kept)) = reading.binding.bound(position).zip(row.values.get(position)) else {
                continue;
            };
            if !kept.is_unknown() && !bound.lens.agrees(&change.after, kept) {
                altered = Some(format!("{}: {} was sent, {kept} was kept", bound.label, change.after));
            }
            self.agree(link, &change.unit, change.after.clone(), kept.clone());
        }
        altered
    }
}

/// Writes one batch, unless its records have moved since they were read.
async fn update(
    engine: &Engine,
    reading: &Reading,
    lease: &Lease,
    ops: &[&Op],
    stop: &CancellationToken,
) -> Result<Vec<Tried>, StoreError> {
    if stop.is_cancelled() {
        return Ok(ops.iter().map(|_| Tried::Skipped(None)).collect());
    }
    let moved = if is_fresh(engine, reading) {
        vec![None; ops.len()]
    } else {
        match moved(engine, reading, ops).await {
            Ok(moved) => moved,
            Err(error) => return Ok(unread(ops, &error)),
        }
    };
    keep_losers(engine, lease, ops).await?;
    let mut tried: Vec<Option<Tried>> = Vec::with_capacity(ops.len());
    let mut changes = Vec::with_capacity(ops.len());
    for (op, moved) in ops.iter().zip(moved) {
        match (moved, cells(&reading.binding, engine, &op.changes), &op.remote) {
            (Some(why), _, _) => tried.push(Some(Tried::Stale(why))),
            (None, Err(why), _) => tried.push(Some(Tried::Refused(why))),
            (None, Ok(cells), Some(remote)) => {
                changes.push(Change::Update { id: remote.clone(), cells });
                tried.push(None);
            }
            (None, Ok(_), None) => tried.push(Some(Tried::Stale("the record is not known"))),
        }
    }
    let mut asked = write(engine, changes, stop).await.into_iter();
    Ok(tried
        .into_iter()
        .map(|known| known.or_else(|| asked.next()).unwrap_or(Tried::Skipped(None)))
        .collect())
}

/// Enters into the ledger what these writes are about to replace, before they do: an answer that gets lost must not
/// take the losing value with it. Met again, a conflict is the same one.
pub(super) async fn keep_losers(engine: &Engine, lease: &Lease, ops: &[&Op]) -> Result<(), StoreError> {
    let contested = ops.iter().filter(|op| !op.conflicts.is_empty());
    let effects: Vec<Effect> = contested
        .map(|op| Effect {
            deal: op.deal.clone().map_or(DealWrite::None, DealWrite::Keep),
            links: Vec::new(),
            intent: IntentWrite::Keep,
            origins: Vec::new(),
            conflicts: op.conflicts.clone(),
            log: None,
        })
        .collect();
    if effects.is_empty() {
        return Ok(());
    }
    engine.store.commit(lease, Commit { effects, ..Commit::default() }).await.map(drop)
}

/// Sends one batch; an answer that is missing is an unknown outcome.
pub(super) async fn write(engine: &Engine, changes: Vec<Change>, stop: &CancellationToken) -> Vec<Tried> {
    if stop.is_cancelled() {
        return changes.iter().map(|_| Tried::Skipped(None)).collect();
    }
    if changes.is_empty() {
        return Vec::new();
    }
    engine.connector.write(changes).await.into_iter().map(Tried::Asked).collect()
}

/// The cells that carry these changes.
pub(super) fn cells(
    binding: &Binding,
    engine: &Engine,
    changes: &[UnitChange],
) -> Result<Vec<(FieldId, Value)>, String> {
    let units = engine.store.units();
    let mut cells = Vec::with_capacity(changes.len());
    for change in changes {
        let bound = units.position(change.unit.as_str()).and_then(|position| binding.bound(position));
        let Some(bound) = bound else { return Err(format!("{}: the field is gone", change.unit)) };
        match bound.lens.encode(&change.after) {
            Ok(cell) => cells.push((bound.field.clone(), cell)),
            Err(refusal) => return Err(format!("{}: {refusal}", bound.label)),
        }
    }
    Ok(cells)
}

/// Whether the reading is young enough for a write to rely on it.
fn is_fresh(engine: &Engine, reading: &Reading) -> bool {
    let is_young = engine.clock.now() - reading.remote.read.lo <= STALENESS_BUDGET;
    (is_young && !reading.is_kept_plan) || !mutation::stands(ReadBeforeWrite)
}

/// What becomes of operations whose records could not be read again.
pub(super) fn unread(ops: &[&Op], error: &Error) -> Vec<Tried> {
    let again = || {
        Error::new(error.kind(), error.remote(), "reading deals again before writing them")
            .with_detail(error.detail().unwrap_or_default())
    };
    ops.iter().map(|_| Tried::Unread(again())).collect()
}

/// Which of these records no longer hold what the plan expects, by reading them again.
pub(super) async fn moved(
    engine: &Engine,
    reading: &Reading,
    ops: &[&Op],
) -> Result<Vec<Option<&'static str>>, Error> {
    let ids: Vec<RemoteId> = ops.iter().filter_map(|op| op.remote.clone()).collect();
    let found = engine.connector.read(&ids, &reading.binding.fields()).await?;
    let units = engine.store.units();
    Ok(ops
        .iter()
        .zip(found)
        .map(|(op, presence)| match presence {
            Presence::Live(deal) => {
                let (_, row) = decode(&reading.binding, units, deal);
                let holds = op.changes.iter().all(|change| {
                    let position = units.position(change.unit.as_str());
                    let unit = position.and_then(|position| units.at(position));
                    let now = position.and_then(|position| row.values.get(position));
                    unit.zip(now).is_some_and(|(unit, now)| same(&unit.kind, &change.before, now))
                });
                (!holds).then_some("the record was edited meanwhile; the next run looks again")
            }
            _ => Some("the record is gone; the next run looks again"),
        })
        .collect())
}
