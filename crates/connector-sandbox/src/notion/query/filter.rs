//! Filters: read and checked against the schema, then asked of each row.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::notion::data_source::DataSource;
use crate::notion::failure::Failure;
use crate::notion::input::Input;
use crate::notion::object::text;
use crate::notion::page::Page;
use crate::notion::property::{Kind, Property};
use crate::notion::query::condition::{self, Condition};
use crate::notion::read::Reader;
use crate::notion::world::{minute, whole_minute};

/// The most conditions of one compound.
const MAX_CONDITIONS: usize = 100;

/// How deep compounds may lie in one another.
const MAX_DEPTH: usize = 2;

/// A filter that fits its data source.
#[derive(Debug)]
pub(super) enum Filter<'a> {
    All(Vec<Filter<'a>>),
    Any(Vec<Filter<'a>>),
    Property(&'a Property, Condition<'a>),
    Created(Condition<'a>),
    Edited(Condition<'a>),
}

impl<'a> Filter<'a> {
    /// Reads the filter of a body.
    pub(super) fn read(input: &Input<'a>, source: &'a DataSource) -> Result<Self, Failure> {
        Self::nested(input, source, 0)
    }

    fn nested(input: &Input<'a>, source: &'a DataSource, depth: usize) -> Result<Self, Failure> {
        let object = input.object()?;
        for key in ["and", "or"] {
            let Some(members) = input.member(key).present() else { continue };
            if depth == MAX_DEPTH {
                return Err(input.member(key).expected("not present"));
            }
            let members = members.array_up_to(MAX_CONDITIONS)?;
            let filters = members.iter().map(|member| Self::nested(member, source, depth + 1));
            let filters = filters.collect::<Result<_, _>>()?;
            return Ok(if key == "and" { Self::All(filters) } else { Self::Any(filters) });
        }
        if let Some(timestamp) = input.member("timestamp").present() {
            let name = timestamp.one_of(&["created_time", "last_edited_time"])?;
            let condition = Condition::read(&input.member(name), name)?;
            return Ok(if name == "created_time" {
                Self::Created(condition)
            } else {
                Self::Edited(condition)
            });
        }
        let name = input.member("property").text()?;
        let property = source
            .property(name)
            .ok_or_else(|| Failure::validation(format!("Could not find property with name or id: {name}")))?;
        let kind = property.kind.name();
        let said = object.keys().find(|key| !matches!(key.as_str(), "property" | "type"));
        match said {
            None => Err(input.member(kind).expected("defined")),
            Some(said) if said == kind => {
                Ok(Self::Property(property, Condition::read(&input.member(kind), kind)?))
            }
            Some(said) => Err(Failure::validation(format!(
                "The property type in the database does not match the property type of the filter provided: \
                 database property {kind} does not match filter {said}"
            ))),
        }
    }

    /// Whether a row passes. Times count in the whole minutes that rows show.
    pub(super) fn admits(&self, reader: &Reader<'a>, source: &'a DataSource, page: &'a Page) -> bool {
        let at = |time: DateTime<Utc>| Value::from(minute(time));
        match self {
            Self::All(filters) => filters.iter().all(|filter| filter.admits(reader, source, page)),
            Self::Any(filters) => filters.iter().any(|filter| filter.admits(reader, source, page)),
            Self::Created(condition) => condition.admits(&at(page.stamps.created), reader),
            Self::Edited(condition) => condition.admits(&at(page.stamps.edited), reader),
            Self::Property(property, condition) => {
                let value = reader.value(source, page, property);
                condition.admits(&with_group(property, value), reader)
            }
        }
    }
}

/// A status also answers to the name of its group.
fn with_group(property: &Property, value: Value) -> Value {
    let Kind::Status { groups, .. } = &property.kind else { return value };
    let group = text(&value, "id")
        .and_then(|id| groups.iter().find(|group| group.options.iter().any(|option| **option == *id)));
    match group {
        Some(group) => crate::notion::object::extended(value, [(condition::GROUP, group.name.into())]),
        None => value,
    }
}

/// The value that a row is sorted by; empty ones come last.
pub(super) fn sort_key(
    reader: &Reader<'_>,
    source: &DataSource,
    page: &Page,
    property: &Property,
) -> SortKey {
    let value = reader.value(source, page, property);
    let position = |value: &Value| {
        let id = text(value, "id")?;
        property.kind.options().iter().position(|option| *option.id == *id)
    };
    let key = match &property.kind {
        Kind::Select { .. } | Kind::Status { .. } => position(&value).map(|at| SortKey::Number(number(at))),
        Kind::Date => condition::instant(&value).map(SortKey::Time),
        Kind::CreatedTime => Some(SortKey::Time(whole_minute(page.stamps.created))),
        Kind::LastEditedTime => Some(SortKey::Time(whole_minute(page.stamps.edited))),
        Kind::Checkbox => value.as_bool().map(|checked| SortKey::Number(f64::from(u8::from(checked)))),
        Kind::UniqueId { .. } => {
            Some(SortKey::Number(value.get("number").and_then(Value::as_f64).unwrap_or_default()))
        }
        _ => match value.as_f64() {
            Some(number) => Some(SortKey::Number(number)),
            None => Some(condition::plain(&value).to_lowercase())
                .filter(|text| !text.is_empty())
                .map(SortKey::Text),
        },
    };
    key.unwrap_or(SortKey::Empty)
}

fn number(position: usize) -> f64 {
    u32::try_from(position).map_or(f64::MAX, f64::from)
}

/// What rows are compared by; of one property, always of one kind.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub(super) enum SortKey {
    Number(f64),
    Text(String),
    Time(DateTime<Utc>),
    Empty,
}
