//! The versions of Notion's API that are spoken.

use connector_http::header::HeaderValue;

/// A version of Notion's API, sent with each request. The newest is the default; the others serve remotes on loopback
/// that play an older Notion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Version {
    /// A database is a table.
    V2022_06_28,
    /// A database holds data sources, which are tables.
    V2025_09_03,
    /// As before; `archived` is gone.
    #[default]
    V2026_03_11,
}

impl Version {
    /// The version as it is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2022_06_28 => "2022-06-28",
            Self::V2025_09_03 => "2025-09-03",
            Self::V2026_03_11 => "2026-03-11",
        }
    }

    pub(crate) const fn header(self) -> HeaderValue {
        HeaderValue::from_static(self.as_str())
    }

    /// Whether a database holds data sources.
    pub(crate) const fn has_data_sources(self) -> bool {
        !matches!(self, Self::V2022_06_28)
    }

    /// What the path and the search call a table.
    pub(crate) const fn table(self) -> Table {
        if self.has_data_sources() {
            Table { path: "data_sources", object: "data_source", parent: "data_source_id" }
        } else {
            Table { path: "databases", object: "database", parent: "database_id" }
        }
    }

    /// The key that puts a page into the trash or takes it out.
    pub(crate) const fn trash_key(self) -> &'static str {
        if self.has_data_sources() { "in_trash" } else { "archived" }
    }
}

/// What a version calls a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    /// In paths.
    pub(crate) path: &'static str,
    /// As an object.
    pub(crate) object: &'static str,
    /// As the parent of a page.
    pub(crate) parent: &'static str,
}
