//! The token of a remote: stored only when the remote takes it.

use connector_core::ErrorKind;
use connector_core::provider::Identity;
use secrecy::SecretString;

use crate::app::App;
use crate::failure::Failure;
use crate::logs;
use crate::secrets::TokenState;

/// Stores a token that the remote takes, and tells whose it is; any other is refused, and the one before stays.
pub async fn store(app: &App, remote: &str, token: &SecretString) -> Result<Identity, Failure> {
    logs::hide(token.clone());
    refuse_environment(app, remote).await?;
    let identity = match app.provider_with(remote, token)?.identity().await {
        Ok(identity) => identity,
        Err(error) if matches!(error.kind(), ErrorKind::Unauthenticated | ErrorKind::Settings) => {
            return Err(Failure::TokenRefused(error));
        }
        Err(error) => return Err(error.into()),
    };
    app.vault.store(remote, token).await?;
    Ok(identity)
}

/// Forgets the stored token.
pub async fn forget(app: &App, remote: &str) -> Result<(), Failure> {
    refuse_environment(app, remote).await?;
    Ok(app.vault.forget(remote).await?)
}

async fn refuse_environment(app: &App, remote: &str) -> Result<(), Failure> {
    if app.vault.state_of(remote).await? == TokenState::Environment {
        return Err(Failure::TokenOfEnvironment { remote: remote.to_owned() });
    }
    Ok(())
}
