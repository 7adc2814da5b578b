//! Both sides as they were read: the planner's whole view of the world.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::clock::{Interval, Skew};
use crate::id::{DealId, RemoteId};
use crate::lens::Note;
use crate::state::{Deal, Grave};
use crate::value::Value;

/// The CRM's deals at one moment; always complete, since they come from one query.
#[derive(Debug, Clone)]
pub struct CrmSnapshot {
    /// The deals.
    pub deals: HashMap<DealId, Deal>,
    /// What linked deals held that are gone, as far as known.
    pub graves: HashMap<DealId, Grave>,
    /// From the start to the end of the reading.
    pub read: Interval,
}

/// The remote's records as one listing showed them.
#[derive(Debug, Clone)]
pub struct RemoteSnapshot {
    /// The records.
    pub rows: HashMap<RemoteId, Row>,
    /// Linked records that the listing did not show, and what asking for each of them told.
    pub absent: HashMap<RemoteId, Absence>,
    /// Whether the listing came to its end without an error.
    pub complete: bool,
    /// From the start to the end of the reading.
    pub read: Interval,
    /// How far the remote's clock is ahead of ours, if it told the time.
    pub skew: Option<Skew>,
}

/// A record, as units' values.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its units, in the order of [`Units`](crate::unit::Units); `Empty` where nothing is mapped.
    pub values: Box<[Value]>,
    /// What was replaced while reading, by the position of the unit.
    pub notes: Vec<(usize, Note)>,
    /// The deal's id that it carries.
    pub stamp: Option<String>,
    /// When it was last edited, in our clock, if the remote says.
    pub edited: Option<Interval>,
    /// When it was made at the latest, in our clock, if the remote says.
    pub created: Option<DateTime<Utc>>,
}

/// Why a linked record was not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Absence {
    /// It was deleted, and that is certain.
    Deleted,
    /// It was moved out of the container or out of scope.
    Elsewhere,
    /// Nobody can say.
    Vanished,
}
