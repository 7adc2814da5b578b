//! What the tables of a base look like, with what the codec needs to know of each field.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use connector_core::id::{BaseId, ContainerId, FieldId};
use connector_core::provider::{Container, View};
use connector_core::schema::{Field, FieldKind, FieldOption, Schema};

use crate::wire;

/// The most characters that a text cell holds.
const LONGEST_TEXT: usize = 100_000;

/// A table and its columns.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) id: ContainerId,
    name: String,
    pub(crate) columns: Vec<Column>,
    views: Vec<View>,
    /// The primary columns of all tables of the base, to name linked records.
    primaries: Arc<BTreeMap<ContainerId, Column>>,
}

/// A field, the form of its cells, and for a modification time what it watches.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) field: Field,
    pub(crate) form: Form,
    watches: Option<Watched>,
}

/// How a cell looks on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// A string.
    Text,
    /// An object around a string: `{"text"}`.
    Barcode,
    /// An object around a generated string: `{"state","value"}`.
    AiText,
    /// An object around an address: `{"label","url"}`.
    Button,
    /// A number.
    Number,
    /// `true`, or absent.
    Flag,
    /// `"2024-05-01"`.
    Date,
    /// `"2024-05-01T10:00:00.000Z"`.
    Instant,
    /// An option's name.
    Select,
    /// Names of options.
    MultiSelect,
    /// `{"id","email","name"}`.
    Person,
    /// Several of those.
    People,
    /// Ids of records.
    Links,
    /// `{"id","url","filename"}`.
    Files,
    /// A list of what another table's cells hold.
    Lookup(Box<Self>),
    /// Something that is not known.
    Opaque,
}

/// Which edits move a modification time.
#[derive(Debug, Clone)]
enum Watched {
    Everything,
    Fields(Vec<FieldId>),
}

impl Layout {
    /// The layouts of all tables of a base.
    pub(crate) fn of_base(tables: Vec<wire::Table>) -> Vec<Self> {
        let mut primaries = BTreeMap::new();
        let tables: Vec<_> = tables
            .into_iter()
            .map(|table| {
                let id = ContainerId::from(table.id);
                let columns: Vec<_> = table
                    .fields
                    .into_iter()
                    .map(|field| {
                        let primary = table.primary_field_id.as_deref() == Some(&field.id);
                        Column::new(field, primary)
                    })
                    .collect();
                if let Some(primary) = columns.iter().find(|column| column.field.primary) {
                    primaries.insert(id.clone(), primary.clone());
                }
                let views = table.views.into_iter().map(|view| View {
                    id: view.id,
                    name: view.name,
                    kind: view.kind,
                });
                (id, table.name, columns, views.collect())
            })
            .collect();
        let primaries = Arc::new(primaries);
        tables
            .into_iter()
            .map(|(id, name, columns, views)| Self { id, name, columns, views, primaries: primaries.clone() })
            .collect()
    }

    /// Whether `container`, an id or a name, is this table.
    pub(crate) fn is(&self, container: &ContainerId) -> bool {
        self.id == *container || self.name == container.as_str()
    }

    pub(crate) fn column(&self, field: &FieldId) -> Option<&Column> {
        self.columns.iter().find(|column| column.field.id == *field)
    }

    /// The column that names the records of `table`.
    pub(crate) fn primary_of(&self, table: &ContainerId) -> Option<&Column> {
        self.primaries.get(table)
    }

    /// The column that dates an edit of any of `fields`: it has the time of day and watches all that can be
    /// edited of them. One that watches everything is taken first.
    pub(crate) fn edit_clock(&self, fields: &BTreeSet<FieldId>) -> Option<&Column> {
        let watched = |watches: &Watched| match watches {
            Watched::Everything => true,
            Watched::Fields(watched) => fields
                .iter()
                .filter(|field| self.column(field).is_some_and(|column| column.field.writable))
                .all(|field| watched.contains(field)),
        };
        let clocks = self.columns.iter().filter(|column| column.form == Form::Instant);
        let mut fitting: Vec<_> =
            clocks.filter(|column| column.watches.as_ref().is_some_and(watched)).collect();
        fitting.sort_by_key(|column| matches!(column.watches, Some(Watched::Fields(_))));
        fitting.first().copied()
    }

