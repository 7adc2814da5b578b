//! What the remotes' limits have left: calls of this month, and what a sync costs.

use super::check::{self, Prediction};
use super::{budget, connection};
use crate::app::{AIRTABLE, App};
use crate::failure::Failure;

/// How many calls a month the free plan of a remote allows, where it has such a limit.
#[must_use]
pub fn free_calls(remote: &str) -> Option<u64> {
    (remote == AIRTABLE).then_some(1_000)
}

/// How many calls a remote got this month, by UTC, whether or not it is connected now.
pub async fn calls_this_month(app: &App, remote: &str) -> Result<u64, Failure> {
    app.settle_calls().await?;
    Ok(app.store.calls_of(remote, &budget::month(app.clock.now())).await?)
}

/// What the next sync of a remote would cost; nothing is known of one that is not connected. Asks nobody.
pub async fn next_sync(app: &App, remote: &str) -> Result<Option<Prediction>, Failure> {
    let configured = match connection::of_remote(app, remote).await {
        Ok(configured) => configured,
        Err(Failure::NotConfigured { .. }) => return Ok(None),
        Err(failure) => return Err(failure),
    };
    let connector = match connection::connector(app, &configured).await {
        Ok(connector) => connector,
        Err(Failure::NoToken { .. } | Failure::Secrets(_)) => return Ok(None),
        Err(failure) => return Err(failure),
    };
    Ok(Some(check::predict(app, connector.as_ref(), &configured.settings.connection.id, false).await?))
}
