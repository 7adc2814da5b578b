//! The port to where the engine keeps its state, beside the CRM's own deals.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

use crate::connector::Usage;
use crate::error::BoxError;
use crate::id::{ConnectionId, DealId, PlanId, RemoteId, RunId, UnitKey};
use crate::plan::{Action, Conflict, Mode, Plan, Purpose, Reason, Side, UnitChange};
use crate::state::{Agreement, Baseline, Deal, Grave, Intent, Origin, State, Trouble};
use crate::unit::Units;
use crate::value::Value;

/// Where the engine keeps what both sides last agreed on, beside the CRM's deals.
///
/// Reads, a lease, and one writer: whatever must change together changes in one [`commit`](Self::commit).
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// What a deal is made of; the order of the values of [`Deal`] and [`Agreement`].
    fn units(&self) -> &Units;

    /// Every deal of the CRM as it stands now, by id.
    async fn deals(&self) -> Result<Vec<Deal>, StoreError>;

    /// What these deals held when they were deleted, for those that were, by whichever program; in no promised order.
    async fn graves(&self, deals: &[DealId]) -> Result<Vec<Grave>, StoreError>;

    /// What is remembered of `connection`.
    async fn state(&self, connection: &ConnectionId) -> Result<State, StoreError>;

    /// Takes the connection for `run` until `ttl` from now, with a fence above all earlier ones, or answers
    /// [`StoreError::Held`] by the run that has it. An expired lease is free.
    async fn acquire(
        &self,
        connection: &ConnectionId,
        run: &RunId,
        ttl: TimeDelta,
    ) -> Result<Lease, StoreError>;

    /// Prolongs the lease until `ttl` from now; [`StoreError::Fenced`] if somebody else has it by now.
    async fn renew(&self, lease: &Lease, ttl: TimeDelta) -> Result<(), StoreError>;

    /// Gives the lease back; nothing happens if it was lost before.
    async fn release(&self, lease: &Lease) -> Result<(), StoreError>;

    /// Applies `commit` in one transaction and answers one [`Committed`] for each of its effects, in order.
    ///
    /// An effect whose expectations no longer hold, or that the CRM refuses, is left out whole, link, intent and log
    /// included; the others stand. A fence older than the newest lease refuses the whole commit.
    async fn commit(&self, lease: &Lease, commit: Commit) -> Result<Vec<Committed>, StoreError>;

    /// Keeps a plan for a later approval; touches nothing else and needs no lease.
    async fn save_plan(&self, plan: &Plan) -> Result<(), StoreError>;

    /// The plan of this id, and the run that applied it if one did.
    async fn plan(&self, id: &PlanId) -> Result<Option<SavedPlan>, StoreError>;
}

/// The right to write for one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The connection.
    pub connection: ConnectionId,
    /// The run that holds it.
    pub run: RunId,
    /// Greater than that of every earlier lease of this connection.
    pub fence: i64,
}

/// A plan that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedPlan {
    /// The plan.
    pub plan: Plan,
    /// The run that applied it.
    pub applied_by: Option<RunId>,
}

/// What to write in one transaction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Commit {
    /// Each whole or not at all.
    pub effects: Vec<Effect>,
    /// The open conflicts of the connection, all of them: those not named are no longer open.
    pub open_conflicts: Option<Vec<Conflict>>,
    /// What the connection's runs keep being refused, all of it: what is not named is forgotten.
    pub troubles: Option<Vec<Trouble>>,
    /// What the run leaves for the next one.
    pub baseline: Option<Baseline>,
    /// The run as it stands.
    pub run: Option<RunRecord>,
    /// Marks this plan as applied by the lease's run; [`StoreError::AlreadyApplied`] if one did before.
    pub applies: Option<PlanId>,
}

