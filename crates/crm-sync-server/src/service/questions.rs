//! What only a person can say: what the last run asked, and giving the answers.

use std::collections::{BTreeMap, BTreeSet};

use connector_core::engine::Report;
use connector_core::id::{ConnectionId, RemoteId, RunId};
use connector_core::plan::{Answer, Mode, Plan, Question, QuestionKind};
use serde::{Deserialize, Serialize};

use super::connection::Configured;
use super::sync::{self, Order};
use crate::app::App;
use crate::failure::Failure;
use crate::store::{Found, Look};

/// What a run left to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The run.
    pub run: RunId,
    /// Its questions.
    pub questions: Vec<Question>,
}

impl Asked {
    /// How many of them are deletions that wait for an approval.
    #[must_use]
    pub fn deletions(&self) -> usize {
        let is_deletion = |question: &&Question| matches!(question.kind, QuestionKind::DeletedOn(_));
        self.questions.iter().filter(is_deletion).count()
    }
}

/// What waits for a person, as the last run found it; asks nobody.
pub async fn waiting(app: &App, connection: &ConnectionId) -> Result<Option<Found<Asked>>, Failure> {
    Ok(app.store.last_look(connection, Look::Questions).await?)
}

/// Remembers what a run asked, if it looked at everything.
pub(super) async fn note(
    app: &App,
    connection: &ConnectionId,
    run: &RunId,
    plan: &Plan,
) -> Result<(), Failure> {
    if plan.is_conclusive() {
        let asked = Asked { run: run.clone(), questions: plan.questions.clone() };
        app.store.keep_look(connection, Look::Questions, &asked).await?;
    }
    Ok(())
}

/// Runs a sync that does what these answers say, and nothing else. Both sides are read before, so an answer to what is
/// no longer a question does nothing.
pub async fn answer(
    app: &App,
    configured: &Configured,
    answers: BTreeMap<RemoteId, Answer>,
    order: Order,
) -> Result<Report, Failure> {
    let order = Order { mode: Mode::Sync, only: Some(BTreeSet::new()), answers, ..order };
    sync::run(app, configured, &order).await
}
