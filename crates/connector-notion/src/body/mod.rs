//! The body of a page as one text: Markdown, a line for each block.
//!
//! It stands in the schema as a property of its own, [`PAGE_BODY`], which no mapping uses unless somebody asks for it.
//! Reading it costs at least a call for each page, so that a body is kept until its page was edited.

mod kept;
mod line;
mod read;
mod replace;

use connector_core::id::FieldId;
use connector_core::schema::{Field, FieldKind};

pub(crate) use kept::Bodies;
pub(crate) use line::blocks;
pub(crate) use read::read;
pub(crate) use replace::{Replaced, append, replace};

/// The id of the property that stands for the body. No property of Notion's has so long an id.
pub(crate) const PAGE_BODY: &str = "page-body";

/// Whether this is the body and no property.
pub(crate) fn is_body(field: &FieldId) -> bool {
    field.as_str() == PAGE_BODY
}

/// The body as a field of the schema.
pub(crate) fn field() -> Field {
    Field {
        id: PAGE_BODY.into(),
        name: "Page body".to_owned(),
        kind: FieldKind::Body,
        writable: true,
        primary: false,
    }
}
