//! Notion's JSON in all versions that are spoken. Only what is used is named; everything else may come, go or change
//! its type.
//!
//! What a property holds stays the text that it came as until its type is known, so that a number never passes
//! through a binary float.

use std::collections::BTreeMap;

use connector_http::lenient;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::filter::Filter;

/// What is to be written, by property id: `{"number":12.5}`.
pub(crate) type Cells = BTreeMap<String, Box<RawValue>>;

/// A page of a list.
#[derive(Debug, Deserialize)]
pub(crate) struct List<T> {
    pub(crate) results: Vec<T>,
    pub(crate) next_cursor: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) has_more: bool,
    #[serde(default, deserialize_with = "lenient::or_default")]
    request_status: Value,
}

impl<T> List<T> {
    /// Whether Notion says that it left something out.
    pub(crate) fn is_capped(&self) -> bool {
        self.request_status.get("type").and_then(Value::as_str) == Some("incomplete")
    }
}

/// A page; one that cannot be seen whole has its id only.
#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) object: String,
    pub(crate) id: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) created_time: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) last_edited_time: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) parent: Option<Parent>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    in_trash: bool,
    #[serde(default, deserialize_with = "lenient::or_default")]
    archived: bool,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) is_archived: bool,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) properties: Option<BTreeMap<String, Property>>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) url: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) created_by: Option<Id>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) last_edited_by: Option<Id>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Id {
    pub(crate) id: String,
}

impl Page {
    pub(crate) const fn is_trashed(&self) -> bool {
        self.in_trash || self.archived
    }

    pub(crate) fn properties(&self) -> impl Iterator<Item = &Property> {
        self.properties.iter().flat_map(BTreeMap::values)
    }
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Parent {
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) data_source_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) database_id: Option<String>,
}

/// What a page holds in one property: `{"id","type","<type>":…}`; nothing where it is no object.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Property(
    #[serde(deserialize_with = "lenient::or_default")] BTreeMap<String, Box<RawValue>>,
);

impl Property {
    /// One of type `kind` that holds `value`.
    pub(crate) fn new(kind: &str, value: Box<RawValue>) -> serde_json::Result<Self> {
        let named = to_raw_value(kind)?;
        Ok(Self(BTreeMap::from([("type".to_owned(), named), (kind.to_owned(), value)])))
    }

    pub(crate) fn id(&self) -> String {
        self.entry("id").unwrap_or_default()
    }

    pub(crate) fn kind(&self) -> String {
        self.entry("type").unwrap_or_default()
    }

    /// What it holds, as it came.
    pub(crate) fn value(&self) -> Option<&RawValue> {
        self.0.get(&self.kind()).map(AsRef::as_ref)
    }

    /// Whether Notion says that it shows the beginning of a list only.
    pub(crate) fn has_more(&self) -> bool {
        self.entry("has_more").unwrap_or_default()
    }

    fn entry<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.0.get(key).and_then(|raw| serde_json::from_str(raw.get()).ok())
    }
}

/// The whole of a property: a list of its elements, or itself if it is none.
#[derive(Debug, Deserialize)]
pub(crate) struct PropertyItems {
    pub(crate) results: Option<Vec<Property>>,
    pub(crate) next_cursor: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) has_more: bool,
    pub(crate) property_item: Option<Property>,
}

/// A database or a data source.
#[derive(Debug, Deserialize)]
pub(crate) struct Container {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "lenient::elements")]
    pub(crate) title: Vec<RichText>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) parent: Option<Parent>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    in_trash: bool,
    #[serde(default, deserialize_with = "lenient::or_default")]
    archived: bool,
    #[serde(default, deserialize_with = "lenient::elements")]
    pub(crate) data_sources: Vec<DataSource>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) properties: BTreeMap<String, Definition>,
}

impl Container {
    pub(crate) const fn is_trashed(&self) -> bool {
        self.in_trash || self.archived
    }

    pub(crate) fn name(&self) -> String {
        plain(&self.title)
    }
}

/// A data source as its database names it.
#[derive(Debug, Deserialize)]
pub(crate) struct DataSource {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) name: String,
}

/// A property of a data source: `{"id","name","type","<type>":{…}}`; nothing where it is no object.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Definition(#[serde(deserialize_with = "lenient::or_default")] BTreeMap<String, Value>);

impl Definition {
    /// Its id, if it has one.
    pub(crate) fn id(&self) -> Option<&str> {
        self.text("id")
    }

    pub(crate) fn name(&self) -> Option<&str> {
        self.text("name")
    }

    /// The name of its type; empty if it has none.
    pub(crate) fn kind(&self) -> &str {
        self.text("type").unwrap_or_default()
    }

    /// How it is set up; what is of an unknown shape counts as not given.
    pub(crate) fn config(&self) -> Config {
        self.0.get(self.kind()).map(lenient::value).unwrap_or_default()
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(Value::as_str)
    }
}

/// The set-up of all types together; each type has some of it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Config {
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) format: Option<String>,
    #[serde(default, deserialize_with = "lenient::elements")]
    pub(crate) options: Vec<SelectOption>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) data_source_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) database_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) function: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) relation_property_id: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct SelectOption {
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) id: Option<String>,
    pub(crate) name: String,
}

/// A piece of text of one style.
#[derive(Debug, Deserialize)]
pub(crate) struct RichText {
    #[serde(rename = "type", default, deserialize_with = "lenient::or_default")]
    pub(crate) kind: String,
    /// The words. A piece without them cannot be read.
    pub(crate) plain_text: String,
}

/// The text without its styles.
pub(crate) fn plain(pieces: &[RichText]) -> String {
    pieces.iter().map(|piece| piece.plain_text.as_str()).collect()
}

/// A block of a page: `{"id","type","has_children","<type>":{…}}`.
#[derive(Debug, Deserialize)]
pub(crate) struct Block {
    pub(crate) id: String,
    /// The name of its type; empty where the connection may not see what the block holds.
    #[serde(rename = "type", default, deserialize_with = "lenient::or_default")]
    pub(crate) kind: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) has_children: bool,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

impl Block {
    /// What the block holds; nothing where it has no contents of its own.
    pub(crate) fn held(&self) -> &Value {
        self.rest.get(&self.kind).unwrap_or(&Value::Null)
    }
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) name: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) person: Option<PersonDetails>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) bot: Option<Bot>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct PersonDetails {
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) email: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Bot {
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub(crate) workspace_name: Option<String>,
}

/// Which pages to list.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Query {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) filter: Option<Filter>,
    pub(crate) sorts: [Sort; 1],
    pub(crate) page_size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) start_cursor: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Sort {
    pub(crate) timestamp: &'static str,
    pub(crate) direction: &'static str,
}

/// The only order that stays while people edit.
pub(crate) const OLDEST_FIRST: Sort = Sort { timestamp: "created_time", direction: "ascending" };

/// A page to make.
#[derive(Debug, Serialize)]
pub(crate) struct NewPage<'a> {
    pub(crate) parent: BTreeMap<&'static str, &'a str>,
    pub(crate) properties: &'a Cells,
    #[serde(skip_serializing_if = "<[Value]>::is_empty")]
    pub(crate) children: &'a [Value],
}

/// What to change of a page.
#[derive(Debug, Serialize)]
pub(crate) struct PageUpdate<'a> {
    pub(crate) properties: &'a Cells,
}
