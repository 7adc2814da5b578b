//! One change of a base: cells with both sides of links, rows, edit times, and the record of it for webhooks.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::airtable::cell::Cell;
use crate::airtable::field::{Field, Kind};
use crate::airtable::merge_index::MergeIndex;
use crate::airtable::table::{Row, Table};
use crate::airtable::webhook::Source;
use crate::airtable::world::Base;
use crate::airtable::write::Additions;
use crate::id::Id;

/// New cells of a row, by field id; `None` clears.
pub(crate) type Cells = Vec<(Id, Option<Cell>)>;

/// What has changed in a base.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) tables: BTreeMap<Id, TableChanges>,
    pub(crate) created_tables: Vec<Id>,
    pub(crate) destroyed_tables: Vec<Id>,
}

/// What has changed in a table.
#[derive(Debug, Default)]
pub(crate) struct TableChanges {
    pub(crate) created: BTreeSet<Id>,
    /// The previous cells of changed rows.
    pub(crate) changed: BTreeMap<Id, BTreeMap<Id, Option<Cell>>>,
    pub(crate) destroyed: Vec<Id>,
    pub(crate) created_fields: Vec<Id>,
    /// The previous definitions of changed fields.
    pub(crate) changed_fields: Vec<Field>,
    pub(crate) destroyed_fields: Vec<Id>,
    /// The previous name and description.
    pub(crate) metadata: Option<(String, Option<String>)>,
}

