//! Reading cells: the JSON that the data API shows.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::airtable::attachment::Attachment;
use crate::airtable::cell::Cell;
use crate::airtable::field::{Field, Kind};
use crate::airtable::formula::Scalar;
use crate::airtable::table::{Row, Table};
use crate::airtable::time_format::iso;
use crate::airtable::world::{Base, Person};
use crate::id::Id;

/// What reading needs beside the row: links lead anywhere in the base.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    pub(crate) base: &'a Base,
    /// The server's address, for attachments.
    pub(crate) site: &'a str,
    pub(crate) now: DateTime<Utc>,
}

/// Lookups of formulas of lookups end at this depth.
pub(crate) const MAX_DEPTH: u8 = 12;

impl<'a> Reader<'a> {
    /// A cell as JSON; `None` if it is empty.
    pub(crate) fn value(&self, table: &'a Table, row: &'a Row, field: &'a Field) -> Option<Value> {
        self.value_at(table, row, field, 0)
    }

    fn value_at(&self, table: &'a Table, row: &'a Row, field: &'a Field, depth: u8) -> Option<Value> {
        match &field.kind {
            Kind::AutoNumber => Some(json!(row.number)),
            Kind::Button { label } => {
                Some(json!({"label": label, "url": format!("{}/button/{}", self.site, row.id)}))
            }
            Kind::CreatedBy => self.base.person(&row.created_by).map(Person::json),
            Kind::LastModifiedBy => self.base.person(&row.modified_by).map(Person::json),
            Kind::Lookup { link, target } if depth < MAX_DEPTH => {
                self.lookup_value(table, row, (link, target), depth)
            }
            Kind::Count { .. }
            | Kind::CreatedTime { .. }
            | Kind::LastModifiedTime { .. }
            | Kind::Formula { .. }
            | Kind::Rollup { .. }
            | Kind::Lookup { .. } => self.computed_value(table, row, field, depth),
            Kind::AiText => Some(ai_text(row.cells.get(&field.id))),
            _ => row.cells.get(&field.id).map(|cell| self.cell_value(field, cell)),
        }
    }

    /// Looked-up cells in one list; cells that are lists themselves are flattened into it.
    fn lookup_value(
        &self,
        table: &'a Table,
        row: &'a Row,
        (link, target): (&str, &str),
        depth: u8,
    ) -> Option<Value> {
        let mut found = Vec::new();
        for (linked, other) in self.linked(table, row, link) {
            let Some(field) = linked.field(target) else { continue };
            match self.value_at(linked, other, field, depth + 1) {
                Some(Value::Array(values)) => found.extend(values),
                Some(value) => found.push(value),
                None => {}
            }
        }
        (!found.is_empty()).then_some(Value::Array(found))
    }

    /// The rows that a link cell leads to, with their table.
    pub(crate) fn linked(
        &self,
        table: &'a Table,
        row: &'a Row,
        link: &str,
    ) -> impl Iterator<Item = (&'a Table, &'a Row)> {
        let target = table
            .field(link)
            .and_then(|field| field.kind.link())
            .and_then(|link| self.base.table(&link.table));
        let links = row.links(link);
        target.into_iter().flat_map(move |target| {
            links.iter().filter_map(move |id| target.rows.get(id).map(|row| (target, row)))
        })
    }

    fn computed_value(&self, table: &'a Table, row: &'a Row, field: &'a Field, depth: u8) -> Option<Value> {
        let result = match &field.kind {
            Kind::CreatedTime { result }
            | Kind::LastModifiedTime { result, .. }
            | Kind::Formula { result, .. }
            | Kind::Rollup { result, .. } => Some(&**result),
            _ => None,
        };
        scalar_value(&self.scalar_at(table, row, field, depth), result)
    }

