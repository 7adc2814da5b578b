//! What a plan is made from, and nothing else: no clock, no randomness, no other reading.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::decide::{Case, Decision, told};
use super::deletion::Deletions;
use super::guard::Guard;
use super::op::Mode;
use super::question::Answer;
use super::strategy::{Precedence, Side, Strategy};
use crate::connector::Capabilities;
use crate::id::{ConnectionId, DealId, PlanId, RemoteId};
use crate::mapping::Binding;
use crate::snapshot::{CrmSnapshot, RemoteSnapshot};
use crate::state::State;
use crate::unit::Units;

/// Everything that a plan depends on.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The plan's id.
    pub id: &'a PlanId,
    /// Whose plan it is.
    pub connection: &'a ConnectionId,
    /// What a deal is made of.
    pub units: &'a Units,
    /// How units and fields correspond.
    pub binding: &'a Binding,
    /// What the user chose.
    pub policy: &'a Policy,
    /// Which way.
    pub mode: Mode,
    /// The deals to do something about; all of them, and what is new in the remote, when absent.
    pub only: Option<&'a BTreeSet<DealId>>,
    /// What a person answered to the questions of earlier plans, by the record that they are about.
    pub answers: &'a BTreeMap<RemoteId, Answer>,
    /// Whether a person looks at the plan before it is applied: it carries changes again that were taken back.
    pub approved: bool,
    /// Whether operations that were set aside are tried again.
    pub retry: bool,
    /// The fingerprint of the settings as they are.
    pub fingerprint: &'a str,
    /// What is remembered.
    pub state: &'a State,
    /// The CRM.
    pub crm: &'a CrmSnapshot,
    /// The remote.
    pub remote: &'a RemoteSnapshot,
    /// The remote's batches, to foretell the number of requests.
    pub capabilities: &'a Capabilities,
}

impl Inputs<'_> {
    /// What the table says to a case under the connection's strategy.
    pub(super) fn decide(&self, case: Case) -> Decision {
        told(case, self.policy.strategy)
    }
}

/// What the user chose for a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
pub struct Policy {
    /// Who wins a conflict, unless the unit's mapping says otherwise.
    pub strategy: Strategy,
    /// Who wins when the order of two edits cannot be known.
    pub tie: Side,
    /// What a matched pair starts from.
    pub precedence: Precedence,
    /// Whether deals and records that were never linked are matched by their natural key. Without it, each of them is new;
    /// one that carries a deal's id is still that deal's.
    pub matching: bool,
    /// Whether what has no partner is made on the other side.
    pub create: bool,
    /// Whether a copy of a linked record becomes a deal of its own, without being asked about.
    pub copies: bool,
    /// Whether an import may write the deal's id into the record that it came from.
    pub stamp: bool,
    /// What becomes of the other side when one is deleted.
    pub deletions: Deletions,
    /// Whether a deletion on the side that is said to win takes along what was edited on the other side since. Otherwise
    /// a person is asked.
    pub delete_beats_edit: bool,
    /// The limits of the guards.
    pub limits: Limits,
    /// Guards that this run ignores.
    pub overrides: BTreeSet<Guard>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            strategy: Strategy::default(),
            tie: Side::Crm,
            precedence: Precedence::default(),
            matching: true,
            create: true,
            copies: false,
            stamp: true,
            deletions: Deletions::default(),
            delete_beats_edit: false,
            limits: Limits::default(),
            overrides: BTreeSet::new(),
        }
    }
}

/// From where on a guard stops a plan. Shares are in hundredths of the live links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// More deletions than this, and
    pub deletes: u64,
    /// more than this share of the links.
    pub deletes_share: u64,
    /// More changes of one unit than this, and
    pub changes: u64,
    /// at least this share of the links.
    pub changes_share: u64,
    /// More creations than this, and
    pub creates: u64,
    /// more than this share of the links.
    pub creates_share: u64,
    /// More filled cells emptied than this.
    pub clears: u64,
    /// The most requests that applying may cost; no limit when absent.
    pub calls: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deletes: 10,
            deletes_share: 20,
            changes: 20,
            changes_share: 90,
            creates: 50,
            creates_share: 50,
            clears: 20,
            calls: None,
        }
    }
}
