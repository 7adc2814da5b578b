//! The rows of the container.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::cell::{Author, accept, make_options, shown};
use super::settings::MemorySettings;
use crate::connector::{Change, Cursor, Presence, RemoteDeal, Stamp};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{FieldId, RemoteId};
use crate::schema::{Field, FieldKind, Schema};
use crate::value::Value;

/// The fields and rows of one container. A row keeps its place in the order of creation for ever.
#[derive(Debug, Clone)]
pub(super) struct Table {
    settings: MemorySettings,
    schema: Schema,
    rows: Vec<Row>,
    places: HashMap<RemoteId, usize>,
    /// For each field that was ever looked up: the rows by their text, the first row first.
    lookup: HashMap<FieldId, HashMap<String, Vec<usize>>>,
    /// Grows with every change of a row.
    version: u64,
    fields_made: usize,
    options_made: usize,
}

#[derive(Debug, Clone)]
struct Row {
    id: RemoteId,
    cells: BTreeMap<FieldId, Value>,
    created: DateTime<Utc>,
    edited: DateTime<Utc>,
    version: u64,
    place: Place,
}

/// Where a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In the container.
    Here,
    /// In the trash.
    Trash,
    /// In another container.
    Elsewhere,
    /// Not shared with the program any more.
    Unshared,
    /// Nowhere.
    Nowhere,
}

/// Which rows a page is made of.
pub(super) struct Slice<'a> {
    pub(super) from: usize,
    pub(super) most: usize,
    pub(super) since: Option<u64>,
    pub(super) fields: &'a [FieldId],
}

/// A page of rows, and the row that the next page begins with.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) deals: Vec<RemoteDeal>,
    pub(super) gone: Vec<RemoteId>,
    pub(super) next: Option<usize>,
}

impl Table {
    pub(super) fn new(settings: MemorySettings, schema: Schema) -> Self {
        Self {
            settings,
            schema,
            rows: Vec::new(),
            places: HashMap::new(),
            lookup: HashMap::new(),
            version: 0,
            fields_made: 0,
            options_made: 0,
        }
    }

    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// Refuses a call that names a field that is not there.
    pub(super) fn require(&self, fields: &[FieldId], action: &'static str) -> Result<()> {
        match fields.iter().find(|id| self.schema.field(id).is_none()) {
            Some(id) => Err(self
                .error(ErrorKind::SchemaChanged, action)
                .with_detail(format!("there is no field {id}"))),
            None => Ok(()),
        }
    }

    /// Reads a cursor of ours.
    pub(super) fn position(&self, cursor: &Cursor) -> Result<u64> {
        if self.settings.capabilities.feed.is_none() {
            return Err(self.error(ErrorKind::Unsupported, "listing deals"));
        }
        let error = || self.error(ErrorKind::Rejected, "listing deals").with_detail("not a cursor of ours");
        cursor.0.parse().map_err(|_| error())
    }

    pub(super) fn slice(&self, slice: &Slice<'_>, now: DateTime<Utc>) -> Rows {
        let reports = self.settings.capabilities.feed.is_some_and(|feed| feed.reports_deletions);
        let mut page = Rows::default();
        for (at, row) in self.rows.iter().enumerate().skip(slice.from) {
            // The change just before the cursor is told again: a feed may overlap.
            if slice.since.is_some_and(|since| row.version < since) {
                continue;
            }
            if row.place != Place::Here {
                if slice.since.is_some() && reports {
                    page.gone.push(row.id.clone());
                }
            } else if self.is_seen(row, now) {
                if page.deals.len() == slice.most {
                    page.next = Some(at);
                    return page;
                }
                page.deals.push(self.show(row, slice.fields));
            }
        }
        page
    }

    /// The deals that are here, with every cell, first created first.
    pub(super) fn records(&self) -> Vec<RemoteDeal> {
        let fields = self.field_ids();
        self.rows.iter().filter(|row| row.place == Place::Here).map(|row| self.show(row, &fields)).collect()
    }