    pub(crate) fn schema(&self) -> Schema {
        let fields = self.columns.iter().map(|column| column.field.clone()).collect();
        Schema { container: self.id.clone(), name: self.name.clone(), fields }
    }

    pub(crate) fn container(&self, base: &BaseId) -> Container {
        Container {
            id: self.id.clone(),
            base: base.clone(),
            name: self.name.clone(),
            views: self.views.clone(),
        }
    }
}

impl Column {
    pub(crate) fn new(field: wire::Field, primary: bool) -> Self {
        let wire::Field { id, name, kind: of } = field;
        let (kind, form, writable) = understand(&of);
        let options = of.options();
        let valid = options.is_valid.unwrap_or(true);
        // Where it is not told whether the time of day is kept, no edit is dated by it.
        let dates = of.name() == "lastModifiedTime" && valid && options.result.is_some();
        let watches = dates.then(|| {
            let ids = options.referenced_field_ids;
            if ids.is_empty() {
                Watched::Everything
            } else {
                Watched::Fields(ids.into_iter().map(FieldId::from).collect())
            }
        });
        Self { field: Field { id: id.into(), name, kind, writable, primary }, form, watches }
    }
}

/// What a field of this type holds, how its cells look, and whether they can be written.
fn understand(of: &wire::FieldType) -> (FieldKind, Form, bool) {
    let options = of.options();
    let scale = options.precision;
    let select = || options.choices.iter().map(FieldOption::from).collect::<Vec<_>>();
    let other = || (FieldKind::Other { name: of.name().to_owned() }, Form::Opaque, false);
    let text = FieldKind::Text { max: Some(LONGEST_TEXT) };
    match of.name() {
        "singleLineText" | "multilineText" => (text, Form::Text, true),
        "richText" => (FieldKind::RichText, Form::Text, true),
        "email" => (FieldKind::Email, Form::Text, true),
        "url" => (FieldKind::Url, Form::Text, true),
        "phoneNumber" => (FieldKind::Phone, Form::Text, true),
        "barcode" => (text, Form::Barcode, true),
        "number" => (FieldKind::Number { scale }, Form::Number, true),
        "currency" => (FieldKind::Currency { scale, symbol: options.symbol }, Form::Number, true),
        "percent" => (FieldKind::Percent { scale }, Form::Number, true),
        "duration" => (FieldKind::Duration, Form::Number, true),
        "rating" => (FieldKind::Rating { max: options.max.unwrap_or(10) }, Form::Number, true),
        "checkbox" => (FieldKind::Checkbox, Form::Flag, true),
        "date" => (FieldKind::Date, Form::Date, true),
        "dateTime" => (FieldKind::DateTime, Form::Instant, true),
        "singleSelect" => (FieldKind::Select { options: select(), extensible: true }, Form::Select, true),
        "multipleSelects" => {
            (FieldKind::MultiSelect { options: select(), extensible: true }, Form::MultiSelect, true)
        }
        "externalSyncSource" => {
            (FieldKind::Select { options: select(), extensible: false }, Form::Select, false)
        }
        "singleCollaborator" => (FieldKind::People { many: false }, Form::Person, true),
        "multipleCollaborators" => (FieldKind::People { many: true }, Form::People, true),
        "createdBy" | "lastModifiedBy" => (FieldKind::People { many: false }, Form::Person, false),
        "multipleRecordLinks" => match options.linked_table_id {
            Some(table) => (FieldKind::Links { container: table.into() }, Form::Links, true),
            None => other(),
        },
        // A file is written by an address that Airtable fetches later and never tells again: what was written
        // could not be recognised, so files are read only.
        "multipleAttachments" => (FieldKind::Files, Form::Files, false),
        "aiText" => (FieldKind::Text { max: None }, Form::AiText, false),
        "button" => (FieldKind::Url, Form::Button, false),
        "autoNumber" | "count" => (FieldKind::Number { scale: Some(0) }, Form::Number, false),
        "createdTime" | "lastModifiedTime" | "formula" | "rollup" if options.is_valid.unwrap_or(true) => {
            match &options.result {
                Some(result) => {
                    let (kind, form, _) = understand(result);
                    (kind, form, false)
                }
                // These are times where nothing else is said.
                None if of.name().ends_with("Time") => (FieldKind::DateTime, Form::Instant, false),
                None => other(),
            }
        }
        "multipleLookupValues" | "lookup" if options.is_valid.unwrap_or(true) => match &options.result {
            Some(result) => look_up(understand(result)),
            None => other(),
        },
        _ => other(),
    }
}

