//! A field: its name, its type and the options that the metadata API shows.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::airtable::formula::Formula;
use crate::airtable::time_format::{DateStyle, Stamp};
use crate::id::{Id, Random};

/// A column of a table.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) kind: Kind,
}

/// A field's type with its options.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    SingleLineText,
    MultilineText,
    RichText,
    Email,
    Url,
    PhoneNumber,
    Number {
        precision: u8,
    },
    Currency {
        precision: u8,
        symbol: String,
    },
    Percent {
        precision: u8,
    },
    Duration {
        format: String,
    },
    Rating {
        icon: String,
        color: String,
        max: u8,
    },
    Checkbox {
        icon: String,
        color: String,
    },
    SingleSelect {
        choices: Vec<Choice>,
    },
    MultipleSelects {
        choices: Vec<Choice>,
    },
    Date {
        style: DateStyle,
    },
    DateTime {
        stamp: Stamp,
    },
    Links(Link),
    Attachments,
    Collaborator,
    Collaborators,
    Barcode,
    AiText,
    AutoNumber,
    Button {
        label: String,
    },
    Count {
        link: Id,
    },
    CreatedBy,
    LastModifiedBy,
    CreatedTime {
        result: Box<Kind>,
    },
    LastModifiedTime {
        fields: Vec<Id>,
        result: Box<Kind>,
    },
    Formula {
        text: String,
        parsed: Arc<Formula>,
        result: Box<Kind>,
    },
    Rollup {
        link: Id,
        target: Id,
        parsed: Arc<Formula>,
        result: Box<Kind>,
    },
    Lookup {
        link: Id,
        target: Id,
    },
    ExternalSyncSource {
        choices: Vec<Choice>,
    },
    /// A type that clients see in schemas and that no documentation describes.
    ManualSort,
}

/// An option of a select.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) color: String,
}

/// What a link field points at.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) table: Id,
    /// The field of that table which shows the same links from the other side.
    pub(crate) inverse: Option<Id>,
    pub(crate) reversed: bool,
    pub(crate) single: bool,
}

const COLORS: [&str; 40] = [
    "blueLight2",
    "cyanLight2",
    "tealLight2",
    "greenLight2",
    "yellowLight2",
    "orangeLight2",
    "redLight2",
    "pinkLight2",
    "purpleLight2",
    "grayLight2",
    "blueLight1",
    "cyanLight1",
    "tealLight1",
    "greenLight1",
    "yellowLight1",
    "orangeLight1",
    "redLight1",
    "pinkLight1",
    "purpleLight1",
    "grayLight1",
    "blueBright",
    "cyanBright",
    "tealBright",
    "greenBright",
    "yellowBright",
    "orangeBright",
    "redBright",
    "pinkBright",
    "purpleBright",
    "grayBright",
    "blueDark1",
    "cyanDark1",
    "tealDark1",
    "greenDark1",
    "yellowDark1",
    "orangeDark1",
    "redDark1",
    "pinkDark1",
    "purpleDark1",
    "grayDark1",
];

/// Whether this is a color that a select's choice may have.
pub(crate) fn is_choice_color(color: &str) -> bool {
    COLORS.contains(&color)
}

impl Choice {
    /// A new choice with the color that follows in the provider's order.
    pub(crate) fn new(name: &str, position: usize, random: &mut Random) -> Self {
        let color = COLORS.iter().cycle().nth(position).copied().unwrap_or("blueLight2");
        Self { id: random.id("sel"), name: name.to_owned(), color: color.to_owned() }
    }

    /// As the schema and webhook payloads show it.
    pub(crate) fn json(&self) -> Value {
        json!({"id": &*self.id, "name": self.name, "color": self.color})
    }
}

