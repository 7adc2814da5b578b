//! The state: bases with their tables, people and webhooks.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Timelike, Utc};

use crate::airtable::table::{Row, Table};
use crate::airtable::webhook::Webhook;
use crate::id::{Id, Random};

/// Everything that the sandbox's Airtable knows.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) bases: Vec<Base>,
    pub(crate) random: Random,
}

/// A base.
#[derive(Debug)]
pub(crate) struct Base {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) tables: Vec<Table>,
    pub(crate) people: Vec<Person>,
    pub(crate) webhooks: Vec<Webhook>,
    /// Counts the transactions, for webhook payloads.
    pub(crate) transaction: u64,
    /// Deleted rows with their table, until somebody restores them.
    pub(crate) trash: BTreeMap<Id, (Id, Row)>,
}

/// A collaborator of a base.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) email: String,
}

impl World {
    pub(crate) fn base(&self, id: &str) -> Option<&Base> {
        self.bases.iter().find(|base| *base.id == *id)
    }

    /// A base, to change, with the source of new ids.
    pub(crate) fn base_mut(&mut self, id: &str) -> Option<(&mut Base, &mut Random)> {
        let base = self.bases.iter_mut().find(|base| *base.id == *id)?;
        Some((base, &mut self.random))
    }
}

impl Base {
    /// A base without tables.
    pub(crate) fn new(id: Id, name: &str, people: Vec<Person>) -> Self {
        Self {
            id,
            name: name.to_owned(),
            tables: Vec::new(),
            people,
            webhooks: Vec::new(),
            transaction: 0,
            trash: BTreeMap::new(),
        }
    }

    /// A table by id or name.
    pub(crate) fn table(&self, name_or_id: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.is(name_or_id))
    }

    /// A table by id or name, to change.
    pub(crate) fn table_mut(&mut self, name_or_id: &str) -> Option<&mut Table> {
        self.tables.iter_mut().find(|table| table.is(name_or_id))
    }

    /// A row wherever it is in the base, with its table.
    pub(crate) fn row(&self, record: &str) -> Option<(&Table, &Row)> {
        self.tables.iter().find_map(|table| table.rows.get(record).map(|row| (table, row)))
    }

    /// Whether a field with this id exists in any table.
    pub(crate) fn has_field(&self, id: &str) -> bool {
        self.tables.iter().any(|table| table.fields.iter().any(|field| *field.id == *id))
    }

    pub(crate) fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| *person.id == *id)
    }
}

/// A time as the provider stores edits: whole seconds.
pub(crate) fn whole_second(time: DateTime<Utc>) -> DateTime<Utc> {
    time - TimeDelta::nanoseconds(i64::from(time.nanosecond()))
}