/// A change under way. It cannot fail: everything was checked before.
#[derive(Debug)]
pub(crate) struct Transaction<'a> {
    pub(crate) base: &'a mut Base,
    pub(crate) by: Id,
    pub(crate) now: DateTime<Utc>,
    pub(crate) changes: Changes,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(base: &'a mut Base, by: &Id, now: DateTime<Utc>) -> Self {
        Self { base, by: by.clone(), now, changes: Changes::default() }
    }

    fn note(&mut self, table: &Id) -> &mut TableChanges {
        self.changes.tables.entry(table.clone()).or_default()
    }

    /// Makes the choices and linked rows that `typecast` asked for.
    pub(crate) fn add(&mut self, table: &Id, additions: Additions) {
        for (field_id, choice) in additions.choices {
            let previous =
                self.base.table_mut(table).and_then(|table| table.field_mut(&field_id)).and_then(|field| {
                    let previous = field.clone();
                    field.kind.choices_mut()?.push(choice);
                    Some(previous)
                });
            if let Some(previous) = previous {
                self.note(table).changed_fields.push(previous);
            }
        }
        for (linked, id, text) in additions.rows {
            let primary =
                self.base.table(&linked).and_then(|table| table.primary()).map(|field| field.id.clone());
            let cells = primary.map(|primary| (primary, Some(Cell::Text(text)))).into_iter().collect();
            self.create(&linked, &id, cells);
        }
    }

    /// Makes a row.
    pub(crate) fn create(&mut self, table: &Id, id: &Id, cells: Cells) {
        if let Some(found) = self.base.table_mut(table) {
            found.add_row(id.clone(), &self.by, self.now);
        }
        self.note(table).created.insert(id.clone());
        self.write(table, id, cells);
    }

    /// Changes cells of a row. Writing the value that is there already counts as no edit.
    pub(crate) fn write(&mut self, table: &Id, record: &Id, cells: Cells) {
        for (field, new) in cells {
            let previous = self.set(table, record, &field, new.clone());
            if previous == new {
                continue;
            }
            let old = previous.as_ref().map_or(&[][..], Cell::links);
            let links = new.as_ref().map_or(&[][..], Cell::links);
            if old.is_empty() && links.is_empty() {
                continue;
            }
            let Some((other, inverse)) = self.inverse(table, &field) else { continue };
            for removed in old.iter().filter(|id| !links.contains(id)) {
                self.mirror(&other, removed, &inverse, |mirrored| mirrored.retain(|id| id != record));
            }
            for added in links.iter().filter(|id| !old.contains(id)) {
                self.mirror(&other, added, &inverse, |mirrored| {
                    if !mirrored.contains(record) {
                        mirrored.push(record.clone());
                    }
                });
            }
        }
    }

    /// Stores a cell and gives the one before; without a look at the other side of a link.
    fn set(&mut self, table: &Id, record: &Id, field: &Id, new: Option<Cell>) -> Option<Cell> {
        let is_new = self.changes.tables.get(table).is_some_and(|changes| changes.created.contains(record));
        let Table { rows, merges, .. } = self.base.table_mut(table)?;
        let row = rows.get_mut(record)?;
        let previous = row.cells.get(field).cloned();
        if previous == new {
            return previous;
        }
        let moves = merges.concerns(field);
        if moves {
            merges.remove(row);
        }
        match new {
            Some(cell) => row.cells.insert(field.clone(), cell),
            None => row.cells.remove(field),
        };
        if moves {
            merges.insert(row);
        }
        if !is_new {
            row.touch(field, &self.by, self.now);
            let changed = self.note(table).changed.entry(record.clone()).or_default();
            changed.entry(field.clone()).or_insert_with(|| previous.clone());
        }
        previous
    }

    fn inverse(&self, table: &Id, field: &Id) -> Option<(Id, Id)> {
        let link = self.base.table(table)?.field(field)?.kind.link()?;
        Some((link.table.clone(), link.inverse.clone()?))
    }

    /// Keeps the other side of a link in step.
    fn mirror(&mut self, table: &Id, record: &Id, field: &Id, change: impl FnOnce(&mut Vec<Id>)) {
        let row = self.base.table(table).and_then(|table| table.rows.get(record));
        let Some(mut links) = row.map(|row| row.links(field).to_vec()) else { return };
        change(&mut links);
        self.set(table, record, field, (!links.is_empty()).then_some(Cell::Links(links)));
    }

    /// Deletes a row: into the trash, and out of every link cell that names it.
    pub(crate) fn delete(&mut self, table: &Id, record: &Id) {
        self.unlink(table, record);
        let Some(found) = self.base.table_mut(table) else { return };
        let Some(row) = found.rows.remove(record) else { return };
        found.merges.remove(&row);
        self.base.trash.insert(record.clone(), (table.clone(), row));
        self.note(table).destroyed.push(record.clone());
    }

    fn unlink(&mut self, table: &Id, record: &Id) {
        let mut pointing = Vec::new();
        let target = self.base.table(table).and_then(|table| table.rows.get(record));
        for other in &self.base.tables {
            for field in &other.fields {
                let Kind::Links(link) = &field.kind else { continue };
                if link.table != *table {
                    continue;
                }
                // With an inverse field the row itself knows who points at it; else all rows are read.
                let inverse = link.inverse.as_ref().and_then(|inverse| target.map(|row| row.links(inverse)));
                let rows: Vec<Id> = match inverse {
                    Some(rows) => rows.to_vec(),
                    None => other
                        .rows
                        .values()
                        .filter(|row| row.links(&field.id).contains(record))
                        .map(|row| row.id.clone())
                        .collect(),
                };
                pointing.extend(rows.into_iter().map(|row| (other.id.clone(), row, field.id.clone())));
            }
        }
        for (other, row, field) in pointing {
            self.mirror(&other, &row, &field, |links| links.retain(|id| id != record));
        }
    }

    /// Takes a row back from the trash, with the same id. False if it is not there.
    pub(crate) fn restore(&mut self, record: &str) -> bool {
        let Some((id, (table, mut row))) = self.base.trash.remove_entry(record) else { return false };
        let Some(found) = self.base.table_mut(&table) else { return false };
        let links: Cells = row
            .cells
            .iter()
            .filter(|(_, cell)| !cell.links().is_empty())
            .map(|(field, cell)| (field.clone(), Some(cell.clone())))
            .collect();
        row.cells.retain(|_, cell| cell.links().is_empty());
        found.merges.insert(&row);
        found.rows.insert(id.clone(), row);
        self.note(&table).created.insert(id.clone());
        let alive = links.into_iter().map(|(field, cell)| (field.clone(), self.alive(&table, &field, cell)));
        let alive = alive.collect();
        self.write(&table, &id, alive);
        true
    }

    /// The links of a restored cell that still lead somewhere.
    fn alive(&self, table: &Id, field: &Id, cell: Option<Cell>) -> Option<Cell> {
        let link = self.base.table(table)?.field(field)?.kind.link()?;
        let target = self.base.table(&link.table)?;
        let mut links = cell?.links().to_vec();
        links.retain(|id| target.rows.contains_key(id));
        (!links.is_empty()).then_some(Cell::Links(links))
    }

    /// Deletes a field and its cells.
    pub(crate) fn delete_field(&mut self, table: &Id, field: &Id) {
        let Some((other, inverse)) = self.drop_field(table, field) else { return };
        if let Some(inverse) = inverse {
            self.drop_field(&other, &inverse);
        }
    }

    fn drop_field(&mut self, table: &Id, field: &Id) -> Option<(Id, Option<Id>)> {
        let found = self.base.table_mut(table)?;
        let position = found.fields.iter().position(|known| known.id == *field)?;
        let removed = found.fields.remove(position);
        if found.merges.concerns(field) {
            found.merges = MergeIndex::default();
        }
        for row in found.rows.values_mut() {
            row.cells.remove(field);
            row.edited.remove(field);
        }
        self.note(table).destroyed_fields.push(field.clone());
        removed.kind.link().map(|link| (link.table.clone(), link.inverse.clone()))
    }

    /// Changes a field's definition.
    pub(crate) fn change_field(&mut self, table: &Id, field: &Id, change: impl FnOnce(&mut Field)) {
        let Some(found) = self.base.table_mut(table).and_then(|table| table.field_mut(field)) else { return };
        let previous = found.clone();
        change(found);
        self.note(table).changed_fields.push(previous);
    }

    /// Adds a field.
    pub(crate) fn add_field(&mut self, table: &Id, field: Field) {
        let id = field.id.clone();
        if let Some(found) = self.base.table_mut(table) {
            found.fields.push(field);
            self.note(table).created_fields.push(id);
        }
    }

    /// Changes a table's name or description.
    pub(crate) fn describe(&mut self, table: &Id, name: Option<String>, description: Option<String>) {
        let Some(found) = self.base.table_mut(table) else { return };
        let previous = (found.name.clone(), found.description.clone());
        if let Some(name) = name {
            found.name = name;
        }
        if description.is_some() {
            found.description = description;
        }
        self.note(table).metadata = Some(previous);
    }

    /// Ends it: webhooks learn of it.
    pub(crate) fn commit(self, source: Source) {
        let Self { base, by, now, changes } = self;
        base.transaction += 1;
        crate::airtable::payload::publish(base, &changes, &by, source, now);
    }
}

impl Row {
    /// A copy for a new row: the same stored cells.
    pub(crate) fn copied_cells(&self) -> Cells {
        self.cells.iter().map(|(field, cell)| (field.clone(), Some(cell.clone()))).collect()
    }
}