impl Kind {
    /// The type's name in the metadata API.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::SingleLineText => "singleLineText",
            Self::MultilineText => "multilineText",
            Self::RichText => "richText",
            Self::Email => "email",
            Self::Url => "url",
            Self::PhoneNumber => "phoneNumber",
            Self::Number { .. } => "number",
            Self::Currency { .. } => "currency",
            Self::Percent { .. } => "percent",
            Self::Duration { .. } => "duration",
            Self::Rating { .. } => "rating",
            Self::Checkbox { .. } => "checkbox",
            Self::SingleSelect { .. } => "singleSelect",
            Self::MultipleSelects { .. } => "multipleSelects",
            Self::Date { .. } => "date",
            Self::DateTime { .. } => "dateTime",
            Self::Links(_) => "multipleRecordLinks",
            Self::Attachments => "multipleAttachments",
            Self::Collaborator => "singleCollaborator",
            Self::Collaborators => "multipleCollaborators",
            Self::Barcode => "barcode",
            Self::AiText => "aiText",
            Self::AutoNumber => "autoNumber",
            Self::Button { .. } => "button",
            Self::Count { .. } => "count",
            Self::CreatedBy => "createdBy",
            Self::LastModifiedBy => "lastModifiedBy",
            Self::CreatedTime { .. } => "createdTime",
            Self::LastModifiedTime { .. } => "lastModifiedTime",
            Self::Formula { .. } => "formula",
            Self::Rollup { .. } => "rollup",
            Self::Lookup { .. } => "multipleLookupValues",
            Self::ExternalSyncSource { .. } => "externalSyncSource",
            Self::ManualSort => "manualSort",
        }
    }

    /// Whether the provider computes its cells, so that no write is accepted.
    pub(crate) fn is_computed(&self) -> bool {
        matches!(
            self,
            Self::AiText
                | Self::AutoNumber
                | Self::Button { .. }
                | Self::Count { .. }
                | Self::CreatedBy
                | Self::LastModifiedBy
                | Self::CreatedTime { .. }
                | Self::LastModifiedTime { .. }
                | Self::Formula { .. }
                | Self::Rollup { .. }
                | Self::Lookup { .. }
                | Self::ExternalSyncSource { .. }
                | Self::ManualSort
        )
    }

    /// Whether an upsert may merge on it.
    pub(crate) fn is_mergeable(&self) -> bool {
        matches!(
            self,
            Self::SingleLineText
                | Self::MultilineText
                | Self::Email
                | Self::Url
                | Self::PhoneNumber
                | Self::Number { .. }
                | Self::Currency { .. }
                | Self::Percent { .. }
                | Self::SingleSelect { .. }
                | Self::MultipleSelects { .. }
                | Self::Date { .. }
        )
    }

    /// Whether it may be a table's first field.
    pub(crate) fn can_be_primary(&self) -> bool {
        !matches!(
            self,
            Self::Links(_)
                | Self::Attachments
                | Self::SingleSelect { .. }
                | Self::MultipleSelects { .. }
                | Self::Checkbox { .. }
                | Self::Collaborator
                | Self::Collaborators
                | Self::Rating { .. }
                | Self::Button { .. }
                | Self::Lookup { .. }
        )
    }

    /// A select's choices; none for other types.
    pub(crate) fn choices(&self) -> &[Choice] {
        match self {
            Self::SingleSelect { choices }
            | Self::MultipleSelects { choices }
            | Self::ExternalSyncSource { choices } => choices,
            _ => &[],
        }
    }

    /// A select's choices, to change; `None` for other types.
    pub(crate) fn choices_mut(&mut self) -> Option<&mut Vec<Choice>> {
        match self {
            Self::SingleSelect { choices } | Self::MultipleSelects { choices } => Some(choices),
            _ => None,
        }
    }

    /// The link of a link field.
    pub(crate) fn link(&self) -> Option<&Link> {
        match self {
            Self::Links(link) => Some(link),
            _ => None,
        }
    }
}

impl Field {
    /// Whether this is the field that a request means, by name or id.
    pub(crate) fn is(&self, name_or_id: &str) -> bool {
        *self.id == *name_or_id || self.name == name_or_id
    }

