//! What a run tells whoever watches it.

use std::fmt;

use crate::id::RunId;
use crate::plan::{Action, Side};
use crate::store::{OpOutcome, RunStatus};

/// One step of a run, as it happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The run has the connection, and stands in the history.
    Started {
        /// Which run.
        run: RunId,
    },
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
        ops: usize,
        /// Whether a guard stops it.
        halted: bool,
    },
    /// An operation came to its end.
    Operation {
        /// Its place in the plan.
        seq: u32,
        /// What it was to do.
        action: Action,
        /// What became of it.
        outcome: OpOutcome,
        /// How many came to their end so far.
        done: usize,
        /// Of how many.
        total: usize,
    },
    /// The run has ended.
    Finished {
        /// How.
        status: RunStatus,
    },
}

/// Sees what happens in a run. It is called in between: it must be quick.
pub trait Watch: fmt::Debug + Send + Sync {
    /// Takes note of one step.
    fn see(&self, event: &Event);
}

/// Nobody watches.
impl Watch for () {
    fn see(&self, _: &Event) {}
}
