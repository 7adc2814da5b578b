//! What a plan leaves to a person, and what it has to tell.

use serde::{Deserialize, Serialize};

use super::strategy::Side;
use crate::id::{DealId, RemoteId, UnitKey};
use crate::lens::{Note, Refusal};
use crate::unit::Fault;
use crate::value::Value;

/// Something that only a person can decide; nothing is done about it until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What is to be decided.
    pub kind: QuestionKind,
    /// The deals concerned.
    pub deals: Vec<DealId>,
    /// The records concerned.
    pub remotes: Vec<RemoteId>,
    /// How people call them.
    pub label: String,
}

/// What a person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum QuestionKind {
    /// Several deals or records have one key: which belong together?
    Ambiguous,
    /// A record carries the id of a deal that is linked to another record: a copy?
    Copy,
    /// A record carries the id of a deal that was deleted or unlinked: shall it come back?
    Restored,
    /// A record carries an id that no deal has.
    UnknownStamp,
    /// A deal matches a record that is linked to another deal.
    SecondDeal,
    /// It was deleted on one side and edited on this one.
    EditedAfterDelete(Side),
    /// It was deleted on this side, and deletions are not passed on by themselves.
    DeletedOn(Side),
    /// A deal was deleted and another one has its natural key: if the two were merged, the record holds what nobody carried
    /// over; shall it go?
    Merged,
    /// A record may or may not have been made by a run that was cut off.
    LostCreate,
    /// The record is not to be seen any more, and it cannot be told whether it was deleted.
    Vanished,
}

/// What a person says to a [`Question`] about one record; it counts for one run.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Answer {
    /// What is left of a deletion goes too, edited or not: to the remote's trash where it has one.
    Delete,
    /// What was edited stays, and what was deleted comes back: edits win, a copy is a deal of its own. What was deleted
    /// and not edited on the other side is left as it is, on both.
    Keep,
}

/// Something that was not carried, or carried with a loss: which deal, which field, which value, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The deal, if there is one.
    pub deal: Option<DealId>,
    /// The record, if there is one.
    pub remote: Option<RemoteId>,
    /// How people call it.
    pub label: String,
    /// The unit; `None` when it is the whole record.
    pub unit: Option<UnitKey>,
    /// The field's name in the remote.
    pub field: Option<String>,
    /// The value it is about.
    pub value: Value,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What keeps a value from being carried whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum Problem {
    /// The CRM cannot keep it; the record's import is refused.
    #[error("{fault}")]
    Fault {
        /// Why not.
        fault: Fault,
    },
    /// The remote's field cannot take it.
    #[error("{refusal}")]
    Refused {
        /// Why not.
        refusal: Refusal,
    },
    /// It was carried, changed.
    #[error("{note}")]
    Altered {
        /// How.
        note: Note,
    },
    /// It could not be read; it is left alone on both sides.
    #[error("it could not be read: {why}")]
    Unreadable {
        /// Why.
        why: String,
    },
    /// The field is gone from the remote or changed its type; the unit is left alone.
    #[error("the field is gone or has another type; map it again")]
    Suspended,
    /// The field of the deals' ids is gone from the remote: what is copied or brought back there is not recognised.
    #[error("the field of the deals' ids is gone; choose it again, or have another one made")]
    KeyFieldGone,
    /// What a run wrote, or what was in conflict, was edited since: it stays as it is.
    #[error("it was edited since, and stays as it is")]
    EditedSince,
    /// What a run did cannot be taken back.
    #[error("{why}")]
    CannotBeUndone {
        /// Why not.
        why: Lasting,
    },
    /// A person took the change back; it waits until a plan is approved, the mapping changes, or somebody edits it.
    #[error("it was taken back and is not carried again; approve a new plan to carry it after all")]
    Held,
    /// Its operation was refused in so many runs in a row that it is no longer tried by itself.
    #[error(
        "refused {times} times in a row ({why}); set aside until one of the two sides is edited or a person asks for it again"
    )]
    SetAside {
        /// Which operation; see [`Trouble`](crate::state::Trouble).
        attempt: String,
        /// How often it was refused.
        times: u32,
        /// Why, the last time.
        why: String,
    },
    /// The clocks differ by so much that whose edit was the later one is uncertain.
    #[error(
        "the remote's clock and ours differ by {minutes} minutes: who wins by time is uncertain; set the clock right"
    )]
    ClocksDiffer {
        /// By how many minutes at least.
        minutes: i64,
    },
}

/// Why what a run did stays.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::VariantArray, thiserror::Error,
)]
#[serde(rename_all = "snake_case")]
pub enum Lasting {
    /// The run made a record, and the remote has no trash that a program can reach.
    #[error("the record stays: the remote has no trash that it could go to")]
    MadeWithoutTrash,
    /// The run deleted a record.
    #[error("the record was deleted, and only a person can bring it back")]
    Deleted,
    /// The run marked a record.
    #[error("the mark stays: the log does not tell what was there before")]
    Marked,
    /// The log tells only that a sensitive value was there.
    #[error("the log does not tell what was there before")]
    Untold,
    /// The field is not mapped any more.
    #[error("the field is not mapped any more")]
    Unmapped,
}

impl Problem {
    /// Whether the value was left where it is.
    #[must_use]
    pub const fn blocks(&self) -> bool {
        !matches!(self, Self::Altered { .. } | Self::ClocksDiffer { .. })
    }
}
