//! What a handler may touch.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use actix_web::cookie::Key;
use secrecy::{ExposeSecret as _, SecretString};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::attempts::Attempts;
use crate::app::App;
use crate::failure::Failure;
use crate::secrets::Purpose;
use crate::settings::Settings;
use crate::worker::{Worker, WorkerSettings};

/// The program's parts and the rules of the house, shared by all handlers.
#[derive(Clone)]
pub struct Site {
    /// Store, remotes, clock.
    pub app: App,
    /// Who may come in.
    pub access: Arc<Access>,
    /// Who does long work.
    pub worker: Worker,
    /// What the sessions of the pages are sealed with.
    pub sessions: Key,
    /// Cancelled when the server stops: open streams end then.
    pub stop: CancellationToken,
    /// The requests that wait for their answer.
    pub answers: TaskTracker,
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

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site").field("app", &self.app).field("access", &self.access).finish_non_exhaustive()
    }
}

impl Site {
    /// The parts with the rules of `settings`; `stop` ends it.
    pub async fn new(app: App, settings: &Settings, stop: CancellationToken) -> Result<Self, Failure> {
        let sessions = app.vault.derive(Purpose::Sessions).await?;
        let sessions = Key::from(sessions.expose_secret());
        let access = Access {
            key: settings.api_key.clone(),
            origins: settings.allowed_origins.clone(),
            address: settings.bind.ip(),
            attempts: Attempts::default(),
        };
        let mut tasks = WorkerSettings::default();
        // Where a lease is short, what it kept is to be gone on with soon.
        tasks.takeover = tasks.takeover.min(app.lease.to_std().unwrap_or_default() / 2);
        let worker = Worker::new(app.clone(), tasks);
        let answers = TaskTracker::new();
        Ok(Self { app, worker, access: Arc::new(access), sessions, stop, answers })
    }
}
