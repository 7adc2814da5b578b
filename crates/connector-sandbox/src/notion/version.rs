//! Versions of the API: which are accepted, and what changes with them.

use crate::notion::failure::Failure;

/// The dates that the header may hold, in the order in which the service lists them.
const DATES: [&str; 7] =
    ["2021-05-11", "2021-05-13", "2021-08-16", "2022-02-22", "2022-06-28", "2025-09-03", "2026-03-11"];

/// A version, as far as shapes and routes differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    /// Up to 2022-06-28: a database is a table with a schema.
    Database,
    /// 2025-09-03: a database holds data sources, each a table with a schema.
    DataSource,
    /// 2026-03-11: `archived` is gone, children are placed by `position`.
    InTrash,
}

impl Version {
    /// Reads the `Notion-Version` header.
    pub(crate) fn read(header: Option<&str>) -> Result<Self, Failure> {
        let Some(date) = header else { return Err(Failure::missing_version()) };
        match date {
            "2025-09-03" => Ok(Self::DataSource),
            "2026-03-11" => Ok(Self::InTrash),
            _ if DATES.contains(&date) => Ok(Self::Database),
            _ => Err(Failure::unknown_version(&DATES, date)),
        }
    }

    /// Whether objects have, and requests may hold, `archived`.
    pub(crate) fn has_archived(self) -> bool {
        self < Self::InTrash
    }

    /// Whether appended children may be placed by `after`.
    pub(crate) fn has_after(self) -> bool {
        self < Self::InTrash
    }

    /// What a type of block is called.
    pub(crate) fn block_type(self, newest: &'static str) -> &'static str {
        if newest == "meeting_notes" && self < Self::InTrash { "transcription" } else { newest }
    }

    /// Whether data sources stand apart from databases.
    pub(crate) fn has_data_sources(self) -> bool {
        self > Self::Database
    }

    /// What a list of pages and tables is a list of.
    pub(crate) fn list_type(self) -> &'static str {
        if self.has_data_sources() { "page_or_data_source" } else { "page_or_database" }
    }
}
