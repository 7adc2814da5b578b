//! New records, the only writes that must not be repeated: an intent first, then the request, then the link.

use std::collections::HashSet;

use chrono::TimeDelta;
use futures::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::push::{Tried, cells, write};
use super::reading::Reading;
use super::run::{Engine, EngineError};
use super::session::Session;
use crate::connector::{Change, Outcome, RemoteDeal, Stamp};
use crate::id::DealId;
use crate::mapping::Direction;
use crate::mutation::{self, Rule::CreateIntent};
use crate::plan::{Action, Op};
use crate::state::{Intent, LinkStatus};
use crate::store::{Commit, DealWrite, Effect, IntentWrite, Lease, OpOutcome, StoreError};
use crate::value::Value;

/// How many keys are looked for at once.
const KEYS: usize = 50;

impl Session<'_> {
    /// Makes records for deals that have none.
    pub(super) async fn create(&mut self, reading: &Reading, ops: &[&Op]) -> Result<(), EngineError> {
        let mut ready = Vec::with_capacity(ops.len());
        for &op in ops {
            match self.obstacle(reading, op) {
                None => ready.push(op),
                Some((outcome, why)) => self.settle(op, outcome, Some(why.into())),
            }
        }
        let ready = self.unclaimed(reading, ready).await;
        let capabilities = self.engine.connector.capabilities();
        let (engine, stop, lease) = (self.engine, self.stop.clone(), self.lease.clone());
        let mut chunks = stream::iter(ready.chunks(capabilities.batch.get()).map(|chunk| {
            let (stop, lease) = (stop.clone(), lease.clone());
            async move { (chunk, send(engine, reading, &lease, chunk, &stop).await) }
        }))
        .buffer_unordered(capabilities.in_flight.get())
        .boxed();
        while let Some((chunk, tried)) = chunks.next().await {
            let tried = tried?;
            let refused: Vec<DealId> = chunk
                .iter()
                .zip(&tried)
                .filter(|(_, tried)| matches!(tried, Tried::Asked(Outcome::Refused(_)) | Tried::Refused(_)))
                .filter_map(|(op, _)| op.deal.clone())
                .collect();
            self.note(chunk, tried, |session, op, deal| session.created(reading, op, deal)).await?;
            self.close_intents(refused).await?;
        }
        Ok(())
    }

    /// Of deals in a plan that was kept for a while, those whose id no record carries by now: a second one would be a
    /// duplicate. Where creations adopt, or the reading is young, nobody needs to ask.
    async fn unclaimed<'o>(&mut self, reading: &Reading, ops: Vec<&'o Op>) -> Vec<&'o Op> {
        let adopts = self.engine.connector.capabilities().create_is_idempotent;
        let Some(field) = reading.binding.key_field().filter(|_| reading.is_kept_plan && !adopts) else {
            return ops;
        };
        let mut free = Vec::with_capacity(ops.len());
        for chunk in ops.chunks(KEYS) {
            let keys: Vec<String> =
                chunk.iter().filter_map(|op| op.deal.as_ref()).map(ToString::to_string).collect();
            match self.engine.connector.find(field, &keys, std::slice::from_ref(field)).await {
                Ok(found) => {
                    let taken: HashSet<&Value> = found.iter().map(|deal| deal.cell(field)).collect();
                    for &op in chunk {
                        let key = op.deal.as_ref().map(|deal| Value::Text(deal.to_string()));
                        if key.is_some_and(|key| taken.contains(&key)) {
                            let why = "a record carries the deal's id by now; the next run takes it over";
                            self.settle(op, OpOutcome::Stale, Some(why.into()));
                        } else {
                            free.push(op);
                        }
                    }
                }
                Err(error) => chunk.iter().for_each(|op| self.fail(op, OpOutcome::Refused, &error)),
            }
        }
        free
    }

    /// Why a record must not be made now, if it must not.
    fn obstacle(&self, reading: &Reading, op: &Op) -> Option<(OpOutcome, &'static str)> {
        let Some(deal) = &op.deal else { return Some((OpOutcome::Stale, "its deal is not known")) };
        if !reading.crm.deals.contains_key(deal) {
            return Some((OpOutcome::Stale, "the deal was deleted in the CRM meanwhile"));
        }
        if op.action == Action::CreateRecord && self.links.contains_key(deal) {
            return Some((OpOutcome::Stale, "the deal has a record by now"));
        }
        // A creation without an answer may still come to light: until then, a second one could be a duplicate.
        let capabilities = self.engine.connector.capabilities();
        let idempotent = capabilities.create_is_idempotent && reading.binding.key_field().is_some();
        let sent = reading
            .state
            .intents
            .iter()
            .filter(|intent| intent.deal == *deal)
            .find_map(|intent| intent.sent_at);
        let lag: TimeDelta = capabilities.lookup_lag;
        if sent.is_some_and(|sent| !idempotent && reading.remote.read.lo < sent + lag) {
            return Some((
                OpOutcome::Skipped,
                "an earlier attempt may still appear; a later run looks again",
            ));
        }
        None
    }

    /// What a new record leaves behind.
    fn created(&self, reading: &Reading, op: &Op, deal: RemoteDeal) -> (Effect, Option<String>) {
        let mut link = self.blank(&deal.id);
        let remote = deal.id.clone();
        let altered = self.arrived(reading, &op.changes, deal, &mut link);
        self.agree_one_way(reading, op, &mut link);
        let mut links = Vec::with_capacity(2);
        if op.action == Action::RecreateRecord
            && let Some(old) = self.link_of(op).filter(|old| old.remote != remote)
        {
            let mut old = old.clone();
            old.status = LinkStatus::Tombstone;
            links.push(old);
        }
        links.push(link);
        let write = op.deal.clone().map_or(DealWrite::None, DealWrite::Keep);
        let mut effect = Effect { intent: IntentWrite::Close, ..self.effect(op, write, links) };
        if let Some(line) = &mut effect.log {
            line.remote = Some(remote);
        }
        (effect, altered)
    }

    /// Units that only come from the remote start from what each side holds: nothing there, anything here.
    fn agree_one_way(&self, reading: &Reading, op: &Op, link: &mut crate::state::Agreement) {
        let Some(deal) = op.deal.as_ref().and_then(|id| reading.crm.deals.get(id)) else { return };
        for (position, (unit, value)) in self.engine.store.units().iter().zip(&deal.values).enumerate() {
            let inbound =
                reading.binding.bound(position).is_some_and(|bound| bound.direction == Direction::ToCrm);
            if inbound && !value.is_unknown() {
                self.agree(link, &unit.key, value.clone(), Value::Empty);
            }
        }
    }

    /// Ends the intents of creations that the remote certainly refused.
    async fn close_intents(&mut self, deals: Vec<DealId>) -> Result<(), EngineError> {
        if deals.is_empty() {
            return Ok(());
        }
        let effects = deals.into_iter().map(|deal| bookkeeping(deal, IntentWrite::Close)).collect();
        self.engine.store.commit(&self.lease, Commit { effects, ..Commit::default() }).await?;
        Ok(())
    }
}

