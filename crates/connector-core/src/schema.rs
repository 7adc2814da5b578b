//! What a remote container looks like: its fields, their types and options, with their ids.

use serde::{Deserialize, Serialize};

use crate::id::{ContainerId, FieldId, OptionId};

/// The fields of one container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// The container's id.
    pub container: ContainerId,
    /// The container's name now.
    pub name: String,
    /// Its fields, in the remote's order.
    pub fields: Vec<Field>,
}

/// One field of a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The field's id: what a mapping keeps.
    pub id: FieldId,
    /// The field's name now: for people only.
    pub name: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether the remote lets a program write it: not when it is computed.
    pub writable: bool,
    /// Whether it is the one that names the record.
    pub primary: bool,
}

/// An option of a select field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldOption {
    /// The option's id.
    pub id: OptionId,
    /// The option's name now.
    pub name: String,
}

/// What a field holds. A computed field has the kind of its result and is not writable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum FieldKind {
    /// Plain text of at most `max` characters.
    Text {
        /// The most characters that the remote takes.
        max: Option<usize>,
    },
    /// Text with styles, which the remote may rewrite.
    RichText,
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
    /// A telephone number.
    Phone,
    /// A number; `scale` is what the remote shows, if it says so.
    Number {
        /// Digits after the point.
        scale: Option<u32>,
    },
    /// An amount; `symbol` as the remote shows it.
    Currency {
        /// Digits after the point.
        scale: Option<u32>,
        /// `€`, `$`.
        symbol: Option<String>,
    },
    /// A percentage, kept as a fraction: 12 % is 0.12.
    Percent {
        /// Digits after the point of what is shown.
        scale: Option<u32>,
    },
    /// A length of time in seconds.
    Duration,
    /// Stars: a whole number from 1 to `max`; none is empty.
    Rating {
        /// The most stars.
        max: u32,
    },
    /// Yes or no.
    Checkbox,
    /// A civil date.
    Date,
    /// An instant.
    DateTime,
    /// One of several options.
    Select {
        /// The options now.
        options: Vec<FieldOption>,
        /// Whether new options can be made by writing them, if the user allows it.
        extensible: bool,
    },
    /// Any of several options.
    MultiSelect {
        /// The options now.
        options: Vec<FieldOption>,
        /// Whether new options can be made by writing them, if the user allows it.
        extensible: bool,
    },
    /// A person, or several.
    People {
        /// Whether there can be several.
        many: bool,
    },
    /// Records of another container.
    Links {
        /// The other container.
        container: ContainerId,
    },
    /// Files.
    Files,
    /// What is written in the record itself, as Markdown: the body of a page. It is read and written apart from the
    /// other fields, at a cost of calls for each record.
    Body,
    /// Something that this library does not know.
    Other {
        /// Its name in the remote.
        name: String,
    },
}

impl Schema {
    /// The field with this id.
    #[must_use]
    pub fn field(&self, id: &FieldId) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == *id)
    }

    /// The field with this name, exactly; for people who know names only.
    #[must_use]
    pub fn field_named(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl FieldKind {
    /// The options of a select field; none for others.
    #[must_use]
    pub fn options(&self) -> &[FieldOption] {
        match self {
            Self::Select { options, .. } | Self::MultiSelect { options, .. } => options,
            _ => &[],
        }
    }

    /// The kind's name, as in the serialised form; an unknown one gives the remote's.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Text { .. } => "text",
            Self::RichText => "rich_text",
            Self::Email => "email",
            Self::Url => "url",
            Self::Phone => "phone",
            Self::Number { .. } => "number",
            Self::Currency { .. } => "currency",
            Self::Percent { .. } => "percent",
            Self::Duration => "duration",
            Self::Rating { .. } => "rating",
            Self::Checkbox => "checkbox",
            Self::Date => "date",
            Self::DateTime => "date_time",
            Self::Select { .. } => "select",
            Self::MultiSelect { .. } => "multi_select",
            Self::People { .. } => "people",
            Self::Links { .. } => "links",
            Self::Files => "files",
            Self::Body => "body",
            Self::Other { name } => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_field_can_be_stored_and_read_again() {
        for kind in [
            FieldKind::Text { max: Some(9) },
            FieldKind::Checkbox,
            FieldKind::Links { container: "tbl".into() },
            FieldKind::Body,
            FieldKind::Other { name: "button".to_owned() },
        ] {
            let json = serde_json::to_string(&kind).unwrap();
            assert_eq!(serde_json::from_str::<FieldKind>(&json).unwrap(), kind);
        }
    }
}
