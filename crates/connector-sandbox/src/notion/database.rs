//! A database: the container of data sources.

use serde_json::Value;

use crate::id::Id;
use crate::notion::rich_text::Run;
use crate::notion::world::{Parent, Stamps};

/// A database.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    pub(crate) id: Id,
    pub(crate) parent: Parent,
    pub(crate) title: Vec<Run>,
    pub(crate) description: Vec<Run>,
    /// The data sources that are not in the trash, in order.
    pub(crate) sources: Vec<Id>,
    pub(crate) inline: bool,
    /// As the API shows it; null for none.
    pub(crate) icon: Value,
    pub(crate) cover: Value,
    pub(crate) stamps: Stamps,
    pub(crate) trashed: bool,
    pub(crate) locked: bool,
}
