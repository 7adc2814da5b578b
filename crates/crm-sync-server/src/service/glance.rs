//! A remote's state at a glance: what is set up, what runs, what the last run came to, what waits for a person.

use connector_core::id::RunId;
use connector_core::state::State;
use connector_core::store::{RunStatus, Store as _};

use super::connection::{self, Configured};
use crate::app::App;
use crate::failure::Failure;
use crate::secrets::TokenState;
use crate::store::Run;

/// A remote's state at a glance. Found without asking the remote.
#[derive(Debug, Clone)]
pub struct Glance {
    /// The remote.
    pub remote: &'static str,
    /// What there is of its token.
    pub token: TokenState,
    /// The connection, once a table was chosen.
    pub configured: Option<Configured>,
    /// The run under way.
    pub running: Option<RunId>,
    /// The last run that is not under way.
    pub last: Option<Run>,
    /// Whether no run came to its end yet, so that the first plan wants an approval.
    pub is_first: bool,
    /// How many conflicts wait for a person.
    pub waiting: usize,
    /// How many operations were refused so often that they are no longer tried by themselves.
    pub set_aside: usize,
}

impl Glance {
    /// Whether a sync could start.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.has_token() && self.configured.is_some()
    }

    /// Whether there is a token.
    #[must_use]
    pub const fn has_token(&self) -> bool {
        matches!(self.token, TokenState::Stored | TokenState::Environment)
    }

    /// Whether the last run left something for a person to look at.
    #[must_use]
    pub fn needs_attention(&self) -> bool {
        let status = self.last.as_ref().map(|run| run.record.status);
        self.waiting > 0 || matches!(status, Some(RunStatus::Partial | RunStatus::Halted | RunStatus::Failed))
    }
}

/// The state of one remote.
pub async fn of_remote(app: &App, remote: &'static str) -> Result<Glance, Failure> {
    let token = app.vault.state_of(remote).await?;
    let configured = connection::all(app).await?.into_iter().find(|configured| configured.remote == remote);
    let mut glance = Glance {
        remote,
        token,
        configured,
        running: None,
        last: None,
        is_first: true,
        waiting: 0,
        set_aside: 0,
    };
    if let Some(configured) = &glance.configured {
        let id = &configured.settings.connection.id;
        glance.running = app.store.running(id).await?;
        glance.last =
            app.store.last_run(id).await?.filter(|run| glance.running.as_ref() != Some(&run.record.id));
        let state = app.store.state(id).await?;
        glance.is_first = state.baseline.is_none();
        glance.set_aside = set_aside(&state);
        glance.waiting = app.store.open_conflicts(id).await?.len();
    }
    Ok(glance)
}

/// How many operations of a connection were refused so often that they are no longer tried by themselves.
#[must_use]
pub fn set_aside(state: &State) -> usize {
    state.troubles.iter().filter(|trouble| trouble.is_set_aside()).count()
}
