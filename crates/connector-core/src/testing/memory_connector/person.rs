//! The side door: what a person does in the remote, which costs the program no calls.

use super::MemoryConnector;
use super::cell::Author;
use super::table::Place;
use crate::connector::RemoteDeal;
use crate::error::{Error, ErrorKind, Result};
use crate::id::{FieldId, OptionId, RemoteId};
use crate::schema::{Field, FieldKind};
use crate::value::Value;

/// What a person does in the remote. Unknown options are made; computed fields can be set, as the remote would.
impl MemoryConnector {
    /// Every deal in the container with all its cells, first created first.
    #[must_use]
    pub fn records(&self) -> Vec<RemoteDeal> {
        self.lock().table.records()
    }

    /// One deal with all its cells, if it is in the container.
    #[must_use]
    pub fn record(&self, id: &RemoteId) -> Option<RemoteDeal> {
        self.lock().table.record(id)
    }

    /// Makes a deal.
    pub fn insert<F: Into<FieldId>>(&self, cells: impl IntoIterator<Item = (F, Value)>) -> Result<RemoteId> {
        let cells = cells.into_iter().map(|(field, value)| (field.into(), value)).collect();
        self.lock().table.insert(cells, Author::Person, self.now())
    }

    /// Writes one cell; [`Value::Empty`] clears it, [`Value::Unknown`] makes it unreadable.
    pub fn edit(&self, id: &RemoteId, field: impl Into<FieldId>, value: Value) -> Result<()> {
        self.lock().table.put(id, vec![(field.into(), value)], Author::Person, self.now())
    }

    /// Copies a deal with all its cells, stamps included, as people do; the copy's id.
    pub fn duplicate(&self, id: &RemoteId) -> Result<RemoteId> {
        let mut inner = self.lock();
        let Some(deal) = inner.table.record(id) else {
            return Err(Error::new(ErrorKind::RecordMissing, self.shared.settings.remote, "copying a deal"));
        };
        inner.table.insert(deal.cells, Author::Person, self.now())
    }

    /// Deletes a deal: into the trash if the remote has one.
    pub fn delete(&self, id: &RemoteId) -> Result<()> {
        self.lock().table.delete(id, self.now())
    }

    /// Takes a deal back from the trash.
    pub fn restore(&self, id: &RemoteId) -> Result<()> {
        self.lock().table.restore(id, self.now())
    }

    /// Moves a deal to another container.
    pub fn move_elsewhere(&self, id: &RemoteId) -> Result<()> {
        self.lock().table.relocate(id, Place::Elsewhere, self.now())
    }

    /// Takes a deal out of the program's sight, so that it cannot tell whether it was deleted.
    pub fn unshare(&self, id: &RemoteId) -> Result<()> {
        self.lock().table.relocate(id, Place::Unshared, self.now())
    }

    /// Adds a field that can be written.
    #[must_use]
    pub fn add_field(&self, name: &str, kind: FieldKind) -> Field {
        self.lock().table.add_field(name, kind)
    }

    /// Gives a field another name.
    pub fn rename_field(&self, id: impl Into<FieldId>, name: &str) -> Result<()> {
        self.lock().table.change_field(&id.into(), |field| name.clone_into(&mut field.name))
    }

    /// Gives a field another type. Cells that do not fit it are lost.
    pub fn retype_field(&self, id: impl Into<FieldId>, kind: FieldKind) -> Result<()> {
        self.lock().table.change_field(&id.into(), |field| field.kind = kind)
    }

    /// Removes a field with all its cells.
    pub fn remove_field(&self, id: impl Into<FieldId>) -> Result<()> {
        self.lock().table.remove_field(&id.into())
    }

    /// Gives an option of a select field another name. Cells that hold it show the new one.
    pub fn rename_option(&self, field: impl Into<FieldId>, option: &OptionId, name: &str) -> Result<()> {
        self.lock().table.change_field(&field.into(), |field| {
            if let FieldKind::Select { options, .. } | FieldKind::MultiSelect { options, .. } =
                &mut field.kind
            {
                for option in options.iter_mut().filter(|known| known.id == *option) {
                    name.clone_into(&mut option.name);
                }
            }
        })
    }
}
