//! What a plan is made of: operations, as data that can be printed, stored, filtered and applied.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

use super::conflict::Conflict;
use super::guard::Trip;
use super::question::{Notice, Question};
use super::strategy::Side;
use crate::clock::Interval;
use crate::id::{ConnectionId, DealId, PlanId, RemoteId, RunId, UnitKey};
use crate::value::Value;

/// Everything that a run would do, and what it would not do and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// Whose plan it is.
    pub connection: ConnectionId,
    /// When both sides were read.
    pub made_at: DateTime<Utc>,
    /// What it is for.
    #[serde(default)]
    pub purpose: Purpose,
    /// Which way it goes.
    pub mode: Mode,
    /// The settings that it was made with; other settings refuse it.
    pub fingerprint: String,
    /// What was read.
    pub reading: Reading,
    /// What to do, in the order of doing it.
    pub ops: Vec<Op>,
    /// Conflicts that wait for a person.
    pub conflicts: Vec<Conflict>,
    /// What only a person can say.
    pub questions: Vec<Question>,
    /// What cannot be carried, and what was carried with a loss.
    pub notices: Vec<Notice>,
    /// Guards that stop it.
    pub trips: Vec<Trip>,
    /// Linked records that may not agree: the mode or the scope leaves their operations out, or they were not seen.
    pub masked: Vec<RemoteId>,
    /// How many requests applying it is expected to cost.
    pub calls: u64,
}

impl Plan {
    /// Whether it says something about every link: what it does not name agrees, and what it did not see is not there.
    #[must_use]
    pub fn is_conclusive(&self) -> bool {
        self.reading.complete && self.purpose == Purpose::Agree
    }
}

/// What a plan is for, and the run that applies it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Purpose {
    /// Both sides come to agree, as far as the mode lets them.
    #[default]
    Agree,
    /// What an earlier run did is taken back.
    Undo {
        /// That run.
        run: RunId,
    },
    /// A person prefers one of the two values of a conflict.
    Choice {
        /// The conflict's id.
        conflict: String,
    },
}

/// Which way a run goes. Import and export are the same plan as a sync, less the operations on the other side.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Mode {
    /// Both ways.
    #[default]
    Sync,
    /// From the remote into the CRM.
    Import,
    /// From the CRM into the remote.
    Export,
}

/// How much was read to make a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Deals in the CRM.
    pub deals: usize,
    /// Records in the remote.
    pub records: usize,
    /// Pairs that needed nothing.
    pub unchanged: usize,
    /// Whether the remote was read to its end; if not, nothing is concluded from absence.
    pub complete: bool,
    /// From the start to the end of the reading, in our clock.
    pub read: Interval,
}

/// One thing to do to one deal on one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Op {
    /// Its place in the plan, from 1; it stays when other operations are left out.
    pub seq: u32,
    /// What to do.
    pub action: Action,
    /// The deal, unless it is still to be made.
    pub deal: Option<DealId>,
    /// The record, unless it is still to be made.
    pub remote: Option<RemoteId>,
    /// How people call the deal.
    pub label: String,
    /// Why.
    pub reason: Reason,
    /// The units it touches.
    pub changes: Vec<UnitChange>,
    /// The conflicts it decides, each with the value that loses.
    pub conflicts: Vec<Conflict>,
    /// When the record was last edited, as far as known: it travels with the values that a deal takes from it.
    pub edited: Option<Interval>,
}

/// What an operation does.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Action {
    /// Notes that one side was deleted, and leaves the other alone.
    Release,
    /// Notes that a deal and a record are the same thing.
    Link,
    /// Notes that both sides now hold the same.
    Agree,
    /// Notes that both sides are gone.
    Forget,
    /// Writes units of a deal.
    UpdateDeal,
    /// Brings a deleted deal back, under its own id.
    RestoreDeal,
    /// Makes a deal from a record.
    CreateDeal,
    /// Writes cells of a record.
    UpdateRecord,
    /// Makes a record from a deal.
    CreateRecord,
    /// Makes a deleted record again, as a new one.
    RecreateRecord,
    /// Takes a record back from the trash.
    RestoreRecord,
    /// Writes the deal's id into its record.
    Stamp,
    /// Marks a deal whose record was deleted.
    FlagDeal,
    /// Marks a record whose deal was deleted.
    FlagRecord,
    /// Deletes the record of a deal that was deleted.
    DeleteRecord,
    /// Deletes the deal of a record that was deleted.
    DeleteDeal,
}

