//! What can be asked of the worker.

use std::collections::BTreeSet;

use connector_core::id::{ConnectionId, DealId, PlanId};
use connector_core::plan::{Guard, Mode};
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
    /// How often this work was cut off before.
    pub interruptions: u32,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Work {
    /// Read both sides and make a plan that waits for an approval; nothing else is changed.
    Plan {
        /// Which way.
        mode: Mode,
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
        let overrides = BTreeSet::new();
        Self { connection, work, asked_by: asked_by.into(), overrides, interruptions: 0 }
    }

    /// Whether it needs the connection for itself.
    pub(super) const fn is_run(&self) -> bool {
        !matches!(self.work, Work::Plan { .. })
    }
}
