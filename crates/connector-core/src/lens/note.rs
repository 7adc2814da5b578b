//! What a decoded value says about its cell.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::fidelity::quoted;
use crate::value::Value;

/// A unit's value, and what was replaced to get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The value; [`Value::Unknown`] when the cell cannot be read.
    pub value: Value,
    /// What was replaced, if something was.
    pub note: Option<Note>,
}

/// What was replaced when a cell was read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// A word that means no stage became the vocabulary's fallback.
    UnknownStage {
        /// The word.
        word: String,
        /// The stage that it became.
        became: String,
    },
    /// An instant became its day in UTC.
    TimeDropped {
        /// The instant.
        at: DateTime<Utc>,
        /// Its day.
        day: NaiveDate,
    },
    /// More than a civil date became the day that it begins on.
    PeriodDropped {
        /// The period.
        period: String,
        /// Its first day.
        day: NaiveDate,
    },
    /// A number had more digits than the CRM keeps.
    Rounded {
        /// The number.
        from: Decimal,
        /// What it became.
        to: Decimal,
    },
    /// Several people became their names.
    PeopleAsNames {
        /// The names.
        names: Vec<String>,
    },
    /// Several options became one text.
    OptionsJoined {
        /// The names of the options.
        names: Vec<String>,
    },
    /// Something was replaced in a unit whose contents must not be shown.
    Concealed,
}

impl Decoded {
    pub(super) const fn of(value: Value) -> Self {
        Self { value, note: None }
    }

    pub(super) const fn noted(value: Value, note: Note) -> Self {
        Self { value, note: Some(note) }
    }

    pub(super) fn unknown(why: impl Into<String>) -> Self {
        Self::of(Value::Unknown(why.into()))
    }

    /// Keeps the contents of the cell out of the note and of the reason why it is unknown.
    pub(super) fn concealed(self) -> Self {
        let value = match self.value {
            Value::Unknown(_) => Value::Unknown("it cannot be read".to_owned()),
            readable => readable,
        };
        Self { value, note: self.note.map(|_| Note::Concealed) }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownStage { word, became } => write!(f, "“{word}” is no stage and became “{became}”"),
            Self::TimeDropped { at, day } => {
                write!(f, "{} became the day {day}", at.format("%Y-%m-%d %H:%M UTC"))
            }
            Self::PeriodDropped { period, day } => write!(f, "{period} became the day {day}"),
            Self::Rounded { from, to } => write!(f, "{from} was rounded to {to}"),
            Self::PeopleAsNames { names } => write!(f, "people became their names: {}", quoted(names)),
            Self::OptionsJoined { names } => write!(f, "several options became one text: {}", quoted(names)),
            Self::Concealed => f.write_str("something was replaced"),
        }
    }
}
