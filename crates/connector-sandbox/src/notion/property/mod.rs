//! Properties: types with their configuration, values, and both as JSON.

mod date;
mod definition;
mod file;
mod item;
mod option;
mod schema;
mod show;
mod write;

pub(crate) use date::{DateValue, Moment};
pub(crate) use definition::{Definitions, Patch};
pub(crate) use file::File;
pub(crate) use item::get as get_item;
pub(crate) use option::{Group, SelectOption};
pub(crate) use write::{Additions, Cells, Writer, title_only};

use serde_json::Value;

use crate::id::Id;
use crate::notion::rich_text::Run;

/// A column of a data source.
#[derive(Clone, Debug)]
pub(crate) struct Property {
    /// Four characters, stored decoded; `title` for the title.
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) kind: Kind,
}

/// A property's type with its configuration.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Title,
    RichText,
    Number {
        format: String,
    },
    Select {
        options: Vec<SelectOption>,
    },
    MultiSelect {
        options: Vec<SelectOption>,
    },
    Status {
        options: Vec<SelectOption>,
        groups: Vec<Group>,
    },
    Date,
    People,
    Files,
    Checkbox,
    Url,
    Email,
    PhoneNumber,
    Relation(Relation),
    Formula {
        expression: String,
    },
    Rollup {
        relation: Id,
        target: Id,
        function: String,
    },
    CreatedTime,
    CreatedBy,
    LastEditedTime,
    LastEditedBy,
    UniqueId {
        prefix: Option<String>,
    },
    Verification,
    Button,
    Place,
    /// A type that clients see in schemas and that no documentation describes.
    LastVisitedTime,
}

/// What a relation points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Relation {
    pub(crate) source: Id,
    /// The property of that data source which shows the same relation from the other side.
    pub(crate) mirror: Option<Id>,
}

/// A stored value; which variant belongs to a property is decided by its type. An empty value is not stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Text(Vec<Run>),
    Number(f64),
    /// Options by id, in the order given: of a select and a status, one.
    Options(Vec<Id>),
    Date(DateValue),
    /// Users and groups by id.
    People(Vec<Id>),
    Files(Vec<File>),
    Checked,
    Line(String),
    Relation(Vec<Id>),
    /// As the API shows it.
    Place(Value),
    /// As the API shows it.
    Verification(Value),
}

impl Kind {
    /// The type as the API spells it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::RichText => "rich_text",
            Self::Number { .. } => "number",
            Self::Select { .. } => "select",
            Self::MultiSelect { .. } => "multi_select",
            Self::Status { .. } => "status",
            Self::Date => "date",
            Self::People => "people",
            Self::Files => "files",
            Self::Checkbox => "checkbox",
            Self::Url => "url",
            Self::Email => "email",
            Self::PhoneNumber => "phone_number",
            Self::Relation(_) => "relation",
            Self::Formula { .. } => "formula",
            Self::Rollup { .. } => "rollup",
            Self::CreatedTime => "created_time",
            Self::CreatedBy => "created_by",
            Self::LastEditedTime => "last_edited_time",
            Self::LastEditedBy => "last_edited_by",
            Self::UniqueId { .. } => "unique_id",
            Self::Verification => "verification",
            Self::Button => "button",
            Self::Place => "place",
            Self::LastVisitedTime => "last_visited_time",
        }
    }

    /// Whether nobody can write values of it.
    pub(crate) fn is_computed(&self) -> bool {
        matches!(
            self,
            Self::Formula { .. }
                | Self::Rollup { .. }
                | Self::CreatedTime
                | Self::CreatedBy
                | Self::LastEditedTime
                | Self::LastEditedBy
                | Self::UniqueId { .. }
                | Self::Button
                | Self::LastVisitedTime
        )
    }

    /// Whether its property item is a list with an item for each element.
    pub(crate) fn is_listed(&self) -> bool {
        matches!(self, Self::Title | Self::RichText | Self::People | Self::Relation(_))
    }

    /// The options of a select, multi-select or status.
    pub(crate) fn options(&self) -> &[SelectOption] {
        match self {
            Self::Select { options } | Self::MultiSelect { options } | Self::Status { options, .. } => {
                options
            }
            _ => &[],
        }
    }

    /// The options, to change.
    pub(crate) fn options_mut(&mut self) -> Option<&mut Vec<SelectOption>> {
        match self {
            Self::Select { options } | Self::MultiSelect { options } | Self::Status { options, .. } => {
                Some(options)
            }
            _ => None,
        }
    }

    /// The option that a new row has: of a status, the first of its first group.
    pub(crate) fn default_option(&self) -> Option<&Id> {
        let Self::Status { options, groups } = self else { return None };
        let first = groups.iter().find_map(|group| group.options.first());
        first.or_else(|| options.first().map(|option| &option.id))
    }

    pub(crate) fn relation(&self) -> Option<&Relation> {
        match self {
            Self::Relation(relation) => Some(relation),
            _ => None,
        }
    }
}

/// A property's id as answers show it: percent-encoded.
pub(crate) fn encoded(id: &str) -> String {
    let mut text = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.extend(format!("%{byte:02X}").chars());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_encoded_as_browsers_encode_a_component() {
        for (raw, shown) in [("<nJT", "%3CnJT"), ("Lbi]", "Lbi%5D"), ("MNV~", "MNV~"), ("{GE|", "%7BGE%7C")] {
            assert_eq!(encoded(raw), shown);
            assert_eq!(crate::query::decode(shown), raw);
        }
    }
}
