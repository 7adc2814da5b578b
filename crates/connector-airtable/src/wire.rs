//! Airtable's JSON. Only what is used is named; everything else may come, go or change its type.
//!
//! A cell stays the text that it came as until its field's type is known, so that a number never passes through
//! a binary float.

use std::collections::BTreeMap;

use connector_http::lenient;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::formula::Formula;

/// Cells by field id. An empty one is absent.
pub(crate) type Cells = BTreeMap<String, Box<RawValue>>;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) created_time: Option<String>,
    /// The cells that are not empty. Without them nothing is known of the record but that it is there.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) fields: Option<Cells>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Records {
    pub(crate) records: Vec<Record>,
    pub(crate) offset: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Written {
    pub(crate) records: Vec<Record>,
    #[serde(default, deserialize_with = "lenient::elements")]
    pub(crate) updated_records: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Deleted {
    pub(crate) records: Vec<DeletedRecord>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct DeletedRecord {
    pub(crate) id: String,
}

/// Which records to list, and what of them.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    pub(crate) fields: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) filter_by_formula: Option<Formula>,
    pub(crate) page_size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_records: Option<usize>,
    pub(crate) return_fields_by_field_id: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) offset: Option<String>,
}

/// A batch of records to create, update or upsert.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Batch<'a> {
    pub(crate) records: Vec<Row<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) perform_upsert: Option<Upsert<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) typecast: bool,
    pub(crate) return_fields_by_field_id: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct Row<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<&'a str>,
    pub(crate) fields: &'a Cells,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Upsert<'a> {
    pub(crate) fields_to_merge_on: [&'a str; 1],
}

#[derive(Debug, Deserialize)]
pub(crate) struct Whoami {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) email: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) scopes: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Bases {
    pub(crate) bases: Vec<Base>,
    pub(crate) offset: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Base {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) name: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) permission_level: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Tables {
    pub(crate) tables: Vec<Table>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Table {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) name: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) primary_field_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::elements")]
    pub(crate) fields: Vec<Field>,
    #[serde(default, deserialize_with = "lenient::elements")]
    pub(crate) views: Vec<View>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct View {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) name: String,
    #[serde(rename = "type", default, deserialize_with = "lenient::or_default")]
    pub(crate) kind: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Field {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) name: String,
    #[serde(flatten)]
    pub(crate) kind: FieldType,
}

/// A field's type, or the type of a computed field's result.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct FieldType {
    #[serde(rename = "type", default)]
    name: Value,
    #[serde(default)]
    options: Value,
}

impl FieldType {
    /// The name of the type; empty if it has none.
    pub(crate) fn name(&self) -> &str {
        self.name.as_str().unwrap_or_default()
    }

    /// The options; those of an unknown shape count as not given.
    pub(crate) fn options(&self) -> FieldOptions {
        lenient::value(&self.options)
    }
}

/// The options of all types together; each type has some of them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FieldOptions {
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) precision: Option<u32>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) symbol: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) max: Option<u32>,
    #[serde(default, deserialize_with = "lenient::elements")]
    pub(crate) choices: Vec<SelectChoice>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) linked_table_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) is_valid: Option<bool>,
    /// The fields that a modification time watches; none means all.
    #[serde(default, deserialize_with = "lenient::elements")]
    pub(crate) referenced_field_ids: Vec<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) result: Option<FieldType>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct SelectChoice {
    pub(crate) id: String,
    pub(crate) name: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct NewField<'a> {
    pub(crate) name: &'a str,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
}
