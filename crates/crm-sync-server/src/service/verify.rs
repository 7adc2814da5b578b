//! Comparing both sides with what they last agreed on; nothing is changed.

use connector_core::id::ConnectionId;
use connector_core::plan::Verification;
use serde::{Deserialize, Serialize};

use super::connection::Configured;
use super::sync::Order;
use crate::app::App;
use crate::failure::Failure;
use crate::store::{Found, Look};

/// What the last comparison found, as it is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// Pairs of a deal and a record.
    pub links: usize,
    /// Of these, those that agree.
    pub agreeing: usize,
    /// Where the others differ.
    pub drifts: usize,
    /// Whether the remote was read to its end.
    pub complete: bool,
}

impl Verified {
    /// Whether everything was seen, and agrees.
    #[must_use]
    pub const fn is_in_agreement(&self) -> bool {
        self.complete && self.drifts == 0
    }
}

impl From<&Verification> for Verified {
    fn from(found: &Verification) -> Self {
        let Verification { links, agreeing, complete, .. } = *found;
        Self { links, agreeing, drifts: found.drifts.len(), complete }
    }
}

/// Reads both sides of a connection and compares them; remembers how it came out.
pub async fn of(app: &App, configured: &Configured, order: &Order) -> Result<Verification, Failure> {
    let engine = order.engine(app, configured).await?;
    let found = engine.verify(&order.request(app)).await?;
    let connection = &configured.settings.connection.id;
    app.store.keep_look(connection, Look::Verification, &Verified::from(&found)).await?;
    Ok(found)
}

/// How the last comparison came out, and when that was.
pub async fn last(app: &App, connection: &ConnectionId) -> Result<Option<Found<Verified>>, Failure> {
    Ok(app.store.last_look(connection, Look::Verification).await?)
}