/// What one operation leaves behind, written whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// What happens to the CRM's deal.
    pub deal: DealWrite,
    /// The links of that deal to write, by their record.
    pub links: Vec<Agreement>,
    /// What happens to the intent of that deal.
    pub intent: IntentWrite,
    /// Where the values written to the CRM came from.
    pub origins: Vec<Origin>,
    /// The conflicts decided.
    pub conflicts: Vec<Conflict>,
    /// The line for the log; a deal that is missing there is filled in.
    pub log: Option<LogEntry>,
}

impl Effect {
    /// Whether each value written was brought from a remote: such a write is no edit of the CRM. `None` when no deal is
    /// written.
    ///
    /// A write that takes back what a sync did, on a person's word, has no origin, and is an edit.
    #[must_use]
    pub fn is_brought(&self) -> Option<bool> {
        let has_origin = |unit: &UnitKey| self.origins.iter().any(|origin| origin.unit == *unit);
        match &self.deal {
            DealWrite::None | DealWrite::Keep(_) | DealWrite::Delete { .. } => None,
            DealWrite::Insert { values } | DealWrite::Restore { values, .. } => {
                Some(values.iter().all(|(unit, value)| has_origin(unit) || value.is_empty()))
            }
            DealWrite::Update { values, .. } => Some(values.iter().all(|(unit, _)| has_origin(unit))),
        }
    }
}

/// What happens to a deal of the CRM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DealWrite {
    /// Nothing, and there may be none.
    None,
    /// Nothing; the effect is about this deal.
    Keep(DealId),
    /// A new deal, whose id the CRM gives.
    Insert {
        /// Its units; what is missing is empty.
        values: Vec<(UnitKey, Value)>,
    },
    /// A deleted deal, under its old id. Stale if there is one by now. It was last edited when it had been before it
    /// was deleted, and its values come from where they came from then, unless they are others.
    Restore {
        /// The old id.
        id: DealId,
        /// Its units; what is missing is empty.
        values: Vec<(UnitKey, Value)>,
    },
    /// Other values for some units.
    Update {
        /// Which deal.
        id: DealId,
        /// What these units must still hold, canonically.
        expected: Vec<(UnitKey, Value)>,
        /// What they shall hold.
        values: Vec<(UnitKey, Value)>,
    },
    /// The end of a deal; what it held stays in its grave. Stale if it is gone.
    Delete {
        /// Which deal.
        id: DealId,
        /// What these units must still hold, canonically.
        expected: Vec<(UnitKey, Value)>,
    },
}

/// What happens to the intent of a deal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntentWrite {
    /// Nothing.
    Keep,
    /// It is begun, or sent.
    Put(Intent),
    /// It has ended.
    Close,
}

/// What became of one [`Effect`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// It stands; the deal it was about, the new one for an insert.
    Done(Option<DealId>),
    /// The deal no longer holds what was expected, or is gone: nothing of the effect stands.
    Stale,
    /// The CRM refuses it, for this reason: nothing of the effect stands.
    Refused(String),
}

/// One line of the log: one operation of one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// The operation's place in its plan.
    pub seq: u32,
    /// What was done or tried.
    pub action: Action,
    /// The deal.
    pub deal: Option<DealId>,
    /// The record.
    pub remote: Option<RemoteId>,
    /// How people called it then.
    pub label: String,
    /// Why.
    pub reason: Reason,
    /// The units, before and after.
    pub changes: Vec<UnitChange>,
    /// What became of it.
    pub outcome: OpOutcome,
    /// The reason when it was not applied.
    pub message: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What became of an operation.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum OpOutcome {
    /// It was done.
    Applied,
    /// The target had moved since the plan: nothing was written.
    Stale,
    /// It was refused: nothing was written.
    Refused,
    /// No answer came: the next run looks.
    Unknown,
    /// It was not tried: the run was stopped before it.
    Skipped,
}

