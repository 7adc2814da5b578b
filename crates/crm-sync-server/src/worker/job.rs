//! What can be asked of the worker.

use std::collections::{BTreeMap, BTreeSet};

use connector_core::id::{ConnectionId, DealId, PlanId, RemoteId, RunId};
use connector_core::plan::{Answer, Guard, Mode};
use serde::{Deserialize, Serialize};

/// One piece of work for one connection. It is kept beside its run, so that another server can go on with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The connection.
    pub connection: ConnectionId,
    /// What to do.
    pub work: Work,
    /// Who or what asks, for the history: `page`, `api`, `crm`.
    pub asked_by: String,
    /// Guards to ignore, this once.
    pub overrides: BTreeSet<Guard>,
    /// What a person answered to the questions of earlier runs, by the record that they are about.
    #[serde(default)]
    pub answers: BTreeMap<RemoteId, Answer>,
    /// The run that was cut off and whose work this is the rest of.
    #[serde(default)]
    pub continues: Option<RunId>,
    /// Whether to try again what was refused too often and set aside.
    #[serde(default)]
    pub retry: bool,
    /// How often this work was cut off before.
    pub interruptions: u32,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Work {
    /// Read both sides and make a plan that waits for an approval; nothing else is changed.
    Plan {
        /// Which way.
        mode: Mode,
    },
    /// Make a plan that takes an earlier run back, and that waits for an approval; nothing else is changed.
    Undo {
        /// Which run.
        run: RunId,
    },
    /// Read, plan and apply at once.
    Run {
        /// Which way.
        mode: Mode,
        /// Only these deals, if not all.
        only: Option<BTreeSet<DealId>>,
    },
    /// Apply a plan that was approved.
    Apply {
        /// Which plan.
        plan: PlanId,
        /// Operations of it to leave out, by their place.
        without: BTreeSet<u32>,
    },
}

impl Job {
    /// Ordinary work, for the first time.
    pub fn new(connection: ConnectionId, work: Work, asked_by: impl Into<String>) -> Self {
        Self {
            connection,
            work,
            asked_by: asked_by.into(),
            overrides: BTreeSet::new(),
            answers: BTreeMap::new(),
            continues: None,
            retry: false,
            interruptions: 0,
        }
    }

    /// Whether a person decided something that no other run of the connection knows of.
    pub(super) fn is_decision(&self) -> bool {
        matches!(self.work, Work::Apply { .. })
            || self.retry
            || !self.answers.is_empty()
            || !self.overrides.is_empty()
    }

    /// Whether it needs the connection for itself.
    pub(super) const fn is_run(&self) -> bool {
        !matches!(self.work, Work::Plan { .. } | Work::Undo { .. })
    }
}
