//! The steps of a run, for programs that follow it.

use connector_core::connector::Usage;
use connector_core::engine::Event;
use connector_core::id::PlanId;
use connector_core::plan::{Action, Side};
use connector_core::store::{Counts, OpOutcome, RunRecord, RunStatus};
use serde::{Deserialize, Serialize};

use crate::store::Step;

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum RunEvent {
    /// The work began; a run has the connection now.
    Started,
    /// So many rows of this side were read so far.
    Reading {
        /// Which side.
        side: Side,
        /// How many.
        rows: usize,
    },
    /// The plan is made.
    Planned {
        /// Operations in it.
        operations: usize,
        /// Whether a guard stops it.
        halted: bool,
    },
    /// So many operations came to their end so far.
    Writing {
        /// How many.
        done: usize,
        /// Of how many.
        total: usize,
        /// How many of those were not applied.
        not_applied: usize,
        /// Operations a second, since the first; it settles at what the remote's limits let through.
        per_second: Option<f64>,
        /// Seconds until the end at that rate.
        seconds_left: Option<u64>,
    },
    /// An operation was not applied. Only the first hundred of a run are told one by one.
    NotApplied {
        /// Its place in the plan.
        seq: u32,
        /// What it was to do.
        action: Action,
        /// What became of it.
        outcome: OpOutcome,
    },
    /// The end.
    Finished(Finished),
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// How it ended.
    pub status: RunStatus,
    /// What it counted.
    pub counts: Counts,
    /// What it cost.
    pub usage: Usage,
    /// The plan that waits for an approval: a new one, or that of a halted run.
    pub plan: Option<PlanId>,
    /// Why it ended early, in words.
    pub message: Option<String>,
}

/// A step and its number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Numbered {
    /// From 1, growing; some are left out.
    pub number: u64,
    /// What happened.
    #[serde(flatten)]
    pub event: RunEvent,
}

impl RunEvent {
    /// Whether the next such step takes its place.
    pub(super) const fn is_passing(&self) -> bool {
        matches!(self, Self::Reading { .. } | Self::Writing { .. })
    }

    /// Whether nothing follows.
    #[must_use]
    pub const fn is_last(&self) -> bool {
        matches!(self, Self::Finished(_))
    }

    /// What a step of the engine says by itself; how far the writing is, and the end, ask for more.
    pub(super) fn of(event: &Event) -> Option<Self> {
        match *event {
            Event::Started { .. } => Some(Self::Started),
            Event::Reading { side, rows } => Some(Self::Reading { side, rows }),
            Event::Planned { ops, halted } => Some(Self::Planned { operations: ops, halted }),
            Event::Operation { .. } | Event::Finished { .. } => None,
        }
    }
}

impl Finished {
    /// An end without a run.
    pub(super) fn without_run(status: RunStatus, plan: Option<PlanId>, message: Option<String>) -> Self {
        Self { status, counts: Counts::default(), usage: Usage::default(), plan, message }
    }
}

impl From<&RunRecord> for Finished {
    fn from(record: &RunRecord) -> Self {
        // The kept plan of a halted run bears the run's own id.
        let halted = (record.status == RunStatus::Halted).then(|| PlanId::new(record.id.as_str()));
        Self {
            status: record.status,
            counts: record.counts,
            usage: record.usage,
            plan: halted.filter(|_| record.plan.is_none()).or_else(|| record.plan.clone()),
            message: record.message.clone(),
        }
    }
}

impl From<Numbered> for Step<RunEvent> {
    fn from(step: Numbered) -> Self {
        let number = i64::try_from(step.number).unwrap_or(i64::MAX);
        Self { number, passing: step.event.is_passing(), event: step.event }
    }
}

impl From<Step<RunEvent>> for Numbered {
    fn from(step: Step<RunEvent>) -> Self {
        Self { number: u64::try_from(step.number).unwrap_or_default(), event: step.event }
    }
}
