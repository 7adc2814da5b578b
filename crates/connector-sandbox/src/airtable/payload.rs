//! Webhook payloads: a change of a base as each webhook is told of it.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::airtable::cell::Cell;
use crate::airtable::field::{Choice, Field, Kind};
use crate::airtable::formula::Scalar;
use crate::airtable::ping;
use crate::airtable::read::Reader;
use crate::airtable::table::{Row, Table};
use crate::airtable::time_format::iso;
use crate::airtable::transaction::{Changes, TableChanges};
use crate::airtable::webhook::{Source, Webhook};
use crate::airtable::world::Base;
use crate::id::Id;

/// Gives every webhook of the base that wants it a payload.
pub(crate) fn publish(base: &mut Base, changes: &Changes, by: &Id, source: Source, now: DateTime<Utc>) {
    if base.webhooks.is_empty() {
        return;
    }
    let payloads: Vec<Option<Value>> = base
        .webhooks
        .iter()
        .map(|webhook| {
            (now < webhook.expires).then(|| Teller::new(base, webhook, now).payload(changes, by, source))?
        })
        .collect();
    for (webhook, payload) in base.webhooks.iter_mut().zip(payloads) {
        if let Some(payload) = payload {
            webhook.push(payload, now);
            ping::send(&base.id, webhook, now);
        }
    }
}

/// One webhook's view of a change.
struct Teller<'a> {
    base: &'a Base,
    webhook: &'a Webhook,
    reader: Reader<'a>,
    data: bool,
    fields: bool,
    metadata: bool,
}

impl<'a> Teller<'a> {
    fn new(base: &'a Base, webhook: &'a Webhook, now: DateTime<Utc>) -> Self {
        let types = webhook.filter("dataTypes").unwrap_or_default();
        let reader = Reader { base, site: "", now };
        let has = |name| types.contains(&name);
        let (data, fields, metadata) = (has("tableData"), has("tableFields"), has("tableMetadata"));
        Self { base, webhook, reader, data, fields, metadata }
    }

    fn payload(&self, changes: &Changes, by: &Id, source: Source) -> Option<Value> {
        let sources = self.webhook.filter("fromSources");
        if sources.is_some_and(|sources| !sources.contains(&source.name())) {
            return None;
        }
        let mut tables = Map::new();
        for (id, change) in &changes.tables {
            if let Some(table) = self.base.table(id).filter(|table| self.in_scope(table))
                && let Some(told) = self.table(table, change)
            {
                tables.insert((**id).to_owned(), told);
            }
        }
        let mut payload = json!({
            "timestamp": iso(self.reader.now),
            "baseTransactionNumber": self.base.transaction,
            "payloadFormat": "v0",
            "actionMetadata": {"source": source.name(), "sourceMetadata": {"user": self.user(by)}},
        });
        let object = payload.as_object_mut()?;
        let mut told = !tables.is_empty();
        if told {
            object.insert("changedTablesById".to_owned(), Value::Object(tables));
        }
        if self.metadata && !changes.created_tables.is_empty() {
            let created = changes.created_tables.iter().filter_map(|id| self.base.table(id));
            let created: Map<String, Value> =
                created.map(|table| ((*table.id).to_owned(), self.created_table(table))).collect();
            object.insert("createdTablesById".to_owned(), Value::Object(created));
            told = true;
        }
        if self.metadata && !changes.destroyed_tables.is_empty() {
            let ids: Value = changes.destroyed_tables.iter().map(|id| json!(&**id)).collect();
            object.insert("destroyedTableIds".to_owned(), ids);
            told = true;
        }
        told.then_some(payload)
    }

    fn user(&self, id: &Id) -> Value {
        self.base.person(id).map_or(Value::Null, |person| {
            json!({"id": &*person.id, "email": person.email, "name": person.name, "permissionLevel": "create"})
        })
    }

    fn in_scope(&self, table: &Table) -> bool {
        let scope =
            self.webhook.specification.pointer("/options/filters/recordChangeScope").and_then(Value::as_str);
        scope.is_none_or(|scope| *table.id == *scope || table.views.iter().any(|view| *view.id == *scope))
    }

    fn wants(&self, change: &str) -> bool {
        self.webhook.filter("changeTypes").is_none_or(|types| types.contains(&change))
    }

    fn watches(&self, field: &str) -> bool {
        self.webhook.filter("watchDataInFieldIds").is_none_or(|fields| fields.contains(&field))
    }

    fn watches_schema(&self, field: &str) -> bool {
        self.webhook.filter("watchSchemasOfFieldIds").is_none_or(|fields| fields.contains(&field))
    }