impl Action {
    /// The side that it writes to; `None` when it only keeps our books.
    #[must_use]
    pub const fn target(self) -> Option<Side> {
        match self {
            Self::Link | Self::Agree | Self::Forget | Self::Release => None,
            Self::UpdateDeal | Self::RestoreDeal | Self::CreateDeal | Self::FlagDeal | Self::DeleteDeal => {
                Some(Side::Crm)
            }
            Self::UpdateRecord
            | Self::CreateRecord
            | Self::RecreateRecord
            | Self::RestoreRecord
            | Self::Stamp
            | Self::FlagRecord
            | Self::DeleteRecord => Some(Side::Remote),
        }
    }

    /// Whether it passes a deletion on: such operations come last, and only when nothing before them went wrong for the
    /// whole run.
    #[must_use]
    pub const fn deletes(self) -> bool {
        matches!(self, Self::FlagDeal | Self::FlagRecord | Self::DeleteRecord | Self::DeleteDeal)
    }

    /// Whether it makes a record or a deal that was not there.
    #[must_use]
    pub const fn creates(self) -> bool {
        matches!(
            self,
            Self::CreateDeal
                | Self::RestoreDeal
                | Self::CreateRecord
                | Self::RecreateRecord
                | Self::RestoreRecord
        )
    }
}

/// Why an operation stands in a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Somebody edited it on this side.
    Edited(Side),
    /// It is new on this side.
    New(Side),
    /// Somebody deleted it on this side.
    Deleted(Side),
    /// It was deleted on one side and edited on this one: the edit stays.
    EditBeatsDelete(Side),
    /// Deal and record carry the same stamp or key.
    Matched,
    /// An earlier run made it and was cut off before it could note so.
    Adopted,
    /// It takes the place of the deal's record, which was deleted: its only copy, or one that carries the deal's id.
    Replaced,
    /// The record's deal is gone, and a new one has its natural key: two were merged, or it was made again.
    Inherited,
    /// Both sides came to the same by themselves.
    Converged,
    /// The record does not carry its deal's id yet.
    Unstamped,
    /// An earlier run made it twice: another one of the two stays.
    Swept,
    /// A person takes back what a run did.
    Undone,
    /// A person prefers this value to the other one of a conflict.
    Chosen,
}

/// What becomes of one unit.
///
/// In an [`Action::DeleteDeal`] or [`Action::DeleteRecord`] `before` is what goes. In an [`Action::Agree`] or
/// [`Action::Link`] nothing is written: `before` is what the CRM holds and `after` what the
/// remote holds, and the two agree. A rule other than [`Rule::Same`] says there that the remote's edit would have won:
/// the value counts as brought from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitChange {
    /// Which unit.
    pub unit: UnitKey,
    /// What the target must still hold for the change to be made.
    pub before: Value,
    /// What it will hold, as the unit's value.
    pub after: Value,
    /// By which rule.
    pub rule: Rule,
}

/// The rule that moves one unit.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Rule {
    /// Only one side changed it.
    OneSided,
    /// Both sides changed it, and this one was later.
    Later,
    /// Both sides changed it, nobody can say in which order, and this side is preferred for ties.
    Tie,
    /// Both sides changed it, and the settings prefer this side.
    Preferred,
    /// Another unit of the record was in conflict, and the record follows its later editor.
    WholeRecord,
    /// The other side held nothing, and they never agreed before.
    Filled,
    /// Both sides hold the same.
    Same,
    /// The deal or record is new, and takes all of the other's.
    Whole,
}
