//! A person's edits in the app: the same state, without the API's checks of tokens and scopes.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use crate::airtable::call::Display;
use crate::airtable::cell::Cell;
use crate::airtable::definition;
use crate::airtable::failure::Failure;
use crate::airtable::field::{Choice, Kind};
use crate::airtable::formula::Formula;
use crate::airtable::read::Reader;
use crate::airtable::schema::add_field;
use crate::airtable::service::Airtable;
use crate::airtable::table::Table;
use crate::airtable::transaction::{Cells, Transaction};
use crate::airtable::webhook::Source;
use crate::airtable::world::Base;
use crate::airtable::write::{Additions, Writer};
use crate::edit::Change;
use crate::id::{Id, Random};

impl Airtable {
    /// Applies a person's edit, and gives what it made.
    pub(crate) fn edit(
        &self,
        base: Option<&str>,
        table: Option<&str>,
        change: &Change,
        now: DateTime<Utc>,
    ) -> Result<Value, String> {
        if matches!(change, Change::ExpireIterators) {
            self.expire_iterators();
            return Ok(json!({}));
        }
        let names = self.names();
        let base_id = base.unwrap_or(&names.base);
        let table_id = table.unwrap_or(&names.table);
        let mut world = self.write();
        let (base, random) = world.base_mut(base_id).ok_or_else(|| format!("there is no base {base_id}"))?;
        let found = base.table(table_id).ok_or_else(|| format!("there is no table {table_id}"))?;
        let table = found.id.clone();
        let editor = Editor { base, table, random, by: names.person.clone(), now, site: self.site() };
        editor.apply(change)
    }

    /// A record as the data API shows it, by field name; `None` if there is none.
    pub(crate) fn record(&self, id: &str, now: DateTime<Utc>) -> Option<Value> {
        let world = self.read();
        world.bases.iter().find_map(|base| {
            let (table, row) = base.row(id)?;
            Some(Display::default().record(&Reader { base, site: self.site(), now }, table, row))
        })
    }

    /// Everything, as JSON: bases with their tables and records.
    pub(crate) fn dump(&self, now: DateTime<Utc>) -> Value {
        let world = self.read();
        let bases = world.bases.iter().map(|base| {
            let reader = Reader { base, site: self.site(), now };
            let tables = base.tables.iter().map(|table| {
                let mut dump = table.json(base, true);
                let rows = table.rows.values().map(|row| Display::default().record(&reader, table, row));
                let records: Vec<Value> = rows.collect();
                if let Some(object) = dump.as_object_mut() {
                    object.insert("records".to_owned(), Value::Array(records));
                }
                dump
            });
            let tables: Vec<Value> = tables.collect();
            let webhooks: Vec<&str> = base.webhooks.iter().map(|webhook| &*webhook.id).collect();
            let trash: Vec<&str> = base.trash.keys().map(|id| &**id).collect();
            json!({"id": &*base.id, "name": base.name, "tables": tables, "webhooks": webhooks, "trash": trash})
        });
        json!({"bases": bases.collect::<Vec<_>>()})
    }

    /// The id of a field by its name, in the Deals table unless another is named.
    pub(crate) fn field_id(&self, table: Option<&str>, field: &str) -> Option<String> {
        let names = self.names();
        let world = self.read();
        let table = world.base(&names.base)?.table(table.unwrap_or(&names.table))?;
        table.field(field).map(|field| (*field.id).to_owned())
    }

    /// The ids of the Deals table's records, in order.
    pub(crate) fn record_ids(&self) -> Vec<String> {
        let names = self.names();
        let world = self.read();
        let table = world.base(&names.base).and_then(|base| base.table(&names.table));
        table.map(|table| table.rows.keys().map(|id| (**id).to_owned()).collect()).unwrap_or_default()
    }
}

struct Editor<'a> {
    base: &'a mut Base,
    table: Id,
    random: &'a mut Random,
    by: Id,
    now: DateTime<Utc>,
    site: &'a str,
}

