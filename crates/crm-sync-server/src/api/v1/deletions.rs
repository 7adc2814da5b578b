//! What becomes of one side when the other is deleted, and what marks it.

use connector_core::plan::Deletions as CoreDeletions;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::named::Deletion;
use super::shape::Cell;
use crate::report::Speaker;

/// What becomes of one side when the other is deleted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deletions {
    /// Of the deal, when its record was deleted.
    crm: Deletion,
    /// Of the record, when its deal was deleted.
    remote: Deletion,
    /// Whether each waits for a person.
    approval: bool,
    /// Whether a deletion on the side that is said to win takes along what was edited on the other side since.
    beat_edits: bool,
    /// What marks a deal; without one, `flag` marks nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    deal_mark: Option<DealMark>,
    /// What marks a record; without one, `flag` marks nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    record_mark: Option<RecordMark>,
}

/// What a deal gets whose record was deleted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DealMark {
    /// A unit that is not mapped.
    unit: String,
    value: Cell,
}

/// What a record gets whose deal was deleted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordMark {
    /// A field that is not mapped, by its id.
    field: String,
    value: Cell,
}

impl Deletions {
    pub(super) fn new(speaker: &Speaker<'_>, deletions: &CoreDeletions, beat_edits: bool) -> Self {
        let deal_mark = deletions.deal_mark.as_ref().map(|(unit, value)| {
            let kind = speaker.units.get(unit.as_str()).map(|unit| &unit.kind);
            DealMark { unit: unit.to_string(), value: Cell::new(speaker.lang, kind, value) }
        });
        let record_mark = deletions.record_mark.as_ref().map(|(field, value)| RecordMark {
            field: field.to_string(),
            value: Cell::new(speaker.lang, None, value),
        });
        Self {
            crm: Deletion(deletions.crm),
            remote: Deletion(deletions.remote),
            approval: deletions.approval,
            beat_edits,
            deal_mark,
            record_mark,
        }
    }
}

/// Where a mark is to be, and what it is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMark {
    /// A unit of the CRM or a field of the remote that is not mapped, by name or id; `""` takes the mark away.
    place: String,
    /// A text; for a checkbox `yes`, for a list one of its options.
    value: String,
}

impl From<NewMark> for (String, String) {
    fn from(mark: NewMark) -> Self {
        (mark.place, mark.value)
    }
}
