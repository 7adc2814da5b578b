//! Records that a person wants back from the remote's trash.

use super::push::write;
use super::reading::Reading;
use super::run::EngineError;
use super::session::Session;
use crate::connector::Change;
use crate::plan::{Op, Side};
use crate::state::LinkStatus;
use crate::store::{DealWrite, Effect, OpOutcome};

impl Session<'_> {
    /// Takes records back.
    pub(super) async fn restore(&mut self, reading: &Reading, ops: &[&Op]) -> Result<(), EngineError> {
        let (ready, moved): (Vec<&Op>, Vec<&Op>) = ops.iter().partition(|op| self.link_of(op).is_some());
        for op in moved {
            self.settle(op, OpOutcome::Stale, Some("the link changed since the plan".into()));
        }
        for chunk in ready.chunks(self.engine.connector.capabilities().batch.get()) {
            let ids = chunk.iter().filter_map(|op| op.remote.clone());
            let tried = write(self.engine, ids.map(|id| Change::Restore { id }).collect(), &self.stop).await;
            self.note(chunk, tried, |session, op, _| (session.returned(reading, op), None)).await?;
        }
        Ok(())
    }

    /// What a record that is there again leaves behind. Where its deal is not, it stands alone until a person says more.
    fn returned(&self, reading: &Reading, op: &Op) -> Effect {
        let is_there = op.deal.as_ref().is_some_and(|deal| reading.crm.deals.contains_key(deal));
        let status = if is_there { LinkStatus::Live } else { LinkStatus::deleted_on(Side::Crm) };
        let link = self.link_of(op).cloned().map(|mut link| {
            link.status = status;
            link
        });
        let write = op.deal.clone().map_or(DealWrite::None, DealWrite::Keep);
        self.effect(op, write, link.into_iter().collect())
    }
}