    /// A stored cell as JSON.
    pub(crate) fn cell_value(&self, field: &Field, cell: &Cell) -> Value {
        match cell {
            Cell::Text(text) => json!(text),
            Cell::Number(number) => number_value(*number),
            Cell::Checked => json!(true),
            Cell::Choices(ids) => {
                let mut names = choice_names(field, ids).map(|name| json!(name));
                if matches!(field.kind, Kind::MultipleSelects { .. }) {
                    Value::Array(names.collect())
                } else {
                    names.next().unwrap_or(Value::Null)
                }
            }
            Cell::Day(day) => json!(day.format("%Y-%m-%d").to_string()),
            Cell::Instant(instant) => json!(iso(*instant)),
            Cell::Links(links) => links.iter().map(|id| json!(&**id)).collect(),
            Cell::Attachments(files) => files.iter().map(|file| self.attachment_value(file)).collect(),
            Cell::People(ids) => {
                let mut people = ids.iter().filter_map(|id| self.base.person(id)).map(Person::json);
                if matches!(field.kind, Kind::Collaborators) {
                    people.collect()
                } else {
                    people.next().unwrap_or(Value::Null)
                }
            }
            Cell::Barcode { text, symbology } => {
                let mut object = Map::new();
                object.insert("text".to_owned(), json!(text));
                if let Some(symbology) = symbology {
                    object.insert("type".to_owned(), json!(symbology));
                }
                Value::Object(object)
            }
        }
    }

    fn attachment_value(&self, file: &Attachment) -> Value {
        file.json(self.site, self.now)
    }
}

impl Person {
    /// As a collaborator cell shows it.
    pub(crate) fn json(&self) -> Value {
        json!({"id": &*self.id, "email": self.email, "name": self.name})
    }
}

/// The names of a select cell's choices.
pub(crate) fn choice_names<'a>(field: &'a Field, ids: &'a [Id]) -> impl Iterator<Item = &'a str> {
    ids.iter().filter_map(|id| {
        field.kind.choices().iter().find(|choice| choice.id == *id).map(|choice| choice.name.as_str())
    })
}

/// A number as the API writes it: without a fraction where there is none.
pub(crate) fn number_value(number: f64) -> Value {
    if number.is_nan() {
        return json!({"specialValue": "NaN"});
    }
    if number.is_infinite() {
        return json!({"specialValue": if number > 0.0 { "Infinity" } else { "-Infinity" }});
    }
    crate::number::json(number)
}

/// A formula's result as JSON, in the form of the field's result type.
fn scalar_value(scalar: &Scalar<'_>, result: Option<&Kind>) -> Option<Value> {
    match scalar {
        Scalar::Blank => None,
        Scalar::Text(text) => (!text.is_empty()).then(|| json!(text)),
        Scalar::Number(number) => Some(number_value(*number)),
        Scalar::Bool(value) if matches!(result, Some(Kind::Checkbox { .. })) => value.then(|| json!(true)),
        Scalar::Bool(value) => Some(json!(u8::from(*value))),
        Scalar::Instant(instant) if matches!(result, Some(Kind::Date { .. })) => {
            Some(json!(instant.format("%Y-%m-%d").to_string()))
        }
        Scalar::Instant(instant) => Some(json!(iso(*instant))),
        Scalar::List(items) => {
            let values: Vec<Value> = items.iter().filter_map(|item| scalar_value(item, result)).collect();
            (!values.is_empty()).then_some(Value::Array(values))
        }
        Scalar::Error => Some(json!({"error": "#ERROR!"})),
    }
}

fn ai_text(cell: Option<&Cell>) -> Value {
    match cell {
        Some(Cell::Text(text)) => json!({"state": "generated", "isStale": false, "value": text}),
        _ => json!({"state": "empty", "isStale": true, "value": null}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_javascript_writes_them() {
        for (number, expected) in
            [(8500.0, "8500"), (8500.1, "8500.1"), (0.123, "0.123"), (-3.0, "-3"), (0.0, "0")]
        {
            assert_eq!(number_value(number).to_string(), expected);
        }
        assert_eq!(number_value(f64::NAN), json!({"specialValue": "NaN"}));
    }
}
