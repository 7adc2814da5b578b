//! What a data source looks like, with what the codec needs to know of each property.

use connector_core::id::{BaseId, ContainerId, FieldId};
use connector_core::schema::{Field, FieldKind, FieldOption, Schema};

use crate::body;
use crate::property_id;
use crate::wire;

/// The most runs of text that a property takes.
pub(crate) const MOST_RUNS: usize = 100;
/// The most UTF-16 units of a run.
pub(crate) const LONGEST_RUN: usize = 2_000;

/// A data source and its columns.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) id: ContainerId,
    /// The database that holds it; itself where a database is a table.
    pub(crate) database: BaseId,
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
}

/// A property and the name of its type, under which its values stand.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) field: Field,
    pub(crate) kind: String,
    /// Of a rollup: the relation that it follows.
    pub(crate) follows: Option<FieldId>,
}

impl Layout {
    pub(crate) fn new(source: wire::Container) -> Self {
        let name = source.name();
        let database = source.parent.and_then(|parent| parent.database_id);
        let mut columns: Vec<_> =
            source.properties.iter().filter_map(|(name, property)| Column::new(name, property)).collect();
        let relations: Vec<FieldId> = columns
            .iter()
            .filter(|column| column.kind == "relation")
            .map(|column| column.field.id.clone())
            .collect();
        for column in &mut columns {
            // A rollup names its relation in another encoding than the relation itself does.
            let follows = column.follows.take();
            column.follows = follows.and_then(|id| {
                relations.iter().find(|relation| property_id::is_same(relation, id.as_str())).cloned()
            });
        }
        columns.sort_by_key(|column| !column.field.primary);
        columns.push(Column { field: body::field(), kind: body::PAGE_BODY.to_owned(), follows: None });
        Self {
            database: database.unwrap_or_else(|| source.id.clone()).into(),
            id: source.id.into(),
            name,
            columns,
        }
    }

    pub(crate) fn column(&self, field: &FieldId) -> Option<&Column> {
        self.columns.iter().find(|column| property_id::is_same(&column.field.id, field.as_str()))
    }

    pub(crate) fn schema(&self) -> Schema {
        let fields = self.columns.iter().map(|column| column.field.clone()).collect();
        Schema { container: self.id.clone(), name: self.name.clone(), fields }
    }
}

impl Column {
    /// A property that has an id, whatever else of it is understood.
    fn new(name: &str, property: &wire::Definition) -> Option<Self> {
        let config = property.config();
        let (kind, writable) = understand(property.kind(), &config);
        let field = Field {
            id: property.id()?.into(),
            name: property.name().unwrap_or(name).to_owned(),
            kind,
            writable,
            primary: property.kind() == "title",
        };
        let follows = config.relation_property_id.map(FieldId::from);
        Some(Self { field, kind: property.kind().to_owned(), follows })
    }
}

/// What a property of this type holds, and whether it can be written.
fn understand(kind: &str, config: &wire::Config) -> (FieldKind, bool) {
    let options = || config.options.iter().map(FieldOption::from).collect::<Vec<_>>();
    let computed = FieldKind::Text { max: None };
    match kind {
        "title" | "rich_text" => (FieldKind::Text { max: Some(MOST_RUNS * LONGEST_RUN) }, true),
        "number" => (number(config.format.as_deref().unwrap_or_default()), true),
        "select" => (FieldKind::Select { options: options(), extensible: true }, true),
        "multi_select" => (FieldKind::MultiSelect { options: options(), extensible: true }, true),
        // People alone decide what stages there are.
        "status" => (FieldKind::Select { options: options(), extensible: false }, true),
        "date" => (FieldKind::Date, true),
        "people" => (FieldKind::People { many: true }, true),
        "checkbox" => (FieldKind::Checkbox, true),
        "url" => (FieldKind::Url, true),
        "email" => (FieldKind::Email, true),
        "phone_number" => (FieldKind::Phone, true),
        "relation" => match config.data_source_id.as_ref().or(config.database_id.as_ref()) {
            Some(container) => (FieldKind::Links { container: container.as_str().into() }, true),
            None => (FieldKind::Other { name: kind.to_owned() }, false),
        },
        "verification" => {
            // Not being verified is being empty.
            let states = ["verified", "expired"];
            let options = states.map(|state| FieldOption { id: state.into(), name: state.to_owned() }).into();
            (FieldKind::Select { options, extensible: false }, true)
        }
        // A file is more than its name, and its address changes at each reading: what was written could not be
        // recognised, so files are read only.
        "files" => (FieldKind::Files, false),
        "created_time" | "last_edited_time" => (FieldKind::DateTime, false),
        "created_by" | "last_edited_by" => (FieldKind::People { many: false }, false),
        // What a formula gives is told with each value only; of a place, the coordinates cannot be made from text.
        "formula" | "unique_id" | "place" => (computed, false),
        "rollup" => (rolled_up(config.function.as_deref().unwrap_or_default()), false),
        _ => (FieldKind::Other { name: kind.to_owned() }, false),
    }
}

/// What a rollup of this function holds.
fn rolled_up(function: &str) -> FieldKind {
    match function {
        "count" | "count_values" | "empty" | "not_empty" | "unique" | "sum" | "average" | "median"
        | "min" | "max" | "range" | "checked" | "unchecked" => FieldKind::Number { scale: None },
        "percent_empty" | "percent_not_empty" | "percent_checked" | "percent_unchecked" => {
            FieldKind::Percent { scale: None }
        }
        "earliest_date" | "latest_date" => FieldKind::Date,
        _ => FieldKind::Text { max: None },
    }
}

