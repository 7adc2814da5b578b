//! A page: a row of a data source, or a page under another.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::id::Id;
use crate::notion::property::Cell;
use crate::notion::rich_text::Run;
use crate::notion::world::{Parent, Stamps};

/// A page.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) id: Id,
    pub(crate) parent: Parent,
    /// The values that are not empty, by property id.
    pub(crate) cells: BTreeMap<Id, Cell>,
    /// The ids of the blocks, pages and databases in it, in order.
    pub(crate) content: Vec<Id>,
    /// As the API shows it; null for none.
    pub(crate) icon: Value,
    pub(crate) cover: Value,
    pub(crate) stamps: Stamps,
    pub(crate) trashed: bool,
    /// Put away without being in the trash.
    pub(crate) archived: bool,
    pub(crate) locked: bool,
    /// What its `unique_id` counts.
    pub(crate) number: u64,
}

impl Page {
    /// An empty page.
    pub(crate) fn new(id: Id, parent: Parent, stamps: Stamps) -> Self {
        Self {
            id,
            parent,
            cells: BTreeMap::new(),
            content: Vec::new(),
            icon: Value::Null,
            cover: Value::Null,
            stamps,
            trashed: false,
            archived: false,
            locked: false,
            number: 0,
        }
    }

    /// The text of a title or rich-text property.
    pub(crate) fn text(&self, property: &str) -> &[Run] {
        match self.cells.get(property) {
            Some(Cell::Text(runs)) => runs,
            _ => &[],
        }
    }

    /// The title.
    pub(crate) fn title(&self) -> &[Run] {
        self.text("title")
    }

    /// The pages that a relation names.
    pub(crate) fn related(&self, property: &str) -> &[Id] {
        match self.cells.get(property) {
            Some(Cell::Relation(pages)) => pages,
            _ => &[],
        }
    }
}