    /// The deal if it is here, with every cell.
    pub(super) fn record(&self, id: &RemoteId) -> Option<RemoteDeal> {
        let row = self.row(id).filter(|row| row.place == Place::Here)?;
        Some(self.show(row, &self.field_ids()))
    }

    pub(super) fn presence(&self, id: &RemoteId, fields: &[FieldId]) -> Presence {
        let Some(row) = self.row(id) else { return Presence::Deleted };
        match row.place {
            Place::Here => Presence::Live(self.show(row, fields)),
            Place::Trash => Presence::Trashed(self.show(row, fields)),
            Place::Elsewhere => Presence::Elsewhere,
            Place::Unshared => Presence::Vanished,
            Place::Nowhere => Presence::Deleted,
        }
    }

    pub(super) fn find(
        &mut self,
        field: &FieldId,
        keys: &[String],
        fields: &[FieldId],
        now: DateTime<Utc>,
    ) -> Vec<RemoteDeal> {
        let mut found: Vec<usize> = keys.iter().flat_map(|key| self.holders(field, key)).collect();
        found.sort_unstable();
        found.dedup();
        let rows = found.into_iter().filter_map(|at| self.rows.get(at));
        rows.filter(|row| self.is_seen(row, now)).map(|row| self.show(row, fields)).collect()
    }

    /// Makes one change; the deal as it now stands, and whether a creation found it there.
    pub(super) fn apply(
        &mut self,
        change: Change,
        create_options: bool,
        now: DateTime<Utc>,
    ) -> Result<(RemoteDeal, bool)> {
        let author = Author::Program { create_options };
        match change {
            Change::Create { stamp, mut cells } => {
                let twin = match &stamp {
                    Some(stamp) => self.twin(stamp)?,
                    None => None,
                };
                if let Some(Stamp { field, key }) = stamp {
                    cells.retain(|(id, _)| *id != field);
                    cells.push((field, Value::Text(key)));
                }
                let id = match &twin {
                    Some(id) => {
                        self.put(id, cells, author, now)?;
                        id.clone()
                    }
                    None => self.insert(cells, author, now)?,
                };
                Ok((self.written(&id)?, twin.is_some()))
            }
            Change::Update { id, cells } => {
                self.put(&id, cells, author, now)?;
                Ok((self.written(&id)?, false))
            }
            Change::Delete { id } => {
                self.delete(&id, now)?;
                Ok((RemoteDeal { id, cells: Vec::new(), edited: None, created: None, url: None }, false))
            }
            Change::Restore { id } => {
                self.restore(&id, now)?;
                Ok((self.written(&id)?, false))
            }
        }
    }

    pub(super) fn create_key_field(&mut self, name: &str) -> Result<Field> {
        if self.schema.field_named(name).is_some() {
            let error = self.error(ErrorKind::Rejected, "creating a field");
            return Err(error.with_detail(format!("there is a field {name:?} already")));
        }
        Ok(self.add_field(name, FieldKind::Text { max: None }))
    }

    pub(super) fn add_field(&mut self, name: &str, kind: FieldKind) -> Field {
        self.fields_made += 1;
        let id = FieldId::from(format!("fld{:04}", self.fields_made));
        let field = Field { id, name: name.to_owned(), kind, writable: true, primary: false };
        self.schema.fields.push(field.clone());
        field
    }

    /// A new row; its id.
    pub(super) fn insert(
        &mut self,
        cells: Vec<(FieldId, Value)>,
        author: Author,
        now: DateTime<Utc>,
    ) -> Result<RemoteId> {
        let cells = self.accepted(cells, author)?;
        let at = self.rows.len();
        let id = RemoteId::from(format!("rec{:04}", at + 1));
        self.version += 1;
        self.rows.push(Row {
            id: id.clone(),
            cells: BTreeMap::new(),
            created: now,
            edited: now,
            version: self.version,
            place: Place::Here,
        });
        self.places.insert(id.clone(), at);
        self.set(at, cells);
        Ok(id)
    }

