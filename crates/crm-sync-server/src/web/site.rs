//! What a handler may touch.

use std::net::IpAddr;
use std::sync::Arc;

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::attempts::Attempts;
use crate::app::App;
use crate::settings::Settings;

/// The program's parts and the rules of the house, shared by all handlers.
#[derive(Debug, Clone)]
pub struct Site {
    /// Store, remotes, clock.
    pub app: App,
    /// Who may come in.
    pub access: Arc<Access>,
    /// Cancelled when the server stops: open streams end then.
    pub stop: CancellationToken,
}

/// Who may come in.
#[derive(Debug)]
pub struct Access {
    /// What a caller must show; none when only this machine can reach the server.
    pub key: Option<SecretString>,
    /// The origins whose pages may call, as browsers write them.
    pub origins: Vec<String>,
    /// The address that the server listens on.
    pub address: IpAddr,
    /// The callers that showed a wrong key lately.
    pub attempts: Attempts,
}

impl Site {
    /// The parts with the rules of `settings`; `stop` ends it.
    #[must_use]
    pub fn new(app: App, settings: &Settings, stop: CancellationToken) -> Self {
        let access = Access {
            key: settings.api_key.clone(),
            origins: settings.allowed_origins.clone(),
            address: settings.bind.ip(),
            attempts: Attempts::default(),
        };
        Self { app, access: Arc::new(access), stop }
    }
}
