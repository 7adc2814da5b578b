//! Rows by their values of the fields that upserts merge on, so that a match need not read the whole table.

use std::collections::HashMap;

use crate::airtable::cell::Cell;
use crate::airtable::table::Row;
use crate::id::Id;

/// The rows of a table by the values of some of its fields. Without fields it holds nothing and costs nothing.
#[derive(Debug, Default)]
pub(crate) struct MergeIndex {
    fields: Vec<Id>,
    rows: HashMap<String, Vec<Id>>,
}

impl MergeIndex {
    /// The index of these rows by these fields.
    pub(crate) fn of<'a>(fields: &[Id], rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut index = Self { fields: fields.to_vec(), rows: HashMap::new() };
        for row in rows {
            index.insert(row);
        }
        index
    }

    /// Whether it is by exactly these fields.
    pub(crate) fn is_by(&self, fields: &[Id]) -> bool {
        self.fields == fields
    }

    /// Whether a change of the field may move a row in it.
    pub(crate) fn concerns(&self, field: &Id) -> bool {
        self.fields.contains(field)
    }

    /// Takes a row in, by the values it has now.
    pub(crate) fn insert(&mut self, row: &Row) {
        if let Some(key) = self.key_of(row) {
            self.rows.entry(key).or_default().push(row.id.clone());
        }
    }

    /// Leaves a row out; its values are those that it went in with.
    pub(crate) fn remove(&mut self, row: &Row) {
        let Some(key) = self.key_of(row) else { return };
        if let Some(ids) = self.rows.get_mut(&key) {
            ids.retain(|id| *id != row.id);
            if ids.is_empty() {
                self.rows.remove(&key);
            }
        }
    }

    /// The rows that have these values, in the order of the fields.
    pub(crate) fn find<'a>(&self, cells: impl Iterator<Item = &'a Cell>) -> &[Id] {
        self.rows.get(&key(cells)).map_or(&[], Vec::as_slice)
    }

    /// The row's key; none if one of the values is empty, since an empty value matches nothing.
    fn key_of(&self, row: &Row) -> Option<String> {
        if self.fields.is_empty() {
            return None;
        }
        let cells: Option<Vec<&Cell>> = self.fields.iter().map(|field| row.cells.get(field)).collect();
        cells.map(|cells| key(cells.into_iter()))
    }
}

fn key<'a>(cells: impl Iterator<Item = &'a Cell>) -> String {
    let spelt = cells.map(|cell| match cell {
        // Zero has a sign that nobody sees.
        Cell::Number(number) => format!("{:?}", number + 0.0),
        cell => format!("{cell:?}"),
    });
    spelt.collect::<Vec<_>>().join("\u{1f}")
}
