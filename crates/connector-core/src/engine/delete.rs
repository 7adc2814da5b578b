//! Passing deletions on, last of all: each is confirmed once more, on both sides, just before.

use std::collections::HashSet;

use super::push::{Tried, keep_losers, moved, unread, write};
use super::reading::{Reading, decode};
use super::run::EngineError;
use super::session::Session;
use crate::connector::{Change, Presence, RemoteDeal};
use crate::id::{DealId, FieldId, RemoteId};
use crate::plan::{Action, Op, Reason, Side};
use crate::state::LinkStatus;
use crate::store::{DealWrite, Effect, OpOutcome, StoreError};
use crate::value::Value;

const IS_BACK: &str = "what was deleted is there again; the next run looks again";

impl Session<'_> {
    /// Marks or deletes what is left of deleted deals and records.
    pub(super) async fn delete(&mut self, reading: &Reading, ops: &[&Op]) -> Result<(), EngineError> {
        if self.failure.is_some() {
            for op in ops {
                self.settle(op, OpOutcome::Skipped, Some("the run went wrong before".into()));
            }
            return Ok(());
        }
        let (deals, records): (Vec<&Op>, Vec<&Op>) =
            ops.iter().partition(|op| op.action.target() == Some(Side::Crm));
        self.delete_records(reading, &records).await?;
        self.delete_deals(reading, &deals).await
    }

    /// Of deals that are still gone, records that still hold what the plan saw.
    async fn delete_records(&mut self, reading: &Reading, ops: &[&Op]) -> Result<(), EngineError> {
        if ops.is_empty() {
            return Ok(());
        }
        let deals = self.engine.store.deals().await?;
        let there: HashSet<&DealId> = deals.iter().map(|deal| &deal.id).collect();
        let (back, gone): (Vec<&Op>, Vec<&Op>) = ops.iter().partition(|op| {
            let is_back = op.deal.as_ref().is_none_or(|deal| there.contains(deal));
            is_back && !matches!(op.reason, Reason::Undone | Reason::Swept)
        });
        for op in back {
            self.settle(op, OpOutcome::Stale, Some(IS_BACK.into()));
        }
        let batch = self.engine.connector.capabilities().batch.get();
        for chunk in gone.chunks(batch) {
            let tried = self.send(reading, chunk).await?;
            self.note(chunk, tried, |session, op, deal| session.ended(reading, op, deal)).await?;
        }
        Ok(())
    }

    async fn send(&self, reading: &Reading, ops: &[&Op]) -> Result<Vec<Tried>, StoreError> {
        if self.stop.is_cancelled() {
            return Ok(ops.iter().map(|_| Tried::Skipped(None)).collect());
        }
        let moved = match moved(self.engine, reading, ops).await {
            Ok(moved) => moved,
            Err(error) => return Ok(unread(ops, &error)),
        };
        let (mut tried, mut changes) = (Vec::with_capacity(ops.len()), Vec::with_capacity(ops.len()));
        for (op, moved) in ops.iter().zip(moved) {
            match (moved, self.link_of(op), self.change(op)) {
                (Some(why), _, _) => tried.push(Some(Tried::Stale(why))),
                (None, link, Some(change)) if link.is_some() || op.reason == Reason::Swept => {
                    changes.push(change);
                    tried.push(None);
                }
                (None, _, _) => tried.push(Some(Tried::Stale("the link changed since the plan"))),
            }
        }
        keep_losers(self.engine, &self.lease, ops).await?;
        let mut asked = write(self.engine, changes, &self.stop).await.into_iter();
        let answer = |known: Option<Tried>| known.or_else(|| asked.next()).unwrap_or(Tried::Skipped(None));
        Ok(tried.into_iter().map(answer).collect())
    }

    fn change(&self, op: &Op) -> Option<Change> {
        let id = op.remote.clone()?;
        if op.action == Action::DeleteRecord {
            return Some(Change::Delete { id });
        }
        let mark: (FieldId, Value) = self.engine.connection.policy.deletions.record_mark.clone()?;
        Some(Change::Update { id, cells: vec![mark] })
    }

    /// What a record that was marked or deleted leaves behind.
    fn ended(&self, reading: &Reading, op: &Op, deal: RemoteDeal) -> (Effect, Option<String>) {
        let (remote, _) = decode(&reading.binding, self.engine.store.units(), deal);
        let mut link = self.link_of(op).cloned().unwrap_or_else(|| self.blank(&remote));
        link.status = match op.action {
            // Taken back, the deal stands alone until somebody edits it.
            _ if op.reason == Reason::Undone => LinkStatus::deleted_on(Side::Remote),
            Action::DeleteRecord => LinkStatus::Tombstone,
            _ => LinkStatus::deleted_on(Side::Crm),
        };
        let write = op.deal.clone().map_or(DealWrite::None, DealWrite::Keep);
        (self.effect(op, write, vec![link]), None)
    }

    /// Of records that are still gone, deals that still hold what the plan saw.
    async fn delete_deals(&mut self, reading: &Reading, ops: &[&Op]) -> Result<(), EngineError> {
        // What a run made is taken back though its record is there.
        let (mut confirmed, asked): (Vec<&Op>, Vec<&Op>) =
            ops.iter().partition(|op| op.reason == Reason::Undone);
        for chunk in asked.chunks(self.engine.connector.capabilities().read_batch.get()) {
            if self.stop.is_cancelled() {
                for op in chunk {
                    self.settle(op, OpOutcome::Skipped, None);
                }
                continue;
            }
            let ids: Vec<RemoteId> = chunk.iter().filter_map(|op| op.remote.clone()).collect();
            match self.engine.connector.read(&ids, &reading.binding.fields()).await {
                Ok(found) => {
                    for (&op, presence) in chunk.iter().zip(found) {
                        if matches!(presence, Presence::Deleted | Presence::Trashed(_)) {
                            confirmed.push(op);
                        } else {
                            self.settle(op, OpOutcome::Stale, Some(IS_BACK.into()));
                        }
                    }
                }
                Err(error) => {
                    for op in chunk {
                        self.fail(op, OpOutcome::Refused, &error);
                    }
                }
            }
        }
        self.pull(&confirmed).await
    }
}