    /// Other contents for some cells of a row that is here.
    pub(super) fn put(
        &mut self,
        id: &RemoteId,
        cells: Vec<(FieldId, Value)>,
        author: Author,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let at = self.at(id, |place| place == Place::Here)?;
        let cells = self.accepted(cells, author)?;
        self.touch(at, now);
        self.set(at, cells);
        Ok(())
    }

    /// Takes a row away: into the trash if there is one.
    pub(super) fn delete(&mut self, id: &RemoteId, now: DateTime<Utc>) -> Result<()> {
        let place = if self.settings.capabilities.restores { Place::Trash } else { Place::Nowhere };
        self.relocate(id, place, now)
    }

    /// Takes a row back from the trash; one that is here stays.
    pub(super) fn restore(&mut self, id: &RemoteId, now: DateTime<Utc>) -> Result<()> {
        if !self.settings.capabilities.restores {
            return Err(self.error(ErrorKind::Unsupported, "restoring deals"));
        }
        let at = self.at(id, |place| matches!(place, Place::Here | Place::Trash))?;
        self.place(at, Place::Here, now);
        Ok(())
    }

    /// Takes a row that is here to another place.
    pub(super) fn relocate(&mut self, id: &RemoteId, place: Place, now: DateTime<Utc>) -> Result<()> {
        let at = self.at(id, |now| now == Place::Here)?;
        self.place(at, place, now);
        Ok(())
    }

    /// Changes a field in place. Cells that do not fit it any more are lost.
    pub(super) fn change_field(&mut self, id: &FieldId, change: impl FnOnce(&mut Field)) -> Result<()> {
        self.require(std::slice::from_ref(id), "changing a field")?;
        if let Some(field) = self.schema.fields.iter_mut().find(|field| field.id == *id) {
            change(field);
            for row in &mut self.rows {
                let kept = row.cells.get(id).is_some_and(|cell| accept(field, cell, Author::Person).is_ok());
                if !kept {
                    row.cells.remove(id);
                }
            }
            self.lookup.remove(id);
        }
        Ok(())
    }

    /// Removes a field with all its cells.
    pub(super) fn remove_field(&mut self, id: &FieldId) -> Result<()> {
        self.require(std::slice::from_ref(id), "removing a field")?;
        self.schema.fields.retain(|field| field.id != *id);
        for row in &mut self.rows {
            row.cells.remove(id);
        }
        self.lookup.remove(id);
        Ok(())
    }

    fn place(&mut self, at: usize, place: Place, now: DateTime<Utc>) {
        self.touch(at, now);
        if let Some(row) = self.rows.get_mut(at) {
            row.place = place;
        }
    }

    fn touch(&mut self, at: usize, now: DateTime<Utc>) {
        self.version += 1;
        if let Some(row) = self.rows.get_mut(at) {
            row.edited = now;
            row.version = self.version;
        }
    }

    /// What the fields would keep of these cells.
    fn accepted(&self, cells: Vec<(FieldId, Value)>, author: Author) -> Result<Vec<(FieldId, Value)>> {
        let mut accepted = Vec::with_capacity(cells.len());
        for (id, value) in cells {
            self.require(std::slice::from_ref(&id), "writing deals")?;
            if let Some(field) = self.schema.field(&id) {
                let value = accept(field, &value, author)
                    .map_err(|why| self.error(ErrorKind::Rejected, "writing deals").with_detail(why))?;
                accepted.push((id, value));
            }
        }
        Ok(accepted)
    }

