//! A table: fields, views and rows.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::airtable::cell::Cell;
use crate::airtable::comment::Comment;
use crate::airtable::field::{Field, Kind};
use crate::airtable::merge_index::MergeIndex;
use crate::airtable::view::View;
use crate::airtable::world::{Base, whole_second};
use crate::id::Id;

/// A table of a base.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// The first is the primary field.
    pub(crate) fields: Vec<Field>,
    pub(crate) views: Vec<View>,
    /// By record id, which is the order of a list without view and sort.
    pub(crate) rows: BTreeMap<Id, Row>,
    /// The rows by what the last upsert merged on.
    pub(crate) merges: MergeIndex,
    /// The number of the last row made; numbers are not used again.
    pub(crate) last_number: u32,
}

/// A record.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) id: Id,
    pub(crate) number: u32,
    pub(crate) created: DateTime<Utc>,
    pub(crate) created_by: Id,
    pub(crate) modified_by: Id,
    /// When each field was last edited after the row was made.
    pub(crate) edited: BTreeMap<Id, DateTime<Utc>>,
    /// The cells that are not empty, by field id.
    pub(crate) cells: BTreeMap<Id, Cell>,
    pub(crate) comments: Vec<Comment>,
}

impl Table {
    /// Whether a request means this table, by name or id.
    pub(crate) fn is(&self, name_or_id: &str) -> bool {
        *self.id == *name_or_id || self.name == name_or_id
    }

    /// A field by name or id.
    pub(crate) fn field(&self, name_or_id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.is(name_or_id))
    }

    /// A field by name or id, to change.
    pub(crate) fn field_mut(&mut self, name_or_id: &str) -> Option<&mut Field> {
        self.fields.iter_mut().find(|field| field.is(name_or_id))
    }

    pub(crate) fn primary(&self) -> Option<&Field> {
        self.fields.first()
    }

    /// Adds a row without cells.
    pub(crate) fn add_row(&mut self, id: Id, by: &Id, now: DateTime<Utc>) -> &mut Row {
        self.last_number += 1;
        let row = Row {
            id: id.clone(),
            number: self.last_number,
            created: whole_second(now),
            created_by: by.clone(),
            modified_by: by.clone(),
            edited: BTreeMap::new(),
            cells: BTreeMap::new(),
            comments: Vec::new(),
        };
        self.rows.entry(id).insert_entry(row).into_mut()
    }

    /// Makes ready to find rows by these fields.
    pub(crate) fn index_by(&mut self, fields: &[Id]) {
        if !self.merges.is_by(fields) {
            self.merges = MergeIndex::of(fields, self.rows.values());
        }
    }

    /// As the metadata API shows it.
    pub(crate) fn json(&self, base: &Base, visible_fields: bool) -> Value {
        let exists = |id: &str| base.has_field(id);
        let mut object = Map::new();
        object.insert("id".to_owned(), json!(&*self.id));
        object.insert("name".to_owned(), json!(self.name));
        if let Some(description) = &self.description {
            object.insert("description".to_owned(), json!(description));
        }
        object.insert("primaryFieldId".to_owned(), json!(self.primary().map(|field| &*field.id)));
        let fields = self.fields.iter().map(|field| field.json(&exists)).collect();
        object.insert("fields".to_owned(), Value::Array(fields));
        let views = self.views.iter().map(|view| view.json(self, visible_fields)).collect();
        object.insert("views".to_owned(), Value::Array(views));
        Value::Object(object)
    }
}

impl Row {
    /// Notes an edit of a field. The moment counts in whole seconds.
    pub(crate) fn touch(&mut self, field: &Id, by: &Id, now: DateTime<Utc>) {
        self.edited.insert(field.clone(), whole_second(now));
        self.modified_by = by.clone();
    }

    /// When the row was last edited; its making counts.
    pub(crate) fn modified(&self) -> DateTime<Utc> {
        self.edited.values().copied().max().unwrap_or(self.created).max(self.created)
    }

    /// The linked records of a link cell.
    pub(crate) fn links(&self, field: &str) -> &[Id] {
        self.cells.get(field).map_or(&[], Cell::links)
    }
}

impl Kind {
    /// The cells of this type that are stored (computed ones are not).
    pub(crate) fn is_stored(&self) -> bool {
        !self.is_computed() || matches!(self, Self::AiText | Self::ExternalSyncSource { .. })
    }
}
