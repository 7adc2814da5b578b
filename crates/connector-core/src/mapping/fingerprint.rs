//! What a mapping means, in one short text.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Mapping;
use crate::digest::digest;
use crate::id::FieldId;
use crate::lens::TRANSFORM_VERSION;
use crate::schema::Schema;

/// What a mapping means for one schema: equal texts mean equal reading, deciding and writing.
///
/// It covers, in any order of the pairs: each pair's unit, field id, kind of field, direction, strategy and the options
/// that the user gave a stage; the key field and its kind, the natural key, and [`TRANSFORM_VERSION`]. It leaves out
/// names, so that a rename changes nothing, and all other options, so that a new option asks for no new approval.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The text: 32 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<String> for Fingerprint {
    /// A fingerprint as it was stored.
    fn from(stored: String) -> Self {
        Self(stored)
    }
}

impl Mapping {
    /// What this mapping means for `schema`.
    #[must_use]
    pub fn fingerprint(&self, schema: &Schema) -> Fingerprint {
        let mut pairs: Vec<Vec<String>> = self.pairs.iter().map(|pair| parts(pair, schema)).collect();
        pairs.sort_unstable();
        let mut natural_key: Vec<String> = self.natural_key.iter().map(ToString::to_string).collect();
        natural_key.sort_unstable();

        // Each list is preceded by its length, so that its end counts.
        let mut all = vec![TRANSFORM_VERSION.to_string(), pairs.len().to_string()];
        for pair in pairs {
            all.push(pair.len().to_string());
            all.extend(pair);
        }
        all.push(natural_key.len().to_string());
        all.extend(natural_key);
        all.extend(self.key_field.iter().flat_map(|key| [key.to_string(), kind(schema, key).to_owned()]));
        Fingerprint(digest(all.iter().map(String::as_str)))
    }
}

fn parts(pair: &super::Pair, schema: &Schema) -> Vec<String> {
    let kind = kind(schema, &pair.field).to_owned();
    let strategy = pair.strategy.map(|strategy| strategy.to_string()).unwrap_or_default();
    let mut parts =
        vec![pair.unit.to_string(), pair.field.to_string(), kind, pair.direction.to_string(), strategy];
    parts.extend(pair.stages.iter().flat_map(|(option, stage)| [option.to_string(), stage.clone()]));
    parts
}

fn kind<'a>(schema: &'a Schema, field: &FieldId) -> &'a str {
    schema.field(field).map_or("absent", |field| field.kind.name())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{english, select, units};
    use super::*;
    use crate::mapping::Direction;
    use crate::plan::Strategy;
    use crate::schema::FieldKind;

    fn mapping() -> Mapping {
        Mapping::suggest(&units(), &english()).mapping
    }

    #[test]
    fn renames_the_order_and_new_options_change_nothing() {
        let before = mapping().fingerprint(&english());
        let mut schema = english();
        for field in &mut schema.fields {
            field.name.push_str(" renamed");
        }
        schema.fields.reverse();
        for field in &mut schema.fields {
            if let FieldKind::Select { options, .. } = &mut field.kind {
                options.extend(select(&["Brand new"]).options().to_vec());
            }
        }
        let mut reordered = mapping();
        reordered.pairs.reverse();
        assert_eq!(reordered.fingerprint(&schema), before);
    }

    #[test]
    fn each_thing_that_changes_reading_or_writing_changes_it() {
        let before = mapping().fingerprint(&english());
        let change = |edit: fn(&mut Mapping)| {
            let mut changed = mapping();
            edit(&mut changed);
            changed.fingerprint(&english())
        };
        assert_ne!(change(|mapping| mapping.key_field = None), before);
        assert_ne!(change(|mapping| mapping.natural_key.push("notes".into())), before);
        assert_ne!(change(|mapping| mapping.pairs[0].direction = Direction::ToCrm), before);
        assert_ne!(change(|mapping| mapping.pairs[0].strategy = Some(Strategy::CrmWins)), before);
        assert_ne!(change(|mapping| mapping.pairs[0].field = "other".into()), before);
        assert_ne!(change(|mapping| drop(mapping.pairs.pop())), before);
        assert_ne!(change(|mapping| mapping.pairs[1].stages.clear()), before);
        let mut retyped = english();
        retyped.fields[0].kind = FieldKind::RichText;
        assert_ne!(mapping().fingerprint(&retyped), before);
        let key = mapping().key_field.unwrap();
        let mut without_key = english();
        without_key.fields.retain(|field| field.id != key);
        assert_ne!(mapping().fingerprint(&without_key), before);
    }
}