/// A lookup can hold several of what it looks up; where there is a kind for several, it has that.
fn look_up((kind, form, _): (FieldKind, Form, bool)) -> (FieldKind, Form, bool) {
    let kind = match kind {
        FieldKind::Select { options, .. } => FieldKind::MultiSelect { options, extensible: false },
        FieldKind::People { .. } => FieldKind::People { many: true },
        other => other,
    };
    let form = match form {
        Form::Opaque => Form::Opaque,
        form => Form::Lookup(Box::new(form)),
    };
    (kind, form, false)
}

impl From<&wire::SelectChoice> for FieldOption {
    fn from(choice: &wire::SelectChoice) -> Self {
        Self { id: choice.id.as_str().into(), name: choice.name.clone() }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;

    fn layout(fields: &Value) -> Layout {
        let table = json!({"id": "tblA", "name": "Deals", "primaryFieldId": "fld0", "fields": fields});
        Layout::of_base(vec![serde_json::from_value(table).unwrap()]).remove(0)
    }

    #[rstest]
    #[case("singleLineText", json!(null), "text", true)]
    #[case("richText", json!(null), "rich_text", true)]
    #[case("currency", json!({"precision": 2, "symbol": "€"}), "currency", true)]
    #[case("multipleRecordLinks", json!({"linkedTableId": "tblB"}), "links", true)]
    #[case("multipleAttachments", json!({"isReversed": false}), "files", false)]
    #[case("formula", json!({"isValid": true, "result": {"type": "currency", "options": {"precision": 2}}}), "currency", false)]
    #[case("formula", json!({"isValid": false, "result": null}), "formula", false)]
    #[case("multipleLookupValues", json!({"isValid": true, "result": {"type": "singleSelect", "options": {"choices": []}}}), "multi_select", false)]
    #[case("createdTime", json!({"result": {"type": "date"}}), "date", false)]
    #[case("createdTime", json!({}), "date_time", false)]
    #[case("lastModifiedTime", json!({"isValid": true, "referencedFieldIds": null, "result": null}), "date_time", false)]
    #[case("number", json!({"precision": "two"}), "number", true)]
    #[case("singleSelect", json!({"choices": [{"id": "sel1"}, {"id": "sel2", "name": "A"}]}), "select", true)]
    #[case("manualSort", json!(null), "manualSort", false)]
    #[case("somethingNew", json!(["odd"]), "somethingNew", false)]
    fn a_field_has_the_kind_of_what_it_holds(
        #[case] of: &str,
        #[case] options: Value,
        #[case] kind: &str,
        #[case] writable: bool,
    ) {
        let layout = layout(&json!([{"id": "fld0", "name": "F", "type": of, "options": options}]));
        let field = &layout.columns[0].field;
        assert_eq!((field.kind.name(), field.writable, field.primary), (kind, writable, true));
    }

    #[rstest]
    #[case::all_fields(json!([]), "dateTime", true)]
    #[case::the_fields_read(json!(["fld1"]), "dateTime", true)]
    #[case::another_field(json!(["fld9"]), "dateTime", false)]
    #[case::without_the_time_of_day(json!([]), "date", false)]
    fn an_edit_is_dated_by_a_field_that_watches_what_is_read(
        #[case] watched: Value,
        #[case] result: &str,
        #[case] dated: bool,
    ) {
        let layout = layout(&json!([
            {"id": "fld1", "name": "Amount", "type": "number"},
            {"id": "fld2", "name": "Weighted", "type": "formula", "options": {"result": {"type": "number"}}},
            {"id": "fldT", "name": "Edited", "type": "lastModifiedTime",
             "options": {"isValid": true, "referencedFieldIds": watched, "result": {"type": result}}},
        ]));
        let read = BTreeSet::from(["fld1".into(), "fld2".into()]);
        assert_eq!(layout.edit_clock(&read).is_some(), dated);
    }
}
