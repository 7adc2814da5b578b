//! Guards: what stops a plan before its first write, because it looks like an accident.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

use super::strategy::Side;
use crate::id::UnitKey;

/// A guard, by name; an override names it for one run.
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
pub enum Guard {
    /// Many linked deals are gone from one side.
    MassDelete,
    /// One side is empty although there are links.
    EmptySide,
    /// Nearly every link changed in the same unit.
    EverythingChanged,
    /// Many creations compared with what is linked: identity was probably lost.
    CreateFlood,
    /// The mapping or the container is not what the last run used.
    SettingsChanged,
    /// More requests than the budget has left.
    Budget,
    /// Many filled cells would be emptied.
    MassClear,
}

/// A guard that stops a plan, with its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trip {
    /// Which guard.
    pub guard: Guard,
    /// The side concerned, if one is.
    pub side: Option<Side>,
    /// The unit concerned, if one is.
    pub unit: Option<UnitKey>,
    /// How many were counted.
    pub count: u64,
    /// Of how many, or against which limit.
    pub of: u64,
}