    /// As the metadata API shows it; `exists` tells which fields are still there, for `isValid`.
    pub(crate) fn json(&self, exists: &dyn Fn(&str) -> bool) -> Value {
        let mut object = Map::new();
        object.insert("id".to_owned(), json!(&*self.id));
        object.insert("name".to_owned(), json!(self.name));
        object.insert("type".to_owned(), json!(self.kind.name()));
        if let Some(description) = &self.description {
            object.insert("description".to_owned(), json!(description));
        }
        if let Some(options) = self.kind.options(exists) {
            object.insert("options".to_owned(), options);
        }
        Value::Object(object)
    }
}

impl Kind {
    fn options(&self, exists: &dyn Fn(&str) -> bool) -> Option<Value> {
        Some(match self {
            Self::SingleLineText
            | Self::MultilineText
            | Self::RichText
            | Self::Email
            | Self::Url
            | Self::PhoneNumber
            | Self::Collaborator
            | Self::Collaborators
            | Self::Barcode
            | Self::AutoNumber
            | Self::Button { .. }
            | Self::CreatedBy
            | Self::LastModifiedBy
            | Self::ManualSort => return None,
            Self::Number { precision } | Self::Percent { precision } => json!({"precision": precision}),
            Self::Currency { precision, symbol } => json!({"precision": precision, "symbol": symbol}),
            Self::Duration { format } => json!({"durationFormat": format}),
            Self::Rating { icon, color, max } => json!({"icon": icon, "color": color, "max": max}),
            Self::Checkbox { icon, color } => json!({"icon": icon, "color": color}),
            Self::SingleSelect { choices }
            | Self::MultipleSelects { choices }
            | Self::ExternalSyncSource { choices } => {
                json!({"choices": choices.iter().map(Choice::json).collect::<Vec<_>>()})
            }
            Self::Date { style } => json!({"dateFormat": style.json()}),
            Self::DateTime { stamp } => stamp.json(),
            Self::Links(link) => link.options(),
            Self::Attachments => json!({"isReversed": false}),
            Self::AiText => json!({"prompt": [], "referencedFieldIds": []}),
            Self::Count { link } => json!({"isValid": exists(link), "recordLinkFieldId": &**link}),
            Self::CreatedTime { result } => json!({"result": result.result(exists)}),
            Self::LastModifiedTime { fields, result } => json!({
                "isValid": fields.iter().all(|field| exists(field)),
                "referencedFieldIds": fields.iter().map(|field| &**field).collect::<Vec<_>>(),
                "result": result.result(exists),
            }),
            Self::Formula { text, parsed, result } => json!({
                "formula": text,
                "isValid": parsed.references().iter().all(|field| exists(field)),
                "referencedFieldIds": parsed.references(),
                "result": result.result(exists),
            }),
            Self::Rollup { link, target, result, .. } => json!({
                "isValid": exists(link) && exists(target),
                "recordLinkFieldId": &**link,
                "fieldIdInLinkedTable": &**target,
                "referencedFieldIds": [],
                "result": result.result(exists),
            }),
            Self::Lookup { link, target } => json!({
                "isValid": exists(link) && exists(target),
                "recordLinkFieldId": &**link,
                "fieldIdInLinkedTable": &**target,
                "result": {"type": "singleLineText"},
            }),
        })
    }

    fn result(&self, exists: &dyn Fn(&str) -> bool) -> Value {
        match self.options(exists) {
            Some(options) => json!({"type": self.name(), "options": options}),
            None => json!({"type": self.name()}),
        }
    }
}

impl Link {
    fn options(&self) -> Value {
        let mut options = json!({
            "linkedTableId": &*self.table,
            "isReversed": self.reversed,
            "prefersSingleRecordLink": self.single,
        });
        if let (Some(inverse), Some(object)) = (&self.inverse, options.as_object_mut()) {
            object.insert("inverseLinkFieldId".to_owned(), json!(&**inverse));
        }
        options
    }
}
