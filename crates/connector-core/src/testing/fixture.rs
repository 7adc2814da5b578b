//! Short ways to say what a container looks like.

use crate::id::FieldId;
use crate::schema::{Field, FieldKind, FieldOption};

/// A field that can be written and does not name the record.
pub fn field(id: impl Into<FieldId>, name: impl Into<String>, kind: FieldKind) -> Field {
    Field { id: id.into(), name: name.into(), kind, writable: true, primary: false }
}

/// A field that the remote computes.
pub fn computed(id: impl Into<FieldId>, name: impl Into<String>, kind: FieldKind) -> Field {
    Field { writable: false, ..field(id, name, kind) }
}

/// Options of a select field with these names; an option's id is `opt-` and its name.
#[must_use]
pub fn options(names: &[&str]) -> Vec<FieldOption> {
    names
        .iter()
        .map(|name| FieldOption { id: format!("opt-{name}").into(), name: (*name).to_owned() })
        .collect()
}
