//! `performUpsert`: which row a record without id means.

use serde_json::Value;

use crate::airtable::failure::Failure;
use crate::airtable::field::Field;
use crate::airtable::table::{Row, Table};
use crate::airtable::write::Writer;
use crate::id::Id;

/// How many fields an upsert merges on, at most.
const MAX_FIELDS: usize = 3;

/// The fields that an upsert merges on.
#[derive(Debug)]
pub(crate) struct MergeKey(Vec<Id>);

impl MergeKey {
    /// Reads `{"fieldsToMergeOn":[..]}`.
    pub(crate) fn parse(table: &Table, merge: &Value) -> Result<Self, Failure> {
        let names = merge
            .get("fieldsToMergeOn")
            .and_then(Value::as_array)
            .filter(|names| (1..=MAX_FIELDS).contains(&names.len()))
            .ok_or_else(Failure::invalid_request)?;
        let mut fields = Vec::with_capacity(names.len());
        for name in names {
            let name = name.as_str().ok_or_else(Failure::invalid_request)?;
            let field = table.field(name).ok_or_else(|| Failure::unknown_field(name))?;
            if !field.kind.is_mergeable() {
                return Err(Failure::invalid_request());
            }
            fields.push(field.id.clone());
        }
        Ok(Self(fields))
    }

    /// The fields, in order.
    pub(crate) fn fields(&self) -> &[Id] {
        &self.0
    }

    /// The only row that has these merge values; `None` if no row has them. An empty value matches no row.
    pub(crate) fn find<'a>(
        &self,
        writer: &mut Writer<'a>,
        cells: &[(&Field, &Value)],
    ) -> Result<Option<&'a Row>, Failure> {
        let mut wanted = Vec::with_capacity(self.0.len());
        for id in &self.0 {
            let (field, value) =
                cells.iter().find(|(field, _)| field.id == *id).ok_or_else(Failure::invalid_request)?;
            wanted.push(writer.convert(field, value, None)?);
        }
        if wanted.iter().any(Option::is_none) {
            return Ok(None);
        }
        match writer.table.merges.find(wanted.iter().flatten()) {
            [] => Ok(None),
            [id] => Ok(writer.table.rows.get(id)),
            _ => {
                let message =
                    "Cannot update more than one record with the same values for the fields to merge on";
                Err(Failure::new(422, "INVALID_VALUE_FOR_COLUMN", message))
            }
        }
    }
}
