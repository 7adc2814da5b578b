//! Properties as schemas show them.

use serde_json::{Map, Value, json};

use crate::notion::data_source::DataSource;
use crate::notion::property::{Group, Kind, Property, Relation, SelectOption, encoded};
use crate::notion::read::Reader;

impl Reader<'_> {
    /// The properties that the connection sees, by name. A relation to what it does not see is missing.
    pub(crate) fn schema(&self, source: &DataSource) -> Value {
        let mut schema = Map::new();
        for property in source.ordered() {
            let target = property.kind.relation().map(|relation| &relation.source);
            if target.is_none_or(|target| self.holder.sees(self.world, target)) {
                schema.insert(property.name.clone(), self.definition(source, property));
            }
        }
        Value::Object(schema)
    }

    fn definition(&self, source: &DataSource, property: &Property) -> Value {
        let kind = property.kind.name();
        json!({
            "id": encoded(&property.id),
            "name": property.name,
            "description": property.description,
            "type": kind,
            kind: self.configuration(source, &property.kind),
        })
    }

    fn configuration(&self, source: &DataSource, kind: &Kind) -> Value {
        let options =
            |options: &[SelectOption]| options.iter().map(SelectOption::definition).collect::<Vec<_>>();
        match kind {
            Kind::Number { format } => json!({"format": format}),
            Kind::Select { options: known } | Kind::MultiSelect { options: known } => {
                json!({"options": options(known)})
            }
            Kind::Status { options: known, groups } => {
                let groups: Vec<Value> = groups.iter().map(Group::json).collect();
                json!({"options": options(known), "groups": groups})
            }
            Kind::Relation(relation) => self.relation(relation),
            Kind::Formula { expression } => json!({"expression": expression}),
            Kind::Rollup { relation, target, function } => {
                let link = source.property(relation);
                let other = link
                    .and_then(|link| link.kind.relation())
                    .and_then(|link| self.world.sources.get(&link.source))
                    .and_then(|other| other.property(target));
                json!({
                    "relation_property_id": &**relation,
                    "relation_property_name": link.map(|link| &link.name),
                    "rollup_property_id": &**target,
                    "rollup_property_name": other.map(|other| &other.name),
                    "function": function,
                })
            }
            Kind::UniqueId { prefix } => json!({"prefix": prefix}),
            _ => json!({}),
        }
    }

    fn relation(&self, relation: &Relation) -> Value {
        let other = self.world.sources.get(&relation.source);
        let mut shown = Map::new();
        shown.insert("database_id".to_owned(), json!(other.map(|other| &*other.database)));
        if self.version.has_data_sources() {
            shown.insert("data_source_id".to_owned(), json!(&*relation.source));
        }
        let mirror =
            relation.mirror.as_ref().and_then(|mirror| other.and_then(|other| other.property(mirror)));
        let (kind, payload) = match mirror {
            Some(mirror) => (
                "dual_property",
                json!({"synced_property_name": mirror.name, "synced_property_id": encoded(&mirror.id)}),
            ),
            None => ("single_property", json!({})),
        };
        shown.insert("type".to_owned(), json!(kind));
        shown.insert(kind.to_owned(), payload);
        Value::Object(shown)
    }
}
