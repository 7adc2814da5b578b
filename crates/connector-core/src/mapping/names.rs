//! A mapping from names, as programs kept it that knew no ids.

use std::collections::{BTreeMap, HashSet};

use super::suggest::key_field;
use super::{Mapping, Pair};
use crate::fold::fold;
use crate::id::{FieldId, UnitKey};
use crate::schema::{Field, Schema};
use crate::unit::Units;

/// A mapping made from names, and what of them was not found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ByNames {
    /// What was found.
    pub mapping: Mapping,
    /// Keys that no unit has.
    pub unknown_units: Vec<String>,
    /// Units whose field's name no field has, or which another unit has already, with that name.
    pub unknown_fields: Vec<(UnitKey, String)>,
}

impl Mapping {
    /// Makes a mapping from the key of each unit and the name of its field: spelled so, else without case, accents and
    /// punctuation. A blank name means not mapped.
    #[must_use]
    pub fn by_names(units: &Units, schema: &Schema, names: &BTreeMap<String, String>) -> ByNames {
        let mut found = ByNames::default();
        let mut taken: HashSet<&FieldId> = HashSet::new();
        for key in names.keys().filter(|key| units.get(key).is_none()) {
            found.unknown_units.push(key.clone());
        }
        for unit in units {
            let Some(name) = names.get(unit.key.as_str()).filter(|name| !name.trim().is_empty()) else {
                continue;
            };
            match field_called(schema, name).filter(|field| taken.insert(&field.id)) {
                Some(field) => found.mapping.pairs.push(Pair::new(unit, field)),
                None => found.unknown_fields.push((unit.key.clone(), name.clone())),
            }
        }
        found.mapping.key_field = key_field(schema).map(|field| field.id.clone());
        found
    }
}

fn field_called<'s>(schema: &'s Schema, name: &str) -> Option<&'s Field> {
    let folded = fold(name);
    schema.field_named(name).or_else(|| schema.fields.iter().find(|field| fold(&field.name) == folded))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{english, units};
    use super::*;

    #[test]
    fn names_of_an_old_configuration_find_their_fields() {
        let names = [
            ("client", "Name"),
            ("statut", " status"),
            ("montant_brut", "Amount"),
            ("secteur", ""),
            ("notes", "Remarks"),
            ("assignee", "Name"),
            ("ville", "City"),
        ];
        let names = names.map(|(key, name)| (key.to_owned(), name.to_owned())).into();
        let found = Mapping::by_names(&units(), &english(), &names);
        let mapped: Vec<&str> = found.mapping.pairs.iter().map(|pair| pair.field.as_str()).collect();
        assert_eq!(mapped, ["fldName", "fldStatus", "fldAmount"]);
        assert_eq!(found.mapping.key_field, Some("fldCRMID".into()));
        assert_eq!(found.unknown_units, ["ville"]);
        let unknown = [("assignee".into(), "Name".to_owned()), ("notes".into(), "Remarks".to_owned())];
        assert_eq!(found.unknown_fields, unknown);
    }
}
