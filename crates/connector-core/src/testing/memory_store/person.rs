//! The side door: what a person does in the CRM, by whichever program; nothing is checked but names.

use super::MemoryStore;
use crate::id::{DealId, UnitKey};
use crate::state::Deal;
use crate::value::Value;

/// What a person named and the CRM does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotThere {
    /// A deal.
    #[error("there is no deal {0}")]
    Deal(DealId),
    /// A unit.
    #[error("there is no unit {0}")]
    Unit(UnitKey),
}

/// What a person does in the CRM. [`Value::Unknown`] makes a cell that cannot be read.
impl MemoryStore {
    /// One deal, if it is there.
    #[must_use]
    pub fn deal(&self, id: &DealId) -> Option<Deal> {
        self.lock().deals.get(id)
    }

    /// Every deal, by id.
    #[must_use]
    pub fn all_deals(&self) -> Vec<Deal> {
        self.lock().deals.all()
    }

    /// Makes a deal; its id.
    pub fn insert_deal<U: Into<UnitKey>>(
        &self,
        values: impl IntoIterator<Item = (U, Value)>,
    ) -> Result<DealId, NotThere> {
        let deals = &mut self.lock().deals;
        let values = values.into_iter().map(|(unit, value)| (unit.into(), value));
        let values = deals.overlaid(deals.nothing(), values)?;
        let id = deals.next_id();
        deals.put(&id, values, Some(self.clock.now()));
        Ok(id)
    }

    /// Makes a deal under this id, or replaces all of it.
    pub fn put_deal<U: Into<UnitKey>>(
        &self,
        id: &DealId,
        values: impl IntoIterator<Item = (U, Value)>,
    ) -> Result<(), NotThere> {
        let deals = &mut self.lock().deals;
        let values = values.into_iter().map(|(unit, value)| (unit.into(), value));
        let values = deals.overlaid(deals.nothing(), values)?;
        deals.put(id, values, Some(self.clock.now()));
        Ok(())
    }

    /// Writes one unit of a deal.
    pub fn edit_deal(&self, id: &DealId, unit: impl Into<UnitKey>, value: Value) -> Result<(), NotThere> {
        let deals = &mut self.lock().deals;
        let deal = deals.get(id).ok_or_else(|| NotThere::Deal(id.clone()))?;
        let values = deals.overlaid(deal.values, [(unit.into(), value)])?;
        deals.put(id, values, Some(self.clock.now()));
        Ok(())
    }

    /// Deletes a deal.
    pub fn delete_deal(&self, id: &DealId) -> Result<(), NotThere> {
        self.lock().deals.remove(id, None)
    }
}