    fn table(&self, table: &Table, change: &TableChanges) -> Option<Value> {
        let mut told = Map::new();
        let mut put = |key: &str, value: Map<String, Value>| {
            if !value.is_empty() {
                told.insert(key.to_owned(), Value::Object(value));
            }
        };
        if self.data {
            if self.wants("add") {
                let rows = change.created.iter().filter_map(|id| table.rows.get(id));
                put(
                    "createdRecordsById",
                    rows.map(|row| ((*row.id).to_owned(), self.created(table, row))).collect(),
                );
            }
            if self.wants("update") {
                let rows = change.changed.iter().filter_map(|(id, cells)| Some((table.rows.get(id)?, cells)));
                let changed = rows.filter_map(|(row, cells)| {
                    let cells: Vec<_> = cells.iter().filter(|(field, _)| self.watches(field)).collect();
                    (!cells.is_empty()).then(|| ((*row.id).to_owned(), self.changed(table, row, &cells)))
                });
                put("changedRecordsById", changed.collect());
            }
        }
        if self.fields {
            let created = change.created_fields.iter().filter_map(|id| table.field(id));
            let created = created.filter(|field| self.watches_schema(&field.id));
            put(
                "createdFieldsById",
                created.map(|field| ((*field.id).to_owned(), definition(field))).collect(),
            );
            let changed = change.changed_fields.iter().filter_map(|old| Some((old, table.field(&old.id)?)));
            let changed = changed.filter(|(old, _)| self.watches_schema(&old.id)).map(|(old, new)| {
                ((*old.id).to_owned(), json!({"current": definition(new), "previous": definition(old)}))
            });
            put("changedFieldsById", changed.collect());
        }
        if self.data && self.wants("remove") && !change.destroyed.is_empty() {
            let ids = change.destroyed.iter().map(|id| json!(&**id)).collect();
            told.insert("destroyedRecordIds".to_owned(), ids);
        }
        if self.fields && !change.destroyed_fields.is_empty() {
            let ids = change.destroyed_fields.iter().map(|id| json!(&**id)).collect();
            told.insert("destroyedFieldIds".to_owned(), ids);
        }
        if self.metadata
            && let Some((name, description)) = &change.metadata
        {
            let metadata = json!({
                "current": {"name": table.name, "description": table.description},
                "previous": {"name": name, "description": description},
            });
            told.insert("changedMetadata".to_owned(), metadata);
        }
        (!told.is_empty()).then_some(Value::Object(told))
    }

    fn created(&self, table: &Table, row: &Row) -> Value {
        let cells: Map<String, Value> = table
            .fields
            .iter()
            .filter(|field| field.kind.is_stored() && self.watches(&field.id))
            .filter_map(|field| row.cells.get(&field.id).map(|cell| (field, cell)))
            .map(|(field, cell)| ((*field.id).to_owned(), self.value(field, cell)))
            .collect();
        json!({"createdTime": iso(row.created), "cellValuesByFieldId": cells})
    }

    fn changed(&self, table: &Table, row: &Row, cells: &[(&Id, &Option<Cell>)]) -> Value {
        let told = |id: &Id, cell: Option<&Cell>| {
            let value =
                table.field(id).zip(cell).map_or(Value::Null, |(field, cell)| self.value(field, cell));
            ((**id).to_owned(), value)
        };
        let current: Map<String, Value> = cells.iter().map(|(id, _)| told(id, row.cells.get(*id))).collect();
        let mut change = json!({"current": {"cellValuesByFieldId": current}});
        let Some(object) = change.as_object_mut() else { return change };
        let includes = self.webhook.specification.pointer("/options/includes");
        let include = |key: &str| includes.and_then(|includes| includes.get(key));
        if include("includePreviousCellValues").and_then(Value::as_bool) == Some(true) {
            let previous: Map<String, Value> =
                cells.iter().map(|(id, cell)| told(id, cell.as_ref())).collect();
            object.insert("previous".to_owned(), json!({"cellValuesByFieldId": previous}));
        }
        if let Some(wanted) = include("includeCellValuesInFieldIds") {
            let all = wanted.as_str() == Some("all");
            let listed = |id: &Id| wanted.as_array().is_some_and(|ids| ids.iter().any(|one| one == &**id));
            let unchanged: Map<String, Value> = row
                .cells
                .iter()
                .filter(|(id, _)| (all || listed(id)) && !cells.iter().any(|(changed, _)| changed == id))
                .map(|(id, cell)| told(id, Some(cell)))
                .collect();
            object.insert("unchanged".to_owned(), json!({"cellValuesByFieldId": unchanged}));
        }
        change
    }

    /// A cell in the form of payloads: choices and links are objects with id and name.
    fn value(&self, field: &Field, cell: &Cell) -> Value {
        match cell {
            Cell::Choices(ids) => {
                let choices = field.kind.choices().iter().filter(|choice| ids.contains(&choice.id));
                let mut objects = choices.map(Choice::json);
                match &field.kind {
                    Kind::MultipleSelects { .. } => objects.collect(),
                    _ => objects.next().unwrap_or(Value::Null),
                }
            }
            Cell::Links(ids) => {
                let target = field.kind.link().and_then(|link| self.base.table(&link.table));
                ids.iter().map(|id| json!({"id": &**id, "name": self.name(target, id)})).collect()
            }
            _ => self.reader.cell_value(field, cell),
        }
    }

    fn name(&self, table: Option<&Table>, record: &Id) -> String {
        let found = table.and_then(|table| Some((table, table.rows.get(record)?, table.primary()?)));
        found.map_or_else(String::new, |(table, row, primary)| {
            match self.reader.scalar(table, row, primary) {
                Scalar::Blank => String::new(),
                scalar => scalar.text().into_owned(),
            }
        })
    }

    fn created_table(&self, table: &Table) -> Value {
        let fields: Map<String, Value> =
            table.fields.iter().map(|field| ((*field.id).to_owned(), definition(field))).collect();
        let rows: Map<String, Value> =
            table.rows.values().map(|row| ((*row.id).to_owned(), self.created(table, row))).collect();
        json!({
            "metadata": {"name": table.name, "description": table.description},
            "fieldsById": fields,
            "recordsById": rows,
        })
    }
}

fn definition(field: &Field) -> Value {
    json!({"name": field.name, "type": field.kind.name()})
}