    fn set(&mut self, at: usize, cells: Vec<(FieldId, Value)>) {
        let Some(row) = self.rows.get_mut(at) else { return };
        for (id, mut value) in cells {
            if let Some(field) = self.schema.fields.iter_mut().find(|field| field.id == id) {
                make_options(field, &mut value, &mut self.options_made);
            }
            let new = text_of(&value).map(str::to_owned);
            let old =
                if value.is_empty() { row.cells.remove(&id) } else { row.cells.insert(id.clone(), value) };
            if let Some(lookup) = self.lookup.get_mut(&id) {
                if let Some(holders) = old.as_ref().and_then(text_of).and_then(|old| lookup.get_mut(old)) {
                    holders.retain(|holder| *holder != at);
                }
                if let Some(new) = new {
                    let holders = lookup.entry(new).or_default();
                    holders.push(at);
                    holders.sort_unstable();
                }
            }
        }
    }

    /// The rows here whose `field` holds exactly `key`.
    fn holders(&mut self, field: &FieldId, key: &str) -> Vec<usize> {
        let rows = &self.rows;
        let lookup = self.lookup.entry(field.clone()).or_insert_with(|| {
            let mut lookup: HashMap<String, Vec<usize>> = HashMap::new();
            for (at, row) in rows.iter().enumerate() {
                if let Some(text) = row.cells.get(field).and_then(text_of) {
                    lookup.entry(text.to_owned()).or_default().push(at);
                }
            }
            lookup
        });
        let here = |at: &usize| rows.get(*at).is_some_and(|row| row.place == Place::Here);
        lookup.get(key).into_iter().flatten().copied().filter(here).collect()
    }

    /// The deal that a creation with this stamp would find.
    fn twin(&mut self, stamp: &Stamp) -> Result<Option<RemoteId>> {
        self.require(std::slice::from_ref(&stamp.field), "writing deals")?;
        if !self.settings.capabilities.create_is_idempotent {
            return Ok(None);
        }
        match self.holders(&stamp.field, &stamp.key).as_slice() {
            [] => Ok(None),
            [at] => Ok(self.rows.get(*at).map(|row| row.id.clone())),
            [_, _, ..] => Err(self
                .error(ErrorKind::Rejected, "writing deals")
                .with_detail("several deals carry this stamp")),
        }
    }

    fn at(&self, id: &RemoteId, suits: impl FnOnce(Place) -> bool) -> Result<usize> {
        let at = self.places.get(id).copied();
        at.filter(|at| self.rows.get(*at).is_some_and(|row| suits(row.place)))
            .ok_or_else(|| self.error(ErrorKind::RecordMissing, "writing deals").with_detail(id.as_str()))
    }

    fn row(&self, id: &RemoteId) -> Option<&Row> {
        self.rows.get(*self.places.get(id)?)
    }

    /// Whether a listing or a lookup shows it yet.
    fn is_seen(&self, row: &Row, now: DateTime<Utc>) -> bool {
        row.created + self.settings.capabilities.lookup_lag <= now
    }

    /// The deal just written, with every cell.
    fn written(&self, id: &RemoteId) -> Result<RemoteDeal> {
        self.record(id).ok_or_else(|| self.error(ErrorKind::RecordMissing, "writing deals"))
    }

    fn field_ids(&self) -> Vec<FieldId> {
        self.schema.fields.iter().map(|field| field.id.clone()).collect()
    }

    fn show(&self, row: &Row, fields: &[FieldId]) -> RemoteDeal {
        let cell = |id: &FieldId| {
            let value = shown(self.schema.field(id)?, row.cells.get(id)?);
            (!value.is_empty()).then(|| (id.clone(), value))
        };
        RemoteDeal {
            id: row.id.clone(),
            cells: fields.iter().filter_map(cell).collect(),
            edited: self.settings.edit_clock.interval(row.edited),
            created: Some(self.settings.edit_clock.show(row.created)),
            url: Some(format!("https://memory.example/{}/{}", self.schema.container, row.id)),
        }
    }

    fn error(&self, kind: ErrorKind, action: &'static str) -> Error {
        Error::new(kind, self.settings.remote, action)
    }
}

fn text_of(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}
