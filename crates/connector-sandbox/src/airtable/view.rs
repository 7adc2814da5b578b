//! Views: a table seen through a filter, an order and a choice of fields.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::airtable::formula::Formula;
use crate::airtable::table::Table;
use crate::id::Id;

/// A view of a table.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) id: Id,
    pub(crate) name: String,
    /// `grid`, `form`, `kanban` and so on.
    pub(crate) kind: String,
    pub(crate) filter: Option<Arc<Formula>>,
    /// Field ids; true is descending.
    pub(crate) sort: Vec<(Id, bool)>,
    pub(crate) hidden: Vec<Id>,
}

impl View {
    /// A grid of everything.
    pub(crate) fn grid(id: Id, name: &str) -> Self {
        let kind = "grid".to_owned();
        Self { id, name: name.to_owned(), kind, filter: None, sort: Vec::new(), hidden: Vec::new() }
    }

    pub(crate) fn is(&self, name_or_id: &str) -> bool {
        *self.id == *name_or_id || self.name == name_or_id
    }

    /// As the metadata API shows it.
    pub(crate) fn json(&self, table: &Table, visible_fields: bool) -> Value {
        let mut view = json!({"id": &*self.id, "name": self.name, "type": self.kind});
        if visible_fields && let Some(object) = view.as_object_mut() {
            let visible = table.fields.iter().filter(|field| !self.hidden.contains(&field.id));
            object.insert("visibleFieldIds".to_owned(), visible.map(|field| json!(&*field.id)).collect());
        }
        view
    }
}
