//! Into the CRM, and into our own books: in transactions of a hundred operations.

use super::run::EngineError;
use super::session::{Session, is_edit};
use crate::id::{DealId, UnitKey};
use crate::mutation::{self, Rule::CarriedOrigin};
use crate::plan::{Action, Op, Reason, Rule, Side, UnitChange};
use crate::state::{Agreement, LinkStatus, Origin};
use crate::store::{Commit, Committed, DealWrite, Effect, IntentWrite, OpOutcome};
use crate::value::Value;

/// How many operations one transaction holds: few enough that the CRM hardly waits.
pub(super) const CHUNK: usize = 100;

impl Session<'_> {
    /// Applies the operations that write no record.
    pub(super) async fn pull(&mut self, ops: &[&Op]) -> Result<(), EngineError> {
        for chunk in ops.chunks(CHUNK) {
            if self.stop.is_cancelled() {
                for op in chunk {
                    self.settle(op, OpOutcome::Skipped, None);
                }
                continue;
            }
            let mut tried: Vec<&Op> = Vec::with_capacity(chunk.len());
            let mut effects = Vec::with_capacity(chunk.len());
            // One operation builds on the link that another of the same deal leaves: these go one after the other.
            for &op in chunk {
                if tried.iter().any(|earlier| earlier.deal.is_some() && earlier.deal == op.deal) {
                    self.write(&tried, std::mem::take(&mut effects)).await?;
                    tried.clear();
                }
                match self.local_effect(op) {
                    Some(effect) => {
                        tried.push(op);
                        effects.push(effect);
                    }
                    None => self.settle(op, OpOutcome::Stale, Some("the link changed since the plan".into())),
                }
            }
            self.write(&tried, effects).await?;
        }
        Ok(())
    }

    async fn write(&mut self, ops: &[&Op], effects: Vec<Effect>) -> Result<(), EngineError> {
        if effects.is_empty() {
            return Ok(());
        }
        let links: Vec<Vec<Agreement>> = effects.iter().map(|effect| effect.links.clone()).collect();
        let mut all = effects;
        all.extend(self.waiting_lines());
        let commit = Commit { effects: all, ..Commit::default() };
        let committed = self.engine.store.commit(&self.lease, commit).await?;
        for ((op, links), committed) in ops.iter().zip(links).zip(committed) {
            match committed {
                Committed::Done(deal) => {
                    let deal = op.deal.clone().or(deal);
                    if op.action.target() == Some(Side::Crm) {
                        self.written.extend(deal.clone());
                    }
                    self.remember(op, deal.as_ref(), links);
                    self.settle(op, OpOutcome::Applied, None);
                }
                Committed::Stale => {
                    let message = "the deal was edited in the CRM meanwhile; the next run looks again";
                    self.settle(op, OpOutcome::Stale, Some(message.into()));
                }
                Committed::Refused(why) => self.refuse(op, why),
            }
        }
        Ok(())
    }

    /// Takes over what an applied operation did to the links.
    pub(super) fn remember(&mut self, op: &Op, deal: Option<&DealId>, links: Vec<Agreement>) {
        let Some(deal) = deal else { return };
        if let (Action::CreateDeal, Some(remote)) = (op.action, &op.remote) {
            self.made.insert(remote.clone(), deal.clone());
        }
        for link in links {
            if link.status == LinkStatus::Tombstone {
                if self.links.get(deal).is_some_and(|known| known.remote == link.remote) {
                    self.links.remove(deal);
                }
            } else {
                self.links.insert(deal.clone(), link);
            }
        }
    }

    /// What an operation on our side leaves behind; `None` when its link is not what the plan saw.
    fn local_effect(&self, op: &Op) -> Option<Effect> {
        let remote = op.remote.as_ref()?;
        let keep = || op.deal.clone().map_or(DealWrite::None, DealWrite::Keep);
        let values = || op.changes.iter().map(|change| (change.unit.clone(), change.after.clone())).collect();
        let expected = || -> Vec<(UnitKey, Value)> {
            op.changes.iter().map(|change| (change.unit.clone(), change.before.clone())).collect()
        };
        match op.action {
            Action::CreateDeal => {
                if self.links.values().any(|link| link.remote == *remote) {
                    return None;
                }
                let link = self.carried(op, self.blank(remote));
                Some(self.pulled(op, DealWrite::Insert { values: values() }, link))
            }
            Action::UpdateDeal => {
                let base = self.link_of(op)?;
                let mut link = self.carried(op, base.clone());
                match op.reason {
                    // What the remote holds is not what comes back here: it is a change that waits.
                    Reason::Undone => self.hold(&mut link, op, base, &base.theirs),
                    // The record is still to be written: until then this is an edit of the CRM.
                    Reason::Chosen => link.clone_from(base),
                    _ => {}
                }
                let id = op.deal.clone()?;
                Some(self.pulled(op, DealWrite::Update { id, expected: expected(), values: values() }, link))
            }
            Action::RestoreDeal => {
                let mut link = self.link_of(op)?.clone();
                // Taken back, the deal stands alone until somebody edits it or its record is there.
                link.status = match op.reason {
                    Reason::Undone => LinkStatus::deleted_on(Side::Remote),
                    _ => LinkStatus::Live,
                };
                // What the deal held itself is still to be compared with the record: those units agree on nothing new.
                for change in op.changes.iter().filter(|change| is_edit(change.rule)) {
                    self.agree(&mut link, &change.unit, change.after.clone(), change.after.clone());
                }
                Some(self.pulled(op, DealWrite::Restore { id: op.deal.clone()?, values: values() }, link))
            }
            Action::Link => {
                let mut links = Vec::with_capacity(2);
                if let Some(old) = self.links.get(op.deal.as_ref()?) {
                    // Only what takes the place of a deleted record takes over its link.
                    if !matches!(op.reason, Reason::Adopted | Reason::Replaced) || old.remote == *remote {
                        return None;
                    }
                    links.push(Agreement { status: LinkStatus::Tombstone, ..old.clone() });
                }
                // They may differ in what the note does not say.
                links.push(Agreement { seen_at: None, ..self.noted(op, self.blank(remote)) });
                Some(Effect { intent: IntentWrite::Close, ..self.effect(op, keep(), links) })
            }
            Action::Agree => {
                let mut link = self.noted(op, self.link_of(op)?.clone());
                link.status = LinkStatus::Live;
                let theirs = op.changes.iter().filter(|change| change.rule != Rule::Same);
                let origins = self.origins(op, theirs, |change| &change.before);
                Some(Effect { origins, ..self.effect(op, keep(), vec![link]) })
            }
            Action::Release | Action::Forget => {
                let mut link = self.link_of(op)?.clone();
                link.status = match (op.action, op.reason) {
                    (Action::Release, Reason::Deleted(side)) => LinkStatus::deleted_on(side),
                    _ => LinkStatus::Tombstone,
                };
                Some(self.effect(op, keep(), vec![link]))
            }
            Action::DeleteDeal => {
                let status = match op.reason {
                    Reason::Undone => LinkStatus::deleted_on(Side::Crm),
                    _ => LinkStatus::Tombstone,
                };
                let link = Agreement { status, ..self.link_of(op)?.clone() };
                let write = DealWrite::Delete { id: op.deal.clone()?, expected: expected() };
                Some(self.effect(op, write, vec![link]))
            }
            Action::FlagDeal => {
                let status = LinkStatus::deleted_on(Side::Remote);
                let link = Agreement { status, ..self.link_of(op)?.clone() };
                let id = op.deal.clone()?;
                Some(self.effect(
                    op,
                    DealWrite::Update { id, expected: expected(), values: values() },
                    vec![link],
                ))
            }
            Action::UpdateRecord
            | Action::CreateRecord
            | Action::RecreateRecord
            | Action::RestoreRecord
            | Action::Stamp
            | Action::FlagRecord
            | Action::DeleteRecord => None,
        }
    }

    /// Notes of each unit that is put back what the other side holds of it, so that it waits there; where it is such a
    /// putting back that is taken back, nothing waits any more.
    pub(super) fn hold(&self, link: &mut Agreement, op: &Op, before: &Agreement, other: &[Option<Value>]) {
        for unit in op.changes.iter().map(|change| &change.unit) {
            let position = self.engine.store.units().position(unit.as_str());
            let waits = position.and_then(|position| other.get(position)).cloned().flatten();
            if let Some(value) = waits.filter(|_| !before.held.contains_key(unit)) {
                link.held.insert(unit.clone(), value);
            }
        }
    }

    fn pulled(&self, op: &Op, deal: DealWrite, link: Agreement) -> Effect {
        // A deal that is brought back has only the record's edits from the record.
        let from_record = |change: &&UnitChange| op.action != Action::RestoreDeal || is_edit(change.rule);
        let origins = self.origins(op, op.changes.iter().filter(from_record), |change| &change.after);
        Effect { origins, ..self.effect(op, deal, vec![link]) }
    }

    /// Where values of the CRM come from that the record brought.
    fn origins<'o>(
        &self,
        op: &Op,
        changes: impl Iterator<Item = &'o UnitChange>,
        held: impl Fn(&UnitChange) -> &Value,
    ) -> Vec<Origin> {
        let Some(edited) = op.edited.filter(|_| mutation::stands(CarriedOrigin)) else { return Vec::new() };
        let origin = |change: &UnitChange| Origin {
            unit: change.unit.clone(),
            value: held(change).clone(),
            edited,
            connection: self.engine.connection.id.clone(),
        };
        changes.map(origin).collect()
    }

    /// Both sides hold what was carried over.
    fn carried(&self, op: &Op, mut link: Agreement) -> Agreement {
        for change in &op.changes {
            self.agree(&mut link, &change.unit, change.after.clone(), change.after.clone());
        }
        link
    }

    /// Each side holds what the note says.
    fn noted(&self, op: &Op, mut link: Agreement) -> Agreement {
        for change in &op.changes {
            self.agree(&mut link, &change.unit, change.before.clone(), change.after.clone());
        }
        link
    }
}