/// One run, as its history shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Its id.
    pub id: RunId,
    /// What it was for.
    #[serde(default)]
    pub purpose: Purpose,
    /// Which way it went.
    pub mode: Mode,
    /// Who or what asked for it.
    pub trigger: String,
    /// The run that was cut off and whose work it does to the end; asked for by whoever asked for that one.
    #[serde(default)]
    pub continues: Option<RunId>,
    /// The plan it applied, if it was a kept one.
    pub plan: Option<PlanId>,
    /// When it began.
    pub started: DateTime<Utc>,
    /// When it ended.
    pub finished: Option<DateTime<Utc>>,
    /// How it stands.
    pub status: RunStatus,
    /// What it counted.
    pub counts: Counts,
    /// What it cost.
    pub usage: Usage,
    /// Why it ended early, in words.
    pub message: Option<String>,
    /// The guards that were overridden, each with who did: `mass_delete by cli`.
    pub overrides: Vec<String>,
}

/// How a run stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RunStatus {
    /// Under way.
    Running,
    /// Everything planned was done.
    Ok,
    /// Some of it was; the rest comes with the next run or needs a look.
    Partial,
    /// A guard stopped it before the first write: a person must look.
    Halted,
    /// A person stopped it.
    Cancelled,
    /// The program that ran it ended before it did: a later run finishes its work.
    Interrupted,
    /// It could not go on.
    Failed,
}

/// What a run counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Deals and records read.
    pub read: u64,
    /// Pairs that needed nothing.
    pub unchanged: u64,
    /// Records written.
    pub pushed: u64,
    /// Deals written.
    pub pulled: u64,
    /// Records made.
    pub created_remote: u64,
    /// Deals made.
    pub created_crm: u64,
    /// Records deleted or marked, because their deal was deleted.
    pub deleted_remote: u64,
    /// Deals deleted or marked, because their record was deleted.
    pub deleted_crm: u64,
    /// Conflicts decided.
    pub conflicts: u64,
    /// Of these, those whose order nobody can know.
    pub ties: u64,
    /// Conflicts and questions that wait for a person.
    pub waiting: u64,
    /// Operations whose target had moved.
    pub stale: u64,
    /// Operations that were not tried: the run ended before, or an earlier attempt may still appear.
    pub untried: u64,
    /// Values that could not be read or carried.
    pub skipped: u64,
    /// Operations that were refused or got no answer.
    pub failed: u64,
}

impl Counts {
    /// Counts one applied operation.
    pub fn applied(&mut self, action: Action) {
        match action {
            Action::CreateDeal | Action::RestoreDeal => self.created_crm += 1,
            Action::UpdateDeal => self.pulled += 1,
            Action::CreateRecord | Action::RecreateRecord | Action::RestoreRecord => self.created_remote += 1,
            Action::UpdateRecord => self.pushed += 1,
            Action::FlagDeal | Action::DeleteDeal => self.deleted_crm += 1,
            Action::FlagRecord | Action::DeleteRecord => self.deleted_remote += 1,
            Action::Link | Action::Agree | Action::Forget | Action::Release | Action::Stamp => {}
        }
    }

    /// How many deals or records were written on this side.
    #[must_use]
    pub const fn written(&self, side: Side) -> u64 {
        match side {
            Side::Crm => self.pulled + self.created_crm + self.deleted_crm,
            Side::Remote => self.pushed + self.created_remote + self.deleted_remote,
        }
    }
}

/// Why a store could not do it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another run has the connection.
    #[error("run {0} is under way")]
    Held(RunId),
    /// The lease was lost to another run.
    #[error("the lease was taken over by another run")]
    Fenced,
    /// The plan was applied before.
    #[error("the plan was applied by run {0}")]
    AlreadyApplied(RunId),
    /// A row that we wrote cannot be read.
    #[error("{table} {key} cannot be read")]
    Corrupt {
        /// Which table.
        table: &'static str,
        /// Which row.
        key: String,
        /// Why.
        #[source]
        source: BoxError,
    },
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[source] BoxError),
}
