//! Who wins when both sides changed the same unit.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

/// What decides a unit that both sides changed to different values.
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
pub enum Strategy {
    /// The later edit wins, unit by unit.
    #[default]
    NewestUnit,
    /// The later edit wins, and the whole record follows it.
    NewestRecord,
    /// The CRM wins.
    CrmWins,
    /// The remote wins.
    RemoteWins,
    /// Nobody wins until a person says so.
    Manual,
}

/// One of the two sides.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
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
pub enum Side {
    /// The CRM.
    #[default]
    Crm,
    /// The remote.
    Remote,
}

impl Side {
    /// The other side.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Crm => Self::Remote,
            Self::Remote => Self::Crm,
        }
    }
}

/// What a matched pair starts from when both sides hold different values and never agreed before.
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
pub enum Precedence {
    /// The later edit, unit by unit; the tie side where that cannot be known.
    #[default]
    Newer,
    /// The CRM's value.
    Crm,
    /// The remote's value.
    Remote,
    /// Neither: a person decides.
    Ask,
}
