//! What is remembered between runs: deals as the CRM has them, links with what both sides last agreed on, creations
//! under way.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

use crate::clock::Interval;
use crate::id::{ConnectionId, DealId, RemoteId, RunId, UnitKey};
use crate::plan::Side;
use crate::value::Value;

/// A deal as the CRM holds it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deal {
    /// Its id.
    pub id: DealId,
    /// Its units, in the order of [`Units`](crate::unit::Units). A cell of the CRM that cannot be read is `Unknown`.
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

/// What the last run that ended left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// The settings it used.
    pub fingerprint: String,
    /// The start of its reading.
    pub seen_at: DateTime<Utc>,
    /// Records whose link did not agree when it ended; for all others `seen_at` holds.
    pub unsettled: BTreeSet<RemoteId>,
}

/// What a store remembers of one connection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    /// Every link, those not in force included.
    pub links: Vec<Link>,
    /// Creations under way.
    pub intents: Vec<Intent>,
    /// What the last run left; `None` before the first.
    pub baseline: Option<Baseline>,
}
