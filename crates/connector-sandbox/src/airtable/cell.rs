//! What a cell stores. An empty cell is not stored at all.

use chrono::{DateTime, NaiveDate, Utc};

use crate::airtable::attachment::Attachment;
use crate::id::Id;

/// A stored value; which variant belongs to a field is decided by the field's type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Text(String),
    Number(f64),
    Checked,
    /// A select's choices by id, so that a renamed choice changes every cell.
    Choices(Vec<Id>),
    Day(NaiveDate),
    Instant(DateTime<Utc>),
    /// Records by id, in the order given.
    Links(Vec<Id>),
    Attachments(Vec<Attachment>),
    /// Collaborators by id.
    People(Vec<Id>),
    Barcode {
        text: String,
        symbology: Option<String>,
    },
}

impl Cell {
    /// The linked records.
    pub(crate) fn links(&self) -> &[Id] {
        match self {
            Self::Links(links) => links,
            _ => &[],
        }
    }
}