/// Notes that these creations are under way, then sends them.
async fn send(
    engine: &Engine,
    reading: &Reading,
    lease: &Lease,
    ops: &[&Op],
    stop: &CancellationToken,
) -> Result<Vec<Tried>, StoreError> {
    if stop.is_cancelled() {
        return Ok(ops.iter().map(|_| Tried::Skipped(None)).collect());
    }
    let mut tried: Vec<Option<Tried>> = Vec::with_capacity(ops.len());
    let mut changes = Vec::with_capacity(ops.len());
    let mut intents = Vec::with_capacity(ops.len());
    for op in ops {
        match (cells(&reading.binding, engine, &op.changes), &op.deal) {
            (Ok(cells), Some(deal)) => {
                let stamp = reading
                    .binding
                    .key_field()
                    .map(|field| Stamp { field: field.clone(), key: deal.as_str().to_owned() });
                changes.push(Change::Create { stamp, cells });
                let payload =
                    op.changes.iter().map(|change| (change.unit.clone(), change.after.clone())).collect();
                let run = lease.run.clone();
                let intent = Intent { deal: deal.clone(), run, payload, sent_at: Some(engine.clock.now()) };
                intents.push(bookkeeping(deal.clone(), IntentWrite::Put(intent)));
                tried.push(None);
            }
            (Err(why), _) => tried.push(Some(Tried::Refused(why))),
            (Ok(_), None) => tried.push(Some(Tried::Stale("its deal is not known"))),
        }
    }
    if !intents.is_empty() && mutation::stands(CreateIntent) {
        engine.store.commit(lease, Commit { effects: intents, ..Commit::default() }).await?;
    }
    let mut asked = write(engine, changes, stop).await.into_iter();
    Ok(tried
        .into_iter()
        .map(|known| known.or_else(|| asked.next()).unwrap_or(Tried::Skipped(None)))
        .collect())
}

/// An effect that only begins or ends an intent.
pub(super) fn bookkeeping(deal: DealId, intent: IntentWrite) -> Effect {
    Effect {
        deal: DealWrite::Keep(deal),
        links: Vec::new(),
        intent,
        origins: Vec::new(),
        conflicts: Vec::new(),
        log: None,
    }
}