impl Editor<'_> {
    fn apply(mut self, change: &Change) -> Result<Value, String> {
        match change {
            Change::CreateRecord { fields } => {
                let (cells, additions) = self.cells(None, fields)?;
                let id = self.random.id("rec");
                self.commit(|edit, table| {
                    edit.add(table, additions);
                    edit.create(table, &id, cells);
                });
                self.record(&id)
            }
            Change::UpdateRecord { record, fields } => {
                let id = self.record_id(record)?;
                let (cells, additions) = self.cells(Some(&id), fields)?;
                self.commit(|edit, table| {
                    edit.add(table, additions);
                    edit.write(table, &id, cells);
                });
                self.record(&id)
            }
            Change::DeleteRecord { record } => {
                let id = self.record_id(record)?;
                self.commit(|edit, table| edit.delete(table, &id));
                Ok(json!({"id": &*id, "deleted": true}))
            }
            Change::DuplicateRecord { record } => {
                let id = self.record_id(record)?;
                let copy = self.random.id("rec");
                let cells = self.found()?.rows.get(&id).map(crate::airtable::table::Row::copied_cells);
                let cells = cells.unwrap_or_default();
                self.commit(|edit, table| edit.create(table, &copy, cells));
                self.record(&copy)
            }
            Change::RestoreRecord { record } => {
                let mut restored = false;
                self.commit(|edit, _| restored = edit.restore(record));
                if restored { self.record(record) } else { Err(format!("{record} is not in the trash")) }
            }
            Change::RenameField { field, name } => {
                let id = self.field_id(field)?;
                let others = self.found()?.fields.iter().filter(|other| other.id != id);
                let taken: Vec<&str> = others.map(|field| field.name.as_str()).collect();
                let name = definition::field_name(Some(name), &taken).map_err(words)?;
                self.commit(|edit, table| edit.change_field(table, &id, |field| field.name = name));
                self.field(&id)
            }
            Change::DeleteField { field } => {
                let id = self.field_id(field)?;
                if self.found()?.primary().is_some_and(|primary| primary.id == id) {
                    return Err("the primary field cannot be deleted".to_owned());
                }
                self.commit(|edit, table| edit.delete_field(table, &id));
                Ok(json!({"id": &*id, "deleted": true}))
            }
            Change::RetypeField { field, kind, options } => self.retype(field, kind, options.as_ref()),
            Change::CreateField { name, kind, options } => {
                let value = json!({"name": name, "type": kind, "options": options});
                self.create_field(&value)
            }
            Change::AddChoice { field, name } => {
                let id = self.field_id(field)?;
                let known = self.choices(&id)?;
                if known.iter().any(|choice| choice.name == *name) {
                    return Err(format!("there is a choice {name} already"));
                }
                let choice = Choice::new(name, known.len(), self.random);
                self.change_choices(&id, |choices| choices.push(choice));
                self.field(&id)
            }
            Change::RenameChoice { field, choice, name } => {
                let id = self.field_id(field)?;
                let wanted = self.choice(&id, choice)?;
                self.change_choices(&id, |choices| {
                    for choice in choices.iter_mut().filter(|choice| choice.id == wanted) {
                        choice.name.clone_from(name);
                    }
                });
                self.field(&id)
            }
            Change::DeleteChoice { field, choice } => {
                let id = self.field_id(field)?;
                let wanted = self.choice(&id, choice)?;
                self.delete_choice(&id, &wanted)?;
                self.field(&id)
            }
            Change::RenameTable { name } => {
                let others = self.base.tables.iter().filter(|table| table.id != self.table);
                let taken: Vec<&str> = others.map(|table| table.name.as_str()).collect();
                let name = definition::table_name(Some(name), &taken).map_err(words)?;
                self.commit(|edit, table| edit.describe(table, Some(name), None));
                Ok(json!({"id": &*self.table}))
            }
            Change::CreateView { name, formula } => self.create_view(name, formula.as_deref()),
            Change::ExpireIterators => Ok(json!({})),
            _ => Err("Airtable has no such edit".to_owned()),
        }
    }

    fn commit(&mut self, change: impl FnOnce(&mut Transaction<'_>, &Id)) {
        let mut transaction = Transaction::new(self.base, &self.by, self.now);
        change(&mut transaction, &self.table);
        transaction.commit(Source::Client);
    }

    fn found(&self) -> Result<&Table, String> {
        self.base.table(&self.table).ok_or_else(|| format!("there is no table {}", self.table))
    }

    fn record_id(&self, record: &str) -> Result<Id, String> {
        let row = self.found()?.rows.get(record);
        row.map(|row| row.id.clone()).ok_or_else(|| format!("there is no record {record} in the table"))
    }

    fn field_id(&self, field: &str) -> Result<Id, String> {
        let found = self.found()?.field(field).map(|field| field.id.clone());
        found.ok_or_else(|| format!("there is no field {field} in the table"))
    }

    fn record(&self, id: &str) -> Result<Value, String> {
        let (table, row) = self.base.row(id).ok_or_else(|| format!("there is no record {id}"))?;
        let reader = Reader { base: self.base, site: self.site, now: self.now };
        Ok(Display::default().record(&reader, table, row))
    }

    fn field(&self, id: &str) -> Result<Value, String> {
        let field = self.found()?.field(id).ok_or_else(|| format!("there is no field {id}"))?;
        Ok(field.json(&|id| self.base.has_field(id)))
    }

    /// Values as a person enters them: texts are converted, new choices and linked rows are made.
    fn cells(
        &mut self,
        record: Option<&Id>,
        fields: &Map<String, Value>,
    ) -> Result<(Cells, Additions), String> {
        let table =
            self.base.table(&self.table).ok_or_else(|| format!("there is no table {}", self.table))?;
        let row = record.and_then(|id| table.rows.get(id));
        let mut writer = Writer {
            base: self.base,
            table,
            random: self.random,
            now: self.now,
            typecast: true,
            may_add_choices: true,
            attachment_delay: TimeDelta::zero(),
            additions: Additions::default(),
        };
        let mut cells: Cells = Vec::with_capacity(fields.len());
        for (name, value) in fields {
            let field = table.field(name).ok_or_else(|| format!("there is no field {name} in the table"))?;
            cells.push((field.id.clone(), writer.convert(field, value, row).map_err(words)?));
        }
        Ok((cells, writer.additions))
    }

    fn create_field(&mut self, value: &Value) -> Result<Value, String> {
        let table =
            self.base.table(&self.table).ok_or_else(|| format!("there is no table {}", self.table))?;
        let taken: Vec<&str> = table.fields.iter().map(|field| field.name.as_str()).collect();
        let field = definition::field(self.base, &taken, value, self.random).map_err(words)?;
        let id = field.id.clone();
        let random = &mut *self.random;
        let mut transaction = Transaction::new(self.base, &self.by, self.now);
        add_field(&mut transaction, &self.table, field, random);
        transaction.commit(Source::Client);
        self.field(&id)
    }

    /// Gives a field another type; each cell is converted as far as its text allows, else emptied.
    fn retype(&mut self, field: &str, kind: &str, options: Option<&Value>) -> Result<Value, String> {
        let id = self.field_id(field)?;
        let kind = definition::kind_of(self.base, kind, options, self.random).map_err(words)?;
        if kind.link().is_some() {
            return Err("a field cannot be made a link".to_owned());
        }
        let table =
            self.base.table(&self.table).ok_or_else(|| format!("there is no table {}", self.table))?;
        let Some(old) = table.field(&id) else { return Err(format!("there is no field {field}")) };
        let mut new = old.clone();
        new.kind = kind;
        let reader = Reader { base: self.base, site: self.site, now: self.now };
        let mut writer = Writer {
            base: self.base,
            table,
            random: self.random,
            now: self.now,
            typecast: true,
            may_add_choices: true,
            attachment_delay: TimeDelta::zero(),
            additions: Additions::default(),
        };
        let mut cells: Vec<(Id, Option<Cell>)> = Vec::new();
        for row in table.rows.values() {
            let Some(value) = reader.value(table, row, old) else { continue };
            let text = json!(reader.scalar(table, row, old).text());
            let converted = writer.convert(&new, &value, None).or_else(|_| writer.convert(&new, &text, None));
            cells.push((row.id.clone(), converted.unwrap_or(None)));
        }
        let additions = writer.additions;
        self.commit(|edit, table| {
            edit.change_field(table, &id, |field| field.kind = new.kind);
            edit.add(table, additions);
            for (record, cell) in cells {
                edit.write(table, &record, vec![(id.clone(), cell)]);
            }
        });
        self.field(&id)
    }

    fn choices(&self, field: &str) -> Result<&[Choice], String> {
        let field = self.found()?.field(field).ok_or_else(|| format!("there is no field {field}"))?;
        match &field.kind {
            Kind::SingleSelect { choices } | Kind::MultipleSelects { choices } => Ok(choices),
            _ => Err(format!("{} is not a select", field.name)),
        }
    }

    fn choice(&self, field: &str, name_or_id: &str) -> Result<Id, String> {
        let mut choices = self.choices(field)?.iter();
        let found = choices.find(|choice| choice.name == name_or_id || *choice.id == *name_or_id);
        found.map(|choice| choice.id.clone()).ok_or_else(|| format!("there is no choice {name_or_id}"))
    }

    fn change_choices(&mut self, field: &Id, change: impl FnOnce(&mut Vec<Choice>)) {
        self.commit(|edit, table| {
            edit.change_field(table, field, |field| {
                if let Some(choices) = field.kind.choices_mut() {
                    change(choices);
                }
            });
        });
    }

    fn delete_choice(&mut self, field: &Id, choice: &Id) -> Result<(), String> {
        let mut cells: Vec<(Id, Option<Cell>)> = Vec::new();
        for row in self.found()?.rows.values() {
            if let Some(Cell::Choices(ids)) = row.cells.get(field)
                && ids.contains(choice)
            {
                let left: Vec<Id> = ids.iter().filter(|id| *id != choice).cloned().collect();
                cells.push((row.id.clone(), (!left.is_empty()).then_some(Cell::Choices(left))));
            }
        }
        self.commit(|edit, table| {
            for (record, cell) in cells {
                edit.write(table, &record, vec![(field.clone(), cell)]);
            }
            edit.change_field(table, field, |field| {
                if let Some(choices) = field.kind.choices_mut() {
                    choices.retain(|known| known.id != *choice);
                }
            });
        });
        Ok(())
    }

    fn create_view(&mut self, name: &str, formula: Option<&str>) -> Result<Value, String> {
        let filter = formula.map(Formula::parse).transpose().map_err(|error| error.to_string())?;
        let mut view = crate::airtable::view::View::grid(self.random.id("viw"), name);
        view.filter = filter.map(std::sync::Arc::new);
        let table = self.base.table_mut(&self.table).ok_or("there is no such table")?;
        let answer = view.json(table, false);
        table.views.push(view);
        Ok(answer)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that map_err wants")]
fn words(failure: Failure) -> String {
    failure.words()
}
