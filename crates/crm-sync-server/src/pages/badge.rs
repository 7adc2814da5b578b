//! A state in a word and a colour.

use connector_core::store::{OpOutcome, RunStatus};

use crate::messages::{self, Lang};

/// A state in a word and a colour; the word alone says it all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Badge {
    /// `good`, `warn`, `bad`, `info`, or nothing.
    pub(super) tone: &'static str,
    pub(super) name: String,
}

impl Badge {
    pub(super) fn new(tone: &'static str, name: impl Into<String>) -> Self {
        Self { tone, name: name.into() }
    }

    pub(super) fn of_status(lang: Lang, status: RunStatus) -> Self {
        let tone = match status {
            RunStatus::Running | RunStatus::Interrupted => "info",
            RunStatus::Ok => "good",
            RunStatus::Partial | RunStatus::Halted => "warn",
            RunStatus::Cancelled => "",
            RunStatus::Failed => "bad",
        };
        Self::new(tone, messages::run_status(lang, status))
    }

    pub(super) fn of_outcome(lang: Lang, outcome: OpOutcome) -> Self {
        let tone = match outcome {
            OpOutcome::Applied => "good",
            OpOutcome::Stale | OpOutcome::Unknown => "warn",
            OpOutcome::Refused => "bad",
            OpOutcome::Skipped => "",
        };
        Self::new(tone, messages::outcome_name(lang, outcome))
    }
}
