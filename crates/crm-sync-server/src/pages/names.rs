//! What people call a deal: its client.

use std::collections::HashMap;

use connector_core::id::DealId;
use connector_core::store::{Store as _, StoreError};
use connector_core::value::Value;

use crate::app::App;
use crate::crm;
use crate::messages;

/// The names of the CRM's deals.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<DealId, String>);

impl Names {
    /// Those of all deals.
    pub(super) async fn read(app: &App) -> Result<Self, StoreError> {
        let at = app.units().position(crm::CLIENT);
        let named = |deal: connector_core::state::Deal| match at.and_then(|at| deal.values.get(at)) {
            Some(Value::Text(name)) => Some((deal.id, messages::short(name))),
            _ => None,
        };
        Ok(Self(app.store.deals().await?.into_iter().filter_map(named).collect()))
    }

    /// The name of this deal, or its id.
    pub(super) fn of(&self, deal: &DealId) -> String {
        self.0.get(deal).cloned().unwrap_or_else(|| deal.to_string())
    }
}
