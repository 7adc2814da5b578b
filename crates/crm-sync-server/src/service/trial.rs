//! Trying a connection: whose token it is, what it may do, whether the table is there.

use connector_core::Error;
use connector_core::provider::Identity;

use super::check::Records;
use super::{connection, sampling, scopes};
use crate::app::App;
use crate::failure::Failure;

/// What trying a connection came to.
#[derive(Debug)]
pub struct Trial {
    /// Whose token it is, or why it does not work.
    pub identity: Result<Identity, Error>,
    /// The rights that the token lacks, if the remote tells.
    pub missing: Vec<&'static str>,
    /// The table and its records, or why they cannot be read; nothing while no table is chosen.
    pub table: Option<Result<(String, Records), Error>>,
}

impl Trial {
    /// Whether token and table work.
    #[must_use]
    pub fn works(&self) -> bool {
        self.identity.is_ok() && self.table.as_ref().is_none_or(Result::is_ok)
    }
}

/// Tries the connection of a remote, in two requests.
pub async fn try_out(app: &App, remote: &str) -> Result<Trial, Failure> {
    let identity = app.provider(remote).await?.identity().await;
    let mut trial = Trial { identity, missing: Vec::new(), table: None };
    let Ok(identity) = &trial.identity else { return Ok(trial) };
    trial.missing = scopes::missing(identity, &scopes::all(remote));
    let configured = match connection::of_remote(app, remote).await {
        Ok(configured) => configured,
        Err(Failure::NotConfigured { .. }) => return Ok(trial),
        Err(failure) => return Err(failure),
    };
    let connector = connection::connector(app, &configured).await?;
    let counted = sampling::count(connector.as_ref()).await;
    let counted =
        counted.map(|(count, is_exact)| (configured.settings.table_name, Records { count, is_exact }));
    trial.table = Some(counted);
    Ok(trial)
}
