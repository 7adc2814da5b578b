//! What is remembered between runs: deals as the CRM has them, links with what both sides last agreed on, creations
//! under way.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

use crate::clock::Interval;
use crate::id::{ConnectionId, DealId, FieldId, RemoteId, RunId, UnitKey};
use crate::plan::Side;
use crate::unit::{Unit, Units};
use crate::value::Value;

/// A deal as the CRM holds it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deal {
    /// Its id.
    pub id: DealId,
    /// Its units, in the order of [`Units`]. A cell of the CRM that cannot be read is `Unknown`.
    pub values: Box<[Value]>,
    /// When it was last edited, if the CRM knows.
    pub edited: Option<Interval>,
    /// Where values came from that a sync put there; only as long as the value stays what it was.
    pub origins: Vec<Origin>,
}

/// A deal as the CRM held it when it was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grave {
    /// The deal, with the time of its last edit and where its values came from.
    pub deal: Deal,
    /// The connection whose sync deleted it; `None` when a person did, or another program.
    pub by: Option<ConnectionId>,
}

/// When and where a value of the CRM was really written, though a sync brought it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The unit.
    pub unit: UnitKey,
    /// The value that was brought.
    pub value: Value,
    /// When its author wrote it.
    pub edited: Interval,
    /// The connection of the remote it was written in.
    pub connection: ConnectionId,
}

/// A deal and a record that are the same thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The deal.
    pub deal: DealId,
    /// What its two sides agreed on.
    pub agreement: Agreement,
}

/// What both sides of a link held when they last agreed, each as that side held it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// The record.
    pub remote: RemoteId,
    /// Whether the link is in force.
    pub status: LinkStatus,
    /// What the CRM held, in the order of the units; `None` where they never agreed.
    pub crm: Box<[Option<Value>]>,
    /// What the remote held, as units' values; `None` where they never agreed.
    pub theirs: Box<[Option<Value>]>,
    /// The start of the last reading in which both sides still showed these values.
    pub seen_at: Option<DateTime<Utc>>,
    /// Changes that a person took back, by unit: what the other side still holds of them. None is carried again until a
    /// person approves a plan that does, or somebody edits either side.
    pub held: BTreeMap<UnitKey, Value>,
}

/// Whether a link is in force.
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
pub enum LinkStatus {
    /// Both sides are kept in agreement.
    Live,
    /// The deal was deleted in the CRM, the record was left alone.
    DealDeleted,
    /// The record was deleted in the remote, the deal was left alone.
    RecordDeleted,
    /// Both are gone, or the link was replaced; kept to recognise what comes back.
    Tombstone,
}

impl LinkStatus {
    /// The status when `side` was deleted and the other left alone.
    #[must_use]
    pub const fn deleted_on(side: Side) -> Self {
        match side {
            Side::Crm => Self::DealDeleted,
            Side::Remote => Self::RecordDeleted,
        }
    }
}

/// A creation in the remote that was begun and not yet seen to end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The deal that the record is made from.
    pub deal: DealId,
    /// The run that began it.
    pub run: RunId,
    /// What was to be written.
    pub payload: Vec<(UnitKey, Value)>,
    /// When it was first sent; `None` while it certainly was not.
    pub sent_at: Option<DateTime<Utc>>,
}

/// An operation that was refused in each of the last runs, for what it is about and not for the remote's sake. Nothing of
/// it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Which operation, by a digest of what it was to do: once either side is edited it is another one.
    pub attempt: String,
    /// The deal, unless it was to be made.
    pub deal: Option<DealId>,
    /// The record, unless it was to be made.
    pub remote: Option<RemoteId>,
    /// In how many runs in a row it was refused.
    pub times: u32,
    /// Why, in the last of them.
    pub message: String,
}

impl Trouble {
    /// In how many runs in a row an operation is refused before it is set aside.
    const PATIENCE: u32 = 5;

    /// Whether it is no longer tried by itself.
    #[must_use]
    pub const fn is_set_aside(&self) -> bool {
        self.times >= Self::PATIENCE
    }
}

/// What the last run that ended left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// The settings it used.
    pub fingerprint: String,
    /// The start of its reading.
    pub seen_at: DateTime<Utc>,
    /// Records whose link did not agree when it ended; for all others `seen_at` holds.
    pub unsettled: BTreeSet<RemoteId>,
    /// The field that each mapped unit had: what was agreed on through another field says nothing about this one. `None`
    /// where it was not noted.
    #[serde(default)]
    pub fields: Option<BTreeMap<UnitKey, FieldId>>,
}

impl State {
    /// Forgets what records held in fields that their units no longer have: it says nothing about another field, and a unit
    /// that was not mapped for a while starts anew. Gives the deals whose links forgot something. What the deals held is
    /// still known: an edit of one keeps it from going with its record. Links that ended keep what both sides held.
    pub(crate) fn forget_other_fields(
        &mut self,
        units: &Units,
        fields: &BTreeMap<UnitKey, FieldId>,
    ) -> BTreeSet<DealId> {
        let mut forgot = BTreeSet::new();
        let Some(before) = self.baseline.as_ref().and_then(|last| last.fields.as_ref()) else {
            return forgot;
        };
        let moved = |unit: &UnitKey| before.get(unit) != fields.get(unit);
        let moved: Vec<(usize, &Unit)> =
            units.iter().enumerate().filter(|(_, unit)| moved(&unit.key)).collect();
        let in_force = |link: &&mut Link| link.agreement.status != LinkStatus::Tombstone;
        for link in self.links.iter_mut().filter(in_force) {
            let Agreement { theirs, held, .. } = &mut link.agreement;
            for (position, unit) in &moved {
                held.remove(&unit.key);
                if theirs.get_mut(*position).and_then(Option::take).is_some() {
                    forgot.insert(link.deal.clone());
                }
            }
        }
        forgot
    }
}

/// What a store remembers of one connection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    /// Every link, those not in force included.
    pub links: Vec<Link>,
    /// Creations under way.
    pub intents: Vec<Intent>,
    /// What was refused in the last runs.
    pub troubles: Vec<Trouble>,
    /// What the last run left; `None` before the first.
    pub baseline: Option<Baseline>,
}
