//! The objects that some cells hold.

use connector_core::value::Person;
use serde::Deserialize;

/// `{"error":"#ERROR!"}` or `{"specialValue":"NaN"}`: a computed cell that could not be computed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct CellError {
    pub(super) error: Option<String>,
    pub(super) special_value: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Barcode {
    pub(super) text: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Button {
    pub(super) url: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct AiText {
    pub(super) state: String,
    pub(super) value: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Collaborator {
    pub(super) id: String,
    pub(super) email: Option<String>,
    pub(super) name: Option<String>,
}

impl From<Collaborator> for Person {
    fn from(Collaborator { id, email, name }: Collaborator) -> Self {
        Self { id, email, name }
    }
}

#[derive(Deserialize)]
pub(super) struct Attachment {
    pub(super) id: String,
    pub(super) filename: Option<String>,
}

/// An option: its name, or the object that other forms of the API give.
#[derive(Deserialize)]
#[serde(from = "Named")]
pub(super) struct NameOrObject(pub(super) String);

/// A linked record: its id, or the object that other forms of the API give.
#[derive(Deserialize)]
#[serde(from = "Identified")]
pub(super) struct IdOrObject(pub(super) String);

#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Plain(String),
    Object { name: String },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Identified {
    Plain(String),
    Object { id: String },
}

impl From<Named> for NameOrObject {
    fn from(named: Named) -> Self {
        match named {
            Named::Plain(name) | Named::Object { name } => Self(name),
        }
    }
}

impl From<Identified> for IdOrObject {
    fn from(identified: Identified) -> Self {
        match identified {
            Identified::Plain(id) | Identified::Object { id } => Self(id),
        }
    }
}
