//! Units that both sides changed: who won, what lost, and how sure that is.

use serde::{Deserialize, Serialize};

use super::strategy::{Side, Strategy};
use crate::clock::Interval;
use crate::digest::digest;
use crate::id::{DealId, RemoteId, UnitKey};
use crate::value::Value;

/// One unit that both sides changed to different values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The same conflict has the same id, however often it is met.
    pub id: String,
    /// The deal.
    pub deal: DealId,
    /// The record.
    pub remote: RemoteId,
    /// The unit.
    pub unit: UnitKey,
    /// What both sides last agreed on; absent when they never did.
    pub base: Option<Value>,
    /// What the CRM holds.
    pub crm: Value,
    /// What the remote holds.
    pub theirs: Value,
    /// When the CRM was edited, as far as known.
    pub crm_edited: Option<Interval>,
    /// When the remote was edited, as far as known.
    pub remote_edited: Option<Interval>,
    /// What decided, or did not.
    pub strategy: Strategy,
    /// Who won; `None` while a person has to say.
    pub winner: Option<Side>,
    /// Whether the order of the edits could not be known.
    pub tie: bool,
    /// Whether it was decided by times while the remote's clock and ours differed by minutes.
    #[serde(default)]
    pub clock_suspect: bool,
}

impl Conflict {
    /// The value that does not stay, when somebody won.
    #[must_use]
    pub fn loser(&self) -> Option<&Value> {
        self.winner.map(|winner| match winner {
            Side::Crm => &self.theirs,
            Side::Remote => &self.crm,
        })
    }
}

/// The id of a conflict: a hash of what is in conflict, so that meeting it again is no second conflict.
#[must_use]
pub fn conflict_id(
    remote: &RemoteId,
    unit: &UnitKey,
    base: Option<&Value>,
    crm: &Value,
    theirs: &Value,
) -> String {
    let values = [format!("{base:?}"), format!("{crm:?}"), format!("{theirs:?}")];
    digest([remote.as_str(), unit.as_str()].into_iter().chain(values.iter().map(String::as_str)))
}