/// What a number of this format holds. A format is about what is shown only, so it says nothing about digits.
fn number(format: &str) -> FieldKind {
    let symbol = match format {
        "" | "number" | "number_with_commas" => return FieldKind::Number { scale: None },
        "percent" => return FieldKind::Percent { scale: None },
        "dollar" => "$",
        "euro" => "€",
        "pound" => "£",
        "yen" | "yuan" => "¥",
        "ruble" => "₽",
        "rupee" => "₹",
        "won" => "₩",
        "real" => "R$",
        "lira" => "₺",
        "rupiah" => "Rp",
        "franc" => "CHF",
        "krona" | "norwegian_krone" | "danish_krone" => "kr",
        "zloty" => "zł",
        "baht" => "฿",
        "forint" => "Ft",
        "koruna" => "Kč",
        "shekel" => "₪",
        "philippine_peso" => "₱",
        "vietnamese_dong" => "₫",
        "nigerian_naira" => "₦",
        "bitcoin" => "₿",
        // Other currencies, and those that Notion will add, go by their names.
        other => other,
    };
    FieldKind::Currency { scale: None, symbol: Some(symbol.to_owned()) }
}

impl From<&wire::SelectOption> for FieldOption {
    fn from(option: &wire::SelectOption) -> Self {
        let id = option.id.as_deref().unwrap_or(&option.name);
        Self { id: id.into(), name: option.name.clone() }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;

    fn layout(properties: &Value) -> Layout {
        let source = json!({"object": "data_source", "id": "ds", "title": [{"type": "text", "plain_text": "Deals"}],
            "parent": {"type": "database_id", "database_id": "db"}, "properties": properties});
        Layout::new(serde_json::from_value(source).unwrap())
    }

    #[rstest]
    #[case("title", json!({}), "text", true)]
    #[case("rich_text", json!({}), "text", true)]
    #[case("number", json!({"format": "number"}), "number", true)]
    #[case("number", json!({"format": "euro"}), "currency", true)]
    #[case("number", json!({"format": "galactic_credit"}), "currency", true)]
    #[case("number", json!({"format": "percent"}), "percent", true)]
    #[case("select", json!({"options": []}), "select", true)]
    #[case("multi_select", json!({"options": []}), "multi_select", true)]
    #[case("status", json!({"options": [], "groups": []}), "select", true)]
    #[case("date", json!({}), "date", true)]
    #[case("people", json!({}), "people", true)]
    #[case("files", json!({}), "files", false)]
    #[case("checkbox", json!({}), "checkbox", true)]
    #[case("url", json!({}), "url", true)]
    #[case("email", json!({}), "email", true)]
    #[case("phone_number", json!({}), "phone", true)]
    #[case("relation", json!({"data_source_id": "ds2", "database_id": "db2"}), "links", true)]
    #[case("relation", json!({"database_id": "db2"}), "links", true)]
    #[case("relation", json!({}), "relation", false)]
    #[case("formula", json!({"expression": "now()"}), "text", false)]
    #[case("rollup", json!({"function": "sum"}), "number", false)]
    #[case("rollup", json!({"function": "percent_checked"}), "percent", false)]
    #[case("rollup", json!({"function": "latest_date"}), "date", false)]
    #[case("rollup", json!({"function": "show_original"}), "text", false)]
    #[case("created_time", json!({}), "date_time", false)]
    #[case("last_edited_time", json!({}), "date_time", false)]
    #[case("created_by", json!({}), "people", false)]
    #[case("last_edited_by", json!({}), "people", false)]
    #[case("unique_id", json!({"prefix": null}), "text", false)]
    #[case("verification", json!({}), "select", true)]
    #[case("place", json!({}), "text", false)]
    #[case("button", json!({}), "button", false)]
    #[case("location", json!({}), "location", false)]
    #[case("something_new", json!(["odd"]), "something_new", false)]
    fn a_property_has_the_kind_of_what_it_holds(
        #[case] of: &str,
        #[case] config: Value,
        #[case] kind: &str,
        #[case] writable: bool,
    ) {
        let layout = layout(&json!({"P": {"id": "a%3Ab", "name": "P", "type": of, of: config}}));
        let field = &layout.columns[0].field;
        assert_eq!((field.kind.name(), field.writable, field.primary), (kind, writable, of == "title"));
        assert_eq!(field.id.as_str(), "a%3Ab", "kept as it came");
    }

    #[test]
    fn only_people_make_options_of_a_status() {
        let layout = layout(&json!({
            "Stage": {"id": "s", "type": "status", "status": {"options": [{"id": "1", "name": "Lead"}], "groups": []}},
            "Kind": {"id": "k", "type": "select", "select": {"options": [{"id": "2", "name": "New"}]}},
        }));
        let extensible = |id: &str| match &layout.column(&id.into()).unwrap().field.kind {
            FieldKind::Select { extensible, options } => (*extensible, options.len()),
            other => panic!("{other:?}"),
        };
        assert_eq!((extensible("s"), extensible("k")), ((false, 1), (true, 1)));
    }

    #[test]
    fn a_rollup_finds_its_relation_whatever_the_encoding() {
        let layout = layout(&json!({
            "Company": {"id": "%3CnJT", "type": "relation", "relation": {"data_source_id": "ds2"}},
            "Sum": {"id": "r", "type": "rollup", "rollup": {"function": "sum", "relation_property_id": "<nJT"}},
        }));
        assert_eq!(layout.column(&"r".into()).unwrap().follows, Some("%3CnJT".into()));
    }
}
